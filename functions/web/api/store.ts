import { at, DAY, epochSeconds, MINUTE } from '../../platform/clock.ts';
import { keys } from '../../platform/keys.ts';
import type { Table } from '../../platform/table.ts';

/** Contract: an `Idempotency-Key` is kept for 24 hours. */
const KEPT = DAY;
/** A function that takes a request ends within 30 s; after that nobody knows what one without an answer did. */
const UNDER_WAY = MINUTE;

export interface KeptAnswer {
  status: number;
  body: string;
}

/** The request that has a key, by its digest; without an answer while it is under way, or if its function died. */
export interface FirstRequest {
  request: string;
  answer?: KeptAnswer;
  isUnderWay: boolean;
}

/** Takes a key for this request. Null: it is taken; otherwise, which request had it first. */
export async function takeKey(
  table: Table,
  userId: string,
  key: string,
  request: string,
  now: Date,
): Promise<FirstRequest | null> {
  const item = {
    ...keys.once(userId, key),
    request,
    until: at(now, KEPT),
    underWayUntil: at(now, UNDER_WAY),
    ttl: epochSeconds(now, 2 * KEPT),
  };
  // Past its end an item counts as gone: TTL deletes days late.
  const taken = await table.put(item, 'attribute_not_exists(pk) OR #until <= :now', { now: at(now) });
  if (taken) return null;
  const first = await table.get(keys.once(userId, key));
  // Released this very moment: as if it were still under way, and the client comes again.
  if (!first) return { request, isUnderWay: true };
  const { status, body } = first;
  return {
    request: String(first.request),
    isUnderWay: String(first.underWayUntil ?? '') > at(now),
    ...(status !== undefined && { answer: { status: Number(status), body: String(body) } }),
  };
}

export async function keepAnswer(
  table: Table,
  userId: string,
  key: string,
  request: string,
  { status, body }: KeptAnswer,
  now: Date,
): Promise<void> {
  await table.update(
    keys.once(userId, key),
    'SET #status = :status, #body = :body, #until = :until',
    { status, body, until: at(now, KEPT), request },
    '#request = :request',
  );
}

/** The request was refused: nothing was done that must not be done again. */
export async function releaseKey(table: Table, userId: string, key: string, request: string): Promise<void> {
  await table.delete(keys.once(userId, key), '#request = :request', { request });
}
