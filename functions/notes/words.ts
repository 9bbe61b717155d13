import { DAY } from '../platform/clock.ts';

/** A note is one or two sentences. Above this it is a letter, and the pages ask whether it is meant as one (characters). */
const LETTER = 600;
/** As long as the same words are still a copy: sent to a second friend within it, the pages ask. */
export const SAME_WORDS = 30 * DAY;

const LABEL = String.raw`[\p{L}\p{M}\p{N}-]+\.`;
const SMALL_LABEL = String.raw`[\p{Ll}\p{Lo}\p{M}\p{N}-]+\.`;
/** From here to the next space it is an address. */
const BEGINS = /(?:(?:https?|ftp):\/\/|(?<!\p{L})www\.|mailto:).*$/isu;
const OTHER_SCHEME = /^[a-z][a-z\d+.-]*:\/\//i;
const MAILBOX = /^[^@]+@[^@]+\.[^@]+$/;
/** `ridge.example/dark`, but not `3.5/5`. */
const PATH = new RegExp(String.raw`^(?:${LABEL})+(?:\p{L}{2,}|xn--[a-z\d-]+)(?::\d+)?[/?#]`, 'iu');
/** A name alone only in small letters: "Nice.work" may be two words without a space, and in doubt a person's words stand. */
const NAME = new RegExp(`^(?:${SMALL_LABEL})+[a-z]{2,}$`, 'u');
const ADDRESSES = [OTHER_SCHEME, MAILBOX, PATH, NAME];

function withoutAddress(run: string): string {
  const rest = run.replace(BEGINS, '');
  const bare = rest.replace(/^[<([{"'“‘«]+/, '').replace(/[>)\]}"'”’».,;:!?…]{1,20}$/, '');
  return ADDRESSES.some((address) => address.test(bare)) ? '' : rest;
}

/** A text without the addresses of pages and mailboxes in it. */
function withoutAddresses(text: string): string {
  return text.split(/\s+/).map(withoutAddress).join(' ');
}

/**
 * Whether somebody wrote this: a letter or a digit of any script, outside addresses. A picture is no word, nor is the `1`
 * in a keycap or the `ℹ` in a sign.
 */
export function ownWords(text: string): boolean {
  const words = withoutAddresses(text).replace(/\p{RGI_Emoji}/gv, ' ');
  // Some letters of Unicode are there to show nothing, such as U+3164.
  return /[[\p{L}\p{N}]--\p{Default_Ignorable_Code_Point}]/v.test(words);
}

/** Whether it is longer than a note as a rule is. */
export function isLetter(text: string): boolean {
  return text.length > LETTER && [...text].length > LETTER;
}

/** The words without what people change when they copy: case, space, punctuation, pictures; accents are words' own. */
function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  );
}

/** Words written without spaces between them: a name stands anywhere in a run of these. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** Besides a name: "For Grace" and "For Alan" are no copies of each other (words, as Unicode counts them). */
const LEAST_WORDS = 3;
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

function folded(text: string, names: readonly string[] = []): string {
  const parts = new Set(names.flatMap(wordsOf));
  const words = wordsOf(text).filter((word) => !parts.has(word));
  return [...parts]
    .filter((part) => UNSPACED.test(part))
    .sort((a, b) => b.length - a.length)
    .reduce((left, part) => left.replaceAll(part, ''), words.join(' '));
}

function countWords(text: string): number {
  return [...segmenter.segment(text)].filter(({ isWordLike }) => isWordLike).length;
}

/**
 * Whether two notes say the same, each with its own friend's name in it or not. `names`: of both friends; taken out of
 * both texts, because a name may be a word (Hope, Will).
 */
export function sameWords(text: string, other: string, names: readonly string[]): boolean {
  const mine = folded(text, names);
  if (mine !== folded(other, names)) return false;
  return folded(text) === folded(other) || countWords(mine) >= LEAST_WORDS;
}

/** Whether a note says no more than the article it comes with. */
export function isTitle(text: string, title: string): boolean {
  const words = folded(withoutAddresses(text));
  return words !== '' && words === folded(title);
}
