/** One thing that is measured, and what it is measured against, in the same run. */
export interface Benchmark {
  /** What one round of ours does. */
  ours: string;
  /** The named peer or floor, and why it is a fair one. */
  against: string;
  rounds: number;
  /** Rounds of both that are not counted: caches fill, code is compiled. */
  warmUps: number;
  /** The most that ours may take (milliseconds), at this part of all rounds. */
  limit?: { part: 'p50' | 'p95'; ms: number };
  open(): Promise<Opened>;
}

/** Each gives how long its round took, in milliseconds. */
export interface Opened {
  ours(): Promise<number>;
  peer(): Promise<number>;
  /** What else was seen, by what it is, once all rounds are done. */
  also?(): Record<string, number>;
  close(): Promise<void>;
}

export interface Spread {
  p50: number;
  p95: number;
  min: number;
  max: number;
}

export interface Result {
  name: string;
  unit: 'ms';
  rounds: number;
  ours: Spread & { what: string };
  peer: Spread & { what: string };
  /** Ours divided by the peer of the same round: the median, and the middle half of the rounds. */
  ratio: { median: number; low: number; high: number };
  limit?: { part: 'p50' | 'p95'; ms: number; holds: boolean };
  also?: Record<string, number>;
}

/** The value that `part` (0 to 1) of the sorted values reach: the nearest rank. */
function quantile(sorted: number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

const ascending = (values: number[]) => values.toSorted((a, b) => a - b);
const rounded = (value: number) => Number(value.toPrecision(3));

function spread(values: number[]): Spread {
  const sorted = ascending(values);
  return {
    p50: rounded(quantile(sorted, 0.5)),
    p95: rounded(quantile(sorted, 0.95)),
    min: rounded(quantile(sorted, 0)),
    max: rounded(quantile(sorted, 1)),
  };
}

/** Ours and the peer by turns, each first in every other round: a machine that grows slower slows both. */
export async function measure(name: string, benchmark: Benchmark): Promise<Result> {
  const { rounds, warmUps, limit } = benchmark;
  const opened = await benchmark.open();
  const pairs: { ours: number; peer: number }[] = [];
  let also: Record<string, number> | undefined;
  try {
    for (let round = -warmUps; round < rounds; round++) {
      const first = round % 2 === 0 ? await opened.ours() : undefined;
      const peer = await opened.peer();
      const ours = first ?? (await opened.ours());
      if (round >= 0) pairs.push({ ours, peer });
    }
    also = opened.also?.();
  } finally {
    await opened.close();
  }
  const ours = spread(pairs.map((pair) => pair.ours));
  const ratios = ascending(pairs.map((pair) => pair.ours / pair.peer));
  return {
    name,
    unit: 'ms',
    rounds,
    ours: { what: benchmark.ours, ...ours },
    peer: { what: benchmark.against, ...spread(pairs.map((pair) => pair.peer)) },
    ratio: {
      median: rounded(quantile(ratios, 0.5)),
      low: rounded(quantile(ratios, 0.25)),
      high: rounded(quantile(ratios, 0.75)),
    },
    ...(limit && { limit: { ...limit, holds: ours[limit.part] < limit.ms } }),
    ...(also && { also }),
  };
}

/** The same for people. */
export function inWords({ name, rounds, ours, peer, ratio, limit, also = {} }: Result): string {
  const line = (who: string, { p50, p95, what }: Result['ours']) =>
    `  ${who}  p50 ${p50} ms, p95 ${p95} ms: ${what}`;
  return [
    `${name}: ${ratio.median} times the peer (middle half of ${rounds} rounds: ${ratio.low} to ${ratio.high})`,
    line('ours', ours),
    line('peer', peer),
    ...Object.entries(also).map(([what, value]) => `  ${what}: ${value}`),
    ...(limit ? [`  ${limit.part} under ${limit.ms} ms: ${limit.holds ? 'holds' : 'BROKEN'}`] : []),
  ].join('\n');
}
