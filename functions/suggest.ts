import { onArticle, onFriend } from './matching/matching.ts';
import { eachMessage } from './platform/batch.ts';
import { openGround } from './platform/ground.ts';
import { isId } from './platform/ids.ts';

const ground = openGround();

/** From SQS: an article to match, or a friend whose interests changed. */
export const handler = async (event: Parameters<typeof eachMessage>[0]) => {
  const on = await ground;
  return eachMessage(event, ({ userId, id }) =>
    isId('art', id) ? onArticle(on, userId, id) : onFriend(on, userId, id),
  );
};
