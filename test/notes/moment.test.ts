import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import {
  birthdayWall,
  isWaking,
  morningMoment,
  nextDay,
  surpriseMoment,
  wallMoment,
} from '../../functions/notes/moment.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ZONES = [
  'UTC',
  'Europe/London',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'America/St_Johns',
];

const wallIn = (instant: string, zone: string) => Temporal.Instant.from(instant).toZonedDateTimeISO(zone);

/** 8:30 to 20:30 by the clock on the wall, from 9:30 on Saturday and Sunday. */
function isAwake(instant: string, zone: string): boolean {
  const { dayOfWeek, hour, minute } = wallIn(instant, zone);
  const time = hour * 60 + minute;
  return time >= (dayOfWeek >= 6 ? 570 : 510) && time < 1230;
}

const anyNow = fc.date({ min: new Date('2026-01-01'), max: new Date('2029-12-31'), noInvalidDate: true });
const anyZone = fc.constantFrom(...ZONES);
const anySeed = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
/** Other notes to the friend, from nine days ago to three weeks ahead (minutes from now). */
const anyOthers = fc.array(fc.integer({ min: -9 * 1440, max: 21 * 1440 }), { maxLength: 6 });

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
    expect(isWaking(new Date(at), 'UTC')).toBe(awake);
  });

  test('are those of the clock on the wall, in every zone', () => {
    fc.assert(
      fc.property(anyNow, anyZone, (now, zone) => {
        expect(isWaking(now, zone)).toBe(isAwake(now.toISOString(), zone));
      }),
    );
  });
});

describe('a surprise', () => {
  test('comes in waking hours, two hours away or more, three days from other notes, within a week if it can', () => {
    fc.assert(
      fc.property(anyNow, anyZone, anyOthers, anySeed, (now, zone, minutes, seed) => {
        const others = minutes.map((minute) => new Date(now.getTime() + minute * 60_000 + 123).toISOString());
        const moment = surpriseMoment(now, zone, others, seed);
        const away = Date.parse(moment) - now.getTime();
        expect(isAwake(moment, zone)).toBe(true);
        expect(away).toBeGreaterThanOrEqual(2 * HOUR);
        for (const other of others) {
          expect(Math.abs(Date.parse(moment) - Date.parse(other))).toBeGreaterThanOrEqual(3 * DAY);
        }
        expect(moment).toMatch(/T\d\d:\d\d:00\.000Z$/);
        if (others.length === 0) expect(away).toBeLessThanOrEqual(7 * DAY);
      }),
      { numRuns: 400 },
    );
  });

  test('in a week without a free hour comes at the first one after it', () => {
    const now = new Date('2026-11-23T12:00:00.000Z');
    const others = ['2026-11-24T12:00:00.000Z', '2026-11-28T12:00:00.000Z'];
    expect(surpriseMoment(now, 'Europe/London', others, 0.7)).toBe('2026-12-01T12:00:00.000Z');
    expect(surpriseMoment(now, 'Europe/London', [...others, '2026-12-03T20:45:00.000Z'], 0.7)).toBe(
      '2026-12-07T08:30:00.000Z',
    );
  });

  test('in the last free minutes of the week stays in them', () => {
    // Free are only the two minutes before the friend's evening begins on the last day.
    const now = new Date('2026-11-23T20:31:00.000Z');
    const others = ['2026-11-25T00:00:00.000Z', '2026-11-27T20:28:00.000Z'];
    for (const seed of [0, 0.49, 0.5, 0.999_999]) {
      const moment = surpriseMoment(now, 'UTC', others, seed);
      expect(moment).toBe(`2026-11-30T20:${seed < 0.5 ? '28' : '29'}:00.000Z`);
    }
  });

  test('is not stretched by seconds: less than a minute that is free is none', () => {
    // Between the two are ten seconds of the evening of the 27th that keep three days from both.
    const now = new Date('2026-11-23T12:00:00.000Z');
    const others = ['2026-11-24T17:29:50.000Z', '2026-11-30T17:30:00.000Z'];
    expect(surpriseMoment(now, 'UTC', others, 0)).toBe('2026-12-03T17:30:00.000Z');
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
      const day = surpriseMoment(now, 'UTC', [], n / draws).slice(5, 10);
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
      const moment = surpriseMoment(new Date(now), zone, [], n / 400);
      expect(isAwake(moment, zone)).toBe(true);
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
        if (skipped) expect(Date.parse(`${shown}Z`) - Date.parse(`${wall}Z`)).toBeLessThanOrEqual(HOUR);
      }),
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
    expect(morningMoment(new Date(now), said, zone, false)).toBe(until);
  });

  test('a surprise is promised by day, also where the friend has moved to', () => {
    const said = '2026-11-23T13:01:00.000Z';
    const at = (zone: string, isSurprise: boolean) =>
      morningMoment(new Date('2026-11-23T13:01:30.000Z'), said, zone, isSurprise);
    expect(at('Europe/Lisbon', true)).toBeNull();
    expect(at('Asia/Tokyo', true)).toBe('2026-11-23T23:30:00.000Z');
    expect(at('Asia/Tokyo', false)).toBeNull();
    // Drawn for the last minute of the day, it may leave a minute later.
    expect(
      morningMoment(new Date('2026-11-23T20:30:40.000Z'), '2026-11-23T20:29:00.000Z', 'UTC', true),
    ).toBeNull();
  });

  test('never waits into a time that is late again', () => {
    fc.assert(
      fc.property(anyNow, anyZone, fc.integer({ min: 0, max: 10 * DAY }), (now, zone, lateBy) => {
        const moment = morningMoment(now, new Date(now.getTime() - lateBy).toISOString(), zone, false);
        if (moment === null) return;
        expect(isAwake(moment, zone)).toBe(true);
        expect(morningMoment(new Date(moment), moment, zone, true)).toBeNull();
        expect(Date.parse(moment) - now.getTime()).toBeLessThan(15 * HOUR);
      }),
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
    expect(nextDay(new Date(now), said, zone)).toBe(moved);
  });

  test('is counted on a later day of UTC, at most two days on, at the same hour of the friend', () => {
    fc.assert(
      fc.property(anyNow, anyZone, fc.integer({ min: 0, max: 5 * DAY }), (now, zone, lateBy) => {
        const said = new Date(now.getTime() - lateBy).toISOString();
        const moved = nextDay(now, said, zone);
        expect(moved.slice(0, 10) > now.toISOString().slice(0, 10)).toBe(true);
        expect(Date.parse(moved) - now.getTime()).toBeLessThanOrEqual(2 * DAY + HOUR);
      }),
    );
  });
});
