import type { User } from '../accounts/user.ts';
import type { Article } from '../articles/article.ts';
import { idsOf } from '../articles/articles.ts';
import { addressDigest, findArticle } from '../articles/store.ts';
import type { Friend } from '../friends/friend.ts';
import { findFriend, touchWritten } from '../friends/store.ts';
import { recordSent, wasSent } from '../ledger/store.ts';
import { answer } from '../matching/answers.ts';
import { at, MINUTE } from '../platform/clock.ts';
import { Fault, invalid } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { newId } from '../platform/ids.ts';
import { log } from '../platform/log.ts';
import { parse } from '../platform/shapes.ts';
import { sameWallTime, surpriseMoment, wallMoment } from './moment.ts';
import { followsFriend, type Moment, NewNote, type Note, NotePatch, type NoteState } from './note.ts';
import { release } from './queue.ts';
import { type NoteEvent, next } from './state.ts';
import { deleteNote, findNote, insertNote, notesIn, notesTo, replaceNote } from './store.ts';

/** A wall time just gone is taken as now: a form is filled in by a person, not by a clock. */
const JUST_PAST = MINUTE;
/** Changes of one note that meet each other are made one after the other. */
const CHANGE_TRIES = 6;
/** States in which a note still means to reach its friend, or has: a surprise keeps its distance from these. */
const COUNTS: NoteState[] = [
  'scheduled',
  'sending',
  'sent',
  'delivered',
  'uncertain',
  'complained',
  'bounced',
];

/** A note of this user. Fault `not-found`, also for another user's. */
export async function getNote(ground: Ground, userId: string, noteId: string): Promise<Note> {
  const note = await findNote(ground.table, userId, noteId);
  if (!note) throw new Fault('not-found', 'There is no such note.');
  return note;
}

/** Writes a note; with a moment it is scheduled, without one it is a draft. */
export async function writeNote(ground: Ground, user: User, input: unknown): Promise<Note> {
  const wanted = parse(NewNote, input);
  const [friend, article] = await Promise.all([
    findFriend(ground.table, user.id, wanted.friendId),
    wanted.articleId ? findArticle(ground.table, user.id, wanted.articleId) : undefined,
  ]);
  if (!friend) throw invalid('/friendId', 'There is no such friend.');
  if (wanted.articleId && !article) throw invalid('/articleId', 'There is no such article.');
  const note = await newNote(ground, user.id, friend, wanted);
  await keepNote(ground, user.id, note);
  return note;
}

/**
 * A note as it will be kept. Says everything that can be wrong with it and stores nothing, so that several can be kept
 * together or not at all. The friend and the article are the user's own: the caller has looked.
 */
export async function newNote(
  ground: Ground,
  userId: string,
  friend: Friend,
  { text, subject, articleId, moment }: Omit<NewNote, 'friendId'>,
): Promise<Note> {
  const now = ground.clock();
  return {
    id: newId('nte'),
    friendId: friend.id,
    ...(articleId && { articleId }),
    text,
    ...(subject && { subject }),
    state: 'draft',
    version: 1,
    attempts: 0,
    createdAt: at(now),
    updatedAt: at(now),
    ...(moment && (await scheduled(ground, userId, friend, moment, now))),
  };
}

export async function keepNote(ground: Ground, userId: string, note: Note): Promise<void> {
  await insertNote(ground.table, userId, note);
  const { id, articleId, state } = note;
  log.info('note kept', { user: userId, note: id, ...(articleId && { article: articleId }), state });
  if (note.articleId) await answer(ground, userId, note.articleId, note.friendId, 'accepted');
}

/** As long as a person who goes back and presses again may think that it was not sent. */
const SAME_LETTER = 10 * MINUTE;

/** The same words to the same friend a moment ago are the same letter, sealed twice: that one. Else the note itself. */
export async function sameLetter(ground: Ground, userId: string, note: Note): Promise<Note> {
  const since = at(ground.clock(), -SAME_LETTER);
  const before = await notesTo(ground.table, userId, note.friendId);
  const same = before.find(
    ({ text, articleId, state, createdAt }) =>
      text === note.text && articleId === note.articleId && state !== 'cancelled' && createdAt > since,
  );
  return same ?? note;
}

/** Changes words or moment, until the queue has claimed the note. Fault `conflict` with the state from then on. */
export async function editNote(ground: Ground, user: User, noteId: string, input: unknown): Promise<Note> {
  const patch = parse(NotePatch, input);
  return change(ground, user.id, noteId, patch.moment ? 'seal' : 'edit', patch.version, async (note, now) => {
    const { subject: oldSubject, ...rest } = note;
    const subject = patch.subject === undefined ? oldSubject : patch.subject;
    const edited = { ...rest, ...(subject && { subject }), ...(patch.text && { text: patch.text }) };
    if (!patch.moment) return edited;
    const friend = await findFriend(ground.table, user.id, note.friendId);
    if (!friend) throw new Fault('conflict', 'The friend was deleted.', { extra: { state: note.state } });
    const moment = await scheduled(ground, user.id, friend, patch.moment, now, note.id);
    return { ...withoutReasons(edited), ...moment };
  });
}

/** Acknowledged, it wins over any send that has not claimed the note. */
export async function cancelNote(
  ground: Ground,
  userId: string,
  noteId: string,
  version?: number,
): Promise<Note> {
  const note = await change(ground, userId, noteId, 'cancel', version, (known) => known);
  await letGo(ground, userId, note);
  return note;
}

/** Takes a note away; one that waits is cancelled by it. Fault `conflict` while it is being sent. */
export async function removeNote(ground: Ground, userId: string, noteId: string): Promise<void> {
  for (let round = 0; round < CHANGE_TRIES; round++) {
    const note = await getNote(ground, userId, noteId);
    if (note.state === 'sending') throw refusedBy(note);
    if (!(await deleteNote(ground.table, userId, note))) continue;
    if (next(note.state, 'cancel')) await letGo(ground, userId, note);
    return;
  }
  throw busy();
}

/** Tries a note again that failed, came back, is held, or may or may not have left. */
export async function sendAgain(
  ground: Ground,
  userId: string,
  noteId: string,
  version?: number,
): Promise<Note> {
  return change(ground, userId, noteId, 'send-again', version, async (note, now) => {
    const friend = await findFriend(ground.table, userId, note.friendId);
    if (!friend) throw new Fault('conflict', 'The friend was deleted.', { extra: { state: note.state } });
    const { sentAt: _sent, messageId, ...rest } = withoutReasons(note);
    const pastMessages = [...(note.pastMessages ?? []), ...(messageId ? [messageId] : [])];
    const pastAttempts = [...(note.pastAttempts ?? []), ...(note.attemptId ? [note.attemptId] : [])];
    return {
      ...rest,
      pastMessages,
      pastAttempts,
      ...(note.state === 'uncertain' && { mayHaveLeft: true }),
      ...(note.heldBecause === 'link-gone' && { linkMayBeGone: true }),
      ...(await scheduled(ground, userId, friend, { kind: 'now' }, now)),
    };
  });
}

/** The user knows that an uncertain note arrived. */
export async function noteArrived(
  ground: Ground,
  userId: string,
  noteId: string,
  version?: number,
): Promise<Note> {
  const note = await change(ground, userId, noteId, 'arrived', version, (known, now) => ({
    ...known,
    sentAt: known.sentAt ?? known.sendAt ?? at(now),
  }));
  await touchWritten(ground.table, userId, note.friendId, note.sentAt ?? note.updatedAt);
  return note;
}

/** The user sent it by their own hand: nothing leaves through SES. */
export async function sentMyself(
  ground: Ground,
  userId: string,
  noteId: string,
  version?: number,
): Promise<Note> {
  const note = await change(ground, userId, noteId, 'sent-myself', version, (known, now) => ({
    ...withoutReasons(known),
    sentMyself: true,
    sentAt: at(now),
  }));
  const digest = await articleDigest(ground, userId, note);
  if (digest) await recordSent(ground.table, userId, note.friendId, digest, note.id, ground.clock());
  await touchWritten(ground.table, userId, note.friendId, note.updatedAt);
  return note;
}

/** Cancels what waits for a friend who is deleted. One that is claimed meanwhile finds the friend gone by itself. */
export async function cancelNotesTo(ground: Ground, userId: string, friendId: string): Promise<void> {
  const waiting = await notesIn(ground.table, userId, ['draft', 'scheduled', 'held']);
  for (const note of waiting.filter((one) => one.friendId === friendId)) {
    await cancelNote(ground, userId, note.id).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
    });
  }
}

/**
 * After a friend moved: what waits for them leaves at the same hour of their day. `friend` as they are now. Broken off in
 * the middle it can be done again; what was not reached is told the new zone by its claim.
 */
export async function retimeNotes(
  ground: Ground,
  userId: string,
  friend: Friend,
  oldZone: string,
): Promise<void> {
  const waiting = await notesIn(ground.table, userId, ['scheduled']);
  const isElsewhere = (note: Note): note is Note & { sendAt: string } =>
    note.sendAt !== undefined && (note.zone ?? oldZone) !== friend.timeZone && followsFriend(note);
  const theirs = waiting.filter((note) => note.friendId === friend.id && isElsewhere(note));
  await Promise.all(
    theirs.map(({ id }) =>
      change(ground, userId, id, 'move', undefined, (note, now) => {
        if (!isElsewhere(note)) return note;
        const sendAt = sameWallTime(note.sendAt, note.zone ?? oldZone, friend, now);
        return { ...note, sendAt, dueAt: sendAt, zone: friend.timeZone, movedBecause: 'zone' };
      }).catch((error: unknown) => {
        // It left meanwhile, or was taken back.
        if (!(error instanceof Fault)) throw error;
      }),
    ),
  );
}

/** Notes that still mean to carry this article: it must not be deleted under them. */
export async function notesCarrying(ground: Ground, userId: string, articleId: string): Promise<Note[]> {
  const waiting = await notesIn(ground.table, userId, ['draft', 'scheduled', 'sending', 'held', 'uncertain']);
  return waiting.filter((note) => note.articleId === articleId);
}

/** Whether the note carries this article, also as a link that turned out to be it. */
export function carries({ articleId }: Note, article: Article): boolean {
  return articleId !== undefined && idsOf(article).includes(articleId);
}

/** How the ledger names the note's article; undefined if it carries none. */
export async function articleDigest(ground: Ground, userId: string, note: Note): Promise<string | undefined> {
  if (!note.articleId) return undefined;
  const article = await findArticle(ground.table, userId, note.articleId);
  return addressDigest(article ?? { id: note.articleId });
}

/**
 * Applies an event to a note, by `state.ts`, on what is stored now. The user's changes name the `version` they saw.
 * Fault `conflict` with the state if the event cannot happen, or something else happened first.
 */
async function change(
  ground: Ground,
  userId: string,
  noteId: string,
  event: NoteEvent,
  version: number | undefined,
  edit: (note: Note, now: Date) => Note | Promise<Note>,
): Promise<Note> {
  for (let round = 0; round < CHANGE_TRIES; round++) {
    const note = await getNote(ground, userId, noteId);
    const state = next(note.state, event);
    if (!state) throw refusedBy(note);
    if (version !== undefined && version !== note.version) {
      throw new Fault('conflict', 'The note was changed meanwhile. Look at it again.', {
        extra: { state: note.state, version: note.version },
      });
    }
    const now = ground.clock();
    const changed = { ...(await edit(note, now)), state, version: note.version + 1, updatedAt: at(now) };
    if (await replaceNote(ground.table, userId, changed, note)) return changed;
  }
  throw busy();
}

/** What a moment adds to a note. Fault `invalid` for a time that has passed, and for a friend without an address. */
async function scheduled(
  ground: Ground,
  userId: string,
  friend: Friend,
  moment: Moment,
  now: Date,
  noteId?: string,
): Promise<Pick<Note, 'state' | 'moment' | 'sendAt' | 'dueAt' | 'zone' | 'attempts'>> {
  if (!friend.email) {
    throw invalid('/friendId', `${friend.name} has no email address. Add one, or send the note yourself.`);
  }
  const sendAt = await momentOf(ground, userId, friend, moment, now, noteId);
  return { state: 'scheduled', moment, sendAt, dueAt: sendAt, zone: friend.timeZone, attempts: 0 };
}

async function momentOf(
  ground: Ground,
  userId: string,
  friend: Friend,
  moment: Moment,
  now: Date,
  noteId: string | undefined,
): Promise<string> {
  switch (moment.kind) {
    case 'now':
      return at(now, ground.settings.undoSeconds * 1000);
    case 'at': {
      const wanted = wallMoment(moment.at, moment.timeZone ?? friend.timeZone);
      if (Date.parse(wanted) < now.getTime() - JUST_PAST) {
        throw invalid('/moment/at', 'That time has passed. Choose a later one.');
      }
      return wanted;
    }
    case 'surprise': {
      const notes = await notesTo(ground.table, userId, friend.id);
      const others = notes
        .filter((note) => note.id !== noteId && COUNTS.includes(note.state))
        .flatMap((note) => note.sentAt ?? note.sendAt ?? []);
      return surpriseMoment(now, friend, others, Math.random());
    }
  }
}

/** A note that will not leave: its article may go to this friend with another one, unless one has carried it. */
async function letGo(ground: Ground, userId: string, note: Note): Promise<void> {
  const { table } = ground;
  const digest = await articleDigest(ground, userId, note);
  if (!note.articleId || !digest || note.mayHaveLeft) return;
  await release(ground, userId, note);
  if (await wasSent(table, userId, note.friendId, digest)) return;
  await answer(ground, userId, note.articleId, note.friendId, 'unwritten');
}

/** Without what was found out about an earlier moment. */
function withoutReasons(note: Note): Note {
  const {
    heldBecause: _held,
    failedBecause: _failed,
    movedBecause: _moved,
    linkGoneAt: _gone,
    linkMayBeGone: _mayBeGone,
    delivery: _delivery,
    ...rest
  } = note;
  return rest;
}

function refusedBy(note: Note): Fault {
  return new Fault('conflict', `The note is ${note.state}: this cannot be done with it now.`, {
    extra: { state: note.state, version: note.version },
  });
}

function busy(): Fault {
  return new Fault('conflict', 'The note is being changed elsewhere. Try again.');
}
