import PostalMime, { type Address, type Attachment, addressParser, type Email } from 'postal-mime';
import { asciiAddress } from '../platform/address.ts';
import { Fault, invalid } from '../platform/faults.ts';

/** What Gmail and Outlook let through. SES takes 40 MB. */
export const MAX_MAIL_BYTES = 25 * 1024 * 1024;

/** Real header blocks have 5 to 30 KB and 60 to 200 lines. */
export const MAX_HEADER_BYTES = 1024 * 1024;
export const MAX_HEADER_LINES = 2_000;

export const MAX_PARTS = 200;

/**
 * A boundary can be declared so that only a full parser sees it (RFC 2231, comments, a message inside the message). So
 * lines that may begin a part are counted too; in plain text some do, dashes with an empty line below.
 */
const MAX_LIKELY_PARTS = 2_000;

export const MAX_DEPTH = 20;

/**
 * postal-mime keeps every line as objects of its own, 2.5 KB for each: 25 MB of line breaks take 4 GB and two minutes.
 * The heaviest newsletters have 30,000. Lines of base64, of which a large attachment has 350,000, are joined first.
 */
const MAX_LINES = 50_000;

/** The heaviest newsletters have 1 MB; attachments come as base64. It is in memory ten times while it is read. */
const MAX_TEXT_BYTES = 10 * 1024 * 1024;

/** Shorter lines are not joined: a word on a line of its own could be base64, too. */
const MIN_BASE64_LINE = 60;
/** So many bytes become one line. */
const JOINED_BYTES = 64 * 1024;

/** The first empty line can be the end of a header; from this one on, a run of them becomes one line of spaces. */
const MAX_BLANKS = 3;

/** Looked through at a time, so that a large mail is not in memory once more as text. */
const WINDOW_BYTES = 64 * 1024;
const MAX_BOUNDARY_BYTES = 300;

const MAX_SUBJECT = 1_000;
const MAX_NAME = 200;
const MAX_RECIPIENTS = 100;
const MAX_ATTACHMENTS = MAX_PARTS;

export interface Mailbox {
  name: string;
  address: string;
}

/** Headers somebody decides by: the topmost of each name, unfolded. */
const KEPT = [
  'authentication-results',
  'auto-submitted',
  'content-type',
  'feedback-id',
  'list-id',
  'list-unsubscribe',
  'precedence',
  'return-path',
  'x-auto-response-suppress',
  'x-autoreply',
  'x-autorespond',
  'x-failed-recipients',
] as const;

export type KeptHeader = (typeof KEPT)[number];

/** A mail as plain data. Everything in it is a stranger's word; `trust.ts` says what to believe. */
export interface IncomingMail {
  /** Left out unless there is exactly one `From` with exactly one address: with two, each reader believes another. */
  from?: Mailbox;
  to: Mailbox[];
  /** One line, decoded. */
  subject: string;
  /** RFC 3339 UTC, as the sender's clock had it. */
  date?: string;
  /** With its angle brackets, fit for `In-Reply-To`. */
  messageId?: string;
  text: string;
  html: string;
  /** Sizes in bytes. What they hold is never kept. */
  attachments: { name: string; type: string; size: number }[];
  headers: Partial<Record<KeptHeader, string>>;
  /** The first mail attached whole ("forward as attachment"). Has none of its own. */
  attached?: IncomingMail;
}

function tooLarge(what: string): Fault {
  return new Fault('too-large', `This mail is too large: ${what}.`);
}

const DASH = 0x2d;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

/** Without `=`: it ends the lines of quoted-printable, which are not to be joined with anything between. */
const BASE64 = new Set(Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'));
const isBase64Byte = Uint8Array.from({ length: 256 }, (_, byte) => Number(BASE64.has(byte)));

function isBase64Line(raw: Buffer, start: number, end: number): boolean {
  if (end - start < MIN_BASE64_LINE) return false;
  for (let at = start; at < end; at += 1) if (!isBase64Byte[raw[at] ?? 0]) return false;
  return true;
}

/** Every boundary that a header in plain sight declares, wherever it stands. */
function declaredBoundaries(raw: Buffer): Set<string> {
  const found = new Set<string>();
  const declared = /\bboundary=(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))/gi;
  for (let start = 0; start < raw.length; start += WINDOW_BYTES) {
    const window = raw.toString('latin1', start, start + WINDOW_BYTES + MAX_BOUNDARY_BYTES);
    for (const [, quoted, plain] of window.matchAll(declared)) {
      found.add((quoted ?? plain ?? '').trimEnd());
      if (found.size > MAX_PARTS) throw tooLarge(`it has more than ${MAX_PARTS} parts`);
    }
  }
  return found;
}

/**
 * One pass over the bytes, before any parser sees them: counts what costs time or memory, and joins lines of base64,
 * and empty lines, with spaces in place. To a decoder of base64 a space is nothing, too, and neither kind of line is a
 * header or a boundary; so it matters little whether a part is what it seems. Fault `too-large`.
 */
function prepare(raw: Buffer): void {
  if (raw.length > MAX_MAIL_BYTES) throw tooLarge('it has more than 25 MB');
  const boundaries = declaredBoundaries(raw);
  let inHeader = true;
  let afterDashes = false;
  let lines = 0;
  let blanks = 0;
  let previousEnd = 0;
  let textBytes = 0;
  let parts = 0;
  let likelyParts = 0;
  /** Where the line of base64 began that this one may be joined to, and where it ended. */
  let joined: { start: number; end: number } | undefined;
  for (let start = 0, next = 0; start < raw.length; start = next) {
    const feed = raw.indexOf(LINE_FEED, start);
    const last = feed < 0 ? raw.length : feed;
    next = last + 1;
    const end = last > start && raw[last - 1] === RETURN ? last - 1 : last;
    if (!inHeader && isBase64Line(raw, start, end)) {
      if (joined && end - joined.start <= JOINED_BYTES) raw.fill(SPACE, joined.end, start);
      else {
        joined = { start, end };
        lines += 1;
      }
      joined.end = end;
      afterDashes = false;
      continue;
    }
    joined = undefined;
    const length = end - start;
    lines += 1;
    blanks = length === 0 ? blanks + 1 : 0;
    if (blanks > MAX_BLANKS) {
      raw.fill(SPACE, previousEnd, start);
      lines -= 1;
    }
    previousEnd = end;
    textBytes += next - start;
    if (inHeader && (last > MAX_HEADER_BYTES || lines > MAX_HEADER_LINES)) {
      throw tooLarge('its header has more than 1 MB or 2,000 lines');
    }
    if (length === 0) inHeader = false;
    if (lines > MAX_LINES || textBytes > MAX_TEXT_BYTES) {
      throw tooLarge('it has more than 50,000 lines or 10 MB of text');
    }

    if (afterDashes && (length === 0 || /^[!-9;-~]+:/.test(raw.toString('latin1', start, start + 80)))) {
      if (++likelyParts > MAX_LIKELY_PARTS) throw tooLarge('it has too many parts');
    }
    afterDashes = length > 2 && raw[start] === DASH && raw[start + 1] === DASH;
    if (
      afterDashes &&
      boundaries.has(raw.toString('latin1', start + 2, Math.min(end, start + 250)).trimEnd())
    ) {
      if (++parts > MAX_PARTS) throw tooLarge(`it has more than ${MAX_PARTS} parts`);
    }
  }
}

async function parseMime(raw: Buffer): Promise<Email> {
  try {
    return await PostalMime.parse(raw, {
      maxNestingDepth: MAX_DEPTH,
      maxHeadersSize: MAX_HEADER_BYTES,
      // A mail in the mail stays what it is, instead of being written into the text.
      forceRfc822Attachments: true,
    });
  } catch {
    // It throws for its limits alone.
    throw tooLarge('its parts are nested too deep, or its headers have more than 1 MB');
  }
}

/** One line of well-formed text, without the controls and marks of direction that let it pose as something else. */
function oneLine(text: string, max: number): string {
  const folded = text
    .slice(0, 4 * max)
    .toWellFormed()
    .replace(/[\s\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim();
  return folded.slice(0, max).replace(/[\ud800-\udbff]$/, '');
}

function mailboxes(addresses: Address[] | undefined): Mailbox[] {
  return (addresses ?? [])
    .flatMap((one) => one.group ?? [one])
    .slice(0, MAX_RECIPIENTS)
    .flatMap(({ name, address }) => {
      const ascii = asciiAddress(address);
      return ascii ? [{ name: oneLine(name, MAX_NAME), address: ascii }] : [];
    });
}

function soleSender({ headers }: Email): Mailbox | undefined {
  const values = headers.filter(({ key }) => key === 'from').map(({ value }) => value);
  const found = values.flatMap((value) => addressParser(value).flatMap((one) => one.group ?? [one]));
  return found.length === 1 ? mailboxes(found)[0] : undefined;
}

/**
 * SES writes its results above its receipt, and both above what the sender wrote: below the first receipt, results are
 * the sender's own.
 */
function resultsOf({ headers }: Email): string | undefined {
  const receipt = headers.findIndex(({ key }) => key === 'x-ses-receipt');
  const above = receipt < 0 ? headers : headers.slice(0, receipt);
  return above.find(({ key }) => key === 'authentication-results')?.value;
}

function keptHeaders(email: Email): IncomingMail['headers'] {
  const kept: IncomingMail['headers'] = {};
  for (const name of KEPT) {
    const value =
      name === 'authentication-results'
        ? resultsOf(email)
        : email.headers.find(({ key }) => key === name)?.value;
    if (value !== undefined) kept[name] = oneLine(value, 4_000);
  }
  return kept;
}

function instant(date: string | undefined): string | undefined {
  return date !== undefined && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(date) ? date : undefined;
}

function bytesOf({ content }: Attachment): Buffer {
  return typeof content === 'string' ? Buffer.from(content) : Buffer.from(content as ArrayBuffer);
}

async function read(raw: Buffer, mayHoldAnother: boolean): Promise<IncomingMail> {
  prepare(raw);
  const email = await parseMime(raw);
  const whole = mayHoldAnother
    ? email.attachments.find(({ mimeType }) => mimeType === 'message/rfc822')
    : undefined;
  const from = soleSender(email);
  const date = instant(email.date);
  const messageId = /^<[!-;=?-~]{1,900}>$/.exec(email.messageId?.trim() ?? '')?.[0];
  return {
    ...(from && { from }),
    to: mailboxes(email.to),
    subject: oneLine(email.subject ?? '', MAX_SUBJECT),
    ...(date && { date }),
    ...(messageId && { messageId }),
    text: email.text ?? '',
    html: email.html ?? '',
    attachments: email.attachments.slice(0, MAX_ATTACHMENTS).map((one) => ({
      name: oneLine(one.filename ?? '', MAX_NAME),
      type: one.mimeType,
      size: bytesOf(one).length,
    })),
    headers: keptHeaders(email),
    ...(whole && { attached: await read(bytesOf(whole), false) }),
  };
}

/**
 * A mail as it came over the wire; line breaks in base64 are written over. Faults: `too-large` (a
 * message attached whole counts like the mail itself), `invalid` if there is not one header.
 */
export async function readMail(raw: Buffer): Promise<IncomingMail> {
  const mail = await read(raw, true);
  if (!mail.from && mail.to.length === 0 && !mail.subject && Object.keys(mail.headers).length === 0) {
    throw invalid('', 'This is not a mail.');
  }
  return mail;
}
