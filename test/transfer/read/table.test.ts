import { array, assert, asyncProperty, constantFrom, nat, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../../functions/transfer/read/csv.ts';
import { linesOf, MAX_LINE_CHARS } from '../../../functions/transfer/read/lines.ts';
import { all, cuts, entriesOf, inPieces } from './reading.ts';

const rows = (text: string, delimiter = ',', sizes?: readonly number[]) =>
  all(rowsOf(linesOf(inPieces(text, sizes)), delimiter));

describe('rows', () => {
  test('cells in quotation marks hold delimiters, line ends and quotation marks', async () => {
    expect(await rows('a,"b, ""c""\n\nd",e\nf,,\n')).toEqual([
      { line: 1, cells: ['a', 'b, "c"\n\nd', 'e'] },
      { line: 4, cells: ['f', '', ''] },
    ]);
  });

  test('a quotation mark inside a plain cell is one', async () => {
    expect(await rows('5" pipes,a"b"\n')).toEqual([{ line: 1, cells: ['5" pipes', 'a"b"'] }]);
  });

  test.each([
    ['never closed', 'a,"b\nc,d\ne,f', 'not closed'],
    ['closed in the middle of a cell', 'a,"b" c\nc,d\ne,f', 'middle'],
    ['closed in the middle of a cell of a later line', 'a,"b\nc,d\ne,f\n"x"y,z', 'not closed'],
  ])('one that is %s costs its own line alone', async (_, text, reason) => {
    const [broken, ...others] = await rows(text);
    expect(broken).toEqual({ line: 1, reason: expect.stringContaining(reason) });
    expect(others.slice(0, 2)).toEqual([
      { line: 2, cells: ['c', 'd'] },
      { line: 3, cells: ['e', 'f'] },
    ]);
  });

  test('a line that is too long costs itself alone', async () => {
    const long = 'x'.repeat(MAX_LINE_CHARS + 1);
    expect(await rows(`a\n${long}\n"b\n${long}"\nc\n`)).toEqual([
      { line: 1, cells: ['a'] },
      { line: 2, reason: 'This line is too long to be read.' },
      { line: 3, reason: 'A quotation mark in this line is not closed.' },
      { line: 4, reason: 'This line is too long to be read.' },
      { line: 5, cells: ['c'] },
    ]);
  });

  test('a cell that is too long over many lines costs its first line', async () => {
    const lines = MAX_LINE_CHARS / 128 + 10;
    const many = `${'x'.repeat(127)}\n`.repeat(lines);
    const found = await rows(`"${many}a,b\n`);
    expect(found[0]).toMatchObject({ line: 1, reason: expect.any(String) });
    expect(found.at(-1)).toMatchObject({ cells: ['a', 'b'] });
    expect(found).toHaveLength(lines + 1);
  });

  test('lines that all open a cell and never close it are read once, not each to the end', async () => {
    // Each attempt would read a megabyte: an hour in all.
    expect(await rows('x","y\n'.repeat(200_000))).toHaveLength(200_000);
  });

  test('what goes in comes out, with its line, however it is cut', async () => {
    const cell = string({ unit: constantFrom('a', 'é', '😀', ' ', '"', ',', ';', '\t', '\n'), maxLength: 6 });
    const table = array(array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 8 });
    await assert(
      asyncProperty(table, constantFrom(',', ';', '\t'), cuts, async (cells, delimiter, sizes) => {
        let text = '';
        const expected = cells.map((row) => {
          const line = text.split('\n').length;
          text += `${row.map((one) => `"${one.replaceAll('"', '""')}"`).join(delimiter)}\n`;
          return { line, cells: row };
        });
        expect(await rows(text, delimiter, sizes)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('every line is in a row or has a reason, whatever the quotation marks', async () => {
    const line = string({ unit: constantFrom('a', '"', ','), minLength: 1, maxLength: 6 });
    await assert(
      asyncProperty(array(line, { maxLength: 12 }), async (lines) => {
        let next = 1;
        for (const row of await rows(lines.join('\n'))) {
          expect(row.line).toBe(next);
          next += 'cells' in row ? row.cells.join('').split('\n').length : 1;
        }
        expect(next).toBe(lines.length + 1);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('articles', () => {
  const article = { url: 'https://example.com/', title: 'Owls, at night' };

  test.each([
    ['commas', 'URL,Title\nhttps://example.com/,"Owls, at night"\n'],
    ['semicolons', 'title;url\nOwls, at night;https://example.com/\n'],
    ['tabs', 'link\ttitle\nhttps://example.com/\tOwls, at night\n'],
    ['quoted names', '"Title","Href"\n"Owls, at night","https://example.com/"\n'],
    ['a row too long and empty cells', 'x,url,title,y\n,https://example.com/,"Owls, at night",,,,\n'],
  ])('with %s', async (_, text) => {
    expect(await entriesOf(text)).toEqual([{ line: 2, article }]);
  });

  test('with the line that Excel puts above', async () => {
    expect(await entriesOf('sep=;\nurl;title\nhttps://example.com/;Owls, at night\n')).toEqual([
      { line: 3, article },
    ]);
  });

  test('one column is a table, too; its header is no article', async () => {
    expect(await entriesOf('url\nhttps://example.com/\n\nno\n')).toEqual([
      { line: 2, article: { url: 'https://example.com/' } },
      { line: 4, reason: 'Not a web address.' },
    ]);
  });

  test.each([
    ['birds|night', ['birds', 'night']],
    ['birds, night', ['birds', 'night']],
    ['["birds","at, night"]', ['birds', 'at, night']],
    ["['birds', 'night']", ['birds', 'night']],
    ['[]', undefined],
    ['Birds|birds| BIRDS ', ['Birds']],
    ['\u202ebi\u0007rds', ['birds']],
  ])('tags written %j', async (written, tags) => {
    const [entry] = await entriesOf(`url,tags\nhttps://example.com/,"${written.replaceAll('"', '""')}"\n`);
    expect(entry).toEqual({ line: 2, article: { url: 'https://example.com/', ...(tags && { tags }) } });
  });

  test.each([
    ['2024-05-01T10:00:00.000Z', '2024-05-01T10:00:00.000Z'],
    ['2024-05-01T10:00:00+02:00', '2024-05-01T08:00:00.000Z'],
    ['2024-05-01 10:00:00+0200', '2024-05-01T08:00:00.000Z'],
    ['2024-05-01 10:00:00', '2024-05-01T10:00:00.000Z'],
    ['2024-05-01 10:00:00 UTC', '2024-05-01T10:00:00.000Z'],
    ['2024-05-01', '2024-05-01T00:00:00.000Z'],
    ['1714557600', '2024-05-01T10:00:00.000Z'],
    ['2024-02-30', undefined],
    ['2024-05-01T25:00:00Z', undefined],
    ['1 May 2024', undefined],
  ])('a date written %j', async (written, savedAt) => {
    const [entry] = await entriesOf(`url,created\nhttps://example.com/,${written}\n`);
    expect(entry).toEqual({ line: 2, article: { url: 'https://example.com/', ...(savedAt && { savedAt }) } });
  });
});

describe('people', () => {
  test('with an address book of another kind', async () => {
    expect(await entriesOf('Name;Email;Birthday\nAda Lovelace;ada@example.org;10.12.1984\n')).toEqual([
      { line: 2, friend: { name: 'Ada Lovelace', email: 'ada@example.org', birthday: '1984-12-10' } },
    ]);
  });

  test('the first address that is one is theirs; one with a star before it', async () => {
    const header = 'Name,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value';
    const entries = await entriesOf(
      `${header}\nAda,,nobody ::: ada@example.org,,a@example.org\nGrace,,g@example.org,* Work,grace@example.org\n`,
    );
    expect(entries).toEqual([
      { line: 2, friend: { name: 'Ada', email: 'ada@example.org', otherEmails: ['a@example.org'] } },
      { line: 3, friend: { name: 'Grace', email: 'grace@example.org', otherEmails: ['g@example.org'] } },
    ]);
  });

  test('a cell of fifty thousand addresses has a first one', async () => {
    const [entry] = await entriesOf(`Name,Email\nAda,${'ada@example.org ::: '.repeat(50_000)}\n`);
    expect(entry).toMatchObject({ friend: { email: 'ada@example.org' } });
  });

  test('a name is one line of at most a hundred characters', async () => {
    const [entry] = await entriesOf(`Name,Email\n"\u202eAda\nLovelace ${'x'.repeat(200)}",\n`);
    expect(entry).toEqual({ line: 2, friend: { name: `Ada Lovelace ${'x'.repeat(87)}` } });
  });

  test('what goes in comes out', async () => {
    await assert(
      asyncProperty(array(nat(9999), { maxLength: 30 }), cuts, async (numbers, sizes) => {
        const lines = numbers.map((number) => `"Ada ""${number}""",Żak,ada${number}@example.org,--12-09,`);
        const text = `First Name,Last Name,E-mail 1 - Value,Birthday,Labels\r\n${lines.join('\r\n')}`;
        expect(await entriesOf(text, sizes)).toEqual(
          numbers.map((number, place) => ({
            line: place + 2,
            friend: { name: `Ada "${number}" Żak`, email: `ada${number}@example.org`, birthday: '--12-09' },
          })),
        );
      }),
      { numRuns: 100 },
    );
  });
});
