import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isIngestAddress } from '../../functions/accounts/store.ts';
import { clients } from '../../functions/platform/clients.ts';
import { openGround } from '../../functions/platform/ground.ts';
import { newId } from '../../functions/platform/ids.ts';
import { failure, log } from '../../functions/platform/log.ts';
import { Objects } from '../../functions/platform/objects.ts';
import { Table } from '../../functions/platform/table.ts';
import { bundleFunctions } from '../bundle.ts';
import { type FunctionName, functions, queues, VISIBILITY_TIMEOUTS } from '../service.ts';
import { startClock } from './clock.ts';
import { startDatabase } from './database.ts';
import { functionEnvironment, MAIL_BUCKET, MAIL_DOMAIN } from './environment.ts';
import { startGateway } from './gateway.ts';
import { lockDataFolder } from './lock.ts';
import { pollQueue, startQueues } from './queues.ts';
import { startSes } from './ses.ts';
import { readRunnerSettings } from './settings.ts';
import { startSmtp } from './smtp.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const NODE_NEEDED = 24;
/** Batches of one queue that are worked on at a time. */
const POLLERS = 2;

type Handler = (event: never) => Promise<unknown>;
type Stop = () => unknown;

/** Started so far, to be stopped in the opposite order. */
const started: Stop[] = [];

/** Runs the list of `infra/service.ts` whole in this process, with the database beside it. */
async function run(demo: boolean): Promise<void> {
  const settings = readRunnerSettings(process.env);
  const lock = lockDataFolder(settings.data);
  started.push(() => lock.release());

  // The doors come last but their ports first: a port that is taken is said before anything is started.
  const doors = Promise.withResolvers<Record<FunctionName, Handler>>();
  doors.promise.catch(() => undefined);
  const call = async <Answer>(name: FunctionName, event: unknown): Promise<Answer> =>
    ((await doors.promise)[name] as (event: unknown) => Promise<Answer>)(event);

  const gateway = await startGateway({
    port: settings.port,
    host: '127.0.0.1',
    handler: (event) => call('api', event),
  });
  started.push(gateway.stop);
  const ses = await startSes({
    port: settings.mailPort,
    dir: join(settings.data, 'mailbox'),
    smtpUrl: settings.smtpUrl,
    onEvent: (event) => call('mail-events', event),
  });
  started.push(ses.stop);

  const build = join(settings.data, 'functions');
  const [database, queueing] = await Promise.all([
    settings.databaseEndpoint ? null : startDatabase({ dir: settings.data }),
    startQueues({
      dir: join(settings.data, 'queues'),
      queues: Object.entries(queues).map(([name, door]) => ({
        name,
        visibilitySeconds: functions[door].timeoutSeconds * VISIBILITY_TIMEOUTS,
      })),
      buckets: [MAIL_BUCKET],
    }),
    rebuild(build),
  ]);
  started.push(queueing.stop);
  if (database) started.push(database.stop);
  const databaseEndpoint = database?.endpoint ?? settings.databaseEndpoint ?? '';
  const baseUrl = gateway.url;
  lock.update({ baseUrl, databaseEndpoint, ...(database && { databasePid: database.pids.database }) });

  const environment = functionEnvironment(settings, {
    baseUrl,
    databaseEndpoint,
    queueEndpoint: queueing.endpoint,
    queueUrls: { suggest: queueing.queueUrls.suggest ?? '', send: queueing.queueUrls.send ?? '' },
    mailEndpoint: settings.sesEndpoint ?? ses.url,
  });
  Object.assign(process.env, environment);
  await Table.create(environment.TABLE_NAME ?? '', clients.table());
  const ground = await openGround();
  const names = Object.keys(functions) as FunctionName[];
  const loaded = names.map(
    async (name) => [name, (await import(join(build, name, 'index.mjs'))).handler] as const,
  );
  doors.resolve(Object.fromEntries(await Promise.all(loaded)) as Record<FunctionName, Handler>);

  const objects = new Objects(clients.objects(), MAIL_BUCKET);
  const smtp = await startSmtp({
    port: settings.smtpPort,
    domain: MAIL_DOMAIN,
    accepts: (localPart) => isIngestAddress(ground.table, localPart),
    store: (mail) =>
      objects.put(`in/${newId('mail')}`, mail.raw, { recipients: mail.recipients.join(','), at: mail.at }),
  });
  started.push(smtp.stop);

  const polling = new AbortController();
  const polls = Object.entries(queues).map(([name, door]) =>
    pollQueue({
      client: clients.queue(),
      queueUrl: queueing.queueUrls[name] ?? '',
      queueArn: queueing.queueArns[name] ?? '',
      handler: (event) => call(door, event),
      batchSize: functions[door].trigger.batchSize,
      concurrency: POLLERS,
      signal: polling.signal,
    }),
  );
  const clock = startClock(settings.tickSeconds, (event) => call('tick', event));
  started.push(async () => {
    polling.abort();
    await Promise.all([clock.stop(), ...polls]);
  });

  database?.exited.then((code) => {
    if (!stopping) void fail(new Error(`The database ended by itself (${code}).`));
  });
  if (demo) {
    const { fillDemo } = await import('./demo.ts');
    const signInUrl = await fillDemo(ground);
    process.stdout.write(`ready ${baseUrl}\nsign in ${signInUrl}\nmailbox ${ses.url}\n`);
    return;
  }
  process.stdout.write(`ready ${baseUrl}\nmailbox ${ses.url}\n`);
}

/** Fresh each time: 0.4 s, and never an older version than the sources. */
async function rebuild(dir: string): Promise<void> {
  rmSync(dir, { recursive: true, force: true });
  await bundleFunctions(ROOT, dir, { minify: false });
}

let stopping: Promise<void> | undefined;

function stop(): Promise<void> {
  stopping ??= (async () => {
    for (const one of started.toReversed()) {
      try {
        await one();
      } catch (error) {
        log.error('not stopped cleanly', failure(error));
      }
    }
  })();
  return stopping;
}

async function fail(error: unknown): Promise<void> {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  await stop();
  process.exit(1);
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => stop().then(() => process.exit(0)));
}

const major = Number(process.versions.node.split('.')[0]);
if (major < NODE_NEEDED) {
  process.stderr.write(`Node ${NODE_NEEDED} is needed, this is ${major}. Run npm start: npm brings it.\n`);
  process.exit(1);
}

try {
  const { values } = parseArgs({ options: { demo: { type: 'boolean', default: false } } });
  await run(values.demo);
} catch (error) {
  await fail(error);
}
