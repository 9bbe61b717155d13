import type { Friend } from './friend.ts';

/** What a browser offers while one types: with more than this nobody finds their own words. */
const MAX_PHRASES = 100;

/** The user's own words for interests, those used for most friends first; `without` what this one has already. */
export function phrasesOf(
  friends: readonly Pick<Friend, 'interests'>[],
  without?: Pick<Friend, 'interests'>,
): string[] {
  const uses = new Map<string, { text: string; count: number }>();
  for (const { text } of friends.flatMap(({ interests }) => interests)) {
    const known = uses.get(text.toLowerCase()) ?? { text, count: 0 };
    uses.set(text.toLowerCase(), { ...known, count: known.count + 1 });
  }
  for (const { text } of without?.interests ?? []) uses.delete(text.toLowerCase());
  const mostFirst = [...uses.values()].sort(
    (a, b) => b.count - a.count || a.text.localeCompare(b.text, 'en'),
  );
  return mostFirst.slice(0, MAX_PHRASES).map(({ text }) => text);
}
