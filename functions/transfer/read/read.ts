import { invalid } from '../../platform/faults.ts';
import type { Entry } from '../entry.ts';
import { readBookmarks } from './bookmarks.ts';
import { readExport } from './export.ts';
import { formatOf } from './format.ts';
import { readLinks } from './links.ts';
import { readTable } from './table.ts';
import { textOf } from './text.ts';
import { readCards } from './vcard.ts';

export { type Format, formatOf } from './format.ts';

const NOT_READ =
  'This file is of no kind that is read here: bookmarks of a browser (HTML), a list from Pocket, Instapaper, Raindrop ' +
  'or Readwise (CSV or HTML), web addresses one on a line (text), contacts (vCard; CSV from Google or Outlook), or an ' +
  'export of Hallway (JSON).';

/**
 * What is in a file, as it comes, in the order of its lines; whatever its name is. Little more than one entry is held
 * at a time, so a file of any length can be read. What cannot be read is an entry with its reason and stops nothing;
 * several entries can have one line.
 *
 * Faults: `invalid` at `/file`, before the first entry, if it is empty or of no known format; for an export of ours see
 * `readExport`.
 */
export async function* readEntries(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
  const text = textOf(chunks);
  try {
    const { value: start = '' } = await text.next();
    yield* entriesIn(start, joined(start, text));
  } finally {
    // Also if nothing of it was read: the file behind it is let go.
    await text.return(undefined);
  }
}

async function* joined(start: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield start;
  yield* rest;
}

function entriesIn(start: string, pieces: AsyncIterable<string>): AsyncGenerator<Entry> {
  if (start.trim() === '') throw invalid('/file', 'This file is empty.');
  switch (formatOf(start)) {
    case 'hallway':
      return readExport(pieces);
    case 'bookmarks':
      return readBookmarks(pieces);
    case 'pocket':
    case 'instapaper':
      return start.trimStart().startsWith('<') ? readBookmarks(pieces) : readTable(pieces, start);
    case 'links':
      return readLinks(pieces);
    case 'vcard':
      return readCards(pieces);
    case 'raindrop':
    case 'readwise':
    case 'articles':
    case 'google-contacts':
    case 'outlook-contacts':
    case 'contacts':
      return readTable(pieces, start);
    case undefined:
      throw invalid('/file', NOT_READ);
  }
}
