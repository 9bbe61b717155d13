const ICONS = {
  nib: (
    <>
      <path d="M12 3c2.6 3 4.2 5.9 5 8.8L14.2 20H9.8L7 11.8C7.8 8.9 9.4 6 12 3z" />
      <path d="M12 4v7.3" />
      <circle cx="12" cy="13" r="1.6" />
    </>
  ),
  pencil: <path d="M4 20l1.2-4.6L16.6 4 20 7.4 8.6 18.8zM14 6.6l3.4 3.4" />,
  envelope: <path d="M3.5 6h17v12.5h-17zM3.5 6.5l8.5 7 8.5-7" />,
  back: <path d="M8.5 5.5l-4 4 4 4M4.5 9.5H14a5 5 0 0 1 0 10h-3" />,
  plus: <path d="M12 5v14M5 12h14" />,
  grip: <path stroke-width="2.5" d="M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01" />,
  share: <path d="M12 3.5v11M8 7.2l4-3.7 4 3.7M7 11H4.5v9.5h15V11H17" />,
  tick: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M8.3 12.3l2.6 2.6 4.9-5.5" />
    </>
  ),
} as const;

export type IconName = keyof typeof ICONS;

/** Decoration only: the words beside it say the same. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="i" viewBox="0 0 24 24" aria-hidden="true">
      {ICONS[name]}
    </svg>
  );
}

/** The state of a note, as the ring on its day. */
const RINGS = {
  waiting: '',
  held: 'M10 9.2v5.6M14 9.2v5.6',
  uncertain: 'M9.8 10a2.25 2.25 0 1 1 3.3 2c-.8.45-1.1.9-1.1 1.6M12 16.2v.01',
  bounced: 'M11.5 8.5L8 12l3.5 3.5M8.3 12H16',
  failed: 'M9 9l6 6M15 9l-6 6',
  stopped: 'M8 12h8',
  sent: 'M22 8.5q1.5-1.6 3 0t3 0M23 12q1.5-1.6 3 0t3 0M22 15.5q1.5-1.6 3 0t3 0',
  delivered: 'M8.3 12.3l2.6 2.6 4.9-5.5',
} as const;

export type RingName = keyof typeof RINGS;

const DASHED: readonly RingName[] = ['waiting', 'held', 'uncertain'];

/** Always beside words that say the same. */
export function Ring({ name }: { name: RingName }) {
  const dashes = DASHED.includes(name) ? '2.67 2.67' : undefined;
  return (
    <svg class="i" viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="12" cy="12" r="8.5" stroke-dasharray={dashes} />
      {RINGS[name] && <path d={RINGS[name]} />}
    </svg>
  );
}

/** A hallway in perspective, and the back of an envelope. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 24" aria-hidden="true">
      <path d="M1.5 1.5h29v21h-29zM1.5 1.5L13 10M30.5 1.5L19 10M1.5 22.5L13 17M30.5 22.5L19 17" />
      <path class="door" d="M13 10h6v7h-6z" />
    </svg>
  );
}

/** The hallway itself: a letter lies in the light of the open door. */
export function Corridor() {
  return (
    <svg class="corridor" viewBox="0 0 320 232" aria-hidden="true">
      <path class="lit" d="M140 82h40v68h-40zM140 150h40l44 82H96z" />
      <path d="M1 1h318v230H1zM1 1l119 65M319 1L200 66M1 231l119-81M319 231l-119-81M120 66h80v84h-80zM140 150V82h40v68M44 24.5v177.5M82 45v131M276 24.5V202M238 45v131" />
      <path class="slip" d="M146 190h36l6 14h-46z" />
      <path class="slip-f" d="M146 190l18.5 8 17.5-8" />
    </svg>
  );
}
