import MailComposer, { type Options } from 'nodemailer/lib/mail-composer';
import { asciiAddress } from '../platform/address.ts';

// What may stand in a mail that leaves: whatever a field holds, it ends up as the words of that field.

export interface Address {
  name: string;
  address: string;
}

export const MAX_NAME = 200;
/** RFC 5321, 4.5.3.1.3. */
export const MAX_ADDRESS = 254;

// A line break in a header starts another header; the marks of direction let a name
// print something else than it says ("moc.knab" read backwards). Both become a space.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const UNSAFE_IN_PROSE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]+/g;

/** Typed, but a mail program would read it as an encoded word (RFC 2047, 2), which can hold a line break again. */
const ENCODED_WORD = /=\?(?=[^?]*\?[bq]\?[^?]*\?=)/gi;

/** One line of at most `max` characters. */
export function oneLine(value: string, max: number): string {
  const line = value.toWellFormed().replace(UNSAFE, ' ').replace(ENCODED_WORD, '= ?').trim();
  return [...line].slice(0, max).join('').trim();
}

/** Words over several lines, for a part of the mail. */
export function proseOf(value: string): string {
  return value.toWellFormed().replace(UNSAFE_IN_PROSE, ' ');
}

/**
 * An address that would have to be mended would go to somebody else: it is refused. So is one that a mail server on the
 * way may decode into another (`=?utf-8?q?eve=40…?=@`). Throws TypeError.
 */
export function mailbox({ name, address }: Address): Address {
  const ascii = asciiAddress(address);
  if (ascii === null || ascii.length > MAX_ADDRESS || ascii.includes('=?')) {
    throw new TypeError('Not a mail address.');
  }
  return { name: oneLine(name, MAX_NAME), address: ascii };
}

/** ASCII without spaces or angle brackets, so it stays one header value, whatever it was. Throws TypeError. */
export function webAddress(url: string): string {
  const { href, protocol } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError('Not a web address.');
  return href;
}

/** RFC 5322, 2.1 and 2.3: lines end in CRLF, and neither of the two stands alone. The composer leaves a part's own as they are. */
const newline = 'windows';

/** The mail as MIME; it reads no file and opens no address to be so. */
export function build(mail: Options): Promise<Buffer> {
  return new MailComposer({ ...mail, newline, disableFileAccess: true, disableUrlAccess: true })
    .compile()
    .build();
}
