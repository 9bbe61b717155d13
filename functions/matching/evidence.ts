import type { Language } from './language.ts';
import type { Models } from './models.ts';
import { takeApart } from './phrase.ts';
import { type Token, tokens } from './tokens.ts';
import { centroid, cosineTo, rarityOf } from './vectors.ts';

/** Words on a line: what can be read at a glance as a reason. */
const MAX_CHARS = 110;
/** Words before and after the ones that matched, for them to make sense. */
const AROUND = 28;

/**
 * Ends of a sentence, and of a paragraph. Quotes and brackets after the mark belong to it. Looked for at the first
 * mark of a row only: else a page of dots takes a minute.
 */
const SENTENCE_END = /(?<![.!?…])[.!?…]+["'”’)\]]*(?=\s|$)|[。！？]+[」』”）]*|\n+/g;

/** A word of a text, and where it stands. */
interface Placed {
  stem: string;
  start: number;
  end: number;
}

/** Words nearer in meaning to an interest than this may stand for it. */
const LEAST_NEAR = 0.35;
/** A word that is only near says less than one of the interest's own. */
const NEAR = 0.5;
/** Characters of the text in which evidence is looked for. */
const MOST_TEXT = 24_000;

/** An article taken apart once, to look in it for many interests. */
export interface Reading {
  title: string;
  text: string;
  language: Language;
  inTitle: Token[];
  inText: Token[];
}

export function readingOf(article: { title: string; text: string }, language: Language): Reading {
  const { title } = article;
  const text = article.text.slice(0, MOST_TEXT);
  return { title, text, language, inTitle: tokens(title, language), inText: tokens(text, language) };
}

/**
 * What an article says to an interest: a phrase of it with the interest's words, or with the words nearest to them in
 * meaning, from the text if it says as much as the title, which is seen anyway; the title if there is none. Empty only
 * if the article is.
 */
export function evidenceFor(
  { title, text, language, inTitle, inText }: Reading,
  interest: string,
  { vectors }: Pick<Models, 'vectors'>,
): string {
  const { subject, detail } = takeApart(interest, language);
  const own = new Set([...subject, ...detail].map(({ stem }) => stem));
  const english = language === 'en' ? vectors : undefined;
  const centre =
    english &&
    centroid(
      subject.map(({ word }) => [word, rarityOf(word, english)]),
      english,
    );
  const worths = new Map<string, number>();
  const worthOf = ({ stem, word }: Token): number => {
    let worth = worths.get(stem);
    if (worth === undefined) {
      const rarity = rarityOf(word, english);
      const near = centre && english ? cosineTo(word, centre, english) : 0;
      worth = own.has(stem) ? rarity : near > LEAST_NEAR ? NEAR * near * rarity : 0;
      worths.set(stem, worth);
    }
    return worth;
  };
  const those = (found: Token[]) => found.filter((token) => worthOf(token) > 0);
  const phrase = bestPhrase({ title, text }, those(inTitle), those(inText), worthOf);
  return phrase || trim(title) || trim(text.slice(0, MAX_CHARS));
}

function bestPhrase<Word extends Placed>(
  article: { title: string; text: string },
  inTitle: Word[],
  inText: Word[],
  worthOf: (word: Word) => number,
): string {
  const worth = (found: Word[]) =>
    [...new Map(found.map((word) => [word.stem, word])).values()].reduce(
      (sum, word) => sum + worthOf(word),
      0,
    );
  let best = { value: 0, phrase: '' };
  let place = 0;
  for (const { start, end } of sentences(article.text)) {
    while (place < inText.length && (inText[place]?.start ?? 0) < start) place++;
    const from = place;
    while (place < inText.length && (inText[place]?.start ?? 0) < end) place++;
    if (place === from) continue;
    const found = inText.slice(from, place);
    const value = worth(found);
    if (value > best.value) best = { value, phrase: cut(article.text, start, end, found) };
  }
  if (worth(inTitle) > best.value) return article.title.trim();
  return best.phrase;
}

function* sentences(text: string): Generator<{ start: number; end: number }> {
  let start = 0;
  for (const match of text.matchAll(SENTENCE_END)) {
    const end = match.index + match[0].length;
    yield { start, end };
    start = end;
  }
  if (start < text.length) yield { start, end: text.length };
}

/** The part of a sentence around the words that matched: up to a pause, if one is near, else cut at spaces. */
function cut(text: string, start: number, end: number, found: Placed[]): string {
  const sentence = text.slice(start, end);
  if (sentence.trim().length <= MAX_CHARS) return trim(sentence);
  const first = (found[0]?.start ?? start) - start;
  const last = found.filter((term) => term.end - start - first <= MAX_CHARS - AROUND).at(-1);
  const reach = (last?.end ?? start) - start;
  let from = Math.max(0, first - AROUND);
  if (from > 0) from = sentence.indexOf(' ', from) + 1 || first;
  if (from > first) from = first;
  const to = Math.min(sentence.length, Math.max(reach + AROUND, from + MAX_CHARS - AROUND));
  if (to === sentence.length) return trim(sentence.slice(from));
  const pause = sentence.slice(reach, to).search(/[,;:–—](?!.*[,;:–—])/su);
  return trim(
    sentence.slice(from, pause >= 0 ? reach + pause : Math.max(sentence.lastIndexOf(' ', to), reach)),
  );
}

function trim(phrase: string): string {
  return phrase.trim().replace(/^[\s"'“‘(,;:–—-]+|[\s,;:–—.]+$/g, '');
}
