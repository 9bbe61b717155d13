import { isDeepStrictEqual } from 'node:util';
import { type Context, Hono } from 'hono';
import { USUAL_HOURS } from '../../friends/friend.ts';
import {
  addFriend,
  addInterest,
  changeInterest,
  getFriend,
  lookBackAgain,
  mergeInterests,
} from '../../friends/friends.ts';
import { phrasesOf } from '../../friends/phrases.ts';
import { touchesOf } from '../../ledger/touches/store.ts';
import { forget, relearn } from '../../matching/answers.ts';
import { recentSuggestions, waitingFor } from '../../matching/store.ts';
import { isSuggested } from '../../matching/suggestion.ts';
import { changeFriendAndNotes } from '../../notes/moved.ts';
import { notesTo } from '../../notes/store.ts';
import { deleteFriendAndTraces } from '../../transfer/erase.ts';
import type { Env } from '../env.ts';
import { FriendPage, FriendsPage } from '../pages/friends.tsx';
import type { FormErrors } from '../views.ts';
import { type Form, formErrors, formOf } from './form.ts';
import { Load } from './load.ts';

/** Articles set aside on a friend's page, the best. */
const SET_ASIDE = 30;
/** Letters shown on a friend's page. */
const LETTERS = 50;

async function showFriends(
  c: Context<Env>,
  errors: FormErrors,
  values: Record<string, string>,
): Promise<Response> {
  const { ground, user } = c.var;
  const load = new Load(c);
  const [friends, suggestions] = await Promise.all([
    load.friends(),
    recentSuggestions(ground.table, user.id),
  ]);
  const longestAgoFirst = friends.toSorted((a, b) =>
    (a.lastWroteAt ?? '') < (b.lastWroteAt ?? '') ? -1 : 1,
  );
  return c.html(
    <FriendsPage
      frame={load.frame}
      friends={longestAgoFirst.map((friend) => ({
        friend,
        openCount: suggestions.filter((one) => one.friendId === friend.id && isSuggested(one)).length,
      }))}
      phrases={phrasesOf(friends)}
      errors={errors}
      values={values}
    />,
    Object.keys(errors).length > 0 ? 400 : 200,
  );
}

/** A form of a friend's page that came back: which, what is not right, what was typed. */
interface Sent {
  editing: string;
  errors: FormErrors;
  values: Record<string, string>;
}

async function showFriend(c: Context<Env>, friendId: string, sent?: Sent): Promise<Response> {
  const { ground, user } = c.var;
  const load = new Load(c);
  const friend = await getFriend(ground, user.id, friendId);
  const [{ suggestions, turn }, notes, touches, friends] = await Promise.all([
    waitingFor(ground.table, user.id, friend, SET_ASIDE, load.frame.now),
    notesTo(ground.table, user.id, friend.id, LETTERS),
    touchesOf(ground.table, user.id, friend.id),
    load.friends(),
  ]);
  const forgot = c.req.query('forgot');
  return c.html(
    <FriendPage
      frame={load.frame}
      friend={friend}
      suggestions={await load.views(suggestions)}
      notes={await load.notes(notes)}
      touches={touches}
      phrases={phrasesOf(friends, friend)}
      errors={{}}
      {...(turn && { turn })}
      {...(forgot && friend.forgotten?.[forgot] && { forgot })}
      {...sent}
    />,
    sent ? 400 : 200,
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

/** The hours as their form says them; null: the usual ones. A form without them leaves them as they are. */
function hoursOf(form: Form) {
  if (!form.has('from')) return undefined;
  const said = { from: form.text('from'), to: form.text('to'), weekendFrom: form.text('weekendFrom') };
  return isDeepStrictEqual(said, USUAL_HOURS) ? null : said;
}

/** Does what a form on a friend's page says, and shows the page again; `names` as in `formErrors`. */
async function onFriendPage(
  c: Context<Env>,
  editing: string,
  work: (friendId: string, form: Form) => Promise<unknown>,
  names: Record<string, string> = {},
): Promise<Response> {
  const friendId = c.req.param('id') ?? '';
  const form = await formOf(c);
  try {
    await work(friendId, form);
    return c.redirect(`/friends/${friendId}`, 303);
  } catch (error) {
    return showFriend(c, friendId, { editing, errors: formErrors(error, names), values: form.under('') });
  }
}

/** Friends: who they are and what they care about. */
export const friends = new Hono<Env>()
  .get('/friends', (c) => showFriends(c, {}, {}))
  .post('/friends', async (c) => {
    const form = await formOf(c);
    const interest = form.filled('interest');
    try {
      const friend = await addFriend(c.var.ground, c.var.user, {
        name: form.text('name'),
        email: form.filled('email'),
        timeZone: form.filled('timeZone'),
        interests: interest ? [interest] : [],
      });
      return c.redirect(`/friends/${friend.id}`, 303);
    } catch (error) {
      const errors = formErrors(error, { interests: 'interest', text: 'interest' });
      return showFriends(c, errors, form.under(''));
    }
  })
  .get('/friends/:id', (c) => showFriend(c, c.req.param('id')))
  .post('/friends/:id', (c) =>
    onFriendPage(c, 'details', (friendId, form) =>
      changeFriendAndNotes(c.var.ground, c.var.user.id, friendId, {
        name: form.text('name'),
        email: form.filled('email') ?? null,
        timeZone: form.filled('timeZone'),
        wakingHours: hoursOf(form),
        birthday: form.filled('birthday') ?? null,
      }),
    ),
  )
  .post('/friends/:id/interests', (c) =>
    onFriendPage(
      c,
      'new',
      (friendId, form) => addInterest(c.var.ground, c.var.user.id, friendId, interestOf(form)),
      { text: 'words' },
    ),
  )
  .post('/friends/:id/interests/:interestId', (c) => {
    const interestId = c.req.param('interestId');
    const change = (friendId: string, form: Form) => {
      const changed = form.text('do') === 'remove' ? null : interestOf(form);
      return changeInterest(c.var.ground, c.var.user.id, friendId, interestId, changed);
    };
    return onFriendPage(c, interestId, change, { text: 'words' });
  })
  .post('/friends/:id/interests/:interestId/:step{forget|recall|merge}', async (c) => {
    const { ground, user } = c.var;
    const { id, interestId, step } = c.req.param();
    if (step === 'merge') {
      const form = await formOf(c);
      await mergeInterests(ground, user.id, id, interestId, form.text('with'));
      await relearn(ground, user.id, id);
      return c.redirect(`/friends/${id}`, 303);
    }
    await forget(ground, user.id, id, interestId, step === 'forget');
    return c.redirect(`/friends/${id}${step === 'forget' ? `?forgot=${interestId}` : ''}`, 303);
  })
  .post('/friends/:id/match', async (c) => {
    await lookBackAgain(c.var.ground, c.var.user.id, c.req.param('id'));
    return c.redirect(`/friends/${c.req.param('id')}`, 303);
  })
  .post('/friends/:id/delete', async (c) => {
    await deleteFriendAndTraces(c.var.ground, c.var.user.id, c.req.param('id'));
    return c.redirect('/friends', 303);
  });
