import * as z from 'zod';
import { at } from './clock.ts';
import { Fault } from './faults.ts';
import type { Key } from './keys.ts';
import type { Item, Table, Values } from './table.ts';

/**
 * The due index: all work that must happen. An item that has work to be done carries four attributes until it is
 * done: `duePk` (the shard), `dueSk` (`<dueAt>#<id>`), `work` (what is to be done) and `tries`.
 *
 * The database is the truth and queues only carry keys: a lost message comes back because the item is still due,
 * and a doubled one finds the work done.
 */
export type Work =
  /** A scheduled note's moment has come: to the door `send`. */
  | 'send'
  /** A note was being sent and nothing settled it: `tick` makes it uncertain. */
  | 'unsure'
  /** An article that came as a bare link: to the door `fetch`. */
  | 'fetch'
  /** An article without suggestions yet: to the door `suggest`. */
  | 'match'
  /** A friend whose interests changed: to the door `suggest`. */
  | 'look-back'
  /** A friend whose ask ends: to the door `suggest`, which looks back, too. */
  | 'ask-ends'
  /** A file to read on: to the door `import`. */
  | 'import'
  /** An account that was deleted, until nothing of it is left: to the door `import`. */
  | 'erase';

/**
 * Two queues in one index: notes have partitions of their own, so that no heap of other work, however old, stands
 * before one.
 */
export type Lane = 'notes' | 'other';

const PARTITIONS: Record<Lane, string> = { notes: 'DUE', other: 'WORK' };

const laneOf = (work: Work): Lane => (work === 'send' || work === 'unsure' ? 'notes' : 'other');

/** Of each lane. A partition takes 1,000 writes a second: four are beyond one account's SES rate, and beyond imports. */
export const DUE_SHARDS = 4;

/** After this many leases without success, work other than a note's is given up and shown to the user. */
export const MAX_TRIES = 8;

/**
 * Whose work it is, and on what: all that a message says, so that nothing in it can be stale. Of a note also whom and
 * what it is about, so that all of it is read in one request; what the note no longer says is passed over.
 */
const Named = z.object({
  userId: z.string(),
  id: z.string(),
  friendId: z.string().optional(),
  articleId: z.string().optional(),
});
export type Named = z.infer<typeof Named>;

/** Work found due. */
export interface Due extends Named {
  key: Key;
  dueSk: string;
  work: Work;
  tries: number;
  /** Of a note: the moment its user was told. */
  sendAt?: string;
}

const partition = (lane: Lane, shard: number): string => `${PARTITIONS[lane]}#${shard}`;

function shardOf(id: string): number {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) >>> 0;
  return sum % DUE_SHARDS;
}

/** The attributes that put an item into the index: with a new piece of work, or with a new time for it. */
export function dueAttributes(id: string, work: Work, dueAt: string): Item {
  return { duePk: partition(laneOf(work), shardOf(id)), dueSk: `${dueAt}#${id}`, work, tries: 0 };
}

/** The same as part of an update: `SET ${dueSet.text}`, with `dueSet.values`. */
export function dueSet(id: string, work: Work, dueAt: string): { text: string; values: Values } {
  return {
    text: '#duePk = :duePk, #dueSk = :dueSk, #work = :work, #tries = :tries',
    values: dueAttributes(id, work, dueAt),
  };
}

/** Takes an item out of the index, as part of an update. */
export const DUE_REMOVE = '#duePk, #dueSk, #work, #tries';

/**
 * What is due by `now`, earliest first, at most `limit`; in one lane, or in both. The index is eventually consistent:
 * lease before acting.
 */
export async function findDue(table: Table, now: Date, limit: number, lane?: Lane): Promise<Due[]> {
  const lanes: Lane[] = lane ? [lane] : ['notes', 'other'];
  const shards = lanes.flatMap((one) =>
    Array.from({ length: DUE_SHARDS }, (_, shard) => table.due(partition(one, shard), at(now), limit)),
  );
  const found = (await Promise.all(shards)).flat().map((item) => ({
    key: { pk: String(item.pk), sk: String(item.sk) },
    userId: String(item.pk).replace('USER#', ''),
    id: idOf(String(item.dueSk)),
    dueSk: String(item.dueSk),
    work: item.work as Work,
    tries: Number(item.tries ?? 0),
    ...(typeof item.sendAt === 'string' && { sendAt: item.sendAt }),
  }));
  return found.sort((a, b) => (a.dueSk < b.dueSk ? -1 : 1)).slice(0, limit);
}

function idOf(dueSk: string): string {
  return dueSk.slice(dueSk.indexOf('#') + 1);
}

/**
 * Moves the work's due time forward if it is still where it was seen: one worker at a time, and the work comes back
 * by itself if the worker is lost. The item as it is leased; null: another was faster, or the work is done.
 */
export async function lease(table: Table, due: Due, until: string): Promise<Item | null> {
  return table.update(
    due.key,
    'SET #dueSk = :next, #dueAt = :until ADD #tries :one',
    { next: `${until}#${due.id}`, until, seen: due.dueSk, one: 1 },
    '#dueSk = :seen',
  );
}

/** Gives up work that failed too often: out of the index, and marked so that its page offers to try again. */
export async function giveUp(table: Table, due: Due): Promise<void> {
  await table.update(
    due.key,
    `SET #workFailed = :yes REMOVE ${DUE_REMOVE}`,
    { yes: true, seen: due.dueSk },
    '#dueSk = :seen',
  );
}

export function encodeDue({ userId, id, friendId, articleId }: Named): string {
  return JSON.stringify({ userId, id, friendId, articleId });
}

/** Fault `invalid` if the message is none of ours. */
export function decodeDue(body: string): Named {
  try {
    return Named.parse(JSON.parse(body));
  } catch {
    throw new Fault('invalid', 'A queue message that names no work of ours.');
  }
}
