import { beforeEach, describe, expect, test } from 'vitest';
import { addTo, getArticle, matchAgain, saveArticle } from '../../functions/articles/articles.ts';
import {
  addressDigest,
  deleteArticle,
  findArticleByUrl,
  finishMatch,
  listArticles,
  readText,
  walkLibrary,
} from '../../functions/articles/store.ts';
import { findDue } from '../../functions/platform/due.ts';
import { keys } from '../../functions/platform/keys.ts';
import { NOON, type TestGround, testGround } from '../ground.ts';

const ADA = 'usr_ada';
const URL = 'https://example.org/harbour';
const PARAGRAPH =
  'The harbour master closes the gates at noon. For two hours no boat comes in, and the gulls have the quay to themselves. ';

let ground: TestGround;
beforeEach(async () => {
  ground = await testGround();
});

const save = (input: unknown, userId = ADA) => saveArticle(ground, userId, input, 'api');
const pageWith = (head: string) =>
  `<!doctype html><html lang="en"><head><title>A harbour that closes for lunch</title>${head}</head><body><article><h1>A harbour that closes for lunch</h1><p>${PARAGRAPH.repeat(4)}</p><p>${PARAGRAPH.repeat(4)}</p></article></body></html>`;
const library = async () => (await listArticles(ground.table, ADA, { limit: 100 })).items;
const due = async (now: Date) => (await findDue(ground.table, now, 10)).map(({ id, work }) => ({ id, work }));

describe('saving', () => {
  test('a page reads from it what it is', async () => {
    const { article, text, alreadySaved } = await save({ url: `${URL}?utm_source=mail`, html: pageWith('') });
    expect(alreadySaved).toBe(false);
    expect(article).toEqual({
      id: expect.stringMatching(/^art_/),
      url: `${URL}?utm_source=mail`,
      canonicalUrl: URL,
      title: 'A harbour that closes for lunch',
      siteName: 'example.org',
      excerpt: expect.stringContaining('The harbour master'),
      language: 'en',
      wordCount: expect.any(Number),
      minutes: 1,
      savedAt: '2026-11-23T12:00:00.000Z',
      savedBy: 'api',
    });
    expect(article.wordCount).toBeGreaterThan(150);
    expect(text).toContain('the gulls have the quay to themselves');
    expect(await getArticle(ground, ADA, article.id)).toEqual(article);
    expect(await readText(ground.table, ADA, article.id)).toBe(text);
  });

  test('a text alone takes its first line for a title', async () => {
    const { article } = await save({ text: 'Lunch at the harbour\n\nNo boat comes in at noon.' });
    expect(article).toMatchObject({ title: 'Lunch at the harbour', wordCount: 10, minutes: 1 });
    expect(article).not.toHaveProperty('canonicalUrl');
    expect(addressDigest(article)).toMatch(/^[\w-]{27}$/);
  });

  test('a bare link has its address for a title', async () => {
    const { article, text } = await save({ url: 'https://www.example.org/caf%C3%A9/' });
    expect(article).toMatchObject({
      title: 'example.org/café',
      siteName: 'example.org',
      wordCount: 0,
      minutes: 0,
    });
    expect(text).toBe('');
    expect(await readText(ground.table, ADA, article.id)).toBe('');
  });

  test('the title that is given counts, and the selection is the excerpt and is matched by', async () => {
    const given = {
      url: URL,
      title: '  My   harbour ',
      selection: 'No boat\r\n comes in.',
      text: 'Something else.',
    };
    const { article, text } = await save(given);
    expect(article).toMatchObject({
      title: 'My harbour',
      selection: 'No boat\ncomes in.',
      excerpt: 'Something else.',
    });
    expect(text).toBe('No boat\ncomes in.\n\nSomething else.');
    const inside = await save({ text: 'One. Two. Three.', selection: 'Two.' });
    expect(inside.text).toBe('One. Two. Three.');
  });

  test.each([
    [{}, '/url'],
    [{ text: '   ' }, '/url'],
    [{ url: 'javascript:alert(1)' }, '/url'],
    [{ url: 'https://exa mple.org/' }, '/url'],
    [{ text: '\u0001\u0002' }, '/text'],
    [{ url: URL, html: 5 }, '/html'],
    [{ url: URL, mood: 'good' }, '/mood'],
  ])('%j is refused where it is wrong', async (input, path) => {
    await expect(save(input)).rejects.toMatchObject({ tag: 'invalid', errors: [{ path }] });
    expect(await library()).toEqual([]);
  });

  test('HTML above 2 MB is too large', async () => {
    await expect(save({ url: URL, html: 'é'.repeat(1024 * 1024 + 1) })).rejects.toMatchObject({
      tag: 'too-large',
    });
  });
});

describe('the same article', () => {
  test('is there once, however its address is written', async () => {
    const first = await save({ url: `${URL}?utm_source=mail#top` });
    const again = await save({ url: `HTTPS://EXAMPLE.org:443/harbour/`, title: 'Other', html: pageWith('') });
    expect(again).toMatchObject({ article: { id: first.article.id }, alreadySaved: true });
    expect(await library()).toMatchObject([{ id: first.article.id }]);
    expect((await save({ url: URL }, 'usr_eve')).alreadySaved).toBe(false);
  });

  test('is known by the address its page gives, and by the one it was saved from', async () => {
    const html = pageWith(`<link rel="canonical" href="${URL}">`);
    const first = await save({ url: 'https://example.org/amp/harbour', html });
    expect(first.article).toMatchObject({ url: 'https://example.org/amp/harbour', canonicalUrl: URL });
    for (const again of [
      await save({ url: URL }),
      await save({ url: 'https://example.org/amp/harbour' }),
      await save({ url: 'https://example.org/print/harbour', html }),
    ]) {
      expect(again).toMatchObject({ article: first.article, alreadySaved: true, toMatch: false });
    }
    expect(await library()).toHaveLength(1);
  });

  test('saved by five at once is there once', async () => {
    const html = pageWith(`<link rel="canonical" href="${URL}">`);
    const saved = await Promise.all([
      save({ url: URL }),
      save({ url: URL, html }),
      save({ url: `${URL}?fbclid=1`, html }),
      save({ url: 'https://example.org/amp/harbour', html }),
      save({ url: `${URL}/` }),
    ]);
    expect(saved.filter(({ alreadySaved }) => !alreadySaved)).toHaveLength(1);
    expect(new Set(saved.map(({ article }) => article.id)).size).toBe(1);
    expect(await library()).toHaveLength(1);
  });

  test('is there once, whatever the site calls itself', async () => {
    const first = await save({ url: 'http://www.example.org/harbour/index.html?b=2&a=1' });
    expect(first.article.canonicalUrl).toBe('http://www.example.org/harbour?a=1&b=2');
    for (const url of [
      'https://m.example.org/harbour?a=1&b=2',
      'https://EXAMPLE.org/harbour/?b=2&a=1&gclid=3',
    ]) {
      expect(await save({ url })).toMatchObject({ article: first.article, alreadySaved: true });
    }
    expect((await save({ url: `${URL}?a=1&b=3` })).alreadySaved).toBe(false);
  });

  test('is known from then on by the address that its page led from', async () => {
    const html = pageWith(`<link rel="canonical" href="${URL}">`);
    const { article } = await save({ url: URL, html });
    await save({ url: 'https://example.org/print/harbour', html });
    expect(await save({ url: 'https://example.org/print/harbour' })).toMatchObject({
      article: { id: article.id },
      alreadySaved: true,
    });
    await deleteArticle(ground.table, ADA, article);
    expect((await save({ url: 'https://example.org/print/harbour' })).alreadySaved).toBe(false);
  });

  test('can be saved again once it was deleted, from each of its addresses', async () => {
    const html = pageWith(`<link rel="canonical" href="${URL}">`);
    const { article } = await save({ url: 'https://example.org/amp/harbour', html });
    await deleteArticle(ground.table, ADA, article);
    await expect(getArticle(ground, ADA, article.id)).rejects.toMatchObject({ tag: 'not-found' });
    expect(await readText(ground.table, ADA, article.id)).toBe('');
    expect(await findArticleByUrl(ground.table, ADA, URL)).toBeUndefined();
    expect((await save({ url: URL })).alreadySaved).toBe(false);
    expect((await save({ url: 'https://example.org/amp/harbour' })).alreadySaved).toBe(false);
  });

  test("is nobody else's", async () => {
    const { article } = await save({ url: URL });
    await expect(getArticle(ground, 'usr_eve', article.id)).rejects.toMatchObject({ tag: 'not-found' });
    await expect(getArticle(ground, ADA, 'art_1')).rejects.toMatchObject({ tag: 'not-found' });
    await expect(matchAgain(ground, 'usr_eve', article.id)).rejects.toMatchObject({ tag: 'not-found' });
  });
});

describe('hostile words', () => {
  test.each([
    ['control characters', 'Har\u0000bour\u0007\u001b[31m at\u2028noon', 'Har bour [31m at noon'],
    ['half a character', JSON.parse('"Harbour \\ud83d at noon"'), 'Harbour \ufffd at noon'],
    ['lines', 'Harbour\r\nBcc: eve@example.org', 'Harbour Bcc: eve@example.org'],
    ['markup', '<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['no end', 'ha'.repeat(10_000), 'ha'.repeat(150)],
    ['an end inside a character', `${'a'.repeat(299)}🛶 and more`, 'a'.repeat(299)],
  ])('a title with %s stays a title, and the library can be read', async (_, title, kept) => {
    const { article } = await save({ url: URL, title });
    expect(article.title).toBe(kept);
    expect(await library()).toEqual([article]);
  });

  test('an address that hides control characters gives a title of one line', async () => {
    const { article } = await save({ url: 'https://example.org/a%00b%0Ac%E2%80%A8d' });
    expect(await library()).toEqual([article]);
    expect(article.title).toBe('example.org/a b c d');
  });

  test('everything else is kept as well-formed text, within its bounds', async () => {
    const half = JSON.parse('"\\udc00 noon \\u0000"');
    const { article, text } = await save({
      url: URL,
      text: half + 'Gulls. '.repeat(50_000),
      selection: `🛶${'x'.repeat(3_998)}🛶`,
      html: half + pageWith(half),
    });
    expect(text.length).toBeLessThanOrEqual(200_000);
    expect(text.isWellFormed()).toBe(true);
    expect(article.selection).toBe(`🛶${'x'.repeat(3_998)}`.slice(0, 4_000));
    expect(await readText(ground.table, ADA, article.id)).toBe(text);
    expect(await library()).toEqual([article]);
  });

  test('of a text too large for the table even when packed the beginning is kept', async () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return String.fromCharCode(0x0800 + (seed % (0xd800 - 0x0800)));
    };
    const { article, text } = await save({
      title: 'Noise',
      text: Array.from({ length: 200_000 }, random).join(''),
    });
    const kept = await readText(ground.table, ADA, article.id);
    expect(text.startsWith(kept)).toBe(true);
    expect(kept.length).toBeGreaterThanOrEqual(100_000);
  });
});

test('a link that was saved before takes the text that comes along later', async () => {
  const first = await save({ url: URL, title: 'A link' });
  const html = `<title>x</title><p>${'The gulls have the quay to themselves. '.repeat(5)}</p>`;
  const second = await save({ url: URL, title: 'A link', html });
  expect(second).toMatchObject({ alreadySaved: true, toMatch: true, article: { id: first.article.id } });
  expect(await readText(ground.table, ADA, first.article.id)).toContain('The gulls have the quay');
  expect(await getArticle(ground, ADA, first.article.id)).toMatchObject({ savedAt: first.article.savedAt });
  const third = await save({ url: URL, html: '<p>Something else.</p>' });
  expect(third).toMatchObject({ alreadySaved: true, toMatch: false, article: { id: first.article.id } });
});

describe('saved again', () => {
  const later = (input: object, tags?: string[]) => {
    ground.setClock('2026-11-30T08:00:00.000Z');
    return saveArticle(ground, ADA, { url: URL, ...input }, 'bookmarklet', tags ? { tags } : {});
  };

  test('it keeps its date and its words, and gets the new selection, to be matched by', async () => {
    const first = await save({
      url: URL,
      title: 'A harbour',
      text: 'Gulls and terns.',
      selection: 'Two hours.',
    });
    await finishMatch(ground.table, ADA, first.article.id);
    const again = await later({ title: 'Other', selection: 'Nobody comes in.' });
    const article = { ...first.article, selection: 'Two hours.\n\nNobody comes in.' };
    const text = 'Nobody comes in.\n\nTwo hours.\n\nGulls and terns.';
    expect(again).toEqual({ article, text, alreadySaved: true, toMatch: true });
    expect(await getArticle(ground, ADA, article.id)).toEqual(article);
    expect(await readText(ground.table, ADA, article.id)).toBe(text);
    expect(await due(new Date('2026-11-30T08:01:00.000Z'))).toEqual([{ id: article.id, work: 'match' }]);
  });

  test.each([
    ['none', undefined, 'Two hours. No boat comes in.'],
    ['a blank one', '  \n ', 'Two hours. No boat comes in.'],
    ['the same', 'Two  hours. No boat comes in. ', 'Two hours. No boat comes in.'],
    ['a part of it', 'No boat', 'Two hours. No boat comes in.'],
  ])('with %s nothing changes', async (_, selection, kept) => {
    const { article } = await save({ url: URL, text: 'Gulls.', selection: 'Two hours. No boat comes in.' });
    expect(await later({ selection })).toEqual({ article, text: '', alreadySaved: true, toMatch: false });
    expect(article.selection).toBe(kept);
  });

  test('more of a selection takes its place', async () => {
    await save({ url: URL, text: 'Gulls.', selection: 'No boat' });
    expect((await later({ selection: 'No boat comes in.' })).article.selection).toBe('No boat comes in.');
  });

  test.each([
    ['Why education matters', 'cat', 'Why education matters\n\ncat'],
    ['cat', 'Why education matters', 'cat\n\nWhy education matters'],
    ['The education of a cat', 'cat', 'The education of a cat'],
    ['“No boat,” she said.', 'No boat', '“No boat,” she said.'],
    ['東京都の鷺', '東京', '東京都の鷺'],
  ])('"%s" has "%s" in it as whole words, or both are kept', async (before, more, kept) => {
    await save({ url: URL, text: 'Gulls.', selection: before });
    expect((await later({ selection: more })).article.selection).toBe(kept);
  });

  test('selections end at their bound, and the first ones stay', async () => {
    const long = 'a'.repeat(3_990);
    await save({ url: URL, text: 'Gulls.', selection: long });
    const { article } = await later({ selection: 'b'.repeat(50) });
    expect(article.selection).toBe(`${long}\n\n${'b'.repeat(8)}`);
    expect((await later({ selection: 'c'.repeat(50) })).article).toEqual(article);
  });

  test('a bare link that is still to be read stays so', async () => {
    const { article } = await save({ url: URL });
    expect((await later({ selection: 'No boat.' })).toMatch).toBe(true);
    expect(await due(new Date('2026-11-30T08:05:00.000Z'))).toEqual([{ id: article.id, work: 'fetch' }]);
  });

  test('by ten at once, every selection and label is kept', async () => {
    await save({ url: URL, text: 'Gulls.' });
    const numbers = Array.from({ length: 10 }, (_, n) => n);
    await Promise.all(numbers.map((n) => later({ selection: `<${n}>` }, [`label ${n}`])));
    const [article] = await library();
    expect(article?.selection?.split('\n\n').sort()).toEqual(numbers.map((n) => `<${n}>`));
    expect(article?.tags?.toSorted()).toEqual(numbers.map((n) => `label ${n}`));
    const text = await readText(ground.table, ADA, article?.id ?? '');
    for (const n of numbers) expect(text).toContain(`<${n}>`);
  });

  test('with its text, a link keeps the name, the selection and the labels it had', async () => {
    const first = await saveArticle(
      ground,
      ADA,
      { url: `${URL}#top`, title: 'For the wall', selection: 'No boat.' },
      'api',
      { tags: ['sea'] },
    );
    const again = await later({ title: 'Other', selection: 'Two hours.', html: pageWith('') }, [
      'noon',
      'sea',
    ]);
    expect(again.article).toMatchObject({
      id: first.article.id,
      url: `${URL}#top`,
      title: 'For the wall',
      selection: 'No boat.\n\nTwo hours.',
      tags: ['sea', 'noon'],
      savedAt: first.article.savedAt,
      savedBy: 'api',
      wordCount: expect.any(Number),
    });
    expect(again.article.wordCount).toBeGreaterThan(150);
    expect(await getArticle(ground, ADA, first.article.id)).toEqual(again.article);
  });

  test('deleted meanwhile, it says so, and leaves nothing behind', async () => {
    const { article } = await save({ url: URL, text: 'Gulls.' });
    await deleteArticle(ground.table, ADA, article);
    const adding = addTo(ground, ADA, article, { selection: 'No boat.', tags: ['sea'] });
    await expect(adding).rejects.toMatchObject({ tag: 'conflict' });
    expect(await library()).toEqual([]);
    expect((await later({})).alreadySaved).toBe(false);
  });

  test('deleted as it was before, it goes with all its names', async () => {
    const { article } = await save({ url: URL, text: 'Gulls.' });
    await addTo(ground, ADA, article, { aliases: ['example.org/quay'] });
    await deleteArticle(ground.table, ADA, article);
    expect(await library()).toEqual([]);
    expect((await later({ url: 'https://example.org/quay' })).alreadySaved).toBe(false);
  });
});

describe('matching an article', () => {
  test('is due after a minute, unless it was done by then', async () => {
    const first = await save({ url: URL, text: 'Terns.' });
    const second = await save({ text: 'Gulls.' });
    const minuteLater = new Date(NOON.getTime() + 60_000);
    expect(await due(NOON)).toEqual([]);
    expect(await due(minuteLater)).toEqual(
      expect.arrayContaining([
        { id: first.article.id, work: 'match' },
        { id: second.article.id, work: 'match' },
      ]),
    );
    await finishMatch(ground.table, ADA, first.article.id);
    expect(await due(minuteLater)).toEqual([{ id: second.article.id, work: 'match' }]);
  });

  test('given up, it can be asked for again', async () => {
    const { article } = await save({ url: URL, text: 'Terns.' });
    await finishMatch(ground.table, ADA, article.id);
    await ground.table.update(keys.article(ADA, article.id), 'SET #workFailed = :yes', { yes: true });
    await matchAgain(ground, ADA, article.id);
    expect(await due(NOON)).toEqual([{ id: article.id, work: 'match' }]);
    expect(await getArticle(ground, ADA, article.id)).toEqual(article);
  });

  test('brings no deleted article back', async () => {
    const { article } = await save({ url: URL, text: 'Terns.' });
    await deleteArticle(ground.table, ADA, article);
    await finishMatch(ground.table, ADA, article.id);
    expect(await ground.table.get(keys.article(ADA, article.id))).toBeUndefined();
  });
});

describe('the library', () => {
  test('is listed newest first, in pages', async () => {
    for (let n = 0; n < 7; n++) await save({ url: `https://example.org/${n}` });
    const first = await listArticles(ground.table, ADA, { limit: 4 });
    const second = await listArticles(ground.table, ADA, { limit: 4, cursor: first.cursor });
    expect([...first.items, ...second.items].map(({ title }) => title.at(-1))).toEqual([...'6543210']);
    expect(second).not.toHaveProperty('cursor');
  });

  test('walked, gives each article with its own text', async () => {
    for (let n = 0; n < 120; n++) {
      const hasText = n % 7 !== 0;
      await save({
        url: `https://example.org/${n}`,
        title: `Article ${n}`,
        ...(hasText && { text: `Text ${n}` }),
      });
    }
    const found: string[] = [];
    for await (const page of walkLibrary(ground.table, ADA)) {
      found.push(...page.map(({ article, text }) => `${article.title}: ${text}`));
    }
    expect(found).toEqual(
      Array.from({ length: 120 }, (_, n) => `Article ${n}: ${n % 7 === 0 ? '' : `Text ${n}`}`),
    );
  });

  test('walked when it is empty, or its texts are, gives nothing and no error', async () => {
    const pages = [];
    for await (const page of walkLibrary(ground.table, ADA)) pages.push(...page);
    expect(pages).toEqual([]);
    await save({ url: URL });
    for await (const page of walkLibrary(ground.table, ADA)) pages.push(...page);
    expect(pages).toMatchObject([{ text: '' }]);
  });
});
