import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { addUser } from '../functions/accounts/accounts.ts';
import { clients } from '../functions/platform/clients.ts';
import { openGround } from '../functions/platform/ground.ts';
import { Table } from '../functions/platform/table.ts';
import { bundleFunctions } from './bundle.ts';
import { startDatabase } from './local/database.ts';
import { FILES_BUCKET, functionEnvironment, MAIL_BUCKET } from './local/environment.ts';
import { close, listen, startGateway } from './local/gateway.ts';
import { startQueues } from './local/queues.ts';
import { startSes } from './local/ses.ts';
import { readRunnerSettings } from './local/settings.ts';
import { type FunctionName, functions } from './service.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** What one action takes, of DynamoDB (request units, and calls that are waited for) and of the processor (milliseconds). */
export interface Taken {
  reads: number;
  writes: number;
  calls: number;
  ms: number;
}

/** Each is done so often, after once that is not counted: caches fill, models are loaded. */
const TIMES = 8;
/** A circle and its interests, as a user has them. */
const FRIENDS = 30;
const INTERESTS = [
  'baking bread',
  'trail running',
  'old maps',
  'my daughter is learning the violin',
  'beekeeping',
];

const WORDS =
  'A loaf of sourdough rises overnight, and the crust sings when it leaves the oven of the village. ';
const page = (place: number) =>
  `<!doctype html><html lang="en"><head><title>Oven ${place}</title></head><body><article><h1>What oven ${place} knows</h1><p>${WORDS.repeat(60)}</p></article></body></html>`;

const milliseconds = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1000;

/** DynamoDB as the embedded database plays it, counted: it is asked what each call consumed. */
async function startCounted(endpoint: string): Promise<{ url: string; taken: Taken; server: Server }> {
  const taken: Taken = { reads: 0, writes: 0, calls: 0, ms: 0 };
  const server = createServer(async (req, res) => {
    const asked = JSON.parse((await buffer(req)).toString());
    const action = String(req.headers['x-amz-target']).split('.')[1] ?? '';
    const counts = /^(Get|Query|Put|Update|Delete|Transact|Batch)/.test(action);
    const body = JSON.stringify(counts ? { ...asked, ReturnConsumedCapacity: 'TOTAL' } : asked);
    const { host, connection, 'content-length': length, ...headers } = req.headers as Record<string, string>;
    const answer = await fetch(endpoint, { method: 'POST', headers, body });
    const text = await answer.text();
    const consumed = [JSON.parse(text || '{}').ConsumedCapacity ?? []].flat() as { CapacityUnits: number }[];
    const units = consumed.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
    if (/^(Get|Query)/.test(action)) taken.reads += units;
    else taken.writes += units;
    taken.calls++;
    res.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
    res.end(text);
  });
  const port = await listen(server, { port: 0, host: '127.0.0.1', setting: 'port' });
  return { url: `http://127.0.0.1:${port}`, taken, server };
}

/** The actions of `costs.ts`, by what each function takes for one, measured on the parts of one machine. */
export async function measureActions(): Promise<Record<string, { door: FunctionName; taken: Taken }>> {
  const dir = mkdtempSync(join(tmpdir(), 'hallway-costs-'));
  const [database, queueing, ses] = await Promise.all([
    startDatabase({ dir }),
    startQueues({
      dir: join(dir, 'queues'),
      queues: Object.keys(functions).map((name) => ({ name, visibilitySeconds: 60 })),
      buckets: [MAIL_BUCKET, FILES_BUCKET],
    }),
    startSes({ port: 0, dir: join(dir, 'mailbox'), onEvent: async () => undefined }),
  ]);
  const counted = await startCounted(database.endpoint);
  const pages = createServer((req, res) => {
    res.setHeader('content-type', 'text/html; charset=utf-8');
    res.end(page(Number(req.url?.slice(1))));
  });
  const pagesPort = await listen(pages, { port: 0, host: '127.0.0.1', setting: 'port' });
  const host = `127.0.0.1:${pagesPort}`;
  try {
    const settings = readRunnerSettings({
      HALLWAY_DATA: dir,
      HALLWAY_UNDO_SECONDS: '0',
      HALLWAY_FETCH_ALLOW: host,
      HALLWAY_CAP_USER_DAY: '1000',
    });
    const environment = functionEnvironment(settings, {
      baseUrl: 'http://localhost:8787',
      databaseEndpoint: counted.url,
      queueEndpoint: queueing.endpoint,
      queueUrls: queueing.queueUrls,
      mailEndpoint: ses.url,
    });
    Object.assign(process.env, environment, { POWERTOOLS_LOG_LEVEL: 'SILENT' });
    await Table.create(environment.TABLE_NAME ?? '', clients.table());
    await bundleFunctions(ROOT, join(dir, 'functions'), { minify: false, packages: 'beside' });
    const handlers = {} as Record<FunctionName, (event: never) => Promise<never>>;
    for (const name of Object.keys(functions) as FunctionName[]) {
      handlers[name] = (await import(join(dir, 'functions', name, 'index.mjs'))).handler;
    }
    const gateway = await startGateway({ port: 0, host: '127.0.0.1', handler: handlers.api as never });
    try {
      return await play(handlers, gateway.url, host, counted.taken);
    } finally {
      await gateway.stop();
    }
  } finally {
    await Promise.all([
      database.stop(),
      queueing.stop(),
      ses.stop(),
      close(counted.server, 0),
      close(pages, 0),
    ]);
    rmSync(dir, { recursive: true, force: true });
  }
}

async function play(
  handlers: Record<FunctionName, (event: never) => Promise<unknown>>,
  url: string,
  host: string,
  total: Taken,
): Promise<Record<string, { door: FunctionName; taken: Taken }>> {
  const ground = await openGround();
  const { user, apiToken, signInUrl } = await addUser(ground, {
    email: 'ada@users.example',
    name: 'Ada',
    timeZone: 'UTC',
  });
  const signedIn = await fetch(`${url}${new URL(signInUrl).pathname}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  const api = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { id: string };
  };
  const look = async (path: string) => (await fetch(`${url}${path}`, { headers: { cookie } })).text();
  const queued = (name: FunctionName, id: string) =>
    handlers[name]({
      Records: [{ messageId: id, body: JSON.stringify({ userId: user.id, id }), eventSource: 'aws:sqs' }],
    } as never);
  const told = (eventType: string, noteId: string) =>
    handlers['mail-events']({
      source: 'aws.ses',
      detail: { eventType, mail: { messageId: noteId, tags: { user: [user.id], note: [noteId] } } },
    } as never);

  const friends: { id: string }[] = [];
  for (let place = 0; place < FRIENDS; place++) {
    const interests = INTERESTS.slice(place % 3, (place % 3) + 3);
    friends.push(
      await api('/friends', { name: `Friend ${place}`, email: `friend-${place}@example.org`, interests }),
    );
  }

  const measured: Record<string, { door: FunctionName; taken: Taken }> = {};
  async function measure<Made>(
    what: string,
    door: FunctionName,
    act: (place: number) => Promise<Made>,
  ): Promise<Made[]> {
    const made = [await act(0)];
    const before = { ...total };
    const from = process.cpuUsage();
    for (let place = 1; place <= TIMES; place++) made.push(await act(place));
    const each = (now: number, then: number) => (now - then) / TIMES;
    measured[what] = {
      door,
      taken: {
        reads: each(total.reads, before.reads),
        writes: each(total.writes, before.writes),
        calls: each(total.calls, before.calls),
        ms: milliseconds(process.cpuUsage(from)) / TIMES,
      },
    };
    return made;
  }

  const articles = await measure('an article kept, with its text', 'api', (place) =>
    api('/articles', { url: `https://paper.example/${place}`, html: page(place) }),
  );
  const links = await measure('an article kept, as a link', 'api', (place) =>
    api('/articles', { url: `http://${host}/${place}` }),
  );
  await measure('its page read', 'fetch', (place) => queued('fetch', links[place]?.id ?? ''));
  await measure('a page opened (Today)', 'api', () => look('/'));
  await measure('a friend looked back for', 'suggest', (place) =>
    queued('suggest', friends[place]?.id ?? ''),
  );
  const notes = await measure('a note written', 'api', (place) =>
    api('/notes', {
      friendId: friends[place]?.id,
      articleId: articles[place]?.id,
      text: 'This made me think of you.',
      moment: { kind: 'now' },
    }),
  );
  await sleep(1);
  await measure('a note sent', 'send', (place) => queued('send', notes[place]?.id ?? ''));
  await measure('news of a note', 'mail-events', (place) =>
    told(place % 2 ? 'Send' : 'Delivery', notes[place]?.id ?? ''),
  );
  await measure('a minute', 'tick', () => handlers.tick({} as never));
  return measured;
}
