import { eachMessage } from './platform/batch.ts';
import { openGround } from './platform/ground.ts';
import { readImport } from './transfer/read-import.ts';

const ground = openGround();

/** From SQS: files to read in. */
export const handler = async (event: Parameters<typeof eachMessage>[0]) => {
  const on = await ground;
  return eachMessage(event, ({ userId, id }) => readImport(on, userId, id));
};
