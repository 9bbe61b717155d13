import { User } from '../accounts/user.ts';
import type { Article } from '../articles/article.ts';
import { readArticle } from '../articles/store.ts';
import type { Friend } from '../friends/friend.ts';
import { readFriend } from '../friends/store.ts';
import {
  type Caps,
  CLAIM_CONDITIONS,
  type ClaimCondition,
  claimWrites,
  type Recipient,
} from '../ledger/store.ts';
import { at } from '../platform/clock.ts';
import { dueAttributes, dueSet, type Named } from '../platform/due.ts';
import { isId } from '../platform/ids.ts';
import { friendIndex, keys, ranges } from '../platform/keys.ts';
import { type Item, plain, type Table } from '../platform/table.ts';
import { Note, type NoteState } from './note.ts';

/** A friend's notes that a new surprise keeps its distance from: more are never within days of each other. */
const RECENT = 50;

function read(item: Item): Note {
  return Note.parse(plain(item));
}

/** A note as it is stored: in the friend index, and in the due index while the queue has something to do with it. */
function stored(userId: string, note: Note) {
  const key = keys.note(userId, note.id);
  const work = note.state === 'scheduled' ? 'send' : note.state === 'sending' ? 'unsure' : undefined;
  return {
    ...key,
    ...note,
    ...friendIndex(userId, note.friendId, key.sk),
    ...(work && note.dueAt && dueAttributes(note.id, work, note.dueAt)),
  };
}

export async function findNote(table: Table, userId: string, noteId: string): Promise<Note | undefined> {
  if (!isId('nte', noteId)) return undefined;
  const item = await table.get(keys.note(userId, noteId));
  return item && read(item);
}

/** Whom and what a note is about, as far as somebody knows it before the note is read. */
export type About = Pick<Named, 'friendId' | 'articleId'>;

export function aboutNote({ friendId, articleId }: Item): About {
  return {
    ...(typeof friendId === 'string' && { friendId }),
    ...(typeof articleId === 'string' && { articleId }),
  };
}

/** What a note is decided on. */
export interface Known {
  note?: Note | undefined;
  user?: User | undefined;
  friend?: Friend | undefined;
  article?: Article | undefined;
}

/** A note, its user, and of `about` what the note says, too: in one request. */
export async function findWithNote(
  table: Table,
  userId: string,
  noteId: string,
  { friendId, articleId }: About = {},
): Promise<Known> {
  if (!isId('nte', noteId)) return {};
  const wanted = {
    note: keys.note(userId, noteId),
    user: keys.user(userId),
    ...(friendId && { friend: keys.friend(userId, friendId) }),
    ...(articleId && { article: keys.article(userId, articleId) }),
  };
  const items = await table.getMany(Object.values(wanted));
  const found: Partial<Record<string, Item>> = Object.fromEntries(
    Object.keys(wanted).map((name, place) => [name, items[place]]),
  );
  const note = found.note && read(found.note);
  return {
    note,
    user: found.user && User.parse(plain(found.user)),
    friend: note?.friendId === friendId ? readFriend(found.friend) : undefined,
    article: found.article && note?.articleId === articleId ? readArticle(found.article) : undefined,
  };
}

/** Newest first. */
export async function listNotes(
  table: Table,
  userId: string,
  options: { limit: number; cursor?: string | undefined; state?: NoteState | undefined },
) {
  const { items, cursor } = await table.query(ranges.notes(userId), {
    limit: options.limit,
    cursor: options.cursor,
    newestFirst: true,
    ...(options.state && { filter: '#state = :state', values: { state: options.state } }),
  });
  return { items: items.map(read), ...(cursor && { cursor }) };
}

/** The newest notes to a friend, newest first. */
export async function notesTo(
  table: Table,
  userId: string,
  friendId: string,
  limit = RECENT,
): Promise<Note[]> {
  const { items } = await table.query(ranges.friendNotes(userId, friendId), { limit, newestFirst: true });
  return items.map(read);
}

/** Every note of a user in one of these states. */
export async function notesIn(table: Table, userId: string, states: NoteState[]): Promise<Note[]> {
  const values = Object.fromEntries(states.map((state, place) => [`s${place}`, state]));
  const items = await table.all(ranges.notes(userId), {
    filter: `#state IN (${Object.keys(values).map((name) => `:${name}`)})`,
    values,
  });
  return items.map(read);
}

export async function insertNote(table: Table, userId: string, note: Note): Promise<void> {
  await table.put(stored(userId, note), 'attribute_not_exists(pk)');
}

/** Replaces a note if nothing changed it since `seen`; leases, which only move `dueAt`, do not count. */
export async function replaceNote(table: Table, userId: string, note: Note, seen: Note): Promise<boolean> {
  return table.put(stored(userId, note), '#version = :seen', { seen: seen.version });
}

export async function deleteNote(table: Table, userId: string, seen: Note): Promise<boolean> {
  const gone = await table.delete(keys.note(userId, seen.id), '#version = :seen', { seen: seen.version });
  return gone !== null;
}

/** Why a claim was not granted: the note changed meanwhile, the friend or the user did, or the ledger is against it. */
export type Refusal = 'note' | 'friend' | 'user' | ClaimCondition;

/** A note as its claim stores it. */
export type Claimed = Note & { attemptId: string };

/**
 * The claim, all or nothing: the note is still scheduled, unchanged and due; the friend is there with this address; the
 * user's letters do not wait; the ledger agrees. Null: granted, and `claimed` is stored.
 */
export async function claimNote(
  table: Table,
  seen: Note,
  claimed: Claimed,
  recipient: Recipient & { address: string },
  article: { articleDigest?: string },
  caps: Caps,
  now: Date,
): Promise<Refusal | null> {
  const { userId, friendId, address } = recipient;
  const failed = await table.transact([
    {
      put: stored(userId, claimed),
      if: '#state = :scheduled AND #version = :seen AND #sendAt <= :now',
      values: { scheduled: 'scheduled', seen: seen.version, now: at(now) },
    },
    {
      check: keys.friend(userId, friendId),
      if: 'attribute_exists(pk) AND attribute_not_exists(#deletedAt) AND #email = :address',
      values: { address },
    },
    { check: keys.user(userId), if: 'attribute_exists(pk) AND attribute_not_exists(#paused)' },
    ...claimWrites({ id: seen.id, attemptId: claimed.attemptId, ...article }, recipient, caps, now),
  ]);
  const first = failed[0];
  if (first === undefined) return null;
  if (first === 0) return 'note';
  if (first === 1) return 'friend';
  if (first === 2) return 'user';
  return CLAIM_CONDITIONS[first - 3] ?? 'note';
}

/**
 * Remembers that an article's page was not there, and when to ask again. As a lease it leaves the version alone: the user
 * may edit or cancel what they see. False: the note changed meanwhile.
 */
export async function storeLinkGone(
  table: Table,
  userId: string,
  seen: Note,
  goneAt: string,
  askAgainAt: string,
): Promise<boolean> {
  const due = dueSet(seen.id, 'send', askAgainAt);
  const updated = await table.update(
    keys.note(userId, seen.id),
    `SET #linkGoneAt = :goneAt, #dueAt = :askAgainAt, ${due.text}`,
    { goneAt, askAgainAt, ...due.values, scheduled: 'scheduled', seen: seen.version },
    '#state = :scheduled AND #version = :seen',
  );
  return updated !== null;
}

/** Every note of a user in every state, oldest first, a page at a time. */
export async function* walkNotes(table: Table, userId: string): AsyncGenerator<Note[]> {
  for await (const items of table.pages(ranges.notes(userId))) yield items.map(read);
}

/** A note the queue has nothing to do with. */
export type Resting = Note & { state: Exclude<NoteState, 'scheduled' | 'sending'> };

/** Stores a note as it was. False: there is one of this id. */
export async function restoreNote(table: Table, userId: string, note: Resting): Promise<boolean> {
  return table.put(stored(userId, note), 'attribute_not_exists(pk)');
}
