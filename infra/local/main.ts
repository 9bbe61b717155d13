import { rmSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { stop as stopEsbuild } from 'esbuild';
import { findUserByIngest } from '../../functions/accounts/store.ts';
import { clients } from '../../functions/platform/clients.ts';
import { type Ground, openGround } from '../../functions/platform/ground.ts';
import { failure, log } from '../../functions/platform/log.ts';
import { Table } from '../../functions/platform/table.ts';
import { bundleFunctions } from '../bundle.ts';
import { type FunctionName, functions, queues, VISIBILITY_TIMEOUTS } from '../service.ts';
import { startClock } from './clock.ts';
import { type Database, startDatabase } from './database.ts';
import { FILES_BUCKET, functionEnvironment, MAIL_BUCKET, MAIL_DOMAIN } from './environment.ts';
import { startGateway } from './gateway.ts';
import { lockForRunner } from './lock.ts';
import { handIn } from './mail-in.ts';
import { pollQueue, type Queues, startQueues } from './queues.ts';
import { startSes } from './ses.ts';
import { type RunnerSettings, readRunnerSettings } from './settings.ts';
import { type IncomingMail, startSmtp } from './smtp.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** Batches of one queue that are worked on at a time. */
const POLLERS = 2;
/** How long a stop waits for batches under way; what they leave is found due after the next start. */
const BATCH_STOP_MS = 3_000;
const PARENT_POLL_MS = 250;

/**
 * How much more than what was alive V8 lets its heap grow to before it looks again (percent). Its own answer on a large
 * machine is several times as much, and this is a guest on somebody's.
 */
const HEAP_GROWTH = 40;

type Handler = (event: never) => Promise<unknown>;
type Handlers = Record<FunctionName, Handler>;
/** What can be asked once everything has started. */
interface Loaded {
  handlers: Handlers;
  ground: Ground;
  handIn: (mail: IncomingMail) => Promise<void>;
}

type Call = <Answer>(name: FunctionName, event: unknown) => Promise<Answer>;

/** The order in which the parts end: first what asks, then what is asked. */
const STOP_ORDER = [
  'facts',
  'gateway',
  'clock',
  'pollers',
  'smtp',
  'ses',
  'queues',
  'database',
  'lock',
] as const;

const running: Partial<Record<(typeof STOP_ORDER)[number], () => unknown>> = {};
let stopping: Promise<void> | undefined;

/** Runs the list of `infra/service.ts` whole in this process, with the database beside it. */
async function run(demo: boolean): Promise<void> {
  const settings = readRunnerSettings(process.env);
  const parentPid = endWithNpm();
  const lock = await lockForRunner(settings.data);
  running.lock = () => lock.release();
  lock.update(parentPid === undefined ? {} : { parentPid });
  running.facts = () => lock.update({ isEnding: true });

  // Ports first: one that is taken is said before anything else is done. What comes in by then waits for the functions.
  const loaded = Promise.withResolvers<Loaded>();
  loaded.promise.catch(() => undefined);
  const call: Call = async (name, event) => {
    const { handlers } = await loaded.promise;
    return (handlers[name] as (event: unknown) => Promise<never>)(event);
  };
  try {
    const ports = await openPorts(settings, call, loaded.promise);
    const baseUrl = `http://localhost:${ports.gateway}`;
    const { database, queueing, handlersIn } = await startParts(settings, baseUrl);
    const databaseEndpoint = database?.endpoint ?? settings.databaseEndpoint ?? '';
    if (database) lock.update({ databasePid: database.pids.database });

    const environment = functionEnvironment(settings, {
      baseUrl,
      databaseEndpoint,
      queueEndpoint: queueing.endpoint,
      queueUrls: queueing.queueUrls,
      mailEndpoint: settings.sesEndpoint ?? ports.mailUrl,
    });
    Object.assign(process.env, environment);
    await Table.create(environment.TABLE_NAME ?? '', clients.table());
    const ground = await openGround();
    const mailIn = { queue: clients.queue(), queueUrl: queueing.queueUrls['mail-in'] ?? '' };
    loaded.resolve({
      handlers: await handlersIn(),
      ground,
      handIn: (mail) => handIn(mail, { ...mailIn, objects: ground.objects }),
    });
    startWork(settings, queueing, call);

    const signInUrl = demo ? await (await import('./demo.ts')).fillDemo(ground) : undefined;
    lock.update({ baseUrl, databaseEndpoint });
    process.stdout.write(
      [
        `ready ${baseUrl}`,
        ...(signInUrl ? [`sign in ${signInUrl}`] : []),
        `mailbox http://localhost:${ports.mail}`,
        `mail in smtp://localhost:${ports.smtp}`,
        '',
      ].join('\n'),
    );
  } catch (error) {
    loaded.reject(error);
    throw error;
  }
  // Not at the end only: a runner that is killed would leave nothing for the next start.
  flushCompileCache();
}

async function openPorts(settings: RunnerSettings, call: Call, loaded: Promise<Loaded>) {
  const gateway = await startGateway({
    port: settings.port,
    host: '127.0.0.1',
    handler: (event) => call('api', event),
  });
  running.gateway = gateway.stop;
  const ses = await startSes({
    port: settings.mailPort,
    dir: join(settings.data, 'mailbox'),
    smtpUrl: settings.smtpUrl,
    onEvent: (event) => call('mail-events', event),
  });
  running.ses = ses.stop;
  const smtp = await startSmtp({
    port: settings.smtpPort,
    domain: MAIL_DOMAIN,
    accepts: async (name) => (await findUserByIngest((await loaded).ground.table, name)) !== undefined,
    store: async (mail) => (await loaded).handIn(mail),
  });
  running.smtp = smtp.stop;
  return { gateway: gateway.port, mail: ses.port, mailUrl: ses.url, smtp: smtp.port };
}

/** Database and queues, while the functions are built: fresh each time, never an older version than the sources. */
async function startParts({ data, databaseEndpoint }: RunnerSettings, baseUrl: string) {
  const build = join(data, 'functions');
  const startedDatabase = async (): Promise<Database | null> => {
    if (databaseEndpoint) return null;
    const database = await startDatabase({ dir: data });
    running.database = database.stop;
    database.exited.then((code) => {
      // Nothing that is under way could still be finished.
      if (!stopping) exitWith(`The database ended by itself (${code}).`);
    });
    return database;
  };
  const startedQueues = async (): Promise<Queues> => {
    const queueing = await startQueues({
      dir: join(data, 'queues'),
      queues: Object.entries(queues).map(([name, door]) => ({
        name,
        visibilitySeconds: functions[door].timeoutSeconds * VISIBILITY_TIMEOUTS,
      })),
      buckets: [MAIL_BUCKET, FILES_BUCKET],
      pages: [baseUrl, baseUrl.replace('localhost', '127.0.0.1')],
    });
    running.queues = queueing.stop;
    return queueing;
  };
  const built = async (): Promise<void> => {
    rmSync(build, { recursive: true, force: true });
    await bundleFunctions(ROOT, build, { minify: false, packages: 'beside' });
    // Its process would stay with us, of no more use.
    await stopEsbuild();
  };
  const [database, queueing] = await Promise.all([startedDatabase(), startedQueues(), built()]);
  const names = Object.keys(functions) as FunctionName[];
  /** They read their environment as they are loaded. */
  const handlersIn = async () => {
    const modules = await Promise.all(names.map((name) => import(join(build, name, 'index.mjs'))));
    return Object.fromEntries(names.map((name, place) => [name, modules[place].handler])) as Handlers;
  };
  return { database, queueing, handlersIn };
}

/** What calls functions by itself: the queues and the clock. */
function startWork({ tickSeconds }: RunnerSettings, queueing: Queues, call: Call): void {
  const polling = new AbortController();
  const polls = Object.entries(queues).map(([name, door]) =>
    pollQueue({
      client: clients.queue(),
      queueUrl: queueing.queueUrls[name] ?? '',
      queueArn: queueing.queueArns[name] ?? '',
      handler: (event) => call(door, event),
      batchSize: functions[door].trigger.batchSize,
      concurrency: name === 'send' ? functions[door].trigger.maxConcurrency : POLLERS,
      signal: polling.signal,
    }),
  );
  running.pollers = () => {
    polling.abort();
    return Promise.race([Promise.all(polls), sleep(BATCH_STOP_MS, undefined, { ref: false })]);
  };
  running.clock = startClock(tickSeconds, (event) => call('tick', event)).stop;
}

/** npm that was killed could tell nobody: whoever did it meant the service. Its pid, if npm started us. */
function endWithNpm(): number | undefined {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parentPid = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parentPid) return;
    clearInterval(watch);
    void stop().then(() => process.exit(0));
  }, PARENT_POLL_MS);
  watch.unref();
  return parentPid;
}

function stop(): Promise<void> {
  stopping ??= (async () => {
    for (const part of STOP_ORDER) {
      try {
        await running[part]?.();
      } catch (error) {
        log.error('not stopped cleanly', { part, ...failure(error) });
      }
    }
  })();
  return stopping;
}

function exitWith(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => stop().then(() => process.exit(0)));
}
// Whoever read our lines may have seen enough, and closed the pipe.
for (const out of [process.stdout, process.stderr]) out.on('error', () => {});

setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
try {
  const { values } = parseArgs({ options: { demo: { type: 'boolean', default: false } } });
  await run(values.demo);
} catch (error) {
  if (!stopping) {
    await stop();
    exitWith(error instanceof Error ? error.message : String(error));
  }
}
