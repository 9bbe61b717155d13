import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startDatabase } from '../../infra/local/database.ts';

let dir: string;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hallway-database-'));
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(dir, { recursive: true });
});

const clientOf = (endpoint: string) =>
  new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

/** A zombie has ended: it only waits for somebody to ask how. */
function isAlive(pid: number) {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

const makeTable = new CreateTableCommand({
  TableName: 'hallway',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
});
const put = new PutItemCommand({ TableName: 'hallway', Item: { pk: { S: 'a' }, words: { S: 'kept' } } });
const getBack = new GetItemCommand({ TableName: 'hallway', Key: { pk: { S: 'a' } } });

/** A runner of its own: starts the database, says its facts, and waits to be killed. */
async function startRunner() {
  const program = `
    import { startDatabase } from ${JSON.stringify(new URL('../../infra/local/database.ts', import.meta.url).href)};
    const { endpoint, pids } = await startDatabase({ dir: ${JSON.stringify(dir)} });
    console.log(JSON.stringify({ endpoint, pids }));
    setInterval(() => {}, 1000);
  `;
  const runner = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(runner);
  const [line] = await once(createInterface(runner.stdout), 'line');
  return { runner, ...(JSON.parse(line) as { endpoint: string; pids: { guard: number; database: number } }) };
}

describe('the database', () => {
  test('keeps what was written over a stop and a start', async () => {
    const first = await startDatabase({ dir });
    const client = clientOf(first.endpoint);
    await client.send(makeTable);
    await client.send(put);
    await first.stop();
    expect(Object.values(first.pids).map(isAlive)).toEqual([false, false]);

    const second = await startDatabase({ dir });
    expect((await clientOf(second.endpoint).send(getBack)).Item).toEqual({
      pk: { S: 'a' },
      words: { S: 'kept' },
    });
    await second.stop();
  });

  test('dies with a runner that is killed, and has lost nothing', async () => {
    const { runner, endpoint, pids } = await startRunner();
    const client = clientOf(endpoint);
    await client.send(makeTable);
    await client.send(put);
    runner.kill('SIGKILL');
    await vi.waitFor(() => expect(Object.values(pids).map(isAlive)).toEqual([false, false]));

    const next = await startDatabase({ dir });
    expect((await clientOf(next.endpoint).send(getBack)).Item).toBeDefined();
    await next.stop();
  });

  test('dies with a runner that is killed after its guard was', async () => {
    const { runner, pids } = await startRunner();
    process.kill(pids.guard, 'SIGKILL');
    runner.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(pids.database)).toBe(false));
  });

  test('says that it ended', async () => {
    const database = await startDatabase({ dir });
    process.kill(database.pids.database, 'SIGKILL');
    expect(await database.exited).toBe(137);
    await database.stop();
  });

  test('is in a process group of its own: a Ctrl-C reaches the runner alone, which ends it last', async () => {
    const database = await startDatabase({ dir });
    const { stdout } = spawnSync('ps', ['-o', 'pgid=', '-p', String(database.pids.database)], {
      encoding: 'utf8',
    });
    expect(Number(stdout)).toBe(database.pids.guard);
    await database.stop();
  });
});

describe('a start that fails says why', () => {
  test('when the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    await expect(startDatabase({ dir, port })).rejects.toThrow(/did not start: .*already in use/);
    taken.close();
  });

  test('when the file is no database', async () => {
    await writeFile(
      join(dir, 'hallway.db'),
      'these are not the bytes of a database, not at all, whatever they say',
    );
    await expect(startDatabase({ dir })).rejects.toThrow(/did not start: .*not a valid SQLite database/);
  });
});
