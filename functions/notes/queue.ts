import { findUser } from '../accounts/store.ts';
import type { User } from '../accounts/user.ts';
import type { Article } from '../articles/article.ts';
import { addressDigest, findArticle } from '../articles/store.ts';
import type { Friend } from '../friends/friend.ts';
import { findFriend, touchWritten } from '../friends/store.ts';
import { releaseSent } from '../ledger/store.ts';
import { composeLetter } from '../mail/compose.ts';
import { at, HOUR, MINUTE } from '../platform/clock.ts';
import type { Ground } from '../platform/ground.ts';
import { newId } from '../platform/ids.ts';
import { failure, log } from '../platform/log.ts';
import type { Sent } from '../platform/mailer.ts';
import { lateMoment, nextDay } from './moment.ts';
import type { Because, Note } from './note.ts';
import { type NoteEvent, next } from './state.ts';
import { stopUrl } from './stop.ts';
import { claimNote, findNote, type Refusal, replaceNote } from './store.ts';

/** After this many times that nothing left the user is asked: with the waits below about a day. */
export const MAX_ATTEMPTS = 28;
const LONGEST_WAIT = HOUR;
/** A claim older than this may have been suspended: it no longer asks SES. */
const ATTEMPT_DEADLINE = 2 * MINUTE;
/** Claims and settles of one note that meet each other. */
const TRIES = 6;

/**
 * The door `send`'s work: claims the note and gives it to SES. Whatever it decides stands in the table, so its message
 * is done with; what could not be done now is found due again.
 */
export async function sendNote(ground: Ground, userId: string, noteId: string): Promise<void> {
  for (let round = 0; round < TRIES; round++) {
    const now = ground.clock();
    const note = await findNote(ground.table, userId, noteId);
    if (note?.state !== 'scheduled' || !note.sendAt || note.sendAt > at(now)) return;
    const [user, friend, article] = await Promise.all([
      findUser(ground.table, userId),
      findFriend(ground.table, userId, note.friendId),
      note.articleId ? findArticle(ground.table, userId, note.articleId) : undefined,
    ]);
    if (!user) return;
    if (!friend) return hold(ground, userId, noteId, 'friend-deleted');
    if (!friend.email) return hold(ground, userId, noteId, 'friend-has-no-email');
    if (note.articleId && !article) return hold(ground, userId, noteId, 'article-deleted');
    const later = lateMoment(now, note.sendAt, friend.timeZone);
    if (later) return move(ground, userId, noteId, later, 'late');

    const claimed: Note = {
      ...note,
      state: 'sending',
      version: note.version + 1,
      attempts: note.attempts + 1,
      attemptId: newId('att'),
      to: friend.email,
      dueAt: at(now, ground.settings.uncertainSeconds * 1000),
      updatedAt: at(now),
    };
    const refusal = await claim(ground, userId, note, claimed, friend.email, article, now);
    if (!refusal) return attempt(ground, user, friend, article, claimed, now);
    // The note or the friend changed between the read and the claim: decide again on what is stored now.
    if (refusal === 'note' || refusal === 'friend') continue;
    if (refusal === 'cap-user' || refusal === 'cap-address') {
      return move(ground, userId, noteId, nextDay(now, note.sendAt, friend.timeZone), refusal);
    }
    return hold(ground, userId, noteId, refusal);
  }
}

function claim(
  ground: Ground,
  userId: string,
  note: Note,
  claimed: Note,
  address: string,
  article: Article | undefined,
  now: Date,
): Promise<Refusal | null> {
  const { settings, secrets, table } = ground;
  const recipient = { userId, friendId: note.friendId, address, addressHash: secrets.addressHash(address) };
  const caps = { userDay: settings.capUserDay, addressDay: settings.capAddressDay };
  return claimNote(
    table,
    note,
    claimed,
    recipient,
    article ? { articleDigest: addressDigest(article) } : {},
    caps,
    now,
  );
}

/** One call of SES for a claimed note, and what came of it. */
async function attempt(
  ground: Ground,
  user: User,
  friend: Friend,
  article: Article | undefined,
  claimed: Note,
  claimedAt: Date,
): Promise<void> {
  const sent = await askSes(ground, user, friend, article, claimed, claimedAt);
  const mine = (note: Note) => note.attemptId === claimed.attemptId;
  log.info('note attempted', { note: claimed.id, outcome: sent.outcome, attempt: claimed.attempts });
  switch (sent.outcome) {
    case 'accepted':
      return settle(ground, user.id, claimed.id, 'accepted', sent.messageId);
    case 'refused':
      await apply(ground, user.id, claimed.id, 'refused', (note) =>
        mine(note) ? { ...note, failedBecause: 'refused' } : null,
      );
      if (article) await releaseSent(ground.table, user.id, friend.id, addressDigest(article), claimed.id);
      return;
    case 'not-sent': {
      if (claimed.attempts >= MAX_ATTEMPTS) return hold(ground, user.id, claimed.id, 'tries-ended');
      const wait = Math.min(LONGEST_WAIT, MINUTE * 2 ** (claimed.attempts - 1));
      await apply(ground, user.id, claimed.id, 'not-sent', (note) =>
        mine(note) ? { ...note, dueAt: at(ground.clock(), wait) } : null,
      );
      return;
    }
    case 'unknown':
      // Stays `sending`: an event settles it, or its due time makes it uncertain.
      return;
  }
}

async function askSes(
  ground: Ground,
  user: User,
  friend: Friend,
  article: Article | undefined,
  note: Note,
  claimedAt: Date,
): Promise<Sent> {
  const { mailFrom } = ground.settings;
  const to = note.to ?? '';
  let raw: Buffer;
  try {
    raw = await composeLetter({
      note: note.text,
      userName: user.name,
      userEmail: user.email,
      friendName: friend.name,
      ...(article && { article }),
      ...(note.subject && { subject: note.subject }),
      stopUrl: stopUrl(ground, user.id, note.id, to),
      from: { name: `${user.name} via Hallway`, address: mailFrom },
      to: { name: friend.name, address: to },
      replyTo: { name: user.name, address: user.email },
    });
  } catch (error) {
    log.error('note not composed', { note: note.id, ...failure(error) });
    return { outcome: 'not-sent', cause: 'compose' };
  }
  // A suspended machine wakes up late, when the note may be uncertain already or under way again.
  const now = ground.clock();
  if (now.getTime() - claimedAt.getTime() > ATTEMPT_DEADLINE || at(now) >= (note.dueAt ?? '')) {
    return { outcome: 'not-sent', cause: 'deadline' };
  }
  const tags = { user: user.id, note: note.id, attempt: note.attemptId ?? '' };
  return ground.mailer.send({ raw, from: mailFrom, to, tags });
}

/** News of a note's mail, from SES's answer or its events; in any order, any number of times. */
export async function settle(
  ground: Ground,
  userId: string,
  noteId: string,
  event: 'accepted' | 'delivery' | 'bounce' | 'complaint',
  messageId?: string,
): Promise<void> {
  const note = await apply(ground, userId, noteId, event, (known, now) => ({
    ...known,
    sentAt: known.sentAt ?? at(now),
    ...(messageId && { messageId }),
  }));
  if (note?.sentAt) await touchWritten(ground.table, userId, note.friendId, note.sentAt);
}

/** A note found due while sending: nobody can know whether it left. */
export async function becomeUncertain(ground: Ground, userId: string, noteId: string): Promise<void> {
  await apply(ground, userId, noteId, 'unsure', (note, now) =>
    note.dueAt !== undefined && note.dueAt <= at(now) ? note : null,
  );
}

/** The note needs its user. */
export async function hold(ground: Ground, userId: string, noteId: string, because: Because): Promise<void> {
  await apply(ground, userId, noteId, 'hold', (note) => ({ ...note, heldBecause: because }));
}

async function move(
  ground: Ground,
  userId: string,
  noteId: string,
  to: string,
  because: Because,
): Promise<void> {
  await apply(ground, userId, noteId, 'move', (note) => ({
    ...note,
    sendAt: to,
    dueAt: to,
    movedBecause: because,
  }));
}

/** An event of the queue's on what is stored now. Null: it cannot happen there, or `edit` declined. */
async function apply(
  ground: Ground,
  userId: string,
  noteId: string,
  event: NoteEvent,
  edit: (note: Note, now: Date) => Note | null,
): Promise<Note | null> {
  for (let round = 0; round < TRIES; round++) {
    const note = await findNote(ground.table, userId, noteId);
    const state = note && next(note.state, event);
    if (!note || !state) return null;
    const now = ground.clock();
    const edited = edit(note, now);
    if (!edited) return null;
    const changed = { ...edited, state, version: note.version + 1, updatedAt: at(now) };
    if (await replaceNote(ground.table, userId, changed, note)) return changed;
  }
  throw new Error(`The note ${noteId} could not be settled.`);
}
