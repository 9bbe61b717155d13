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
import { isAutomatic } from '../mail/trust.ts';
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
import { newId } from '../platform/ids.ts';
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

type Opened = { mail: IncomingMail } | { refused: RefusedBecause };
type Reading = Extract<Outcome, { kind: 'reading' }>;
type Saved = Extract<Outcome, { kind: 'saved' }>;
type Refused = Extract<Outcome, { kind: 'refused' }>;

/**
 * The door `mail-in`'s work: records what becomes of a mail for each user it was sent to. The envelope says to whom,
 * never the mail's own `To`. Doing it again changes nothing: one mail is one article, one draft and at most one reply.
 */
export async function takeIn(ground: Ground, notification: Notification): Promise<void> {
  const { recipients, action } = notification.receipt;
  const users = await usersOf(ground, recipients);
  if (users.length === 0) {
    log.warn('mail for nobody', { recipients: recipients.length });
    return;
  }
  const opened = await open(ground, action.objectKey);
  for (const user of users) await arrive(ground, user, notification, opened);
}

/** A mail that waits is let in by the user's hand, and with `always` whatever its sender sends from now on. */
export async function acceptArrival(
  ground: Ground,
  user: User,
  arrivalId: string,
  always: boolean,
): Promise<void> {
  const { table } = ground;
  const seen = await getArrival(ground, user.id, arrivalId);
  // What was cut off in the middle is done to its end; anything else is done already.
  if (seen.outcome.kind !== 'held' && seen.outcome.kind !== 'reading') return;
  const reading = seen.outcome.kind === 'reading' ? seen.outcome : newReading();
  if (seen.outcome.kind === 'held') {
    if (!(await settleArrival(table, user.id, seen, reading))) return;
    // Of a sender nobody vouched for it says nothing: their next mail can be anybody's.
    const isKnownNow = always && seen.outcome.because === 'unknown';
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

async function usersOf({ table, settings }: Ground, recipients: string[]): Promise<User[]> {
  const names = new Set(recipients.flatMap((one) => ingestName(one, settings.ingestDomain) ?? []));
  const users = await Promise.all([...names].map((name) => findUserByIngest(table, name)));
  return users.filter((user) => user !== undefined);
}

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

async function arrive(
  ground: Ground,
  user: User,
  { mail: about, receipt }: Notification,
  opened: Opened,
): Promise<void> {
  const now = ground.clock();
  const mail = 'mail' in opened ? opened.mail : undefined;
  const verdict: Verdict =
    'mail' in opened
      ? verdictOn(opened.mail, receipt, await acquaintance(ground, user, opened.mail))
      : { is: 'refused', because: opened.refused };
  const arrival: Arrival = {
    id: newId('mail'),
    objectKey: receipt.action.objectKey,
    from: mail ? (mail.from?.address ?? '') : about.source.replace(/^<|>$/g, ''),
    subject: mail?.subject ?? about.commonHeaders?.subject ?? '',
    attachments: (mail?.attachments ?? []).slice(0, MAX_ATTACHMENTS).flatMap(({ name }) => name || []),
    receivedAt: at(now),
    expiresAt: at(now, ARRIVAL_DAYS * DAY),
    outcome: outcomeOf(verdict),
  };
  const before = await insertArrival(ground.table, user.id, arrival, mail?.messageId ?? about.messageId);
  log.info('mail arrived', { user: user.id, mail: arrival.id, verdict: verdict.is, again: before !== null });
  // By its own verdict, not by the record's: a stranger can write a Message-ID that is known.
  if (verdict.is === 'let-in') await letIn(ground, user, before ?? arrival, opened, true);
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
  const outcome: Outcome =
    'mail' in opened
      ? await keep(ground, user, opened.mail, arrival.outcome, answers)
      : { kind: 'refused', because: opened.refused };
  const settled = await settleArrival(ground.table, user.id, arrival, outcome);
  // Whoever settles it answers, and once: an answer that is lost is not missed, the outcome stands under Settings.
  if (!settled || !answers || outcome.kind !== 'saved' || !('mail' in opened)) return;
  if (!isAutomatic(opened.mail)) await answer(ground, user, opened.mail, outcome);
}

/** The article, and the draft for the friend who is named. */
async function keep(
  ground: Ground,
  user: User,
  mail: IncomingMail,
  { articleId, noteId }: Reading,
  answers: boolean,
): Promise<Saved | Refused> {
  const understood = understand(mail);
  if (understood.kind === 'nothing') return { kind: 'refused', because: understood.why };
  const { title } = understood;
  const input =
    understood.kind === 'body' ? { title, text: understood.text } : { title, url: understood.url };
  const known = { id: articleId, isRead: answers, ...sourceOf(understood) };
  const saved = await saveArticle(ground, user.id, input, 'mail', known).catch((error: unknown) => {
    if (error instanceof Fault && error.tag === 'invalid') return null;
    throw error;
  });
  if (!saved) return { kind: 'refused', because: 'no-address' };
  const { id } = saved.article;
  if (id === articleId) {
    if (answers) await readPage(ground, user.id, id);
    await onArticle(ground, user.id, id);
  }
  const { words, friend: name } = understood;
  const friend = name ? friendNamed(name, await allFriends(ground.table, user.id)) : undefined;
  const isDrafted = await draft(ground, user.id, friend, words, id, noteId);
  return {
    kind: 'saved',
    articleId: id,
    // The page may have said it better than the mail.
    title: (await getArticle(ground, user.id, id)).title,
    alreadySaved: id !== articleId,
    ...(isDrafted ? { noteId, draftFor: friend?.name } : { words, wordsFor: words && name }),
  };
}

function sourceOf(understood: Understood): { byline?: string | undefined; publishedAt?: string | undefined } {
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
): Promise<void> {
  const { baseUrl, mailFrom } = ground.settings;
  const raw = await composeReply({
    to: { name: user.name, address: user.email },
    from: { name: 'Hallway', address: mailFrom },
    subject,
    messageId,
    ...saved,
    names: await namesFor(ground, user.id, saved.articleId),
    url: saved.noteId ? `${baseUrl}/notes#${saved.noteId}` : `${baseUrl}/articles/${saved.articleId}`,
  });
  const tags = { user: user.id, kind: 'mail-in' };
  const { outcome } = await ground.mailer.send({ raw, from: mailFrom, to: user.email, tags });
  if (outcome !== 'accepted') log.warn('mail in not answered', { article: saved.articleId, outcome });
}
