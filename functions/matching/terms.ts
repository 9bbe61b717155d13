import { eng } from 'stopword';
import stem from 'wink-porter2-stemmer';

/** One word of a text: its stem, and where it stands. Stop words have none and are left out. */
export interface Term {
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

/** Words of a wish, not of a subject: "my daughter is learning the violin" is about a daughter and a violin. */
const WISHES =
  'learn learning likes like love loves loving enjoy enjoys interested interest interests into about anything ' +
  'everything stuff things thing want wants wanting need needs needing look looking find finding thinking think ' +
  'trying try getting get good great nice best new kind kinds sort ones one really always lately etc';

const STOP = new Set([...eng, ...WISHES.split(' ')]);

function fold(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/’/g, "'")
    .replace(/'(?:s|re|ll|ve|d|m)$/, '');
}

/** The words of a text that carry meaning, in order. Linear in the text's length. */
export function terms(text: string): Term[] {
  const found: Term[] = [];
  for (const match of text.matchAll(WORD)) {
    const start = match.index;
    if (UNSPACED.test(match[0])) {
      // A page can be one word, and a call takes no more arguments than the stack holds.
      for (const pair of pairs(match[0], start)) found.push(pair);
      continue;
    }
    if (match[0].length > MAX_WORD) continue;
    const word = fold(match[0]);
    if (word.length < 2 || STOP.has(word) || word.endsWith("n't")) continue;
    found.push({ stem: stemOf(word), start, end: start + match[0].length });
  }
  return found;
}

function pairs(word: string, start: number): Term[] {
  const characters = [...word];
  const found: Term[] = [];
  let at = start;
  for (let first = 0; first < Math.max(1, characters.length - 1); first++) {
    const pair = characters.slice(first, first + 2).join('');
    found.push({ stem: pair.normalize('NFKC').toLowerCase(), start: at, end: at + pair.length });
    at += characters[first]?.length ?? 0;
  }
  return found;
}

const stems = new Map<string, string>();

function stemOf(word: string): string {
  let known = stems.get(word);
  if (known === undefined) {
    // Signs and inner dots make it a name, which has no stem.
    known = /[^a-z']/.test(word) ? word : stem(word);
    if (stems.size > 50_000) stems.clear();
    stems.set(word, known);
  }
  return known;
}
