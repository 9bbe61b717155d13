import { Hono } from 'hono';
import { findUser } from '../../accounts/store.ts';
import { findFriend } from '../../friends/store.ts';
import { readStop, stopNotes } from '../../notes/stop.ts';
import { findNote } from '../../notes/store.ts';
import type { Ground } from '../../platform/ground.ts';
import type { Env } from '../env.ts';
import { StopPage } from '../pages/stop.tsx';

/** Whose notes to whom, if that is still known: the stop works without. */
async function namesOf(ground: Ground, stop: { user: string; note: string }) {
  const [user, note] = await Promise.all([
    findUser(ground.table, stop.user),
    findNote(ground.table, stop.user, stop.note),
  ]);
  const friend = note && (await findFriend(ground.table, stop.user, note.friendId));
  return { ...(user && { userName: user.name }), ...(friend && { friendName: friend.name }) };
}

/**
 * The friend's way to stop a user's notes. GET shows, because scanners follow links; POST acts, from the page's button
 * and from a mail program's one click (RFC 8058: no cookie, no Origin). The link's signature is the credential.
 */
export const stop = new Hono<Env>()
  .get('/:token', async (c) => {
    const { ground } = c.var;
    const token = c.req.param('token');
    const found = readStop(ground, token);
    if (!found) return c.html(<StopPage state="gone" token={token} />, 404);
    return c.html(<StopPage state="ask" token={token} {...(await namesOf(ground, found))} />);
  })
  .post('/:token', async (c) => {
    const { ground } = c.var;
    const token = c.req.param('token');
    const found = readStop(ground, token);
    if (!found) return c.html(<StopPage state="gone" token={token} />, 404);
    await stopNotes(ground, found);
    return c.html(<StopPage state="stopped" token={token} {...(await namesOf(ground, found))} />);
  });
