import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withGround } from '../../infra/local/with-database.ts';
import { functions } from '../../infra/service.ts';
import { newFolder, processesOn, ROOT, removeFolders, startService, until } from '../flow/start.ts';
import { writeNotes } from './due-notes.ts';
import { keptIn } from './parts.ts';

/** The runner works on so many notes at a time; the floor does the same. */
const AT_ONCE = functions.send.trigger.maxConcurrency;
/** The most that a note may take, of the floor's (issue 5). */
const MOST = 1.5;
/** Linear: ten times as many take at most this much longer each. */
const MOST_GROWTH = 1.2;
const WITHIN_MS = 30 * 60_000;
const LOOK_MS = 200;
/** The last notes are written, the service is up and idle (milliseconds). */
const SPARE_MS = 15_000;
/** Part of the notes that says how long writing all of them will take, and by how much it may be wrong. */
const TRIED = 0.05;
const SLOWER = 1.5;
/** Linux counts processor time in these (USER_HZ, proc(5)). */
const TICKS_PER_SECOND = 100;
const DAY_MS = 24 * 3_600_000;

/** All as the contract has it, but the tick: a minute's wait would hide everything else. */
const SETTINGS = {
  HALLWAY_TICK_SECONDS: '1',
  HALLWAY_UNDO_SECONDS: '30',
  HALLWAY_LEASE_SECONDS: '600',
  HALLWAY_SES_RATE: '0',
  HALLWAY_CAP_USER_DAY: '20',
  HALLWAY_CAP_ADDRESS_DAY: '2',
};

/** What a note took, in milliseconds. */
interface Took {
  notes: number;
  /** Processor time of all processes, until the events of all mails were handled. */
  work: number;
  /** Time until SES had accepted all. */
  time: number;
}

interface Ours extends Took {
  /** From due to accepted, milliseconds. */
  p50: number;
  p99: number;
  /** The file of one of the mails, as SES got it. */
  mail: string;
}

/** Processor time of these processes so far (milliseconds). */
function workOf(pids: number[]): number {
  return pids.reduce((sum, pid) => {
    // Fields 14 and 15 of proc(5); the second is a name in brackets.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return sum + ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
  }, 0);
}

const quantile = (sorted: number[], part: number) =>
  sorted[Math.ceil(sorted.length * part) - 1] ?? Number.NaN;
const rounded = (value: number) => Number(value.toPrecision(3));

/** Writes so many notes while nothing runs, and says when all of them are due. */
async function writeAhead(dir: string, notes: number, site: string | undefined): Promise<Date> {
  const before = { ...process.env };
  Object.assign(process.env, SETTINGS, { HALLWAY_DATA: dir });
  let dueAt = new Date();
  try {
    await withGround(async (ground) => {
      const from = performance.now();
      const nextWeek = new Date(Date.now() + 7 * DAY_MS);
      await writeNotes(ground, { count: notes * TRIED, dueAt: nextWeek, round: 'first', site });
      dueAt = new Date(Date.now() + ((performance.now() - from) / TRIED) * SLOWER + SPARE_MS);
      await writeNotes(ground, { count: notes, dueAt, round: 'all', site });
    });
  } finally {
    process.env = before;
  }
  return dueAt;
}

/** So many notes, due at once on `npm start`. */
async function runOurs(notes: number, site?: string): Promise<Ours> {
  const dir = newFolder();
  const dueAt = await writeAhead(dir, notes, site);
  const environment = { ...SETTINGS, ...(site && { HALLWAY_FETCH_ALLOW: new URL(site).host }) };
  const service = await startService({ dir, environment });
  try {
    const wait = dueAt.getTime() - Date.now();
    if (wait < 0) throw new Error('The notes were due before the service was up: the machine is too busy.');
    await sleep(wait);
    const pids = processesOn(dir);
    const before = workOf(pids);
    const mailbox = join(dir, 'mailbox');
    await until(
      'all left, and their events are handled',
      async () => {
        await sleep(LOOK_MS);
        return readdirSync(mailbox).filter((name) => name.endsWith('.told')).length >= notes;
      },
      WITHIN_MS,
    );
    const work = workOf(pids) - before;
    const kept = keptIn(dir);
    if (kept.length !== notes) throw new Error(`${notes} notes left as ${kept.length} mails.`);
    const waits = kept.map(({ at }) => Date.parse(at) - dueAt.getTime()).toSorted((a, b) => a - b);
    return {
      notes,
      work: work / notes,
      time: (waits.at(-1) ?? Number.NaN) / notes,
      p50: quantile(waits, 0.5),
      p99: quantile(waits, 0.99),
      mail: join(mailbox, `${kept[0]?.messageId}.eml`),
    };
  } finally {
    await service.stop();
  }
}

/** `queue-floor.ts`, on the same parts with the same flags of Node. */
async function runFloor(notes: number, mail: string, events: 'events' | 'no-events'): Promise<Took> {
  const dir = newFolder();
  const words = [dir, String(notes), String(AT_ONCE), mail, events];
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=16', join(ROOT, 'test/bench/queue-floor.ts'), ...words],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...SETTINGS } },
  );
  const said = async () => {
    const ended = once(child, 'exit').then(() => {
      throw new Error('The floor ended by itself.');
    });
    return String((await Promise.race([once(child.stdout, 'data'), ended]))[0]);
  };
  await said();
  const pids = processesOn(dir);
  const before = workOf(pids);
  child.stdin.write('go\n');
  const ms = Number(await said());
  const work = workOf(pids) - before;
  child.kill('SIGTERM');
  await once(child, 'exit');
  return { notes, work: work / notes, time: ms / notes };
}

/** A site whose pages are all there. */
async function openSite(): Promise<{ url: string; close(): void }> {
  const server = createServer((_, response) => response.end('<title>A harbour</title>'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/**
 * `npm run bench -- queue [--notes N]`: so many notes due at once, on the service as `npm start` has it, SES without a
 * rate. The floor (`queue-floor.ts`) does one lease, one claim, one call of SES and one settle for each, on the same parts,
 * as many at a time, in one process, with the very mail that ours sent.
 *
 * Work is processor time of all processes, time is that on the wall. In both runs the mails raise SES's events, which are
 * handled by the same code, since they come of sending and not of the queue; what the floor takes without them is printed,
 * too. True: a note takes at most 1.5 times the floor's work and time, and ten times as many take no longer each.
 */
export async function benchQueue(
  { notes, json }: { notes: number; json: boolean },
  print: (line: string) => void,
): Promise<boolean> {
  const site = await openSite();
  try {
    const few = await runOurs(notes / 10);
    const ours = await runOurs(notes);
    const floor = await runFloor(notes, ours.mail, 'events');
    const bare = await runFloor(notes, ours.mail, 'no-events');
    const withArticles = await runOurs(notes / 10, site.url);
    const figures = {
      name: 'queue',
      notes,
      notesPerSecond: rounded(1000 / ours.time),
      floorPerSecond: rounded(1000 / floor.time),
      msOfWork: {
        ours: rounded(ours.work),
        floor: rounded(floor.work),
        floorWithoutEvents: rounded(bare.work),
      },
      ratio: { work: rounded(ours.work / floor.work), time: rounded(ours.time / floor.time) },
      dueToAcceptedMs: { p50: ours.p50, p99: ours.p99 },
      growth: { work: rounded(ours.work / few.work), time: rounded(ours.time / few.time) },
      withArticles: {
        notes: withArticles.notes,
        notesPerSecond: rounded(1000 / withArticles.time),
        msOfWork: rounded(withArticles.work),
      },
    };
    const { growth } = figures;
    const holds = {
      ratio: figures.ratio.work <= MOST,
      growth: Math.max(growth.work, growth.time) <= MOST_GROWTH,
    };
    if (json) print(JSON.stringify({ ...figures, holds }));
    else for (const line of inWords(figures, holds)) print(line);
    return holds.ratio && holds.growth;
  } finally {
    site.close();
    removeFolders();
  }
}

type Figures = {
  notes: number;
  notesPerSecond: number;
  floorPerSecond: number;
  msOfWork: { ours: number; floor: number; floorWithoutEvents: number };
  ratio: { work: number; time: number };
  dueToAcceptedMs: { p50: number; p99: number };
  growth: { work: number; time: number };
  withArticles: { notes: number; notesPerSecond: number; msOfWork: number };
};

function inWords(figures: Figures, holds: { ratio: boolean; growth: boolean }): string[] {
  const { notes, msOfWork, ratio, dueToAcceptedMs, growth, withArticles } = figures;
  const word = (isSo: boolean) => (isSo ? 'holds' : 'BROKEN');
  return [
    `queue: ${notes} notes due at once, ${figures.notesPerSecond} a second, the floor ${figures.floorPerSecond}`,
    `  a note's work: ours ${msOfWork.ours} ms of processor time, the floor ${msOfWork.floor} ms (${msOfWork.floorWithoutEvents} ms without SES's events)`,
    `  due to accepted: p50 ${dueToAcceptedMs.p50} ms, p99 ${dueToAcceptedMs.p99} ms`,
    `  with articles whose pages are there (${withArticles.notes} notes): ${withArticles.notesPerSecond} a second, ${withArticles.msOfWork} ms of work each; no part of the floor`,
    `  at most ${MOST} times the floor’s work: ${ratio.work}: ${word(holds.ratio)} (time: ${ratio.time})`,
    `  ten times as many take each at most ${MOST_GROWTH} times as long: work ${growth.work}, time ${growth.time}: ${word(holds.growth)}`,
  ];
}
