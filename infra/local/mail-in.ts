import { randomUUID } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { newId } from '../../functions/platform/ids.ts';
import type { Objects } from '../../functions/platform/objects.ts';
import type { IncomingMail } from './smtp.ts';

/** SES's word of a mail, in the envelope that SNS puts around it on its way to SQS. */
export function notificationOf(
  { sender, recipients, at, verdicts }: Omit<IncomingMail, 'raw'>,
  objectKey: string,
): string {
  const messageId = randomUUID();
  const notification = {
    notificationType: 'Received',
    mail: { timestamp: at, source: sender, messageId, destination: recipients },
    receipt: { timestamp: at, recipients, ...verdicts, action: { type: 'S3', objectKey } },
  };
  return JSON.stringify({
    Type: 'Notification',
    MessageId: randomUUID(),
    Message: JSON.stringify(notification),
    Timestamp: at,
  });
}

/** What SES's receipt rule does: keeps the mail as it came, and says so. A mail that was not said was not taken in. */
export async function handIn(
  mail: IncomingMail,
  { objects, queue, queueUrl }: { objects: Objects; queue: SQSClient; queueUrl: string },
): Promise<void> {
  const objectKey = `in/${newId('mail')}`;
  await objects.put(objectKey, mail.raw);
  const body = notificationOf(mail, objectKey);
  await queue.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
}
