import { foldAddress } from '../platform/address.ts';
import { at, DAY, epochSeconds, HOUR, MINUTE } from '../platform/clock.ts';
import { hashToken, newId, newToken } from '../platform/ids.ts';
import { keys } from '../platform/keys.ts';
import { plain, type Table } from '../platform/table.ts';
import { type NewUser, type Paused, User } from './user.ts';

/** Long enough to fetch the mail, short enough to be of no use to who finds it later. */
export const SIGN_IN_MINUTES = 10;
/** A session that is used goes on; one left alone ends. */
const SESSION_DAYS = 60;
/** How long a session is used before its end is moved: one write a day instead of one a page. */
const SESSION_RENEW_AFTER = DAY;

export async function findUser(table: Table, userId: string): Promise<User | undefined> {
  const item = await table.get(keys.user(userId));
  return item && User.parse(plain(item));
}

export async function findUserByEmail(table: Table, address: string): Promise<User | undefined> {
  const item = await table.get(keys.email(foldAddress(address)));
  return item && findUser(table, String(item.userId));
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
export async function issueToken(table: Table, user: User, now: Date): Promise<string> {
  const token = `hw_${newToken()}`;
  await table.put({
    ...keys.token(hashToken(token)),
    userId: user.id,
    serial: user.tokenSerial,
    createdAt: at(now),
  });
  return token;
}

/** A new API token instead of all others. */
export async function replaceTokens(table: Table, userId: string, now: Date): Promise<string | null> {
  const item = await table.update(
    keys.user(userId),
    'ADD #tokenSerial :one',
    { one: 1 },
    'attribute_exists(pk)',
  );
  return item && issueToken(table, User.parse(plain(item)), now);
}

export async function findTokenUser(table: Table, token: string): Promise<User | undefined> {
  const item = await table.get(keys.token(hashToken(token)));
  const user = item && (await findUser(table, String(item.userId)));
  return user?.tokenSerial === item?.serial ? user : undefined;
}

/** A link that signs in once, within ten minutes. `returnTo` is a path of ours. */
export async function issueSignIn(
  table: Table,
  userId: string,
  returnTo: string,
  now: Date,
): Promise<string> {
  const token = newToken();
  await table.put({
    ...keys.signIn(hashToken(token)),
    userId,
    returnTo,
    expiresAt: at(now, SIGN_IN_MINUTES * MINUTE),
    ttl: epochSeconds(now, HOUR),
  });
  return token;
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
  const item = await table.delete(keys.signIn(hashToken(token)), '#expiresAt > :now', { now: at(now) });
  return item && { userId: String(item.userId), returnTo: String(item.returnTo) };
}

export async function openSession(table: Table, userId: string, now: Date): Promise<string> {
  const token = newToken();
  await table.put({ ...keys.session(hashToken(token)), userId, ...sessionEnd(now) });
  return token;
}

/** The session's user; moves its end if it is used. Items past their end count as gone: TTL deletes days late. */
export async function findSessionUser(table: Table, token: string, now: Date): Promise<User | undefined> {
  const key = keys.session(hashToken(token));
  const item = await table.get(key);
  if (!item || String(item.expiresAt) <= at(now)) return undefined;
  if (String(item.renewAt) <= at(now)) {
    const { expiresAt, renewAt, ttl } = sessionEnd(now);
    await table.update(
      key,
      'SET #expiresAt = :expiresAt, #renewAt = :renewAt, #ttl = :ttl',
      { expiresAt, renewAt, ttl },
      'attribute_exists(pk)',
    );
  }
  return findUser(table, String(item.userId));
}

export async function closeSession(table: Table, token: string): Promise<void> {
  await table.delete(keys.session(hashToken(token)));
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
