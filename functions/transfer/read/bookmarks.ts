import { MAX_SELECTION } from '../../articles/article.ts';
import type { Entry } from '../entry.ts';
import { type MarkupHandler, markupReader } from './markup.ts';
import { articleEntry } from './tidy.ts';

/** Of deeper folders the names are not kept; nobody sorts so. */
const MAX_DEPTH = 100;

/** What is kept of a title or a folder's name before white space is folded. */
const MAX_TITLE_TEXT = 2_000;

const ATTRIBUTES = new Set([
  'href',
  'add_date',
  'time_added',
  'tags',
  'feedurl',
  'personal_toolbar_folder',
  'unfiled_bookmarks_folder',
]);

/** Folders that every browser has, so that their names say nothing about what is in them. */
const ROOTS = new Set(
  `bookmarks|bookmarks bar|bookmarks toolbar|bookmarks menu|other bookmarks|mobile bookmarks|synced bookmarks
  |favorites|favourites|favorites bar|favourites bar|other favorites|other favourites|imported|reading list|unsorted
  |lesezeichen|lesezeichenleiste|lesezeichen-symbolleiste|lesezeichen-menü|weitere lesezeichen|mobile lesezeichen
  |favoriten|favoritenleiste|weitere favoriten|leseliste
  |favoris|barre de favoris|barre des favoris|autres favoris|barre personnelle|menu des marque-pages
  |marcadores|barra de marcadores|otros marcadores|outros favoritos|barra de favoritos|barra dei preferiti|preferiti
  |altri preferiti|bladwijzers|bladwijzerbalk|andere bladwijzers`.split(/\s*\|\s*/),
);

/** Tags that end the bookmark before them. `<p>` is none: it stands after every `<DL>`. */
const ENDS = new Set(['a', 'dl', 'dt', 'h1', 'h3', 'hr', 'li', 'ol', 'ul']);

interface Bookmark {
  line: number;
  attributes: ReadonlyMap<string, string>;
  title: string;
  description: string;
}

interface Folder {
  name: string;
  isRoot: boolean;
}

type Listening = 'title' | 'description' | 'folder' | undefined;

/**
 * The format has no grammar and no end tags to rely on: a bookmark goes from its `<A>` to the next tag of `ENDS`, and
 * its folders are the `<H3>` before each `<DL>` that is open. Pocket and Instapaper write `<li><a>` and no folders.
 */
class Bookmarks implements MarkupHandler {
  readonly found: Entry[] = [];
  private bookmark: Bookmark | undefined;
  private folder: Folder | undefined;
  private listening: Listening;
  /** What holds the current list, outermost first; undefined: a list without a name, or a browser's own. */
  private readonly path: (string | undefined)[] = [];
  private tooDeep = 0;

  open(name: string, attributes: ReadonlyMap<string, string>, line: number): void {
    if (ENDS.has(name)) this.finish();
    if (name === 'a') {
      this.bookmark = { line, attributes, title: '', description: '' };
      this.listening = 'title';
    } else if (name === 'h3') {
      const isOwn = ['personal_toolbar_folder', 'unfiled_bookmarks_folder'].some(
        (mark) => attributes.has(mark) && attributes.get(mark)?.toLowerCase() !== 'false',
      );
      this.folder = { name: '', isRoot: isOwn };
      this.listening = 'folder';
    } else if (name === 'dl') {
      this.enter();
    } else if (name === 'dd') {
      this.listening = this.bookmark && 'description';
    } else if (name === 'br') {
      this.text('\n');
    }
  }

  close(name: string): void {
    if ((name === 'a' && this.listening === 'title') || (name === 'h3' && this.listening === 'folder')) {
      this.listening = undefined;
    } else if (name === 'dl') {
      this.finish();
      if (this.tooDeep > 0) this.tooDeep -= 1;
      else this.path.pop();
    }
  }

  text(part: string): void {
    const { bookmark, folder } = this;
    if (this.listening === 'folder' && folder) folder.name = append(folder.name, part, MAX_TITLE_TEXT);
    if (this.listening === 'title' && bookmark) bookmark.title = append(bookmark.title, part, MAX_TITLE_TEXT);
    if (this.listening === 'description' && bookmark) {
      bookmark.description = append(bookmark.description, part, 2 * MAX_SELECTION);
    }
  }

  finish(): void {
    this.listening = undefined;
    if (this.bookmark) this.found.push(this.entryOf(this.bookmark));
    this.bookmark = undefined;
  }

  private enter(): void {
    if (this.path.length >= MAX_DEPTH) {
      this.tooDeep += 1;
    } else {
      const name = this.folder?.name.trim() ?? '';
      const isTop = this.path.every((above) => above === undefined);
      const isRoot = this.folder?.isRoot || (isTop && ROOTS.has(name.toLowerCase()));
      this.path.push(name === '' || isRoot ? undefined : name);
    }
    this.folder = undefined;
  }

  private entryOf({ line, attributes, title, description }: Bookmark): Entry {
    if (attributes.has('feedurl')) return { line, reason: 'A feed, not a page.' };
    const tags = attributes.get('tags')?.split(',') ?? [];
    return articleEntry(line, {
      url: attributes.get('href'),
      title,
      savedAt: attributes.get('add_date') ?? attributes.get('time_added'),
      tags: [...tags, ...this.path.filter((name) => name !== undefined)],
      selection: description,
    });
  }
}

function append(text: string, part: string, max: number): string {
  return text.length < max ? text + part.slice(0, max - text.length) : text;
}

/**
 * Bookmarks as browsers and bookmark services write them (the Netscape bookmark file format), and the HTML exports of
 * Pocket and Instapaper.
 */
export async function* readBookmarks(pieces: AsyncIterable<string>): AsyncGenerator<Entry> {
  const bookmarks = new Bookmarks();
  const reader = markupReader(ATTRIBUTES, bookmarks);
  for await (const piece of pieces) {
    reader.write(piece);
    yield* bookmarks.found.splice(0);
  }
  reader.end();
  bookmarks.finish();
  yield* bookmarks.found;
}
