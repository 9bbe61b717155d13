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
  ['[Owls :(](https://example.com/)', 'https://example.com/', 'Owls :('],
  ['* [x] Owls <https://example.com/>', 'https://example.com/', 'Owls'],
  ['12. "https://example.com/".', 'https://example.com/', undefined],
  ['See (https://example.com/a?b=(c)).', 'https://example.com/a?b=(c)', 'See'],
  ['1984 and after https://example.com/', 'https://example.com/', '1984 and after'],
  ['(see https://example.com/12).', 'https://example.com/12', undefined],
  ['Two owls (see [here] https://example.com/12).', 'https://example.com/12', 'Two owls'],
  ['Owls "https://example.com/"', 'https://example.com/', 'Owls'],
  ['"https://example.com/" Owls', 'https://example.com/', 'Owls'],
  ['https://example.com/ (Owls)', 'https://example.com/', '(Owls)'],
  ['https://example.com/ ``` |>', 'https://example.com/', undefined],
  ['https://example.com/ 🦉', 'https://example.com/', '🦉'],
  ['https://bücher.example/ä ö', 'https://bücher.example/ä', 'ö'],
  ['http://localhost:3000/ Owls', 'http://localhost:3000/', 'Owls'],
  ['http://[::1]/ Owls', 'http://[::1]/', 'Owls'],
])('%s', async (line, url, title) => {
  expect(await read(line)).toMatchObject([{ line: 1, article: { url, ...(title && { title }) } }]);
  if (!title) expect(await read(line)).not.toMatchObject([{ article: { title: expect.anything() } }]);
});

test.each([
  ['a row without a header', 'https://example.com/4,Some title,tag', 'https://example.com/4', 'Some title'],
  ['its title alone', 'https://example.com/4,Some title', 'https://example.com/4', 'Some title'],
  ['a quoted title', 'https://example.com/4,"Owls, ""bats""",tag', 'https://example.com/4', 'Owls, "bats"'],
  [
    'a title with a comma',
    'https://example.com/4,Owls, and bats,tag',
    'https://example.com/4',
    'Owls, and bats',
  ],
  ['a comma and a space', 'https://example.com/4, Owls, bats', 'https://example.com/4', 'Owls, bats'],
  ['a comma of the address', 'https://example.com/a,b', 'https://example.com/a,b', undefined],
  ['one before a title', 'https://example.com/0,15,x.html Owls', 'https://example.com/0,15,x.html', 'Owls'],
])('a comma after the address: %s', async (_, line, url, title) => {
  expect(await read(line)).toEqual([{ line: 1, article: { url, ...(title && { title }) } }]);
});

test.each(['http://not a url', 'https://exa mple.com/x', 'Owls http://not.', 'https://owls'])(
  'an address that breaks off in its host is none: %s',
  async (line) => {
    expect(await read(`https://example.com/\n${line}`)).toEqual([
      { line: 1, article: { url: 'https://example.com/' } },
      { line: 2, reason: 'The web address in this line is not whole.' },
    ]);
  },
);

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
