import { type Context, Hono } from 'hono';
import { getArticle } from '../../articles/articles.ts';
import { findArticle, readText } from '../../articles/store.ts';
import { sharedUrl } from '../../articles/url.ts';
import type { Friend } from '../../friends/friend.ts';
import { getFriend } from '../../friends/friends.ts';
import { neversFor } from '../../matching/matching.ts';
import { suggestionsOf } from '../../matching/store.ts';
import { isSuggested } from '../../matching/suggestion.ts';
import { type Moment, NewNote, type Note, type NoteState } from '../../notes/note.ts';
import {
  cancelNote,
  editNote,
  getNote,
  keepNote,
  newNote,
  noteArrived,
  sendAgain,
  sentMyself,
} from '../../notes/notes.ts';
import { pauseOfService } from '../../notes/pauses.ts';
import { next } from '../../notes/state.ts';
import { findNote, listNotes, notesIn } from '../../notes/store.ts';
import { ownWords } from '../../notes/words.ts';
import { Fault, invalid } from '../../platform/faults.ts';
import type { Ground } from '../../platform/ground.ts';
import { parse } from '../../platform/shapes.ts';
import type { Env } from '../env.ts';
import { ByHandPage } from '../pages/by-hand.tsx';
import { byHandPath, NotesPage, SealedPage } from '../pages/notes.tsx';
import { WritePage } from '../pages/write.tsx';
import type { Ask, FormErrors, LetterDraft } from '../views.ts';
import { type Form, formErrors, formOf } from './form.ts';
import { asksOf, choiceOf, momentOf, noWords, planLetters, statusOf } from './letter.ts';
import { showArticle } from './library.tsx';
import { Load } from './load.ts';
import { showMails, waitingForm } from './preview.tsx';
import { showToday } from './today.tsx';

/** Letters that one window seals at once, and more. */
const MAX_SEALED = 20;
/** Notes that are over and done with, the newest. */
const GONE = 50;
/** Notes that wait or need the user: all of them, however old. */
const OPEN: NoteState[] = ['draft', 'scheduled', 'sending', 'held', 'uncertain', 'failed', 'bounced'];

interface Shown {
  errors?: FormErrors;
  status?: 200 | 400 | 409;
  editing?: { id: string; draft: LetterDraft };
}

async function showNotes(
  c: Context<Env>,
  { errors = {}, status = 200, editing }: Shown = {},
): Promise<Response> {
  const { ground, user } = c.var;
  const load = new Load(c);
  const done = c.req.query('done');
  const [open, recent, undo, servicePause] = await Promise.all([
    notesIn(ground.table, user.id, OPEN),
    listNotes(ground.table, user.id, { limit: GONE }),
    done ? findNote(ground.table, user.id, done) : undefined,
    pauseOfService(ground),
  ]);
  const items = [...open, ...recent.items.filter(({ state }) => !OPEN.includes(state))];
  return c.html(
    <NotesPage
      frame={load.frame}
      notes={await load.notes(items)}
      errors={errors}
      {...(editing && { editing })}
      {...(undo && { undo })}
      allPaused={servicePause !== undefined}
    />,
    status,
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
    articleId ? getArticle(ground, user.id, articleId) : undefined,
    articleId ? suggestionsOf(ground.table, user.id, articleId) : [],
  ]);
  const suggestion = suggestions.find((one) => one.friendId === friend.id);
  const nevers = article && (await neversFor(ground, user.id, article, [friend]));
  return c.html(
    <WritePage
      frame={new Load(c).frame}
      friend={friend}
      {...(article && { article })}
      {...(suggestion && { suggestion })}
      never={nevers?.get(friend.id)}
      {...(draft && { draft })}
    />,
    statusOf(draft),
  );
}

/** A letter's form again, on the page it came from, with what was typed, what is asked and what is not right. */
async function showLetterAgain(
  c: Context<Env>,
  form: Form,
  friendId: string,
  articleId: string | undefined,
  errors: FormErrors,
  asks: Ask[] = [],
): Promise<Response> {
  const draft = { ...draftOf(form, friendId, errors, asks), ...(articleId && { articleId }) };
  const { ground, user } = c.var;
  const suggestions = articleId ? await suggestionsOf(ground.table, user.id, articleId) : [];
  const state = suggestions.find((one) => one.friendId === friendId)?.state;
  // Those pages have a form for what is suggested only; what was typed must not be lost with the suggestion.
  if (form.text('from') === 'today' && state === 'open') return showToday(c, draft);
  if (form.text('from') === 'article' && articleId && state && isSuggested({ state })) {
    return showArticle(c, articleId, draft);
  }
  return showWrite(c, friendId, articleId, draft);
}

/** What was typed into the form of one letter. */
function draftOf(form: Form, friendId: string, errors: FormErrors, asks: Ask[] = []): LetterDraft {
  return {
    texts: { [friendId]: form.text('text') },
    chosen: [friendId],
    moment: choiceOf(form),
    at: form.text('at'),
    asks,
    asked: form.all('asked'),
    errors,
  };
}

/**
 * A button under a note: the step is taken or, if the queue was faster, the page shows how the note stands now. What
 * `take` answers itself, a question for one, is the answer.
 */
async function step(
  c: Context<Env>,
  take: (noteId: string, version: number | undefined, form: Form) => Promise<Note | Response>,
): Promise<Response> {
  const noteId = c.req.param('id') ?? '';
  const form = await formOf(c);
  const version = form.filled('version');
  try {
    const taken = await take(noteId, version ? Number(version) : undefined, form);
    if (taken instanceof Response) return taken;
  } catch (error) {
    const note = await getNote(c.var.ground, c.var.user.id, noteId);
    if (error instanceof Fault && error.tag === 'conflict') {
      const typed = form.has('text') && form.text('text') !== note.text;
      const editable = typed && next(note.state, 'edit') !== null;
      // What was typed here is not thrown away for what happened elsewhere.
      const lost = typed && !editable ? ` Your words: “${form.text('text')}”` : '';
      const errors = { [OPEN.includes(note.state) ? noteId : 'form']: `${error.message}${lost}` };
      const editing = editable && { id: noteId, draft: draftOf(form, note.friendId, errors) };
      return showNotes(c, { errors, status: 409, ...(editing && { editing }) });
    }
    // What is wrong with none of the form's fields is said under the note.
    const errors = formErrors(error, { friendId: noteId, version: noteId });
    const editing = form.has('text') && { id: noteId, draft: draftOf(form, note.friendId, errors) };
    return showNotes(c, { errors, status: 400, ...(editing && { editing }) });
  }
  // Back to the save window, if it was taken back there, or on to the next letter; only to a path of ours.
  const back = /^\/(save\/art_\w+|notes\/nte_\w+\/by-hand(\?[\w=&]+)?)$/.exec(form.text('back'))?.[0];
  return c.redirect(back ?? `/notes?done=${noteId}`, 303);
}

/** A note as an edit would leave it; nothing is stored. `sendAt` is there only with a new moment. */
async function edited(
  ground: Ground,
  userId: string,
  { id, articleId, subject }: Note,
  friend: Friend,
  change: { text: string; moment: Moment | undefined },
): Promise<Note> {
  const wanted = parse(NewNote, { friendId: friend.id, articleId, subject, ...change });
  return { ...(await newNote(ground, userId, friend, wanted)), id };
}

/** Notes: what waits, what needs the user, what is gone. */
export const notes = new Hono<Env>()
  .get('/write', (c) => {
    const { friend = '', article } = c.req.query();
    const about = article ? `?article=${encodeURIComponent(article)}` : '';
    return c.redirect(`/friends/${encodeURIComponent(friend)}/write${about}`);
  })
  .get('/friends/:id/write', (c) => showWrite(c, c.req.param('id'), c.req.query('article')))
  .get('/notes', (c) => showNotes(c))
  .post('/notes', async (c) => {
    const { ground, user } = c.var;
    const form = await formOf(c);
    const articleId = form.filled('articleId');
    if (!form.filled('friendId')) throw invalid('/friendId', 'Choose who it is for.');
    const friend = await getFriend(ground, user.id, form.text('friendId'));
    const article = articleId ? await getArticle(ground, user.id, articleId) : undefined;
    if (form.text('do') === 'write') return showLetterAgain(c, form, friend.id, articleId, {});
    const letters = [{ friend, text: form.text('text'), field: 'text' }];
    const { notes, errors, asks } = await planLetters(ground, user, form, letters, article);
    const [note] = notes;
    if (!note || asks.length > 0) return showLetterAgain(c, form, friend.id, articleId, errors, asks);
    if (form.text('do') === 'preview') {
      return showMails(c, [{ note, friend, article }], { form: waitingForm(c, form, 'seal') });
    }
    await keepNote(ground, user.id, note);
    return c.redirect(`/notes/${note.id}/${form.text('do') === 'myself' ? 'by-hand' : 'sealed'}`, 303);
  })
  .get('/notes/:id/sealed', async (c) => {
    const { ground, user } = c.var;
    const load = new Load(c);
    const ids = [c.req.param('id'), ...(c.req.queries('with') ?? []).slice(0, MAX_SEALED)];
    const [servicePause, ...sealed] = await Promise.all([
      pauseOfService(ground),
      ...ids.map((id) => getNote(ground, user.id, id)),
    ]);
    return c.html(
      <SealedPage
        frame={load.frame}
        view={await load.notes(sealed.filter(({ state }) => state !== 'draft'))}
        carry={await load.notes(sealed.filter(({ state }) => state === 'draft'))}
        popup={c.req.query('in') === 'window'}
        allPaused={servicePause !== undefined}
      />,
    );
  })
  .get('/notes/:id/by-hand', async (c) => {
    const { ground, user } = c.var;
    const load = new Load(c);
    const note = await getNote(ground, user.id, c.req.param('id'));
    const [view] = await load.notes([note]);
    if (!view) throw new Fault('not-found', 'There is no such note.');
    const { article } = view;
    // As the letter would have it: nothing in the address that tells who passed it on, and the text where there is none.
    const told = article?.url
      ? sharedUrl(article.url)
      : article && (await readText(ground.table, user.id, article.id));
    const words = [note.text, article && `${article.title}\n${told ?? ''}`.trim(), user.name];
    const plainText = words.filter(Boolean).join('\n\n');
    const subject = note.subject ?? view.article?.title ?? `A note from ${user.name}`;
    const to = encodeURIComponent(view.friend?.email ?? '').replace('%40', '@');
    const mailto = `mailto:${to}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(plainText.replaceAll('\n', '\r\n'))}`;
    const after = (c.req.queries('with') ?? []).slice(0, MAX_SEALED);
    return c.html(
      <ByHandPage
        frame={load.frame}
        view={view}
        mailto={mailto}
        plainText={plainText}
        {...(after.length > 0 && { next: byHandPath(after) })}
      />,
    );
  })
  .post('/notes/:id/edit', (c) =>
    step(c, async (noteId, version, form) => {
      const { ground, user } = c.var;
      const note = await getNote(ground, user.id, noteId);
      const friend = await getFriend(ground, user.id, note.friendId);
      // "Save the words" leaves a draft a draft, whatever moment stands beside it.
      const keeps = !form.filled('moment') || choiceOf(form) === 'keep' || form.text('do') === 'save';
      const moment = keeps ? undefined : momentOf(form, friend, ground.clock());
      const text = form.text('text');
      const again = (asks: Ask[]) =>
        showNotes(c, { editing: { id: noteId, draft: draftOf(form, friend.id, {}, asks) } });
      if (form.text('do') === 'write') return again([]);
      if (!ownWords(text)) throw invalid('/text', noWords(friend, text, note.articleId !== undefined));
      // What cannot be changed any more is not asked about: `editNote` says so, and keeps the words.
      if (next(note.state, 'edit') && (version ?? note.version) === note.version) {
        const article = note.articleId ? await findArticle(ground.table, user.id, note.articleId) : undefined;
        const planned = await edited(ground, user.id, note, friend, { text, moment });
        if (form.text('do') === 'preview') {
          const letters = [{ note: planned, friend, article }];
          return showMails(c, letters, {
            form: waitingForm(c, form, note.state === 'draft' ? 'seal' : 'save'),
          });
        }
        // A draft that stays one is nobody's letter yet.
        const isSealed = note.state !== 'draft' || moment !== undefined;
        const isNewText = planned.text !== note.text || note.state === 'draft';
        const sealing = isSealed ? [{ note: planned, friend, article, isNewText }] : [];
        const asks = await asksOf(ground, user, sealing, form.all('asked'));
        if (asks.length > 0) return again(asks);
      }
      return editNote(ground, user, noteId, { version, text, ...(moment && { moment }) });
    }),
  )
  .get('/notes/:id/preview', async (c) => {
    const [view] = await new Load(c).notes([await getNote(c.var.ground, c.var.user.id, c.req.param('id'))]);
    if (!view?.friend) throw new Fault('not-found', 'There is nobody this letter could go to.');
    return showMails(c, [{ ...view, friend: view.friend }]);
  })
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
