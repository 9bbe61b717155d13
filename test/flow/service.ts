import { afterAll } from 'vitest';
import { removeFolders } from './start.ts';

export * from './start.ts';

// Also after a test that failed in the middle.
afterAll(removeFolders);
