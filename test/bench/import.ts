import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { keys } from '../../functions/platform/keys.ts';
import { Table } from '../../functions/platform/table.ts';
import { startDatabase } from '../../infra/local/database.ts';
import { addUser, newFolder, processesOn, removeFolders, startService, until } from '../flow/start.ts';
import type { Benchmark } from './benchmark.ts';

const ENTRIES = 50_000;
/** As `transfer/read-import.ts` has it: what is in a batch, and how many of it are written at once. */
const BATCH = 200;
const AT_ONCE = 16;
/** The most memory that the runner may ever have had (MB). */
const MOST_MB = 400;
const WITHIN_MS = 20 * 60_000;

const AWS = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** What a browser exports after fifteen years: folders, dates, tags on some, descriptions on a few. */
function bookmarks(round: number): string {
  const lines = Array.from({ length: ENTRIES }, (_, n) => {
    const tags = n % 3 === 0 ? ` TAGS="topic ${n % 40},year ${2010 + (n % 15)}"` : '';
    const about = n % 20 === 0 ? `\n<DD>Why I kept number ${n}: it says what the others do not.` : '';
    const url = `https://site-${n % 900}.example/round-${round}/stories/a-title-of-some-words-${n}?utm_source=feed`;
    return `<DT><A HREF="${url}" ADD_DATE="${1_280_000_000 + n * 9_000}"${tags}>A title of some words, number ${n}</A>${about}`;
  });
  return `<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<TITLE>Bookmarks</TITLE>\n<DL><p>\n<DT><H3>Kept</H3>\n<DL><p>\n${lines.join('\n')}\n</DL><p>\n</DL><p>\n`;
}

/** The most memory that a process has had so far (MB). */
function peakOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

const commandOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8');

/** Two items in one transaction for each entry, as an article and its address are: nothing else. */
async function writePairs(table: Table, round: number): Promise<void> {
  for (let start = 0; start < ENTRIES; start += BATCH) {
    const places = Array.from({ length: BATCH }, (_, place) => start + place).values();
    const writer = async () => {
      for (const n of places) {
        const id = `art_${round}_${n}`;
        const url = `https://site-${n % 900}.example/round-${round}/stories/a-title-of-some-words-${n}`;
        await table.transact([
          {
            put: { ...keys.article('usr_1', id), id, url, title: `A title of some words, number ${n}` },
            if: 'attribute_not_exists(pk)',
          },
          { put: { ...keys.url('usr_1', id), articleId: id }, if: 'attribute_not_exists(pk)' },
        ]);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, writer));
  }
}

/**
 * A file of 50,000 bookmarks, from the moment it is there to the last of them in the library, on the real runner. The
 * floor is what no import can do without: as many transactions of two items, by the same client, to the same database.
 */
export const bringIn: Benchmark = {
  ours: `an import of ${ENTRIES} bookmarks, sent by a link, on the runner as npm start has it`,
  against: `the floor: ${ENTRIES} transactions of two items to the same database, by the same client, as many at once`,
  rounds: 1,
  warmUps: 0,
  async open() {
    const dir = newFolder();
    const ada = await addUser(dir, 'ada@users.example', 'Ada');
    const service = await startService({ dir, environment: { HALLWAY_TICK_SECONDS: '60' } });
    const api = service.as(ada.apiToken);
    const floor = await startDatabase({ dir: newFolder() });
    const table = await Table.create('floor', new DynamoDBClient({ ...AWS, endpoint: floor.endpoint }));
    let round = 0;
    let tookMs = 0;
    let bytes = 0;
    return {
      async ours() {
        const file = bookmarks(round++);
        bytes = Buffer.byteLength(file);
        const link = await api.post('/imports/uploads');
        await fetch(link.url, { method: link.method, headers: link.headers, body: file });
        const from = performance.now();
        await api.post('/imports', { upload: link.upload });
        const done = await until(
          'read to its end',
          async () => {
            await new Promise((later) => setTimeout(later, 200));
            const one = await api.get(`/imports/${link.upload}`);
            return (one.state === 'done' || one.state === 'failed') && one;
          },
          WITHIN_MS,
        );
        if (done.created !== ENTRIES) throw new Error(`Not all was read in: ${JSON.stringify(done)}`);
        tookMs = performance.now() - from;
        return tookMs;
      },
      async peer() {
        const from = performance.now();
        await writePairs(table, round);
        return performance.now() - from;
      },
      also() {
        const pids = processesOn(dir);
        const peak = (command: RegExp) =>
          Math.round(Math.max(...pids.filter((pid) => command.test(commandOf(pid))).map(peakOf)));
        const runner = peak(/node.*infra\/local\/main\.ts/s);
        if (!(runner < MOST_MB))
          throw new Error(`The runner had ${runner} MB of memory, not under ${MOST_MB}.`);
        return {
          'the file (MB)': Number((bytes / 1024 / 1024).toFixed(1)),
          'entries a second': Math.round(ENTRIES / (tookMs / 1000)),
          [`peak memory of the runner (MB, under ${MOST_MB})`]: runner,
          'peak memory of the database (MB)': peak(/dynoxide\0/),
        };
      },
      async close() {
        await Promise.all([service.stop(), floor.stop()]);
        removeFolders();
      },
    };
  },
};
