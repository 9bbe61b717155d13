import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import type { User } from '../../functions/accounts/user.ts';
import type { Friend } from '../../functions/friends/friend.ts';
import { type Touch, TouchKind } from '../../functions/ledger/touches.ts';
import { History } from '../../functions/web/look/history.tsx';

const AT = '2026-11-03T09:00:00.000Z';
const user: User = {
  id: 'usr_1',
  email: 'ada@lovelace.example',
  name: 'Ada',
  timeZone: 'Europe/London',
  ingest: 'ada-7tq4m',
  bookmarkletSerial: 1,
  tokenSerial: 1,
  createdAt: AT,
};
const friend: Friend = {
  id: 'frd_1',
  name: 'Grace Hopper',
  timeZone: 'America/Toronto',
  groups: [],
  interests: [{ id: 'int_1', text: 'trail running', kind: 'topic', addedAt: AT }],
  version: 1,
  createdAt: AT,
};
const frame = { user, now: new Date('2026-11-12T09:40:00Z') };

function entries(...touches: Partial<Touch>[]) {
  const whole = touches.map((touch, n) => ({
    id: `tch_${n}`,
    friendId: 'frd_1',
    noteId: 'nte_1',
    kind: 'thanks' as const,
    at: AT,
    ...touch,
  }));
  const html = String(<History frame={frame} friend={friend} touches={whole} />);
  const { document } = parseHTML(`<html><body>${html}</body></html>`);
  return [...document.querySelectorAll('li')];
}

describe('what a friend said', () => {
  test('is nothing where nothing was said', () => {
    expect(String(<History frame={frame} friend={friend} touches={[]} />)).toBe('');
  });

  test('is in print, with its day; what it changed is in pencil', () => {
    const [entry] = entries({ line: 'Walking <b>now</b>.\nSlowly.', interestId: 'int_1' });
    expect(entry?.querySelector('time')?.textContent).toBe('3 Nov');
    expect(entry?.querySelector('blockquote')?.textContent?.trim()).toBe('Walking <b>now</b>.\nSlowly.');
    expect(entry?.querySelector('blockquote')?.closest('.pencil')).toBeNull();
    expect([...(entry?.querySelectorAll('.pencil') ?? [])].map((one) => one.textContent?.trim())).toEqual([
      'Grace said thank you.',
      'Hallway takes it as a yes to “trail running”.',
    ]);
  });

  test('of an interest that is gone says no more than what was said', () => {
    const [entry] = entries({ kind: 'not-my-thing', interestId: 'int_9' });
    expect(entry?.querySelector('.body')?.textContent?.trim()).toBe('Not a thing for Grace.');
  });

  test('stands here alone, if its mail could not leave', () => {
    const [entry] = entries({ kind: 'coffee', word: 'waiting' });
    expect(entry?.textContent).toContain('The mail that tells you of it could not leave.');
  });

  test('of every kind is said in words, calmly', () => {
    const all = entries(...TouchKind.options.map((kind) => ({ kind, was: 'America/Toronto', is: 'UTC' })));
    expect(all).toHaveLength(TouchKind.options.length);
    for (const entry of all) {
      const words = entry.querySelector('.body')?.textContent ?? '';
      expect(words).toMatch(/Grace/);
      expect(words).not.toMatch(/!|undefined|\p{Extended_Pictographic}/u);
    }
  });
});
