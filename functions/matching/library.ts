import type { Article } from '../articles/article.ts';
import { findArticle, readText, walkArticleIds } from '../articles/store.ts';
import type { Ground } from '../platform/ground.ts';
import { type ArticleForm, encodeArticle } from './encode.ts';
import type { Models } from './models.ts';
import { putArticleForm, walkArticleForms } from './store.ts';
import { packArticle, unpackArticle } from './stored.ts';

/** Tags that are read: more say little. */
const MOST_TAGS = 10;

/**
 * What an article was filed under says as much as its title. The form is as it comes back from the table, so that
 * whoever reads it there finds the same.
 */
export async function encodeSaved(article: Article, text: string, models: Models): Promise<ArticleForm> {
  const { title, language, tags = [] } = article;
  const words = [title, ...tags.slice(0, MOST_TAGS)].join(', ');
  const form = await encodeArticle({ title: words, text, language }, models);
  return unpackArticle(packArticle(form)) ?? form;
}

/**
 * Articles without a form that one look back encodes with their sentences, at 60 ms each; the rest by their words, at 1
 * ms: a library that was there before any friend, and `suggest` has minutes.
 */
const MOST_SENTENCES = 500;

export interface LibraryForm {
  articleId: string;
  form: ArticleForm;
}

/**
 * The form of every article, a page at a time; what has none, or one of another version, is encoded. Reading begins at
 * once.
 */
export function libraryForms(ground: Ground, userId: string, models: Models): AsyncGenerator<LibraryForm[]> {
  return ahead(walkForms(ground, userId, models));
}

async function* walkForms(ground: Ground, userId: string, models: Models): AsyncGenerator<LibraryForm[]> {
  const { table } = ground;
  const stored = ahead(walkArticleForms(table, userId));
  const words: Models = { ...models };
  delete words.sentences;
  let waiting = new Map<string, Uint8Array>();
  let formsRead = '';
  let missing = 0;
  for await (const ids of ahead(walkArticleIds(table, userId))) {
    // Both are in order of the same ids: forms are read just as far as the articles are.
    const last = ids.at(-1) ?? '';
    while (formsRead < last) {
      const next = await stored.next();
      if (next.done) break;
      for (const { articleId, form } of next.value) {
        formsRead = articleId;
        waiting.set(articleId, form);
      }
    }
    const page: LibraryForm[] = [];
    for (const articleId of ids) {
      const bytes = waiting.get(articleId);
      const kept = bytes && unpackArticle(bytes);
      const at = !kept && ++missing > MOST_SENTENCES ? words : models;
      const form = kept ?? (await encodeMissing(ground, userId, articleId, at));
      if (form) page.push({ articleId, form });
    }
    yield page;
    waiting = new Map([...waiting].filter(([id]) => id > last));
  }
}

/** The same pages; the next one is on its way while somebody works on one. */
function ahead<Page>(pages: AsyncGenerator<Page>): AsyncGenerator<Page> {
  const ask = () => {
    const next = pages.next();
    // It fails where it is awaited; a walk that ended early awaits it no more.
    next.catch(() => undefined);
    return next;
  };
  let next = ask();
  return (async function* () {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = ask();
      yield value;
    }
  })();
}

async function encodeMissing(
  ground: Ground,
  userId: string,
  articleId: string,
  models: Models,
): Promise<ArticleForm | undefined> {
  const article = await findArticle(ground.table, userId, articleId);
  // Gone, or a link that became another article since.
  if (article?.id !== articleId) return undefined;
  const form = await encodeSaved(article, await readText(ground.table, userId, articleId), models);
  await putArticleForm(ground.table, userId, articleId, packArticle(form));
  return form;
}
