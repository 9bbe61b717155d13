import { parseArgs } from 'node:util';
import { type Benchmark, inWords, measure } from './benchmark.ts';
import { extract, extractArguments } from './extract.ts';
import { bringIn } from './import.ts';
import { benchMatching } from './matching.ts';
import { firstReady, ready } from './ready.ts';
import { save } from './save.ts';

const NAMES = ['ready', 'first-ready', 'save', 'extract', 'import', 'matching'];

/**
 * `npm run bench [-- NAME …] [--json]`: all of them, or the named ones. `matching FILE… [--no-sentences]` measures the
 * quality of matching, too, on each file.
 */
const print = (line: string) => process.stdout.write(`${line}\n`);

try {
  const own = extractArguments(process.argv.slice(2), NAMES);
  const benchmarks: Record<string, Benchmark> = {
    ready,
    'first-ready': firstReady,
    save,
    extract: extract(own),
    import: bringIn,
  };
  const { values, positionals } = parseArgs({
    args: own.rest,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      'no-sentences': { type: 'boolean', default: false },
    },
  });
  const files = positionals.includes('matching') ? positionals.filter((name) => name.endsWith('.json')) : [];
  const unknown = positionals.find((name) => !NAMES.includes(name) && !files.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no benchmark "${unknown}". There are: ${NAMES.join(', ')}.`);
  }
  for (const [name, benchmark] of Object.entries(benchmarks)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const result = await measure(name, benchmark);
    print(values.json ? JSON.stringify(result) : inWords(result));
  }
  if (positionals.length === 0 || positionals.includes('matching')) {
    await benchMatching(files, { json: values.json, sentences: !values['no-sentences'] }, print);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
