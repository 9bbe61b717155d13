import { foldAddress } from '../platform/address.ts';
import { at, DAY, epochSeconds } from '../platform/clock.ts';
import { DUE_REMOVE, dueAttributes, dueSet } from '../platform/due.ts';
import { digest, isId } from '../platform/ids.ts';
import { keys, ranges } from '../platform/keys.ts';
import { type Item, plain, type Table } from '../platform/table.ts';
import { Arrival, type Outcome, Sender } from './arrival.ts';
import { Import, MAX_REJECTED, type Tally } from './import.ts';

/** As long as the mail itself is kept. */
export const ARRIVAL_DAYS = 30;

function read(item: Item): Arrival {
  return Arrival.parse(plain(item));
}

/**
 * Records a mail under the name it has (its Message-ID, of which there is one in the world). Null: recorded; else what
 * was recorded of the same mail before, and nothing was written.
 */
export async function insertArrival(
  table: Table,
  userId: string,
  arrival: Arrival,
  name: string,
): Promise<Arrival | null> {
  const { id, receivedAt, expiresAt } = arrival;
  const ttl = epochSeconds(new Date(receivedAt), ARRIVAL_DAYS * DAY);
  const nameKey = keys.arrived(userId, digest(name));
  const failed = await table.transact([
    {
      put: { ...nameKey, arrivalId: id, expiresAt, ttl },
      if: 'attribute_not_exists(pk) OR #expiresAt <= :now',
      values: { now: receivedAt },
    },
    { put: { ...keys.arrival(userId, id), ...arrival, ttl } },
  ]);
  if (failed.length === 0) return null;
  const first = await table.get(nameKey);
  const item = first && (await table.get(keys.arrival(userId, String(first.arrivalId))));
  if (!item) throw new Error('An arrival is named and not there.');
  return read(item);
}

/** Undefined also once it has expired: TTL deletes days late. */
export async function findArrival(
  table: Table,
  userId: string,
  arrivalId: string,
  now: Date,
): Promise<Arrival | undefined> {
  if (!isId('mail', arrivalId)) return undefined;
  const item = await table.get(keys.arrival(userId, arrivalId));
  return item && String(item.expiresAt) > at(now) ? read(item) : undefined;
}

/** Newest first, at most `limit`. */
export async function listArrivals(
  table: Table,
  userId: string,
  now: Date,
  limit: number,
): Promise<Arrival[]> {
  const { items } = await table.query(ranges.arrivals(userId), {
    limit,
    newestFirst: true,
    filter: '#expiresAt > :now AND #outcome.#kind <> :thrown',
    values: { now: at(now), thrown: 'thrown-away' },
  });
  return items.map(read);
}

/** What became of it, if it still stands as it was seen. False: something was faster. */
export async function settleArrival(
  table: Table,
  userId: string,
  seen: Arrival,
  outcome: Outcome,
): Promise<boolean> {
  const updated = await table.update(
    keys.arrival(userId, seen.id),
    'SET #outcome = :outcome',
    { outcome, seen: seen.outcome.kind },
    '#outcome.#kind = :seen',
  );
  return updated !== null;
}

const senderKey = (userId: string, address: string) => keys.sender(userId, digest(foldAddress(address)));

export async function acceptSender(table: Table, userId: string, address: string, now: Date): Promise<void> {
  const id = digest(foldAddress(address));
  await table.put({ ...senderKey(userId, address), id, address, acceptedAt: at(now) });
}

export async function isAccepted(table: Table, userId: string, address: string): Promise<boolean> {
  return (await table.get(senderKey(userId, address))) !== undefined;
}

/** In no order that means anything. */
export async function listSenders(table: Table, userId: string): Promise<Sender[]> {
  return (await table.all(ranges.senders(userId))).map((item) => Sender.parse(plain(item)));
}

/** False: there is no such sender. */
export async function forgetSender(table: Table, userId: string, senderId: string): Promise<boolean> {
  return /^[\w-]{27}$/.test(senderId) && (await table.delete(keys.sender(userId, senderId))) !== null;
}

/** As long as an arrival's: long enough to look after what was not read. */
export const IMPORT_DAYS = 30;

/** Stores a file's record, due to be read at `dueAt`. False: this file is being read already. */
export async function insertImport(
  table: Table,
  userId: string,
  one: Import,
  dueAt: string,
): Promise<boolean> {
  return table.put(
    {
      ...keys.import(userId, one.id),
      ...one,
      ...dueAttributes(one.id, 'import', dueAt),
      ttl: epochSeconds(new Date(one.startedAt), IMPORT_DAYS * DAY),
    },
    'attribute_not_exists(pk)',
  );
}

/** Undefined also once it has expired: TTL deletes days late. */
export async function findImport(
  table: Table,
  userId: string,
  importId: string,
  now: Date,
): Promise<Import | undefined> {
  if (!isId('imp', importId)) return undefined;
  const item = await table.get(keys.import(userId, importId));
  return item && String(item.expiresAt) > at(now) ? Import.parse(plain(item)) : undefined;
}

/** Newest first. */
export async function listImports(
  table: Table,
  userId: string,
  now: Date,
  page: { limit: number; cursor?: string | undefined },
) {
  const { items, cursor } = await table.query(ranges.imports(userId), {
    ...page,
    newestFirst: true,
    filter: '#expiresAt > :now',
    values: { now: at(now) },
  });
  return { items: items.map((item) => Import.parse(plain(item))), ...(cursor && { cursor }) };
}

const UNFINISHED = '(#state = :waiting OR #state = :reading)';

/**
 * Counts the entries that were done since `seen`, and says by when the next must be: one step, so that entries done
 * twice count once. The record as it is now; null: another reader was faster, or it is finished.
 */
export async function advanceImport(
  table: Table,
  userId: string,
  seen: Import,
  done: Tally & { entries: number; bytesRead: number },
  dueAt: string,
): Promise<Import | null> {
  const { rejected, ...numbers } = done;
  const due = dueSet(seen.id, 'import', dueAt);
  const kept = rejected.slice(0, MAX_REJECTED - seen.rejected.length);
  const updated = await table.update(
    keys.import(userId, seen.id),
    `SET #state = :reading, #entries = #entries + :entries, #bytesRead = :bytesRead,
      #created = #created + :created, #merged = #merged + :merged,
      #rejectedCount = #rejectedCount + :rejectedCount, #rejected = list_append(#rejected, :rejected),
      ${due.text}`,
    {
      ...numbers,
      ...due.values,
      rejected: kept,
      seen: seen.entries,
      waiting: 'waiting',
      reading: 'reading',
    },
    `${UNFINISHED} AND #entries = :seen`,
  );
  return updated && Import.parse(plain(updated));
}

/** It is read to its end, or cannot be. False: it was finished before. */
export async function finishImport(
  table: Table,
  userId: string,
  seen: Import,
  end: { state: 'done' } | { state: 'failed'; failure: string },
  now: Date,
): Promise<boolean> {
  const updated = await table.update(
    keys.import(userId, seen.id),
    `SET #state = :state, #finishedAt = :now${'failure' in end ? ', #failure = :failure' : ''}
      REMOVE ${DUE_REMOVE}, #workFailed`,
    { ...end, now: at(now), seen: seen.entries, waiting: 'waiting', reading: 'reading' },
    `${UNFINISHED} AND #entries = :seen`,
  );
  return updated !== null;
}

/** Has reading go on where it was given up. */
export async function askImport(
  table: Table,
  userId: string,
  importId: string,
  dueAt: string,
): Promise<void> {
  const due = dueSet(importId, 'import', dueAt);
  await table.update(
    keys.import(userId, importId),
    `SET ${due.text} REMOVE #workFailed`,
    { ...due.values, yes: true },
    '#workFailed = :yes',
  );
}
