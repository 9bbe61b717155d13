import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type AttributeValue,
  DynamoDBClient,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { expect, inject, test } from 'vitest';
import { findServicePause } from '../../functions/ledger/store.ts';
import { tick } from '../../functions/notes/tick.ts';
import { keys } from '../../functions/platform/keys.ts';
import { openDesk } from '../notes/desk.ts';

const RUNBOOK = readFileSync(join(import.meta.dirname, '../../infra/RUNBOOK.md'), 'utf8');
const NOW = '2026-11-23T12:00:00.000Z';

/** The commands of a chapter, block by block. */
function blocksOf(chapter: string): string[] {
  const [, text = ''] = RUNBOOK.split(`## ${chapter}\n`);
  const [own = ''] = text.split('\n## ');
  return [...own.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');
}

/** What a block says to `aws dynamodb`, read by a real shell; `found`: what its queries find. */
async function said(
  verb: 'update-item' | 'query',
  block: string,
  found: object[] = [],
): Promise<Record<string, string>[]> {
  const script = `
    aws() { printf '%s\\0' "$@" END >&3; if [ "$2" = query ]; then printf '%s\\n' "$FOUND"; fi; }
    jq() { cat; }
    exec 3>&1 1>&2
    ${block}`;
  const lines = found.map((key) => JSON.stringify(key)).join('\n');
  const env = { PATH: process.env.PATH, TABLE: 'the-table', NOW, FOUND: lines };
  const { stdout } = await promisify(execFile)('bash', ['-euc', script], { env });
  const commands = stdout.split('\0END\0').filter(Boolean);
  return commands.flatMap((command) => {
    const [service, asked, ...rest] = command.split('\0');
    expect(service).toBe('dynamodb');
    expect(['update-item', 'query']).toContain(asked);
    if (asked !== verb) return [];
    const pairs = rest.flatMap((word, place) =>
      word.startsWith('--') ? [[word.slice(2), rest[place + 1] ?? '']] : [],
    );
    return [Object.fromEntries(pairs)];
  });
}

const updates = (block: string, found?: object[]) => said('update-item', block, found);

const client = () =>
  new DynamoDBClient({
    endpoint: inject('databaseEndpoint'),
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

/** The sort keys that a query finds on the real engine. */
async function find(tableName: string, said: Record<string, string>): Promise<unknown[]> {
  const { Items = [] } = await client().send(
    new QueryCommand({
      TableName: tableName,
      IndexName: said['index-name'],
      KeyConditionExpression: said['key-condition-expression'],
      FilterExpression: said['filter-expression'],
      ExpressionAttributeValues: JSON.parse(said['expression-attribute-values'] ?? ''),
    }),
  );
  return Items.map(({ sk }) => sk?.S);
}

/** Runs it on the real engine. False: its condition does not hold. */
async function update(tableName: string, said: Record<string, string>): Promise<boolean> {
  const read = <Value>(name: string) => JSON.parse(said[name] ?? '{}') as Record<string, Value>;
  expect(said['table-name']).toBe('the-table');
  try {
    await client().send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: read<AttributeValue>('key'),
        UpdateExpression: said['update-expression'],
        ConditionExpression: said['condition-expression'],
        ExpressionAttributeNames: read<string>('expression-attribute-names'),
        ExpressionAttributeValues: read<AttributeValue>('expression-attribute-values'),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

test('its commands pause all sending, once, and let it go on', async () => {
  const { ground } = await openDesk();
  const { table } = ground;
  const [pause = '', resume = ''] = blocksOf('Pause all sending, and go on');
  const [stop = {}] = await updates(pause);
  expect([await update(table.name, stop), await update(table.name, stop)]).toEqual([true, false]);
  expect(await findServicePause(table)).toEqual({ because: 'operator', at: NOW });

  const [go = {}] = await updates(resume);
  expect(await update(table.name, go)).toBe(true);
  expect(await findServicePause(table)).toEqual({ resumedAt: NOW });
});

test('its commands hold what a restored table would send again', async () => {
  const desk = await openDesk();
  const { table } = desk.ground;
  const note = await desk.write({ moment: { kind: 'now' } });
  const block = blocksOf('Restore the table').find((one) => one.includes('for shard in')) ?? '';
  const { pk, sk } = keys.note(desk.ada.id, note.id);
  const [hold = {}, ...others] = await updates(block, [{ pk: { S: pk }, sk: { S: sk } }]);
  // One for each shard; here each of them finds the same.
  expect(others).toEqual([hold, hold, hold]);
  expect([await update(table.name, hold), await update(table.name, hold)]).toEqual([true, false]);
  expect(await desk.read(note)).toMatchObject({ state: 'held', heldBecause: 'restored', version: 2 });
});

test('its commands find a note that was handed out, whatever its lease says, and none of a later moment', async () => {
  const desk = await openDesk();
  const block = blocksOf('Restore the table').find((one) => one.includes('for shard in')) ?? '';
  desk.ground.setClock('2026-11-23T11:59:00.000Z');
  const left = await desk.write();
  await desk.write({ moment: { kind: 'at', at: '2026-11-23T12:00', timeZone: 'UTC' } });
  desk.ground.setClock('2026-11-23T11:59:59.000Z');
  await tick(desk.ground);
  const queries = await said('query', block);
  const found = await Promise.all(queries.map((one) => find(desk.ground.table.name, one)));
  expect(found.flat()).toEqual([keys.note(desk.ada.id, left.id).sk]);
});

test('every chapter that an alarm names is there', async () => {
  const operations = readFileSync(join(import.meta.dirname, '../../infra/aws/operations.ts'), 'utf8');
  const named = [...operations.matchAll(/RUNBOOK\.md, "([^"]+)"/g)].map(([, chapter]) => chapter);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((chapter) => !RUNBOOK.includes(`\n## ${chapter}\n`))).toEqual([]);
});
