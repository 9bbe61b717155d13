import type { Entry } from '../entry.ts';
import { linesOf, type TextLine } from './lines.ts';
import { articleEntry, TOO_LONG, type WrittenLink } from './tidy.ts';

/** To the next white space or bracket, or to another address that a mark alone parts from it. */
const WEB_ADDRESS = /https?:\/\/(?:(?![,;|]https?:\/\/)[^\s<>"])+/gi;

/** Around an address: list bullets, boxes to tick, numbers, brackets, dashes. */
const LEADING = /^(?:[\s>*+•–—|:,;.)\]-]|\[[ x]?\]|\d{1,4}[.)](?:\s|$))+/i;
const TRAILING = /[\s<([|:,;>*=–—-]/;

/** Marks beside an address that belong to it, not to the words around. */
const OPENING = /["'“‘«([{<*|]/;
const CLOSING = /^[)\]}>"'”’»*.,:;!?…|]+/;

/** What of a row in a line that its address begins is its next cell, not the rest of the address. */
const WORDS = /^[^/._=%#?&~+@]*[.?]?$/;
/** To the next comma that no space and no number follows: those are commas of a sentence. */
const CELL = /^(?:"((?:[^"]|"")*)"|(.*?)(?=,[^\s\d]|$))/s;

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

function withoutEnd(text: string, marks: RegExp): string {
  let end = text.length;
  while (end > 0 && marks.test(text[end - 1] ?? '')) end -= 1;
  return text.slice(0, end);
}

function titleIn(text: string): string {
  const title = withoutEnd(text, TRAILING).replace(LEADING, '');
  return /[\p{L}\p{N}\p{Sc}\p{So}]/u.test(title) ? title : '';
}

/** Words before an address, without a bracket that they open and do not close: the address stands in it. */
function withoutOpened(text: string): string {
  let closed = 0;
  let end = text.length;
  for (let at = end - 1; at >= 0; at -= 1) {
    if (/[)\]]/.test(text[at] ?? '')) closed += 1;
    if (!/[([]/.test(text[at] ?? '')) continue;
    if (closed === 0) end = at;
    else closed -= 1;
  }
  return text.slice(0, end);
}

/** Where the address ends that begins a row of a table without a header; undefined: the line is none. */
function endOfCell(written: string, after: string): number | undefined {
  const comma = written.indexOf(',');
  // A line of an address alone: the comma is part of it.
  if (comma < 0 || !/^[\s"]/.test(after)) return undefined;
  return WORDS.test(written.slice(comma + 1)) ? comma : undefined;
}

function firstCell(text: string): string {
  const [, quoted, plain = ''] = CELL.exec(text) ?? [];
  return quoted?.replaceAll('""', '"') ?? plain;
}

/** A host of one word is where an address broke off, or a machine that only its own network knows. */
function isWhole(address: string): boolean {
  const host = URL.parse(address)?.hostname.replace(/\.+$/, '');
  return host === undefined || host === 'localhost' || /[.:]/.test(host);
}

function* linksIn(text: string): Generator<WrittenLink & { url: string }> {
  const found = [...text.matchAll(WEB_ADDRESS)];
  let from = 0;
  for (const { 0: written, index } of found) {
    const cellEnd = index === 0 ? endOfCell(written, text.slice(written.length)) : undefined;
    const url = withoutMarks(written.slice(0, cellEnd));
    const around = withoutEnd(text.slice(from, index).slice(-MAX_TITLE_TEXT), OPENING);
    const [, named] = IN_BRACKETS.exec(titleIn(around)) ?? [];
    const before = titleIn(withoutOpened(around));
    from = index + url.length;
    const rest = text.slice(from, from + MAX_TITLE_TEXT);
    const after =
      cellEnd === undefined
        ? rest.replace(CLOSING, '')
        : firstCell(text.slice(cellEnd + 1, cellEnd + MAX_TITLE_TEXT));
    // Between two addresses stand words of a sentence.
    const isAlone = found.length === 1;
    yield {
      url,
      title: named ?? (isAlone ? before || titleIn(after) : undefined),
    };
  }
}

const NOT_WHOLE = 'The web address in this line is not whole.';

function* entriesOf({ line, text, isWhole: isRead }: TextLine): Generator<Entry> {
  const words = text.trim();
  if (words === '' || words.startsWith('#')) return;
  if (!isRead) {
    yield { line, reason: TOO_LONG };
    return;
  }
  let isEmpty = true;
  for (const link of linksIn(words)) {
    isEmpty = false;
    yield isWhole(link.url) ? articleEntry(line, link) : { line, reason: NOT_WHOLE };
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
