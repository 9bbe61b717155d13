import { describe, expect, test } from 'vitest';
import type { User } from '../../functions/accounts/user.ts';
import { type Saved, saveArticle } from '../../functions/articles/articles.ts';
import { addressDigest, deleteArticle } from '../../functions/articles/store.ts';
import { addFriend, addInterest, changeFriend, removeFriend } from '../../functions/friends/friends.ts';
import { recordSent } from '../../functions/ledger/store.ts';
import { answer } from '../../functions/matching/answers.ts';
import { forgetArticle, forgetFriend, onArticle, onFriend } from '../../functions/matching/matching.ts';
import {
  findArticleForm,
  recentSuggestions,
  suggestionsFor,
  suggestionsOf,
} from '../../functions/matching/store.ts';
import { findDue } from '../../functions/platform/due.ts';
import { ranges } from '../../functions/platform/keys.ts';
import { NOON, type TestGround, testGround, testUser } from '../ground.ts';

let ground: TestGround;
let user: User;

async function start(): Promise<void> {
  ground = await testGround();
  ({ user } = await testUser(ground, 'Ada'));
}

const friendWith = (name: string, ...interests: unknown[]) => addFriend(ground, user, { name, interests });
const save = (title: string, n = 0): Promise<Saved> =>
  saveArticle(
    ground,
    user.id,
    { url: `https://example.org/${n}/${encodeURIComponent(title)}`, title },
    'api',
  );
const match = ({ article, text }: Saved) => onArticle(ground, user.id, article.id, { article, text });
const of = ({ article }: Saved) => suggestionsOf(ground.table, user.id, article.id);
/** What matching has to do in a minute; the pages of these links are read by another door. */
const due = async () => {
  const all = await findDue(ground.table, new Date(NOON.getTime() + 60_000), 100);
  return all.filter(({ work }) => work !== 'fetch').map(({ id }) => id);
};

describe('an article that was saved', () => {
  test('is suggested for the friends it fits, best first, and is then done with', async () => {
    await start();
    const grace = await friendWith('Grace', 'harbours');
    const mia = await friendWith('Mia', 'harbours', 'lighthouses');
    await friendWith('Alan', 'chess');
    const saved = await save('Lighthouses and harbours');
    await match(saved);
    expect(await of(saved)).toMatchObject([
      { friendId: mia.id, articleId: saved.article.id, state: 'open', createdAt: '2026-11-23T12:00:00.000Z' },
      {
        friendId: grace.id,
        state: 'open',
        reasons: [{ interest: 'harbours', evidence: 'Lighthouses and harbours' }],
      },
    ]);
    expect(await due()).not.toContain(saved.article.id);
    expect(await suggestionsFor(ground.table, user.id, grace.id)).toHaveLength(1);
    expect(await recentSuggestions(ground.table, user.id)).toHaveLength(2);
  });

  test('matched again changes nothing, and is read from the table if it is not at hand', async () => {
    await start();
    await friendWith('Grace', 'harbours');
    const saved = await save('A harbour');
    await match(saved);
    const before = await ground.table.all(ranges.suggestions(user.id));
    ground.setClock('2026-11-25T12:00:00.000Z');
    await onArticle(ground, user.id, saved.article.id);
    await Promise.all([match(saved), onArticle(ground, user.id, saved.article.id)]);
    expect(await ground.table.all(ranges.suggestions(user.id))).toEqual(before);
  });

  test('follows what was learned since', async () => {
    await start();
    const grace = await friendWith('Grace', 'harbours');
    const saved = await save('A harbour and a lighthouse');
    await match(saved);
    await changeFriend(ground, user.id, grace.id, { interests: ['lighthouses'] });
    await match(saved);
    expect(await of(saved)).toMatchObject([{ friendId: grace.id, reasons: [{ interest: 'lighthouses' }] }]);
    await changeFriend(ground, user.id, grace.id, { interests: ['chess'] });
    await match(saved);
    expect(await of(saved)).toEqual([]);
  });

  test('is not suggested to a friend it was sent to, nor taken back from where the user answered', async () => {
    await start();
    const grace = await friendWith('Grace', 'harbours');
    const mia = await friendWith('Mia', 'harbours');
    const tom = await friendWith('Tom', 'harbours');
    const saved = await save('A harbour');
    await recordSent(ground.table, user.id, grace.id, addressDigest(saved.article), 'nte_1', NOON);
    await match(saved);
    expect((await of(saved)).map(({ friendId }) => friendId)).toEqual([mia.id, tom.id]);
    await answer(ground, user.id, saved.article.id, mia.id, 'not-friend');
    await answer(ground, user.id, saved.article.id, tom.id, 'later');
    for (const { id } of [mia, tom]) await changeFriend(ground, user.id, id, { interests: ['chess'] });
    await match(saved);
    expect((await of(saved)).map(({ state }) => state).toSorted()).toEqual(['dismissed', 'later']);
  });

  test('set aside for later is taken back when the friend turns out never to want it', async () => {
    await start();
    const grace = await friendWith('Grace', 'harbours');
    const saved = [await save('A harbour and its spiders', 1), await save('A harbour full of spiders', 2)];
    for (const one of saved) {
      await match(one);
      await answer(ground, user.id, one.article.id, grace.id, 'later');
    }
    await addInterest(ground, user.id, grace.id, { text: 'spiders', kind: 'never' });
    await match(saved[0] as Saved);
    expect(await suggestionsFor(ground.table, user.id, grace.id)).toHaveLength(1);
    await onFriend(ground, user.id, grace.id);
    expect(await suggestionsFor(ground.table, user.id, grace.id)).toEqual([]);
  });

  test('dismissed for a friend stays dismissed, however well it fits later', async () => {
    await start();
    const grace = await friendWith('Grace', 'harbours');
    const saved = await save('A harbour and a lighthouse');
    await match(saved);
    await answer(ground, user.id, saved.article.id, grace.id, 'not-friend');
    await addInterest(ground, user.id, grace.id, { text: 'lighthouses' });
    await match(saved);
    await onFriend(ground, user.id, grace.id);
    expect(await of(saved)).toMatchObject([{ state: 'dismissed', reasons: [{}, {}] }]);
    expect(await recentSuggestions(ground.table, user.id)).toMatchObject([{ state: 'dismissed' }]);
  });

  test('is thought of for a dozen people at most, and for whom a look-back found beyond them', async () => {
    await start();
    const friends = [];
    for (let n = 0; n < 15; n++) friends.push(await friendWith(`Friend ${n}`, 'harbours'));
    const text = 'The harbour is empty at noon.';
    const saved = await saveArticle(ground, user.id, { text, title: 'A harbour' }, 'api');
    await match(saved);
    expect(await of(saved)).toHaveLength(12);
    for (const { id } of friends) await onFriend(ground, user.id, id);
    expect(await of(saved)).toHaveLength(15);
    await match(saved);
    expect(await of(saved)).toHaveLength(15);
  });

  test('that came from a friend by mail is not suggested to them', async () => {
    await start();
    const grace = await addFriend(ground, user, {
      name: 'Grace',
      email: 'grace@friends.example',
      interests: ['harbours'],
    });
    const mia = await friendWith('Mia', 'harbours');
    const fromHash = ground.secrets.addressHash('Grace@friends.example');
    const input = { title: 'A harbour', text: 'The harbour is empty at noon.' };
    const saved = await saveArticle(ground, user.id, input, 'mail', { fromHash });
    await match(saved);
    expect((await of(saved)).map(({ friendId }) => friendId)).toEqual([mia.id]);
    await onFriend(ground, user.id, grace.id);
    expect((await of(saved)).map(({ friendId }) => friendId)).toEqual([mia.id]);
  });

  test('finds a friend by what they were filed under, and one whose words it never says', async () => {
    await start();
    const grace = await friendWith('Grace', 'harbours');
    const mia = await friendWith('Mia', 'baking bread');
    const loaf =
      'Flour, yeast and salt: a loaf of sourdough rises overnight, and the crust sings when it leaves the oven. ';
    const input = { url: 'https://example.org/oven', title: 'What the oven knows', text: loaf.repeat(6) };
    const saved = await saveArticle(ground, user.id, input, 'import', { tags: ['harbours'] });
    await match(saved);
    expect(new Set((await of(saved)).map(({ friendId }) => friendId))).toEqual(new Set([grace.id, mia.id]));
  });

  test('knows a friend who was added, changed or deleted a moment ago', async () => {
    await start();
    const saved = await save('Lighthouses and harbours');
    const grace = await friendWith('Grace', 'chess');
    await match(saved);
    expect(await of(saved)).toEqual([]);
    await addInterest(ground, user.id, grace.id, { text: 'harbours' });
    await match(saved);
    expect(await of(saved)).toHaveLength(1);
    await removeFriend(ground, user.id, grace.id);
    await match(saved);
    expect(await of(saved)).toEqual([]);
  });

  test('that is gone, or never was, is passed over', async () => {
    await start();
    await friendWith('Grace', 'harbours');
    const saved = await save('A harbour');
    await deleteArticle(ground.table, user.id, saved.article);
    await onArticle(ground, user.id, saved.article.id);
    await onArticle(ground, user.id, 'art_none');
    expect(await ground.table.all(ranges.suggestions(user.id))).toEqual([]);
  });
});

describe('looking back over the library for a friend', () => {
  test('finds what was saved before they were known', async () => {
    await start();
    const harbour = await save('A harbour');
    const chess = await save('Chess endings');
    await Promise.all([match(harbour), match(chess)]);
    const grace = await friendWith('Grace', 'harbours');
    await onFriend(ground, user.id, grace.id);
    expect(await of(harbour)).toMatchObject([{ friendId: grace.id, state: 'open' }]);
    expect(await of(chess)).toEqual([]);
    expect(await due()).not.toContain(grace.id);
  });

  test('needs no form of an article: it is made, and kept for the next time', async () => {
    await start();
    const saved = await save('A harbour');
    await match(saved);
    expect(await findArticleForm(ground.table, user.id, saved.article.id)).toBeUndefined();
    const grace = await friendWith('Grace', 'harbours');
    await onFriend(ground, user.id, grace.id);
    expect(await of(saved)).toMatchObject([{ friendId: grace.id }]);
    const form = await findArticleForm(ground.table, user.id, saved.article.id);
    expect(form?.length).toBeLessThanOrEqual(1200);
  });

  test('finds all of it in a large library, by its text as well', async () => {
    await start();
    for (let n = 0; n < 60; n++) {
      const text = n % 20 === 7 ? 'A harbour at noon. The harbour is empty.' : 'Wind.';
      const { article } = await saveArticle(ground, user.id, { text, title: `Article ${n}` }, 'api');
      expect(article.title).toBe(`Article ${n}`);
    }
    const grace = await friendWith('Grace', 'harbours');
    await onFriend(ground, user.id, grace.id);
    expect(await suggestionsFor(ground.table, user.id, grace.id)).toHaveLength(3);
  });

  test('takes back what no longer fits, and what the user has answered stays', async () => {
    await start();
    const grace = await friendWith('Grace', 'harbours', 'lighthouses', 'chess');
    const saved = [await save('A harbour'), await save('A lighthouse'), await save('Chess')];
    for (const one of saved) await match(one);
    await answer(ground, user.id, saved[1]?.article.id ?? '', grace.id, 'accepted');
    await changeFriend(ground, user.id, grace.id, { interests: ['chess'] });
    await onFriend(ground, user.id, grace.id);
    const left = await suggestionsFor(ground.table, user.id, grace.id);
    expect(left.map(({ articleId, state }) => [articleId, state]).toSorted()).toEqual(
      [
        [saved[1]?.article.id, 'written'],
        [saved[2]?.article.id, 'open'],
      ].toSorted(),
    );
  });

  test('does not suggest what was sent', async () => {
    await start();
    const saved = await save('A harbour');
    const grace = await friendWith('Grace', 'harbours');
    await recordSent(ground.table, user.id, grace.id, addressDigest(saved.article), 'nte_1', NOON);
    await onFriend(ground, user.id, grace.id);
    expect(await of(saved)).toEqual([]);
  });

  test('is done again when the friend changed while it was under way', async () => {
    await start();
    const saved = await save('A harbour');
    const grace = await friendWith('Grace', 'harbours');
    const first = onFriend(ground, user.id, grace.id);
    await changeFriend(ground, user.id, grace.id, { interests: ['chess'] });
    await first;
    expect(await due()).toContain(grace.id);
    await onFriend(ground, user.id, grace.id);
    expect(await of(saved)).toEqual([]);
    expect(await due()).not.toContain(grace.id);
  });

  test('by two at once is as by one', async () => {
    await start();
    const saved = await save('A harbour');
    const grace = await friendWith('Grace', 'harbours');
    await Promise.all([onFriend(ground, user.id, grace.id), onFriend(ground, user.id, grace.id)]);
    expect(await of(saved)).toHaveLength(1);
    expect(await due()).not.toContain(grace.id);
  });

  test('is due again when an ask ends: what was suggested for it goes, and the topics stay', async () => {
    await start();
    const ask = { text: 'a flat by the harbour', kind: 'ask', until: '2026-11-30' };
    const grace = await friendWith('Grace', 'lighthouses', ask, {
      ...ask,
      text: 'chess',
      until: '2026-12-31',
    });
    const [harbour, both] = [
      await save('A flat by the harbour'),
      await save('A harbour, a flat, lighthouses'),
    ];
    for (const one of [harbour, both]) await match(one);
    await onFriend(ground, user.id, grace.id);
    expect(await of(harbour)).toMatchObject([{ reasons: [{ kind: 'ask' }] }]);
    const dueBy = async (day: string) =>
      (await findDue(ground.table, new Date(`${day}T00:00:00.000Z`), 100)).map(({ id }) => id);
    expect(await dueBy('2026-11-30')).not.toContain(grace.id);
    expect(await dueBy('2026-12-01')).toContain(grace.id);
    ground.setClock('2026-12-01T00:00:00.000Z');
    await onFriend(ground, user.id, grace.id);
    expect(await of(harbour)).toEqual([]);
    expect(await of(both)).toMatchObject([{ reasons: [{ interest: 'lighthouses' }] }]);
    expect((await of(both))[0]?.reasons).toHaveLength(1);
    expect(await dueBy('2026-12-31')).not.toContain(grace.id);
    expect(await dueBy('2027-01-01')).toContain(grace.id);
    ground.setClock('2027-01-01T00:00:00.000Z');
    await onFriend(ground, user.id, grace.id);
    expect(await dueBy('2028-01-01')).not.toContain(grace.id);
  });

  test('for a friend who is gone does nothing', async () => {
    await start();
    const saved = await save('A harbour');
    const grace = await friendWith('Grace', 'harbours');
    await removeFriend(ground, user.id, grace.id);
    await onFriend(ground, user.id, grace.id);
    await onFriend(ground, user.id, 'frd_none');
    expect(await of(saved)).toEqual([]);
    expect(await due()).not.toContain(grace.id);
  });
});

describe('a suggestion', () => {
  test('of another user cannot be answered, nor one that is not there', async () => {
    await start();
    const grace = await friendWith('Grace', 'harbours');
    const saved = await save('A harbour');
    await match(saved);
    const { user: eve } = await testUser(ground, 'Eve');
    expect(await answer(ground, eve.id, saved.article.id, grace.id, 'not-friend')).toBeNull();
    expect(await answer(ground, user.id, saved.article.id, 'frd_none', 'later')).toBeNull();
    expect(await of(saved)).toMatchObject([{ state: 'open' }]);
  });

  test('goes with its article, and with its friend, whatever its state', async () => {
    await start();
    const grace = await friendWith('Grace', 'harbours');
    const mia = await friendWith('Mia', 'harbours');
    const first = await save('A harbour');
    const second = await save('Another harbour');
    await Promise.all([match(first), match(second)]);
    await answer(ground, user.id, first.article.id, grace.id, 'not-friend');
    await forgetFriend(ground, user.id, grace.id);
    expect((await of(first)).map(({ friendId }) => friendId)).toEqual([mia.id]);
    await forgetArticle(ground, user.id, first.article.id);
    expect(await of(first)).toEqual([]);
    expect((await of(second)).map(({ friendId }) => friendId)).toEqual([mia.id]);
  });

  test("holds nothing of another user's friends", async () => {
    await start();
    await friendWith('Grace', 'harbours');
    const { user: eve } = await testUser(ground, 'Eve');
    const { article } = await saveArticle(
      ground,
      eve.id,
      { text: 'A harbour. The harbour.', title: 'Harbour' },
      'api',
    );
    await onArticle(ground, eve.id, article.id);
    expect(await suggestionsOf(ground.table, eve.id, article.id)).toEqual([]);
  });
});
