import { array, nat } from 'fast-check';
import type { Entry } from '../../../functions/transfer/entry.ts';
import { readEntries } from '../../../functions/transfer/read/read.ts';

/** Where to cut: each number is the length of the next piece, over and over. */
export const cuts = array(nat(9), { minLength: 1, maxLength: 8 }).map((sizes) =>
  sizes.map((size) => size + 1),
);

/** Something with a length, in pieces of these lengths. */
export async function* inPieces<Whole extends { length: number; slice(from: number, to: number): Whole }>(
  whole: Whole,
  sizes: readonly number[] = [whole.length || 1],
): AsyncGenerator<Whole> {
  let from = 0;
  for (let place = 0; from < whole.length; place += 1) {
    const to = from + (sizes[place % sizes.length] ?? 1);
    yield whole.slice(from, to);
    from = to;
  }
}

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** What is in a file with this content. */
export function entriesOf(content: string | Uint8Array, sizes?: readonly number[]): Promise<Entry[]> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return all(readEntries(inPieces(bytes, sizes)));
}
