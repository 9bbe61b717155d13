import * as z from 'zod';
import { email, instant, line, timeZone } from '../platform/shapes.ts';

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
  createdAt: instant,
  paused: Paused.optional(),
  /** When the user last lifted a pause: what happened before does not pause again by itself. */
  resumedAt: instant.optional(),
});
export type User = z.infer<typeof User>;

export const NewUser = z.object({ email, name: line(100), timeZone: timeZone.default('UTC') });
export type NewUser = z.infer<typeof NewUser>;
