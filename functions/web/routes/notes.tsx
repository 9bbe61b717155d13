import { type Context, Hono } from 'hono';
import { findArticle } from '../../articles/store.ts';
import { getFriend } from '../../friends/friends.ts';
import { suggestionsOf } from '../../matching/store.ts';
import { cancelNote, editNote, getNote, noteArrived, sendAgain, sentMyself } from '../../notes/notes.ts';
import { listNotes } from '../../notes/store.ts';
import { Fault, invalid } from '../../platform/faults.ts';
import type { Env } from '../env.ts';
import { ByHandPage } from '../pages/by-hand.tsx';
import { NotesPage, SealedPage } from '../pages/notes.tsx';
import { WritePage } from '../pages/write.tsx';
import type { FormErrors, LetterDraft } from '../views.ts';
import { type Form, formErrors, formOf } from './form.ts';
import { choiceOf, momentOf, writeLetters } from './letter.ts';
import { showArticle } from './library.tsx';
import { Load } from './load.ts';
import { showToday } from './today.tsx';

/** Notes on the page, the newest. */
const SHOWN = 100;

async function showNotes(
  c: Context<Env>,
  errors: FormErrors,
  editing?: { id: string; draft: LetterDraft },
): Promise<Response> {
  const { ground, user } = c.var;
  const load = new Load(c);
  const { items } = await listNotes(ground.table, user.id, { limit: SHOWN });
  const undo = items.find((note) => note.id === c.req.query('done'));
  return c.html(
    <NotesPage
      frame={load.frame}
      notes={await load.notes(items)}
      errors={errors}
      {...(editing && { editing })}
      {...(undo && { undo })}
    />,
    Object.keys(errors).length > 0 ? 400 : 200,
  );
}

async function showWrite(
  c: Context<Env>,
  friendId: string,
  articleId: string | undefined,
  draft?: LetterDraft,
): Promise<Response> {
  const { ground, user } = c.var;
  const [friend, article, suggestions] = await Promise.all([
    getFriend(ground, user.id, friendId),
    articleId ? findArticle(ground.table, user.id, articleId) : undefined,
    articleId ? suggestionsOf(ground.table, user.id, articleId) : [],
  ]);
  if (articleId && !article) throw new Fault('not-found', 'There is no such article.');
  const suggestion = suggestions.find((one) => one.friendId === friend.id);
  return c.html(
    <WritePage
      frame={new Load(c).frame}
      friend={friend}
      {...(article && { article })}
      {...(suggestion && { suggestion })}
      {...(draft && { draft })}
    />,
    draft ? 400 : 200,
  );
}

/** A letter's form again, on the page it came from, with what was typed and what is not right. */
function showLetterAgain(
  c: Context<Env>,
  form: Form,
  friendId: string,
  articleId: string | undefined,
  errors: FormErrors,
): Promise<Response> {
  const { [`text-${friendId}`]: text, ...others } = errors;
  const draft: LetterDraft = {
    texts: { [friendId]: form.text('text') },
    chosen: [friendId],
    moment: choiceOf(form),
    at: form.text('at'),
    ...(articleId && { articleId }),
    errors: { ...others, ...(text && { text }) },
  };
  if (form.text('from') === 'today') return showToday(c, draft);
  if (form.text('from') === 'article' && articleId) return showArticle(c, articleId, draft);
  return showWrite(c, friendId, articleId, draft);
}

/** A button under a note: the step is taken or, if the queue was faster, the page shows how the note stands now. */
async function step(
  c: Context<Env>,
  take: (noteId: string, version: number | undefined, form: Form) => Promise<unknown>,
): Promise<Response> {
  const noteId = c.req.param('id') ?? '';
  const form = await formOf(c);
  const version = form.filled('version');
  try {
    await take(noteId, version ? Number(version) : undefined, form);
  } catch (error) {
    if (error instanceof Fault && error.tag === 'conflict') return showNotes(c, { [noteId]: error.message });
    const errors = formErrors(error);
    const note = await getNote(c.var.ground, c.var.user.id, noteId);
    const draft = {
      texts: { [note.friendId]: form.text('text') },
      chosen: [note.friendId],
      moment: choiceOf(form),
      at: form.text('at'),
      errors,
    };
    return showNotes(c, errors, { id: noteId, draft });
  }
  // Back to the save window, if it was taken back there; only to a path of ours.
  const back = /^\/save\/art_\w+$/.exec(form.text('back'))?.[0];
  return c.redirect(back ?? `/notes?done=${noteId}`, 303);
}

/** Notes: what waits, what needs the user, what is gone. */
export const notes = new Hono<Env>()
  .get('/write', (c) => {
    const friendId = c.req.query('friend') ?? '';
    const articleId = c.req.query('article');
    return c.redirect(
      `/friends/${encodeURIComponent(friendId)}/write${articleId ? `?article=${articleId}` : ''}`,
    );
  })
  .get('/friends/:id/write', (c) => showWrite(c, c.req.param('id'), c.req.query('article')))
  .get('/notes', (c) => showNotes(c, {}))
  .post('/notes', async (c) => {
    const { ground, user } = c.var;
    const form = await formOf(c);
    const articleId = form.filled('articleId');
    if (!form.filled('friendId')) throw invalid('/friendId', 'Choose who it is for.');
    const friend = await getFriend(ground, user.id, form.text('friendId'));
    const letters = [{ friend, text: form.text('text') }];
    const written = await writeLetters(ground, user, form, letters, articleId);
    if ('errors' in written) return showLetterAgain(c, form, friend.id, articleId, written.errors);
    const note = written.notes[0];
    return c.redirect(`/notes/${note?.id}/${form.text('do') === 'myself' ? 'by-hand' : 'sealed'}`, 303);
  })
  .get('/notes/:id/sealed', async (c) => {
    const { ground, user } = c.var;
    const load = new Load(c);
    const ids = [c.req.param('id'), ...(c.req.queries('with') ?? [])];
    const sealed = await Promise.all(ids.map((id) => getNote(ground, user.id, id)));
    return c.html(
      <SealedPage
        frame={load.frame}
        view={await load.notes(sealed)}
        popup={c.req.query('in') === 'window'}
      />,
    );
  })
  .get('/notes/:id/by-hand', async (c) => {
    const { ground, user } = c.var;
    const load = new Load(c);
    const note = await getNote(ground, user.id, c.req.param('id'));
    const [view] = await load.notes([note]);
    if (!view) throw new Fault('not-found', 'There is no such note.');
    const words = [
      note.text,
      view.article && `${view.article.title}\n${view.article.url ?? ''}`.trim(),
      user.name,
    ];
    const plainText = words.filter(Boolean).join('\n\n');
    const subject = note.subject ?? view.article?.title ?? `A note from ${user.name}`;
    const to = encodeURIComponent(view.friend?.email ?? '').replace('%40', '@');
    const mailto = `mailto:${to}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(plainText.replaceAll('\n', '\r\n'))}`;
    return c.html(<ByHandPage frame={load.frame} view={view} mailto={mailto} plainText={plainText} />);
  })
  .post('/notes/:id/edit', (c) =>
    step(c, async (noteId, version, form) => {
      const { ground, user } = c.var;
      const note = await getNote(ground, user.id, noteId);
      const friend = await getFriend(ground, user.id, note.friendId);
      const moment =
        form.filled('moment') && form.text('moment') !== 'keep' && momentOf(form, friend, ground.clock());
      const text = form.text('text');
      await editNote(ground, user, noteId, { version, text, ...(moment && { moment }) });
    }),
  )
  .post('/notes/:id/cancel', (c) =>
    step(c, (noteId, version) => cancelNote(c.var.ground, c.var.user.id, noteId, version)),
  )
  .post('/notes/:id/send-again', (c) =>
    step(c, (noteId, version) => sendAgain(c.var.ground, c.var.user.id, noteId, version)),
  )
  .post('/notes/:id/arrived', (c) =>
    step(c, (noteId, version) => noteArrived(c.var.ground, c.var.user.id, noteId, version)),
  )
  .post('/notes/:id/sent-myself', (c) =>
    step(c, (noteId, version) => sentMyself(c.var.ground, c.var.user.id, noteId, version)),
  );
