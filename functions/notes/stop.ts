import * as z from 'zod';
import { mute } from '../ledger/store.ts';
import type { Ground } from '../platform/ground.ts';

/** What a stop link carries: whose notes, and the address by its hash, so that it works when all else is deleted. */
const Stop = z.object({ user: z.string(), note: z.string(), address: z.string() });
type Stop = z.infer<typeof Stop>;

/** The link by which a friend stops this user's notes; it never ends. */
export function stopUrl(ground: Ground, userId: string, noteId: string, address: string): string {
  const stop: Stop = { user: userId, note: noteId, address: ground.secrets.addressHash(address) };
  return `${ground.settings.baseUrl}/stop/${ground.secrets.sign('stop', stop)}`;
}

/** What a link says; null if it is not one of ours. */
export function readStop(ground: Ground, token: string): Stop | null {
  const result = Stop.safeParse(ground.secrets.verify('stop', token));
  return result.success ? result.data : null;
}

/** Stops this user's notes to the address, also those already scheduled: their claim asks the ledger. */
export async function stopNotes(ground: Ground, stop: Stop): Promise<void> {
  await mute(ground.table, stop.user, stop.address, ground.clock());
}
