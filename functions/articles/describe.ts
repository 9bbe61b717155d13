import { invalid } from '../platform/faults.ts';
import { isVisible } from '../platform/shapes.ts';
import { type Article, MAX_ALIASES, MAX_SELECTION, MAX_TAGS } from './article.ts';
import type { Extracted } from './extract.ts';
import { cut, foldLine, foldText, shorten } from './prose.ts';
import { comparisonKey } from './same.ts';
import { siteOf } from './url.ts';
import { countWords, MAX_TEXT_CHARS, minutesFor } from './words.ts';

const MAX_TITLE = 300;
const EXCERPT = 300;

/** What the reader gave along with a link, or instead of one. */
export interface Given {
  url?: string | undefined;
  title?: string | undefined;
  selection?: string | undefined;
  text?: string | undefined;
}

/** What an article says of itself; the rest is when and how it came. */
export type Description = Omit<Article, 'id' | 'savedAt' | 'savedBy'>;

/**
 * An article from what the reader gave and what its page says, and the text to match it by. The reader's words come
 * first. `address`: its canonical URL. Fault `invalid` if there is nothing to call it by.
 */
export function describe(
  given: Given,
  address: string | undefined,
  page: Partial<Extracted>,
): { description: Description; text: string } {
  const text = foldText(given.text ?? '') || page.text || '';
  const selection = foldSelection(given.selection);
  const title = [oneLine(given.title ?? ''), page.title, firstLine(text), bareTitle(address)].find(isVisible);
  if (!title) throw invalid('/text', 'The text has no words.');
  const words = page.text === text && page.wordCount !== undefined ? page.wordCount : countWords(text);
  const siteName = page.siteName ?? (address && siteOf(address));
  // Not the selection: what the reader marked is theirs, and the excerpt goes along with a letter.
  const excerpt = page.excerpt ?? shorten(text, EXCERPT);
  const description: Description = {
    ...(given.url && { url: given.url }),
    ...(address && { canonicalUrl: address }),
    title: cut(title, MAX_TITLE),
    ...(siteName && { siteName }),
    ...(page.byline && { byline: page.byline }),
    ...(excerpt && { excerpt }),
    ...(page.language && { language: page.language }),
    wordCount: words,
    minutes: page.minutes ?? minutesFor(words),
    ...(page.image && { image: page.image }),
    ...(page.publishedAt && { publishedAt: page.publishedAt }),
    ...(selection && { selection }),
  };
  return { description, text: withSelection(text, selection) };
}

function foldSelection(selection: string | undefined): string {
  return cut(foldText(selection ?? ''), MAX_SELECTION);
}

/** What is kept to match by: the selection too, unless the text has it. */
export function withSelection(text: string, selection: string): string {
  return text.includes(selection) ? text : cut(`${selection}\n\n${text}`.trim(), MAX_TEXT_CHARS);
}

/** Between two characters of one word; in East and South-East Asia many scripts do not write words apart. */
const IN_WORD =
  /(?<=[[\p{L}\p{N}\p{M}]--[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]])(?=[\p{L}\p{N}\p{M}])/vy;

function isInWord(text: string, at: number): boolean {
  IN_WORD.lastIndex = at;
  return IN_WORD.test(text);
}

/** Whether `part` stands in the text in whole words: "cat" does not in "education". */
function hasWords(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (!isInWord(text, at) && !isInWord(text, at + part.length)) return true;
  }
  return false;
}

/** Both, or the one that has the other in it. */
export function joinSelections(before: string | undefined, more: string | undefined): string {
  const [a = '', b = ''] = [before, foldSelection(more)];
  if (hasWords(a, b)) return a;
  return hasWords(b, a) ? b : cut(`${a}\n\n${b}`, MAX_SELECTION).trim();
}

/** What comes along when an article is saved again. */
export interface More {
  selection?: string | undefined;
  tags?: readonly string[] | undefined;
  /** Other names it is found by: comparison keys, and ids of articles that it takes in. */
  aliases?: readonly string[] | undefined;
  /** When those were saved. */
  savedAt?: string | undefined;
}

/** The article with what came along later; it is as old as the first of them. Adding the same again changes nothing. */
export function withMore(article: Article, more: More): Article {
  const selection = joinSelections(article.selection, more.selection);
  const tags = eachOnce([...(article.tags ?? []), ...(more.tags ?? [])]).slice(0, MAX_TAGS);
  const own = [article.canonicalUrl, article.url].map((url) => url && comparisonKey(url));
  const other = more.aliases?.filter((name) => !own.includes(name));
  const aliases = union(article.aliases, other, MAX_ALIASES);
  return {
    ...article,
    ...(selection && { selection }),
    ...(tags.length > 0 && { tags }),
    ...(aliases.length > 0 && { aliases }),
    ...(more.savedAt && more.savedAt < article.savedAt && { savedAt: more.savedAt }),
  };
}

/** Tags that differ in more than their capitals. */
export function eachOnce(tags: readonly string[]): string[] {
  const names = tags.map((tag) => tag.toLowerCase());
  return tags.filter((tag, place) => names.indexOf(tag.toLowerCase()) === place);
}

function union(before: readonly string[] = [], more: readonly string[] = [], max: number): string[] {
  return [...new Set([...before, ...more])].slice(0, max);
}

/** Of a title, marks that turn the direction of what stands after it too. */
function oneLine(text: string): string {
  return foldLine(cut(text, 4 * MAX_TITLE).replace(/[\u202a-\u202e\u2066-\u2069]+/g, ' '));
}

function firstLine(text: string): string {
  return shorten(text.split('\n', 1)[0] ?? '', 120);
}

/** The address without its scheme: the best name of a link nothing else is known of. */
export function bareTitle(address: string | undefined): string {
  const bare = (address ?? '').replace(/^https?:\/\/(www\.)?/, '').replace(/\/$/, '');
  try {
    return oneLine(decodeURI(bare));
  } catch {
    return bare;
  }
}
