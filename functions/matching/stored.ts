import {
  ARTICLE_VERSION,
  type ArticleForm,
  INTEREST_VERSION,
  type InterestForm,
  languageBit,
  languageOfBit,
  type Meaning,
} from './encode.ts';
import { KEPT } from './sentences.ts';
import { type Background, DIMENSIONS, lengthOf } from './vectors.ts';

/**
 * Forms as they are kept beside the article or the interest: an article in at most 1.2 KB, an interest of three words
 * in 350 bytes. The first byte is the version; `undefined` comes back for another one, or for what is no form, and the
 * form is then made again.
 */
const WEIGHT_STEP = 1 / 40;
const WORTH_STEP = 1 / 12;
const RARITY_STEP = 1 / 32;
const HAS_MEANING = 1;
const HAS_SENTENCE = 2;
const SPOKEN = 4;
const TITLE_ONLY = 8;
const AGAINST = 8;
const HEADER = 8;

export function packArticle(form: ArticleForm): Uint8Array {
  const { terms, pairs, words, sentence } = form;
  const size = HEADER + terms.length * 6 + pairs.length * 4 + sizeOf(words, true) + sizeOf(sentence, true);
  const writer = new Writer(size);
  writer.byte(ARTICLE_VERSION);
  writer.byte((words ? HAS_MEANING : 0) | (sentence ? HAS_SENTENCE : 0) | (form.titleOnly ? TITLE_ONLY : 0));
  writer.short(languageBit(form.language));
  for (const count of [terms.length, form.titleTerms, pairs.length, form.titlePairs]) writer.byte(count);
  for (const hash of terms) writer.word(hash);
  for (const weight of form.weights) writer.byte(steps(weight, WEIGHT_STEP));
  for (const worth of form.worths) writer.byte(steps(worth, WORTH_STEP));
  for (const hash of pairs) writer.word(hash);
  for (const one of [words, sentence]) if (one) writer.meaning(one, one);
  return writer.bytes;
}

export function unpackArticle(bytes: Uint8Array): ArticleForm | undefined {
  if (bytes[0] !== ARTICLE_VERSION || bytes.length < HEADER) return undefined;
  const reader = new Reader(bytes, 1);
  const flags = reader.byte();
  const language = languageOfBit(reader.short());
  const [terms, titleTerms, pairs, titlePairs] = [reader.byte(), reader.byte(), reader.byte(), reader.byte()];
  return {
    language,
    titleOnly: (flags & TITLE_ONLY) !== 0,
    titleTerms,
    titlePairs,
    terms: reader.words(terms),
    weights: reader.steps(terms, WEIGHT_STEP),
    worths: reader.steps(terms, WORTH_STEP),
    pairs: reader.words(pairs),
    ...(flags & HAS_MEANING && { words: { ...reader.meaning(DIMENSIONS), ...reader.background() } }),
    ...(flags & HAS_SENTENCE && { sentence: { ...reader.meaning(KEPT), ...reader.background() } }),
  };
}

export function packInterest(form: InterestForm): Uint8Array {
  const { words, pairs, meaning, sentence } = form;
  const stems = words.reduce((sum, word) => sum + 3 + word.stems.length * 6, 0);
  const size = 4 + stems + pairs.length * 6 + sizeOf(meaning, false) + sizeOf(sentence, false);
  const writer = new Writer(size);
  writer.byte(INTEREST_VERSION);
  const said = (form.spoken ? SPOKEN : 0) | (form.against ? AGAINST : 0);
  writer.byte((meaning ? HAS_MEANING : 0) | (sentence ? HAS_SENTENCE : 0) | said);
  writer.byte(words.length);
  writer.byte(pairs.length);
  for (const { rarity, detail, stems } of words) {
    writer.byte(steps(rarity, RARITY_STEP));
    writer.byte(detail ? 1 : 0);
    writer.byte(stems.length);
    for (const one of stems) writer.hashed(one);
  }
  for (const pair of pairs) writer.hashed(pair);
  for (const one of [meaning, sentence]) if (one) writer.meaning(one);
  return writer.bytes;
}

export function unpackInterest(bytes: Uint8Array): InterestForm | undefined {
  if (bytes[0] !== INTEREST_VERSION || bytes.length < 4) return undefined;
  const reader = new Reader(bytes, 1);
  const flags = reader.byte();
  const [words, pairs] = [reader.byte(), reader.byte()];
  return {
    spoken: (flags & SPOKEN) !== 0,
    against: (flags & AGAINST) !== 0,
    words: Array.from({ length: words }, () => {
      const [rarity, detail, stems] = [reader.byte() * RARITY_STEP, reader.byte() === 1, reader.byte()];
      return { rarity, detail, stems: Array.from({ length: stems }, () => reader.hashed()) };
    }),
    pairs: Array.from({ length: pairs }, () => reader.hashed()),
    ...(flags & HAS_MEANING && { meaning: reader.meaning(DIMENSIONS) }),
    ...(flags & HAS_SENTENCE && { sentence: reader.meaning(KEPT) }),
  };
}

function steps(value: number, step: number): number {
  return Math.min(255, Math.round(value / step));
}

function sizeOf(meaning: Meaning | undefined, withBackground: boolean): number {
  return meaning ? meaning.bytes.length + (withBackground ? 8 : 0) : 0;
}

class Writer {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }
  byte(value: number): void {
    this.#view.setUint8(this.#at++, value);
  }
  short(value: number): void {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
  }
  word(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }
  hashed({ hash, languages }: { hash: number; languages: number }): void {
    this.word(hash);
    this.short(languages);
  }
  meaning({ bytes }: Meaning, background?: Background): void {
    this.bytes.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), this.#at);
    this.#at += bytes.length;
    for (const value of background ? [background.mean, background.spread] : []) {
      this.#view.setFloat32(this.#at, value, true);
      this.#at += 4;
    }
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;
  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }
  byte(): number {
    return this.#view.getUint8(this.#at++);
  }
  short(): number {
    this.#at += 2;
    return this.#view.getUint16(this.#at - 2, true);
  }
  word(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }
  words(count: number): Uint32Array {
    const words = new Uint32Array(count);
    for (let n = 0; n < count; n++) words[n] = this.word();
    return words;
  }
  steps(count: number, step: number): Float32Array {
    const values = new Float32Array(count);
    for (let n = 0; n < count; n++) values[n] = this.byte() * step;
    return values;
  }
  hashed(): { hash: number; languages: number } {
    return { hash: this.word(), languages: this.short() };
  }
  meaning(size: number): Meaning {
    const bytes = new Int8Array(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, size).slice();
    this.#at += size;
    return { bytes, length: lengthOf(bytes) };
  }
  background(): Background {
    this.#at += 8;
    return {
      mean: this.#view.getFloat32(this.#at - 8, true),
      spread: this.#view.getFloat32(this.#at - 4, true),
    };
  }
}
