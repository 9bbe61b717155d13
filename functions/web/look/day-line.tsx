import { isWaking, type Waking } from '../../notes/moment.ts';
import { hourOf, wakingHours, whereabouts } from './when.ts';

const WIDTH = 96;
const at = (hour: number): string => ((hour / 24) * WIDTH).toFixed(1).replace(/\.0$/, '');

interface DayLineProps {
  now: Date;
  friend: Waking;
  /** The reader's zone. */
  yours?: string;
}

/** Where the friend's day stands: 24 hours, the waking ones thick, a dot for now, hollow in the night. */
export function DayLine({ now, friend, yours }: DayLineProps) {
  const [wakes, sleeps] = wakingHours(now, friend);
  const here = hourOf(now, friend.timeZone);
  return (
    <span class="now">
      <svg class="day" viewBox="0 0 96 10" aria-hidden="true">
        <path d="M0 5h96" />
        <path class="awake" d={`M${at(wakes)} 5H${at(sleeps)}`} />
        <circle class={isWaking(now, friend) ? 'up' : undefined} cx={at(here)} cy="5" r="3.5" />
      </svg>
      <span>{whereabouts(now, friend, yours)}</span>
    </span>
  );
}
