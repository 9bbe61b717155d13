import { sendNote } from './notes/queue.ts';
import { eachMessage } from './platform/batch.ts';
import { openGround } from './platform/ground.ts';

const ground = openGround();

/** From SQS: notes whose moment has come. */
export const handler = async (event: Parameters<typeof eachMessage>[0]) => {
  const on = await ground;
  return eachMessage(event, ({ userId, id, ...about }) => sendNote(on, userId, id, about));
};
