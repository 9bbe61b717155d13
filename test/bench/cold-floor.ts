import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SESClient, SendRawEmailCommand } from '@aws-sdk/client-ses';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import * as z from 'zod';

/**
 * The floor of `cold.ts`: the clients that the API has, with what it says to them, Hono and zod; none of Hallway. What the
 * handler answers keeps a bundler from leaving any of it out.
 */
const app = new Hono();
const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const [objects, mail, queue] = [new S3Client({}), new SESClient({}), new SQSClient({})];
const commands = [DeleteCommand, GetCommand, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand];
const Input = z.object({ name: z.string() });

app.get('/', async (c) => {
  const { name } = Input.parse(await c.req.json());
  const link = await getSignedUrl(objects, new GetObjectCommand({ Bucket: name, Key: name }));
  await objects.send(new PutObjectCommand({ Bucket: name, Key: name }));
  await mail.send(new SendRawEmailCommand({ RawMessage: { Data: new Uint8Array() } }));
  await queue.send(new SendMessageBatchCommand({ QueueUrl: link, Entries: [] }));
  return c.json([...commands.map((command) => command.name), table.config.region]);
});

export const handler = handle(app);
