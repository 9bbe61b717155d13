import type { Article } from '../articles/article.ts';
import { addressDigest, findArticle, finishMatch, readText } from '../articles/store.ts';
import { type Friend, nextEnd } from '../friends/friend.ts';
import { askLookBack, findFriend, finishLookBack } from '../friends/store.ts';
import { wasSent } from '../ledger/store.ts';
import { at } from '../platform/clock.ts';
import type { Ground } from '../platform/ground.ts';
import { failure, log } from '../platform/log.ts';
import { relearn } from './answers.ts';
import { circleOf, knownFriend } from './circle.ts';
import type { ArticleForm } from './encode.ts';
import { evidenceFor, type Reading, readingOf } from './evidence.ts';
import { encodeSaved, libraryForms } from './library.ts';
import { interestsOf, type Match, matchFriends, type Speaks, thresholdFor, weigh } from './match.ts';
import { type Models, models } from './models.ts';
import { cameFrom } from './origin.ts';
import { reader } from './score.ts';
import {
  deleteForm,
  deleteSuggestion,
  findArticleForm,
  putArticleForm,
  putSuggestion,
  suggestionsFor,
  suggestionsOf,
  withdrawSuggestion,
} from './store.ts';
import { packArticle, unpackArticle } from './stored.ts';
import { isSuggested, type Reason, type Suggestion } from './suggestion.ts';

/** More friends than this for one article is no longer a thought of somebody. */
const MAX_FRIENDS = 12;

/** More articles than this a look back does not write down for one friend: the best ones, of a whole library. */
const MAX_ARTICLES = 200;

/** Articles that a look back reads and writes down at once: each waits for the table most of the time. */
const AT_ONCE = 8;

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
  const [friends, before] = await Promise.all([
    circleOf(ground, userId, allModels),
    suggestionsOf(table, userId, article.id),
  ]);
  if (before.length === 0 && interestsOf(friends) === 0) {
    // Nobody to think of: it is encoded when there is, and nothing is loaded for it until then.
    await finishMatch(table, userId, article.id);
    return;
  }
  const [text, loaded] = await Promise.all([known?.text ?? readText(table, userId, article.id), allModels()]);
  const form = await encodeSaved(article, text, loaded);
  const { fits, blocked } = matchFriends(form, friends, today(ground));
  const nevers = new Set(blocked.map(({ friend }) => friend.id));
  const wanted = fits.filter(({ friend }) => !cameFrom(article, friend, hashIn(ground)));
  // Whom a look-back found beyond them stays, as long as it fits.
  const found = new Set(before.map(({ friendId }) => friendId));
  const some = wanted.filter(({ friend }, place) => place < MAX_FRIENDS || found.has(friend.id));
  const sendable = await notYetSent(ground, userId, article, some);
  const left = new Set(sendable.map(({ friend }) => friend.id));
  const words = {
    article,
    reading: readingOf({ title: article.title, text }, form.language),
    models: loaded,
  };
  await Promise.all([
    putArticleForm(table, userId, article.id, packArticle(form)),
    ...sendable.map((match) => write(ground, userId, match, words, before)),
    ...before
      .filter((one) => isSuggested(one) && !left.has(one.friendId))
      .map(({ friendId }) => withdrawSuggestion(table, userId, article.id, friendId, nevers.has(friendId))),
  ]);
  await finishMatch(table, userId, article.id);
  log.info('article matched', { user: userId, article: article.id, friends: sendable.length });
}

/** An article of the library that fits a friend. */
interface Fitting {
  articleId: string;
  form: ArticleForm;
  match: Match;
}

/** Looks over the whole library for one friend whose interests changed. Doing it again changes nothing. */
export async function onFriend(ground: Ground, userId: string, friendId: string): Promise<void> {
  const { table } = ground;
  const found = await findFriend(table, userId, friendId);
  if (!found) return;
  // Derived again: an answer may have been cut off before it was learned from, or interests merged since.
  const friend = { ...found, learned: await relearn(ground, userId, friendId) };
  const loaded = await allModels();
  const library = libraryForms(ground, userId, loaded);
  const [{ known, among }, before] = await Promise.all([
    knownFriend(ground, userId, friend, allModels),
    suggestionsFor(table, userId, friendId),
  ]);
  const fitting: Fitting[] = [];
  const nevers = new Set<string>();
  const day = today(ground);
  for await (const page of library) {
    for (const { articleId, form } of page) {
      const { fits, blocked } = matchFriends(form, [known], day, among);
      for (const match of fits) fitting.push({ articleId, form, match });
      if (blocked.length > 0) nevers.add(articleId);
    }
  }
  fitting.sort((a, b) => b.match.score - a.match.score);
  const left = new Set(fitting.map(({ articleId }) => articleId));
  const writeDown = async ({ articleId, form, match }: Fitting) => {
    if (isWritten(articleId, match, before)) return;
    const article = await findArticle(table, userId, articleId);
    const isTheirs = article && cameFrom(article, friend, hashIn(ground));
    if (!article || isTheirs || (await notYetSent(ground, userId, article, [match])).length === 0) {
      left.delete(articleId);
      return;
    }
    const { title } = article;
    const reading = readingOf({ title, text: await readText(table, userId, articleId) }, form.language);
    await write(ground, userId, match, { article, reading, models: loaded }, before);
  };
  const best = fitting.slice(0, MAX_ARTICLES);
  for (let n = 0; n < best.length; n += AT_ONCE) await Promise.all(best.slice(n, n + AT_ONCE).map(writeDown));
  await Promise.all(
    before
      .filter((one) => isSuggested(one) && !left.has(one.articleId))
      .map(({ articleId }) => withdrawSuggestion(table, userId, articleId, friendId, nevers.has(articleId))),
  );
  // When an ask ends, what was suggested for it is taken back by looking over the library again.
  const isDone = await finishLookBack(table, userId, friend, nextEnd(friend.interests, day));
  // Changed meanwhile: what was written above may be out of date already, whoever looked back in between.
  if (!isDone) {
    await askLookBack(table, userId, friendId, ground.clock());
  }
}

/**
 * By friend, what they never want and this article speaks to: the user may give it to them all the same, knowing that.
 */
export async function neversFor(
  ground: Ground,
  userId: string,
  article: Article,
  friends: readonly Friend[],
): Promise<Map<string, string>> {
  const nevers = new Map<string, string>();
  const asked = new Set(
    friends.filter(({ interests }) => interests.some(({ kind }) => kind === 'never')).map(({ id }) => id),
  );
  if (asked.size === 0) return nevers;
  const loaded = await allModels();
  const [circle, stored] = await Promise.all([
    circleOf(ground, userId, allModels),
    findArticleForm(ground.table, userId, article.id),
  ]);
  const form =
    (stored && unpackArticle(stored)) ??
    (await encodeSaved(article, await readText(ground.table, userId, article.id), loaded));
  const read = reader(form);
  for (const known of circle) {
    if (!asked.has(known.friend.id)) continue;
    const { never } = weigh(read, known, today(ground), thresholdFor(interestsOf(circle)));
    if (never) nevers.set(known.friend.id, never.interest.text);
  }
  return nevers;
}

/** Takes an article out of everybody's suggestions, once it is deleted. */
export async function forgetArticle(ground: Ground, userId: string, articleId: string): Promise<void> {
  const known = await suggestionsOf(ground.table, userId, articleId);
  await Promise.all(known.map((one) => deleteSuggestion(ground.table, userId, one)));
  await deleteForm(ground.table, userId, articleId);
}

export async function forgetFriend(ground: Ground, userId: string, friendId: string): Promise<void> {
  const known = await suggestionsFor(ground.table, userId, friendId);
  await Promise.all(known.map((one) => deleteSuggestion(ground.table, userId, one)));
  await deleteForm(ground.table, userId, friendId);
}

/** An article as it is written about: with its text at hand. */
interface Words {
  article: Article;
  reading: Reading;
  models: Models;
}

function allModels(): Promise<Models> {
  return models((what, error) => log.error('model missing', { model: what, ...failure(error) }));
}

async function notYetSent(
  ground: Ground,
  userId: string,
  article: Article,
  matches: Match[],
): Promise<Match[]> {
  const sent = await Promise.all(
    matches.map(({ friend }) => wasSent(ground.table, userId, friend.id, addressDigest(article))),
  );
  return matches.filter((_, place) => !sent[place]);
}

async function write(
  ground: Ground,
  userId: string,
  match: Match,
  { article, reading, models }: Words,
  before: Suggestion[],
): Promise<void> {
  const known = before.find(
    ({ articleId, friendId }) => articleId === article.id && friendId === match.friend.id,
  );
  const score = rounded(match.score);
  const reasons = match.reasons.map(({ interest }: Speaks): Reason => {
    const { id: interestId, text: words, kind, heard } = interest;
    const evidence = evidenceFor(reading, words, models);
    return { interestId, interest: words, kind, evidence, ...(heard && { heard }) };
  });
  if (known?.score === score && JSON.stringify(known.reasons) === JSON.stringify(reasons)) return;
  const found = { articleId: article.id, friendId: match.friend.id, score, reasons };
  await putSuggestion(ground.table, userId, found, ground.clock());
}

/** Whether a suggestion stands there that says the same, so that its article need not be read. */
function isWritten(articleId: string, { score, reasons }: Match, before: Suggestion[]): boolean {
  const known = before.find((one) => one.articleId === articleId);
  return (
    known?.score === rounded(score) &&
    known.reasons.length === reasons.length &&
    reasons.every(({ interest }, place) => {
      const said = known.reasons[place];
      return (
        said?.interestId === interest.id && said.interest === interest.text && said.heard === interest.heard
      );
    })
  );
}

/** A thousandth more or less is no news. */
function rounded(score: number): number {
  return Math.round(score * 1000) / 1000;
}

const hashIn =
  ({ secrets }: Ground) =>
  (address: string) =>
    secrets.addressHash(address);

function today({ clock }: Ground): string {
  return at(clock()).slice(0, 10);
}
