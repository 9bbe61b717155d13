import { defineConfig } from 'vitest/config';

export default defineConfig({
  esbuild: { jsx: 'automatic', jsxImportSource: 'hono/jsx' },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: 'test/setup.ts',
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
