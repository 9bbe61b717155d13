import * as z from 'zod';
import { foldAddress } from '../platform/address.ts';
import { DAY } from '../platform/clock.ts';
import { Fault } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { parse, timeZone } from '../platform/shapes.ts';
import {
  endUser,
  findUser,
  findUserByEmail,
  insertUser,
  invite,
  isInvited,
  issueSignIn,
  issueSignUp,
  issueToken,
  newUser,
} from './store.ts';
import { NewUser, strangersName, type User } from './user.ts';

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
  const apiToken = await issueToken(ground.table, user, now, 'npm run user');
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

/** Whether somebody who shows that this address is theirs may have an account here. */
export async function mayJoin(
  { table, secrets, settings, clock }: Ground,
  address: string,
): Promise<boolean> {
  // Asked whatever the settings say: who has an account, and who may, must not show by the time it takes.
  const invited = await isInvited(table, secrets.addressHash(address), clock());
  const { ownerEmail, signUp } = settings;
  if (ownerEmail && foldAddress(ownerEmail) === foldAddress(address)) return true;
  return signUp === 'open' || (signUp === 'invited' && invited);
}

/** As long as somebody may be away from their mail. */
const INVITATION_DAYS = 7;

/** Lets an address in, and gives the link that makes its account; null if it has one. */
export async function inviteTo(
  { table, secrets, settings, clock }: Ground,
  address: string,
): Promise<{ url: string; days: number } | null> {
  if (await findUserByEmail(table, address)) return null;
  await invite(table, secrets.addressHash(address), clock());
  const token = await issueSignUp(table, address, '/', clock(), INVITATION_DAYS * DAY);
  return { url: `${settings.baseUrl}/sign-in/new/${token}`, days: INVITATION_DAYS };
}

/** What a new user says of themselves. */
const Joining = z.object({ name: strangersName, timeZone: timeZone.default('UTC') });

/** Fault `invalid`, by its field. */
export function checkJoining(input: unknown): z.output<typeof Joining> {
  return parse(Joining, input);
}

/** The user of an address that was shown to be theirs; made, if there is none. Fault `invalid`, by its field. */
export async function join(ground: Ground, address: string, input: unknown): Promise<User> {
  return findOrInsert(ground, parse(NewUser, { email: address, ...checkJoining(input) }));
}

/** How often a user may change under the hand that deletes them. */
const END_TRIES = 5;

/**
 * Ends an account: at once nobody comes in with it, no mail comes in to it, and none of its notes leaves. What it held is
 * erased behind the queue (`transfer/erase-account.ts`).
 */
export async function endAccount(ground: Ground, userId: string): Promise<void> {
  for (let round = 0; round < END_TRIES; round++) {
    const user = await findUser(ground.table, userId);
    if (!user) return;
    if (await endUser(ground.table, user, ground.clock())) {
      await ground.queue.hint('import', userId, userId);
      return;
    }
  }
  throw new Fault('conflict', 'The account could not be deleted. Try again.');
}

export function signUpUrl(ground: Ground, token: string): string {
  return `${ground.settings.baseUrl}/sign-in/new/${token}`;
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
