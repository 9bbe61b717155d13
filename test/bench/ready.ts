import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { newFolder, ROOT, removeFolders, startService } from '../flow/start.ts';
import type { Benchmark } from './benchmark.ts';

const AGAINST =
  'the floor, which no start can be faster than: node with the database and the queues listening, without npm and without Hallway';

async function timed<Running>(start: () => Promise<Running>, stop: (running: Running) => Promise<unknown>) {
  const from = performance.now();
  const running = await start();
  const took = performance.now() - from;
  await stop(running);
  return took;
}

function startFloor(dir: string) {
  return timed(
    async () => {
      const floor = spawn(process.execPath, [join(ROOT, 'test/bench/floor.ts'), dir], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(floor.stdout, 'data');
      return floor;
    },
    async (floor) => {
      floor.kill('SIGTERM');
      await once(floor, 'exit');
    },
  );
}

const startOurs = (dir: string, environment = {}) =>
  timed(
    () => startService({ dir, environment }),
    (service) => service.stop(),
  );

/** From `npm start` to the line `ready`, on the folder of the demo week: what a person waits for every day. */
export const ready: Benchmark = {
  ours: 'npm start to "ready", with the demo week there already',
  against: AGAINST,
  rounds: 10,
  warmUps: 1,
  async open() {
    const dir = newFolder();
    const floorDir = newFolder();
    await (await startService({ dir, args: ['--demo'] })).stop();
    return {
      ours: () => startOurs(dir),
      peer: () => startFloor(floorDir),
      close: async () => removeFolders(),
    };
  },
};

/** The same for the first time: no folder, no table, and nothing compiled before. */
export const firstReady: Benchmark = {
  ours: 'npm start to "ready", in an empty folder, nothing compiled before',
  against: AGAINST,
  rounds: 10,
  warmUps: 1,
  async open() {
    return {
      ours: () => startOurs(newFolder(), { NODE_DISABLE_COMPILE_CACHE: '1' }),
      peer: () => startFloor(newFolder()),
      close: async () => removeFolders(),
    };
  },
};
