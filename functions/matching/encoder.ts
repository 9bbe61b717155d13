import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import core from '@energetic-ai/core';
import embeddings from '@energetic-ai/embeddings';
import { placesBeside } from './places.ts';
import type { Embed } from './sentences.ts';

// It looks for its machine code a moment after it is imported, so it is told where in the same breath.
core.setWasmPaths(`${placesBeside(import.meta.dirname).wasm}/`);

/** Texts whose vectors are kept, 4 KB each: what several friends care about, and what is matched again. */
const KEPT = 300;

/** The Universal Sentence Encoder (lite) of this folder: 13 ms a title, 56 ms with 400 characters of text. */
export async function loadEncoder(folder: string): Promise<Embed> {
  const model = await embeddings.initModel(async () => ({
    model: await core.loadGraphModel(`file://${folder}/model.json`),
    vocabulary: JSON.parse(await readFile(join(folder, 'vocab.json'), 'utf8')),
  }));
  const known = new Map<string, number[]>();
  const embed = async (text: string): Promise<number[]> => {
    const vector = known.get(text) ?? (await model.embed(readable(text)));
    // A Map is in the order of its writing: the first is the one that was longest not asked for.
    known.delete(text);
    known.set(text, vector);
    const [oldest] = known.keys();
    if (known.size > KEPT && oldest !== undefined) known.delete(oldest);
    return vector;
  };
  return async (texts) => {
    const vectors: number[][] = [];
    // One by one: a batch costs more than its texts, each being computed as long as the longest.
    for (const text of texts) vectors.push(await embed(text));
    return vectors;
  };
}

/** The encoder's tokenizer counts a character outside the basic plane as two, and then reads beyond the text. */
function readable(text: string): string {
  return text.replace(/[\u{10000}-\u{10ffff}\p{Cs}]/gu, ' ') || ' ';
}
