import { parseArgs } from 'node:util';
import { type Benchmark, inWords, measure } from './benchmark.ts';
import { firstReady, ready } from './ready.ts';
import { save } from './save.ts';

/** `npm run bench [-- NAME …] [--json]`: all of them, or the named ones. */
const benchmarks: Record<string, Benchmark> = { ready, 'first-ready': firstReady, save };

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const known = Object.keys(benchmarks);
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no benchmark "${unknown}". There are: ${known.join(', ')}.`);
  }
  for (const [name, benchmark] of Object.entries(benchmarks)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const result = await measure(name, benchmark);
    process.stdout.write(`${values.json ? JSON.stringify(result) : inWords(result)}\n`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
