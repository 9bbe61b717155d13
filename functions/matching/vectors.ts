import { withoutAccents } from './language.ts';

/** Numbers of one word's vector. */
export const DIMENSIONS = 100;
/** First bytes of the file, with the version of its layout. */
const MAGIC = 'HWV1';
/** A word the vectors do not know is taken as rare as the last they do. */
const UNKNOWN_RANK = 150_000;
/** Ranks below this are about equally common: "the" is not a thousand times more common than "violin" is rare. */
const COMMON_RANK = 60;

/**
 * Meanings of English words: 100-dimensional GloVe vectors of the 100,000 most frequent, without their mean and first
 * principal component, of unit length, as whole numbers (`infra/matching-assets.ts` makes the file). In frequency order.
 */
export interface Vectors {
  words: string[];
  /** Place of a word among them. */
  places: Map<string, number>;
  /** `DIMENSIONS` for each word; 127 stands for `1 / SCALE`. */
  numbers: Int8Array;
  /** For each word the place of the most frequent one with its stem: how rare it is. */
  ranks: Uint32Array;
  /** Centroids of a pool of generic interests, to see by how much a text is nearer to one interest than to any. */
  pool: Int8Array;
}

/** Layout: MAGIC, counts of words, of bytes of words and of pool (uint32 LE), words by line ends, ranks, numbers, pool. */
export function readVectors(file: Uint8Array): Vectors {
  const header = new DataView(file.buffer, file.byteOffset, 16);
  const magic = new TextDecoder().decode(file.subarray(0, 4));
  if (magic !== MAGIC) throw new Error(`These are no word vectors: they begin with "${magic}".`);
  const [count, bytes, pooled] = [4, 8, 12].map((at) => header.getUint32(at, true)) as [
    number,
    number,
    number,
  ];
  const words = new TextDecoder().decode(file.subarray(16, 16 + bytes)).split('\n');
  let at = 16 + bytes;
  // Copied, since a view of four-byte numbers must start at a multiple of four.
  const ranks = new Uint32Array(Uint8Array.from(file.subarray(at, at + 4 * count)).buffer);
  at += 4 * count;
  const signed = (length: number) => new Int8Array(file.buffer, file.byteOffset + at, length);
  const numbers = signed(count * DIMENSIONS);
  at += count * DIMENSIONS;
  const pool = signed(pooled * DIMENSIONS);
  return { words, places: new Map(words.map((word, place) => [word, place])), numbers, ranks, pool };
}

export function writeVectors({ words, numbers, ranks, pool }: Omit<Vectors, 'places'>): Uint8Array {
  const named = new TextEncoder().encode(words.join('\n'));
  const header = new Uint8Array(16);
  header.set(new TextEncoder().encode(MAGIC));
  const view = new DataView(header.buffer);
  [words.length, named.length, pool.length / DIMENSIONS].forEach((number, n) => {
    view.setUint32(4 + 4 * n, number, true);
  });
  const bytes = (part: Uint32Array | Int8Array) =>
    new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  return new Uint8Array(Buffer.concat([header, named, bytes(ranks), bytes(numbers), bytes(pool)]));
}

/** How rare a word is: 0 for the most common, 7.8 for one the vectors do not know. From its place by frequency. */
export function rarityOf(word: string, vectors: Vectors | undefined): number {
  const place = vectors?.places.get(word);
  const rank = place === undefined ? UNKNOWN_RANK : (vectors?.ranks[place] ?? UNKNOWN_RANK);
  return Math.log((rank + COMMON_RANK) / COMMON_RANK);
}

/** The weighted mean of words' vectors, of unit length; undefined if none of them is known. */
export function centroid(
  weights: Iterable<[word: string, weight: number]>,
  vectors: Vectors,
): Float32Array | undefined {
  const sum = new Float32Array(DIMENSIONS);
  let known = false;
  for (const [word, weight] of weights) {
    const place = vectors.places.get(withoutAccents(word));
    if (place === undefined) continue;
    known = true;
    const from = place * DIMENSIONS;
    for (let n = 0; n < DIMENSIONS; n++) sum[n] = (sum[n] ?? 0) + weight * (vectors.numbers[from + n] ?? 0);
  }
  return known ? unit(sum) : undefined;
}

/** A word's vector, of any length; undefined if it is not known. */
export function vectorOf(word: string, { places, numbers }: Vectors): Float32Array | undefined {
  const place = places.get(word);
  if (place === undefined) return undefined;
  return Float32Array.from(numbers.subarray(place * DIMENSIONS, (place + 1) * DIMENSIONS));
}

/** Cosine of a word to a unit vector; 0 for a word that is not known. */
export function cosineTo(word: string, vector: Float32Array, { places, numbers }: Vectors): number {
  const place = places.get(word);
  if (place === undefined) return 0;
  let sum = 0;
  for (let n = 0; n < DIMENSIONS; n++)
    sum += (vector[n] as number) * (numbers[place * DIMENSIONS + n] as number);
  return sum * WORD_SCALE;
}

/** A vector of a word is of length 1 when its numbers are multiplied by this; no number of any is above 0.6. */
export const WORD_SCALE = 0.6 / 127;

export function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((number) => number / length) : vector;
}

/** A unit vector in one byte a number. What matters of it is its direction: the largest number becomes 127. */
export function toBytes(vector: Float32Array): Int8Array {
  const largest = vector.reduce((most, number) => Math.max(most, Math.abs(number)), 1e-9);
  return Int8Array.from(vector, (number) => Math.round((number / largest) * 127));
}

/** Cosine of two vectors of bytes; the factor makes up for their length. */
export function lengthOf(vector: Int8Array): number {
  return Math.sqrt(dot(vector, vector));
}

export function dot(a: Int8Array, b: Int8Array): number {
  let sum = 0;
  for (let n = 0; n < a.length; n++) sum += (a[n] as number) * (b[n] as number);
  return sum;
}

/** Mean and spread of an article's cosines to a pool of generic interests. */
export interface Background {
  mean: number;
  spread: number;
}

export function background(of: Int8Array, pool: Int8Array): Background {
  const size = of.length;
  const cosines: number[] = [];
  for (let from = 0; from < pool.length; from += size) {
    const one = pool.subarray(from, from + size);
    cosines.push(dot(of, one) / (lengthOf(of) * lengthOf(one) || 1));
  }
  const mean = cosines.reduce((sum, cosine) => sum + cosine, 0) / (cosines.length || 1);
  const variance = cosines.reduce((sum, cosine) => sum + (cosine - mean) ** 2, 0) / (cosines.length || 1);
  return { mean, spread: Math.sqrt(variance) || 1 };
}
