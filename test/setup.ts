import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import type { TestProject } from 'vitest/node';
import { startDatabase } from '../infra/local/database.ts';
import { startQueues } from '../infra/local/queues.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The browser's executable. */
    chromium: string;
    databaseEndpoint: string;
    queueEndpoint: string;
    queueUrls: Record<string, string>;
  }
}

/** The embedded parts for all test files: each makes its own table. `DYNAMODB_ENDPOINT` names another database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), 'hallway-test-'));
  // Says that the system's own libraries are not to be relied on: the package brings them.
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs24.x';
  const [browser, database, queues] = await Promise.all([
    chromium.executablePath(),
    process.env.DYNAMODB_ENDPOINT ? null : startDatabase({ dir }),
    startQueues({
      dir: join(dir, 'queues'),
      queues: ['suggest', 'send', 'fetch', 'import', 'mail-in'].map((name) => ({
        name,
        visibilitySeconds: 30,
      })),
      buckets: ['hallway-mail', 'hallway-files'],
    }),
  ]);
  project.provide('chromium', browser);
  project.provide('databaseEndpoint', database?.endpoint ?? process.env.DYNAMODB_ENDPOINT ?? '');
  project.provide('queueEndpoint', queues.endpoint);
  project.provide('queueUrls', queues.queueUrls);
  return async () => {
    await Promise.all([database?.stop(), queues.stop()]);
    rmSync(dir, { recursive: true, force: true });
  };
}
