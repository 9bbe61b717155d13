import * as z from 'zod';
import { stopAddress } from '../ledger/store.ts';
import type { Ground } from '../platform/ground.ts';
import { isId } from '../platform/ids.ts';
import { log, withAbout } from '../platform/log.ts';
import { countSent, onTrouble } from './pauses.ts';
import { isPast, isPastAttempt, type MailNamed, settle, tellDelivery } from './queue.ts';
import { findNote } from './store.ts';

const Recipients = z.array(z.object({ emailAddress: z.string(), status: z.string().optional() })).optional();

/** An SES event as EventBridge brings it, as far as we read it; "Event data that SES publishes". */
const MailEvent = z.object({
  source: z.literal('aws.ses'),
  detail: z.object({
    eventType: z.string(),
    mail: z.object({ messageId: z.string(), tags: z.record(z.string(), z.array(z.string())).optional() }),
    bounce: z.object({ bounceType: z.string(), bouncedRecipients: Recipients }).optional(),
    complaint: z
      .object({ complainedRecipients: Recipients, complaintFeedbackType: z.string().optional() })
      .optional(),
  }),
});
type Detail = z.infer<typeof MailEvent>['detail'];

function namedBy({ mail: { messageId, tags } }: Detail): MailNamed {
  return { messageId, attempt: tags?.attempt?.[0] };
}

/** RFC 3463: nobody took the mail in time. An automatic answer, Transient too, has no such status. */
const GIVEN_UP = /^4\.4\.7$/;

/** RFC 6430: taken out of the spam again; RFC 6591: about a signature, from a machine. Nobody complains. */
const NO_COMPLAINT = ['not-spam', 'auth-failure'];

/**
 * Moves the note the event is about, and tells the ledger what speaks against an address. In any order, any number of times.
 * Events of other mail, and kinds that settle nothing, change nothing.
 */
export async function onMailEvent(ground: Ground, input: unknown): Promise<void> {
  const result = MailEvent.safeParse(input);
  if (!result.success) {
    // No retry would mend it.
    log.warn('mail event not understood');
    return;
  }
  const { detail } = result.data;
  const { tags } = detail.mail;
  const userId = tags?.user?.[0] ?? '';
  const noteId = tags?.note?.[0] ?? '';
  if (!isId('usr', userId) || !isId('nte', noteId)) return;
  await withAbout({ user: userId, note: noteId }, () => onNews(ground, userId, noteId, detail));
}

async function onNews(ground: Ground, userId: string, noteId: string, detail: Detail): Promise<void> {
  const mail = namedBy(detail);
  log.info('mail event', { news: detail.eventType });
  switch (detail.eventType) {
    case 'Send':
      await countSent(ground, noteId);
      return settle(ground, userId, noteId, 'accepted', mail);
    case 'Delivery':
      return settle(ground, userId, noteId, 'delivery', mail);
    case 'DeliveryDelay':
      return tellDelivery(ground, userId, noteId, 'delayed', mail);
    case 'Reject':
      return settle(ground, userId, noteId, 'reject', mail);
    case 'Bounce':
      // Out-of-office answers arrive as Transient.
      if (detail.bounce?.bounceType === 'Permanent')
        return onBadNews(ground, userId, noteId, detail, 'bounce');
      if (detail.bounce?.bouncedRecipients?.some(({ status }) => GIVEN_UP.test(status ?? ''))) {
        return tellDelivery(ground, userId, noteId, 'given-up', mail);
      }
      return;
    case 'Complaint':
      if (NO_COMPLAINT.includes(detail.complaint?.complaintFeedbackType ?? '')) return;
      return onBadNews(ground, userId, noteId, detail, 'complaint');
  }
}

/**
 * A mailbox that is not there, or one whose owner calls the letter spam: not written to again, by anybody. The ledger comes
 * first: an event whose handling dies here comes again, and a note that has moved already would hide it.
 */
async function onBadNews(
  ground: Ground,
  userId: string,
  noteId: string,
  detail: Detail,
  news: 'bounce' | 'complaint',
): Promise<void> {
  const { bounce, complaint } = detail;
  const mail = namedBy(detail);
  const note = await findNote(ground.table, userId, noteId);
  const recipients = (news === 'bounce' ? bounce?.bouncedRecipients : complaint?.complainedRecipients) ?? [];
  // An event of an earlier mail, told again, says nothing of the address the note goes to by now.
  const to = note?.to && !isPast(note, mail) && !isPastAttempt(note, mail) ? [note.to] : [];
  const addresses = [...recipients.map(({ emailAddress }) => emailAddress), ...to];
  const hashes = new Set(addresses.map((address) => ground.secrets.addressHash(address)));
  await Promise.all([...hashes].map((hash) => stopAddress(ground.table, hash, news, ground.clock())));
  await onTrouble(ground, userId, noteId, news);
  await settle(ground, userId, noteId, news, mail);
}
