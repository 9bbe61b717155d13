import type { Entry } from '../entry.ts';
import { articleTable } from './article-table.ts';
import { contactTable } from './contact-table.ts';
import { type BrokenRow, cellsOf, type Row, rowsOf } from './csv.ts';
import type { Format } from './format.ts';
import { linesOf } from './lines.ts';

const DELIMITERS = [',', ';', '\t'];

/** Excel writes this above a header, and reads it. */
const SEPARATOR_LINE = /^\ufeff?"?sep=.?"?$/i;

/** The names of the columns: in lower case, white space folded. */
export type Header = ReadonlySet<string>;

export interface Table {
  format: Format;
  entryOf(cells: Cells, line: number): Entry;
}

/** A row's cells by the names of their columns. */
export interface Cells {
  /** Of these columns the first that is there and not empty. */
  first(...names: string[]): string | undefined;
  all(): Iterable<[name: string, cell: string]>;
}

interface Head {
  delimiter: string;
  columns: string[];
  /** Of each name the first column. */
  places: ReadonlyMap<string, number>;
  table: Table;
}

function columnName(cell: string): string {
  return cell.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** The header of a CSV file that begins so; undefined: it is none of the known ones. */
export function headOf(start: string): Head | undefined {
  const line = start.split('\n').find((one) => one.trim() !== '' && !SEPARATOR_LINE.test(one.trim()));
  if (line === undefined) return undefined;
  let found: Head | undefined;
  for (const delimiter of DELIMITERS) {
    let columns: string[];
    try {
      columns = cellsOf(line, delimiter).map(columnName);
    } catch {
      // A quotation mark that is not closed: no header has that.
      continue;
    }
    const header = new Set(columns);
    const table = contactTable(header) ?? articleTable(header);
    if (!table || columns.length <= (found?.columns.length ?? 0)) continue;
    const places = new Map(columns.map((name, place) => [name, place] as const).toReversed());
    found = { delimiter, columns, places, table };
  }
  return found;
}

/** Costs what the row costs: a header can be wide, and its rows many and short. */
function cellsByName({ columns, places }: Head, cells: string[]): Cells {
  return {
    first(...names) {
      for (const name of names) {
        const cell = cells[places.get(name) ?? -1];
        if (cell?.trim()) return cell;
      }
      return undefined;
    },
    *all() {
      for (const [place, cell] of cells.entries()) {
        const name = columns[place];
        if (name !== undefined && cell.trim()) yield [name, cell];
      }
    },
  };
}

const isRow = (row: Row | BrokenRow): row is Row => 'cells' in row;

/** A CSV file of articles or of people, by what its header says. `start` is how the pieces begin. */
export async function* readTable(pieces: AsyncIterable<string>, start: string): AsyncGenerator<Entry> {
  const head = headOf(start);
  if (!head) return;
  let isHeaderRead = false;
  for await (const row of rowsOf(linesOf(pieces), head.delimiter)) {
    if (!isRow(row)) {
      yield row;
    } else if (isHeaderRead) {
      yield head.table.entryOf(cellsByName(head, row.cells), row.line);
    } else {
      isHeaderRead = !SEPARATOR_LINE.test(row.cells.join(head.delimiter).trim());
    }
  }
}
