import type { User } from '../accounts/user.ts';
import { at } from '../platform/clock.ts';
import type { Ground } from '../platform/ground.ts';
import { exportRecords } from './export.ts';

/** The link is followed at once: it is a redirect (seconds). */
const LINK_SECONDS = 300;

/** One a user. */
export function exportKey(userId: string): string {
  return `exports/${userId}.json`;
}

/**
 * Writes everything the account holds to a file, and gives the link to it. One file a user, which the next one takes
 * the place of, and which goes by itself within days.
 */
export async function linkToExport(ground: Ground, user: User): Promise<string> {
  const key = exportKey(user.id);
  const day = at(ground.clock()).slice(0, 10);
  await ground.files.putAll(key, bytesOf(exportRecords(ground, user)), {
    ContentType: 'application/json',
    ContentDisposition: `attachment; filename="hallway-export-${day}.json"`,
  });
  return ground.files.linkToGet(key, LINK_SECONDS);
}

async function* bytesOf(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece);
}
