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

/** Instants; the end is no part of it. */
interface Span {
  start: number;
  end: number;
}

function zoned(instant: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
}

/** The waking hours of the day `days` after the one of `instant`, by the friend's clock; daylight saving counts. */
export function wakingSpan(instant: number, days: number, timeZone: string): Span {
  const day = zoned(instant, timeZone).toPlainDate().add({ days });
  const moment = (minutes: number) =>
    day.toZonedDateTime({ timeZone, plainTime: { hour: Math.floor(minutes / 60), minute: minutes % 60 } })
      .epochMilliseconds;
  return { start: moment(day.dayOfWeek >= 6 ? WAKES_AT_WEEKEND : WAKES), end: moment(SLEEPS) };
}

/** Whether it is an hour at which a surprise may arrive there. */
export function isWaking(now: Date, timeZone: string): boolean {
  const { start, end } = wakingSpan(now.getTime(), 0, timeZone);
  return now.getTime() >= start && now.getTime() < end;
}

/** The whole minutes of a span between two instants that are not too near to other notes. */
function freeIn(span: Span, from: number, to: number, others: number[]): Span[] {
  const parts = (spans: Span[]) =>
    spans
      .map(({ start, end }) => ({ start: Math.ceil(start / MINUTE) * MINUTE, end }))
      .filter(({ start, end }) => end > start);
  let left = parts([{ start: Math.max(span.start, from), end: Math.min(span.end, to) }]);
  for (const other of others) {
    left = parts(
      left.flatMap(({ start, end }) => [
        { start, end: Math.min(end, other - APART) },
        { start: Math.max(start, other + APART), end },
      ]),
    );
  }
  return left;
}

function minutesIn({ start, end }: Span): number {
  return Math.ceil((end - start) / MINUTE);
}

/**
 * A surprise's moment: any minute of the friend's waking hours in the next 7 days is as likely as any other, if it is
 * at least 2 hours away and 3 days from the user's other notes to this friend (`others`, instants). If there is none,
 * the first one after day 7. `seed` from 0 to 1, below 1.
 */
export function surpriseMoment(now: Date, timeZone: string, others: string[], seed: number): string {
  const taken = others.map((other) => Date.parse(other));
  const freeOn = (day: number, from: number, to: number) =>
    freeIn(wakingSpan(now.getTime(), day, timeZone), from, to, taken);
  const latest = now.getTime() + WITHIN;
  const days = Array.from({ length: 9 }, (_, day) => freeOn(day, now.getTime() + SOON, latest));
  let left = Math.floor(seed * days.flat().reduce((sum, span) => sum + minutesIn(span), 0));
  for (const span of days.flat()) {
    if (left < minutesIn(span)) return new Date(span.start + left * MINUTE).toISOString();
    left -= minutesIn(span);
  }
  for (let day = 7; day < SEARCH_DAYS; day++) {
    const [first] = freeOn(day, latest, Number.POSITIVE_INFINITY);
    if (first) return new Date(first.start).toISOString();
  }
  throw new Error('No free waking hour in a year.');
}

/**
 * A wall time in a zone as an instant. A time that daylight saving skips is read by the clock before the change, so it
 * comes as much later; one that comes twice is the first (RFC 5545, 3.3.5).
 */
export function wallMoment(wall: string, timeZone: string): string {
  const instant = Temporal.PlainDateTime.from(wall).toZonedDateTime(timeZone, {
    disambiguation: 'compatible',
  });
  return new Date(instant.epochMilliseconds).toISOString();
}

/** The next birthday (`1984-12-09` or `--12-09`) at half past nine that is to come, as a wall time in the friend's zone. */
export function birthdayWall(birthday: string, now: Date, timeZone: string): string {
  const today = zoned(now.getTime(), timeZone).toPlainDateTime();
  const [month = 1, day = 1] = birthday.slice(-5).split('-').map(Number);
  // In a common year 29 February is kept on the 28th.
  const inYear = (year: number) => Temporal.PlainDateTime.from({ year, month, day, hour: 9, minute: 30 });
  const thisYear = inYear(today.year);
  const next = Temporal.PlainDateTime.compare(thisYear, today) > 0 ? thisYear : inYear(today.year + 1);
  return next.toString({ smallestUnit: 'minute' });
}

/**
 * The next waking hour, for a note that would leave at night unasked: more than an hour late, or a surprise whose friend
 * has moved to where its hour is night. Null: it may leave now.
 */
export function morningMoment(
  now: Date,
  sendAt: string,
  timeZone: string,
  isSurprise: boolean,
): string | null {
  const said = Date.parse(sendAt);
  const late = now.getTime() - said > LATE;
  const moved = isSurprise && nextWaking(said, timeZone) > said;
  if (!late && !moved) return null;
  const waking = nextWaking(now.getTime(), timeZone);
  return waking > now.getTime() ? new Date(waking).toISOString() : null;
}

function nextWaking(moment: number, timeZone: string): number {
  for (let day = 0; ; day++) {
    const { start, end } = wakingSpan(moment, day, timeZone);
    if (moment < end) return Math.max(start, moment);
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
