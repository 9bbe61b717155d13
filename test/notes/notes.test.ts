import { describe, expect, test } from 'vitest';
import { addUser } from '../../functions/accounts/accounts.ts';
import { addressDigest, findArticle } from '../../functions/articles/store.ts';
import { changeFriend, getFriend, removeFriend } from '../../functions/friends/friends.ts';
import { wasSent } from '../../functions/ledger/store.ts';
import { onArticle } from '../../functions/matching/matching.ts';
import { suggestionsOf } from '../../functions/matching/store.ts';
import {
  cancelNote,
  cancelNotesTo,
  editNote,
  getNote,
  noteArrived,
  notesCarrying,
  removeNote,
  sendAgain,
  sentMyself,
  writeNote,
} from '../../functions/notes/notes.ts';
import { listNotes, notesTo } from '../../functions/notes/store.ts';
import { findDue } from '../../functions/platform/due.ts';
import { openDesk } from './desk.ts';

const dueAt = async ({ ground }: Awaited<ReturnType<typeof openDesk>>, now: string) =>
  (await findDue(ground.table, new Date(now), 10)).map(({ id, work }) => [id, work]);

describe('writing a note', () => {
  test('with a moment schedules it', async () => {
    const desk = await openDesk();
    const articleId = await desk.save('A harbour');
    const note = await desk.write({ articleId, text: 'Look!\r\nA harbour. ', subject: ' For you ' });
    expect(note).toEqual({
      id: expect.stringMatching(/^nte_/),
      friendId: desk.grace.id,
      articleId,
      text: 'Look!\nA harbour.',
      subject: 'For you',
      moment: { kind: 'now' },
      state: 'scheduled',
      version: 1,
      attempts: 0,
      sendAt: '2026-11-23T12:00:30.000Z',
      dueAt: '2026-11-23T12:00:30.000Z',
      zone: 'Europe/London',
      createdAt: '2026-11-23T12:00:00.000Z',
      updatedAt: '2026-11-23T12:00:00.000Z',
    });
    expect(await desk.read(note)).toEqual(note);
    expect(await dueAt(desk, '2026-11-23T12:00:30.000Z')).toContainEqual([note.id, 'send']);
  });

  test('without one keeps a draft, for a friend without an address, too', async () => {
    const desk = await openDesk();
    const alan = await desk.friend('Alan', { email: undefined });
    const note = await desk.write({ friendId: alan.id, moment: undefined });
    expect(note).toMatchObject({ state: 'draft', attempts: 0 });
    expect(note).not.toHaveProperty('sendAt');
    expect(await dueAt(desk, '2027-01-01T00:00:00.000Z')).toEqual([]);
  });

  test("for a time on the friend's wall, or on another", async () => {
    const desk = await openDesk();
    const kamala = await desk.friend('Kamala', { timeZone: 'Asia/Kathmandu' });
    const at = { kind: 'at', at: '2026-11-24T09:30' };
    expect(await desk.write({ friendId: kamala.id, moment: at })).toMatchObject({
      sendAt: '2026-11-24T03:45:00.000Z',
    });
    expect(
      await desk.write({ friendId: kamala.id, moment: { ...at, timeZone: 'Europe/London' } }),
    ).toMatchObject({
      sendAt: '2026-11-24T09:30:00.000Z',
    });
  });

  test('by surprise keeps three days from what was written to that friend, and only that friend', async () => {
    const desk = await openDesk();
    const said = ['2026-11-24T12:00', '2026-11-28T12:00'];
    for (const at of said) await desk.write({ moment: { kind: 'at', at } });
    const alan = await desk.friend('Alan');
    await desk.write({ friendId: alan.id, moment: { kind: 'at', at: '2026-12-02T12:00' } });
    const surprise = await desk.write({ moment: { kind: 'surprise' } });
    const isFirstFree = (sendAt = '') => sendAt > '2026-12-01T12:00' && sendAt < '2026-12-02T12:00';
    expect(isFirstFree(surprise.sendAt)).toBe(true);
    // Itself does not stand in its way, and what was cancelled neither.
    const again = await editNote(desk.ground, desk.ada, surprise.id, { moment: { kind: 'surprise' } });
    expect(isFirstFree(again.sendAt)).toBe(true);
    for (const { id } of await notesTo(desk.ground.table, desk.ada.id, desk.grace.id)) {
      await cancelNote(desk.ground, desk.ada.id, id);
    }
    const free = await desk.write({ moment: { kind: 'surprise' } });
    expect((free.sendAt ?? '') < '2026-11-30T12:00:00.000Z').toBe(true);
  });

  test.each([
    [{ text: ' ' }, '/text'],
    [{ text: 'a\u0000' }, '/text'],
    [{ subject: 'Hi\nBcc: all@example.org' }, '/subject'],
    [{ friendId: 'frd_none' }, '/friendId'],
    [{ articleId: 'art_none' }, '/articleId'],
    [{ moment: { kind: 'soon' } }, '/moment/kind'],
    [{ moment: { kind: 'at' } }, '/moment/at'],
    [{ moment: { kind: 'at', at: '2026-02-31T09:30' } }, '/moment/at'],
    [{ moment: { kind: 'at', at: '2026-11-23T24:00' } }, '/moment/at'],
    [{ moment: { kind: 'at', at: '9999-12-31T23:59', timeZone: 'America/New_York' } }, '/moment/at'],
    [{ moment: { kind: 'at', at: '2026-11-23T11:58' } }, '/moment/at'],
    [{ moment: { kind: 'at', at: '2026-11-24T09:30', timeZone: 'Mars/Base' } }, '/moment/timeZone'],
    [{ mood: 'good' }, '/mood'],
  ])('that is not right is refused where it is wrong: %j', async (input, path) => {
    const desk = await openDesk();
    await expect(desk.write(input)).rejects.toMatchObject({ tag: 'invalid', errors: [{ path }] });
    expect((await listNotes(desk.ground.table, desk.ada.id, { limit: 10 })).items).toEqual([]);
  });

  test('with a time of this very minute is taken as now', async () => {
    const desk = await openDesk();
    expect(await desk.write({ moment: { kind: 'at', at: '2026-11-23T11:59' } })).toMatchObject({
      state: 'scheduled',
    });
  });

  test('to a friend without an address can only be a draft, or sent by hand', async () => {
    const desk = await openDesk();
    const alan = await desk.friend('Alan', { email: undefined });
    await expect(desk.write({ friendId: alan.id })).rejects.toMatchObject({
      errors: [{ path: '/friendId' }],
    });
  });

  test('answers the suggestion, and cancelling it opens it again', async () => {
    const desk = await openDesk();
    const grace = await changeFriend(desk.ground, desk.ada.id, desk.grace.id, { interests: ['harbours'] });
    const articleId = await desk.save('A harbour');
    await onArticle(desk.ground, desk.ada.id, articleId);
    const states = async () =>
      (await suggestionsOf(desk.ground.table, desk.ada.id, articleId)).map(({ state }) => state);
    expect(await states()).toEqual(['open']);
    const note = await desk.write({ friendId: grace.id, articleId });
    expect(await states()).toEqual(['written']);
    await cancelNote(desk.ground, desk.ada.id, note.id);
    expect(await states()).toEqual(['open']);
  });
});

describe('changing a note', () => {
  test('touches what it names', async () => {
    const desk = await openDesk();
    const note = await desk.write({ subject: 'For you' });
    const { subject: _, ...rest } = note;
    const edited = await editNote(desk.ground, desk.ada, note.id, {
      version: 1,
      text: 'Other words.',
      subject: null,
    });
    expect(edited).toEqual({ ...rest, text: 'Other words.', version: 2 });
    expect(await desk.read(note)).toEqual(edited);
    const moved = await editNote(desk.ground, desk.ada, note.id, {
      moment: { kind: 'at', at: '2026-11-25T10:00' },
    });
    expect(moved).toMatchObject({
      sendAt: '2026-11-25T10:00:00.000Z',
      dueAt: '2026-11-25T10:00:00.000Z',
      version: 3,
    });
    expect(await dueAt(desk, '2026-11-25T09:59:59.000Z')).toEqual([]);
  });

  test('gives a draft its moment, and a held note another chance with all its tries', async () => {
    const desk = await openDesk();
    const draft = await desk.write({ moment: undefined });
    expect(await editNote(desk.ground, desk.ada, draft.id, { text: 'Hm.' })).toMatchObject({
      state: 'draft',
    });
    expect(await editNote(desk.ground, desk.ada, draft.id, { moment: { kind: 'now' } })).toMatchObject({
      state: 'scheduled',
    });
    await changeFriend(desk.ground, desk.ada.id, desk.grace.id, { email: null });
    await desk.minute('2026-11-23T12:00:30.000Z');
    expect(await desk.read(draft)).toMatchObject({ state: 'held', heldBecause: 'friend-has-no-email' });
    await changeFriend(desk.ground, desk.ada.id, desk.grace.id, { email: 'grace@friends.example' });
    const sealed = await editNote(desk.ground, desk.ada, draft.id, { moment: { kind: 'now' } });
    expect(sealed).toMatchObject({ state: 'scheduled', attempts: 0 });
    expect(sealed).not.toHaveProperty('heldBecause');
  });

  test('that somebody else changed is refused, with what it is now', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    await editNote(desk.ground, desk.ada, note.id, { version: 1, text: 'Second.' });
    const conflict = { tag: 'conflict', extra: { state: 'scheduled', version: 2 } };
    await expect(
      editNote(desk.ground, desk.ada, note.id, { version: 1, text: 'Third.' }),
    ).rejects.toMatchObject(conflict);
    await expect(cancelNote(desk.ground, desk.ada.id, note.id, 1)).rejects.toMatchObject(conflict);
    expect(await desk.read(note)).toMatchObject({ text: 'Second.', state: 'scheduled' });
  });

  test('by three at once, each on the version it saw, lets one through', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    const edits = await Promise.allSettled(
      ['One.', 'Two.', 'Three.'].map((text) =>
        editNote(desk.ground, desk.ada, note.id, { version: 1, text }),
      ),
    );
    expect(edits.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await desk.read(note)).toMatchObject({ version: 2 });
  });

  test("is nobody else's", async () => {
    const desk = await openDesk();
    const { user: eve } = await addUser(desk.ground, { email: 'eve@users.example', name: 'Eve' });
    const note = await desk.write();
    const none = { tag: 'not-found' };
    await expect(getNote(desk.ground, eve.id, note.id)).rejects.toMatchObject(none);
    await expect(editNote(desk.ground, eve, note.id, { text: 'X' })).rejects.toMatchObject(none);
    await expect(cancelNote(desk.ground, eve.id, note.id)).rejects.toMatchObject(none);
    await expect(removeNote(desk.ground, eve.id, note.id)).rejects.toMatchObject(none);
    await expect(writeNote(desk.ground, eve, { friendId: desk.grace.id, text: 'Hi' })).rejects.toMatchObject({
      tag: 'invalid',
    });
  });
});

describe('taking a note away', () => {
  test('cancels what waits', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    await removeNote(desk.ground, desk.ada.id, note.id);
    await expect(desk.read(note)).rejects.toMatchObject({ tag: 'not-found' });
    await desk.send(note);
    expect(await desk.mails()).toEqual([]);
  });

  test('is refused while it is being sent', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    await desk.ground.fault('accept-then-error', 1);
    await desk.minute('2026-11-23T12:00:30.000Z');
    await expect(removeNote(desk.ground, desk.ada.id, note.id)).rejects.toMatchObject({
      tag: 'conflict',
      extra: { state: 'sending' },
    });
  });

  test('after it left forgets the note and not that the article was sent', async () => {
    const desk = await openDesk();
    const articleId = await desk.save('A harbour');
    const note = await desk.write({ articleId });
    await desk.minute('2026-11-23T12:00:30.000Z');
    await removeNote(desk.ground, desk.ada.id, note.id);
    const article = await findArticle(desk.ground.table, desk.ada.id, articleId);
    expect(
      article && (await wasSent(desk.ground.table, desk.ada.id, desk.grace.id, addressDigest(article))),
    ).toBe(true);
  });

  test('with its friend: all that waits is cancelled, what left stays', async () => {
    const desk = await openDesk();
    const sent = await desk.write();
    await desk.minute('2026-11-23T12:00:30.000Z');
    const waiting = [await desk.write(), await desk.write({ moment: undefined })];
    const other = await desk.write({ friendId: (await desk.friend('Alan')).id });
    await removeFriend(desk.ground, desk.ada.id, desk.grace.id);
    await cancelNotesTo(desk.ground, desk.ada.id, desk.grace.id);
    for (const note of waiting) expect(await desk.read(note)).toMatchObject({ state: 'cancelled' });
    expect(await desk.read(sent)).toMatchObject({ state: 'sent' });
    expect(await desk.read(other)).toMatchObject({ state: 'scheduled' });
  });
});

describe('a note the user sends by hand', () => {
  test('is sent, counts as sent, and nothing leaves through SES', async () => {
    const desk = await openDesk();
    const articleId = await desk.save('A harbour');
    const note = await desk.write({ articleId, moment: { kind: 'at', at: '2026-11-24T10:00' } });
    const sent = await sentMyself(desk.ground, desk.ada.id, note.id);
    expect(sent).toMatchObject({ state: 'sent', sentMyself: true, sentAt: '2026-11-23T12:00:00.000Z' });
    await desk.minute('2026-11-24T10:00:00.000Z');
    expect(await desk.mails()).toEqual([]);
    expect(await getFriend(desk.ground, desk.ada.id, desk.grace.id)).toMatchObject({
      lastWroteAt: '2026-11-23T12:00:00.000Z',
    });
    const second = await desk.write({ articleId });
    await desk.minute('2026-11-24T10:00:30.000Z');
    expect(await desk.read(second)).toMatchObject({ state: 'held', heldBecause: 'already-sent' });
  });

  test('after it came back is not called back by the news of the first mail', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    await desk.minute('2026-11-23T12:00:30.000Z');
    await desk.event(note, 'Bounce', 'Permanent');
    await sentMyself(desk.ground, desk.ada.id, note.id);
    await desk.event(note, 'Bounce', 'Permanent');
    expect(await desk.read(note)).toMatchObject({ state: 'sent', sentMyself: true });
  });

  test('cannot be one that is under way, or left', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    await desk.minute('2026-11-23T12:00:30.000Z');
    await expect(sentMyself(desk.ground, desk.ada.id, note.id)).rejects.toMatchObject({
      extra: { state: 'sent' },
    });
    await expect(noteArrived(desk.ground, desk.ada.id, note.id)).rejects.toMatchObject({
      extra: { state: 'sent' },
    });
    await expect(sendAgain(desk.ground, desk.ada.id, note.id)).rejects.toMatchObject({
      extra: { state: 'sent' },
    });
    await expect(cancelNote(desk.ground, desk.ada.id, note.id)).rejects.toMatchObject({
      extra: { state: 'sent' },
    });
    await expect(editNote(desk.ground, desk.ada, note.id, { text: 'X' })).rejects.toMatchObject({
      extra: { state: 'sent' },
    });
  });
});

test('a note cancelled because another one has carried its article does not suggest the article again', async () => {
  const desk = await openDesk();
  await changeFriend(desk.ground, desk.ada.id, desk.grace.id, { interests: ['harbours'] });
  const articleId = await desk.save('A harbour');
  await onArticle(desk.ground, desk.ada.id, articleId);
  const [first, second] = [await desk.write({ articleId }), await desk.write({ articleId })];
  await desk.minute('2026-11-23T12:00:30.000Z');
  const states = [await desk.read(first), await desk.read(second)];
  expect(states.map(({ state }) => state).toSorted()).toEqual(['held', 'sent']);
  const held = states.find(({ state }) => state === 'held');
  await cancelNote(desk.ground, desk.ada.id, held?.id ?? '');
  expect(await suggestionsOf(desk.ground.table, desk.ada.id, articleId)).toMatchObject([
    { state: 'written' },
  ]);
});

test('notes are listed newest first, all or those of a state, and those that carry an article are known', async () => {
  const desk = await openDesk();
  const articleId = await desk.save('A harbour');
  const draft = await desk.write({ moment: undefined, articleId });
  const scheduled = await desk.write({ moment: { kind: 'at', at: '2026-12-24T10:00' }, articleId });
  const cancelled = await desk.write({ articleId });
  await cancelNote(desk.ground, desk.ada.id, cancelled.id);
  const list = async (state?: 'draft' | 'held') =>
    (await listNotes(desk.ground.table, desk.ada.id, { limit: 10, state })).items.map(({ id }) => id);
  expect(await list()).toEqual([cancelled.id, scheduled.id, draft.id]);
  expect(await list('draft')).toEqual([draft.id]);
  expect(await list('held')).toEqual([]);
  const carrying = await notesCarrying(desk.ground, desk.ada.id, articleId);
  expect(carrying.map(({ id }) => id)).toEqual([draft.id, scheduled.id]);
});
