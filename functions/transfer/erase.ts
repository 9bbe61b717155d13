import { getArticle, idsOf } from '../articles/articles.ts';
import { deleteArticle } from '../articles/store.ts';
import { getFriend, removeFriend } from '../friends/friends.ts';
import { forgetTouches } from '../ledger/touches/store.ts';
import { forgetArticle, forgetFriend } from '../matching/matching.ts';
import { cancelNotesTo, notesCarrying } from '../notes/notes.ts';
import { Fault } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';

/** Deletes an article and its suggestions. Fault `conflict` while a note still means to carry it. */
export async function deleteArticleAndTraces(
  ground: Ground,
  userId: string,
  articleId: string,
): Promise<void> {
  const article = await getArticle(ground, userId, articleId);
  const ids = idsOf(article);
  const carrying = (await Promise.all(ids.map((id) => notesCarrying(ground, userId, id)))).flat();
  if (carrying.length > 0) {
    throw new Fault('conflict', 'A note still carries this article. Cancel the note first.', {
      extra: { notes: carrying.map((note) => note.id) },
    });
  }
  await deleteArticle(ground.table, userId, article);
  await Promise.all(ids.map((id) => forgetArticle(ground, userId, id)));
}

/**
 * Deletes a friend, the notes that wait for them, and their suggestions. The friend goes last: broken off in the middle,
 * it can be done again. A note that is written meanwhile finds the friend gone when it is claimed.
 */
export async function deleteFriendAndTraces(ground: Ground, userId: string, friendId: string): Promise<void> {
  await getFriend(ground, userId, friendId);
  await cancelNotesTo(ground, userId, friendId);
  await forgetFriend(ground, userId, friendId);
  await forgetTouches(ground.table, userId, friendId);
  await removeFriend(ground, userId, friendId);
}
