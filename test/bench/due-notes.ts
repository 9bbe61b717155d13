import { addUser } from '../../functions/accounts/accounts.ts';
import type { User } from '../../functions/accounts/user.ts';
import { insertArticle } from '../../functions/articles/store.ts';
import type { Friend } from '../../functions/friends/friend.ts';
import { addFriend } from '../../functions/friends/friends.ts';
import type { Note } from '../../functions/notes/note.ts';
import { writeNote } from '../../functions/notes/notes.ts';
import { at, DAY } from '../../functions/platform/clock.ts';
import type { Ground } from '../../functions/platform/ground.ts';
import { newId } from '../../functions/platform/ids.ts';

/** What a day's caps allow: so many notes of a user, so many to an address. */
const OF_A_USER = 20;
const TO_A_FRIEND = 2;
const WRITERS = 16;

const TEXT = `I read this on the train and thought of your kitchen table, and of the map you drew on it. No need to answer.

Come by when the harbour is open again, I will bring the bread.`;

export interface Written {
  user: User;
  friend: Friend;
  note: Note;
}

/** Does `work` for each of 0 to `count` - 1, some at a time. */
export async function each(
  count: number,
  atOnce: number,
  work: (place: number) => Promise<void>,
): Promise<void> {
  const places = Array.from({ length: count }, (_, place) => place).values();
  const worker = async () => {
    for (const place of places) await work(place);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/**
 * Real notes of real users to real friends, all for the same instant, by the functions that the API calls; no day's cap is
 * passed. `round` keeps their names apart. `site`: each note carries an article of its own, at that address.
 */
export async function writeNotes(
  ground: Ground,
  { count, dueAt, round, site }: { count: number; dueAt: Date; round: string; site?: string | undefined },
): Promise<Written[]> {
  // A note that leaves `now` leaves after the time to undo it.
  const sealedAt = new Date(dueAt.getTime() - ground.settings.undoSeconds * 1000);
  const on: Ground = { ...ground, clock: () => sealedAt };
  const written: Written[] = [];
  await each(Math.ceil(count / OF_A_USER), WRITERS, async (n) => {
    const { user } = await addUser(on, { email: `user-${round}-${n}@users.example`, name: 'Ada Lovelace' });
    let friend: Friend | undefined;
    for (let place = 0; place < Math.min(OF_A_USER, count - n * OF_A_USER); place++) {
      if (!friend || place % TO_A_FRIEND === 0) {
        const email = `friend-${round}-${n}-${place}@friends.example`;
        friend = await addFriend(on, user, { name: 'Grace Hopper', email });
      }
      const articleId = site && (await keepArticle(on, user.id, `${site}/story/${round}-${n}-${place}`));
      const note = await writeNote(on, user, {
        friendId: friend.id,
        text: TEXT,
        moment: { kind: 'now' },
        ...(articleId && { articleId }),
      });
      written.push({ user, friend, note });
    }
  });
  return written;
}

/** It is matched another day: that is not what is measured. */
async function keepArticle({ table, clock }: Ground, userId: string, url: string): Promise<string> {
  const article = {
    id: newId('art'),
    url,
    title: 'A harbour that closes for lunch',
    wordCount: 1_000,
    minutes: 5,
    savedAt: at(clock()),
    savedBy: 'api' as const,
  };
  await insertArticle(table, userId, article, '', 'match', at(clock(), 7 * DAY));
  return article.id;
}
