import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SESClient } from '@aws-sdk/client-ses';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { inject, onTestFinished } from 'vitest';
import { addUser } from '../functions/accounts/accounts.ts';
import type { User } from '../functions/accounts/user.ts';
import type { Ground } from '../functions/platform/ground.ts';
import { Mailer } from '../functions/platform/mailer.ts';
import { Objects } from '../functions/platform/objects.ts';
import { Queue } from '../functions/platform/queue.ts';
import { Secrets } from '../functions/platform/secrets.ts';
import { readSettings } from '../functions/platform/settings.ts';
import { Table } from '../functions/platform/table.ts';
import { startSes } from '../infra/local/ses.ts';

const AWS = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** A Monday at noon in London. */
export const NOON = new Date('2026-11-23T12:00:00.000Z');

export interface Stored {
  messageId: string;
  destinations: string[];
  tags: Record<string, string>;
  raw: string;
}

/** A ground on the embedded parts, with a clock that stands where it is set. */
export interface TestGround extends Ground {
  setClock(now: Date | string): void;
  /** The local SES endpoint's store, oldest first. */
  mailbox(): Promise<Stored[]>;
  /** What the next mails meet; see the local SES endpoint. */
  fault(action: string, times: number): Promise<void>;
}

export async function testGround(settings: Record<string, string> = {}): Promise<TestGround> {
  const dir = mkdtempSync(join(tmpdir(), 'hallway-mailbox-'));
  const ses = await startSes({ port: 0, dir, onEvent: async () => undefined });
  onTestFinished(async () => {
    await ses.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  const queueUrls = inject('queueUrls');
  const objects = new S3Client({ ...AWS, endpoint: inject('queueEndpoint'), forcePathStyle: true });
  const links = new S3Client({
    ...AWS,
    endpoint: inject('queueEndpoint'),
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  let now = NOON;
  const database = new DynamoDBClient({ ...AWS, endpoint: inject('databaseEndpoint') });
  return {
    table: await Table.create(`hallway-${randomUUID()}`, database),
    queue: new Queue(new SQSClient({ ...AWS, endpoint: inject('queueEndpoint') }), {
      suggest: queueUrls.suggest ?? '',
      send: queueUrls.send ?? '',
      fetch: queueUrls.fetch ?? '',
      import: queueUrls.import ?? '',
    }),
    objects: new Objects(objects, 'hallway-mail'),
    files: new Objects(objects, 'hallway-files', links),
    mailer: new Mailer(
      new SESClient({
        ...AWS,
        endpoint: ses.url,
        maxAttempts: 1,
        requestHandler: { requestTimeout: 1000, throwOnRequestTimeout: true },
      }),
      'hallway',
    ),
    secrets: new Secrets({ signing: 's'.repeat(43), pepper: 'p'.repeat(43) }),
    settings: readSettings({
      TABLE_NAME: 'of-the-test',
      QUEUE_URL_SUGGEST: queueUrls.suggest,
      QUEUE_URL_SEND: queueUrls.send,
      QUEUE_URL_FETCH: queueUrls.fetch,
      QUEUE_URL_IMPORT: queueUrls.import,
      BASE_URL: 'http://localhost:8787',
      MAIL_FROM: 'notes@hallway.localhost',
      INGEST_DOMAIN: 'hallway.localhost',
      MAIL_BUCKET: 'hallway-mail',
      FILES_BUCKET: 'hallway-files',
      FILES_URL: `${inject('queueEndpoint')}/hallway-files/`,
      HALLWAY_SES_RATE: '0',
      ...settings,
    }),
    clock: () => now,
    setClock(next) {
      now = new Date(next);
    },
    async mailbox() {
      const answer = await fetch(`${ses.url}/store`);
      return ((await answer.json()) as { emails: Stored[] }).emails;
    },
    async fault(action, times) {
      await fetch(`${ses.url}/faults`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ action, times }),
      });
    },
  };
}

/** Every item of the table: a test may look where no code of ours can. */
export async function allItems({ table }: Ground): Promise<Record<string, unknown>[]> {
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ ...AWS, endpoint: inject('databaseEndpoint') }),
  );
  const items: Record<string, unknown>[] = [];
  for await (const page of paginateScan({ client }, { TableName: table.name })) {
    items.push(...(page.Items ?? []));
  }
  return items;
}

/** A user with a token for the API. */
export async function testUser(ground: Ground, name: string): Promise<{ user: User; token: string }> {
  const email = `${name.toLowerCase()}@users.example`;
  const { user, apiToken } = await addUser(ground, { email, name, timeZone: 'Europe/London' });
  return { user, token: apiToken };
}
