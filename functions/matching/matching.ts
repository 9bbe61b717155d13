import type { Article } from '../articles/article.ts';
import { addressDigest, findArticle, finishMatch, readText, walkLibrary } from '../articles/store.ts';
import { allFriends, askLookBack, findFriend, finishLookBack } from '../friends/store.ts';
import { wasSent } from '../ledger/store.ts';
import { at } from '../platform/clock.ts';
import type { Ground } from '../platform/ground.ts';
import { relearn } from './answers.ts';
import { cameFrom } from './origin.ts';
import { encodeArticle, encodeFriend, type Ranked, rank, rarity } from './rank.ts';
import {
  deleteSuggestion,
  putSuggestion,
  suggestionsFor,
  suggestionsOf,
  withdrawSuggestion,
} from './store.ts';
import type { Suggestion } from './suggestion.ts';

/** More friends than this for one article is no longer a thought of somebody. */
const MAX_FRIENDS = 12;

/**
 * Looks who an article is for and writes it down. In the request that saves it and from `suggest`; doing it again
 * changes nothing. `known`: the article and its text, if the caller has just stored them.
 */
export async function onArticle(
  ground: Ground,
  userId: string,
  articleId: string,
  known?: { article: Article; text: string },
): Promise<void> {
  const { table } = ground;
  const article = known?.article ?? (await findArticle(table, userId, articleId));
  if (!article) return;
  const now = ground.clock();
  const [text, friends, before] = await Promise.all([
    known?.text ?? readText(table, userId, article.id),
    allFriends(table, userId),
    suggestionsOf(table, userId, article.id),
  ]);
  const encoded = friends.map((friend) => encodeFriend(friend, today(now)));
  const ranked = rank(encodeArticle(article.title, wordsOf(article, text)), encoded, rarity(encoded))
    .filter(({ friend }) => !cameFrom(article, friend, hashIn(ground)))
    .slice(0, MAX_FRIENDS);
  const fits = await notYetSent(ground, userId, article, ranked);
  const left = new Set(fits.map((one) => one.friend.id));
  await Promise.all([
    ...fits.map((one) => writeIfNew(ground, userId, article.id, one, before)),
    ...before
      .filter(({ state, friendId }) => state === 'open' && !left.has(friendId))
      .map(({ friendId }) => withdrawSuggestion(table, userId, article.id, friendId)),
  ]);
  await finishMatch(table, userId, article.id);
}

/** Looks over the whole library for one friend whose interests changed. Doing it again changes nothing. */
export async function onFriend(ground: Ground, userId: string, friendId: string): Promise<void> {
  const { table } = ground;
  const found = await findFriend(table, userId, friendId);
  if (!found) return;
  // Derived again: an answer may have been cut off before it was learned from, or interests merged since.
  const friend = { ...found, learned: await relearn(ground, userId, friendId) };
  const now = ground.clock();
  const [friends, before] = await Promise.all([
    allFriends(table, userId),
    suggestionsFor(table, userId, friendId),
  ]);
  const idf = rarity(friends.map((one) => encodeFriend(one, today(now))));
  const encoded = [encodeFriend(friend, today(now))];
  const left = new Set<string>();
  for await (const page of walkLibrary(table, userId)) {
    await Promise.all(
      page.map(async ({ article, text }) => {
        const ranked = rank(encodeArticle(article.title, wordsOf(article, text)), encoded, idf).filter(
          () => !cameFrom(article, friend, hashIn(ground)),
        );
        for (const one of await notYetSent(ground, userId, article, ranked)) {
          left.add(article.id);
          await writeIfNew(ground, userId, article.id, one, before);
        }
      }),
    );
  }
  await Promise.all(
    before
      .filter(({ state, articleId }) => state === 'open' && !left.has(articleId))
      .map(({ articleId }) => withdrawSuggestion(table, userId, articleId, friendId)),
  );
  // Changed meanwhile: what was written above may be out of date already, whoever looked back in between.
  if (!(await finishLookBack(table, userId, friend))) await askLookBack(table, userId, friendId, now);
}

/** Takes an article out of everybody's suggestions, once it is deleted. */
export async function forgetArticle(ground: Ground, userId: string, articleId: string): Promise<void> {
  const known = await suggestionsOf(ground.table, userId, articleId);
  await Promise.all(known.map((one) => deleteSuggestion(ground.table, userId, one)));
}

export async function forgetFriend(ground: Ground, userId: string, friendId: string): Promise<void> {
  const known = await suggestionsFor(ground.table, userId, friendId);
  await Promise.all(known.map((one) => deleteSuggestion(ground.table, userId, one)));
}

async function notYetSent(
  ground: Ground,
  userId: string,
  article: Article,
  ranked: Ranked[],
): Promise<Ranked[]> {
  const sent = await Promise.all(
    ranked.map((one) => wasSent(ground.table, userId, one.friend.id, addressDigest(article))),
  );
  return ranked.filter((_, place) => !sent[place]);
}

async function writeIfNew(
  ground: Ground,
  userId: string,
  articleId: string,
  { friend, score, reasons }: Ranked,
  before: Suggestion[],
): Promise<void> {
  const known = before.find((one) => one.articleId === articleId && one.friendId === friend.id);
  if (known?.score === score && JSON.stringify(known.reasons) === JSON.stringify(reasons)) return;
  await putSuggestion(
    ground.table,
    userId,
    { articleId, friendId: friend.id, score, reasons },
    ground.clock(),
  );
}

/** What an article is matched by: what it was filed under often says what it is about. */
function wordsOf({ tags = [] }: Article, text: string): string {
  return [text, tags.join(', ')].filter(Boolean).join('\n\n');
}

const hashIn =
  ({ secrets }: Ground) =>
  (address: string) =>
    secrets.addressHash(address);

function today(now: Date): string {
  return at(now).slice(0, 10);
}
