import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cameFrom } from '../../functions/matching/origin.ts';
import type { Said, Suggestion } from '../../functions/matching/suggestion.ts';
import { takeTurns, takeTurnsEach } from '../../functions/matching/turns.ts';

const NOW = new Date('2026-11-23T12:00:00.000Z');
const instant = (daysAgo: number) => new Date(NOW.getTime() - daysAgo * 86_400_000).toISOString();

const NAMES: Record<string, string> = { R: 'trail running', V: 'learning the violin', M: 'maps' };
const grace = {
  id: 'frd_grace',
  interests: Object.entries(NAMES).map(([letter, text]) => ({
    id: `int_${letter}`,
    text,
    kind: 'topic' as const,
    addedAt: instant(900),
  })),
};

/** `R2`: the second suggestion for running. */
function waiting(name: string, friendId = grace.id): Suggestion {
  const letter = name[0] ?? '';
  return {
    articleId: `art_${name}`,
    friendId,
    score: 0.9,
    reasons: [{ interestId: `int_${letter}`, interest: NAMES[letter] ?? '', kind: 'topic', evidence: '' }],
    state: 'open',
    createdAt: instant(1),
  };
}
const list = (names: string) => names.split(' ').map((name) => waiting(name));
const letter = (interest: string, daysAgo: number, said: Said = 'accepted'): Suggestion => ({
  ...waiting(`${interest}-${daysAgo}`),
  state: 'written',
  answer: { said, interestId: `int_${interest}`, at: instant(daysAgo) },
});
const letters = (interest: string, ...days: number[]) => days.map((daysAgo) => letter(interest, daysAgo));
const names = (suggestions: Suggestion[]) => suggestions.map(({ articleId }) => articleId.slice(4)).join(' ');
const order = (before: string, answered: Suggestion[]) =>
  names(takeTurns(list(before), answered, grace, NOW).suggestions);

describe('one friend’s suggestions', () => {
  test('stay best first while nothing was written about much', () => {
    expect(order('R1 R2 V1 M1', [])).toBe('R1 R2 V1 M1');
    expect(order('R1 R2 V1 M1', letters('R', 1, 8))).toBe('R1 R2 V1 M1');
    expect(order('R1 R2 V1 M1', [...letters('R', 1, 8), letter('R', 9, 'not-friend')])).toBe('R1 R2 V1 M1');
    expect(order('R1 R2 V1 M1', letters('R', 190, 200, 210, 220, 230))).toBe('R1 R2 V1 M1');
  });

  test('take turns after many letters on one interest: the others first, and nothing is left out', () => {
    expect(order('R1 R2 R3 R4 V1 M1', letters('R', 1, 8, 20))).toBe('V1 R1 M1 R2 R3 R4');
    expect(order('R1 R2', letters('R', 1, 8, 20))).toBe('R1 R2');
    expect(order('V1 V2 M1 R1', letters('R', 1, 8, 20))).toBe('V1 V2 M1 R1');
    expect(order('V1 R1 R2 V2', letters('R', 1, 8, 20))).toBe('V1 R1 V2 R2');
    expect(order('R1 V1', [...letters('R', 1, 8, 20), ...letters('V', 2, 9, 21)])).toBe('R1 V1');
  });

  test('a friend’s thanks was a letter, too', () => {
    expect(order('R1 V1', [letter('R', 1, 'thanks'), letter('R', 2), letter('R', 3, 'not-my-thing')])).toBe(
      'V1 R1',
    );
  });

  test('say why, when the order is not best first', () => {
    const { turn } = takeTurns(list('R1 R2 V1'), letters('R', 1, 30, 60, 120), grace, NOW);
    expect(turn).toEqual({
      articleId: 'art_V1',
      friendId: 'frd_grace',
      interest: 'learning the violin',
      instead: { interest: 'trail running', letters: 4, since: instant(120) },
    });
    expect(takeTurns(list('V1 R1'), letters('R', 1, 8, 20), grace, NOW)).not.toHaveProperty('turn');
  });

  test('count letters on an interest that was merged for the one that stayed', () => {
    const merged = { ...grace, merged: { int_X: 'int_R' } };
    const { suggestions } = takeTurns(list('R1 V1'), letters('X', 1, 8, 20), merged, NOW);
    expect(names(suggestions)).toBe('V1 R1');
  });

  test('however many: each stays once, one interest’s among themselves in order, and no habit moves up', () => {
    const some = fc.array(fc.constantFrom('R', 'V', 'M'), { maxLength: 40 });
    fc.assert(
      fc.property(
        some,
        fc.array(fc.tuple(fc.constantFrom('R', 'V', 'M'), fc.nat(300))),
        (before, written) => {
          const all = before.map((name, n) => waiting(`${name}${n}`));
          const answered = written.map(([name, days]) => letter(name, days));
          const { suggestions, turn } = takeTurns(all, answered, grace, NOW);
          expect(new Set(suggestions)).toEqual(new Set(all));
          expect(suggestions).toHaveLength(all.length);
          for (const name of 'RVM') {
            const of = (those: Suggestion[]) => those.filter(({ articleId }) => articleId[4] === name);
            expect(of(suggestions)).toEqual(of(all));
          }
          expect(turn !== undefined).toBe(names(suggestions) !== names(all));
          expect(takeTurns(all, answered, grace, NOW)).toEqual({ suggestions, ...(turn && { turn }) });
        },
      ),
    );
  });
});

test('several friends in one list: each takes turns in the places of their own', () => {
  const alan = { ...grace, id: 'frd_alan' };
  const mixed = [
    waiting('R1'),
    waiting('R5', 'frd_alan'),
    waiting('R2'),
    waiting('V5', 'frd_alan'),
    waiting('V1'),
  ];
  const { suggestions, turns } = takeTurnsEach(mixed, letters('R', 1, 8, 20), [alan, grace], NOW);
  expect(names(suggestions)).toBe('V1 R5 R1 V5 R2');
  expect(turns).toMatchObject([{ friendId: 'frd_grace', articleId: 'art_V1' }]);
});

test('an article came from a friend if it came from their address', () => {
  const hashOf = (address: string) => `hash of ${address.toLowerCase()}`;
  const fromGrace = { fromHash: 'hash of grace@friends.example' };
  expect(cameFrom(fromGrace, { email: 'Grace@friends.example' }, hashOf)).toBe(true);
  expect(cameFrom(fromGrace, { email: 'alan@friends.example' }, hashOf)).toBe(false);
  expect(cameFrom(fromGrace, {}, hashOf)).toBe(false);
  expect(cameFrom({}, { email: 'grace@friends.example' }, hashOf)).toBe(false);
});
