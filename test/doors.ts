import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, inject, vi } from 'vitest';
import { clients } from '../functions/platform/clients.ts';
import { type Ground, openGround } from '../functions/platform/ground.ts';
import { Table } from '../functions/platform/table.ts';
import { bundleFunctions } from '../infra/bundle.ts';
import { functionEnvironment } from '../infra/local/environment.ts';
import { startSes } from '../infra/local/ses.ts';
import { readRunnerSettings } from '../infra/local/settings.ts';
import type { FunctionName } from '../infra/service.ts';
import type { Stored } from './ground.ts';

/** What one event took of processor time, on all threads, and of memory beyond what the process had before. */
export interface Took {
  cpuSeconds: number;
  megabytes: number;
}

/** What one hostile thing may take, by the requirements. */
const MAX_CPU_SECONDS = 3;
const MAX_MEGABYTES = 300;

/** Things brought to one process before another takes over: starting one costs as much as most of them. */
const MOST_USES = 40;

/** With `HALLWAY_SHOW_COSTS` every figure is printed, too. */
export function expectBounded(name: string | undefined, { cpuSeconds, megabytes }: Took): void {
  if (process.env.HALLWAY_SHOW_COSTS) {
    process.stdout.write(`COST ${cpuSeconds.toFixed(2)} s ${megabytes.toFixed(0)} MB ${name}\n`);
  }
  expect(cpuSeconds, 'seconds of processor time').toBeLessThanOrEqual(MAX_CPU_SECONDS);
  expect(megabytes, 'MB of memory').toBeLessThanOrEqual(MAX_MEGABYTES);
}

export interface Door {
  /** Fault: an Error if the process ended of it. */
  call(event: unknown): Promise<{ answer: unknown; took: Took }>;
  /** An event as SQS brings it. True: the message is done with. */
  bring(body: string): Promise<{ isDone: boolean; took: Took }>;
  close(): void;
}

export interface Doors {
  ground: Ground;
  /** The local SES endpoint's store, oldest first. */
  mailbox(): Promise<Stored[]>;
  /** A process of its own. */
  open(name: FunctionName): Promise<Door>;
  /** One that some calls share, one after the other, when the first has warmed it. */
  warm(name: FunctionName, first: (door: Door) => Promise<unknown>): Promise<Door>;
  close(): Promise<void>;
}

/** The bundled functions as the runner has them, on the embedded parts; each opened in a process of its own. */
export async function buildDoors(settings: Record<string, string> = {}): Promise<Doors> {
  const dir = mkdtempSync(join(tmpdir(), 'hallway-doors-'));
  const build = join(dir, 'functions');
  const ses = await startSes({ port: 0, dir: join(dir, 'mailbox'), onEvent: async () => undefined });
  await bundleFunctions(resolve(import.meta.dirname, '..'), build, { minify: false, packages: 'beside' });
  const environment = {
    ...functionEnvironment(readRunnerSettings({ HALLWAY_DATA: dir, ...settings }), {
      baseUrl: 'http://localhost:8787',
      databaseEndpoint: inject('databaseEndpoint'),
      queueEndpoint: inject('queueEndpoint'),
      queueUrls: inject('queueUrls'),
      mailEndpoint: ses.url,
    }),
    TABLE_NAME: `hallway-${randomUUID()}`,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  await Table.create(environment.TABLE_NAME, clients.table());
  const open = new Set<ChildProcess>();
  const shared = new Map<FunctionName, { door: Door; uses: number }>();
  const start = async (name: FunctionName): Promise<Door> => {
    const file = pathToFileURL(join(build, name, 'index.mjs')).href;
    const child = fork(join(import.meta.dirname, 'measured-door.ts'), [file], { execArgv: [] });
    open.add(child);
    await once(child, 'message');
    return door(child);
  };
  return {
    ground: await openGround(environment),
    async mailbox() {
      return ((await (await fetch(`${ses.url}/store`)).json()) as { emails: Stored[] }).emails;
    },
    open: start,
    async warm(name, first) {
      const known = shared.get(name);
      if (known && known.uses++ < MOST_USES) return known.door;
      known?.door.close();
      const warmed = await start(name);
      await first(warmed);
      shared.set(name, { door: warmed, uses: 1 });
      return warmed;
    },
    async close() {
      for (const child of open) child.kill('SIGKILL');
      await ses.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function door(child: ChildProcess): Door {
  async function call(event: unknown) {
    child.send(event as object);
    const heard = new AbortController();
    const { signal } = heard;
    const ended = once(child, 'exit', { signal }).then(([code, killed]) => {
      throw new Error(`The function's process ended: ${code ?? killed}.`);
    });
    ended.catch(() => undefined);
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    heard.abort();
    return message as { answer: unknown; took: Took };
  }
  return {
    call,
    async bring(body) {
      const messageId = randomUUID();
      const record = { messageId, body, eventSource: 'aws:sqs', attributes: {}, messageAttributes: {} };
      const { answer, took } = await call({ Records: [record] });
      return { isDone: (answer as { batchItemFailures: unknown[] }).batchItemFailures.length === 0, took };
    },
    close: () => child.kill('SIGKILL'),
  };
}
