import * as z from 'zod';
import { email, instant, line, timeZone } from '../platform/shapes.ts';

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
});
export type User = z.infer<typeof User>;

export const NewUser = z.object({ email, name: line(100), timeZone: timeZone.default('UTC') });
export type NewUser = z.infer<typeof NewUser>;
