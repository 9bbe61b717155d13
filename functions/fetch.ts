import { readPage } from './articles/read-page.ts';
import { onArticle } from './matching/matching.ts';
import { eachMessage } from './platform/batch.ts';
import { openGround } from './platform/ground.ts';

const ground = openGround();

/** From SQS: articles that came as a bare link. */
export const handler = async (event: Parameters<typeof eachMessage>[0]) => {
  const on = await ground;
  return eachMessage(event, async ({ userId, id }) => {
    if (await readPage(on, userId, id)) await onArticle(on, userId, id);
  });
};
