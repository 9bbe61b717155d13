import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Body, type Service, startService, until } from './start.ts';

const COUNT = 1200;
/** Pages are read at the same time, none of which is there: fewer of them, and time for what is tested. */
const SLOWER = { HALLWAY_TICK_SECONDS: '1', HALLWAY_LEASE_SECONDS: '3' };
/** On a machine that does other things (milliseconds). */
const READ_WITHIN = 60_000;

/** Bookmarks of a browser, each in its own minute. */
function bookmarks(count: number): string {
  const lines = Array.from({ length: count }, (_, n) => {
    const date = 1_400_000_000 + n * 60;
    return `<DT><A HREF="https://paper.invalid/${n}" ADD_DATE="${date}" TAGS="made of ${n % 7}">Story ${n}</A>`;
  });
  return `<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<TITLE>Bookmarks</TITLE>\n<DL><p>\n${lines.join('\n')}\n</DL><p>\n`;
}

describe('a file', () => {
  let service: Service;
  let token: string;

  beforeAll(async () => {
    service = await startService({ environment: SLOWER });
    token = (await service.addUser('ada@users.example', 'Ada Lovelace')).apiToken;
  });
  afterAll(() => service?.stop());

  const imports = (body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(`${service.url}/api/imports`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, ...headers },
      body,
    });
  const done = (id: string): Promise<Body> =>
    until(
      'read to its end',
      async () => {
        const one = await service.as(token).get(`/imports/${id}`);
        if (one.state === 'failed') throw new Error(one.failure);
        return one.state === 'done' && one;
      },
      READ_WITHIN,
    );

  test('in a form is read, and what is in it finds its friend', async () => {
    const api = service.as(token);
    const alan = await api.post('/friends', { name: 'Alan', interests: ['sourdough baking'] });
    const form = new FormData();
    form.append(
      'file',
      new Blob(['url,title,tags\nhttps://bread.invalid/one,Bread,"sourdough baking"\nnot a link,,\n']),
      'pocket.csv',
    );
    const answer = await imports(form);
    expect(answer.status).toBe(202);
    const { id } = (await answer.json()) as Body;
    expect(await done(id)).toMatchObject({
      name: 'pocket.csv',
      created: 1,
      merged: 0,
      rejected: [{ line: 3, reason: expect.any(String) }],
    });
    // Its page is nowhere: it is matched by what is known of it.
    const found = await until('suggested', async () => {
      const { items } = await api.get(`/friends/${alan.id}/suggestions`);
      return items.length > 0 && items;
    });
    expect(found).toMatchObject([{ title: 'Bread' }]);
  });

  test('by a link, with the service killed in the middle: everything once, and counted once', {
    timeout: 120_000,
  }, async () => {
    const link = await service.as(token).post('/imports/uploads');
    const sent = await fetch(link.url, {
      method: link.method,
      headers: link.headers,
      body: bookmarks(COUNT),
    });
    expect(sent.status).toBe(200);
    const answer = await imports(JSON.stringify({ upload: link.upload }), {
      'Content-Type': 'application/json',
    });
    expect(answer.status).toBe(202);
    await until('under way', async () => {
      const { entries } = await service.as(token).get(`/imports/${link.upload}`);
      return entries > 0;
    });
    const { dir } = service;
    await service.killTree();
    service = await startService({ dir, environment: SLOWER });
    const before = await service.as(token).get(`/imports/${link.upload}`);
    expect(before.entries).toBeLessThan(COUNT);
    expect(await done(link.upload)).toMatchObject({
      entries: COUNT,
      created: COUNT,
      merged: 0,
      rejectedCount: 0,
    });
    const library: Body[] = await service.as(token).all('/articles');
    const imported = library.filter(({ url }) => url.startsWith('https://paper.invalid/'));
    expect(new Set(imported.map(({ url }) => url)).size).toBe(COUNT);
    expect(imported).toHaveLength(COUNT);
    expect(imported.find(({ title }) => title === 'Story 8')).toMatchObject({
      savedAt: '2014-05-13T17:01:20.000Z',
      savedBy: 'import',
      tags: ['made of 1'],
    });
  });

  test('is given back by the export, and taken in by another account', { timeout: 60_000 }, async () => {
    token = (await service.addUser('grace@users.example', 'Grace Hopper')).apiToken;
    const { id } = (await (await imports(bookmarks(40), { 'Content-Type': 'text/html' })).json()) as Body;
    expect(await done(id)).toMatchObject({ name: null, created: 40 });
    const response = await fetch(`${service.url}/api/export`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="hallway-export-\d{4}-\d\d-\d\d\.json"$/,
    );
    const text = await response.text();
    const exported = JSON.parse(text).records;
    expect(exported.filter(({ type }: Body) => type === 'article')).toHaveLength(40);

    token = (await service.addUser('joan@users.example', 'Joan Clarke')).apiToken;
    const answer = await imports(text, { 'Content-Type': 'application/json' });
    const { id: taken } = (await answer.json()) as Body;
    expect(await done(taken)).toMatchObject({ entries: exported.length, rejected: [] });
    const urls = async () => (await service.as(token).all('/articles')).map(({ url }) => url).toSorted();
    expect(await urls()).toEqual(
      exported.flatMap(({ type, url }: Body) => (type === 'article' ? [url] : [])).toSorted(),
    );
  });
});
