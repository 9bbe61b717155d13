import { describe, expect, test } from 'vitest';
import {
  type Caps,
  CLAIM_CONDITIONS,
  claimWrites,
  mute,
  recordSent,
  releaseSent,
  wasSent,
} from '../../functions/ledger/store.ts';
import { keys } from '../../functions/platform/keys.ts';
import type { Table } from '../../functions/platform/table.ts';
import { NOON, testGround } from '../ground.ts';

const CAPS: Caps = { userDay: 3, addressDay: 2 };
const GRACE = { userId: 'usr_ada', friendId: 'frd_grace', addressHash: 'hash-of-grace' };
const TOMORROW = new Date('2026-11-24T00:00:00.000Z');

/** The conditions that stand against a claim; none: it is granted. */
async function claim(
  table: Table,
  id: string,
  to: Partial<typeof GRACE> = {},
  more: { article?: string; attempt?: string; now?: Date; caps?: Caps } = {},
) {
  const note = {
    id,
    attemptId: more.attempt ?? 'att_1',
    ...(more.article && { articleDigest: more.article }),
  };
  const writes = claimWrites(note, { ...GRACE, ...to }, more.caps ?? CAPS, more.now ?? NOON);
  return (await table.transact(writes)).map((place) => CLAIM_CONDITIONS[place]);
}

const to = (address: string) => ({ friendId: `frd_${address}`, addressHash: address });

describe('a claim', () => {
  test('is granted when nothing is against it, and counted for user and address', async () => {
    const { table } = await testGround();
    expect(await claim(table, 'nte_1', {}, { article: 'a' })).toEqual([]);
    expect(await table.get(keys.userDay('usr_ada', '2026-11-23'))).toMatchObject({ ids: new Set(['nte_1']) });
    expect(await table.get(keys.addressDay('hash-of-grace', '2026-11-23'))).toMatchObject({
      ids: new Set(['usr_ada nte_1']),
    });
    expect(await wasSent(table, 'usr_ada', 'frd_grace', 'a')).toBe(true);
  });

  test('is refused for a friend who asked this user to stop, and only this user', async () => {
    const { table } = await testGround();
    await mute(table, 'usr_ada', 'hash-of-grace', NOON);
    expect(await claim(table, 'nte_1')).toEqual(['muted']);
    expect(await claim(table, 'nte_2', { userId: 'usr_eve' })).toEqual([]);
  });

  test('is refused for an address that was stopped, for every user', async () => {
    const { table } = await testGround();
    await table.put({ ...keys.addressStopped('hash-of-grace') });
    expect(await claim(table, 'nte_1')).toEqual(['suppressed']);
    expect(await claim(table, 'nte_2', { userId: 'usr_eve' })).toEqual(['suppressed']);
  });

  test("is refused above the user's day, until the next day of UTC", async () => {
    const { table } = await testGround();
    for (const n of [1, 2, 3]) expect(await claim(table, `nte_${n}`, to(`a${n}`))).toEqual([]);
    expect(await claim(table, 'nte_4', to('a4'))).toEqual(['cap-user']);
    expect(await claim(table, 'nte_4', { ...to('a4'), userId: 'usr_eve' })).toEqual([]);
    expect(await claim(table, 'nte_4', to('a4'), { now: TOMORROW })).toEqual([]);
  });

  test("is refused above the address's day, over all users", async () => {
    const { table } = await testGround();
    expect(await claim(table, 'nte_1')).toEqual([]);
    expect(await claim(table, 'nte_2', { userId: 'usr_eve' })).toEqual([]);
    expect(await claim(table, 'nte_3', { userId: 'usr_mia' })).toEqual(['cap-address']);
    expect(await claim(table, 'nte_3', { userId: 'usr_mia' }, { now: TOMORROW })).toEqual([]);
  });

  test('of a note that was refused counts for nothing', async () => {
    const { table } = await testGround();
    await mute(table, 'usr_ada', 'hash-of-grace', NOON);
    await claim(table, 'nte_1', {}, { article: 'a' });
    expect(await table.get(keys.userDay('usr_ada', '2026-11-23'))).toBeUndefined();
    expect(await wasSent(table, 'usr_ada', 'frd_grace', 'a')).toBe(false);
  });

  test('made again by the same note never stands in its own way', async () => {
    const { table } = await testGround();
    const caps = { userDay: 1, addressDay: 1 };
    for (let round = 0; round < 3; round++) {
      expect(await claim(table, 'nte_1', {}, { article: 'a', caps })).toEqual([]);
    }
    expect(await table.get(keys.userDay('usr_ada', '2026-11-23'))).toMatchObject({ ids: new Set(['nte_1']) });
    expect(await claim(table, 'nte_2', {}, { article: 'a', caps })).toEqual([
      'cap-user',
      'cap-address',
      'already-sent',
    ]);
  });

  test('under a cap of none is refused from the first on', async () => {
    const { table } = await testGround();
    expect(await claim(table, 'nte_1', {}, { caps: { userDay: 0, addressDay: 0 } })).toEqual([
      'cap-user',
      'cap-address',
    ]);
  });

  test('of five notes at once lets through what the cap allows', async () => {
    const { table } = await testGround();
    const claims = await Promise.all([1, 2, 3, 4, 5].map((n) => claim(table, `nte_${n}`)));
    expect(claims.filter((against) => against.length === 0)).toHaveLength(2);
    const day = await table.get(keys.addressDay('hash-of-grace', '2026-11-23'));
    expect(day?.ids).toHaveProperty('size', 2);
  });
});

describe('an article sent to a friend', () => {
  test('is not sent to them by another note; to others it may go', async () => {
    const { table } = await testGround();
    await claim(table, 'nte_1', {}, { article: 'a' });
    expect(await claim(table, 'nte_2', {}, { article: 'a' })).toEqual(['already-sent']);
    expect(await claim(table, 'nte_2', {}, { article: 'b' })).toEqual([]);
    expect(await claim(table, 'nte_3', to('alan'), { article: 'a' })).toEqual([]);
  });

  test('may go with another note once the first did not leave, which only it can say', async () => {
    const { table } = await testGround();
    await claim(table, 'nte_1', {}, { article: 'a' });
    await releaseSent(table, 'usr_ada', 'frd_grace', 'a', { id: 'nte_2', attemptId: 'att_1' });
    expect(await wasSent(table, 'usr_ada', 'frd_grace', 'a')).toBe(true);
    await releaseSent(table, 'usr_ada', 'frd_grace', 'a', { id: 'nte_1', attemptId: 'att_1' });
    expect(await claim(table, 'nte_2', {}, { article: 'a' })).toEqual([]);
  });

  test('is not freed by an earlier attempt that says so late', async () => {
    const { table } = await testGround();
    await claim(table, 'nte_1', {}, { article: 'a' });
    await claim(table, 'nte_1', {}, { article: 'a', attempt: 'att_2' });
    await releaseSent(table, 'usr_ada', 'frd_grace', 'a', { id: 'nte_1', attemptId: 'att_1' });
    expect(await wasSent(table, 'usr_ada', 'frd_grace', 'a')).toBe(true);
    await releaseSent(table, 'usr_ada', 'frd_grace', 'a', { id: 'nte_1', attemptId: 'att_2' });
    expect(await wasSent(table, 'usr_ada', 'frd_grace', 'a')).toBe(false);
  });

  test("by the user's own hand counts, too, and takes nothing from the note that sent it first", async () => {
    const { table } = await testGround();
    await recordSent(table, 'usr_ada', 'frd_grace', 'a', 'nte_1', NOON);
    await recordSent(table, 'usr_ada', 'frd_grace', 'a', 'nte_2', NOON);
    expect(await table.get(keys.sent('usr_ada', 'frd_grace', 'a'))).toMatchObject({ noteId: 'nte_1' });
    expect(await claim(table, 'nte_3', {}, { article: 'a' })).toEqual(['already-sent']);
  });
});
