import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSendQuotaCommand, SESClient, SendRawEmailCommand } from '@aws-sdk/client-ses';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type EventBridgeSesEvent, startSes } from '../../infra/local/ses.ts';

const NOON = new Date('2026-11-23T12:00:00.000Z');
const MAIL = [
  'From: Ada Lovelace via Hallway <notes@hallway.example>',
  'To: Grace <grace@example.org>',
  'Reply-To: ada@example.org',
  'Subject: A harbour that closes for lunch',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Even the sea keeps office hours.',
].join('\r\n');

let dir: string;
let events: EventBridgeSesEvent[];
let ses: Awaited<ReturnType<typeof startSes>>;
let client: SESClient;
let take: (event: EventBridgeSesEvent) => Promise<void>;

const clientWith = (requestTimeout: number) =>
  new SESClient({
    endpoint: `http://127.0.0.1:${ses.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: { requestTimeout, throwOnRequestTimeout: true },
  });

async function start() {
  ses = await startSes({ port: 0, dir, onEvent: (event) => take(event), now: () => NOON });
  client = clientWith(10_000);
}

async function stop() {
  client.destroy();
  await ses.stop();
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hallway-ses-'));
  events = [];
  take = async (event) => {
    events.push(event);
  };
  await start();
});

afterEach(async () => {
  await stop();
  await rm(dir, { recursive: true });
});

const send = (raw = MAIL, more: Partial<ConstructorParameters<typeof SendRawEmailCommand>[0]> = {}) =>
  client.send(new SendRawEmailCommand({ RawMessage: { Data: Buffer.from(raw) }, ...more }));

const get = (path: string, headers = {}) => fetch(`http://127.0.0.1:${ses.port}${path}`, { headers });

const post = (path: string, body: unknown, headers = {}) =>
  fetch(`http://127.0.0.1:${ses.port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const store = async () => (await (await get('/store')).json()).emails;

const refusal = async (sending: Promise<unknown>) => {
  const error = await sending.then(
    () => null,
    (thrown) => thrown,
  );
  return [error?.name, error?.$metadata?.httpStatusCode, error?.message];
};

const told = (count: number) => vi.waitFor(() => expect(events).toHaveLength(count));

describe('SendRawEmail', () => {
  test('keeps the mail as it came, with its envelope and tags', async () => {
    const { MessageId } = await send(MAIL, {
      Source: 'notes@hallway.example',
      Destinations: ['grace@example.org'],
      Tags: [
        { Name: 'note', Value: 'nte_1' },
        { Name: 'attempt', Value: 'att_1' },
      ],
      ConfigurationSetName: 'hallway',
    });
    expect(MessageId).toMatch(/^[0-9a-f]{16}-[0-9a-f-]{36}-000000$/);
    expect(await store()).toEqual([
      {
        messageId: MessageId,
        at: '2026-11-23T12:00:00.000Z',
        destinations: ['grace@example.org'],
        tags: { note: 'nte_1', attempt: 'att_1' },
        configurationSet: 'hallway',
        raw: Buffer.from(MAIL).toString('base64'),
      },
    ]);
  });

  test('without an envelope, takes To, Cc and Bcc, and tags from the header', async () => {
    await send(
      MAIL.replace(
        'Subject:',
        'Cc: Team: c@example.org, d@example.org;\r\nBcc: b@example.org\r\nX-SES-MESSAGE-TAGS: note=nte_2, attempt=att_2\r\nSubject:',
      ),
    );
    expect(await store()).toMatchObject([
      {
        destinations: ['grace@example.org', 'c@example.org', 'd@example.org', 'b@example.org'],
        tags: { note: 'nte_2', attempt: 'att_2' },
        configurationSet: null,
      },
    ]);
  });

  test('lists the oldest first', async () => {
    const ids = [];
    for (const n of [1, 2, 3]) ids.push((await send(MAIL.replace('harbour', `harbour ${n}`))).MessageId);
    expect((await store()).map((mail: { messageId: string }) => mail.messageId)).toEqual(ids);
  });

  test.each([
    ['no From', MAIL.replace(/^From.*\r\n/, ''), {}, "Missing required header 'From'."],
    ['no recipient', MAIL.replace(/To: Grace.*\r\n/, ''), {}, 'There is no destination.'],
    ['a recipient that is no address', MAIL, { Destinations: ['grace'] }, "Missing final '@domain'."],
    [
      'over 10 MB',
      `${MAIL}${'x'.repeat(10 * 1024 * 1024)}`,
      {},
      /^Message length is more than 10485760 bytes long/,
    ],
    [
      'a tag with a space',
      MAIL,
      { Tags: [{ Name: 'note', Value: 'a b' }] },
      'A tag holds only letters, digits, underscores and dashes.',
    ],
  ])('refuses %s', async (_, raw, more, message) => {
    const [name, status, said] = await refusal(send(raw, more));
    expect([name, status]).toEqual(['InvalidParameterValue', 400]);
    expect(said).toMatch(message);
    expect(await store()).toEqual([]);
  });

  test('knows no other action', async () => {
    const response = await post('/', 'Action=SendBulk', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('<Code>InvalidAction</Code>');
  });
});

test('GetSendQuota counts what was sent in 24 hours', async () => {
  await send();
  expect(await client.send(new GetSendQuotaCommand({}))).toMatchObject({
    Max24HourSend: 50000,
    MaxSendRate: 14,
    SentLast24Hours: 1,
  });
});

describe('faults', () => {
  test.each([
    ['throttle', ['Throttling', 400, 'Maximum sending rate exceeded.'], 0],
    ['error', ['ServiceUnavailable', 503, 'Service is temporarily unavailable.'], 0],
    ['refuse', ['MessageRejected', 400, 'Email address is not verified.'], 0],
    ['accept-then-error', ['InternalFailure', 500, 'An internal failure occurred.'], 1],
  ])('%s, as often as was asked', async (action, expected, kept) => {
    expect((await post('/faults', { action, times: 2 })).status).toBe(200);
    expect(await refusal(send())).toEqual(expected);
    expect(await refusal(send())).toEqual(expected);
    expect(await store()).toHaveLength(2 * kept);
    await send();
    expect(await store()).toHaveLength(2 * kept + 1);
  });

  test('accept-then-hang, and the mail is kept', async () => {
    await post('/faults', { action: 'accept-then-hang', times: 1 });
    const impatient = clientWith(250);
    const sending = impatient.send(new SendRawEmailCommand({ RawMessage: { Data: Buffer.from(MAIL) } }));
    expect((await refusal(sending))[0]).toBe('TimeoutError');
    impatient.destroy();
    expect(await store()).toHaveLength(1);
    await told(2);
  });

  test('a mail that was kept has its events, whatever was answered', async () => {
    await post('/faults', { action: 'accept-then-error', times: 1 });
    await refusal(send());
    await told(2);
  });

  test('unless they are not wanted', async () => {
    await post('/faults', { action: 'accept-then-error', times: 1, events: false });
    await refusal(send());
    await send(MAIL, { Tags: [{ Name: 'note', Value: 'second' }] });
    await told(2);
    expect(events.map(({ detail }) => detail.mail.tags)).toEqual([
      { note: ['second'] },
      { note: ['second'] },
    ]);
  });

  test('zero times takes them back', async () => {
    await post('/faults', { action: 'error', times: 5 });
    await post('/faults', { action: 'error', times: 0 });
    await send();
  });

  test('a wrong body is told what is wrong', async () => {
    const response = await post('/faults', { action: 'explode' });
    expect(response.status).toBe(400);
    expect((await response.json()).errors).toEqual([
      { path: '/action', message: expect.stringContaining('throttle') },
      { path: '/times', message: 'is needed' },
    ]);
    expect((await post('/faults', 'no json')).status).toBe(400);
  });
});

describe('events', () => {
  test('a mail is sent, then delivered, after the answer', async () => {
    const { MessageId } = await send(MAIL, {
      Tags: [{ Name: 'note', Value: 'nte_1' }],
      ConfigurationSetName: 'hallway',
    });
    await told(2);
    expect(events.map((event) => [event['detail-type'], event.detail.eventType])).toEqual([
      ['Email Sent', 'Send'],
      ['Email Delivered', 'Delivery'],
    ]);
    expect(events[1]).toMatchObject({
      source: 'aws.ses',
      time: '2026-11-23T12:00:00.000Z',
      detail: {
        mail: {
          messageId: MessageId,
          destination: ['grace@example.org'],
          tags: { note: ['nte_1'], 'ses:configuration-set': ['hallway'] },
        },
        delivery: { recipients: ['grace@example.org'] },
      },
    });
  });

  test.each([
    ['bounce@simulator.amazonses.com', ['Send', 'Bounce'], { bounce: { bounceType: 'Permanent' } }],
    ['bounce+ada@simulator.amazonses.com', ['Send', 'Bounce'], { bounce: { bounceType: 'Permanent' } }],
    ['ooto@simulator.amazonses.com', ['Send', 'Delivery', 'Bounce'], { bounce: { bounceType: 'Transient' } }],
    [
      'complaint@simulator.amazonses.com',
      ['Send', 'Delivery', 'Complaint'],
      { complaint: { complainedRecipients: [{ emailAddress: 'complaint@simulator.amazonses.com' }] } },
    ],
    ['success@simulator.amazonses.com', ['Send', 'Delivery'], {}],
  ])('%s', async (address, expected, last) => {
    await send(MAIL, { Destinations: [address] });
    await told(expected.length);
    expect(events.map(({ detail }) => detail.eventType)).toEqual(expected);
    expect(events.at(-1)?.detail).toMatchObject(last);
  });

  test('one that is not taken is brought again', async () => {
    const refused = vi.fn().mockRejectedValueOnce(new Error('not now')).mockImplementation(take);
    take = refused;
    await send();
    await told(2);
    expect(refused).toHaveBeenCalledTimes(3);
  });

  test('what was not handed on before a restart is handed on after it', async () => {
    take = () => Promise.reject(new Error('not now'));
    const { MessageId } = await send();
    await stop();
    take = async (event) => {
      events.push(event);
    };
    await start();
    await told(2);
    expect(events.map(({ detail }) => detail.mail.messageId)).toEqual([MessageId, MessageId]);
    await vi.waitFor(async () => expect(await readdir(dir)).toContain(`${MessageId}.told`));
    await stop();
    await start();
    expect(events).toHaveLength(2);
  });

  test('one from outside is handed on as it is', async () => {
    const event = {
      version: '0',
      id: 'e1',
      'detail-type': 'Email Delivered',
      source: 'aws.ses',
      time: '2026-11-23T12:00:00Z',
      detail: {
        eventType: 'Delivery',
        mail: { messageId: 'm1', tags: { note: ['nte_1'] }, destination: ['grace@example.org'] },
        delivery: { recipients: ['grace@example.org'], processingTimeMillis: 5 },
      },
    };
    expect((await post('/events', event)).status).toBe(202);
    expect(events).toEqual([event]);
  });

  test.each([['nonsense'], ['[]'], [{ source: 'aws.s3' }], [{ detail: { eventType: 'Delivery' } }]])(
    '%j is refused',
    async (body) => {
      expect((await post('/events', body)).status).toBe(400);
      expect(events).toEqual([]);
    },
  );
});

describe('what was accepted stays', () => {
  test('over a restart, in its order', async () => {
    for (const n of [1, 2, 3]) await send(MAIL.replace('harbour', `harbour ${n}`));
    const before = await store();
    await stop();
    await start();
    await send();
    expect((await store()).slice(0, 3)).toEqual(before);
  });

  test('what a crash left half done was never accepted, and goes', async () => {
    await stop();
    await writeFile(join(dir, 'a.eml'), MAIL);
    await writeFile(join(dir, 'b.json.new'), '{');
    await start();
    expect(await store()).toEqual([]);
    expect(await readdir(dir)).toEqual([]);
  });
});

describe('the mailbox', () => {
  const HOSTILE = [
    'From: "<img src=x onerror=alert(1)>" <notes@hallway.example>',
    'To: grace@example.org',
    'Subject: <script>alert(1)</script>',
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    '</pre><script>alert(2)</script>',
    '--b',
    'Content-Type: text/html',
    '',
    '<p>Hello <a href="https://example.org">there</a><script>alert(3)</script></p>',
    '--b--',
  ].join('\r\n');

  test('an empty one says what it is for', async () => {
    const response = await get('/');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await response.text()).toContain('Notes that leave Hallway on this machine land here.');
  });

  test('lists the newest first', async () => {
    await send(MAIL.replace('A harbour that closes for lunch', 'First'));
    await send(MAIL.replace('A harbour that closes for lunch', 'Second'));
    const page = await (await get('/')).text();
    expect([...page.matchAll(/<a href="\/mail\/[^"]+">(.*?)</g)].map(([, subject]) => subject)).toEqual([
      'Second',
      'First',
    ]);
    expect(page).toContain('Ada Lovelace via Hallway');
    expect(page).toContain('Even the sea keeps office hours.');
  });

  test('shows 50 at a time', async () => {
    await Promise.all(Array.from({ length: 51 }, () => send()));
    const page = await (await get('/')).text();
    expect(page.match(/<h2>/g)).toHaveLength(50);
    const [, older = ''] = /href="(\/\?after=[^"]+)"/.exec(page) ?? [];
    expect((await (await get(older)).text()).match(/<h2>/g)).toHaveLength(1);
  });

  test('a hostile mail is words on the pages, and has no power in its frame', async () => {
    const { MessageId } = await send(HOSTILE);
    for (const path of ['/', `/mail/${MessageId}`]) {
      const page = await (await get(path)).text();
      expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
      expect(page).not.toContain('<script');
      expect(page).not.toContain('<img');
    }
    const page = await (await get(`/mail/${MessageId}`)).text();
    expect(page).toContain(
      `<iframe class="sheet" title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/mail/${MessageId}/html">`,
    );
    const frame = await get(`/mail/${MessageId}/html`);
    expect(frame.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
    );
    expect(await frame.text()).toMatch(/^<!doctype html><base target="_blank">/);
    const source = await get(`/mail/${MessageId}/raw`);
    expect(source.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(source.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await source.text()).toBe(HOSTILE);
  });

  test('a mail of text alone has no frame, and links that can be clicked', async () => {
    const { MessageId } = await send(`${MAIL}\r\nhttps://example.org/a?b=1&c="><script>\r\n`);
    const page = await (await get(`/mail/${MessageId}`)).text();
    expect(page).not.toContain('<iframe');
    expect(page).toContain('<a href="https://example.org/a?b=1&amp;c=" target="_blank" rel="noreferrer">');
    expect(page).not.toContain('<script');
    expect((await get(`/mail/${MessageId}/html`)).status).toBe(404);
  });

  test('what is not there is not found', async () => {
    expect((await get('/mail/none')).status).toBe(404);
    expect((await get('/mail/..%2F..%2Fetc%2Fpasswd/raw')).status).toBe(404);
  });
});

describe('only this machine', () => {
  test('a name that somebody pointed at the loopback is refused', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve) => {
      request({ port: ses.port, host: '127.0.0.1', headers: { host: 'evil.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(403);
  });

  test('another site cannot post', async () => {
    const response = await post('/faults', { action: 'error', times: 1 }, { 'sec-fetch-site': 'cross-site' });
    expect(response.status).toBe(403);
    await send();
  });
});

test('a port that is taken names the setting', async () => {
  const again = startSes({ port: ses.port, dir, onEvent: take });
  await expect(again).rejects.toThrow(`Port ${ses.port} is taken. Set MAIL_PORT to another one.`);
});
