import * as z from 'zod';
import type { Ground } from '../platform/ground.ts';
import { isId } from '../platform/ids.ts';
import { log } from '../platform/log.ts';
import { settle } from './queue.ts';

/** An SES event as EventBridge brings it, as far as we read it; "Event data that SES publishes". */
const MailEvent = z.object({
  source: z.literal('aws.ses'),
  detail: z.object({
    eventType: z.string(),
    mail: z.object({ messageId: z.string(), tags: z.record(z.string(), z.array(z.string())).optional() }),
    bounce: z.object({ bounceType: z.string() }).optional(),
  }),
});

/** Moves the note the event is about. Events of other mail, and kinds that settle nothing, change nothing. */
export async function onMailEvent(ground: Ground, input: unknown): Promise<void> {
  const result = MailEvent.safeParse(input);
  if (!result.success) {
    // No retry would mend it.
    log.warn('mail event not understood');
    return;
  }
  const { eventType, mail, bounce } = result.data.detail;
  const userId = mail.tags?.user?.[0] ?? '';
  const noteId = mail.tags?.note?.[0] ?? '';
  if (!isId('usr', userId) || !isId('nte', noteId)) return;
  const event = newsOf(eventType, bounce?.bounceType);
  if (event) await settle(ground, userId, noteId, event, mail.messageId);
}

function newsOf(eventType: string, bounceType: string | undefined) {
  switch (eventType) {
    case 'Send':
      return 'accepted';
    case 'Delivery':
      return 'delivery';
    case 'Bounce':
      // Out-of-office answers arrive as Transient.
      return bounceType === 'Permanent' ? 'bounce' : null;
    case 'Complaint':
      return 'complaint';
    default:
      return null;
  }
}
