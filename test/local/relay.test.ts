import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SESClient, SendRawEmailCommand } from '@aws-sdk/client-ses';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DAY, MINUTE } from '../../functions/platform/clock.ts';
import { log } from '../../functions/platform/log.ts';
import { type EventBridgeSesEvent, startSes } from '../../infra/local/ses.ts';

const NOON = new Date('2026-11-23T12:00:00.000Z');
const letter = (subject: string) =>
  [
    'From: Ada Lovelace via Hallway <notes@hallway.example>',
    'To: Grace <grace@example.org>',
    `Subject: ${subject}`,
    '',
    'Even the sea keeps office hours.',
  ].join('\r\n');

/** What the relay took, in its order. */
let taken: { from: string; to: string[]; raw: string }[];
/** What it says to a recipient, and to a message: a code, or nothing if all is well. */
let toRecipient: (address: string) => number | undefined;
let toMessage: (raw: string) => number | undefined;
/** Until then it answers no message; and how many wait, now and at most. */
let opens: Promise<void>;
let waiting: { now: string[]; most: number };
let relay: SMTPServer | null = null;
let relayPort: number;

let dir: string;
let events: EventBridgeSesEvent[];
let take: (event: EventBridgeSesEvent) => Promise<void>;
let now: Date;
let ses: Awaited<ReturnType<typeof startSes>> | null = null;
let child: { runner: ChildProcess; exited: Promise<unknown> } | null = null;

const reply = (code: number | undefined) =>
  code === undefined
    ? null
    : Object.assign(new Error('This quotes grace@example.org.'), { responseCode: code });

async function openRelay(port = 0) {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    closeTimeout: 1,
    onRcptTo: ({ address }, _session, done) => done(reply(toRecipient(address))),
    onData(stream, { envelope }, done) {
      stream.toArray().then(async (chunks) => {
        const raw = Buffer.concat(chunks).toString();
        waiting.now.push(subjectOf(raw));
        waiting.most = Math.max(waiting.most, waiting.now.length);
        await opens;
        waiting.now = waiting.now.filter((subject) => subject !== subjectOf(raw));
        const said = reply(toMessage(raw));
        if (!said) {
          const from = envelope.mailFrom ? envelope.mailFrom.address : '';
          taken.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw });
        }
        done(said);
      });
    },
  });
  // A client that is killed hangs up in the middle.
  server.on('error', () => {});
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  relay = server;
  relayPort = (server.server.address() as { port: number }).port;
}

async function closeRelay() {
  const server = relay;
  relay = null;
  await new Promise<void>((resolve) => (server ? server.close(resolve) : resolve()));
}

const relayUrl = () => `smtp://127.0.0.1:${relayPort}`;

async function start(smtpUrl: string | undefined = relayUrl()) {
  ses = await startSes({
    port: 0,
    dir,
    smtpUrl,
    relayWaitsMs: [10, 20, 40],
    onEvent: (event) => take(event),
    now: () => now,
  });
}

async function startWithoutRelay() {
  ses = await startSes({ port: 0, dir, onEvent: (event) => take(event), now: () => now });
}

async function stop() {
  await ses?.stop();
  ses = null;
}

/** A runner of its own, to be killed. */
async function startChild(): Promise<number> {
  const program = `
    import { startSes } from ${JSON.stringify(new URL('../../infra/local/ses.ts', import.meta.url).href)};
    const { dir, smtpUrl } = ${JSON.stringify({ dir, smtpUrl: relayUrl() })};
    const { port } = await startSes({ port: 0, dir, smtpUrl, onEvent: async () => {} });
    console.log(port);
  `;
  const runner = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = { runner, exited: once(runner, 'exit') };
  // Its lines are the port, and then what it logs.
  const [line] = await once(createInterface(runner.stdout), 'line');
  return Number(line);
}

async function killChild() {
  child?.runner.kill('SIGKILL');
  await child?.exited;
  child = null;
}

async function send(subject: string, destinations = ['grace@example.org'], port = ses?.port) {
  const client = new SESClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const { MessageId } = await client.send(
    new SendRawEmailCommand({
      RawMessage: { Data: Buffer.from(letter(subject)) },
      Source: 'notes@hallway.example',
      Destinations: destinations,
    }),
  );
  client.destroy();
  return MessageId;
}

const kinds = () => events.map(({ detail }) => detail.eventType);
const seen = (expected: string[]) => vi.waitFor(() => expect(kinds()).toEqual(expected));
const subjectOf = (raw: string) => /^Subject: (.*)\r$/m.exec(raw)?.[1] ?? '';
const subjects = () => taken.map(({ raw }) => subjectOf(raw));
const messageIds = () => taken.map(({ raw }) => /^Message-ID: (.*)\r$/m.exec(raw)?.[1]);
const isTold = (messageId: string | undefined) =>
  vi.waitFor(async () => expect(await readdir(dir)).toContain(`${messageId}.told`));

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hallway-relay-'));
  taken = [];
  events = [];
  now = NOON;
  opens = Promise.resolve();
  waiting = { now: [], most: 0 };
  toRecipient = () => undefined;
  toMessage = () => undefined;
  take = async (event) => {
    events.push(event);
  };
  await openRelay();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await killChild();
  await stop();
  await closeRelay();
  await rm(dir, { recursive: true });
});

test('each mail is handed over as it is, under a Message-ID that is made of its id, and then it is delivered', async () => {
  await start();
  const messageId = await send('One');
  await seen(['Send', 'Delivery']);
  expect(taken).toEqual([
    {
      from: 'notes@hallway.example',
      to: ['grace@example.org'],
      raw: `Message-ID: <${messageId}@email.amazonses.com>\r\n${letter('One')}\r\n`,
    },
  ]);
  await isTold(messageId);
  await stop();
  await start();
  await send('Two');
  await seen(['Send', 'Delivery', 'Send', 'Delivery']);
  expect(subjects()).toEqual(['One', 'Two']);
});

test('a Message-ID that it has is replaced, as SES does', async () => {
  await start();
  const messageId = await send('One\r\nMessage-Id:\r\n <mine@hallway.example>\r\nX-Last: stays');
  await seen(['Send', 'Delivery']);
  const [head] = (taken[0]?.raw ?? '').split('\r\n\r\n');
  expect(head?.match(/^message-id:.*$/gim)).toEqual([`Message-ID: <${messageId}@email.amazonses.com>`]);
  expect(head).toMatch(/^X-Last: stays$/m);
  expect(head).not.toContain('mine@');
});

test('a relay that is down: nothing is delivered until it is up, and then all is', async () => {
  await closeRelay();
  const warned = vi.spyOn(log, 'warn');
  await start();
  const sent = ['1', '2', '3'];
  for (const subject of sent) await send(subject);
  await vi.waitFor(() => expect(warned.mock.calls.length).toBeGreaterThan(4));
  expect(new Set(kinds())).toEqual(new Set(['Send']));
  expect(JSON.stringify(warned.mock.calls)).not.toContain('@');
  await openRelay(relayPort);
  await vi.waitFor(() => expect(kinds().filter((kind) => kind === 'Delivery')).toHaveLength(3));
  expect(subjects().toSorted()).toEqual(sent);
});

test('a mail that is put off is handed over again, and does not stand in the way of others', async () => {
  toMessage = (raw) => (subjectOf(raw) === 'Slow' && taken.length === 0 ? 451 : undefined);
  const warned = vi.spyOn(log, 'warn');
  await start();
  await send('Slow');
  await send('Quick');
  await seen(['Send', 'Send', 'Delivery', 'Delivery']);
  expect(subjects()).toEqual(['Quick', 'Slow']);
  expect(warned.mock.calls[0]?.[1]).toMatchObject({ responseCode: 451 });
  expect(JSON.stringify(warned.mock.calls)).not.toContain('@');
});

test('a recipient that is refused bounces, one that is put off is asked again, and nobody gets it twice', async () => {
  const answers = [450];
  toRecipient = (address) => {
    if (address === 'nobody@example.org') return 550;
    return address === 'busy@example.org' ? answers.shift() : undefined;
  };
  await start();
  await send('One', ['grace@example.org', 'nobody@example.org', 'busy@example.org']);
  await seen(['Send', 'Delivery', 'Bounce']);
  expect(taken.map(({ to }) => to)).toEqual([['grace@example.org'], ['busy@example.org']]);
  expect(events[1]?.detail.delivery?.recipients).toEqual(['grace@example.org', 'busy@example.org']);
  expect(events[2]?.detail.bounce).toMatchObject({
    bounceType: 'Permanent',
    bouncedRecipients: [{ emailAddress: 'nobody@example.org' }],
  });
});

test.each([
  ['recipient', () => (toRecipient = () => 550)],
  ['message', () => (toMessage = () => 554)],
])('the only %s is refused: it bounces, and is not tried again', async (_, refuse) => {
  refuse();
  await start();
  const messageId = await send('One');
  await seen(['Send', 'Bounce']);
  expect(events[1]?.detail.bounce).toMatchObject({ bounceType: 'Permanent' });
  await isTold(messageId);
});

test('a relay that wants a login bounces nobody: it is we who have none', async () => {
  const answers = [530];
  toRecipient = () => answers.shift();
  await start();
  await send('One');
  await seen(['Send', 'Delivery']);
});

test('what the relay would not take in a day bounces, and not for good', async () => {
  toMessage = () => 451;
  await start();
  await send('One');
  now = new Date(NOON.getTime() + DAY + MINUTE);
  await seen(['Send', 'Bounce']);
  expect(events[1]?.detail.bounce).toMatchObject({
    bounceType: 'Transient',
    bouncedRecipients: [{ emailAddress: 'grace@example.org', action: 'failed', status: '4.4.7' }],
  });
});

test('so does what waited a day for a relay that is down, but never at the first failure after a start', async () => {
  await closeRelay();
  await start();
  await send('One');
  await send('Two');
  await stop();
  events = [];
  now = new Date(NOON.getTime() + DAY + MINUTE);
  const warned = vi.spyOn(log, 'warn');
  await start();
  await vi.waitFor(() => expect(kinds().toSorted()).toEqual(['Bounce', 'Bounce', 'Send', 'Send']));
  expect(warned.mock.calls.length).toBeGreaterThanOrEqual(3);
});

test('a restart goes on with what the relay does not have, the oldest first and four at a time', async () => {
  await closeRelay();
  await start();
  const sent = ['1', '2', '3', '4', '5', '6'];
  const ids = [];
  for (const subject of sent) ids.push(await send(subject));
  await stop();
  events = [];
  await openRelay(relayPort);
  const { promise, resolve } = Promise.withResolvers<void>();
  opens = promise;
  await start();
  await vi.waitFor(() => expect(waiting.now.toSorted()).toEqual(['1', '2', '3', '4']));
  resolve();
  for (const id of ids) await isTold(id);
  expect(waiting.most).toBe(4);
  expect(subjects().toSorted()).toEqual(sent);
  expect(kinds().filter((kind) => kind === 'Delivery')).toHaveLength(6);
});

test('what the relay has is not handed over again, even if its events could not be handed on', async () => {
  take = () => Promise.reject(new Error('not now'));
  await start();
  const messageId = await send('One');
  await vi.waitFor(async () => expect(await readdir(dir)).toContain(`${messageId}.relayed`));
  await stop();
  take = async (event) => {
    events.push(event);
  };
  await start();
  await seen(['Send', 'Delivery']);
  await isTold(messageId);
  expect(subjects()).toEqual(['One']);
});

test('a kill before the relay had it loses nothing', async () => {
  await closeRelay();
  const messageId = await send('One', undefined, await startChild());
  await killChild();
  await openRelay(relayPort);
  await start();
  await seen(['Send', 'Delivery']);
  expect(messageIds()).toEqual([`<${messageId}@email.amazonses.com>`]);
});

test('a kill between its yes and our mark hands it over twice, under one Message-ID', async () => {
  const port = await startChild();
  toMessage = () => {
    child?.runner.kill('SIGKILL');
    return undefined;
  };
  const messageId = await send('One', undefined, port);
  await vi.waitFor(() => expect(taken).toHaveLength(1));
  await killChild();
  expect(await readdir(dir)).not.toContain(`${messageId}.relayed`);
  toMessage = () => undefined;
  await start();
  await seen(['Send', 'Delivery']);
  expect(messageIds()).toEqual([`<${messageId}@email.amazonses.com>`, `<${messageId}@email.amazonses.com>`]);
  expect(taken[0]).toEqual(taken[1]);
});

test('a relay that is set later gets nothing from before, and one that is taken away leaves its mail waiting', async () => {
  await startWithoutRelay();
  await send('Before');
  await seen(['Send', 'Delivery']);
  await stop();
  await closeRelay();
  await start();
  await send('One');
  await stop();
  events = [];
  await startWithoutRelay();
  const without = await send('Without');
  await isTold(without);
  await stop();
  expect(kinds()).toEqual(['Send', 'Delivery']);
  await openRelay(relayPort);
  await start();
  await seen(['Send', 'Delivery', 'Send', 'Delivery']);
  expect(subjects()).toEqual(['One']);
});

test("the simulator's addresses stay here", async () => {
  await start();
  await send('One', ['bounce@simulator.amazonses.com', 'grace@example.org']);
  await seen(['Send', 'Delivery', 'Bounce']);
  expect(taken.map(({ to }) => to)).toEqual([['grace@example.org']]);
});
