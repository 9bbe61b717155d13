import { at, MINUTE } from '../platform/clock.ts';
import { Fault, invalid } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { newId } from '../platform/ids.ts';
import { parse } from '../platform/shapes.ts';
import { type Article, MAX_SELECTION, NewArticle, type SavedBy } from './article.ts';
import type { Extracted } from './extract.ts';
import { extractSafely } from './extract-worker.ts';
import { askMatch, findArticle, findArticleByUrl, insertArticle } from './store.ts';
import { canonicalUrl, pageCanonical, siteOf } from './url.ts';
import { countWords, MAX_TEXT_CHARS, minutesFor } from './words.ts';

/** A save that matches in its own request has this long before `suggest` does it (milliseconds). */
const MATCH_GRACE = MINUTE;
const MAX_TITLE = 300;
const EXCERPT = 300;

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
  const text = fold(wanted.text ?? '') || page.text || '';
  const selection = cut(fold(wanted.selection ?? ''), MAX_SELECTION);
  const title = oneLine(wanted.title ?? '') || page.title || firstLine(text) || bareTitle(address);
  if (!title) throw invalid('/text', 'The text has no words.');

  const now = ground.clock();
  const words = page.text === text && page.wordCount !== undefined ? page.wordCount : countWords(text);
  const siteName = page.siteName ?? (address && siteOf(address));
  const excerpt = page.excerpt ?? shorten(selection || text);
  const article: Article = {
    id: newId('art'),
    ...(given && { url: given }),
    ...(address && { canonicalUrl: address }),
    title: cut(title, MAX_TITLE),
    ...(siteName && { siteName }),
    ...(page.byline && { byline: page.byline }),
    ...(excerpt && { excerpt }),
    ...(page.language && { language: page.language }),
    wordCount: words,
    minutes: minutesFor(words),
    ...(page.image && { image: page.image }),
    ...(page.publishedAt && { publishedAt: page.publishedAt }),
    ...(selection && { selection }),
    savedAt: at(now),
    savedBy,
  };
  const kept = cut(matchText(text, selection), MAX_TEXT_CHARS);
  if (await insertArticle(ground.table, userId, article, kept, at(now, MATCH_GRACE))) {
    return { article, text: kept, alreadySaved: false };
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

/** What is kept to match by: the selection too, unless the text has it. */
function matchText(text: string, selection: string): string {
  return !selection || text.includes(selection) ? text : `${selection}\n\n${text}`.trim();
}

/** At most `max` characters, and never half a surrogate pair. */
function cut(text: string, max: number): string {
  return text.slice(0, max).replace(/[\ud800-\udbff]$/, '');
}

/** White space and control characters, which no shape of ours lets through, folded; paragraphs stay. */
function fold(text: string): string {
  return cut(text, MAX_TEXT_CHARS)
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]|[^\S\n]/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function oneLine(text: string): string {
  return cut(text, 4 * MAX_TITLE)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

function firstLine(text: string): string {
  return shorten(text.split('\n', 1)[0] ?? '', 120);
}

/** The address without its scheme: the best name of a link nothing else is known of. */
function bareTitle(address: string | undefined): string {
  const bare = (address ?? '').replace(/^https?:\/\/(www\.)?/, '').replace(/\/$/, '');
  try {
    return oneLine(decodeURI(bare));
  } catch {
    return bare;
  }
}

/** Cut at a word, with an ellipsis. */
function shorten(text: string, max = EXCERPT): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  if (flat.length <= max) return flat;
  const space = flat.lastIndexOf(' ', max);
  return `${cut(flat, space > max / 2 ? space : max).replace(/[\s,;:.]+$/, '')}…`;
}
