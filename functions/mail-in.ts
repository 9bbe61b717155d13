import { decodeNotification } from './mail/notification.ts';
import { eachBody } from './platform/batch.ts';
import { openGround } from './platform/ground.ts';
import { takeIn } from './transfer/incoming.ts';

const ground = openGround();

/** From SQS: mail that came to the secret addresses, as SES tells of it through SNS. */
export const handler = async (event: Parameters<typeof eachBody>[0]) => {
  const on = await ground;
  return eachBody(event, (body) => takeIn(on, decodeNotification(body)));
};
