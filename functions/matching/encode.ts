import { kinOf } from './kin.ts';
import { isStopWord, LANGUAGES, type Language, languageOf, stemOf, withoutAccents } from './language.ts';
import type { Models } from './models.ts';
import { takeApart } from './phrase.ts';
import { framed, project, READING_WEIGHTS, readings } from './sentences.ts';
import { type Token, tokens } from './tokens.ts';
import {
  type Background,
  background,
  centroid,
  cosineTo,
  lengthOf,
  rarityOf,
  toBytes,
  type Vectors,
} from './vectors.ts';

/** Of the encodings below. A form of another version is made again from the words. */
export const ARTICLE_VERSION = 1;
export const INTEREST_VERSION = 3;

/** What a word counts by where it stands. */
const IN_TITLE = 2;
const IN_LEAD = 1;
const IN_BODY = 1;
/** Characters of the text that count as its lead. */
const LEAD = 400;
/** Fewer characters are no text. */
const LEAST_TEXT = 20;
/** Characters that are read: 4,000 words say what an article is about, and encoding stays under 5 ms. */
const MOST_TEXT = 24_000;

/** So many words and pairs of words are kept, so that a form is at most 1.2 KB. */
export const MOST_TERMS = 110;
const MOST_TITLE_TERMS = 30;
const MOST_PAIRS = 50;
/** English words more common than this mean something else, if anything, in another language: gift, art, hat, pain. */
const COMMON_PLACES = 20_000;
/** One with a capital that is less common than this is a name. */
const RARE_NAMES = 11_000;

export interface Meaning {
  bytes: Int8Array;
  length: number;
}

/** What matching keeps of an article. Its words stand as numbers, so it is small, and it can be used without a model. */
export interface ArticleForm {
  language: Language;
  /** Whether there is hardly a text. */
  titleOnly: boolean;
  /** Of stems; those of the title first. */
  terms: Uint32Array;
  titleTerms: number;
  /** How much the article is about each, 0.5 to 4. */
  weights: Float32Array;
  /** That, times how rare it is. */
  worths: Float32Array;
  /** Of neighbouring stems; those of the title first. */
  pairs: Uint32Array;
  titlePairs: number;
  words?: Meaning & Background;
  sentence?: Meaning & Background;
}

/** What matching keeps of an interest. */
export interface InterestForm {
  /** Each word of the subject or detail, with the stems that stand for it: its own before those of its family. */
  words: { rarity: number; detail: boolean; stems: { hash: number; languages: number }[] }[];
  /** Of neighbouring stems. */
  pairs: { hash: number; languages: number }[];
  /** Said as a sentence. */
  spoken: boolean;
  /** It says what is not liked. */
  against: boolean;
  meaning?: Meaning;
  sentence?: Meaning;
}

/** FNV-1a, 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  return hash >>> 0;
}

const ALL_LANGUAGES = [...LANGUAGES, 'other'] as const;
export const languageBit = (language: Language) => 1 << ALL_LANGUAGES.indexOf(language);
export const languageOfBit = (bit: number) => ALL_LANGUAGES[Math.log2(bit)] ?? 'other';

export interface ArticleText {
  title: string;
  text: string;
  /** As its page says. */
  language?: string | undefined;
}

/** Reads an article once, for all friends and for ever. */
export async function encodeArticle(article: ArticleText, models: Models): Promise<ArticleForm> {
  const { title } = article;
  const text = article.text.slice(0, MOST_TEXT);
  const language = languageOf({ title, text, declared: article.language }, models.detect);
  const form = wordsOf(title, text, language, models);
  if (language !== 'en' || !models.sentences) return form;
  const { embed, projection } = models.sentences;
  const texts = readings(title, text);
  if (texts.length === 0) return form;
  const bytes = project(await embed(texts), [projection.articleMean], projection.rows, READING_WEIGHTS);
  return { ...form, sentence: { ...meaning(bytes), ...background(bytes, projection.pool) } };
}

interface Seen {
  weight: number;
  count: number;
  word: string;
  title: boolean;
}

function wordsOf(title: string, text: string, language: Language, { vectors }: Models): ArticleForm {
  const titled = tokens(title, language);
  const said = tokens(text, language);
  const seen = new Map<string, Seen>();
  const see = ({ stem, word }: Token, inTitle: boolean): Seen => {
    let one = seen.get(stem);
    if (!one) {
      one = { weight: 0, count: 0, word, title: inTitle };
      seen.set(stem, one);
    }
    return one;
  };
  for (const token of titled) see(token, true).weight += IN_TITLE;
  for (const token of said) {
    const one = see(token, false);
    if (one.count === 0 && token.start < LEAD) one.weight += IN_LEAD;
    one.count++;
  }
  // The second time a word comes says less than the first, the tenth nothing.
  for (const one of seen.values()) one.weight += (IN_BODY * one.count) / (one.count + 1);
  const english = language === 'en' ? vectors : undefined;
  const terms = [...seen].map(([stem, { weight, word, title }]) => ({
    stem,
    word,
    weight,
    title,
    worth: Math.log(1 + weight) * rarityOf(word, english),
  }));
  const byWorth = terms.toSorted((a, b) => b.worth - a.worth);
  const kept = [
    ...byWorth.filter((term) => term.title).slice(0, MOST_TITLE_TERMS),
    ...byWorth.filter((term) => !term.title),
  ].slice(0, MOST_TERMS);
  const titlePairs = [...new Set(pairsOf(titled))].slice(0, MOST_TITLE_TERMS);
  const pairs = [...new Set([...titlePairs, ...repeated(said)])].slice(0, MOST_PAIRS);
  const centre =
    english &&
    centroid(
      byWorth.map(({ word, worth }) => [word, worth]),
      english,
    );
  const bytes = centre && toBytes(centre);
  return {
    language,
    titleOnly: text.trim().length < LEAST_TEXT,
    terms: Uint32Array.from(kept, ({ stem }) => hashOf(stem)),
    titleTerms: kept.filter((term) => term.title).length,
    weights: Float32Array.from(kept, ({ weight }) => weight),
    worths: Float32Array.from(kept, ({ worth }) => worth),
    pairs: Uint32Array.from(pairs, hashOf),
    titlePairs: titlePairs.length,
    ...(bytes && english && { words: { ...meaning(bytes), ...background(bytes, english.pool) } }),
  };
}

function pairsOf(found: Token[]): string[] {
  return found.slice(1).map(({ stem }, before) => `${found[before]?.stem} ${stem}`);
}

/** Pairs of the lead, and those that come again, the most frequent first. */
function repeated(said: Token[]): string[] {
  const counts = new Map<string, number>();
  pairsOf(said).forEach((pair, n) => {
    counts.set(pair, (counts.get(pair) ?? 0) + ((said[n]?.start ?? 0) < LEAD ? 2 : 1));
  });
  return [...counts]
    .filter(([, count]) => count > 1)
    .sort((a, b) => b[1] - a[1])
    .map(([pair]) => pair);
}

function meaning(bytes: Int8Array): Meaning {
  return { bytes, length: lengthOf(bytes) };
}

/** Reads an interest once, when it is saved. */
export async function encodeInterest(said: string, models: Models): Promise<InterestForm> {
  const language = languageOf({ title: said, text: '' }, models.detect);
  const { vectors, sentences } = models;
  const english = language === 'en' ? vectors : undefined;
  const { wished: phrase, subject, detail, spoken, against } = takeApart(said, language);
  const all = [...subject, ...detail];
  const distinct = [...new Map(all.map((token) => [token.stem, token])).values()];
  const reach = distinct.map((token) => languagesOf(token, phrase, language, models));
  const words = distinct.map((token, n) => ({
    rarity: rarityOf(token.word, vectors),
    detail: !subject.some(({ stem }) => stem === token.stem),
    stems: [...stemsIn(token, reach[n] ?? [language]), ...(english ? kinIn(token, english) : [])],
  }));
  const pairs = subject.slice(1).map((token, before) => {
    const first = subject[before] as Token;
    return pairIn(first, token);
  });
  const form: InterestForm = {
    words,
    pairs: pairs.flat(),
    spoken,
    against,
  };
  const centre =
    english &&
    centroid(
      subject.map(({ word }) => [word, rarityOf(word, english)]),
      english,
    );
  if (centre) form.meaning = meaning(toBytes(centre));
  if (language === 'en' && sentences && all.length > 0) {
    form.sentence = meaning(await sentenceOf(phrase, subject[0]?.start ?? 0, spoken, sentences));
  }
  return form;
}

/** Said as a sentence: what it says from its first word that matters, and the whole as it was said. */
async function sentenceOf(
  phrase: string,
  from: number,
  spoken: boolean,
  { embed, projection }: NonNullable<Models['sentences']>,
): Promise<Int8Array> {
  const { interestMeans, articleMean, rows } = projection;
  if (!spoken) return project(await embed(framed(phrase)), interestMeans, rows);
  const content = project(await embed(framed(phrase.slice(from))), interestMeans, rows);
  const whole = project(await embed([phrase]), [articleMean], rows);
  const lengths = [lengthOf(content), lengthOf(whole)] as const;
  return toBytes(
    Float32Array.from(content, (number, n) => number / lengths[0] + (whole[n] as number) / lengths[1]),
  );
}

/**
 * Languages of articles in which a word of an interest is looked for. Names and rare words are the same everywhere, and
 * a word with an accent is hardly English; a common English word is looked for in English only, and where a small word
 * beside it belongs ("la cuisine"); a word of a phrase that is clearly of another language there.
 */
function languagesOf(
  { word, start, end }: Token,
  phrase: string,
  language: Language,
  { vectors }: Models,
): Language[] {
  if (language !== 'en') return [language];
  const place = vectors?.places.get(word);
  if (place === undefined || place >= COMMON_PLACES || INTERNATIONAL.has(word)) return [...ALL_LANGUAGES];
  const said = phrase.slice(start, end);
  if (withoutAccents(said) !== said.toLowerCase()) return [...ALL_LANGUAGES];
  const capital = /^\p{Lu}/u.test(said);
  // The first word has a capital on any telephone: "Gift" is no name, "Mozart" is.
  const named = capital && (start > 0 || (phrase.trim().length === end && place >= RARE_NAMES));
  return named || isTown(word, vectors) ? [...ALL_LANGUAGES] : ['en', ...languagesBeside(phrase)];
}

/** Letters of an article or a preposition; longer words of the lists are words of others, too. */
const SMALL_WORD = 4;

/** Languages that have a small word of a phrase, where English has not. */
function languagesBeside(phrase: string): Language[] {
  const small = (phrase.toLowerCase().match(/\p{L}+/gu) ?? []).filter(
    (word) => word.length <= SMALL_WORD && !isStopWord(word, 'en'),
  );
  return LANGUAGES.filter(
    (language) => language !== 'en' && small.some((word) => isStopWord(word, language)),
  );
}

const TOWNS = 'paris london berlin madrid tokyo chicago vienna germany france spain japan canada'.split(' ');
/** Lisbon 0.54, Iceland 0.43, Leeds 0.35; of common nouns none above 0.28. */
const LIKE_A_TOWN = 0.33;
const towns = new WeakMap<Vectors, Float32Array>();

/** Whether a word is used as names of towns and countries are. */
function isTown(word: string, vectors: Vectors | undefined): boolean {
  if (!vectors) return false;
  let centre = towns.get(vectors);
  if (!centre) {
    centre = centroid(
      TOWNS.map((town) => [town, 1]),
      vectors,
    );
    if (!centre) return false;
    towns.set(vectors, centre);
  }
  return cosineTo(word, centre, vectors) > LIKE_A_TOWN;
}

function stemsIn({ word, stem }: Token, languages: Language[]): { hash: number; languages: number }[] {
  const masks = new Map<string, number>();
  for (const language of languages) {
    const there = language === 'en' ? stem : stemOf(word, language);
    masks.set(there, (masks.get(there) ?? 0) | languageBit(language));
  }
  return [...masks].map(([there, mask]) => ({ hash: hashOf(there), languages: mask }));
}

function kinIn({ word, stem }: Token, vectors: Vectors): { hash: number; languages: number }[] {
  return kinOf(word, stem, vectors).map((kin) => ({ hash: hashOf(kin), languages: languageBit('en') }));
}

function pairIn(first: Token, second: Token): { hash: number; languages: number }[] {
  const masks = new Map<string, number>();
  for (const language of ALL_LANGUAGES) {
    const pair = [first, second]
      .map(({ word, stem }) => (language === 'en' ? stem : stemOf(word, language)))
      .join(' ');
    masks.set(pair, (masks.get(pair) ?? 0) | languageBit(language));
  }
  return [...masks].map(([pair, mask]) => ({ hash: hashOf(pair), languages: mask }));
}

/** Words spelled and meant alike in most of our languages. */
const INTERNATIONAL = new Set(
  `jazz blues yoga sushi pizza pasta ramen tofu espresso cappuccino podcast podcasts blog internet software startup
  cinema theater theatre football sport radio piano tennis golf rugby judo karate surfing tango salsa samba ballet opera film festival museum museums robot robots
  laser radar virus bitcoin hip hop punk techno rap manga anime lego chess wikipedia google linux python java
  javascript`.split(/\s+/),
);
