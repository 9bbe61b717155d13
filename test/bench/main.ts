import { parseArgs } from 'node:util';
import { type Benchmark, inWords, measure } from './benchmark.ts';
import { benchCancels } from './cancels.ts';
import { benchCold } from './cold.ts';
import { extract, extractArguments } from './extract.ts';
import { benchFaults, faultsArguments } from './faults.ts';
import { bringIn } from './import.ts';
import { benchKills } from './kills.ts';
import { benchMatching } from './matching.ts';
import { benchQueue } from './queue.ts';
import { firstReady, ready } from './ready.ts';
import { save } from './save.ts';

const NAMES = [
  'ready',
  'first-ready',
  'save',
  'extract',
  'import',
  'matching',
  'queue',
  'kills',
  'cancels',
  'faults',
  'cold',
];

/**
 * `npm run bench [-- NAME …] [--json]`: all of them, or the named ones. `matching FILE… [--no-sentences]` measures the
 * quality of matching, too, on each file. Of the send queue: `queue [--notes N]`, `kills [--rounds N] [--seed S]`,
 * `cancels [--notes N] [--seed S]`, `faults [--seeds N] [--from S]`, `faults --replay SEED`.
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
      notes: { type: 'string', default: '10000' },
      rounds: { type: 'string', default: '25' },
      seed: { type: 'string', default: '1' },
      ...faultsArguments,
    },
  });
  // Whatever its name ends in: only `matching` takes files.
  const others = positionals.filter((name) => !NAMES.includes(name));
  const files = positionals.includes('matching') ? others : [];
  const unknown = others.find((name) => !files.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no benchmark "${unknown}". There are: ${NAMES.join(', ')}.`);
  }
  for (const [name, benchmark] of Object.entries(benchmarks)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const result = await measure(name, benchmark);
    print(values.json ? JSON.stringify(result) : inWords(result));
  }
  if (positionals.length === 0 || positionals.includes('cold')) await benchCold(values.json, print);
  if (positionals.length === 0 || positionals.includes('matching')) {
    await benchMatching(files, { json: values.json, sentences: !values['no-sentences'] }, print);
  }
  const number = (name: 'notes' | 'rounds' | 'seed') => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} must be a whole number.`);
    return value;
  };
  const { json } = values;
  const proofs: Record<string, () => Promise<boolean>> = {
    queue: () => benchQueue({ notes: number('notes'), json }, print),
    kills: () => benchKills({ rounds: number('rounds'), seed: number('seed'), json }, print),
    cancels: () => benchCancels({ notes: number('notes'), seed: number('seed'), json }, print),
    faults: () => benchFaults(values, print),
  };
  for (const [name, proof] of Object.entries(proofs)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    if (!(await proof())) process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
