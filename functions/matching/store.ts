import type { Friend } from '../friends/friend.ts';
import { at } from '../platform/clock.ts';
import { friendIndex, keys, ranges } from '../platform/keys.ts';
import { type Item, plain, type Table } from '../platform/table.ts';
import { isSuggested, Suggestion } from './suggestion.ts';
import { type Turn, takeTurns } from './turns.ts';

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

/** A friend's suggestions of their newest articles, in every state: what their answers are learned from. */
export async function newestFor(table: Table, userId: string, friendId: string): Promise<Suggestion[]> {
  const range = ranges.friendSuggestions(userId, friendId);
  const { items } = await table.query(range, { limit: RECENT, newestFirst: true });
  return items.map(read);
}

/**
 * What is suggested for a friend now: the best of the newest articles, best first, but that each interest gets its
 * turn (`turns.ts`).
 */
export async function waitingFor(
  table: Table,
  userId: string,
  friend: Friend,
  count: number,
  now: Date,
): Promise<{ suggestions: Suggestion[]; turn?: Turn }> {
  const known = await newestFor(table, userId, friend.id);
  const waiting = known.filter(isSuggested).sort(bestFirst);
  const { suggestions, turn } = takeTurns(waiting, known, friend, now);
  const shown = suggestions.slice(0, count);
  return { suggestions: shown, ...(turn && { turn }) };
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

/**
 * Takes back a suggestion that no longer fits, unless the user has answered it. What they set aside stays, too, but not
 * what the friend never wants (`isNever`).
 */
export async function withdrawSuggestion(
  table: Table,
  userId: string,
  articleId: string,
  friendId: string,
  isNever: boolean,
): Promise<void> {
  await table.delete(keys.suggestion(userId, articleId, friendId), '#state IN (:open, :later)', {
    open: 'open',
    later: isNever ? 'later' : 'open',
  });
}

export async function deleteSuggestion(table: Table, userId: string, suggestion: Suggestion): Promise<void> {
  await table.delete(keys.suggestion(userId, suggestion.articleId, suggestion.friendId));
}

export async function findSuggestion(
  table: Table,
  userId: string,
  articleId: string,
  friendId: string,
): Promise<Suggestion | undefined> {
  const item = await table.get(keys.suggestion(userId, articleId, friendId));
  return item && read(item);
}

/** Writes what was said of a suggestion, if nobody else did since `seen`. */
export async function answerAsSeen(
  table: Table,
  userId: string,
  seen: Suggestion,
  { state, answer }: Pick<Suggestion, 'state' | 'answer'>,
): Promise<Suggestion | null> {
  const was = seen.answer
    ? '#answer.#at = :wasAt AND #answer.#said = :wasSaid'
    : 'attribute_not_exists(#answer)';
  const updated = await table.update(
    keys.suggestion(userId, seen.articleId, seen.friendId),
    `SET #state = :state${answer ? ', #answer = :answer' : ' REMOVE #answer'}`,
    {
      state,
      wasState: seen.state,
      ...(answer && { answer }),
      ...(seen.answer && { wasAt: seen.answer.at, wasSaid: seen.answer.said }),
    },
    `#state = :wasState AND ${was}`,
  );
  return updated && read(updated);
}

/** Every suggestion of a user in every state, oldest article first, a page at a time. */
export async function* walkSuggestions(table: Table, userId: string): AsyncGenerator<Suggestion[]> {
  for await (const items of table.pages(ranges.suggestions(userId))) yield items.map(read);
}

/** Stores a suggestion as it was. False: there is one of this pair. */
export async function restoreSuggestion(
  table: Table,
  userId: string,
  suggestion: Suggestion,
): Promise<boolean> {
  const key = keys.suggestion(userId, suggestion.articleId, suggestion.friendId);
  const index = friendIndex(userId, suggestion.friendId, key.sk);
  return table.put({ ...key, ...suggestion, ...index }, 'attribute_not_exists(pk)');
}

/** The user's answer from a file, unless they have answered here. */
export async function restoreAnswer(
  table: Table,
  userId: string,
  { articleId, friendId, state, answer }: Suggestion,
): Promise<void> {
  await table.update(
    keys.suggestion(userId, articleId, friendId),
    `SET #state = :state${answer ? ', #answer = :answer' : ''}`,
    { state, open: 'open', ...(answer && { answer }) },
    '#state = :open',
  );
}

/** What matching keeps of one interest: `text` is what it was made from. */
export interface StoredForm {
  text: string;
  bytes: Uint8Array;
}

/** Forms of each friend's interests, by friend and interest. */
export async function allFriendForms(
  table: Table,
  userId: string,
): Promise<Map<string, Record<string, StoredForm>>> {
  const items = await table.all(ranges.friendForms(userId));
  return new Map(items.map((item) => [idIn(item), item.forms as Record<string, StoredForm>]));
}

/** Forms of one friend's interests, by interest. */
export async function findFriendForms(
  table: Table,
  userId: string,
  friendId: string,
): Promise<Record<string, StoredForm>> {
  const item = await table.get(keys.form(userId, friendId));
  return (item?.forms as Record<string, StoredForm> | undefined) ?? {};
}

/** Keeps the forms of all interests of a friend. */
export async function putFriendForms(
  table: Table,
  userId: string,
  friendId: string,
  forms: Record<string, StoredForm>,
): Promise<void> {
  await table.update(keys.form(userId, friendId), 'SET #forms = :forms', { forms });
}

export async function putArticleForm(
  table: Table,
  userId: string,
  articleId: string,
  form: Uint8Array,
): Promise<void> {
  await table.update(keys.form(userId, articleId), 'SET #form = :form', { form });
}

export async function findArticleForm(
  table: Table,
  userId: string,
  articleId: string,
): Promise<Uint8Array | undefined> {
  return (await table.get(keys.form(userId, articleId)))?.form as Uint8Array | undefined;
}

/** Forms of a user's articles, a page at a time, in order of the articles' ids. */
export async function* walkArticleForms(
  table: Table,
  userId: string,
): AsyncGenerator<{ articleId: string; form: Uint8Array }[]> {
  // Of 1.2 KB each: DynamoDB reads 1 MB at once.
  for await (const items of table.pages(ranges.articleForms(userId), { limit: 800 })) {
    yield items.map((item) => ({ articleId: idIn(item), form: item.form as Uint8Array }));
  }
}

/** Of an article or a friend that is gone. */
export async function deleteForm(table: Table, userId: string, id: string): Promise<void> {
  await table.delete(keys.form(userId, id));
}

function idIn({ sk }: Item): string {
  return String(sk).replace('FORM#', '');
}
