import { at, MINUTE } from '../platform/clock.ts';
import { Fault } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { newId } from '../platform/ids.ts';
import { parse } from '../platform/shapes.ts';
import { type Article, NewArticle, type SavedBy } from './article.ts';
import { describe, type Given } from './describe.ts';
import type { Extracted } from './extract.ts';
import { extractSafely } from './extract-worker.ts';
import { askMatch, askRead, findArticle, findArticleByUrl, insertArticle, storePage } from './store.ts';
import { canonicalUrl, pageCanonical } from './url.ts';

/** A save that matches in its own request has this long before `suggest` does it (milliseconds). */
export const MATCH_GRACE = MINUTE;

/** What whoever saves knows besides the input. */
export interface Known {
  /** Saving twice under one id makes one article, also of a text without an address. */
  id?: string;
  byline?: string | undefined;
  publishedAt?: string | undefined;
  /** The caller reads a bare link's page itself, at once; `fetch` finds it due if that was cut off. */
  isRead?: boolean;
}

export interface Saved {
  article: Article;
  /** For matching in the same request. */
  text: string;
  alreadySaved: boolean;
  /** Whether there is something new to match: not of an article that was there with its text. */
  toMatch: boolean;
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
  known: Known = {},
): Promise<Saved> {
  const wanted = parse(NewArticle, input);
  const given = wanted.url?.trim();
  const own = given ? canonicalUrl(given) : undefined;
  const same = own && (await findArticleByUrl(ground.table, userId, own));
  if (same && (same.wordCount > 0 || !hasText(wanted))) {
    return { article: same, text: '', alreadySaved: true, toMatch: false };
  }

  const page: Partial<Extracted> = wanted.html ? await extractSafely(wanted.html, given) : {};
  const address = own && pageCanonical(own, page.canonical);
  if (same) return giveText(ground, userId, same, { ...wanted, url: given }, page);
  const { description, text } = describe({ ...wanted, url: given }, address, page);
  const now = ground.clock();
  const { byline, publishedAt, id = newId('art') } = known;
  const article: Article = {
    ...(byline && { byline }),
    ...(publishedAt && { publishedAt }),
    ...description,
    id,
    savedAt: at(now),
    savedBy,
  };
  // A bare link is read by the door `fetch`; what is known of it is matched at once all the same.
  const bare = given !== undefined && !hasText(wanted);
  const dueAt = at(now, bare && !known.isRead ? 0 : MATCH_GRACE);
  if (await insertArticle(ground.table, userId, article, text, bare ? 'fetch' : 'match', dueAt)) {
    if (bare && !known.isRead) await ground.queue.hint('fetch', userId, article.id);
    return { article, text, alreadySaved: false, toMatch: true };
  }
  // What the page calls its address was saved before, or another save was faster.
  const first =
    (address && (await findArticleByUrl(ground.table, userId, address))) ??
    (own && (await findArticleByUrl(ground.table, userId, own))) ??
    (await findArticle(ground.table, userId, id));
  if (!first) throw new Fault('conflict', 'This article is being saved elsewhere. Try again.');
  return { article: first, text: '', alreadySaved: true, toMatch: false };
}

function hasText({ html, text }: Pick<NewArticle, 'html' | 'text'>): boolean {
  return Boolean(html || text?.trim());
}

/** A link that was saved before, and now came with its text: that of a page that only its reader can open. */
async function giveText(
  ground: Ground,
  userId: string,
  link: Article,
  given: Given,
  page: Partial<Extracted>,
): Promise<Saved> {
  const { id, savedAt, savedBy, selection, canonicalUrl: address } = link;
  const said = { ...given, selection: given.selection || selection };
  const { description, text } = describe(said, address, page);
  const now = ground.clock();
  const article: Article = { ...description, id, savedAt, savedBy, readAt: at(now) };
  const stored = await storePage(ground.table, userId, article, text, at(now, MATCH_GRACE));
  return { article: stored ? article : link, text, alreadySaved: true, toMatch: stored };
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
