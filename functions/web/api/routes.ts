import { Hono } from 'hono';
import * as z from 'zod';
import { getArticle, saveArticle } from '../../articles/articles.ts';
import { findArticle, listArticles } from '../../articles/store.ts';
import { addFriend, getFriend } from '../../friends/friends.ts';
import { allFriends, listFriends } from '../../friends/store.ts';
import { onArticle } from '../../matching/matching.ts';
import { suggestionsOf, waitingFor } from '../../matching/store.ts';
import { isSuggested } from '../../matching/suggestion.ts';
import { changeFriendAndNotes } from '../../notes/moved.ts';
import { NoteState } from '../../notes/note.ts';
import {
  cancelNote,
  editNote,
  getNote,
  noteArrived,
  removeNote,
  sendAgain,
  sentMyself,
  writeNote,
} from '../../notes/notes.ts';
import { listNotes } from '../../notes/store.ts';
import type { Ground } from '../../platform/ground.ts';
import { parse } from '../../platform/shapes.ts';
import { deleteArticleAndTraces, deleteFriendAndTraces } from '../../transfer/erase.ts';
import { getImport, importFile, importUpload, newUpload } from '../../transfer/imports.ts';
import { listImports } from '../../transfer/store.ts';
import { linkToExport } from '../../transfer/take-along.ts';
import type { Env } from '../env.ts';
import { requireToken } from '../session.ts';
import { cutPage, fileOf, jsonOf, pageOf, versionOf } from './input.ts';
import { once } from './once.ts';
import { articleJson, friendJson, importJson, noteJson, reasonsJson } from './views.ts';

/** Who an article could be for, best first. */
async function suggestionsJson(ground: Ground, userId: string, articleId: string) {
  const [found, friends] = await Promise.all([
    suggestionsOf(ground.table, userId, articleId),
    allFriends(ground.table, userId),
  ]);
  const names = new Map(friends.map((friend) => [friend.id, friend.name]));
  return found.filter(isSuggested).flatMap((one) => {
    const friendName = names.get(one.friendId);
    return friendName === undefined
      ? []
      : [{ friendId: one.friendId, friendName, score: one.score, reasons: reasonsJson(one) }];
  });
}

const StateQuery = z.object({ state: NoteState.optional() });

/** The JSON API of the contract. Every read and write is scoped to the token's user. */
export const api = new Hono<Env>()
  .use(requireToken)
  .use(once)

  .post('/articles', async (c) => {
    const { ground, user } = c.var;
    const { article, text, alreadySaved, toMatch } = await saveArticle(
      ground,
      user.id,
      await jsonOf(c),
      'api',
    );
    if (toMatch) await onArticle(ground, user.id, article.id, { article, text });
    const suggestions = await suggestionsJson(ground, user.id, article.id);
    const body = { ...articleJson(article), suggestions };
    return alreadySaved ? c.json({ ...body, alreadySaved: true }) : c.json(body, 201);
  })
  .get('/articles', async (c) => {
    const { items, cursor } = await listArticles(c.var.ground.table, c.var.user.id, pageOf(c));
    return c.json({ items: items.map(articleJson), ...(cursor && { cursor }) });
  })
  .get('/articles/:id', async (c) => {
    const { ground, user } = c.var;
    const article = await getArticle(ground, user.id, c.req.param('id'));
    return c.json({
      ...articleJson(article),
      suggestions: await suggestionsJson(ground, user.id, article.id),
    });
  })
  .delete('/articles/:id', async (c) => {
    await deleteArticleAndTraces(c.var.ground, c.var.user.id, c.req.param('id'));
    return c.body(null, 204);
  })
  .get('/articles/:id/suggestions', async (c) => {
    const { ground, user } = c.var;
    const article = await getArticle(ground, user.id, c.req.param('id'));
    const all = await suggestionsJson(ground, user.id, article.id);
    return c.json(cutPage(all, ({ friendId }) => friendId, pageOf(c)));
  })

  .post('/friends', async (c) => {
    const friend = await addFriend(c.var.ground, c.var.user, await jsonOf(c));
    return c.json(friendJson(friend), 201);
  })
  .get('/friends', async (c) => {
    const { items, cursor } = await listFriends(c.var.ground.table, c.var.user.id, pageOf(c));
    return c.json({ items: items.map(friendJson), ...(cursor && { cursor }) });
  })
  .get('/friends/:id', async (c) =>
    c.json(friendJson(await getFriend(c.var.ground, c.var.user.id, c.req.param('id')))),
  )
  .patch('/friends/:id', async (c) => {
    const { ground, user } = c.var;
    return c.json(
      friendJson(await changeFriendAndNotes(ground, user.id, c.req.param('id'), await jsonOf(c))),
    );
  })
  .delete('/friends/:id', async (c) => {
    await deleteFriendAndTraces(c.var.ground, c.var.user.id, c.req.param('id'));
    return c.body(null, 204);
  })
  .get('/friends/:id/suggestions', async (c) => {
    const { ground, user } = c.var;
    const friend = await getFriend(ground, user.id, c.req.param('id'));
    const page = pageOf(c);
    const all = await waitingFor(ground.table, user.id, friend, Number.POSITIVE_INFINITY, ground.clock());
    const { items: some, cursor } = cutPage(all.suggestions, ({ articleId }) => articleId, page);
    const items = await Promise.all(
      some.map(async (one) => {
        const article = await findArticle(ground.table, user.id, one.articleId);
        const { title, url } = article ? articleJson(article) : { title: null, url: null };
        return (
          article && { articleId: one.articleId, title, url, score: one.score, reasons: reasonsJson(one) }
        );
      }),
    );
    return c.json({ items: items.filter((item) => item !== undefined), ...(cursor && { cursor }) });
  })

  .post('/notes', async (c) => {
    const note = await writeNote(c.var.ground, c.var.user, await jsonOf(c));
    return c.json(noteJson(note), 201);
  })
  .get('/notes', async (c) => {
    const { ground, user } = c.var;
    const { state } = parse(StateQuery, c.req.query());
    const { items, cursor } = await listNotes(ground.table, user.id, { ...pageOf(c), state });
    return c.json({ items: items.map(noteJson), ...(cursor && { cursor }) });
  })
  .get('/notes/:id', async (c) =>
    c.json(noteJson(await getNote(c.var.ground, c.var.user.id, c.req.param('id')))),
  )
  .patch('/notes/:id', async (c) => {
    const { ground, user } = c.var;
    return c.json(noteJson(await editNote(ground, user, c.req.param('id'), await jsonOf(c))));
  })
  .delete('/notes/:id', async (c) => {
    await removeNote(c.var.ground, c.var.user.id, c.req.param('id'));
    return c.body(null, 204);
  })
  .post('/notes/:id/:step{cancel|send-again|arrived|sent-myself}', async (c) => {
    const { ground, user } = c.var;
    const steps = {
      cancel: cancelNote,
      'send-again': sendAgain,
      arrived: noteArrived,
      'sent-myself': sentMyself,
    };
    const { id, step } = c.req.param();
    const note = await steps[step as keyof typeof steps](ground, user.id, id, await versionOf(c));
    return c.json(noteJson(note));
  })

  .post('/imports', async (c) => {
    const { ground, user } = c.var;
    const file = await fileOf(c);
    const taken =
      'upload' in file ? await importUpload(ground, user.id, file) : await importFile(ground, user.id, file);
    return c.json(importJson(taken), 202);
  })
  .post('/imports/uploads', async (c) => c.json(await newUpload(c.var.ground, c.var.user.id), 201))
  .get('/imports', async (c) => {
    const { ground, user } = c.var;
    const { items, cursor } = await listImports(ground.table, user.id, ground.clock(), pageOf(c));
    return c.json({ items: items.map(importJson), ...(cursor && { cursor }) });
  })
  .get('/imports/:id', async (c) =>
    c.json(importJson(await getImport(c.var.ground, c.var.user.id, c.req.param('id')))),
  )
  .get('/export', async (c) => c.redirect(await linkToExport(c.var.ground, c.var.user), 303));
