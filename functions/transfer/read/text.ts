import { isAscii } from 'node:buffer';

/** How much is read at a time, and how much of a file its charset and its format are told from. */
const BLOCK_BYTES = 64 * 1024;

/** The same bytes in pieces of one size, so that nothing depends on how they came. A piece lasts until the next one. */
async function* blocksOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const block = new Uint8Array(BLOCK_BYTES);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      const part = chunk.subarray(from, from + BLOCK_BYTES - filled);
      block.set(part, filled);
      filled += part.length;
      from += part.length;
      if (filled < BLOCK_BYTES) continue;
      yield block;
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

function markedCharset([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  return undefined;
}

function isUtf8(block: Uint8Array): boolean {
  try {
    // Only the last block is shorter; any other may end inside a character.
    new TextDecoder('utf-8', { fatal: true }).decode(block, { stream: block.length === BLOCK_BYTES });
    return true;
  } catch {
    return false;
  }
}

async function* decoded(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const ascii = new TextDecoder();
  let decoder: TextDecoder | undefined;
  let isFirst = true;
  for await (const block of blocks) {
    const marked = isFirst ? markedCharset(block) : undefined;
    isFirst = false;
    if (marked) decoder = new TextDecoder(marked);
    else if (!decoder && !isAscii(block)) decoder = new TextDecoder(isUtf8(block) ? 'utf-8' : 'windows-1252');
    yield decoder ? decoder.decode(block, { stream: true }) : ascii.decode(block);
  }
  if (decoder) yield decoder.decode();
}

/**
 * Bytes as text, with every line end as `\n`. The charset is what a byte order mark says (UTF-8, UTF-16); without one
 * UTF-8, or windows-1252 if the first block that is more than ASCII is no UTF-8. What the charset cannot say becomes
 * U+FFFD.
 */
export async function* textOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  // Whether a \r is one line end or half of one is known with the next character.
  let held = '';
  for await (const part of decoded(blocksOf(chunks))) {
    const text = held + part;
    held = text.endsWith('\r') ? '\r' : '';
    yield (held ? text.slice(0, -1) : text).replace(/\r\n?/g, '\n');
  }
  if (held) yield '\n';
}
