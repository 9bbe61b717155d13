import { at } from '../platform/clock.ts';
import { type Due, findDue, giveUp, lease, MAX_TRIES } from '../platform/due.ts';
import type { Ground } from '../platform/ground.ts';
import { failure, log } from '../platform/log.ts';
import type { QueueName } from '../platform/settings.ts';
import { becomeUncertain, hold } from './queue.ts';

/** What one minute looks at; the rest is still due in the next. */
const MOST_PER_TICK = 1000;
/** Leases of a note of which none led to a claim: something is wrong with it that waiting does not mend. */
const MAX_NOTE_TRIES = 50;

/**
 * Each minute: everything that is due is leased and said to its door again. It never sends. Notes are leased at SES's
 * rate and spread over the minute.
 */
export async function tick(ground: Ground): Promise<void> {
  const now = ground.clock();
  const due = await findDue(ground.table, now, MOST_PER_TICK);
  const notes = due.filter(({ work }) => work === 'send');
  const { rate, most } = notes.length > 0 ? await allowance(ground) : { rate: 0, most: 0 };
  const leasable = [...due.filter(({ work }) => work !== 'send'), ...notes.slice(0, most)];
  const until = at(now, ground.settings.leaseSeconds * 1000);
  let sent = 0;
  const results = await Promise.allSettled(
    leasable.map(async (one) => {
      const queue = await take(ground, one, until);
      if (!queue) return;
      const delaySeconds = queue === 'send' && rate > 0 ? Math.floor(sent++ / rate) : 0;
      await ground.queue.send(queue, [{ key: one.key, delaySeconds }]);
    }),
  );
  const failed = results.filter((result) => result.status === 'rejected');
  for (const { reason } of failed) log.error('work not handed on', failure(reason));
  if (due.length > 0) log.info('tick', { due: due.length, leased: leasable.length, failed: failed.length });
}

/** Leases what a door must do and names its queue; does what `tick` itself decides. */
async function take(ground: Ground, due: Due, until: string): Promise<QueueName | null> {
  const userId = due.key.pk.replace('USER#', '');
  const noteId = due.key.sk.replace('NOTE#', '');
  switch (due.work) {
    case 'unsure':
      await becomeUncertain(ground, userId, noteId);
      return null;
    case 'send':
      if (due.tries >= MAX_NOTE_TRIES) {
        await hold(ground, userId, noteId, 'tries-ended');
        return null;
      }
      return (await lease(ground.table, due, until)) ? 'send' : null;
    case 'match':
    case 'look-back':
      if (due.tries >= MAX_TRIES) {
        await giveUp(ground.table, due);
        return null;
      }
      return (await lease(ground.table, due, until)) ? 'suggest' : null;
  }
}

/** How many mails a second, and how many in this tick. */
async function allowance(ground: Ground): Promise<{ rate: number; most: number }> {
  const { sesRate, tickSeconds } = ground.settings;
  if (sesRate === 0) return { rate: 0, most: MOST_PER_TICK };
  const quota = sesRate === undefined ? await ground.mailer.quota() : { rate: sesRate, left: MOST_PER_TICK };
  const inTick = Math.max(1, Math.floor(quota.rate * tickSeconds));
  return { rate: quota.rate, most: Math.min(inTick, quota.left, MOST_PER_TICK) };
}
