import { parse } from 'tldts';
import type { Facts } from './json-ld.ts';
import { foldLine, foldText, shorten } from './prose.ts';
import { MAX_URL_CHARS } from './url.ts';

/** What a card in a list and in a mail has room for. */
const MAX_TITLE_CHARS = 300;
const MAX_BYLINE_CHARS = 200;
const MAX_EXCERPT_CHARS = 400;
const MAX_SITE_NAME_CHARS = 100;

/** Longer than any film: what is beyond is another unit. */
const MAX_MINUTES = 24 * 60;

/** What Readability found beside the text. */
export type Found = Partial<
  Record<'title' | 'siteName' | 'byline' | 'excerpt' | 'publishedTime', string | null | undefined>
>;

/** What a page says about itself; what it does not say is left out. */
export interface About {
  title?: string;
  siteName?: string;
  byline?: string;
  excerpt?: string;
  /** Primary language subtag (BCP 47): `en`, `de`, `yue`. */
  language?: string;
  /** Absolute http(s) URL. */
  image?: string;
  /** Of what is watched or heard: whole minutes; 0 if the page does not say how many. */
  minutes?: number;
  /** RFC 3339 UTC. */
  publishedAt?: string;
  /** The page's own `<link rel=canonical>` as an absolute http(s) URL; `pageCanonical` says whether to believe it. */
  canonical?: string;
}

// --- What single values mean -------------------------------------------------------------------------------------

/** Nothing for nothing. */
function clip(text: string | null | undefined, max: number): string | undefined {
  return shorten(text ?? '', max) || undefined;
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

/** Whole minutes, at least one, of an ISO 8601 duration (`PT1H2M3S`, `P0DT5M`) or of seconds. */
function minutesOf(duration: string | undefined): number | undefined {
  const [, days, hours, minutes, seconds] =
    /^P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,7})(?:\.\d+)?S)?)?$/i.exec(
      duration?.trim() ?? '',
    ) ??
    /^()()()(\d{1,7})(?:\.\d+)?$/.exec(duration?.trim() ?? '') ??
    [];
  const [d = 0, h = 0, m = 0, s = 0] = [days, hours, minutes, seconds].map((part) => Number(part || 0));
  const all = Math.round((d * 24 + h) * 60 + m + s / 60);
  const total = d + h + m + s;
  return total > 0 && all <= MAX_MINUTES ? Math.max(1, all) : undefined;
}

const letters = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** What stands between a headline and the name of its site. */
const BETWEEN = /^(.*\S)\s+[|–—·•»:-]\s+(\S.*)$/;

/**
 * "Headline – Site" is the headline. Readability does the same, but not for short titles, not for every dash, and not
 * for the titles of cards.
 */
function withoutSite(title: string, headline: string, sites: (string | null | undefined)[]): string {
  const rest = title.startsWith(headline) ? title.slice(headline.length) : '';
  if (headline && /^ [|–—·•-] /.test(rest)) return headline;
  const [, before, site] = BETWEEN.exec(title) ?? [];
  const name = letters(site ?? '');
  return before && name && sites.some((one) => letters(one ?? '') === name) ? before : title;
}

/** The word, before first and last name: "Di Caprio" and "Von der Leyen" are names themselves. */
function byFullName(...words: string[]): RegExp {
  const written = words.flatMap((word) => [word, word[0]?.toUpperCase() + word.slice(1), word.toUpperCase()]);
  return new RegExp(`^(?:${written.join('|')})\\s+(?=\\p{Lu}\\S*(?: \\p{Ll}\\S*){0,3} \\p{Lu})`, 'u');
}

/** "By" as bylines begin, where the page's language says that it is no name. */
const BY: Record<string, RegExp> = {
  da: /^af\s+/i,
  de: byFullName('von'),
  es: /^por\s+/i,
  fr: /^par\s+/i,
  it: byFullName('di'),
  nb: /^av\s+/i,
  nl: /^door\s+/i,
  nn: /^av\s+/i,
  no: /^av\s+/i,
  pt: /^por\s+/i,
  sv: /^av\s+/i,
};
/** On a page that does not say its language: words that seldom are a first name. */
const BY_UNSAID = byFullName('av', 'door', 'par', 'por');
const BY_ENGLISH =
  /^(?:(?:written|words|text|story|posted|published|reported|created|review)\s+)?by\b[\s:]*/i;

/** "By Ada Lovelace | 3 March" is Ada Lovelace. */
function nameIn(byline: string | null | undefined, language: string | undefined): string | undefined {
  const line = foldLine(byline ?? '')
    .replace(BY_ENGLISH, '')
    .replace(language ? (BY[language] ?? /^$/) : BY_UNSAID, '')
    .replace(/\s*[|•·–—]\s*(?=[^|•·–—]*\d).*$/, '')
    .replace(/^[\s,;|•·–—-]+|[\s,;|•·–—-]+$/g, '');
  // Some pages link their author's profile here instead of saying a name.
  return line && !/^(?:https?:|www\.|@?[\w.-]+@)/i.test(line) ? line : undefined;
}

// --- The head ----------------------------------------------------------------------------------------------------

type Meta = (...names: string[]) => string | undefined;

function metaOf(head: Element): Meta {
  const content = new Map<string, string>();
  for (const meta of head.getElementsByTagName('meta')) {
    for (const key of ['property', 'name', 'itemprop', 'http-equiv']) {
      const value = meta.getAttribute('content')?.trim();
      for (const name of meta.getAttribute(key)?.trim().toLowerCase().split(/\s+/) ?? []) {
        if (name && value && !content.has(name)) content.set(name, value);
      }
    }
  }
  return (...names) => names.map((name) => content.get(name)).find(Boolean);
}

/** As a card has it, as a search has it, and as a player's data has it, which may be all of it. */
function descriptionsIn(head: Element): string[] {
  const found = Array.from(head.getElementsByTagName('meta')).flatMap((meta) => {
    const names = ['property', 'name', 'itemprop'].map((key) => meta.getAttribute(key)?.trim().toLowerCase());
    const rank = ['og:description', 'description', 'twitter:description'].findIndex((name) =>
      names.includes(name),
    );
    return rank < 0 ? [] : [{ rank, content: meta.getAttribute('content') ?? '' }];
  });
  return found.sort((a, b) => a.rank - b.rank).map(({ content }) => content);
}

/** What speaks about a page. */
export interface Head {
  /** What speaks about it is in its head. */
  page: Document;
  facts: Facts;
  /** Its first one: Readability takes it out of the page. */
  headline: string;
  /** Where the page came from: makes relative addresses absolute; without it they are left out. */
  url: string | undefined;
}

/** What is watched or heard: a video, a song, an episode. A newspaper's article with a film in it is an article. */
export function isMedia({ page, facts }: Head): boolean {
  const type = metaOf(page.head)('og:type')?.toLowerCase() ?? '';
  if (facts.kind === 'article' || type === 'article') return false;
  return /^(?:video|music|audio|podcast)/.test(type) || facts.kind === 'media';
}

/**
 * Puts together what Readability found and what the head says, each in its bounds. `description`: what the page says of
 * what it is about, in full.
 */
export function aboutPage(of: Head, found: Found): { about: About; description: string } {
  const { page, facts, headline, url } = of;
  const { head } = page;
  const meta = metaOf(head);
  const links = Array.from(head.getElementsByTagName('link'));
  const link = (rel: string) =>
    links
      .find((one) => one.getAttribute('rel')?.toLowerCase().split(/\s+/).includes(rel))
      ?.getAttribute('href');
  const base = webAddress(head.getElementsByTagName('base')[0]?.getAttribute('href'), url) ?? url;
  const media = isMedia(of);

  const language = [
    page.documentElement.getAttribute('lang'),
    meta('og:locale'),
    meta('content-language', 'dc.language', 'dcterms.language', 'language'),
    meta('inlanguage'),
    facts.language,
  ]
    .map(primaryLanguage)
    .find(Boolean);
  const siteName = found.siteName || meta('og:site_name') || facts.siteName || meta('application-name');
  const title = found.title || facts.title || meta('og:title', 'twitter:title') || page.title;
  const { hostname, domainWithoutSuffix } = parse(url ?? '');

  const author = nameIn(facts.byline, language);
  const channel = links.find((one) => one.getAttribute('itemprop') === 'name')?.getAttribute('content');
  const bylines = [
    // Data that names the paper itself names nobody.
    author && author !== siteName ? author : undefined,
    found.byline,
    meta('author', 'dc.creator', 'parsely-author', 'sailthru.author', 'article:author', 'byl'),
    ...(media ? [channel] : []),
    author,
  ];
  const descriptions = [found.excerpt, ...descriptionsIn(head), facts.excerpt].map((one) =>
    foldText(one ?? ''),
  );
  const description = descriptions.reduce(
    (longest, one) => (one.length > longest.length ? one : longest),
    '',
  );
  const duration = facts.kind === 'media' ? facts.duration : undefined;

  const about: { [Name in keyof About]: About[Name] | undefined } = {
    title: clip(
      withoutSite(foldLine(title ?? ''), headline, [siteName, domainWithoutSuffix, hostname]),
      MAX_TITLE_CHARS,
    ),
    siteName: clip(siteName, MAX_SITE_NAME_CHARS),
    byline: clip(bylines.map((one) => nameIn(one, language)).find(Boolean), MAX_BYLINE_CHARS),
    excerpt: clip(descriptions.find(Boolean), MAX_EXCERPT_CHARS),
    language,
    image: webAddress(
      meta('og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image', 'twitter:image:src') ??
        link('image_src') ??
        facts.image,
      base,
    ),
    minutes: media
      ? (minutesOf(duration) ??
        minutesOf(meta('video:duration', 'og:video:duration', 'music:duration', 'duration')) ??
        0)
      : undefined,
    publishedAt: [
      found.publishedTime,
      facts.publishedAt,
      meta('article:published_time', 'og:article:published_time'),
      meta('datepublished', 'uploaddate', 'video:release_date', 'music:release_date'),
      meta('parsely-pub-date', 'dc.date', 'dcterms.created', 'date', 'pubdate'),
    ]
      .map(instant)
      .find(Boolean),
    canonical: webAddress(link('canonical'), base),
  };
  const said = Object.entries(about).filter(([, value]) => value !== undefined);
  return { about: Object.fromEntries(said), description: description.replace(/\n+/g, '\n\n') };
}
