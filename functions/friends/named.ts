import type { Friend } from './friend.ts';

/** Case, accents, hyphens and spaces do not tell names apart. */
const { compare } = new Intl.Collator('en', { sensitivity: 'base', ignorePunctuation: true });

/** The first words of a name, but not all: "Anne", "Anne Marie" of "Anne Marie Weber". */
function beginnings(name: string): string[] {
  const words = name.trim().split(/\s+/);
  return words.slice(1).map((_, place) => words.slice(0, place + 1).join(' '));
}

/** The one friend of this name, or of this first name; undefined if it could be two. */
export function friendNamed<Named extends Pick<Friend, 'name'>>(
  name: string,
  friends: readonly Named[],
): Named | undefined {
  const whole = friends.filter((friend) => compare(friend.name, name) === 0);
  const found = whole.length
    ? whole
    : friends.filter((friend) => beginnings(friend.name).some((first) => compare(first, name) === 0));
  return found.length === 1 ? found[0] : undefined;
}
