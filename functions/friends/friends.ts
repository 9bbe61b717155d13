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
  LESS_OFTEN_DAYS,
  MAX_HEARD,
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
    ...(wanted.wakingHours && { wakingHours: wanted.wakingHours }),
    ...(wanted.birthday && { birthday: wanted.birthday }),
    groups: wanted.groups ?? [],
    interests: asStored(wanted.interests, [], now),
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
    const { interests, ...said } = patch;
    const fields = { ...friend, ...onlySaid(said) };
    const kept = Object.entries(fields).filter(([, value]) => value !== null);
    return {
      ...(Object.fromEntries(kept) as Friend),
      interests: interests ? asStored(interests, friend.interests, now) : friend.interests,
    };
  });
}

/** `undefined` says nothing; `null` does. */
function onlySaid<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<Fields>;
}

/** The friend asked for fewer notes, or took that back: how far surprises keep from other notes to them from now on. */
export async function askLessOften(
  ground: Ground,
  userId: string,
  friendId: string,
  isAsked: boolean,
): Promise<Friend> {
  return editFriend(ground, userId, friendId, (friend) => {
    const { apartDays, ...rest } = friend;
    if (isAsked === (apartDays !== undefined)) return friend;
    return { ...rest, ...(isAsked && { apartDays: LESS_OFTEN_DAYS }) };
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
    return { ...friend, interests: asStored([...friend.interests, interest], friend.interests, now) };
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
    return { ...friend, interests: asStored(written, friend.interests, now) };
  });
}

/**
 * Makes one interest of two of the same kind: `interestId` keeps its words and takes what was known of `goneId`, the day it
 * was learned first, where it was heard, the later end. Doing it again changes nothing. Fault `not-found`, `invalid`.
 */
export async function mergeInterests(
  ground: Ground,
  userId: string,
  friendId: string,
  interestId: string,
  goneId: string,
): Promise<Friend> {
  return editFriend(ground, userId, friendId, (friend) => {
    const known = (id: string) => friend.interests.find((interest) => interest.id === id);
    const [kept, gone] = [known(interestId), known(goneId)];
    if (kept && !gone && friend.merged?.[goneId] === interestId) return friend;
    if (!kept || !gone || kept === gone) throw new Fault('not-found', 'There is no such interest.');
    if (kept.kind !== gone.kind) throw invalid('/with', 'Interests of two kinds cannot be merged.');
    const interests = friend.interests.flatMap((one) =>
      one === gone ? [] : one === kept ? [mergedInterest(kept, gone)] : [one],
    );
    // What was merged into the one that goes, goes along; what led to an interest since removed is forgotten.
    const living = new Set(interests.map(({ id }) => id));
    const merged = Object.entries({ ...friend.merged, [goneId]: interestId })
      .map(([from, to]) => [from, to === goneId ? interestId : to] as const)
      .filter(([, to]) => living.has(to));
    return { ...friend, interests, merged: Object.fromEntries(merged) };
  });
}

/** Has what was answered about an interest so far no longer count; or again, all of it. The caller derives it anew. */
export async function askToForget(
  ground: Ground,
  userId: string,
  friendId: string,
  interestId: string,
  isForgotten: boolean,
): Promise<Friend> {
  return editFriend(ground, userId, friendId, (friend, now) => {
    const living = new Set(friend.interests.map(({ id }) => id));
    if (!living.has(interestId)) throw new Fault('not-found', 'There is no such interest.');
    const others = Object.entries(friend.forgotten ?? {}).filter(
      ([id]) => id !== interestId && living.has(id),
    );
    const forgotten = [...others, ...(isForgotten ? [[interestId, at(now)] as const] : [])];
    return { ...friend, forgotten: Object.fromEntries(forgotten) };
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
    const wanted = change(friend, now);
    if (wanted === friend) return friend;
    const changed = { ...wanted, version: friend.version + 1 };
    const looksBack = !isDeepStrictEqual(changed.interests, friend.interests);
    if (await replaceFriend(ground.table, userId, changed, looksBack ? at(now) : undefined)) {
      if (looksBack) await ground.queue.hint('suggest', userId, friendId);
      return changed;
    }
  }
  throw new Fault('conflict', 'This friend is being changed elsewhere. Try again.');
}

/** Asks end with the later day, and not at all if one of them has none. */
function mergedInterest(kept: Interest, gone: Interest): Interest {
  const { until: _until, heard: _heard, ...rest } = kept;
  const until = kept.until && gone.until && [kept.until, gone.until].sort().at(-1);
  // The older first; if both are too long for one line, what stands beside the words that stay.
  const both = kept.addedAt <= gone.addedAt ? [kept.heard, gone.heard] : [gone.heard, kept.heard];
  const heard = [...new Set(both.filter((one) => one !== undefined))].join('; ');
  const said = heard.length <= MAX_HEARD ? heard : kept.heard;
  return {
    ...rest,
    ...(until && { until }),
    ...(said && { heard: said }),
    addedAt: kept.addedAt <= gone.addedAt ? kept.addedAt : gone.addedAt,
  };
}

/** Interests as they are stored: with an id and the time they were learned, which a known one keeps. */
function asStored(written: WrittenInterest[], known: Interest[], now: Date): Interest[] {
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
