import { aliases } from './aliases.ts';
import { isStopWord, type Language, stemOf, withoutAccents } from './language.ts';

/** One word of a text: what it stands for, and where it stands. */
export interface Token {
  /** Lower case, without accents. */
  word: string;
  stem: string;
  start: number;
  end: number;
}

/**
 * Letters and digits, with what belongs inside a word (`don't`, `node.js`) and the signs that make a name of one
 * (`c++`, `c#`, `.net`). A dot that ends something is no part of the next word.
 */
const WORD = /(?:(?<![^\s("'“‘/])\.)?[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:['’.][\p{L}\p{N}\p{M}]+)*(?:\+\+|#)?/gu;
/** Scripts that put no space between words: two characters at a time stand for them. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
/** Nobody's word is longer, and a stemmer should not see a page of letters. */
const MAX_WORD = 40;
const CAPITAL = /^\p{Lu}/u;
/** One capital that is a word of its own is a name: C, R, D. */
const INITIAL = /^[B-HJ-Z]$/;

/**
 * The words of a text that carry meaning, in order. Stop words are left out unless they are written as a name ("why we
 * left Go"). A word with several meanings in one, as `ml`, gives several tokens at the same place. Linear in the
 * text's length.
 */
export function tokens(text: string, language: Language): Token[] {
  const found: Token[] = [];
  const titleCase = isTitleCase(text, language);
  let startsSentence = true;
  let before = 0;
  for (const match of text.matchAll(WORD)) {
    const start = match.index;
    const end = start + match[0].length;
    if (/[.!?:…\n"“]/.test(text.slice(Math.max(before, start - 4), start))) startsSentence = true;
    before = end;
    if (UNSPACED.test(match[0])) {
      found.push(...pairs(match[0], start));
    } else if (match[0].length <= MAX_WORD) {
      const cased = match[0].replace(/[’']/g, "'").replace(/'(?:s|re|ll|ve|d|m|S)$/, '');
      const named = CAPITAL.test(cased) && !startsSentence && !titleCase;
      if (cased.length > 1 || INITIAL.test(cased)) push(found, cased, start, end, language, named);
    }
    startsSentence = false;
  }
  return found;
}

/** The words of a short phrase, stop words included: a phrase of nothing else means them. */
export function allTokens(phrase: string, language: Language): Token[] {
  return tokens(phrase, language).length > 0 ? tokens(phrase, language) : everyToken(phrase, language);
}

function everyToken(phrase: string, language: Language): Token[] {
  const found: Token[] = [];
  for (const match of phrase.matchAll(WORD)) {
    if (match[0].length <= MAX_WORD)
      push(found, match[0], match.index, match.index + match[0].length, language, true);
  }
  return found;
}

function push(
  found: Token[],
  cased: string,
  start: number,
  end: number,
  language: Language,
  named: boolean,
): void {
  const word = withoutAccents(cased);
  if (word.endsWith("n't")) return;
  if (!named && isStopWord(word, language)) return;
  const meant = language === 'en' || word.length > 2 ? aliases.get(word) : undefined;
  for (const part of meant ?? [word]) {
    found.push({ word: part, stem: stemOf(meant ? part : cased.toLowerCase(), language), start, end });
  }
}

/** Whether most words stand with a capital, so that one says nothing. Of the first words only. */
function isTitleCase(text: string, language: Language): boolean {
  const words = text.slice(0, 300).match(/\p{L}{4,}/gu) ?? [];
  const capital = words.filter((word) => CAPITAL.test(word)).length;
  return language === 'de' || (words.length > 1 && capital > words.length / 2);
}

function pairs(word: string, start: number): Token[] {
  const characters = [...word];
  const found: Token[] = [];
  let at = start;
  for (let first = 0; first < Math.max(1, characters.length - 1); first++) {
    const pair = characters.slice(first, first + 2).join('');
    const folded = pair.normalize('NFKC').toLowerCase();
    found.push({ word: folded, stem: folded, start: at, end: at + pair.length });
    at += characters[first]?.length ?? 0;
  }
  return found;
}
