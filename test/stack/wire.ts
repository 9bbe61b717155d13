import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { close, listen } from '../../infra/local/gateway.ts';

/** Where AWS's services are. */
export interface Services {
  dynamodb: string;
  sqs: string;
  s3: string;
  ses: string;
  secrets: string;
}

/** A call as IAM looks at it: `dynamodb:Query index/due`, `s3:GetObject Files/uploads/`. */
export type Call = string;

export interface Wire {
  url: string;
  calls: Set<Call>;
  stop(): Promise<void>;
}

type Json = Record<string, unknown>;

/** One function's way to AWS: passes everything on, and writes down what was asked. */
export async function startWire(services: Services): Promise<Wire> {
  const calls = new Set<Call>();
  const server: Server = createServer(async (req, res) => {
    const body = await buffer(req);
    const asked = read(req, body);
    for (const call of asked.calls) calls.add(call);
    const to = new URL(req.url ?? '/', services[asked.service]);
    const { host, connection, ...headers } = req.headers;
    const onward = request(to, { method: req.method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    onward.on('error', () => res.destroy());
    onward.end(body);
  });
  const port = await listen(server, { port: 0, host: '127.0.0.1', setting: 'port' });
  return { url: `http://127.0.0.1:${port}`, calls, stop: () => close(server, 0) };
}

function read(req: IncomingMessage, body: Buffer): { service: keyof Services; calls: Call[] } {
  const [target = '', action = ''] = String(req.headers['x-amz-target'] ?? '').split('.');
  if (target.startsWith('DynamoDB_')) return { service: 'dynamodb', calls: tableCalls(action, parsed(body)) };
  if (target === 'AmazonSQS') {
    // One right for one message and for many.
    const name = action.replace(/Batch$/, '');
    return { service: 'sqs', calls: [`sqs:${name} ${lastOf(parsed(body).QueueUrl)}`] };
  }
  if (target === 'secretsmanager') {
    return { service: 'secrets', calls: [`secretsmanager:${action} ${parsed(body).SecretId}`] };
  }
  if (req.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return { service: 'ses', calls: [`ses:${new URLSearchParams(body.toString()).get('Action')}`] };
  }
  return { service: 's3', calls: [objectCall(req)] };
}

const parsed = (body: Buffer) => JSON.parse(body.toString()) as Json;
const lastOf = (url: unknown) => String(url).split('/').at(-1);

const IN_TRANSACTION: Record<string, string> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

/** A transaction needs the right to each of its parts, and none of its own. */
function tableCalls(action: string, asked: Json): Call[] {
  if (action === 'TransactWriteItems') {
    return (asked.TransactItems as Json[]).flatMap((item) =>
      Object.keys(item).map((kind) => `dynamodb:${IN_TRANSACTION[kind] ?? kind} table`),
    );
  }
  const index = asked.IndexName;
  return [`dynamodb:${action} ${index ? `index/${index}` : 'table'}`];
}

/** `/bucket/prefix/…`; the parts of a large object are put with the right to put it. */
function objectCall({ method, url = '/' }: IncomingMessage): Call {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const [, bucket, prefix] = pathname.split('/');
  // A list is asked of the bucket, under a prefix of ours.
  const listed = searchParams.get('prefix');
  if (searchParams.has('list-type')) return `s3:ListBucket ${bucket}/${listed?.split('/')[0]}/`;
  const isPart = searchParams.has('uploads') || searchParams.has('uploadId');
  const actions: Record<string, string> = {
    GET: 's3:GetObject',
    HEAD: 's3:GetObject',
    PUT: 's3:PutObject',
    POST: isPart ? 's3:PutObject' : 's3:PostObject',
    DELETE: isPart ? 's3:AbortMultipartUpload' : 's3:DeleteObject',
  };
  return `${actions[method ?? '']} ${bucket}/${prefix}/`;
}
