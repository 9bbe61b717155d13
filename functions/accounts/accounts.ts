import { Fault } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { parse } from '../platform/shapes.ts';
import { findUserByEmail, insertUser, issueSignIn, issueToken, newUser } from './store.ts';
import { NewUser, type User } from './user.ts';

export interface Welcome {
  user: User;
  /** Shown once. */
  apiToken: string;
  signInUrl: string;
  ingestAddress: string;
}

/** The user of this address, made if there is none; always with a new API token and a new sign-in link. */
export async function addUser(ground: Ground, input: unknown): Promise<Welcome> {
  const wanted = parse(NewUser, input);
  const user = await findOrInsert(ground, wanted);
  const now = ground.clock();
  const apiToken = await issueToken(ground.table, user, now);
  const signIn = await issueSignIn(ground.table, user.id, '/', now);
  return { user, apiToken, signInUrl: signInUrl(ground, signIn), ingestAddress: ingestAddress(ground, user) };
}

async function findOrInsert(ground: Ground, wanted: NewUser): Promise<User> {
  const known = await findUserByEmail(ground.table, wanted.email);
  if (known) return known;
  const user = newUser(wanted, ground.clock());
  if (await insertUser(ground.table, user)) return user;
  // Another call was faster with the same address.
  const other = await findUserByEmail(ground.table, wanted.email);
  if (!other) throw new Fault('conflict', 'The account could not be made. Try again.');
  return other;
}

export function signInUrl(ground: Ground, token: string): string {
  return `${ground.settings.baseUrl}/sign-in/${token}`;
}

export function ingestAddress(ground: Ground, user: User): string {
  return `${user.ingest}@${ground.settings.ingestDomain}`;
}

/** What the user's bookmarklet carries: it lets our window save at once, and is worth nothing without the session. */
export function bookmarkletKey(ground: Ground, user: User): string {
  return ground.secrets.code('bookmarklet', bookmarkletName(user));
}

export function isBookmarkletKey(ground: Ground, user: User, key: string): boolean {
  return ground.secrets.isCode('bookmarklet', bookmarkletName(user), key);
}

function bookmarkletName(user: User): string {
  return `${user.id} ${user.bookmarkletSerial}`;
}
