import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { Fault } from '../platform/faults.ts';
import { type About, aboutPage, type Found, type Head, isMedia } from './about.ts';
import { type Facts, factsOf, parseJsonLd } from './json-ld.ts';
import { cut, foldLine } from './prose.ts';
import { MAX_URL_CHARS } from './url.ts';
import { countWords, MAX_HTML_BYTES, MAX_TEXT_CHARS } from './words.ts';

/** Readability looks at an element again for each of its ancestors: 1,000 nested `<div>` take 6 s. Real pages: 38. */
export const MAX_DEPTH = 150;

/** Twice what the longest page of Node's own manual has (645 KB). Readability takes 20 to 50 ms for 1,000. */
export const MAX_ELEMENTS = 30_000;

/** For pages both deep and wide: the sum of all depths, so 15 on average with the most elements. That manual has 10. */
const MAX_DEPTH_SUM = 15 * MAX_ELEMENTS;

/** Readability compares each with the title, word by word: it counts as so many elements. */
const HEADLINE_COST = 10;

/** What the parser makes something of: tags, attributes, values, entities. It takes 3 ms and 1 MB for 1,000. */
const MAX_PIECES = 8 * MAX_ELEMENTS;

/** Readability runs regular expressions over attributes that are quadratic in their length. */
const MAX_ATTRIBUTE_CHARS = 300;

/** Titles, descriptions and addresses in the head: an address that is longer is none. */
const MAX_VALUE_CHARS = MAX_URL_CHARS + 1;

/** Below this a page without an article in it has only its menu and its cookie banner. */
const MIN_BODY_WORDS = 20;

function setOf(words: string): Set<string> {
  return new Set(words.split(' '));
}

/** What a page says about itself, and its article as plain text. */
export interface Extracted extends About {
  /** Paragraphs with `\n\n` between. A page without an article has what it says of itself, and `wordCount` 0. */
  text: string;
  /** Words of the whole article, also of what the cap on `text` cut off. */
  wordCount: number;
}

// --- Before parsing ----------------------------------------------------------------------------------------------

interface Tag {
  name: string;
  closes: boolean;
  /** Ends with `/>`. */
  empty: boolean;
  start: number;
  /** After the tag, and after its text if that is raw. */
  end: number;
  /** What the parser makes of it: the tag, each attribute, each value. */
  pieces: number;
}

/** Elements whose content the parser takes for text up to their end tag. */
const RAW = setOf('script style textarea title xmp');

/** The tag whose name ends at `from` ends after the first `>` outside quotes. */
function tagEnd(html: string, from: number): { end: number; pieces: number } {
  const next = /=\s*["']?|\s+|>/g;
  next.lastIndex = from;
  let pieces = 1;
  for (let found = next.exec(html); found; found = next.exec(html)) {
    if (found[0] === '>') return { end: next.lastIndex, pieces };
    pieces += 1;
    const quote = found[0].at(-1);
    if (quote !== '"' && quote !== "'") continue;
    const close = html.indexOf(quote, next.lastIndex);
    if (close < 0) break;
    next.lastIndex = close + 1;
  }
  return { end: html.length, pieces };
}

function searchFrom(what: string, html: string, from: number): number {
  const pattern = new RegExp(what, 'gi');
  pattern.lastIndex = from;
  return pattern.exec(html)?.index ?? html.length;
}

/** Every tag and every other `<` outside comments and raw text. Each step moves forward: linear. */
function* tags(html: string): Generator<Tag> {
  const nameAt = /<(\/?)([a-z][^\s/>]*)/iy;
  for (let start = html.indexOf('<'), end = 0; start >= 0; start = html.indexOf('<', end)) {
    nameAt.lastIndex = start;
    const [opening, slash, written = ''] = nameAt.exec(html) ?? [];
    const name = written.toLowerCase();
    const closes = slash === '/';
    let empty = false;
    let pieces = 1;
    if (opening) {
      ({ end, pieces } = tagEnd(html, start + opening.length));
      empty = html.startsWith('/>', end - 2);
      if (RAW.has(name) && !closes && !empty) end = searchFrom(`</${name}`, html, end);
    } else {
      end = html.startsWith('<!--', start) ? searchFrom('-->', html, start + 2) : start + 1;
    }
    yield { name, closes, empty, start, end, pieces };
  }
}

const VOID = setOf(
  'area base basefont br col command embed frame hr img input isindex keygen link meta param source track wbr',
);

/** End tags people leave out: the open elements that each of these ends, as the parser has it. */
const ENDS = new Map([
  ['p', setOf('p')],
  ['li', setOf('li')],
  ['dt', setOf('dt dd')],
  ['dd', setOf('dt dd')],
  ['tr', setOf('tr th td')],
  ['td', setOf('thead th td')],
  ['th', setOf('th')],
  ['option', setOf('option')],
  ['tbody', setOf('thead tbody')],
]);

/**
 * Whether the page is deeper than `MAX_DEPTH` or has more than `MAX_PIECES`. Estimated on the high side, in linear
 * time and before parsing, since the parser itself is quadratic in the depth.
 */
function isTooComplex(html: string): boolean {
  const open: string[] = [];
  let pieces = html.split('&').length;
  if (pieces > MAX_PIECES) return true;
  for (const tag of tags(html)) {
    pieces += tag.pieces;
    if (pieces > MAX_PIECES) return true;
    if (tag.name === '' || VOID.has(tag.name)) continue;
    if (tag.closes) {
      const from = open.lastIndexOf(tag.name);
      if (from >= 0) open.length = from;
    } else {
      while (ENDS.get(tag.name)?.has(open.at(-1) ?? '')) open.pop();
      // In drawings and formulas, and only there, `<path/>` has no content.
      if (!tag.empty || !(open.includes('svg') || open.includes('math'))) open.push(tag.name);
      if (open.length > MAX_DEPTH) return true;
    }
  }
  return false;
}

const HEAD_TAGS = setOf('html title meta link base');
const MAX_HEAD_TAGS = 500;
/** Of structured data: an article's own, not a catalogue. */
const MAX_DATA_CHARS = 100_000;

/** The tags of a page that speak about it, as a small page of their own, in linear time. */
function headOnly(html: string): string {
  const kept: string[] = [];
  for (const tag of tags(html)) {
    const isData =
      tag.name === 'script' && /^[^>]{0,200}ld\+json/i.test(html.slice(tag.start, tag.start + 300));
    if (tag.closes || !(HEAD_TAGS.has(tag.name) || isData)) continue;
    if (tag.end - tag.start > (isData ? MAX_DATA_CHARS : 2 * MAX_VALUE_CHARS)) continue;
    kept.push(html.slice(tag.start, tag.end), RAW.has(tag.name) ? `</${tag.name}>` : '');
    if (kept.length > 2 * MAX_HEAD_TAGS) break;
  }
  return kept.join('');
}

// --- Parsing -----------------------------------------------------------------------------------------------------

/** Neither prose nor a hint where the prose is. */
const DROPPED = setOf(
  'annotation audio button canvas datalist noscript script select style svg template textarea video',
);

/** All that Readability's rules look at. */
const BODY_ATTRIBUTES = setOf('aria-modal class colspan datatable id itemprop rel role rowspan summary');
const HEAD_ATTRIBUTES = setOf('content href http-equiv itemprop name property rel type');
const LONG_ATTRIBUTES = setOf('content href');
const PLAYERS = setOf('embed iframe');
const IMAGE_SOURCES = ['src', 'srcset', 'data-src', 'data-srcset'];

type Attributes = Map<string, string>;

/** By lower-case name, since the parser keeps `HREF` as it is; values cut to what the rules may see. */
function attributesOf(element: Element): Attributes {
  const attributes: Attributes = new Map();
  for (const { name: written, value } of element.attributes) {
    const name = written.toLowerCase();
    attributes.set(name, cut(value, LONG_ATTRIBUTES.has(name) ? MAX_VALUE_CHARS : MAX_ATTRIBUTE_CHARS));
  }
  return attributes;
}

function setAttributes(element: Element, attributes: Attributes, wanted: Set<string>): void {
  for (const [name, value] of attributes) if (wanted.has(name)) element.setAttribute(name, value);
}

function isPublished(time: Attributes): boolean {
  const [names, itemprop] = [time.get('class') ?? '', time.get('itemprop') ?? ''];
  return (
    time.has('pubdate') ||
    /datepublished/i.test(itemprop) ||
    /\b(?:entry-date|published|dt-published)\b/.test(names)
  );
}

function isHidden(attributes: Attributes): boolean {
  return (
    attributes.has('hidden') ||
    // Formulas in encyclopedias are hidden from screen readers alone.
    (attributes.get('aria-hidden') === 'true' && !attributes.get('class')?.includes('fallback-image')) ||
    /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attributes.get('style') ?? '')
  );
}

/** Readability reads structured data too: as JSON, with its strings cut to what the rules may see. */
function boundedJson(data: unknown): string {
  try {
    return JSON.stringify(data, (_, value) =>
      typeof value === 'string' ? cut(value, MAX_VALUE_CHARS) : value,
    );
  } catch {
    return '';
  }
}

function isJsonLd(type: string | undefined): boolean {
  return /^application\/ld\+json\b/i.test(type?.trim() ?? '');
}

/**
 * A copy of the page with all that the rules look at and nothing else; `undefined` if it is beyond the bounds.
 * Whatever the source looked like, what speaks about the page is in the head, and what a reader sees in the body.
 */
function cleanPage(html: string, url: string | undefined): { page: Document; facts: Facts } | undefined {
  const page = parseHTML('<!doctype html><html><head></head><body></body></html>').document;
  const { documentElement: root, head, body } = page;
  const data: unknown[] = [];
  let elements = 0;
  let depthSum = 0;
  let withinBounds = true;

  const count = (more: number, depth: number): void => {
    elements += more;
    depthSum += more * depth;
    withinBounds &&= elements <= MAX_ELEMENTS && depthSum <= MAX_DEPTH_SUM && depth <= MAX_DEPTH;
  };

  const copyToHead = (element: Element, attributes: Attributes, text: string): void => {
    const copy = page.createElement(element.localName);
    setAttributes(copy, attributes, HEAD_ATTRIBUTES);
    copy.textContent = text;
    head.appendChild(copy);
  };

  /** As a `<meta>`, which all other dates are. */
  const copyPublished = (content: string): void => {
    copyToHead(
      page.createElement('meta'),
      new Map([
        ['name', 'pubdate'],
        ['content', content],
      ]),
      '',
    );
  };

  /** Browsers put rows into a body that nobody wrote, and Readability counts the steps between elements. */
  const tableBody = (table: Element): Element => {
    const last = table.lastElementChild;
    return last?.localName === 'tbody' ? last : table.appendChild(page.createElement('tbody'));
  };

  const copyToBody = (element: Element, attributes: Attributes, into: Element, depth: number): void => {
    const copy = page.createElement(bodyName(element));
    setAttributes(copy, attributes, BODY_ATTRIBUTES);
    // A film that it plays is content; where links and images lead is no hint, except that a link into the page itself
    // is no menu.
    if (PLAYERS.has(copy.localName)) copy.setAttribute('src', attributes.get('src') ?? '');
    if (attributes.get('href')?.startsWith('#')) copy.setAttribute('href', '#here');
    if (IMAGE_SOURCES.some((name) => attributes.get(name))) copy.setAttribute('src', '#');
    const isBareRow = copy.localName === 'tr' && into.localName === 'table';
    (isBareRow ? tableBody(into) : into).appendChild(copy);
    copyChildren(element, copy, depth);
  };

  const copyElement = (element: Element, into: Element, depth: number): void => {
    const name = element.localName;
    const attributes = attributesOf(element);
    if (name === 'time' && isPublished(attributes)) copyPublished(attributes.get('datetime') ?? '');
    if (name === 'html' || name === 'head' || name === 'body') {
      if (name === 'html')
        root.setAttribute('lang', attributes.get('lang') || attributes.get('xml:lang') || '');
      copyChildren(element, into, depth);
    } else if (HEAD_TAGS.has(name)) {
      copyToHead(element, attributes, cut(element.textContent ?? '', MAX_VALUE_CHARS));
    } else if (name === 'script' && isJsonLd(attributes.get('type'))) {
      const said = parseJsonLd(element.textContent ?? '');
      if (said === undefined) return;
      data.push(said);
      copyToHead(element, new Map([['type', 'application/ld+json']]), boundedJson(said));
    } else if (!DROPPED.has(name) && !isHidden(attributes)) {
      copyToBody(element, attributes, into, depth);
    }
  };

  const copyChildren = (from: Node, into: Element, depth: number): void => {
    let text = '';
    const endText = () => {
      // Readability writes the page as HTML and parses it again: each of these then is a piece of its own.
      count(text.match(/[&<>]/g)?.length ?? 0, depth);
      if (text) into.appendChild(page.createTextNode(text.replace(/\s+/g, ' ')));
      text = '';
    };
    for (const node of from.childNodes) {
      if (!withinBounds) return;
      if (node.nodeType === node.TEXT_NODE) text += node.textContent;
      if (node.nodeType !== node.ELEMENT_NODE) continue;
      const element = node as Element;
      endText();
      count(isHeadline(element) ? HEADLINE_COST : 1, depth);
      if (withinBounds) copyElement(element, into, depth + 1);
    }
    endText();
  };

  copyChildren(parseHTML(html).document, body, 1);
  if (!withinBounds) return undefined;
  const facts = factsOf(data, { url, titles: titlesOf(page) });
  // Readability takes the first article of the data for the page's own.
  if (facts.afterOthers) for (const script of [...head.getElementsByTagName('script')]) script.remove();
  return { page, facts };
}

/** What a page may call its article: in the window, on a card, over the text. */
function titlesOf(page: Document): string[] {
  const texts = ['title', 'h1'].map((name) => page.getElementsByTagName(name)[0]?.textContent);
  const card = page.querySelector('meta[property="og:title"]')?.getAttribute('content');
  return [...texts, card].map((text) => foldLine(text ?? '')).filter(Boolean);
}

function isHeadline({ localName }: Element): boolean {
  return localName === 'h1' || localName === 'h2';
}

/** The element's name in the copy. What is longer than this is no headline, but a page whose headline never ends. */
function bodyName(element: Element): string {
  const name = element.localName;
  if (isHeadline(element) && (element.textContent ?? '').length > MAX_VALUE_CHARS) return 'div';
  return /^[a-z][a-z0-9-]*$/.test(name) ? name : 'span';
}

// --- Reading -----------------------------------------------------------------------------------------------------

/** Elements that go on within a line; all others end one paragraph and begin another. */
const INLINE = setOf(
  'a abbr b bdi bdo big cite code data del dfn em font i img ins kbd label mark q ruby rb s samp small span strike ' +
    'strong sub sup time tt u var wbr',
);

/** The text under `root` as a reader sees it: paragraphs with `\n\n` between, in each the white space folded. */
function paragraphs(root: Node): string {
  const done: string[] = [];
  let line = '';
  const endLine = () => {
    const paragraph = foldLine(line);
    if (paragraph) done.push(paragraph);
    line = '';
  };
  const read = (parent: Node) => {
    for (const node of parent.childNodes) {
      if (node.nodeType === node.TEXT_NODE) line += node.textContent;
      if (node.nodeType !== node.ELEMENT_NODE) continue;
      const name = (node as Element).localName;
      if (name === 'br') line += ' ';
      else if (INLINE.has(name)) read(node);
      else {
        endLine();
        read(node);
        endLine();
      }
    }
  };
  read(root);
  endLine();
  return done.join('\n\n');
}

/** What was found in a page: with its article, or with what it says of itself to match it by. */
function result(head: Head, found: Found, article: string): Extracted {
  const { about, description } = aboutPage(head, found);
  if (article === '') return { ...about, text: description, wordCount: 0 };
  return { ...about, text: cut(article, MAX_TEXT_CHARS), wordCount: countWords(article) };
}

/**
 * What a page says about itself, without its text: from its `<title>`, `<meta>` and `<link>` tags and its structured
 * data alone, in linear time whatever the page is.
 */
export function extractHead(html: string, url: string | undefined): Extracted {
  const clean = cleanPage(headOnly(html), url);
  return clean ? result({ ...clean, headline: '', url }, {}, '') : { text: '', wordCount: 0 };
}

/** A page that says its article in its data, too, and shows less than half of it, shows a teaser. */
function fuller(shown: string, said: string | undefined): string {
  return said && countWords(said) > 2 * countWords(shown) ? said.replace(/\n+/g, '\n\n') : shown;
}

/**
 * The article in a page. `url`, where the page came from, makes relative addresses absolute; without it they are
 * left out. A page beyond the bounds is read as `extractHead` does.
 *
 * Faults: `too-large` above `MAX_HTML_BYTES`.
 */
export function extract(html: string, url: string | undefined): Extracted {
  if (Buffer.byteLength(html) > MAX_HTML_BYTES) {
    throw new Fault('too-large', `A page has at most ${MAX_HTML_BYTES / 1024 / 1024} MB.`);
  }
  const clean = isTooComplex(html) ? undefined : cleanPage(html, url);
  if (!clean) return extractHead(html, url);

  const { page, facts } = clean;
  const headline = foldLine(page.getElementsByTagName('h1')[0]?.textContent ?? '');
  const head = { page, facts, headline, url };
  // Around a video stand comments and other videos: what it says of itself is all there is to read.
  if (isMedia(head)) return result(head, {}, '');
  const found = new Readability<Node>(page, { serializer: (node) => node }).parse();
  if (found?.content) {
    const shown = paragraphs(found.content);
    const text = fuller(shown, facts.text);
    // The first words of a teaser, or of "Please switch on JavaScript", say nothing of the article.
    return result(head, text === shown ? found : { ...found, excerpt: undefined }, text);
  }
  const shown = paragraphs(page.body);
  return result(head, {}, fuller(countWords(shown) < MIN_BODY_WORDS ? '' : shown, facts.text));
}
