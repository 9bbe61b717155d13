import { mkdtemp, rm } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  pollQueue,
  type Queues,
  type SQSBatchResponse,
  type SQSEvent,
  startQueues,
} from '../../infra/local/queues.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

let dir: string;
let queues: Queues;
let client: SQSClient;
let polling: AbortController;
let polls: Promise<void>[];

async function start(visibilitySeconds = 1) {
  const names = ['send', 'suggest', 'fetch'];
  queues = await startQueues({
    dir,
    queues: names.map((name) => ({ name, visibilitySeconds })),
    buckets: ['mail'],
  });
  client = new SQSClient({ endpoint: queues.endpoint, region: 'eu-west-1', credentials });
  polling = new AbortController();
  polls = [];
}

async function stop() {
  polling.abort();
  await Promise.all(polls);
  client.destroy();
  await queues.stop();
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hallway-queues-'));
  await start();
});

afterEach(async () => {
  await stop();
  await rm(dir, { recursive: true });
});

const url = (queue = 'send') => queues.queueUrls[queue] ?? '';
const send = (body: string, more = {}) =>
  client.send(new SendMessageCommand({ QueueUrl: url(), MessageBody: body, ...more }));

type Handler = Parameters<typeof pollQueue>[0]['handler'];

function poll(handler: Handler, more = {}, queue = 'send') {
  polls.push(
    pollQueue({
      client,
      queueUrl: url(queue),
      queueArn: queues.queueArns[queue] ?? '',
      handler,
      signal: polling.signal,
      ...more,
    }),
  );
}

const counts = async (queueUrl = url()) => {
  const { Attributes: a } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  return [Number(a?.ApproximateNumberOfMessages), Number(a?.ApproximateNumberOfMessagesNotVisible)];
};

describe('a message', () => {
  test('comes as Lambda brings it, and is gone once it is done', async () => {
    const events: SQSEvent[] = [];
    poll(async (event) => {
      events.push(event);
      return { batchItemFailures: [] };
    });
    const { MessageId } = await send('{"id":"nte_1"}', {
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'note' } },
    });
    await vi.waitFor(() => expect(events).toHaveLength(1));
    expect(events).toEqual([
      {
        Records: [
          {
            messageId: MessageId,
            receiptHandle: expect.any(String),
            body: '{"id":"nte_1"}',
            attributes: expect.objectContaining({
              ApproximateReceiveCount: '1',
              SentTimestamp: expect.any(String),
            }),
            messageAttributes: { kind: { dataType: 'String', stringValue: 'note' } },
            md5OfBody: 'f323a5aae5e89a92df0380328add62e3',
            eventSource: 'aws:sqs',
            eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:send',
            awsRegion: 'us-east-1',
          },
        ],
      },
    ]);
    await vi.waitFor(async () => expect(await counts()).toEqual([0, 0]));
  });

  test('that failed comes back, and the others of its batch do not', async () => {
    const answers: Record<string, (event: SQSEvent) => Promise<SQSBatchResponse>> = {
      send: async ({ Records }) => ({
        batchItemFailures: Records.filter(({ body }) => body === 'b').map(({ messageId }) => ({
          itemIdentifier: messageId,
        })),
      }),
      // These fail the whole batch.
      suggest: () => Promise.reject(new Error('broken')),
      fetch: async () => ({ batchItemFailures: [{ itemIdentifier: 'not of this batch' }] }),
    };
    const seen: Record<string, string[]> = { send: [], suggest: [], fetch: [] };
    for (const [queue, answer] of Object.entries(answers)) {
      const entries = ['a', 'b', 'c'].map((body) => ({ Id: body, MessageBody: body }));
      await client.send(new SendMessageBatchCommand({ QueueUrl: url(queue), Entries: entries }));
      const handler = vi
        .fn<Handler>()
        .mockImplementationOnce(answer)
        .mockResolvedValue({ batchItemFailures: [] });
      poll(
        (event) => {
          seen[queue]?.push(...event.Records.map(({ body }) => body));
          return handler(event);
        },
        {},
        queue,
      );
    }
    // They come back one by one or together, as their times are up.
    await vi.waitFor(
      () =>
        expect(seen).toEqual({
          send: ['a', 'b', 'c', 'b'],
          suggest: ['a', 'b', 'c', 'a', 'b', 'c'],
          fetch: ['a', 'b', 'c', 'a', 'b', 'c'],
        }),
      { timeout: 3_000 },
    );
    for (const queue of Object.keys(answers)) {
      await vi.waitFor(async () => expect(await counts(url(queue))).toEqual([0, 0]));
    }
  });

  test('that failed five times is put aside', async () => {
    await send('a');
    for (let n = 1; n <= 6; n += 1) {
      // A visibility of its own, so that this test does not wait five times.
      await client.send(new ReceiveMessageCommand({ QueueUrl: url(), VisibilityTimeout: 0 }));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await counts(`${url()}-dead`)).toEqual([1, 0]);
  });

  test('stays over a restart, which may change the visibility', async () => {
    await send('a');
    await stop();
    await start(30);
    expect(await counts()).toEqual([1, 0]);
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url(), AttributeNames: ['VisibilityTimeout'] }),
    );
    expect(Attributes).toEqual({ VisibilityTimeout: '30' });
  });
});

test('as many batches at a time as were asked for', async () => {
  let atOnce = 0;
  let most = 0;
  let done = 0;
  poll(
    async () => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, 50));
      atOnce -= 1;
      done += 1;
      return { batchItemFailures: [] };
    },
    { concurrency: 3, batchSize: 1 },
  );
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((body) => send(body)));
  await vi.waitFor(() => expect(done).toBe(5));
  expect(most).toBe(3);
});

test('a stop ends the wait for messages, and lets the batch under way finish', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const handler = vi.fn(async () => {
    await promise;
    return { batchItemFailures: [] };
  });
  poll(handler);
  poll(handler);
  await send('a');
  await vi.waitFor(() => expect(handler).toHaveBeenCalled());
  polling.abort();
  resolve();
  await Promise.all(polls);
  expect(await counts()).toEqual([0, 0]);
});

test('objects stay over a restart', async () => {
  const s3 = () =>
    new S3Client({ endpoint: queues.endpoint, region: 'eu-west-1', credentials, forcePathStyle: true });
  await s3().send(new PutObjectCommand({ Bucket: 'mail', Key: 'in/1', Body: 'hello' }));
  await stop();
  await start();
  const { Body } = await s3().send(new GetObjectCommand({ Bucket: 'mail', Key: 'in/1' }));
  expect(await Body?.transformToString()).toBe('hello');
});

test('nobody but this machine reaches it', async () => {
  const { port } = new URL(queues.endpoint);
  const outside = Object.values(networkInterfaces())
    .flat()
    .filter((address) => address && !address.internal && address.family === 'IPv4');
  for (const address of outside) {
    await expect(fetch(`http://${address?.address}:${port}/health`)).rejects.toThrow();
  }
  // On a machine without a network, the other loopback address stands in.
  await expect(fetch(`http://127.0.0.2:${port}/health`)).rejects.toThrow();
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
});
