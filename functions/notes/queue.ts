import type { User } from '../accounts/user.ts';
import type { Article } from '../articles/article.ts';
import { addressDigest, findArticle, readText } from '../articles/store.ts';
import { sharedUrl } from '../articles/url.ts';
import type { Friend } from '../friends/friend.ts';
import { findFriend, touchWritten } from '../friends/store.ts';
import { admitAddress, releaseSent } from '../ledger/store.ts';
import { composeLetter } from '../mail/compose.ts';
import { at, HOUR, MINUTE } from '../platform/clock.ts';
import type { Ground } from '../platform/ground.ts';
import { newId } from '../platform/ids.ts';
import { failure, log } from '../platform/log.ts';
import type { Sent } from '../platform/mailer.ts';
import { type MetricName, tell } from '../platform/metrics.ts';
import { ASK_AGAIN, checkLink } from './link.ts';
import { morningMoment, nextDay, sameWallTime } from './moment.ts';
import { type Because, followsFriend, type Note } from './note.ts';
import { type NoteEvent, next } from './state.ts';
import { friendPageUrl, stopUrl } from './stop.ts';
import {
  type About,
  type Claimed,
  claimNote,
  findNote,
  findWithNote,
  type Known,
  notesIn,
  type Refusal,
  replaceNote,
  storeLinkGone,
} from './store.ts';

/** After this many times that nothing left the user is asked: with the waits below about a day. */
export const MAX_ATTEMPTS = 28;
const LONGEST_WAIT = HOUR;
/** A claim older than this may have been suspended: it no longer asks SES. */
const ATTEMPT_DEADLINE = 2 * MINUTE;
/** Letters of a thread that the next one names: the header would grow without end. */
const THREAD = 10;
/** What was decided longer ago is decided again; a page has three seconds to answer. */
const LOOK_DEADLINE = MINUTE;
/** Claims and settles of one note that meet each other. */
const TRIES = 6;

/**
 * The door `send`'s work: claims the note and gives it to SES. Whatever it decides stands in the table, so its message
 * is done with; what could not be done now is found due again.
 */
export async function sendNote(
  ground: Ground,
  userId: string,
  noteId: string,
  about: About = {},
): Promise<void> {
  for (let round = 0; round < TRIES; round++) {
    const now = ground.clock();
    const known = await findWithNote(ground.table, userId, noteId, about);
    const { note } = known;
    if (note?.state !== 'scheduled' || !note.sendAt || note.sendAt > at(now)) return;
    if (await decide(ground, userId, known, { ...note, sendAt: note.sendAt }, now)) return;
  }
}

/** False: the note or its friend changed since they were read; to be decided again on what is stored now. */
async function decide(
  ground: Ground,
  userId: string,
  known: Known,
  note: Note & { sendAt: string },
  now: Date,
): Promise<boolean> {
  const { user } = known;
  const [friend, article] = await Promise.all([
    known.friend ?? findFriend(ground.table, userId, note.friendId),
    note.articleId ? (known.article ?? findArticle(ground.table, userId, note.articleId)) : undefined,
  ]);
  const take = async (event: NoteEvent, edited: Partial<Note>) =>
    (await step(ground, userId, note, event, edited, now)) !== null;
  const hold = (because: Because) => take('hold', { heldBecause: because });
  const move = (to: string, because: Because) =>
    take('move', { sendAt: to, dueAt: to, movedBecause: because, zone: friend?.timeZone });
  if (!user) return true;
  if (!friend) return hold('friend-deleted');
  if (!friend.email) return hold('friend-has-no-email');
  if (note.articleId && !article) return hold('article-deleted');
  if (user.paused) return hold('paused');
  const later = laterMoment(note, friend, now);
  if (later) return move(later.sendAt, later.because);
  switch (await checkLink(ground, note, article?.url)) {
    case 'ask-later':
      return true;
    case 'gone-once':
      return storeLinkGone(ground.table, userId, note, at(now), at(now, ASK_AGAIN));
    case 'gone-twice':
      return hold('link-gone');
    case 'fine':
  }

  // Looking took time: for a machine that was suspended it may be night by now.
  const claimedAt = ground.clock();
  if (claimedAt.getTime() - now.getTime() > LOOK_DEADLINE) return false;
  if (!(await mayWriteTo(ground, userId, friend.email, claimedAt))) {
    return move(nextDay(now, note.sendAt, friend, isSurprise(note)), 'cap-new');
  }
  const claimed: Claimed = {
    ...note,
    state: 'sending',
    version: note.version + 1,
    attempts: note.attempts + 1,
    attemptId: newId('att'),
    to: friend.email,
    dueAt: at(claimedAt, ground.settings.uncertainSeconds * 1000),
    updatedAt: at(claimedAt),
  };
  const refusal = await claim(ground, userId, note, claimed, friend.email, article, claimedAt);
  switch (refusal) {
    case null:
      await attempt(ground, user, friend, article, claimed, claimedAt);
      return true;
    case 'note':
    case 'friend':
    case 'user':
      return false;
    case 'cap-user':
    case 'cap-address':
      return move(nextDay(now, note.sendAt, friend, isSurprise(note)), refusal);
    default:
      return hold(refusal);
  }
}

/** Where anybody may have an account, few addresses in a day are new to its user. */
async function mayWriteTo(
  { table, secrets, settings }: Ground,
  userId: string,
  address: string,
  now: Date,
): Promise<boolean> {
  return settings.signUp !== 'open' || admitAddress(table, userId, secrets.addressHash(address), now);
}

function isSurprise({ moment }: Note): boolean {
  return moment?.kind === 'surprise';
}

/** Why a note whose moment has come is to wait all the same: its friend's clock says another hour than it was made for. */
function laterMoment(
  note: Note & { sendAt: string },
  friend: Friend,
  now: Date,
): { sendAt: string; because: Because } | null {
  if (note.zone && note.zone !== friend.timeZone && followsFriend(note)) {
    const moved = sameWallTime(note.sendAt, note.zone, friend, now);
    if (moved > at(now)) return { sendAt: moved, because: 'zone' };
  }
  const morning = morningMoment(now, note.sendAt, friend, isSurprise(note));
  return morning ? { sendAt: morning, because: 'late' } : null;
}

function claim(
  ground: Ground,
  userId: string,
  note: Note,
  claimed: Claimed,
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

const COUNTED: Record<Sent['outcome'], MetricName> = {
  accepted: 'NotesAccepted',
  'not-sent': 'NotesNotSent',
  refused: 'NotesRefused',
  unknown: 'NotesUnknown',
};

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
  log.info('note attempted', {
    user: user.id,
    note: claimed.id,
    ...(claimed.articleId && { article: claimed.articleId }),
    outcome: sent.outcome,
    attempt: claimed.attempts,
  });
  tell({ [COUNTED[sent.outcome]]: 1 });
  switch (sent.outcome) {
    case 'accepted':
      return settleAccepted(ground, user.id, friend, claimed, sent.messageId);
    case 'refused': {
      const failed = await apply(ground, user.id, claimed.id, 'refused', (note) =>
        mine(note) ? { failedBecause: 'refused' } : null,
      );
      if (failed) await release(ground, user.id, failed);
      return;
    }
    case 'not-sent': {
      const last = claimed.attempts >= MAX_ATTEMPTS;
      // First until the next tick, then twice as long each time.
      const wait = Math.min(LONGEST_WAIT, ground.settings.tickSeconds * 1000 * 2 ** (claimed.attempts - 1));
      await apply(ground, user.id, claimed.id, last ? 'hold' : 'not-sent', (note, now) => {
        if (!mine(note)) return null;
        return last ? { heldBecause: 'tries-ended' } : { dueAt: at(now, wait) };
      });
      return;
    }
    case 'unknown':
      // Stays `sending`: an event settles it, or its due time makes it uncertain.
      return;
  }
}

/** What a note's mail is made of, but for the friend's own links: of the one that leaves, and of the one that is shown before. */
export async function letterOf(
  ground: Ground,
  user: User,
  friend: Friend,
  article: Article | undefined,
  note: Note,
) {
  // An article without an address is nowhere to be read but in the letter.
  const text = article && !article.url ? await readText(ground.table, user.id, article.id) : '';
  return {
    note: note.text,
    userName: user.name,
    userEmail: user.email,
    friendName: friend.name,
    ...(article && {
      article: { ...article, url: article.url && sharedUrl(article.url), ...(text && { text }) },
    }),
    ...(note.subject && { subject: note.subject }),
    from: { name: `${user.name} via Hallway`, address: ground.settings.mailFrom },
    replyTo: { name: user.name, address: user.email },
  };
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
      ...(await letterOf(ground, user, friend, article, note)),
      pageUrl: friendPageUrl(ground, user.id, note.id, to),
      stopUrl: stopUrl(ground, user.id, note.id, to),
      ...(friend.thread && { thread: { messageIds: friend.thread, region: ground.settings.region } }),
      to: { name: friend.name, address: to },
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

/** SES's yes, written on the claim as it was made; if news of it came first, on what stands there. */
async function settleAccepted(
  ground: Ground,
  userId: string,
  friend: Friend,
  claimed: Note,
  messageId: string,
): Promise<void> {
  const now = ground.clock();
  const [sent] = await Promise.all([
    step(ground, userId, claimed, 'accepted', { sentAt: at(now), messageId }, now),
    touchWritten(ground.table, userId, friend.id, at(now), threadAfter(friend, messageId)),
  ]);
  if (!sent) await settle(ground, userId, claimed.id, 'accepted', { messageId });
}

/** The letters that the next one follows, when this one was the last. */
function threadAfter({ thread = [] }: Friend, messageId: string): string[] {
  const letters = [...thread.filter((id) => id !== messageId), messageId];
  // The first one too: some programs gather a thread under it.
  return letters.length > THREAD ? [...letters.slice(0, 1), ...letters.slice(1 - THREAD)] : letters;
}

/** What SES tells of a mail it took. */
export type News = 'accepted' | 'delivery' | 'bounce' | 'complaint' | 'reject';
/** That one of a note's mails arrived is enough; that an earlier one did not says nothing of the last. */
const FAILURES: readonly News[] = ['bounce', 'reject'];

/** Which of a note's mails it is about, as far as is known. */
export interface MailNamed {
  messageId?: string;
  attempt?: string | undefined;
}

/** News of a note's mail, from SES's answer or its events; in any order, any number of times. */
export async function settle(
  ground: Ground,
  userId: string,
  noteId: string,
  news: News,
  mail: MailNamed = {},
): Promise<void> {
  const { messageId } = mail;
  if (FAILURES.includes(news) && (await forgetMail(ground, userId, noteId, mail))) return;
  let isFirst = false;
  const note = await apply(ground, userId, noteId, news, (known, now) => {
    if (isPast(known, mail)) return null;
    isFirst = known.sentAt === undefined;
    if (news === 'reject') return { failedBecause: 'refused', ...(messageId && { messageId }) };
    return {
      sentAt: known.sentAt ?? at(now),
      ...(messageId && { messageId }),
      delivery: undefined,
      heldBecause: undefined,
    };
  });
  if (note?.state === 'failed') await release(ground, userId, note);
  else if (note?.sentAt && isFirst) {
    // SES's answer was lost, or is slower than its news: the next letter follows this one all the same.
    const friend = messageId ? await findFriend(ground.table, userId, note.friendId) : undefined;
    const thread = friend && messageId ? threadAfter(friend, messageId) : undefined;
    await touchWritten(ground.table, userId, note.friendId, note.sentAt, thread);
  }
}

/** An earlier mail did not arrive: whatever else is told of it says nothing of the note. False: it is not an earlier one. */
async function forgetMail(ground: Ground, userId: string, noteId: string, mail: MailNamed): Promise<boolean> {
  let isEarlier = false;
  await amend(ground, userId, noteId, (known) => {
    isEarlier = isPastAttempt(known, mail);
    if (!isEarlier || !mail.messageId || isPast(known, mail)) return null;
    return { pastMessages: [...(known.pastMessages ?? []), mail.messageId] };
  });
  return isEarlier;
}

/** SES has the mail still, or gave it up without the mailbox having refused it: nothing is settled, and the user is told. */
export async function tellDelivery(
  ground: Ground,
  userId: string,
  noteId: string,
  delivery: NonNullable<Note['delivery']>,
  mail: MailNamed,
): Promise<void> {
  await amend(ground, userId, noteId, (known) => {
    const isOpen = ['scheduled', 'sending', 'uncertain', 'sent'].includes(known.state);
    const isOfNow = !isPast(known, mail) && !isPastAttempt(known, mail);
    return isOpen && isOfNow && known.delivery !== 'given-up' ? { delivery } : null;
  });
}

/** News of a mail that came back before the user sent the note by hand, or again. */
export function isPast(note: Note, { messageId }: MailNamed): boolean {
  return (
    note.sentMyself === true || (messageId !== undefined && note.pastMessages?.includes(messageId) === true)
  );
}

/**
 * Of a mail whose id nobody knew when the user sent the note again: SES's answer was lost. One that the note counts as sent
 * by, since its news came first, is its mail after all.
 */
export function isPastAttempt(note: Note, { attempt, messageId }: MailNamed): boolean {
  if (attempt === undefined || !note.pastAttempts?.includes(attempt)) return false;
  return messageId === undefined || messageId !== note.messageId;
}

/** The note's last attempt did not leave: its article may go to this friend with another one. */
export async function release(ground: Ground, userId: string, note: Note): Promise<void> {
  const { id, articleId, attemptId } = note;
  if (!articleId || !attemptId || note.mayHaveLeft) return;
  const article = await findArticle(ground.table, userId, articleId);
  const digest = addressDigest(article ?? { id: articleId });
  await releaseSent(ground.table, userId, note.friendId, digest, { id, attemptId });
}

/** Holds what is scheduled for a friend, at once; what is claimed by then is under way. Doing it again changes nothing. */
export async function holdNotesTo(
  ground: Ground,
  userId: string,
  friendId: string,
  because: Because,
): Promise<void> {
  const waiting = await notesIn(ground.table, userId, ['scheduled']);
  const theirs = waiting.filter((note) => note.friendId === friendId);
  await Promise.all(
    theirs.map(({ id }) =>
      apply(ground, userId, id, 'hold', (note) =>
        note.state === 'scheduled' ? { heldBecause: because } : null,
      ),
    ),
  );
}

/** A note found due while sending: nobody can know whether it left. */
export async function becomeUncertain(ground: Ground, userId: string, noteId: string): Promise<void> {
  await apply(ground, userId, noteId, 'unsure', (note, now) => (isDue(note, now) ? {} : null));
}

/** A note that was leased too often and never claimed: its user is needed. */
export async function endTries(ground: Ground, userId: string, noteId: string): Promise<void> {
  await apply(ground, userId, noteId, 'hold', (note, now) =>
    isDue(note, now) ? { heldBecause: 'tries-ended' } : null,
  );
}

function isDue(note: Note, now: Date): boolean {
  return note.dueAt !== undefined && note.dueAt <= at(now);
}

/** An event of the queue's on what is stored now. Null: it cannot happen there, or `edit` declined. */
function apply(
  ground: Ground,
  userId: string,
  noteId: string,
  event: NoteEvent,
  edit: (note: Note, now: Date) => Partial<Note> | null,
): Promise<Note | null> {
  return amend(ground, userId, noteId, (note, now) => {
    const state = next(note.state, event);
    const edited = state && edit(note, now);
    return edited && { ...edited, state };
  });
}

/** A change of the queue's to what is stored now, its state with it only as `state.ts` says. Null: `edit` declined. */
async function amend(
  ground: Ground,
  userId: string,
  noteId: string,
  edit: (note: Note, now: Date) => Partial<Note> | null,
): Promise<Note | null> {
  for (let round = 0; round < TRIES; round++) {
    const now = ground.clock();
    const note = await findNote(ground.table, userId, noteId);
    const edited = note && edit(note, now);
    if (!edited) return null;
    const changed: Note = { ...note, ...edited, version: note.version + 1, updatedAt: at(now) };
    if (await replaceNote(ground.table, userId, changed, note)) return changed;
  }
  throw new Error(`The note ${noteId} could not be settled.`);
}

/** An event on the note as it was seen. Null: something else changed it first, or the event cannot happen. */
async function step(
  ground: Ground,
  userId: string,
  seen: Note,
  event: NoteEvent,
  edited: Partial<Note>,
  now: Date,
): Promise<Note | null> {
  const state = next(seen.state, event);
  if (!state) return null;
  const changed: Note = { ...seen, ...edited, state, version: seen.version + 1, updatedAt: at(now) };
  return (await replaceNote(ground.table, userId, changed, seen)) ? changed : null;
}
