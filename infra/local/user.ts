import { parseArgs } from 'node:util';
import { addUser } from '../../functions/accounts/accounts.ts';
import { clients } from '../../functions/platform/clients.ts';
import { Fault } from '../../functions/platform/faults.ts';
import { openGround } from '../../functions/platform/ground.ts';
import { Table } from '../../functions/platform/table.ts';
import { queues } from '../service.ts';
import { startDatabase } from './database.ts';
import { functionEnvironment } from './environment.ts';
import { lockOrRunner } from './lock.ts';
import { type RunnerSettings, readRunnerSettings } from './settings.ts';

const USAGE = 'npm run user -- add EMAIL --name NAME [--time-zone ZONE]';

/** Does `work` on the database of this data folder, whether or not the service runs. */
async function withDatabase(
  settings: RunnerSettings,
  work: (environment: Record<string, string>) => Promise<void>,
): Promise<void> {
  const parts = (baseUrl: string, databaseEndpoint: string) => ({
    baseUrl,
    databaseEndpoint,
    // Accounts send no messages and no mail.
    queueEndpoint: 'http://127.0.0.1:9',
    queueUrls: Object.fromEntries(Object.keys(queues).map((name) => [name, `http://127.0.0.1:9/${name}`])),
    mailEndpoint: 'http://127.0.0.1:9',
  });
  const found = await lockOrRunner(settings.data);
  if ('runner' in found) {
    const { baseUrl = '', databaseEndpoint = '' } = found.runner;
    return work(functionEnvironment(settings, parts(baseUrl, databaseEndpoint)));
  }
  const baseUrl = `http://localhost:${settings.port}`;
  try {
    const database = settings.databaseEndpoint ? null : await startDatabase({ dir: settings.data });
    try {
      const endpoint = database?.endpoint ?? settings.databaseEndpoint ?? '';
      await work(functionEnvironment(settings, parts(baseUrl, endpoint)));
    } finally {
      await database?.stop();
    }
  } finally {
    found.lock.release();
  }
}

async function add(email: string, name: string, timeZone: string | undefined): Promise<void> {
  await withDatabase(readRunnerSettings(process.env), async (environment) => {
    Object.assign(process.env, environment);
    await Table.create(environment.TABLE_NAME ?? '', clients.table());
    const ground = await openGround(environment);
    const { user, apiToken, signInUrl, ingestAddress } = await addUser(ground, { email, name, timeZone });
    process.stdout.write(`${JSON.stringify({ userId: user.id, apiToken, signInUrl, ingestAddress })}\n`);
  });
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { name: { type: 'string' }, 'time-zone': { type: 'string' } },
  });
  const [verb, email, ...rest] = positionals;
  if (verb !== 'add' || !email || !values.name || rest.length > 0) throw new Error(`Use it so: ${USAGE}`);
  await add(email, values.name, values['time-zone']);
} catch (error) {
  const told = error instanceof Fault && error.errors.length > 0;
  const lines = told
    ? error.errors.map(({ path, message }) => `${path.slice(1)} ${message}`)
    : [error instanceof Error ? error.message : String(error)];
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = 1;
}
