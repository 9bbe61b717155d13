import type { User } from '../accounts/user.ts';
import type { Article } from '../articles/article.ts';
import { walkLibrary } from '../articles/store.ts';
import { walkFriends } from '../friends/store.ts';
import { allMutes, walkSent } from '../ledger/store.ts';
import { walkTouches } from '../ledger/touches/store.ts';
import { walkSuggestions } from '../matching/store.ts';
import { walkNotes } from '../notes/store.ts';
import { at } from '../platform/clock.ts';
import type { Ground } from '../platform/ground.ts';
import { EXPORT_VERSION, type ExportRecord, type RecordOf } from './record.ts';
import { listSenders } from './store.ts';

/**
 * Everything an account holds, as one JSON file in pieces: `{"hallway":1,"exportedAt":"…","records":[…]}`, one record a
 * line, what is named before what names it. Nothing is held but a page of each kind, and the people: an account of any
 * size streams.
 *
 * | held in the table                      | in the file                                                                |
 * |----------------------------------------|----------------------------------------------------------------------------|
 * | user                                   | `user`: name, email, zone, since when                                      |
 * | tokens, sessions, sign-in links        | no: credentials, and only their hashes are held                            |
 * | ingest address, serials                | no: credentials; another account has its own                               |
 * | friends, interests                     | `friend`; those deleted left only a tombstone: no                          |
 * | articles, texts                        | `article`, with its text                                                   |
 * | URLs                                   | no: they follow from the articles                                          |
 * | suggestions                            | `suggestion`, with the user's answer                                       |
 * | notes                                  | `note`, in every state; not when the queue looks again                     |
 * | sent                                   | `sent`                                                                     |
 * | touches                                | `touch`; not whether its mail went                                         |
 * | a link's days                          | no: they count for the limit of a day                                      |
 * | mutes                                  | `mute`; whoever called a letter of this user's unwanted is one, too        |
 * | let-in senders                         | `sender`                                                                   |
 * | user's days                            | no: they count for the caps of a day, and nothing else; notes say when     |
 * | arrivals                               | no: they end after 30 days; what they made is an article and a draft       |
 * | imports, answers, other names          | no: they are about requests and files, not about people                    |
 * | an address's days and stops            | no: they are about every user's notes                                      |
 */
export async function* exportRecords(ground: Ground, user: User): AsyncGenerator<string> {
  yield `{"hallway":${EXPORT_VERSION},"exportedAt":"${at(ground.clock())}","records":[`;
  let before = '\n';
  for await (const record of recordsOf(ground, user)) {
    yield before + JSON.stringify(record);
    before = ',\n';
  }
  yield '\n]}\n';
}

async function* recordsOf(ground: Ground, user: User): AsyncGenerator<ExportRecord> {
  const { table, secrets } = ground;
  // The ledger has hashes alone: friends and notes tell what addresses they are of.
  const addresses = new Map<string, string>();
  const unwanted = new Map<string, string>();
  yield userRecord(user);
  for await (const page of walkFriends(table, user.id)) {
    for (const { friend, looksBack } of page) {
      const { workFailed: _failed, ...kept } = friend;
      if (friend.email) addresses.set(secrets.addressHash(friend.email), friend.email);
      yield { type: 'friend', ...kept, ...(looksBack && { due: 'look-back' }) };
    }
  }
  const library: AsyncIterable<Shelved[]> = walkLibrary(table, user.id);
  for await (const page of library) yield* page.map(articleRecord);
  for await (const page of walkSuggestions(table, user.id)) {
    yield* page.map((suggestion) => ({ type: 'suggestion' as const, ...suggestion }));
  }
  for await (const page of walkNotes(table, user.id)) {
    for (const { dueAt: _due, ...note } of page) {
      if (note.to) {
        const hash = secrets.addressHash(note.to);
        addresses.set(hash, note.to);
        if (note.state === 'complained') unwanted.set(hash, note.updatedAt);
      }
      yield { type: 'note', ...note };
    }
  }
  for await (const page of walkSent(table, user.id)) {
    yield* page.map((sent) => ({ type: 'sent' as const, ...sent }));
  }
  for await (const page of walkTouches(table, user.id)) {
    for (const { word: _word, ...touch } of page) yield { type: 'touch', ...touch };
  }
  const mutes = await allMutes(table, user.id);
  for (const { hash } of mutes) unwanted.delete(hash);
  // Their address is stopped for everybody here, which another installation does not know.
  for (const [hash, since] of unwanted) mutes.push({ hash, at: since });
  for (const { hash, at: since } of mutes) {
    const address = addresses.get(hash);
    yield { type: 'mute', hash, ...(address && { address }), at: since };
  }
  for (const { address, acceptedAt } of await listSenders(table, user.id)) {
    yield { type: 'sender', address, acceptedAt };
  }
}

function userRecord({ name, email, timeZone, createdAt }: User): RecordOf<'user'> {
  return { type: 'user', name, email, timeZone, createdAt };
}

interface Shelved {
  article: Article;
  text: string;
  /** What is still to be done with it. */
  work?: 'fetch' | 'match';
}

function articleRecord({ article, text, work }: Shelved): RecordOf<'article'> {
  const { workFailed, ...kept } = article;
  const isUnread = article.url !== undefined && article.wordCount === 0 && article.readAt === undefined;
  // What was given up is worth another try where it is restored.
  const due = work ?? (workFailed ? (isUnread ? 'fetch' : 'match') : undefined);
  return { type: 'article', ...kept, text, ...(due && { due }) };
}
