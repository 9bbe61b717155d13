import { raw } from 'hono/html';

/** `Europe/Lisbon` is Lisbon in Europe; `UTC` stands by itself. */
function placeOf(zone: string): { region: string; city: string } {
  const [region = '', ...rest] = zone.split('/');
  return rest.length === 0
    ? { region: 'Elsewhere', city: zone }
    : { region, city: rest.reverse().join(', ').replaceAll('_', ' ') };
}

let written: string | undefined;

/** Every time zone there is, by region and city: some four hundred, written once. */
function allZones() {
  if (written === undefined) {
    const zones = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
    const regions = Map.groupBy(zones, (zone) => placeOf(zone).region);
    written = [...regions]
      .map(([region, inside]) => String(<Region name={region} zones={inside} />))
      .join('');
  }
  return raw(written);
}

function Region({ name, zones }: { name: string; zones: string[] }) {
  return (
    <optgroup label={name}>
      {zones.map((zone) => (
        <option value={zone}>{placeOf(zone).city}</option>
      ))}
    </optgroup>
  );
}

/** A time zone out of all there are. The chosen one stands first, also by an old name. */
export function ZoneSelect({
  name,
  chosen,
  ...attributes
}: {
  name: string;
  chosen: string;
  [attribute: string]: unknown;
}) {
  return (
    <select id={name} name={name} {...attributes}>
      <option value={chosen} selected>
        {placeOf(chosen).city}
      </option>
      {allZones()}
    </select>
  );
}
