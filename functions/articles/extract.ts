import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { Fault } from '../platform/faults.ts';
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

/** What a card in a list and in a mail has room for. */
const MAX_TITLE_CHARS = 300;
const MAX_BYLINE_CHARS = 200;
const MAX_EXCERPT_CHARS = 400;
const MAX_SITE_NAME_CHARS = 100;

/** Readability runs regular expressions over attributes that are quadratic in their length. */
const MAX_ATTRIBUTE_CHARS = 300;

/** Titles, descriptions and addresses in the head: an address that is longer is none. */
const MAX_VALUE_CHARS = MAX_URL_CHARS + 1;

/** Below this a page without an article in it has only its menu and its cookie banner. */
const MIN_BODY_WORDS = 20;

function setOf(words: string): Set<string> {
  return new Set(words.split(' '));
}

/** What a page says about itself, and its article as plain text; what it does not say is left out. */
export interface Extracted {
  title?: string;
  siteName?: string;
  byline?: string;
  excerpt?: string;
  /** Primary language subtag (BCP 47): `en`, `de`, `yue`. */
  language?: string;
  /** Absolute http(s) URL. */
  image?: string;
  /** RFC 3339 UTC. */
  publishedAt?: string;
  /** The page's own `<link rel=canonical>` as an absolute http(s) URL; `pageCanonical` says whether to believe it. */
  canonical?: string;
  /** Paragraphs with `\n\n` between; empty if the page has no article. */
  text: string;
  /** Words of the whole article, also of what the cap on `text` cut off. */
  wordCount: number;
}

// --- Strings -----------------------------------------------------------------------------------------------------

/** One line of well-formed text: white space and control characters folded, what only marks a possible break gone. */
function fold(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u00ad\u200b\u2060\ufeff]/g, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** At most `max` characters, and never half a surrogate pair. */
function cut(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, max).replace(/[\ud800-\udbff]$/, '');
}

/** Folded, at most `max` characters, ended at a word with an ellipsis if it was longer; nothing for nothing. */
function clip(text: string | null | undefined, max: number): string | undefined {
  const line = fold(cut(text ?? '', 10 * max));
  if (line.length <= max) return line || undefined;
  const start = cut(line, max - 1);
  const space = start.lastIndexOf(' ');
  return `${(space > max / 2 ? start.slice(0, space) : start).trimEnd()}…`;
}

function webAddress(href: string | null | undefined, base: string | undefined): string | undefined {
  const url = href ? URL.parse(href.trim(), base) : null;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  return url.href.length <= MAX_URL_CHARS ? url.href : undefined;
}

const ISO_TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:[.,]\d+)?(?: ?(Z|[+-]\d\d):?(\d\d)?)?)?$/i;

/** ISO 8601 as pages write it; without an offset it is read as UTC, since the machine's own zone says nothing. */
function instant(text: string | null | undefined): string | undefined {
  const [found, date, time = '00:00', seconds = ':00', hours = 'Z', minutes = '00'] =
    ISO_TIME.exec(text?.trim() ?? '') ?? [];
  if (!found) return undefined;
  const offset = hours.toUpperCase() === 'Z' ? 'Z' : `${hours}:${minutes}`;
  const at = new Date(`${date}T${time}${seconds}${offset}`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** `de` of `de-AT`, `en` of `en_US` and of `eng`; nothing for what is no language tag. */
function primaryLanguage(tag: string | null | undefined): string | undefined {
  const primary = /^[a-z]{2,3}(?=$|[-_])/i.exec(tag?.trim() ?? '')?.[0];
  return primary && Intl.getCanonicalLocales(primary)[0];
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

/** The tags of a page that speak about it, as a small page of their own, in linear time. */
function headOnly(html: string): string {
  const kept: string[] = [];
  for (const tag of tags(html)) {
    if (tag.closes || !HEAD_TAGS.has(tag.name) || tag.end - tag.start > 2 * MAX_VALUE_CHARS) continue;
    kept.push(html.slice(tag.start, tag.end), tag.name === 'title' ? '</title>' : '');
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
const HEAD_ATTRIBUTES = setOf('content href itemprop name property rel type');
const LONG_ATTRIBUTES = setOf('content href');
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

function isHidden(attributes: Attributes): boolean {
  return (
    attributes.has('hidden') ||
    // Formulas in encyclopedias are hidden from screen readers alone.
    (attributes.get('aria-hidden') === 'true' && !attributes.get('class')?.includes('fallback-image')) ||
    /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attributes.get('style') ?? '')
  );
}

/** JSON with its strings cut to what the rules may see; nothing if it is no JSON. */
function boundedJson(text: string): string {
  try {
    const bounded = JSON.parse(text, (_, value) =>
      typeof value === 'string' ? cut(value, MAX_VALUE_CHARS) : value,
    );
    return JSON.stringify(bounded);
  } catch {
    return '';
  }
}

/**
 * A copy of the page with all that the rules look at and nothing else; `undefined` if it is beyond the bounds.
 * Whatever the source looked like, what speaks about the page is in the head, and what a reader sees in the body.
 */
function cleanPage(html: string): Document | undefined {
  const page = parseHTML('<!doctype html><html><head></head><body></body></html>').document;
  const { documentElement: root, head, body } = page;
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

  const copyToBody = (element: Element, attributes: Attributes, into: Element, depth: number): void => {
    const copy = page.createElement(bodyName(element));
    setAttributes(copy, attributes, BODY_ATTRIBUTES);
    // Where links and images lead is no hint, except that a link into the page itself is no menu.
    if (attributes.get('href')?.startsWith('#')) copy.setAttribute('href', '#here');
    if (IMAGE_SOURCES.some((name) => attributes.get(name))) copy.setAttribute('src', '#');
    into.appendChild(copy);
    copyChildren(element, copy, depth);
  };

  const copyElement = (element: Element, into: Element, depth: number): void => {
    const name = element.localName;
    const attributes = attributesOf(element);
    if (name === 'html' || name === 'head' || name === 'body') {
      if (name === 'html') root.setAttribute('lang', attributes.get('lang') ?? '');
      copyChildren(element, into, depth);
    } else if (HEAD_TAGS.has(name)) {
      copyToHead(element, attributes, cut(element.textContent ?? '', MAX_VALUE_CHARS));
    } else if (name === 'script' && attributes.get('type') === 'application/ld+json') {
      copyToHead(element, attributes, boundedJson(element.textContent ?? ''));
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
  return withinBounds ? page : undefined;
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
    const paragraph = fold(line);
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

/** What Readability found beside the text. */
type Found = Partial<
  Record<'title' | 'siteName' | 'byline' | 'excerpt' | 'publishedTime', string | null | undefined>
>;

/** "Headline – Site" is the headline. Readability does the same, but not for short titles and not for every dash. */
function withoutSite(title: string, headline: string): string {
  const rest = title.startsWith(headline) ? title.slice(headline.length) : '';
  return headline && /^ [|–—·•-] /.test(rest) ? headline : title;
}

function metaOf(head: Element): (...names: string[]) => string | undefined {
  const content = new Map<string, string>();
  for (const meta of head.getElementsByTagName('meta')) {
    for (const key of ['property', 'name', 'itemprop']) {
      const name = meta.getAttribute(key)?.trim().toLowerCase();
      const value = meta.getAttribute('content')?.trim();
      if (name && value && !content.has(name)) content.set(name, value);
    }
  }
  return (...names) => names.map((name) => content.get(name)).find(Boolean);
}

/** Puts together what Readability found, what the head says, and the text, each in its bounds. */
function result(page: Document, url: string | undefined, found: Found, text: string): Extracted {
  const { head } = page;
  const meta = metaOf(head);
  const links = Array.from(head.getElementsByTagName('link'));
  const link = (rel: string) =>
    links
      .find((one) => one.getAttribute('rel')?.toLowerCase().split(/\s+/).includes(rel))
      ?.getAttribute('href');
  const base = webAddress(head.getElementsByTagName('base')[0]?.getAttribute('href'), url) ?? url;

  const about = {
    title: clip(found.title || meta('og:title', 'twitter:title') || page.title, MAX_TITLE_CHARS),
    siteName: clip(found.siteName || meta('og:site_name', 'application-name'), MAX_SITE_NAME_CHARS),
    // Some pages link their author's profile here instead of saying a name.
    byline: clip(
      [found.byline, meta('author', 'dc.creator')].find((name) => name && !/^https?:/i.test(name)),
      MAX_BYLINE_CHARS,
    ),
    excerpt: clip(
      found.excerpt || meta('og:description', 'description', 'twitter:description'),
      MAX_EXCERPT_CHARS,
    ),
    language:
      primaryLanguage(page.documentElement.getAttribute('lang')) ?? primaryLanguage(meta('og:locale')),
    image: webAddress(
      meta('og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image', 'twitter:image:src') ??
        link('image_src'),
      base,
    ),
    publishedAt:
      instant(found.publishedTime) ??
      instant(meta('article:published_time', 'datepublished', 'parsely-pub-date', 'dc.date', 'date')),
    canonical: webAddress(link('canonical'), base),
  };
  const said = Object.entries(about).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(said), text: cut(text, MAX_TEXT_CHARS), wordCount: countWords(text) };
}

/**
 * What a page says about itself, without its text: from its `<title>`, `<meta>` and `<link>` tags alone, in linear
 * time whatever the page is.
 */
export function extractHead(html: string, url: string | undefined): Extracted {
  const page = cleanPage(headOnly(html));
  return page ? result(page, url, {}, '') : { text: '', wordCount: 0 };
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
  const page = isTooComplex(html) ? undefined : cleanPage(html);
  if (!page) return extractHead(html, url);

  const headline = fold(page.getElementsByTagName('h1')[0]?.textContent ?? '');
  const article = new Readability<Node>(page, { serializer: (node) => node }).parse();
  if (article?.content) {
    const title = withoutSite(article.title ?? '', headline);
    return result(page, url, { ...article, title }, paragraphs(article.content));
  }
  const text = paragraphs(page.body);
  return result(page, url, {}, countWords(text) < MIN_BODY_WORDS ? '' : text);
}
