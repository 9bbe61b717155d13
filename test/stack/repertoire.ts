import { createServer } from 'node:http';
import { expect } from 'vitest';
import { addUser } from '../../functions/accounts/accounts.ts';
import { HOUR } from '../../functions/platform/clock.ts';
import { keys } from '../../functions/platform/keys.ts';
import { close, listen } from '../../infra/local/gateway.ts';
import { type Ask, clockEvent, httpEvent, mailEvent, mailInBody, sqsEvent } from './events.ts';
import type { Live } from './live.ts';

/** Planted where people write, to be looked for where it must not be. */
export const PLANTED = {
  address: 'grace.planted@friends.example',
  owner: 'ada.planted@users.example',
  sender: 'stranger.planted@mail.example',
  text: 'Two planted lamps',
  interest: 'planted sourdough',
  title: 'What the planted oven knows',
  name: 'Grace Planted',
};

const PAGE = `<!doctype html><html lang="en"><head><title>${PLANTED.title}</title></head><body><article><h1>${PLANTED.title}</h1>
<p>${'Flour, yeast and salt: a loaf of sourdough rises overnight, and the crust sings when it leaves the oven. '.repeat(7)}</p></article></body></html>`;

interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  cookies?: string[];
  body: string;
}

type Bring = (
  name: 'suggest' | 'send' | 'fetch' | 'import',
  id: string,
  options?: { late?: number; userId?: string },
) => Promise<void>;

/** What the whole of Hallway does once, by the events that AWS would bring, each to its door. */
export interface Done {
  /** What must not be in any log: ids are no secrets, these are. */
  secrets: string[];
  userId: string;
  ingestAddress: string;
  /** The note that went the whole way, with its article. */
  noteId: string;
  articleId: string;
}

/** A page to be read, on this machine. */
export async function startPages(): Promise<{ host: string; stop(): Promise<void> }> {
  const server = createServer((req, res) => {
    const isSame = req.url?.startsWith('/same');
    res.setHeader('content-type', 'text/html; charset=utf-8');
    res.end(isSame ? PAGE.replace('</head>', '<link rel="canonical" href="/same"></head>') : PAGE);
  });
  const port = await listen(server, { port: 0, host: '127.0.0.1', setting: 'port' });
  return { host: `127.0.0.1:${port}`, stop: () => close(server, 0) };
}

export async function playAll(live: Live, pages: string): Promise<Done> {
  const { ground, call } = live;
  const { user, apiToken, signInUrl, ingestAddress } = await addUser(ground, {
    email: PLANTED.owner,
    name: 'Ada',
    timeZone: 'Europe/London',
  });

  async function http(ask: Ask, status: number): Promise<Answer> {
    const answer = await call<Answer>('api', httpEvent(ask));
    expect([ask.method, ask.path, answer.statusCode, status === answer.statusCode || answer.body]).toEqual([
      ask.method,
      ask.path,
      status,
      true,
    ]);
    return answer;
  }
  async function api(method: string, path: string, status: number, body?: unknown) {
    const headers = { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' };
    const ask = {
      method,
      path: `/api${path}`,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    const answer = await http(ask, status);
    return answer.body ? JSON.parse(answer.body) : undefined;
  }
  const queue: Bring = async (name, id, { late = 0, userId = user.id } = {}) => {
    const answer = await call(name, sqsEvent(name, JSON.stringify({ userId, id })), late);
    expect(answer).toEqual({ batchItemFailures: [] });
  };

  // In by a link, and through the pages.
  await http({ path: '/api/health' }, 200);
  const form = (path: string, fields: Record<string, string>, cookies: string[] = []): Ask => ({
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      origin: 'https://my.hallway.example',
    },
    cookies,
    // API Gateway hands forms on as base64.
    body: Buffer.from(new URLSearchParams(fields).toString()),
  });
  await http(form('/sign-in', { email: PLANTED.owner }), 200);
  const signedIn = await http(form(new URL(signInUrl).pathname, {}), 303);
  const cookie = signedIn.cookies?.[0]?.split(';', 1)[0] ?? '';
  const page = (path: string) => http({ path, cookies: [cookie] }, 200);
  const press = (path: string, fields: Record<string, string> = {}) =>
    http(form(path, fields, [cookie]), 303);
  for (const path of ['/', '/library', '/friends', '/notes', '/settings', '/imports']) await page(path);

  // A friend, articles, suggestions.
  const friend = await api('POST', '/friends', 201, {
    name: PLANTED.name,
    email: PLANTED.address,
    timeZone: 'America/Toronto',
    interests: [PLANTED.interest, 'baking bread'],
  });
  await api('PATCH', `/friends/${friend.id}`, 200, { interests: [PLANTED.interest, 'baking bread', 'rye'] });
  await queue('suggest', friend.id);
  const article = await api('POST', '/articles', 201, { url: 'https://paper.example/oven', html: PAGE });
  expect(article.suggestions).toMatchObject([{ friendId: friend.id }]);
  await queue('suggest', article.id);
  const link = await api('POST', '/articles', 201, { url: `http://${pages}/rye` });
  await queue('fetch', link.id);
  expect(await api('GET', `/articles/${link.id}`, 200)).toMatchObject({ title: PLANTED.title });
  await api('GET', `/friends/${friend.id}/suggestions`, 200);
  await page(`/friends/${friend.id}`);
  await page(`/articles/${article.id}`);
  await press(`/suggestions/${article.id}/${friend.id}`, { do: 'dismiss' });
  await api('DELETE', `/articles/${link.id}`, 204);
  // One article under two addresses: its page says so.
  for (const path of ['same-page', 'same-again']) {
    const one = await api('POST', '/articles', 201, { url: `http://${pages}/${path}` });
    await queue('fetch', one.id);
  }
  // An interest that is gone takes its suggestions along.
  const passing = await api('POST', '/friends', 201, { name: 'Passing', interests: ['sourdough bread'] });
  await queue('suggest', passing.id);
  await api('PATCH', `/friends/${passing.id}`, 200, { interests: [] });
  await queue('suggest', passing.id);

  // A note, from the table to the mailbox and back.
  const newFriend = (name: string) =>
    api('POST', '/friends', 201, { name, email: `${name.toLowerCase()}.planted@friends.example` });
  const note = await api('POST', '/notes', 201, {
    friendId: friend.id,
    articleId: article.id,
    text: PLANTED.text,
    moment: { kind: 'now' },
  });
  await page('/notes');
  await call('tick', clockEvent());
  await queue('send', note.id);
  expect(await api('GET', `/notes/${note.id}`, 200)).toMatchObject({ state: 'sent' });
  const mail = (await live.mailbox()).find(({ tags }) => tags.note === note.id);
  const letter = Buffer.from(mail?.raw ?? '', 'base64').toString();
  const tags = { user: user.id, note: note.id, attempt: mail?.tags.attempt ?? '' };
  const told = { to: PLANTED.address, messageId: '0100018f-planted', tags };
  await call('mail-events', mailEvent('Send', told));
  await call('mail-events', mailEvent('DeliveryDelay', told, { delayType: 'TransientCommunicationFailure' }));
  const smtpResponse = '250 2.0.0 OK';
  await call('mail-events', mailEvent('Delivery', told, { recipients: [PLANTED.address], smtpResponse }));
  expect(await api('GET', `/notes/${note.id}`, 200)).toMatchObject({ state: 'delivered' });

  // The friend's page, by the letter's own link; and its stop.
  const token =
    /\/stop\/([\w.-]+)/.exec(letter.replaceAll('=\r\n', '').replaceAll(/\r\n[ \t]/g, ''))?.[1] ?? '';
  await http({ path: `/for/${token}` }, 200);
  await http(form(`/for/${token}`, { do: 'thanks', line: PLANTED.text }), 200);
  await http({ path: `/stop/${token}` }, 200);
  await http(form(`/stop/${token}`, {}), 200);

  // Notes that do not arrive: refused, called spam, come back, rejected. Each to a friend of its own.
  for (const [what, kind] of [
    ['Bounce', { bounceType: 'Permanent', bounceSubType: 'General' }],
    ['Complaint', { complaintFeedbackType: 'abuse' }],
    ['Reject', { reason: 'Bad content' }],
    ['refused', {}],
  ] as const) {
    const other = await newFriend(what);
    const to = other.email;
    const troubled = await api('POST', '/notes', 201, {
      friendId: other.id,
      articleId: article.id,
      text: PLANTED.text,
      moment: { kind: 'now' },
    });
    if (what === 'refused') await live.fault('refuse', 1);
    await queue('send', troubled.id);
    if (what === 'refused') continue;
    const recipients = [{ emailAddress: to, status: '5.1.1', action: 'failed' }];
    await call(
      'mail-events',
      mailEvent(
        what,
        { to, messageId: `0100018f-${what}`, tags: { ...tags, note: troubled.id } },
        { ...kind, bouncedRecipients: recipients, complainedRecipients: recipients },
      ),
    );
  }
  const waiting = await api('POST', '/notes', 201, {
    friendId: friend.id,
    text: PLANTED.text,
    moment: { kind: 'surprise' },
  });
  await api('PATCH', `/notes/${waiting.id}`, 200, { version: waiting.version, text: PLANTED.text });
  await api('POST', `/notes/${waiting.id}/cancel`, 200, {});
  await api('DELETE', `/notes/${waiting.id}`, 204);

  // Files in and out, by our own hands and by links.
  const boundary = 'planted';
  const list = `https://paper.example/rye\r\nhttps://paper.example/${'x'.repeat(10)}\r\n`;
  const multipart = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="links.txt"\r\nContent-Type: text/plain\r\n\r\n${list}\r\n--${boundary}--\r\n`;
  const brought = await http(
    {
      method: 'POST',
      path: '/api/imports',
      headers: {
        authorization: `Bearer ${apiToken}`,
        'content-type': `multipart/form-data; boundary=${boundary}`,
      },
      body: Buffer.from(multipart),
    },
    202,
  );
  // Its time is up after the first batch: it goes on in the next.
  await queue('import', JSON.parse(brought.body).id, { late: 60_000 });
  await queue('import', JSON.parse(brought.body).id);
  const upload = await api('POST', '/imports/uploads', 201);
  await fetch(upload.url, {
    method: 'PUT',
    body: 'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Rye Planted\r\nEND:VCARD\r\n',
  });
  const imported = await api('POST', '/imports', 202, { upload: upload.upload });
  await queue('import', imported.id);
  expect(await api('GET', `/imports/${imported.id}`, 200)).toMatchObject({ state: 'done', created: 1 });
  const out = await http({ path: '/api/export', headers: { authorization: `Bearer ${apiToken}` } }, 303);
  const exported = await fetch(out.headers.location ?? '');
  expect(exported.status).toBe(200);
  await bringBack(live, await exported.text(), http, queue);

  // Mail in: from the user, whose words become a draft; and from a stranger, to be let in by hand.
  const forward = (from: string, text: string) =>
    [
      `From: <${from}>`,
      `To: <${ingestAddress}>`,
      'Subject: Read this',
      `Message-ID: <${from}>`,
      '',
      text,
      '',
    ].join('\r\n');
  for (const [from, objectKey] of [
    [PLANTED.owner, 'in/planted-1'],
    [PLANTED.sender, 'in/planted-2'],
  ] as const) {
    const text = `for ${PLANTED.name}\r\n${PLANTED.text}\r\n\r\nhttp://${pages}/same-${objectKey.at(-1)}`;
    await ground.objects.put(objectKey, Buffer.from(forward(from, text)));
    const answer = await call(
      'mail-in',
      sqsEvent('mail-in', mailInBody({ from, to: ingestAddress, objectKey })),
    );
    expect(answer).toEqual({ batchItemFailures: [] });
  }
  const [, held] = /\/settings\/mail\/(mail_\w+)/.exec((await page('/settings')).body) ?? [];
  await press(`/settings/mail/${held}`, { do: 'accept' });

  // Nobody can know whether this one left: an hour later it is the user's to decide.
  const unsure = await api('POST', '/notes', 201, {
    friendId: (await newFriend('Unsure')).id,
    text: PLANTED.text,
    moment: { kind: 'now' },
  });
  await live.fault('accept-then-error', 1);
  await queue('send', unsure.id);

  // The minute, two hours on, with something due for each door; then one in which the service has to stop itself.
  const later = await newFriend('Rye');
  await api('PATCH', `/friends/${later.id}`, 200, { interests: ['rye'] });
  await api('POST', '/notes', 201, { friendId: later.id, text: PLANTED.text, moment: { kind: 'now' } });
  await api('POST', '/articles', 201, { url: `http://${pages}/later` });
  const unread = await api('POST', '/imports/uploads', 201);
  await fetch(unread.url, { method: 'PUT', body: list });
  await api('POST', '/imports', 202, { upload: unread.upload });
  await call('tick', clockEvent(), 2 * HOUR);
  const today = keys.serviceDay(ground.clock().toISOString().slice(0, 10), 0);
  await ground.table.update(today, 'ADD #sends :sends, #bounces :bounces', { sends: 2000, bounces: 100 });
  await call('tick', clockEvent(), 3 * HOUR);

  await api('DELETE', `/friends/${friend.id}`, 204);
  await press('/sign-out');

  // All that the account held goes: what lies in the buckets, and then what stands in the table.
  await api('DELETE', '/account', 204);
  await queue('import', user.id);
  return {
    secrets: [
      apiToken,
      token,
      cookie.split('=')[1] ?? '',
      new URL(signInUrl).pathname.split('/')[2] ?? '',
      ingestAddress,
    ],
    userId: user.id,
    ingestAddress,
    noteId: note.id,
    articleId: article.id,
  };
}

/** What was taken along, brought into an account of its own. */
async function bringBack(
  live: Live,
  file: string,
  http: (ask: Ask, status: number) => Promise<Answer>,
  queue: Bring,
): Promise<void> {
  const { user, apiToken } = await addUser(live.ground, {
    email: `again.${PLANTED.owner}`,
    name: 'Ada',
    timeZone: 'UTC',
  });
  const headers = { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' };
  const post = async (path: string, body: object, status: number) =>
    JSON.parse((await http({ method: 'POST', path, headers, body: JSON.stringify(body) }, status)).body);
  const { url, upload } = await post('/api/imports/uploads', {}, 201);
  await fetch(url, { method: 'PUT', body: file });
  const { id } = await post('/api/imports', { upload }, 202);
  await queue('import', id, { userId: user.id });
  const found = await http({ path: `/api/imports/${id}`, headers }, 200);
  expect(JSON.parse(found.body)).toMatchObject({ state: 'done', rejected: [] });
}
