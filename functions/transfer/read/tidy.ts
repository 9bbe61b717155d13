import { MAX_SELECTION, MAX_TAGS } from '../../articles/article.ts';
import { MAX_URL_CHARS } from '../../articles/url.ts';
import { foldAddress } from '../../platform/address.ts';
import { at } from '../../platform/clock.ts';
import { day as calendarDay, email, isTimeZone, isVisible } from '../../platform/shapes.ts';
import type { ArticleEntry, Entry } from '../entry.ts';

/** As a page's own title is cut (`articles/extract.ts`). */
const MAX_TITLE = 300;
/** As a friend's (`friends/friend.ts`): what is longer would be refused there. */
const MAX_NAME = 100;
const MAX_GROUP = 60;
const MAX_GROUPS = 20;
/** A tag is a word or three; what is longer was no tag. */
const MAX_TAG = 100;
/** Looked at, of a person who has more of them. */
const MAX_EMAILS = 50;

/** Looked at of words over several lines, before white space is folded. */
const MAX_PROSE_TEXT = 4 * MAX_SELECTION;

export const TOO_LONG = 'This line is too long to be read.';

/** Control characters that are no white space, marks that turn the direction of reading, byte order marks. */
const UNSEEN = /(?![\t-\r\u0085])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  // Not between the halves of a surrogate pair.
  return text
    .slice(0, max)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd();
}

/** One line of at most `max` characters; undefined if there is nothing to see. */
export function oneLine(text: string | undefined, max: number): string | undefined {
  const line = text
    ?.toWellFormed()
    .replace(UNSEEN, '')
    .replace(/[\s\u0085]+/g, ' ')
    .trim();
  return isVisible(line) ? clip(line, max) : undefined;
}

function prose(text: string | undefined): string | undefined {
  const lines = text
    ?.slice(0, MAX_PROSE_TEXT)
    .toWellFormed()
    .replace(UNSEEN, '')
    .split(/\r\n?|[\n\u0085\u2028\u2029]/)
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return isVisible(lines) ? clip(lines, MAX_SELECTION) : undefined;
}

/** Labels, each once however it is written, in the order they came. */
function labels(written: Iterable<string>, max: number, maxChars: number): string[] | undefined {
  const found = new Map<string, string>();
  for (const one of written) {
    if (found.size === max) break;
    const label = oneLine(one, maxChars);
    if (label && !found.has(label.toLowerCase())) found.set(label.toLowerCase(), label);
  }
  return found.size > 0 ? [...found.values()] : undefined;
}

const NOT_PAGES: Record<string, string> = {
  javascript: 'A bookmarklet, not a page.',
  data: 'Data written out, not a page of the web.',
  blob: 'Data of the browser, not a page of the web.',
  place: 'A saved search of the browser, not a page.',
  file: 'A file on one machine, not a page of the web.',
  mailto: 'An email address, not a page.',
  feed: 'A feed, not a page.',
};

const OF_THE_BROWSER =
  /^(?:about|chrome|edge|brave|opera|vivaldi|resource|view-source|jar|[a-z]+-(?:native|extension|web-extension|search|untrusted))$/;

/** Why an address leads to no page of the web; undefined: it may. */
function notAPage(url: string): string | undefined {
  if (url === '') return 'There is no web address.';
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? '';
  if (scheme === 'https' || scheme === 'http') {
    return url.length > MAX_URL_CHARS ? `The address is longer than ${MAX_URL_CHARS} characters.` : undefined;
  }
  if (Object.hasOwn(NOT_PAGES, scheme)) return NOT_PAGES[scheme];
  return OF_THE_BROWSER.test(scheme) ? 'A page of the browser itself, not of the web.' : 'Not a web address.';
}

export interface WrittenLink {
  url: string | undefined;
  title?: string | undefined;
  savedAt?: string | undefined;
  tags?: Iterable<string>;
  selection?: string | undefined;
}

/** What a file says of one link, as an article, or the reason why it is none. */
export function articleEntry(line: number, written: WrittenLink): Entry {
  const url = written.url?.trim() ?? '';
  const reason = notAPage(url);
  if (reason) return { line, reason };
  const title = oneLine(written.title, MAX_TITLE);
  const tags = labels(written.tags ?? [], MAX_TAGS, MAX_TAG);
  const selection = prose(written.selection);
  const savedAt = written.savedAt && instantOf(written.savedAt);
  const article: ArticleEntry = {
    url,
    // Who did not know a page's title wrote its address.
    ...(title && title !== url && { title }),
    ...(savedAt && { savedAt }),
    ...(tags && { tags }),
    ...(selection && { selection }),
  };
  return { line, article };
}

/** Before there was a web nothing of it was saved: such a date is a counter that was never set. */
const FIRST_SAVED = Date.UTC(1990, 0);
const LAST_SAVED = Date.UTC(9999, 11, 31);

/** The largest numbers read as seconds and as milliseconds since 1970; above them are microseconds. */
const MAX_SECONDS = 1e11;
const MAX_MILLISECONDS = 1e14;

function milliseconds(written: string): number {
  if (/^\d{1,20}(?:\.\d{0,9})?$/.test(written)) {
    const number = Number(written);
    if (number < MAX_SECONDS) return number * 1000;
    return number < MAX_MILLISECONDS ? number : number / 1000;
  }
  const [, day, time = '00:00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|[+-]\d\d:?\d\d|UTC)?)?$/i.exec(
      written,
    ) ?? [];
  // Date.parse takes 31 February for 2 March.
  if (!calendarDay.safeParse(day).success) return Number.NaN;
  const utc = /^(?:z|utc)$/i.test(zone) ? 'Z' : zone.replace(/^(...):?/, '$1:');
  return Date.parse(`${day}T${time}${utc}`);
}

/**
 * A date as exports write it, as RFC 3339 UTC: seconds since 1970, or milliseconds or microseconds if it is too large
 * for that, or ISO 8601 (UTC if no zone is said). Undefined if it is none, or none on which a page can have been
 * saved; the future is for the caller to judge.
 */
export function instantOf(written: string): string | undefined {
  const ms = milliseconds(written.trim());
  return ms >= FIRST_SAVED && ms <= LAST_SAVED ? at(new Date(ms)) : undefined;
}

export interface WrittenFriend {
  /** The best first. */
  names: (string | undefined)[];
  /** The best first; those that are no addresses are passed over. */
  emails: (string | undefined)[];
  birthday?: string | undefined;
  timeZone?: string | undefined;
  groups?: Iterable<string>;
}

/** Each mailbox once, as it is written first. */
function addressesIn(written: (string | undefined)[]): string[] {
  const found = new Map<string, string>();
  for (const one of written.slice(0, MAX_EMAILS)) {
    const plain = one?.trim().replace(/^mailto:/i, '');
    const parsed = plain ? email.safeParse(plain) : undefined;
    const mailbox = parsed?.success && foldAddress(parsed.data);
    if (mailbox && !found.has(mailbox)) found.set(mailbox, parsed.data);
  }
  return [...found.values()];
}

const NO_NAME_NO_ADDRESS = 'There is no name, and its email address is not an address.';

/** What a file says of one person, as a friend, or the reason why it is not enough. */
export function friendEntry(line: number, written: WrittenFriend): Entry {
  const [address, ...others] = addressesIn(written.emails);
  let name = address;
  for (const one of written.names.toReversed()) name = oneLine(one, MAX_NAME) ?? name;
  if (name === undefined) {
    const isWritten = written.emails.some((one) => one?.trim());
    return { line, reason: isWritten ? NO_NAME_NO_ADDRESS : 'There is neither a name nor an email address.' };
  }
  const groups = labels(written.groups ?? [], MAX_GROUPS, MAX_GROUP);
  const timeZone = written.timeZone?.trim();
  return {
    line,
    friend: {
      name,
      ...(address && { email: address }),
      ...(others.length > 0 && { otherEmails: others }),
      ...(written.birthday && { birthday: written.birthday }),
      ...(timeZone && timeZone.length <= 64 && isTimeZone(timeZone) && { timeZone }),
      ...(groups && { groups }),
    },
  };
}
