import type { Context } from 'hono';
import type { User } from '../../accounts/user.ts';
import type { Article } from '../../articles/article.ts';
import type { Friend } from '../../friends/friend.ts';
import { previewLetter } from '../../mail/compose.ts';
import type { Note } from '../../notes/note.ts';
import { letterOf } from '../../notes/queue.ts';
import type { Ground } from '../../platform/ground.ts';
import type { Env } from '../env.ts';
import { type MailView, PreviewPage, type WaitingForm } from '../pages/preview.tsx';
import type { Form } from './form.ts';

/**
 * Of the pages that show a mail, and of no other: a mail brings its styles along, and a frame without an address of its
 * own (`srcdoc`) stands under the policy of the page around it. Nothing runs, not even what is ours.
 */
export const PREVIEW_POLICY = [
  "default-src 'none'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Stands for the friend's link, which is the friend's alone: it is no token, so its page says that it opens nothing. */
const NO_TOKEN = 'preview';

interface Previewed {
  note: Note;
  friend: Friend;
  article: Article | undefined;
}

async function mailOf(ground: Ground, user: User, { note, friend, article }: Previewed): Promise<MailView> {
  const mail = await previewLetter({
    ...(await letterOf(ground, user, friend, article, note)),
    pageUrl: `${ground.settings.baseUrl}/for/${NO_TOKEN}`,
  });
  const mailbox = ({ name, address }: { name: string; address: string }) => `${name} <${address}>`;
  return {
    friendName: friend.name,
    to: friend.email ? mailbox({ name: friend.name, address: friend.email }) : friend.name,
    from: mailbox(mail.from),
    replyTo: mailbox(mail.replyTo),
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
  };
}

/** A page with mails as they will be, made by the code that sends them. */
export async function showMails(
  c: Context<Env>,
  letters: Previewed[],
  page: { form?: WaitingForm; popup?: boolean } = {},
): Promise<Response> {
  const { ground, user } = c.var;
  const mails = await Promise.all(letters.map((letter) => mailOf(ground, user, letter)));
  c.set('policy', PREVIEW_POLICY);
  return c.html(<PreviewPage mails={mails} {...page} />);
}

/** The form as it was sent, to be sent once more. */
export function waitingForm(c: Context<Env>, form: Form, ends: WaitingForm['ends']): WaitingForm {
  const names = Object.keys(form.under('')).filter((name) => name !== 'do');
  return {
    action: c.req.path,
    ends,
    fields: names.flatMap((name) => form.all(name).map((value): [string, string] => [name, value])),
  };
}
