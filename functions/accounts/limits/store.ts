import { at, DAY, epochSeconds } from '../../platform/clock.ts';
import { keys } from '../../platform/keys.ts';
import type { Table } from '../../platform/table.ts';

/**
 * Adds to a count over all functions, and says how many there are now. `who`: an id or a hash, never an address. `since`:
 * when the window began.
 */
export async function addTo(
  table: Table,
  name: string,
  who: string,
  since: Date,
  more: number,
): Promise<number> {
  const item = await table.update(keys.limit(name, who, at(since)), 'ADD #times :more SET #ttl = :ttl', {
    more,
    ttl: epochSeconds(since, 2 * DAY),
  });
  return Number(item?.times ?? 0);
}
