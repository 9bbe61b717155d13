import * as z from 'zod';
import { at, DAY, epochSeconds } from '../platform/clock.ts';
import { keys, ranges } from '../platform/keys.ts';
import { instant } from '../platform/shapes.ts';
import { plain, type Table, type Write } from '../platform/table.ts';
import {
  type News,
  NewsOfDay,
  type PauseReason,
  RATE_DAYS,
  ServicePause,
  TROUBLE_COUNTS,
  Trouble,
} from './pause.ts';

/** A day's count is asked for on that day; a month lets a person look it up. */
const DAY_KEPT = 31 * DAY;

/** Who a note goes to, as the ledger names them. */
export interface Recipient {
  userId: string;
  friendId: string;
  addressHash: string;
}

export interface Caps {
  userDay: number;
  addressDay: number;
}

/** Which of the ledger's conditions a claim stands or falls with, in the order of `claimWrites`. */
export const CLAIM_CONDITIONS = ['muted', 'suppressed', 'cap-user', 'cap-address', 'already-sent'] as const;
export type ClaimCondition = (typeof CLAIM_CONDITIONS)[number];

/**
 * The ledger's part of a note's claim, to stand in one transaction with the note: not muted, not suppressed, under the
 * day's caps, this article (by the digest of its URL) not sent to this friend by another note. Each entry carries the
 * note's id, so a note's own retry never stands in its own way; over all users the user's too, since a restored note
 * keeps its id.
 */
export function claimWrites(
  note: { id: string; attemptId: string; articleDigest?: string },
  recipient: Recipient,
  caps: Caps,
  now: Date,
): Write[] {
  const { userId, friendId, addressHash } = recipient;
  const day = at(now).slice(0, 10);
  const count = (cap: number, me: string) => ({
    set: 'ADD #ids :ids SET #ttl = :ttl',
    // Where nothing is counted yet the first note is below every cap but 0.
    if: `${cap > 0 ? 'attribute_not_exists(#ids) OR ' : ''}size(#ids) < :cap OR contains(#ids, :me)`,
    values: { ids: new Set([me]), me, cap, ttl: epochSeconds(now, DAY_KEPT) },
  });
  const writes: Write[] = [
    { check: keys.mute(userId, addressHash), if: 'attribute_not_exists(pk)' },
    { check: keys.addressStopped(addressHash), if: 'attribute_not_exists(pk)' },
    { update: keys.userDay(userId, day), ...count(caps.userDay, note.id) },
    { update: keys.addressDay(addressHash, day), ...count(caps.addressDay, `${userId} ${note.id}`) },
  ];
  if (note.articleDigest) {
    writes.push({
      put: {
        ...keys.sent(userId, friendId, note.articleDigest),
        noteId: note.id,
        attemptId: note.attemptId,
        at: at(now),
      },
      if: 'attribute_not_exists(pk) OR #noteId = :me',
      values: { me: note.id },
    });
  }
  return writes;
}

/**
 * Addresses a user may write to for the first time in a day, where anybody may have an account: mail to strangers is what
 * such accounts are made for.
 */
const NEW_ADDRESSES_A_DAY = 3;

/** Whether a user may write to an address today: they have before, or it is among the day's first new ones. */
export async function admitAddress(
  table: Table,
  userId: string,
  addressHash: string,
  now: Date,
): Promise<boolean> {
  const known = keys.knownAddress(userId, addressHash);
  if (await table.get(known)) return true;
  const counted = await table.update(
    keys.newAddresses(userId, at(now).slice(0, 10)),
    'ADD #hashes :hashes SET #ttl = :ttl',
    {
      hashes: new Set([addressHash]),
      me: addressHash,
      most: NEW_ADDRESSES_A_DAY,
      ttl: epochSeconds(now, DAY_KEPT),
    },
    'attribute_not_exists(#hashes) OR size(#hashes) < :most OR contains(#hashes, :me)',
  );
  if (counted === null) return false;
  // Only once it counts: broken off before, it is counted again.
  await table.put({ ...known, at: at(now) });
  return true;
}

/**
 * This attempt did not leave after all: another note may carry the article to this friend. Said late, it must not take away
 * what a later attempt of the same note has written.
 */
export async function releaseSent(
  table: Table,
  userId: string,
  friendId: string,
  articleDigest: string,
  note: { id: string; attemptId: string },
): Promise<void> {
  await table.delete(
    keys.sent(userId, friendId, articleDigest),
    '#noteId = :me AND (attribute_not_exists(#attemptId) OR #attemptId = :attempt)',
    { me: note.id, attempt: note.attemptId },
  );
}

/** Records what the user sent by their own hand. */
export async function recordSent(
  table: Table,
  userId: string,
  friendId: string,
  articleDigest: string,
  noteId: string,
  now: Date,
): Promise<void> {
  await table.put(
    { ...keys.sent(userId, friendId, articleDigest), noteId, at: at(now) },
    'attribute_not_exists(pk)',
  );
}

export async function wasSent(
  table: Table,
  userId: string,
  friendId: string,
  articleDigest: string,
): Promise<boolean> {
  return (await table.get(keys.sent(userId, friendId, articleDigest))) !== undefined;
}

/**
 * The friend asked this user to stop. Kept by the address, so that it outlives the friend's item. `forGood`: it is what stays
 * of a friend who had all else deleted, and is never taken back.
 */
export async function mute(
  table: Table,
  userId: string,
  addressHash: string,
  now: Date,
  forGood = false,
): Promise<void> {
  const item = { ...keys.mute(userId, addressHash), at: at(now) };
  if (forGood) await table.put({ ...item, forGood });
  else await table.put(item, 'attribute_not_exists(pk)');
}

/** Why nobody's notes go to an address: no mailbox takes them, they were called spam, or its owner asked. */
export type StoppedBecause = 'bounce' | 'complaint' | 'asked';

/** Nobody's notes go to this address any more. The first reason stands, but for `asked`, which can be taken back. */
export async function stopAddress(
  table: Table,
  addressHash: string,
  because: StoppedBecause,
  now: Date,
): Promise<void> {
  const stop = { ...keys.addressStopped(addressHash), at: at(now), because };
  if (because === 'asked') await table.put(stop, 'attribute_not_exists(pk)');
  else await table.put(stop, 'attribute_not_exists(pk) OR #because = :asked', { asked: 'asked' });
}

/** Trouble that a note of this user made, as it was told first. False: it is known. */
export async function recordTrouble(
  table: Table,
  userId: string,
  noteId: string,
  kind: Trouble['kind'],
  now: Date,
): Promise<boolean> {
  return table.put(
    { ...keys.trouble(userId, kind, noteId), kind, at: at(now), ttl: epochSeconds(now, 2 * TROUBLE_COUNTS) },
    'attribute_not_exists(pk)',
  );
}

export async function troublesOf(table: Table, userId: string): Promise<Trouble[]> {
  const items = await table.all(ranges.troubles(userId));
  return items.map((item) => Trouble.parse(item));
}

/** A partition takes 1,000 writes a second, and each mail of all users counts here. */
const SERVICE_SHARDS = 4;

/** Counts a piece of news of a mail, by the day of the news. An event told twice counts twice: it is a rate that is asked for. */
export async function countNews(table: Table, news: keyof News, noteId: string, now: Date): Promise<void> {
  const shard = [...noteId].reduce((sum, char) => sum + char.charCodeAt(0), 0) % SERVICE_SHARDS;
  await table.update(keys.serviceDay(at(now).slice(0, 10), shard), `ADD #${news} :one SET #ttl = :ttl`, {
    one: 1,
    ttl: epochSeconds(now, 2 * DAY_KEPT),
  });
}

/** The counts of the newest days, newest first. */
export async function newsByDay(table: Table): Promise<NewsOfDay[]> {
  const { items } = await table.query(ranges.serviceDays(), {
    limit: SERVICE_SHARDS * RATE_DAYS,
    newestFirst: true,
  });
  return items.map((item) => NewsOfDay.parse({ ...item, day: String(item.sk).split('#')[1] }));
}

export async function findServicePause(table: Table): Promise<ServicePause | undefined> {
  const item = await table.get(keys.servicePause());
  return item && ServicePause.parse(item);
}

/** Keeps whether letters leave at all. The first pause stands until it is lifted. */
export async function pauseService(table: Table, because: PauseReason, now: Date): Promise<void> {
  await table.update(
    keys.servicePause(),
    'SET #because = :because, #at = :now',
    { because, now: at(now) },
    'attribute_not_exists(#because)',
  );
}

export async function resumeService(table: Table, now: Date): Promise<void> {
  await table.update(keys.servicePause(), 'SET #resumedAt = :now REMOVE #because, #at', { now: at(now) });
}

/** An article that was sent to a friend, and the note that carried it. */
export const Sent = z.object({
  friendId: z.string(),
  /** Of the article's address: `addressDigest`. */
  digest: z.string(),
  noteId: z.string(),
  at: instant,
});
export type Sent = z.infer<typeof Sent>;

/** Everything a user sent, a page at a time. */
export async function* walkSent(table: Table, userId: string): AsyncGenerator<Sent[]> {
  for await (const items of table.pages(ranges.sent(userId))) {
    yield items.map((item) => {
      const [, friendId, digest] = String(item.sk).split('#');
      return Sent.parse({ ...plain(item), friendId, digest });
    });
  }
}

/** Who asked this user to stop: the hashes of their addresses. */
export async function allMutes(table: Table, userId: string): Promise<{ hash: string; at: string }[]> {
  const items = await table.all(ranges.mutes(userId));
  return items.map((item) => ({ hash: String(item.sk).replace('MUTE#', ''), at: String(item.at) }));
}

export async function isMuted(table: Table, userId: string, addressHash: string): Promise<boolean> {
  return (await table.get(keys.mute(userId, addressHash))) !== undefined;
}

/** Whether the caps of this day (UTC) have counted a note of this user. */
export async function isCounted(table: Table, userId: string, noteId: string, now: Date): Promise<boolean> {
  const item = await table.get(keys.userDay(userId, at(now).slice(0, 10)));
  return item?.ids instanceof Set && item.ids.has(noteId);
}
