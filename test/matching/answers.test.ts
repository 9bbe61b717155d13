import { describe, expect, test } from 'vitest';
import type { User } from '../../functions/accounts/user.ts';
import type { Friend } from '../../functions/friends/friend.ts';
import { addFriend, changeFriend, getFriend, mergeInterests } from '../../functions/friends/friends.ts';
import { findFriend, finishLookBack } from '../../functions/friends/store.ts';
import { answer, forget, relearn } from '../../functions/matching/answers.ts';
import { weightOf } from '../../functions/matching/learning.ts';
import { findSuggestion, newestFor, putSuggestion, waitingFor } from '../../functions/matching/store.ts';
import { findDue } from '../../functions/platform/due.ts';
import { keys } from '../../functions/platform/keys.ts';
import { NOON, type TestGround, testGround, testUser } from '../ground.ts';

let ground: TestGround;
let user: User;
let grace: Friend;

/** Grace likes running and the violin, and nothing waits to be done. */
async function start(): Promise<void> {
  ground = await testGround();
  ({ user } = await testUser(ground, 'Ada'));
  grace = await addFriend(ground, user, { name: 'Grace', interests: ['trail running', 'the violin'] });
  await finishLookBack(ground.table, user.id, grace);
}

const idOf = (text: string, friend = grace) =>
  friend.interests.find((interest) => interest.text === text)?.id ?? '';

/** Suggests an article for these interests of a friend, the leading one first. */
async function suggest(articleId: string, interests: string[], friend = grace, score = 0.9): Promise<void> {
  const reasons = interests.map((text) => ({
    interestId: idOf(text, friend),
    interest: text,
    kind: 'topic' as const,
    evidence: text,
  }));
  await putSuggestion(ground.table, user.id, { articleId, friendId: friend.id, score, reasons }, NOON);
}

const say = (articleId: string, step: Parameters<typeof answer>[4], interestId?: string) =>
  answer(ground, user.id, articleId, grace.id, step, interestId);
const stored = (articleId: string) => findSuggestion(ground.table, user.id, articleId, grace.id);
const learned = async (friend = grace) => (await findFriend(ground.table, user.id, friend.id))?.learned;
const due = async () =>
  (await findDue(ground.table, ground.clock(), 10)).map(({ id, work }) => ({ id, work }));
const raw = () => ground.table.get(keys.friend(user.id, grace.id));

describe('an answer', () => {
  test('is kept with the suggestion, and moves that interest of that friend alone', async () => {
    await start();
    const alan = await addFriend(ground, user, { name: 'Alan', interests: ['trail running'] });
    await relearn(ground, user.id, alan.id);
    const before = await ground.table.get(keys.friend(user.id, alan.id));
    await suggest('art_1', ['trail running', 'the violin']);
    await suggest('art_1', ['trail running'], alan);
    expect(await say('art_1', 'not-friend')).toMatchObject({
      state: 'dismissed',
      answer: { said: 'not-friend', interestId: idOf('trail running'), at: '2026-11-23T12:00:00.000Z' },
    });
    const weights = (await learned()) ?? {};
    expect(Object.keys(weights)).toEqual([idOf('trail running')]);
    expect(weights[idOf('trail running')]).toMatchObject({ accepted: 0, dismissed: 1 });
    expect(weightOf(weights[idOf('trail running')], NOON)).toBeLessThan(0);
    expect(await ground.table.get(keys.friend(user.id, alan.id))).toEqual(before);
  });

  test('given twice, or by two pages at once, is given once', async () => {
    await start();
    await suggest('art_1', ['trail running']);
    await say('art_1', 'accepted');
    const before = [await stored('art_1'), await raw()];
    ground.setClock('2026-11-24T12:00:00.000Z');
    await Promise.all([say('art_1', 'accepted'), say('art_1', 'accepted'), say('art_1', 'accepted')]);
    expect([await stored('art_1'), await raw()]).toEqual(before);
  });

  test('taken back, leaves everything as it was', async () => {
    await start();
    await suggest('art_0', ['trail running']);
    await suggest('art_1', ['trail running']);
    await say('art_0', 'accepted');
    const before = [await stored('art_1'), await learned()];
    for (const [step, back] of [
      ['not-friend', 'undo'],
      ['accepted', 'unwritten'],
      ['later', 'undo'],
    ] as const) {
      await say('art_1', step);
      await say('art_1', back);
      expect([await stored('art_1'), await learned()]).toEqual(before);
    }
  });

  test('“not about this” is about the interest it names, and has the library looked over', async () => {
    await start();
    await suggest('art_1', ['trail running', 'the violin']);
    await say('art_1', 'not-friend');
    expect(await due()).toEqual([]);
    await say('art_1', 'not-interest', idOf('the violin'));
    expect(Object.keys((await learned()) ?? {})).toEqual([idOf('the violin')]);
    expect(await due()).toEqual([{ id: grace.id, work: 'look-back' }]);
    // A look-back that read the old weights is not the one that was asked for.
    expect(await finishLookBack(ground.table, user.id, grace)).toBe(false);
    await finishLookBack(ground.table, user.id, await getFriend(ground, user.id, grace.id));
    expect(await due()).toEqual([]);
    await say('art_1', 'not-interest', idOf('the violin'));
    expect(await due()).toEqual([]);
    await say('art_1', 'undo');
    expect(await learned()).toEqual({});
    expect(await due()).toEqual([{ id: grace.id, work: 'look-back' }]);
  });

  test('of the friend outweighs the letter’s, and “not my thing” keeps the article away', async () => {
    await start();
    await suggest('art_1', ['trail running']);
    await suggest('art_2', ['the violin']);
    for (const article of ['art_1', 'art_2']) await say(article, 'accepted');
    await say('art_1', 'thanks');
    await say('art_2', 'not-my-thing');
    const weights = (await learned()) ?? {};
    expect(weightOf(weights[idOf('trail running')], NOON)).toBeGreaterThan(0.3);
    expect(weightOf(weights[idOf('the violin')], NOON)).toBeLessThan(-0.5);
    for (const step of ['unwritten', 'undo', 'accepted'] as const) await say('art_2', step);
    // Matched again.
    await suggest('art_2', ['the violin'], grace, 0.99);
    expect(await stored('art_2')).toMatchObject({ state: 'written', answer: { said: 'not-my-thing' } });
    expect((await waitingFor(ground.table, user.id, grace, 10, NOON)).suggestions).toEqual([]);
  });

  test('to what is not there, or to another user’s, is none', async () => {
    await start();
    const { user: eve } = await testUser(ground, 'Eve');
    await suggest('art_1', ['trail running']);
    expect(await say('art_none', 'not-friend')).toBeNull();
    expect(await answer(ground, eve.id, 'art_1', grace.id, 'not-friend')).toBeNull();
    expect(await stored('art_1')).toMatchObject({ state: 'open' });
  });

  test('survives what is edited of the friend meanwhile, and does not bring a deleted one back', async () => {
    await start();
    await suggest('art_1', ['trail running']);
    await Promise.all([
      say('art_1', 'accepted'),
      changeFriend(ground, user.id, grace.id, { name: 'Grace Hopper' }),
    ]);
    expect(await findFriend(ground.table, user.id, grace.id)).toMatchObject({
      name: 'Grace Hopper',
      learned: { [idOf('trail running')]: { accepted: 1 } },
    });
  });
});

describe('what was learned', () => {
  test('is forgotten on request, and called back', async () => {
    await start();
    for (const n of [1, 2, 3]) await suggest(`art_${n}`, ['trail running']);
    for (const n of [1, 2]) await say(`art_${n}`, 'not-friend');
    const before = await learned();
    ground.setClock('2026-11-24T12:00:00.000Z');
    await forget(ground, user.id, grace.id, idOf('trail running'));
    expect(await learned()).toEqual({});
    expect(await stored('art_1')).toMatchObject({ state: 'dismissed' });
    expect(await due()).toEqual([{ id: grace.id, work: 'look-back' }]);
    await forget(ground, user.id, grace.id, idOf('trail running'), false);
    expect(await learned()).toEqual(before);
    await forget(ground, user.id, grace.id, idOf('trail running'));
    ground.setClock('2026-11-25T12:00:00.000Z');
    await say('art_3', 'not-friend');
    expect(await learned()).toMatchObject({ [idOf('trail running')]: { dismissed: 1 } });
    await expect(forget(ground, user.id, grace.id, 'int_none')).rejects.toMatchObject({ tag: 'not-found' });
  });

  test('goes with an interest into the one it is merged with', async () => {
    await start();
    grace = await changeFriend(ground, user.id, grace.id, { interests: ['trail running', 'running'] });
    const [kept, gone] = [idOf('trail running'), idOf('running')];
    await suggest('art_1', ['trail running']);
    await suggest('art_2', ['running']);
    for (const article of ['art_1', 'art_2']) await say(article, 'accepted');
    await mergeInterests(ground, user.id, grace.id, kept, gone);
    await relearn(ground, user.id, grace.id);
    expect(await learned()).toMatchObject({ [kept]: { accepted: 2 } });
    await suggest('art_3', ['trail running']);
    await say('art_3', 'not-interest', gone);
    expect(await learned()).toMatchObject({ [kept]: { accepted: 2, dismissed: 1 } });
  });

  test('is derived again from the suggestions alone', async () => {
    await start();
    await suggest('art_1', ['trail running']);
    await say('art_1', 'not-friend');
    const before = await raw();
    await ground.table.update(keys.friend(user.id, grace.id), 'REMOVE #learned');
    await relearn(ground, user.id, grace.id);
    expect(await raw()).toEqual(before);
    expect(await newestFor(ground.table, user.id, grace.id)).toHaveLength(1);
  });
});

test('after many letters on one interest another has its turn, and nothing is left out', async () => {
  await start();
  for (const n of [1, 2, 3]) await suggest(`art_sent_${n}`, ['trail running'], grace, 0.8);
  await suggest('art_a', ['trail running'], grace, 0.99);
  await suggest('art_b', ['trail running'], grace, 0.98);
  await suggest('art_c', ['the violin'], grace, 0.9);
  const order = async (count = 10) => {
    const { suggestions, turn } = await waitingFor(ground.table, user.id, grace, count, NOON);
    return [...suggestions.map(({ articleId }) => articleId), ...(turn ? [turn.instead.letters] : [])];
  };
  for (const n of [1, 2]) await say(`art_sent_${n}`, 'accepted');
  expect(await order()).toEqual(['art_a', 'art_b', 'art_c', 'art_sent_3']);
  await say('art_sent_3', 'accepted');
  expect(await order()).toEqual(['art_c', 'art_a', 'art_b', 3]);
  expect(await order(1)).toEqual(['art_c', 3]);
});
