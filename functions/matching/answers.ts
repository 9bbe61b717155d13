import { isDeepStrictEqual } from 'node:util';
import type { Learned } from '../friends/friend.ts';
import { askToForget } from '../friends/friends.ts';
import { findFriend, keepLearned } from '../friends/store.ts';
import { at } from '../platform/clock.ts';
import { Fault } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { learn } from './learning.ts';
import { answerAsSeen, findSuggestion, newestFor } from './store.ts';
import { type Step, type Suggestion, stepped } from './suggestion.ts';

/** Answers to one suggestion that meet each other are given one after the other. */
const ANSWER_TRIES = 4;

/**
 * Says something of a suggestion, and learns from it for this friend alone. `interestId`: what `not-interest` is about.
 * The suggestion as it stands afterwards; null: there is none. Saying it twice changes nothing.
 */
export async function answer(
  ground: Ground,
  userId: string,
  articleId: string,
  friendId: string,
  step: Step,
  interestId?: string,
): Promise<Suggestion | null> {
  const { table } = ground;
  for (let round = 0; round < ANSWER_TRIES; round++) {
    const seen = await findSuggestion(table, userId, articleId, friendId);
    if (!seen) return null;
    const next = stepped(seen, step, at(ground.clock()), interestId);
    if (!next) return seen;
    const isSame = next.state === seen.state && isDeepStrictEqual(next.answer, seen.answer);
    const said = isSame ? seen : await answerAsSeen(table, userId, seen, next);
    if (!said) continue;
    // Said again, it may be that the first time was cut off here.
    if (seen.answer || said.answer) {
      const isPlain = [seen, said].some((one) => one.answer?.said === 'not-interest');
      await relearn(ground, userId, friendId, { just: said, looksBack: isPlain && !isSame });
    }
    return said;
  }
  throw new Fault('conflict', 'This suggestion is being answered elsewhere. Try again.');
}

/**
 * Derives what the answers say of a friend's interests, and keeps it on the friend. `just`: what was answered a moment
 * ago, which the index may not show yet. `looksBack`: the library is looked over with it, too.
 */
export async function relearn(
  ground: Ground,
  userId: string,
  friendId: string,
  { just, looksBack = false }: { just?: Suggestion; looksBack?: boolean } = {},
): Promise<Record<string, Learned>> {
  const { table } = ground;
  const [friend, known] = await Promise.all([
    findFriend(table, userId, friendId),
    newestFor(table, userId, friendId),
  ]);
  if (!friend) return {};
  const others = known.filter(({ articleId }) => articleId !== just?.articleId);
  const learned = learn(just ? [...others, just] : others, friend);
  if (!looksBack && isDeepStrictEqual(learned, friend.learned ?? {})) return learned;
  const lookBackAt = looksBack ? at(ground.clock()) : undefined;
  const isKept = await keepLearned(table, userId, friendId, learned, lookBackAt);
  if (isKept && looksBack) await ground.queue.hint('suggest', userId, friendId);
  return learned;
}

/** Forgets what was learned of an interest so far; `false` calls it back. The answers themselves stay. */
export async function forget(
  ground: Ground,
  userId: string,
  friendId: string,
  interestId: string,
  isForgotten = true,
): Promise<void> {
  await askToForget(ground, userId, friendId, interestId, isForgotten);
  await relearn(ground, userId, friendId, { looksBack: true });
}
