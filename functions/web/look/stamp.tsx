import { scriptOf } from './text.tsx';
import { callName } from './words.ts';

/** The stamp is 60 by 72; its picture is printed in a window of 46 by 58. */
const WIDTH = 60;
const HEIGHT = 72;
const round = (n: number): number => Math.round(n * 10) / 10;
const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
const polyline = (points: [number, number][]): string =>
  `M${points.map(([x, y]) => `${round(x)} ${round(y)}`).join(' ')}`;

/** Half circles bitten out of all four edges, six units apart. */
function perforation(): string {
  const bites = (step: string, rest: string, arc: string, n: number): string =>
    `${step}${Array.from({ length: n }, () => arc).join(rest)}${step}`;
  return [
    'M0 0',
    bites('h1.1', 'h2.2', 'a1.9 1.9 0 0 0 3.8 0', WIDTH / 6),
    bites('v1.1', 'v2.2', 'a1.9 1.9 0 0 0 0 3.8', HEIGHT / 6),
    bites('h-1.1', 'h-2.2', 'a1.9 1.9 0 0 0-3.8 0', WIDTH / 6),
    bites('v-1.1', 'v-2.2', 'a1.9 1.9 0 0 0 0-3.8', HEIGHT / 6),
    'z',
  ].join('');
}

/** Contour lines of two hills and a hollow. */
function relief(): string {
  const hill = (x: number, y: number, cx: number, cy: number, r: number): number =>
    Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / r);
  const lift = (x: number, y: number): number =>
    9 * hill(x, y, 19, 40, 90) + 12 * hill(x, y, 37, 36, 130) - 5 * hill(x, y, 27, 34, 60);
  return range(10, 78, 3.4)
    .map((y) => polyline(range(6, 54, 4).map((x) => [x, y - lift(x, y) + 1.2 * Math.sin(x / 7)])))
    .join('');
}

const lattice = (): string =>
  range(-66, 54, 3.7)
    .map((x) => `M${round(x)} 0l72 72M${round(x + WIDTH + 12)} 0l-72 72`)
    .join('');

const rays = (): string =>
  range(0, 356, 6)
    .map((degrees) => {
      const [x, y] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
      return polyline([
        [30 + 8 * x, 36 + 8 * y],
        [30 + 42 * x, 36 + 42 * y],
      ]);
    })
    .join('');

const ripples = (): string =>
  range(12, 40, 3.1)
    .map(
      (r) =>
        `M${round(30 - r)} 36a${round(r)} ${round(r)} 0 1 0 ${round(2 * r)} 0a${round(r)} ${round(r)} 0 1 0-${round(2 * r)} 0`,
    )
    .join('');

const swell = (): string =>
  range(7, 65, 3.6)
    .map((y) => `M4 ${round(y)}q3-2.6 6 0${'t6 0'.repeat(8)}`)
    .join('');

/** Reeds, close and wide by turns. */
const reeds = (): string =>
  range(0, 17, 1)
    .map((i) => `M${round(8 + 2.7 * i + 0.9 * Math.sin(i * 1.1))} 5v62`)
    .join('');

const ENGRAVINGS = { relief, lattice, rays, ripples, swell, reeds };
export type Engraving = keyof typeof ENGRAVINGS;
const NAMES = Object.keys(ENGRAVINGS) as Engraving[];

/** The same friend keeps the same engraving (FNV-1a over the id). */
export function engravingOf(id: string): Engraving {
  let hash = 0x811c9dc5;
  for (const unit of id) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193);
  return NAMES[(hash >>> 0) % NAMES.length] as Engraving;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The first letter of a name as it is read, in upper case where the script has one. */
export function initialOf(name: string): string {
  for (const { segment } of graphemes.segment(name.trim())) {
    if (!/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(segment)) continue;
    const upper = segment.toLocaleUpperCase('en');
    // ß and ligatures grow into two letters: then the small one stays.
    return [...upper].length === [...segment].length ? upper : segment;
  }
  return '·';
}

const PAPER = perforation();
const DRAWN = NAMES.map((name) => [name, ENGRAVINGS[name]()] as const);

/** The one sheet all stamps and postmarks of a page are cut from. The layouts carry it. */
export function StampSheet() {
  return (
    <svg class="defs" width="0" height="0" aria-hidden="true">
      <defs>
        <clipPath id="st-window">
          <path d="M7 7h46v58H7z" />
        </clipPath>
        <path id="ring-a" d="M13.5 48a34.5 34.5 0 0 1 69 0" />
        <path id="ring-b" d="M7 48a41 41 0 0 0 82 0" />
        <path id="st-paper" d={PAPER} />
        {DRAWN.map(([name, d]) => (
          <path id={`st-${name}`} d={d} />
        ))}
      </defs>
    </svg>
  );
}

/** A friend's stamp. Decoration: the name stands beside it. */
export function Stamp({
  id,
  name,
  big,
  class: more,
}: {
  id: string;
  name: string;
  big?: boolean;
  class?: string;
}) {
  const initial = initialOf(callName(name));
  return (
    <svg
      class={['stamp', big && 'big', more].filter(Boolean).join(' ')}
      viewBox="0 0 60 72"
      aria-hidden="true"
    >
      <use class="st-p" href="#st-paper" />
      <g clip-path="url(#st-window)">
        <use class="st-l" href={`#st-${engravingOf(id)}`} />
      </g>
      <path class="st-f" d="M7 7h46v58H7z" />
      <ellipse class="st-o" cx="30" cy="36" rx="14.5" ry="18.5" />
      <text class="st-t" x="30" y="43.5" lang={scriptOf(initial)}>
        {initial}
      </text>
    </svg>
  );
}

/** The stamp of somebody not chosen yet. */
export function BlankStamp() {
  return (
    <svg class="stamp blank" viewBox="0 0 60 72" aria-hidden="true">
      <use href="#st-paper" />
      <path d="M30 28v16M22 36h16" />
    </svg>
  );
}

interface PostmarkProps {
  /** Around the ring: the city above, a word beneath. */
  city: string;
  word: string;
  /** In the middle: a small line over a larger one. */
  over: string;
  middle: string;
  /** Inked once sealed, with waves over the stamp; dashed while the moment is still a choice. */
  inked?: boolean;
  class?: string;
}

/** The moment, as a postmark. Decoration: the words say the same. */
export function Postmark({ city, word, over, middle, inked, class: more }: PostmarkProps) {
  return (
    <svg
      class={['pm', inked && 'pm-ink', more].filter(Boolean).join(' ')}
      viewBox={inked ? '0 0 176 96' : '0 0 96 96'}
      aria-hidden="true"
    >
      <circle cx="48" cy="48" r="46" />
      <circle cx="48" cy="48" r="30" />
      {inked && (
        <path
          d={[88, 93, 93, 88].map((x, i) => `M${x} ${27 + 14 * i}q7-6 14 0${'t14 0'.repeat(5)}`).join('')}
        />
      )}
      <text class="pm-r">
        <textPath href="#ring-a" startOffset="50%">
          {city}
        </textPath>
      </text>
      <text class="pm-r">
        <textPath href="#ring-b" startOffset="50%">
          {word}
        </textPath>
      </text>
      <text class="pm-s" x="48" y="41">
        {over}
      </text>
      <text class="pm-b" x="48" y="60">
        {middle}
      </text>
    </svg>
  );
}
