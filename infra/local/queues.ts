import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { failure, log } from '../../functions/platform/log.ts';

const REGION = 'us-east-1';
const ACCOUNT = '000000000000';
/** After so many deliveries a message is put aside. */
const MAX_RECEIVES = 5;
/** How long one call of ReceiveMessage waits; a stop does not wait for it. */
const WAIT_SECONDS = 2;
const RETRY_MS = 200;
/** Above what an import takes, so that its own refusal is met (bytes). */
const OBJECT_BYTES = 256 * 1024 * 1024;
/** SQS hands out at most this many messages at once. */
const BATCH = 10;

export interface Queues {
  endpoint: string;
  queueUrls: Record<string, string>;
  queueArns: Record<string, string>;
  stop(): Promise<void>;
}

/** One message as Lambda's event source mapping brings it. */
export interface SQSRecord {
  messageId: string;
  receiptHandle: string;
  body: string;
  attributes: Record<string, string>;
  messageAttributes: Record<string, { dataType: string; stringValue?: string; binaryValue?: string }>;
  md5OfBody: string;
  eventSource: 'aws:sqs';
  eventSourceARN: string;
  awsRegion: string;
}

export interface SQSEvent {
  Records: SQSRecord[];
}

export interface SQSBatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** What is used here of Fastify, which fauxqs is made of. */
interface Fastify {
  listen(options: object): Promise<string>;
  addHook(name: 'onRoute', hook: (route: { bodyLimit?: number }) => void): void;
  addHook(name: 'onRequest', hook: (request: Request, reply: Reply) => Promise<unknown>): void;
  // biome-ignore lint/suspicious/noExplicitAny: of other hooks nothing is known here.
  addHook(name: string, hook: any): void;
}
interface Request {
  method: string;
  headers: Record<string, string | undefined>;
}
interface Reply {
  header(name: string, value: string): Reply;
  code(status: number): Reply;
  send(): Reply;
}

/**
 * What fauxqs has no setting for. It listens on every interface: anyone near could read the mail it holds. It takes 11 MB
 * in one request, where S3 takes 5 GB. And it lets no page of ours send a file, as the bucket on AWS does (CORS). Fastify
 * says when a server is made (its documented diagnostics channel), which is in time for all three.
 */
async function startOnLoopback(dir: string, pages: string[]): Promise<FauxqsServer> {
  const bind = (message: unknown) => {
    const { fastify } = message as { fastify: Fastify };
    const listen = fastify.listen.bind(fastify);
    fastify.listen = (options) => listen({ ...options, host: '127.0.0.1' });
    fastify.addHook('onRoute', (route) => {
      route.bodyLimit = OBJECT_BYTES;
    });
    fastify.addHook('onRequest', async ({ method, headers }, reply) => {
      if (headers.origin === undefined || !pages.includes(headers.origin)) return;
      reply.header('Access-Control-Allow-Origin', headers.origin);
      if (method !== 'OPTIONS') return;
      reply
        .header('Access-Control-Allow-Methods', 'PUT')
        .header('Access-Control-Allow-Headers', 'content-type');
      return reply.code(204).send();
    });
  };
  subscribe('fastify.initialization', bind);
  try {
    return await startFauxqs({ port: 0, logger: false, dataDir: dir, defaultRegion: REGION });
  } finally {
    unsubscribe('fastify.initialization', bind);
  }
}

/**
 * SQS and S3 in this process, kept in `dir`. Each queue has a dead-letter queue, `<name>-dead`. What exists stays as it
 * is, but for the visibility, which follows the setting: seconds, at least 1 (0 is a bug there).
 */
export async function startQueues({
  dir,
  queues,
  buckets,
  pages = [],
}: {
  dir: string;
  queues: { name: string; visibilitySeconds: number }[];
  buckets: string[];
  /** Origins whose pages may put objects. */
  pages?: string[];
}): Promise<Queues> {
  const server = await startOnLoopback(dir, pages);
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = new SQSClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  // Its own queue URLs name a host (sqs.us-east-1.localhost) that not every machine can resolve.
  const url = (name: string) => `${endpoint}/${ACCOUNT}/${name}`;
  const arn = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
  for (const bucket of buckets) server.createBucket(bucket);
  for (const { name, visibilitySeconds } of queues) {
    const dead = `${name}-dead`;
    // Not `server.createQueue`: on a queue that exists it deletes the messages.
    await client.send(new CreateQueueCommand({ QueueName: dead }));
    await client.send(new CreateQueueCommand({ QueueName: name }));
    await client.send(
      new SetQueueAttributesCommand({
        QueueUrl: url(name),
        Attributes: {
          VisibilityTimeout: String(Math.max(1, visibilitySeconds)),
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn(dead), maxReceiveCount: MAX_RECEIVES }),
        },
      }),
    );
  }
  client.destroy();
  const names = queues.map(({ name }) => name);
  return {
    endpoint,
    queueUrls: Object.fromEntries(names.map((name) => [name, url(name)])),
    queueArns: Object.fromEntries(names.map((name) => [name, arn(name)])),
    stop: () => server.stop(),
  };
}

function toRecord(message: Message, queueArn: string): SQSRecord {
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
        name,
        {
          dataType: value.DataType ?? 'String',
          ...(value.StringValue !== undefined && { stringValue: value.StringValue }),
          ...(value.BinaryValue && { binaryValue: Buffer.from(value.BinaryValue).toString('base64') }),
        },
      ]),
    ),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3] ?? REGION,
  };
}

/** The records that are done. As with Lambda, a failure that names no record of the batch fails the whole batch. */
function succeeded(records: SQSRecord[], answer: SQSBatchResponse | undefined): SQSRecord[] {
  const failed = new Set(answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const left = records.filter(({ messageId }) => !failed.has(messageId));
  return left.length === records.length - failed.size ? left : [];
}

/**
 * Lambda's event source mapping on one machine: brings a queue's messages to a function, `concurrency` batches at a
 * time, and deletes those that it does not name as failed; the others come back when they are visible again. As there,
 * messages are asked for ten at a time and a batch that takes long holds up no other. Ends after the signal, once the
 * batches under way are done.
 */
export async function pollQueue({
  client,
  queueUrl,
  queueArn,
  handler,
  concurrency = 1,
  batchSize = BATCH,
  signal,
}: {
  client: SQSClient;
  queueUrl: string;
  queueArn: string;
  handler: (event: SQSEvent) => Promise<SQSBatchResponse>;
  concurrency?: number;
  batchSize?: number;
  signal: AbortSignal;
}): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let done: SQSRecord[] = [];
  let deleting: Promise<void> | undefined;

  async function receive(most: number): Promise<SQSRecord[]> {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(most, BATCH),
        WaitTimeSeconds: WAIT_SECONDS,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
      { abortSignal: signal },
    );
    return Messages.map((message) => toRecord(message, queueArn));
  }

  /** One request at a time; what is done meanwhile goes with the next. */
  async function deleteDone(): Promise<void> {
    while (done.length > 0) {
      const [now, later] = [done.slice(0, BATCH), done.slice(BATCH)];
      done = later;
      const Entries = now.map(({ receiptHandle }, place) => ({
        Id: String(place),
        ReceiptHandle: receiptHandle,
      }));
      await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    }
  }

  async function bring(records: SQSRecord[]): Promise<void> {
    try {
      done.push(...succeeded(records, await handler({ Records: records })));
      deleting ??= deleteDone().finally(() => {
        deleting = undefined;
      });
      await deleting;
    } catch (error) {
      await failed(error);
    }
  }

  async function failed(error: unknown): Promise<void> {
    if (signal.aborted) return;
    log.error('batch failed', { queue: queueArn, ...failure(error) });
    await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
  }

  // Half of the room at once: a request for each message would cost more than most of them.
  const enough = Math.ceil(concurrency / 2);
  while (!signal.aborted) {
    while (concurrency - underWay.size < enough) await Promise.race(underWay);
    try {
      const records = await receive((concurrency - underWay.size) * batchSize);
      for (let start = 0; start < records.length; start += batchSize) {
        const batch = bring(records.slice(start, start + batchSize)).finally(() => underWay.delete(batch));
        underWay.add(batch);
      }
    } catch (error) {
      await failed(error);
    }
  }
  await Promise.all(underWay);
}
