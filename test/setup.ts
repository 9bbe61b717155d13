import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startDatabase } from '../infra/local/database.ts';
import { startQueues } from '../infra/local/queues.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseEndpoint: string;
    queueEndpoint: string;
    queueUrls: Record<string, string>;
  }
}

/** The embedded parts for all test files: each makes its own table. `DYNAMODB_ENDPOINT` names another database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), 'hallway-test-'));
  const [database, queues] = await Promise.all([
    process.env.DYNAMODB_ENDPOINT ? null : startDatabase({ dir }),
    startQueues({
      dir: join(dir, 'queues'),
      queues: ['suggest', 'send'].map((name) => ({ name, visibilitySeconds: 30 })),
      buckets: [],
    }),
  ]);
  project.provide('databaseEndpoint', database?.endpoint ?? process.env.DYNAMODB_ENDPOINT ?? '');
  project.provide('queueEndpoint', queues.endpoint);
  project.provide('queueUrls', queues.queueUrls);
  return async () => {
    await Promise.all([database?.stop(), queues.stop()]);
    rmSync(dir, { recursive: true, force: true });
  };
}
