import { describe, expect, test } from 'vitest';
import type { User } from '../../functions/accounts/user.ts';
import { isCurrent } from '../../functions/friends/friend.ts';
import {
  addFriend,
  addInterest,
  askLessOften,
  changeFriend,
  changeInterest,
  getFriend,
  lookBackAgain,
  mergeInterests,
  removeFriend,
} from '../../functions/friends/friends.ts';
import { allFriends, finishLookBack, listFriends, touchWritten } from '../../functions/friends/store.ts';
import { findDue } from '../../functions/platform/due.ts';
import { keys } from '../../functions/platform/keys.ts';
import { type TestGround, testGround, testUser } from '../ground.ts';

let ground: TestGround;
let user: User;

async function start(): Promise<void> {
  ground = await testGround();
  ({ user } = await testUser(ground, 'Ada'));
}

const due = async () =>
  (await findDue(ground.table, ground.clock(), 10)).map(({ id, work }) => ({ id, work }));

describe('a friend', () => {
  test('is stored as said, in the zone of the user if none is said', async () => {
    await start();
    const grace = await addFriend(ground, user, {
      name: ' Grace ',
      email: 'grace@friends.example',
      birthday: '--12-09',
      groups: ['navy'],
      interests: [
        'compilers',
        { text: 'flat in Lisbon', kind: 'ask', until: '2027-03-01', heard: 'at lunch' },
      ],
    });
    expect(grace).toEqual({
      id: expect.stringMatching(/^frd_/),
      name: 'Grace',
      email: 'grace@friends.example',
      timeZone: 'Europe/London',
      birthday: '--12-09',
      groups: ['navy'],
      interests: [
        {
          id: expect.stringMatching(/^int_/),
          text: 'compilers',
          kind: 'topic',
          addedAt: '2026-11-23T12:00:00.000Z',
        },
        {
          id: expect.stringMatching(/^int_/),
          text: 'flat in Lisbon',
          kind: 'ask',
          until: '2027-03-01',
          heard: 'at lunch',
          addedAt: '2026-11-23T12:00:00.000Z',
        },
      ],
      version: 1,
      createdAt: '2026-11-23T12:00:00.000Z',
    });
    expect(await getFriend(ground, user.id, grace.id)).toEqual(grace);
    const { id } = await addFriend(ground, user, { name: 'Alan', timeZone: 'Asia/Kathmandu' });
    expect(await getFriend(ground, user.id, id)).toMatchObject({ name: 'Alan', timeZone: 'Asia/Kathmandu' });
  });

  test("is nobody else's", async () => {
    await start();
    const { user: eve } = await testUser(ground, 'Eve');
    const grace = await addFriend(ground, user, { name: 'Grace' });
    const none = { tag: 'not-found' };
    await expect(getFriend(ground, eve.id, grace.id)).rejects.toMatchObject(none);
    await expect(changeFriend(ground, eve.id, grace.id, { name: 'X' })).rejects.toMatchObject(none);
    await expect(removeFriend(ground, eve.id, grace.id)).rejects.toMatchObject(none);
    await expect(lookBackAgain(ground, eve.id, grace.id)).rejects.toMatchObject(none);
    await expect(getFriend(ground, user.id, 'frd_1')).rejects.toMatchObject(none);
    await expect(getFriend(ground, user.id, `${grace.id}#`)).rejects.toMatchObject(none);
    expect(await getFriend(ground, user.id, grace.id)).toMatchObject({ name: 'Grace' });
  });

  test.each([
    [{}, '/name'],
    [{ name: 'Grace\nHopper' }, '/name'],
    [{ name: 'Grace', email: 'grace' }, '/email'],
    [{ name: 'Grace', birthday: '1906-02-30' }, '/birthday'],
    [{ name: 'Grace', timeZone: 'Mars/Base' }, '/timeZone'],
    [{ name: 'Grace', interests: ['x'.repeat(201)] }, '/interests/0'],
    [
      { name: 'Grace', interests: [{ text: 'chess', kind: 'topic', until: '2027-01-01' }] },
      '/interests/0/until',
    ],
    [{ name: 'Grace', interests: Array.from({ length: 101 }, (_, n) => `i${n}`) }, '/interests'],
    [{ name: 'Grace', id: 'frd_1' }, '/id'],
    [{ name: 'Grace', apartDays: 1 }, '/apartDays'],
    [{ name: 'Grace', wakingHours: 'always' }, '/wakingHours'],
    [{ name: 'Grace', wakingHours: { from: '07:00' } }, '/wakingHours/to'],
    [{ name: 'Grace', wakingHours: { from: '7:00', to: '22:00' } }, '/wakingHours/from'],
    [{ name: 'Grace', wakingHours: { from: '07:00', to: '24:00' } }, '/wakingHours/to'],
    [{ name: 'Grace', wakingHours: { from: '22:00', to: '07:00' } }, '/wakingHours/to'],
    [{ name: 'Grace', wakingHours: { from: '09:00', to: '12:59' } }, '/wakingHours/to'],
    [
      { name: 'Grace', wakingHours: { from: '09:00', to: '13:00', weekendFrom: '09:01' } },
      '/wakingHours/weekendFrom',
    ],
    [{ name: 'Grace', wakingHours: { from: '07:00', to: '22:00', naps: true } }, '/wakingHours/naps'],
  ])('that is not right is refused where it is wrong: %j', async (input, path) => {
    await start();
    await expect(addFriend(ground, user, input)).rejects.toMatchObject({
      tag: 'invalid',
      errors: [{ path }],
    });
  });

  test('listed in pages, each once, without those who were deleted', async () => {
    await start();
    const names = Array.from({ length: 12 }, (_, n) => `Friend ${String(n).padStart(2, '0')}`);
    const ids: string[] = [];
    for (const name of names) ids.push((await addFriend(ground, user, { name })).id);
    await removeFriend(ground, user.id, ids[3] ?? '');
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listFriends(ground.table, user.id, { limit: 5, cursor });
      seen.push(...page.items.map(({ name }) => name));
      cursor = page.cursor;
    } while (cursor);
    expect(seen).toEqual(names.filter((_, n) => n !== 3));
    expect(await allFriends(ground.table, user.id)).toHaveLength(11);
  });
});

describe('a change', () => {
  test('touches what it names, and null takes away', async () => {
    await start();
    const grace = await addFriend(ground, user, {
      name: 'Grace',
      email: 'grace@friends.example',
      birthday: '1906-12-09',
      groups: ['navy'],
      interests: ['compilers'],
    });
    const { birthday: _, ...without } = grace;
    expect(await changeFriend(ground, user.id, grace.id, { name: 'Amazing Grace', birthday: null })).toEqual({
      ...without,
      name: 'Amazing Grace',
      version: 2,
    });
    const { email: __, ...rest } = await getFriend(ground, user.id, grace.id);
    expect(await changeFriend(ground, user.id, grace.id, { email: null, groups: [] })).toEqual({
      ...rest,
      groups: [],
      version: 3,
    });
    expect(await getFriend(ground, user.id, grace.id)).toEqual({ ...rest, groups: [], version: 3 });
  });

  test('of waking hours says all of them, and null means the usual ones', async () => {
    await start();
    const wakingHours = { from: '07:00', to: '22:00', weekendFrom: '10:00' };
    const grace = await addFriend(ground, user, { name: 'Grace', wakingHours });
    expect(await getFriend(ground, user.id, grace.id)).toEqual({ ...grace, wakingHours });
    const early = { from: '05:00', to: '09:00' };
    await changeFriend(ground, user.id, grace.id, { wakingHours: early });
    expect(await getFriend(ground, user.id, grace.id)).toEqual({ ...grace, wakingHours: early, version: 2 });
    await changeFriend(ground, user.id, grace.id, { name: 'Amazing Grace' });
    expect(await getFriend(ground, user.id, grace.id)).toMatchObject({ wakingHours: early });
    await changeFriend(ground, user.id, grace.id, { wakingHours: null });
    expect(await getFriend(ground, user.id, grace.id)).not.toHaveProperty('wakingHours');
    const wrong = changeFriend(ground, user.id, grace.id, { wakingHours: { from: '07:00', to: '08:00' } });
    await expect(wrong).rejects.toMatchObject({
      errors: [
        { path: '/wakingHours/to', message: 'must be at least 4 hours after waking, on the same day' },
      ],
    });
  });

  test('of how often they are written to is theirs: asked for twice it is asked once, and it can be taken back', async () => {
    await start();
    const grace = await addFriend(ground, user, { name: 'Grace' });
    const fewer = await askLessOften(ground, user.id, grace.id, true);
    expect(fewer).toEqual({ ...grace, apartDays: 30, version: 2 });
    expect(await askLessOften(ground, user.id, grace.id, true)).toEqual(fewer);
    // No edit of the user's takes it away.
    await expect(changeFriend(ground, user.id, grace.id, { apartDays: null })).rejects.toMatchObject({
      tag: 'invalid',
    });
    await changeFriend(ground, user.id, grace.id, { name: 'Amazing Grace', email: null });
    expect(await getFriend(ground, user.id, grace.id)).toMatchObject({ apartDays: 30 });
    await askLessOften(ground, user.id, grace.id, false);
    expect(await getFriend(ground, user.id, grace.id)).toEqual({
      ...grace,
      name: 'Amazing Grace',
      version: 4,
    });
  });

  test('of interests keeps those that are known as they were learned', async () => {
    await start();
    const grace = await addFriend(ground, user, {
      name: 'Grace',
      interests: ['compilers', 'sailing', 'clocks'],
    });
    ground.setClock('2026-11-24T12:00:00.000Z');
    const [compilers, sailing] = grace.interests;
    const { interests } = await changeFriend(ground, user.id, grace.id, {
      interests: ['compilers', { id: sailing?.id, text: 'ocean sailing', kind: 'topic' }, 'maps', 'MAPS'],
    });
    expect(interests).toEqual([
      compilers,
      { ...sailing, text: 'ocean sailing' },
      {
        id: expect.stringMatching(/^int_/),
        text: 'maps',
        kind: 'topic',
        addedAt: '2026-11-24T12:00:00.000Z',
      },
    ]);
  });

  test('cannot choose an id, nor give one id to two interests', async () => {
    await start();
    const grace = await addFriend(ground, user, { name: 'Grace', interests: ['compilers'] });
    const id = grace.interests[0]?.id;
    const { interests } = await changeFriend(ground, user.id, grace.id, {
      interests: [
        { id, text: 'a' },
        { id, text: 'b' },
        { id: 'int_mine', text: 'c' },
      ],
    });
    expect(interests.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
    expect(new Set(interests.map((one) => one.id)).size).toBe(3);
    expect(interests.map((one) => one.id)).not.toContain('int_mine');
  });

  test('at the same time as another loses neither', async () => {
    await start();
    const grace = await addFriend(ground, user, { name: 'Grace' });
    await Promise.all([
      changeFriend(ground, user.id, grace.id, { name: 'Amazing Grace' }),
      addInterest(ground, user.id, grace.id, { text: 'sailing' }),
      addInterest(ground, user.id, grace.id, { text: 'clocks' }),
    ]);
    const now = await getFriend(ground, user.id, grace.id);
    expect(now).toMatchObject({ name: 'Amazing Grace', version: 4 });
    expect(now.interests.map(({ text }) => text).toSorted()).toEqual(['clocks', 'sailing']);
  });
});

describe('one interest', () => {
  test('is added, changed and taken away', async () => {
    await start();
    const grace = await addFriend(ground, user, { name: 'Grace', interests: ['compilers'] });
    const { interests } = await addInterest(ground, user.id, grace.id, { text: 'cricket', kind: 'never' });
    const [compilers, cricket] = interests;
    expect(cricket).toMatchObject({ text: 'cricket', kind: 'never' });
    const changed = await changeInterest(ground, user.id, grace.id, cricket?.id ?? '', {
      text: 'golf',
      kind: 'never',
    });
    expect(changed.interests).toEqual([compilers, { ...cricket, text: 'golf' }]);
    const fewer = await changeInterest(ground, user.id, grace.id, compilers?.id ?? '', null);
    expect(fewer.interests).toEqual([{ ...cricket, text: 'golf' }]);
    await expect(changeInterest(ground, user.id, grace.id, 'int_none', null)).rejects.toMatchObject({
      tag: 'not-found',
    });
  });

  test('said twice is kept once, also when another is changed into it', async () => {
    await start();
    const grace = await addFriend(ground, user, {
      name: 'Grace',
      interests: ['sailing', 'Sailing', 'clocks'],
    });
    expect(grace.interests.map(({ text }) => text)).toEqual(['sailing', 'clocks']);
    const again = await addInterest(ground, user.id, grace.id, { text: 'SAILING' });
    expect(again.interests).toEqual(grace.interests);
    const clocks = grace.interests[1]?.id ?? '';
    const merged = await changeInterest(ground, user.id, grace.id, clocks, { text: 'sailing' });
    expect(merged.interests).toEqual([grace.interests[0]]);
  });

  test('ends on a day only if it is an ask', async () => {
    await start();
    const grace = await addFriend(ground, user, { name: 'Grace' });
    const wrong = addInterest(ground, user.id, grace.id, { text: 'chess', until: '2027-01-01' });
    await expect(wrong).rejects.toMatchObject({ tag: 'invalid', errors: [{ path: '/until' }] });
    expect(
      [undefined, '2026-11-23', '2026-11-22'].map((until) => isCurrent({ until }, '2026-11-23')),
    ).toEqual([true, true, false]);
  });

  test('is one of at most a hundred', async () => {
    await start();
    const many = Array.from({ length: 100 }, (_, n) => `interest ${n}`);
    const grace = await addFriend(ground, user, { name: 'Grace', interests: many });
    await expect(addInterest(ground, user.id, grace.id, { text: 'more' })).rejects.toMatchObject({
      tag: 'invalid',
    });
  });
});

describe('the look back over the library', () => {
  test('is due once there is an interest, and when interests change', async () => {
    await start();
    await addFriend(ground, user, { name: 'Alan' });
    expect(await due()).toEqual([]);
    const grace = await addFriend(ground, user, { name: 'Grace', interests: ['compilers'] });
    const lookBack = [{ id: grace.id, work: 'look-back' }];
    expect(await due()).toEqual(lookBack);
    expect(await finishLookBack(ground.table, user.id, grace)).toBe(true);
    expect(await due()).toEqual([]);
    await addInterest(ground, user.id, grace.id, { text: 'sailing' });
    expect(await due()).toEqual(lookBack);
  });

  test('is not due for a new name, nor for the same interests said again', async () => {
    await start();
    const grace = await addFriend(ground, user, {
      name: 'Grace',
      interests: [{ text: 'flat in Lisbon', kind: 'ask', until: '2027-03-01', heard: 'at lunch' }],
    });
    await finishLookBack(ground.table, user.id, grace);
    await changeFriend(ground, user.id, grace.id, { name: 'Amazing Grace' });
    await changeFriend(ground, user.id, grace.id, { interests: grace.interests });
    expect(await due()).toEqual([]);
  });

  test('stays due when an interest is added while it is under way', async () => {
    await start();
    const grace = await addFriend(ground, user, { name: 'Grace', interests: ['compilers'] });
    await addInterest(ground, user.id, grace.id, { text: 'sailing' });
    expect(await finishLookBack(ground.table, user.id, grace)).toBe(false);
    expect(await due()).toEqual([{ id: grace.id, work: 'look-back' }]);
  });

  test('given up, it can be asked for again', async () => {
    await start();
    const grace = await addFriend(ground, user, { name: 'Grace' });
    await ground.table.update(keys.friend(user.id, grace.id), 'SET #workFailed = :yes', { yes: true });
    expect(await getFriend(ground, user.id, grace.id)).toMatchObject({ workFailed: true });
    await lookBackAgain(ground, user.id, grace.id);
    expect(await getFriend(ground, user.id, grace.id)).toEqual(grace);
    expect(await due()).toEqual([{ id: grace.id, work: 'look-back' }]);
  });
});

describe('a friend who is deleted', () => {
  test('is gone, with nothing to be done for them, and nothing of them is kept', async () => {
    await start();
    const grace = await addFriend(ground, user, {
      name: 'Grace',
      email: 'grace@friends.example',
      birthday: '1906-12-09',
      wakingHours: { from: '06:45', to: '21:00' },
      groups: ['navy'],
      interests: ['compilers'],
    });
    await askLessOften(ground, user.id, grace.id, true);
    await removeFriend(ground, user.id, grace.id);
    await expect(getFriend(ground, user.id, grace.id)).rejects.toMatchObject({ tag: 'not-found' });
    await expect(removeFriend(ground, user.id, grace.id)).rejects.toMatchObject({ tag: 'not-found' });
    expect(await due()).toEqual([]);
    const stone = JSON.stringify(await ground.table.get(keys.friend(user.id, grace.id)));
    expect(stone).toContain('deletedAt');
    for (const word of ['Grace', 'grace@', '1906', '06:45', 'apart', 'navy', 'compilers']) {
      expect(stone).not.toContain(word);
    }
  });

  test('is not brought back by a change, a look back or a note that were under way', async () => {
    await start();
    const grace = await addFriend(ground, user, { name: 'Grace', interests: ['compilers'] });
    await removeFriend(ground, user.id, grace.id);
    const before = await ground.table.get(keys.friend(user.id, grace.id));
    expect(await finishLookBack(ground.table, user.id, grace)).toBe(false);
    await touchWritten(ground.table, user.id, grace.id, '2026-11-23T12:00:00.000Z');
    await expect(changeFriend(ground, user.id, grace.id, { name: 'X' })).rejects.toMatchObject({
      tag: 'not-found',
    });
    expect(await ground.table.get(keys.friend(user.id, grace.id))).toEqual(before);
  });
});

test('the last time the user wrote is the latest, in whatever order it is told', async () => {
  await start();
  const { id } = await addFriend(ground, user, { name: 'Grace' });
  for (const at of ['2026-11-20T08:00:00.000Z', '2026-11-22T08:00:00.000Z', '2026-11-21T08:00:00.000Z']) {
    await touchWritten(ground.table, user.id, id, at);
  }
  await changeFriend(ground, user.id, id, { name: 'Amazing Grace' });
  expect(await getFriend(ground, user.id, id)).toMatchObject({ lastWroteAt: '2026-11-22T08:00:00.000Z' });
});

describe('two interests made one', () => {
  const two = async (one: object, other: object) => {
    await start();
    const { id } = await addFriend(ground, user, { name: 'Grace', interests: [one] });
    ground.setClock('2026-11-24T12:00:00.000Z');
    const grace = await addInterest(ground, user.id, id, other);
    const [first, second] = grace.interests.map((interest) => interest.id);
    return { id, first: first ?? '', second: second ?? '' };
  };

  test('keep the words of one, the older day, and where both were heard', async () => {
    const { id, first, second } = await two(
      { text: 'running', heard: 'at lunch' },
      { text: 'trail running', heard: 'in the rain' },
    );
    const { interests, merged } = await mergeInterests(ground, user.id, id, second, first);
    expect(interests).toEqual([
      {
        id: second,
        text: 'trail running',
        kind: 'topic',
        heard: 'at lunch; in the rain',
        addedAt: '2026-11-23T12:00:00.000Z',
      },
    ]);
    expect(merged).toEqual({ [first]: second });
    expect(await getFriend(ground, user.id, id)).toMatchObject({ interests, merged });
    expect(await due()).toEqual([{ id, work: 'look-back' }]);
  });

  test('twice is once', async () => {
    const { id, first, second } = await two({ text: 'running' }, { text: 'trail running' });
    const once = await mergeInterests(ground, user.id, id, second, first);
    expect(await mergeInterests(ground, user.id, id, second, first)).toEqual(once);
    await expect(mergeInterests(ground, user.id, id, second, second)).rejects.toMatchObject({
      tag: 'not-found',
    });
    await expect(mergeInterests(ground, user.id, id, 'int_x', second)).rejects.toMatchObject({
      tag: 'not-found',
    });
    await expect(mergeInterests(ground, user.id, 'frd_x', first, second)).rejects.toMatchObject({
      tag: 'not-found',
    });
  });

  test.each([
    ['2027-01-01', '2027-03-01', '2027-03-01'],
    ['2027-03-01', undefined, undefined],
  ])('asks until %s and %s end %s', async (one, other, until) => {
    const { id, first, second } = await two(
      { text: 'flat', kind: 'ask', until: one },
      { text: 'a flat', kind: 'ask', until: other },
    );
    const { interests } = await mergeInterests(ground, user.id, id, first, second);
    expect(interests.map((interest) => interest.until)).toEqual([until]);
  });

  test('are of one kind; too long a “heard” gives way to that of the words that stay', async () => {
    const { id, first, second } = await two(
      { text: 'running', heard: 'a'.repeat(150) },
      { text: 'trail running', heard: 'b'.repeat(150) },
    );
    const { interests } = await mergeInterests(ground, user.id, id, second, first);
    expect(interests[0]?.heard).toBe('b'.repeat(150));
    const never = await addInterest(ground, user.id, id, { text: 'running', kind: 'never' });
    const last = never.interests.at(-1)?.id ?? '';
    await expect(mergeInterests(ground, user.id, id, second, last)).rejects.toMatchObject({
      tag: 'invalid',
      errors: [{ path: '/with' }],
    });
  });

  test('a third takes all that was merged before along, and what was removed is not remembered', async () => {
    const { id, first, second } = await two({ text: 'running' }, { text: 'trail running' });
    const third = (await addInterest(ground, user.id, id, { text: 'trail running at night' })).interests.at(
      -1,
    );
    await mergeInterests(ground, user.id, id, second, first);
    const { merged } = await mergeInterests(ground, user.id, id, third?.id ?? '', second);
    expect(merged).toEqual({ [first]: third?.id, [second]: third?.id });
    await changeInterest(ground, user.id, id, third?.id ?? '', null);
    const [one, other] = (await changeFriend(ground, user.id, id, { interests: ['sea', 'the sea'] }))
      .interests;
    expect((await mergeInterests(ground, user.id, id, one?.id ?? '', other?.id ?? '')).merged).toEqual({
      [other?.id ?? '']: one?.id,
    });
  });
});
