import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clients } from '../../functions/platform/clients.ts';
import { type Ground, openGround } from '../../functions/platform/ground.ts';
import { Table } from '../../functions/platform/table.ts';
import { startDatabase } from '../../infra/local/database.ts';
import { functionEnvironment } from '../../infra/local/environment.ts';
import { type EventBridgeSesEvent, startSes } from '../../infra/local/ses.ts';
import { readRunnerSettings } from '../../infra/local/settings.ts';
import { queues } from '../../infra/service.ts';

const NOWHERE = 'http://127.0.0.1:9';

/**
 * The runner's database and SES endpoint alone in this process, kept in `dir`, and the ground on them. There is no queue:
 * who benches a part of the work says itself what is to be done.
 */
export async function startBenchParts(
  dir: string,
  onEvent: (ground: Ground, event: EventBridgeSesEvent) => Promise<void> = async () => undefined,
): Promise<{ ground: Ground; stop(): Promise<void> }> {
  const database = await startDatabase({ dir });
  const opened = Promise.withResolvers<Ground>();
  const mailbox = join(dir, 'mailbox');
  const ses = await startSes({
    port: 0,
    dir: mailbox,
    onEvent: async (event) => onEvent(await opened.promise, event),
  });
  const environment = functionEnvironment(readRunnerSettings({ ...process.env, HALLWAY_DATA: dir }), {
    baseUrl: 'http://localhost:8787',
    databaseEndpoint: database.endpoint,
    queueEndpoint: NOWHERE,
    queueUrls: Object.fromEntries(Object.keys(queues).map((name) => [name, `${NOWHERE}/${name}`])),
    mailEndpoint: ses.url,
  });
  Object.assign(process.env, environment);
  await Table.create(environment.TABLE_NAME ?? '', clients.table());
  const ground = await openGround(environment);
  opened.resolve(ground);
  return {
    ground,
    async stop() {
      await ses.stop();
      await database.stop();
    },
  };
}

/** The records of the mails that the SES endpoint kept in this folder. */
export function keptIn(dir: string): { at: string; tags: Record<string, string>; messageId: string }[] {
  const mailbox = join(dir, 'mailbox');
  const names = readdirSync(mailbox).filter((name) => name.endsWith('.json'));
  return names.map((name) => JSON.parse(readFileSync(join(mailbox, name), 'utf8')));
}
