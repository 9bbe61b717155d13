/** What the API promises to take; a request through the gateway takes 6 MB. */
export const MAX_HTML_BYTES = 2 * 1024 * 1024;

/** A long book chapter, and all the matcher needs. */
export const MAX_TEXT_CHARS = 200_000;

const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:['’.-][\p{L}\p{N}\p{M}]+)*/gu;

/** Words as a reader would count them. Chinese and Japanese write none apart: there, two characters make one. */
export function countWords(text: string): number {
  const cjk = text.match(CJK)?.length ?? 0;
  const rest = cjk === 0 ? text : text.replace(CJK, ' ');
  return Math.ceil(cjk / 2) + (rest.match(WORD)?.length ?? 0);
}

/**
 * Silent reading of non-fiction: 238 words a minute (Brysbaert 2019, "How many words do we read per minute?", a
 * meta-analysis of 190 studies), rounded down.
 */
const WORDS_PER_MINUTE = 230;

/** Whole minutes to read so many words: at least 1, and 0 for none. */
export function minutesFor(wordCount: number): number {
  return wordCount === 0 ? 0 : Math.max(1, Math.round(wordCount / WORDS_PER_MINUTE));
}
