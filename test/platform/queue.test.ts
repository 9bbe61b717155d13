import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { eachMessage } from '../../functions/platform/batch.ts';
import { encodeDue } from '../../functions/platform/due.ts';
import { Fault } from '../../functions/platform/faults.ts';
import { Queue } from '../../functions/platform/queue.ts';
import { readSettings } from '../../functions/platform/settings.ts';

const eventOf = (bodies: string[]) =>
  ({ Records: bodies.map((body, n) => ({ messageId: `m${n}`, body })) }) as unknown as SQSEvent;

test('of a batch only the messages that failed come again', async () => {
  const done: string[] = [];
  const named = (id: string) => encodeDue({ userId: 'usr_1', id });
  const answer = await eachMessage(
    eventOf([named('nte_1'), named('nte_2'), 'not ours', named('nte_3'), named('nte_4')]),
    async ({ id }) => {
      if (id === 'nte_2') throw new Error('the table is away');
      if (id === 'nte_3') throw new Fault('invalid', 'no retry mends this');
      done.push(id);
    },
  );
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  expect(done).toEqual(['nte_1', 'nte_4']);
});

test('a batch of which everything failed is told message by message, too', async () => {
  const answer = await eachMessage(eventOf([encodeDue({ userId: 'usr_1', id: 'nte_1' })]), async () => {
    throw new Error('the table is away');
  });
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
});

test('a hint that cannot be given stops nothing: the work is due anyway', async () => {
  const nowhere = new SQSClient({
    endpoint: 'http://127.0.0.1:1',
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const url = 'http://127.0.0.1:1/q';
  const queue = new Queue(nowhere, { suggest: url, send: url, fetch: url, import: url });
  await expect(queue.hint('suggest', 'usr_1', 'art_1')).resolves.toBeUndefined();
  await expect(queue.send('suggest', [{ userId: 'usr_1', id: 'art_1' }])).rejects.toThrow();
});

test('settings have the standard of the contract, and name what is missing', () => {
  const needed = {
    TABLE_NAME: 't',
    QUEUE_URL_SUGGEST: 'q',
    QUEUE_URL_FETCH: 'q',
    QUEUE_URL_SEND: 'q',
    QUEUE_URL_IMPORT: 'q',
    BASE_URL: 'https://hallway.example/',
    MAIL_FROM: 'notes@hallway.example',
    INGEST_DOMAIN: 'hallway.example',
    MAIL_BUCKET: 'hallway-mail',
    FILES_BUCKET: 'hallway-files',
    FILES_URL: 'https://files.example/',
  };
  expect(readSettings(needed)).toMatchObject({
    baseUrl: 'https://hallway.example',
    tickSeconds: 60,
    undoSeconds: 30,
    leaseSeconds: 600,
    uncertainSeconds: 3600,
    sesRate: undefined,
    capUserDay: 20,
    capAddressDay: 2,
  });
  expect(() => readSettings({ ...needed, TABLE_NAME: undefined })).toThrow('TABLE_NAME');
  expect(() => readSettings({ ...needed, HALLWAY_CAP_USER_DAY: '-1' })).toThrow('HALLWAY_CAP_USER_DAY');
});
