import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startService, until } from './start.ts';

const PAGE = `<!doctype html><html lang="en"><head><title>Bread that remembers the room</title></head><body><article>
${'<p>A sourdough starter keeps what the room knows. Sourdough baking is mostly waiting beside it.</p>'.repeat(8)}
</article></body></html>`;

/** A link is all that came along: the page is fetched behind the queue, and the article fills in. */
describe('a bare link', () => {
  let service: Service;
  let token: string;
  const site = createServer((request, response) => {
    response.writeHead(request.url === '/bread' ? 200 : 404, { 'Content-Type': 'text/html' }).end(PAGE);
  });

  beforeAll(async () => {
    await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
    const host = `127.0.0.1:${(site.address() as AddressInfo).port}`;
    service = await startService({ environment: { HALLWAY_FETCH_ALLOW: host } });
    token = (await service.addUser('ada@users.example', 'Ada Lovelace')).apiToken;
  });
  afterAll(async () => {
    site.close();
    await service?.stop();
  });

  const address = (path: string) => `http://127.0.0.1:${(site.address() as AddressInfo).port}${path}`;

  test('finds its friend by the words of its page', async () => {
    const api = service.as(token);
    const alan = await api.post('/friends', { name: 'Alan', interests: ['sourdough baking'] });
    const saved = await api.post('/articles', { url: address('/bread') });
    expect(saved).toMatchObject({ wordCount: 0, suggestions: [] });
    const filled = await until('filled in', async () => {
      const article = await api.get(`/articles/${saved.id}`);
      return article.suggestions.length > 0 && article;
    });
    expect(filled).toMatchObject({ title: 'Bread that remembers the room', language: 'en', notRead: null });
    expect(filled.suggestions).toMatchObject([{ friendId: alan.id }]);
  });

  test('that leads nowhere stays a link, and says why', async () => {
    const api = service.as(token);
    for (const [url, reason] of [
      [address('/gone'), 'not-found'],
      ['http://169.254.169.254/latest/meta-data', 'refused-address'],
    ] as const) {
      const saved = await api.post('/articles', { url });
      const kept = await until('read', async () => {
        const article = await api.get(`/articles/${saved.id}`);
        return article.notRead && article;
      });
      expect(kept).toMatchObject({ url, notRead: reason });
    }
  });
});
