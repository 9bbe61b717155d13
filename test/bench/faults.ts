import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { startDatabase } from '../../infra/local/database.ts';
import type * as World from '../faults/world.ts';

/** What `npm run bench -- faults` takes: how many seeds, from which on; or the one to play again. */
export const faultsArguments = {
  seeds: { type: 'string', default: '150' },
  from: { type: 'string', default: '1' },
  /** Plays this seed alone, and says all that happens in it. */
  replay: { type: 'string' },
} as const;

export interface FaultsOptions {
  seeds: string;
  from: string;
  replay?: string | undefined;
  json: boolean;
}

function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} is a whole number, not "${text}".`);
  return Number(text);
}

/** Pages are written in TSX, which Node does not read: the world is bundled first, its packages left where they are. */
async function loadWorld(dir: string): Promise<typeof World> {
  const outfile = join(dir, 'world.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, '../faults/world.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    logLevel: 'warning',
    plugins: [
      {
        name: 'packages-beside',
        setup({ onResolve }) {
          onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
            kind === 'entry-point' ? null : { path: import.meta.resolve(path), external: true },
          );
        },
      },
    ],
  });
  return import(pathToFileURL(outfile).href);
}

/** Plays seeds one after the other, and says what they broke, what they met, and how fast. True: nothing was broken. */
export async function benchFaults(options: FaultsOptions, print: (line: string) => void): Promise<boolean> {
  const { json } = options;
  const [seeds, from] = [whole('seeds', options.seeds), whole('from', options.from)];
  const replay = options.replay === undefined ? undefined : whole('replay', options.replay);
  // Failures are provoked by the thousand.
  process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT';
  const dir = mkdtempSync(join(tmpdir(), 'hallway-faults-'));
  const database = await startDatabase({ dir });
  try {
    const { openPlace, simulate } = await loadWorld(dir);
    const place = await openPlace(database.endpoint);
    try {
      if (replay !== undefined) {
        const { trace, violations } = await simulate(place, replay, { trace: true });
        for (const line of [...trace, ...violations]) print(line);
        return violations.length === 0;
      }
      const counts: Record<string, number> = {};
      const broken: { seed: number; violations: string[] }[] = [];
      const since = performance.now();
      for (let seed = from; seed < from + seeds; seed++) {
        const outcome = await simulate(place, seed);
        for (const [what, times] of Object.entries(outcome.counts))
          counts[what] = (counts[what] ?? 0) + times;
        if (outcome.violations.length > 0) {
          broken.push({ seed, violations: outcome.violations });
          if (!json) print(`seed ${seed}: ${outcome.violations.join('; ')}`);
        }
        const played = seed - from + 1;
        if (!json && played % 500 === 0 && played < seeds) print(`  ${played} of ${seeds} seeds`);
      }
      const seconds = (performance.now() - since) / 1000;
      const result = {
        name: 'faults',
        seeds,
        from,
        broken,
        perSecond: Number((seeds / seconds).toFixed(1)),
        counts,
      };
      if (json) print(JSON.stringify(result));
      else for (const line of inWords(result)) print(line);
      return broken.length === 0;
    } finally {
      await place.close();
    }
  } finally {
    await database.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function inWords(result: {
  seeds: number;
  from: number;
  broken: { seed: number }[];
  perSecond: number;
  counts: Record<string, number>;
}): string[] {
  const { seeds, from, broken, perSecond, counts } = result;
  return [
    `faults: ${seeds} seeds from ${from}, ${broken.length} broken, ${perSecond} a second`,
    ...(broken.length > 0
      ? [`  again, with all that happens: npm run bench -- faults --replay ${broken[0]?.seed}`]
      : []),
    ...Object.entries(counts)
      .toSorted()
      .map(([what, times]) => `  ${String(times).padStart(7)}  ${what}`),
  ];
}
