import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type BrotliCompress,
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
  createZstdCompress,
  type Deflate,
  type Gzip,
  gzipSync,
  type ZstdCompress,
} from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addUser } from '../../functions/accounts/accounts.ts';
import { saveArticle } from '../../functions/articles/articles.ts';
import { findArticle } from '../../functions/articles/store.ts';
import { addFriend } from '../../functions/friends/friends.ts';
import { encodeDue } from '../../functions/platform/due.ts';
import { startGateway } from '../../infra/local/gateway.ts';
import { buildDoors, type Door, type Doors, expectBounded } from '../doors.ts';

type Answer = (response: ServerResponse) => void;

const MB = 1024 * 1024;
/** Just below what is read of a page, and of one that is sent with its link. */
const MOST = 5 * MB - 2000;
const MOST_SENT = 2 * MB - 2000;

const SENTENCE = 'A heron stood in the shallows, quite still, and the whole quay waited with it. ';
const WORDS = 135;
const heron = (more = '', head = '') =>
  `<!doctype html><html lang="en"><head><title>Heron</title>${head}</head><body><article>${`<p>${SENTENCE}</p>`.repeat(9)}</article>${more}</body></html>`;
/** As often as there is room for. */
const fill = (unit: string, bytes = MOST) => unit.repeat(Math.floor(bytes / Buffer.byteLength(unit)));
const json = (text: string) => heron('', `<script type="application/ld+json">${text}</script>`);

const HTML = { 'content-type': 'text/html; charset=utf-8' };
const page =
  (body: string | Buffer, headers: Record<string, string> = HTML): Answer =>
  (response) =>
    response.writeHead(200, headers).end(body);

/** As fast as it is taken, until nobody takes it. */
function pour(to: NodeJS.WritableStream & { destroyed: boolean }, bytes: string | Buffer, times = Infinity) {
  let left = times;
  const send = () => {
    while (left > 0 && !to.destroyed) {
      left -= 1;
      if (!to.write(bytes)) return;
    }
    if (!to.destroyed) to.end();
  };
  to.on('error', () => {}).on('drain', send);
  send();
}

/** 1 GB of spaces, packed. */
const bomb =
  (encoding: string, make: () => Gzip | Deflate | BrotliCompress | ZstdCompress): Answer =>
  (response) => {
    const packer = make();
    packer.pipe(response.writeHead(200, { ...HTML, 'content-encoding': encoding }));
    response.on('close', () => packer.destroy());
    pour(packer, Buffer.alloc(MB, ' '), 1024);
  };

/** An answer that is no page: its bytes as they are, and then the same ones without end. */
const raw =
  (start: string, endless = ''): Answer =>
  ({ socket }) => {
    socket?.write(start);
    if (socket && endless) pour(socket, endless.repeat(1000));
  };
const CHUNKED = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n';
const FAST = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

/** What a server can do, and what is said of its page. */
const SERVERS: [string, string, Answer][] = [
  ['a gzip bomb of 1 GB', 'too-large', bomb('gzip', () => createGzip({ level: 1 }))],
  ['a deflate bomb', 'too-large', bomb('deflate', () => createDeflate({ level: 1 }))],
  ['a Brotli bomb', 'too-large', bomb('br', () => createBrotliCompress(FAST))],
  ['a Zstandard bomb', 'not-a-page', bomb('zstd', createZstdCompress)],
  [
    'a bomb in a bomb',
    'not-a-page',
    page(gzipSync(gzipSync(Buffer.alloc(100 * MB))), { ...HTML, 'content-encoding': 'gzip, gzip' }),
  ],
  ['a page that never ends', 'too-large', (response) => pour(response.writeHead(200, HTML), '<p>more</p>')],
  [
    'a byte a second',
    'too-slow',
    (response) => {
      response.writeHead(200, HTML);
      const drip = setInterval(() => response.write('x'), 1000);
      response.on('close', () => clearInterval(drip));
    },
  ],
  ['a header of 10 MB', 'too-large', raw(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(10 * MB)}`)],
  ['a million headers', 'too-large', raw('HTTP/1.1 200 OK\r\n', 'X: x\r\n')],
  ['early hints without end', 'too-large', raw('', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n')],
  ['"continue" without end', 'unreachable', raw('', 'HTTP/1.1 100 Continue\r\n\r\n')],
  ['chunks with names of 10 KB', 'too-large', raw(CHUNKED, `1;${'x'.repeat(10_000)}\r\na\r\n`)],
  ['chunks of one byte', 'too-large', raw(CHUNKED, '1\r\na\r\n')],
  ['trailers without end', 'too-large', raw(`${CHUNKED}1\r\na\r\n0\r\n`, 'X: x\r\n')],
];

/** Beyond what is read: of these the head alone is. */
const BEYOND: [string, string][] = [
  ['2,000 nested elements', heron('<div>'.repeat(2_000))],
  ['200,000 elements', heron('<p>a</p>'.repeat(200_000))],
  ['a million <br>', heron('<br>'.repeat(1_000_000))],
  ['5 MB of <', heron(fill('<'))],
  ['2 MB of <', heron(fill('<', MOST_SENT))],
  ['5 MB of &', heron(fill('&'))],
  ['240,000 &lt;', heron('&lt;'.repeat(230_000))],
  ['5 MB of <!-- -->', heron(fill('<!-- -->'))],
  ['5 MB of <!', heron(fill('<!'))],
  ['5 MB of </p>', heron(fill('</p>'))],
  ['5 MB of <a ', heron(fill('<a '))],
  ['5 MB of attributes', heron(`<a ${fill('b=c ')}`)],
  ['2 MB of <meta>', heron('', fill('<meta name="a" content="b">', MOST_SENT))],
  ['2,000 nested tables', heron('<table><tr><td>'.repeat(2_000))],
];

/** Read whole, or to their end, whatever stands in the way. */
const READ: [string, string][] = [
  ['18,000 elements', heron('<p>a, b, <a href="#x">c</a></p>'.repeat(9_000))],
  ['a line of 5 MB', heron(`<p>${fill('a')}</p>`)],
  ['5 MB of <!--', heron(fill('<!--'))],
  ['5 MB of <a href="', heron(fill('<a href="'))],
  [
    '100,000 attributes',
    heron(`<p ${Array.from({ length: 90_000 }, (_, place) => `a${place}=b`).join(' ')}>`),
  ],
  ['2,900 headlines', heron('<h2>Heron heron</h2>'.repeat(2_900))],
  ['900 long headlines', heron(`<h1>${'heron '.repeat(300)}</h1>`.repeat(900))],
  ['classes as long as they may be', heron(`<p class="${'comment '.repeat(37)}">a</p>`.repeat(5_000))],
  ['JSON-LD half a million deep', json('['.repeat(500_000) + ']'.repeat(500_000))],
  ['JSON-LD that is not closed', json('['.repeat(500_000))],
  [
    'JSON-LD of 35,000 articles',
    json(`[${'{"@type":"Article","@context":"https://schema.org"},'.repeat(35_000)}1]`),
  ],
  [
    'JSON-LD of 150,000 authors',
    json(
      `{"@context":"https://schema.org","@type":"Article","author":[${'{"name":"a"},'.repeat(150_000)}{"name":"b"}]}`,
    ),
  ],
  ['5 MB of spaces', heron(fill(' '))],
  ['2 MB of line breaks', heron(fill('\n', MOST_SENT))],
  ['2 MB of NUL', heron(fill('\0', MOST_SENT))],
  ['Chinese in one line of 5 MB', heron(`<p>${fill('鷺')}</p>`)],
];

describe('hostile pages', { timeout: 60_000 }, () => {
  const answers = new Map<string, Answer>();
  const site = createServer((request, response) => {
    request.socket.on('error', () => {});
    answers.get(request.url ?? '')?.(response);
  });
  let doors: Doors;
  let base: string;
  let userId: string;
  let apiToken: string;
  /** What a process took harm from shows in the next it is given, which is measured, too. */
  const FOLLOWED = 4;
  let hostiles = 0;
  let count = 0;

  beforeAll(async () => {
    await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
    const host = `127.0.0.1:${(site.address() as AddressInfo).port}`;
    base = `http://${host}`;
    doors = await buildDoors({ HALLWAY_FETCH_ALLOW: host });
    const ada = { email: 'ada@users.example', name: 'Ada', timeZone: 'Europe/London' };
    const added = await addUser(doors.ground, ada);
    apiToken = added.apiToken;
    userId = added.user.id;
    await addFriend(doors.ground, added.user, {
      name: 'Grace',
      interests: ['trail running', 'herons', '蒼鷺'],
    });
  });
  afterAll(async () => {
    site.closeAllConnections();
    site.close();
    await doors?.close();
  });

  /** Saves a bare link to this answer, and has the door `fetch` read it. */
  async function fetched(door: Door, answer: Answer) {
    const path = `/${++count}`;
    answers.set(path, answer);
    const { article } = await saveArticle(doors.ground, userId, { url: base + path }, 'api');
    const { isDone, took } = await door.bring(encodeDue({ userId, id: article.id }));
    const found = await findArticle(doors.ground.table, userId, article.id);
    return { isDone, took, article: found, reason: found?.notRead?.reason };
  }

  /** One is read before it, so that nothing is still to be loaded, and every `FOLLOWED`th has one after it, by the same process. */
  async function between(answer: Answer) {
    const door = await doors.warm('fetch', (opened) => fetched(opened, page(heron())));
    const hostile = await fetched(door, answer);
    expectBounded(expect.getState().currentTestName, hostile.took);
    expect(hostile.isDone).toBe(true);
    if (++hostiles % FOLLOWED === 0) {
      expect(await fetched(door, page(heron()))).toMatchObject({
        isDone: true,
        article: { wordCount: WORDS },
      });
    }
    return hostile;
  }

  test.each(SERVERS)('%s: the link stays, with the reason: %s', async (_, reason, answer) => {
    expect(await between(answer)).toMatchObject({ reason, article: { wordCount: 0 } });
  });

  test.each(BEYOND)('%s: what its head says', async (_, html) => {
    const { article, reason } = await between(page(html));
    expect(article).toMatchObject({ title: 'Heron', wordCount: 0, readAt: expect.any(String) });
    expect(reason).toBe('no-text');
  });

  test.each(READ)('%s: what can be read', async (_, html) => {
    const { article } = await between(page(html));
    expect(article).toMatchObject({ title: expect.stringMatching(/^Heron/), readAt: expect.any(String) });
    expect(article?.wordCount).toBeGreaterThanOrEqual(WORDS);
  });

  test.each([
    ['a line of 5 MB', fill('a')],
    ['5 MB of line breaks', fill('\n')],
    ['5 MB of spaces and line breaks', fill(' \n')],
    ["5 MB of a'a'a", fill("a'")],
    ['5 MB of one Chinese word', fill('鷺')],
    ['5 MB of emoji', fill('🪶')],
    ['60,000 words', Array.from({ length: 60_000 }, (_, place) => `w${place.toString(36)}`).join(' ')],
  ])('a text of %s: what can be read', async (_, text) => {
    const { article } = await between(page(text, { 'content-type': 'text/plain; charset=utf-8' }));
    expect(article?.readAt).toBeTypeOf('string');
  });

  describe('sent with their link', () => {
    // Of each kind one, within what a request may hold: what reads them is the same.
    const kinds = /^(?:2,000 nested elements|240,000 &lt;|100,000 attributes|JSON-LD half a million deep)$/;
    const sent = [...BEYOND, ...READ].filter(
      ([name, html]) => kinds.test(name) && JSON.stringify(html).length < 2.4 * MB,
    );

    test.each(sent)('%s: kept', async (_, html) => {
      const door = await doors.warm('api', async () => undefined);
      const took = { cpuSeconds: 0, megabytes: 0 };
      const gateway = await startGateway({
        port: 0,
        host: '127.0.0.1',
        handler: async (event) => {
          const { answer, took: now } = await door.call(event);
          Object.assign(took, now);
          return answer as never;
        },
      });
      const save = async (sentHtml: string) => {
        const response = await fetch(`${gateway.url}/api/articles`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${apiToken}`, 'Content-Type': 'application/json' },
          body: JSON.stringify({ url: `https://paper.example/${++count}`, html: sentHtml }),
        });
        return { status: response.status, body: (await response.json()) as Record<string, unknown> };
      };
      await save(heron());
      const hostile = await save(html);
      expectBounded(expect.getState().currentTestName, took);
      const next = await save(heron());
      await gateway.stop();
      expect(hostile).toMatchObject({ status: 201, body: { title: expect.stringMatching(/^Heron/) } });
      expect(next).toMatchObject({ status: 201, body: { title: 'Heron', wordCount: WORDS } });
    });
  });
});
