import { defineConfig } from 'vitest/config';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: 'test/setup.ts',
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // One more than two cores: much of the time is waiting for processes, timers and the browser.
    maxWorkers: 3,
    // Failures are provoked on purpose: their log lines say nothing.
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
  },
});
