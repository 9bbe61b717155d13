import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { extractArguments, pagesIn } from './extract.ts';

const NAMES = ['extract', 'import', 'matching'];

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'pages-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}

describe('its own arguments', () => {
  test('stand in any order', () => {
    const dir = folder();
    const file = join(dir, 'lines.json');
    for (const args of [
      ['extract', dir, '--json', file],
      ['extract', '--json', file, dir],
      ['--json', file, 'extract', dir],
      ['--json', file, dir, 'extract'],
    ]) {
      expect(extractArguments(args, NAMES)).toEqual({ rest: expect.any(Array), dir, file });
      expect(extractArguments(args, NAMES).rest.toSorted()).toEqual(['--json', 'extract']);
    }
  });

  test('are told from those of the others', () => {
    const dir = folder();
    expect(extractArguments(['matching', 'set.json', '--json'], NAMES).rest).toHaveLength(3);
    expect(extractArguments(['extract', '--json', dir], NAMES)).toEqual({ rest: ['extract', '--json'], dir });
    expect(extractArguments(['--json', 'extract', 'matching', 'set.json', dir], NAMES)).toEqual({
      rest: ['--json', 'extract', 'matching', 'set.json'],
      dir,
    });
  });

  test('name a folder that is there', () => {
    const missing = join(folder(), 'missing');
    expect(() => extractArguments(['extract', missing], NAMES)).toThrow(`There is no folder "${missing}"`);
  });
});

test('every folder is a page, or says why it is none', () => {
  const dir = folder();
  for (const name of ['cyrillic', 'empty', 'nothing']) mkdirSync(join(dir, name));
  writeFileSync(join(dir, 'README.md'), 'Pages.');
  writeFileSync(join(dir, 'empty', 'source.html'), '');
  const head = '<meta charset="windows-1251"><link rel="canonical" href="https://example.com/a"><title>';
  writeFileSync(
    join(dir, 'cyrillic', 'source.html'),
    Buffer.concat([Buffer.from(head), Buffer.from([0xcc, 0xe8, 0xf0]), Buffer.from('</title>')]),
  );
  expect(pagesIn(dir)).toEqual([
    { name: 'cyrillic', html: `${head}Мир</title>`, url: 'https://example.com/a' },
    { name: 'empty', error: 'The page is empty.' },
    { name: 'nothing', error: 'There is no source.html.' },
  ]);
});
