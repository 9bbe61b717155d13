import type { Friend, Learned } from '../friends/friend.ts';
import { DAY, at as instantOf } from '../platform/clock.ts';
import type { Said, Suggestion } from './suggestion.ts';

/**
 * In milliseconds. A season: what somebody has had enough of in spring may be welcome in autumn. After a year a sixteenth
 * of an answer is left.
 */
export const HALF_LIFE = 90 * DAY;

/** Logits. "Not about this" in so many words says most; a letter says less than its friend's word about it. */
const WORTH: Record<Said, number> = {
  accepted: 0.2,
  thanks: 0.4,
  'not-friend': -0.25,
  'not-interest': -0.8,
  'not-my-thing': -0.8,
};

/**
 * Logits that the answers can add to an interest, or take from it, however many they are: enough to raise or lower what
 * an article needs to be suggested, not enough to make one fit that does not. A no may be plainer than a yes.
 */
export const MOST = 1;
export const LEAST = -1.5;

/** Below this (logits) no order changes: there is nothing to tell the user. */
const FELT = 0.02;

/** Whose interests, and what became of them. */
export type Known = Pick<Friend, 'interests' | 'merged' | 'forgotten'>;

/**
 * What the answers to one friend's suggestions say of each of their interests, by its id. From the answers alone: neither
 * their order nor the hour of asking matters, and an answer that was taken back was never given.
 */
export function learn(
  suggestions: readonly Pick<Suggestion, 'articleId' | 'answer'>[],
  friend: Known,
): Record<string, Learned> {
  const living = new Set(friend.interests.map(({ id }) => id));
  const learned = new Map<string, Learned>();
  const inOrder = suggestions
    .flatMap(({ articleId, answer }) => (answer?.interestId ? [{ ...answer, articleId }] : []))
    .sort((a, b) => (`${a.at} ${a.articleId}` < `${b.at} ${b.articleId}` ? -1 : 1));
  for (const { said, interestId = '', at } of inOrder) {
    const id = mergedInto(interestId, friend);
    const until = [interestId, id].flatMap((one) => friend.forgotten?.[one] ?? []);
    if (!living.has(id) || until.some((instant) => at <= instant)) continue;
    const before = learned.get(id);
    const isDismissed = said === 'not-friend' || said === 'not-interest';
    learned.set(id, {
      sum: faded(before, at) + WORTH[said],
      at,
      accepted: (before?.accepted ?? 0) + (isDismissed ? 0 : 1),
      dismissed: (before?.dismissed ?? 0) + (isDismissed ? 1 : 0),
    });
  }
  return Object.fromEntries(learned);
}

/** Logits to add to an interest when it is matched: above `LEAST`, below `MOST`, and 0 where nothing was learned. */
export function weightOf(learned: Pick<Learned, 'sum' | 'at'> | undefined, now: Date): number {
  const sum = faded(learned, instantOf(now));
  const bound = sum < 0 ? -LEAST : MOST;
  return bound * Math.tanh(sum / bound);
}

/** Whether what was learned still makes a difference. */
export function isFelt(learned: Learned | undefined, now: Date): learned is Learned {
  return Math.abs(weightOf(learned, now)) >= FELT;
}

/** The interest that an id stands for today. */
export function mergedInto(interestId: string, { merged }: Pick<Friend, 'merged'>): string {
  return merged?.[interestId] ?? interestId;
}

/** What is left of a sum at an instant. A clock that runs behind makes nothing stronger. */
export function faded(learned: Pick<Learned, 'sum' | 'at'> | undefined, instant: string): number {
  if (!learned) return 0;
  const age = Math.max(0, Date.parse(instant) - Date.parse(learned.at));
  return learned.sum * 0.5 ** (age / HALF_LIFE);
}
