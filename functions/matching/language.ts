import { stemmer as dutch } from '@orama/stemmers/dutch';
import { stemmer as french } from '@orama/stemmers/french';
import { stemmer as german } from '@orama/stemmers/german';
import { stemmer as italian } from '@orama/stemmers/italian';
import { stemmer as portuguese } from '@orama/stemmers/portuguese';
import { stemmer as spanish } from '@orama/stemmers/spanish';
import { stemmer as swedish } from '@orama/stemmers/swedish';
import { deu, eng, fra, ita, nld, por, spa, swe } from 'stopword';
import english from 'wink-porter2-stemmer';

/** Languages whose words are known by their stem. The order is part of stored match forms: add at the end only. */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'sv'] as const;
/** `other`: words count as they stand. */
export type Language = (typeof LANGUAGES)[number] | 'other';

/** From a text, how much it looks like each language, best first (ISO 639-1, 0 to 1); empty if it cannot say. */
export type Detect = (text: string) => { language: string; score: number }[];

interface Grammar {
  stem(word: string): string;
  stops: Set<string>;
}

/** What the English list lacks, being meant for search. */
const MORE_ENGLISH =
  'do does done doing go goes gone going went let lets us why when not no nor so just will shall may its than ever yet ' +
  'she hers herself mine myself yours theirs ours whom whose having';

const WORDLESS: Grammar = { stem: (word) => word, stops: new Set() };
const grammars: Record<Language, Grammar> = {
  en: { stem: english, stops: wordsOf([...eng, ...MORE_ENGLISH.split(' ')]) },
  de: { stem: german, stops: wordsOf(deu) },
  fr: { stem: french, stops: wordsOf(fra) },
  es: { stem: spanish, stops: wordsOf(spa) },
  it: { stem: italian, stops: wordsOf(ita) },
  pt: { stem: portuguese, stops: wordsOf(por) },
  nl: { stem: dutch, stops: wordsOf(nld) },
  sv: { stem: swedish, stops: wordsOf(swe) },
  other: WORDLESS,
};

function wordsOf(list: string[]): Set<string> {
  return new Set(list.map(withoutAccents));
}

export function withoutAccents(word: string): string {
  return word.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFKC').toLowerCase();
}

/** `word` lower case, with or without its accents. */
export function isStopWord(word: string, language: Language): boolean {
  return grammars[language].stops.has(withoutAccents(word));
}

const MAX_KNOWN = 50_000;
const known = new Map<string, string>();

/**
 * Snowball's stem of a lower-case word in its language, without accents. Signs, digits and inner dots make it a name,
 * which has no stem.
 */
export function stemOf(word: string, language: Language): string {
  const key = `${language} ${word}`;
  let stem = known.get(key);
  if (stem === undefined) {
    const plain = withoutAccents(word);
    if (language === 'en') stem = /[^a-z']/.test(plain) ? plain : english(plain);
    else stem = /[^\p{L}']/u.test(word) ? plain : withoutAccents(grammars[language].stem(word));
    stem ||= plain;
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(key, stem);
  }
  return stem;
}

/** Letters from which a detector can be believed alone; a title has 20 to 80. */
const ENOUGH_LETTERS = 200;
/** A detector needs no more. */
const SAMPLE = 2_000;
/** Fewer words may be a name of any language: Die Hard, La La Land. */
const LEAST_WORDS = 4;
/** By how much a text must look more like another language than like English. */
const MARGIN = 0.05;

/**
 * The language of an article. `declared`: what its page says (BCP 47), which is believed over a guess from a few words,
 * but not over a whole text: templates lie. What cannot be told is English, as most of what is saved.
 */
export function languageOf(
  { title, text, declared }: { title: string; text: string; declared?: string | undefined },
  detect?: Detect,
): Language {
  const said = declared ? languageNamed(declared) : undefined;
  const sample = `${title}\n${text.slice(0, SAMPLE)}`;
  const guesses = detect?.(sample) ?? [];
  const best = guesses[0];
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  const english = guesses.find(({ language }) => language === 'en')?.score ?? 0;
  if (best && letters >= ENOUGH_LETTERS)
    return best.score < english + MARGIN ? 'en' : languageNamed(best.language);
  if (said) return said;
  // A short text needs two witnesses: the detector, and a word that only that language has.
  const words = sample.toLowerCase().match(/\p{L}+/gu) ?? [];
  if (words.length < LEAST_WORDS) return 'en';
  let found: { language: Language; rate: number } = { language: 'en', rate: 0 };
  for (const { language: name, score } of guesses) {
    const language = languageNamed(name);
    if (language === 'en' || language === 'other' || score < english + MARGIN) continue;
    const own = words.filter((word) => isStopWord(word, language) && !isStopWord(word, 'en')).length;
    if (own > 0 && own + score > found.rate) found = { language, rate: own + score };
  }
  return found.language;
}

/** The language of a tag such as `de-CH`. */
export function languageNamed(tag: string): Language {
  const name = tag.toLowerCase().split(/[-_]/)[0];
  return LANGUAGES.find((language) => language === name) ?? 'other';
}
