import { eachMessage } from './platform/batch.ts';
import { openGround } from './platform/ground.ts';
import { isId } from './platform/ids.ts';
import { eraseAccount } from './transfer/erase-account.ts';
import { readImport } from './transfer/read-import.ts';

const ground = openGround();

/** From SQS: files to read in, and accounts to erase. */
export const handler = async (event: Parameters<typeof eachMessage>[0]) => {
  const on = await ground;
  return eachMessage(event, ({ userId, id }) =>
    isId('usr', id) ? eraseAccount(on, id) : readImport(on, userId, id),
  );
};
