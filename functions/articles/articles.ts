import { at, MINUTE } from '../platform/clock.ts';
import { Fault } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { isId, newId } from '../platform/ids.ts';
import { log } from '../platform/log.ts';
import { parse } from '../platform/shapes.ts';
import { type Article, NewArticle, type SavedBy } from './article.ts';
import { bareTitle, describe, joinSelections, type More, withMore, withSelection } from './describe.ts';
import type { Extracted } from './extract.ts';
import { extractSafely } from './extract-worker.ts';
import { comparisonKey } from './same.ts';
import {
  askMatch,
  askRead,
  changeArticle,
  findArticle,
  findArticleByUrl,
  insertArticle,
  readText,
} from './store.ts';
import { canonicalUrl, pageCanonical } from './url.ts';

/** A save that matches in its own request has this long before `suggest` does it (milliseconds). */
export const MATCH_GRACE = MINUTE;

/** What whoever saves knows besides the input. */
export interface Known {
  /** Saving twice under one id makes one article, also of a text without an address. */
  id?: string;
  byline?: string | undefined;
  publishedAt?: string | undefined;
  tags?: string[];
  fromHash?: string | undefined;
  /** The caller reads a bare link's page itself, at once; `fetch` finds it due if that was cut off. */
  isRead?: boolean;
}

export interface Saved {
  article: Article;
  /** For matching in the same request. */
  text: string;
  alreadySaved: boolean;
  /** Whether there is something new to match: not of an article that was there with its text and this selection. */
  toMatch: boolean;
}

/** An article of this user. Fault `not-found`, also for another user's. */
export async function getArticle(ground: Ground, userId: string, articleId: string): Promise<Article> {
  const article = await findArticle(ground.table, userId, articleId);
  if (!article) throw new Fault('not-found', 'There is no such article.');
  return article;
}

/** Its id, and those of the links that turned out to be it: a note may carry it under any of them. */
export function idsOf({ id, aliases = [] }: Article): string[] {
  return [id, ...aliases.filter((name) => isId('art', name))];
}

/**
 * Keeps an article: with the page's HTML, with a text, or as a bare link. The same article again, however its address
 * is written, gives the first one back, and adds to it what is new. It stands in the due index until it is matched, by
 * the caller or by `suggest`.
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
  const more: More = { selection: wanted.selection, tags: known.tags };
  const same = own && (await findArticleByUrl(ground.table, userId, own));
  if (same && !takesText(same, wanted)) return addTo(ground, userId, same, more);

  const page: Partial<Extracted> = wanted.html ? await extractSafely(wanted.html, given) : {};
  if (same) return giveText(ground, userId, same, wanted, page, more);
  const address = own && pageCanonical(own, page.canonical);
  const { description, text } = describe({ ...wanted, url: given }, address, page);
  const now = ground.clock();
  const { byline, publishedAt, tags, fromHash, id = newId('art') } = known;
  const article: Article = {
    ...(byline && { byline }),
    ...(publishedAt && { publishedAt }),
    ...description,
    ...(tags?.length && { tags }),
    ...(fromHash && { fromHash }),
    id,
    savedAt: at(now),
    savedBy,
  };
  // A bare link is read by the door `fetch`; what is known of it is matched at once all the same.
  const bare = given !== undefined && !hasText(wanted);
  const dueAt = at(now, bare && !known.isRead ? 0 : MATCH_GRACE);
  if (await insertArticle(ground.table, userId, article, text, bare ? 'fetch' : 'match', dueAt)) {
    log.info('article saved', { user: userId, article: article.id, savedBy });
    if (bare && !known.isRead) await ground.queue.hint('fetch', userId, article.id);
    return { article, text, alreadySaved: false, toMatch: true };
  }
  // What the page calls its address was saved before, or another save was faster.
  const first =
    (address && (await findArticleByUrl(ground.table, userId, address))) ??
    (own && (await findArticleByUrl(ground.table, userId, own))) ??
    (await findArticle(ground.table, userId, id));
  if (!first) throw beingSaved();
  if (own) more.aliases = [comparisonKey(own)];
  return takesText(first, wanted)
    ? giveText(ground, userId, first, wanted, page, more)
    : addTo(ground, userId, first, more);
}

function beingSaved(): Fault {
  return new Fault('conflict', 'This article is being saved elsewhere. Try again.');
}

/** Whoever changes an article first wins a round, so this many may change one at once: an import has it many times. */
const ROUNDS = 20;

/**
 * Tries `change` on the article as it stands, and again if somebody else was faster. Null from `change`: try again.
 * Fault `conflict`: it was deleted meanwhile, or there is no end to it.
 */
async function changing<Answer>(
  ground: Ground,
  userId: string,
  seen: Article,
  change: (article: Article) => Promise<Answer | null>,
): Promise<Answer> {
  let article: Article | undefined = seen;
  for (let round = 1; article && round <= ROUNDS; round++) {
    const answer = await change(article);
    if (answer !== null) return answer;
    article = await findArticle(ground.table, userId, article.id);
  }
  throw beingSaved();
}

/**
 * Adds to an article what came along when it was saved again: a new selection is matched by, so it is to be matched
 * again. Fault `conflict` if it is deleted meanwhile.
 */
export function addTo(ground: Ground, userId: string, first: Article, more: More): Promise<Saved> {
  const { table } = ground;
  return changing(ground, userId, first, async (article) => {
    const next = withMore(article, more);
    const unchanged = { article, text: '', alreadySaved: true, toMatch: false };
    if (isSame(article, next)) return unchanged;
    const toMatch = next.selection !== article.selection;
    const text = toMatch
      ? withSelection(await readText(table, userId, article.id), more.selection ?? '')
      : '';
    // Before, so that it comes back if this is cut off.
    if (toMatch) await askMatch(table, userId, article.id, at(ground.clock(), MATCH_GRACE));
    switch (await changeArticle(table, userId, article, next, { text })) {
      case 'stored':
        return { article: next, text, alreadySaved: true, toMatch };
      case 'taken':
        // The page's word said that it is this one, and its address is another's: each keeps its own.
        return more.aliases ? addTo(ground, userId, article, { ...more, aliases: undefined }) : unchanged;
      case 'changed':
        return null;
    }
  });
}

function isSame(a: Article, b: Article): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function hasText({ html, text }: Pick<NewArticle, 'html' | 'text'>): boolean {
  return Boolean(html || text?.trim());
}

/** A link that was saved before without its text, which now came along: that of a page only its reader can open. */
function takesText(article: Article, wanted: NewArticle): boolean {
  return article.wordCount === 0 && hasText(wanted);
}

function giveText(
  ground: Ground,
  userId: string,
  link: Article,
  given: NewArticle,
  page: Partial<Extracted>,
  more: More,
): Promise<Saved> {
  return changing(ground, userId, link, async (article) => {
    if (article.wordCount > 0) return addTo(ground, userId, article, more);
    const { url, canonicalUrl: address } = article;
    const title = isNamed(article) ? article.title : given.title;
    const selection = joinSelections(article.selection, given.selection);
    const { description, text } = describe({ url, title, selection, text: given.text }, address, page);
    const now = ground.clock();
    const filled: Article = { ...description, ...keptOf(article), readAt: at(now) };
    const next = withMore(filled, { ...more, selection: undefined });
    const change = { text, matchAt: at(now, MATCH_GRACE) };
    switch (await changeArticle(ground.table, userId, article, next, change)) {
      case 'stored':
        return { article: next, text, alreadySaved: true, toMatch: true };
      case 'taken':
        return giveText(ground, userId, article, given, page, { ...more, aliases: undefined });
      case 'changed':
        return null;
    }
  });
}

/** What an article keeps when its page is read: how it came, and its names. */
export function keptOf({ id, savedAt, savedBy, tags, aliases, fromHash }: Article) {
  return {
    ...(tags && { tags }),
    ...(aliases && { aliases }),
    ...(fromHash && { fromHash }),
    id,
    savedAt,
    savedBy,
  };
}

/** Whether it is called by more than its address. */
export function isNamed({ title, canonicalUrl: address }: Article): boolean {
  return title !== bareTitle(address);
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
