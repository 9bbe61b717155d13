import { type Context, Hono } from 'hono';
import {
  addFriend,
  addInterest,
  changeFriend,
  changeInterest,
  getFriend,
  lookBackAgain,
} from '../../friends/friends.ts';
import { openSuggestions, suggestionsFor } from '../../matching/store.ts';
import { notesTo } from '../../notes/store.ts';
import { deleteFriendAndTraces } from '../../transfer/erase.ts';
import type { Env } from '../env.ts';
import { FriendPage, FriendsPage } from '../pages/friends.tsx';
import type { FormErrors } from '../views.ts';
import { type Form, formErrors, formOf } from './form.ts';
import { Load } from './load.ts';

/** Letters shown on a friend's page. */
const LETTERS = 50;

async function showFriends(
  c: Context<Env>,
  errors: FormErrors,
  values: Record<string, string>,
): Promise<Response> {
  const { ground, user } = c.var;
  const load = new Load(c);
  const [friends, open] = await Promise.all([load.friends(), openSuggestions(ground.table, user.id)]);
  const longestAgoFirst = friends.toSorted((a, b) =>
    (a.lastWroteAt ?? '') < (b.lastWroteAt ?? '') ? -1 : 1,
  );
  return c.html(
    <FriendsPage
      frame={load.frame}
      friends={longestAgoFirst.map((friend) => ({
        friend,
        openCount: open.filter((one) => one.friendId === friend.id).length,
      }))}
      errors={errors}
      values={values}
    />,
    Object.keys(errors).length > 0 ? 400 : 200,
  );
}

async function showFriend(c: Context<Env>, friendId: string, errors: FormErrors): Promise<Response> {
  const { ground, user } = c.var;
  const load = new Load(c);
  const friend = await getFriend(ground, user.id, friendId);
  const [suggestions, notes] = await Promise.all([
    suggestionsFor(ground.table, user.id, friend.id),
    notesTo(ground.table, user.id, friend.id, LETTERS),
  ]);
  const waiting = suggestions.filter(({ state }) => state === 'open' || state === 'later');
  return c.html(
    <FriendPage
      frame={load.frame}
      friend={friend}
      suggestions={await load.views(waiting)}
      notes={await load.notes(notes)}
      errors={errors}
    />,
    Object.keys(errors).length > 0 ? 400 : 200,
  );
}

/** An interest as its form says it. Only an ask has an end. */
function interestOf(form: Form) {
  const kind = form.filled('kind') ?? 'topic';
  return {
    text: form.text('words'),
    kind,
    ...(kind === 'ask' && { until: form.filled('until') }),
    heard: form.filled('heard'),
  };
}

/** Does what a form on a friend's page says, and shows the page again. */
async function onFriendPage(
  c: Context<Env>,
  work: (friendId: string, form: Form) => Promise<unknown>,
): Promise<Response> {
  const friendId = c.req.param('id') ?? '';
  try {
    await work(friendId, await formOf(c));
    return c.redirect(`/friends/${friendId}`, 303);
  } catch (error) {
    return showFriend(c, friendId, formErrors(error, { text: 'words' }));
  }
}

/** Friends: who they are and what they care about. */
export const friends = new Hono<Env>()
  .get('/friends', (c) => showFriends(c, {}, {}))
  .post('/friends', async (c) => {
    const form = await formOf(c);
    const interest = form.filled('words');
    try {
      const friend = await addFriend(c.var.ground, c.var.user, {
        name: form.text('name'),
        email: form.filled('email'),
        timeZone: form.filled('timeZone'),
        interests: interest ? [interest] : [],
      });
      return c.redirect(`/friends/${friend.id}`, 303);
    } catch (error) {
      const values = ['name', 'email', 'timeZone', 'words'].map((name) => [name, form.text(name)]);
      return showFriends(
        c,
        formErrors(error, { interests: 'words', text: 'words' }),
        Object.fromEntries(values),
      );
    }
  })
  .get('/friends/:id', (c) => showFriend(c, c.req.param('id'), {}))
  .post('/friends/:id', (c) =>
    onFriendPage(c, (friendId, form) =>
      changeFriend(c.var.ground, c.var.user.id, friendId, {
        name: form.text('name'),
        email: form.filled('email') ?? null,
        timeZone: form.filled('timeZone'),
        birthday: form.filled('birthday') ?? null,
      }),
    ),
  )
  .post('/friends/:id/interests', (c) =>
    onFriendPage(c, (friendId, form) => addInterest(c.var.ground, c.var.user.id, friendId, interestOf(form))),
  )
  .post('/friends/:id/interests/:interestId', (c) =>
    onFriendPage(c, (friendId, form) => {
      const changed = form.text('do') === 'remove' ? null : interestOf(form);
      return changeInterest(c.var.ground, c.var.user.id, friendId, c.req.param('interestId'), changed);
    }),
  )
  .post('/friends/:id/match', async (c) => {
    await lookBackAgain(c.var.ground, c.var.user.id, c.req.param('id'));
    return c.redirect(`/friends/${c.req.param('id')}`, 303);
  })
  .post('/friends/:id/delete', async (c) => {
    await deleteFriendAndTraces(c.var.ground, c.var.user.id, c.req.param('id'));
    return c.redirect('/friends', 303);
  });
