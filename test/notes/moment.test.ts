import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import type { WakingHours } from '../../functions/friends/friend.ts';
import {
  birthdayWall,
  isWaking,
  morningMoment,
  nextDay,
  type Surprised,
  sameWallTime,
  surpriseMoment,
  wallMoment,
} from '../../functions/notes/moment.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const EVERY_ZONE = Intl.supportedValuesOf('timeZone');
const ZONES = [
  'UTC',
  'Europe/London',
  'America/New_York',
  // Half an hour of daylight saving.
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'America/St_Johns',
  // Winter time in Ramadan.
  'Africa/Casablanca',
  // Two hours of daylight saving.
  'Antarctica/Troll',
  // Midnight does not exist when summer time begins.
  'America/Santiago',
  'Africa/Cairo',
];
const USUAL: WakingHours = { from: '08:30', to: '20:30', weekendFrom: '09:30' };
const EARLY: WakingHours = { from: '05:00', to: '14:15' };
const LONG: WakingHours = { from: '00:20', to: '23:40', weekendFrom: '02:30' };

const wallIn = (instant: string, zone: string) => Temporal.Instant.from(instant).toZonedDateTimeISO(zone);
const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** The minute of the day on the friend's wall. */
function minuteOfDay(instant: string, zone: string): number {
  const { hour, minute } = wallIn(instant, zone);
  return hour * 60 + minute;
}

/** By the clock on the wall. */
function isAwake(instant: string, { timeZone, wakingHours = USUAL }: Surprised): boolean {
  const { from, to, weekendFrom = from } = wakingHours;
  const time = minuteOfDay(instant, timeZone);
  const wakes = wallIn(instant, timeZone).dayOfWeek >= 6 ? weekendFrom : from;
  return time >= minutesOf(wakes) && time < minutesOf(to);
}

/** The instants at which the zone's clock changes, from 2026 on, at most this many. */
function changesOf(zone: string, count: number): number[] {
  const found: number[] = [];
  let at: Temporal.ZonedDateTime | null = Temporal.Instant.from('2026-01-01T00:00Z').toZonedDateTimeISO(zone);
  while (found.length < count && at) {
    at = at.getTimeZoneTransition('next');
    if (at) found.push(at.epochMilliseconds);
  }
  return found;
}

/** Numbers from 0 to 1 that look like chance and are the same each time (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const anyNow = fc.date({ min: new Date('2026-01-01'), max: new Date('2029-12-31'), noInvalidDate: true });
const anyZone = fc.constantFrom(...ZONES);
const anySeed = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
/** Other notes to the friend, from nine days ago to three weeks ahead (minutes from now). */
const anyOthers = fc.array(fc.integer({ min: -9 * 1440, max: 21 * 1440 }), { maxLength: 6 });
const anyHours = fc.constantFrom(undefined, EARLY, LONG);
const anyApart = fc.constantFrom(undefined, undefined, 30);

function friendOf(
  timeZone: string,
  wakingHours?: WakingHours | undefined,
  apartDays?: number | undefined,
): Surprised {
  return { timeZone, ...(wakingHours && { wakingHours }), ...(apartDays && { apartDays }) };
}

describe('waking hours', () => {
  test.each([
    ['a Thursday', '2026-11-12T08:29:00.000Z', false],
    ['a Thursday', '2026-11-12T08:30:00.000Z', true],
    ['a Thursday', '2026-11-12T20:29:59.999Z', true],
    ['a Thursday', '2026-11-12T20:30:00.000Z', false],
    ['a Saturday', '2026-11-14T09:29:00.000Z', false],
    ['a Saturday', '2026-11-14T09:30:00.000Z', true],
    ['a Sunday', '2026-11-15T09:29:00.000Z', false],
    ['a Sunday', '2026-11-15T20:29:00.000Z', true],
  ])('on %s: %s, %s', (_, at, awake) => {
    expect(isWaking(new Date(at), friendOf('UTC'))).toBe(awake);
  });

  test.each([
    ['2026-11-12T04:59:00.000Z', EARLY, false],
    ['2026-11-12T05:00:00.000Z', EARLY, true],
    ['2026-11-12T14:15:00.000Z', EARLY, false],
    // Nothing said of weekends: as on other days.
    ['2026-11-14T05:00:00.000Z', EARLY, true],
    ['2026-11-14T02:29:00.000Z', LONG, false],
    ['2026-11-14T02:30:00.000Z', LONG, true],
  ])('of their own: %s, %j, %s', (at, hours, awake) => {
    expect(isWaking(new Date(at), friendOf('UTC', hours))).toBe(awake);
  });

  test('are those of the clock on the wall, in every zone', () => {
    fc.assert(
      fc.property(anyNow, fc.constantFrom(...EVERY_ZONE), anyHours, (now, zone, hours) => {
        const friend = friendOf(zone, hours);
        expect(isWaking(now, friend)).toBe(isAwake(now.toISOString(), friend));
      }),
      { seed: 20261123, numRuns: 400 },
    );
  });

  test('are those of the clock on the wall around every change of every clock', () => {
    const wrong: string[] = [];
    for (const zone of EVERY_ZONE) {
      const friend = friendOf(zone, LONG);
      for (const change of changesOf(zone, 2)) {
        for (let minutes = -150; minutes <= 150; minutes += 20) {
          const at = new Date(change + minutes * MINUTE);
          if (isWaking(at, friend) !== isAwake(at.toISOString(), friend)) wrong.push(`${zone} ${at}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('are none on a day that a zone has left out', () => {
    // Apia went from 29 to 31 December 2011.
    const friend = friendOf('Pacific/Apia', LONG);
    const dates = new Set<string>();
    for (let n = 0; n < 200; n++) {
      const moment = surpriseMoment(new Date('2011-12-28T12:00:00.000Z'), friend, [], n / 200);
      expect(isAwake(moment, friend)).toBe(true);
      dates.add(wallIn(moment, 'Pacific/Apia').toPlainDate().toString());
    }
    expect(dates).toContain('2011-12-29');
    expect(dates).not.toContain('2011-12-30');
    expect(dates).toContain('2011-12-31');
  });
});

describe('a surprise', () => {
  /** What is promised of every surprise. */
  function expectKept(now: Date, friend: Surprised, others: string[], moment: string) {
    const away = Date.parse(moment) - now.getTime();
    const minute = minuteOfDay(moment, friend.timeZone);
    expect(isAwake(moment, friend)).toBe(true);
    expect(away).toBeGreaterThanOrEqual(2 * HOUR);
    expect(moment).toMatch(/T\d\d:\d\d:00\.000Z$/);
    for (const other of others) {
      const apart = Math.abs(Date.parse(moment) - Date.parse(other));
      expect(apart).toBeGreaterThanOrEqual((friend.apartDays ?? 3) * DAY);
    }
    const inOrder = others.toSorted();
    const before = inOrder.findLast((other) => other < moment);
    const after = inOrder.find((other) => other > moment);
    for (const next of [before, after]) {
      if (next) expect(Math.abs(minuteOfDay(next, friend.timeZone) - minute)).toBeGreaterThan(2);
    }
  }

  /** Notes to the friend, in minutes from now, at no whole minute. */
  const around = (now: Date, minutes: number[]) =>
    minutes.map((minute) => new Date(now.getTime() + minute * MINUTE + 123).toISOString());

  test('keeps its promises in every zone of the world', () => {
    for (const [n, zone] of EVERY_ZONE.entries()) {
      const property = fc.property(
        anyNow,
        anyHours,
        anyApart,
        anyOthers,
        anySeed,
        (now, hours, apart, minutes, seed) => {
          const friend = friendOf(zone, hours, apart);
          const others = around(now, minutes);
          const moment = surpriseMoment(now, friend, others, seed);
          expectKept(now, friend, others, moment);
          if (others.length === 0) expect(Date.parse(moment) - now.getTime()).toBeLessThanOrEqual(7 * DAY);
        },
      );
      fc.assert(property, { seed: 20261123 + n, numRuns: 3 });
    }
  });

  test('is the same for the same seed, in whatever order the others are told, and later for a greater one', () => {
    fc.assert(
      fc.property(anyNow, anyZone, anyOthers, anySeed, anySeed, (now, zone, minutes, one, other) => {
        const friend = friendOf(zone);
        const others = around(now, minutes);
        const draw = (seed: number) => surpriseMoment(now, friend, others, seed);
        expect(surpriseMoment(now, friend, others.toReversed(), one)).toBe(draw(one));
        expect(draw(Math.min(one, other)) <= draw(Math.max(one, other))).toBe(true);
      }),
      { seed: 20261123, numRuns: 60 },
    );
  });

  /** Each free minute of the week, one after the other, as the rule says it. */
  function freeMinutes(now: Date, friend: Surprised, others: string[]): string[] {
    const free: string[] = [];
    const first = Math.ceil((now.getTime() + 2 * HOUR) / MINUTE) * MINUTE;
    const apart = (friend.apartDays ?? 3) * DAY;
    const inOrder = others.toSorted();
    for (let at = first; at < now.getTime() + 7 * DAY; at += MINUTE) {
      const near = others.some((other) => at > Date.parse(other) - apart && at < Date.parse(other) + apart);
      const moment = new Date(at).toISOString();
      if (near || !isAwake(moment, friend)) continue;
      const before = inOrder.findLast((other) => other < moment);
      const after = inOrder.find((other) => other > moment);
      const isSame = [before, after].some((other) => {
        const minute = other && minuteOfDay(other, friend.timeZone);
        return minute !== undefined && Math.abs(Number(minute) - minuteOfDay(moment, friend.timeZone)) <= 2;
      });
      if (!isSame) free.push(moment);
    }
    return free;
  }

  test.each([
    ['Europe/London', '2026-10-22T12:00:00.000Z', undefined, []],
    ['Europe/London', '2026-10-22T12:00:07.000Z', LONG, [-2 * 1440, 8 * 1440 + 30]],
    ['America/New_York', '2027-03-11T23:10:00.000Z', LONG, [-5 * 1440]],
    ['Australia/Lord_Howe', '2027-04-01T12:00:00.000Z', LONG, []],
    ['Antarctica/Troll', '2027-03-25T12:00:00.000Z', LONG, [-1440]],
    ['Asia/Kathmandu', '2026-11-23T12:00:00.000Z', EARLY, [-1440, 1440 * 9]],
  ])('in %s from %s is as likely at any free minute', (zone, from, hours, minutes) => {
    const now = new Date(from);
    const friend = friendOf(zone, hours);
    const others = around(now, minutes);
    const free = freeMinutes(now, friend, others);
    expect(free.length).toBeGreaterThan(600);
    for (const n of [0, 1, Math.floor(free.length / 3), Math.floor(free.length / 2), free.length - 1]) {
      expect(surpriseMoment(now, friend, others, (n + 0.5) / free.length)).toBe(free[n]);
    }
  });

  test('has no favourite hour: each has the share of the moments that it has of the waking hours', () => {
    const random = chance(20261123);
    const draws = 3_000;
    const counts = new Map<number, number>();
    for (let n = 0; n < draws; n++) {
      // Written at any time of a year.
      const now = new Date(Date.parse('2026-11-23T12:00:00.000Z') + random() * 52 * 7 * DAY);
      const moment = surpriseMoment(now, friendOf('Europe/London'), [], random());
      const { hour } = wallIn(moment, 'Europe/London');
      counts.set(hour, (counts.get(hour) ?? 0) + 1);
    }
    // Five days of twelve hours and two of eleven.
    const halfHours = (hour: number) => (hour === 8 ? 5 : hour === 9 ? 12 : hour === 20 ? 7 : 14);
    let chiSquare = 0;
    for (let hour = 8; hour <= 20; hour++) {
      const expected = (draws * halfHours(hour)) / 164;
      chiSquare += ((counts.get(hour) ?? 0) - expected) ** 2 / expected;
    }
    expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([
      8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
    ]);
    // Twelve degrees of freedom: chance alone goes above this once in a thousand times.
    expect(chiSquare).toBeLessThan(32.9);
  });

  test.each([
    ['three days', undefined],
    ['thirty days', 30],
  ])(
    'one of eight letters of one evening, %s apart, has no favourite hour either, and no minute twice in a row',
    (_, apart) => {
      const random = chance(20261123);
      const friend = friendOf('Europe/Berlin', undefined, apart);
      const others: string[] = [];
      let late = 0;
      for (let n = 0; n < 240; n++) {
        const evening = Date.parse('2026-11-23T20:00:00.000Z') + Math.floor(n / 8) * 301 * DAY;
        const moment = surpriseMoment(new Date(evening), friend, others.slice(-8), random());
        expectKept(new Date(evening), friend, others.slice(-8), moment);
        others.push(moment);
        if (Date.parse(moment) - evening > 7 * DAY) late++;
      }
      // Mostly no day is left free in the week: the first one after it is taken.
      expect(late).toBeGreaterThan(140);
      const hours = others.map((moment) => wallIn(moment, 'Europe/Berlin').hour);
      const share = (from: number, to: number) =>
        hours.filter((hour) => hour >= from && hour < to).length / hours.length;
      // An hour has a twelfth of the day, and a third of the day a third.
      for (let hour = 8; hour <= 20; hour++) expect(share(hour, hour + 1)).toBeLessThan(0.14);
      for (const third of [share(8, 12), share(12, 16), share(16, 21)]) {
        expect(third).toBeGreaterThan(0.24);
        expect(third).toBeLessThan(0.43);
      }
    },
  );

  test('in a week without a free minute comes within a day of the first one after it', () => {
    const now = new Date('2026-11-23T12:00:00.000Z');
    const others = ['2026-11-24T12:00:00.000Z', '2026-11-28T12:00:00.000Z'];
    const draw = (seed: number, more: string[] = []) =>
      surpriseMoment(now, friendOf('Europe/London'), [...others, ...more], seed);
    // Not at noon, and the two minutes beside it: the one before came then.
    expect(draw(0)).toBe('2026-12-01T12:03:00.000Z');
    expect(draw(0.5)).toBe('2026-12-01T18:00:00.000Z');
    expect(draw(0.999_999)).toBe('2026-12-02T11:57:00.000Z');
    // However the others are told: the first one is what counts.
    expect(surpriseMoment(now, friendOf('Europe/London'), ['2026-12-20T12:00:00.000Z', ...others], 0)).toBe(
      draw(0),
    );
    // Three days from the last one it is night: from the morning on.
    expect(draw(0, ['2026-12-03T20:45:00.000Z'])).toBe('2026-12-07T08:30:00.000Z');
    expect(draw(0.999_999, ['2026-12-03T20:45:00.000Z'])).toBe('2026-12-07T20:29:00.000Z');
  });

  test('to a friend who asked for fewer keeps thirty days, however many wait already', () => {
    const now = new Date('2026-11-23T12:00:00.000Z');
    const friend = friendOf('Europe/London', undefined, 30);
    expect(
      Date.parse(surpriseMoment(now, friend, ['2026-10-20T09:00:00.000Z'], 0.5)) - now.getTime(),
    ).toBeLessThan(7 * DAY);
    expect(surpriseMoment(now, friend, ['2026-11-22T09:00:00.000Z'], 0)).toBe('2026-12-22T09:03:00.000Z');
    // A year of notes, one each 45 days: no two leave thirty days on either side.
    const year = Array.from({ length: 9 }, (_, n) => new Date(now.getTime() + n * 45 * DAY).toISOString());
    expect(surpriseMoment(now, friend, year, 0)).toBe('2027-12-18T12:03:00.000Z');
  });

  test('in the last free minutes of the week stays in them', () => {
    // What is free ends with the friend's evening on the last day, and begins three minutes after that of the note before.
    const now = new Date('2026-11-23T20:31:00.000Z');
    const draw = (before: string, seed: number) =>
      surpriseMoment(now, friendOf('UTC'), ['2026-11-25T00:00:00.000Z', before], seed);
    for (const seed of [0, 0.49, 0.5, 0.999_999]) {
      const moment = draw('2026-11-27T20:25:00.000Z', seed);
      expect(moment).toBe(`2026-11-30T20:${seed < 0.5 ? '28' : '29'}:00.000Z`);
    }
    expect(draw('2026-11-27T20:27:00.000Z', 0)).toBe('2026-12-01T08:30:00.000Z');
  });

  test('is not stretched by seconds: less than a minute that is free is none', () => {
    // Between the two are ten seconds of the evening of the 27th that keep three days from both.
    const now = new Date('2026-11-23T12:00:00.000Z');
    const others = ['2026-11-24T17:29:50.000Z', '2026-11-30T17:30:00.000Z'];
    expect(surpriseMoment(now, friendOf('UTC'), others, 0)).toBe('2026-12-03T17:33:00.000Z');
  });

  test('is as likely at any free minute: by day as the days are long', () => {
    // From Monday noon: Monday afternoon 6.5 h, four working days of 12 h, two of 11 h, the last morning 3.5 h.
    const now = new Date('2026-11-23T12:00:00.000Z');
    const hours = new Map([
      ['11-23', 6.5],
      ['11-24', 12],
      ['11-25', 12],
      ['11-26', 12],
      ['11-27', 12],
      ['11-28', 11],
      ['11-29', 11],
      ['11-30', 3.5],
    ]);
    const counts = new Map<string, number>();
    const draws = 2_400;
    for (let n = 0; n < draws; n++) {
      const day = surpriseMoment(now, friendOf('UTC'), [], n / draws).slice(5, 10);
      counts.set(day, (counts.get(day) ?? 0) + 1);
    }
    for (const [day, length] of hours) {
      expect((counts.get(day) ?? 0) / draws).toBeCloseTo(length / 80, 2);
    }
  });

  test.each([
    ['Europe/London', '2026-10-22T12:00:00.000Z', '2026-10-25'],
    ['Europe/London', '2027-03-25T12:00:00.000Z', '2027-03-28'],
    ['America/New_York', '2026-10-29T12:00:00.000Z', '2026-11-01'],
    ['America/New_York', '2027-03-11T12:00:00.000Z', '2027-03-14'],
    ['Australia/Lord_Howe', '2026-10-01T12:00:00.000Z', '2026-10-04'],
    ['Australia/Lord_Howe', '2027-04-01T12:00:00.000Z', '2027-04-04'],
    ['Pacific/Chatham', '2026-09-24T12:00:00.000Z', '2026-09-27'],
  ])('in %s keeps to the wall clock on the day it changes (%s, %s)', (zone, now, changes) => {
    const found = new Set<string>();
    for (let n = 0; n < 400; n++) {
      const moment = surpriseMoment(new Date(now), friendOf(zone), [], n / 400);
      expect(isAwake(moment, friendOf(zone))).toBe(true);
      const wall = wallIn(moment, zone);
      if (wall.toPlainDate().toString() === changes) found.add(wall.toPlainTime().toString().slice(0, 2));
    }
    // A Sunday each time: from half past nine to half past eight in the evening.
    expect([...found].toSorted()).toEqual([
      '09',
      '10',
      '11',
      '12',
      '13',
      '14',
      '15',
      '16',
      '17',
      '18',
      '19',
      '20',
    ]);
  });
});

describe('a wall time in a zone', () => {
  test.each([
    ['2026-11-23T09:30', 'Europe/London', '2026-11-23T09:30:00.000Z'],
    ['2026-07-23T09:30', 'Europe/London', '2026-07-23T08:30:00.000Z'],
    ['2026-11-23T09:30', 'Asia/Kathmandu', '2026-11-23T03:45:00.000Z'],
    ['2026-11-23T09:30', 'Pacific/Chatham', '2026-11-22T19:45:00.000Z'],
    ['2026-11-23T09:30:15', 'Pacific/Kiritimati', '2026-11-22T19:30:15.000Z'],
    // Skipped: by the clock before the change, so an hour later on the new one, and half an hour on Lord Howe.
    ['2027-03-28T01:30', 'Europe/London', '2027-03-28T01:30:00.000Z'],
    ['2027-03-14T02:30', 'America/New_York', '2027-03-14T07:30:00.000Z'],
    ['2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00.000Z'],
    // Twice: the first time.
    ['2026-10-25T01:30', 'Europe/London', '2026-10-25T00:30:00.000Z'],
    ['2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
  ])('%s in %s is %s', (wall, zone, instant) => expect(wallMoment(wall, zone)).toBe(instant));

  test('is that time on the wall again, unless the clock skips it', () => {
    fc.assert(
      fc.property(anyNow, anyZone, (now, zone) => {
        const wall = now.toISOString().slice(0, 16);
        const shown = wallIn(wallMoment(wall, zone), zone).toPlainDateTime().toString().slice(0, 16);
        const skipped = shown > wall;
        expect(skipped || shown === wall).toBe(true);
        if (skipped) expect(Date.parse(`${shown}Z`) - Date.parse(`${wall}Z`)).toBeLessThanOrEqual(2 * HOUR);
      }),
      { examples: [[new Date('2027-03-28T01:30:00.000Z'), 'Antarctica/Troll']] },
    );
  });
});

describe('a birthday', () => {
  test.each([
    ['1984-12-09', '2026-11-23T12:00:00.000Z', 'Europe/London', '2026-12-09T09:30'],
    ['--12-09', '2026-12-10T12:00:00.000Z', 'Europe/London', '2027-12-09T09:30'],
    ['--12-09', '2026-12-09T09:29:59.000Z', 'Europe/London', '2026-12-09T09:30'],
    ['--12-09', '2026-12-09T09:30:00.000Z', 'Europe/London', '2027-12-09T09:30'],
    // It is the 9th in Kiritimati already, and still the 8th in London.
    ['--12-09', '2026-12-08T20:00:00.000Z', 'Pacific/Kiritimati', '2027-12-09T09:30'],
    ['--12-09', '2026-12-08T20:00:00.000Z', 'Europe/London', '2026-12-09T09:30'],
    ['--02-29', '2026-11-23T12:00:00.000Z', 'UTC', '2027-02-28T09:30'],
    ['1984-02-29', '2027-03-01T12:00:00.000Z', 'UTC', '2028-02-29T09:30'],
    ['--01-01', '2026-12-31T23:00:00.000Z', 'UTC', '2027-01-01T09:30'],
  ])('%s, from %s in %s, is next at %s', (birthday, now, zone, wall) => {
    expect(birthdayWall(birthday, new Date(now), zone)).toBe(wall);
  });
});

describe('a friend who moves', () => {
  const NOW = new Date('2026-11-23T12:00:00.000Z');

  test.each([
    ['2026-11-25T14:10:00.000Z', 'Europe/London', 'America/New_York', '2026-11-25T19:10:00.000Z'],
    ['2026-11-25T14:10:00.000Z', 'Europe/London', 'Asia/Tokyo', '2026-11-25T05:10:00.000Z'],
    ['2026-11-25T14:10:00.000Z', 'Europe/London', 'Europe/Lisbon', '2026-11-25T14:10:00.000Z'],
    // The day the new clock changes: by it, and half past one is an hour later there.
    ['2027-03-14T10:00:00.000Z', 'Europe/London', 'America/New_York', '2027-03-14T14:00:00.000Z'],
    ['2027-03-14T02:30:00.000Z', 'Europe/London', 'America/New_York', '2027-03-14T07:30:00.000Z'],
    // A wall time that comes twice: the first.
    ['2026-11-25T01:30:30.000Z', 'UTC', 'Australia/Lord_Howe', '2026-11-24T14:30:30.000Z'],
    ['2027-04-04T01:45:00.000Z', 'UTC', 'Australia/Lord_Howe', '2027-04-03T14:45:00.000Z'],
    // Later today in New York.
    ['2026-11-23T12:00:30.000Z', 'Europe/London', 'America/New_York', '2026-11-23T17:00:30.000Z'],
  ])('from %s in %s to %s: %s', (sendAt, from, to, moved) => {
    expect(sameWallTime(sendAt, from, friendOf(to), NOW)).toBe(moved);
  });

  test('to where that time has passed already gets the note at once by day, else in the morning', () => {
    const sendAt = '2026-11-23T19:00:00.000Z';
    // Seven in the evening was nine hours ago in Tokyo, where it is nine at night.
    expect(sameWallTime('2026-11-23T15:00:00.000Z', 'Europe/London', friendOf('Asia/Tokyo'), NOW)).toBe(
      '2026-11-23T23:30:00.000Z',
    );
    expect(sameWallTime(sendAt, 'America/New_York', friendOf('Europe/London'), NOW)).toBe(
      '2026-11-23T14:00:00.000Z',
    );
    // In Athens it is two in the afternoon, and it was to come at one.
    const noon = '2026-11-23T13:00:00.000Z';
    expect(sameWallTime(noon, 'Europe/London', friendOf('Europe/Athens'), NOW)).toBe(
      '2026-11-23T12:00:00.000Z',
    );
    expect(
      sameWallTime(
        noon,
        'Europe/London',
        friendOf('Europe/Athens', EARLY),
        new Date('2026-11-23T12:15:00.001Z'),
      ),
    ).toBe('2026-11-24T03:00:00.000Z');
  });

  test('has the note at the hour it was said for, in every zone, or at an hour of theirs that is not past', () => {
    fc.assert(
      fc.property(
        anyNow,
        fc.constantFrom(...EVERY_ZONE),
        fc.constantFrom(...EVERY_ZONE),
        fc.integer({ min: 0, max: 10 * 1440 }),
        (now, from, to, minutes) => {
          const friend = friendOf(to);
          const sendAt = new Date(now.getTime() + minutes * MINUTE).toISOString();
          const moved = sameWallTime(sendAt, from, friend, now);
          expect(Date.parse(moved)).toBeGreaterThanOrEqual(now.getTime());
          const [wall, said] = [wallIn(moved, to).toPlainDateTime(), wallIn(sendAt, from).toPlainDateTime()];
          if (wall.equals(said)) return;
          // Skipped by the clock, or past: then by day.
          const late = wall.since(said).total('hours');
          expect(late).toBeGreaterThan(0);
          expect(late <= 2 || isAwake(moved, friend)).toBe(true);
        },
      ),
      { seed: 20261123, numRuns: 500 },
    );
  });
});

describe('a note that is late', () => {
  test.each([
    // Up to an hour it leaves as said, even at night.
    ['2026-11-23T23:30:00.000Z', '2026-11-24T00:30:00.000Z', 'Europe/London', null],
    ['2026-11-23T23:30:00.000Z', '2026-11-24T00:30:00.001Z', 'Europe/London', '2026-11-24T08:30:00.000Z'],
    // By day it may leave at once, however late it is.
    ['2026-11-20T12:00:00.000Z', '2026-11-23T12:00:00.000Z', 'Europe/London', null],
    ['2026-11-20T12:00:00.000Z', '2026-11-23T08:30:00.000Z', 'Europe/London', null],
    ['2026-11-20T12:00:00.000Z', '2026-11-23T20:30:00.000Z', 'Europe/London', '2026-11-24T08:30:00.000Z'],
    // Friday night: on Saturday people sleep longer.
    ['2026-11-27T12:00:00.000Z', '2026-11-27T22:00:00.000Z', 'Europe/London', '2026-11-28T09:30:00.000Z'],
    // By the friend's own clock: it is night in New York.
    ['2026-11-23T06:00:00.000Z', '2026-11-23T10:00:00.000Z', 'America/New_York', '2026-11-23T13:30:00.000Z'],
  ])('said for %s, at %s in %s waits until %s', (said, now, zone, until) => {
    expect(morningMoment(new Date(now), said, friendOf(zone), false)).toBe(until);
  });

  test('a surprise is promised by day, also where the friend has moved to', () => {
    const said = '2026-11-23T13:01:00.000Z';
    const at = (zone: string, isSurprise: boolean) =>
      morningMoment(new Date('2026-11-23T13:01:30.000Z'), said, friendOf(zone), isSurprise);
    expect(at('Europe/Lisbon', true)).toBeNull();
    expect(at('Asia/Tokyo', true)).toBe('2026-11-23T23:30:00.000Z');
    expect(at('Asia/Tokyo', false)).toBeNull();
    // Drawn for the last minute of the day, it may leave a minute later.
    expect(
      morningMoment(new Date('2026-11-23T20:30:40.000Z'), '2026-11-23T20:29:00.000Z', friendOf('UTC'), true),
    ).toBeNull();
  });

  test.each([
    // The same night, by hours of their own.
    ['2026-11-23T12:00:00.000Z', '2026-11-23T22:00:00.000Z', LONG, null],
    ['2026-11-23T12:00:00.000Z', '2026-11-23T22:00:00.000Z', EARLY, '2026-11-24T05:00:00.000Z'],
    ['2026-11-23T12:00:00.000Z', '2026-11-23T14:15:00.000Z', EARLY, '2026-11-24T05:00:00.000Z'],
    ['2026-11-27T20:00:00.000Z', '2026-11-27T23:40:00.000Z', LONG, '2026-11-28T02:30:00.000Z'],
  ])('said for %s, at %s, waits for hours of their own: %j, %s', (said, now, hours, until) => {
    expect(morningMoment(new Date(now), said, friendOf('UTC', hours), false)).toBe(until);
  });

  test('a surprise that is held up in the evening waits for the morning sooner than a time that was said', () => {
    const at = (now: string, isSurprise: boolean) =>
      morningMoment(new Date(now), '2026-11-23T20:29:00.000Z', friendOf('UTC'), isSurprise);
    expect(at('2026-11-23T20:39:00.000Z', true)).toBeNull();
    expect(at('2026-11-23T20:39:00.001Z', true)).toBe('2026-11-24T08:30:00.000Z');
    expect(at('2026-11-23T20:39:00.001Z', false)).toBeNull();
    expect(at('2026-11-24T12:00:00.000Z', true)).toBeNull();
  });

  test('a surprise keeps to hours that were changed after it was drawn', () => {
    const said = '2026-11-23T19:00:00.000Z';
    const at = (hours: WakingHours | undefined, isSurprise: boolean) =>
      morningMoment(new Date(said), said, friendOf('UTC', hours), isSurprise);
    expect(at(undefined, true)).toBeNull();
    expect(at(EARLY, true)).toBe('2026-11-24T05:00:00.000Z');
    // A time that was said is obeyed.
    expect(at(EARLY, false)).toBeNull();
  });

  test('after six hours without a queue leaves at once by day, and once it is morning else', () => {
    const down = Date.parse('2026-11-23T00:00:00.000Z');
    const friend = friendOf('Europe/London');
    for (let begins = 0; begins < 24; begins++) {
      const back = new Date(down + (begins + 6) * HOUR);
      for (let minute = 0; minute <= 360; minute += 20) {
        const said = new Date(down + begins * HOUR + minute * MINUTE).toISOString();
        for (const isSurprise of [false, true]) {
          if (isSurprise && !isAwake(said, friend)) continue;
          const moment = morningMoment(back, said, friend, isSurprise);
          const isByNight = !isAwake(back.toISOString(), friend);
          const late = isSurprise ? 10 * MINUTE : HOUR;
          expect(moment !== null).toBe(isByNight && back.getTime() - Date.parse(said) > late);
          if (moment) expect(moment.slice(11)).toBe('08:30:00.000Z');
        }
      }
    }
  });

  test('moves once, to the beginning of the next waking hours, and not again when it comes', () => {
    fc.assert(
      fc.property(
        anyNow,
        anyZone,
        anyHours,
        fc.integer({ min: 0, max: 10 * DAY }),
        (now, zone, hours, lateBy) => {
          const friend = friendOf(zone, hours);
          const said = new Date(now.getTime() - lateBy).toISOString();
          const moment = morningMoment(now, said, friend, false);
          if (moment === null) return;
          expect(isAwake(moment, friend)).toBe(true);
          expect(isAwake(new Date(Date.parse(moment) - 1).toISOString(), friend)).toBe(false);
          expect(Date.parse(moment) - now.getTime()).toBeLessThan(16 * HOUR);
          for (const isSurprise of [false, true]) {
            expect(morningMoment(new Date(moment), moment, friend, isSurprise)).toBeNull();
            const another = new Date(Date.parse(moment) + 3 * HOUR);
            expect(morningMoment(another, moment, friend, isSurprise)).toBeNull();
          }
        },
      ),
      { seed: 20261123, numRuns: 200 },
    );
  });
});

describe('a note over a cap', () => {
  test.each([
    ['2026-11-23T12:00:00.000Z', '2026-11-23T12:00:00.000Z', 'Europe/London', '2026-11-24T12:00:00.000Z'],
    // By the friend's clock, also over the night it changes.
    ['2026-10-24T08:00:00.000Z', '2026-10-24T08:00:00.000Z', 'Europe/London', '2026-10-25T09:00:00.000Z'],
    // Said two days ago: its hour on the first day whose count is empty.
    ['2026-11-23T12:00:00.000Z', '2026-11-21T15:00:00.000Z', 'Europe/London', '2026-11-24T15:00:00.000Z'],
    // A day that is 23 hours long and begins and ends on one day of UTC: the day after.
    ['2027-03-27T00:30:00.000Z', '2027-03-27T00:30:00.000Z', 'Europe/London', '2027-03-28T00:30:00.000Z'],
    ['2026-11-23T20:30:00.000Z', '2026-11-23T20:30:00.000Z', 'Pacific/Auckland', '2026-11-24T20:30:00.000Z'],
  ])('at %s, said for %s in %s, leaves at %s', (now, said, zone, moved) => {
    expect(nextDay(new Date(now), said, friendOf(zone), false)).toBe(moved);
  });

  test('leaves at the hour that is skipped on the new day as soon as that day has it', () => {
    const said = '2027-03-27T01:30:00.000Z';
    expect(nextDay(new Date(said), said, friendOf('Europe/London'), false)).toBe('2027-03-28T01:30:00.000Z');
  });

  test('stays in waking hours if it is a surprise: people sleep longer on Saturday', () => {
    const friday = '2026-11-27T08:45:00.000Z';
    const friend = friendOf('UTC');
    expect(nextDay(new Date(friday), friday, friend, true)).toBe('2026-11-28T09:30:00.000Z');
    expect(nextDay(new Date(friday), friday, friend, false)).toBe('2026-11-28T08:45:00.000Z');
    const noon = '2026-11-27T12:00:00.000Z';
    expect(nextDay(new Date(noon), noon, friend, true)).toBe('2026-11-28T12:00:00.000Z');
  });

  test('is counted on a later day of UTC, at most two days on, at the same hour of the friend', () => {
    fc.assert(
      fc.property(anyNow, anyZone, fc.integer({ min: 0, max: 5 * DAY }), (now, zone, lateBy) => {
        const said = new Date(now.getTime() - lateBy).toISOString();
        const moved = nextDay(now, said, friendOf(zone), false);
        expect(moved.slice(0, 10) > now.toISOString().slice(0, 10)).toBe(true);
        expect(Date.parse(moved) - now.getTime()).toBeLessThanOrEqual(2 * DAY + 2 * HOUR);
        const [wall, before] = [wallIn(moved, zone), wallIn(said, zone)].map((at) => at.toPlainTime());
        const skipped = wallIn(moved, zone).hoursInDay < 24;
        expect(skipped || wall?.toString() === before?.toString()).toBe(true);
      }),
      { seed: 20261123, numRuns: 200 },
    );
  });
});
