import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS = 10_000;
const POLL_MS = 10;
const ANSWER_MS = 1_000;
const STOP_MS = 2_000;
const ATTEMPTS = 5;

/**
 * The database must not outlive this process, however that ends. The guard reads from a pipe that only this process
 * holds open: the system closes it when we die, and the guard ends the database. It says the database's pid first, and
 * ends with its code. `read` is the shell's own: nothing else is left to clean up.
 */
const GUARD = `
exec 3<&0
"$@" 3<&- </dev/null >&2 &
database=$!
echo $database
{ read -r _ <&3; kill -9 $database; } >/dev/null 2>&1 &
watch=$!
wait $database
code=$?
kill $watch 2>/dev/null
wait $watch
exit $code
`;

export interface Database {
  endpoint: string;
  pids: { guard: number; database: number };
  /** The database's exit code, once it has ended for whatever reason; null if its guard was killed. */
  exited: Promise<number | null>;
  stop(): Promise<void>;
}

/** The one file that holds everything; its absolute path marks our database among the processes. */
export function databaseFile(dir: string): string {
  return join(resolve(dir), 'hallway.db');
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** npm's package for this platform, else `dynoxide` on the PATH. Fault: an Error that says what to install. */
function findBinary(): string {
  const platform = `@dynoxide/${process.platform}-${process.arch}`;
  const candidates = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'dynoxide'));
  try {
    candidates.unshift(createRequire(import.meta.url).resolve(`${platform}/dynoxide`));
  } catch {
    // Not every platform has a package.
  }
  const found = candidates.find(isExecutable);
  if (found) return found;
  throw new Error(
    `There is no database: install dynoxide (npm package ${platform}, or the program on the PATH), or set DYNAMODB_ENDPOINT.`,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Only our database: another program may have taken the port between the look and the start. */
async function answers(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(ANSWER_MS) });
    await response.body?.cancel();
    return response.headers.get('server')?.startsWith('Dynoxide') ?? false;
  } catch {
    return false;
  }
}

function terminate(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}

/** Starts dynoxide on one port. Fault: an Error with its last words. */
async function startOn(binary: string, dir: string, port: number): Promise<Database> {
  const endpoint = `http://127.0.0.1:${port}`;
  const command = [binary, '--port', String(port), '--db-path', databaseFile(dir)];
  // Detached: Ctrl-C reaches the whole process group, but the database must end last.
  const guard: ChildProcessByStdio<Writable, Readable, Readable> = spawn(
    'sh',
    ['-c', GUARD, 'hallway-database', ...command],
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
  let words = '';
  guard.stderr.on('data', (chunk) => {
    words = (words + chunk).slice(-1000);
  });
  // The pipe to a guard that has ended is broken, which `exited` tells already.
  guard.stdin.on('error', () => {});
  const exited = new Promise<number | null>((ended, failed) => {
    guard.once('error', failed);
    guard.once('close', ended);
  });
  let running = true;
  const note = () => {
    running = false;
  };
  const ended = exited.then(note, note);
  const [said] = (await Promise.race([once(guard.stdout, 'data'), ended.then(() => [''])])) as [
    Buffer | string,
  ];
  const database = Number(String(said));
  const end = async () => {
    guard.stdin.end();
    await ended;
  };

  const deadline = performance.now() + START_MS;
  while (running && performance.now() < deadline) {
    if (await Promise.race([answers(endpoint), ended.then(() => false)])) {
      return {
        endpoint,
        pids: { guard: guard.pid ?? 0, database },
        exited,
        async stop() {
          terminate(database);
          await Promise.race([ended, sleep(STOP_MS, undefined, { ref: false })]);
          await end();
        },
      };
    }
    await sleep(POLL_MS);
  }
  const cause = running
    ? `it did not answer within ${START_MS / 1000} s`
    : words.trim() || 'it ended at once';
  await end();
  throw new Error(`The database did not start: ${cause}`);
}

/** Starts the database on `dir` (one process for each folder: see lock.ts), on a free loopback port if none is said. */
export async function startDatabase({ dir, port }: { dir: string; port?: number }): Promise<Database> {
  const binary = findBinary();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(binary, dir, port ?? (await freePort()));
    } catch (error) {
      const taken = error instanceof Error && /in use/.test(error.message);
      if (!taken || port !== undefined || attempt === ATTEMPTS) throw error;
    }
  }
}
