import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { DUE_REMOVE, dueAttributes, dueSet } from '../platform/due.ts';
import { digest, isId } from '../platform/ids.ts';
import { type Key, keys, ranges } from '../platform/keys.ts';
import { type Item, plain, type Table, type Write } from '../platform/table.ts';
import { Article, type NotRead } from './article.ts';
import { canonicalUrl } from './url.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

function read(item: Item): Article {
  return Article.parse(plain(item));
}

/** The name of an article's address in keys: of its canonical URL, or of itself if it has none. */
export function addressDigest(article: Pick<Article, 'id' | 'canonicalUrl'>): string {
  return digest(article.canonicalUrl ?? article.id);
}

/** Where the addresses of an article lead to it: as it was given, and as its page says. */
function addressKeys(userId: string, { url, canonicalUrl: canonical }: Article): Key[] {
  const addresses = new Set([canonical, url && canonicalUrl(url)].filter((address) => address !== undefined));
  return [...addresses].map((address) => keys.url(userId, digest(address)));
}

export async function findArticle(
  table: Table,
  userId: string,
  articleId: string,
): Promise<Article | undefined> {
  if (!isId('art', articleId)) return undefined;
  const item = await table.get(keys.article(userId, articleId));
  return item && read(item);
}

export async function findArticleByUrl(table: Table, userId: string, canonicalUrl: string) {
  const item = await table.get(keys.url(userId, digest(canonicalUrl)));
  return item && findArticle(table, userId, String(item.articleId));
}

/** Newest first. */
export async function listArticles(
  table: Table,
  userId: string,
  page: { limit: number; cursor?: string | undefined },
) {
  const { items, cursor } = await table.query(ranges.articles(userId), { ...page, newestFirst: true });
  return { items: items.map(read), ...(cursor && { cursor }) };
}

/**
 * Stores an article with its text, due to be fetched or matched at `dueAt`. False: there is one with its id or one of its
 * addresses, and nothing was written.
 */
export async function insertArticle(
  table: Table,
  userId: string,
  article: Article,
  text: string,
  work: 'fetch' | 'match',
  dueAt: string,
): Promise<boolean> {
  const writes: Write[] = [
    {
      put: {
        ...keys.article(userId, article.id),
        ...article,
        ...dueAttributes(article.id, work, dueAt),
      },
      if: 'attribute_not_exists(pk)',
    },
  ];
  if (text) {
    writes.push({ put: { ...keys.text(userId, article.id), packed: await packToFit(text) } });
  }
  for (const key of addressKeys(userId, article)) {
    writes.push({ put: { ...key, articleId: article.id }, if: 'attribute_not_exists(pk)' });
  }
  return (await table.transact(writes)).length === 0;
}

/** An item of DynamoDB has at most 400 KB, with its keys. Prose packs far below; characters by chance do not. */
const MAX_PACKED = 390_000;

async function packToFit(text: string): Promise<Buffer> {
  const packed = await pack(text);
  return packed.length <= MAX_PACKED ? packed : packToFit(text.slice(0, text.length / 2).toWellFormed());
}

export async function readText(table: Table, userId: string, articleId: string): Promise<string> {
  const item = await table.get(keys.text(userId, articleId));
  return item ? unpackText(item) : '';
}

/** Every article of a user with its text, a page at a time, oldest first. */
export async function* walkLibrary(
  table: Table,
  userId: string,
): AsyncGenerator<{ article: Article; text: string }[]> {
  const page = 50;
  const texts = table.pages(ranges.texts(userId), { limit: page });
  let waiting = new Map<string, Item>();
  let textsRead = '';
  for await (const items of table.pages(ranges.articles(userId), { limit: page })) {
    // Both ranges are in order of the same ids: texts are read just as far as the articles are.
    const last = String(items.at(-1)?.sk ?? '').replace('ARTICLE#', '');
    while (textsRead < last) {
      const next = await texts.next();
      if (next.done) break;
      for (const item of next.value) {
        textsRead = String(item.sk).replace('TEXT#', '');
        waiting.set(textsRead, item);
      }
    }
    yield await Promise.all(
      items.map(async (item) => {
        const article = read(item);
        const packed = waiting.get(article.id);
        return { article, text: packed ? await unpackText(packed) : '' };
      }),
    );
    waiting = new Map([...waiting].filter(([id]) => id > last));
  }
}

async function unpackText(item: Item): Promise<string> {
  return (await unpack(item.packed as Uint8Array)).toString();
}

export async function deleteArticle(table: Table, userId: string, article: Article): Promise<void> {
  const writes: Write[] = [
    { delete: keys.article(userId, article.id) },
    { delete: keys.text(userId, article.id) },
    ...addressKeys(userId, article).map((key) => ({ delete: key })),
  ];
  await table.transact(writes);
}

/**
 * Stores what was read of an article's page, due to be matched at `matchAt`. False: it was deleted meanwhile, or one of
 * its addresses is another article's.
 */
export async function storePage(
  table: Table,
  userId: string,
  article: Article,
  text: string,
  matchAt: string,
): Promise<boolean> {
  const { id, savedAt: _at, savedBy: _by, notRead: _not, workFailed: _failed, ...fields } = article;
  const due = dueSet(id, 'match', matchAt);
  const set = Object.keys(fields).map((name) => `#${name} = :${name}`);
  const writes: Write[] = [
    {
      update: keys.article(userId, id),
      set: `SET ${set.join(', ')}, ${due.text} REMOVE #notRead, #workFailed`,
      if: 'attribute_exists(pk)',
      values: { ...fields, ...due.values },
    },
    ...addressKeys(userId, article).map((key) => ({
      put: { ...key, articleId: id },
      if: 'attribute_not_exists(pk) OR #articleId = :me',
      values: { me: id },
    })),
  ];
  if (text) writes.push({ put: { ...keys.text(userId, id), packed: await packToFit(text) } });
  return (await table.transact(writes)).length === 0;
}

/** The page could not be had: tried again at `againAt`, or given up at `readAt`. */
export async function storeNotRead(
  table: Table,
  userId: string,
  articleId: string,
  notRead: NotRead,
  next: { againAt: string } | { readAt: string },
): Promise<void> {
  const due = 'againAt' in next ? dueSet(articleId, 'fetch', next.againAt) : undefined;
  await table.update(
    keys.article(userId, articleId),
    due
      ? `SET #notRead = :notRead, ${due.text}`
      : `SET #notRead = :notRead, #readAt = :readAt REMOVE ${DUE_REMOVE}`,
    { notRead, fetch: 'fetch', ...due?.values, ...('readAt' in next && next) },
    '#work = :fetch',
  );
}

/** Has the page read again. */
export async function askRead(
  table: Table,
  userId: string,
  articleId: string,
  readAt: string,
): Promise<void> {
  const due = dueSet(articleId, 'fetch', readAt);
  await table.update(
    keys.article(userId, articleId),
    `SET ${due.text} REMOVE #readAt, #notRead, #workFailed`,
    due.values,
    'attribute_exists(pk)',
  );
}

/** Takes the matched article out of the due index, unless its page is still to be read. */
export async function finishMatch(table: Table, userId: string, articleId: string): Promise<void> {
  await table.update(
    keys.article(userId, articleId),
    `REMOVE ${DUE_REMOVE}, #workFailed`,
    { match: 'match' },
    'attribute_exists(pk) AND (attribute_not_exists(#work) OR #work = :match)',
  );
}

export async function askMatch(
  table: Table,
  userId: string,
  articleId: string,
  matchAt: string,
): Promise<void> {
  const due = dueSet(articleId, 'match', matchAt);
  await table.update(
    keys.article(userId, articleId),
    `SET ${due.text} REMOVE #workFailed`,
    due.values,
    'attribute_exists(pk)',
  );
}
