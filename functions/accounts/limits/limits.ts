import { DAY, HOUR, MINUTE } from '../../platform/clock.ts';
import { Fault } from '../../platform/faults.ts';
import type { Ground } from '../../platform/ground.ts';
import type { Table } from '../../platform/table.ts';
import { addTo } from './store.ts';

/** At most so many in a window of time (milliseconds, at most a day); windows begin with the clock's. */
export interface Limit {
  name: string;
  most: number;
  per: number;
}

/**
 * Generous: a person never meets one. By client: a household or an office shares an address, and each of its people asks
 * for a link or two.
 */
export const LIMITS = {
  /** Requests for a sign-in link, by client: one machine cannot have mail sent to a list of addresses. */
  signInsByClient: { name: 'sign-in', most: 30, per: HOUR },
  /** Tries to use a link or a passkey, by client: both cannot be guessed, and need not be tried either. */
  entriesByClient: { name: 'entry', most: 120, per: HOUR },
  /** Invitations, by user: they are mail to strangers. */
  invitations: { name: 'invite', most: 10, per: DAY },
  /** Passkeys, tokens and such, by user: each is an item that stays. */
  credentials: { name: 'credential', most: 30, per: HOUR },
} as const satisfies Record<string, Limit>;

/** When the window of `now` began. */
function windowOf({ per }: Limit, now: Date): Date {
  return new Date(Math.floor(now.getTime() / per) * per);
}

/** Counts one. Fault `too-many`, with the seconds to wait. */
export async function countOne({ table, clock }: Ground, limit: Limit, who: string): Promise<void> {
  const now = clock();
  const since = windowOf(limit, now);
  if ((await addTo(table, limit.name, who, since, 1)) > limit.most) throw tooMany(limit, since, now);
}

function tooMany({ per }: Limit, since: Date, now: Date): Fault {
  const seconds = Math.max(1, Math.ceil((since.getTime() + per - now.getTime()) / 1000));
  const words = seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`;
  return new Fault('too-many', `That was too often. Try again in ${words}.`, {
    extra: { retryAfter: seconds },
  });
}

/** One write to the table for so many requests: what functions do not know of each other is less than a limit's tenth. */
const REQUESTS_PER_WRITE = 25;
/** Users whose counts one function keeps in memory: a few hundred bytes each. */
const MAX_USERS = 1000;

interface Count {
  since: number;
  /** In all functions, as this one knows. */
  known: number;
  /** Not told to the table yet. */
  untold: number;
}

/** Counts what is too frequent for a write each: in memory, and told to the table now and then. One for each function. */
export class Meter {
  readonly #counts = new Map<string, Count>();

  /** Counts `weight`. Fault `too-many`. A limit of 0 is none. */
  async count(table: Table, limit: Limit, who: string, now: Date, weight = 1): Promise<void> {
    if (limit.most === 0) return;
    const since = windowOf(limit, now);
    const count = this.#countOf(`${limit.name} ${who}`, since.getTime());
    count.untold += weight;
    if (count.untold >= Math.min(REQUESTS_PER_WRITE, limit.most)) {
      const { untold } = count;
      count.known += untold;
      count.untold = 0;
      count.known = await addTo(table, limit.name, who, since, untold);
    }
    if (count.known + count.untold > limit.most) throw tooMany(limit, since, now);
  }

  #countOf(key: string, since: number): Count {
    const count = this.#counts.get(key);
    if (count?.since === since) return count;
    // Those of windows that are over go first; a flood of users is no reason to forget who is counted now.
    if (this.#counts.size >= MAX_USERS) {
      for (const [name, { since: began }] of this.#counts) if (began < since) this.#counts.delete(name);
    }
    const fresh = { since, known: 0, untold: 0 };
    this.#counts.set(key, fresh);
    return fresh;
  }
}

/** Requests through the API, by user. Above what the page's own windows and a busy script do. */
export const requestsPerMinute = (most: number): Limit => ({ name: 'request', most, per: MINUTE });
