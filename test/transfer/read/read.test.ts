import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, asyncProperty, constantFrom, string, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../../functions/platform/faults.ts';
import { formatOf, readEntries } from '../../../functions/transfer/read/read.ts';
import { all, cuts, entriesOf } from './reading.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/imports');
const folders = readdirSync(FIXTURES);

function fixture(folder: string): { path: string; expected: unknown } {
  const names = readdirSync(join(FIXTURES, folder));
  const file = names.find((name) => name !== 'expected.json') ?? '';
  const expected: unknown = JSON.parse(readFileSync(join(FIXTURES, folder, 'expected.json'), 'utf8'));
  return { path: join(FIXTURES, folder, file), expected };
}

test.each(folders)('a file as it is written elsewhere: %s', async (folder) => {
  const { path, expected } = fixture(folder);
  expect(await all(readEntries(createReadStream(path)))).toEqual(expected);
});

test.each(folders)('says the same in pieces of one byte: %s', async (folder) => {
  const { path, expected } = fixture(folder);
  expect(await all(readEntries(createReadStream(path, { highWaterMark: 1 })))).toEqual(expected);
});

test.each([
  ['chrome', 'bookmarks'],
  ['safari', 'bookmarks'],
  ['pocket', 'pocket'],
  ['pocket-html', 'pocket'],
  ['instapaper', 'instapaper'],
  ['instapaper-html', 'instapaper'],
  ['raindrop', 'raindrop'],
  ['readwise', 'readwise'],
  ['list', 'links'],
  ['apple', 'vcard'],
  ['vcard21', 'vcard'],
  ['google', 'google-contacts'],
  ['google-old', 'google-contacts'],
  ['outlook', 'outlook-contacts'],
  ['export-pretty', 'hallway'],
  ['export-minified', 'hallway'],
])('%s is told by its beginning as %s', (folder, format) => {
  const start = readFileSync(fixture(folder).path, 'utf8').slice(0, 2000);
  expect(formatOf(start)).toBe(format);
  expect(formatOf(`\ufeff\r\n \n${start}`)).toBe(format);
});

describe('files of no known kind', () => {
  test.each([
    ['words', 'Dear Ada,\n\nhow are you?\n'],
    ['a page', '<!doctype html><title>Owls</title><p><a href="https://example.com/">Owls</a>'],
    ['a page with a list', '<!doctype html><dl><dt><a href="https://example.com/">Owls</a><dd>Birds</dl>'],
    ['another JSON', '{"name": "hallway", "homepage": "https://example.com/"}'],
    ['a JSON list', '[{"url": "https://example.com/"}]'],
    ['a calendar', 'BEGIN:VCALENDAR\nURL:https://example.com/\nEND:VCALENDAR\n'],
    ['a PDF', '%PDF-1.7 https://example.com/'],
    ['a zip', 'PK\u0003\u0004\0\0https://example.com/'],
    ['a table of something else', 'Date,Amount\n2026-11-23,7\n'],
  ])('%s', async (_, content) => {
    await expect(entriesOf(content)).rejects.toMatchObject({
      tag: 'invalid',
      errors: [{ path: '/file', message: expect.stringMatching(/bookmarks.*Pocket.*vCard.*Outlook/) }],
    });
  });

  test.each([
    ['nothing', ''],
    ['white space', ' \r\n\t\n'],
    ['a byte order mark alone', '\ufeff'],
  ])('one with %s in it is empty', async (_, content) => {
    await expect(entriesOf(content)).rejects.toMatchObject({
      tag: 'invalid',
      errors: [{ path: '/file', message: 'This file is empty.' }],
    });
  });

  test('the file is let go', async () => {
    let isOpen = true;
    async function* file() {
      try {
        yield new TextEncoder().encode('x'.repeat(70_000));
        yield new TextEncoder().encode('x');
      } finally {
        isOpen = false;
      }
    }
    await expect(all(readEntries(file()))).rejects.toBeInstanceOf(Fault);
    expect(isOpen).toBe(false);
  });
});

describe('charsets', () => {
  const content = 'https://example.com/caf Café Müller – “Zoë”\r\nhttps://example.com/2 €\r\n';
  const titles = ['Café Müller – “Zoë”', '€'];

  function windows1252(text: string): Uint8Array {
    const special: Record<string, number> = { '€': 0x80, '–': 0x96, '“': 0x93, '”': 0x94 };
    return Uint8Array.from(text, (char) => special[char] ?? char.charCodeAt(0));
  }
  const bigEndian = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();

  test.each([
    ['UTF-8', Buffer.from(content)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${content}`)],
    ['UTF-16 little-endian', Buffer.from(`\ufeff${content}`, 'utf16le')],
    ['UTF-16 big-endian', bigEndian(content)],
    ['windows-1252', windows1252(content)],
    ['windows-1252 at the very end', windows1252(content.trimEnd())],
  ])('%s', async (_, bytes) => {
    for (const sizes of [[bytes.length], [1], [3, 1, 2]]) {
      const entries = await entriesOf(bytes, sizes);
      expect(entries.map((entry) => 'article' in entry && entry.article.title)).toEqual(titles);
    }
  });

  test('are told by the first letters that are not ASCII, however late', async () => {
    const plain = 'https://example.com/1 Plain\n'.repeat(10_000);
    for (const bytes of [
      Buffer.from(plain + content),
      Buffer.concat([Buffer.from(plain), windows1252(content)]),
    ]) {
      const entries = await entriesOf(bytes, [50_000]);
      expect(entries.slice(-2)).toMatchObject(titles.map((title) => ({ article: { title } })));
    }
  });

  test('line ends of any system count as one', async () => {
    const lines = ['https://example.com/1', '', 'https://example.com/3'];
    for (const end of ['\n', '\r\n', '\r']) {
      expect(await entriesOf(lines.join(end), [1])).toMatchObject([{ line: 1 }, { line: 3 }]);
    }
  });
});

describe('whatever comes', () => {
  const beginnings = [
    '',
    '<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><DT><A HREF="',
    'title,url,time_added,tags,status\n',
    'Name,E-mail 1 - Value,Birthday\n',
    'https://example.com/\n',
    'BEGIN:VCARD\nN:',
    'BEGIN:VCARD\nBDAY;ENCODING=QUOTED-PRINTABLE:=\n',
    '{"hallway": 1, "records": [',
  ];
  const pieces = [
    '"',
    '\n',
    '"\n"',
    '<DL>',
    '</DL><DD>',
    '<A HREF=http:',
    '&#x',
    'END:VCARD\n',
    '\nEMAIL;PREF="',
    '{}',
    ',[',
    '\\u',
  ];
  const alphabet = constantFrom(...pieces, 'a', ' ', ';', ':', '=', '\0', '\ud800', '\u202e', 'é');

  async function endsWell(bytes: Uint8Array, sizes: readonly number[]): Promise<void> {
    try {
      let last = 0;
      for (const entry of await entriesOf(bytes, sizes)) {
        expect(Number.isSafeInteger(entry.line) && entry.line >= 1).toBe(true);
        expect(entry.line).toBeGreaterThanOrEqual(last);
        last = entry.line;
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }

  test.each(beginnings)(
    'bytes after %j end in entries in the order of their lines, or in a fault',
    async (start) => {
      await assert(
        asyncProperty(uint8Array({ maxLength: 200 }), cuts, async (rest, sizes) => {
          await endsWell(Buffer.concat([Buffer.from(start), rest]), sizes);
        }),
        { numRuns: 300 },
      );
    },
  );

  test.each(beginnings)('half of its grammar after %j, too', async (start) => {
    await assert(
      asyncProperty(string({ unit: alphabet, maxLength: 60 }), cuts, async (rest, sizes) => {
        await endsWell(Buffer.from(start + rest), sizes);
      }),
      { numRuns: 300 },
    );
  });
});
