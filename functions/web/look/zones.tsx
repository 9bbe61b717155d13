/** The names a browser offers for a time zone: once on a page that has an input with `list="zones"`. */
export function Zones() {
  return (
    <datalist id="zones">
      {Intl.supportedValuesOf('timeZone').map((zone) => (
        <option value={zone} />
      ))}
    </datalist>
  );
}
