/** A piece of the article's words; `marked` where it speaks to an interest. */
export interface Piece {
  words: string;
  marked: boolean;
}

/** White space as a page shows it, so that a phrase is found over a line's end. */
export const flat = (words: string): string => words.replace(/\s+/g, ' ').trim();

function find(words: string, phrase: string): number {
  const exact = words.indexOf(phrase);
  if (exact >= 0) return exact;
  const [small, sought] = [words.toLowerCase(), phrase.toLowerCase()];
  // A few letters change their length in lower case; then a position there says nothing about the words.
  return small.length === words.length && sought.length === phrase.length ? small.indexOf(sought) : -1;
}

/** The words in pieces, each phrase that stands in them marked once. Overlapping phrases become one mark. */
export function markPhrases(text: string, phrases: readonly string[]): Piece[] {
  const words = flat(text);
  const spans = phrases
    .map(flat)
    .filter(Boolean)
    .map((phrase) => ({ start: find(words, phrase), length: phrase.length }))
    .filter(({ start }) => start >= 0)
    .map(({ start, length }) => ({ start, end: start + length }))
    .toSorted((a, b) => a.start - b.start);
  const pieces: Piece[] = [];
  let from = 0;
  const push = (to: number, marked: boolean): void => {
    if (to > from) pieces.push({ words: words.slice(from, to), marked });
    from = Math.max(from, to);
  };
  for (const { start, end } of spans) {
    push(start, false);
    const last = pieces.at(-1);
    if (last?.marked && start < from && end > from) {
      last.words += words.slice(from, end);
      from = end;
    } else push(end, true);
  }
  push(words.length, false);
  return pieces;
}

/** Whether the phrase stands in these words. */
export function stands(text: string | undefined, phrase: string): boolean {
  return text !== undefined && find(flat(text), flat(phrase)) >= 0;
}
