import * as z from 'zod';
import { InterestKind } from '../friends/friend.ts';
import { instant } from '../platform/shapes.ts';

/** An interest, and the words of the article that speak to it. Private to the user. */
export const Reason = z.object({
  interestId: z.string(),
  interest: z.string(),
  kind: InterestKind,
  /** A phrase as it stands in the article's title or text. */
  evidence: z.string(),
  heard: z.string().optional(),
});
export type Reason = z.infer<typeof Reason>;

/** `open` waits for the user's words; `written`: a note was written; `later`: set aside on the friend's page. */
export const SuggestionState = z.enum(['open', 'later', 'dismissed', 'written']);
export type SuggestionState = z.infer<typeof SuggestionState>;

/**
 * What was said of a suggestion. By the user: `accepted`, a note was written; `not-friend`, not for them;
 * `not-interest`, not about that interest. By the friend, of what they were sent: `thanks`, `not-my-thing`.
 */
export const Said = z.enum(['accepted', 'not-friend', 'not-interest', 'thanks', 'not-my-thing']);
export type Said = z.infer<typeof Said>;

/** An answer teaches: see `learning.ts`. Undone, it was never given. */
export const Answer = z.object({
  said: Said,
  /** The interest it is about: the one named, else the leading reason's when it was said. */
  interestId: z.string().optional(),
  at: instant,
});
export type Answer = z.infer<typeof Answer>;

/** "This article could be for this friend." One for each pair. */
export const Suggestion = z.object({
  articleId: z.string(),
  friendId: z.string(),
  /** 0 to 1. */
  score: z.number(),
  reasons: z.array(Reason),
  state: SuggestionState,
  answer: Answer.optional(),
  createdAt: instant,
});
export type Suggestion = z.infer<typeof Suggestion>;

/** Whether it still is one: not dismissed, and not yet written about. */
export function isSuggested({ state }: Pick<Suggestion, 'state'>): boolean {
  return state === 'open' || state === 'later';
}

/** What can be done with a suggestion. `undo` takes back what the user said on a page, `unwritten` that a note was written. */
export type Step = Said | 'later' | 'undo' | 'unwritten';

/**
 * Where a step leads; null: not from here. What was written about cannot be set aside any more, from a page that was
 * open meanwhile; and the friend's own word stands, whatever becomes of the note. The same step twice is one.
 */
export function stepped(
  seen: Pick<Suggestion, 'state' | 'answer' | 'reasons'>,
  step: Step,
  at: string,
  interestId: string | undefined = seen.reasons[0]?.interestId,
): Pick<Suggestion, 'state' | 'answer'> | null {
  const { state, answer } = seen;
  const isFriends = answer?.said === 'thanks' || answer?.said === 'not-my-thing';
  const say = (said: Said) =>
    answer?.said === said && (said !== 'not-interest' || answer.interestId === interestId)
      ? answer
      : { said, ...(interestId && { interestId }), at };
  switch (step) {
    case 'accepted':
      return { state: 'written', answer: isFriends ? answer : say(step) };
    case 'thanks':
    case 'not-my-thing':
      return { state: 'written', answer: say(step) };
    case 'not-friend':
    case 'not-interest':
      return state === 'written' ? null : { state: 'dismissed', answer: say(step) };
    case 'later':
      return state === 'written' ? null : { state: 'later' };
    case 'undo':
      return state === 'written' ? null : { state: 'open' };
    case 'unwritten':
      return state === 'written' && !isFriends ? { state: 'open' } : null;
    default:
      return step satisfies never;
  }
}
