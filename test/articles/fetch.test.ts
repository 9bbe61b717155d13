import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  isIP,
  type LookupFunction,
  Socket,
  type Server as TcpServer,
} from 'node:net';
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FetchOptions, fetchPage, onlyPublic } from '../../functions/articles/fetch.ts';
import { REFUSED_HOSTS } from './addresses.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** What the allowed server answers, by path. */
let answers: Map<string, Answer>;
let internet: Server;
let port: number;

/** A server nobody may reach, on a port that is no reason to refuse. */
let inside: TcpServer;
let insidePort: number;
let reached = 0;

let secure: Server;

/** What was looked up, and what each name leads to: one address after the other, the last one from then on. */
let asked: string[];
let names: Record<string, string[]>;
const lookup: LookupFunction = (host, _, callback) => {
  asked.push(host);
  const [address = '', ...later] = names[host] ?? [];
  if (later.length > 0) names[host] = later;
  const error = address ? null : Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
  callback(error, address ? [{ address, family: isIP(address) }] : []);
};

const connect = vi.spyOn(Socket.prototype, 'connect');

async function listen(server: TcpServer, ports: number[]): Promise<number> {
  for (const wanted of ports) {
    server.listen(wanted, '127.0.0.1');
    const taken = await once(server, 'listening').then(
      () => false,
      () => true,
    );
    if (!taken) return (server.address() as AddressInfo).port;
  }
  throw new Error(`One of the ports ${ports} must be free for this test.`);
}

beforeAll(async () => {
  internet = createServer((request, response) => {
    // A reader that goes away is what these tests are about.
    request.socket.on('error', () => {});
    const answer = answers.get(request.url ?? '');
    if (answer) answer(response, request);
    else response.writeHead(404).end();
  });
  inside = createTcpServer((socket) => {
    reached += 1;
    socket.destroy();
  });
  secure = createTlsServer({ key: KEY, cert: CERTIFICATE }, (_, response) => response.end('a'));
  port = await listen(internet, [0]);
  insidePort = await listen(inside, [8080, 8443, 80, 443]);
  await listen(secure, [0]);
});

afterAll(() => {
  connect.mockRestore();
  internet.closeAllConnections();
  for (const server of [internet, inside, secure]) server.close();
});

beforeEach(() => {
  answers = new Map();
  asked = [];
  names = { 'news.example.com': ['127.0.0.1'] };
  reached = 0;
  connect.mockClear();
});

const HTML = { 'content-type': 'text/html; charset=utf-8' };

/** Puts an answer at a path of the allowed server; its URL. */
function put(path: string, answer: Answer): string {
  answers.set(path, answer);
  return `http://127.0.0.1:${port}${path}`;
}

const page =
  (body: string | Uint8Array, headers: Record<string, string> = HTML): Answer =>
  (response) =>
    response.writeHead(200, headers).end(body);

const redirect =
  (to: string, status = 302): Answer =>
  (response) =>
    response.writeHead(status, { location: to }).end('<p>Moved</p>');

/** Bytes as they are, in place of an HTTP answer. */
const raw =
  (...parts: (string | Uint8Array)[]): Answer =>
  (_, { socket }) => {
    for (const part of parts) socket.write(part);
    socket.end();
  };

const get = (url: string, options: FetchOptions = {}) =>
  fetchPage(url, { allow: [`127.0.0.1:${port}`, `news.example.com:${port}`], lookup, ...options });

const notHad = (reason: string, again = false) => ({ outcome: 'not-had', reason, again });
const refused = notHad('refused-address');

describe('a page', () => {
  test('is had, with where it was, what it is and how it was written', async () => {
    const url = put('/heron?day=1', page('<p>Ein Reiher stand am Kai, ganz still: ä</p>'));
    expect(await get(`${url}#part`)).toEqual({
      outcome: 'page',
      url: `${url}#part`,
      html: '<p>Ein Reiher stand am Kai, ganz still: ä</p>',
      contentType: 'text/html',
      charset: 'utf-8',
    });
  });

  test('may be plain text or XHTML', async () => {
    const text = put('/a.txt', page('<p>', { 'content-type': 'text/plain' }));
    const xhtml = put('/a.xhtml', page('<p/>', { 'content-type': 'Application/XHTML+XML' }));
    expect(await get(text)).toMatchObject({ text: '<p>', contentType: 'text/plain' });
    expect(await get(xhtml)).toMatchObject({ html: '<p/>', contentType: 'application/xhtml+xml' });
    expect(await get(text)).not.toHaveProperty('html');
  });

  test('may be empty', async () => {
    expect(await get(put('/', page('')))).toMatchObject({ outcome: 'page', html: '' });
  });

  test('is asked for with nothing of the reader’s, also after redirects', async () => {
    const asked: IncomingMessage['headers'][] = [];
    put('/there', (response, request) => {
      asked.push(request.headers);
      page('a')(response, request);
    });
    const url = put('/here', (response, request) => {
      asked.push(request.headers);
      response.setHeader('set-cookie', 'a=1');
      redirect(`http://ada:secret@127.0.0.1:${port}/there`)(response, request);
    });
    const found = await get(url.replace('http://', 'http://ada:secret@'));
    expect(found).toMatchObject({ url: `http://127.0.0.1:${port}/there` });
    const plain = {
      host: `127.0.0.1:${port}`,
      connection: 'close',
      'user-agent': 'Hallway/0.1 (saves a link its reader asked for)',
      accept: 'text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.1',
      'accept-encoding': 'gzip, deflate, br',
    };
    expect(asked).toEqual([plain, plain]);
  });

  test.each([
    ['gzip', gzipSync('Grüße')],
    ['X-GZIP', gzipSync('Grüße')],
    ['deflate', deflateSync('Grüße')],
    ['br', brotliCompressSync('Grüße')],
    ['identity', Buffer.from('Grüße')],
  ])('is unpacked: %s', async (encoding, body) => {
    expect(await get(put('/', page(body, { ...HTML, 'content-encoding': encoding })))).toMatchObject({
      html: 'Grüße',
    });
  });

  test('of just 5 MB is had', async () => {
    const found = await get(put('/', page('a'.repeat(5 * 1024 * 1024))));
    expect(found).toMatchObject({ outcome: 'page', html: expect.stringMatching(/^a{100}/) });
  });

  test('comes after one look-up, and from what that gave', async () => {
    put('/', page('a'));
    names = { 'news.example.com': ['127.0.0.1', '127.0.0.2'] };
    expect(await get(`http://news.example.com:${port}/`)).toMatchObject({ outcome: 'page' });
    expect(asked).toEqual(['news.example.com']);
  });
});

describe('no address inside is ever reached', () => {
  const links = (hosts: string[]) =>
    hosts.flatMap((host) => [`http://${host}:${insidePort}/`, `https://${host}:${insidePort}/`]);

  test('the server inside counts who reaches it', async () => {
    const url = `http://127.0.0.1:${insidePort}/`;
    expect(await get(url, { allow: [`127.0.0.1:${insidePort}`] })).toEqual(notHad('unreachable', true));
    expect(reached).toBe(1);
  });

  test.each(REFUSED_HOSTS)('by a link: %s: %j', async (_, hosts) => {
    for (const link of links(hosts)) expect(await get(link), link).toEqual(refused);
    expect({ reached, asked, connected: connect.mock.calls.length }).toEqual({
      reached: 0,
      asked: [],
      connected: 0,
    });
  });

  test.each(REFUSED_HOSTS)('by a redirect: %s: %j', async (_, hosts) => {
    for (const link of links(hosts)) {
      // Without a scheme a redirect is relative, and stays where it is.
      const url = put('/', redirect(encodeURI(link).replaceAll('%25', '%')));
      expect(await get(url), link).toEqual(refused);
    }
    expect({ reached, asked }).toEqual({ reached: 0, asked: [] });
    expect(connect).toHaveBeenCalledTimes(links(hosts).length);
  });

  test.each(REFUSED_HOSTS)('by a refresh: %s: %j', async (_, hosts) => {
    const written = hosts.filter((host) => !/[<"]/.test(host));
    for (const link of links(written)) {
      const url = put('/', page(`<meta http-equiv="refresh" content="0; url=${link}">`));
      expect(await get(url), link).toEqual(refused);
    }
    expect({ reached, asked }).toEqual({ reached: 0, asked: [] });
    expect(connect).toHaveBeenCalledTimes(links(written).length);
  });

  test.each([301, 302, 303, 307, 308])('by a redirect with status %i', async (status) => {
    const url = put('/', redirect(`//127.0.0.1:${insidePort}/`, status));
    expect(await get(url)).toEqual(refused);
    expect(reached).toBe(0);
  });

  test('by the last of five redirects', async () => {
    for (const hop of [1, 2, 3, 4]) put(`/${hop}`, redirect(`/${hop + 1}`));
    put('/5', redirect(`http://127.0.0.1:${insidePort}/`));
    expect(await get(`http://127.0.0.1:${port}/1`)).toEqual(refused);
    expect(reached).toBe(0);
  });

  test.each([
    '127.0.0.1',
    '::1',
    '::ffff:127.0.0.1',
    '10.0.0.1',
    '169.254.169.254',
    'fe80::1%eth0',
    '0.0.0.0',
  ])('by a name that leads to %s', async (address) => {
    names = { 'inside.example.com': [address] };
    const url = `http://inside.example.com:${insidePort}/`;
    expect(await get(url)).toEqual(refused);
    expect(await get(url.replace('http', 'https'))).toEqual(refused);
    expect(await get(put('/', redirect(url)))).toEqual(refused);
    expect({ asked: asked.length, reached }).toEqual({ asked: 3, reached: 0 });
  });

  test('by a name that was allowed with another port', async () => {
    put('/', redirect(`http://news.example.com:${insidePort}/`));
    expect(await get(`http://news.example.com:${port}/`)).toEqual(refused);
    expect({ asked, reached }).toEqual({ asked: ['news.example.com', 'news.example.com'], reached: 0 });
  });

  test('by a name that leads outside first and inside at the next look-up', async () => {
    names = { 'rebind.example.com': ['93.184.215.14', '127.0.0.1'] };
    const guarded = onlyPublic(lookup);
    const ask = () =>
      new Promise((resolve) => {
        guarded('rebind.example.com', {}, (error, found) => resolve(error ? error.message : found));
      });
    expect(await ask()).toEqual([{ address: '93.184.215.14', family: 4 }]);
    expect(await ask()).toBe('refused-address');
    expect(await get(`http://rebind.example.com:${insidePort}/`)).toEqual(refused);
    expect(reached).toBe(0);
  });

  test('by one of a name’s many addresses', async () => {
    const many: LookupFunction = (_, { all }, callback) =>
      callback(
        all ? null : new Error('not all were asked for'),
        ['10.0.0.1', '2606:4700:4700::1111', '::1', '93.184.215.14', '::ffff:127.0.0.1'].map((address) => ({
          address,
          family: isIP(address),
        })),
      );
    const found = await new Promise((resolve) => {
      onlyPublic(many)('a.example.com', {}, (_, addresses) => resolve(addresses));
    });
    expect(found).toEqual([
      { address: '2606:4700:4700::1111', family: 6 },
      { address: '93.184.215.14', family: 4 },
    ]);
  });

  test('by a look-up that gives one address, as old ones do', async () => {
    const one: LookupFunction = (_, __, callback) => callback(null, '127.0.0.1', 4);
    expect(await get(`http://a.example.com:${insidePort}/`, { lookup: one })).toEqual(refused);
    expect(reached).toBe(0);
  });

  test('and other ports and schemes neither', async () => {
    for (const to of [
      'http://example.com:9001/',
      'http://example.com:22/',
      'https://example.com:0/',
      'ftp://example.com/',
      'file:///etc/passwd',
      'data:text/html,a',
      'http://',
      'not a link at all',
    ]) {
      expect(await get(to), to).toEqual(refused);
    }
    expect(await get(put('/', redirect('file:///etc/passwd')))).toEqual(refused);
    expect(asked).toEqual([]);
  });

  test('and an `allow` that cannot be read is an error', async () => {
    await expect(get(put('/', page('a')), { allow: ['a b'] })).rejects.toThrow(TypeError);
    expect(connect).not.toHaveBeenCalled();
  });

  test('without `allow` not even what it names', async () => {
    expect(await fetchPage(put('/', page('a')), { lookup })).toEqual(refused);
    expect(await fetchPage(`http://127.0.0.1:${insidePort}/`)).toEqual(refused);
    expect(connect).not.toHaveBeenCalled();
  });
});

describe('redirects', () => {
  test.each([301, 302, 303, 307, 308])('%i leads on', async (status) => {
    put('/there', page('a'));
    expect(await get(put('/here', redirect('there', status)))).toMatchObject({
      url: `http://127.0.0.1:${port}/there`,
    });
  });

  test('five are followed, six are not', async () => {
    for (const hop of [1, 2, 3, 4, 5, 6]) put(`/${hop}`, redirect(`/${hop + 1}`));
    put('/7', page('a'));
    expect(await get(`http://127.0.0.1:${port}/2`)).toMatchObject({ outcome: 'page' });
    expect(await get(`http://127.0.0.1:${port}/1`)).toEqual(notHad('too-many-redirects'));
  });

  test('in a ring come to an end', async () => {
    put('/b', redirect('/a'));
    expect(await get(put('/a', redirect('/b')))).toEqual(notHad('too-many-redirects'));
    expect(connect).toHaveBeenCalledTimes(6);
  });

  test('keep the fragment, unless they have one of their own', async () => {
    put('/there', page('a'));
    expect(await get(`${put('/here', redirect('/there'))}#!/route`)).toMatchObject({
      url: expect.stringMatching(/\/there#!\/route$/),
    });
    expect(await get(`${put('/here', redirect('/there#new'))}#old`)).toMatchObject({
      url: expect.stringMatching(/\/there#new$/),
    });
  });

  test('may be written in UTF-8', async () => {
    put('/caf%C3%A9', page('a'));
    const url = put('/', raw('HTTP/1.1 302 Found\r\nLocation: /café\r\nContent-Length: 0\r\n\r\n'));
    expect(await get(url)).toMatchObject({ url: `http://127.0.0.1:${port}/caf%C3%A9` });
  });

  test('without a target are no page', async () => {
    const url = put('/', (response) => response.writeHead(302, HTML).end('a'));
    expect(await get(url)).toEqual({ ...notHad('not-a-page'), status: 302 });
  });
});

describe('a page that sends its reader on', () => {
  const there = () => put('/there?a=1&b=2', page('there'));

  test.each([
    '<meta http-equiv="refresh" content="0; url=/there?a=1&amp;b=2">',
    '<META HTTP-EQUIV=Refresh CONTENT="10;URL=\'/there?a=1&b=2\'">',
    "<meta content='0,/there?a=1&amp;b=2' http-equiv='refresh'/>",
    '<meta http-equiv="refresh" content=" 0.5 ; url = /there?a=1&b=2 ">',
    '<title>Moved</title><script>"<!--"</script><meta http-equiv=refresh content="0 url=there?a=1&b=2">',
  ])('is followed: %s', async (html) => {
    const url = there();
    expect(await get(put('/here', page(html)))).toMatchObject({ url, html: 'there' });
  });

  test.each([
    '<meta http-equiv="refresh" content="11; url=/there?a=1&b=2">',
    '<meta http-equiv="refresh" content="5">',
    '<meta http-equiv="refresh" content="0; url=">',
    '<meta http-equiv="refresh">',
    '<meta name="refresh" content="0; url=/there?a=1&b=2">',
    '<!-- <meta http-equiv="refresh" content="0; url=/there?a=1&b=2"> -->',
    '<noscript><meta http-equiv="refresh" content="0; url=/there?a=1&b=2"></noscript>',
    '<script>"<meta http-equiv=refresh content=\'0; url=/there\'>"</script>',
  ])('is a page like others: %s', async (html) => {
    there();
    expect(await get(put('/here', page(html)))).toMatchObject({ html });
  });

  test('says so at its top, or not at all', async () => {
    const url = there();
    const html = (before: number) =>
      `${' '.repeat(before)}<meta http-equiv="refresh" content="0; url=/there?a=1&b=2">`;
    expect(await get(put('/here', page(html(60_000))))).toMatchObject({ url });
    expect(await get(put('/here', page(html(65_500))))).toMatchObject({
      url: `http://127.0.0.1:${port}/here`,
    });
  });

  test('is followed once', async () => {
    const second = '<meta http-equiv="refresh" content="0; url=/third">';
    const url = put('/second', page(second));
    expect(await get(put('/first', page('<meta http-equiv="refresh" content="0; url=/second">')))).toEqual({
      outcome: 'page',
      url,
      html: second,
      contentType: 'text/html',
      charset: 'utf-8',
    });
  });

  test('answers for where it leads', async () => {
    const html = '<meta http-equiv="refresh" content="0; url=/nothing">';
    expect(await get(put('/', page(html)))).toEqual({ ...notHad('not-found'), status: 404 });
  });

  test.each([
    '<meta ',
    '<meta',
    '<!--',
    '<title',
    '<noscript>',
    '<meta http-equiv=refresh content="0;',
    ' = ',
    'a ',
    'a',
    '="',
  ])('and one that is built to be read forever is read at once: %j', async (piece) => {
    const html = `<meta ${piece.repeat(5_000_000 / piece.length)}`;
    expect(await get(put('/', page(html)))).toMatchObject({ outcome: 'page' });
  });
});

describe('what is no page', () => {
  test.each([
    [401, 'needs-login', false],
    [402, 'needs-login', false],
    [403, 'needs-login', false],
    [407, 'needs-login', false],
    [404, 'not-found', false],
    [400, 'not-found', false],
    [451, 'not-found', false],
    [410, 'gone', false],
    [408, 'server-error', true],
    [425, 'server-error', true],
    [429, 'server-error', true],
    [500, 'server-error', true],
    [503, 'server-error', true],
    [599, 'server-error', true],
    [204, 'not-a-page', false],
    [205, 'not-a-page', false],
    [304, 'not-a-page', false],
    [300, 'not-a-page', false],
  ])('status %i: %s', async (status, reason, again) => {
    const url = put('/', (response) => response.writeHead(status, HTML).end());
    expect(await get(url)).toEqual({ ...notHad(reason, again), status });
  });

  test.each([
    'application/pdf',
    'image/png',
    'image/svg+xml',
    'application/json',
    'application/xml',
    'text/css',
    'text/html, text/html',
    'html',
    '',
  ])('content type %j', async (type) => {
    expect(await get(put('/', page('<p>', { 'content-type': type })))).toEqual(notHad('not-a-page'));
  });

  test('no content type', async () => {
    expect(await get(put('/', page('<p>', {})))).toEqual(notHad('not-a-page'));
  });

  test.each([
    ['packed twice', 'gzip, gzip', gzipSync(gzipSync('a'))],
    ['packed twice', 'gzip, br', brotliCompressSync(gzipSync('a'))],
    ['packed as nobody asked for', 'zstd', Buffer.from('a')],
    ['packed in no way', 'gzip', Buffer.from('<p>not packed')],
    ['packed in no way', 'br', Buffer.from('<p>not packed')],
    ['packed, and cut off', 'gzip', gzipSync('a').subarray(0, 15)],
  ])('%s: %s', async (_, encoding, body) => {
    const url = put('/', page(body, { ...HTML, 'content-encoding': encoding }));
    expect(await get(url)).toEqual(notHad('not-a-page'));
  });
});

describe('what never ends', () => {
  /** Sends without an end, as fast as it is taken; resolves when the reader has gone. */
  const endless = (head: Answer, chunk: Buffer) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const url = put('/', (response, request) => {
      head(response, request);
      const send = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', send).on('close', resolve);
      send();
    });
    return { url, gone: promise };
  };

  test('is left: a page', async () => {
    const { url, gone } = endless((response) => response.writeHead(200, HTML), Buffer.alloc(65_536, 'a'));
    expect(await get(url)).toEqual(notHad('too-large'));
    await gone;
  });

  test('is left: a packed page, in one stream', async () => {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const url = put('/', (response) => {
      response.writeHead(200, { ...HTML, 'content-encoding': 'gzip' });
      const gzip = createGzip();
      gzip.pipe(response).on('close', resolve);
      const send = () => {
        while (!response.destroyed && gzip.write(Buffer.alloc(1_000_000)));
      };
      gzip.on('drain', send);
      send();
    });
    expect(await get(url)).toEqual(notHad('too-large'));
    await gone;
  });

  test('is left: packed pages that hold nothing', async () => {
    const { url, gone } = endless(
      (response) => response.writeHead(200, { ...HTML, 'content-encoding': 'gzip' }),
      Buffer.concat(Array<Buffer>(1000).fill(gzipSync(''))),
    );
    expect(await get(url)).toEqual(notHad('too-large'));
    await gone;
  });

  test('a page of 1 GB packed into 1 MB', async () => {
    const tenMegabytes = gzipSync(Buffer.alloc(10_000_000));
    const body = Buffer.concat(Array<Buffer>(100).fill(tenMegabytes));
    const url = put('/', page(body, { ...HTML, 'content-encoding': 'gzip' }));
    expect(await get(url)).toEqual(notHad('too-large'));
  });

  test('a page of 20 MB packed into 100 bytes', async () => {
    const body = brotliCompressSync(Buffer.alloc(20_000_000));
    expect(body.length).toBeLessThan(100);
    const url = put('/', page(body, { ...HTML, 'content-encoding': 'br' }));
    expect(await get(url)).toEqual(notHad('too-large'));
  });

  test('a page one byte too long', async () => {
    expect(await get(put('/', page('a'.repeat(5 * 1024 * 1024 + 1))))).toEqual(notHad('too-large'));
  });

  test('a header of 10 MB', async () => {
    const url = put(
      '/',
      raw('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX: ', Buffer.alloc(10_000_000, 'a')),
    );
    expect(await get(url)).toEqual(notHad('too-large'));
  });

  test('headers without an end', async () => {
    const url = put('/', raw('HTTP/1.1 200 OK\r\n', 'X-Header: a\r\n'.repeat(100_000)));
    expect(await get(url)).toEqual(notHad('too-large'));
  });
});

describe('what is slow is left', () => {
  const slow = (url: string) => get(url, { timeoutMs: 100, signal: new AbortController().signal });
  const tooSlow = notHad('too-slow', true);

  test('a look-up that says nothing', async () => {
    const silent: LookupFunction = () => {};
    const url = `http://news.example.com:${port}/`;
    expect(await get(url, { timeoutMs: 100, lookup: silent })).toEqual(tooSlow);
    expect(await get('https://example.com/', { timeoutMs: 100, lookup: silent })).toEqual(tooSlow);
  });

  test('a server that says nothing', async () => {
    expect(await slow(put('/', () => {}))).toEqual(tooSlow);
  });

  test('a header that stops', async () => {
    expect(await slow(put('/', (_, { socket }) => socket.write('HTTP/1.1 200 OK\r\nX: a')))).toEqual(tooSlow);
  });

  test.each([HTML, { ...HTML, 'content-encoding': 'gzip' }])('a page that stops: %j', async (headers) => {
    const url = put('/', (response) => response.writeHead(200, headers).write(gzipSync('a').subarray(0, 12)));
    expect(await slow(url)).toEqual(tooSlow);
  });

  test('a page that comes a byte at a time; its connection ends', async () => {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const url = put('/', (response) => {
      response.writeHead(200, HTML);
      const timer = setInterval(() => response.write('a'), 5);
      response.on('close', () => {
        clearInterval(timer);
        resolve();
      });
    });
    expect(await slow(url)).toEqual(tooSlow);
    await gone;
  });

  test('redirects that are slow together', async () => {
    for (const hop of [1, 2, 3, 4, 5]) {
      put(`/${hop}`, (...to) => setTimeout(() => redirect(`/${hop + 1}`)(...to), 40));
    }
    put('/6', page('a'));
    expect(await slow(`http://127.0.0.1:${port}/1`)).toEqual(tooSlow);
  });

  test('a server that only ever says that it will answer', async () => {
    const url = put('/', (_, { socket }) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 5);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await slow(url)).toEqual(tooSlow);
  });

  test('the caller’s own end is not an answer', async () => {
    const reason = new Error('enough');
    const caller = new AbortController();
    const url = put('/', () => caller.abort(reason));
    await expect(get(url, { signal: caller.signal })).rejects.toBe(reason);
    await expect(get(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('what breaks', () => {
  const unreachable = notHad('unreachable', true);

  test('a name that is not there', async () => {
    expect(await get('https://nobody.example.com/')).toEqual(unreachable);
  });

  test('a port nobody listens on', async () => {
    const server = createTcpServer();
    const free = await listen(server, [0]);
    server.close();
    expect(await get(`http://127.0.0.1:${free}/`, { allow: [`127.0.0.1:${free}`] })).toEqual(unreachable);
  });

  test.each([
    ['before the header', ''],
    ['in the header', 'HTTP/1.1 200 OK\r\nContent-Ty'],
    [
      'in the page',
      'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello',
    ],
  ])('a connection that is reset %s', async (_, start) => {
    const url = put('/', (_, { socket }) => {
      socket.write(start, () => socket.resetAndDestroy());
    });
    expect(await get(url)).toEqual(unreachable);
  });

  test.each([
    ['longer than what comes', 'Content-Length: 100'],
    ['not a number', 'Content-Length: 5e3'],
    ['negative', 'Content-Length: -1'],
    ['two', 'Content-Length: 5\r\nContent-Length: 6'],
    ['beside chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked'],
  ])('a length that lies: %s', async (_, lengths) => {
    const url = put('/', raw(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n${lengths}\r\n\r\nhello`));
    expect(await get(url)).toEqual(unreachable);
  });

  test('a length shorter than what comes: what was promised is the page', async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\n';
    expect(await get(put('/', raw(`${head}hello, and more`)))).toMatchObject({ html: 'hello' });
  });

  test.each(['220 mail.example.com ESMTP\r\n', 'SSH-2.0-OpenSSH_9.9\r\n', '\0\0\0', '<p>no header'])(
    'something that is no HTTP: %j',
    async (bytes) => {
      expect(await get(put('/', raw(bytes)))).toEqual(unreachable);
    },
  );

  test('a certificate nobody vouches for', async () => {
    const endpoint = `localhost:${(secure.address() as AddressInfo).port}`;
    names = { localhost: ['127.0.0.1'] };
    expect(await get(`https://${endpoint}/`, { allow: [endpoint] })).toEqual(notHad('bad-certificate'));
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    expect(await get(`https://${endpoint}/`, { allow: [endpoint] })).toEqual(notHad('bad-certificate'));
    warned.mockRestore();
    vi.unstubAllEnvs();
  });

  test('https where http is spoken', async () => {
    expect(await get(`https://127.0.0.1:${port}/`)).toEqual(unreachable);
  });
});

describe('letters', () => {
  const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const ascii = (text: string, hex = '') => Buffer.concat([Buffer.from(text, 'latin1'), bytes(hex)]);
  const KYOTO = '8b 9e 93 73';
  const MOSCOW = 'cc ee f1 ea e2 e0';

  test.each([
    ['iso-8859-1 is windows-1252', 'text/html; charset=ISO-8859-1', bytes('80 e9'), '€é', 'windows-1252'],
    ['shift_jis', 'text/html; charset="Shift_JIS"', bytes(KYOTO), '京都', 'shift_jis'],
    ['windows-1251', 'text/html;charset=windows-1251', bytes(MOSCOW), 'Москва', 'windows-1251'],
    ['plain text', 'text/plain; charset=koi8-r', bytes('ed cf d3 cb d7 c1'), 'Москва', 'koi8-r'],
    ['utf-16 with its mark, little end first', 'text/html', bytes('ff fe ac 4e fd 90'), '京都', 'utf-16le'],
    ['utf-16 with its mark, big end first', 'text/html', bytes('fe ff 4e ac 90 fd'), '京都', 'utf-16be'],
    ['utf-16 without it', 'text/html; charset=utf-16', bytes('ac 4e fd 90'), '京都', 'utf-16le'],
    ['the mark before the header', 'text/html; charset=shift_jis', bytes('ef bb bf e4 ba ac'), '京', 'utf-8'],
    ['nothing said, and UTF-8', 'text/html', bytes('e4 ba ac'), '京', 'utf-8'],
    ['nothing said, and no UTF-8', 'text/html', bytes('93 e9 94'), '“é”', 'windows-1252'],
    ['nothing said of a text', 'text/plain', bytes('e9'), 'é', 'windows-1252'],
    ['unknown', 'text/html; charset=klingon', bytes('41 e9'), 'A\ufffd', 'utf-8'],
    ['one browsers refuse', 'text/html; charset=utf-7', ascii('+ADw-'), '+ADw-', 'utf-8'],
    ['broken', 'text/html; charset=utf-8', bytes('41 e9 42'), 'A\ufffdB', 'utf-8'],
  ])('%s', async (_, type, body, html, charset) => {
    const found = await get(put('/', page(body, { 'content-type': type })));
    expect(found).toMatchObject({ charset, [type.startsWith('text/plain') ? 'text' : 'html']: html });
  });

  test.each([
    ['<meta charset="windows-1251">', MOSCOW, 'Москва', 'windows-1251'],
    ["<META CHARSET = 'windows-1251' />", MOSCOW, 'Москва', 'windows-1251'],
    ['<meta http-equiv="Content-Type" content="text/html; charset=shift_jis">', KYOTO, '京都', 'shift_jis'],
    ['<meta content="text/html;charset=shift_jis" http-equiv=content-type>', KYOTO, '京都', 'shift_jis'],
    ['<?xml version="1.0" encoding="windows-1251"?>', MOSCOW, 'Москва', 'windows-1251'],
    ['<!-- <meta charset="shift_jis"> --><meta charset=windows-1251>', MOSCOW, 'Москва', 'windows-1251'],
    [
      '<meta name="a" content="charset=shift_jis"><meta charset=windows-1251>',
      MOSCOW,
      'Москва',
      'windows-1251',
    ],
    ['<meta charset="utf-16">', 'e4 ba ac', '京', 'utf-8'],
    ['<meta charset="klingon">', 'e9', '\ufffd', 'utf-8'],
  ])('the page’s own word: %s', async (head, hex, text, charset) => {
    const url = put('/', page(ascii(head, hex), { 'content-type': 'text/html' }));
    expect(await get(url)).toMatchObject({ html: head + text, charset });
  });

  test('the page has 1,024 bytes to say so', async () => {
    const declared = (before: number) =>
      get(put('/', page(`${' '.repeat(before)}<meta charset=shift_jis>`, { 'content-type': 'text/html' })));
    expect(await declared(1000)).toMatchObject({ charset: 'shift_jis' });
    expect(await declared(1001)).toMatchObject({ charset: 'utf-8' });
  });

  test('the header is before the page, unless it names none that is known', async () => {
    const body = ascii('<meta charset="shift_jis">', KYOTO);
    const asUtf8 = await get(put('/', page(body, { 'content-type': 'text/html; charset=utf-8' })));
    const asUnknown = await get(put('/', page(body, { 'content-type': 'text/html; charset=klingon' })));
    expect([asUtf8, asUnknown]).toMatchObject([{ charset: 'utf-8' }, { charset: 'shift_jis' }]);
  });

  test('a text has no word of its own', async () => {
    const url = put('/', page('<meta charset="shift_jis">ä', { 'content-type': 'text/plain' }));
    expect(await get(url)).toMatchObject({ charset: 'utf-8' });
  });
});

/** Made for this file, for `localhost` until 2126, and signed by itself. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXID3yBjLtDAcZeUy
0PXu+Q5VQOwjW0GlPO4XuQo15l2hRANCAASQASuMMwtTtqe1l6LvPOe+Lvqeq8Gj
29MCZ9rM15R8tXq5xcE0VU+el5FJOvpiPoADtpwj9Hi0BVf9wVdRreB0
-----END PRIVATE KEY-----`;

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUMjoCCM0SFllaiOULm286VvHIZvwwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzA4NTYwNVoYDzIxMjYxMDMw
MDg1NjA1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASQASuMMwtTtqe1l6LvPOe+Lvqeq8Gj29MCZ9rM15R8tXq5xcE0VU+e
l5FJOvpiPoADtpwj9Hi0BVf9wVdRreB0o28wbTAdBgNVHQ4EFgQUntvDMMvPjwUi
BEoKUqeOXP02qBcwHwYDVR0jBBgwFoAUntvDMMvPjwUiBEoKUqeOXP02qBcwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhANE4OxX6NxJT/1i+4tSkK8iql3sNd6erNfXXQRzUQQ6hAiEA
t7CipFn+VxI97u8+3vWb11PeyH94lZBkRouEgONCbWQ=
-----END CERTIFICATE-----`;
