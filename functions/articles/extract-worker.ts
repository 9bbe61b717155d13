import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { Fault } from '../platform/faults.ts';
import type { Extracted } from './extract.ts';
import type { Answer, Question } from './extract-thread.ts';

/** Milliseconds. */
interface Limits {
  /** Of the thread's processor time: what a page costs, however busy the machine is. */
  work: number;
  /** Of time: the window that saves a page waits for this. */
  time: number;
}

/** Ten times what a long article takes; and three times that, whatever keeps the thread from its work. */
const LIMITS: Limits = { work: 2000, time: 6000 };

const LOOK_MS = 100;

/** Enough for the largest page within the bounds of `extract`. Without a limit one page could end the process. */
const HEAP_MB = 256;

/** One thread is kept, since it takes longer to start than to read a page. */
let kept: Worker | undefined;

/** The thread has one page at a time: its next message is the answer, and its end is the end of no other page. */
let previous: Promise<unknown> = Promise.resolve();

/** Bundled, the thread is a file of its own beside the door; as source it is the TypeScript beside this file. */
function threadFile(): URL {
  const bundled = new URL('./extract-thread.mjs', import.meta.url);
  return existsSync(bundled) ? bundled : new URL('./extract-thread.ts', import.meta.url);
}

async function startThread(): Promise<Worker> {
  const thread = new Worker(threadFile(), { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
  thread.on('error', () => {
    if (kept === thread) kept = undefined;
  });
  // It says when it has loaded: no page pays for that with its own time.
  await once(thread, 'message');
  return thread;
}

/** Milliseconds of processor time that a thread has had. */
async function workOf(thread: Worker): Promise<number> {
  const { user, system } = await thread.cpuUsage();
  return (user + system) / 1000;
}

/** Aborts when the thread has worked for so long from now on; one that is gone is left to the clock. */
function watchWork(thread: Worker, most: number): { tooMuch: AbortSignal; end(): void } {
  const over = new AbortController();
  const before = workOf(thread);
  const look = async () => {
    if ((await workOf(thread)) - (await before) > most) over.abort();
  };
  before.catch(() => undefined);
  const looks = setInterval(() => look().catch(() => undefined), LOOK_MS);
  return { tooMuch: over.signal, end: () => clearInterval(looks) };
}

/** Rejects, and the thread is gone, when it took too long or broke. An idle thread keeps no process alive. */
async function ask(question: Question, { work, time }: Limits): Promise<Answer> {
  kept ??= await startThread();
  const thread = kept;
  thread.ref();
  const watch = watchWork(thread, work);
  try {
    thread.postMessage(question);
    const signal = AbortSignal.any([watch.tooMuch, AbortSignal.timeout(time)]);
    const [answer] = await once(thread, 'message', { signal });
    return answer;
  } catch (error) {
    kept = undefined;
    await thread.terminate();
    throw error;
  } finally {
    watch.end();
    thread.unref();
  }
}

async function read(html: string, url: string | undefined, limits: Limits): Promise<Extracted> {
  const answer = await ask({ html, url, headOnly: false }, limits).catch(() =>
    // The page outran or broke the reader. Its head is read in linear time, whatever the page is.
    ask({ html, url, headOnly: true }, LIMITS),
  );
  if ('extracted' in answer) return answer.extracted;
  const { tag, message, errors } = answer.fault;
  throw new Fault(tag, message, { errors });
}

/**
 * `extract` for pages that come from anywhere: in a thread with its own heap, which is ended at either limit. A page that
 * ends it gives what its head says, and `text: ''`.
 *
 * Faults: those of `extract`.
 */
export function extractSafely(
  html: string,
  url: string | undefined,
  limits: Partial<Limits> = {},
): Promise<Extracted> {
  const mine = previous.then(() => read(html, url, { ...LIMITS, ...limits }));
  previous = mine.catch(() => undefined);
  return mine;
}
