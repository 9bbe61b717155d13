import * as z from 'zod';
import { Fault } from '../platform/faults.ts';
import { Receipt } from './trust.ts';

/**
 * SES's notification of a mail it took in, as far as we read it ("Contents of notifications for Amazon SES email
 * receiving"). The mail itself says nothing here: recipients and verdicts are the receiving server's own.
 */
const Notification = z.object({
  notificationType: z.literal('Received'),
  mail: z.object({
    timestamp: z.iso.datetime(),
    /** The envelope's sender; empty or `<>` for a bounce. */
    source: z.string(),
    messageId: z.string().min(1),
    commonHeaders: z.object({ subject: z.string().optional() }).optional(),
  }),
  receipt: Receipt.extend({
    recipients: z.array(z.string()),
    action: z.object({ objectKey: z.string().min(1) }),
  }),
});
export type Notification = z.infer<typeof Notification>;

/** SNS's envelope around it, as SQS brings it. */
const Envelope = z.object({ Type: z.literal('Notification'), Message: z.string() });

/** Fault `invalid` if it tells of no mail; SES also says when its rule was made. */
export function decodeNotification(body: string): Notification {
  try {
    return Notification.parse(JSON.parse(Envelope.parse(JSON.parse(body)).Message));
  } catch {
    throw new Fault('invalid', 'A message that tells of no mail.');
  }
}
