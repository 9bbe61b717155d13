import { clients } from '../../functions/platform/clients.ts';
import { type Ground, openGround } from '../../functions/platform/ground.ts';
import { Table } from '../../functions/platform/table.ts';
import { queues } from '../service.ts';
import { startDatabase } from './database.ts';
import { functionEnvironment } from './environment.ts';
import { lockOrRunner } from './lock.ts';
import { type RunnerSettings, readRunnerSettings } from './settings.ts';

/** Does `work` on the database of `HALLWAY_DATA`, whether or not the service runs. There is no queue and no mail. */
export async function withGround(work: (ground: Ground) => Promise<void>): Promise<void> {
  await withDatabase(readRunnerSettings(process.env), async (environment) => {
    Object.assign(process.env, environment);
    await Table.create(environment.TABLE_NAME ?? '', clients.table());
    await work(await openGround(environment));
  });
}

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
