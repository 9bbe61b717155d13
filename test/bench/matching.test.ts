import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Judged, qualityOf, readJudged } from './matching.ts';

const ONE = {
  name: 'one',
  articles: [{ id: 'a', title: 'A harbour', text: 'At noon.', gold: ['harbours'] }],
  networks: [[{ id: 'grace', interests: ['harbours'] }], [{ id: 'mia', interests: ['chess'] }]],
  cases: [{ article: 0, network: 0, fit: true }],
};

function folderWith(file: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'hallway-bench-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'judged'), file);
  return dir;
}

test('a file is read from where the command was typed, with or without a byte order mark', () => {
  const dir = folderWith(`\uFEFF${JSON.stringify(ONE, null, 1).replaceAll('\n', '\r\n')}`);
  vi.stubEnv('INIT_CWD', dir);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(readJudged('judged')).toEqual(Judged.parse(ONE));
  expect(readJudged(join(dir, 'judged'))).toEqual(Judged.parse(ONE));
});

test('a title without a text has an empty one', () => {
  const [article] = ONE.articles;
  const titles = {
    ...ONE,
    articles: [
      { ...article, text: undefined },
      { ...article, text: null },
    ],
  };
  const dir = folderWith(JSON.stringify(titles));
  expect(readJudged(join(dir, 'judged')).articles.map(({ text }) => text)).toEqual(['', '']);
});

test('what cannot be read is named', () => {
  for (const file of [
    '',
    '{"name":',
    '[]',
    JSON.stringify({ ...ONE, cases: [{ ...ONE.cases[0], article: 1 }] }),
  ]) {
    const path = join(folderWith(file), 'judged');
    expect(() => readJudged(path), file).toThrow(`${path} cannot be read`);
  }
});

test('a case in which nobody can be found says nothing of the order', () => {
  const cases = [...ONE.cases, { article: 0, network: 1, fit: true }];
  expect(qualityOf(Judged.parse({ ...ONE, cases }), [[3], [1]])).toEqual({
    ndcg5: 1,
    mrr: 1,
    p1: 1,
    recall3: 1,
  });
});
