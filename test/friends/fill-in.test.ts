import { expect, test } from 'vitest';
import type { Friend } from '../../functions/friends/friend.ts';
import { fillIn } from '../../functions/friends/import.ts';

const GRACE: Friend = {
  id: 'frd_grace',
  name: 'Grace',
  timeZone: 'Europe/London',
  groups: [],
  interests: [],
  version: 4,
  createdAt: '2026-11-23T12:00:00.000Z',
};
const NIGHTS = { from: '12:00', to: '23:30' };

test('a friend gets the waking hours that only the other one has', () => {
  const filled = { ...GRACE, wakingHours: NIGHTS, version: 5 };
  expect(fillIn(GRACE, { ...GRACE, wakingHours: NIGHTS })).toEqual(filled);
  expect(fillIn(filled, GRACE)).toBeNull();
  expect(fillIn(filled, { ...GRACE, wakingHours: { from: '05:00', to: '14:00' } })).toBeNull();
});

test('a friend who asked for fewer letters in either account gets fewer', () => {
  const filled = { ...GRACE, apartDays: 30, version: 5 };
  expect(fillIn(GRACE, { ...GRACE, apartDays: 30 })).toEqual(filled);
  expect(fillIn(filled, GRACE)).toBeNull();
  expect(fillIn(filled, { ...GRACE, apartDays: 10 })).toBeNull();
});
