import { expect, test } from 'vitest';
import { MAX_LINE_CHARS } from '../../../functions/transfer/read/lines.ts';
import { readLinks } from '../../../functions/transfer/read/links.ts';
import { all, inPieces } from './reading.ts';

const read = (text: string) => all(readLinks(inPieces(text)));

test.each([
  ['https://example.com/', 'https://example.com/', undefined],
  ['HTTP://EXAMPLE.com/a', 'HTTP://EXAMPLE.com/a', undefined],
  ['  Owls at night: https://example.com/  ', 'https://example.com/', 'Owls at night'],
  ['https://example.com/ - Owls', 'https://example.com/', 'Owls'],
  ['<https://example.com/>', 'https://example.com/', undefined],
  ['- [Owls [2]](https://example.com/a_(b))', 'https://example.com/a_(b)', 'Owls [2]'],
  ['* [x] Owls <https://example.com/>', 'https://example.com/', 'Owls'],
  ['12. "https://example.com/".', 'https://example.com/', undefined],
  ['See (https://example.com/a?b=(c)).', 'https://example.com/a?b=(c)', 'See'],
  ['1984 and after https://example.com/', 'https://example.com/', '1984 and after'],
])('%s', async (line, url, title) => {
  expect(await read(line)).toMatchObject([{ line: 1, article: { url, ...(title && { title }) } }]);
  if (!title) expect(await read(line)).not.toMatchObject([{ article: { title: expect.anything() } }]);
});

test('several in one line', async () => {
  expect(
    await read('https://a.example/ https://b.example/;https://c.example/ [D](https://d.example/)'),
  ).toEqual([
    { line: 1, article: { url: 'https://a.example/' } },
    { line: 1, article: { url: 'https://b.example/' } },
    { line: 1, article: { url: 'https://c.example/' } },
    { line: 1, article: { url: 'https://d.example/', title: 'D' } },
  ]);
});

test('an address that is part of another is not one by itself', async () => {
  const url = 'https://archive.example/web/2020/https://example.com/?u=https://b.example/';
  expect(await read(url)).toEqual([{ line: 1, article: { url } }]);
});

test('comments and empty lines are passed over, other lines have a reason', async () => {
  expect(await read('# Owls https://example.com/\n\n \t\nftp://example.com/\nOwls')).toEqual([
    { line: 4, reason: 'There is no web address in this line.' },
    { line: 5, reason: 'There is no web address in this line.' },
  ]);
});

test('a line that is too long costs itself alone', async () => {
  expect(await read(`${'https://example.com/ '.repeat(MAX_LINE_CHARS / 20)}\nhttps://example.com/2`)).toEqual(
    [
      { line: 1, reason: 'This line is too long to be read.' },
      { line: 2, article: { url: 'https://example.com/2' } },
    ],
  );
});
