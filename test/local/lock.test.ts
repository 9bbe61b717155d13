import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startDatabase } from '../../infra/local/database.ts';
import { lockDataFolder, lockForRunner, lockOrRunner, readLock } from '../../infra/local/lock.ts';

let dir: string;
const children = new Set<ChildProcess>();

beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'hallway-lock-')), 'data');
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(join(dir, '..'), { recursive: true });
});

/** Another process that tries to take the folder, says how that went, and stays. */
async function otherRunner(facts = {}) {
  const program = `
    import { lockDataFolder } from ${JSON.stringify(new URL('../../infra/local/lock.ts', import.meta.url).href)};
    let said = 'locked';
    try {
      lockDataFolder(${JSON.stringify(dir)}, ${JSON.stringify(facts)});
    } catch (error) {
      said = error.message;
    }
    console.log(said);
    setInterval(() => {}, 1000);
  `;
  const runner = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(runner);
  const [said] = (await once(createInterface(runner.stdout), 'line')) as [string];
  return {
    said,
    pid: runner.pid,
    async kill() {
      runner.kill('SIGKILL');
      await once(runner, 'exit');
    },
  };
}

test('makes the folder for its owner alone, and tells the facts', () => {
  const lock = lockDataFolder(dir, { baseUrl: 'http://localhost:8787' });
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  lock.update({ databaseEndpoint: 'http://127.0.0.1:4711', databasePid: 4711 });
  expect(readLock(dir)).toEqual({
    pid: process.pid,
    startedAt: expect.stringMatching(/./),
    baseUrl: 'http://localhost:8787',
    databaseEndpoint: 'http://127.0.0.1:4711',
    databasePid: 4711,
  });
  lock.release();
  expect(readLock(dir)).toBeNull();
});

test('a second runner is told who holds it, also in the same process', async () => {
  const lock = lockDataFolder(dir);
  const message = `${dir} is in use by another Hallway (process ${process.pid}).`;
  expect(() => lockDataFolder(dir)).toThrow(message);
  expect((await otherRunner()).said).toBe(message);
  lock.release();
  lockDataFolder(dir).release();
});

test('of many that start at once, one gets it', async () => {
  const said = (await Promise.all(Array.from({ length: 5 }, () => otherRunner()))).map(
    (runner) => runner.said,
  );
  expect(said.filter((words) => words === 'locked')).toHaveLength(1);
  expect(said.filter((words) => words.startsWith(`${dir} is in use by another Hallway`))).toHaveLength(4);
});

test('a runner that was killed holds nothing', async () => {
  const other = await otherRunner({ baseUrl: 'http://localhost:1' });
  expect(readLock(dir)).toMatchObject({ pid: other.pid, baseUrl: 'http://localhost:1' });
  await other.kill();
  expect(readLock(dir)).toBeNull();
  const lock = lockDataFolder(dir);
  expect(readLock(dir)).toMatchObject({ pid: process.pid });
  lock.release();
});

test('a process that has the old pid by chance is not the runner', () => {
  const lock = lockDataFolder(dir);
  const file = join(dir, 'runner.json');
  const facts = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...facts, startedAt: '1' }));
  expect(readLock(dir)).toBeNull();
  lock.release();
});

test('ends the database that a dead runner left, and no other process', async () => {
  const other = await otherRunner();
  const database = await startDatabase({ dir });
  const file = join(dir, 'runner.json');
  const facts = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...facts, databasePid: database.pids.database }));
  await other.kill();
  lockDataFolder(dir).release();
  expect(await database.exited).toBe(137);

  const stranger = spawn('sleep', ['60']);
  children.add(stranger);
  writeFileSync(file, JSON.stringify({ ...facts, databasePid: stranger.pid }));
  lockDataFolder(dir).release();
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(stranger.pid)], { encoding: 'utf8' });
  expect(stdout).toMatch(/^S/);
});

test('a folder that cannot be written names the setting', () => {
  const lock = lockDataFolder(dir);
  const impossible = join(dir, 'runner.json', 'data');
  expect(() => lockDataFolder(impossible)).toThrow(
    `${impossible} cannot be written. Set HALLWAY_DATA to a folder of yours.`,
  );
  lock.release();
});

test('who comes waits for a holder that only passes, and is told of one that serves', async () => {
  const starting = lockDataFolder(dir);
  const waiting = lockOrRunner(dir);
  starting.update({ baseUrl: 'http://localhost:8787' });
  expect(await waiting).toMatchObject({ runner: { pid: process.pid, baseUrl: 'http://localhost:8787' } });
  await expect(lockForRunner(dir)).rejects.toThrow(
    `${dir} is in use by another Hallway (process ${process.pid}).`,
  );

  starting.update({ isEnding: true });
  const next = lockForRunner(dir);
  starting.release();
  (await next).release();
});

test('a runner that lost who started it is waited for: it is about to end', async () => {
  const parent = spawn('sleep', ['60']);
  children.add(parent);
  const orphan = lockDataFolder(dir, { baseUrl: 'http://localhost:8787', parentPid: parent.pid ?? 0 });
  expect(await lockOrRunner(dir)).toMatchObject({ runner: { pid: process.pid } });
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  const next = lockForRunner(dir);
  orphan.release();
  (await next).release();
});

test('a folder that cannot be made is said at once, also where the system takes no folders', () => {
  expect(() => lockDataFolder('/proc/hallway/data')).toThrow(/cannot be written\. Set HALLWAY_DATA/);
});
