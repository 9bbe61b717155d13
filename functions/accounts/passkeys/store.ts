import * as z from 'zod';
import { at, epochSeconds, HOUR, MINUTE } from '../../platform/clock.ts';
import { digest, hashToken } from '../../platform/ids.ts';
import { keys, ranges } from '../../platform/keys.ts';
import { day, instant } from '../../platform/shapes.ts';
import { plain, type Table } from '../../platform/table.ts';

/** A credential of a device or a password manager that signs its user in. */
export const Passkey = z.object({
  /** The digest of the credential's id: names it in addresses and in the table, whose keys are short. */
  id: z.string(),
  credentialId: z.string(),
  publicKey: z.instanceof(Uint8Array),
  /** The authenticator's, as it said last; many always say 0. */
  counter: z.number(),
  transports: z.array(z.string()),
  /** Where it was made, as `deviceOf` says it. */
  device: z.string(),
  createdAt: instant,
  /** The day (UTC) of its last use; not there: never used. */
  usedOn: day.optional(),
});
export type Passkey = z.infer<typeof Passkey>;

export const passkeyId = digest;

/** What is read from the table: DynamoDB gives bytes as they are. */
const read = (item: Record<string, unknown>) => Passkey.parse(plain(item));

/** False: this credential is known, as this user's or another's. */
export async function insertPasskey(table: Table, userId: string, passkey: Passkey): Promise<boolean> {
  const failed = await table.transact([
    { put: { ...keys.passkey(passkey.id), userId }, if: 'attribute_not_exists(pk)' },
    { put: { ...keys.userPasskey(userId, passkey.id), ...passkey } },
  ]);
  return failed.length === 0;
}

/** Oldest first. */
export async function listPasskeys(table: Table, userId: string): Promise<Passkey[]> {
  const items = await table.all(ranges.passkeys(userId));
  return items.map(read).sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/** Whose credential this is. */
export async function findPasskey(
  table: Table,
  credentialId: string,
): Promise<{ userId: string; passkey: Passkey } | undefined> {
  const id = passkeyId(credentialId);
  const item = await table.get(keys.passkey(id));
  if (!item) return undefined;
  const userId = String(item.userId);
  const found = await table.get(keys.userPasskey(userId, id));
  const passkey = found && read(found);
  return passkey?.credentialId === credentialId ? { userId, passkey } : undefined;
}

/**
 * Keeps the counter that a use was signed with. False: another use was faster, or the passkey is gone: whoever comes with
 * the same answer comes in once.
 */
export async function usePasskey(
  table: Table,
  userId: string,
  { id, counter: seen }: Passkey,
  counter: number,
  now: Date,
): Promise<boolean> {
  const used = await table.update(
    keys.userPasskey(userId, id),
    'SET #counter = :counter, #usedOn = :today',
    { counter, seen, today: at(now).slice(0, 10) },
    'attribute_exists(pk) AND #counter = :seen',
  );
  return used !== null;
}

/** False: this user has no such passkey. */
export async function removePasskey(table: Table, userId: string, id: string): Promise<boolean> {
  if (!/^[\w-]{27}$/.test(id) || !(await table.get(keys.userPasskey(userId, id)))) return false;
  // What lets in goes first: broken off in the middle, it still stands in the list.
  await table.delete(keys.passkey(id));
  await table.delete(keys.userPasskey(userId, id));
  return true;
}

/** Time to find a finger or a key. */
const CHALLENGE_MINUTES = 5;

/** For whom a challenge is: a user who adds a passkey, or whoever signs in. */
const ANYBODY = 'anybody';

export async function keepChallenge(
  table: Table,
  challenge: string,
  now: Date,
  userId: string = ANYBODY,
): Promise<void> {
  await table.put({
    ...keys.challenge(hashToken(challenge)),
    userId,
    expiresAt: at(now, CHALLENGE_MINUTES * MINUTE),
    ttl: epochSeconds(now, HOUR),
  });
}

/** Uses a challenge up. False: it was never made, not for this, used before, or too old. */
export async function takeChallenge(
  table: Table,
  challenge: string,
  now: Date,
  userId: string = ANYBODY,
): Promise<boolean> {
  // Deleting is the use: of two who come at once, one gets the item.
  const taken = await table.delete(
    keys.challenge(hashToken(challenge)),
    '#expiresAt > :now AND #userId = :userId',
    { now: at(now), userId },
  );
  return taken !== null;
}
