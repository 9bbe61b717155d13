import { Temporal } from 'temporal-polyfill';
import { DAY, HOUR, MINUTE } from '../platform/clock.ts';

/** When a friend is awake, by their own clock (minutes of the day): 8:30 to 20:30, from 9:30 at the weekend. */
const WAKES = 8 * 60 + 30;
const WAKES_AT_WEEKEND = 9 * 60 + 30;
const SLEEPS = 20 * 60 + 30;

/** A surprise comes within this time, not before `SOON`, and this far from the user's other notes to the friend. */
const WITHIN = 7 * DAY;
const SOON = 2 * HOUR;
const APART = 3 * DAY;
/** After this long a moment has passed, and the note waits for waking hours. */
const LATE = HOUR;
/** A friend gets about two notes a week at most by surprise: a free slot is found long before this (days). */
const SEARCH_DAYS = 366;

interface Span {
  start: number;
  end: number;
}

function zoned(instant: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
}

/** The waking hours of the day `days` after the one of `instant`, by the friend's clock; daylight saving counts. */
function wakingSpan(instant: number, days: number, timeZone: string): Span {
  const day = zoned(instant, timeZone).toPlainDate().add({ days });
  const moment = (minutes: number) =>
    day.toZonedDateTime({ timeZone, plainTime: { hour: Math.floor(minutes / 60), minute: minutes % 60 } })
      .epochMilliseconds;
  return { start: moment(day.dayOfWeek >= 6 ? WAKES_AT_WEEKEND : WAKES), end: moment(SLEEPS) };
}

/** What is left of a span without the times too near to other notes. */
function without(span: Span, others: number[]): Span[] {
  let left = [span];
  for (const other of others) {
    left = left.flatMap(({ start, end }) => [
      { start, end: Math.min(end, other - APART) },
      { start: Math.max(start, other + APART), end },
    ]);
    left = left.filter(({ start, end }) => end > start);
  }
  return left;
}

function clip(span: Span, start: number, end: number): Span {
  return { start: Math.max(span.start, start), end: Math.min(span.end, end) };
}

/**
 * A surprise's moment: any minute of the friend's waking hours in the next 7 days is as likely as any other, if it is
 * at least 2 hours away and 3 days from the user's other notes to this friend (`others`, instants). If there is none,
 * the first one after day 7. `seed` from 0 to 1, below 1.
 */
export function surpriseMoment(now: Date, timeZone: string, others: string[], seed: number): string {
  const taken = others.map((other) => Date.parse(other));
  const earliest = now.getTime() + SOON;
  const latest = now.getTime() + WITHIN;
  const free: Span[] = [];
  for (let day = 0; day <= 8; day++) {
    const span = clip(wakingSpan(now.getTime(), day, timeZone), earliest, latest);
    if (span.end > span.start) free.push(...without(span, taken));
  }
  const all = free.reduce((sum, { start, end }) => sum + end - start, 0);
  if (all >= MINUTE) {
    let left = seed * all;
    for (const { start, end } of free) {
      if (left < end - start) return wholeMinute(start + left, start);
      left -= end - start;
    }
  }
  for (let day = 7; day < SEARCH_DAYS; day++) {
    const span = clip(wakingSpan(now.getTime(), day, timeZone), latest, Number.POSITIVE_INFINITY);
    const first = span.end > span.start ? without(span, taken)[0] : undefined;
    if (first) return wholeMinute(first.start, first.start);
  }
  throw new Error('No waking hour in a year.');
}

/** Down to the minute, but not before `start`. */
function wholeMinute(moment: number, start: number): string {
  const down = Math.floor(moment / MINUTE) * MINUTE;
  return new Date(down < start ? down + MINUTE : down).toISOString();
}

/**
 * A wall time in a zone as an instant. A time that daylight saving skips is taken an hour later, one that comes twice
 * the first time (RFC 5545, 3.3.5).
 */
export function wallMoment(wall: string, timeZone: string): string {
  const instant = Temporal.PlainDateTime.from(wall).toZonedDateTime(timeZone, {
    disambiguation: 'compatible',
  });
  return new Date(instant.epochMilliseconds).toISOString();
}

/** The next birthday (`1984-12-09` or `--12-09`) at half past nine, as a wall time in the friend's zone. */
export function birthdayWall(birthday: string, now: Date, timeZone: string): string {
  const today = zoned(now.getTime(), timeZone).toPlainDate();
  const [month, day] = birthday.slice(-5).split('-').map(Number);
  // In a common year 29 February is kept on the 28th.
  const inYear = (year: number) => Temporal.PlainDate.from({ year, month: month ?? 1, day: day ?? 1 });
  const thisYear = inYear(today.year);
  const date = Temporal.PlainDate.compare(thisYear, today) > 0 ? thisYear : inYear(today.year + 1);
  return `${date.toString()}T09:30`;
}

/** Where a note stands that is more than an hour late at night: the next waking hour. Null: it may leave now. */
export function lateMoment(now: Date, sendAt: string, timeZone: string): string | null {
  if (now.getTime() - Date.parse(sendAt) <= LATE) return null;
  const waking = nextWaking(now, timeZone);
  return waking > now.getTime() ? new Date(waking).toISOString() : null;
}

function nextWaking(now: Date, timeZone: string): number {
  for (let day = 0; ; day++) {
    const { start, end } = wakingSpan(now.getTime(), day, timeZone);
    if (now.getTime() < end) return Math.max(start, now.getTime());
  }
}

/** The same hour of the friend's next day: where a note goes that is over a cap. Caps count days of UTC. */
export function nextDay(now: Date, sendAt: string, timeZone: string): string {
  const said = zoned(Date.parse(sendAt), timeZone);
  let moved = said.add({ days: 1 });
  const utcDay = now.toISOString().slice(0, 10);
  while (new Date(moved.epochMilliseconds).toISOString().slice(0, 10) <= utcDay)
    moved = moved.add({ days: 1 });
  return new Date(moved.epochMilliseconds).toISOString();
}
