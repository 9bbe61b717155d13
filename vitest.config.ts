import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take half a minute and more: what begins last of all would be waited for alone. */
const LONG =
  /\/(?:faults\/(?:simulation|planted)|browser\/\w[\w-]*|transfer\/(?:restore|imports)|stack\/stack|flow\/(?:demo|import|kill)|(?:mail|articles)\/hostile)\.test/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: 'test/setup.ts',
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // One more than two cores: much of the time is waiting for processes, timers and the browser.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Failures are provoked on purpose: their log lines say nothing.
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
  },
});
