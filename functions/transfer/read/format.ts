import { headOf } from './table.ts';

/** What a file is, by what is in it. */
export type Format =
  | 'hallway'
  | 'bookmarks'
  | 'pocket'
  | 'instapaper'
  | 'raindrop'
  | 'readwise'
  | 'articles'
  | 'links'
  | 'vcard'
  | 'google-contacts'
  | 'outlook-contacts'
  | 'contacts';

const HALLWAY = /"(?:hallway|records)"\s*:/;
/** A saved page can hold a `<dl>`, too; its links are no bookmarks. */
const BOOKMARKS = /^<!doctype netscape-bookmark-file|\sadd_date\s*=|<dl>\s*<p>\s*<dt>\s*<(?:a|h3)\b/i;
const POCKET = /<title>\s*pocket export|\stime_added\s*=|<h1>\s*(?:unread|read archive)\s*<\/h1>\s*<ul/i;
const INSTAPAPER = /<title>\s*instapaper/i;
const WEB_ADDRESS = /https?:\/\/[^\s/]/i;

/** The format of a file that begins with `start` (a few KB say it); undefined: none that is read. */
export function formatOf(start: string): Format | undefined {
  // Without a byte order mark, too, which trim takes for white space.
  const text = start.trim();
  if (text.includes('\0')) return undefined;
  if (text.startsWith('{')) return HALLWAY.test(text) ? 'hallway' : undefined;
  if (/^begin\s*:\s*vcard\b/i.test(text)) return 'vcard';
  if (/^(?:begin\s*:|%pdf|\[\s*[[{"\]])/i.test(text)) return undefined;
  if (/^<(?!https?:)/i.test(text)) {
    if (POCKET.test(text)) return 'pocket';
    if (INSTAPAPER.test(text)) return 'instapaper';
    return BOOKMARKS.test(text) ? 'bookmarks' : undefined;
  }
  return headOf(text)?.table.format ?? (WEB_ADDRESS.test(text) ? 'links' : undefined);
}
