import { type Term, terms } from './terms.ts';

/** Words on a line: what can be read at a glance as a reason. */
const MAX_CHARS = 110;
/** Words before and after the ones that matched, for them to make sense. */
const AROUND = 28;

/**
 * Ends of a sentence, and of a paragraph. Quotes and brackets after the mark belong to it. Looked for at the first
 * mark of a row only: else a page of dots takes a minute.
 */
const SENTENCE_END = /(?<![.!?…])[.!?…]+["'”’)\]]*(?=\s|$)|[。！？]+[」』”）]*|\n+/g;

/**
 * A phrase of the article, as it stands there, that has most of these words: from the text if it says as much as the
 * title, since the title is seen anyway. Empty if the words stand nowhere.
 */
export function findEvidence(
  article: { title: string; text: string },
  stems: string[],
  idf: (stem: string) => number,
): string {
  const wanted = new Set(stems);
  const worth = (found: Term[]) =>
    [...new Set(found.map((term) => term.stem))].reduce((sum, stem) => sum + idf(stem), 0);

  const inTitle = terms(article.title).filter((term) => wanted.has(term.stem));
  let best = { value: 0, phrase: '' };
  const inText = terms(article.text).filter((term) => wanted.has(term.stem));
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
function cut(text: string, start: number, end: number, found: Term[]): string {
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
