import { at, DAY, epochSeconds } from '../platform/clock.ts';
import { keys } from '../platform/keys.ts';
import type { Table, Write } from '../platform/table.ts';

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
 * note's id, so a note's own retry never stands in its own way.
 */
export function claimWrites(
  note: { id: string; articleDigest?: string },
  recipient: Recipient,
  caps: Caps,
  now: Date,
): Write[] {
  const { userId, friendId, addressHash } = recipient;
  const day = at(now).slice(0, 10);
  const count = (cap: number) => ({
    set: 'ADD #ids :ids SET #ttl = :ttl',
    // Where nothing is counted yet the first note is below every cap but 0.
    if: `${cap > 0 ? 'attribute_not_exists(#ids) OR ' : ''}size(#ids) < :cap OR contains(#ids, :me)`,
    values: { ids: new Set([note.id]), me: note.id, cap, ttl: epochSeconds(now, DAY_KEPT) },
  });
  const writes: Write[] = [
    { check: keys.mute(userId, addressHash), if: 'attribute_not_exists(pk)' },
    { check: keys.addressStopped(addressHash), if: 'attribute_not_exists(pk)' },
    { update: keys.userDay(userId, day), ...count(caps.userDay) },
    { update: keys.addressDay(addressHash, day), ...count(caps.addressDay) },
  ];
  if (note.articleDigest) {
    writes.push({
      put: { ...keys.sent(userId, friendId, note.articleDigest), noteId: note.id, at: at(now) },
      if: 'attribute_not_exists(pk) OR #noteId = :me',
      values: { me: note.id },
    });
  }
  return writes;
}

/** The note did not leave after all: another one may carry the article to this friend. */
export async function releaseSent(
  table: Table,
  userId: string,
  friendId: string,
  articleDigest: string,
  noteId: string,
): Promise<void> {
  await table.delete(keys.sent(userId, friendId, articleDigest), '#noteId = :me', { me: noteId });
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

/** The friend asked this user to stop. Kept by the address, so that it outlives the friend's item. */
export async function mute(table: Table, userId: string, addressHash: string, now: Date): Promise<void> {
  await table.put({ ...keys.mute(userId, addressHash), at: at(now) }, 'attribute_not_exists(pk)');
}

/** Nobody's notes go to this address any more. */
export async function stopAddress(table: Table, addressHash: string, now: Date): Promise<void> {
  await table.put({ ...keys.addressStopped(addressHash), at: at(now) }, 'attribute_not_exists(pk)');
}
