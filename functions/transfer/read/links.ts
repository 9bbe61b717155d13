import type { Entry } from '../entry.ts';
import { linesOf, type TextLine } from './lines.ts';
import { articleEntry, TOO_LONG, type WrittenLink } from './tidy.ts';

/** To the next white space or bracket, or to another address that a mark alone parts from it. */
const WEB_ADDRESS = /https?:\/\/(?:(?![,;|]https?:\/\/)[^\s<>"])+/gi;

/** Around an address: list bullets, boxes to tick, numbers, brackets, dashes. */
const LEADING = /^(?:[\s>*+•–—|:,;.)\]-]|\[[ x]?\]|\d{1,4}[.)]\s)+/i;
const TRAILING = /[\s<([|:,;>*=–—-]/;

/** As far from an address as its title is looked for. */
const MAX_TITLE_TEXT = 2_000;

/** The address without the marks of the sentence it stands in; a bracket that it opens itself stays. */
function withoutMarks(address: string): string {
  let unopened = address.split(')').length - address.split('(').length;
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address[end - 1] ?? '';
    if (last === ')' && unopened-- <= 0) break;
    if (!/[)\]}.,:;!?'*»”’…|]/.test(last)) break;
  }
  return address.slice(0, end);
}

/** Of Markdown, `[Title](https://…)`. */
const IN_BRACKETS = /^!?\[(.*)\]$/s;

function titleIn(text: string): string {
  let end = text.length;
  while (end > 0 && TRAILING.test(text[end - 1] ?? '')) end -= 1;
  const title = text.slice(0, end).replace(LEADING, '');
  return /[\p{L}\p{N}\p{S}]/u.test(title) ? title : '';
}

function* linksIn(text: string): Generator<WrittenLink> {
  const found = [...text.matchAll(WEB_ADDRESS)];
  let from = 0;
  for (const { 0: written, index } of found) {
    const url = withoutMarks(written);
    const before = titleIn(text.slice(from, index).slice(-MAX_TITLE_TEXT));
    from = index + url.length;
    const [, named] = IN_BRACKETS.exec(before) ?? [];
    // Between two addresses stand words of a sentence.
    const isAlone = found.length === 1;
    yield {
      url,
      title: named ?? (isAlone ? before || titleIn(text.slice(from, from + MAX_TITLE_TEXT)) : undefined),
    };
  }
}

function* entriesOf({ line, text, isWhole }: TextLine): Generator<Entry> {
  const words = text.trim();
  if (words === '' || words.startsWith('#')) return;
  if (!isWhole) {
    yield { line, reason: TOO_LONG };
    return;
  }
  let isEmpty = true;
  for (const link of linksIn(words)) {
    isEmpty = false;
    yield articleEntry(line, link);
  }
  if (isEmpty) yield { line, reason: 'There is no web address in this line.' };
}

/**
 * A list of web addresses, one or more in a line, with a title beside them or not; Markdown, too. Empty lines and
 * those that begin with `#` are passed over.
 */
export async function* readLinks(pieces: AsyncIterable<string>): AsyncGenerator<Entry> {
  for await (const line of linesOf(pieces)) yield* entriesOf(line);
}
