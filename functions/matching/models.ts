import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Detect } from './language.ts';
import { type Places, placesBeside } from './places.ts';
import { type Embed, type Projection, readProjection } from './sentences.ts';
import { readVectors, type Vectors } from './vectors.ts';

/** What encoding can draw on. What is missing costs quality, never an error: words still match as they stand. */
export interface Models {
  vectors?: Vectors;
  sentences?: { embed: Embed; projection: Projection };
  detect?: Detect;
}

/** Told what could not be loaded, and why. */
export type Missing = (what: keyof Models, error: unknown) => void;

/** Loads all there is: 0.1 s and 25 MB for the vectors, 0.3 s and 180 MB for the sentences. `sentences: false`: without. */
export async function loadModels(
  places: Places,
  missing: Missing,
  options: { sentences?: boolean } = {},
): Promise<Models> {
  const models: Models = {};
  const load = async <What extends keyof Models>(
    what: What,
    from: () => Promise<NonNullable<Models[What]>>,
  ) => {
    try {
      models[what] = await from();
    } catch (error) {
      missing(what, error);
    }
  };
  await Promise.all([
    load('vectors', async () => readVectors(await readFile(join(places.assets, 'vectors.bin')))),
    load('detect', loadDetect),
    ...(options.sentences === false ? [] : [load('sentences', () => loadSentences(places))]),
  ]);
  return models;
}

let loaded: Promise<Models> | undefined;

/** Loads them once for this process, when they are first asked for. */
export function models(missing: Missing): Promise<Models> {
  loaded ??= loadModels(placesBeside(import.meta.dirname), missing);
  return loaded;
}

async function loadDetect(): Promise<Detect> {
  const { eld } = await import('eld/extrasmall');
  return (text) =>
    Object.entries(eld.detect(text).getScores())
      .map(([language, score]) => ({ language, score }))
      .sort((a, b) => b.score - a.score);
}

async function loadSentences(places: Places): Promise<NonNullable<Models['sentences']>> {
  const [projection, embed] = await Promise.all([
    readFile(join(places.assets, 'sentences.bin')).then(readProjection),
    import('./encoder.ts').then(({ loadEncoder }) => loadEncoder(places.encoder)),
  ]);
  return { embed, projection };
}
