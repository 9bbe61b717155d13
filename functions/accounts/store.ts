import { foldAddress } from '../platform/address.ts';
import { at, DAY, epochSeconds, HOUR, MINUTE } from '../platform/clock.ts';
import { dueAttributes, dueSet } from '../platform/due.ts';
import { hashToken, newId, newToken } from '../platform/ids.ts';
import { type Key, keys, ranges } from '../platform/keys.ts';
import { type Item, plain, type Table } from '../platform/table.ts';
import { ApiToken, type NewUser, type Paused, Session, User } from './user.ts';

/** Long enough to fetch the mail, short enough to be of no use to who finds it later. */
export const SIGN_IN_MINUTES = 10;
/** A session that is used goes on; one left alone ends. */
const SESSION_DAYS = 60;
/** However much it is used: a copy of it is not good for ever. */
const SESSION_DAYS_IN_ALL = 365;
/** How long a session is used before its end is moved: one write a day instead of one a page. */
const SESSION_RENEW_AFTER = DAY;

export async function findUser(table: Table, userId: string): Promise<User | undefined> {
  const item = await table.get(keys.user(userId));
  return item && User.parse(plain(item));
}

/** Two reads for a stranger, too: how long it takes must not tell who has an account. */
export async function findUserByEmail(table: Table, address: string): Promise<User | undefined> {
  const item = await table.get(keys.email(foldAddress(address)));
  return findUser(table, String(item?.userId ?? 'nobody'));
}

/** Whose secret address this is; `ingest` as `ingestName` gives it. */
export async function findUserByIngest(table: Table, ingest: string): Promise<User | undefined> {
  const item = await table.get(keys.ingest(ingest));
  return item && findUser(table, String(item.userId));
}

/** A new secret address; the old one stops. False: something was faster, and nothing was written. */
export async function replaceIngest(table: Table, user: User): Promise<boolean> {
  const next = newIngest();
  const failed = await table.transact([
    {
      update: keys.user(user.id),
      set: 'SET #ingest = :next',
      if: '#ingest = :old',
      values: { next, old: user.ingest },
    },
    { delete: keys.ingest(user.ingest) },
    { put: { ...keys.ingest(next), userId: user.id }, if: 'attribute_not_exists(pk)' },
  ]);
  return failed.length === 0;
}

/** False: there is an account with this address. */
export async function insertUser(table: Table, user: User): Promise<boolean> {
  const failed = await table.transact([
    { put: { ...keys.user(user.id), ...user }, if: 'attribute_not_exists(pk)' },
    { put: { ...keys.email(foldAddress(user.email)), userId: user.id }, if: 'attribute_not_exists(pk)' },
    { put: { ...keys.ingest(user.ingest), userId: user.id }, if: 'attribute_not_exists(pk)' },
  ]);
  return failed.length === 0;
}

export function newUser(input: NewUser, now: Date): User {
  return {
    ...input,
    id: newId('usr'),
    ingest: newIngest(),
    bookmarkletSerial: 1,
    tokenSerial: 1,
    createdAt: at(now),
  };
}

/** 80 random bits in an alphabet that survives being read aloud. */
function newIngest(): string {
  return newToken()
    .toLowerCase()
    .replace(/[^a-z2-9]/g, '')
    .slice(0, 16)
    .padEnd(16, 'x');
}

export async function updateUser(
  table: Table,
  userId: string,
  change: { name: string; timeZone: string },
): Promise<User | null> {
  const item = await table.update(
    keys.user(userId),
    'SET #name = :name, #timeZone = :timeZone',
    change,
    'attribute_exists(pk)',
  );
  return item && User.parse(plain(item));
}

/** The user's letters wait from now on. One pause at a time: the first stands. */
export async function pauseUser(table: Table, userId: string, paused: Paused): Promise<void> {
  await table.update(
    keys.user(userId),
    'SET #paused = :paused',
    { paused },
    'attribute_exists(pk) AND attribute_not_exists(#paused)',
  );
}

export async function resumeUser(table: Table, userId: string, now: Date): Promise<void> {
  await table.update(
    keys.user(userId),
    'SET #resumedAt = :now REMOVE #paused',
    { now: at(now) },
    'attribute_exists(#paused)',
  );
}

export async function raiseBookmarkletSerial(table: Table, userId: string): Promise<void> {
  await table.update(keys.user(userId), 'ADD #bookmarkletSerial :one', { one: 1 }, 'attribute_exists(pk)');
}

/** A new API token beside the others. It is shown once: only its hash is kept. */
export async function issueToken(table: Table, user: User, now: Date, name = ''): Promise<string> {
  const token = `hw_${newToken()}`;
  const hash = hashToken(token);
  const kept = { serial: user.tokenSerial, createdAt: at(now) };
  await table.transact([
    { put: { ...keys.token(hash), userId: user.id, ...kept } },
    { put: { ...keys.userToken(user.id, hash), name, ...kept } },
  ]);
  return token;
}

/** A new API token instead of all others. */
export async function replaceTokens(
  table: Table,
  userId: string,
  now: Date,
  name = '',
): Promise<string | null> {
  const item = await table.update(
    keys.user(userId),
    'ADD #tokenSerial :one',
    { one: 1 },
    'attribute_exists(pk)',
  );
  if (!item) return null;
  // They are worth nothing from here on; this is tidying up.
  const old = await table.all(ranges.tokens(userId));
  await Promise.all(old.map((one) => forgetToken(table, userId, hashOf(one))));
  return issueToken(table, User.parse(plain(item)), now, name);
}

/** The token's user; keeps the day it was used on, if `now` is said: one write a day. */
export async function findTokenUser(table: Table, token: string, now?: Date): Promise<User | undefined> {
  const hash = hashToken(token);
  const item = await table.get(keys.token(hash));
  const user = item && (await findUser(table, String(item.userId)));
  if (!user || user.tokenSerial !== item.serial) return undefined;
  const today = now && at(now).slice(0, 10);
  if (today && item.usedOn !== today) {
    const { serial, createdAt } = item;
    await table.transact([
      {
        update: keys.token(hash),
        set: 'SET #usedOn = :today',
        if: 'attribute_exists(pk)',
        values: { today },
      },
      {
        // Tokens of before there was a list come into it by being used.
        update: keys.userToken(user.id, hash),
        set: 'SET #usedOn = :today, #serial = :serial, #createdAt = :createdAt',
        values: { today, serial, createdAt },
      },
    ]);
  }
  return user;
}

/** Those that are worth something, newest first. */
export async function listTokens(table: Table, user: User): Promise<ApiToken[]> {
  const items = await table.all(ranges.tokens(user.id));
  return items
    .filter(({ serial }) => serial === user.tokenSerial)
    .map((item) => ApiToken.parse({ name: '', ...plain(item), id: hashOf(item) }))
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

/** False: this user has no such token. */
export async function revokeToken(table: Table, userId: string, id: string): Promise<boolean> {
  if (!isHash(id) || !(await table.get(keys.userToken(userId, id)))) return false;
  await forgetToken(table, userId, id);
  return true;
}

/** What lets in goes first: broken off in the middle, it still stands in the list. */
async function forgetToken(table: Table, userId: string, hash: string): Promise<void> {
  await table.delete(keys.token(hash));
  await table.delete(keys.userToken(userId, hash));
}

/** What `hashToken` gives. */
const isHash = (id: string): boolean => /^[\w-]{43}$/.test(id);

/** Of an item of a list: `SESSION#<hash>`. */
function hashOf(item: Item): string {
  return String(item.sk).replace(/^[A-Z]+#/, '');
}

/** A link that signs in once, within ten minutes. `returnTo` is a path of ours. */
export async function issueSignIn(
  table: Table,
  userId: string,
  returnTo: string,
  now: Date,
): Promise<string> {
  const token = newToken();
  const hash = hashToken(token);
  const ends = { expiresAt: at(now, SIGN_IN_MINUTES * MINUTE), ttl: epochSeconds(now, HOUR) };
  await table.transact([
    { put: { ...keys.signIn(hash), userId, returnTo, ...ends } },
    { put: { ...keys.userSignIn(userId, hash), ttl: ends.ttl } },
  ]);
  return token;
}

/** As much work as `issueSignIn`, and nothing is kept: a stranger's request must take as long as a user's. */
export async function issueNothing(table: Table): Promise<string> {
  const token = newToken();
  const hash = hashToken(token);
  await table.transact([{ delete: keys.signIn(hash) }, { delete: keys.userSignIn('', hash) }]);
  return token;
}

/** A link that makes the account of this address, once. For ten minutes it signs in to one that was made meanwhile. */
export async function issueSignUp(
  table: Table,
  address: string,
  returnTo: string,
  now: Date,
  lastsMs: number,
): Promise<string> {
  const token = newToken();
  const hash = hashToken(token);
  const ends = {
    expiresAt: at(now, lastsMs),
    signsInUntil: at(now, SIGN_IN_MINUTES * MINUTE),
    ttl: epochSeconds(now, lastsMs + HOUR),
  };
  await table.transact([
    { put: { ...keys.signUp(hash), address, returnTo, ...ends } },
    { delete: keys.userSignIn('', hash) },
  ]);
  return token;
}

/** Whose account the link would make, if it could still be used. */
export async function peekSignUp(table: Table, token: string, now: Date): Promise<string | undefined> {
  const item = await table.get(keys.signUp(hashToken(token)));
  if (!item || String(item.expiresAt) <= at(now)) return undefined;
  const address = String(item.address);
  // An invitation lasts a week, and must not be a way in to an account for so long.
  const isOnlyNew = String(item.signsInUntil ?? '') <= at(now);
  return isOnlyNew && (await findUserByEmail(table, address)) ? undefined : address;
}

/** Uses a sign-up link up. Null as `takeSignIn`. */
export async function takeSignUp(
  table: Table,
  token: string,
  now: Date,
): Promise<{ address: string; returnTo: string } | null> {
  const item = await table.delete(keys.signUp(hashToken(token)), '#expiresAt > :now', { now: at(now) });
  return item && { address: String(item.address), returnTo: String(item.returnTo) };
}

/** As long as an invitation is good for; the link in its mail ends earlier, and a new one can be had meanwhile. */
const INVITED_DAYS = 30;

/** This address may have an account. */
export async function invite(table: Table, addressHash: string, now: Date): Promise<void> {
  const expiresAt = at(now, INVITED_DAYS * DAY);
  await table.put({
    ...keys.invited(addressHash),
    expiresAt,
    ttl: epochSeconds(now, (INVITED_DAYS + 1) * DAY),
  });
}

export async function isInvited(table: Table, addressHash: string, now: Date): Promise<boolean> {
  const item = await table.get(keys.invited(addressHash));
  return String(item?.expiresAt ?? '') > at(now);
}

/** Mails with a sign-in link to one address in an hour: who needs more has another trouble. */
const SIGN_IN_MAILS = 5;

/** Counts a sign-in mail to this address. False: there were enough in this hour. */
export async function countSignInMail(table: Table, addressHash: string, now: Date): Promise<boolean> {
  const counted = await table.update(
    keys.signIns(addressHash, at(now).slice(0, 13)),
    'ADD #mails :one SET #ttl = :ttl',
    { one: 1, most: SIGN_IN_MAILS, ttl: epochSeconds(now, DAY) },
    'attribute_not_exists(#mails) OR #mails < :most',
  );
  return counted !== null;
}

/** Whom the link would sign in, if it could still be used; using it is `takeSignIn`. */
export async function peekSignIn(table: Table, token: string, now: Date): Promise<User | undefined> {
  const item = await table.get(keys.signIn(hashToken(token)));
  return item && String(item.expiresAt) > at(now) ? findUser(table, String(item.userId)) : undefined;
}

/** Uses a sign-in link up. Null: used before, too old, or never made. */
export async function takeSignIn(
  table: Table,
  token: string,
  now: Date,
): Promise<{ userId: string; returnTo: string } | null> {
  // Deleting is the use: of two who come at once, one gets the item.
  const hash = hashToken(token);
  const item = await table.delete(keys.signIn(hash), '#expiresAt > :now', { now: at(now) });
  if (!item) return null;
  await table.delete(keys.userSignIn(String(item.userId), hash));
  return { userId: String(item.userId), returnTo: String(item.returnTo) };
}

/** `device`: as `deviceOf` says it. */
export async function openSession(table: Table, userId: string, now: Date, device = ''): Promise<string> {
  const token = newToken();
  const hash = hashToken(token);
  const user = await findUser(table, userId);
  const session = { device, openedAt: at(now), serial: user?.sessionSerial ?? 0 };
  await storeSession(table, userId, hash, session, now);
  return token;
}

interface StoredSession {
  device: string;
  openedAt: string;
  serial: number;
}

/** What lets in, and its line in the user's list; `condition` is the first's. False: it does not hold. */
async function storeSession(
  table: Table,
  userId: string,
  hash: string,
  session: StoredSession,
  now: Date,
  condition?: string,
): Promise<boolean> {
  const { renewAt, ...end } = sessionEnd(now);
  const failed = await table.transact([
    {
      put: { ...keys.session(hash), userId, ...session, ...end, renewAt },
      ...(condition && { if: condition }),
    },
    { put: { ...keys.userSession(userId, hash), ...session, usedAt: at(now), ...end } },
  ]);
  return failed.length === 0;
}

/** The session's user; moves its end if it is used. Items past their end count as gone: TTL deletes days late. */
export async function findSessionUser(table: Table, token: string, now: Date): Promise<User | undefined> {
  const hash = hashToken(token);
  const item = await table.get(keys.session(hash));
  if (!item || String(item.expiresAt) <= at(now)) return undefined;
  if (item.openedAt && String(item.openedAt) <= at(now, -SESSION_DAYS_IN_ALL * DAY)) return undefined;
  const user = await findUser(table, String(item.userId));
  const serial = Number(item.serial ?? 0);
  if (!user || serial !== (user.sessionSerial ?? 0)) return undefined;
  if (String(item.renewAt) <= at(now)) {
    // Sessions of before there was a list come into it here. One that was closed meanwhile stays so.
    const { device = '', openedAt = at(now) } = item;
    const session = { device: String(device), openedAt: String(openedAt), serial };
    await storeSession(table, user.id, hash, session, now, 'attribute_exists(pk)');
  }
  return user;
}

/** Where this user is signed in, the last used first. */
export async function listSessions(table: Table, user: User, now: Date): Promise<Session[]> {
  const items = await table.all(ranges.sessions(user.id));
  return items
    .filter(({ serial, expiresAt }) => serial === (user.sessionSerial ?? 0) && String(expiresAt) > at(now))
    .map((item) => Session.parse({ ...plain(item), id: hashOf(item) }))
    .sort((a, b) => (a.usedAt < b.usedAt ? 1 : -1));
}

/** What names a session in `listSessions`. */
export const sessionId = hashToken;

export async function closeSession(table: Table, token: string): Promise<void> {
  const hash = hashToken(token);
  const item = await table.delete(keys.session(hash));
  if (item) await table.delete(keys.userSession(String(item.userId), hash));
}

/** Signs one of the user's devices out. False: this user has no such session. */
export async function endSession(table: Table, userId: string, id: string): Promise<boolean> {
  if (!isHash(id) || !(await table.get(keys.userSession(userId, id)))) return false;
  await forgetSession(table, userId, id);
  return true;
}

/** Signs the user out everywhere. */
export async function endSessions(table: Table, userId: string): Promise<void> {
  await table.update(keys.user(userId), 'ADD #sessionSerial :one', { one: 1 }, 'attribute_exists(pk)');
  // They are worth nothing from here on; this is tidying up.
  const sessions = await table.all(ranges.sessions(userId));
  await Promise.all(sessions.map((one) => forgetSession(table, userId, hashOf(one))));
}

async function forgetSession(table: Table, userId: string, hash: string): Promise<void> {
  await table.delete(keys.session(hash));
  await table.delete(keys.userSession(userId, hash));
}

function sessionEnd(now: Date) {
  return {
    expiresAt: at(now, SESSION_DAYS * DAY),
    renewAt: at(now, SESSION_RENEW_AFTER),
    ttl: epochSeconds(now, (SESSION_DAYS + 1) * DAY),
  };
}

/** A restore goes on for hours at most; what comes later fills an account that is in use. */
const FILLED_WITHIN = DAY;

/** The account holds nothing yet and is filled from a file: it takes the file's name and zone. */
export async function openFilling(
  table: Table,
  userId: string,
  { name, timeZone }: { name: string; timeZone: string },
  now: Date,
): Promise<void> {
  await table.update(
    keys.user(userId),
    'SET #name = :name, #timeZone = :timeZone, #filledUntil = :until',
    { name, timeZone, until: at(now, FILLED_WITHIN) },
    'attribute_exists(pk)',
  );
}

/** From now on the account holds more than its file, or the file is not complete. */
export async function endFilling(table: Table, userId: string): Promise<void> {
  await table.update(keys.user(userId), 'REMOVE #filledUntil', {}, 'attribute_exists(pk)');
}

/** Whether the account holds nothing but what a file brings. */
export async function isFilling(table: Table, userId: string, now: Date): Promise<boolean> {
  const item = await table.get(keys.user(userId));
  return String(item?.filledUntil ?? '') > at(now);
}

/** What a restored file calls `id` was here before it, as `known`: what the file says of it later is of that one. */
export async function keepAlias(table: Table, userId: string, id: string, known: string): Promise<void> {
  await table.put({ ...keys.alias(userId, id), known });
}

export async function findAlias(table: Table, userId: string, id: string): Promise<string | undefined> {
  const item = await table.get(keys.alias(userId, id));
  return item && String(item.known);
}

/** A user who is gone, and of whom there may still be something. */
export interface Erasure {
  userId: string;
  startedAt: string;
}

/**
 * The account is over, in one step: where the user stood stands the erasure, due until nothing is left. Nothing that asks
 * for the user finds one from here on: no session, token or link lets in, no mail comes in, no note is claimed.
 * False: the user changed since `seen`, or is gone.
 */
export async function endUser(table: Table, seen: User, now: Date): Promise<boolean> {
  const failed = await table.transact([
    { delete: keys.user(seen.id), if: '#ingest = :ingest', values: { ingest: seen.ingest } },
    { delete: keys.email(foldAddress(seen.email)) },
    { delete: keys.ingest(seen.ingest) },
    {
      put: {
        ...keys.erasure(seen.id),
        startedAt: at(now),
        ...dueAttributes(seen.id, 'erase', at(now)),
      },
    },
  ]);
  return failed.length === 0;
}

/** Undefined: there is nothing to erase, above all no user who is still here. */
export async function findErasure(table: Table, userId: string): Promise<Erasure | undefined> {
  const item = await table.get(keys.erasure(userId));
  return item && { userId, startedAt: String(item.startedAt) };
}

/** Goes on at `dueAt`: there is more to delete than one run does, or something may still come. */
export async function postponeErasure(table: Table, userId: string, dueAt: string): Promise<void> {
  const due = dueSet(userId, 'erase', dueAt);
  await table.update(keys.erasure(userId), `SET ${due.text}`, due.values, 'attribute_exists(pk)');
}

export async function endErasure(table: Table, userId: string): Promise<void> {
  await table.delete(keys.erasure(userId));
}

/** What is left of an account, a page of items at a time. */
export async function* walkRest(table: Table, userId: string): AsyncGenerator<Item[]> {
  const { sk: itself } = keys.erasure(userId);
  for (const range of ranges.everything(userId)) {
    for await (const items of table.pages(range, { only: '#objectKey, #isShared' })) {
      yield items.filter(({ sk }) => sk !== itself);
    }
  }
}

/** Deletes an item of `walkRest`, and first what stands elsewhere and only it names. */
export async function eraseItem(table: Table, { pk, sk }: Item): Promise<void> {
  const [kind = '', name = ''] = String(sk).split('#');
  const elsewhere = ELSEWHERE[kind];
  if (elsewhere) await table.delete(elsewhere(name));
  await table.delete({ pk: String(pk), sk: String(sk) });
}

const ELSEWHERE: Record<string, (name: string) => Key> = {
  SESSION: keys.session,
  TOKEN: keys.token,
  SIGNIN: keys.signIn,
  PASSKEY: keys.passkey,
};
