import { stemOf } from './language.ts';
import { cosineTo, unit, type Vectors, vectorOf } from './vectors.ts';

/** Nearer than this in meaning, words that begin alike are of one family; farther ones only look so. */
const LEAST_NEAR = 0.55;
/** Letters that a family shares at least; all of the stem, if that is shorter: Iran has Iranian, not Iraq. */
const LEAST_SHARED = 4;
/** Letters in which the shorter of two may end otherwise. */
const MOST_ENDING = 3;
/** A family is small. */
const MOST_KIN = 6;
/** Two letters begin anything. */
const LEAST_WORD = 3;

/**
 * Stems of the family of an English word that its own stem does not cover, the nearest first: photographer of photography,
 * music of musician, African of Africa. By the letters they begin with and by what they mean, together: a stemmer that
 * went as far by letters alone would make one of universe and university.
 */
export function kinOf(word: string, stem: string, vectors: Vectors): string[] {
  const own = vectorOf(word, vectors);
  if (!own || word.length < LEAST_WORD) return [];
  const direction = unit(own);
  const beginning = word.slice(0, Math.max(LEAST_WORD, Math.min(stem.length, LEAST_SHARED)));
  const near = wordsLike(beginning, vectors)
    .filter((other) => other.startsWith(beginning) && endsNear(word, other))
    .map((other) => ({ stem: stemOf(other, 'en'), cosine: cosineTo(other, direction, vectors) }))
    .filter((other) => other.stem !== stem && other.cosine > LEAST_NEAR)
    .sort((a, b) => b.cosine - a.cosine);
  return [...new Set(near.map((other) => other.stem))].slice(0, MOST_KIN);
}

const sorted = new WeakMap<Vectors, Map<string, string[]>>();

/** Words that begin with the same `LEAST_WORD` letters. Sorted by them once, in 30 ms. */
function wordsLike(beginning: string, vectors: Vectors): string[] {
  let all = sorted.get(vectors);
  if (!all) {
    all = Map.groupBy(vectors.words, (word) => word.slice(0, LEAST_WORD));
    sorted.set(vectors, all);
  }
  return all.get(beginning.slice(0, LEAST_WORD)) ?? [];
}

function endsNear(word: string, other: string): boolean {
  const shorter = Math.min(word.length, other.length);
  let shared = 0;
  while (shared < shorter && word[shared] === other[shared]) shared++;
  return shared >= shorter - MOST_ENDING;
}
