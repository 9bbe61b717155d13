import { describe, expect, test } from 'vitest';
import { servicePause, type Trouble, userPause } from '../../functions/ledger/pause.ts';

const NOW = new Date('2026-11-23T12:00:00.000Z');

const troubles = (kind: Trouble['kind'], ...days: string[]): Trouble[] =>
  days.map((day) => ({ kind, at: `${day}T09:00:00.000Z` }));

describe("a user's letters wait", () => {
  test.each([
    ['after one complaint', troubles('complaints', '2026-11-20'), null],
    ['after two', troubles('complaints', '2026-11-20', '2026-11-22'), 'complaints'],
    [
      'after two of which one is older than 30 days',
      troubles('complaints', '2026-10-24', '2026-11-22'),
      null,
    ],
    [
      'after four that came back',
      troubles('bounces', '2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04'),
      null,
    ],
    [
      'after five that came back',
      troubles('bounces', '2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04', '2026-11-05'),
      'bounces',
    ],
    [
      'after four that came back and a complaint',
      [
        ...troubles('bounces', '2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04'),
        ...troubles('complaints', '2026-11-05'),
      ],
      null,
    ],
  ])('%s', (_, known, expected) => {
    expect(userPause(known, undefined, NOW)).toBe(expected);
  });

  test('no more once the pause is lifted, until there is one more', () => {
    const two = troubles('complaints', '2026-11-10', '2026-11-12');
    const lifted = '2026-11-13T00:00:00.000Z';
    expect(userPause(two, lifted, NOW)).toBe(null);
    expect(userPause([...two, ...troubles('complaints', '2026-11-14')], lifted, NOW)).toBe('complaints');
  });
});

describe('the whole service stops', () => {
  const day = (name: string, sends: number, bounces = 0, complaints = 0) => ({
    day: name,
    sends,
    bounces,
    complaints,
  });

  test.each([
    ['not below 2,000 mails, however bad', [day('2026-11-23', 1999, 1999, 1999)], null],
    ['not at all for 39 of 2,000 that came back', [day('2026-11-23', 2000, 39)], null],
    ['for 40 of 2,000 that came back', [day('2026-11-23', 2000, 40)], 'bounces'],
    ['for one complaint of 2,000', [day('2026-11-23', 2000, 0, 1)], 'complaints'],
    ['not for one complaint of 2,001', [day('2026-11-23', 2001, 0, 1)], null],
    [
      'by the days and shards that have 2,000 together',
      [day('2026-11-23', 10, 5), day('2026-11-23', 990, 15), day('2026-11-22', 1000, 20)],
      'bounces',
    ],
    ['not by days long before', [day('2026-11-23', 4000, 0), day('2026-11-22', 2000, 2000)], null],
  ])('%s', (_, days, expected) => {
    expect(servicePause(days, undefined)).toBe(expected);
  });

  test('not for what came before the pause was lifted', () => {
    const days = [day('2026-11-23', 2000, 10), day('2026-11-22', 2000, 2000)];
    expect(servicePause([day('2026-11-22', 2000, 2000)], '2026-11-22T10:00:00.000Z')).toBe(null);
    expect(servicePause(days, '2026-11-22T10:00:00.000Z')).toBe(null);
    expect(servicePause([day('2026-11-23', 2000, 40), ...days], '2026-11-22T10:00:00.000Z')).toBe(null);
    expect(servicePause([day('2026-11-23', 2000, 90), ...days], '2026-11-22T10:00:00.000Z')).toBe('bounces');
  });
});
