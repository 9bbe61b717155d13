import fs from 'node:fs';
import { registerHooks, syncBuiltinESMExports } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * Prints what a function's code loads and reads, as two lines of JSON: when it is imported, and then when matching asks for
 * its models. In a process of its own: `node what-loads.ts <bundle> <models.ts>`.
 */
const seen = new Set<string>();
registerHooks({
  load(url, context, next) {
    seen.add(url);
    return next(url, context);
  },
});
for (const name of ['readFile', 'open'] as const) {
  const real = fs.promises[name] as (...all: unknown[]) => unknown;
  Object.assign(fs.promises, {
    [name]: (...all: unknown[]) => {
      seen.add(String(all[0]));
      return real(...all);
    },
  });
}
const readFileSync = fs.readFileSync as (...all: unknown[]) => unknown;
Object.assign(fs, {
  readFileSync: (...all: unknown[]) => {
    seen.add(String(all[0]));
    return readFileSync(...all);
  },
});
syncBuiltinESMExports();

const say = () => process.stdout.write(`${JSON.stringify([...seen])}\n`);
const [bundle = '', models = ''] = process.argv.slice(2);
await import(pathToFileURL(bundle).href);
say();
const { models: load } = await import(pathToFileURL(models).href);
await load((_: string, error: unknown) => {
  throw error;
});
say();
