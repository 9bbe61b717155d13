import * as z from 'zod';
import { Receipt } from '../mail/trust.ts';
import { instant } from '../platform/shapes.ts';

/** Why a mail waits for the user. `unproven`: nobody vouches that it comes from where it says. */
export const HeldBecause = z.enum(['unknown', 'unproven', 'spam']);
export type HeldBecause = z.infer<typeof HeldBecause>;

export const RefusedBecause = z.enum([
  'virus',
  'too-large',
  'unreadable',
  /** It asks to confirm a forwarding, and nobody vouches for it. */
  'unproven-confirmation',
  /** An answer or a report of a server. */
  'report',
  'empty',
  /** Words, and nothing they go with. */
  'no-link',
  /** What it points at is no web address. */
  'no-address',
  /** The mail itself is no longer kept. */
  'gone',
]);
export type RefusedBecause = z.infer<typeof RefusedBecause>;

const Outcome = z.discriminatedUnion('kind', [
  /** The mail is there and could not be had. What the receiving server said of it is kept for another try. */
  z.object({ kind: z.literal('unopened'), messageId: z.string(), receipt: Receipt }),
  /** Let in, and not yet done with; the article and the note it makes have these ids, however often it is done. */
  z.object({ kind: z.literal('reading'), articleId: z.string(), noteId: z.string() }),
  z.object({
    kind: z.literal('saved'),
    articleId: z.string(),
    title: z.string(),
    alreadySaved: z.boolean(),
    /** The draft made of the user's words, and the name of the friend it is for. */
    noteId: z.string().optional(),
    draftFor: z.string().optional(),
    /** What the user wrote, where it could not become a note. */
    words: z.string().optional(),
    /** The name they wrote it for, as written. */
    wordsFor: z.string().optional(),
  }),
  z.object({ kind: z.literal('held'), because: HeldBecause }),
  /** A mail service asks whether it may forward: for the user's eyes. */
  z.object({
    kind: z.literal('shown'),
    service: z.string(),
    code: z.string().optional(),
    url: z.string().optional(),
  }),
  z.object({ kind: z.literal('refused'), because: RefusedBecause }),
  z.object({ kind: z.literal('thrown-away') }),
]);
export type Outcome = z.infer<typeof Outcome>;

/** A mail that reached a user's secret address, and what became of it. */
export const Arrival = z.object({
  id: z.string(),
  /** Where the mail is kept as it came. */
  objectKey: z.string(),
  /** The same mail came to other users, too: their copy is this one. */
  isShared: z.boolean().optional(),
  /** Who it says it is from; the envelope's sender if the mail could not be read; empty if there is none. */
  from: z.string(),
  subject: z.string(),
  /** Their names. They are not kept. */
  attachments: z.array(z.string()),
  receivedAt: instant,
  /** The record and the mail itself go then. */
  expiresAt: instant,
  outcome: Outcome,
});
export type Arrival = z.infer<typeof Arrival>;

/** A sender whose mail is let in, as the user said. */
export const Sender = z.object({ id: z.string(), address: z.string(), acceptedAt: instant });
export type Sender = z.infer<typeof Sender>;
