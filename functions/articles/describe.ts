import { invalid } from '../platform/faults.ts';
import { isVisible } from '../platform/shapes.ts';
import { type Article, MAX_SELECTION } from './article.ts';
import type { Extracted } from './extract.ts';
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
  const text = fold(given.text ?? '') || page.text || '';
  const selection = cut(fold(given.selection ?? ''), MAX_SELECTION);
  const title = [oneLine(given.title ?? ''), page.title, firstLine(text), bareTitle(address)].find(isVisible);
  if (!title) throw invalid('/text', 'The text has no words.');
  const words = page.text === text && page.wordCount !== undefined ? page.wordCount : countWords(text);
  const siteName = page.siteName ?? (address && siteOf(address));
  // Not the selection: what the reader marked is theirs, and the excerpt goes along with a letter.
  const excerpt = page.excerpt ?? shorten(text);
  const description: Description = {
    ...(given.url && { url: given.url }),
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
  };
  return { description, text: cut(matchText(text, selection), MAX_TEXT_CHARS) };
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
export function fold(text: string): string {
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
    .replace(/[\s\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim();
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

/** Cut at a word, with an ellipsis. */
function shorten(text: string, max = EXCERPT): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  if (flat.length <= max) return flat;
  const space = flat.lastIndexOf(' ', max);
  return `${cut(flat, space > max / 2 ? space : max).replace(/[\s,;:.]+$/, '')}…`;
}
