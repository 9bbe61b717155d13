import * as z from 'zod';
import { DAY } from '../platform/clock.ts';
import { instant } from '../platform/shapes.ts';

/** A user's letters wait after this many were called spam, or came back for good, within `TROUBLE_COUNTS`. */
const MOST: Record<Trouble['kind'], number> = { complaints: 2, bounces: 5 };
export const TROUBLE_COUNTS = 30 * DAY;

/** A note that came back for good, or was called spam. */
export const Trouble = z.object({ kind: z.enum(['complaints', 'bounces']), at: instant });
export type Trouble = z.infer<typeof Trouble>;

/**
 * Whether a user's letters are to wait, and why; null: they may leave. Who has lifted a pause (`resumedAt`) goes on until
 * there is new trouble; the old still counts beside it.
 */
export function userPause(
  troubles: readonly Trouble[],
  resumedAt: string | undefined,
  now: Date,
): Trouble['kind'] | null {
  const since = new Date(now.getTime() - TROUBLE_COUNTS).toISOString();
  const kinds = ['complaints', 'bounces'] as const;
  const tripped = kinds.find((kind) => {
    const mine = troubles.filter((one) => one.kind === kind && one.at > since);
    return mine.length >= MOST[kind] && mine.some((one) => one.at > (resumedAt ?? ''));
  });
  return tripped ?? null;
}

/** Mails of all users that SES took, and what came of them. */
const counted = z.number().default(0);
export const NewsOfDay = z.object({ day: z.string(), sends: counted, bounces: counted, complaints: counted });
export type NewsOfDay = z.infer<typeof NewsOfDay>;
export type News = Omit<NewsOfDay, 'day'>;

export const PauseReason = z.enum(['bounces', 'complaints', 'operator']);
export type PauseReason = z.infer<typeof PauseReason>;

/** Whether letters leave at all: `because` stands while they do not. */
export const ServicePause = z.object({
  because: PauseReason.optional(),
  at: instant.optional(),
  resumedAt: instant.optional(),
});
export type ServicePause = z.infer<typeof ServicePause>;

/** Below this many mails a rate says nothing. */
const LEAST_SENDS = 2000;
/** Days that are looked back on for them. */
export const RATE_DAYS = 30;
/** SES puts an account under review at 5 % and 0.1 %: we stop ourselves well before. */
const MOST_BOUNCED = 0.02;
const MOST_COMPLAINED = 0.0005;

/**
 * Whether the whole service is to stop by itself, and why: the rates over the newest days that together have 2,000 mails,
 * all from after the day on which a pause was lifted. `days` newest first.
 */
export function servicePause(
  days: readonly NewsOfDay[],
  resumedAt: string | undefined,
): Exclude<PauseReason, 'operator'> | null {
  const from = resumedAt?.slice(0, 10) ?? '';
  const sum: News = { sends: 0, bounces: 0, complaints: 0 };
  let last = '';
  for (const one of days) {
    if (one.day <= from || (sum.sends >= LEAST_SENDS && one.day !== last)) break;
    last = one.day;
    sum.sends += one.sends;
    sum.bounces += one.bounces;
    sum.complaints += one.complaints;
  }
  if (sum.sends < LEAST_SENDS) return null;
  if (sum.complaints >= sum.sends * MOST_COMPLAINED) return 'complaints';
  return sum.bounces >= sum.sends * MOST_BOUNCED ? 'bounces' : null;
}
