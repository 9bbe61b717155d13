import type { User } from '../../accounts/user.ts';
import type { Friend } from '../../friends/friend.ts';
import { birthdayWall } from '../../notes/moment.ts';
import type { Moment, Note } from '../../notes/note.ts';
import { cancelNote, writeNote } from '../../notes/notes.ts';
import { invalid } from '../../platform/faults.ts';
import type { Ground } from '../../platform/ground.ts';
import { callName } from '../look/words.ts';
import type { FormErrors, LetterDraft } from '../views.ts';
import { type Form, formErrors } from './form.ts';

/** A letter to one friend, as a form brings it. */
export interface Letter {
  friend: Friend;
  text: string;
}

/** The choice of the form. */
export function choiceOf(form: Form): LetterDraft['moment'] {
  const choice = form.text('moment');
  return choice === 'now' || choice === 'at' || choice === 'birthday' ? choice : 'surprise';
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
  return { kind: choice };
}

/** What is said when a letter has no words. */
export function noWords(friend: Friend, withArticle: boolean): string {
  const name = callName(friend.name);
  return withArticle
    ? `A link alone is not a letter. Write ${name} one line.`
    : `An empty sheet is not a letter. Write ${name} one line.`;
}

/**
 * Writes all the letters or none. With `by: 'myself'` they are drafts, for the user's own hand. The errors are by form
 * field: `text-<friendId>`, `at`.
 */
export async function writeLetters(
  ground: Ground,
  user: User,
  form: Form,
  letters: Letter[],
  articleId: string | undefined,
): Promise<{ notes: Note[] } | { errors: FormErrors }> {
  const empty = letters.filter(({ text }) => !text.trim());
  if (empty.length > 0) {
    const errors = empty.map(({ friend }) => [`text-${friend.id}`, noWords(friend, articleId !== undefined)]);
    return { errors: Object.fromEntries(errors) };
  }
  const myself = form.text('do') === 'myself';
  const notes: Note[] = [];
  for (const { friend, text } of letters) {
    try {
      const moment = myself ? undefined : momentOf(form, friend, ground.clock());
      notes.push(await writeNote(ground, user, { friendId: friend.id, articleId, text, moment }));
    } catch (error) {
      const errors = formErrors(error, { text: `text-${friend.id}`, friendId: `text-${friend.id}` });
      await Promise.all(notes.map((note) => cancelNote(ground, user.id, note.id)));
      return { errors };
    }
  }
  return { notes };
}
