import { bareSubject, unwrap } from './forward.ts';
import { htmlLines, type Line, type Link, textLines } from './lines.ts';
import { articleLink, givenUrl, isSame, isServiceLine, openText } from './links.ts';
import { friendIn, type OwnWords, ownWords, withoutQuotes, written } from './own-words.ts';
import type { IncomingMail, Mailbox } from './parse.ts';
import { isAutomatic, isReport } from './trust.ts';

/** Who wrote the letter, and the calendar day it was sent (`2026-09-07`), where it says so. */
interface Source {
  sender?: Partial<Mailbox>;
  date?: string;
}

/** What a mail to the secret address means. `html` is only paragraphs, headings and items: no links, no pictures. */
export type Understood =
  /** An address the user gave themselves, as they gave it. */
  | ({ kind: 'link'; url: string; title?: string } & OwnWords)
  /** A letter about one article; `url` is canonical and names no reader, `html` is the letter. */
  | ({ kind: 'article'; url: string; title: string; html?: string } & OwnWords & Source)
  /** A letter that stands nowhere else. */
  | ({ kind: 'body'; title: string; text: string; html: string } & OwnWords & Source)
  /** `report`: about another mail. `empty`: no word in it. `no-link`: some words, and nothing they go with. */
  | { kind: 'nothing'; why: 'report' | 'empty' | 'no-link' };

/** Longer, or with more links, it is no note with a link but a letter, whatever its headers say. */
const MAX_NOTE_CHARS = 3_000;
/** Sent on by a client we do not know: what stands there is hardly the user's. */
const MAX_UNKNOWN_FORWARD_CHARS = 500;
const MAX_NOTE_LINKS = 5;

/** Somebody who writes this much without a link sends the text itself. */
const MIN_TEXT_CHARS = 600;

/** A mail sent on by friend after friend: what the last of them got counts. */
const MAX_FORWARDS = 5;
const MAX_FRIENDS_WORDS = 1_000;

const MAX_TITLE = 300;
const MAX_BODY_CHARS = 200_000;

interface Letter extends Source {
  lines: Line[];
  subject: string;
}

function hasText(lines: Line[]): boolean {
  return lines.some(({ text }) => text !== '');
}

function charsIn(lines: Line[]): number {
  return lines.reduce((sum, { text }) => sum + text.length, 0);
}

function linksIn(lines: Line[]): Link[] {
  return lines.flatMap(({ links }) => links);
}

/** Both parts of a mail as lines, the one with the links first. Empty parts are left out. */
function partsOf(mail: IncomingMail): Line[][] {
  return [htmlLines(mail.html), textLines(mail.text)].filter(hasText);
}

function letterOf(mail: IncomingMail, lines: Line[]): Letter {
  return {
    lines,
    subject: bareSubject(mail.subject).subject,
    ...(mail.from && { sender: mail.from }),
    ...(mail.date && { date: mail.date.slice(0, 10) }),
  };
}

/** The mail inside, and what the user wrote above it; null if nothing was sent on. */
function forwardedIn(mail: IncomingMail, parts: Line[][]): { letter: Letter; above: Line[] } | null {
  const { subject, isForward } = bareSubject(mail.subject);
  const { attached } = mail;
  if (attached) {
    return { letter: innermost(letterOf(attached, partsOf(attached)[0] ?? [])), above: parts[0] ?? [] };
  }
  for (const part of parts) {
    const found = unwrap(part, isForward);
    if (!found) continue;
    const letter: Letter = {
      lines: found.original,
      subject: found.subject ?? subject,
      ...(found.from && { sender: found.from }),
      ...(found.day && { date: found.day }),
    };
    return { letter: innermost(letter), above: found.above };
  }
  return null;
}

function innermost(letter: Letter): Letter {
  let last = letter;
  for (let count = 1; count < MAX_FORWARDS; count += 1) {
    const next = unwrap(last.lines, false);
    if (!next?.subject || charsIn(next.above) > MAX_FRIENDS_WORDS || linksIn(next.above).length > 0) break;
    last = {
      lines: next.original,
      subject: next.subject,
      ...(next.from && { sender: next.from }),
      ...(next.day && { date: next.day }),
    };
  }
  return last;
}

/** A subject that is nothing but an address. */
function addressIn(subject: string): string | undefined {
  return /^https?:\/\/\S+$/i.test(subject) ? givenUrl(subject) : undefined;
}

/** The lines without this address: a line that was only the address, or only its title, goes. */
function without(url: string, lines: Line[]): Line[] {
  return lines.flatMap((line) => {
    const own = line.links.filter((link) => isGiven(link, url));
    if (own.length === 0) return [line];
    let rest = line.text;
    for (const { text } of own) if (text === rest || /^https?:/i.test(text)) rest = rest.replace(text, '');
    rest = rest
      .replace(/<\s*>|\(\s*\)|\[\s*\]/g, '')
      .replace(/\s+/g, ' ')
      .trim();
    return rest ? [{ ...line, text: rest }] : [];
  });
}

function isGiven(link: Link, url: string): boolean {
  const given = givenUrl(link.url);
  return given !== undefined && isSame(given, url);
}

/** What the user wrote around the address they shared. A subject is its title, unless it is a friend or the address. */
function shared(url: string, lines: Line[], subject: string): Understood {
  const named = friendIn(subject);
  const label = linksIn(lines).find(
    (link) => isGiven(link, url) && link.text && !/^https?:|^www\./i.test(link.text),
  );
  const title = label?.text || (named || /^https?:\/\//i.test(subject) ? '' : subject);
  const rest = without(url, lines).filter(({ text }) => text === '' || text !== title);
  return {
    kind: 'link',
    url,
    ...(title && { title: title.slice(0, MAX_TITLE) }),
    ...(named && { friend: named }),
    ...ownWords(rest),
  };
}

/** An address on a line of its own above a forwarded mail: the user says themselves what the article is. */
function pointedAt(above: Line[]): string | undefined {
  const alone = above.filter(
    ({ text, links }) => links.length === 1 && text === links[0]?.text && /^https?:/i.test(text),
  );
  return alone.length === 1 ? givenUrl(alone[0]?.links[0]?.url ?? '') : undefined;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function toHtml(lines: Line[]): string {
  return lines
    .filter(({ text }) => text !== '')
    .map(({ text, heading, item }) => {
      const name = heading ? `h${heading}` : item ? 'li' : 'p';
      return `<${name}>${text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? '')}</${name}>`;
    })
    .join('\n');
}

/** What a reader of the letter wants to read: without its ways out, and its addresses that know who reads. */
function cleaned(lines: Line[]): Line[] {
  const kept: Line[] = [];
  let room = MAX_BODY_CHARS;
  for (const line of lines) {
    if (isServiceLine(line)) continue;
    const text = openText(line);
    if (text === '' && (line.text !== '' || kept.at(-1)?.text === '' || kept.length === 0)) continue;
    kept.push({ ...line, text: text.slice(0, room) });
    room -= text.length + 1;
    if (room <= 0) break;
  }
  return kept;
}

function understandLetter(letter: Letter, own: OwnWords): Understood {
  const { lines, subject, sender, date } = letter;
  const source = { ...own, ...(sender && { sender }), ...(date && { date }) };
  const kept = cleaned(lines);
  const firstLine = kept.find(({ text }) => text !== '')?.text ?? '';
  const link = articleLink(lines, subject);
  if (link) {
    const title = (link.title ?? (subject || firstLine || link.url)).slice(0, MAX_TITLE);
    return { kind: 'article', url: link.url, title, ...(firstLine && { html: toHtml(kept) }), ...source };
  }
  if (!firstLine) return { kind: 'nothing', why: 'empty' };
  const text = kept
    .map((line) => line.text)
    .join('\n')
    .trim();
  return {
    kind: 'body',
    title: (subject || firstLine).slice(0, MAX_TITLE),
    text,
    html: toHtml(kept),
    ...source,
  };
}

/** A mail that the user wrote, or shared from another application; null if it is longer than that. */
function understandNote(lines: Line[], subject: string, maxChars: number): Understood | null {
  const kept = written(lines);
  const given = linksIn(kept).flatMap(({ url }) => givenUrl(url) ?? []);
  if (charsIn(kept) > maxChars || new Set(given).size > MAX_NOTE_LINKS) return null;
  const [first] = given;
  if (first) return shared(first, kept, subject);
  if (charsIn(kept) >= MIN_TEXT_CHARS) return null;
  return { kind: 'nothing', why: hasText(kept) ? 'no-link' : 'empty' };
}

/**
 * What somebody wants by sending this mail here: to save an address, an article that a letter is about, or a letter.
 * Reads, and never fetches. Believes nothing: see `trust.ts` and `confirmation.ts` first. Only a person's own mail, or
 * what they wrote above one sent on, gives `words`.
 */
export function understand(mail: IncomingMail): Understood {
  if (isReport(mail)) return { kind: 'nothing', why: 'report' };
  const { subject, isForward } = bareSubject(mail.subject);
  const isPersons = !isAutomatic(mail);
  const parts = partsOf(mail);
  const lines = parts[0] ?? [];
  const forwarded = forwardedIn(mail, parts);
  const all = forwarded ? forwarded.above : lines;
  const own = isForward ? all : withoutQuotes(all);
  const above = isPersons ? written(own) : [];

  const named = addressIn(subject);
  if (named) return shared(named, above, subject);
  if (forwarded) {
    const { letter } = forwarded;
    const pointed = pointedAt(above);
    if (!pointed) return understandLetter(letter, ownWords(above));
    const title = letter.subject && { title: letter.subject };
    return { kind: 'link', url: pointed, ...title, ...ownWords(without(pointed, above)) };
  }
  const maxChars = isForward ? MAX_UNKNOWN_FORWARD_CHARS : MAX_NOTE_CHARS;
  return (isPersons && understandNote(own, subject, maxChars)) || understandLetter(letterOf(mail, lines), {});
}
