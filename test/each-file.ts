import fc from 'fast-check';
import { afterAll, vi } from 'vitest';
import { removeFolders } from './flow/start.ts';

/**
 * Properties are tried on the same examples each time, so that the same code gets the same answer. `PROPERTY_SEED=…` tries
 * others; a counterexample that is found becomes an example of its own.
 */
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 20_261_123) });

// The next file has the same process: nothing of this one is left in it, also after a test that failed in the middle.
afterAll(() => {
  removeFolders();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});
