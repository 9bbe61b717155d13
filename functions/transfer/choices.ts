import { isDeepStrictEqual } from 'node:util';
import { findUser } from '../accounts/store.ts';
import type { User } from '../accounts/user.ts';
import type { Article } from '../articles/article.ts';
import { findArticle } from '../articles/store.ts';
import { type Friend, FriendPatch } from '../friends/friend.ts';
import { askLessOften } from '../friends/friends.ts';
import { allFriends, findFriend } from '../friends/store.ts';
import { stopAddress } from '../ledger/store.ts';
import {
  findStops,
  findTouch,
  moveWord,
  recordCorrection,
  recordTouch,
  takeBackStops,
} from '../ledger/touches/store.ts';
import { cleanLine, MAX_LINE, type Touch, type TouchKind, touchId } from '../ledger/touches.ts';
import { answer } from '../matching/answers.ts';
import { changeFriendAndNotes } from '../notes/moved.ts';
import type { Because, Note } from '../notes/note.ts';
import { holdNotesTo } from '../notes/queue.ts';
import { forgetAddress, hasLeft, type Stop, stopNotes } from '../notes/stop.ts';
import { findNote } from '../notes/store.ts';
import { at } from '../platform/clock.ts';
import { Fault, invalid } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { failure, log } from '../platform/log.ts';
import type { Sent } from '../platform/mailer.ts';
import { isVisible, parse } from '../platform/shapes.ts';
import { deleteFriendAndTraces } from './erase.ts';

export const CHOICES = [
  'thanks',
  'coffee',
  'not-my-thing',
  'less-often',
  'stop',
  'stop-all',
  'undo',
  'correct',
  'erase',
] as const;
export type Choice = (typeof CHOICES)[number];

/** What the form of a choice says: a line of `thanks` and `coffee`, a name and a zone of `correct`. */
export interface Said {
  line?: string | undefined;
  name?: string | undefined;
  timeZone?: string | undefined;
}

/** What came of a choice. `impossible`: whom or what it is about is no longer there. `too-many`: for this day. */
export type Outcome = { outcome: 'done'; touch?: Touch } | { outcome: 'impossible' | 'too-many' };

/** What a link in a letter leads to, as far as it is still there. */
export interface Link {
  stop: Stop;
  user?: User | undefined;
  /** The letter; only if its words have left. */
  note?: Note | undefined;
  article?: Article | undefined;
  /** Whom the letter went to; or who has its address today, if that is one friend. */
  friend?: Friend | undefined;
  /** Everybody of this user's friends who has the link's address today. */
  there: Friend[];
  /**
   * Whether the friend has the link's address today. A link speaks for an address: one in a letter that went to a wrong
   * address must not delete or rename the friend whom the user writes to at the right one.
   */
  isTheirs: boolean;
  /** Where an answer goes: the link's address, if it stands anywhere. */
  address?: string | undefined;
}

/** Reads what a link leads to; changes nothing. */
export async function openLink(ground: Ground, stop: Stop): Promise<Link> {
  const { table, secrets } = ground;
  const [user, stored, friends] = await Promise.all([
    findUser(table, stop.user),
    findNote(table, stop.user, stop.note),
    allFriends(table, stop.user),
  ]);
  const isHere = (address: string | undefined): address is string =>
    address !== undefined && secrets.addressHash(address) === stop.address;
  const there = friends.filter(({ email }) => isHere(email));
  const friend =
    friends.find(({ id }) => id === stored?.friendId) ?? (there.length === 1 ? there[0] : undefined);
  const note = stored && hasLeft(stored) ? stored : undefined;
  const article = note?.articleId ? await findArticle(table, stop.user, note.articleId) : undefined;
  return {
    stop,
    user,
    note,
    article,
    friend,
    there,
    isTheirs: friend !== undefined && there.includes(friend),
    address: [stored?.to, friend?.email].find(isHere),
  };
}

/** How the link's address stands with this user, and with everybody. */
export function stopsOf(ground: Ground, { user, address }: Stop) {
  return findStops(ground.table, user, address);
}

/**
 * Does what a friend chose, and leaves a touch of it for the user to see. Each choice can be made again, and many times at
 * once: it is one touch and one mail. What a choice does comes before its touch, so that a choice that was cut off is
 * whole once it is made again; its mail comes last, and only from who made the touch: cut off in between it does not
 * leave, and the touch alone tells the user.
 *
 * Fault `invalid` for a line, a name or a zone that does not fit; nothing is done then.
 */
export async function choose(ground: Ground, stop: Stop, choice: Choice, said: Said = {}): Promise<Outcome> {
  switch (choice) {
    case 'thanks':
    case 'coffee':
      return writeBack(ground, await openLink(ground, stop), choice, lineOf(said.line));
    case 'not-my-thing':
      return sayNotMyThing(ground, await openLink(ground, stop));
    case 'less-often':
      return sayLessOften(ground, await openLink(ground, stop));
    case 'stop':
      await stopNotes(ground, stop);
      return stopped(ground, stop, 'stopped', 'muted');
    case 'stop-all':
      // The user's own mute goes along where the account goes; what all users share does not.
      await stopNotes(ground, stop);
      await stopAddress(ground.table, stop.address, 'asked', ground.clock());
      return stopped(ground, stop, 'stopped-all', 'suppressed');
    case 'undo':
      return takeBack(ground, await openLink(ground, stop));
    case 'correct':
      return correct(ground, await openLink(ground, stop), said);
    case 'erase':
      return erase(ground, stop);
    default:
      return choice satisfies never;
  }
}

const IMPOSSIBLE: Outcome = { outcome: 'impossible' };

function lineOf(line = ''): string | undefined {
  const cleaned = cleanLine(line);
  if (cleaned.length > MAX_LINE) {
    throw invalid('/line', `A line has at most ${MAX_LINE} characters. This one has ${cleaned.length}.`);
  }
  return isVisible(cleaned) ? cleaned : undefined;
}

function touchOf(
  ground: Ground,
  friend: Friend,
  { note: noteId }: Stop,
  kind: TouchKind,
  more: Partial<Touch> = {},
): Touch {
  const id = touchId({ noteId, kind, ...more });
  return { id, friendId: friend.id, noteId, kind, at: at(ground.clock()), ...more };
}

async function writeBack(
  ground: Ground,
  link: Link,
  kind: 'thanks' | 'coffee',
  line: string | undefined,
): Promise<Outcome> {
  const { user, friend, stop } = link;
  if (!user || !friend) return IMPOSSIBLE;
  const interestId = kind === 'thanks' ? await teach(ground, link, friend, 'thanks') : undefined;
  const touch = touchOf(ground, friend, stop, kind, {
    ...(line && { line }),
    ...(interestId && { interestId }),
  });
  return { outcome: 'done', touch: await tell(ground, user, link, touch) };
}

async function sayNotMyThing(ground: Ground, link: Link): Promise<Outcome> {
  const { friend, stop } = link;
  if (!link.note?.articleId || !friend) return IMPOSSIBLE;
  const interestId = await teach(ground, link, friend, 'not-my-thing');
  const touch = touchOf(ground, friend, stop, 'not-my-thing', { ...(interestId && { interestId }) });
  await recordTouch(ground.table, stop.user, touch);
  return { outcome: 'done', touch };
}

/** Teaches the matcher, if the article was suggested for the friend: by which interest. */
async function teach(
  ground: Ground,
  { stop, note }: Link,
  friend: Friend,
  word: 'thanks' | 'not-my-thing',
): Promise<string | undefined> {
  if (!note?.articleId) return undefined;
  const suggestion = await answer(ground, stop.user, note.articleId, friend.id, word);
  return suggestion?.answer?.interestId;
}

async function sayLessOften(ground: Ground, { stop, friend, isTheirs }: Link): Promise<Outcome> {
  if (!friend || !isTheirs) return IMPOSSIBLE;
  await askLessOften(ground, stop.user, friend.id, true);
  await holdNotesTo(ground, stop.user, friend.id, 'less-often');
  const touch = touchOf(ground, friend, stop, 'less-often');
  await recordTouch(ground.table, stop.user, touch);
  return { outcome: 'done', touch };
}

/** After the ledger knows: holds what waits for the address, and leaves the touch. Needs nobody to be there any more. */
async function stopped(
  ground: Ground,
  stop: Stop,
  kind: 'stopped' | 'stopped-all',
  because: Because,
): Promise<Outcome> {
  const { friend, isTheirs, there } = await openLink(ground, stop);
  await Promise.all(there.map(({ id }) => holdNotesTo(ground, stop.user, id, because)));
  if (!friend || !isTheirs) return { outcome: 'done' };
  const touch = touchOf(ground, friend, stop, kind);
  await recordTouch(ground.table, stop.user, touch);
  return { outcome: 'done', touch };
}

/** A slip of the thumb. What was held by it stays held, until the user sends it. */
async function takeBack(ground: Ground, { stop, friend }: Link): Promise<Outcome> {
  const link = { noteId: stop.note, friendId: friend?.id, addressHash: stop.address };
  await takeBackStops(ground.table, stop.user, link, ground.clock());
  const { muted, stopped } = await stopsOf(ground, stop);
  return muted || stopped ? IMPOSSIBLE : { outcome: 'done' };
}

const Correction = FriendPatch.pick({ name: true, timeZone: true });

/** The touches come first: they hold the limit, and a change that is cut off is made when it is asked for again. */
async function correct(ground: Ground, { stop, friend, isTheirs }: Link, said: Said): Promise<Outcome> {
  const { name, timeZone } = parse(Correction, { name: said.name, timeZone: said.timeZone });
  if (!friend || !isTheirs) return IMPOSSIBLE;
  const wanted = [
    { kind: 'renamed', field: 'name', was: friend.name, is: name },
    { kind: 'moved-zone', field: 'timeZone', was: friend.timeZone, is: timeZone },
  ] as const;
  const changes: { name?: string; timeZone?: string } = {};
  let outcome: Outcome = { outcome: 'done' };
  for (const { kind, field, was, is } of wanted) {
    if (is === undefined || is === was) continue;
    const touch = touchOf(ground, friend, stop, kind, { was, is });
    if ((await recordCorrection(ground.table, stop.user, touch)) === 'too-many') {
      outcome = { outcome: 'too-many' };
    } else {
      changes[field] = is;
    }
  }
  if (Object.keys(changes).length > 0) {
    await changeFriendAndNotes(ground, stop.user, friend.id, changes).catch(async (error: unknown) => {
      // Many presses at once stand in each other's way: whoever came through has made the same change.
      const now = await findFriend(ground.table, stop.user, friend.id);
      if (!now || !isDeepStrictEqual({ ...now, ...changes }, now)) throw error;
    });
  }
  return outcome;
}

/**
 * Deletes what is held about who has the link's address. What stays: the user's own letters, without the address, and the
 * refusal, as a hash that nobody can read back, so that nothing is sent there again.
 */
async function erase(ground: Ground, stop: Stop): Promise<Outcome> {
  await stopNotes(ground, stop, true);
  const link = await openLink(ground, stop);
  const { user, friend, isTheirs } = link;
  await Promise.all(link.there.map(({ id }) => holdNotesTo(ground, stop.user, id, 'muted')));
  if (!friend || !isTheirs) {
    await forgetAddress(ground, stop);
    return { outcome: 'done' };
  }
  const touch: Touch = touchOf(ground, friend, stop, 'erased', { word: 'asked' });
  const isFirst = await recordTouch(ground.table, stop.user, touch);
  await deleteFriendAndTraces(ground, stop.user, friend.id).catch(unlessGone);
  await forgetAddress(ground, stop);
  if (isFirst && user) await sendWord(ground, user, link, touch);
  return { outcome: 'done', touch };
}

/** Two presses at once: the other one deleted the friend. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Fault) || error.tag !== 'not-found') throw error;
}

/** Keeps a touch and mails it to the user; again only if it is certain that no mail left before. As it stands then. */
async function tell(ground: Ground, user: User, link: Link, touch: Touch): Promise<Touch> {
  const { table } = ground;
  const mine: Touch = { ...touch, word: 'asked' };
  if (await recordTouch(table, user.id, mine)) return sendWord(ground, user, link, mine);
  const known = (await findTouch(table, user.id, mine)) ?? mine;
  if (known.word !== 'waiting' || !(await moveWord(table, user.id, known, 'waiting', 'asked'))) return known;
  return sendWord(ground, user, link, { ...known, word: 'asked' });
}

/** One call of SES. Only the holder of a touch whose word was just set to `asked` may make it. */
async function sendWord(ground: Ground, user: User, link: Link, touch: Touch): Promise<Touch> {
  const outcome = await askSes(ground, user, link, touch);
  log.info('word attempted', { touch: touch.id, kind: touch.kind, outcome });
  // As with a note: what is not known is not sent again.
  if (outcome === 'unknown') return touch;
  const word = outcome === 'accepted' ? 'sent' : 'waiting';
  await moveWord(ground.table, user.id, touch, 'asked', word);
  return { ...touch, word };
}

async function askSes(ground: Ground, user: User, link: Link, touch: Touch): Promise<Sent['outcome']> {
  const { mailFrom } = ground.settings;
  let raw: Buffer;
  try {
    raw = await written(user, link, touch, mailFrom);
  } catch (error) {
    log.error('word not composed', { touch: touch.id, ...failure(error) });
    return 'not-sent';
  }
  // No tag of a note: what becomes of this mail is no news of one.
  const sent = await ground.mailer.send({ raw, from: mailFrom, to: user.email, tags: { word: touch.id } });
  return sent.outcome;
}

async function written(
  user: User,
  { note, article, friend, address }: Link,
  { kind, line }: Touch,
  mailFrom: string,
): Promise<Buffer> {
  // As with letters: who sends no mail does not load what writes it.
  const { composeWord } = await import('../mail/word.tsx');
  const friendName = friend?.name ?? 'A friend';
  const about = kind === 'erased' || kind === 'coffee' ? kind : 'thanks';
  return composeWord({
    kind: about,
    friendName,
    line,
    ...(note && { note: note.text }),
    ...(article && { title: article.title }),
    from: { name: `${friendName} via Hallway`, address: mailFrom },
    to: { name: user.name, address: user.email },
    // Who asks to be forgotten is not handed over once more.
    ...(address && kind !== 'erased' && { replyTo: { name: friendName, address } }),
  });
}
