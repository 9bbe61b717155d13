import stem from 'wink-porter2-stemmer';
import { type Interest, subjectOf } from './friend.ts';

/** Two of a friend's interests that may be one. `kept` says as much as `gone`, or more. */
export interface Pair {
  kept: Interest;
  gone: Interest;
}

/** A topic that a `never` of the same friend rules out. */
export interface Contradiction {
  topic: Interest;
  never: Interest;
}

/** Words that make no difference to what a phrase is about. */
const SMALL = new Set(
  (
    'a an the some any my our his her their of for in on at to by with and or about from ' +
    'der die das ein eine und von für le la les un une des de du et el los las il lo gli o os as i'
  ).split(' '),
);
/** "Coffee without sugar" is not more about coffee. */
const AGAINST = new Set([
  'not',
  'no',
  'non',
  'without',
  'except',
  'never',
  'ohne',
  'sans',
  'sin',
  'senza',
  'sem',
]);

/** With more words than this beside it, the shorter phrase is another, wider one. */
const MOST_MORE = 2;
/** Letters. In shorter words one letter makes another word: "wine" and "wind", "bread" and "bead". */
const TYPO_FROM = 6;
/** Letters from which a wrong letter is a slip, too, not only one too many, too few, or two that changed places. */
const WRONG_LETTER_FROM = 10;

/** Letters, digits, and the signs that make a name of them: `c++`, `c#`, `.net`, `node.js`. */
const WORD = /\.?[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:['’.][\p{L}\p{N}\p{M}]+)*(?:\+\+|#)?/gu;

interface Phrase {
  interest: Interest;
  /** Folded: no case, no accents. */
  words: string[];
  stems: Set<string>;
  /** Those of its subject. */
  subject: Set<string>;
  against: string;
}

/**
 * Interests of one friend that are nearly the same and of one kind, each of them in one pair at most. The user merges
 * them, or not: nothing is done by itself.
 */
export function alikePairs(interests: readonly Interest[]): Pair[] {
  const phrases = interests.map(phraseOf);
  const taken = new Set<Phrase>();
  const pairs: Pair[] = [];
  for (const [n, one] of phrases.entries()) {
    for (const other of phrases.slice(n + 1)) {
      if (taken.has(one) || taken.has(other) || !isAlike(one, other)) continue;
      taken.add(one).add(other);
      const [kept, gone] = other.stems.size > one.stems.size ? [other, one] : [one, other];
      pairs.push({ kept: kept.interest, gone: gone.interest });
    }
  }
  return pairs;
}

/** Topics and asks that hold everything a `never` says: it keeps every article on them away. */
export function contradictions(interests: readonly Interest[]): Contradiction[] {
  const phrases = interests.map(phraseOf);
  const nevers = phrases.filter(({ interest }) => interest.kind === 'never');
  return phrases
    .filter(({ interest }) => interest.kind !== 'never')
    .flatMap((topic) => {
      const never = nevers.find((one) => one.against === topic.against && isWithin(one.stems, topic.stems));
      return never ? [{ topic: topic.interest, never: never.interest }] : [];
    });
}

function phraseOf(interest: Interest): Phrase {
  const words = wordsOf(interest.text);
  return {
    interest,
    words,
    stems: new Set(words.map(stemOf)),
    subject: new Set(wordsOf(subjectOf(interest.text)).map(stemOf)),
    against: words.filter((word) => AGAINST.has(word)).join(' '),
  };
}

function wordsOf(text: string): string[] {
  const folded = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('’', "'");
  const all = (folded.match(WORD) ?? []).map((word) => word.replace(/'s$/, ''));
  const words = all.filter((word) => !SMALL.has(word));
  // A name may be made of small words alone: "The The".
  return words.length > 0 ? words : all;
}

/** Signs, digits and inner dots make a name, which has no stem; nor have words of one or two letters. */
function stemOf(word: string): string {
  return /^[a-z]{3,}$/.test(word) ? stem(word) : word;
}

function isAlike(one: Phrase, other: Phrase): boolean {
  if (one.interest.kind !== other.interest.kind || one.against !== other.against) return false;
  if (one.stems.size === 0 || other.stems.size === 0) return false;
  return holds(one, other) || holds(other, one) || isSlip(one.words, other.words);
}

/** Whether the longer one's subject is the shorter one, a little narrower; or both say the same. */
function holds(longer: Phrase, shorter: Phrase): boolean {
  if (isWithin(shorter.stems, longer.stems) && isWithin(longer.stems, shorter.stems)) return true;
  return isWithin(shorter.stems, longer.subject) && longer.subject.size - shorter.stems.size <= MOST_MORE;
}

function isWithin(inner: ReadonlySet<string>, outer: ReadonlySet<string>): boolean {
  return inner.size > 0 && [...inner].every((stem) => outer.has(stem));
}

/** Whether two phrases differ by a slip of the pen in one word. */
function isSlip(one: string[], other: string[]): boolean {
  if (one.length !== other.length) return false;
  const different = one.flatMap((word, n) => (word === other[n] ? [] : [[word, other[n] ?? ''] as const]));
  const [pair] = different;
  return different.length === 1 && pair !== undefined && isTypo(...pair);
}

/** One letter too many or too few, two that changed places, or, in a long word, a wrong one. Not in names with signs. */
function isTypo(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (short.length < TYPO_FROM || !/^\p{L}+$/u.test(one + other)) return false;
  let first = 0;
  while (first < short.length && short[first] === long[first]) first++;
  const [a, b] = [short.slice(first), long.slice(first)];
  if (long.length - short.length === 1) return a === b.slice(1);
  if (long.length !== short.length) return false;
  if (a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2)) return true;
  return short.length >= WRONG_LETTER_FROM && a.slice(1) === b.slice(1);
}
