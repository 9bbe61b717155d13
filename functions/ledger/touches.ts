import * as z from 'zod';
import { DAY, HOUR } from '../platform/clock.ts';
import { idOf, timeOf } from '../platform/ids.ts';
import { instant } from '../platform/shapes.ts';

/** A line back, not a letter: for that there is "answer" (characters). */
export const MAX_LINE = 500;

/** A forwarded letter carries its link along, and whoever has it can correct a name: this often in a day (UTC). */
export const MAX_CORRECTIONS = 5;
export const CORRECTIONS_COUNT = 2 * DAY;

/**
 * How long a stop can be taken back on its page, as a slip of the thumb. Not for longer: an answer to a letter quotes its
 * link, and who is asked to stop must not be able to lift it.
 */
export const STOP_UNDO = HOUR;

/** What a friend did on their page. */
export const TouchKind = z.enum([
  'thanks',
  'coffee',
  'not-my-thing',
  'less-often',
  'stopped',
  'stopped-all',
  'renamed',
  'moved-zone',
  'erased',
]);
export type TouchKind = z.infer<typeof TouchKind>;

/**
 * How the mail stands that tells the user of a touch. `asked`: the mail server was asked, at most once, and may have it;
 * `sent`: it has; `waiting`: certain that nothing left.
 */
export const Word = z.enum(['asked', 'sent', 'waiting']);
export type Word = z.infer<typeof Word>;

/** Something a friend said or asked by the link in a letter. */
export const Touch = z.object({
  id: z.string(),
  friendId: z.string(),
  /** The letter whose link it was. */
  noteId: z.string(),
  kind: TouchKind,
  at: instant,
  /** The friend's own words. */
  line: z.string().optional(),
  /** Of `renamed` and `moved-zone`: before and after. */
  was: z.string().optional(),
  is: z.string().optional(),
  /** What Hallway learned it of. Its id alone: the words of an interest stand with the friend, and are private. */
  interestId: z.string().optional(),
  word: Word.optional(),
});
export type Touch = z.infer<typeof Touch>;

/**
 * The id of a touch: one for each letter and kind, and for each correction. The same choice twice, or five times at once, is
 * the same touch.
 */
export function touchId({ noteId, kind, is = '' }: Pick<Touch, 'noteId' | 'kind' | 'is'>): string {
  return idOf('tch', `${noteId} ${kind} ${is}`, timeOf(noteId));
}

// What turns the direction of reading can make words say something else; a control character is nobody's word.
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A friend's line as it is kept: whatever was pasted along and shows nothing goes. */
export function cleanLine(line: string): string {
  return line
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(UNSEEN, '')
    .replaceAll('\t', ' ')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
