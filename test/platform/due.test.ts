import { describe, expect, test } from 'vitest';
import {
  DUE_SHARDS,
  decodeDue,
  dueAttributes,
  dueSet,
  encodeDue,
  findDue,
  giveUp,
  lease,
} from '../../functions/platform/due.ts';
import { newId } from '../../functions/platform/ids.ts';
import { keys } from '../../functions/platform/keys.ts';
import type { Table } from '../../functions/platform/table.ts';
import { NOON, testGround } from '../ground.ts';

const AT_NOON = '2026-11-23T12:00:00.000Z';
const LATER = '2026-11-23T12:10:00.000Z';

function addNote(table: Table, noteId: string, dueAt: string) {
  return table.put({ ...keys.note('usr_ada', noteId), ...dueAttributes(noteId, 'send', dueAt) });
}

describe('work', () => {
  test('is found from its moment on, the earliest first', async () => {
    const { table } = await testGround();
    await addNote(table, 'nte_2', '2026-11-23T11:59:59.999Z');
    await addNote(table, 'nte_1', AT_NOON);
    await addNote(table, 'nte_3', '2026-11-23T12:00:00.001Z');
    await addNote(table, 'nte_4', '2026-11-22T23:00:00.000Z');
    const due = await findDue(table, NOON, 10);
    expect(due.map(({ id }) => id)).toEqual(['nte_4', 'nte_2', 'nte_1']);
    expect(due[0]).toMatchObject({
      key: keys.note('usr_ada', 'nte_4'),
      userId: 'usr_ada',
      work: 'send',
      tries: 0,
    });
    expect((await findDue(table, NOON, 2)).map(({ id }) => id)).toEqual(['nte_4', 'nte_2']);
  });

  test('other than notes stands in a lane of its own', async () => {
    const { table } = await testGround();
    await addNote(table, 'nte_1', AT_NOON);
    const article = (id: string, work: 'fetch' | 'import', dueAt: string) =>
      table.put({ ...keys.article('usr_ada', id), ...dueAttributes(id, work, dueAt) });
    for (let n = 0; n < 30; n++) await article(`art_${n}`, 'fetch', '2020-01-01T00:00:00.000Z');
    await article('imp_1', 'import', '2026-11-23T11:00:00.000Z');
    expect((await findDue(table, NOON, 10, 'notes')).map(({ id }) => id)).toEqual(['nte_1']);
    const others = await findDue(table, NOON, 100, 'other');
    expect(others).toHaveLength(31);
    expect(others.at(-1)).toMatchObject({ id: 'imp_1', work: 'import' });
    expect(await findDue(table, NOON, 100)).toHaveLength(32);
  });

  test('is spread over the shards', () => {
    const ids = Array.from({ length: 400 }, () => newId('nte'));
    const counts = new Map<unknown, number>();
    for (const id of ids) {
      const { duePk } = dueAttributes(id, 'send', AT_NOON);
      counts.set(duePk, (counts.get(duePk) ?? 0) + 1);
    }
    expect(counts.size).toBe(DUE_SHARDS);
    for (const count of counts.values()) expect(count).toBeGreaterThan(400 / DUE_SHARDS / 2);
  });

  test('that is leased is due again when the lease ends', async () => {
    const { table } = await testGround();
    await addNote(table, 'nte_1', AT_NOON);
    const [due] = await findDue(table, NOON, 10);
    expect(due && (await lease(table, due, LATER))).toMatchObject({ dueAt: LATER, tries: 1 });
    expect(await findDue(table, NOON, 10)).toEqual([]);
    const again = await findDue(table, new Date(LATER), 10);
    expect(again).toMatchObject([{ id: 'nte_1', tries: 1 }]);
    expect(await table.get(keys.note('usr_ada', 'nte_1'))).toMatchObject({ dueAt: LATER });
  });

  test('goes to one of two who lease it at once', async () => {
    const { table } = await testGround();
    await addNote(table, 'nte_1', AT_NOON);
    const [due] = await findDue(table, NOON, 10);
    if (!due) throw new Error('nothing due');
    const leases = await Promise.all([
      lease(table, due, LATER),
      lease(table, due, '2026-11-23T12:20:00.000Z'),
    ]);
    expect(leases.filter((one) => one !== null)).toHaveLength(1);
  });

  test('that was done or moved meanwhile is not leased and not given up', async () => {
    const { table } = await testGround();
    await addNote(table, 'nte_1', AT_NOON);
    const [due] = await findDue(table, NOON, 10);
    if (!due) throw new Error('nothing due');
    const moved = dueSet('nte_1', 'send', LATER);
    await table.update(due.key, `SET ${moved.text}`, moved.values);
    expect(await lease(table, due, LATER)).toBeNull();
    await giveUp(table, due);
    expect(await table.get(due.key)).not.toHaveProperty('workFailed');
    await table.delete(due.key);
    expect(await lease(table, due, LATER)).toBeNull();
    expect(await table.get(due.key)).toBeUndefined();
  });

  test('that is given up is out of the index, and says so', async () => {
    const { table } = await testGround();
    await addNote(table, 'nte_1', AT_NOON);
    const [due] = await findDue(table, NOON, 10);
    if (!due) throw new Error('nothing due');
    await giveUp(table, due);
    expect(await findDue(table, new Date('2027-01-01T00:00:00.000Z'), 10)).toEqual([]);
    expect(await table.get(due.key)).toEqual({ ...due.key, workFailed: true });
  });
});

describe('a message', () => {
  test('names a user and an item, and nothing that can be stale', () => {
    const body = encodeDue({ userId: 'usr_1', id: 'nte_1' });
    expect(JSON.parse(body)).toEqual({ userId: 'usr_1', id: 'nte_1' });
    expect(decodeDue(body)).toEqual({ userId: 'usr_1', id: 'nte_1' });
  });

  test.each(['', 'null', '5', '{}', '"usr_1"', '{"userId":"usr_1"}', '{"userId":1,"id":2}', '{"userId":'])(
    'that is not ours is refused: %s',
    (body) => {
      expect(() => decodeDue(body)).toThrow(expect.objectContaining({ tag: 'invalid' }));
    },
  );
});
