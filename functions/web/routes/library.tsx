import { type Context, Hono } from 'hono';
import { getArticle, matchAgain, readAgain, saveArticle } from '../../articles/articles.ts';
import { listArticles } from '../../articles/store.ts';
import { onArticle } from '../../matching/matching.ts';
import { carries } from '../../notes/notes.ts';
import { listNotes } from '../../notes/store.ts';
import { deleteArticleAndTraces } from '../../transfer/erase.ts';
import { pageOf } from '../api/input.ts';
import type { Env } from '../env.ts';
import { ArticlePage, LibraryPage } from '../pages/library.tsx';
import type { FormErrors, LetterDraft } from '../views.ts';
import { formErrors, formOf } from './form.ts';
import { statusOf } from './letter.ts';
import { Load } from './load.ts';

/** Notes that are looked through for those with an article. */
const RECENT_NOTES = 100;

async function showLibrary(
  c: Context<Env>,
  errors: FormErrors,
  values: Record<string, string>,
): Promise<Response> {
  const { ground, user } = c.var;
  const load = new Load(c);
  const [{ items, cursor }, notes] = await Promise.all([
    listArticles(ground.table, user.id, pageOf(c)),
    listNotes(ground.table, user.id, { limit: RECENT_NOTES }),
  ]);
  const articles = await Promise.all(
    items.map(async (article) => ({
      ...(await load.clipping(article)),
      noteCount: notes.items.filter((note) => carries(note, article) && note.state !== 'cancelled').length,
    })),
  );
  return c.html(
    <LibraryPage
      frame={load.frame}
      articles={articles}
      errors={errors}
      values={values}
      {...(cursor && { nextCursor: cursor })}
    />,
    Object.keys(errors).length > 0 ? 400 : 200,
  );
}

export async function showArticle(
  c: Context<Env>,
  articleId: string,
  draft?: LetterDraft,
): Promise<Response> {
  const { ground, user } = c.var;
  const load = new Load(c);
  const article = await getArticle(ground, user.id, articleId);
  const [clipping, friends, notes, aside] = await Promise.all([
    load.clipping(article),
    load.friends(),
    listNotes(ground.table, user.id, { limit: RECENT_NOTES }),
    load.aside(article.id),
  ]);
  return c.html(
    <ArticlePage
      frame={load.frame}
      clipping={clipping}
      notes={await load.notes(notes.items.filter((note) => carries(note, article)))}
      friends={friends}
      {...(aside && { aside })}
      {...(draft && { draft })}
    />,
    statusOf(draft),
  );
}

/** The library: everything that was saved. */
export const library = new Hono<Env>()
  .get('/library', (c) => showLibrary(c, {}, {}))
  .post('/articles', async (c) => {
    const { ground, user } = c.var;
    const form = await formOf(c);
    try {
      const input = { url: form.filled('url') ?? '', title: form.filled('title') };
      const { article, text, toMatch } = await saveArticle(ground, user.id, input, 'page');
      if (toMatch) await onArticle(ground, user.id, article.id, { article, text });
      return c.redirect(`/articles/${article.id}`, 303);
    } catch (error) {
      return showLibrary(c, formErrors(error), form.under(''));
    }
  })
  .get('/articles/:id', (c) => showArticle(c, c.req.param('id')))
  .post('/articles/:id/read', async (c) => {
    await readAgain(c.var.ground, c.var.user.id, c.req.param('id'));
    return c.redirect(`/articles/${c.req.param('id')}`, 303);
  })
  .post('/articles/:id/match', async (c) => {
    await matchAgain(c.var.ground, c.var.user.id, c.req.param('id'));
    return c.redirect(`/articles/${c.req.param('id')}`, 303);
  })
  .post('/articles/:id/delete', async (c) => {
    await deleteArticleAndTraces(c.var.ground, c.var.user.id, c.req.param('id'));
    return c.redirect('/library', 303);
  });
