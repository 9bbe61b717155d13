import { once } from 'node:events';
import { connect } from 'node:net';
import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { setCookie } from 'hono/cookie';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type APIGatewayProxyEventV2,
  type APIGatewayProxyStructuredResultV2,
  startGateway,
} from '../../infra/local/gateway.ts';

type Handler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

let stop = async () => {};
let events: APIGatewayProxyEventV2[] = [];

async function start(handler: Handler = async () => ({ statusCode: 204 }), answerMs = 30_000) {
  events = [];
  const gateway = await startGateway({
    port: 0,
    host: '127.0.0.1',
    answerMs,
    handler: (event) => {
      events.push(event);
      return handler(event);
    },
  });
  stop = gateway.stop;
  return `http://127.0.0.1:${gateway.port}`;
}

afterEach(() => stop());

/** Sends bytes as they are, and says all that came back until the connection ended. */
async function talk(url: string, request: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text) => {
    answer += text;
  });
  socket.end(request);
  await once(socket, 'close');
  return answer;
}

describe('the event', () => {
  test('is payload format 2.0', async () => {
    const url = await start();
    await fetch(`${url}/api/notes?state=sent&state=held&q=a%20b`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'curl/8', 'X-Two': 'a' },
      body: '{"text":"Grüße"}',
    });
    expect(events).toMatchObject([
      {
        version: '2.0',
        routeKey: '$default',
        rawPath: '/api/notes',
        rawQueryString: 'state=sent&state=held&q=a%20b',
        headers: { 'content-type': 'application/json', 'user-agent': 'curl/8', 'x-two': 'a' },
        body: '{"text":"Grüße"}',
        isBase64Encoded: false,
        requestContext: {
          domainName: '127.0.0.1',
          http: {
            method: 'POST',
            path: '/api/notes',
            protocol: 'HTTP/1.1',
            sourceIp: '127.0.0.1',
            userAgent: 'curl/8',
          },
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
          timeEpoch: expect.any(Number),
        },
      },
    ]);
    expect(events[0]).not.toHaveProperty('cookies');
  });

  test('joins headers that come twice with a comma, and takes the cookies out of them', async () => {
    const url = await start();
    await talk(
      url,
      'GET / HTTP/1.1\r\nHost: x\r\nX-Two: a\r\nX-Two: b\r\nCookie: a=1; b=2\r\nConnection: close\r\n\r\n',
    );
    expect(events[0]?.headers['x-two']).toBe('a,b');
    expect(events[0]?.headers.cookie).toBeUndefined();
    expect(events[0]?.cookies).toEqual(['a=1', 'b=2']);
    expect(events[0]?.body).toBeNull();
  });

  test.each([
    ['text/plain; charset=utf-8', 'hello', false],
    ['application/json', 'hello', false],
    ['application/x-www-form-urlencoded', 'aGVsbG8=', true],
    ['application/octet-stream', 'aGVsbG8=', true],
    ['', 'aGVsbG8=', true],
  ])('a body of type "%s" comes as %s', async (type, body, isBase64Encoded) => {
    const url = await start();
    await fetch(url, {
      method: 'POST',
      body: Buffer.from('hello'),
      headers: type ? { 'content-type': type } : {},
    });
    expect(events).toMatchObject([{ body, isBase64Encoded }]);
  });

  test.each([
    ['/a%20b', '/a b'],
    ['/a%3Fb?c', '/a'],
    ['/a%', '/a%'],
    ['//evil.example/a', '//evil.example/a'],
  ])('the path %s is decoded once: %s', async (path, rawPath) => {
    const url = await start();
    await talk(url, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(events).toMatchObject([{ rawPath }]);
  });
});

describe('the answer', () => {
  test('has the status, headers, cookies and body', async () => {
    const url = await start(async () => ({
      statusCode: 201,
      headers: { 'content-type': 'text/plain', 'Content-Length': '999', 'x-count': 3 },
      cookies: ['a=1; Path=/', 'b=2; Path=/'],
      body: 'made',
    }));
    const response = await fetch(url);
    expect(response.status).toBe(201);
    expect(response.headers.get('x-count')).toBe('3');
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2; Path=/']);
    expect(await response.text()).toBe('made');
  });

  test('decodes base64', async () => {
    const url = await start(async () => ({ statusCode: 200, body: '/9g=', isBase64Encoded: true }));
    expect(new Uint8Array(await (await fetch(url)).arrayBuffer())).toEqual(new Uint8Array([0xff, 0xd8]));
  });

  test('takes a Hono app as its function', async () => {
    const app = new Hono().get('/hello/:name', (c) => {
      setCookie(c, 'seen', 'yes');
      return c.text(`Hello ${c.req.param('name')}, ${c.req.query('q')}`);
    });
    const url = await start(handle(app));
    const response = await fetch(`${url}/hello/Ada?q=a%20b`);
    expect(await response.text()).toBe('Hello Ada, a b');
    expect(response.headers.getSetCookie()).toEqual(['seen=yes; Path=/']);
  });

  test.each([
    ['a failure', () => Promise.reject(new Error('secret')), 500],
    ['a header that is none', async () => ({ statusCode: 200, headers: { 'x-a': 'a\r\nx-b: b' } }), 500],
    ['more than 6 MB', async () => ({ statusCode: 200, body: 'x'.repeat(6 * 1024 * 1024 + 1) }), 500],
    ['no answer in time', () => new Promise<never>(() => {}), 503],
  ])('%s is a problem without details', async (_, handler: Handler, status) => {
    const url = await start(handler, 50);
    const response = await fetch(url);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({ status });
    expect(body).not.toContain('secret');
  });
});

describe('the limits of API Gateway and Lambda', () => {
  const SIX_MB = 6 * 1024 * 1024;

  test('a body of 6 MB of text gets through', async () => {
    const url = await start();
    const response = await fetch(url, { method: 'POST', body: 'x'.repeat(SIX_MB) });
    expect(response.status).toBe(204);
  });

  test.each([
    ['text over 6 MB', 'text/plain', SIX_MB + 1],
    ['a file over 4.5 MB, which base64 makes larger', 'application/octet-stream', SIX_MB * 0.75 + 1],
  ])('%s is 413, and the connection ends', async (_, type, size) => {
    const url = await start();
    const response = await fetch(url, {
      method: 'POST',
      body: Buffer.alloc(size, 'x'),
      headers: { 'content-type': type },
    });
    expect(response.status).toBe(413);
    expect(response.headers.get('connection')).toBe('close');
    expect(await response.json()).toMatchObject({ status: 413 });
    expect(events).toEqual([]);
  });

  test('a body that does not say its size is 413 too', async () => {
    const url = await start();
    const chunk = 'x'.repeat(64 * 1024);
    const body = `${`10000\r\n${chunk}\r\n`.repeat(100)}0\r\n\r\n`;
    const answer = await talk(url, `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
    expect(answer).toMatch(/^HTTP\/1.1 413 Payload Too Large/);
    expect(events).toEqual([]);
  });

  test('10 KB of headers are too many', async () => {
    const url = await start();
    const response = await fetch(url, { headers: { 'x-long': 'x'.repeat(10 * 1024) } });
    expect(response.status).toBe(431);
  });
});

test('what is under way is answered before the end', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const url = await start(async () => {
    await promise;
    return { statusCode: 200, body: 'done' };
  });
  const asking = fetch(url);
  while (events.length === 0) await new Promise(setImmediate);
  const stopped = stop();
  resolve();
  expect(await (await asking).text()).toBe('done');
  await stopped;
  stop = async () => {};
});

test('a port that is taken names the setting', async () => {
  const url = new URL(await start());
  const again = startGateway({
    port: Number(url.port),
    host: '127.0.0.1',
    handler: async () => ({ statusCode: 204 }),
  });
  await expect(again).rejects.toThrow(`Port ${url.port} is taken. Set PORT to another one.`);
});
