import { bareSubject } from './forward.ts';
import {
  type Address,
  build,
  MAX_ADDRESS,
  MAX_NAME,
  mailbox,
  oneLine,
  proseOf,
  webAddress,
} from './header.ts';
import type { Letter } from './letter.tsx';
import { type Kept, replyText } from './reply.ts';

export type { Address };

export interface Envelope {
  /** Named after the user "via Hallway": nobody takes it for a letter from the user's own mail server. */
  from: Address;
  to: Address;
  /** Where an answer goes: the user's own mailbox. */
  replyTo: Address;
  /** `defaultSubject`, if not said. */
  subject?: string | undefined;
  /** Stops the letters by a POST alone (RFC 8058). */
  stopUrl: string;
  /** The earlier letters to this friend. */
  thread?: Thread | undefined;
}

export interface Thread {
  /** As SES answered them, oldest first. */
  messageIds: string[];
  /** Of the SES that took them, `eu-west-1`. */
  region: string;
}

/** A letter as it will be sent, to be looked at before. */
export interface Preview {
  from: Address;
  replyTo: Address;
  subject: string;
  html: string;
  text: string;
}

/** A reader's list shows some 70 characters; a title of 300 may stand in a subject, a page may not. */
const MAX_SUBJECT = 300;
const MAX_SITE = 100;
/** Of a title that is an address, as of a page that could not be read: enough to see what it is. */
const MAX_BARE_TITLE = 80;
const BARE_TITLE = /^(?:https?:\/\/|[^\s/]+\.[^\s/]+\/)\S*$/u;
/** RFC 5322, 2.1.1: a line has at most 998 characters, and an address in a header cannot be folded. */
const MAX_HEADER_URL = 900;
/** Of a long exchange the first letter and the last ones, as RFC 5537 (3.4.4) shortens them. */
const MAX_REFERENCES = 10;

/** What stands in a letter's subject if the user said nothing. */
export function defaultSubject({ article, userName }: Pick<Letter, 'article' | 'userName'>): string {
  const title = oneLine(article?.title ?? '', MAX_SUBJECT);
  return title && !BARE_TITLE.test(title) ? title : oneLine(`A note from ${userName}`, MAX_SUBJECT);
}

function printedTitle(given: string): string {
  const title = oneLine(given, MAX_SUBJECT);
  const isLong = BARE_TITLE.test(title) && title.length > MAX_BARE_TITLE;
  return isLong ? `${oneLine(title, MAX_BARE_TITLE - 1)}…` : title;
}

/** Only words: what else a field may hold is taken out before it is printed anywhere. */
function clean(letter: Letter): Letter {
  const { article } = letter;
  return {
    note: proseOf(letter.note),
    userName: oneLine(letter.userName, MAX_NAME),
    userEmail: oneLine(letter.userEmail, MAX_ADDRESS),
    friendName: oneLine(letter.friendName, MAX_NAME),
    pageUrl: webAddress(letter.pageUrl),
    ...(article && {
      article: {
        url: article.url,
        title: printedTitle(article.title),
        siteName: article.siteName && oneLine(article.siteName, MAX_SITE),
        minutes: article.minutes,
        excerpt: article.excerpt && oneLine(article.excerpt, article.excerpt.length),
        text: article.text && proseOf(article.text),
      },
    }),
  };
}

/**
 * What `composeLetter` will send, by the same code. Throws TypeError if an address or a URL is none.
 */
export async function previewLetter(
  letter: Letter & Pick<Envelope, 'from' | 'replyTo' | 'subject'> & Partial<Envelope>,
): Promise<Preview> {
  // The library that inlines styles is of use to nobody who sends no mail.
  const { writeLetter } = await import('./letter.tsx');
  return {
    from: mailbox(letter.from),
    replyTo: mailbox(letter.replyTo),
    // Without "Re:" and whatever came before: the subject is the user's, or the article's, and no answer. So Gmail, which
    // wants one subject in a thread, keeps letters apart; programs that go by References keep them together.
    subject: oneLine(letter.subject ?? '', MAX_SUBJECT) || defaultSubject(letter),
    ...writeLetter(clean(letter)),
  };
}

/**
 * SES writes its own Message-ID over ours: the id it answered, at `email.amazonses.com` in us-east-1 and at
 * `<region>.amazonses.com` elsewhere. What does not look like such an id is left out: a letter goes without its thread, too.
 */
function threadFields({ messageIds, region }: Thread): { references: string; inReplyTo: string } | undefined {
  if (!/^[a-z0-9-]{1,40}$/.test(region)) return undefined;
  const domain = `${region === 'us-east-1' ? 'email' : region}.amazonses.com`;
  const ids = [...new Set(messageIds)]
    .filter((id) => /^[\w.-]{1,100}$/.test(id))
    .map((id) => `<${id}@${domain}>`);
  const last = ids.at(-1);
  if (!last) return undefined;
  const kept = ids.length > MAX_REFERENCES ? [...ids.slice(0, 1), ...ids.slice(1 - MAX_REFERENCES)] : ids;
  return { references: kept.join(' '), inReplyTo: last };
}

/**
 * The letter as MIME, ready for SES, which sets Message-ID and Date itself.
 * Throws TypeError if an address or a URL is none.
 */
export async function composeLetter(letter: Letter & Envelope): Promise<Buffer> {
  const { html, text, ...head } = await previewLetter(letter);
  const stopUrl = webAddress(letter.stopUrl);
  if (stopUrl.length > MAX_HEADER_URL) throw new TypeError('Too long for a header.');
  return build({
    ...head,
    to: mailbox(letter.to),
    ...(letter.thread && threadFields(letter.thread)),
    headers: [
      { key: 'List-Unsubscribe', value: `<${stopUrl}>` },
      { key: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' },
    ],
    text,
    html,
  });
}

/** The mail with a sign-in link. `minutes` is how long the link works. */
export async function composeSignIn(mail: {
  to: Address;
  from: Address;
  url: string;
  minutes: number;
}): Promise<Buffer> {
  const { writeSignIn } = await import('./letter.tsx');
  return build({
    from: mailbox(mail.from),
    to: mailbox(mail.to),
    subject: 'Your link to Hallway',
    // RFC 3834, 5: nobody's holiday answer is wanted.
    headers: [{ key: 'Auto-Submitted', value: 'auto-generated' }],
    ...writeSignIn({ url: webAddress(mail.url), minutes: mail.minutes }),
  });
}

/** RFC 5322, 3.6.4, as far as it can stand in a header as it is. */
const MESSAGE_ID = /^<[!-;=?-~]{1,900}>$/;

/**
 * The answer to a mail the user sent in. `messageId` is that mail's, with its angle brackets; one that is none is left
 * out. Throws TypeError as `composeLetter`.
 */
export function composeReply(
  mail: Kept & { to: Address; from: Address; subject: string; messageId?: string | undefined },
): Promise<Buffer> {
  const subject = oneLine(bareSubject(mail.subject).subject || mail.title, MAX_SUBJECT);
  const messageId = mail.messageId && MESSAGE_ID.test(mail.messageId) ? mail.messageId : undefined;
  return build({
    from: mailbox(mail.from),
    to: mailbox(mail.to),
    subject: `Re: ${subject}`,
    ...(messageId && { inReplyTo: messageId, references: messageId }),
    // RFC 3834, 5: nothing answers it by itself.
    headers: [{ key: 'Auto-Submitted', value: 'auto-replied' }],
    text: proseOf(replyText({ ...mail, url: webAddress(mail.url) })),
  });
}
