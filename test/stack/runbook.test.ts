import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type AttributeValue, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, inject, test } from 'vitest';
import { findServicePause } from '../../functions/ledger/store.ts';
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

/** What a block says to `aws dynamodb update-item`, read by a real shell; `found`: what its queries find. */
async function updates(block: string, found: object[] = []): Promise<Record<string, string>[]> {
  const script = `
    aws() { if [ "$2" = query ]; then printf '%s\\n' "$FOUND"; else printf '%s\\0' "$@" END >&3; fi; }
    jq() { cat; }
    exec 3>&1 1>&2
    ${block}`;
  const lines = found.map((key) => JSON.stringify(key)).join('\n');
  const env = { PATH: process.env.PATH, TABLE: 'the-table', NOW, FOUND: lines };
  const { stdout } = await promisify(execFile)('bash', ['-euc', script], { env });
  const commands = stdout.split('\0END\0').filter(Boolean);
  return commands.map((command) => {
    const [service, verb, ...rest] = command.split('\0');
    expect([service, verb]).toEqual(['dynamodb', 'update-item']);
    const pairs = rest.flatMap((word, place) =>
      word.startsWith('--') ? [[word.slice(2), rest[place + 1] ?? '']] : [],
    );
    return Object.fromEntries(pairs);
  });
}

/** Runs it on the real engine. False: its condition does not hold. */
async function update(tableName: string, said: Record<string, string>): Promise<boolean> {
  const client = new DynamoDBClient({
    endpoint: inject('databaseEndpoint'),
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const read = <Value>(name: string) => JSON.parse(said[name] ?? '{}') as Record<string, Value>;
  expect(said['table-name']).toBe('the-table');
  try {
    await client.send(
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

test('every chapter that an alarm names is there', async () => {
  const operations = readFileSync(join(import.meta.dirname, '../../infra/aws/operations.ts'), 'utf8');
  const named = [...operations.matchAll(/RUNBOOK\.md, "([^"]+)"/g)].map(([, chapter]) => chapter);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((chapter) => !RUNBOOK.includes(`\n## ${chapter}\n`))).toEqual([]);
});
