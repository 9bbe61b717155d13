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
 * (`c++`, `c#`, `.net`).
 */
const WORD = /\.?[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:['’.][\p{L}\p{N}\p{M}]+)*(?:\+\+|#)?/gu;
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
  return word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/’/g, "'").replace(/'s$/, '');
}

/** The words of a text that carry meaning, in order. Linear in the text's length. */
export function terms(text: string): Term[] {
  const found: Term[] = [];
  for (const match of text.matchAll(WORD)) {
    const start = match.index;
    if (match[0].length > MAX_WORD && !UNSPACED.test(match[0])) continue;
    if (UNSPACED.test(match[0])) {
      const last = Math.max(1, match[0].length - 1);
      for (let at = 0; at < last; at++) {
        const pair = match[0].slice(at, at + 2);
        found.push({ stem: pair, start: start + at, end: start + at + pair.length });
      }
      continue;
    }
    const word = fold(match[0]);
    if (word.length < 2 || STOP.has(word)) continue;
    found.push({ stem: stemOf(word), start, end: start + match[0].length });
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
