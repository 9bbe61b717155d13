import { DynamoDBClient, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { expect, inject, test } from 'vitest';
import type { Note } from '../../functions/notes/note.ts';
import { insertNote } from '../../functions/notes/store.ts';
import { tick } from '../../functions/notes/tick.ts';
import { DUE_SHARDS } from '../../functions/platform/due.ts';
import { newId } from '../../functions/platform/ids.ts';
import { Table } from '../../functions/platform/table.ts';
import { type Desk, openDesk } from './desk.ts';

const DUE = '2026-11-23T12:00:30.000Z';
/** More than one tick looks at. */
const MANY = 1_010;

/** The partitions of the due index that `act` reads, in order, each as often as it is read. */
async function readBy(desk: Desk, act: () => Promise<unknown>): Promise<string[]> {
  const read: string[] = [];
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: inject('databaseEndpoint'),
  });
  client.middlewareStack.add(
    (next) => (args) => {
      const { IndexName, ExpressionAttributeValues = {} } = args.input as QueryCommandInput;
      if (IndexName === 'due') read.push(String(ExpressionAttributeValues[':pk']));
      return next(args);
    },
    { step: 'initialize' },
  );
  const { table } = desk.ground;
  desk.ground.table = new Table(table.name, client);
  await act();
  desk.ground.table = table;
  return read.toSorted();
}

test('each minute reads each shard of the due index once, be nothing due or more than it looks at', async () => {
  const desk = await openDesk({ HALLWAY_TICK_SECONDS: '1', HALLWAY_SES_RATE: '10' });
  const shards = Array.from({ length: DUE_SHARDS }, (_, shard) => shard);
  const once = [...shards.map((shard) => `DUE#${shard}`), ...shards.map((shard) => `WORK#${shard}`)];
  expect(await readBy(desk, () => tick(desk.ground))).toEqual(once);

  const written = await desk.write();
  const copies: Note[] = Array.from({ length: MANY - 1 }, () => ({ ...written, id: newId('nte') }));
  await Promise.all(copies.map((note) => insertNote(desk.ground.table, desk.ada.id, note)));
  desk.ground.setClock(DUE);
  expect(await readBy(desk, () => tick(desk.ground))).toEqual(once);
  expect(await readBy(desk, () => tick(desk.ground))).toEqual(once);
  const said = desk.said.map(({ id }) => id);
  const earliest = [written, ...copies].map(({ id }) => id).toSorted();
  expect(said).toEqual(earliest.slice(0, 20));
});
