import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { inject, vi } from 'vitest';
import { clients } from '../../functions/platform/clients.ts';
import { type Ground, openGround } from '../../functions/platform/ground.ts';
import { Table } from '../../functions/platform/table.ts';
import { close, listen } from '../../infra/local/gateway.ts';
import { type EventBridgeSesEvent, startSes } from '../../infra/local/ses.ts';
import { type FunctionName, functions } from '../../infra/service.ts';
import { startWire, type Wire } from './wire.ts';

const NAMES = Object.keys(functions) as FunctionName[];
const SECRETS: Record<string, string> = { signing: 's'.repeat(64), pepper: 'p'.repeat(64) };

/** The bundles of an assembly, each started in a process of its own, on the parts of one machine. */
export interface Live {
  ground: Ground;
  /** What a function answers. Fault: an Error if it throws. `late`: as in `door.ts`. */
  call<Answer = unknown>(name: FunctionName, event: unknown, late?: number): Promise<Answer>;
  wires: Record<FunctionName, Wire>;
  /** Every line that was written, by the function that wrote it. */
  lines: { name: FunctionName; line: string }[];
  /** SES's news that nobody was told of yet. */
  news: EventBridgeSesEvent[];
  mailbox(): Promise<{ destinations: string[]; tags: Record<string, string>; raw: string }[]>;
  /** The next mails meet this; see the local SES endpoint. */
  fault(action: string, times: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * `codeOf` and `environmentOf`: as the template has them. What the template leaves to AWS (names of tables, queues and
 * secrets) is filled in; nothing else is.
 */
export async function startLive(
  codeOf: (name: FunctionName) => string,
  environmentOf: (name: FunctionName) => Record<string, string>,
  settings: Record<string, string>,
): Promise<Live> {
  const dir = mkdtempSync(join(tmpdir(), 'hallway-live-'));
  const news: EventBridgeSesEvent[] = [];
  const ses = await startSes({ port: 0, dir, onEvent: async (event) => void news.push(event) });
  const secrets = createServer(async (req, res) => {
    const { SecretId } = (await json(req)) as { SecretId: string };
    res.setHeader('content-type', 'application/x-amz-json-1.1');
    res.end(JSON.stringify({ SecretString: SECRETS[SecretId] }));
  });
  const secretsPort = await listen(secrets, { port: 0, host: '127.0.0.1', setting: 'port' });
  const services = {
    dynamodb: inject('databaseEndpoint'),
    sqs: inject('queueEndpoint'),
    s3: inject('queueEndpoint'),
    ses: ses.url,
    secrets: `http://127.0.0.1:${secretsPort}`,
  };
  const table = `hallway-${randomUUID()}`;
  const local = (wire: string): Record<string, string> => ({
    TABLE_NAME: table,
    ...Object.fromEntries(
      Object.entries(inject('queueUrls')).map(([name, url]) => [
        `QUEUE_URL_${name.toUpperCase().replace('-', '_')}`,
        url.replace(services.sqs, wire),
      ]),
    ),
    MAIL_BUCKET: 'hallway-mail',
    FILES_BUCKET: 'hallway-files',
    SIGNING_SECRET_ID: 'signing',
    PEPPER_SECRET_ID: 'pepper',
  });
  const access = (wire: string): Record<string, string> => ({
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: wire,
  });

  const wires = {} as Record<FunctionName, Wire>;
  const children = {} as Record<FunctionName, ChildProcess>;
  const lines: Live['lines'] = [];
  await Promise.all(
    NAMES.map(async (name) => {
      const wire = await startWire(services);
      wires[name] = wire;
      const template = environmentOf(name);
      const filled = Object.entries(local(wire.url)).filter(([variable]) => variable in template);
      const code = pathToFileURL(join(codeOf(name), 'index.mjs')).href;
      const child = fork(join(import.meta.dirname, 'door.ts'), [code], {
        env: {
          PATH: process.env.PATH,
          AWS_LAMBDA_FUNCTION_NAME: name,
          POWERTOOLS_LOG_LEVEL: 'DEBUG',
          ...template,
          ...Object.fromEntries(filled),
          ...access(wire.url),
          ...settings,
        },
        execArgv: [],
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      children[name] = child;
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => {
          lines.push(
            ...text
              .split('\n')
              .filter(Boolean)
              .map((line) => ({ name, line })),
          );
        });
      }
    }),
  );
  for (const [name, value] of Object.entries(access(''))) vi.stubEnv(name, value);
  vi.stubEnv('AWS_ENDPOINT_URL', '');
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', services.dynamodb);
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', services.sqs);
  vi.stubEnv('AWS_ENDPOINT_URL_S3', services.s3);
  await Table.create(table, clients.table());
  const template = environmentOf('api');
  const { SIGNING_SECRET_ID, PEPPER_SECRET_ID, ...own } = {
    ...template,
    ...local(services.sqs),
    ...settings,
  };
  const ground = await openGround({ ...own, HALLWAY_SECRETS: JSON.stringify(SECRETS) });
  await Promise.all(NAMES.map((name) => once(children[name], 'message')));

  return {
    ground,
    async call(name, event, late = 0) {
      children[name].send({ event, late });
      const [message] = await once(children[name], 'message');
      if ('failed' in message) throw new Error(`${name}: ${message.failed}`);
      return message.answer;
    },
    wires,
    lines,
    news,
    async mailbox() {
      return ((await (await fetch(`${ses.url}/store`)).json()) as { emails: never[] }).emails;
    },
    async fault(action, times) {
      const body = JSON.stringify({ action, times });
      await fetch(`${ses.url}/faults`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
      });
    },
    async stop() {
      for (const child of Object.values(children)) child.kill('SIGKILL');
      vi.unstubAllEnvs();
      await Promise.all([...Object.values(wires).map((wire) => wire.stop()), ses.stop(), close(secrets, 0)]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
