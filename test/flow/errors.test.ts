import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newFolder, npmStart, type Options, ROOT, startService } from './start.ts';

/** What went wrong, in one line, and code 1. */

const taken = createServer().listen(0, '127.0.0.1');
beforeAll(() => taken.listening || once(taken, 'listening'));
afterAll(() => {
  taken.close();
});

async function complaintOf(options: Options): Promise<string> {
  const { code, stdout, stderr } = await npmStart(options).ended;
  expect({ code, stdout, lines: stderr.length, stderr }).toMatchObject({ code: 1, stdout: '', lines: 1 });
  return stderr[0] ?? '';
}

test.concurrent.each(['PORT', 'MAIL_PORT', 'SMTP_PORT'])('a taken port names %s', async (setting) => {
  const { port } = taken.address() as AddressInfo;
  expect(await complaintOf({ environment: { [setting]: String(port) } })).toBe(
    `Port ${port} is taken. Set ${setting} to another one.`,
  );
});

test.concurrent.each([
  ['PORT', 'abc', 'PORT must be a port, from 0 (any free one) to 65535.'],
  ['MAIL_PORT', '65536', 'MAIL_PORT must be a port, from 0 (any free one) to 65535.'],
  ['HALLWAY_LEASE_SECONDS', '0', 'HALLWAY_LEASE_SECONDS must be at least 1.'],
  // As a timer it would fire each millisecond.
  ['HALLWAY_TICK_SECONDS', '9999999', 'HALLWAY_TICK_SECONDS must be at most 1000000.'],
  ['DYNAMODB_ENDPOINT', 'there', 'DYNAMODB_ENDPOINT must be a URL.'],
  ['SMTP_URL', 'localhost:25', 'SMTP_URL must be a URL, like smtp://host:25.'],
])('%s=%s is refused', async (setting, value, line) => {
  expect(await complaintOf({ environment: { [setting]: value } })).toBe(line);
});

test.concurrent('a data folder that cannot be written names the setting', async () => {
  const dir = newFolder();
  writeFileSync(join(dir, 'file'), '');
  const data = join(dir, 'file', 'data');
  expect(await complaintOf({ environment: { HALLWAY_DATA: data } })).toBe(
    `${data} cannot be written. Set HALLWAY_DATA to a folder of yours.`,
  );
});

test.concurrent('a second runner on the same folder names the first', async () => {
  const first = await startService();
  expect(await complaintOf({ dir: first.dir })).toMatch(
    new RegExp(`^${first.dir} is in use by another Hallway \\(process \\d+\\)\\.$`),
  );
  expect((await fetch(`${first.url}/api/health`)).status).toBe(200);
  await first.stop();
});

test.concurrent('an option that is none', async () => {
  expect(await complaintOf({ args: ['--dmeo'] })).toMatch(/^Unknown option '--dmeo'/);
});

/** The project where npm found no database for this machine. */
async function copyWithoutDatabase(): Promise<string> {
  const root = newFolder();
  await Promise.all(
    ['package.json', 'infra', 'functions'].map((name) =>
      cp(join(ROOT, name), join(root, name), { recursive: true }),
    ),
  );
  mkdirSync(join(root, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== '@dynoxide' && name !== '.cache') {
      symlinkSync(join(ROOT, 'node_modules', name), join(root, 'node_modules', name));
    }
  }
  return root;
}

test.concurrent('without the database program, what to install', async () => {
  const root = await copyWithoutDatabase();
  expect(await complaintOf({ root })).toBe(
    `There is no database: install dynoxide (npm package @dynoxide/${process.platform}-${process.arch}, or the program on the PATH), or set DYNAMODB_ENDPOINT.`,
  );
});

test.concurrent('the database program may stand on the PATH', async () => {
  const root = await copyWithoutDatabase();
  const programs = join(ROOT, 'node_modules/@dynoxide', `${process.platform}-${process.arch}`);
  const PATH = [programs, process.env.PATH].join(delimiter);
  const service = await startService({ root, environment: { PATH } });
  expect((await fetch(`${service.url}/api/health`)).status).toBe(200);
  await service.stop();
});

test.concurrent('a Node that is too old says which one is needed', () => {
  const older = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', older, '--import', './infra/local/first.js', 'infra/local/main.ts'],
    { cwd: ROOT, encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([
    1,
    'Node 24 is needed, this is 20. Run the command through npm, which brings it (npm ci).\n',
  ]);
});
