import { execFileSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseFile } from './database.ts';

const STALE_MS = 2_000;
/** How long a start or an end, or a command of a second, may hold the folder before others give up. */
const PASSING_MS = 15_000;
const POLL_MS = 20;
const SQLITE_BUSY = 5;

/** What the other commands need to know of the runner. */
export interface RunnerFacts {
  databasePid?: number;
  databaseEndpoint?: string;
  /** Set once it serves. */
  baseUrl?: string;
  /** Who started it, if it means to end with them. */
  parentPid?: number;
  isEnding?: boolean;
}

export interface Runner extends RunnerFacts {
  pid: number;
  /** Pids are used again: only with its start is a process the one that wrote this. */
  startedAt: string;
}

export interface Lock {
  update(facts: RunnerFacts): void;
  release(): void;
}

class FolderInUse extends Error {
  constructor(dir: string, runner: Runner | null) {
    super(`${dir} is in use by another Hallway${runner ? ` (process ${runner.pid})` : ''}.`);
  }
}

/** A lock whose object is collected as garbage is no lock. */
const held = new Set<DatabaseSync>();

const factsFile = (dir: string) => join(resolve(dir), 'runner.json');

function ps(pid: number, column: string): string | null {
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    }).trim();
  } catch {
    return null;
  }
}

function proc(pid: number, file: 'stat' | 'cmdline'): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}

/** When a process began, in the system's own words; null: it has ended (a zombie, too, has ended). */
function startOf(pid: number): string | null {
  if (process.platform !== 'linux') return ps(pid, 'lstart');
  // proc(5): the name, in brackets, may hold anything; state is the field after it, start time the 20th.
  const fields = proc(pid, 'stat')
    ?.replace(/^.*\) /s, '')
    .split(' ');
  return fields && fields[0] !== 'Z' ? (fields[19] ?? null) : null;
}

function isDatabaseOf(pid: number, dir: string): boolean {
  const command = process.platform === 'linux' ? proc(pid, 'cmdline') : ps(pid, 'command');
  return Boolean(command?.includes('dynoxide') && command.includes(databaseFile(dir)));
}

function readFacts(dir: string): Runner | null {
  try {
    return JSON.parse(readFileSync(factsFile(dir), 'utf8')) as Runner;
  } catch {
    return null;
  }
}

/** Level by level: Node's own recursive way never ends where a folder that is there takes no new one (/proc). */
function makeFolders(dir: string): void {
  if (existsSync(dir)) return;
  if (dirname(dir) !== dir) makeFolders(dirname(dir));
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    // Another runner was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function makeFolder(dir: string): void {
  try {
    makeFolders(resolve(dir));
    accessSync(dir, constants.W_OK | constants.X_OK);
  } catch {
    throw new Error(`${dir} cannot be written. Set HALLWAY_DATA to a folder of yours.`);
  }
}

/** Two databases on one file would ruin it. The guard of a dead runner's database ends it; this is for when it did not. */
function endStaleDatabase(dir: string, pid: number): void {
  const still = () => isDatabaseOf(pid, dir);
  if (still()) process.kill(pid, 'SIGKILL');
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; still(); waited += 10) {
    if (waited >= STALE_MS) throw new Error(`An old database (process ${pid}) still holds ${dir}. End it.`);
    Atomics.wait(clock, 0, 0, 10);
  }
}

/**
 * One runner for each data folder. The lock is the system's own, on a file that SQLite opens: it is free in the instant
 * its holder dies, and two that start at once cannot both get it. runner.json only tells others who holds it.
 * Faults: an Error of one line if the folder is held by another, or cannot be written.
 */
export function lockDataFolder(dir: string, facts: RunnerFacts = {}): Lock {
  makeFolder(dir);
  const hold = new DatabaseSync(join(dir, 'runner.lock'), { timeout: 0 });
  try {
    hold.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    hold.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new FolderInUse(dir, readLock(dir));
  }

  let runner: Runner = { ...facts, pid: process.pid, startedAt: startOf(process.pid) ?? '' };
  const write = () => {
    const draft = `${factsFile(dir)}.new`;
    writeFileSync(draft, JSON.stringify(runner), { mode: 0o600 });
    renameSync(draft, factsFile(dir));
  };
  try {
    const stale = readFacts(dir)?.databasePid;
    if (stale !== undefined) endStaleDatabase(dir, stale);
    write();
  } catch (error) {
    hold.close();
    throw error;
  }
  held.add(hold);
  return {
    update(more) {
      runner = { ...runner, ...more };
      write();
    },
    release() {
      rmSync(factsFile(dir), { force: true });
      hold.close();
      held.delete(hold);
    },
  };
}

/** The live runner of this folder, for the other commands; null: nobody runs it. */
export function readLock(dir: string): Runner | null {
  const runner = readFacts(dir);
  return runner && startOf(runner.pid) === runner.startedAt ? runner : null;
}

/** A runner that serves, and will go on. */
function isSettled({ baseUrl, isEnding, parentPid }: Runner): boolean {
  return baseUrl !== undefined && !isEnding && (parentPid === undefined || startOf(parentPid) !== null);
}

/** The live runner of this folder, or else the folder's lock, once whoever only passes (starts, ends) is through. */
export async function lockOrRunner(dir: string): Promise<{ lock: Lock } | { runner: Runner }> {
  const deadline = performance.now() + PASSING_MS;
  for (;;) {
    try {
      return { lock: lockDataFolder(dir) };
    } catch (error) {
      if (!(error instanceof FolderInUse)) throw error;
      const runner = readLock(dir);
      if (runner && isSettled(runner)) return { runner };
      if (performance.now() >= deadline) throw error;
    }
    await sleep(POLL_MS);
  }
}

/** The lock of a folder for a new runner. Fault: an Error of one line if another one serves it. */
export async function lockForRunner(dir: string): Promise<Lock> {
  const found = await lockOrRunner(dir);
  if ('runner' in found) throw new FolderInUse(dir, found.runner);
  return found.lock;
}
