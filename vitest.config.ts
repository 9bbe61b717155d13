import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take longest, the longest first: one of them that is started last is waited for alone. */
const LONG = [
  'articles/hostile',
  'faults/simulation',
  'mail/hostile',
  'stack/stack',
  'browser/page-text',
  'web/bad-input',
  'faults/planted',
  'web/desk',
  'browser/imports',
  'browser/pages',
  'flow/import',
  'flow/life',
  'transfer/imports',
  'web/for',
  'transfer/restore',
  'flow/demo',
  'notes/queue',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((name) => moduleId.includes(`/test/${name}.test.`));
      return place < 0 ? LONG.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

/**
 * Tests of the rooms: their files share a process, in which the models and the SDK are loaded once. All others, and hostile
 * ones, start processes and set what those are to read: they have one each.
 */
const ROOMS =
  'test/{accounts,articles,friends,ledger,mail,matching,notes,transfer,web}/**/!(hostile).test.{ts,tsx}';
const ALL = 'test/**/*.test.{ts,tsx}';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  test: {
    globalSetup: 'test/setup.ts',
    setupFiles: ['test/each-file.ts'],
    // Long enough for a machine that does something else beside: what hangs is found all the same.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One more than two cores: much of the time is waiting for processes, timers and the browser.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Failures are provoked on purpose: their log lines say nothing.
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
    projects: [
      { extends: true, test: { name: 'rooms', include: [ROOMS], isolate: false } },
      { extends: true, test: { name: 'whole', include: [ALL], exclude: [ROOMS] } },
    ],
  },
});
