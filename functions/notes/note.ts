import * as z from 'zod';
import { instant, line, prose, timeZone, wallTime } from '../platform/shapes.ts';
import { ownWords } from './words.ts';

/** A letter, not a book; the page asks at 600, the store stops here (characters). */
export const MAX_TEXT = 10_000;

/** A note's life; `state.ts` says what leads where. */
export const NoteState = z.enum([
  'draft',
  'scheduled',
  'sending',
  'sent',
  'delivered',
  'bounced',
  'complained',
  'failed',
  'uncertain',
  'cancelled',
  'held',
]);
export type NoteState = z.infer<typeof NoteState>;

/** When a note leaves, as the user said it. `at` is a wall time in `timeZone` (the friend's, if not said). */
export const Moment = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('now') }),
    z.strictObject({ kind: z.literal('surprise') }),
    z.strictObject({ kind: z.literal('at'), at: wallTime, timeZone: timeZone.optional() }),
  ],
  { error: ({ code }) => (code === 'invalid_union' ? 'must be now, at or surprise' : undefined) },
);
export type Moment = z.infer<typeof Moment>;

/** A link, a picture or a sign alone is nobody's note. */
const text = prose(MAX_TEXT).refine(ownWords, 'must have at least one word of your own, not a link alone');

export const NewNote = z.strictObject({
  friendId: z.string(),
  articleId: z.string().optional(),
  text,
  subject: line(200).optional(),
  /** Without a moment the note is a draft. */
  moment: Moment.optional(),
});
export type NewNote = z.infer<typeof NewNote>;

export const NotePatch = z.strictObject({
  /** The version the change was made on; another one is refused. */
  version: z.number().int().optional(),
  text: text.optional(),
  subject: line(200).nullable().optional(),
  moment: Moment.optional(),
});
export type NotePatch = z.infer<typeof NotePatch>;

/** Why a note needs the user, failed, or leaves later than said. Words for the page are in `web/`. */
export const Because = z.enum([
  'friend-deleted',
  'article-deleted',
  'friend-has-no-email',
  'muted',
  'suppressed',
  'already-sent',
  'tries-ended',
  'restored',
  'refused',
  'link-gone',
  'paused',
  'less-often',
  'cap-user',
  'cap-address',
  'cap-new',
  'late',
  'zone',
]);
export type Because = z.infer<typeof Because>;

/** What the user wrote to one friend. Instants in UTC. */
export const Note = z.object({
  id: z.string(),
  friendId: z.string(),
  articleId: z.string().optional(),
  text: z.string(),
  subject: z.string().optional(),
  moment: Moment.optional(),
  state: NoteState,
  /** Raised by every change but a lease; the user's edits and cancels name the one they saw. */
  version: z.number(),
  /** The moment the user was told. */
  sendAt: instant.optional(),
  /** When the queue looks again; unlike `sendAt` it is moved by leases, claims and waits. */
  dueAt: instant.optional(),
  /** The friend's zone that `sendAt` was reckoned in: who moves gets the note at the same hour of their day. */
  zone: z.string().optional(),
  /** How many times SES was about to be asked. */
  attempts: z.number(),
  attemptId: z.string().optional(),
  /** The user sent it again when nobody could know whether it had left: its article counts as sent from then on. */
  mayHaveLeft: z.boolean().optional(),
  /** SES's id of the message. */
  messageId: z.string().optional(),
  /** Those of mails that came back before: their events, which may be told again, are no news of this one. */
  pastMessages: z.array(z.string()).optional(),
  /** Attempts before the user sent it again: that their mail did not arrive is no news of this one. */
  pastAttempts: z.array(z.string()).optional(),
  /** The article's page was not there when the queue looked; asked once more before the note is held. */
  linkGoneAt: instant.optional(),
  /** The user saw that the page is gone, and sends the note all the same. */
  linkMayBeGone: z.boolean().optional(),
  /** What SES says of a mail that is neither here nor there: still trying, or given up after hours. */
  delivery: z.enum(['delayed', 'given-up']).optional(),
  /** Where it went, fixed by the claim. */
  to: z.string().optional(),
  sentAt: instant.optional(),
  /** Sent by the user's own hand, not through SES. */
  sentMyself: z.boolean().optional(),
  heldBecause: Because.optional(),
  failedBecause: Because.optional(),
  movedBecause: Because.optional(),
  createdAt: instant,
  updatedAt: instant,
});
export type Note = z.infer<typeof Note>;

/** Whether the note's hour is one of the friend's day, and moves with them; else it was said as an instant, or in a zone. */
export function followsFriend({ moment }: Pick<Note, 'moment'>): boolean {
  return moment?.kind === 'surprise' || (moment?.kind === 'at' && moment.timeZone === undefined);
}
