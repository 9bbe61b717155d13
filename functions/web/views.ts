import type { User } from '../accounts/user.ts';
import type { Article } from '../articles/article.ts';
import type { Friend } from '../friends/friend.ts';
import type { Suggestion } from '../matching/suggestion.ts';
import type { Turn } from '../matching/turns.ts';
import type { Note } from '../notes/note.ts';

/** What every page behind the door knows: whose it is, and when it is read. */
export interface Frame {
  user: User;
  now: Date;
}

/** What went wrong with a form just sent: a sentence for each field, by the field's name. */
export type FormErrors = Record<string, string>;

/** A suggestion with the two things it is about. */
export interface SuggestionView {
  suggestion: Suggestion;
  friend: Friend;
  article: Article;
  /** Why it stands further ahead than its score. */
  turn?: Turn | undefined;
}

/** One article and everybody it could be for, best first. */
export interface ClippingView {
  article: Article;
  suggestions: SuggestionView[];
}

/** A note with its friend (gone if deleted) and its article, if it has one. */
export interface NoteView {
  note: Note;
  friend: Friend | undefined;
  article: Article | undefined;
}

/** A question the page asks before it seals a letter. The same form sent once more, unchanged, is the answer. */
export interface Ask {
  kind: 'letter' | 'title' | 'same' | 'near';
  /** Names what is asked about: of other words, or for another moment, it is asked anew. */
  key: string;
  /** The question, in one or two sentences. */
  said: string;
}

/** What the person had typed into a letter's form when it came back: with a question, or with what is wrong. */
export interface LetterDraft {
  /** By friend id. */
  texts: Record<string, string>;
  chosen: string[];
  /** `keep`: as it was, in the edit form of a note that waits. */
  moment: 'surprise' | 'now' | 'at' | 'birthday' | 'keep';
  at: string;
  /** Names the form, if several stand on one page: the article's id. */
  articleId?: string;
  asks?: Ask[];
  /** Keys of what was asked before and sent all the same. */
  asked?: string[];
  errors: FormErrors;
}
