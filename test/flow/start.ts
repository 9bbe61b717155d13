import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Stored } from '../ground.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
/** Contract: 10 s at the first start; twice that on a machine that does other things (milliseconds). */
const READY_WITHIN = 20_000;
/** A week is encoded before: 6 s of processor time, on cores that two other test files use. */
const DEMO_READY_WITHIN = 60_000;
const UNTIL_WITHIN = 15_000;
const POLL_MS = 25;

/** Ports of its own, and work that starts almost at once. */
const QUICK = {
  PORT: '0',
  MAIL_PORT: '0',
  SMTP_PORT: '0',
  HALLWAY_TICK_SECONDS: '0.5',
  HALLWAY_UNDO_SECONDS: '0',
  HALLWAY_LEASE_SECONDS: '1',
  HALLWAY_SES_RATE: '0',
  HALLWAY_CAP_USER_DAY: '1000',
  HALLWAY_CAP_ADDRESS_DAY: '1000',
};

export type Environment = Record<string, string>;

export interface Added {
  userId: string;
  apiToken: string;
  signInUrl: string;
  ingestAddress: string;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  /** Its lines, without npm's own. */
  stderr: string[];
}

const folders = new Set<string>();

/** A data folder of its own. `removeFolders` ends whatever still runs on it, and removes it. */
export function newFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hallway-flow-'));
  folders.add(dir);
  return dir;
}

export function removeFolders(): void {
  for (const dir of folders) {
    for (const pid of processesOn(dir)) kill(pid);
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
  folders.clear();
}
process.once('exit', removeFolders);

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function proc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Every process that has this folder in its command or its environment: npm, the runner, the database, its guard. */
export function processesOn(dir: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  return pids
    .filter((pid) => proc(pid, 'cmdline').includes(dir) || proc(pid, 'environ').includes(dir))
    .filter((pid) => !/^\d+ \(.*\) Z/s.test(proc(pid, 'stat')))
    .map(Number);
}

/** Asks again and again, until the answer is not false, null or undefined. */
export async function until<Answer>(
  what: string,
  ask: () => Answer | Promise<Answer>,
  within = UNTIL_WITHIN,
): Promise<NonNullable<Exclude<Answer, false>>> {
  const deadline = performance.now() + within;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== null && answer !== undefined) {
      return answer as NonNullable<Exclude<Answer, false>>;
    }
    if (performance.now() > deadline) throw new Error(`Not within ${within / 1000} s: ${what}`);
    await new Promise((later) => setTimeout(later, POLL_MS));
  }
}

export interface Options {
  dir?: string;
  args?: string[];
  environment?: Environment;
  /** Another copy of the project. */
  root?: string;
}

/** `npm start` in a process group of its own. */
export function npmStart({ dir = newFolder(), args = [], environment = {}, root = ROOT }: Options) {
  const env = { ...process.env, ...QUICK, HALLWAY_DATA: dir, ...environment };
  const command = ['start', '--silent', ...(args.length ? ['--', ...args] : [])];
  const child: ChildProcess = spawn('npm', command, {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((done) => {
    child.once('close', (code, signal) => {
      const lines = stderr.split('\n').filter((line) => line.trim() && !line.startsWith('npm '));
      done({ code, signal, stdout, stderr: lines });
    });
  });
  return { dir, pid: child.pid ?? 0, ended, stdout: () => stdout, stderr: () => stderr };
}

/** The whole service, started as a person starts it, once it is ready. */
export async function startService(options: Options = {}) {
  const started = npmStart(options);
  const { dir, pid, ended, stdout } = started;
  let over = false;
  ended.then(() => {
    over = true;
  });
  const printed = (name: string) => new RegExp(`^${name} (\\S+)$`, 'm').exec(stdout())?.[1];
  await until(
    'ready',
    () => {
      if (over) throw new Error(`It ended before it was ready: ${started.stderr()}`);
      return printed('mail in');
    },
    options.args?.includes('--demo') ? DEMO_READY_WITHIN : READY_WITHIN,
  );
  const url = printed('ready') ?? '';
  const mailUrl = printed('mailbox') ?? '';
  const smtpUrl = printed('mail in') ?? '';

  return {
    ...started,
    url,
    mailUrl,
    smtpUrl,
    signInUrl: /^sign in (\S+)$/m.exec(stdout())?.[1],
    addUser: (email: string, name: string, timeZone?: string) => addUser(dir, email, name, timeZone),
    async mails(): Promise<Stored[]> {
      return ((await (await fetch(`${mailUrl}/store`)).json()) as { emails: Stored[] }).emails;
    },
    /** What the next mails meet; see the local SES endpoint. */
    async fault(action: string, times: number, events = true): Promise<void> {
      const body = JSON.stringify({ action, times, events });
      const headers = { 'Content-Type': 'application/json' };
      const response = await fetch(`${mailUrl}/faults`, { method: 'POST', headers, body });
      if (!response.ok) throw new Error(`The fault was not taken: ${await response.text()}`);
    },
    /** The API as one user has it: status and body. */
    as: (token: string) => apiOf(`${url}/api`, token),
    /** A signal for npm alone, or for all of its group, as a terminal sends it. */
    signal(signal: NodeJS.Signals, to: 'npm' | 'group' = 'npm'): void {
      process.kill(to === 'npm' ? pid : -pid, signal);
    },
    async stop(): Promise<void> {
      if (!over) process.kill(pid, 'SIGTERM');
      await ended;
    },
    /** Everything at once, the database and its guard too. */
    async killTree(): Promise<void> {
      for (const one of processesOn(dir)) kill(one);
      await ended;
    },
  };
}

export type Service = Awaited<ReturnType<typeof startService>>;

/** `npm run user -- add`, whether or not the service runs. */
export async function addUser(dir: string, email: string, name: string, timeZone?: string): Promise<Added> {
  const zone = timeZone ? ['--time-zone', timeZone] : [];
  const command = ['run', '--silent', 'user', '--', 'add', email, '--name', name, ...zone];
  const env = { ...process.env, HALLWAY_DATA: dir };
  const { stdout } = await promisify(execFile)('npm', command, { cwd: ROOT, env });
  return JSON.parse(stdout);
}

// biome-ignore lint/suspicious/noExplicitAny: an API's answer, read by its test
export type Body = any;

function apiOf(base: string, token: string) {
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text ? JSON.parse(text) : undefined) as Body };
  };
  const done = async (method: string, path: string, body?: unknown): Promise<Body> => {
    const answer = await ask(method, path, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  };
  return {
    ask,
    get: (path: string) => done('GET', path),
    post: (path: string, body: unknown = {}) => done('POST', path, body),
    /** Every item of a list. */
    async all(path: string): Promise<Body[]> {
      const items: Body[] = [];
      let cursor: string | undefined;
      do {
        const page = await done('GET', `${path}?limit=100${cursor ? `&cursor=${cursor}` : ''}`);
        items.push(...page.items);
        cursor = page.cursor;
      } while (cursor);
      return items;
    },
  };
}
