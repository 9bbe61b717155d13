import * as z from 'zod';
import { mute } from '../ledger/store.ts';
import type { Ground } from '../platform/ground.ts';
import { isId } from '../platform/ids.ts';
import type { Note, NoteState } from './note.ts';
import { findNote, replaceNote, walkNotes } from './store.ts';

const noteId = z.string().refine((value) => isId('nte', value));
/** What a friend's link carries: whose notes, and the address by its hash, so that it works when all else is deleted. */
const Stop = z.object({ user: z.string(), note: noteId, address: z.string() });
export type Stop = z.infer<typeof Stop>;

/** What signs a friend's link. One token for the page and for the one click, so that whoever has one may do the same. */
function token(ground: Ground, userId: string, noteId: string, address: string): string {
  const stop: Stop = { user: userId, note: noteId, address: ground.secrets.addressHash(address) };
  return ground.secrets.sign('stop', stop);
}

/** The link by which a mail program stops this user's notes with one POST (RFC 8058); it never ends. */
export function stopUrl(ground: Ground, userId: string, noteId: string, address: string): string {
  return `${ground.settings.baseUrl}/stop/${token(ground, userId, noteId, address)}`;
}

/** The friend's page of a note: where they thank, ask and stop. It never ends. */
export function friendPageUrl(ground: Ground, userId: string, noteId: string, address: string): string {
  return `${ground.settings.baseUrl}/for/${token(ground, userId, noteId, address)}`;
}

/** What a link says; null if it is not one of ours. */
export function readStop(ground: Ground, token: string): Stop | null {
  const result = Stop.safeParse(ground.secrets.verify('stop', token));
  return result.success ? result.data : null;
}

/** Stops this user's notes to the address, also those already scheduled: their claim asks the ledger. `forGood` as of a mute. */
export async function stopNotes(ground: Ground, stop: Stop, forGood = false): Promise<void> {
  await mute(ground.table, stop.user, stop.address, ground.clock(), forGood);
}

/** States of a note that has left, or may have: its words are no secret from whoever has its link. */
const LEFT: NoteState[] = ['sending', 'sent', 'delivered', 'bounced', 'complained', 'uncertain'];

/** Whether the note's friend may have read it. One that is to be sent again may have new words. */
export function hasLeft({ state }: Pick<Note, 'state'>): boolean {
  return LEFT.includes(state);
}

/** Changes of one note that meet each other are made one after the other. */
const TRIES = 6;

/** Takes an address out of every note that went there; the words stay the user's. Doing it again changes nothing. */
export async function forgetAddress(ground: Ground, { user, address }: Stop): Promise<void> {
  const wentThere = (note: Note) => note.to !== undefined && ground.secrets.addressHash(note.to) === address;
  for await (const page of walkNotes(ground.table, user)) {
    for (const note of page.filter(wentThere)) await forgetRecipient(ground, user, note, wentThere);
  }
}

async function forgetRecipient(
  ground: Ground,
  userId: string,
  known: Note,
  wentThere: (note: Note) => boolean,
): Promise<void> {
  let note: Note | undefined = known;
  for (let round = 0; note && wentThere(note) && round < TRIES; round++) {
    const { to: _to, ...rest } = note;
    if (await replaceNote(ground.table, userId, { ...rest, version: note.version + 1 }, note)) return;
    note = await findNote(ground.table, userId, known.id);
  }
  if (note && wentThere(note)) throw new Error(`The note ${known.id} could not be changed.`);
}
