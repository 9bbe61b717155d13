import { at, HOUR, MINUTE } from '../platform/clock.ts';
import type { Ground } from '../platform/ground.ts';
import type { Article } from './article.ts';
import { MATCH_GRACE } from './articles.ts';
import { bareTitle, describe, fold } from './describe.ts';
import type { Extracted } from './extract.ts';
import { extractSafely } from './extract-worker.ts';
import { fetchPage, type Page } from './fetch.ts';
import { findArticle, storeNotRead, storePage } from './store.ts';
import { canonicalUrl, MAX_URL_CHARS, pageCanonical } from './url.ts';
import { MAX_HTML_BYTES } from './words.ts';

/** How long after a failed try the next one comes; after the last the page is given up, and the user may ask again. */
const WAITS = [10 * MINUTE, 3 * HOUR];

/** Where a site sends readers it does not know: such an address is everybody's, and no article's. */
const DOOR = /\/(log-?in|sign-?in|sign-?up|auth|oauth2?|sso|consent|account|register|subscribe)(\/|$|\.)/i;

/**
 * Reads the page of an article that came as a bare link, and fills in what the reader did not say. True: there is
 * something new to match. What cannot be had is kept with the reason. Doing it again changes nothing.
 */
export async function readPage(ground: Ground, userId: string, articleId: string): Promise<boolean> {
  const { table, settings } = ground;
  const article = await findArticle(table, userId, articleId);
  if (!article?.url || article.readAt) return false;
  const fetched = await fetchPage(article.url, { allow: settings.fetchAllow });
  const now = ground.clock();
  if (fetched.outcome === 'not-had') {
    const tries = (article.notRead?.tries ?? 0) + 1;
    const wait = fetched.again ? WAITS[tries - 1] : undefined;
    const next = wait === undefined ? { readAt: at(now) } : { againAt: at(now, wait) };
    await storeNotRead(table, userId, articleId, { reason: fetched.reason, tries }, next);
    return false;
  }
  const page = await extracted(fetched);
  const own = canonicalUrl(article.url);
  const matchAt = at(now, MATCH_GRACE);
  for (const address of new Set([addressOf(own, fetched, page), article.canonicalUrl ?? own])) {
    const { filled, text } = fill(article, address, page, at(now));
    if (await storePage(table, userId, filled, text, matchAt)) return true;
    // The address of the page belongs to an article that was saved before: this one keeps its own.
  }
  return false;
}

async function extracted(page: Page): Promise<Partial<Extracted>> {
  if (page.html === undefined) return { text: fold(page.text ?? '') };
  // A page in another encoding grows in UTF-8; what is beyond the bound is its end.
  const html = Buffer.from(page.html)
    .subarray(0, MAX_HTML_BYTES - 4)
    .toString();
  return extractSafely(html, page.url);
}

/** The canonical URL, after redirects, unless they end at a site's door. */
function addressOf(own: string, { url }: Page, page: Partial<Extracted>): string {
  if (url.length > MAX_URL_CHARS || DOOR.test(new URL(url).pathname)) return own;
  return pageCanonical(url, page.canonical);
}

/** The article with what its page says; the reader's title stays, unless it was only the address. */
function fill(article: Article, address: string, page: Partial<Extracted>, readAt: string) {
  const { id, savedAt, savedBy, url, title, selection } = article;
  const said = title === bareTitle(article.canonicalUrl) ? undefined : title;
  const { description, text } = describe({ url, title: said, selection }, address, page);
  const filled: Article = { ...description, id, savedAt, savedBy, readAt };
  return { filled, text };
}
