import { clients } from './clients.ts';
import { type Clock, systemClock } from './clock.ts';
import { Mailer } from './mailer.ts';
import { Objects } from './objects.ts';
import { Queue } from './queue.ts';
import { openSecrets, type Secrets } from './secrets.ts';
import { readSettings, type Settings } from './settings.ts';
import { Table } from './table.ts';

/** What every room stands on; made once by a door, and by a test for itself. */
export interface Ground {
  table: Table;
  queue: Queue;
  /** Mail as it came in. */
  objects: Objects;
  /** Files to import, and exports. */
  files: Objects;
  mailer: Mailer;
  secrets: Secrets;
  settings: Settings;
  clock: Clock;
}

/** The ground from the environment. */
export async function openGround(
  environment: Record<string, string | undefined> = process.env,
): Promise<Ground> {
  const settings = readSettings(environment);
  return {
    table: new Table(settings.tableName, clients.table()),
    queue: new Queue(clients.queue(), settings.queueUrls),
    objects: new Objects(clients.objects(), settings.mailBucket),
    files: new Objects(clients.objects(), settings.filesBucket, clients.links()),
    mailer: new Mailer(clients.mail(), settings.configurationSet),
    secrets: await openSecrets(environment),
    settings,
    clock: systemClock,
  };
}
