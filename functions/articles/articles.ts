import { at, MINUTE } from '../platform/clock.ts';
import { Fault } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { newId } from '../platform/ids.ts';
import { parse } from '../platform/shapes.ts';
import { type Article, NewArticle, type SavedBy } from './article.ts';
import { describe } from './describe.ts';
import type { Extracted } from './extract.ts';
import { extractSafely } from './extract-worker.ts';
import { askMatch, askRead, findArticle, findArticleByUrl, insertArticle } from './store.ts';
import { canonicalUrl, pageCanonical } from './url.ts';

/** A save that matches in its own request has this long before `suggest` does it (milliseconds). */
export const MATCH_GRACE = MINUTE;

export interface Saved {
  article: Article;
  /** For matching in the same request. */
  text: string;
  alreadySaved: boolean;
}

/** An article of this user. Fault `not-found`, also for another user's. */
export async function getArticle(ground: Ground, userId: string, articleId: string): Promise<Article> {
  const article = await findArticle(ground.table, userId, articleId);
  if (!article) throw new Fault('not-found', 'There is no such article.');
  return article;
}

/**
 * Keeps an article: with the page's HTML, with a text, or as a bare link. The same canonical URL again gives the first
 * one back. It stands in the due index until it is matched, by the caller or by `suggest`.
 */
export async function saveArticle(
  ground: Ground,
  userId: string,
  input: unknown,
  savedBy: SavedBy,
): Promise<Saved> {
  const wanted = parse(NewArticle, input);
  const given = wanted.url?.trim();
  const own = given ? canonicalUrl(given) : undefined;
  const known = own && (await findArticleByUrl(ground.table, userId, own));
  if (known) return { article: known, text: '', alreadySaved: true };

  const page: Partial<Extracted> = wanted.html ? await extractSafely(wanted.html, given) : {};
  const address = own && pageCanonical(own, page.canonical);
  const { description, text } = describe({ ...wanted, url: given }, address, page);
  const now = ground.clock();
  const article: Article = { ...description, id: newId('art'), savedAt: at(now), savedBy };
  // A bare link is read by the door `fetch`; what is known of it is matched at once all the same.
  const bare = given !== undefined && !wanted.html && !wanted.text?.trim();
  const [work, dueAt] = bare ? (['fetch', at(now)] as const) : (['match', at(now, MATCH_GRACE)] as const);
  if (await insertArticle(ground.table, userId, article, text, work, dueAt)) {
    if (bare) await ground.queue.hint('fetch', userId, article.id);
    return { article, text, alreadySaved: false };
  }
  // What the page calls its address was saved before, or another save was faster.
  const first =
    (address && (await findArticleByUrl(ground.table, userId, address))) ??
    (own && (await findArticleByUrl(ground.table, userId, own)));
  if (!first) throw new Fault('conflict', 'This article is being saved elsewhere. Try again.');
  return { article: first, text: '', alreadySaved: true };
}

/** Has `suggest` look for friends again. */
export async function matchAgain(ground: Ground, userId: string, articleId: string): Promise<void> {
  await getArticle(ground, userId, articleId);
  await askMatch(ground.table, userId, articleId, at(ground.clock()));
  await ground.queue.hint('suggest', userId, articleId);
}

/** Has the page read once more, after it could not be had. Fault `not-found`. */
export async function readAgain(ground: Ground, userId: string, articleId: string): Promise<void> {
  const article = await getArticle(ground, userId, articleId);
  if (!article.url) return;
  await askRead(ground.table, userId, articleId, at(ground.clock()));
  await ground.queue.hint('fetch', userId, articleId);
}
