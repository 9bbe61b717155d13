import { MAX_TEXT_CHARS } from './words.ts';

/** At most `max` characters, and never half a surrogate pair. */
export function cut(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, max).replace(/[\ud800-\udbff]$/, '');
}

/** One line of well-formed text: white space and control characters folded, what only marks a possible break gone. */
export function foldLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u00ad\u200b\u2060\ufeff]/g, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** White space and control characters, which no shape of ours lets through, folded; paragraphs stay. */
export function foldText(text: string): string {
  return cut(text, MAX_TEXT_CHARS)
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]|[^\S\n]/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** One line, ended at a word with an ellipsis if it is longer than `max` characters. */
export function shorten(text: string, max: number): string {
  const line = foldLine(cut(text, 10 * max));
  if (line.length <= max) return line;
  const start = cut(line, max - 1);
  const space = start.lastIndexOf(' ');
  return `${(space > max / 2 ? start.slice(0, space) : start).replace(/[\s,;:.]+$/, '')}…`;
}
