import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Extracted } from '../../functions/articles/extract.ts';
import { extractSafely } from '../../functions/articles/extract-worker.ts';
import { decodePage } from '../../functions/articles/page.ts';
import type { Benchmark } from './benchmark.ts';
import type { PeerAnswer, PeerQuestion } from './extract-peer.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/pages/', import.meta.url));
/** Where a saved page came from that does not say it: what Mozilla's own pages are read with. */
const BASE = 'http://fakehost/';

/** Each page so often, and all of them together at least so often. */
const TURNS = 3;
const MIN_ROUNDS = 90;

/** A folder: what it holds, or why that is no page. */
export type Page = { name: string } & (PeerQuestion | { error: string });

/** What `--json FILE` has of each page, one JSON object per line. */
type Line = { name: string } & ({ error: string } | Pick<Extracted, (typeof FIELDS)[number]>);
const FIELDS = ['title', 'byline', 'siteName', 'language', 'text'] as const;

/**
 * Takes this benchmark's own arguments out of the command line: `extract [DIR] [--json [FILE]]`, in any order. DIR holds
 * a folder for each page, with its `source.html` and maybe its address in `url`; FILE gets what was read of each.
 * `names`: the benchmarks there are.
 */
export function extractArguments(
  args: string[],
  names: string[],
): { rest: string[]; dir: string; file?: string } {
  if (!args.includes('extract')) return { rest: args, dir: FIXTURES };
  const rest = [...args];
  const isOwn = (word: string | undefined) =>
    word !== undefined && !word.startsWith('-') && !names.includes(word);
  const afterJson = rest.indexOf('--json') + 1;
  const isFile = afterJson > 0 && isOwn(rest[afterJson]) && !isFolder(rest[afterJson] ?? '');
  const [file] = isFile ? rest.splice(afterJson, 1) : [];
  // Another benchmark takes files of its own.
  const dirAt = rest.findIndex(
    (word) => isOwn(word) && !(rest.includes('matching') && word.endsWith('.json')),
  );
  const [dir] = dirAt < 0 ? [] : rest.splice(dirAt, 1);
  if (dir !== undefined && !isFolder(dir)) {
    throw new Error(`There is no folder "${dir}", and no benchmark of that name: ${names.join(', ')}.`);
  }
  return { rest, dir: dir ? resolve(dir) : FIXTURES, ...(file && { file }) };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

export function pagesIn(dir: string): Page[] {
  const names = readdirSync(dir).filter((name) => isFolder(join(dir, name)));
  return names.sort().map((name) => {
    const source = join(dir, name, 'source.html');
    if (!existsSync(source)) return { name, error: 'There is no source.html.' };
    const bytes = readFileSync(source);
    if (bytes.length === 0) return { name, error: 'The page is empty.' };
    const html = decodePage(bytes, true, null).text;
    return { name, html, url: addressOf(join(dir, name), html) };
  });
}

/** What is said beside the page, else what it says itself. */
function addressOf(folder: string, html: string): string {
  const said = existsSync(join(folder, 'url')) ? readFileSync(join(folder, 'url'), 'utf8').trim() : undefined;
  const link = /<link\b[^>]*\brel=["']?canonical\b[^>]*>/i.exec(html)?.[0] ?? '';
  const href = /\bhref=["']?(https?:\/\/[^"'\s>]+)/i.exec(link)?.[1]?.replaceAll('&amp;', '&');
  return [said, href].find((one) => one && URL.canParse(one)) ?? BASE;
}

async function lineOf(page: Page): Promise<Line> {
  if ('error' in page) return page;
  const { name, html, url } = page;
  try {
    const found = await extractSafely(html, url);
    const fields = FIELDS.map((field) => [field, found[field] ?? null]);
    return { name, ...Object.fromEntries(fields) };
  } catch (error) {
    return { name, error: error instanceof Error ? error.message : String(error) };
  }
}

async function ask(peer: ChildProcess, { html, url }: PeerQuestion): Promise<PeerAnswer> {
  peer.send({ html, url } satisfies PeerQuestion);
  const [answer] = await once(peer, 'message');
  return answer;
}

/**
 * Reading saved pages as a save does, in its thread, against what most others do. Every page is first read once by both:
 * what either cannot read is not timed, and says so in FILE.
 */
export function extract({ dir, file }: { dir: string; file?: string }): Benchmark {
  const pages = pagesIn(dir);
  if (pages.length === 0) throw new Error(`There is no page in ${dir}: a folder with a source.html.`);
  return {
    ours: `a page's title, byline, site, language and text, by functions/articles (${pages.length} pages)`,
    against: 'the same pages by Mozilla Readability on jsdom: its own reference',
    rounds: Math.max(MIN_ROUNDS, TURNS * pages.length),
    warmUps: 0,
    async open() {
      const peer = fork(new URL('extract-peer.ts', import.meta.url), {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      const timed: PeerQuestion[] = [];
      const lines: Line[] = [];
      let peakMb = 0;
      for (const page of pages) {
        const line = await lineOf(page);
        lines.push(line);
        if ('error' in page) continue;
        const answer = await ask(peer, page);
        if (!('error' in line) && !('error' in answer)) timed.push(page);
      }
      if (file) writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      if (timed.length === 0) {
        peer.kill();
        throw new Error('None of the pages could be read by both.');
      }
      const turn = { ours: 0, peer: 0 };
      const next = (whose: 'ours' | 'peer') => timed[turn[whose]++ % timed.length] as PeerQuestion;
      return {
        async ours() {
          const { html, url } = next('ours');
          const from = performance.now();
          await extractSafely(html, url);
          return performance.now() - from;
        },
        async peer() {
          const answer = await ask(peer, next('peer'));
          if ('error' in answer)
            throw new Error(`The peer failed on a page that it has read: ${answer.error}`);
          peakMb = answer.peakMb;
          return answer.ms;
        },
        also: () => ({
          pages: pages.length,
          'pages not read': pages.length - timed.length,
          'peak memory, ours (MB)': Math.round(process.resourceUsage().maxRSS / 1024),
          'peak memory, peer (MB)': Math.round(peakMb),
        }),
        async close() {
          peer.kill();
        },
      };
    },
  };
}
