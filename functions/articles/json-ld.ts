import { parseHTML } from 'linkedom';
import { cut, foldLine, foldText } from './prose.ts';
import { comparisonKey } from './same.ts';
import { MAX_TEXT_CHARS } from './words.ts';

/** What the page's structured data (schema.org, as JSON-LD) says; each as the page wrote it, entities resolved. */
export interface Facts {
  kind?: 'article' | 'media';
  title?: string | undefined;
  byline?: string | undefined;
  siteName?: string | undefined;
  excerpt?: string | undefined;
  language?: string | undefined;
  image?: string | undefined;
  publishedAt?: string | undefined;
  /** ISO 8601. */
  duration?: string | undefined;
  /** The article, or the recipe, in full. */
  text?: string | undefined;
  /** The data speaks of other articles before this one. */
  afterOthers?: boolean | undefined;
}

/** What tells a page's own article from the others that its data names: its address, and what it is called. */
export interface Own {
  url?: string | undefined;
  titles?: readonly string[];
}

type Thing = Record<string, unknown>;

/** A page that describes more is a catalogue, and nothing in it is what the page is about. */
const MAX_THINGS = 300;
const MAX_DEPTH = 6;
const MAX_AUTHORS = 10;
const MAX_STEPS = 200;
/** What is longer is no name, no address and no description. */
const MAX_WORDS_CHARS = 5000;

const ARTICLE = /(?:Article|Posting|Report|Review|Recipe|HowTo)$/;
const MEDIA = /(?:VideoObject|AudioObject|Episode|Clip|MusicRecording|PodcastSeries|Movie|Audiobook)$/;

/**
 * The data of one `<script type="application/ld+json">`, as leniently as search engines read it: in a comment or CDATA,
 * with line breaks in strings, with commas too many. Undefined if it is no JSON.
 */
export function parseJsonLd(script: string): unknown {
  const json = script.replace(
    /^\s*(?:<!--|(?:\/\/\s*)?<!\[CDATA\[)|(?:-->|(?:\/\/\s*)?\]\]>)\s*$|;\s*$/g,
    '',
  );
  for (const attempt of [json, json.replace(/\p{Cc}+/gu, ' ').replace(/,(\s*[}\]])/g, '$1')]) {
    try {
      return JSON.parse(attempt);
    } catch {}
  }
  return undefined;
}

function isThing(value: unknown): value is Thing {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

/** What a page is about stands at the top, in a graph, or as the main entity of what does. */
function* thingsIn(value: unknown, depth = 0): Generator<Thing> {
  if (depth > MAX_DEPTH) return;
  for (const one of listOf(value)) {
    if (Array.isArray(one)) yield* thingsIn(one, depth + 1);
    if (!isThing(one)) continue;
    yield one;
    for (const inside of ['@graph', 'mainEntity', 'mainEntityOfPage'])
      yield* thingsIn(one[inside], depth + 1);
  }
}

function typesOf(thing: Thing): string[] {
  return listOf(thing['@type'])
    .filter((type) => typeof type === 'string')
    .map((type) => type.replace(/^(?:https?:\/\/schema\.org\/|schema:)/, ''));
}

/** Text as data often has it: with entities, and with the tags of the page it was taken from. */
function plainText(value: unknown, max = MAX_WORDS_CHARS): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = cut(value, max)
    .replace(/<(?:br|\/p|\/li)\b[^<>]{0,200}>/gi, '\n')
    .replace(/<\/?[a-z][^<>]{0,500}>/gi, '');
  return foldText(/&#?\w+;/.test(text) ? decoded(text) : text) || undefined;
}

/** The parser knows the entities. Without a tag there is nothing for it to build. */
function decoded(text: string): string {
  const { document } = parseHTML(`<html><body>${text.replaceAll('<', '&lt;')}</body></html>`);
  return document.body.textContent ?? '';
}

function firstOf<T>(values: unknown[], read: (value: unknown) => T | undefined): T | undefined {
  for (const value of values) {
    const found = read(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function keyOf(address: string, base: string | undefined): string | undefined {
  try {
    return comparisonKey(new URL(address, base).href);
  } catch {
    return undefined;
  }
}

/** Of several, the one at the page's own address, else the one of its title, else the first. */
function ownOf(things: Thing[], { url, titles = [] }: Own): Thing | undefined {
  if (things.length < 2) return things[0];
  const own = url && keyOf(url, undefined);
  const isHere = (thing: Thing) => {
    const page = thing.mainEntityOfPage;
    const said = [thing.url, thing['@id'], ...(isThing(page) ? [page['@id'], page.url] : [page])];
    return said.some((address) => typeof address === 'string' && keyOf(address, url) === own);
  };
  const isCalled = (thing: Thing) => {
    const names = [thing.headline, thing.name].map((name) => foldLine(plainText(name) ?? ''));
    return names.some((name) => name !== '' && titles.includes(name));
  };
  return (own && things.find(isHere)) || (things.find(isCalled) ?? things[0]);
}

/**
 * What the data of a page's scripts says about the page: of its article, else of what is watched or heard there. `own`:
 * the page's address and titles, since data names other stories, too.
 */
export function factsOf(scripts: unknown[], own: Own = {}): Facts {
  const things: Thing[] = [];
  for (const thing of thingsIn(scripts)) if (things.push(thing) === MAX_THINGS) break;

  const isA = (pattern: RegExp) => (thing: Thing) => typesOf(thing).some((type) => pattern.test(type));
  const articles = things.filter(isA(ARTICLE));
  const article = ownOf(articles, own);
  const main = article ?? ownOf(things.filter(isA(MEDIA)), own);
  if (!main) return {};

  const typed = things.filter((thing) => typeof thing['@id'] === 'string' && typesOf(thing).length > 0);
  const byId = new Map(typed.map((thing) => [thing['@id'], thing]));
  /** In a graph, `{"@id": "…"}` stands for another thing of it. */
  const resolved = (value: unknown) => (isThing(value) && byId.get(value['@id'])) || value;
  const nameOf = (value: unknown): string | undefined => {
    const one = resolved(value);
    const name = plainText(isThing(one) ? firstOf(listOf(one.name), (part) => part) : one);
    return name && !/^https?:/i.test(name) ? foldLine(name) : undefined;
  };
  const namesOf = (value: unknown): string | undefined => {
    const names = listOf(value).slice(0, MAX_AUTHORS).map(nameOf);
    return [...new Set(names.filter((name) => name !== undefined))].join(', ') || undefined;
  };
  const addressOf = (value: unknown): string | undefined => {
    const one = resolved(value);
    const said = isThing(one) ? [one.url, one.contentUrl, one['@id']].flatMap(listOf) : [one];
    return firstOf(said, (address) => (typeof address === 'string' ? address : undefined));
  };
  const firstText = (...values: unknown[]) => firstOf(values.flatMap(listOf), (value) => plainText(value));

  const played = firstOf(listOf(main.associatedMedia ?? main.audio ?? main.video), (value) =>
    isThing(value) ? value : undefined,
  );
  return {
    kind: article ? 'article' : 'media',
    title: firstText(main.headline, main.name),
    byline:
      namesOf(main.author) ??
      (article ? undefined : (namesOf(main.creator) ?? namesOf(main.partOfSeries) ?? namesOf(main.byArtist))),
    siteName: firstOf(listOf(main.publisher), nameOf),
    excerpt: firstText(main.description, main.abstract),
    language: firstOf(listOf(main.inLanguage), (value) => {
      const said = isThing(value) ? (value.alternateName ?? value.name) : value;
      return typeof said === 'string' ? said : undefined;
    }),
    image: firstOf([main.image, main.thumbnailUrl, main.thumbnail].flatMap(listOf), addressOf),
    publishedAt: firstText(main.datePublished, main.uploadDate),
    duration: firstText(main.duration, main.timeRequired, played?.duration),
    text: plainText(main.articleBody, MAX_TEXT_CHARS) ?? recipeText(main),
    ...(article && article !== articles[0] && { afterOthers: true }),
  };
}

/** A recipe in full: what goes in, and what is done. */
function recipeText(thing: Thing): string | undefined {
  const steps = function* (value: unknown, depth = 0): Generator<string> {
    for (const one of depth > MAX_DEPTH ? [] : listOf(value)) {
      const text = isThing(one) ? plainText(one.text) : plainText(one);
      if (text) yield text;
      if (isThing(one)) yield* steps(one.itemListElement, depth + 1);
    }
  };
  const lines: string[] = [];
  for (const list of [thing.recipeIngredient, thing.recipeInstructions]) {
    for (const step of steps(list)) if (lines.push(step) >= MAX_STEPS) break;
  }
  return lines.length > 0 ? foldText([plainText(thing.description) ?? '', ...lines].join('\n\n')) : undefined;
}
