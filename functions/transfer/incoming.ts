import { ingestName } from '../accounts/ingest.ts';
import { findUserByIngest } from '../accounts/store.ts';
import type { User } from '../accounts/user.ts';
import { getArticle, saveArticle } from '../articles/articles.ts';
import { readPage } from '../articles/read-page.ts';
import type { Friend } from '../friends/friend.ts';
import { friendNamed } from '../friends/named.ts';
import { allFriends } from '../friends/store.ts';
import { composeReply } from '../mail/compose.ts';
import type { Notification } from '../mail/notification.ts';
import { type IncomingMail, MAX_MAIL_BYTES, readMail } from '../mail/parse.ts';
import { isAutomatic, Receipt } from '../mail/trust.ts';
import { type Understood, understand } from '../mail/understand.ts';
import { onArticle } from '../matching/matching.ts';
import { suggestionsOf } from '../matching/store.ts';
import { isSuggested } from '../matching/suggestion.ts';
import { NewNote } from '../notes/note.ts';
import { keepNote, newNote } from '../notes/notes.ts';
import { foldAddress } from '../platform/address.ts';
import { at, DAY } from '../platform/clock.ts';
import { Fault } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { idOf, newId } from '../platform/ids.ts';
import { failure, log } from '../platform/log.ts';
import type { Arrival, Outcome, RefusedBecause } from './arrival.ts';
import {
  ARRIVAL_DAYS,
  acceptSender,
  findArrival,
  insertArrival,
  isAccepted,
  settleArrival,
} from './store.ts';
import { type Acquaintance, type Verdict, verdictOn } from './verdict.ts';

/** More names are no answer to "who is it for?". */
const MAX_NAMES = 5;
const MAX_ATTACHMENTS = 20;
/** Of a mail that could not be read: as much as of one that could. */
const MAX_TOLD_SUBJECT = 1_000;

type Opened = { mail: IncomingMail } | { refused: RefusedBecause };
type Reading = Extract<Outcome, { kind: 'reading' }>;
type Saved = Extract<Outcome, { kind: 'saved' }>;
type Refused = Extract<Outcome, { kind: 'refused' }>;

/** What the receiving server says of a mail, whatever stands in it. */
interface Told {
  objectKey: string;
  /** It came to several users. */
  isShared: boolean;
  /** The server's own name of it. */
  messageId: string;
  source: string;
  subject: string;
  receipt: Receipt;
  receivedAt: string;
  /** The record it has while nobody could open it. */
  unopenedId: string;
}

/**
 * The door `mail-in`'s work: records what becomes of a mail for each user it was sent to. The envelope says to whom,
 * never the mail's own `To`. Doing it again changes nothing: one mail is one article, one draft and at most one reply.
 *
 * What fails is recorded before it is thrown: no try to come has to succeed for the user to know of the mail.
 */
export async function takeIn(ground: Ground, notification: Notification): Promise<void> {
  const users = await usersOf(ground, notification.receipt.recipients);
  if (users.length === 0) return;
  const told = toldBy(notification, users.length > 1, ground.clock());
  const opened = await open(ground, told.objectKey).catch((error: unknown) => ({ failed: error }));
  if ('failed' in opened) {
    for (const user of users) await insertArrival(ground.table, user.id, unopened(told), told.unopenedId);
    throw opened.failed;
  }
  // What fails for one of them keeps it from nobody else.
  const failures: unknown[] = [];
  for (const user of users) {
    await arrive(ground, user, told, opened, true).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

/**
 * A mail that waits is let in by the user's hand, and with `always` whatever its sender sends from now on. One that was
 * cut off is done to its end, and one that nobody could open is looked at as if it came now.
 */
export async function acceptArrival(
  ground: Ground,
  user: User,
  arrivalId: string,
  always: boolean,
): Promise<void> {
  const { table } = ground;
  const seen = await getArrival(ground, user.id, arrivalId);
  const { outcome } = seen;
  if (outcome.kind === 'unopened') {
    const { objectKey, isShared = false, from: source, subject, receivedAt, id: unopenedId } = seen;
    const told = { objectKey, isShared, source, subject, receivedAt, unopenedId, ...outcome };
    return arrive(ground, user, told, await open(ground, objectKey), false);
  }
  if (outcome.kind !== 'held' && outcome.kind !== 'reading') return;
  const reading = outcome.kind === 'reading' ? outcome : newReading();
  if (outcome.kind === 'held') {
    if (!(await settleArrival(table, user.id, seen, reading))) return;
    // Of a sender nobody vouched for it says nothing: their next mail can be anybody's.
    const isKnownNow = always && outcome.because === 'unknown';
    if (isKnownNow) await acceptSender(table, user.id, seen.from, ground.clock());
  }
  const opened = await open(ground, seen.objectKey);
  await letIn(ground, user, { ...seen, outcome: reading }, opened, false);
}

/** Out of the user's sight. What was saved stays saved. */
export async function throwAway(ground: Ground, userId: string, arrivalId: string): Promise<void> {
  const seen = await getArrival(ground, userId, arrivalId);
  if (seen.outcome.kind === 'reading' || seen.outcome.kind === 'saved') return;
  await settleArrival(ground.table, userId, seen, { kind: 'thrown-away' });
}

/** Fault `not-found`, also for another user's. */
async function getArrival(ground: Ground, userId: string, arrivalId: string): Promise<Arrival> {
  const arrival = await findArrival(ground.table, userId, arrivalId, ground.clock());
  if (!arrival) throw new Fault('not-found', 'There is no such mail.');
  return arrival;
}

/** Whose secret addresses these are. The others are counted, and that is all. */
async function usersOf({ table, settings }: Ground, recipients: string[]): Promise<User[]> {
  const names = [...new Set(recipients.map((one) => ingestName(one, settings.ingestDomain)))];
  const found = await Promise.all(names.map((name) => (name ? findUserByIngest(table, name) : undefined)));
  const users = found.filter((user) => user !== undefined);
  const unknown = names.length - users.length;
  if (unknown > 0) log.warn('mail for nobody', { recipients: unknown });
  return users;
}

function toldBy({ mail, receipt }: Notification, isShared: boolean, now: Date): Told {
  return {
    objectKey: receipt.action.objectKey,
    isShared,
    messageId: mail.messageId,
    source: mail.source.replace(/^<|>$/g, ''),
    subject: (mail.commonHeaders?.subject ?? '').slice(0, MAX_TOLD_SUBJECT),
    receipt: Receipt.parse(receipt),
    receivedAt: at(now),
    unopenedId: idOf('mail', mail.messageId, new Date(mail.timestamp)),
  };
}

function unopened({ unopenedId: id, messageId, receipt, ...told }: Told): Arrival {
  const { objectKey, isShared, source: from, subject, receivedAt } = told;
  const expiresAt = at(new Date(receivedAt), ARRIVAL_DAYS * DAY);
  const outcome: Outcome = { kind: 'unopened', messageId, receipt };
  const kept = { objectKey, ...(isShared && { isShared }) };
  return { id, ...kept, from, subject, attachments: [], receivedAt, expiresAt, outcome };
}

/** Throws what another try may mend: the mail is there, and could not be had now. */
async function open(ground: Ground, objectKey: string): Promise<Opened> {
  const raw = await ground.objects.get(objectKey, MAX_MAIL_BYTES);
  if (typeof raw === 'string') return { refused: raw };
  try {
    return { mail: await readMail(raw) };
  } catch (error) {
    // Nothing but the mail decides this: another try would end the same.
    const isFault = error instanceof Fault;
    if (!isFault) log.error('mail not read', failure(error));
    return { refused: isFault && error.tag === 'too-large' ? 'too-large' : 'unreadable' };
  }
}

/** `answers`: the user is told by mail what became of it, and waits for the page of a link. */
async function arrive(
  ground: Ground,
  user: User,
  told: Told,
  opened: Opened,
  answers: boolean,
): Promise<void> {
  const mail = 'mail' in opened ? opened.mail : undefined;
  const verdict: Verdict =
    'mail' in opened
      ? verdictOn(opened.mail, told.receipt, await acquaintance(ground, user, opened.mail))
      : { is: 'refused', because: opened.refused };
  const waited = unopened(told);
  const arrival: Arrival = {
    ...waited,
    id: newId('mail'),
    ...(mail && { from: mail.from?.address ?? '', subject: mail.subject }),
    attachments: (mail?.attachments ?? []).slice(0, MAX_ATTACHMENTS).flatMap(({ name }) => name || []),
    outcome: outcomeOf(verdict),
  };
  const before = await record(ground, user.id, arrival, mail?.messageId ?? told.messageId);
  await settleArrival(ground.table, user.id, waited, { kind: 'thrown-away' });
  log.info('mail arrived', { user: user.id, mail: arrival.id, verdict: verdict.is, again: before !== null });
  // By its own verdict, not by the record's: a stranger can write a Message-ID that is known.
  if (verdict.is === 'let-in') await letIn(ground, user, before ?? arrival, opened, answers);
}

const LET_IN: Outcome['kind'][] = ['reading', 'saved', 'refused'];

/**
 * Null: recorded; else what was recorded of the same mail before. A Message-ID is the sender's word: another mail that
 * bears it is recorded beside the first, and one that waits at the door does not keep out one that is let in.
 */
async function record(
  { table }: Ground,
  userId: string,
  arrival: Arrival,
  messageId: string,
): Promise<Arrival | null> {
  const before = await insertArrival(table, userId, arrival, messageId);
  if (!before || before.objectKey === arrival.objectKey) return before;
  const isSame =
    foldAddress(before.from) === foldAddress(arrival.from) &&
    (arrival.outcome.kind !== 'reading' || LET_IN.includes(before.outcome.kind));
  return isSame ? before : insertArrival(table, userId, arrival, `${messageId} ${arrival.objectKey}`);
}

async function acquaintance(ground: Ground, user: User, { from }: IncomingMail): Promise<Acquaintance> {
  if (!from) return 'stranger';
  if (foldAddress(from.address) === foldAddress(user.email)) return 'self';
  return (await isAccepted(ground.table, user.id, from.address)) ? 'accepted' : 'stranger';
}

function newReading(): Reading {
  return { kind: 'reading', articleId: newId('art'), noteId: newId('nte') };
}

function outcomeOf(verdict: Verdict): Outcome {
  switch (verdict.is) {
    case 'let-in':
      return newReading();
    case 'shown':
      return { kind: 'shown', ...verdict.confirmation };
    case 'held':
      return { kind: 'held', because: verdict.because };
    case 'refused':
      return { kind: 'refused', because: verdict.because };
    default:
      return verdict satisfies never;
  }
}

/**
 * What the mail asks for, unless it was done before. `answers`: the user is told by mail, which waits for the page of
 * a link; else the page is read behind the queue.
 */
async function letIn(
  ground: Ground,
  user: User,
  arrival: Arrival,
  opened: Opened,
  answers: boolean,
): Promise<void> {
  if (arrival.outcome.kind !== 'reading') return;
  const { outcome, isMatched }: Done =
    'mail' in opened
      ? await keep(ground, user, opened.mail, arrival.outcome, answers)
      : { outcome: { kind: 'refused', because: opened.refused }, isMatched: false };
  const settled = await settleArrival(ground.table, user.id, arrival, outcome);
  // Whoever settles it answers, and once: an answer that is lost is not missed, the outcome stands under Settings.
  if (!settled || !answers || outcome.kind !== 'saved' || !('mail' in opened)) return;
  if (!isAutomatic(opened.mail)) await answer(ground, user, opened.mail, outcome, isMatched);
}

interface Done {
  outcome: Saved | Refused;
  /** False: `suggest` still looks for whom it could be for. */
  isMatched: boolean;
}

function refuse(because: RefusedBecause): Done {
  return { outcome: { kind: 'refused', because }, isMatched: false };
}

/** The article, and the draft for the friend who is named. */
async function keep(
  ground: Ground,
  user: User,
  mail: IncomingMail,
  { articleId, noteId }: Reading,
  answers: boolean,
): Promise<Done> {
  const understood = meaningOf(mail);
  if (understood.kind === 'nothing') return refuse(understood.why);
  const { title } = understood;
  const input =
    understood.kind === 'body' ? { title, text: understood.text } : { title, url: understood.url };
  const from = senderOf(understood) ?? strangerOf(mail, user);
  const fromHash = from && ground.secrets.addressHash(from);
  const known = { id: articleId, isRead: answers, ...sourceOf(understood), fromHash };
  const saved = await saveArticle(ground, user.id, input, 'mail', known).catch((error: unknown) => {
    if (error instanceof Fault && error.tag === 'invalid') return null;
    throw error;
  });
  if (!saved) return refuse('no-address');
  const { id, isMatched } =
    saved.article.id === articleId
      ? await readAndMatch(ground, user.id, articleId, answers)
      : { id: saved.article.id, isMatched: true };
  const { words, friend: name } = understood;
  const friend = name ? friendNamed(name, await allFriends(ground.table, user.id)) : undefined;
  const isDrafted = await draft(ground, user.id, friend, words, id, noteId);
  const outcome: Saved = {
    kind: 'saved',
    articleId: id,
    // The page may have said it better than the mail.
    title: (await getArticle(ground, user.id, id)).title,
    alreadySaved: id !== articleId,
    ...(isDrafted ? { noteId, draftFor: friend?.name } : { words, wordsFor: words && name }),
  };
  return { outcome, isMatched };
}

type Meaning = Understood | { kind: 'nothing'; why: 'unreadable' };

/** Nothing but the mail decides this: another try would end the same. */
function meaningOf(mail: IncomingMail): Meaning {
  try {
    return understand(mail);
  } catch (error) {
    log.error('mail not understood', failure(error));
    return { kind: 'nothing', why: 'unreadable' };
  }
}

/**
 * `id`: of the article, or of the one that it turned out to be. What fails here is no failure of the mail: the article
 * is kept, and stands in the due index.
 */
async function readAndMatch(
  ground: Ground,
  userId: string,
  articleId: string,
  reads: boolean,
): Promise<{ id: string; isMatched: boolean }> {
  let id = articleId;
  try {
    if (reads) id = (await readPage(ground, userId, id)) ?? id;
    await onArticle(ground, userId, id);
    return { id, isMatched: true };
  } catch (error) {
    log.error('mail in not matched', { article: id, ...failure(error) });
    return { id, isMatched: false };
  }
}

/** Who wrote the letter that was sent on. */
function senderOf(understood: Meaning): string | undefined {
  return 'sender' in understood ? understood.sender?.address : undefined;
}

/** Whoever sent it in, if it was not the user. */
function strangerOf({ from }: IncomingMail, user: User): string | undefined {
  return from && foldAddress(from.address) !== foldAddress(user.email) ? from.address : undefined;
}

function sourceOf(understood: Meaning): { byline?: string | undefined; publishedAt?: string | undefined } {
  if (understood.kind !== 'body') return {};
  const { sender, date } = understood;
  return {
    byline: sender?.name || sender?.address,
    publishedAt: date && `${date}T00:00:00.000Z`,
  };
}

/** False: there is nobody to write to, or nothing to write. */
async function draft(
  ground: Ground,
  userId: string,
  friend: Friend | undefined,
  text: string | undefined,
  articleId: string,
  noteId: string,
): Promise<boolean> {
  const wanted = NewNote.safeParse({ friendId: friend?.id, articleId, text });
  if (!friend || !wanted.success) return false;
  await keepNote(ground, userId, { ...(await newNote(ground, userId, friend, wanted.data)), id: noteId });
  return true;
}

/** Whom the article could be for, best first. */
async function namesFor(ground: Ground, userId: string, articleId: string): Promise<string[]> {
  const [suggestions, friends] = await Promise.all([
    suggestionsOf(ground.table, userId, articleId),
    allFriends(ground.table, userId),
  ]);
  return suggestions
    .filter(isSuggested)
    .flatMap(({ friendId }) => friends.find(({ id }) => id === friendId)?.name ?? [])
    .slice(0, MAX_NAMES);
}

/** To the user's own address, whoever sent the mail in. */
async function answer(
  ground: Ground,
  user: User,
  { subject, messageId }: IncomingMail,
  saved: Saved,
  isMatched: boolean,
): Promise<void> {
  const { baseUrl, mailFrom } = ground.settings;
  const raw = await composeReply({
    to: { name: user.name, address: user.email },
    from: { name: 'Hallway', address: mailFrom },
    subject,
    messageId,
    ...saved,
    names: isMatched ? await namesFor(ground, user.id, saved.articleId) : undefined,
    url: saved.noteId ? `${baseUrl}/notes#${saved.noteId}` : `${baseUrl}/articles/${saved.articleId}`,
  });
  const tags = { user: user.id, kind: 'mail-in' };
  const { outcome } = await ground.mailer.send({ raw, from: mailFrom, to: user.email, tags });
  if (outcome !== 'accepted') log.warn('mail in not answered', { article: saved.articleId, outcome });
}
