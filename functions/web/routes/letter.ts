import type { User } from '../../accounts/user.ts';
import type { Article } from '../../articles/article.ts';
import type { Friend } from '../../friends/friend.ts';
import { allFriends } from '../../friends/store.ts';
import { apartFrom, birthdayWall } from '../../notes/moment.ts';
import { type Moment, NewNote, type Note, type NoteState } from '../../notes/note.ts';
import { newNote, sameLetter } from '../../notes/notes.ts';
import { listNotes, notesTo } from '../../notes/store.ts';
import { isLetter, isTitle, ownWords, SAME_WORDS, sameWords } from '../../notes/words.ts';
import { at } from '../../platform/clock.ts';
import { invalid } from '../../platform/faults.ts';
import type { Ground } from '../../platform/ground.ts';
import { digest } from '../../platform/ids.ts';
import { parse } from '../../platform/shapes.ts';
import { onDay } from '../look/when.ts';
import { askLetter, askNear, askSame, askTitle, askTwins, callName } from '../look/words.ts';
import type { Ask, FormErrors, LetterDraft } from '../views.ts';
import { type Form, formErrors } from './form.ts';

/** A letter to one friend, as a form brings it. */
export interface Letter {
  friend: Friend;
  text: string;
  /** The form's field that has the words. */
  field: string;
  /** No mail reaches the friend: a draft for the user's own hand, beside the letters that are sealed. */
  byHand?: boolean;
}

/** The choice of the form. */
export function choiceOf(form: Form): LetterDraft['moment'] {
  const choice = form.text('moment');
  const known = ['now', 'at', 'birthday', 'keep'] as const;
  return known.find((one) => one === choice) ?? 'surprise';
}

/** The moment a form says, for this friend. Fault `invalid` at `/at`. */
export function momentOf(form: Form, friend: Friend, now: Date): Moment {
  const choice = choiceOf(form);
  if (choice === 'at') {
    const at = form.filled('at');
    if (!at) throw invalid('/at', 'Say the day and the time.');
    return { kind: 'at', at };
  }
  if (choice === 'birthday') {
    return friend.birthday
      ? { kind: 'at', at: birthdayWall(friend.birthday, now, friend.timeZone) }
      : { kind: 'surprise' };
  }
  return { kind: choice === 'now' ? 'now' : 'surprise' };
}

/** What is said of a text in which there is no word of the user's own. */
export function noWords(friend: Friend, text: string, withArticle: boolean): string {
  const line = `Write ${callName(friend.name)} one line.`;
  if (/\p{L}/u.test(text)) return `A link alone is not a letter. ${line}`;
  if (text.trim()) return `A sign alone is not a letter. ${line}`;
  return withArticle ? `A link alone is not a letter. ${line}` : `An empty sheet is not a letter. ${line}`;
}

/** What a form of letters comes to. */
export interface Plan {
  notes: Note[];
  errors: FormErrors;
  asks: Ask[];
}

/**
 * The notes that a form's letters make, not yet kept; what is not right, by form field (each letter's own, `at`); and
 * what is to be asked before they are sealed. With `do=myself` they are drafts, for the user's own hand, and nothing is
 * asked. The article is the user's own: the caller has looked.
 */
export async function planLetters(
  ground: Ground,
  user: User,
  form: Form,
  letters: Letter[],
  article: Article | undefined,
): Promise<Plan> {
  const sealed: Sealing[] = [];
  const notes: Note[] = [];
  const errors: FormErrors = {};
  for (const { friend, text, field, byHand } of letters) {
    try {
      if (!ownWords(text)) throw invalid('/text', noWords(friend, text, article !== undefined));
      const myself = byHand || form.text('do') === 'myself';
      const moment = myself ? undefined : momentOf(form, friend, ground.clock());
      const wanted = parse(NewNote, { friendId: friend.id, articleId: article?.id, text, moment });
      const planned = await newNote(ground, user.id, friend, wanted);
      const note = await sameLetter(ground, user.id, planned);
      notes.push(note);
      // One that was sealed a moment ago is only shown again.
      if (!myself && note === planned) sealed.push({ note, friend, article, isNewText: true });
    } catch (error) {
      Object.assign(errors, formErrors(error, { text: field, friendId: field }));
    }
  }
  const asks = form.text('do') === 'preview' ? [] : await asksOf(ground, user, sealed, form.all('asked'));
  return { notes, errors, asks };
}

/** A letter about to be sealed. */
export interface Sealing {
  note: Note;
  friend: Friend;
  article: Article | undefined;
  /** Not of an edit that leaves the words as they were. */
  isNewText: boolean;
}

/** States in which a note has reached its friend, may have, or still will. */
const REACHES: readonly NoteState[] = [
  'scheduled',
  'sending',
  'sent',
  'delivered',
  'uncertain',
  'complained',
];

/**
 * What the page asks before letters are sealed, but for what was `asked` already: whether one longer than a note is meant
 * as a letter, whether the article's title is meant to be all, whether another friend is to get words that one had in
 * the last 30 days, and whether one is to arrive within days of another. The API asks nothing, and obeys.
 */
export async function asksOf(
  ground: Ground,
  user: User,
  letters: Sealing[],
  asked: readonly string[],
): Promise<Ask[]> {
  const now = ground.clock();
  const written = letters.some(({ isNewText }) => isNewText) ? await recentWords(ground, user.id) : [];
  const asks = new Map<string, Ask>();
  for (const letter of letters) {
    const { note, friend, article, isNewText } = letter;
    const name = callName(friend.name);
    const ask = (kind: Ask['kind'], about: unknown[], said: string) => {
      const key = digest(JSON.stringify([kind, ...about]));
      if (!asked.includes(key)) asks.set(key, { kind, key, said });
    };
    if (isNewText) {
      const words = wordsTo(letter);
      if (isLetter(note.text)) ask('letter', [words], askLetter(name, letters.length === 1));
      if (article && isTitle(note.text, article.title)) ask('title', [words], askTitle(name));
      const twins = letters.filter((other) => other.isNewText && isCopy(letter, other));
      if (twins.length > 0) {
        // In whatever order the form has them.
        const all = [letter, ...twins].sort((a, b) => (a.friend.name < b.friend.name ? -1 : 1));
        ask('same', all.map(wordsTo), askTwins(all.map((one) => callName(one.friend.name))));
      }
      const before = written.find((other) => isCopy(letter, other));
      if (before) {
        const when = onDay(before.note.sentAt ?? before.note.createdAt, now, user.timeZone);
        ask('same', [words], askSame(name, callName(before.friend.name) || 'a friend', when));
      }
    }
    const near = await nearLetter(ground, user.id, friend, note);
    if (near) ask('near', [friend.name, note.moment, near.id], askNear(friend, near, now, user.timeZone));
  }
  return [...asks.values()];
}

/** What is asked about, as a key names it. Not by the friend's id: somebody new has another each time the form is sent. */
function wordsTo({ note, friend }: Sealing): unknown[] {
  return [friend.name, friend.email, note.text];
}

interface Worded {
  note: Note;
  friend: Pick<Friend, 'name'>;
}

function isCopy(one: Worded, other: Worded): boolean {
  const names = [one.friend.name, other.friend.name];
  return one.note.friendId !== other.note.friendId && sameWords(one.note.text, other.note.text, names);
}

/** What was written to anybody in the last 30 days, newest first; the friend's name is '' if they are gone. */
async function recentWords(ground: Ground, userId: string): Promise<Worded[]> {
  const since = at(ground.clock(), -SAME_WORDS);
  const [notes, friends] = await Promise.all([
    notesSince(ground, userId, since),
    allFriends(ground.table, userId),
  ]);
  const names = new Map(friends.map(({ id, name }) => [id, name]));
  return notes
    .filter(({ state }) => state !== 'cancelled')
    .map((note) => ({ note, friend: { name: names.get(note.friendId) ?? '' } }));
}

/** Ids are in order of time: one query, of as many pages as there are notes. */
async function notesSince(ground: Ground, userId: string, since: string): Promise<Note[]> {
  const found: Note[] = [];
  let cursor: string | undefined;
  do {
    const page = await listNotes(ground.table, userId, { limit: 100, cursor });
    found.push(...page.items.filter(({ createdAt }) => createdAt > since));
    const oldest = page.items.at(-1);
    cursor = oldest && oldest.createdAt > since ? page.cursor : undefined;
  } while (cursor !== undefined);
  return found;
}

/** The letter to this friend that is nearest to one for a time the user chose, if it is within days. A surprise keeps away by itself. */
async function nearLetter(
  ground: Ground,
  userId: string,
  friend: Friend,
  note: Note,
): Promise<Note | undefined> {
  if (!note.sendAt || !note.moment || note.moment.kind === 'surprise') return undefined;
  const apart = apartFrom(friend);
  const away = (other: Note) =>
    Math.abs(Date.parse(other.sentAt ?? other.sendAt ?? other.updatedAt) - Date.parse(note.sendAt ?? ''));
  const others = (await notesTo(ground.table, userId, friend.id)).filter(
    (other) => other.id !== note.id && REACHES.includes(other.state) && away(other) < apart,
  );
  return others.sort((a, b) => away(a) - away(b))[0];
}

/** Whether the form of a letter came back for what is wrong with it. */
export function statusOf(draft: LetterDraft | undefined): 200 | 400 {
  return draft && Object.keys(draft.errors).length > 0 ? 400 : 200;
}
