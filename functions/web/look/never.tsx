import type { Friend } from '../../friends/friend.ts';
import { Text } from './text.tsx';
import { callName } from './words.ts';

/** Said where somebody is about to get what they never want: it stays the user's to decide. */
export function NeverNote({ friend, never }: { friend: Friend; never: string | undefined }) {
  if (!never) return null;
  return (
    <p class="say pencil" role="note">
      You wrote that {callName(friend.name)} never wants “<Text>{never}</Text>”, and this article speaks to
      it.
    </p>
  );
}
