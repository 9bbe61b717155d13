import { isDeepStrictEqual } from 'node:util';
import type { User } from '../accounts/user.ts';
import { at } from '../platform/clock.ts';
import { Fault, invalid } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { newId } from '../platform/ids.ts';
import { parse } from '../platform/shapes.ts';
import {
  type Friend,
  FriendPatch,
  type Interest,
  type InterestKind,
  MAX_INTERESTS,
  NewFriend,
  NewInterest,
} from './friend.ts';
import { askLookBack, buryFriend, findFriend, insertFriend, replaceFriend } from './store.ts';

/** An interest as it comes in: without the id and the time it gets here. */
interface WrittenInterest {
  text: string;
  kind: InterestKind;
  until?: string | undefined;
  heard?: string | undefined;
  id?: string | undefined;
}

/** A friend of this user. Fault `not-found`, also for another user's friend. */
export async function getFriend(ground: Ground, userId: string, friendId: string): Promise<Friend> {
  const friend = await findFriend(ground.table, userId, friendId);
  if (!friend) throw new Fault('not-found', 'There is no such friend.');
  return friend;
}

export async function addFriend(ground: Ground, user: User, input: unknown): Promise<Friend> {
  const friend = newFriend(ground, user, input);
  await keepFriend(ground, user.id, friend);
  return friend;
}

/** A friend as they will be kept. Says everything that can be wrong, and stores nothing. */
export function newFriend(ground: Ground, user: User, input: unknown): Friend {
  const wanted = parse(NewFriend, input);
  const now = ground.clock();
  return {
    id: newId('frd'),
    name: wanted.name,
    ...(wanted.email && { email: wanted.email }),
    timeZone: wanted.timeZone ?? user.timeZone,
    ...(wanted.birthday && { birthday: wanted.birthday }),
    groups: wanted.groups ?? [],
    interests: learned(wanted.interests, [], now),
    version: 1,
    createdAt: at(now),
  };
}

/** Keeps a new friend; their interests start a look back over the library. */
export async function keepFriend(ground: Ground, userId: string, friend: Friend): Promise<void> {
  const looksBack = friend.interests.length > 0;
  await insertFriend(ground.table, userId, friend, looksBack ? friend.createdAt : undefined);
  if (looksBack) await ground.queue.hint('suggest', userId, friend.id);
}

/** Changes what is said. Changed interests start a look back over the library. */
export async function changeFriend(
  ground: Ground,
  userId: string,
  friendId: string,
  input: unknown,
): Promise<Friend> {
  const patch = parse(FriendPatch, input);
  return editFriend(ground, userId, friendId, (friend, now) => {
    const { email, birthday, interests, ...plainFields } = patch;
    const { email: oldEmail, birthday: oldBirthday, ...rest } = friend;
    const newEmail = email === undefined ? oldEmail : email;
    const newBirthday = birthday === undefined ? oldBirthday : birthday;
    return {
      ...rest,
      ...Object.fromEntries(Object.entries(plainFields).filter(([, value]) => value !== undefined)),
      ...(newEmail && { email: newEmail }),
      ...(newBirthday && { birthday: newBirthday }),
      interests: interests ? learned(interests, friend.interests, now) : friend.interests,
    };
  });
}

export async function addInterest(
  ground: Ground,
  userId: string,
  friendId: string,
  input: unknown,
): Promise<Friend> {
  const interest = parse(NewInterest, input);
  return editFriend(ground, userId, friendId, (friend, now) => {
    if (friend.interests.length >= MAX_INTERESTS) {
      throw invalid('/text', `A friend has at most ${MAX_INTERESTS} interests. Take one away first.`);
    }
    return { ...friend, interests: learned([...friend.interests, interest], friend.interests, now) };
  });
}

/** Null takes the interest away. */
export async function changeInterest(
  ground: Ground,
  userId: string,
  friendId: string,
  interestId: string,
  input: unknown,
): Promise<Friend> {
  const interest = input === null ? null : parse(NewInterest, input);
  return editFriend(ground, userId, friendId, (friend, now) => {
    if (!friend.interests.some((known) => known.id === interestId)) {
      throw new Fault('not-found', 'There is no such interest.');
    }
    const written = friend.interests.flatMap((known) => {
      if (known.id !== interestId) return [known];
      return interest ? [{ ...interest, id: known.id }] : [];
    });
    return { ...friend, interests: learned(written, friend.interests, now) };
  });
}

/** A tombstone stays; the caller cancels the notes that wait. */
export async function removeFriend(ground: Ground, userId: string, friendId: string): Promise<void> {
  if (!(await buryFriend(ground.table, userId, friendId, ground.clock()))) {
    throw new Fault('not-found', 'There is no such friend.');
  }
}

/** Searches the library again, after it was given up. */
export async function lookBackAgain(ground: Ground, userId: string, friendId: string): Promise<void> {
  await getFriend(ground, userId, friendId);
  await askLookBack(ground.table, userId, friendId, ground.clock());
  await ground.queue.hint('suggest', userId, friendId);
}

/** Two edits at once: the second is made on what the first left. */
const EDIT_TRIES = 4;

async function editFriend(
  ground: Ground,
  userId: string,
  friendId: string,
  change: (friend: Friend, now: Date) => Friend,
): Promise<Friend> {
  for (let round = 0; round < EDIT_TRIES; round++) {
    const friend = await getFriend(ground, userId, friendId);
    const now = ground.clock();
    const changed = { ...change(friend, now), version: friend.version + 1 };
    const looksBack = !isDeepStrictEqual(changed.interests, friend.interests);
    if (await replaceFriend(ground.table, userId, changed, looksBack ? at(now) : undefined)) {
      if (looksBack) await ground.queue.hint('suggest', userId, friendId);
      return changed;
    }
  }
  throw new Fault('conflict', 'This friend is being changed elsewhere. Try again.');
}

/** Interests as they are stored: with an id and the time they were learned, which a known one keeps. */
function learned(written: WrittenInterest[], known: Interest[], now: Date): Interest[] {
  const names = new Set<string>();
  const kept = new Set<Interest>();
  return written.flatMap(({ text, kind, until, heard, id }) => {
    const name = `${kind} ${text.toLowerCase()}`;
    if (names.has(name)) return [];
    names.add(name);
    const same = known.find(
      (old) => !kept.has(old) && (id ? old.id === id : old.text === text && old.kind === kind),
    );
    if (same) kept.add(same);
    return [
      {
        id: same?.id ?? newId('int'),
        text,
        kind,
        ...(until && { until }),
        ...(heard && { heard }),
        addedAt: same?.addedAt ?? at(now),
      },
    ];
  });
}
