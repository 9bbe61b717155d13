import type { User } from '../accounts/user.ts';
import { foldAddress } from '../platform/address.ts';
import { Fault } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { idOf } from '../platform/ids.ts';
import { isTimeZone } from '../platform/shapes.ts';
import type { Friend } from './friend.ts';
import { newFriend } from './friends.ts';
import { allFriends, insertFriend, replaceFriend } from './store.ts';

/** A contact of an imported file, as its line says it. */
export interface ImportedContact {
  name: string;
  email?: string;
  birthday?: string;
  timeZone?: string;
  groups?: string[];
}

export type Imported = 'created' | 'merged' | { reason: string };

/** What a friend has room for. */
const MAX_GROUPS = 20;
const MAX_GROUP = 60;

/**
 * Keeps contacts as friends, or fills in what the friends who are there do not have; what the user wrote is never
 * changed. One after the other, so that a contact that comes twice is one friend. `seed` names the contact: done
 * again, it finds the friend it made. `startedAt`: when the import began.
 */
export async function importFriends(
  ground: Ground,
  user: User,
  contacts: { contact: ImportedContact; seed: string }[],
  startedAt: Date,
): Promise<Imported[]> {
  if (contacts.length === 0) return [];
  const circle = new Circle(await allFriends(ground.table, user.id));
  const outcomes: Imported[] = [];
  for (const { contact, seed } of contacts) {
    outcomes.push(await importFriend(ground, user, contact, idOf('frd', seed, startedAt), circle));
  }
  return outcomes;
}

async function importFriend(
  ground: Ground,
  user: User,
  contact: ImportedContact,
  id: string,
  circle: Circle,
): Promise<Imported> {
  const read = asFriend(ground, user, contact, id);
  if ('reason' in read) return read;
  if (circle.has(id)) return 'created';
  const same = circle.same(read);
  if (!same) {
    await insertFriend(ground.table, user.id, read, undefined);
    circle.add(read);
    return 'created';
  }
  const filled = fillIn(same, read);
  // Somebody changes them this moment: what they have by then is theirs, and another import can fill it in.
  if (filled && (await replaceFriend(ground.table, user.id, filled, undefined))) circle.add(filled);
  return 'merged';
}

/** A user's friends as a contact is looked for among them. */
class Circle {
  readonly #byId = new Map<string, Friend>();
  readonly #byEmail = new Map<string, string>();
  readonly #byName = new Map<string, Set<string>>();

  constructor(friends: Friend[]) {
    for (const friend of friends) this.add(friend);
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** A new friend, or one who was filled in. */
  add(friend: Friend): void {
    this.#byId.set(friend.id, friend);
    if (friend.email) this.#byEmail.set(foldAddress(friend.email), friend.id);
    const name = foldName(friend.name);
    this.#byName.set(name, (this.#byName.get(name) ?? new Set()).add(friend.id));
  }

  /** The same address; or the same name, unless two addresses say that it is two people. */
  same({ name, email }: Friend): Friend | undefined {
    const byEmail = email && this.#byEmail.get(foldAddress(email));
    if (byEmail) return this.#byId.get(byEmail);
    const named = [...(this.#byName.get(foldName(name)) ?? [])].flatMap((id) => this.#byId.get(id) ?? []);
    return named.find((friend) => !email || !friend.email);
  }
}

/** Case, accents, and what stands between the words of a name do not tell people apart. */
function foldName(name: string): string {
  const letters = name.normalize('NFKD').replace(/[\p{M}\p{P}\p{Z}]+/gu, '');
  return (letters || name).toLowerCase();
}

function asFriend(
  ground: Ground,
  user: User,
  { name, email, birthday, timeZone, groups = [] }: ImportedContact,
  id: string,
): Friend | { reason: string } {
  const lines = groups.map((group) =>
    group
      .toWellFormed()
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim(),
  );
  const named = [...new Set(lines.map((group) => group.slice(0, MAX_GROUP).toWellFormed()))].filter(Boolean);
  try {
    const friend = newFriend(ground, user, {
      name,
      email: email || undefined,
      birthday: birthday || undefined,
      timeZone: timeZone && isTimeZone(timeZone) ? timeZone : undefined,
      groups: named.slice(0, MAX_GROUPS),
    });
    return { ...friend, id };
  } catch (error) {
    if (error instanceof Fault && error.tag === 'invalid') return { reason: error.message };
    throw error;
  }
}

/** The friend with what only the contact says; null: nothing. */
function fillIn(friend: Friend, { email, birthday, groups }: Friend): Friend | null {
  const all = [...new Set([...friend.groups, ...groups])].slice(0, MAX_GROUPS);
  const isNew =
    (email && !friend.email) || (birthday && !friend.birthday) || all.length > friend.groups.length;
  if (!isNew) return null;
  return {
    ...friend,
    ...(email && !friend.email && { email }),
    ...(birthday && !friend.birthday && { birthday }),
    groups: all,
    version: friend.version + 1,
  };
}
