import type { Friend } from '../friends/friend.ts';
import { changeFriend, getFriend } from '../friends/friends.ts';
import type { Ground } from '../platform/ground.ts';
import { retimeNotes } from './notes.ts';

/**
 * Changes a friend, as `changeFriend`; what waits for one who moved keeps its hour. Cut off between the two, each note is
 * told of the move when it is claimed: it stands in the zone it was made for.
 */
export async function changeFriendAndNotes(
  ground: Ground,
  userId: string,
  friendId: string,
  input: unknown,
): Promise<Friend> {
  const before = await getFriend(ground, userId, friendId);
  const friend = await changeFriend(ground, userId, friendId, input);
  if (friend.timeZone !== before.timeZone) await retimeNotes(ground, userId, friend, before.timeZone);
  return friend;
}
