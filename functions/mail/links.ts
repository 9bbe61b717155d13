import { comparisonKey } from '../articles/same.ts';
import { canonicalUrl } from '../articles/url.ts';
import type { Line, Link } from './lines.ts';

// --- Addresses that only lead to others --------------------------------------------------------------------------

/** Scanners of mail servers and redirections of sites say in the address where they lead; others do not. */
const SAYS_WHERE: [host: RegExp, parameter: string][] = [
  [/(?:^|\.)safelinks\.protection\.(?:outlook|office365)\.(?:com|us)$/, 'url'],
  [/(?:^|\.)linkprotect\.cudasvc\.com$/, 'a'],
  [/(?:^|\.)urldefense\.proofpoint\.com$/, 'u'],
  [/^l\.(?:facebook|instagram)\.com$/, 'u'],
  [/^(?:www\.)?google\.[a-z.]{2,6}$/, 'q'],
  [/^(?:www\.)?google\.[a-z.]{2,6}$/, 'url'],
  [/^t\.umblr\.com$/, 'z'],
  [/^slack-redir\.net$/, 'url'],
  [/^(?:www\.)?linkedin\.com$/, 'url'],
];

/** Hosts of those who send newsletters for others and count the clicks. */
const COUNTERS =
  /(?:^|\.)(?:list-manage\.com|rs6\.net|awstrack\.me|mjt\.lu|pstmrk\.it|klclick\d?\.com|klclicks\.com|customeriomail\.com|convertkit-mail\d?\.com|kit-mail\d?\.com|sendibt\d\.com|sendibm\d\.com|sp1-brevo\.net|brevosend\.com|cmail\d+\.com|createsend\d?\.com|emailsys\d?[a-z]\.net|hubspotlinks\.com|hubspotemail\.net|mailerlite\.com|mlsend\d?\.com|exacttarget\.com|responsys\.net|sailthru\.com|getresponse\d*\.com|activehosted\.com|emlnk\d?\.com|acemln[a-z]\.com|drip\.com|mandrillapp\.com|sendgrid\.net|mailgun\.org|aweber\.com|infusionsoft\.com|keap-link\d+\.com|flodesk\.com|cleverreach\.com|crsend\.com|rapidmail\.[a-z]+)$/;

/** First labels and paths by which the rest of them are known. */
const COUNTING_LABEL =
  /^(?:click|clicks|clk|ctrk|trk|track|tracking|lnk|url\d+|elink\w*|email-?links?|mailtrack|nl-?link)\d*\./;
const COUNTING_PATH =
  /\/(?:ls\/click|wf\/click|ss\/c|track\/click|trk|tr\/cl|mk\/cl|e3t|ctc|cl0|l0|redirect\/\d|e\/c|lt\.php|proc\.php)(?:\/|$)/i;

/** What a person never types: 40 characters in one go, of both cases and with digits. It knows who clicks. */
function isOpaque(part: string): boolean {
  return (part.match(/[A-Za-z0-9_+=]{40,}/g) ?? []).some(
    (run) => /[A-Z]/.test(run) && /[a-z]/.test(run) && /\d/.test(run),
  );
}

function isCounter({ hostname, pathname, search }: URL): boolean {
  return (
    COUNTERS.test(hostname) ||
    COUNTING_LABEL.test(hostname) ||
    COUNTING_PATH.test(pathname) ||
    isOpaque(pathname) ||
    isOpaque(search)
  );
}

/** Where a redirection says that it leads; nothing if it does not say, or is none. */
function nextOf(url: URL): string | undefined {
  for (const [host, parameter] of SAYS_WHERE) {
    const value = host.test(url.hostname) ? url.searchParams.get(parameter) : null;
    if (value && /^https?[:-]/i.test(value)) {
      // Proofpoint's second version writes `_` for `/` and `-` for `%`.
      return host.source.includes('proofpoint')
        ? decoded(value.replaceAll('_', '/').replaceAll('-', '%'))
        : value;
    }
  }
  const defended = /^\/v3\/__(https?:\/\/?.+?)__;/.exec(url.pathname + url.search);
  if (defended && url.hostname.endsWith('urldefense.com'))
    return defended[1]?.replace(/^(https?:\/)(?!\/)/, '$1/');
  const inPath = /\/(https?(?::|%3a)(?:\/|%2f)%2f[^/]+)/i.exec(url.pathname);
  if (inPath) return decoded(inPath[1] ?? '');
  if (!isCounter(url)) return undefined;
  for (const parameter of [
    'url',
    'u',
    'r',
    'redirect',
    'redirect_url',
    'target',
    'to',
    'dest',
    'destination',
  ]) {
    const value = url.searchParams.get(parameter);
    if (value && /^https?:\/\//i.test(value)) return value;
  }
  return undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The address behind redirections that say where they lead, a few deep. Never fetches anything. */
function unwrapped(address: string): URL | null {
  let url = URL.parse(address);
  for (let hops = 0; url && hops < 5; hops += 1) {
    const next = nextOf(url);
    const parsed = next === undefined ? null : URL.parse(next);
    if (!parsed || !/^https?:$/.test(parsed.protocol)) return url;
    url = parsed;
  }
  return url;
}

/** Who holds one of these is let in as the reader, or is known as them. `canonicalUrl` takes what only counts. */
const READERS_OWN =
  /^(?:(?:access_|auth_|jwt_?)?token|jwt|_bhlid|subscriber(?:_?id)?|recipient(?:_?id)?|contact(?:_?id)?|member_?id|reader_?id|isfreemail|e?mail|eh)$/i;
const HOSTS_WHERE_E_IS_THE_READER = /(?:^|\.)(?:campaign-archive\.com|mailchi\.mp)$/;

function withoutReader(address: string): string {
  const url = new URL(address);
  const kept = url.search
    .slice(1)
    .split('&')
    .filter((parameter) => {
      const [name = '', value = ''] = parameter.split('=');
      if (name === 'e' && HOSTS_WHERE_E_IS_THE_READER.test(url.hostname)) return false;
      return !READERS_OWN.test(name) && !/@|%40/.test(value);
    });
  url.search = kept.join('&');
  return url.href;
}

/** An address the user gave, behind what a mail server wrapped it in; nothing if it is none that can be saved. */
export function givenUrl(address: string): string | undefined {
  const url = unwrapped(address);
  try {
    return url ? canonicalUrl(url.href) && url.href : undefined;
  } catch {
    return undefined;
  }
}

/** Whether two addresses are one article; both can be saved. */
export function isSame(a: string, b: string): boolean {
  return comparisonKey(a) === comparisonKey(b);
}

/** An address found in a letter, as it may be shown to others: it leads anybody to the same place, and names nobody. */
function openUrl(address: string): string | undefined {
  const url = unwrapped(address);
  if (!url || isCounter(url)) return undefined;
  try {
    return canonicalUrl(withoutReader(canonicalUrl(url.href)));
  } catch {
    return undefined;
  }
}

// --- What a link is for ------------------------------------------------------------------------------------------

/** "View in your browser", as the label of a link. */
const ONLINE =
  /\b(?:in|on|with|im|i|no|nel|en|dans|sur|desde|w) (?:(?:your|a|the|my|ihrem|deinem|dem|votre|ton|un|le|tu|su|el|tuo|vostro|il|seu|teu|o|je|uw|de|din|dit|deres) )?(?:web ?)?(?:browser|navigateur|navegador|webbläsaren?|nettleseren?|przeglądarce)\b|\bnavigateur\b|\bnel (?:tuo |vostro )?browser\b|\b(?:view|read|see|open) (?:it |this )?(?:(?:e-?mail|post|newsletter|message|issue) )?(?:online|on the web)\b|\b(?:web|online)[ -]?version\b|\bversion en ligne\b|\bversión (?:web|online|en línea)\b|\bversione (?:web|online)\b|\bversão (?:web|online)\b|\bwebb?versi(?:e|on)\b|\bonline (?:ansehen|lesen|anzeigen|lezen|bekijken)\b|\b(?:lire|voir|consulter) en ligne\b|\b(?:ver|leer|ler) (?:online|en línea)\b|\b(?:leggi|visualizza) online\b|\bbekijk (?:deze )?(?:e-?mail |nieuwsbrief )?online\b|\b(?:läs|visa|se) (?:brevet |mejlet )?(?:online|på webben|i webbläsaren)\b|\bselaimessa\b/iu;

/** "Click here", which says nothing by itself: its line does. */
const HERE =
  /^(?:please )?(?:click |klicken sie (?:bitte )?|klick |cliquez[ -]?|haz clic |haga clic |clicca |clique |klik |klicka )?(?:here|hier|ici|aquí|aqui|qui|här|her)\.?$/iu;

/** Labels of links out of a letter. Longer ones are headlines: "Your privacy is gone" is an article. */
const MAX_SERVICE_LABEL = 60;
const SERVICE =
  /\bunsubscri|\bopt[ -]?out\b|\bsubscription|\bpreferences\b|\babmeld|\babbestell|\baustragen\b|\bdés?abonn|\bdésinscri|\bpréférences\b|\bdarse? de baja\b|\bcancelar\b|\bpreferencias\b|\bdisiscri|\bannulla\b|\bcancella(?:re|ti)\b|\bpreferenze\b|\bdescadastr|\bpreferências\b|\bafmeld|\buitschrijv|\bvoorkeur|\bavregistrera\b|\bavsluta\b|\bavprenumerera\b|\binställningar\b|\bavmeld|\bprivacy (?:policy|notice|statement)\b|\bdatenschutz|\bconfidentialité|\bprivacidad\b|\bprivacidade\b|\bterms (?:of|and|&)\b|\bforward (?:to|this)\b|\badd us to your address book\b|\bget the app\b|\bin app\b|\bview (?:image|caption)/iu;
const SERVICE_WORD =
  /^(?:privacy|terms|legal|help|faq|contact(?: us)?|about(?: us)?|home|shop|store|advertise|sponsor|donate|archive|subscribe(?: now)?|sign (?:in|up)|log ?in|upgrade(?: to paid)?|share|like|tweet|post|reply|comment|comments|restack|listen(?: now)?|play|impressum|kontakt|agb|hilfe|mentions légales|aide|contacto|ayuda|aviso legal|contatti|aiuto|contato|ajuda|hulp|kontakta oss|facebook|twitter|x|instagram|linkedin|youtube|mastodon|bluesky|threads|tiktok|whatsapp|telegram|spotify|app store|google play|.{0,20}\bapple podcasts)$/iu;
const SERVICE_PATH = new Set(
  `unsubscribe unsub optout opt-out preferences email-preferences email-settings manage subscription subscriptions
  manage-subscription subscribe account login signin sign-in signup sign-up privacy privacy-policy terms impressum
  datenschutz abmelden abmeldung share sharer sharer.php sharearticle intent app-link disable_email upgrade`.split(
    /\s+/,
  ),
);
const STORES = /^(?:apps|itunes)\.apple\.com$|^play\.google\.com$/;
const NETWORKS =
  /(?:^|\.)(?:facebook|instagram|twitter|x|linkedin|youtube|tiktok|pinterest|threads|whatsapp|bsky|reddit|mastodon)\.(?:com|net|app|social)$|^(?:t\.me|wa\.me)$/;
/** What somebody wrote or showed there, instead of who they are. */
const NETWORK_ARTICLE =
  /^\/(?:watch|shorts\/.|[^/]+\/(?:status|statuses|posts|post|videos?)\/.|profile\/[^/]+\/post\/|posts\/.|pulse\/.|p\/.|reel\/.|r\/[^/]+\/comments\/|@[^/]+\/\d)/i;
const IMAGE = /\.(?:gif|jpe?g|png|webp|svg|ico)$/i;

function isService({ label }: Link, url: string): boolean {
  const { hostname, pathname, search } = new URL(url);
  const bare = label.replace(/[\s>→»›|·]+$/u, '').replace(/^[\s|·]+/u, '');
  return (
    (label.length <= MAX_SERVICE_LABEL && (SERVICE.test(bare) || SERVICE_WORD.test(bare))) ||
    pathname
      .toLowerCase()
      .split('/')
      .some((step) => SERVICE_PATH.has(step)) ||
    /\bunsub|\boptout/i.test(search) ||
    STORES.test(hostname) ||
    (NETWORKS.test(hostname) && !NETWORK_ARTICLE.test(pathname)) ||
    IMAGE.test(pathname)
  );
}

function isHome(url: string): boolean {
  const { pathname, search, hash } = new URL(url);
  return pathname === '/' && search === '' && hash === '';
}

const MAX_ONLINE_LINE = 300;

function isOnline({ label }: Link, line: Line): boolean {
  return (
    label.length <= 120 &&
    (ONLINE.test(label) || (HERE.test(label) && ONLINE.test(line.text.slice(0, MAX_ONLINE_LINE))))
  );
}

/** A line that is only there to get out of the letter, or to open it elsewhere. */
export function isServiceLine(line: Line): boolean {
  const { links, text } = line;
  if (links.length === 0) return false;
  if (text.length <= MAX_ONLINE_LINE && links.some((link) => isOnline(link, line))) return true;
  const said = links.reduce((sum, { text: own }) => sum + own.length, 0);
  return (
    text.length - said <= 40 + 3 * links.length &&
    links.every((link) => !URL.canParse(link.url) || isService(link, link.url))
  );
}

/** The text of a line without addresses that count or name the reader. */
export function openText({ text, links }: Line): string {
  const hidden = links.filter(
    (link) => link.text === link.url && (openUrl(link.url) === undefined || isService(link, link.url)),
  );
  if (hidden.length === 0) return text;
  return hidden
    .reduce((rest, { url }) => rest.replace(url, ''), text)
    .replace(/<\s*>|\(\s*\)|\[\s*\]/g, '')
    .trim();
}

// --- Which link is the article -----------------------------------------------------------------------------------

const MORE =
  /^(?:read (?:more|on|the (?:full |whole |rest of the )?(?:article|story|post|piece|essay))|continue reading|keep reading|full (?:story|article)|weiterlesen|mehr lesen|zum artikel|jetzt lesen|artikel lesen|lire (?:la suite|l['’]article|plus)|en savoir plus|leer (?:más|el artículo)|seguir leyendo|leggi (?:tutto|di più|l['’]articolo)|continua a leggere|continua|ler mais|continuar (?:a ler|lendo)|leia mais|lees (?:meer|verder)|verder lezen|läs (?:mer|vidare|hela artikeln)|læs mere|les mer)\b/iu;

/** Letters of this size begin an article; those of the text do not. */
const HEADLINE_SIZE = 20;

/** A link that could be the article. Without `url`, nobody but its reader may follow it. */
interface Candidate {
  url: string | undefined;
  labels: string[];
  size: number;
}

function letters(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function sayTheSame(label: string, subject: string): boolean {
  const [a, b] = [letters(label), letters(subject)];
  if (Math.min(a.length, b.length) < 12) return a !== '' && a === b;
  return a.startsWith(b) || b.startsWith(a) || a.endsWith(b) || b.endsWith(a);
}

function candidatesIn(lines: Line[]): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const link of lines.flatMap(({ links }) => links)) {
    const url = openUrl(link.url);
    if (!URL.canParse(link.url) || isService(link, url ?? link.url)) continue;
    const key = url ?? link.url;
    const one = found.get(key) ?? { url, labels: [], size: 0 };
    one.labels.push(link.label);
    one.size = Math.max(one.size, link.size);
    found.set(key, one);
  }
  return [...found.values()];
}

function sole<T>(all: T[]): T | undefined {
  return all.length === 1 ? all[0] : undefined;
}

/** A few words to one link: there a home page can be what is meant. */
const SHORT_LETTER = 500;

/**
 * The article a letter is about: the letter itself where it stands on the web; else what its subject names, its one
 * largest headline, its one "read more", or its only link. Several alike, a digest, are no article: then nothing, and
 * so if the link only counts, or lets its holder in as the reader. `title`: what the headline calls it.
 */
export function articleLink(lines: Line[], subject: string): { url: string; title?: string } | undefined {
  for (const line of lines) {
    const online = line.links.find((link) => isOnline(link, line));
    const url = online && openUrl(online.url);
    if (url) return { url };
  }
  const all = candidatesIn(lines);
  const pages = all.filter(({ url }) => !url || !isHome(url));
  const largest = Math.max(0, ...pages.map(({ size }) => size));
  const headline =
    pages.find(({ labels }) => labels.some((label) => sayTheSame(label, subject))) ??
    (largest >= HEADLINE_SIZE ? sole(pages.filter(({ size }) => size === largest)) : undefined);
  const isShort = lines.reduce((sum, { text }) => sum + text.length, 0) <= SHORT_LETTER;
  const chosen =
    headline ??
    sole(pages.filter(({ labels }) => labels.some((label) => MORE.test(label)))) ??
    sole(pages) ??
    (isShort ? sole(all) : undefined);
  if (!chosen?.url) return undefined;
  const title = headline?.labels.find((label) => label && !MORE.test(label) && !/^https?:/i.test(label));
  return { url: chosen.url, ...(title && { title }) };
}
