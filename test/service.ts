import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Stored } from './ground.ts';

const ROOT = resolve(import.meta.dirname, '..');
/** Contract: `ready` within 10 s at the first start; twice that on a machine that does other things (milliseconds). */
const READY_WITHIN = 20_000;
/** Work starts almost at once. */
const QUICK = { HALLWAY_TICK_SECONDS: '0.2', HALLWAY_UNDO_SECONDS: '0', HALLWAY_SES_RATE: '0' };

/** The whole service, started as a person starts it: `npm start`, on ports and in a folder of its own. */
export interface Service {
  url: string;
  mailUrl: string;
  /** What it printed on stdout so far. */
  output(): string;
  process: ChildProcess;
  addUser(email: string, name: string, timeZone?: string): Promise<Added>;
  mailsTo(address: string): Promise<Stored[]>;
  /** SIGTERM to npm, as a person's terminal or a service manager sends it. */
  stop(): Promise<void>;
}

export interface Added {
  userId: string;
  apiToken: string;
  signInUrl: string;
  ingestAddress: string;
}

/** `dir`: an existing data folder, kept; else one that is removed at the end. */
export async function startService(
  options: { args?: string[]; dir?: string; environment?: Record<string, string> } = {},
): Promise<Service> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'hallway-service-'));
  const env = {
    ...process.env,
    PORT: '0',
    MAIL_PORT: '0',
    SMTP_PORT: '0',
    HALLWAY_DATA: dir,
    ...QUICK,
    ...options.environment,
  };
  const args = ['start', '--silent', ...(options.args ? ['--', ...options.args] : [])];
  // A group of its own, so that whatever is left of it can be ended, and nothing else.
  const child = spawn('npm', args, { cwd: ROOT, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let complaints = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    complaints += chunk;
  });
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  await new Promise<void>((ready, fail) => {
    const timer = setTimeout(() => fail(new Error(`Not ready: ${output}${complaints}`)), READY_WITHIN);
    child.once('exit', () => fail(new Error(`Ended before it was ready: ${complaints}`)));
    child.stdout.on('data', () => {
      if (!/^ready \S+$/m.test(output) || !/^mailbox \S+$/m.test(output)) return;
      clearTimeout(timer);
      ready();
    });
  });
  const printed = (name: string) => new RegExp(`^${name} (\\S+)$`, 'm').exec(output)?.[1] ?? '';
  const mailUrl = printed('mailbox');
  return {
    url: printed('ready'),
    mailUrl,
    output: () => output,
    process: child,
    async addUser(email, name, timeZone) {
      const zone = timeZone ? ['--time-zone', timeZone] : [];
      const command = ['run', '--silent', 'user', '--', 'add', email, '--name', name, ...zone];
      const { stdout } = await promisify(execFile)('npm', command, { cwd: ROOT, env });
      return JSON.parse(stdout);
    },
    async mailsTo(address) {
      const { emails } = (await (await fetch(`${mailUrl}/store`)).json()) as { emails: Stored[] };
      return emails.filter(({ destinations }) => destinations.includes(address));
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
      if (!options.dir) rmSync(dir, { recursive: true, force: true });
    },
  };
}
