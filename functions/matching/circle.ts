import type { Friend } from '../friends/friend.ts';
import { allFriends, friendsStamp, walkFriends } from '../friends/store.ts';
import { MINUTE } from '../platform/clock.ts';
import type { Ground } from '../platform/ground.ts';
import type { Table } from '../platform/table.ts';
import { encodeInterest, type InterestForm } from './encode.ts';
import { weightOf } from './learning.ts';
import { interestsOf, type KnownFriend, MOST_AMONG } from './match.ts';
import type { Models } from './models.ts';
import { allFriendForms, findFriendForms, putFriendForms, type StoredForm } from './store.ts';
import { packInterest, unpackInterest } from './stored.ts';

/**
 * Interests that are encoded where somebody waits, at 50 ms each. What is left is matched by its words alone for this
 * once: whoever added so many at once is looked back for anyway, and then all of theirs are encoded.
 */
const MOST_AT_ONCE = 20;

/** The stamp says what changed; this is for a writer that died before it could move it (milliseconds). */
const KEPT_FOR = 5 * MINUTE;
/** Interests in memory, of all users of this function: 2 KB each. */
const MOST_KEPT = 20_000;

/** The form of an interest, and the words it was made from. */
interface Made {
  text: string;
  form: InterestForm;
}
/** By interest. */
type Forms = Map<string, Made>;

interface Kept {
  stamp: number;
  readAt: number;
  friends: Friend[];
  forms: Forms;
}

const kept = new Map<string, Kept>();

/** Called only where there are friends; never fails. */
export type Load = () => Promise<Models>;

/** A user's friends, ready to be matched with any article. Read again only if their stamp has moved. */
export async function circleOf(ground: Ground, userId: string, models: Load): Promise<KnownFriend[]> {
  const { friends, forms } = await read(ground, userId, models);
  let left = MOST_AT_ONCE;
  for (const friend of friends) {
    if (left <= 0) break;
    left -= await encodeMissing(ground, userId, friend, forms, models, left);
  }
  return Promise.all(friends.map((friend) => knownAs(friend, forms, ground)));
}

/**
 * One friend, with all their interests encoded. `among`: the interests of all friends of this user, counted up to where
 * more make no difference.
 */
export async function knownFriend(
  ground: Ground,
  userId: string,
  friend: Friend,
  models: Load,
): Promise<{ known: KnownFriend; among: number }> {
  const { table } = ground;
  const [stored, among] = await Promise.all([
    findFriendForms(table, userId, friend.id),
    countInterests(table, userId),
  ]);
  const forms = unpacked(stored);
  await encodeMissing(ground, userId, friend, forms, models, friend.interests.length);
  return { known: await knownAs(friend, forms, ground), among };
}

async function countInterests(table: Table, userId: string): Promise<number> {
  let count = 0;
  for await (const friends of walkFriends(table, userId)) {
    count += interestsOf(friends.map(({ friend }) => friend));
    if (count >= MOST_AMONG) break;
  }
  return count;
}

async function read(ground: Ground, userId: string, models: Load): Promise<Kept> {
  const { table } = ground;
  const name = `${table.name} ${userId}`;
  const now = ground.clock().getTime();
  const stamp = await friendsStamp(table, userId);
  const before = kept.get(name);
  if (before && before.stamp === stamp && Math.abs(now - before.readAt) < KEPT_FOR) return before;
  // Who has friends will need them: they are loaded while the friends are read.
  if (stamp > 0) void models();
  const [friends, stored] = await Promise.all([allFriends(table, userId), allFriendForms(table, userId)]);
  const forms = unpacked(...stored.values());
  const read = { stamp, readAt: now, friends, forms };
  keep(name, read);
  return read;
}

function unpacked(...stored: Record<string, StoredForm>[]): Forms {
  const forms: Forms = new Map();
  for (const ofFriend of stored) {
    for (const [interestId, { text, bytes }] of Object.entries(ofFriend)) {
      const form = unpackInterest(bytes);
      if (form) forms.set(interestId, { text, form });
    }
  }
  return forms;
}

/** The ones not asked for longest are let go first. */
function keep(name: string, read: Kept): void {
  kept.delete(name);
  kept.set(name, read);
  let interests = 0;
  for (const [other, { forms }] of [...kept].reverse()) {
    interests += forms.size;
    if (interests > MOST_KEPT && other !== name) kept.delete(other);
  }
}

/** Encodes what is not yet, at most `most`, and keeps it; how many they were. */
async function encodeMissing(
  ground: Ground,
  userId: string,
  friend: Friend,
  forms: Forms,
  models: Load,
  most: number,
): Promise<number> {
  const missing = friend.interests.filter(({ id, text }) => forms.get(id)?.text !== text).slice(0, most);
  if (missing.length === 0) return 0;
  const loaded = await models();
  for (const { id, text } of missing) {
    const form = await encodeInterest(text, loaded);
    // As it comes back from the table, so that whoever reads it there finds the same.
    forms.set(id, { text, form: unpackInterest(packInterest(form)) ?? form });
  }
  const all = friend.interests.flatMap(({ id }): [string, StoredForm][] => {
    const made = forms.get(id);
    return made ? [[id, { text: made.text, bytes: packInterest(made.form) }]] : [];
  });
  await putFriendForms(ground.table, userId, friend.id, Object.fromEntries(all));
  return missing.length;
}

async function knownAs(friend: Friend, forms: Forms, { clock }: Ground): Promise<KnownFriend> {
  const now = clock();
  const interests = await Promise.all(
    friend.interests.map(async (interest) => {
      const made = forms.get(interest.id);
      const form = made?.text === interest.text ? made.form : await encodeInterest(interest.text, {});
      return { interest, form, learned: weightOf(friend.learned?.[interest.id], now) };
    }),
  );
  return { friend, interests };
}
