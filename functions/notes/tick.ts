import { at } from '../platform/clock.ts';
import { type Due, findDue, giveUp, lease, MAX_TRIES } from '../platform/due.ts';
import type { Ground } from '../platform/ground.ts';
import { failure, log } from '../platform/log.ts';
import type { Quota } from '../platform/mailer.ts';
import { tell } from '../platform/metrics.ts';
import type { Message } from '../platform/queue.ts';
import type { QueueName } from '../platform/settings.ts';
import { isServicePaused } from './pauses.ts';
import { becomeUncertain, endTries } from './queue.ts';
import { type About, aboutNote } from './store.ts';

/** Notes that one minute looks at; the rest is still due in the next. Leased a hundred at a time, they take some ten seconds. */
const MOST_PER_TICK = 10_000;
/** What is leased together, and then said to its door: the first leave while the last are not yet leased. */
const TOGETHER = 100;
/**
 * Other work that is handed out in a second: what ten readers of pages at two seconds a page can do. A heap of it (an
 * import, a day the machine was off) waits in the table, where it is in nobody's way, and not in the queues.
 */
const WORK_PER_SECOND = 5;
/** However often the clock ticks. */
const LEAST_WORK_PER_TICK = 20;
/** Leases of a note of which none led to a claim: something is wrong with it that waiting does not mend. */
const MAX_NOTE_TRIES = 50;

/**
 * Each minute: what is due is leased and said to its door again. It never sends. Notes are leased at SES's rate, other
 * work at its own, and both are spread over the minute; neither waits for the other.
 */
export async function tick(ground: Ground): Promise<void> {
  const now = ground.clock();
  const mostWork = Math.max(LEAST_WORK_PER_TICK, Math.floor(WORK_PER_SECOND * ground.settings.tickSeconds));
  const [notes, others] = await Promise.all([
    findDue(ground.table, now, MOST_PER_TICK, 'notes'),
    findDue(ground.table, now, mostWork, 'other'),
  ]);
  const toSend = notes.filter(({ work }) => work === 'send');
  const { rate, most } = toSend.length > 0 ? await allowance(ground) : NOTHING;
  const leasable = [...notes.filter(({ work }) => work !== 'send'), ...toSend.slice(0, most), ...others];
  const until = at(now, ground.settings.leaseSeconds * 1000);
  tell({
    OldestDueNote: latest(toSend, now),
    NotesDue: toSend.length,
    NotesLeased: Math.min(most, toSend.length),
  });
  const said: Record<QueueName, number> = { suggest: 0, send: 0, fetch: 0, import: 0 };
  let failed = 0;
  for (let start = 0; start < leasable.length; start += TOGETHER) {
    const some = leasable.slice(start, start + TOGETHER);
    const taken = await Promise.allSettled(some.map((one) => take(ground, one, until)));
    const messages: Record<QueueName, Message[]> = { suggest: [], send: [], fetch: [], import: [] };
    for (const [place, result] of taken.entries()) {
      const one = some[place];
      if (result.status === 'rejected') {
        failed++;
        log.error('work not taken', failure(result.reason));
      } else if (result.value && one) {
        const { queue, about } = result.value;
        const perSecond = queue === 'send' ? rate : WORK_PER_SECOND;
        const delaySeconds = perSecond > 0 ? Math.floor(said[queue]++ / perSecond) : 0;
        messages[queue].push({ userId: one.userId, id: one.id, ...about, delaySeconds });
      }
    }
    const names = Object.keys(messages) as QueueName[];
    await Promise.all(names.map((name) => ground.queue.send(name, messages[name])));
  }
  const due = notes.length + others.length;
  if (due > 0) log.info('tick', { due, leased: leasable.length, failed });
}

/** What was leased, for its door. */
interface Taken {
  queue: QueueName;
  about?: About;
}

/** Leases what a door must do and names its queue; does what `tick` itself decides. */
async function take(ground: Ground, due: Due, until: string): Promise<Taken | null> {
  switch (due.work) {
    case 'unsure':
      await becomeUncertain(ground, due.userId, due.id);
      return null;
    case 'send': {
      if (due.tries >= MAX_NOTE_TRIES) {
        await endTries(ground, due.userId, due.id);
        return null;
      }
      const leased = await lease(ground.table, due, until);
      if (!leased) return null;
      log.info('note leased', { user: due.userId, note: due.id, tries: due.tries });
      return { queue: 'send', about: aboutNote(leased) };
    }
    case 'erase':
      // However often it failed: who deletes an account was told that it goes.
      return (await lease(ground.table, due, until)) && { queue: 'import' };
    case 'fetch':
    case 'match':
    case 'look-back':
    case 'ask-ends':
    case 'import':
      if (due.tries >= MAX_TRIES) {
        await giveUp(ground.table, due);
        return null;
      }
      if (!(await lease(ground.table, due, until))) return null;
      return { queue: due.work === 'fetch' || due.work === 'import' ? due.work : 'suggest' };
  }
}

/** Seconds that the latest of these notes is behind its moment. */
function latest(notes: Due[], now: Date): number {
  const moments = notes.map(({ sendAt, dueSk }) => Date.parse(sendAt ?? dueSk.slice(0, dueSk.indexOf('#'))));
  return moments.reduce((most, moment) => Math.max(most, Math.round((now.getTime() - moment) / 1000)), 0);
}

const NOTHING = { rate: 0, most: 0 };

/** How many mails a second, and how many in this tick; none while the whole service is paused. */
async function allowance(ground: Ground): Promise<{ rate: number; most: number }> {
  if (await isServicePaused(ground)) return NOTHING;
  const { sesRate, tickSeconds } = ground.settings;
  if (sesRate === 0) return { rate: 0, most: MOST_PER_TICK };
  const quota = sesRate === undefined ? await askQuota(ground) : { rate: sesRate, left: MOST_PER_TICK };
  const inTick = Math.max(1, Math.floor(quota.rate * tickSeconds));
  return { rate: quota.rate, most: Math.min(inTick, quota.left, MOST_PER_TICK) };
}

/** What SES grants; at its slowest pace if it does not say, and it refuses by itself what is too much. */
async function askQuota(ground: Ground): Promise<Quota> {
  try {
    return await ground.mailer.quota();
  } catch (error) {
    log.warn('quota not known', failure(error));
    return { rate: 1, left: MOST_PER_TICK };
  }
}
