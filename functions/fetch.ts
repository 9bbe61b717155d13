import { readPage } from './articles/read-page.ts';
import { forgetArticle, onArticle } from './matching/matching.ts';
import { eachMessage } from './platform/batch.ts';
import { openGround } from './platform/ground.ts';

const ground = openGround();

/** From SQS: articles that came as a bare link. */
export const handler = async (event: Parameters<typeof eachMessage>[0]) => {
  const on = await ground;
  return eachMessage(event, async ({ userId, id }) => {
    // First by what is known of it: an imported link was not matched yet, and its page may be slow, or gone.
    await onArticle(on, userId, id);
    const read = await readPage(on, userId, id);
    // The link turned out to be an article that was saved before.
    if (read && read !== id) await forgetArticle(on, userId, id);
    if (read) await onArticle(on, userId, read);
  });
};
