import { toBytes, unit } from './vectors.ts';

/** Numbers the encoder gives for a text, and those that are kept of them. */
export const EMBEDDED = 512;
export const KEPT = 128;

const MAGIC = 'HWS1';

/** Meanings of whole texts. `embed`: one vector of `EMBEDDED` numbers for each text. */
export type Embed = (texts: string[]) => Promise<ArrayLike<number>[]>;

/**
 * What turns the encoder's vectors into ours: the mean of articles' and of interests' vectors, which say only that a
 * text is English, the directions in which a pool of generic interests differs most, and that pool (`infra/matching-assets.ts`
 * makes the file).
 */
export interface Projection {
  articleMean: Float32Array;
  /** One for each of the frames. */
  interestMeans: Float32Array[];
  /** `KEPT` rows of `EMBEDDED`. */
  rows: Float32Array;
  pool: Int8Array;
}

/** Layout: MAGIC, count of the pool (uint32 LE), the means, rows (float32 LE), pool. */
export function readProjection(file: Uint8Array): Projection {
  const magic = new TextDecoder().decode(file.subarray(0, 4));
  if (magic !== MAGIC) throw new Error(`This is no projection of sentences: it begins with "${magic}".`);
  const pooled = new DataView(file.buffer, file.byteOffset, 8).getUint32(4, true);
  let at = 8;
  const floats = (length: number) => {
    const numbers = new Float32Array(Uint8Array.from(file.subarray(at, at + 4 * length)).buffer);
    at += 4 * length;
    return numbers;
  };
  const articleMean = floats(EMBEDDED);
  const interestMeans = FRAMES.map(() => floats(EMBEDDED));
  const rows = floats(KEPT * EMBEDDED);
  return {
    articleMean,
    interestMeans,
    rows,
    pool: Int8Array.from(new Int8Array(file.buffer, file.byteOffset + at, pooled * KEPT)),
  };
}

export function writeProjection({ articleMean, interestMeans, rows, pool }: Projection): Uint8Array {
  const header = new Uint8Array(8);
  header.set(new TextEncoder().encode(MAGIC));
  new DataView(header.buffer).setUint32(4, pool.length / KEPT, true);
  const parts = [articleMean, ...interestMeans, rows, pool].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  return new Uint8Array(Buffer.concat([header, ...parts]));
}

/**
 * What an interest is put into before it is encoded: the encoder knows sentences, and "opera" alone is hardly one. On
 * sets of tagged articles each of these does better than the bare phrase, and their mean better than each.
 */
const FRAMES = [
  (interest: string) => `an article about ${interest}`,
  (interest: string) => `a story about ${interest}`,
  (interest: string) => `In this article we talk about ${interest} and why it matters.`,
];

/** A title plays with words; what follows says what it is about. */
export const READING_WEIGHTS = [1, 4];

/** Characters of the text that are read with the title: more costs time and adds nothing. */
const LEAD = 400;

export function framed(interest: string): string[] {
  return FRAMES.map((frame) => frame(interest));
}

/** The texts of an article that are encoded. */
export function readings(title: string, text: string): string[] {
  const lead = text.slice(0, LEAD).trim();
  return [title, lead && `${title}. ${lead}`].filter((reading) => reading.trim() !== '');
}

/** What is common to all vectors, taken out: a mean for each reading, or one for all. */
export function centred(vectors: ArrayLike<number>[], means: Float32Array[]): Float32Array[] {
  return vectors.map((vector, reading) => {
    const mean = means[reading] ?? means[0];
    return unit(Float32Array.from(vector, (number, n) => number - (mean?.[n] ?? 0)));
  });
}

/** The mean of some readings of one thing, each with its weight (1 if not said), in our numbers. */
export function project(
  vectors: ArrayLike<number>[],
  means: Float32Array[],
  rows: Float32Array,
  weights: number[] = [],
): Int8Array {
  const sum = new Float32Array(KEPT);
  for (const [reading, vector] of centred(vectors, means).entries()) {
    const weight = weights[reading] ?? 1;
    const kept = new Float32Array(KEPT);
    for (let row = 0; row < KEPT; row++) {
      let dot = 0;
      for (let n = 0; n < EMBEDDED; n++) dot += (rows[row * EMBEDDED + n] as number) * (vector[n] as number);
      kept[row] = dot;
    }
    unit(kept).forEach((number, n) => {
      sum[n] = (sum[n] as number) + weight * number;
    });
  }
  return toBytes(unit(sum));
}
