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

/** "This article could be for this friend." One for each pair. */
export const Suggestion = z.object({
  articleId: z.string(),
  friendId: z.string(),
  /** 0 to 1. */
  score: z.number(),
  reasons: z.array(Reason),
  state: SuggestionState,
  createdAt: instant,
});
export type Suggestion = z.infer<typeof Suggestion>;

/** Whether it still is one: not dismissed, and not yet written about. */
export function isSuggested({ state }: Pick<Suggestion, 'state'>): boolean {
  return state === 'open' || state === 'later';
}
