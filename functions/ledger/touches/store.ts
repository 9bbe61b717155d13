import { at, epochSeconds } from '../../platform/clock.ts';
import { keys, ranges } from '../../platform/keys.ts';
import { type Item, plain, type Table } from '../../platform/table.ts';
import {
  CORRECTIONS_COUNT,
  MAX_CORRECTIONS,
  STOP_UNDO,
  Touch,
  type TouchKind,
  touchId,
  type Word,
} from '../touches.ts';

const keyOf = (userId: string, { friendId, id }: Pick<Touch, 'friendId' | 'id'>) =>
  keys.touch(userId, friendId, id);

function read(item: Item): Touch {
  return Touch.parse(plain(item));
}

/** Keeps a touch. False: it was there, and stays as it is. */
export async function recordTouch(table: Table, userId: string, touch: Touch): Promise<boolean> {
  return table.put({ ...keyOf(userId, touch), ...touch }, 'attribute_not_exists(pk)');
}

/**
 * Keeps a correction and counts it, all or nothing. `there`: it was made before. `too-many`: this link has made its most
 * for the day.
 */
export async function recordCorrection(
  table: Table,
  userId: string,
  touch: Touch,
): Promise<'made' | 'there' | 'too-many'> {
  const now = new Date(touch.at);
  const failed = await table.transact([
    { put: { ...keyOf(userId, touch), ...touch }, if: 'attribute_not_exists(pk)' },
    {
      update: keys.linkDay(userId, touch.noteId, at(now).slice(0, 10)),
      set: 'ADD #ids :ids SET #ttl = :ttl',
      if: 'attribute_not_exists(#ids) OR size(#ids) < :most OR contains(#ids, :me)',
      values: {
        ids: new Set([touch.id]),
        me: touch.id,
        most: MAX_CORRECTIONS,
        ttl: epochSeconds(now, CORRECTIONS_COUNT),
      },
    },
  ]);
  if (failed.includes(0)) return 'there';
  return failed.length > 0 ? 'too-many' : 'made';
}

export async function findTouch(
  table: Table,
  userId: string,
  touch: Pick<Touch, 'friendId' | 'id'>,
): Promise<Touch | undefined> {
  const item = await table.get(keyOf(userId, touch));
  return item && read(item);
}

/** Moves a touch's word on. False: it does not stand `from` there, so somebody else has it in hand. */
export async function moveWord(
  table: Table,
  userId: string,
  touch: Pick<Touch, 'friendId' | 'id'>,
  from: Word,
  to: Word,
): Promise<boolean> {
  const moved = await table.update(keyOf(userId, touch), 'SET #word = :to', { from, to }, '#word = :from');
  return moved !== null;
}

/** A friend's page shows the latest: more are never made in years. */
const RECENT = 200;

/** A friend's touches, newest first. Their ids are in order of the letters, not of what was said. */
export async function touchesOf(table: Table, userId: string, friendId: string): Promise<Touch[]> {
  const range = ranges.friendTouches(userId, friendId);
  const { items } = await table.query(range, { limit: RECENT, newestFirst: true });
  return items.map(read).sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** Every touch of a user's friends, a page at a time. */
export async function* walkTouches(table: Table, userId: string): AsyncGenerator<Touch[]> {
  for await (const items of table.pages(ranges.touches(userId))) yield items.map(read);
}

/** Deletes what a friend said, words and all. That they asked for it stays, and says nothing of them. */
export async function forgetTouches(table: Table, userId: string, friendId: string): Promise<void> {
  for await (const items of table.pages(ranges.friendTouches(userId, friendId))) {
    const gone = items.map(read).filter(({ kind }) => kind !== 'erased');
    await Promise.all(gone.map((touch) => table.delete(keyOf(userId, touch))));
  }
}

/** Whether this user's notes, and everybody's, are stopped to an address. */
export async function findStops(
  table: Table,
  userId: string,
  addressHash: string,
): Promise<{ muted: boolean; stopped: boolean }> {
  const [muted, stopped] = await Promise.all([
    table.get(keys.mute(userId, addressHash)),
    table.get(keys.addressStopped(addressHash)),
  ]);
  return { muted: muted !== undefined, stopped: stopped !== undefined };
}

/**
 * Takes back what was stopped by hand within the last hour, and the touch of it; what an older stop, a bounce or a
 * complaint stopped stays stopped, and so does what was deleted.
 */
export async function takeBackStops(
  table: Table,
  userId: string,
  link: { noteId: string; friendId?: string | undefined; addressHash: string },
  now: Date,
): Promise<void> {
  const since = at(now, -STOP_UNDO);
  await Promise.all([
    table.delete(keys.mute(userId, link.addressHash), '#at > :since AND attribute_not_exists(#forGood)', {
      since,
    }),
    table.delete(keys.addressStopped(link.addressHash), '#because = :asked AND #at > :since', {
      asked: 'asked',
      since,
    }),
    ...(['stopped', 'stopped-all'] satisfies TouchKind[]).map(async (kind) => {
      if (!link.friendId) return;
      const id = touchId({ noteId: link.noteId, kind });
      await table.delete(keys.touch(userId, link.friendId, id), '#at > :since', { since });
    }),
  ]);
}
