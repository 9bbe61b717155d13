import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { Fault } from '../platform/faults.ts';
import type { Extracted } from './extract.ts';
import type { Answer, Question } from './extract-thread.ts';

/** Ten times what a long article takes. The window that saves a page waits for this. */
export const EXTRACT_TIMEOUT_MS = 2000;

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

/** Rejects, and the thread is gone, when it took too long or broke. An idle thread keeps no process alive. */
async function ask(question: Question, timeoutMs: number): Promise<Answer> {
  kept ??= await startThread();
  const thread = kept;
  thread.ref();
  try {
    thread.postMessage(question);
    const [answer] = await once(thread, 'message', { signal: AbortSignal.timeout(timeoutMs) });
    return answer;
  } catch (error) {
    kept = undefined;
    await thread.terminate();
    throw error;
  } finally {
    thread.unref();
  }
}

async function read(html: string, url: string | undefined, timeoutMs: number): Promise<Extracted> {
  const answer = await ask({ html, url, headOnly: false }, timeoutMs).catch(() =>
    // The page outran or broke the reader. Its head is read in linear time, whatever the page is.
    ask({ html, url, headOnly: true }, EXTRACT_TIMEOUT_MS),
  );
  if ('extracted' in answer) return answer.extracted;
  const { tag, message, errors } = answer.fault;
  throw new Fault(tag, message, { errors });
}

/**
 * `extract` for pages that come from anywhere: in a thread with its own heap, which is ended after `timeoutMs`
 * milliseconds. A page that ends it gives what its head says, and `text: ''`.
 *
 * Faults: those of `extract`.
 */
export function extractSafely(
  html: string,
  url: string | undefined,
  timeoutMs = EXTRACT_TIMEOUT_MS,
): Promise<Extracted> {
  const mine = previous.then(() => read(html, url, timeoutMs));
  previous = mine.catch(() => undefined);
  return mine;
}
