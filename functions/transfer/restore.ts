import { endFilling, findAlias, isFilling, keepAlias, openFilling } from '../accounts/store.ts';
import type { User } from '../accounts/user.ts';
import type { Article } from '../articles/article.ts';
import { addTo, saveArticle } from '../articles/articles.ts';
import {
  addressDigest,
  findArticle,
  findArticleByUrl,
  finishMatch,
  insertArticle,
  listArticles,
} from '../articles/store.ts';
import { type Friend, nextEnd } from '../friends/friend.ts';
import { fillIn } from '../friends/import.ts';
import { friendNamed } from '../friends/named.ts';
import { allFriends, findFriend, listFriends, replaceFriend, restoreFriend } from '../friends/store.ts';
import { isCounted, isMuted, mute, recordSent, wasSent } from '../ledger/store.ts';
import { recordTouch } from '../ledger/touches/store.ts';
import { restoreAnswer, restoreSuggestion } from '../matching/store.ts';
import { next } from '../notes/state.ts';
import { findNote, listNotes, type Resting, restoreNote } from '../notes/store.ts';
import { foldAddress } from '../platform/address.ts';
import { at, MINUTE } from '../platform/clock.ts';
import { Fault } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { type RecordOf, readRecord } from './record.ts';
import { acceptSender, isAccepted } from './store.ts';

/** `merged`: it was here already, and has what only the file knew of it. */
export type Restored = 'created' | 'merged' | { reason: string };

/**
 * Restores one record of an export into this account; done again it changes nothing. Records that are named come before
 * those that name them, so records are restored in the order of their file.
 *
 * - Into an account that holds nothing, what is restored is what was exported, ids and all. Into another, what is
 *   here stays: the same id, the same address of an article, or the same name and address of a friend is the same thing,
 *   and what the file says later of the one holds for the other. A thing that was saved twice, under two ids, gets what
 *   only the file has of it: interests of a friend, an article's text, tags and what was marked.
 * - Nothing leaves by itself. The account that a file comes from may be alive and send its own: what waited, or may have
 *   left, is held until its user says so.
 * - Suggestions come along, so that a whole account needs no matching. What a file adds to an account of its own is matched.
 *
 * The file is anybody's: a record that does not fit is refused with a reason, and writes nothing. Ids name items of this
 * user alone, and no record reaches what all users share.
 */
export async function restoreRecord(ground: Ground, user: User, input: unknown): Promise<Restored> {
  const record = readRecord(input);
  switch (record.type) {
    case 'user':
      return restoreUser(ground, user, record);
    case 'friend':
      return restoreOneFriend(ground, user, record);
    case 'article':
      return restoreArticle(ground, user, record);
    case 'suggestion':
      return restoreOneSuggestion(ground, user, record);
    case 'note':
      return restoreOneNote(ground, user, record);
    case 'sent':
      return restoreSent(ground, user, record);
    case 'touch':
      return restoreTouch(ground, user, record);
    case 'mute':
      return restoreMute(ground, user, record);
    case 'sender':
      return restoreSender(ground, user, record);
    case 'none':
      return { reason: record.reason };
  }
}

/** Name and zone, where there is nothing yet that they belong to. Never the email: it is how this account is known. */
async function restoreUser(ground: Ground, user: User, record: RecordOf<'user'>): Promise<Restored> {
  const { table } = ground;
  const first = { limit: 1 };
  const [friends, articles, notes] = await Promise.all([
    listFriends(table, user.id, first),
    listArticles(table, user.id, first),
    listNotes(table, user.id, first),
  ]);
  if (friends.items.length + articles.items.length + notes.items.length > 0) {
    await endFilling(table, user.id);
    return 'merged';
  }
  await openFilling(table, user.id, record, ground.clock());
  return 'created';
}

async function restoreOneFriend(ground: Ground, user: User, record: RecordOf<'friend'>): Promise<Restored> {
  const { table } = ground;
  const { type: _type, due, ...friend } = record;
  if (await friendHere(ground, user, friend.id)) return 'merged';
  // Their articles are still to come: each is matched as it does.
  if (due) await endFilling(table, user.id);
  const now = ground.clock();
  const isWhole = await isFilling(table, user.id, now);
  const same = isWhole ? undefined : sameFriend(friend, await allFriends(table, user.id));
  if (same) {
    await fillInFriend(ground, user, same, friend);
    // Last, so that what is broken off before is done again; from then on the two are one, and it is not.
    await keepAlias(table, user.id, friend.id, same.id);
    return 'merged';
  }
  const looksBack = !isWhole && friend.interests.length > 0;
  // Their suggestions come with the account; what an ask that has ended by now brought is taken back soon.
  const askEndsAt = nextEnd(friend.interests, '');
  const isNew = await restoreFriend(
    table,
    user.id,
    friend,
    looksBack ? { lookBackAt: at(now) } : { askEndsAt },
  );
  return isNew ? 'created' : 'merged';
}

/** Two edits at once: the second is made on what the first left. */
const FILL_TRIES = 4;

async function fillInFriend(
  { table, clock }: Ground,
  user: User,
  seen: Friend,
  other: Friend,
): Promise<void> {
  let friend: Friend | undefined = seen;
  for (let round = 0; friend && round < FILL_TRIES; round++) {
    const filled = fillIn(friend, other);
    if (!filled) return;
    const looksBack = filled.interests.length > friend.interests.length;
    if (await replaceFriend(table, user.id, filled, looksBack ? at(clock()) : undefined)) return;
    friend = await findFriend(table, user.id, seen.id);
  }
  if (friend) throw new Fault('conflict', 'This friend is being changed elsewhere. Try again.');
}

/** Two people may share an address, but then each has a name of their own. */
function sameFriend(friend: Friend, friends: Friend[]): Friend | undefined {
  const address = friend.email && foldAddress(friend.email);
  const sharing = friends.filter((one) => one.email && foldAddress(one.email) === address);
  return (
    friendNamed(friend.name, sharing) ?? sharing.find(({ name }) => friendNamed(name, [friend]) !== undefined)
  );
}

async function restoreArticle(ground: Ground, user: User, record: RecordOf<'article'>): Promise<Restored> {
  const { table } = ground;
  const { type: _type, text, due, ...article } = record;
  if (await articleHere(ground, user, article.id)) return 'merged';
  const now = ground.clock();
  const work = due ?? ((await isFilling(table, user.id, now)) ? undefined : 'match');
  // Broken off before it is finished, it is matched once more, which changes nothing.
  const dueAt = at(now, work ? 0 : MINUTE);
  const insert = (one: Article) => insertArticle(table, user.id, one, text, work ?? 'match', dueAt);
  if (!(await insert(article))) {
    const same = await articleAt(ground, user, article);
    if (same) {
      if (same.id === article.id) return 'merged';
      await fillInArticle(ground, user, same, article, text);
      await keepAlias(table, user.id, article.id, same.id);
      return 'merged';
    }
    // Another name that it had there belongs to another article here.
    const { aliases: _aliases, ...alone } = article;
    if (!(await insert(alone))) return { reason: 'This article is being saved elsewhere. Import it again.' };
  }
  if (!work) await finishMatch(table, user.id, article.id);
  return 'created';
}

async function fillInArticle(
  ground: Ground,
  user: User,
  same: Article,
  { title, selection, tags = [], wordCount, savedBy }: Article,
  text: string,
): Promise<void> {
  const url = same.canonicalUrl;
  if (url && same.wordCount === 0 && wordCount > 0) {
    await saveArticle(ground, user.id, { url, title, text, selection }, savedBy, { tags });
  } else {
    await addTo(ground, user.id, same, { selection, tags });
  }
}

async function articleAt(
  ground: Ground,
  user: User,
  { id, url, canonicalUrl }: Article,
): Promise<Article | undefined> {
  const { table } = ground;
  const own = await findArticle(table, user.id, id);
  if (own) return own;
  for (const address of [canonicalUrl, url]) {
    const same = address && (await findArticleByUrl(table, user.id, address));
    if (same) return same;
  }
  return undefined;
}

async function restoreOneSuggestion(
  ground: Ground,
  user: User,
  record: RecordOf<'suggestion'>,
): Promise<Restored> {
  const { type: _type, ...known } = record;
  const [article, friend] = await Promise.all([
    articleHere(ground, user, known.articleId),
    friendHere(ground, user, known.friendId),
  ]);
  if (!article || !friend) return { reason: 'The article or the friend of this suggestion is not here.' };
  const suggestion = { ...known, articleId: article.id, friendId: friend.id };
  const interests = new Set(friend.interests.map(({ id }) => id));
  const isFounded = known.reasons.every(({ interestId }) => interests.has(interestId));
  // An answer stands for itself. A suggestion stands on the friend's interests: where those are others, matching has
  // its own.
  if (known.state === 'open' && !isFounded) return 'merged';
  if (await restoreSuggestion(ground.table, user.id, suggestion)) return 'created';
  if (known.state !== 'open') await restoreAnswer(ground.table, user.id, suggestion);
  return 'merged';
}

async function restoreOneNote(ground: Ground, user: User, record: RecordOf<'note'>): Promise<Restored> {
  const { table } = ground;
  // A complaint stops the address a note went to for every user: only a claim may say which that was.
  const { type: _type, to: _to, ...note } = record;
  if (await findNote(table, user.id, note.id)) return 'merged';
  const [article, friend] = await Promise.all([
    note.articleId ? articleHere(ground, user, note.articleId) : undefined,
    friendHere(ground, user, note.friendId),
  ]);
  const restored = resting({
    ...note,
    ...(article && { articleId: article.id }),
    ...(friend && { friendId: friend.id }),
  });
  // The caps know notes by their ids: one that was counted and deleted would pass them when it comes back.
  const canLeave = next(restored.state, 'seal') ?? next(restored.state, 'send-again');
  if (canLeave && (await isCounted(table, user.id, note.id, ground.clock()))) {
    return { reason: 'This note was on its way from this account today. Import it again tomorrow.' };
  }
  return (await restoreNote(table, user.id, restored)) ? 'created' : 'merged';
}

/** What would be sent, or may have been, waits for its user. */
function resting(note: Omit<RecordOf<'note'>, 'type' | 'to'>): Resting {
  const { state } = note;
  return state === 'scheduled' || state === 'sending' || state === 'uncertain'
    ? { ...note, state: 'held', heldBecause: 'restored' }
    : { ...note, state };
}

async function restoreSent(ground: Ground, user: User, record: RecordOf<'sent'>): Promise<Restored> {
  const { table } = ground;
  const note = await findNote(table, user.id, record.noteId);
  const article = note?.articleId ? await findArticle(table, user.id, note.articleId) : undefined;
  const friendId = (await friendHere(ground, user, record.friendId))?.id ?? record.friendId;
  // The article may have another address here than it had there.
  const digests = new Set([record.digest, ...(article ? [addressDigest(article)] : [])]);
  let restored: Restored = 'merged';
  for (const digest of digests) {
    if (await wasSent(table, user.id, friendId, digest)) continue;
    await recordSent(table, user.id, friendId, digest, record.noteId, new Date(record.at));
    restored = 'created';
  }
  return restored;
}

async function restoreTouch(ground: Ground, user: User, record: RecordOf<'touch'>): Promise<Restored> {
  const { type: _type, ...touch } = record;
  const friendId = (await friendHere(ground, user, touch.friendId))?.id ?? touch.friendId;
  return (await recordTouch(ground.table, user.id, { ...touch, friendId })) ? 'created' : 'merged';
}

async function restoreMute(ground: Ground, user: User, record: RecordOf<'mute'>): Promise<Restored> {
  const hash = record.address ? ground.secrets.addressHash(record.address) : record.hash;
  if (await isMuted(ground.table, user.id, hash)) return 'merged';
  await mute(ground.table, user.id, hash, new Date(record.at));
  return 'created';
}

async function restoreSender(ground: Ground, user: User, record: RecordOf<'sender'>): Promise<Restored> {
  if (await isAccepted(ground.table, user.id, record.address)) return 'merged';
  await acceptSender(ground.table, user.id, record.address, new Date(record.acceptedAt));
  return 'created';
}

async function friendHere(ground: Ground, user: User, id: string): Promise<Friend | undefined> {
  const { table } = ground;
  const friend = await findFriend(table, user.id, id);
  if (friend) return friend;
  const known = await findAlias(table, user.id, id);
  return known ? findFriend(table, user.id, known) : undefined;
}

async function articleHere(ground: Ground, user: User, id: string): Promise<Article | undefined> {
  const { table } = ground;
  const article = await findArticle(table, user.id, id);
  if (article) return article;
  const known = await findAlias(table, user.id, id);
  return known ? findArticle(table, user.id, known) : undefined;
}
