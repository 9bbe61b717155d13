import type { Friend } from '../friends/friend.ts';

/**
 * Whether an article came from this friend: nobody is sent their own letter. `fromHash`: the hash of the address it came
 * from, if it came by mail; `hashOf` makes the same of the friend's.
 */
export function cameFrom(
  { fromHash }: { fromHash?: string | undefined },
  { email }: Pick<Friend, 'email'>,
  hashOf: (address: string) => string,
): boolean {
  return fromHash !== undefined && email !== undefined && hashOf(email) === fromHash;
}
