import { at } from '../platform/clock.ts';
import { friendIndex, keys, ranges } from '../platform/keys.ts';
import { type Item, plain, type Table } from '../platform/table.ts';
import { isSuggested, Suggestion, type SuggestionState } from './suggestion.ts';

function read(item: Item): Suggestion {
  return Suggestion.parse(plain(item));
}

function bestFirst(a: Suggestion, b: Suggestion): number {
  return b.score - a.score || (a.friendId < b.friendId ? -1 : 1);
}

/** An article's suggestions in every state, best first. */
export async function suggestionsOf(table: Table, userId: string, articleId: string): Promise<Suggestion[]> {
  const items = await table.all(ranges.suggestionsOf(userId, articleId));
  return items.map(read).sort(bestFirst);
}

/** A friend's suggestions in every state, best first. */
export async function suggestionsFor(table: Table, userId: string, friendId: string): Promise<Suggestion[]> {
  const items = await table.all(ranges.friendSuggestions(userId, friendId));
  return items.map(read).sort(bestFirst);
}

/** What a page looks through: a person's last months, in one or two reads. Older ones are on their articles' pages. */
const RECENT = 500;

/** The newest suggestions of a user in every state, newest article first. */
export async function recentSuggestions(table: Table, userId: string): Promise<Suggestion[]> {
  const { items } = await table.query(ranges.suggestions(userId), { limit: RECENT, newestFirst: true });
  return items.map(read);
}

/** What is suggested for a friend now: the best of the newest articles, best first. */
export async function bestFor(
  table: Table,
  userId: string,
  friendId: string,
  count: number,
): Promise<Suggestion[]> {
  const range = ranges.friendSuggestions(userId, friendId);
  const { items } = await table.query(range, { limit: RECENT, newestFirst: true });
  return items.map(read).filter(isSuggested).sort(bestFirst).slice(0, count);
}

/** Writes what matching found of a pair; what the user said about it (its state) stays. */
export async function putSuggestion(
  table: Table,
  userId: string,
  found: Omit<Suggestion, 'state' | 'createdAt'>,
  now: Date,
): Promise<void> {
  const key = keys.suggestion(userId, found.articleId, found.friendId);
  const index = friendIndex(userId, found.friendId, key.sk);
  await table.update(
    key,
    `SET #articleId = :articleId, #friendId = :friendId, #score = :score, #reasons = :reasons,
      #friendPk = :friendPk, #friendSk = :friendSk,
      #state = if_not_exists(#state, :open), #createdAt = if_not_exists(#createdAt, :now)`,
    { ...found, ...index, open: 'open', now: at(now) },
  );
}

/** Takes back a suggestion that no longer fits, unless the user has answered it. */
export async function withdrawSuggestion(
  table: Table,
  userId: string,
  articleId: string,
  friendId: string,
): Promise<void> {
  await table.delete(keys.suggestion(userId, articleId, friendId), '#state = :open', { open: 'open' });
}

export async function deleteSuggestion(table: Table, userId: string, suggestion: Suggestion): Promise<void> {
  await table.delete(keys.suggestion(userId, suggestion.articleId, suggestion.friendId));
}

/** The user's answer. False: there is no such suggestion. */
export async function answerSuggestion(
  table: Table,
  userId: string,
  articleId: string,
  friendId: string,
  state: SuggestionState,
): Promise<boolean> {
  const updated = await table.update(
    keys.suggestion(userId, articleId, friendId),
    'SET #state = :state',
    { state },
    'attribute_exists(pk)',
  );
  return updated !== null;
}
