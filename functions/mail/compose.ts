import MailComposer, { type Options } from 'nodemailer/lib/mail-composer';
import { bareSubject } from './forward.ts';
import { type Letter, letterHtml, letterText, signInHtml, signInText } from './letter.tsx';
import { type Kept, replyText } from './reply.ts';

export interface Address {
  name: string;
  address: string;
}

export interface Envelope {
  /** Named after the user "via Hallway": nobody takes it for a letter from the user's own mail server. */
  from: Address;
  to: Address;
  /** Where an answer goes: the user's own mailbox. */
  replyTo: Address;
  /** `defaultSubject`, if not said. */
  subject?: string | undefined;
  /** More header fields, `References` for one. */
  headers?: Record<string, string>;
}

/** A reader's list shows some 70 characters; a title of 300 may stand in a subject, a page may not. */
const MAX_SUBJECT = 300;
const MAX_NAME = 200;
/** RFC 5321, 4.5.3.1.3. */
const MAX_ADDRESS = 254;

// A line break in a header starts another header; the marks of direction let a name
// print something else than it says ("moc.knab" read backwards). Both become a space.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

function oneLine(value: string, max: number): string {
  return [...value.toWellFormed().replace(UNSAFE, ' ').trim()].slice(0, max).join('');
}

/** An address that would have to be mended would go to somebody else: it is refused. */
function mailbox({ name, address }: Address): Address {
  if (!/^[^\s<>"@]+@[^\s<>,;:"()@]+$/u.test(address) || address !== oneLine(address, MAX_ADDRESS)) {
    throw new TypeError('Not a mail address.');
  }
  return { name: oneLine(name, MAX_NAME), address };
}

function webAddress(url: string): string {
  // `href` is ASCII without spaces or angle brackets: it stays one header value, whatever it was.
  return new URL(url).href;
}

function build(mail: Options): Promise<Buffer> {
  return new MailComposer({ ...mail, disableFileAccess: true, disableUrlAccess: true }).compile().build();
}

/** What stands in a letter's subject if the user said nothing. */
export function defaultSubject(letter: Pick<Letter, 'article' | 'userName'>): string {
  return oneLine(letter.article?.title || `A note from ${letter.userName}`, MAX_SUBJECT);
}

/**
 * The letter as MIME, ready for SES, which sets Message-ID and Date itself.
 * List-Unsubscribe as RFC 8058 wants it: a POST to `stopUrl` alone stops the letters.
 * Throws TypeError if an address or `stopUrl` is none.
 */
export function composeLetter(letter: Letter & Envelope): Promise<Buffer> {
  const stopUrl = webAddress(letter.stopUrl);
  const printed: Letter = { ...letter, stopUrl, userName: oneLine(letter.userName, MAX_NAME) };
  const headers = Object.entries(letter.headers ?? {}).map(([key, value]) => {
    if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(key)) throw new TypeError('Not a header name.');
    return { key, value: oneLine(value, 900) };
  });
  return build({
    from: mailbox(letter.from),
    to: mailbox(letter.to),
    replyTo: mailbox(letter.replyTo),
    subject: oneLine(letter.subject ?? '', MAX_SUBJECT) || defaultSubject(letter),
    headers: [
      ...headers,
      { key: 'List-Unsubscribe', value: `<${stopUrl}>` },
      { key: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' },
    ],
    text: letterText(printed),
    html: letterHtml(printed),
  });
}

/** The mail with a sign-in link. `minutes` is how long the link works. */
export function composeSignIn(mail: {
  to: Address;
  from: Address;
  url: string;
  minutes: number;
}): Promise<Buffer> {
  const link = { url: webAddress(mail.url), minutes: mail.minutes };
  return build({
    from: mailbox(mail.from),
    to: mailbox(mail.to),
    subject: 'Your link to Hallway',
    // RFC 3834, 5: nobody's holiday answer is wanted.
    headers: [{ key: 'Auto-Submitted', value: 'auto-generated' }],
    text: signInText(link),
    html: signInHtml(link),
  });
}

/** The answer to a mail the user sent in. `messageId` with its angle brackets. Throws TypeError as `composeLetter`. */
export function composeReply(
  mail: Kept & { to: Address; from: Address; subject: string; messageId?: string | undefined },
): Promise<Buffer> {
  const subject = oneLine(bareSubject(mail.subject).subject || mail.title, MAX_SUBJECT);
  const { messageId } = mail;
  return build({
    from: mailbox(mail.from),
    to: mailbox(mail.to),
    subject: `Re: ${subject}`,
    ...(messageId && { inReplyTo: messageId, references: messageId }),
    // RFC 3834, 5: nothing answers it by itself.
    headers: [{ key: 'Auto-Submitted', value: 'auto-replied' }],
    text: replyText({ ...mail, url: webAddress(mail.url) }),
  });
}
