import { DynamoDBClient, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, inject, test } from 'vitest';
import { Fault } from '../../functions/platform/faults.ts';
import { friendIndex, keys, ranges } from '../../functions/platform/keys.ts';
import { plain, Table } from '../../functions/platform/table.ts';

let client: DynamoDBClient;
let table: Table;

beforeEach(async () => {
  client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: inject('databaseEndpoint'),
  });
  table = await Table.create(`hallway-${crypto.randomUUID()}`, client);
});

const name = (n: number) => `nte_${String(n).padStart(3, '0')}`;

/** Notes 0 to `count - 1` of Ada; every third is to Grace, every tenth was sent. */
async function writeNotes(count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, n) => {
      const key = keys.note('usr_ada', name(n));
      const friend = n % 3 === 0 ? 'frd_grace' : 'frd_alan';
      return table.put({
        ...key,
        n,
        state: n % 10 === 0 ? 'sent' : 'draft',
        ...friendIndex('usr_ada', friend, key.sk),
      });
    }),
  );
}

const numbers = (items: Record<string, unknown>[]) => items.map(({ n }) => n);

describe('one item', () => {
  const key = keys.user('usr_ada');

  test('comes back as it was put, sets and bytes included', async () => {
    await table.put({ ...key, ids: new Set(['a', 'b']), packed: new Uint8Array([1, 2]), none: undefined });
    expect(await table.get(key)).toEqual({
      ...key,
      ids: new Set(['a', 'b']),
      packed: new Uint8Array([1, 2]),
    });
  });

  test('a failed condition is an answer', async () => {
    expect(await table.put({ ...key, n: 1 }, 'attribute_not_exists(pk)')).toBe(true);
    expect(await table.put({ ...key, n: 2 }, 'attribute_not_exists(pk)')).toBe(false);
    expect(await table.update(key, 'SET #n = :two', { two: 2, nine: 9 }, '#n = :nine')).toBeNull();
    expect(await table.delete(key, '#n = :nine', { nine: 9 })).toBeNull();
    expect(await table.get(key)).toMatchObject({ n: 1 });
  });

  test('an update answers with the item after it, a delete with the item before it', async () => {
    await table.put({ ...key, n: 1 });
    expect(await table.update(key, 'SET #n = #n + :one', { one: 1 })).toEqual({ ...key, n: 2 });
    expect(await table.delete(key)).toEqual({ ...key, n: 2 });
    expect(await table.delete(key)).toBeNull();
  });

  test('a room gets it without what only the table needs', () => {
    const stored = {
      pk: 'p',
      sk: 's',
      friendPk: 'f',
      friendSk: 's',
      duePk: 'd',
      dueSk: 's',
      work: 'send',
      tries: 1,
    };
    expect(plain({ ...stored, id: 'nte_1', ttl: 5 })).toEqual({ id: 'nte_1', ttl: 5 });
  });
});

describe('a range', () => {
  test('is read in pages, in order, until there is no cursor', async () => {
    await writeNotes(25);
    const first = await table.query(ranges.notes('usr_ada'), { limit: 10 });
    const second = await table.query(ranges.notes('usr_ada'), { limit: 10, cursor: first.cursor });
    const third = await table.query(ranges.notes('usr_ada'), { limit: 10, cursor: second.cursor });
    expect(numbers([...first.items, ...second.items, ...third.items])).toEqual(
      Array.from({ length: 25 }, (_, n) => n),
    );
    expect(third.cursor).toBeUndefined();
  });

  test('newest first, the cursor goes on towards the oldest', async () => {
    await writeNotes(5);
    const first = await table.query(ranges.notes('usr_ada'), { limit: 2, newestFirst: true });
    const second = await table.query(ranges.notes('usr_ada'), {
      limit: 2,
      newestFirst: true,
      cursor: first.cursor,
    });
    expect(numbers([...first.items, ...second.items])).toEqual([4, 3, 2, 1]);
  });

  test('with a filter each page is full while there is more, and none is lost between two', async () => {
    await writeNotes(95);
    const sent = { filter: '#state = :sent', values: { sent: 'sent' } };
    const seen: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await table.query(ranges.notes('usr_ada'), { limit: 3, cursor, ...sent });
      if (page.cursor) expect(page.items).toHaveLength(3);
      seen.push(...numbers(page.items));
      cursor = page.cursor;
    } while (cursor);
    expect(seen).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
  });

  test('few among many are found without asking for each of them', async () => {
    await writeNotes(95);
    let queries = 0;
    client.middlewareStack.add(
      (next) => (args) => {
        queries++;
        return next(args);
      },
      { step: 'initialize' },
    );
    const rare = { filter: '#n > :most', values: { most: 92 } };
    expect(numbers((await table.query(ranges.notes('usr_ada'), { limit: 2, ...rare })).items)).toEqual([
      93, 94,
    ]);
    expect(queries).toBe(1);
  });

  test("by friend it holds that friend's notes only, in pages too", async () => {
    await writeNotes(12);
    const range = ranges.friendNotes('usr_ada', 'frd_grace');
    const first = await table.query(range, { limit: 3 });
    const second = await table.query(range, { limit: 3, cursor: first.cursor });
    expect(numbers(first.items)).toEqual([0, 3, 6]);
    expect(numbers(second.items)).toEqual([9]);
    expect(second.cursor).toBeUndefined();
  });

  test('all of it comes without a limit', async () => {
    await writeNotes(120);
    expect(await table.all(ranges.notes('usr_ada'))).toHaveLength(120);
    const pages: number[] = [];
    for await (const page of table.pages(ranges.notes('usr_ada'), { limit: 50 })) pages.push(page.length);
    expect(pages).toEqual([50, 50, 20]);
  });

  test('holds nothing of another user', async () => {
    await writeNotes(3);
    expect(await table.all(ranges.notes('usr_ad'))).toEqual([]);
    expect(await table.all(ranges.notes('usr_ada2'))).toEqual([]);
  });

  const encoded = (sk: string) => Buffer.from(sk).toString('base64url');

  test.each([
    ['of another list', encoded('FRIEND#frd_1')],
    ['that is empty', ''],
    ['that is no cursor', '%%%'],
    ['that is endless', encoded(`NOTE#${'n'.repeat(400)}`)],
  ])('a cursor %s is refused', async (_, cursor) => {
    const refused = table.query(ranges.notes('usr_ada'), { cursor });
    await expect(refused).rejects.toMatchObject({ tag: 'invalid', errors: [{ path: '/cursor' }] });
    await expect(refused).rejects.toBeInstanceOf(Fault);
  });

  test('a cursor of another user reaches nothing of theirs', async () => {
    await writeNotes(5);
    const { cursor } = await table.query(ranges.notes('usr_ada'), { limit: 2 });
    expect(await table.query(ranges.notes('usr_eve'), { cursor })).toEqual({ items: [] });
  });
});

describe('a transaction', () => {
  const [a, b, c] = [keys.user('usr_a'), keys.user('usr_b'), keys.user('usr_c')];

  test('writes everything', async () => {
    await table.put({ ...c, n: 1 });
    const failed = await table.transact([
      { put: { ...a, n: 1 }, if: 'attribute_not_exists(pk)' },
      { update: b, set: 'ADD #ids :ids', values: { ids: new Set(['x']) } },
      { check: c, if: '#n = :one', values: { one: 1 } },
    ]);
    expect(failed).toEqual([]);
    expect([await table.get(a), await table.get(b)]).toMatchObject([{ n: 1 }, { ids: new Set(['x']) }]);
    expect(await table.transact([{ delete: a }, { delete: b, if: 'attribute_exists(pk)' }])).toEqual([]);
    expect(await table.get(a)).toBeUndefined();
  });

  test('or nothing, and says which conditions failed', async () => {
    await table.put({ ...a, n: 1 });
    const failed = await table.transact([
      { put: { ...a, n: 2 }, if: 'attribute_not_exists(pk)' },
      { put: { ...b, n: 2 } },
      { check: c, if: 'attribute_exists(pk)' },
    ]);
    expect(failed).toEqual([0, 2]);
    expect([await table.get(a), await table.get(b)]).toMatchObject([{ n: 1 }, undefined]);
  });

  /** The database answers the next calls with these reasons of a cancelled transaction. It never does so by itself. */
  function cancelWith(...answers: string[][]): () => number {
    let calls = 0;
    client.middlewareStack.add(
      (next) => async (args) => {
        calls++;
        const codes = answers.shift();
        if (!codes) return next(args);
        const { TransactionCanceledException } = await import('@aws-sdk/client-dynamodb');
        throw new TransactionCanceledException({
          message: 'Transaction cancelled',
          $metadata: {},
          CancellationReasons: codes.map((Code) => ({ Code })),
        });
      },
      { step: 'initialize' },
    );
    return () => calls;
  }

  test('that meets another one is made again, and is no failed condition', async () => {
    const calls = cancelWith(['None', 'TransactionConflict'], ['TransactionConflict', 'None']);
    expect(await table.transact([{ put: { ...a, n: 1 } }, { put: { ...b, n: 1 } }])).toEqual([]);
    expect(calls()).toBe(3);
    expect(await table.get(b)).toMatchObject({ n: 1 });
  });

  test('with a failed condition beside a conflict is answered at once', async () => {
    const calls = cancelWith(['TransactionConflict', 'ConditionalCheckFailed']);
    expect(await table.transact([{ put: { ...a, n: 1 } }, { put: { ...b, n: 1 } }])).toEqual([1]);
    expect(calls()).toBe(1);
  });

  test('that is not right in itself is an error, not an answer', async () => {
    const calls = cancelWith(['ValidationError', 'None']);
    const wrong = table.transact([{ put: { ...a, n: 1 } }, { put: { ...b, n: 1 } }]);
    await expect(wrong).rejects.toThrow('Transaction cancelled');
    expect(calls()).toBe(1);
  });

  test('a single write that meets a transaction is made again, too', async () => {
    let met = 0;
    client.middlewareStack.add(
      (next) => async (args) => {
        if (met++ < 2) throw new TransactionConflictException({ message: 'busy', $metadata: {} });
        return next(args);
      },
      { step: 'initialize' },
    );
    expect(await table.put({ ...a, n: 1 }, 'attribute_not_exists(pk)')).toBe(true);
    expect(await table.update(a, 'SET #n = :two', { two: 2 })).toMatchObject({ n: 2 });
  });
});
