import { at, HOUR, MINUTE } from '../platform/clock.ts';
import { Fault } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { type Article, MAX_ALIASES } from './article.ts';
import { isNamed, keptOf, MATCH_GRACE } from './articles.ts';
import { describe, withMore, withSelection } from './describe.ts';
import type { Extracted } from './extract.ts';
import { extractSafely } from './extract-worker.ts';
import { fetchPage, type Page } from './fetch.ts';
import { foldText } from './prose.ts';
import { comparisonKey } from './same.ts';
import { changeArticle, findArticle, findArticleByUrl, readText, storeNotRead } from './store.ts';
import { canonicalUrl, isHome, MAX_URL_CHARS, pageCanonical } from './url.ts';
import { MAX_HTML_BYTES } from './words.ts';

/** How long after a failed try the next one comes; after the last the page is given up, and the user may ask again. */
const WAITS = [10 * MINUTE, 3 * HOUR];

/** Where a site sends readers it does not know, or has nothing for: such an address is everybody's, no article's. */
const DOOR =
  /\/(?:log-?in|sign-?in|sign-?up|auth|oauth2?|sso|consent|account|register|subscribe|404|error|not-?found)(?:\/|$|\.)/i;
const DOOR_HOST = /^(?:accounts?|auth|consent|id|login|signin|sso)\./;

/** Writers that are in the way of one reading: more than there can be at once. */
const ROUNDS = 5;

/**
 * Reads the page of an article that came as a bare link, and fills in what the reader did not say. Gives the id of the
 * article that there is something new to match for, if there is: another's, if the page is one that was saved before.
 * Then this link has become that article, and `forgetArticle` takes it out of the suggestions. What cannot be had is
 * kept with the reason. Doing it again changes nothing.
 *
 * Faults: `conflict` if others change it all the time.
 */
export async function readPage(
  ground: Ground,
  userId: string,
  articleId: string,
): Promise<string | undefined> {
  const { table, settings } = ground;
  const article = await findArticle(table, userId, articleId);
  if (!isUnread(article, articleId)) return becameOf(article, articleId);
  const fetched = await fetchPage(article.url, { allow: settings.fetchAllow });
  const now = ground.clock();
  if (fetched.outcome === 'not-had') {
    const tries = (article.notRead?.tries ?? 0) + 1;
    const wait = fetched.again ? WAITS[tries - 1] : undefined;
    const next = wait === undefined ? { readAt: at(now) } : { againAt: at(now, wait) };
    await storeNotRead(table, userId, articleId, { reason: fetched.reason, tries }, next);
    return undefined;
  }
  const page = await extracted(fetched);
  for (let round = 1; round <= ROUNDS; round++) {
    const link = await findArticle(table, userId, articleId);
    if (!isUnread(link, articleId)) return becameOf(link, articleId);
    const kept = await keep(ground, userId, link, fetched, page);
    if (kept) return kept;
  }
  throw new Fault('conflict', 'This article is being changed elsewhere. Try again.');
}

type Link = Article & { url: string };

function isUnread(article: Article | undefined, articleId: string): article is Link {
  return article?.id === articleId && article.url !== undefined && article.readAt === undefined;
}

/** The other article that it turned out to be, in an earlier try that was cut off. */
function becameOf(article: Article | undefined, articleId: string): string | undefined {
  return article?.id === articleId ? undefined : article?.id;
}

async function extracted(page: Page): Promise<Partial<Extracted>> {
  if (page.html === undefined) return { text: foldText(page.text ?? '') };
  // A page in another encoding grows in UTF-8; what is beyond the bound is its end.
  const html = Buffer.from(page.html)
    .subarray(0, MAX_HTML_BYTES - 4)
    .toString();
  return extractSafely(html, page.url);
}

/** The id of what was kept: of the link, filled in, or of the article it is. Undefined: somebody else was faster. */
async function keep(
  ground: Ground,
  userId: string,
  link: Link,
  fetched: Page,
  page: Partial<Extracted>,
): Promise<string | undefined> {
  const { table } = ground;
  const now = ground.clock();
  const own = canonicalUrl(link.url);
  const landed = landedAt(own, fetched);
  const address = landed ? pageCanonical(landed, page.canonical) : own;
  const names = landed ? [address, landed] : [];
  const first = await ownerOf(ground, userId, names, link);
  const outcome = first && (await giveWay(ground, userId, link, first, names, page));
  if (outcome === 'stored') return first?.id;
  if (outcome === 'changed') return undefined;
  // `taken`: it cannot become that article, and stays one of its own.
  const { filled, text } = fill(link, outcome ? own : address, page, at(now));
  const next = outcome ? filled : withMore(filled, { aliases: names.map(comparisonKey) });
  const change = { text, matchAt: at(now, MATCH_GRACE) };
  return (await changeArticle(table, userId, link, next, change)) === 'stored' ? link.id : undefined;
}

/**
 * Where the link leads, after redirects; undefined if that is a site's door, or its front page: there dead links end,
 * and all of them would be one article.
 */
function landedAt(own: string, { url }: Page): string | undefined {
  if (url.length > MAX_URL_CHARS) return undefined;
  const { hostname, pathname } = new URL(url);
  if (DOOR.test(pathname) || DOOR_HOST.test(hostname)) return undefined;
  const landed = canonicalUrl(url);
  return isHome(landed) && !isHome(own) ? undefined : landed;
}

async function ownerOf({ table }: Ground, userId: string, addresses: string[], link: Link) {
  for (const address of addresses) {
    const owner = await findArticleByUrl(table, userId, address);
    if (owner && owner.id !== link.id) return owner;
  }
  return undefined;
}

/**
 * The link becomes the article that was saved before: its selection and tags are added there, and its address and its
 * id lead there from now on, since a note may carry it and a window may show it. `taken`: there is no room for that.
 */
async function giveWay(
  { table, clock }: Ground,
  userId: string,
  link: Link,
  first: Article,
  names: string[],
  page: Partial<Extracted>,
): Promise<'stored' | 'changed' | 'taken'> {
  const { id, url, canonicalUrl: address = url, aliases = [], selection = '', tags, savedAt } = link;
  const all = [...[url, address, ...names].map(comparisonKey), ...aliases];
  const grown = withMore(first, { selection, tags, savedAt, aliases: [id, ...all] });
  if ((grown.aliases?.length ?? 0) >= MAX_ALIASES) return 'taken';
  const gone = link;
  if (first.wordCount === 0 && page.wordCount) {
    const now = clock();
    const { filled, text } = fill(grown, first.canonicalUrl ?? address, page, at(now));
    const matchAt = at(now, MATCH_GRACE);
    return changeArticle(table, userId, first, filled, { gone, text, matchAt });
  }
  const isMore = grown.selection !== first.selection;
  const text = isMore ? withSelection(await readText(table, userId, first.id), selection) : undefined;
  return changeArticle(table, userId, first, grown, { gone, text });
}

/** The article with what its page says; the reader's title stays, unless it was only the address. */
function fill(article: Article, address: string, page: Partial<Extracted>, readAt: string) {
  const { url, selection } = article;
  const title = isNamed(article) ? article.title : undefined;
  const { description, text } = describe({ url, title, selection }, address, page);
  const filled: Article = {
    ...description,
    ...keptOf(article),
    readAt,
    ...(!page.text && { notRead: { reason: 'no-text', tries: 1 } }),
  };
  return { filled, text };
}
