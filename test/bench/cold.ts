import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleFunctions, forLambda } from '../../infra/bundle.ts';
import { type FunctionName, functions } from '../../infra/service.ts';
import { type Benchmark, inWords, measure } from './benchmark.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const CHILD = join(import.meta.dirname, 'cold-child.ts');
const NAMES = Object.keys(functions) as FunctionName[];
const run = promisify(execFile);

/** What the API may load at its start, in bytes and in time: this many times the floor. */
export const MOST_OF_FLOOR = 1.25;

const ENVIRONMENT = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  TABLE_NAME: 'hallway',
  ...Object.fromEntries(
    ['SUGGEST', 'SEND', 'FETCH', 'IMPORT'].map((name) => [
      `QUEUE_URL_${name}`,
      `https://sqs.example/${name}`,
    ]),
  ),
  BASE_URL: 'https://hallway.example',
  MAIL_FROM: 'notes@hallway.example',
  INGEST_DOMAIN: 'hallway.example',
  MAIL_BUCKET: 'mail',
  FILES_BUCKET: 'files',
  FILES_URL: 'https://s3.example/files/',
  OWNER_EMAIL: 'ada@hallway.example',
  SIGN_UP: 'owner',
  HALLWAY_SECRETS: JSON.stringify({ signing: 's'.repeat(64), pepper: 'p'.repeat(64) }),
  // Lambda's own cache of compiled code is not to be relied on.
  NODE_DISABLE_COMPILE_CACHE: '1',
};

/** `floor`: the API's clients with Hono and zod alone. `empty`: a handler that does nothing. Into `<dir>/<name>/index.mjs`. */
export async function bundleFloors(dir: string): Promise<void> {
  const entryPoints = [{ in: join(import.meta.dirname, 'cold-floor.ts'), out: 'index' }];
  await build({ ...forLambda({ minify: true }), entryPoints, outdir: join(dir, 'floor') });
  const contents = 'export const handler = async () => ({});';
  await build({
    ...forLambda({ minify: true }),
    stdin: { contents },
    outfile: join(dir, 'empty/index.mjs'),
    splitting: false,
  });
}

/** The bytes of a bundle's `index.mjs` and of what it imports before it does anything. */
export function bytesAtStart(dir: string): number {
  const seen = new Set<string>();
  const walk = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const code = readFileSync(join(dir, file), 'utf8');
    for (const [, path] of code.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([\w.-]+\.mjs)"/g)) walk(path ?? '');
  };
  walk('index.mjs');
  return [...seen].reduce((sum, file) => sum + statSync(join(dir, file)).size, 0);
}

interface Start {
  ms: number;
  megabytes: number;
}

async function start(dir: string): Promise<Start> {
  const file = pathToFileURL(join(dir, 'index.mjs')).href;
  const { stdout } = await run(process.execPath, [CHILD, file], { env: ENVIRONMENT });
  return JSON.parse(stdout) as Start;
}

const KB = 1024;
const rounded = (value: number) => Number(value.toPrecision(3));
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** A function's start against the floor's, in the same run; and what both hold, against a handler that does nothing. */
function coldStart(dir: string, name: FunctionName, rounds: number): Benchmark {
  const ours = join(dir, name);
  const floor = join(dir, 'floor');
  return {
    ours: `loading the bundle of ${name}`,
    against: 'the floor: the API’s SDK clients with Hono and zod alone',
    rounds,
    warmUps: 1,
    async open() {
      const megabytes = { ours: [] as number[], floor: [] as number[] };
      const empty = await start(join(dir, 'empty'));
      const timed = async (folder: string, into: number[]) => {
        const { ms, megabytes: held } = await start(folder);
        into.push(held);
        return ms;
      };
      return {
        ours: () => timed(ours, megabytes.ours),
        peer: () => timed(floor, megabytes.floor),
        also: () => ({
          'KB at the start': rounded(bytesAtStart(ours) / KB),
          'KB of the floor': rounded(bytesAtStart(floor) / KB),
          'bytes, times the floor': rounded(bytesAtStart(ours) / bytesAtStart(floor)),
          'MB resident': rounded(median(megabytes.ours)),
          'MB of the floor': rounded(median(megabytes.floor)),
          'MB of an empty handler': rounded(empty.megabytes),
          'ms of an empty handler': rounded(empty.ms),
        }),
        close: async () => undefined,
      };
    },
  };
}

/** Every function's start; the API's is held against its limit. */
export async function benchCold(json: boolean, print: (line: string) => void): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'hallway-cold-'));
  try {
    await bundleFunctions(ROOT, dir, { minify: true });
    await bundleFloors(dir);
    // Bundles are ES modules without a package around them.
    writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
    for (const name of NAMES) {
      const result = await measure(`cold-${name}`, coldStart(dir, name, name === 'api' ? 20 : 5));
      print(json ? JSON.stringify(result) : inWords(result));
      if (name !== 'api' || json) continue;
      const holds =
        result.ratio.median <= MOST_OF_FLOOR &&
        (result.also?.['bytes, times the floor'] ?? 0) <= MOST_OF_FLOOR;
      print(`  bytes and time at most ${MOST_OF_FLOOR} times the floor: ${holds ? 'holds' : 'BROKEN'}`);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
