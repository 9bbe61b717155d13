import { type Context, Hono } from 'hono';
import { isBookmarkletKey } from '../../accounts/accounts.ts';
import type { User } from '../../accounts/user.ts';
import type { SavedBy } from '../../articles/article.ts';
import { getArticle, saveArticle } from '../../articles/articles.ts';
import { MAX_HTML_BYTES } from '../../articles/words.ts';
import type { Friend } from '../../friends/friend.ts';
import { addInterest, getFriend, keepFriend, newFriend } from '../../friends/friends.ts';
import { neversFor, onArticle } from '../../matching/matching.ts';
import { carries, keepNote } from '../../notes/notes.ts';
import { listNotes } from '../../notes/store.ts';
import { invalid } from '../../platform/faults.ts';
import type { Env } from '../env.ts';
import { byHandPath } from '../pages/notes.tsx';
import {
  KeptPage,
  type Missing,
  SaveConfirmPage,
  SaveSignInPage,
  SaveStartPage,
  type SaveValues,
  SaveWindowPage,
} from '../pages/save.tsx';
import { requireSession, signedIn } from '../session.ts';
import type { Ask, FormErrors, LetterDraft } from '../views.ts';
import { type Form, formErrors, formOf } from './form.ts';
import { choiceOf, type Letter, planLetters, statusOf } from './letter.ts';
import { Load } from './load.ts';
import { showMails, waitingForm } from './preview.tsx';

/** Notes that are looked through for earlier letters with an article. */
const RECENT_NOTES = 100;
/** Letters of one window: the page offers half as many. */
const MAX_LETTERS = 12;
/** What an answer through Lambda, at most 6 MB, has room for beside the rest of its page. */
const MAX_CARRIED = 5 * 1024 * 1024;
/** Fields that come back as they were typed. */
const VALUES = ['because', 'new-name', 'new-email', 'new-timeZone'];

interface Window {
  picked?: Friend;
  again?: boolean;
  missing?: Missing | undefined;
  draft?: LetterDraft;
  values?: Record<string, string>;
}

async function showWindow(
  c: Context<Env>,
  articleId: string,
  { picked, again, missing, draft, values }: Window,
) {
  const { ground, user } = c.var;
  const load = new Load(c);
  const article = await getArticle(ground, user.id, articleId);
  const [clipping, friends, recent] = await Promise.all([
    load.clipping(article),
    load.friends(),
    again ? listNotes(ground.table, user.id, { limit: RECENT_NOTES }) : undefined,
  ]);
  const nevers = await neversFor(ground, user.id, article, friends);
  const notes = recent?.items.filter((note) => carries(note, article)) ?? [];
  return c.html(
    <SaveWindowPage
      frame={load.frame}
      clipping={clipping}
      others={friends}
      nevers={nevers}
      {...(again && { alreadySaved: { savedAt: article.savedAt, notes: await load.notes(notes) } })}
      {...(missing && { missing })}
      {...(picked && { picked })}
      {...(draft && { draft })}
      {...(values && { values })}
    />,
    statusOf(draft),
  );
}

/** The window with what was typed, what is asked and what is not right. */
function showAgain(
  c: Context<Env>,
  articleId: string,
  form: Form,
  errors: FormErrors,
  picked: Friend | undefined,
  asks: Ask[] = [],
) {
  const draft = {
    texts: form.under('text-'),
    chosen: [...form.all('friend'), ...(form.filled('else') ? [form.text('other') || 'new'] : [])],
    moment: choiceOf(form),
    at: form.text('at'),
    articleId,
    asks,
    asked: form.all('asked'),
    errors,
  };
  const values = Object.fromEntries(VALUES.map((name) => [name, form.text(name)]));
  return showWindow(c, articleId, { draft, values, ...(picked && { picked }) });
}

/** The friend chosen by hand, and what keeping the choice means. Nothing is stored before `keep`. */
interface ByHand {
  friend: Friend;
  isNew: boolean;
  keep(): Promise<unknown>;
}

/** One of the list, or somebody new; the reason the user gives becomes an interest of theirs. */
async function chosenByHand(c: Context<Env>, form: Form): Promise<ByHand> {
  const { ground, user } = c.var;
  const because = form.filled('because');
  // A name typed under "Somebody new" and folded away must not take the letter from the friend who is chosen.
  if (form.filled('new-name') && form.filled('other')) {
    throw invalid('/other', 'Choose one of the two: a friend here, or somebody new below.');
  }
  if (form.filled('new-name')) {
    const friend = newFriend(ground, user, {
      name: form.text('new-name'),
      email: form.filled('new-email'),
      timeZone: form.filled('new-timeZone'),
      interests: because ? [because] : [],
    });
    return { friend, isNew: true, keep: () => keepFriend(ground, user.id, friend) };
  }
  if (!form.filled('other')) throw invalid('/other', 'Choose a friend, or add somebody new.');
  const friend = await getFriend(ground, user.id, form.text('other'));
  const keep = async () => because && addInterest(ground, user.id, friend.id, { text: because });
  return { friend, isNew: false, keep };
}

/** Somebody who is there already stays picked when the window comes back. */
function known(byHand: ByHand | undefined): Friend | undefined {
  return byHand?.isNew ? undefined : byHand?.friend;
}

/** The fields of a friend chosen by hand. */
const BY_HAND = {
  text: 'because',
  interests: 'because',
  name: 'new-name',
  email: 'new-email',
  timeZone: 'new-timeZone',
};

/** What is saved: a page's words about itself, and its HTML, if it came and is no larger than we read. */
interface Given {
  values: { url: string; title: string; selection: string };
  html?: string;
  missing?: Missing | undefined;
}

function givenPage(form: Form): Given {
  const values = {
    url: form.text('url').trim(),
    title: form.text('title'),
    selection: form.text('selection'),
  };
  const html = form.text('html');
  if (Buffer.byteLength(html) > MAX_HTML_BYTES) return { values, missing: 'large' };
  return html ? { values, html } : { values, missing: missingOf(form.text('missing')) };
}

/** For whoever is not signed in: a page's text is nowhere kept for a stranger. */
function withoutText({ values, html, missing }: Given): SaveValues {
  const without = html ? 'signed-out' : missing;
  return { ...values, ...(without && { missing: without }) };
}

function missingOf(text: string | undefined): Missing | undefined {
  return text === 'silent' || text === 'large' || text === 'signed-out' ? text : undefined;
}

/** An address and marked words, with room around them. More would be read again and again by the patterns below. */
const MAX_SHARED = 10_000;
/** An address among the words of a text: most apps share it so. A bracket it did not open is not its own. */
const ADDRESS = /https?:\/\/(?:\([^\s()]*\)|[^\s()<>"”»])+/i;
/** Chrome puts marked words into quotes; any others are an app's own. */
const MARKED = /^["“](.+)["”]$/s;

/** What a phone shares. Words beside the address are a title if there is none, else they say nothing. */
function sharedPage(form: Form): Given {
  const text = form.text('text').slice(0, MAX_SHARED).trim();
  const found = ADDRESS.exec(text)?.[0].replace(/[.,;:!?'’]+$/, '') ?? '';
  const words = text.replace(found, '').replace(/[\s:.]+$/, '');
  const selection = MARKED.exec(words)?.[1] ?? '';
  const title = form.filled('title')?.trim() ?? (selection ? '' : words);
  return { values: { url: form.filled('url')?.trim() ?? found, title, selection } };
}

/** Whether a page of ours can hold this HTML until the button is pressed: as an attribute, in Lambda's JSON. */
function canCarry(html = ''): boolean {
  return Buffer.byteLength(JSON.stringify(html.replace(/["&'<>]/g, '&quot;'))) <= MAX_CARRIED;
}

/** Keeps it and leads to whom it could be for; or the form again, with what is wrong. */
async function keepPage(c: Context<Env>, user: User, { values, html, missing }: Given, savedBy: SavedBy) {
  const { ground } = c.var;
  try {
    const input = { ...filled(values), ...(html && { html }) };
    const { article, text, alreadySaved, toMatch } = await saveArticle(ground, user.id, input, savedBy);
    if (toMatch) await onArticle(ground, user.id, article.id, { article, text });
    // An article that has its text misses none.
    const without = article.wordCount === 0 && missing;
    const said = new URLSearchParams({
      ...(alreadySaved && { again: '1' }),
      ...(without && { missing: without }),
    });
    return c.redirect(`/save/${article.id}${said.size > 0 ? `?${said}` : ''}`, 303);
  } catch (error) {
    return c.html(<SaveStartPage signedIn errors={formErrors(error)} values={values} />, 400);
  }
}

/** The save window: what the bookmarklet opens. */
export const save = new Hono<Env>()
  .get('/save', async (c) => c.html(<SaveStartPage signedIn={Boolean(await signedIn(c))} errors={{}} />))
  .post('/save', async (c) => {
    const form = await formOf(c);
    const given = givenPage(form);
    const user = await signedIn(c);
    if (!user) return c.html(<SaveSignInPage values={withoutText(given)} />, 401);
    const key = form.text('key');
    // Any page can open our window and the script then sends the form by itself: only the user's own key saves at
    // once. Without a key a person has pressed the button.
    if (key && !isBookmarkletKey(c.var.ground, user, key)) {
      const { values, ...page } = given;
      const carried = canCarry(page.html) ? page : ({ missing: 'large' } as const);
      return c.html(<SaveConfirmPage {...values} {...carried} />);
    }
    return keepPage(c, user, given, 'bookmarklet');
  })
  // The share sheet of a phone (`share_target` of the manifest). Browsers send it as their user's own doing or as our
  // own page's, which no other page can (the guard): choosing Hallway there was the press.
  .post('/share', async (c) => {
    const given = sharedPage(await formOf(c));
    const user = await signedIn(c);
    return user ? keepPage(c, user, given, 'page') : c.html(<SaveSignInPage values={given.values} />, 401);
  })
  .use('/save/*', requireSession)
  .get('/save/:id', async (c) => {
    const friendId = c.req.query('friend');
    const picked = friendId ? await getFriend(c.var.ground, c.var.user.id, friendId) : undefined;
    const again = c.req.query('again') === '1';
    const missing = missingOf(c.req.query('missing'));
    return showWindow(c, c.req.param('id'), { again, missing, ...(picked && { picked }) });
  })
  .post('/save/:id/notes', async (c) => {
    const { ground, user } = c.var;
    const article = await getArticle(ground, user.id, c.req.param('id'));
    const form = await formOf(c);
    if (form.text('do') === 'keep') return c.html(<KeptPage />);

    let byHand: ByHand | undefined;
    try {
      if (form.text('do') === 'write') {
        const picked =
          form.filled('else') && form.filled('other')
            ? await getFriend(ground, user.id, form.text('other'))
            : undefined;
        return showAgain(c, article.id, form, {}, picked);
      }
      if (form.text('do') === 'pick') {
        byHand = await chosenByHand(c, form);
        await byHand.keep();
        return c.redirect(`/save/${article.id}?friend=${byHand.friend.id}`, 303);
      }
      const friendIds = form.all('friend');
      if (friendIds.length > MAX_LETTERS) throw invalid('/friend', `At most ${MAX_LETTERS} letters at once.`);
      const letters: Letter[] = [];
      for (const id of friendIds) {
        const field = `text-${id}`;
        letters.push({ friend: await getFriend(ground, user.id, id), text: form.text(field), field });
      }
      if (form.filled('else')) {
        byHand = await chosenByHand(c, form);
        const ownBox = byHand.isNew && (form.filled('text-new') || !form.filled('text-other'));
        const field = ownBox ? 'text-new' : 'text-other';
        letters.push({ friend: byHand.friend, text: form.text(field), field });
      }
      if (letters.length === 0) throw invalid('/friend', 'Choose who it is for.');
      // One alone is asked about; among several it must not hold up the others.
      const reached = letters.some(({ friend }) => friend.email);
      for (const letter of letters) letter.byHand = reached && !letter.friend.email;
      const { notes, errors, asks } = await planLetters(ground, user, form, letters, article);
      if (Object.keys(errors).length + asks.length > 0) {
        return showAgain(c, article.id, form, errors, known(byHand), asks);
      }
      if (form.text('do') === 'preview') {
        const mails = letters.flatMap(({ friend, byHand }, place) => {
          const note = notes[place];
          return note && !byHand ? [{ note, friend, article }] : [];
        });
        return showMails(c, mails, { form: waitingForm(c, form, 'seal'), popup: true });
      }
      await byHand?.keep();
      for (const note of notes) await keepNote(ground, user.id, note);
      const [first, ...rest] = notes.map((note) => note.id);
      if (form.text('do') === 'myself') return c.redirect(byHandPath(notes.map((note) => note.id)), 303);
      return c.redirect(`/notes/${first}/sealed?in=window${rest.map((id) => `&with=${id}`).join('')}`, 303);
    } catch (error) {
      return showAgain(c, article.id, form, formErrors(error, BY_HAND), known(byHand));
    }
  });

function filled(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim()));
}
