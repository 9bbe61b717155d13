import { Temporal } from 'temporal-polyfill';
import { type Friend, minutesOf, USUAL_HOURS } from '../friends/friend.ts';
import { DAY, HOUR, MINUTE } from '../platform/clock.ts';

/** A surprise comes within this time, not before `SOON`, and this many days from the user's other notes to the friend. */
const WITHIN = 7 * DAY;
const SOON = 2 * HOUR;
const APART_DAYS = 3;
/**
 * A note leaves within two minutes of its moment: the tick's minute, and the next, over which its notes are spread. Two
 * moments with less between them on the clock could come out as the same minute of the day.
 */
const SAME_MINUTE = 2 * MINUTE;
/** After this long a moment has passed, and the note waits for waking hours. */
const LATE = HOUR;
/** By night sooner for a surprise, which is promised by day: no tick, link check or first wait takes as long as this. */
const SURPRISE_LATE = 10 * MINUTE;

/** What of a friend says when they are awake. */
export type Waking = Pick<Friend, 'timeZone' | 'wakingHours'>;
/** And how often they want to hear from somebody. */
export type Surprised = Waking & Pick<Friend, 'apartDays'>;

/** How far a surprise stays from the user's other notes to this friend (milliseconds). */
export function apartFrom({ apartDays = APART_DAYS }: Pick<Friend, 'apartDays'>): number {
  return apartDays * DAY;
}

/** Instants; the end is no part of it. */
interface Span {
  start: number;
  end: number;
}

function zoned(instant: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
}

function dayOf(instant: number, timeZone: string): Temporal.PlainDate {
  return zoned(instant, timeZone).toPlainDate();
}

/** The clock on the wall there, in minutes since midnight. */
function minuteOfDay(instant: number, timeZone: string): number {
  const { hour, minute } = zoned(instant, timeZone);
  return hour * 60 + minute;
}

/** When a friend wakes and sleeps on the day of `instant` where they are, in minutes since midnight. */
export function wakingTimes(instant: number, friend: Waking): { wakes: number; sleeps: number } {
  return timesOn(dayOf(instant, friend.timeZone), friend);
}

function timesOn({ dayOfWeek }: Temporal.PlainDate, { wakingHours = USUAL_HOURS }: Waking) {
  const { from, to, weekendFrom = from } = wakingHours;
  return { wakes: minutesOf(dayOfWeek >= 6 ? weekendFrom : from), sleeps: minutesOf(to) };
}

/**
 * The waking hours of one day of the friend's, by the clock on the wall: what daylight saving skips is no part of them,
 * what it shows twice is twice. None on a day that a zone has left out (Apia, 30 December 2011).
 */
function wakingSpans(day: Temporal.PlainDate, friend: Waking): Span[] {
  const { wakes, sleeps } = timesOn(day, friend);
  const end = day.add({ days: 1 }).toZonedDateTime(friend.timeZone).epochMilliseconds;
  const spans: Span[] = [];
  // From change to change the clock runs evenly.
  let clock: Temporal.ZonedDateTime | null = day.toZonedDateTime(friend.timeZone);
  while (clock && clock.epochMilliseconds < end) {
    const change: Temporal.ZonedDateTime | null = clock.getTimeZoneTransition('next');
    const midnight = Date.UTC(day.year, day.month - 1, day.day) - clock.offsetNanoseconds / 1e6;
    spans.push({
      start: Math.max(clock.epochMilliseconds, midnight + wakes * MINUTE),
      end: Math.min(change?.epochMilliseconds ?? end, end, midnight + sleeps * MINUTE),
    });
    clock = change;
  }
  return spans.filter(({ start, end }) => end > start);
}

function nextWaking(moment: number, friend: Waking): number {
  for (let day = dayOf(moment, friend.timeZone); ; day = day.add({ days: 1 })) {
    const span = wakingSpans(day, friend).find(({ end }) => moment < end);
    if (span) return Math.max(span.start, moment);
  }
}

/** Whether it is an hour at which a surprise may arrive there. */
export function isWaking(now: Date, friend: Waking): boolean {
  return nextWaking(now.getTime(), friend) === now.getTime();
}

/** Whole minutes. */
function trimmed(spans: Span[]): Span[] {
  return spans
    .map(({ start, end }) => ({ start: Math.ceil(start / MINUTE) * MINUTE, end }))
    .filter(({ start, end }) => end > start);
}

function without(spans: Span[], from: number, to: number): Span[] {
  return trimmed(
    spans.flatMap(({ start, end }) => [
      { start, end: Math.min(end, from) },
      { start: Math.max(start, to), end },
    ]),
  );
}

/**
 * The whole minutes of the friend's waking hours between two instants that are far enough from `others`, and not the
 * minute of the day of the one before or the one after.
 */
function freeBetween(from: number, to: number, friend: Surprised, others: number[]): Span[] {
  const { timeZone } = friend;
  const spans: Span[] = [];
  const last = dayOf(to, timeZone);
  let day = dayOf(from, timeZone);
  for (; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    const waking = wakingSpans(day, friend);
    spans.push(...waking.map(({ start, end }) => ({ start: Math.max(start, from), end: Math.min(end, to) })));
  }
  const apart = others.reduce(
    (left, other) => without(left, other - apartFrom(friend), other + apartFrom(friend)),
    trimmed(spans),
  );
  return apart.flatMap((span) => {
    const before = Math.max(...others.filter((other) => other < span.start));
    const after = Math.min(...others.filter((other) => other > span.start));
    return [before, after].filter(Number.isFinite).reduce(
      (left, other) => {
        const minutes = minuteOfDay(other, timeZone) - minuteOfDay(span.start, timeZone);
        const same = span.start + minutes * MINUTE;
        return without(left, same - SAME_MINUTE, same + SAME_MINUTE + MINUTE);
      },
      [span],
    );
  });
}

function minutesIn({ start, end }: Span): number {
  return Math.ceil((end - start) / MINUTE);
}

/** Every minute is as likely as any other. Null: there is none. */
function pick(spans: Span[], seed: number): string | null {
  let left = Math.floor(seed * spans.reduce((sum, span) => sum + minutesIn(span), 0));
  for (const span of spans) {
    if (left < minutesIn(span)) return new Date(span.start + left * MINUTE).toISOString();
    left -= minutesIn(span);
  }
  return null;
}

/**
 * A surprise's moment. `others`: instants of the user's other notes to this friend; `seed` from 0 to 1, below 1.
 *
 * The curve: a minute is free if it lies in the friend's waking hours, 2 hours away or more, 3 days (or the friend's
 * `apartDays`) from the others, and is not the minute of the day of the note before or after it. Of the free minutes of
 * the next 7 days each is as likely as any other, so that an hour of the day has the share of it that is free.
 *
 * If there is none: the first one after day 7, by the same curve over the 24 hours that begin with it. Taking the first
 * itself would put each of many notes at the hour of the one before it, or at the hour of waking.
 */
export function surpriseMoment(now: Date, friend: Surprised, others: string[], seed: number): string {
  const taken = others.map((other) => Date.parse(other));
  const latest = now.getTime() + WITHIN;
  const soon = pick(freeBetween(now.getTime() + SOON, latest, friend, taken), seed);
  if (soon) return soon;
  // Free time begins here, or where another note is far enough behind.
  const begins = [latest, ...taken.map((other) => other + apartFrom(friend)).filter((end) => end > latest)];
  for (const begin of begins.toSorted((a, b) => a - b)) {
    const first = nextWaking(begin, friend);
    const later = pick(freeBetween(first, first + DAY, friend, taken), seed);
    if (later) return later;
  }
  throw new Error('After the last of the others every waking hour is free.');
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
 * The next waking hour, for a note that would leave at night unasked: more than an hour late (a surprise: ten minutes), or
 * a surprise whose friend has moved to where its hour is night, or has other hours now. Null: it may leave now.
 */
export function morningMoment(now: Date, sendAt: string, friend: Waking, isSurprise: boolean): string | null {
  const said = Date.parse(sendAt);
  const isLate = now.getTime() - said > (isSurprise ? SURPRISE_LATE : LATE);
  const isAtNight = isSurprise && nextWaking(said, friend) > said;
  if (!isLate && !isAtNight) return null;
  const waking = nextWaking(now.getTime(), friend);
  return waking > now.getTime() ? new Date(waking).toISOString() : null;
}

/**
 * The same hour of the friend's next day: where a note goes that is over a cap. Caps count days of UTC. A surprise stays
 * in waking hours, which may begin later on that day.
 */
export function nextDay(now: Date, sendAt: string, friend: Waking, isSurprise: boolean): string {
  const utcDay = now.toISOString().slice(0, 10);
  let moved = zoned(Date.parse(sendAt), friend.timeZone);
  do moved = moved.add({ days: 1 });
  while (new Date(moved.epochMilliseconds).toISOString().slice(0, 10) <= utcDay);
  const moment = moved.epochMilliseconds;
  return new Date(isSurprise ? nextWaking(moment, friend) : moment).toISOString();
}

/**
 * When a note leaves whose friend has moved from `fromZone`: at the same time on the clock that is theirs now. If that
 * has passed, because their day is ahead of the old one, then as soon as they are awake: later that day is nearer to what
 * was said than the day after. `friend` as they are now. Which notes this is for: `followsFriend` in `note.ts`.
 */
export function sameWallTime(sendAt: string, fromZone: string, friend: Waking, now: Date): string {
  const wall = zoned(Date.parse(sendAt), fromZone).toPlainDateTime();
  const moved = wall.toZonedDateTime(friend.timeZone).epochMilliseconds;
  const soonest = nextWaking(now.getTime(), friend);
  return new Date(moved > now.getTime() ? moved : soonest).toISOString();
}
