import { endErasure, eraseItem, findErasure, postponeErasure, walkRest } from '../accounts/store.ts';
import { at, HOUR, MINUTE } from '../platform/clock.ts';
import type { Ground } from '../platform/ground.ts';
import { log } from '../platform/log.ts';
import type { Item } from '../platform/table.ts';
import { fileKey } from './import.ts';
import { exportKey } from './take-along.ts';

/** A run stops by itself a minute before its function ends, and goes on in the next (milliseconds). */
const RUN_FOR = 4 * MINUTE;
/**
 * What was under way when the account was deleted may write behind the first run: functions end within minutes, and a link
 * that takes a file works for an hour. After this long (milliseconds) nothing comes any more.
 */
const LOOK_AGAIN_AFTER = 2 * HOUR;
/** Items that are deleted side by side: a page of a hundred within a few round trips. */
const AT_ONCE = 25;

/**
 * The door `import`'s work on an account that was deleted (`accounts.endAccount`): goes on until nothing of it is left in
 * the table and in the buckets, whatever kills it in the middle, and looks once more when nothing can come after it.
 *
 * | what                                     | what becomes of it                                                     |
 * |------------------------------------------|------------------------------------------------------------------------|
 * | user, email, secret address              | gone with the deletion itself, in one step                             |
 * | all in the user's partition              | deleted: friends, articles, texts, notes, ledger, arrivals, imports …  |
 * | sessions, tokens, sign-in links, passkeys| deleted by what the partition says of them; worth nothing before       |
 * | mail as it came, uploads, the export     | deleted; a mail that other users got, too, goes after its 30 days      |
 * | an address's stop                        | stays, as a hash: who asked for no mail, or had it come back, gets none|
 * | an address's days, the service's days    | counts of hashes and ids, for the caps; gone within two months         |
 */
export async function eraseAccount(ground: Ground, userId: string): Promise<void> {
  const { table, clock } = ground;
  const erasure = await findErasure(table, userId);
  if (!erasure) return;
  const until = clock().getTime() + RUN_FOR;
  const isOver = () => clock().getTime() > until;

  const isDone = (await eraseFiles(ground, userId, isOver)) && (await eraseItems(ground, userId, isOver));
  const lastLook = new Date(new Date(erasure.startedAt).getTime() + LOOK_AGAIN_AFTER);
  if (!isDone) {
    await postponeErasure(table, userId, at(clock()));
    await ground.queue.hint('import', userId, userId);
  } else if (clock() < lastLook) {
    await postponeErasure(table, userId, at(lastLook));
  } else {
    await endErasure(table, userId);
    log.info('account erased', { user: userId });
  }
}

/** False: there may be more, and the time is over. */
async function eraseFiles(ground: Ground, userId: string, isOver: () => boolean): Promise<boolean> {
  await ground.files.delete(exportKey(userId));
  for await (const keys of ground.files.keys(fileKey(userId, ''))) {
    await inTurns(keys, (key) => ground.files.delete(key));
    if (isOver()) return false;
  }
  return true;
}

async function eraseItems(ground: Ground, userId: string, isOver: () => boolean): Promise<boolean> {
  for await (const items of walkRest(ground.table, userId)) {
    await inTurns(items, (item) => eraseWithMail(ground, item));
    if (isOver()) return false;
  }
  return true;
}

/** The mail goes before its arrival, which alone knows where it lies. */
async function eraseWithMail(ground: Ground, item: Item): Promise<void> {
  if (typeof item.objectKey === 'string' && item.isShared !== true) {
    await ground.objects.delete(item.objectKey);
  }
  await eraseItem(ground.table, item);
}

async function inTurns<Thing>(things: Thing[], work: (thing: Thing) => Promise<void>): Promise<void> {
  for (let start = 0; start < things.length; start += AT_ONCE) {
    await Promise.all(things.slice(start, start + AT_ONCE).map(work));
  }
}
