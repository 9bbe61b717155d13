import { parseHTML } from 'linkedom';

/** Of a link that stands in a line. */
export interface Link {
  /** As written, a web address. */
  url: string;
  /** What the reader clicks; in plain text the address itself. */
  text: string;
  /** What says where it leads: the link's text; in plain text the words before it. */
  label: string;
  /** Of its letters, in pixels. */
  size: number;
}

/** A line as a reader sees it: a paragraph, a heading, an item, a cell. Empty between paragraphs, never two in a row. */
export interface Line {
  text: string;
  /** 1 to 6 in a heading. */
  heading?: number;
  item?: boolean;
  links: Link[];
}

/** A long book chapter is 200 KB, the heaviest newsletters are 1 MB of HTML. What is beyond is not read. */
const MAX_CHARS = 2 * 1024 * 1024;
const MAX_PIECES = 150_000;
const MAX_LINES = 20_000;
const MAX_LINKS = 2_000;

/** Deeper elements are taken for their parents. Newsletters nest tables 40 deep. */
const MAX_DEPTH = 200;

const MAX_LABEL = 300;

/** A reader does not see smaller letters: previews for the list of mails are hidden so. */
const MIN_SIZE = 3;
const TEXT_SIZE = 16;

function setOf(words: string): Set<string> {
  return new Set(words.split(/\s+/));
}

// --- Text --------------------------------------------------------------------------------------------------------

/** What fills the preview in a list of mails: characters of no width, in rows. */
const FILLING = /(?:(?:\u034f|[\u00ad\u061c\u200b-\u200f\u2060\ufeff])\s*){3,}/g;

/** One line: white space folded, nothing that cannot be seen. */
function fold(text: string): string {
  return text
    .toWellFormed()
    .replace(FILLING, ' ')
    .replace(/[\u00ad\u200b\u2060\ufeff]/g, '')
    .replace(/[\s\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim();
}

/** Keeps lines as they come, at most one empty one between two, and so many links in all. */
class Page {
  readonly lines: Line[] = [];
  private links = 0;

  get isFull(): boolean {
    return this.lines.length >= MAX_LINES;
  }

  add(line: Line): void {
    if (this.isFull) return;
    const text = fold(line.text);
    if (text === '' && line.links.length === 0) {
      this.blank();
      return;
    }
    const links = line.links.slice(0, MAX_LINKS - this.links);
    this.links += links.length;
    this.lines.push({ ...line, text, links });
  }

  blank(): void {
    if (this.lines.at(-1)?.text !== '' && this.lines.length > 0) this.lines.push({ text: '', links: [] });
  }
}

const WEB_ADDRESS = /https?:\/\/[^\s<>"\u00a0]+/gi;

/** An address in a text ends before the sentence's own marks, and before a bracket that it did not open. */
function withoutMarks(address: string): string {
  const count = (what: string) => address.split(what).length;
  let unopened = count(')') - count('(');
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address[end - 1] ?? '';
    if (last === ')' && unopened-- <= 0) break;
    if (!/[)\]}.,:;!?'"*_»”’…|]/.test(last)) break;
  }
  return address.slice(0, end);
}

function addressesIn(text: string): { url: string; start: number }[] {
  const found: { url: string; start: number }[] = [];
  for (const { 0: written, index } of text.matchAll(WEB_ADDRESS)) {
    if (found.length === MAX_LINKS) break;
    const url = withoutMarks(written.slice(0, 4096));
    if (URL.canParse(url)) found.push({ url, start: index });
  }
  return found;
}

/** What stands before an address, without the brackets and marks that lead to it. */
function labelOf(text: string): string {
  return fold(text.slice(-MAX_LABEL))
    .replace(/[\s<([{|:>*–—-]+$/, '')
    .replace(/^[\s|>*•–—-]+/, '');
}

/** The lines of a plain text. An address on a line of its own is named by the line above it. */
export function textLines(text: string): Line[] {
  const page = new Page();
  let above = '';
  const folded = text.slice(0, MAX_CHARS).replace(/[\r\n]{4,}/g, '\n\n');
  for (const written of folded.split(/\r\n?|\n/)) {
    if (page.isFull) break;
    const links: Link[] = [];
    let from = 0;
    for (const { url, start } of addressesIn(written)) {
      const label = labelOf(written.slice(from, start)) || (from === 0 ? above : '');
      links.push({ url, text: url, label, size: TEXT_SIZE });
      from = start + url.length;
    }
    page.add({ text: written, links });
    above = links.length === 0 ? labelOf(written) : '';
  }
  return page.lines;
}

// --- HTML --------------------------------------------------------------------------------------------------------

interface Tag {
  name: string;
  closes: boolean;
  attributes: Map<string, string>;
}

/** Elements whose content is no markup. */
const RAW = setOf('script style title textarea xmp noscript iframe');

const NAME = /<(\/?)([a-z][^\s/>]*)/iy;
const ATTRIBUTE = /[\s/]*(?:(>)|([^\s>/][^\s=>]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']*)))?)/y;

/** Tags and the text between them, in linear time: each step goes forward. */
function* pieces(html: string): Generator<Tag | string> {
  const after = (what: string, from: number) => {
    const found = html.indexOf(what, from);
    return found < 0 ? html.length : found + what.length;
  };
  for (let at = 0, count = 0; at < html.length && count < MAX_PIECES; count += 1) {
    const start = html.indexOf('<', at);
    if (start !== at) {
      yield html.slice(at, start < 0 ? html.length : start);
      if (start < 0) return;
    }
    NAME.lastIndex = start;
    const [opening, slash, written = ''] = NAME.exec(html) ?? [];
    if (!opening) {
      const isMark = /[!?/]/.test(html[start + 1] ?? '');
      if (!isMark) yield '<';
      if (html.startsWith('<!--', start)) at = after('-->', start + 4);
      else at = isMark ? after('>', start) : start + 1;
      continue;
    }
    const name = written.toLowerCase();
    const attributes = new Map<string, string>();
    at = start + opening.length;
    for (;;) {
      ATTRIBUTE.lastIndex = at;
      const found = ATTRIBUTE.exec(html);
      if (!found) at = html.length;
      else at = ATTRIBUTE.lastIndex;
      if (!found || found[1]) break;
      const key = found[2]?.toLowerCase() ?? '';
      if (!attributes.has(key)) attributes.set(key, found[3] ?? found[4] ?? found[5] ?? '');
    }
    if (RAW.has(name) && !slash) {
      const end = new RegExp(`</${name}`, 'gi');
      end.lastIndex = at;
      at = after('>', end.exec(html)?.index ?? html.length);
    } else {
      yield { name, closes: slash === '/', attributes };
    }
  }
}

const CODE_PAGE = new TextDecoder('windows-1252');

/** Character references as characters. The named ones are looked up once for the whole page. */
function decoderFor(html: string): (text: string) => string {
  const names = [...new Set(html.match(/&[a-z][a-z0-9]{1,30};/gi))].slice(0, 1_000);
  const list = parseHTML(`<!doctype html><ul>${names.map((name) => `<li>${name}</li>`).join('')}</ul>`);
  const items = [...list.document.querySelectorAll('li')];
  const named = new Map(names.map((name, place) => [name, items[place]?.textContent ?? name]));
  return (text) =>
    text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|[a-z][a-z0-9]{1,30});?/gi, (written, hex, decimal) => {
      if (hex === undefined && decimal === undefined) return named.get(written) ?? written;
      const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
      // Windows writes its quotation marks by their place in its own code page.
      if (code >= 0x80 && code < 0xa0) return CODE_PAGE.decode(Uint8Array.of(code));
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    });
}

const VOID = setOf(
  'area base basefont bgsound br col embed hr img input keygen link meta param source track wbr',
);
const BLOCK = setOf(
  'address article aside body center dd details div dl dt fieldset figcaption figure footer form header html legend ' +
    'li main nav section summary td tr tbody thead tfoot',
);
const PARAGRAPH = setOf('blockquote h1 h2 h3 h4 h5 h6 hr ol p pre table ul');
const UNSEEN = setOf('audio canvas head map object option select svg template video');

/** Open elements that end when these begin, since their end tags may be left out. */
const ENDS = new Map([
  ['body', setOf('head')],
  ['p', setOf('p')],
  ['li', setOf('li')],
  ['tr', setOf('td th tr')],
  ['td', setOf('td th')],
  ['th', setOf('td th')],
]);

/** What mail programs mark as a signature: never the words of a message. */
const SIGNATURE =
  /\b(?:gmail_signature|moz-signature|protonmail_signature_block|ms-outlook-mobile-signature|AppleMailSignature|Signature)\b/;

const HEADING_SIZE = [TEXT_SIZE, 32, 24, 20, TEXT_SIZE, TEXT_SIZE, TEXT_SIZE];
const FONT_SIZE = [TEXT_SIZE, 10, 13, 16, 18, 24, 32, 48];

interface Open {
  name: string;
  size: number;
  hidden: boolean;
  /** White space counts. */
  exact: boolean;
  heading: number;
}

const ROOT: Open = { name: '', size: TEXT_SIZE, hidden: false, exact: false, heading: 0 };

function pixels(style: string, inherited: number): number | undefined {
  const [, number, unit] =
    /(?:^|[;\s])font-size\s*:\s*(\d{1,4}(?:\.\d{1,4})?)\s*(px|pt|r?em|%)?/i.exec(style) ?? [];
  if (number === undefined) return undefined;
  const scale = { pt: 4 / 3, em: inherited, rem: TEXT_SIZE, '%': inherited / 100 }[unit?.toLowerCase() ?? ''];
  return Number(number) * (scale ?? 1);
}

function isHidden(name: string, attributes: Tag['attributes'], style: string): boolean {
  return (
    UNSEEN.has(name) ||
    attributes.has('hidden') ||
    SIGNATURE.test(attributes.get('class') ?? '') ||
    SIGNATURE.test(attributes.get('id') ?? '') ||
    /display\s*:\s*none|visibility\s*:\s*hidden|max-height\s*:\s*0|(?:^|[;\s])opacity\s*:\s*0(?![.\d])/i.test(
      style,
    )
  );
}

function openElement({ name, attributes }: Tag, parent: Open): Open {
  const style = (attributes.get('style') ?? '').slice(0, 2_000);
  const level = Number(/^h([1-6])$/.exec(name)?.[1] ?? 0);
  const font = name === 'font' ? FONT_SIZE[Number(attributes.get('size'))] : undefined;
  return {
    name,
    size: pixels(style, parent.size) ?? font ?? (level ? (HEADING_SIZE[level] ?? TEXT_SIZE) : parent.size),
    hidden: parent.hidden || isHidden(name, attributes, style),
    exact: parent.exact || name === 'pre' || /white-space\s*:\s*(?:pre|break)/i.test(style),
    heading: level || parent.heading,
  };
}

/** The lines of an HTML mail, as a reader sees them. */
export function htmlLines(html: string): Line[] {
  const source = html.slice(0, MAX_CHARS);
  const decode = decoderFor(source);
  const page = new Page();
  const open: Open[] = [];
  let line: Line = { text: '', links: [] };
  let link: Link | undefined;
  let afterHeader = false;

  const endLine = () => {
    page.add(line);
    line = { text: '', links: [] };
    if (link?.text) link.text += ' ';
  };
  const breakLine = () => {
    if (line.text.trim() || line.links.length > 0) endLine();
  };

  const write = (text: string) => {
    const { hidden, size, heading } = open.at(-1) ?? ROOT;
    if (hidden || size < MIN_SIZE) return;
    line.text += text;
    if (heading) line.heading = heading;
    if (!link) return;
    if (link.text === '' && text.trim()) line.links.push(link);
    if (link.text || text.trim()) link.text += text.slice(0, MAX_LABEL);
    link.size = Math.max(link.size, size);
  };

  const read = (text: string) => {
    if (!(open.at(-1) ?? ROOT).exact) {
      write(text.replace(/\s+/g, ' '));
      return;
    }
    for (const [place, one] of text.split(/\r\n?|\n/).entries()) {
      if (place > 0) endLine();
      write(one);
    }
  };

  const found: Link[] = [];
  const startLink = (attributes: Tag['attributes']) => {
    const url = decode((attributes.get('href') ?? '').slice(0, 8_192)).replace(/\s+/g, '');
    link = /^https?:\/\//i.test(url) ? { url, text: '', label: '', size: 0 } : undefined;
    if (link && found.length < MAX_LINKS) found.push(link);
  };

  const startBlock = (name: string) => {
    // The header of a forwarded mail can be a table: `<th>Subject:</th><td>…</td>` is one line.
    if (name === 'td' && afterHeader) write(' ');
    else breakLine();
    afterHeader = false;
    if (PARAGRAPH.has(name)) page.blank();
  };

  for (const piece of pieces(source)) {
    if (page.isFull) break;
    if (typeof piece === 'string') {
      read(decode(piece));
      continue;
    }
    const { name, closes, attributes } = piece;
    const isBlock = BLOCK.has(name) || PARAGRAPH.has(name);
    if (closes) {
      if (isBlock) breakLine();
      if (PARAGRAPH.has(name)) page.blank();
      if (name === 'th') {
        write(' ');
        afterHeader = true;
      }
      if (name === 'a') link = undefined;
      const from = open.findLastIndex((one) => one.name === name);
      if (from >= 0) open.length = from;
      continue;
    }
    if (name === 'br') endLine();
    else if (isBlock) startBlock(name);
    while (ENDS.get(name)?.has(open.at(-1)?.name ?? '')) open.pop();
    if (name === 'a') startLink(attributes);
    if (name === 'li') line.item = true;
    if (!VOID.has(name) && open.length < MAX_DEPTH) open.push(openElement(piece, open.at(-1) ?? ROOT));
  }
  breakLine();
  for (const one of found) {
    one.text = fold(one.text).slice(0, MAX_LABEL);
    one.label = one.text;
  }
  return page.lines;
}
