import { type ArticleForm, type InterestForm, languageBit, type Meaning, MOST_TERMS } from './encode.ts';
import { type Background, dot } from './vectors.ts';

/** The share of a word beside an interest's subject. */
const DETAIL = 0.4;

/** What speaks for an interest in an article. */
export interface Signs {
  /** Its own words, 0 to 1: the share of them that is there, squared, times their weight and rarity. */
  words: number;
  /** How much of what the article is about these words are, from 0. */
  salience: number;
  /** Whether it stands as said in the title, or only in the text: 0 or 1. */
  inTitle: number;
  inText: number;
  /** How rare its words are, 0 to 7.8: what everybody writes about is seldom wrong. */
  rarity: number;
  /**
   * By how many deviations the article's words, and its sentences, are nearer to it than to generic interests;
   * undefined if either side was encoded without a model, or is not English.
   */
  meaning: number | undefined;
  sentence: number | undefined;
}

/** An article made ready to be looked up in, once for all interests. */
export interface Reader {
  article: ArticleForm;
  /** Place of a term's hash, plus one; open addressing. */
  slots: Uint8Array;
  keys: Uint32Array;
  language: number;
  /** Mean worth of the five most worthy terms. */
  topWorth: number;
}

/** More than twice the terms of a form, so that a search ends soon. */
const SLOTS = 512;
const TOP = 5;

export function reader(article: ArticleForm): Reader {
  const slots = new Uint8Array(SLOTS);
  const keys = new Uint32Array(SLOTS);
  article.terms.forEach((hash, place) => {
    let slot = hash & (SLOTS - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
    slots[slot] = place + 1;
    keys[slot] = hash;
  });
  return { article, slots, keys, language: languageBit(article.language), topWorth: topWorthOf(article) };
}

/** One pass, since a look back does this for every article there is. */
function topWorthOf({ worths }: ArticleForm): number {
  const top = new Float32Array(TOP);
  for (let worth of worths) {
    for (let place = 0; place < TOP && worth > 0; place++) {
      const other = top[place] as number;
      if (worth <= other) continue;
      top[place] = worth;
      worth = other;
    }
  }
  const sum = top.reduce((all, worth) => all + worth, 0);
  return sum / Math.min(TOP, worths.length || 1) || 1;
}

/** The place of a term in the article, or -1. */
function placeOf({ slots, keys }: Reader, hash: number): number {
  let slot = hash & (SLOTS - 1);
  while (slots[slot] !== 0) {
    if (keys[slot] === hash) return (slots[slot] as number) - 1;
    slot = (slot + 1) & (SLOTS - 1);
  }
  return -1;
}

export function signsOf(reader: Reader, interest: InterestForm): Signs {
  const { article, language } = reader;
  const phrase = phraseIn(reader, interest);
  let all = 0;
  let subjects = 0;
  let covered = 0;
  let weighted = 0;
  let worth = 0;
  let titled = 0;
  for (const { rarity, detail, stems } of interest.words) {
    let place = -1;
    for (const { hash, languages } of stems) {
      if ((languages & language) !== 0) place = placeOf(reader, hash);
      if (place >= 0) break;
    }
    const weight = place >= 0 ? (article.weights[place] as number) : 0;
    if (detail) {
      weighted += DETAIL * rarity * weight;
      continue;
    }
    all += rarity;
    subjects++;
    if (place < 0) continue;
    covered += rarity;
    weighted += rarity * weight;
    worth += article.worths[place] as number;
    if (place < article.titleTerms) titled++;
  }
  // Common words of another language count where they stand together as the whole phrase: "Trail Running in den Alpen".
  if (covered < all && phrase !== 'nowhere') {
    covered = all;
    weighted = all * (phrase === 'title' ? 2 : 1);
    worth = subjects * reader.topWorth;
  }
  const coverage = all > 0 ? covered / all : 0;
  const strength = all > 0 ? (coverage ** 2 * weighted) / Math.sqrt(all) : 0;
  const single = subjects > 0 && interest.pairs.length === 0;
  return {
    words: strength / (strength + 1),
    salience: subjects > 0 ? (coverage * worth) / subjects / reader.topWorth : 0,
    inTitle: (single ? titled === subjects : phrase === 'title') ? 1 : 0,
    inText: phrase === 'text' ? 1 : 0,
    rarity: subjects > 0 ? all / subjects : 0,
    meaning: above(article.words, interest.meaning),
    sentence: above(article.sentence, interest.sentence),
  };
}

/** Where all neighbouring words of an interest stand side by side. */
function phraseIn({ article, language }: Reader, interest: InterestForm): 'title' | 'text' | 'nowhere' {
  let last = -1;
  for (const { hash, languages } of interest.pairs) {
    if ((languages & language) === 0) continue;
    const place = article.pairs.indexOf(hash);
    if (place < 0) return 'nowhere';
    last = Math.max(last, place);
  }
  if (last < 0) return 'nowhere';
  return last < article.titlePairs ? 'title' : 'text';
}

function above(
  article: (Meaning & Background) | undefined,
  interest: Meaning | undefined,
): number | undefined {
  if (!article || !interest) return undefined;
  const cosine = dot(article.bytes, interest.bytes) / (article.length * interest.length || 1);
  return (cosine - article.mean) / article.spread;
}

/** Deviations above which more says nothing: nearer no text can be. */
const NEAREST_WORDS = 6;
const NEAREST_SENTENCE = 9;
/** Where the words say it already, the sentence adds less: for all of a short text's words, so much less. */
const SAID = 0.7;
/** It has read the lead only, and the more a text goes on, the less that is. Of a long text it counts so much less. */
const LEAD_ONLY = 0.45;
/** Terms from which on a text goes on, and of one that is longer than all that is kept of it. */
const SHORT = 60;
const LONG = MOST_TERMS;
/** That an interest is of rare words says less against it where none of them is there. */
const UNSAID_RARITY = 0.65;
/** Said as a sentence, an interest is more than its words, and the whole counts for more. */
const SPOKEN = 0.2;
/** A title alone promises much: it must say more than a text to be believed as much. */
const TITLE_ONLY = -1.5;

/** What each sign counts for, in logits. */
interface Weights {
  words: number;
  inTitle: number;
  inText: number;
  salience: number;
  rarity: number;
  meaning: number;
  sentence: number;
  start: number;
}

/**
 * By logistic regression of "people have tagged this article with this interest" on talks with summaries (TED), titles
 * (Medium), and technical titles and readmes of our own, together, each weighted alike, the readmes less. What words count
 * was raised by hand when the sentence's share beside them was lowered. The start is such that 1 in 100 talks that fit
 * nobody reaches the threshold for somebody.
 */
const WITH_SENTENCES: Weights = {
  words: 2.6,
  inTitle: 0.87,
  inText: 0.46,
  salience: 1.63,
  rarity: -0.23,
  meaning: 0.27,
  sentence: 0.63,
  start: -2,
};
/** The same without the sentence encoder, and without word vectors either. */
const WITH_WORD_VECTORS: Weights = {
  words: 2.57,
  inTitle: 0.8,
  inText: 0.59,
  salience: 1.44,
  rarity: -0.15,
  meaning: 0.59,
  sentence: 0,
  start: -1.9,
};
const WORDS_ALONE: Weights = {
  words: 3.98,
  inTitle: 1.05,
  inText: 0.86,
  salience: 1,
  // Without vectors all words are as rare as the rarest.
  rarity: 0,
  meaning: 0,
  sentence: 0,
  start: -2,
};

/** How much an article speaks to an interest: the logarithm of the odds that it does. */
export function logitOf(signs: Signs, { spoken }: InterestForm, { titleOnly, terms }: ArticleForm): number {
  const { words, sentence, meaning } = signs;
  const weights =
    sentence !== undefined ? WITH_SENTENCES : meaning !== undefined ? WITH_WORD_VECTORS : WORDS_ALONE;
  const long = Math.min(1, Math.max(0, (terms.length - SHORT) / (LONG - SHORT)));
  const said = (SAID + (1 - SAID) * long) * words;
  const whole = spoken
    ? (WITH_SENTENCES.sentence + SPOKEN) * Math.min(sentence ?? 0, NEAREST_SENTENCE)
    : weights.sentence * Math.min(sentence ?? 0, NEAREST_SENTENCE) * (1 - said) * (1 - LEAD_ONLY * long);
  return (
    weights.start +
    weights.words * words +
    weights.inTitle * signs.inTitle +
    weights.inText * signs.inText +
    weights.salience * signs.salience +
    weights.rarity * signs.rarity * (words > 0 ? 1 : UNSAID_RARITY) +
    weights.meaning * Math.min(meaning ?? 0, NEAREST_WORDS) +
    whole +
    (titleOnly ? TITLE_ONLY : 0)
  );
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
