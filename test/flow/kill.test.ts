import { afterAll, expect, test } from 'vitest';
import { surviveKills } from './kills.ts';
import { removeFolders } from './start.ts';

afterAll(removeFolders);

test('what was acknowledged outlives every kill, and each note leaves once or is uncertain', {
  timeout: 60_000,
}, async () => {
  const { notes, delivered, uncertain, before, wrong } = await surviveKills([
    { how: 'tree', afterMs: 500 },
    { how: 'group', afterMs: 300 },
    { how: 'npm', afterMs: 100 },
  ]);
  expect(wrong).toEqual([]);
  expect(delivered).toBeGreaterThan(before.at(-1) ?? 0);
  expect(delivered + uncertain).toBeGreaterThanOrEqual(notes);
});
