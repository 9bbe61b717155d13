import { getDomain } from 'tldts';
import { type Fault, invalid } from '../platform/faults.ts';
import { isTracking } from './tracking.ts';

/** What every browser, server and mail client still passes on; longer addresses are built to break something. */
export const MAX_URL_CHARS = 2048;

/** Hash routes of single-page applications name a page; other fragments name a place in one. */
const ROUTE = /^#[!/]/;

const UNRESERVED = /[\w.~-]/;

function notAnAddress(): Fault {
  return invalid('/url', 'This is not a web address. It starts with https:// or http:// and has no spaces.');
}

/** RFC 3986, 6.2.2: upper-case hex, unreserved characters plain; a stray `%` is written out, so that once is enough. */
function normalPercents(text: string): string {
  return text.replace(/%([0-9a-f]{2})?/gi, (escaped, hex?: string) => {
    if (hex === undefined) return '%25';
    const char = String.fromCharCode(Number.parseInt(hex, 16));
    return UNRESERVED.test(char) ? char : escaped.toUpperCase();
  });
}

/** The parameters of a query (empty, or with its `?`) that do not track, in their order and their own encoding. */
function meaningful(search: string, host: string): string[] {
  return search
    .slice(1)
    .split('&')
    .filter((parameter) => parameter !== '' && !isTracking(parameter, host));
}

/** As forms send it: one order for all ways to write it, where one name's values keep theirs. */
function byName(a: string, b: string): number {
  const [nameA = '', nameB = ''] = [a, b].map((parameter) => parameter.split('=', 1)[0]);
  return nameA < nameB ? -1 : nameA > nameB ? 1 : 0;
}

function queryOf(parameters: string[]): string {
  return parameters.length === 0 ? '' : `?${parameters.join('&')}`;
}

/**
 * Where a copy that Google keeps of a mobile page leads: `google.com/amp/s/<address>`, and
 * `<host>.cdn.ampproject.org/c/s/<address>` (AMP Cache URL format: `s` for https, `c` and `v` for a page).
 */
const AMP_CACHE =
  /^https?:\/\/(?:(?:www\.)?google\.[a-z.]{2,6}\/amp|[a-z0-9-]+\.cdn\.ampproject\.org\/[cv])\/(s\/)?(?=[^/?#]+\.[^/?#]+)(.+)$/;

function outOfCache(url: URL): URL {
  const [, secure, address] = AMP_CACHE.exec(url.href) ?? [];
  const original = address && URL.parse(`${secure ? 'https' : 'http'}://${address}`);
  // Each step is shorter than the one before.
  return original ? outOfCache(original) : url;
}

/** Slashes at the end, and what a server opens there unasked. */
const INDEX = /(?:\/(?:index\.html?)?)+$/;

/**
 * The one form of a web address, for storing and opening: parsed as browsers do (WHATWG URL), percent-encoding
 * normal, parameters in order of their names, without credentials, default port, tracking parameters, trailing slash,
 * `index.html`, or a fragment that is no route. Idempotent. It surely opens the same page: so `http` and `https`, `www.`
 * and mobile hosts stay, which `comparisonKey` takes for one.
 *
 * Faults: `invalid` at `/url` for anything that is not http(s), has no host, holds white space, or is longer than
 * `MAX_URL_CHARS` before or after.
 */
export function canonicalUrl(input: string): string {
  const text = input.trim();
  if (text.length > MAX_URL_CHARS)
    throw invalid('/url', `An address has at most ${MAX_URL_CHARS} characters.`);
  // A browser drops line breaks inside an address without a word; what the reader saw is then not what opens.
  if (/[\s\p{Cc}]/u.test(text)) throw notAnAddress();

  const given = URL.parse(text);
  if (given === null || (given.protocol !== 'https:' && given.protocol !== 'http:')) throw notAnAddress();
  const url = outOfCache(given);
  url.username = '';
  url.password = '';
  url.hostname = url.hostname.replace(/\.+$/, '');
  if (url.hostname.endsWith('.')) throw notAnAddress();

  url.pathname = normalPercents(url.pathname).replace(INDEX, '');
  url.search = queryOf(meaningful(normalPercents(url.search), url.hostname).sort(byName));
  url.hash = ROUTE.test(url.hash) ? normalPercents(url.hash) : '';
  if (url.href.length > MAX_URL_CHARS) {
    throw invalid('/url', `An address has at most ${MAX_URL_CHARS} characters.`);
  }
  return url.href;
}

/**
 * A saved address as it is given to a friend: as it was, but without what would tell its site who passed it on
 * (tracking parameters, credentials). Anything that is no address is returned as it is.
 */
export function sharedUrl(given: string): string {
  const url = URL.parse(given.trim());
  if (url === null) return given;
  const search = queryOf(meaningful(url.search, url.hostname));
  if (search === url.search && url.username === '' && url.password === '') return given.trim();
  url.search = search;
  url.username = '';
  url.password = '';
  return url.href;
}

/**
 * Whether two addresses belong to one site: the same registrable domain (Public Suffix List, private part included,
 * so two users of one blog host are two sites), or the same host where there is none (an IP address, `localhost`).
 */
export function sameSite(a: string, b: string): boolean {
  const [hostA, hostB] = [a, b].map((url) => URL.parse(url)?.hostname);
  if (!hostA || !hostB) return false;
  const site = (host: string) => getDomain(host, { allowPrivateDomains: true }) ?? host;
  return site(hostA) === site(hostB);
}

/** The front page of a site, also in one of its languages. */
export function isHome(canonical: string): boolean {
  const { pathname, search, hash } = new URL(canonical);
  return /^\/(?:[a-z]{2}(?:-[a-z]{2})?)?$/i.test(pathname) && search === '' && hash === '';
}

/**
 * The canonical form of a page's address, taking its own `<link rel=canonical>` (`declared`, may be relative) at its
 * word only within its own site, and not where it calls an article the home page: a common mistake of templates, and
 * it would make one article of them all.
 *
 * Faults: `invalid` at `/url` if `url` itself is no web address; a bad `declared` is passed over.
 */
export function pageCanonical(url: string, declared: string | undefined): string {
  const own = canonicalUrl(url);
  const href = declared && URL.parse(declared.trim(), url)?.href;
  if (!href || !sameSite(own, href)) return own;
  try {
    const claimed = canonicalUrl(href);
    return isHome(claimed) && !isHome(own) ? own : claimed;
  } catch {
    return own;
  }
}

/** The host as shown beside a title: without `www.`, with a port that is not the default one. */
export function siteOf(url: string): string {
  return new URL(url).host.replace(/^www\.(?=[^.]+\.)/, '');
}
