import * as z from 'zod';
import { day, email, instant, line, timeZone } from '../platform/shapes.ts';

/** Why a user's letters wait: too many were called spam, or came back. */
export const Paused = z.object({ because: z.enum(['complaints', 'bounces']), at: instant });
export type Paused = z.infer<typeof Paused>;

/** A person with an account: saves articles, writes notes. */
export const User = z.object({
  id: z.string(),
  email,
  name: line(100),
  timeZone,
  /** The local part of the secret address that takes forwarded mail. */
  ingest: z.string(),
  /** Raised to revoke every bookmarklet made so far. */
  bookmarkletSerial: z.number(),
  /** Raised to make every API token issued so far worthless. */
  tokenSerial: z.number(),
  /** Raised to end every session; not there: never. */
  sessionSerial: z.number().optional(),
  createdAt: instant,
  paused: Paused.optional(),
  /** When the user last lifted a pause: what happened before does not pause again by itself. */
  resumedAt: instant.optional(),
});
export type User = z.infer<typeof User>;

export const NewUser = z.object({ email, name: line(100), timeZone: timeZone.default('UTC') });
export type NewUser = z.infer<typeof NewUser>;

/** A name that is an address of anything: mail programs make links of both. */
const LIKE_AN_ADDRESS = /@|:\/\/|\bwww\.|[\p{L}\p{N}]\.\p{L}{2,}/u;

/** The name of somebody nobody here knows: under it strangers get mail, so it must carry nothing but a name. */
export const strangersName = line(100).refine(
  (name) => !LIKE_AN_ADDRESS.test(name),
  'must be a name, without an address in it',
);

/** Who is signed in where, as its user sees it. */
export const Session = z.object({
  /** The hash of its token: names it, and lets nobody in. */
  id: z.string(),
  /** The browser and system as it said, in two words: "Firefox on Linux"; empty if it said nothing we know. */
  device: z.string(),
  openedAt: instant,
  /** Its last use, to the day. */
  usedAt: instant,
});
export type Session = z.infer<typeof Session>;

/** What may stand for the user in a script. */
export const ApiToken = z.object({
  /** The hash of the token: names it, and lets nobody in. */
  id: z.string(),
  name: z.string(),
  createdAt: instant,
  /** The day (UTC) of its last use; not there: never used. */
  usedOn: day.optional(),
});
export type ApiToken = z.infer<typeof ApiToken>;

export const tokenName = line(60);
