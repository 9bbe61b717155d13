import { parentPort } from 'node:worker_threads';
import { Fault, type FaultTag, type FieldError } from '../platform/faults.ts';
import { type Extracted, extract, extractHead } from './extract.ts';

/** What the thread is asked: one page, whole or its head alone. */
export interface Question {
  html: string;
  url: string | undefined;
  headOnly: boolean;
}

/** A fault travels as plain data: only that crosses between threads. Any other error ends the thread. */
export type Answer =
  | { extracted: Extracted }
  | { fault: { tag: FaultTag; message: string; errors: FieldError[] } };

function answer({ html, url, headOnly }: Question): Answer {
  try {
    return { extracted: headOnly ? extractHead(html, url) : extract(html, url) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { fault: { tag: error.tag, message: error.message, errors: error.errors } };
  }
}

parentPort?.on('message', (question: Question) => parentPort?.postMessage(answer(question)));
parentPort?.postMessage('ready');
