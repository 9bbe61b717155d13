import { beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { saveArticle } from '../../functions/articles/articles.ts';
import { addFriend, addInterest } from '../../functions/friends/friends.ts';
import { onArticle, onFriend } from '../../functions/matching/matching.ts';
import { suggestionsOf } from '../../functions/matching/store.ts';
import { encodeDue } from '../../functions/platform/due.ts';
import { testGround, testUser } from '../ground.ts';
import { everything } from '../web/callers.ts';

/** A user's library and friends, with nothing matched yet. */
async function start() {
  const ground = await testGround();
  const { user } = await testUser(ground, 'Ada');
  const titles = ['Lighthouses and harbours', 'A harbour', 'Chess endings'];
  const articles = [];
  for (const [n, title] of titles.entries()) {
    const input = { url: `https://example.org/${n}`, title, text: `${title}. The harbour is empty at noon.` };
    articles.push((await saveArticle(ground, user.id, input, 'api')).article);
  }
  const grace = await addFriend(ground, user, { name: 'Grace', interests: ['harbours', 'lighthouses'] });
  const mia = await addFriend(ground, user, { name: 'Mia', interests: ['chess'] });
  return { ground, user, articles, grace, mia };
}

/** The function as its queue calls it, on the table of a test. */
async function suggestDoor(tableName: string) {
  const queueUrls = inject('queueUrls');
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: inject('databaseEndpoint'),
    AWS_ENDPOINT_URL_SQS: inject('queueEndpoint'),
    TABLE_NAME: tableName,
    QUEUE_URL_SUGGEST: queueUrls.suggest,
    QUEUE_URL_SEND: queueUrls.send,
    QUEUE_URL_FETCH: queueUrls.fetch,
    QUEUE_URL_IMPORT: queueUrls.import,
    FILES_BUCKET: 'hallway-files',
    FILES_URL: `${inject('queueEndpoint')}/hallway-files/`,
    BASE_URL: 'http://localhost:8787',
    MAIL_FROM: 'notes@hallway.localhost',
    INGEST_DOMAIN: 'hallway.localhost',
    MAIL_BUCKET: 'hallway-mail',
    HALLWAY_SECRETS: JSON.stringify({ signing: 's'.repeat(43), pepper: 'p'.repeat(43) }),
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const { handler } = await import('../../functions/suggest.ts');
  return async (bodies: string[]) => {
    const records = bodies.map((body, n) => ({
      messageId: `message-${n}`,
      body,
      eventSource: 'aws:sqs',
      attributes: {},
      messageAttributes: {},
    }));
    const { batchItemFailures } = await handler({ Records: records } as unknown as Parameters<
      typeof handler
    >[0]);
    expect(batchItemFailures).toEqual([]);
  };
}

beforeEach(() => () => vi.unstubAllEnvs());

describe('matching again', () => {
  test('changes nothing in the table, a day later and by several at once', async () => {
    const { ground, user, articles, grace, mia } = await start();
    const all = async () => {
      for (const { id } of articles) await onArticle(ground, user.id, id);
      for (const { id } of [grace, mia]) await onFriend(ground, user.id, id);
    };
    await all();
    expect(await suggestionsOf(ground.table, user.id, articles[0]?.id ?? '')).toHaveLength(1);
    const before = await everything(ground);
    ground.setClock('2026-11-24T12:00:00.000Z');
    await all();
    await Promise.all([all(), all()]);
    expect(await everything(ground)).toEqual(before);
  });

  test('finds the same with what is at hand as with what the table keeps of it', async () => {
    const { ground, user, grace, mia } = await start();
    await addInterest(ground, user.id, grace.id, { text: 'sailing old wooden boats' });
    await addInterest(ground, user.id, mia.id, { text: 'learning to sail' });
    const words = 'sails wooden boats harbour spring paint mending lighthouses chess old'.split(' ');
    for (let n = 0; n < 24; n++) {
      const said = Array.from({ length: 5 + n }, (_, m) => words[(n * m + m) % words.length]).join(' ');
      const input = { title: `Sailing, ${n} times`, text: `An old boat: ${said}.` };
      const { article } = await saveArticle(ground, user.id, input, 'api');
      await onArticle(ground, user.id, article.id);
    }
    const before = await everything(ground);
    // What is kept in memory is read again.
    ground.setClock('2026-11-23T12:10:00.000Z');
    for (const { id } of [grace, mia]) await onFriend(ground, user.id, id);
    const scores = (items: Record<string, unknown>[]) =>
      items.flatMap(({ sk, score }) => (score === undefined ? [] : [[sk, score]]));
    expect(scores(before).length).toBeGreaterThan(6);
    const after = scores(await everything(ground));
    expect(after).toEqual(expect.arrayContaining(scores(before)));
  });

  test('a message delivered five times does what one does', async () => {
    const { ground, user, articles, grace, mia } = await start();
    const deliver = await suggestDoor(ground.table.name);
    const ids = [...articles, grace].map(({ id }) => id);
    const once = ids.map((id) => encodeDue({ userId: user.id, id }));
    await deliver(once);
    const before = await everything(ground);
    expect(await suggestionsOf(ground.table, user.id, articles[1]?.id ?? '')).toHaveLength(1);
    // In one batch, in batches one after the other, and in two at the same time.
    await deliver([...once, ...once]);
    await deliver(once);
    await Promise.all([deliver(once), deliver(once)]);
    expect(await everything(ground)).toEqual(before);
    // One that comes late finds what is true now, and says that.
    await addInterest(ground, user.id, mia.id, { text: 'lighthouses' });
    const late = encodeDue({ userId: user.id, id: mia.id });
    await deliver([late, late, late, late, late]);
    const found = await suggestionsOf(ground.table, user.id, articles[0]?.id ?? '');
    expect(found).toMatchObject([
      { friendId: grace.id },
      { friendId: mia.id, reasons: [{ interest: 'lighthouses' }] },
    ]);
  });
});
