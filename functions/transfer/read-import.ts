import { findUser } from '../accounts/store.ts';
import type { User } from '../accounts/user.ts';
import { importArticle, readingTime } from '../articles/import.ts';
import { comparisonKey } from '../articles/same.ts';
import { importFriends } from '../friends/import.ts';
import { at } from '../platform/clock.ts';
import { Fault } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { log } from '../platform/log.ts';
import type { Entry } from './entry.ts';
import { fileKey, type Import, MAX_REASON, type Tally } from './import.ts';
import { readEntries } from './read/read.ts';
import { restoreRecord } from './restore.ts';
import { advanceImport, findImport, finishImport } from './store.ts';

/** Entries between two steps of progress: all that is in memory of a file, and all that is done again after a crash. */
const BATCH = 200;
/** The same for records of an export, which are restored one after the other. */
const BATCH_OF_RECORDS = 25;
/** Articles that are written at once: above, one partition of the table only makes them wait for each other. */
const AT_ONCE = 16;
/** The door ends after 300 s; this leaves room for the batch under way (milliseconds). */
export const READING_BUDGET = 240_000;
/** A reader that counted nothing for so long is gone, and another goes on (milliseconds). */
const SILENCE = 120_000;

type Outcome = 'created' | 'merged' | { reason: string };
/** An entry and its place in the file, from 0: what names it, however often the file is read. */
interface Placed {
  entry: Entry;
  place: number;
}

const GONE = 'Hallway no longer has this file. Bring it again.';

/**
 * The door `import`'s work: reads a file on from where it was left, a batch at a time. Any number of readers, at once
 * or one after the other, killed or not: what is stored is stored once and counted once, since an entry names what it
 * makes (its import and its place), and a batch is counted by whoever moves the place on.
 */
export async function readImport(
  ground: Ground,
  userId: string,
  importId: string,
  budget = READING_BUDGET,
): Promise<void> {
  const { table, files, clock } = ground;
  const started = clock().getTime();
  const [found, user] = await Promise.all([
    findImport(table, userId, importId, clock()),
    findUser(table, userId),
  ]);
  if (!found || !user || found.state === 'done' || found.state === 'failed') return;
  const opened = await files.open(fileKey(userId, importId));
  if (opened === 'gone') {
    await finishImport(table, userId, found, { state: 'failed', failure: GONE }, clock());
    return;
  }
  const { chunks } = opened;
  let seen = found;
  let bytesRead = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytesRead += chunk.length;
      yield chunk;
    }
  }
  try {
    for await (const batch of batches(readEntries(counted()), found.entries)) {
      const tally = await takeIn(ground, user, seen, batch);
      const isOver = clock().getTime() - started >= budget;
      const dueAt = isOver ? at(clock()) : at(clock(), silence(ground));
      const done = { ...tally, entries: batch.length, bytesRead };
      const next = await advanceImport(table, userId, seen, done, dueAt);
      // Another reader counted these entries, and goes on from there.
      if (!next) return;
      seen = next;
      if (isOver) return await ground.queue.hint('import', userId, importId);
    }
  } catch (error) {
    if (!(error instanceof Fault && error.tag === 'invalid')) throw error;
    // The reader gives the file up: what came before stays, and is counted.
    await finishImport(table, userId, seen, { state: 'failed', failure: error.message }, clock());
    return;
  } finally {
    chunks.destroy();
  }
  if (await finishImport(table, userId, seen, { state: 'done' }, clock())) {
    log.info('import done', { user: userId, import: importId, entries: seen.entries });
    await files.delete(fileKey(userId, importId));
  }
}

const silence = ({ settings }: Ground): number => Math.min(SILENCE, settings.leaseSeconds * 1000);

/** Entries in batches, without the first ones, which are done. */
async function* batches(entries: AsyncIterable<Entry>, done: number): AsyncGenerator<Placed[]> {
  let batch: Placed[] = [];
  let place = 0;
  for await (const entry of entries) {
    if (place >= done) batch.push({ entry, place });
    place++;
    if (batch.length >= ('record' in entry ? BATCH_OF_RECORDS : BATCH)) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

async function takeIn(ground: Ground, user: User, seen: Import, batch: Placed[]): Promise<Tally> {
  const startedAt = new Date(seen.startedAt);
  const seedOf = (place: number) => `${seen.id} ${place}`;
  const outcomes = new Map<number, Outcome>();

  const contacts = batch.flatMap(({ entry, place }) =>
    'friend' in entry ? [{ contact: entry.friend, seed: seedOf(place), place }] : [],
  );
  const friends = await importFriends(ground, user, contacts, startedAt);
  contacts.forEach(({ place }, n) => {
    const outcome = friends[n];
    if (outcome) outcomes.set(place, outcome);
  });

  const links = batch.flatMap(({ entry, place }) => ('article' in entry ? [{ ...entry, place }] : []));
  // One address's lines one after the other: the first of them is the article, whatever is faster.
  const byAddress = Map.groupBy(links, ({ article }) => nameOf(article.url));
  await eachAtOnce([...byAddress.values()], AT_ONCE, async (same) => {
    for (const { article, place } of same) {
      const readAt = readingTime(startedAt, place);
      outcomes.set(
        place,
        await importArticle(ground, user.id, article, { seed: seedOf(place), startedAt, readAt }),
      );
    }
  });

  for (const { entry, place } of batch) {
    if ('reason' in entry) outcomes.set(place, entry);
    // In the file's order: what an export holds may stand on what came before it.
    if ('record' in entry) outcomes.set(place, await restoreRecord(ground, user, entry.record));
  }
  return tallyOf(batch, outcomes);
}

/** What is no address is refused later, with its reason. */
function nameOf(url: string): string {
  try {
    return comparisonKey(url);
  } catch {
    return url;
  }
}

function tallyOf(batch: Placed[], outcomes: Map<number, Outcome>): Tally {
  const tally: Tally = { created: 0, merged: 0, rejectedCount: 0, rejected: [] };
  for (const { entry, place } of batch) {
    const outcome = outcomes.get(place);
    if (outcome === 'created') tally.created++;
    else if (outcome === 'merged') tally.merged++;
    else if (outcome) {
      tally.rejectedCount++;
      tally.rejected.push({ line: entry.line, reason: outcome.reason.slice(0, MAX_REASON).toWellFormed() });
    }
  }
  return tally;
}

/** Does each one's work, so many at a time. */
async function eachAtOnce<One>(
  all: readonly One[],
  atOnce: number,
  work: (one: One) => Promise<void>,
): Promise<void> {
  const waiting = all.values();
  const worker = async () => {
    for (const one of waiting) await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker));
}
