import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { getArticle, idsOf, readAgain, saveArticle } from '../../functions/articles/articles.ts';
import { readPage } from '../../functions/articles/read-page.ts';
import {
  addressDigest,
  deleteArticle,
  findArticleByUrl,
  listArticles,
  readText,
} from '../../functions/articles/store.ts';
import { addFriend } from '../../functions/friends/friends.ts';
import { onArticle } from '../../functions/matching/matching.ts';
import { suggestionsOf } from '../../functions/matching/store.ts';
import { tick } from '../../functions/notes/tick.ts';
import { findDue } from '../../functions/platform/due.ts';
import { NOON, type TestGround, testGround, testUser } from '../ground.ts';

const MINUTE = 60_000;
const HEAD =
  '<title>Harbour lights</title><meta name="author" content="I. Keeper"><meta property="og:site_name" content="Tides">';
const STORY =
  'The harbour lights were lit by hand until last winter, and the man who lit them kept a diary. ';
const PAGE = `<!doctype html><html lang="en"><head>${HEAD}</head><body><article><p>${STORY.repeat(12)}</p></article></body></html>`;

/** The internet: one server, which the ground may reach. */
async function internet(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ground = await testGround({ HALLWAY_FETCH_ALLOW: host });
  const { user } = await testUser(ground, 'Ada');
  return { ground, user, site: `http://${host}` };
}

const pageAt =
  (path: string): RequestListener =>
  (request, response) => {
    response.writeHead(request.url === path ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end(PAGE);
  };

async function dueWork(ground: TestGround, atMs: number): Promise<string[]> {
  const due = await findDue(ground.table, new Date(atMs), 10);
  return due.map(({ work }) => work);
}

test('a bare link is due at once, and its page fills it in', async () => {
  const { ground, user, site } = await internet(pageAt('/lights'));
  const grace = await addFriend(ground, user, { name: 'Grace', interests: ['harbour lights'] });
  const { article } = await saveArticle(ground, user.id, { url: `${site}/lights` }, 'api');
  expect(article).toMatchObject({ title: expect.stringMatching(/lights$/), wordCount: 0 });

  expect(await readPage(ground, user.id, article.id)).toBe(article.id);
  expect(await getArticle(ground, user.id, article.id)).toMatchObject({
    title: 'Harbour lights',
    siteName: 'Tides',
    byline: 'I. Keeper',
    language: 'en',
    wordCount: 228,
    minutes: 1,
    readAt: NOON.toISOString(),
    savedAt: article.savedAt,
  });
  expect(await readText(ground.table, user.id, article.id)).toContain('kept a diary');
  await onArticle(ground, user.id, article.id);
  expect(await suggestionsOf(ground.table, user.id, article.id)).toMatchObject([{ friendId: grace.id }]);
});

test('matching what is known of it first does not take it out of the due index', async () => {
  const { ground, user, site } = await internet(pageAt('/lights'));
  const { article, text } = await saveArticle(ground, user.id, { url: `${site}/lights`, title: 'A' }, 'api');
  await onArticle(ground, user.id, article.id, { article, text });
  expect(await dueWork(ground, NOON.getTime())).toEqual(['fetch']);
  await readPage(ground, user.id, article.id);
  await onArticle(ground, user.id, article.id);
  expect(await dueWork(ground, NOON.getTime() + 60 * MINUTE)).toEqual([]);
});

test("the reader's own title and selection stay", async () => {
  const { ground, user, site } = await internet(pageAt('/lights'));
  const input = { url: `${site}/lights`, title: 'For the wall', selection: 'kept a diary' };
  const { article } = await saveArticle(ground, user.id, input, 'bookmarklet');
  await readPage(ground, user.id, article.id);
  const filled = await getArticle(ground, user.id, article.id);
  expect(filled).toMatchObject({ title: 'For the wall', selection: 'kept a diary', siteName: 'Tides' });
});

test('said twice, it is read once', async () => {
  let requests = 0;
  const { ground, user, site } = await internet((_request, response) => {
    requests++;
    response.setHeader('Content-Type', 'text/html').end(PAGE);
  });
  const { article } = await saveArticle(ground, user.id, { url: `${site}/lights` }, 'api');
  expect(await readPage(ground, user.id, article.id)).toBe(article.id);
  expect(await readPage(ground, user.id, article.id)).toBeUndefined();
  expect(requests).toBe(1);
});

test('after a redirect it is found under both addresses', async () => {
  const { ground, user, site } = await internet((request, response) => {
    if (request.url === '/short') response.writeHead(302, { Location: '/lights' }).end();
    else pageAt('/lights')(request, response);
  });
  const { article } = await saveArticle(ground, user.id, { url: `${site}/short` }, 'api');
  await readPage(ground, user.id, article.id);
  for (const path of ['short', 'lights']) {
    expect(await findArticleByUrl(ground.table, user.id, `${site}/${path}`)).toMatchObject({
      id: article.id,
    });
  }
});

describe('a link that leads to an article that was saved before', () => {
  const shortLink: RequestListener = (request, response) => {
    if (request.url?.startsWith('/short')) {
      response.writeHead(302, { Location: '/lights?utm_source=short' }).end();
    } else response.setHeader('Content-Type', 'text/html').end(PAGE);
  };
  const libraryOf = async (ground: TestGround, userId: string) =>
    (await listArticles(ground.table, userId, { limit: 10 })).items;

  test('becomes that article: its selection and labels are added, its id and address lead there', async () => {
    const { ground, user, site } = await internet(shortLink);
    const first = await saveArticle(ground, user.id, { url: `${site}/lights`, html: PAGE }, 'api');
    ground.setClock('2026-11-30T08:00:00.000Z');
    const input = { url: `${site}/short`, selection: 'For the wall.' };
    const second = await saveArticle(ground, user.id, input, 'api', { tags: ['light'] });
    expect(second.alreadySaved).toBe(false);

    expect(await readPage(ground, user.id, second.article.id)).toBe(first.article.id);
    const article = {
      ...first.article,
      selection: 'For the wall.',
      tags: ['light'],
      aliases: expect.arrayContaining([second.article.id]),
    };
    expect(await libraryOf(ground, user.id)).toEqual([article]);
    expect((await libraryOf(ground, user.id)).flatMap(idsOf)).toEqual([first.article.id, second.article.id]);
    expect(await getArticle(ground, user.id, second.article.id)).toEqual(article);
    expect(await readText(ground.table, user.id, first.article.id)).toMatch(/^For the wall\.\n\n.*diary/s);
    expect(await readText(ground.table, user.id, second.article.id)).toBe('');
    expect(await saveArticle(ground, user.id, { url: `${site}/short` }, 'api')).toMatchObject({
      article,
      alreadySaved: true,
    });
    expect(addressDigest(article)).toBe(addressDigest(first.article));
    expect(await dueWork(ground, NOON.getTime() + 9999 * MINUTE)).toEqual(['match']);
  });

  test('said again, it is still that article', async () => {
    const { ground, user, site } = await internet(shortLink);
    const first = await saveArticle(ground, user.id, { url: `${site}/lights`, html: PAGE }, 'api');
    const second = await saveArticle(ground, user.id, { url: `${site}/short` }, 'api');
    await readPage(ground, user.id, second.article.id);
    const before = await libraryOf(ground, user.id);
    expect(await readPage(ground, user.id, second.article.id)).toBe(first.article.id);
    expect(await libraryOf(ground, user.id)).toEqual(before);
  });

  test('gives it the page, if that was not read yet', async () => {
    const { ground, user, site } = await internet(shortLink);
    const first = await saveArticle(ground, user.id, { url: `${site}/lights` }, 'api');
    const second = await saveArticle(ground, user.id, { url: `${site}/short` }, 'api');
    expect(await readPage(ground, user.id, second.article.id)).toBe(first.article.id);
    expect(await libraryOf(ground, user.id)).toMatchObject([
      { id: first.article.id, title: 'Harbour lights', wordCount: 228, readAt: NOON.toISOString() },
    ]);
    expect(await readPage(ground, user.id, first.article.id)).toBeUndefined();
  });

  test('saved first, lends it its date', async () => {
    const { ground, user, site } = await internet(shortLink);
    const link = await saveArticle(ground, user.id, { url: `${site}/short` }, 'api');
    ground.setClock('2026-11-30T08:00:00.000Z');
    await saveArticle(ground, user.id, { url: `${site}/lights`, html: PAGE }, 'api');
    await readPage(ground, user.id, link.article.id);
    expect(await libraryOf(ground, user.id)).toMatchObject([{ savedAt: link.article.savedAt }]);
  });

  test('is deleted with it, from every address', async () => {
    const { ground, user, site } = await internet(shortLink);
    await saveArticle(ground, user.id, { url: `${site}/lights`, html: PAGE }, 'api');
    const second = await saveArticle(ground, user.id, { url: `${site}/short` }, 'api');
    await readPage(ground, user.id, second.article.id);
    await deleteArticle(ground.table, user.id, await getArticle(ground, user.id, second.article.id));
    await expect(getArticle(ground, user.id, second.article.id)).rejects.toMatchObject({ tag: 'not-found' });
    for (const path of ['short', 'lights']) {
      expect((await saveArticle(ground, user.id, { url: `${site}/${path}` }, 'api')).alreadySaved).toBe(
        false,
      );
    }
  });

  test('is read by two at once without harm', async () => {
    const { ground, user, site } = await internet(shortLink);
    const links = [];
    for (const path of ['lights', 'short', 'short?again']) {
      links.push(await saveArticle(ground, user.id, { url: `${site}/${path}` }, 'api'));
    }
    await Promise.all(
      links.flatMap(({ article }) => [article.id, article.id]).map((id) => readPage(ground, user.id, id)),
    );
    expect(await findArticleByUrl(ground.table, user.id, `${site}/lights`)).toMatchObject({ wordCount: 228 });
    expect(await findArticleByUrl(ground.table, user.id, `${site}/short`)).toEqual(
      await findArticleByUrl(ground.table, user.id, `${site}/lights`),
    );
  });

  test('has the address its page calls its own', async () => {
    const { ground, user, site } = await internet((request, response) => {
      const html = PAGE.replace('</head>', `<link rel="canonical" href="/lights"></head>`);
      response
        .writeHead(200, { 'Content-Type': 'text/html' })
        .end(request.url?.startsWith('/print') ? html : PAGE);
    });
    const first = await saveArticle(ground, user.id, { url: `${site}/lights`, html: PAGE }, 'api');
    const second = await saveArticle(ground, user.id, { url: `${site}/print/lights` }, 'api');
    expect(await readPage(ground, user.id, second.article.id)).toBe(first.article.id);
  });
});

test('dead links that end at the front page stay articles of their own', async () => {
  const { ground, user, site } = await internet((request, response) => {
    if (request.url === '/') response.setHeader('Content-Type', 'text/html').end(PAGE);
    else response.writeHead(302, { Location: '/' }).end();
  });
  for (const path of ['old-1', 'old-2']) {
    const { article } = await saveArticle(ground, user.id, { url: `${site}/${path}` }, 'api');
    expect(await readPage(ground, user.id, article.id)).toBe(article.id);
    expect(await getArticle(ground, user.id, article.id)).toMatchObject({ canonicalUrl: `${site}/${path}` });
  }
});

test("a site's door is no article's address", async () => {
  const { ground, user, site } = await internet((request, response) => {
    if (request.url?.startsWith('/story')) response.writeHead(302, { Location: '/login?next=story' }).end();
    else
      response
        .setHeader('Content-Type', 'text/html')
        .end('<title>Log in</title><p>Your password, please.</p>');
  });
  const { article } = await saveArticle(ground, user.id, { url: `${site}/story`, title: 'A story' }, 'api');
  await readPage(ground, user.id, article.id);
  const kept = await getArticle(ground, user.id, article.id);
  expect(kept).toMatchObject({ canonicalUrl: `${site}/story`, title: 'A story' });
});

test('a page that is not there stays a link, says why, and can be tried again', async () => {
  let there = false;
  const { ground, user, site } = await internet((_request, response) => {
    response.writeHead(there ? 200 : 404, { 'Content-Type': 'text/html' }).end(PAGE);
  });
  const { article } = await saveArticle(ground, user.id, { url: `${site}/lights` }, 'api');
  expect(await readPage(ground, user.id, article.id)).toBeUndefined();
  const link = await getArticle(ground, user.id, article.id);
  expect(link).toMatchObject({ notRead: { reason: 'not-found', tries: 1 }, readAt: NOON.toISOString() });
  expect(await dueWork(ground, NOON.getTime() + 300 * MINUTE)).toEqual([]);

  there = true;
  await readAgain(ground, user.id, article.id);
  expect(await dueWork(ground, NOON.getTime())).toEqual(['fetch']);
  expect(await readPage(ground, user.id, article.id)).toBe(article.id);
  expect((await getArticle(ground, user.id, article.id)).notRead).toBeUndefined();
});

test('a page without a word on it is kept with that reason, and can be tried again', async () => {
  let body = '<title>Harbour lights</title><div id="app"></div>';
  const { ground, user, site } = await internet((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end(body);
  });
  const { article } = await saveArticle(ground, user.id, { url: `${site}/lights` }, 'api');
  const notRead = { reason: 'no-text', tries: 1 };
  for (const _ of ['at first', 'asked again']) {
    expect(await readPage(ground, user.id, article.id)).toBe(article.id);
    const kept = await getArticle(ground, user.id, article.id);
    expect(kept).toMatchObject({
      title: 'Harbour lights',
      wordCount: 0,
      notRead,
      readAt: NOON.toISOString(),
    });
    await readAgain(ground, user.id, article.id);
    expect(await dueWork(ground, NOON.getTime())).toEqual(['fetch']);
  }

  body = PAGE;
  expect(await readPage(ground, user.id, article.id)).toBe(article.id);
  const read = await getArticle(ground, user.id, article.id);
  expect([read.wordCount, read.notRead]).toEqual([228, undefined]);
});

test('what is watched is read when its page has said what it is', async () => {
  const { ground, user, site } = await internet((_request, response) => {
    const head = `<title>Lights</title><meta property="og:type" content="video.other"><meta name="description" content="The lights, filmed for a year.">`;
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end(`<head>${head}</head><div></div>`);
  });
  const { article } = await saveArticle(ground, user.id, { url: `${site}/film` }, 'api');
  await readPage(ground, user.id, article.id);
  const film = await getArticle(ground, user.id, article.id);
  expect(film).toMatchObject({ title: 'Lights', wordCount: 0, readAt: NOON.toISOString() });
  expect(film.notRead).toBeUndefined();
});

test('a site that does not answer is asked again, twice, and then given up', async () => {
  const { ground, user, site } = await internet((_request, response) => {
    response.writeHead(503).end();
  });
  const { article } = await saveArticle(ground, user.id, { url: `${site}/lights` }, 'api');
  const read = async (minutes: number) => {
    ground.setClock(new Date(NOON.getTime() + minutes * MINUTE));
    await readPage(ground, user.id, article.id);
    const { notRead, readAt } = await getArticle(ground, user.id, article.id);
    return { ...notRead, over: readAt !== undefined };
  };
  expect(await read(0)).toEqual({ reason: 'server-error', tries: 1, over: false });
  expect(await dueWork(ground, NOON.getTime() + 9 * MINUTE)).toEqual([]);
  expect(await dueWork(ground, NOON.getTime() + 10 * MINUTE)).toEqual(['fetch']);
  expect(await read(10)).toEqual({ reason: 'server-error', tries: 2, over: false });
  expect(await read(190)).toEqual({ reason: 'server-error', tries: 3, over: true });
  expect(await dueWork(ground, NOON.getTime() + 9999 * MINUTE)).toEqual([]);
});

test('private addresses are not opened, whoever asks', async () => {
  const { ground, user } = await internet(pageAt('/lights'));
  const { article } = await saveArticle(ground, user.id, { url: 'http://127.0.0.1:8080/admin' }, 'api');
  await readPage(ground, user.id, article.id);
  const kept = await getArticle(ground, user.id, article.id);
  expect(kept.notRead).toEqual({ reason: 'refused-address', tries: 1 });
});

test('a page larger than we read is read as far as we do', async () => {
  const { ground, user, site } = await internet((_request, response) => {
    const long = PAGE.replace('</article>', `${'<p>и так далее</p>'.repeat(120_000)}</article>`);
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end(long);
  });
  const { article } = await saveArticle(ground, user.id, { url: `${site}/long` }, 'api');
  expect(await readPage(ground, user.id, article.id)).toBe(article.id);
  expect(await getArticle(ground, user.id, article.id)).toMatchObject({ title: 'Harbour lights' });
});

test('lost by the queue, it comes back with the tick', async () => {
  const { ground, user, site } = await internet(pageAt('/lights'));
  await saveArticle(ground, user.id, { url: `${site}/lights` }, 'api');
  await tick(ground);
  const leased = NOON.getTime() + 600_000;
  expect(await dueWork(ground, leased - 1)).toEqual([]);
  expect(await dueWork(ground, leased)).toEqual(['fetch']);
});
