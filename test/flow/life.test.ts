import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addUser, newFolder, npmStart, processesOn, startService, until } from './start.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('a request that comes before it is ready waits for its answer', async () => {
  const port = await freePort();
  const started = npmStart({ environment: { PORT: String(port) } });
  const answer = await until('the port is open', () =>
    fetch(`http://127.0.0.1:${port}/api/health`).catch(() => null),
  );
  expect(answer.status).toBe(200);
  process.kill(started.pid, 'SIGTERM');
  await started.ended;
});

test('what it keeps is for its account alone, also in a folder that others may look into', async () => {
  const dir = newFolder();
  chmodSync(dir, 0o755);
  const service = await startService({ dir });
  const open = readdirSync(dir).filter((name) => statSync(join(dir, name)).mode & 0o077);
  expect(open).toEqual([]);
  await service.stop();
});

test('users are added while it is stopped, while it starts and while it runs', async () => {
  const dir = newFolder();
  const starting = startService({ dir });
  const names = ['ada', 'grace', 'ada'];
  const added = await Promise.all(names.map((name) => addUser(dir, `${name}@users.example`, name)));
  const service = await starting;
  const late = await service.addUser('ada@users.example', 'ada');
  expect(new Set([...added, late].map(({ userId }) => userId)).size).toBe(2);
  for (const { apiToken } of [...added, late]) {
    expect((await service.as(apiToken).ask('GET', '/friends')).status).toBe(200);
  }
  await service.stop();
});

/** npm, the runner, the database, its guard and the guard's watch. */
const PROCESSES = 5;

function runnerOf(dir: string): { pid: number; databasePid: number } {
  return JSON.parse(readFileSync(join(dir, 'runner.json'), 'utf8'));
}

test.concurrent.each([
  ['SIGTERM', 'npm'],
  ['SIGTERM', 'group'],
  ['SIGINT', 'group'],
] as const)('%s to %s leaves no process', async (signal, to) => {
  const service = await startService();
  expect(processesOn(service.dir)).toHaveLength(PROCESSES);
  service.signal(signal, to);
  const { stderr } = await service.ended;
  expect(stderr).toEqual([]);
  await until('all have ended', () => processesOn(service.dir).length === 0, 1_000);
  expect(existsSync(join(service.dir, 'runner.json'))).toBe(false);
});

test.concurrent('SIGTERM in the middle of a start leaves no process', async () => {
  const started = npmStart({});
  await until('it has begun', () => existsSync(join(started.dir, 'runner.json')));
  process.kill(started.pid, 'SIGTERM');
  await started.ended;
  await until('all have ended', () => processesOn(started.dir).length === 0, 3_000);
  expect(started.stdout()).toBe('');
});

test.concurrent('a runner that is killed leaves no child, and npm says that it failed', async () => {
  const service = await startService();
  process.kill(runnerOf(service.dir).pid, 'SIGKILL');
  expect((await service.ended).code).not.toBe(0);
  await until('all have ended', () => processesOn(service.dir).length === 0, 3_000);
});

test.concurrent('a runner whose database dies says so in one line, and ends', async () => {
  const service = await startService();
  process.kill(runnerOf(service.dir).databasePid, 'SIGKILL');
  expect(await service.ended).toMatchObject({
    code: 1,
    stderr: ['The database ended by itself (137).'],
  });
  await until('all have ended', () => processesOn(service.dir).length === 0, 3_000);
});

test.concurrent('a start ends the database that nobody guarded any more', async () => {
  const dir = newFolder();
  const service = await startService({ dir });
  const { pid, databasePid } = runnerOf(dir);
  const guards = processesOn(dir).filter((one) => ![service.pid, pid, databasePid].includes(one));
  // Held still first: a runner that sees its guard end would end the database itself.
  process.kill(pid, 'SIGSTOP');
  for (const one of [...guards, pid]) process.kill(one, 'SIGKILL');
  await service.ended;
  expect(processesOn(dir)).toEqual([databasePid]);

  const next = await startService({ dir });
  expect(processesOn(dir)).not.toContain(databasePid);
  expect((await fetch(`${next.url}/api/health`)).status).toBe(200);
  await next.stop();
});
