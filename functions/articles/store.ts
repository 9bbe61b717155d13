import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { DUE_REMOVE, dueAttributes, dueSet } from '../platform/due.ts';
import { digest, isId } from '../platform/ids.ts';
import { type Key, keys, ranges } from '../platform/keys.ts';
import { type Item, plain, type Table, type Write } from '../platform/table.ts';
import { Article, type NotRead } from './article.ts';
import { comparisonKey } from './same.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

export function readArticle(item: Item): Article {
  return Article.parse(plain(item));
}

/** The name of an article in keys: of its address, however it is written, or of itself if it has none. */
export function addressDigest(article: Pick<Article, 'id' | 'canonicalUrl'>): string {
  return digest(article.canonicalUrl ? comparisonKey(article.canonicalUrl) : article.id);
}

/** Where the names of an article lead to it: its address as it was given and as its page says, and its aliases. */
function nameKeys(userId: string, { url, canonicalUrl, aliases = [] }: Article): Key[] {
  const addresses = [canonicalUrl, url].filter((address) => address !== undefined);
  const names = new Set([...addresses.map(comparisonKey), ...aliases]);
  return [...names].map((name) => keys.url(userId, digest(name)));
}

/** By its id, also of a link that turned out to be this article. */
export async function findArticle(
  table: Table,
  userId: string,
  articleId: string,
): Promise<Article | undefined> {
  if (!isId('art', articleId)) return undefined;
  const item = await table.get(keys.article(userId, articleId));
  return item ? readArticle(item) : findByName(table, userId, articleId);
}

/** By any address of it, however it is written. Fault `invalid` if that is none. */
export function findArticleByUrl(table: Table, userId: string, url: string): Promise<Article | undefined> {
  return findByName(table, userId, comparisonKey(url));
}

async function findByName(table: Table, userId: string, name: string): Promise<Article | undefined> {
  const pointer = await table.get(keys.url(userId, digest(name)));
  const item = pointer && (await table.get(keys.article(userId, String(pointer.articleId))));
  return item && readArticle(item);
}

/** Newest first. */
export async function listArticles(
  table: Table,
  userId: string,
  page: { limit: number; cursor?: string | undefined },
) {
  const { items, cursor } = await table.query(ranges.articles(userId), { ...page, newestFirst: true });
  return { items: items.map(readArticle), ...(cursor && { cursor }) };
}

/**
 * Stores an article with its text, due to be fetched or matched at `dueAt`. False: there is one with its id or one of its
 * names, and nothing was written.
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
  for (const key of nameKeys(userId, article)) {
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

/** The ids of a user's articles, a page at a time, in their order. */
export async function* walkArticleIds(table: Table, userId: string): AsyncGenerator<string[]> {
  const page = { limit: 800, only: '#id' };
  for await (const items of table.pages(ranges.articles(userId), page))
    yield items.map(({ id }) => String(id));
}

/** Every article of a user with its text, and the work that is still due for it, a page at a time, oldest first. */
export async function* walkLibrary(
  table: Table,
  userId: string,
): AsyncGenerator<{ article: Article; text: string; work?: 'fetch' | 'match' }[]> {
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
        const article = readArticle(item);
        const packed = waiting.get(article.id);
        const work = item.work as 'fetch' | 'match' | undefined;
        return { article, text: packed ? await unpackText(packed) : '', ...(work && { work }) };
      }),
    );
    waiting = new Map([...waiting].filter(([id]) => id > last));
  }
}

async function unpackText(item: Item): Promise<string> {
  return (await unpack(item.packed as Uint8Array)).toString();
}

/** Deletes it with its text and all its names, also those it was given since it was read. */
export async function deleteArticle(table: Table, userId: string, article: Article): Promise<void> {
  const writes: Write[] = [
    { delete: keys.article(userId, article.id), ...asSeen(article, ['aliases', 'canonicalUrl']) },
    { delete: keys.text(userId, article.id) },
    ...nameKeys(userId, article).map((key) => ({ delete: key })),
  ];
  if ((await table.transact(writes)).length === 0) return;
  const item = await table.get(keys.article(userId, article.id));
  if (item) await deleteArticle(table, userId, readArticle(item));
}

/** What more than one writer changes: whoever changes it has seen what stands there. */
const WATCHED = ['aliases', 'canonicalUrl', 'readAt', 'selection', 'tags', 'wordCount'] as const;

/** The condition that these fields are as they were read. */
function asSeen(article: Article, fields: readonly (keyof Article)[]) {
  const parts = fields.map((name) =>
    article[name] === undefined ? `attribute_not_exists(#${name})` : `#${name} = :seen_${name}`,
  );
  const known = fields.filter((name) => article[name] !== undefined);
  return {
    if: ['attribute_exists(pk)', ...parts].join(' AND '),
    values: Object.fromEntries(known.map((name) => [`seen_${name}`, article[name]])),
  };
}

export interface Change {
  /** Replaces its text. */
  text?: string | undefined;
  /** Makes it due to be matched then, instead of whatever it was due for. */
  matchAt?: string | undefined;
  /** An article that turned out to be this one: it is deleted, and its names lead here; `next` has them as aliases. */
  gone?: Article | undefined;
}

/**
 * Writes what differs between an article as it was `seen` and `next`, with all its names. `changed`: somebody else
 * changed or deleted it first. `taken`: one of its names is another article's. In both cases nothing was written.
 */
export async function changeArticle(
  table: Table,
  userId: string,
  seen: Article,
  next: Article,
  { text, matchAt, gone }: Change = {},
): Promise<'stored' | 'changed' | 'taken'> {
  const fields = Object.keys(Article.shape) as (keyof Article)[];
  const differing = fields.filter((name) => JSON.stringify(seen[name]) !== JSON.stringify(next[name]));
  const [set, removed] = [true, false].map((stays) =>
    differing.filter((name) => (next[name] !== undefined) === stays),
  ) as [typeof fields, typeof fields];
  const due = matchAt ? dueSet(next.id, 'match', matchAt) : undefined;
  const sets = [...set.map((name) => `#${name} = :${name}`), ...(due ? [due.text] : [])];
  const clauses = [
    ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
    ...(removed.length > 0 ? [`REMOVE ${removed.map((name) => `#${name}`).join(', ')}`] : []),
  ];
  const unchanged = asSeen(seen, WATCHED);
  const values = {
    ...unchanged.values,
    ...due?.values,
    ...Object.fromEntries(set.map((name) => [name, next[name]])),
  };
  const key = keys.article(userId, next.id);
  const writes: Write[] = [
    clauses.length > 0
      ? { update: key, set: clauses.join(' '), if: unchanged.if, values }
      : { check: key, ...unchanged },
  ];
  if (gone) {
    writes.push(
      { delete: keys.article(userId, gone.id), ...asSeen(gone, WATCHED) },
      { delete: keys.text(userId, gone.id) },
    );
  }
  const own = writes.length;
  for (const name of nameKeys(userId, next)) {
    writes.push({
      put: { ...name, articleId: next.id },
      if: 'attribute_not_exists(pk) OR #articleId IN (:me, :gone)',
      values: { me: next.id, gone: gone?.id ?? next.id },
    });
  }
  if (text) writes.push({ put: { ...keys.text(userId, next.id), packed: await packToFit(text) } });
  const failed = await table.transact(writes);
  if (failed.length === 0) return 'stored';
  return failed.some((place) => place < own) ? 'changed' : 'taken';
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

/** Has it matched again, unless its page is still to be read, which leads there anyway. */
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
    { ...due.values, fetch: 'fetch' },
    'attribute_exists(pk) AND (attribute_not_exists(#work) OR #work <> :fetch)',
  );
}
