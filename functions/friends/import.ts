import type { User } from '../accounts/user.ts';
import { foldAddress } from '../platform/address.ts';
import { Fault } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { idOf } from '../platform/ids.ts';
import { isTimeZone } from '../platform/shapes.ts';
import { type Friend, type Interest, MAX_INTERESTS } from './friend.ts';
import { newFriend } from './friends.ts';
import { friendNamed } from './named.ts';
import { allFriends, insertFriend, replaceFriend } from './store.ts';

/** A contact of an imported file, as its line says it. */
export interface ImportedContact {
  name: string;
  email?: string;
  /** Further ones: they tell who it is, and are not kept. */
  otherEmails?: string[];
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
  const addresses = [read.email ?? [], contact.otherEmails ?? []].flat();
  const made = circle.get(id);
  if (made) {
    circle.add(made, addresses);
    return 'created';
  }
  const same = circle.same(read, addresses);
  if (!same) {
    await insertFriend(ground.table, user.id, read, undefined);
    circle.add(read, addresses);
    return 'created';
  }
  const filled = fillIn(same, read);
  // Somebody changes them this moment: what they have by then is theirs, and another import can fill it in.
  const isFilled = filled && (await replaceFriend(ground.table, user.id, filled, undefined));
  circle.add(isFilled ? filled : same, addresses);
  return 'merged';
}

/** A user's friends as a contact is looked for among them. */
class Circle {
  readonly #byId = new Map<string, Friend>();
  /** Also by addresses of theirs that are not kept: the contact had them that they were made of. */
  readonly #byEmail = new Map<string, Set<string>>();
  readonly #byName = new Map<string, Set<string>>();

  constructor(friends: Friend[]) {
    for (const friend of friends) this.add(friend);
  }

  get(id: string): Friend | undefined {
    return this.#byId.get(id);
  }

  /** A new friend, or one a contact was found to be, with the addresses that are known of them now. */
  add(friend: Friend, addresses: readonly string[] = []): void {
    this.#byId.set(friend.id, friend);
    for (const address of [friend.email ?? [], addresses].flat()) {
      remember(this.#byEmail, foldAddress(address), friend.id);
    }
    remember(this.#byName, foldName(friend.name), friend.id);
  }

  /**
   * One of the addresses, and names that agree: a family can share one. Or the same name, unless two addresses say that
   * it is two people.
   */
  same(contact: Friend, addresses: readonly string[]): Friend | undefined {
    const mailboxes = new Set(addresses.map(foldAddress));
    const sharing = this.#all([...mailboxes].flatMap((mailbox) => [...(this.#byEmail.get(mailbox) ?? [])]));
    const found =
      friendNamed(contact.name, sharing) ??
      sharing.find(({ name }) => friendNamed(name, [contact])) ??
      sharing.find(({ name }) => [name, contact.name].some((one) => mailboxes.has(foldAddress(one))));
    if (found) return found;
    const named = this.#all([...(this.#byName.get(foldName(contact.name)) ?? [])]);
    return named.find((friend) => !contact.email || !friend.email);
  }

  #all(ids: string[]): Friend[] {
    return [...new Set(ids)].flatMap((id) => this.#byId.get(id) ?? []);
  }
}

function remember(ids: Map<string, Set<string>>, name: string, id: string): void {
  ids.set(name, (ids.get(name) ?? new Set()).add(id));
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

/** Who came without a name is called by their address. */
function isNamed({ name, email }: Friend): boolean {
  return !email || foldAddress(name) !== foldAddress(email);
}

/** The friend with what only the other one says, who is the same; null: nothing. */
export function fillIn(friend: Friend, other: Friend): Friend | null {
  const { email, birthday, wakingHours, groups, interests } = other;
  const isNewName = !isNamed(friend) && isNamed(other);
  const all = [...new Set([...friend.groups, ...groups])].slice(0, MAX_GROUPS);
  const known = new Set(friend.interests.flatMap((one) => [one.id, phraseOf(one)]));
  const more = interests.filter((one) => !known.has(one.id) && !known.has(phraseOf(one)));
  const learned = [...friend.interests, ...more].slice(0, MAX_INTERESTS);
  // What they asked for themselves holds, whichever account they asked it of.
  const apartDays = Math.max(friend.apartDays ?? 0, other.apartDays ?? 0);
  const isNew =
    isNewName ||
    (email && !friend.email) ||
    (birthday && !friend.birthday) ||
    (wakingHours && !friend.wakingHours) ||
    apartDays > (friend.apartDays ?? 0) ||
    all.length > friend.groups.length ||
    learned.length > friend.interests.length;
  if (!isNew) return null;
  return {
    ...friend,
    ...(isNewName && { name: other.name }),
    ...(email && !friend.email && { email }),
    ...(birthday && !friend.birthday && { birthday }),
    ...(wakingHours && !friend.wakingHours && { wakingHours }),
    ...(apartDays && { apartDays }),
    groups: all,
    interests: learned,
    version: friend.version + 1,
  };
}

/** What makes two interests one. */
function phraseOf({ kind, text }: Interest): string {
  return `${kind} ${text.toLowerCase()}`;
}
