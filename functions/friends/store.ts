import { at } from '../platform/clock.ts';
import { DUE_REMOVE, dueAttributes, dueSet } from '../platform/due.ts';
import { isId } from '../platform/ids.ts';
import { keys, ranges } from '../platform/keys.ts';
import { type Item, plain, type Table } from '../platform/table.ts';
import { Friend, type Learned } from './friend.ts';

/** What a friend may have or not, and a change can take away. */
const OPTIONAL = ['email', 'birthday', 'wakingHours', 'apartDays'] as const;

const LIVING = 'attribute_exists(pk) AND attribute_not_exists(#deletedAt)';

function read(item: Item): Friend {
  return Friend.parse(plain(item));
}

/** A friend as found by its key; one that was deleted is not there. */
export function readFriend(item: Item | undefined): Friend | undefined {
  return item && item.deletedAt === undefined ? read(item) : undefined;
}

export async function findFriend(
  table: Table,
  userId: string,
  friendId: string,
): Promise<Friend | undefined> {
  if (!isId('frd', friendId)) return undefined;
  return readFriend(await table.get(keys.friend(userId, friendId)));
}

/**
 * Changes whenever anything changes that friends are matched by: whoever keeps them in memory asks for it first. Said
 * after the change, so that what is kept under it holds the change; if that is cut off, it is out of date.
 */
export async function friendsStamp(table: Table, userId: string): Promise<number> {
  return Number((await table.get(keys.circle(userId)))?.stamp ?? 0);
}

async function moveStamp(table: Table, userId: string): Promise<void> {
  await table.update(keys.circle(userId), 'ADD #stamp :one', { one: 1 });
}

/** All friends of a user with their interests, in the order they were added. */
export async function allFriends(table: Table, userId: string): Promise<Friend[]> {
  const items = await table.all(ranges.friends(userId), { filter: 'attribute_not_exists(#deletedAt)' });
  return items.map(read);
}

export async function listFriends(
  table: Table,
  userId: string,
  page: { limit: number; cursor?: string | undefined },
) {
  const { items, cursor } = await table.query(ranges.friends(userId), {
    ...page,
    filter: 'attribute_not_exists(#deletedAt)',
  });
  return { items: items.map(read), ...(cursor && { cursor }) };
}

/** Stores a friend; `lookBackAt`: the library is to be searched for them from then on. */
export async function insertFriend(
  table: Table,
  userId: string,
  friend: Friend,
  lookBackAt: string | undefined,
): Promise<void> {
  await table.put({
    ...keys.friend(userId, friend.id),
    ...friend,
    ...(lookBackAt && dueAttributes(friend.id, 'look-back', lookBackAt)),
  });
  await moveStamp(table, userId);
}

/** Replaces a friend if nobody else did since `friend.version - 1`. */
export async function replaceFriend(
  table: Table,
  userId: string,
  friend: Friend,
  lookBackAt: string | undefined,
): Promise<boolean> {
  const { version, lastWroteAt: _written, workFailed: _failed, learned: _learned, ...fields } = friend;
  const assigned = Object.entries(fields).filter(([, value]) => value !== undefined);
  const removed: string[] = OPTIONAL.filter((name) => fields[name] === undefined);
  const due = lookBackAt ? dueSet(friend.id, 'look-back', lookBackAt) : undefined;
  const set = [...assigned.map(([name]) => `#${name} = :${name}`), '#version = :version'];
  if (due) set.push(due.text);
  if (due) removed.push('workFailed');
  const updated = await table.update(
    keys.friend(userId, friend.id),
    `SET ${set.join(', ')}${removed.length ? ` REMOVE ${removed.map((name) => `#${name}`).join(', ')}` : ''}`,
    { ...Object.fromEntries(assigned), version, seen: version - 1, ...due?.values },
    `${LIVING} AND #version = :seen`,
  );
  if (updated !== null) await moveStamp(table, userId);
  return updated !== null;
}

/** Leaves a tombstone, so that a claim under way sees that the friend is gone. False: there was no such friend. */
export async function buryFriend(
  table: Table,
  userId: string,
  friendId: string,
  now: Date,
): Promise<boolean> {
  if (!isId('frd', friendId)) return false;
  const updated = await table.update(
    keys.friend(userId, friendId),
    `SET #deletedAt = :now, #interests = :none REMOVE #email, #name, #timeZone, #lastWroteAt, #birthday, #wakingHours, #apartDays, #groups, #merged, #forgotten, #learned, ${DUE_REMOVE}`,
    { now: at(now), none: [] },
    LIVING,
  );
  if (updated !== null) await moveStamp(table, userId);
  return updated !== null;
}

/**
 * Takes the finished look-back out of the due index, where the friend stays until their next ask ends (`askEndsAt`).
 * False: the friend changed meanwhile.
 */
export async function finishLookBack(
  table: Table,
  userId: string,
  friend: Friend,
  askEndsAt?: string,
): Promise<boolean> {
  const due = askEndsAt ? dueSet(friend.id, 'ask-ends', askEndsAt) : undefined;
  const updated = await table.update(
    keys.friend(userId, friend.id),
    due ? `SET ${due.text} REMOVE #workFailed` : `REMOVE ${DUE_REMOVE}, #workFailed`,
    { ...due?.values, version: friend.version },
    `${LIVING} AND #version = :version`,
  );
  return updated !== null;
}

export async function askLookBack(
  table: Table,
  userId: string,
  friendId: string,
  now: Date,
): Promise<boolean> {
  const due = dueSet(friendId, 'look-back', at(now));
  const updated = await table.update(
    keys.friend(userId, friendId),
    `SET ${due.text} REMOVE #workFailed`,
    due.values,
    LIVING,
  );
  return updated !== null;
}

/**
 * Keeps what the answers to suggestions say, derived again. `lookBackAt`: the library is to be searched from then on; the
 * version moves with it, so that a look-back under way, which read the old weights, does not count as the one asked for.
 */
export async function keepLearned(
  table: Table,
  userId: string,
  friendId: string,
  learned: Record<string, Learned>,
  lookBackAt: string | undefined,
): Promise<boolean> {
  const due = lookBackAt ? dueSet(friendId, 'look-back', lookBackAt) : undefined;
  const updated = await table.update(
    keys.friend(userId, friendId),
    `SET #learned = :learned${due ? `, #version = #version + :one, ${due.text} REMOVE #workFailed` : ''}`,
    { learned, ...due?.values, ...(due && { one: 1 }) },
    LIVING,
  );
  if (updated !== null) await moveStamp(table, userId);
  return updated !== null;
}

/**
 * Remembers that a note left; the latest counts, in whatever order they are told. `thread`: the letters that the next one
 * follows, if this one is the last of them.
 */
export async function touchWritten(
  table: Table,
  userId: string,
  friendId: string,
  sentAt: string,
  thread?: string[],
): Promise<void> {
  await table.update(
    keys.friend(userId, friendId),
    `SET #lastWroteAt = :at${thread ? ', #thread = :thread' : ''}`,
    { at: sentAt, ...(thread && { thread }) },
    `${LIVING} AND (attribute_not_exists(#lastWroteAt) OR #lastWroteAt < :at)`,
  );
}

/** All friends in the order they were added, a page at a time. `looksBack`: the library is still to be searched. */
export async function* walkFriends(
  table: Table,
  userId: string,
): AsyncGenerator<{ friend: Friend; looksBack: boolean }[]> {
  const living = { filter: 'attribute_not_exists(#deletedAt)' };
  for await (const items of table.pages(ranges.friends(userId), living)) {
    yield items.map((item) => {
      const friend = read(item);
      return { friend, looksBack: item.work === 'look-back' || friend.workFailed === true };
    });
  }
}

/** As `insertFriend`, unless there is one of this id: then false. One who was deleted comes back. `askEndsAt`: of `finishLookBack`. */
export async function restoreFriend(
  table: Table,
  userId: string,
  friend: Friend,
  { lookBackAt, askEndsAt }: { lookBackAt?: string; askEndsAt?: string | undefined },
): Promise<boolean> {
  const isRestored = await table.put(
    {
      ...keys.friend(userId, friend.id),
      ...friend,
      ...(askEndsAt && dueAttributes(friend.id, 'ask-ends', askEndsAt)),
      ...(lookBackAt && dueAttributes(friend.id, 'look-back', lookBackAt)),
    },
    'attribute_not_exists(pk) OR attribute_exists(#deletedAt)',
  );
  if (isRestored) await moveStamp(table, userId);
  return isRestored;
}
