import { getDomain, getDomainWithoutSuffix } from 'tldts';
import { isAccess } from './tracking.ts';
import { canonicalUrl } from './url.ts';

/** Labels before a site's name that only choose how its pages look. */
const LOOKS = /^(?:www|m|mobile|touch|amp)\.(?=.)/;

/** `en.m.wikipedia.org`: one that stands in the middle. */
const INNER_LOOK = /^([^.]+)\.m\.(?=[^.]+\.)/;

/** Sites with several names, once the looks are gone. */
const SAME_SITE: Record<string, string> = {
  'bbc.co.uk': 'bbc.com',
  'fb.com': 'facebook.com',
  'mbasic.facebook.com': 'facebook.com',
  'music.youtube.com': 'youtube.com',
  'new.reddit.com': 'reddit.com',
  'np.reddit.com': 'reddit.com',
  'old.reddit.com': 'reddit.com',
  'sh.reddit.com': 'reddit.com',
  'twitter.com': 'x.com',
  'web.facebook.com': 'facebook.com',
  'youtube-nocookie.com': 'youtube.com',
};

/** The host without what only chooses a look. `m.github.io` is somebody's own, and `www.com` a site. */
function siteHost(host: string): string {
  const rest = host.replace(LOOKS, '').replace(INNER_LOOK, '$1.');
  const isOneSite = rest !== host && registrable(rest) === registrable(host);
  return isOneSite ? siteHost(rest) : (SAME_SITE[host] ?? host);
}

function registrable(host: string): string | null {
  return getDomain(host, { allowPrivateDomains: true });
}

/** A video has one name, whatever plays it, and wherever it starts. */
function videoOf(host: string, path: string, parameters: [string, string][]): string | undefined {
  if (host === 'youtu.be') return /^\/([\w-]+)$/.exec(path)?.[1];
  if (host !== 'youtube.com') return undefined;
  if (path === '/watch') return parameters.find(([name]) => name === 'v')?.[1];
  return /^\/(?:embed|shorts|live|v|e)\/(?!videoseries)([\w-]+)$/.exec(path)?.[1];
}

/** What a shop calls the thing, however it was searched for there: `/Terns-a-Guide/dp/B012345678/ref=sr_1_1`. */
function productOf(host: string, path: string): string | undefined {
  if (getDomainWithoutSuffix(host) !== 'amazon') return undefined;
  return /\/(?:dp|gp\/product|gp\/aw\/d)\/([A-Z\d]{10})(?:\/ref=[^/]*)?$/i.exec(path)?.[1]?.toUpperCase();
}

/** What is written there unasked; `/w/index.php` of MediaWiki, `/default.aspx` of IIS. */
const INDEX = /(?:\/(?:(?:index|default)\.(?:html?|php|aspx?|jsp|cfm))?)+$/i;

/** WordPress's page for phones. After a plain word it can be an article about amplifiers. */
const AMP_END = /(?<=\/(?:[^/]*-[^/]*-[^/]*|[^/]*\d[^/]*))\/amp$/;

/** Characters that may be written out in a path or not; the others (`/ ? # %`, spaces) mean something else then. */
function plainPath(path: string): string {
  return path.replace(/%(2[1246-9A-E]|3[ABCDE]|40|5[BDE]|60|7[BCD])/g, (escaped) =>
    decodeURIComponent(escaped),
  );
}

function plainParameter(parameter: string): [string, string] {
  const at = parameter.indexOf('=');
  const [name, value] = at < 0 ? [parameter, ''] : [parameter.slice(0, at), parameter.slice(at + 1)];
  return [plainPart(name), plainPart(value)];
}

/** As forms read it; what is no UTF-8 stays as it is. */
function plainPart(part: string): string {
  const spaced = part.replaceAll('+', '%20');
  try {
    return encodeURIComponent(decodeURIComponent(spaced));
  } catch {
    return spaced;
  }
}

/** `amp=1`, and Blogger's `m=1` and `m=0`. */
function choosesLook([name, value]: [string, string], host: string): boolean {
  if (name === 'amp') return /^(?:|1|true)$/.test(value);
  if (name === 'outputType') return value === 'amp';
  return name === 'm' && /^[01]$/.test(value) && host.endsWith('.blogspot.com');
}

/**
 * What two addresses of one article have in common; no address itself. Coarser than `canonicalUrl`, for any address of
 * which it is the same: `http` is `https`, `www.` and phone hosts are the site, `index.php` is its folder, a written-out
 * character is that character, and a video, or what Amazon sells, is its id. Different paths and meaningful parameters
 * stay different.
 *
 * Faults: those of `canonicalUrl`.
 */
export function comparisonKey(address: string): string {
  const url = new URL(canonicalUrl(address));
  const host = siteHost(url.hostname);
  const path = plainPath(url.pathname).replace(INDEX, '').replace(AMP_END, '');
  const parameters = url.search
    .slice(1)
    .split('&')
    .filter((parameter) => parameter !== '' && !isAccess(parameter, url.hostname))
    .map(plainParameter)
    .filter((parameter) => !choosesLook(parameter, host))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const video = videoOf(host, path, parameters);
  if (video) return `youtube.com/watch?v=${video}`;
  const product = productOf(host, path);
  if (product) return `${host}/dp/${product}`;
  const post =
    host === 'x.com'
      ? /^\/(?:i\/web|[^/]+)\/status\/(\d+)(?:\/(?:photo|video)\/\d)?$/.exec(path)?.[1]
      : undefined;
  if (post) return `x.com/status/${post}`;
  const query = parameters.map(([name, value]) => `${name}=${value}`).join('&');
  const route = url.hash.replace(/^#!?\/?$/, '').replace(/\/+$/, '');
  return `${host}${url.port && `:${url.port}`}${path}${query && `?${query}`}${route}`;
}
