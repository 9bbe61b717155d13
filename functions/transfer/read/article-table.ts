import type { Entry } from '../entry.ts';
import type { Cells, Header, Table } from './table.ts';
import { articleEntry } from './tidy.ts';

const URL = ['url', 'link', 'href', 'uri', 'web address', 'page url'];
const TITLE = ['title', 'name', 'page title'];
const SAVED_AT = [
  'time_added',
  'timestamp',
  'saved date',
  'saved_at',
  'savedat',
  'date added',
  'date_added',
  'added',
  'created',
  'created_at',
  'date',
];
const TAGS = ['tags', 'document tags', 'labels', 'tag'];
const FOLDER = ['folder', 'folders', 'collection'];
/** What the user marked or wrote, in this order. A service's own summary (`excerpt`) is neither. */
const SELECTIONS = ['selection', 'highlights', 'note', 'notes', 'description'];

/** Folders that say where a service keeps an article, not what it is about. */
const PLACES = new Set(['unread', 'archive', 'starred', 'unsorted', 'inbox', 'home', 'trash']);

/** `a|b` (Pocket), `a, b` (Raindrop), `["a","b"]` (Instapaper), `['a', 'b']` (Readwise). */
function tagsIn(cell: string): string[] {
  const list = /^\[(.*)\]$/s.exec(cell.trim())?.[1];
  if (list === undefined) return cell.split(cell.includes('|') ? '|' : ',');
  try {
    const tags: unknown = JSON.parse(`[${list}]`);
    if (Array.isArray(tags)) return tags.filter((tag) => typeof tag === 'string');
  } catch {
    // Python's way of writing a list.
  }
  return list.split(',').map((tag) => tag.trim().replace(/^(['"])(.*)\1$/s, '$2'));
}

function foldersIn(cell: string): string[] {
  return cell.split(/ ?\/ ?/).filter((name) => !PLACES.has(name.trim().toLowerCase()));
}

function entryOf(cells: Cells, line: number): Entry {
  const selection = SELECTIONS.map((name) => cells.first(name)?.trim()).filter(Boolean);
  return articleEntry(line, {
    url: cells.first(...URL),
    title: cells.first(...TITLE),
    savedAt: cells.first(...SAVED_AT),
    tags: [...tagsIn(cells.first(...TAGS) ?? ''), ...foldersIn(cells.first(...FOLDER) ?? '')],
    selection: selection.join('\n\n'),
  });
}

/** The list of articles a header announces; undefined: it has no column of addresses. */
export function articleTable(header: Header): Table | undefined {
  if (!URL.some((name) => header.has(name))) return undefined;
  const all = (...names: string[]) => names.every((name) => header.has(name));
  if (all('time_added', 'status')) return { format: 'pocket', entryOf };
  if (all('selection', 'folder', 'timestamp')) return { format: 'instapaper', entryOf };
  if (all('excerpt', 'folder', 'created')) return { format: 'raindrop', entryOf };
  if (all('document tags', 'saved date')) return { format: 'readwise', entryOf };
  return { format: 'articles', entryOf };
}
