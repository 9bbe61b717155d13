import { at, DAY, MINUTE } from '../platform/clock.ts';
import { Fault, invalid } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { isId, newId } from '../platform/ids.ts';
import { fileKey, type Import, MAX_UPLOAD_BYTES } from './import.ts';
import { readEntries } from './read/read.ts';
import { MAX_FILE_BYTES, tooLarge } from './size.ts';
import { askImport, findImport, IMPORT_DAYS, insertImport } from './store.ts';

/** A link to send a file with: long enough for 200 MB over a slow line (seconds). */
const LINK_SECONDS = 3600;
/** The door `import` is told at once; what is due before it began is found by the next minute (milliseconds). */
const START_GRACE = MINUTE;
const MAX_NAME = 200;

export interface UploadLink {
  /** Names the file afterwards, to `importUpload`. */
  upload: string;
  url: string;
  method: 'PUT';
  headers: Record<string, string>;
  expiresAt: string;
}

/** Where a file of up to `MAX_UPLOAD_BYTES` can be sent. */
export async function newUpload(ground: Ground, userId: string): Promise<UploadLink> {
  const upload = newId('imp');
  const url = await ground.files.linkToPut(fileKey(userId, upload), LINK_SECONDS);
  const expiresAt = at(ground.clock(), LINK_SECONDS * 1000);
  return { upload, url, method: 'PUT', headers: {}, expiresAt };
}

/**
 * Takes a file in, to be read behind the queue. Fault `invalid` for one that none of the readers knows or that is
 * empty, `too-large` over `MAX_FILE_BYTES`; then nothing is kept of it.
 */
export async function importFile(
  ground: Ground,
  userId: string,
  file: { name?: string | undefined; body: Buffer },
): Promise<Import> {
  if (file.body.length > MAX_FILE_BYTES) throw tooLarge();
  await checkReadable([file.body], '/file');
  const id = newId('imp');
  await ground.files.put(fileKey(userId, id), file.body);
  return begin(ground, userId, { id, name: file.name, bytes: file.body.length });
}

/**
 * Takes in a file that was sent by a link. Twice is once: an upload is one import. Faults as `importFile`, and
 * `not-found` for an upload that is none of this user's, or to which nothing was sent.
 */
export async function importUpload(
  ground: Ground,
  userId: string,
  { upload, name }: { upload: string; name?: string | undefined },
): Promise<Import> {
  const known = await findImport(ground.table, userId, upload, ground.clock());
  if (known) return known;
  const opened = isId('imp', upload) ? await ground.files.open(fileKey(userId, upload)) : 'gone';
  if (opened === 'gone') throw new Fault('not-found', 'There is no such upload. Send the file first.');
  try {
    if (opened.bytes > MAX_UPLOAD_BYTES) {
      throw new Fault('too-large', `A file has at most ${MAX_UPLOAD_BYTES / 1024 / 1024} MB.`);
    }
    await checkReadable(opened.chunks, '/upload');
  } finally {
    opened.chunks.destroy();
  }
  return begin(ground, userId, { id: upload, name, bytes: opened.bytes });
}

/** An import of this user. Fault `not-found`, also for another user's. */
export async function getImport(ground: Ground, userId: string, importId: string): Promise<Import> {
  const found = await findImport(ground.table, userId, importId, ground.clock());
  if (!found) throw new Fault('not-found', 'There is no such import.');
  return found;
}

/** Has reading go on where it was given up. Fault `not-found`. */
export async function readOn(ground: Ground, userId: string, importId: string): Promise<void> {
  await getImport(ground, userId, importId);
  await askImport(ground.table, userId, importId, at(ground.clock(), START_GRACE));
  await ground.queue.hint('import', userId, importId);
}

async function begin(
  ground: Ground,
  userId: string,
  { id, name, bytes }: { id: string; name: string | undefined; bytes: number },
): Promise<Import> {
  const now = ground.clock();
  const shown = name
    ?.toWellFormed()
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim();
  const one: Import = {
    id,
    ...(shown && { name: shown.slice(0, MAX_NAME).toWellFormed() }),
    bytes,
    state: 'waiting',
    entries: 0,
    bytesRead: 0,
    created: 0,
    merged: 0,
    rejectedCount: 0,
    rejected: [],
    startedAt: at(now),
    expiresAt: at(now, IMPORT_DAYS * DAY),
  };
  if (!(await insertImport(ground.table, userId, one, at(now, START_GRACE)))) {
    return getImport(ground, userId, id);
  }
  await ground.queue.hint('import', userId, id);
  return one;
}

/** Reads as far as the first entry. */
async function checkReadable(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  path: string,
): Promise<void> {
  try {
    for await (const _first of readEntries(streamed(chunks))) return;
  } catch (error) {
    if (error instanceof Fault && error.tag === 'invalid') throw invalid(path, error.message);
    throw error;
  }
}

async function* streamed(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
  yield* chunks;
}
