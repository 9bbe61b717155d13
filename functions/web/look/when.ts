import { Temporal } from 'temporal-polyfill';
import { isWaking, type Waking, wakingTimes } from '../../notes/moment.ts';
import { number, plural } from './count.ts';

/** An instant: a `Date`, or RFC 3339 in UTC. */
type Instant = Date | string;

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

function zoned(at: Instant, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.from(typeof at === 'string' ? at : at.toISOString()).toZonedDateTimeISO(zone);
}

const weekday = (day: { dayOfWeek: number }): string => WEEKDAYS[day.dayOfWeek - 1] as string;
const month = (day: { month: number }): string => MONTHS[day.month - 1] as string;
const pad = (n: number): string => String(n).padStart(2, '0');

/** Whole days from one day to another, negative if it lies behind. */
function days(from: Temporal.PlainDate, to: Temporal.PlainDate): number {
  return from.until(to, { largestUnit: 'days' }).days;
}

/** The city a zone is named after: `America/Toronto` is Toronto, `UTC` is UTC. */
export function cityOf(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}

/** `04:40`, on the clocks of that zone. */
export function clock(at: Instant, zone: string): string {
  const { hour, minute } = zoned(at, zone);
  return `${pad(hour)}:${pad(minute)}`;
}

/** Hours since midnight there, with a fraction. */
export function hourOf(at: Instant, zone: string): number {
  const { hour, minute } = zoned(at, zone);
  return hour + minute / 60;
}

/** How long before the hours of their surprises a friend is up, and how long after them not yet asleep (hours). */
const DAWN = 2.5;
const DUSK = 2;

/** From when to when a friend is awake on that day, in hours since midnight. */
export function wakingHours(now: Instant, friend: Waking): [number, number] {
  const { wakes, sleeps } = wakingTimes(new Date(now).getTime(), friend);
  return [wakes / 60, sleeps / 60];
}

/** Whether a friend is probably asleep. */
export function isNight(at: Instant, friend: Waking): boolean {
  const [wakes, sleeps] = wakingHours(at, friend);
  const hour = hourOf(at, friend.timeZone);
  return hour < wakes - DAWN || hour >= sleeps + DUSK;
}

/** "04:40 in Toronto, probably asleep". Against the reader's own zone: "09:40 in Porto, same as yours". */
export function whereabouts(now: Instant, friend: Waking, yours?: string): string {
  const zone = friend.timeZone;
  const said = `${clock(now, zone)} in ${cityOf(zone)}`;
  if (isNight(now, friend)) return `${said}, probably asleep`;
  if (isWaking(new Date(now), friend)) {
    return yours && sameWall(now, zone, yours) ? `${said}, same as yours` : said;
  }
  const [wakes] = wakingHours(now, friend);
  return hourOf(now, zone) < wakes ? `${said}, waking soon` : `${said}, late in the day`;
}

function sameWall(at: Instant, a: string, b: string): boolean {
  return zoned(at, a).toPlainDateTime().equals(zoned(at, b).toPlainDateTime());
}

/** The same instant on the reader's clock: "14:10 in your time", "same as yours". */
export function inYourTime(at: Instant, theirs: string, yours: string): string {
  return sameWall(at, theirs, yours) ? 'same as yours' : `${clock(at, yours)} in your time`;
}

/** `9 December`, and `9 Dec` where there is little room. */
export function dayMonth(at: Instant, zone: string, short = false): string {
  const day = zoned(at, zone);
  return `${day.day} ${short ? month(day).slice(0, 3) : month(day)}`;
}

/**
 * The day, as it is said in a sentence: "today", "yesterday", "tomorrow", "on Tuesday" (within six days, on either
 * side), "on 2 November", "on 8 March 2025".
 */
export function onDay(at: Instant, now: Instant, zone: string): string {
  const [day, today] = [zoned(at, zone).toPlainDate(), zoned(now, zone).toPlainDate()];
  const away = days(today, day);
  if (away === 0) return 'today';
  if (away === -1) return 'yesterday';
  if (away === 1) return 'tomorrow';
  if (Math.abs(away) < 7) return `on ${weekday(day)}`;
  return `on ${day.day} ${month(day)}${day.year === today.year ? '' : ` ${day.year}`}`;
}

/** The day by itself, where there is little room: "Today", "Tuesday", "3 Nov", "8 Mar 2025". */
export function dayName(at: Instant, now: Instant, zone: string): string {
  const [said = '', ...rest] = onDay(at, now, zone).replace(/^on /, '').split(' ');
  if (rest.length === 0) return said.charAt(0).toUpperCase() + said.slice(1);
  return [said, rest[0]?.slice(0, 3), ...rest.slice(1)].join(' ');
}

/** "Today, 12 November", "Saturday, 14 November", "Monday, 4 January 2027". */
export function dayHeading(at: Instant, now: Instant, zone: string): string {
  const [day, today] = [zoned(at, zone).toPlainDate(), zoned(now, zone).toPlainDate()];
  const near: Record<number, string> = { 0: 'Today', 1: 'Tomorrow', [-1]: 'Yesterday' };
  const year = day.year === today.year ? '' : ` ${day.year}`;
  return `${near[days(today, day)] ?? weekday(day)}, ${day.day} ${month(day)}${year}`;
}

/** "November", and "November 2025" in another year. */
export function monthHeading(at: Instant, now: Instant, zone: string): string {
  const [day, today] = [zoned(at, zone), zoned(now, zone)];
  return day.year === today.year ? month(day) : `${month(day)} ${day.year}`;
}

/** `2026-11`: equal for two instants of one month there. */
export function monthKey(at: Instant, zone: string): string {
  return zoned(at, zone).toPlainDate().toPlainYearMonth().toString();
}

/** `2026-11-12`: equal for two instants of one day there. */
export function dayKey(at: Instant, zone: string): string {
  return zoned(at, zone).toPlainDate().toString();
}

/** "Thursday morning". */
export function partOfDay(now: Instant, zone: string): string {
  const { hour } = zoned(now, zone);
  const day = weekday(zoned(now, zone));
  if (hour < 5) return `${day}, before dawn`;
  if (hour < 12) return `${day} morning`;
  if (hour < 18) return `${day} afternoon`;
  return hour < 22 ? `${day} evening` : `${day} night`;
}

/** How long it is: "just now", "eight minutes ago", "today", "nine days ago", "nine weeks ago", "in June", "in June 2024". */
export function ago(at: Instant, now: Instant, zone: string): string {
  const [then, today] = [zoned(at, zone), zoned(now, zone)];
  const minutes = Math.floor((today.epochMilliseconds - then.epochMilliseconds) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${plural(minutes, 'minute')} ago`;
  const away = days(then.toPlainDate(), today.toPlainDate());
  if (away === 0) return 'today';
  if (away === 1) return 'yesterday';
  if (away < 14) return `${number(away)} days ago`;
  if (away < 70) return `${number(Math.floor(away / 7))} weeks ago`;
  return away < 330 ? `in ${month(then)}` : `in ${month(then)} ${then.year}`;
}

/** "on Saturday at 09:10 in Toronto, 14:10 in your time"; with the reader's day, if that is another one. */
export function atTheirTime(at: Instant, now: Instant, theirs: string, yours: string): string {
  const day = dayKey(at, theirs) === dayKey(at, yours) ? '' : `${onDay(at, now, yours)} at `;
  const said = `${onDay(at, now, theirs)} at ${clock(at, theirs)} in ${cityOf(theirs)}`;
  return `${said}, ${day}${inYourTime(at, theirs, yours)}`;
}

/** A surprise leaves within seven days; this is the last one: "Thursday, 19 November". Never its hour. */
export function surpriseEnds(sealedAt: Instant, sendAt: Instant, zone: string): string {
  const [week, sent] = [zoned(sealedAt, zone).add({ days: 7 }), zoned(sendAt, zone)];
  // With no free slot within the week it leaves at the first one after it.
  const last = Temporal.ZonedDateTime.compare(week, sent) < 0 ? sent : week;
  return `${weekday(last)}, ${last.day} ${month(last)}`;
}

/** A wall time for the choice "At a time": nine in the morning there, tomorrow. `2026-11-13T09:00` */
export function tomorrowAtNine(now: Instant, zone: string): string {
  return `${zoned(now, zone).toPlainDate().add({ days: 1 })}T09:00`;
}

/** The wall time there, as a `datetime-local` field takes it. */
export function wallTimeOf(at: Instant, zone: string): string {
  return zoned(at, zone).toPlainDateTime().toString({ smallestUnit: 'minute' });
}

function monthDay(birthday: string): Temporal.PlainMonthDay {
  return Temporal.PlainMonthDay.from(birthday.slice(-5));
}

/** A birthday without its year: "9 December", "9 Dec". */
export function birthdayWords(birthday: string, short = false): string {
  const [, mm = 1, dd = 1] = /(\d\d)-(\d\d)$/.exec(birthday)?.map(Number) ?? [];
  const name = MONTHS[mm - 1] ?? '';
  return `${dd} ${short ? name.slice(0, 3) : name}`;
}

/** Days until the next birthday there; 0 on the day. In a common year 29 February is kept on the 28th. */
export function daysToBirthday(birthday: string, now: Instant, zone: string): number {
  const today = zoned(now, zone).toPlainDate();
  const day = monthDay(birthday);
  const next = [today.year, today.year + 1]
    .map((year) => day.toPlainDate({ year }))
    .find((date) => Temporal.PlainDate.compare(date, today) >= 0);
  return next ? days(today, next) : 0;
}

/** "today", "tomorrow", "in 27 days". */
export function untilBirthday(birthday: string, now: Instant, zone: string): string {
  const away = daysToBirthday(birthday, now, zone);
  if (away === 0) return 'today';
  return away === 1 ? 'tomorrow' : `in ${number(away)} days`;
}

/** The day an ask ends, `2027-03-31`, as its stub says it: "31 Mar". With its year if that is not this one's. */
export function shortDay(day: string, now: Instant, zone: string): string {
  const date = Temporal.PlainDate.from(day);
  const year = date.year === zoned(now, zone).year ? '' : ` ${date.year}`;
  return `${date.day} ${month(date).slice(0, 3)}${year}`;
}

/** How many of these instants fell in each of the last twelve months there, the present one last. */
export function twelveMonths(
  instants: readonly Instant[],
  now: Instant,
  zone: string,
): { month: string; count: number }[] {
  const present = zoned(now, zone).toPlainDate().toPlainYearMonth();
  const keys = instants.map((at) => monthKey(at, zone));
  return Array.from({ length: 12 }, (_, i) => {
    const one = present.subtract({ months: 11 - i });
    return { month: month(one), count: keys.filter((key) => key === one.toString()).length };
  });
}
