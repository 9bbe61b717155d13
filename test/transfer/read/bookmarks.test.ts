import { array, assert, asyncProperty, integer, nat, option, record, string, uniqueArray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_URL_CHARS } from '../../../functions/articles/url.ts';
import { readBookmarks } from '../../../functions/transfer/read/bookmarks.ts';
import { all, cuts, entriesOf, inPieces } from './reading.ts';

const HEAD = '<!DOCTYPE NETSCAPE-Bookmark-file-1>\n';
const read = (...lines: string[]) => entriesOf(HEAD + lines.join('\n'));

test.each([
  ['seconds', '1650000100', '2022-04-15T05:21:40.000Z'],
  ['milliseconds', '1650000100123', '2022-04-15T05:21:40.123Z'],
  ['microseconds', '1650000100123456', '2022-04-15T05:21:40.123Z'],
  ['the future is kept', '4102444800', '2100-01-01T00:00:00.000Z'],
  ['nothing', '', undefined],
  ['zero', '0', undefined],
  ['before 1970', '-1650000100', undefined],
  ['before there was a web', '86400', undefined],
  ['no number', 'yesterday', undefined],
  ['beyond any date', '99999999999999999999', undefined],
])('a date in %s', async (_, written, savedAt) => {
  const [entry] = await read(`<DT><A HREF="https://example.com/" ADD_DATE="${written}">Owls</A>`);
  expect(entry).toEqual({
    line: 2,
    article: { url: 'https://example.com/', title: 'Owls', ...(savedAt && { savedAt }) },
  });
});

test.each([
  ['javascript:alert(1)', 'A bookmarklet, not a page.'],
  [' JavaScript:alert(1)', 'A bookmarklet, not a page.'],
  ['data:text/html,hello', 'Data written out, not a page of the web.'],
  ['place:sort=8', 'A saved search of the browser, not a page.'],
  ['about:blank', 'A page of the browser itself, not of the web.'],
  ['edge://settings', 'A page of the browser itself, not of the web.'],
  ['chrome-extension://abc/page.html', 'A page of the browser itself, not of the web.'],
  ['file:///etc/passwd', 'A file on one machine, not a page of the web.'],
  ['ftp://example.com/', 'Not a web address.'],
  ['constructor:x', 'Not a web address.'],
  ['example.com', 'Not a web address.'],
  ['', 'There is no web address.'],
  [`https://example.com/${'a'.repeat(MAX_URL_CHARS)}`, 'The address is longer than 2048 characters.'],
])('%.60s is no page, and what comes after it is read', async (href, reason) => {
  const entries = await read(`<DT><A HREF="${href}">One</A>`, '<DT><A HREF="https://example.com/2">Two</A>');
  expect(entries).toEqual([
    { line: 2, reason },
    { line: 3, article: { url: 'https://example.com/2', title: 'Two' } },
  ]);
});

describe('written carelessly', () => {
  test('without any end tag', async () => {
    const entries = await read(
      '<dl><dt><h3>Birds',
      '<dl><dt><a href=https://example.com/owls add_date=1650000100>Owls',
      '<dd>At night',
      "<dt><a href='https://example.com/swifts'>Swifts",
    );
    expect(entries).toEqual([
      {
        line: 3,
        article: {
          url: 'https://example.com/owls',
          title: 'Owls',
          savedAt: '2022-04-15T05:21:40.000Z',
          tags: ['Birds'],
          selection: 'At night',
        },
      },
      { line: 5, article: { url: 'https://example.com/swifts', title: 'Swifts', tags: ['Birds'] } },
    ]);
  });

  test('with more lists closed than opened', async () => {
    const entries = await read('</DL></DL><DL></DL></DL>', '<DT><A HREF="https://example.com/">Owls</A>');
    expect(entries).toEqual([{ line: 3, article: { url: 'https://example.com/', title: 'Owls' } }]);
  });

  test('over several lines: the line is where the tag begins', async () => {
    const entries = await read('', '<DT><A', '  HREF="https://example.com/"', '>Owls', 'at night</A>');
    expect(entries).toEqual([{ line: 3, article: { url: 'https://example.com/', title: 'Owls at night' } }]);
  });

  test('with other elements in a title, and marks that hide what it says', async () => {
    const [entry] = await read(
      '<DT><A HREF="https://example.com/"><b>Owls</b> \u202eat\u0007\t<i>night</i></A>',
    );
    expect(entry).toMatchObject({ article: { title: 'Owls at night' } });
  });
});

describe('folders', () => {
  const link = '<DT><A HREF="https://example.com/">Owls</A>';
  const tagsIn = async (...lines: string[]) => {
    const [entry] = await read('<DL>', ...lines, link);
    return entry && 'article' in entry ? entry.article.tags : entry;
  };

  test.each([
    ['its own mark', '<H3 PERSONAL_TOOLBAR_FOLDER="true">My bar</H3>'],
    ['its name', '<H3>Other bookmarks</H3>'],
    ['its name in German', '<H3>Weitere Lesezeichen</H3>'],
  ])('of the browser, by %s, are no tags', async (_, heading) => {
    expect(await tagsIn(heading, '<DL>')).toBeUndefined();
    expect(await tagsIn(heading, '<DL>', '<H3>Birds</H3>', '<DL>')).toEqual(['Birds']);
  });

  test('of the same name further in are tags', async () => {
    expect(await tagsIn('<H3>Birds</H3>', '<DL>', '<H3>Favorites</H3>', '<DL>')).toEqual([
      'Birds',
      'Favorites',
    ]);
  });

  test('that are closed are no longer', async () => {
    expect(await tagsIn('<H3>Birds</H3>', '<DL>', '</DL>', '<H3>Trees</H3>', '<DL>')).toEqual(['Trees']);
  });

  test('may be nested as deep as they will', async () => {
    const deep = 50_000;
    const entries = await read('<DL><H3>x</H3>'.repeat(deep), link, '</DL>'.repeat(deep), link);
    expect(entries).toEqual([
      { line: 3, article: expect.objectContaining({ tags: ['x'] }) },
      { line: 5, article: expect.not.objectContaining({ tags: expect.anything() }) },
    ]);
  });
});

test('titles, tags and descriptions are cut, and tags are at most fifty', async () => {
  const tags = Array.from({ length: 80 }, (_, place) => `${'t'.repeat(150)}${place}`.slice(place)).join(',');
  const [entry] = await read(
    `<DT><A HREF="https://example.com/" TAGS="${tags}">${'😀'.repeat(3000)}</A><DD>${'d '.repeat(9000)}`,
  );
  const article = entry && 'article' in entry ? entry.article : undefined;
  expect(article?.title).toBe('😀'.repeat(150));
  expect(article?.tags?.length).toBeLessThanOrEqual(50);
  expect(article?.tags?.every((tag) => tag.length <= 100)).toBe(true);
  expect(article?.selection).toHaveLength(3999);
});

test('an attribute of ten megabytes costs its own bookmark alone', async () => {
  const entries = await read(
    `<DT><A ICON="data:${'a'.repeat(10_000_000)}" HREF="https://example.com/1">One</A>`,
    `<DT><A HREF="https://example.com/${'a'.repeat(10_000_000)}">Two</A>`,
    '<DT><A HREF="https://example.com/3">Three</A>',
  );
  expect(entries).toEqual([
    { line: 2, article: { url: 'https://example.com/1', title: 'One' } },
    { line: 3, reason: 'The address is longer than 2048 characters.' },
    { line: 4, article: { url: 'https://example.com/3', title: 'Three' } },
  ]);
});

test('nothing is lost where the file is cut to be read', async () => {
  const url = `https://example.com/?q=${'&amp;'.repeat(80)}${'a'.repeat(1000)}&copy;`;
  const html = `<DT><A TAGS="${'&#233;'.repeat(9)}" HREF="${url}">${'&lt;b&gt; &hearts; '.repeat(10)}</A>`;
  const [whole] = await all(readBookmarks(inPieces(html)));
  expect(whole).toMatchObject({
    article: { url: `https://example.com/?q=${'&'.repeat(80)}${'a'.repeat(1000)}©` },
  });
  for (const size of [1, 2, 3, 7, 50, 1000]) {
    expect(await all(readBookmarks(inPieces(html, [size])))).toEqual([whole]);
  }
});

test('what goes in comes out, with its line, however it is cut', async () => {
  const word = string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .map((text) => text.replace(/[^\p{L}\p{N}<>&"';#]/gu, ''))
    .filter((text) => /[\p{L}\p{N}]/u.test(text));
  const bookmark = record(
    {
      number: nat(),
      title: array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' ')),
      savedAt: option(integer({ min: 700_000_000, max: 4_000_000_000 }), { nil: undefined }),
      tags: uniqueArray(nat(999), { maxLength: 4 }),
      selection: option(word, { nil: undefined }),
      emptyLines: nat(3),
    },
    { noNullPrototype: true },
  );
  const escaped = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

  await assert(
    asyncProperty(array(bookmark, { maxLength: 8 }), cuts, async (bookmarks, sizes) => {
      let html = `${HEAD}<DL><p>\n`;
      const expected = bookmarks.map(({ number, title, savedAt, tags, selection, emptyLines }) => {
        html += '\n'.repeat(emptyLines);
        const line = html.split('\n').length;
        const date = savedAt === undefined ? '' : ` ADD_DATE="${savedAt}"`;
        html += `  <DT><A HREF="https://example.com/?a=${number}&amp;b=1"${date} TAGS="${tags.join(',')}">${escaped(title)}</A>\n`;
        if (selection !== undefined) html += `  <DD>${escaped(selection)}\n`;
        return {
          line,
          article: {
            url: `https://example.com/?a=${number}&b=1`,
            title,
            ...(savedAt !== undefined && { savedAt: new Date(savedAt * 1000).toISOString() }),
            ...(tags.length > 0 && { tags: tags.map(String) }),
            ...(selection !== undefined && { selection }),
          },
        };
      });
      html += '</DL><p>\n';
      expect(await all(readBookmarks(inPieces(html, sizes)))).toEqual(expected);
      expect(await entriesOf(html, sizes)).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});
