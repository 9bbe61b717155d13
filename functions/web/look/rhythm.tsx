import type { Friend } from '../../friends/friend.ts';
import type { Frame, NoteView } from '../views.ts';
import { twelveMonths } from './when.ts';
import { callName, plural } from './words.ts';

const STEP = 30.5;
/** More strokes than this in one month would touch the next. */
const MAX_STROKES = 4;

/** Twelve months of letters, each a stroke of the pen above the line. Nothing, if there were none. */
export function Rhythm({
  frame,
  friend,
  notes,
}: {
  frame: Frame;
  friend: Friend;
  notes: readonly NoteView[];
}) {
  const sent = notes.flatMap(({ note }) => note.sentAt ?? []);
  const months = twelveMonths(sent, frame.now, frame.user.timeZone);
  const total = months.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  const letters = plural(total, 'letter');
  const strokes = months.flatMap(({ count }, i) => {
    const shown = Math.min(count, MAX_STROKES);
    return Array.from(
      { length: shown },
      (_, n) => `M${15 + i * STEP - 1.2 + 6 * n - 3 * (shown - 1)} 38l2.4-28`,
    );
  });
  return (
    <section aria-labelledby="rhythm">
      <h2 id="rhythm">Twelve months</h2>
      <svg class="rhythm" viewBox="0 0 366 78" role="img" aria-labelledby="rhythm-said">
        <title id="rhythm-said">
          In twelve months, {letters} from you to {callName(friend.name)}.
        </title>
        <path class="base" d="M0 46h366" />
        <path class="rn" d={strokes.join('')} />
        {months.map(({ month }, i) => (
          <text x={15 + i * STEP} y="72">
            {month.slice(0, 1)}
          </text>
        ))}
      </svg>
      <p class="key">
        <svg viewBox="0 0 12 24" aria-hidden="true">
          <path class="rn" d="M5 21L7 3" />
        </svg>
        {letters}
      </p>
    </section>
  );
}
