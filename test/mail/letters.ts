import PostalMime from 'postal-mime';
import type { Envelope } from '../../functions/mail/compose.ts';
import type { Letter, LetterArticle } from '../../functions/mail/letter.tsx';

export type Sendable = Letter & Envelope;

export const STOP = 'https://hallway.example/stop/eyJmIjoiZnJkIn0.c2lnbmF0dXJl';
export const PAGE = 'https://hallway.example/for/eyJmIjoiZnJkIn0.c2lnbmF0dXJl';

/** Ada's letter to Grace, with an article. */
export const letter: Sendable & { article: LetterArticle } = {
  note: 'You said January is hopeless for flats.\n\nThis says January is when the cards go up.\nWalk past the windows?',
  userName: 'Ada Lovelace',
  userEmail: 'ada@lovelace.example',
  friendName: 'Grace',
  article: {
    url: 'https://miradouro.example/windows?utm_source=ada&x=1',
    title: 'The flats in Graça that nobody advertises',
    siteName: 'Miradouro',
    minutes: 9,
    excerpt: 'Agencies list perhaps half of what is free.',
  },
  pageUrl: PAGE,
  stopUrl: STOP,
  from: { name: 'Ada Lovelace via Hallway', address: 'notes@hallway.example' },
  to: { name: 'Grace', address: 'grace@hopper.example' },
  replyTo: { name: 'Ada Lovelace', address: 'ada@lovelace.example' },
  subject: 'The flats in Graça that nobody advertises',
};

/** A mail as it left: its bytes, what a mail program reads of it, and its header unfolded. */
export async function read(raw: Buffer) {
  const head = raw.toString('latin1').split('\r\n\r\n', 1)[0] ?? '';
  const fields = head.replace(/\r\n[ \t]/g, ' ').split('\r\n');
  return {
    raw,
    mail: await PostalMime.parse(raw),
    fields,
    names: fields.map((field) => field.split(':', 1)[0]),
  };
}
