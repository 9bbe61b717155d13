import { join } from 'node:path';
import { startDatabase } from '../../infra/local/database.ts';
import { startQueues } from '../../infra/local/queues.ts';

/** The parts alone: node, the database and the queues, listening; none of Hallway. For `ready.ts`. */
const dir = process.argv[2] ?? '';
const [database, queueing] = await Promise.all([
  startDatabase({ dir }),
  startQueues({ dir: join(dir, 'queues'), queues: [], buckets: [] }),
]);
process.stdout.write('ready\n');
process.once('SIGTERM', async () => {
  await Promise.all([database.stop(), queueing.stop()]);
  process.exit(0);
});
