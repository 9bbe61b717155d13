import { Hono } from 'hono';
import { readStop, type Stop } from '../../notes/stop.ts';
import type { Ground } from '../../platform/ground.ts';
import { choose, openLink } from '../../transfer/choices.ts';
import type { Env } from '../env.ts';
import { StopPage } from '../pages/stop.tsx';

/** Whose notes to whom, if that is still known: the stop works without. */
async function namesOf(ground: Ground, stop: Stop) {
  const { user, friend } = await openLink(ground, stop);
  return { ...(user && { userName: user.name }), ...(friend && { friendName: friend.name }) };
}

/**
 * The friend's way to stop a user's notes. GET shows, because scanners follow links; POST acts, from the page's button
 * and from a mail program's one click (RFC 8058: no cookie, no Origin), whatever its body says. The link's signature is
 * the credential.
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
    await choose(ground, found, 'stop');
    return c.html(<StopPage state="stopped" token={token} {...(await namesOf(ground, found))} />);
  });
