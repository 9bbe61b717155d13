import { JSONParser, TokenType } from '@streamparser/json';
import { type Fault, invalid } from '../../platform/faults.ts';
import type { Entry } from '../entry.ts';

/** The version of our own export that is written and read. */
export const EXPORT_VERSION = 1;

/** A record is an item of the table, at most 400 KB there; JSON may write each of its bytes as six. */
const MAX_RECORD_CHARS = 4 * 1024 * 1024;
/** A record of ours nests five deep. */
const MAX_DEPTH = 64;
const RECORD_DEPTH = 3;

/**
 * An export of ours, `{"hallway": 1, "records": […]}`, however its JSON is laid out. A record's line is where it begins,
 * so in a file without line ends each is on line 1. What is broken or cut off is a reason with the line it broke at,
 * and ends the reading: what came before it stands.
 *
 * Faults: `invalid` if it is no export of this version. That comes before any record if the version stands before them,
 * as it does in what we write; else only at the end.
 */
export async function* readExport(pieces: AsyncIterable<string>): AsyncGenerator<Entry> {
  const found: Entry[] = [];
  const parser = new JSONParser({ paths: ['$.hallway', '$.records.*'], keepStack: false });
  let version: unknown;
  let isEnded = false;
  let line = 1;
  let depth = 0;
  let begunAt = 1;
  /** Characters since a record, or anything beside the records, began. */
  let size = 0;

  parser.onToken = ({ token }) => {
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) {
      depth += 1;
      if (depth > MAX_DEPTH) throw new Error('nested too deep');
      if (depth === RECORD_DEPTH) begunAt = line;
    }
    if (depth < RECORD_DEPTH) size = 0;
    if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) depth -= 1;
  };
  parser.onValue = ({ value, stack }) => {
    if (stack.length === 1) version = value;
    else found.push({ line: typeof value === 'object' && value !== null ? begunAt : line, record: value });
  };
  parser.onEnd = () => {
    isEnded = true;
  };
  const fits = (text: string): boolean => {
    try {
      parser.write(text);
    } catch {
      return false;
    }
    size += text.length;
    return size <= MAX_RECORD_CHARS;
  };

  for await (const piece of pieces) {
    // Line by line, so that the line of each record is known.
    for (let from = 0; from < piece.length; ) {
      const end = piece.indexOf('\n', from);
      let to = end < 0 ? piece.length : end + 1;
      while (piece[to] === '\n') to += 1;
      const isRead = fits(piece.slice(from, to));
      if (version !== undefined) checkVersion(version);
      yield* found.splice(0);
      if (!isRead) {
        yield { line, reason: 'The file is broken in this line; what comes after it cannot be read.' };
        return;
      }
      if (end >= 0) line += to - end;
      from = to;
    }
  }
  if (isEnded) checkVersion(version);
  else yield { line, reason: 'The file ends in the middle; what came before is read.' };
}

function checkVersion(version: unknown): Fault | undefined {
  if (version === EXPORT_VERSION) return undefined;
  throw version === undefined
    ? invalid('/file', 'This is no export of Hallway.')
    : invalid('/file', 'This is an export of a version of Hallway that is not known here.');
}
