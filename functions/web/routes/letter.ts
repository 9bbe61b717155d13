import type { User } from '../../accounts/user.ts';
import type { Friend } from '../../friends/friend.ts';
import { birthdayWall } from '../../notes/moment.ts';
import { type Moment, NewNote, type Note } from '../../notes/note.ts';
import { newNote, sameLetter } from '../../notes/notes.ts';
import { invalid } from '../../platform/faults.ts';
import type { Ground } from '../../platform/ground.ts';
import { parse } from '../../platform/shapes.ts';
import { callName } from '../look/words.ts';
import type { FormErrors, LetterDraft } from '../views.ts';
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

/** What is said when a letter has no words. */
function noWords(friend: Friend, withArticle: boolean): string {
  const name = callName(friend.name);
  return withArticle
    ? `A link alone is not a letter. Write ${name} one line.`
    : `An empty sheet is not a letter. Write ${name} one line.`;
}

/**
 * The notes that a form's letters make, not yet kept; and what is not right, by form field (each letter's own, `at`).
 * With `do=myself` they are drafts, for the user's own hand. The article is the user's own: the caller has looked.
 */
export async function planLetters(
  ground: Ground,
  user: User,
  form: Form,
  letters: Letter[],
  articleId: string | undefined,
): Promise<{ notes: Note[]; errors: FormErrors }> {
  const notes: Note[] = [];
  const errors: FormErrors = {};
  for (const { friend, text, field, byHand } of letters) {
    try {
      if (!text.trim()) throw invalid('/text', noWords(friend, articleId !== undefined));
      const myself = byHand || form.text('do') === 'myself';
      const moment = myself ? undefined : momentOf(form, friend, ground.clock());
      const wanted = parse(NewNote, { friendId: friend.id, articleId, text, moment });
      notes.push(await sameLetter(ground, user.id, await newNote(ground, user.id, friend, wanted)));
    } catch (error) {
      Object.assign(errors, formErrors(error, { text: field, friendId: field }));
    }
  }
  return { notes, errors };
}
