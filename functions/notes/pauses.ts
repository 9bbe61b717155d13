import { findUser, pauseUser, resumeUser } from '../accounts/store.ts';
import { type ServicePause, servicePause, userPause } from '../ledger/pause.ts';
import {
  countNews,
  findServicePause,
  newsByDay,
  pauseService,
  recordTrouble,
  troublesOf,
} from '../ledger/store.ts';
import { at } from '../platform/clock.ts';
import type { Ground } from '../platform/ground.ts';
import { log } from '../platform/log.ts';

export function countSent(ground: Ground, noteId: string): Promise<void> {
  return countNews(ground.table, 'sends', noteId, ground.clock());
}

/** A note came back for good, or was called spam: after enough of them the user's letters wait. */
export async function onTrouble(
  ground: Ground,
  userId: string,
  noteId: string,
  news: 'bounce' | 'complaint',
): Promise<void> {
  const { table } = ground;
  const now = ground.clock();
  const kind = news === 'bounce' ? 'bounces' : 'complaints';
  if (await recordTrouble(table, userId, noteId, kind, now)) await countNews(table, kind, noteId, now);
  const [user, troubles] = await Promise.all([findUser(table, userId), troublesOf(table, userId)]);
  const because = user && userPause(troubles, user.resumedAt, now);
  if (!because) return;
  await pauseUser(table, userId, { because, at: at(now) });
  log.warn('user paused', { user: userId, because });
}

/** The user has read why, and goes on. Notes that were held meanwhile stay so, each with its own button. */
export async function resume(ground: Ground, userId: string): Promise<void> {
  await resumeUser(ground.table, userId, ground.clock());
}

/** Whether letters of anybody leave, as `tick` found it last. */
export async function pauseOfService(ground: Ground): Promise<ServicePause | undefined> {
  const pause = await findServicePause(ground.table);
  return pause?.because ? pause : undefined;
}

/** Stops the whole service when its rates are bad. True: letters wait. */
export async function isServicePaused(ground: Ground): Promise<boolean> {
  const [pause, days] = await Promise.all([findServicePause(ground.table), newsByDay(ground.table)]);
  if (pause?.because) return true;
  const because = servicePause(days, pause?.resumedAt);
  if (!because) return false;
  await pauseService(ground.table, because, ground.clock());
  log.error('service paused', { because });
  return true;
}
