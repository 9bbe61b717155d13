import { getDomain } from 'tldts';
import { type Fault, invalid } from '../platform/faults.ts';

/** What every browser, server and mail client still passes on; longer addresses are built to break something. */
export const MAX_URL_CHARS = 2048;

/** Parameters that only say where a click came from: mail and ad networks, social networks, analytics. */
const TRACKING = new Set(
  `_branch_match_id _ga _gl _hsenc _hsmi _openstat __hsfp __hssc __hstc __s ck_subscriber_id cmpid dclid dm_i
  elqtrack elqtrackid epik fb_action_ids fb_action_types fb_ref fb_source fbclid gad_campaignid gad_source gbraid
  gclid gclsrc guccounter guce_referrer guce_referrer_sig hsctatracking igsh igshid li_fat_id mbid mc_cid mc_eid
  mkt_tok ml_subscriber ml_subscriber_hash msclkid ncid pk_campaign pk_kwd pk_medium pk_source piwik_campaign
  piwik_kwd rb_clickid rdt_cid ref_src ref_url s_cid sc_channel sccid spm srsltid ttclid twclid vero_conv vero_id
  wbraid wickedid wickedsource wt_mc wt_zmc xtor yclid ymclid`.split(/\s+/),
);

const TRACKING_PREFIX = /^(?:utm|oly|hsa|mtm)_/;

/** Parameters that track on one site and mean something on others, by registrable domain. */
const SITE_TRACKING: Record<string, readonly string[]> = {
  'linkedin.com': ['trackingid', 'trk', 'trkinfo'],
  'medium.com': ['source'],
  'nytimes.com': ['smid', 'smtyp'],
  'spotify.com': ['context', 'nd', 'si'],
  'substack.com': ['r', 'showwelcomeonshare', 'triedredirect'],
  'theguardian.com': ['cmp'],
  'tiktok.com': ['_r', '_t'],
  'twitter.com': ['s', 't'],
  'x.com': ['s', 't'],
  'youtu.be': ['feature', 'pp', 'si'],
  'youtube.com': ['feature', 'pp', 'si'],
};

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

function isTracking(parameter: string, onThisSite: readonly string[]): boolean {
  const name = (parameter.split('=', 1)[0] ?? '').toLowerCase();
  return TRACKING.has(name) || TRACKING_PREFIX.test(name) || onThisSite.includes(name);
}

/** A query (empty, or with its `?`) without what tracks; the rest stays in its order and its own encoding. */
function withoutTracking(search: string, host: string): string {
  const onThisSite = SITE_TRACKING[getDomain(host) ?? ''] ?? [];
  const kept = search
    .slice(1)
    .split('&')
    .filter((parameter) => parameter !== '' && !isTracking(parameter, onThisSite));
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}

/**
 * The one form of a web address, for storing and comparing: parsed as browsers do (WHATWG URL), percent-encoding
 * normal, without credentials, default port, tracking parameters, trailing slash, or a fragment that is no route.
 * Idempotent. `http` and `https`, `www.` and mobile hosts stay different addresses.
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

  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw notAnAddress();
  url.username = '';
  url.password = '';
  url.hostname = url.hostname.replace(/\.+$/, '');
  if (url.hostname.endsWith('.')) throw notAnAddress();

  url.pathname = normalPercents(url.pathname).replace(/\/+$/, '');
  url.search = withoutTracking(normalPercents(url.search), url.hostname);
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
  const search = withoutTracking(url.search, url.hostname);
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

function isHome(canonical: string): boolean {
  const { pathname, search, hash } = new URL(canonical);
  return pathname === '/' && search === '' && hash === '';
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
