import { parentPort } from 'node:worker_threads';
import { Fault, type FaultTag, type FieldError } from '../platform/faults.ts';
import { type Extracted, extract, extractHead } from './extract.ts';
import { detectLanguage } from './language.ts';

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

async function read({ html, url, headOnly }: Question): Promise<Extracted> {
  const extracted = headOnly ? extractHead(html, url) : extract(html, url);
  const language = extracted.language ?? (await detectLanguage(extracted.text));
  return { ...extracted, ...(language && { language }) };
}

async function answer(question: Question): Promise<Answer> {
  try {
    return { extracted: await read(question) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { fault: { tag: error.tag, message: error.message, errors: error.errors } };
  }
}

parentPort?.on('message', async (question: Question) => parentPort?.postMessage(await answer(question)));
parentPort?.postMessage('ready');
