import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addUser } from '../../functions/accounts/accounts.ts';
import { saveArticle } from '../../functions/articles/articles.ts';
import { deleteArticle, findArticle } from '../../functions/articles/store.ts';
import { addFriend, changeFriend, getFriend, removeFriend } from '../../functions/friends/friends.ts';
import { mute } from '../../functions/ledger/store.ts';
import { onMailEvent } from '../../functions/notes/mail-events.ts';
import {
  cancelNote,
  editNote,
  noteArrived,
  retimeNotes,
  sendAgain,
  writeNote,
} from '../../functions/notes/notes.ts';
import { resume } from '../../functions/notes/pauses.ts';
import { MAX_ATTEMPTS, sendNote, settle } from '../../functions/notes/queue.ts';
import { readStop, stopNotes } from '../../functions/notes/stop.ts';
import { tick } from '../../functions/notes/tick.ts';
import { findDue } from '../../functions/platform/due.ts';
import { keys } from '../../functions/platform/keys.ts';
import type { TestGround } from '../ground.ts';
import { type Desk, interrupted, mailEvent, openDesk } from './desk.ts';

const DUE = '2026-11-23T12:00:30.000Z';
const AN_HOUR_ON = '2026-11-23T13:00:30.000Z';

describe('a note whose moment has come', () => {
  test('leaves once, as a mail to the friend that names it, and is sent', async () => {
    const desk = await openDesk();
    const articleId = await desk.save('A harbour that closes for lunch');
    const note = await desk.write({ articleId });
    await desk.minute('2026-11-23T12:00:29.999Z');
    expect(await desk.read(note)).toEqual(note);
    await desk.minute(DUE);
    const mails = await desk.mails();
    const sent = await desk.read(note);
    expect(mails).toEqual([
      {
        to: 'grace@friends.example',
        subject: 'A harbour that closes for lunch',
        text: expect.stringContaining('This made me think of you.'),
        tags: { user: desk.ada.id, note: note.id, attempt: sent.attemptId },
      },
    ]);
    expect(sent).toMatchObject({
      state: 'sent',
      attempts: 1,
      to: 'grace@friends.example',
      sentAt: DUE,
      sendAt: DUE,
      messageId: expect.stringMatching(/^0100/),
    });
    expect(await getFriend(desk.ground, desk.ada.id, desk.grace.id)).toMatchObject({ lastWroteAt: DUE });
    await desk.minute('2026-11-30T12:00:00.000Z');
    expect(await desk.mails()).toHaveLength(1);
  });

  test('carries the text of an article that is nowhere else to be read', async () => {
    const desk = await openDesk();
    const text = 'A poem about gulls\n\nThe gulls have the quay to themselves.';
    const { article } = await saveArticle(desk.ground, desk.ada.id, { text }, 'api');
    await desk.write({ articleId: article.id });
    await desk.minute(DUE);
    expect((await desk.mails())[0]?.text).toContain('The gulls have the quay to themselves.');
  });

  test('says nothing of why the friend was chosen', async () => {
    const desk = await openDesk();
    const interests = [{ text: 'harbour towns', heard: 'after the divorce' }];
    await changeFriend(desk.ground, desk.ada.id, desk.grace.id, { interests });
    const articleId = await desk.save('A harbour');
    await desk.write({ articleId });
    await desk.minute(DUE);
    const raw = Buffer.from((await desk.ground.mailbox())[0]?.raw ?? '', 'base64').toString();
    expect(raw).not.toMatch(/towns|divorce/);
  });

  test('said twice, late and to two at once, leaves once', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    desk.ground.setClock(DUE);
    await Promise.all([desk.send(note), desk.send(note), desk.send(note)]);
    await desk.send(note);
    expect(await desk.mails()).toHaveLength(1);
    const sent = await desk.read(note);
    await desk.send(note);
    await sendNote(desk.ground, desk.ada.id, 'nte_none');
    await sendNote(desk.ground, 'usr_none', note.id);
    expect(await desk.read(note)).toEqual(sent);
    expect(sent).toMatchObject({ state: 'sent', attempts: 1 });
  });

  test('is what it is by now, whatever its message says it is about', async () => {
    const desk = await openDesk();
    const said = await desk.save('A harbour');
    const articleId = await desk.save('A lighthouse');
    const alan = await desk.friend('Alan');
    const note = await desk.write({ articleId });
    desk.ground.setClock(DUE);
    await sendNote(desk.ground, desk.ada.id, note.id, { friendId: alan.id, articleId: said });
    const [mail] = await desk.mails();
    expect(mail?.to).toBe('grace@friends.example');
    expect(mail?.text).toContain('A lighthouse');
    expect(mail?.text).not.toContain('A harbour');
  });

  test('to a friend who is gone by now is held, whatever its message says', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    await desk.ground.table.update(keys.friend(desk.ada.id, desk.grace.id), 'SET #deletedAt = :now', {
      now: DUE,
    });
    desk.ground.setClock(DUE);
    await sendNote(desk.ground, desk.ada.id, note.id, { friendId: desk.grace.id });
    expect(await desk.read(note)).toMatchObject({ state: 'held', heldBecause: 'friend-deleted' });
  });

  test('said too early does not leave', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    await desk.send(note);
    expect(await desk.read(note)).toEqual(note);
  });
});

describe("the user's hand", () => {
  test('wins when it comes before the claim: a cancelled note does not leave', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    desk.ground.setClock(DUE);
    await tick(desk.ground);
    await cancelNote(desk.ground, desk.ada.id, note.id, note.version);
    await desk.minute(DUE);
    await desk.send(note);
    expect(await desk.mails()).toEqual([]);
    expect(await desk.read(note)).toMatchObject({ state: 'cancelled' });
  });

  test('wins with its words and its moment, too', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    desk.ground.setClock(DUE);
    await tick(desk.ground);
    await editNote(desk.ground, desk.ada, note.id, { version: 1, text: 'Better words.' });
    for (const { id } of desk.said.splice(0)) await desk.send({ id });
    expect((await desk.mails())[0]?.text).toContain('Better words.');
    const second = await desk.write();
    desk.ground.setClock('2026-11-23T12:01:00.000Z');
    await editNote(desk.ground, desk.ada, second.id, { moment: { kind: 'at', at: '2026-11-26T10:00' } });
    await desk.send(second);
    expect(await desk.mails()).toHaveLength(1);
  });

  test('that comes after the claim is refused with the state, and changes nothing', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    await desk.ground.fault('accept-then-error', 1);
    await desk.minute(DUE);
    const refused = { tag: 'conflict', extra: { state: 'sending', version: 2 } };
    await expect(cancelNote(desk.ground, desk.ada.id, note.id)).rejects.toMatchObject(refused);
    await expect(editNote(desk.ground, desk.ada, note.id, { text: 'X' })).rejects.toMatchObject(refused);
    expect(await desk.read(note)).toMatchObject({ state: 'sending', text: note.text });
  });

  test('against a send at the same time: either it is cancelled and nothing left, or refused and it left', async () => {
    const desk = await openDesk({ HALLWAY_CAP_USER_DAY: '100', HALLWAY_CAP_ADDRESS_DAY: '100' });
    for (let round = 0; round < 5; round++) {
      const note = await desk.write();
      desk.ground.setClock(new Date(Date.parse(note.sendAt ?? '')));
      const before = (await desk.mails()).length;
      const [cancelled] = await Promise.allSettled([
        cancelNote(desk.ground, desk.ada.id, note.id),
        desk.send(note),
      ]);
      const left = (await desk.mails()).length - before;
      const { state } = await desk.read(note);
      expect([cancelled.status, state, left]).toEqual(
        cancelled.status === 'fulfilled' ? ['fulfilled', 'cancelled', 0] : ['rejected', 'sent', 1],
      );
    }
  });

  test('wins in the last moment before the claim', async () => {
    const desk = await openDesk();
    const [cancelled, edited, moved] = [await desk.write(), await desk.write(), await desk.write()];
    desk.ground.setClock(DUE);
    const beforeClaim = (id: string, act: () => Promise<unknown>) =>
      sendNote(interrupted(desk, 'TransactItems', act), desk.ada.id, id);
    await beforeClaim(cancelled.id, () => cancelNote(desk.ground, desk.ada.id, cancelled.id));
    await beforeClaim(edited.id, () => editNote(desk.ground, desk.ada, edited.id, { text: 'Better words.' }));
    const later = { kind: 'at', at: '2026-12-01T10:00' };
    await beforeClaim(moved.id, () => editNote(desk.ground, desk.ada, moved.id, { moment: later }));
    expect((await desk.mails()).map(({ text }) => text)).toEqual([expect.stringContaining('Better words.')]);
    expect(await desk.read(cancelled)).toMatchObject({ state: 'cancelled' });
    expect(await desk.read(moved)).toMatchObject({ state: 'scheduled', sendAt: '2026-12-01T10:00:00.000Z' });
  });

  test('is not undone by a queue that would put the note off, or hold it', async () => {
    const desk = await openDesk();
    const alan = await desk.friend('Alan');
    const [late, held] = [await desk.write(), await desk.write({ friendId: alan.id })];
    await changeFriend(desk.ground, desk.ada.id, alan.id, { email: null });
    desk.ground.setClock('2026-11-24T02:00:00.000Z');
    const move = () =>
      editNote(desk.ground, desk.ada, late.id, { moment: { kind: 'at', at: '2026-12-01T10:00' } });
    await sendNote(interrupted(desk, 'Item', move), desk.ada.id, late.id);
    expect(await desk.read(late)).toMatchObject({ state: 'scheduled', sendAt: '2026-12-01T10:00:00.000Z' });
    const cancel = () => cancelNote(desk.ground, desk.ada.id, held.id);
    await sendNote(interrupted(desk, 'Item', cancel), desk.ada.id, held.id);
    expect(await desk.read(held)).toMatchObject({ state: 'cancelled' });
  });
});

describe('a claim', () => {
  test('holds the note of a user the friend asked to stop, by the link in the mail', async () => {
    const desk = await openDesk();
    await desk.write();
    await desk.minute(DUE);
    const [mail] = await desk.ground.mailbox();
    const raw = Buffer.from(mail?.raw ?? '', 'base64')
      .toString()
      .replace(/\r\n[ \t]+/g, '');
    const token = /List-Unsubscribe:\s*<http:\/\/localhost:8787\/stop\/([^>\s]+)>/.exec(raw)?.[1] ?? '';
    const stop = readStop(desk.ground, token);
    if (!stop) throw new Error('no stop link');
    await stopNotes(desk.ground, stop);
    const second = await desk.write();
    await desk.minute('2026-11-23T12:01:00.000Z');
    expect(await desk.read(second)).toMatchObject({ state: 'held', heldBecause: 'muted' });
    expect(await desk.mails()).toHaveLength(1);
    expect([readStop(desk.ground, ''), readStop(desk.ground, `${token}x`)]).toEqual([null, null]);
  });

  test('knows a mute though the friend was deleted and added again, in other letters', async () => {
    const desk = await openDesk();
    await mute(
      desk.ground.table,
      desk.ada.id,
      desk.ground.secrets.addressHash('grace@friends.example'),
      new Date(DUE),
    );
    await removeFriend(desk.ground, desk.ada.id, desk.grace.id);
    const again = await desk.friend('Grace', { email: 'GRACE@friends.Example' });
    const note = await desk.write({ friendId: again.id });
    await desk.minute(DUE);
    expect(await desk.read(note)).toMatchObject({ state: 'held', heldBecause: 'muted' });
  });

  test('holds every note to an address that was stopped', async () => {
    const desk = await openDesk();
    await desk.ground.table.put({
      ...keys.addressStopped(desk.ground.secrets.addressHash('grace@friends.example')),
    });
    const note = await desk.write();
    await desk.minute(DUE);
    expect(await desk.read(note)).toMatchObject({ state: 'held', heldBecause: 'suppressed' });
    expect(await desk.mails()).toEqual([]);
  });

  test("above the user's day moves the note to the same hour of the next, and says so", async () => {
    const desk = await openDesk({ HALLWAY_CAP_USER_DAY: '2' });
    const friends = [await desk.friend('Alan'), await desk.friend('Mia'), await desk.friend('Tom')];
    for (const { id } of friends) await desk.write({ friendId: id });
    await desk.minute(DUE);
    expect(await desk.mails()).toHaveLength(2);
    const [moved] = (
      await Promise.all(
        (
          await desk.ground.table.all({ pk: `USER#${desk.ada.id}`, prefix: 'NOTE#' })
        ).map((item) => desk.read({ id: String(item.id) })),
      )
    ).filter(({ state }) => state === 'scheduled');
    expect(moved).toMatchObject({
      movedBecause: 'cap-user',
      sendAt: '2026-11-24T12:00:30.000Z',
      attempts: 0,
    });
    await desk.minute('2026-11-23T23:59:59.000Z');
    expect(await desk.mails()).toHaveLength(2);
    await desk.minute('2026-11-24T12:00:30.000Z');
    expect(await desk.mails()).toHaveLength(3);
  });

  test("above the address's day, over two users, does so too", async () => {
    const desk = await openDesk();
    const { user: eve } = await addUser(desk.ground, { email: 'eve@users.example', name: 'Eve' });
    const hers = await addFriend(desk.ground, eve, { name: 'G.', email: 'Grace@friends.example' });
    await desk.write();
    await desk.minute(DUE);
    const byEve = { friendId: hers.id, text: 'Hello.', moment: { kind: 'now' } };
    await writeNote(desk.ground, eve, byEve);
    await desk.minute('2026-11-23T12:01:30.000Z');
    expect(await desk.mails()).toHaveLength(2);
    const third = await writeNote(desk.ground, eve, byEve);
    await desk.minute('2026-11-23T12:02:30.000Z');
    expect(await desk.mails()).toHaveLength(2);
    const items = await desk.ground.table.get(keys.note(eve.id, third.id));
    expect(items).toMatchObject({
      state: 'scheduled',
      movedBecause: 'cap-address',
      sendAt: '2026-11-24T12:02:00.000Z',
    });
  });

  test('holds a note whose article another note has carried to the friend', async () => {
    const desk = await openDesk();
    const articleId = await desk.save('A harbour');
    await desk.write({ articleId });
    await desk.minute(DUE);
    const second = await desk.write({ articleId });
    await desk.minute('2026-11-23T12:01:30.000Z');
    expect(await desk.read(second)).toMatchObject({ state: 'held', heldBecause: 'already-sent' });
    const alan = await desk.friend('Alan');
    const other = await desk.write({ articleId, friendId: alan.id });
    await desk.minute('2026-11-23T12:02:30.000Z');
    expect(await desk.read(other)).toMatchObject({ state: 'sent' });
  });

  test('of two notes with one article at the same time lets one through', async () => {
    const desk = await openDesk();
    const articleId = await desk.save('A harbour');
    const notes = [await desk.write({ articleId }), await desk.write({ articleId })];
    desk.ground.setClock(DUE);
    await Promise.all(notes.map((note) => desk.send(note)));
    expect(await desk.mails()).toHaveLength(1);
    const states = await Promise.all(notes.map(async (note) => (await desk.read(note)).state));
    expect(states.toSorted()).toEqual(['held', 'sent']);
  });

  test('finds the friend deleted, without an address, or the article gone', async () => {
    const desk = await openDesk();
    const alan = await desk.friend('Alan');
    const mia = await desk.friend('Mia');
    const articleId = await desk.save('A harbour');
    const notes = [
      await desk.write(),
      await desk.write({ friendId: alan.id }),
      await desk.write({ friendId: mia.id, articleId }),
    ];
    await removeFriend(desk.ground, desk.ada.id, desk.grace.id);
    await changeFriend(desk.ground, desk.ada.id, alan.id, { email: null });
    const article = await findArticle(desk.ground.table, desk.ada.id, articleId);
    if (article) await deleteArticle(desk.ground.table, desk.ada.id, article);
    await desk.minute(DUE);
    const reasons = await Promise.all(notes.map(async (note) => (await desk.read(note)).heldBecause));
    expect(reasons).toEqual(['friend-deleted', 'friend-has-no-email', 'article-deleted']);
    expect(await desk.mails()).toEqual([]);
  });

  test('goes to the address the friend has by then', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    await changeFriend(desk.ground, desk.ada.id, desk.grace.id, { email: 'hopper@friends.example' });
    await desk.minute(DUE);
    expect((await desk.mails()).map(({ to }) => to)).toEqual(['hopper@friends.example']);
    expect(await desk.read(note)).toMatchObject({ to: 'hopper@friends.example' });
  });

  test('never goes to an address or a friend that is gone by then, however close the change comes', async () => {
    const desk = await openDesk();
    const [first, second] = [await desk.write(), await desk.write()];
    desk.ground.setClock(DUE);
    const moves = () =>
      changeFriend(desk.ground, desk.ada.id, desk.grace.id, { email: 'hopper@friends.example' });
    await sendNote(interrupted(desk, 'TransactItems', moves), desk.ada.id, first.id);
    expect((await desk.mails()).map(({ to }) => to)).toEqual(['hopper@friends.example']);
    const old = desk.ground.secrets.addressHash('grace@friends.example');
    expect(await desk.ground.table.get(keys.addressDay(old, '2026-11-23'))).toBeUndefined();
    const leaves = () => removeFriend(desk.ground, desk.ada.id, desk.grace.id);
    await sendNote(interrupted(desk, 'TransactItems', leaves), desk.ada.id, second.id);
    expect(await desk.mails()).toHaveLength(1);
    expect(await desk.read(second)).toMatchObject({ state: 'held', heldBecause: 'friend-deleted' });
  });
});

describe('when it is certain that nothing left', () => {
  test.each(['throttle', 'error'])(
    '(%s) the note waits a minute, then leaves once, and counts once',
    async (action) => {
      const desk = await openDesk({ HALLWAY_CAP_USER_DAY: '1', HALLWAY_CAP_ADDRESS_DAY: '1' });
      const articleId = await desk.save('A harbour');
      const note = await desk.write({ articleId });
      await desk.ground.fault(action, 1);
      await desk.minute(DUE);
      expect(await desk.read(note)).toMatchObject({
        state: 'scheduled',
        attempts: 1,
        sendAt: DUE,
        dueAt: '2026-11-23T12:01:30.000Z',
      });
      await desk.minute('2026-11-23T12:01:29.999Z');
      expect(await desk.mails()).toEqual([]);
      await desk.minute('2026-11-23T12:01:30.000Z');
      expect(await desk.mails()).toHaveLength(1);
      expect(await desk.read(note)).toMatchObject({ state: 'sent', attempts: 2 });
      const day = await desk.ground.table.get(keys.userDay(desk.ada.id, '2026-11-23'));
      expect(day).toMatchObject({ ids: new Set([note.id]) });
    },
  );

  test('it waits longer each time, an hour at most, and after about a day the user is asked', async () => {
    const desk = await openDesk();
    const note = await desk.write({ moment: { kind: 'at', at: '2026-11-23T12:00' } });
    await desk.ground.fault('throttle', 1_000);
    const waitAfter = async (attempts: number) => {
      const before = { before: attempts - 1 };
      await desk.ground.table.update(keys.note(desk.ada.id, note.id), 'SET #attempts = :before', before);
      await desk.send(note);
      return (Date.parse((await desk.read(note)).dueAt ?? '') - Date.parse(DUE)) / 60_000;
    };
    desk.ground.setClock(DUE);
    const waits: number[] = [];
    for (const attempts of [1, 2, 3, 4, 5, 6, 7, 8, MAX_ATTEMPTS - 1]) waits.push(await waitAfter(attempts));
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    const { dueAt = '' } = await desk.read(note);
    await desk.minute(dueAt);
    expect(await desk.read(note)).toMatchObject({
      state: 'held',
      heldBecause: 'tries-ended',
      attempts: MAX_ATTEMPTS,
    });
    await desk.ground.fault('throttle', 0);
    desk.ground.setClock('2026-11-25T12:00:00.000Z');
    await sendAgain(desk.ground, desk.ada.id, note.id);
    await desk.minute('2026-11-25T12:00:30.000Z');
    expect(await desk.read(note)).toMatchObject({ state: 'sent', attempts: 1 });
    expect(await desk.mails()).toHaveLength(1);
  });

  test("nobody at SES's door is no reason to lose a note", async () => {
    const desk = await openDesk();
    const { mailer } = desk.ground;
    const { SESClient } = await import('@aws-sdk/client-ses');
    const { Mailer } = await import('../../functions/platform/mailer.ts');
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    desk.ground.mailer = new Mailer(
      new SESClient({ region: 'us-east-1', credentials, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 }),
    );
    const note = await desk.write();
    await desk.minute(DUE);
    expect(await desk.read(note)).toMatchObject({ state: 'scheduled', attempts: 1 });
    desk.ground.mailer = mailer;
    await desk.minute('2026-11-23T12:01:30.000Z');
    expect(await desk.read(note)).toMatchObject({ state: 'sent' });
  });
});

describe('when SES refuses the mail for good', () => {
  test('the note failed, and its article may go with another one', async () => {
    const desk = await openDesk();
    const articleId = await desk.save('A harbour');
    const note = await desk.write({ articleId });
    await desk.ground.fault('refuse', 1);
    await desk.minute(DUE);
    expect(await desk.read(note)).toMatchObject({ state: 'failed', failedBecause: 'refused' });
    await desk.minute('2026-11-24T12:00:00.000Z');
    expect(await desk.mails()).toEqual([]);
    const second = await desk.write({ articleId });
    await desk.minute('2026-11-24T12:00:30.000Z');
    expect(await desk.read(second)).toMatchObject({ state: 'sent' });
  });
});

describe('when nobody can know whether it left', () => {
  test.each(['accept-then-error', 'accept-then-hang'])(
    '(%s) it is not sent again by itself, and an event settles it',
    async (action) => {
      const desk = await openDesk();
      const note = await desk.write();
      await desk.ground.fault(action, 1);
      await desk.minute(DUE);
      expect(await desk.read(note)).toMatchObject({ state: 'sending', dueAt: AN_HOUR_ON });
      await desk.send(note);
      await desk.minute('2026-11-23T13:00:29.999Z');
      expect(await desk.read(note)).toMatchObject({ state: 'sending' });
      await desk.minute(AN_HOUR_ON);
      expect(await desk.read(note)).toMatchObject({ state: 'uncertain' });
      await desk.minute('2026-12-23T12:00:00.000Z');
      expect(await desk.mails()).toHaveLength(1);
      await desk.event(note, 'Delivery');
      expect(await desk.read(note)).toMatchObject({ state: 'delivered', messageId: 'ses-1' });
      expect(await desk.mails()).toHaveLength(1);
    },
  );

  test('an event that comes before its time settles it, too', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    await desk.ground.fault('accept-then-error', 1);
    await desk.minute(DUE);
    await desk.event(note, 'Send');
    expect(await desk.read(note)).toMatchObject({ state: 'sent', sentAt: DUE });
    await desk.minute(AN_HOUR_ON);
    expect(await desk.read(note)).toMatchObject({ state: 'sent' });
  });

  test('the next letter follows one of which only an event told', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    await desk.ground.fault('accept-then-error', 1);
    await desk.minute(DUE);
    await desk.event(note, 'Send');
    await desk.write({ text: 'And this.' });
    await desk.minute('2026-11-23T12:02:00.000Z');
    const [, second] = await desk.ground.mailbox();
    expect(Buffer.from(second?.raw ?? '', 'base64').toString()).toContain('<ses-1@email.amazonses.com>');
  });

  test('the user may say that it arrived', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    await desk.ground.fault('accept-then-error', 1);
    await desk.minute(DUE);
    await desk.minute(AN_HOUR_ON);
    expect(await noteArrived(desk.ground, desk.ada.id, note.id)).toMatchObject({
      state: 'delivered',
      sentAt: DUE,
    });
    await desk.event(note, 'Send');
    expect(await desk.read(note)).toMatchObject({ state: 'delivered' });
  });

  /** SES took its first mail, nobody knew, and its user's second try is held. */
  async function heldAtSecondTry() {
    const desk = await openDesk();
    const note = await desk.write();
    await desk.ground.fault('accept-then-error', 1);
    await desk.minute(DUE);
    await desk.minute(AN_HOUR_ON);
    await sendAgain(desk.ground, desk.ada.id, note.id);
    await changeFriend(desk.ground, desk.ada.id, desk.grace.id, { email: null });
    await desk.minute('2026-11-23T13:01:00.000Z');
    expect(await desk.read(note)).toMatchObject({ state: 'held', heldBecause: 'friend-has-no-email' });
    return { desk, note };
  }

  test('news of the first mail reach a note that was to be sent again and is held', async () => {
    const { desk, note } = await heldAtSecondTry();
    await desk.event(note, 'Delivery');
    const settled = await desk.read(note);
    expect(settled).toMatchObject({ state: 'delivered' });
    expect(settled).not.toHaveProperty('heldBecause');
  });

  test.each([
    [['Reject', 'Send'], 'held'],
    [['Send', 'Reject'], 'failed'],
  ])('a first mail that was rejected is not one that was sent, told as %j', async (news, state) => {
    const { desk, note } = await heldAtSecondTry();
    const [mail] = await desk.mails();
    for (const what of news) {
      await onMailEvent(desk.ground, mailEvent(desk.ada.id, note.id, what, undefined, mail?.tags.attempt));
    }
    expect(await desk.read(note)).toMatchObject({ state });
  });

  test('the user may send it again, and news of the first mail stop the second', async () => {
    const desk = await openDesk();
    const [first, second] = [await desk.write({ text: 'One.' }), await desk.write({ text: 'Two.' })];
    await desk.ground.fault('accept-then-error', 2);
    await desk.minute(DUE);
    await desk.minute(AN_HOUR_ON);
    for (const note of [first, second]) {
      expect(await sendAgain(desk.ground, desk.ada.id, note.id)).toMatchObject({
        state: 'scheduled',
        sendAt: '2026-11-23T13:01:00.000Z',
        attempts: 0,
      });
    }
    await desk.event(first, 'Delivery');
    await desk.minute('2026-11-23T13:01:00.000Z');
    expect(await desk.read(first)).toMatchObject({ state: 'delivered' });
    expect(await desk.read(second)).toMatchObject({ state: 'sent' });
    expect((await desk.mails()).map(({ tags }) => tags.note).toSorted()).toEqual(
      [first.id, second.id, second.id].toSorted(),
    );
  });

  test('its article counts as sent, though it is sent again and then taken back', async () => {
    const desk = await openDesk();
    const articleId = await desk.save('A harbour');
    const note = await desk.write({ articleId });
    await desk.ground.fault('accept-then-error', 1);
    await desk.minute(DUE);
    await desk.minute(AN_HOUR_ON);
    await sendAgain(desk.ground, desk.ada.id, note.id);
    await cancelNote(desk.ground, desk.ada.id, note.id);
    const second = await desk.write({ articleId, text: 'Once more.' });
    await desk.minute('2026-11-23T13:02:00.000Z');
    expect(await desk.read(second)).toMatchObject({ state: 'held', heldBecause: 'already-sent' });
    expect(await desk.mails()).toHaveLength(1);
  });

  test('an attempt that slept through its time asks SES no more', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    desk.ground.setClock(DUE);
    await sendNote(suspendedAfterClaim(desk, 180_000), desk.ada.id, note.id);
    expect(await desk.mails()).toEqual([]);
    expect(await desk.read(note)).toMatchObject({ state: 'scheduled', attempts: 1 });
  });

  test('with a shorter time to become uncertain, that is the time the attempt has', async () => {
    const desk = await openDesk({ HALLWAY_UNCERTAIN_SECONDS: '5' });
    const note = await desk.write();
    desk.ground.setClock(DUE);
    await sendNote(suspendedAfterClaim(desk, 5_000), desk.ada.id, note.id);
    expect(await desk.mails()).toEqual([]);
  });

  test('a machine that slept before its claim decides again: a surprise does not leave at night', async () => {
    const desk = await openDesk();
    const note = await desk.write({ moment: { kind: 'surprise' } });
    const { sendAt = '' } = note;
    const night = `${sendAt.slice(0, 10)}T23:30:00.000Z`;
    let readings = 0;
    const asleep = { ...desk.ground, clock: () => new Date(readings++ > 0 ? night : sendAt) };
    await sendNote(asleep, desk.ada.id, note.id);
    expect(await desk.mails()).toEqual([]);
    expect(await desk.read(note)).toMatchObject({ state: 'scheduled', movedBecause: 'late', attempts: 0 });
  });
});

/** The machine is suspended after the claim: from the third look on its clock shows so much later. */
function suspendedAfterClaim({ ground }: Desk, milliseconds: number): TestGround {
  let readings = 0;
  return { ...ground, clock: () => new Date(Date.parse(DUE) + (readings++ > 1 ? milliseconds : 0)) };
}

describe('a note that is late', () => {
  test("by more than an hour at night waits for the friend's waking hours, and says so", async () => {
    const desk = await openDesk();
    const note = await desk.write({ moment: { kind: 'at', at: '2026-11-23T22:00' } });
    await desk.minute('2026-11-23T23:00:00.001Z');
    expect(await desk.read(note)).toMatchObject({
      state: 'scheduled',
      movedBecause: 'late',
      sendAt: '2026-11-24T08:30:00.000Z',
      dueAt: '2026-11-24T08:30:00.000Z',
    });
    await desk.minute('2026-11-24T08:30:00.000Z');
    expect(await desk.read(note)).toMatchObject({ state: 'sent' });
  });

  test('by less leaves, as it was said', async () => {
    const desk = await openDesk();
    const note = await desk.write({ moment: { kind: 'at', at: '2026-11-23T22:00' } });
    await desk.minute('2026-11-23T23:00:00.000Z');
    expect(await desk.read(note)).toMatchObject({ state: 'sent' });
  });
});

describe('each minute', () => {
  test('a note is said once, and again when its lease has ended: a lost message comes back', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    desk.ground.setClock(DUE);
    await tick(desk.ground);
    await tick(desk.ground);
    expect(desk.said.splice(0)).toEqual([
      { queue: 'send', userId: desk.ada.id, id: note.id, friendId: desk.grace.id, delaySeconds: 0 },
    ]);
    await desk.minute('2026-11-23T12:10:29.999Z');
    expect(await desk.mails()).toEqual([]);
    await desk.minute('2026-11-23T12:10:30.000Z');
    expect(await desk.mails()).toHaveLength(1);
  });

  test('two ticks at once say it once', async () => {
    const desk = await openDesk();
    for (let n = 0; n < 5; n++) await desk.write();
    desk.ground.setClock(DUE);
    await Promise.all([tick(desk.ground), tick(desk.ground)]);
    expect(new Set(desk.said.map(({ id }) => id)).size).toBe(5);
    expect(desk.said).toHaveLength(5);
  });

  test('no more are said than SES takes, the earliest first, spread over the minute', async () => {
    const desk = await openDesk({ HALLWAY_SES_RATE: '2', HALLWAY_TICK_SECONDS: '3' });
    const ids: string[] = [];
    for (let n = 0; n < 8; n++) {
      desk.ground.setClock(`2026-11-23T12:00:0${n}.000Z`);
      ids.push((await desk.write()).id);
    }
    desk.ground.setClock('2026-11-23T12:01:00.000Z');
    await tick(desk.ground);
    expect(desk.said.splice(0).map(({ id, delaySeconds }) => [id, delaySeconds])).toEqual(
      [0, 0, 1, 1, 2, 2].map((delay, n) => [ids[n], delay]),
    );
    await tick(desk.ground);
    expect(desk.said.map(({ id }) => id)).toEqual(ids.slice(6));
  });

  test('less than one a second still lets one through', async () => {
    const desk = await openDesk({ HALLWAY_SES_RATE: '0.01', HALLWAY_TICK_SECONDS: '1' });
    for (let n = 0; n < 3; n++) await desk.write();
    desk.ground.setClock(DUE);
    await tick(desk.ground);
    expect(desk.said).toHaveLength(1);
  });

  test('without a rate of its own SES is asked, and if it does not answer all else goes on', async () => {
    const desk = await openDesk({ HALLWAY_TICK_SECONDS: '2' });
    const asked = { ...desk.ground, settings: { ...desk.ground.settings, sesRate: undefined } };
    for (let n = 0; n < 30; n++) await desk.write();
    await changeFriend(desk.ground, desk.ada.id, desk.grace.id, { interests: ['harbours'] });
    desk.said.splice(0);
    desk.ground.setClock(DUE);
    await tick(asked);
    const works = desk.said.splice(0).map(({ queue }) => queue);
    expect(works.filter((queue) => queue === 'send')).toHaveLength(28);
    expect(works.filter((queue) => queue === 'suggest')).toHaveLength(1);
    const quiet = { send: desk.ground.mailer.send, quota: () => Promise.reject(new Error('no answer')) };
    await tick({ ...asked, mailer: quiet as unknown as typeof desk.ground.mailer });
    expect(desk.said.splice(0)).toHaveLength(2);
  });

  test('an article and a look back are said to their door, and given up after eight times', async () => {
    const desk = await openDesk();
    const articleId = await desk.save('A harbour');
    await changeFriend(desk.ground, desk.ada.id, desk.grace.id, { interests: ['harbours'] });
    desk.said.splice(0);
    for (let round = 0; round < 8; round++) {
      desk.ground.setClock(new Date(Date.parse('2026-11-23T12:01:00.000Z') + round * 600_000));
      await tick(desk.ground);
      expect(
        desk.said
          .splice(0)
          .map(({ queue, id }) => [queue, id])
          .toSorted(),
      ).toEqual(
        [
          ['suggest', articleId],
          ['suggest', desk.grace.id],
        ].toSorted(),
      );
    }
    await desk.minute('2026-11-23T14:00:00.000Z');
    expect(desk.said).toEqual([]);
    expect(await findArticle(desk.ground.table, desk.ada.id, articleId)).toMatchObject({ workFailed: true });
    expect(await getFriend(desk.ground, desk.ada.id, desk.grace.id)).toMatchObject({ workFailed: true });
  });

  test('a note that is said and said and never claimed is shown to the user in the end', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    const leased = (times: number) =>
      desk.ground.table.update(keys.note(desk.ada.id, note.id), 'SET #tries = :times', { times });
    await leased(49);
    desk.ground.setClock(DUE);
    await tick(desk.ground);
    expect(await desk.read(note)).toMatchObject({ state: 'scheduled' });
    desk.ground.setClock('2026-11-23T12:10:30.000Z');
    await tick(desk.ground);
    expect(await desk.read(note)).toMatchObject({ state: 'held', heldBecause: 'tries-ended' });
    expect(await findDue(desk.ground.table, new Date('2027-01-01T00:00:00.000Z'), 10)).toEqual([]);
  });
});

describe('what SES tells', () => {
  test('moves the note, and bounces that pass do not', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    await desk.minute(DUE);
    const state = async () => (await desk.read(note)).state;
    await desk.event(note, 'Bounce', 'Transient');
    await desk.event(note, 'Bounce', 'Undetermined');
    await desk.event(note, 'DeliveryDelay');
    expect(await state()).toBe('sent');
    await desk.event(note, 'Delivery');
    expect(await state()).toBe('delivered');
    await desk.event(note, 'Bounce', 'Permanent');
    expect(await state()).toBe('bounced');
    await desk.event(note, 'Complaint');
    await desk.event(note, 'Delivery');
    expect(await state()).toBe('complained');
  });

  test('leads to one state in whatever order, and however often, it is told', async () => {
    const desk = await openDesk({ HALLWAY_CAP_USER_DAY: '100', HALLWAY_CAP_ADDRESS_DAY: '100' });
    const news = [
      ['Send'],
      ['Delivery'],
      ['Bounce', 'Transient'],
      ['Bounce', 'Permanent'],
      ['Send'],
    ] as const;
    let friends = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...news], { minLength: 5 }),
        fc.boolean(),
        async (order, alreadySent) => {
          const friend = await desk.friend(`Friend${friends++}`);
          const note = await desk.write({
            friendId: friend.id,
            moment: { kind: 'at', at: '2026-11-23T12:00' },
          });
          await resume(desk.ground, desk.ada.id);
          if (alreadySent) await desk.send(note);
          for (const [eventType, bounceType] of order) await desk.event(note, eventType, bounceType);
          expect((await desk.read(note)).state).toBe('bounced');
        },
      ),
      { numRuns: 12 },
    );
  });

  test('all at once, loses nothing', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    desk.ground.setClock(DUE);
    await Promise.all([
      desk.send(note),
      desk.event(note, 'Delivery'),
      desk.event(note, 'Send'),
      desk.event(note, 'Complaint'),
    ]);
    expect((await desk.read(note)).state).toBe('complained');
    await desk.minute('2026-11-23T14:00:00.000Z');
    expect((await desk.read(note)).state).toBe('complained');
  });

  test('of a note that is gone, cancelled, or of nobody, changes nothing', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    const cancelled = await cancelNote(desk.ground, desk.ada.id, note.id);
    await desk.event(note, 'Delivery');
    await desk.event({ id: 'nte_01M83SDGTXWZRN87JVFH54S7CQ' }, 'Delivery');
    await onMailEvent(desk.ground, mailEvent('usr_01M83SDGTXWZRN87JVFH54S7CQ', note.id, 'Delivery'));
    expect(await desk.read(note)).toEqual(cancelled);
    await settle(desk.ground, desk.ada.id, 'nte_none', 'delivery');
  });

  const plain = mailEvent('usr_01M83SDGTXWZRN87JVFH54S7CQ', 'nte_01M83SDGTXWZRN87JVFH54S7CQ', 'Delivery') as {
    detail: { mail: object };
  };
  test.each([
    undefined,
    null,
    5,
    'Delivery',
    [],
    {},
    { source: 'aws.ses' },
    { source: 'aws.s3', detail: plain.detail },
    { ...plain, detail: { ...plain.detail, mail: { messageId: 'x' } } },
    { ...plain, detail: { ...plain.detail, mail: { messageId: 'x', tags: { user: [], note: [] } } } },
    {
      ...plain,
      detail: { ...plain.detail, mail: { messageId: 'x', tags: { user: ['USER#'], note: ['../x'] } } },
    },
    { ...plain, detail: { ...plain.detail, mail: { messageId: 'x', tags: 'none' } } },
    { ...plain, detail: { ...plain.detail, eventType: 'Open' } },
    { ...plain, detail: { ...plain.detail, eventType: '__proto__' } },
    { ...plain, detail: { ...plain.detail, eventType: 'Bounce' } },
  ])('that makes no sense is passed over: %j', async (event) => {
    const desk = await openDesk();
    await expect(onMailEvent(desk.ground, event)).resolves.toBeUndefined();
  });
});

describe('a note that came back and is sent again', () => {
  const BOUNCED = '2026-11-23T12:01:00.000Z';

  test('is not moved by the old mail, however often its events are told', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    await desk.minute(DUE);
    const { messageId = '' } = await desk.read(note);
    const old = (eventType: string, bounceType?: string) => {
      const event = mailEvent(desk.ada.id, note.id, eventType, bounceType) as { detail: { mail: object } };
      event.detail.mail = { ...event.detail.mail, messageId };
      return onMailEvent(desk.ground, event);
    };
    await old('Bounce', 'Permanent');
    desk.ground.setClock(BOUNCED);
    await changeFriend(desk.ground, desk.ada.id, desk.grace.id, { email: 'hopper@friends.example' });
    await sendAgain(desk.ground, desk.ada.id, note.id);
    await old('Send');
    await old('Bounce', 'Permanent');
    expect(await desk.read(note)).toMatchObject({ state: 'scheduled' });
    await desk.minute('2026-11-23T12:02:00.000Z');
    await old('Bounce', 'Permanent');
    expect(await desk.read(note)).toMatchObject({ state: 'sent' });
    expect(await desk.mails()).toHaveLength(2);
  });
});

test('who calls a letter spam is not written to again, by anybody', async () => {
  const desk = await openDesk();
  const note = await desk.write();
  await desk.minute(DUE);
  await desk.event(note, 'Complaint');
  expect(await desk.read(note)).toMatchObject({ state: 'complained' });
  const next = await desk.write({ text: 'Sorry.' });
  await desk.minute('2026-11-23T12:02:00.000Z');
  expect(await desk.read(next)).toMatchObject({ state: 'held', heldBecause: 'suppressed' });
  expect(await desk.mails()).toHaveLength(1);
});

describe('a friend who moves', () => {
  const wall = (sendAt = '', timeZone: string) =>
    new Intl.DateTimeFormat('en', { timeStyle: 'short', hourCycle: 'h23', timeZone }).format(
      new Date(sendAt),
    );

  test('gets what waits at the same hour of their day', async () => {
    const desk = await openDesk();
    const surprise = await desk.write({ moment: { kind: 'surprise' } });
    const [at, zoned] = [
      await desk.write({ moment: { kind: 'at', at: '2026-12-01T10:00' } }),
      await desk.write({ moment: { kind: 'at', at: '2026-12-01T10:00', timeZone: 'Europe/London' } }),
    ];
    const moved = await changeFriend(desk.ground, desk.ada.id, desk.grace.id, {
      timeZone: 'America/New_York',
    });
    await retimeNotes(desk.ground, desk.ada.id, moved, 'Europe/London');
    await retimeNotes(desk.ground, desk.ada.id, moved, 'Europe/London');
    const later = await desk.read(surprise);
    expect(wall(later.sendAt, 'America/New_York')).toBe(wall(surprise.sendAt, 'Europe/London'));
    expect(later).toMatchObject({ movedBecause: 'zone', version: 2, zone: 'America/New_York' });
    expect(await desk.read(at)).toMatchObject({
      sendAt: '2026-12-01T15:00:00.000Z',
      dueAt: '2026-12-01T15:00:00.000Z',
    });
    expect(await desk.read(zoned)).toEqual(zoned);
  });

  test('gets it so even if the move was cut off before their notes were moved', async () => {
    const desk = await openDesk();
    const note = await desk.write({ moment: { kind: 'at', at: '2026-12-01T10:00' } });
    await changeFriend(desk.ground, desk.ada.id, desk.grace.id, { timeZone: 'America/New_York' });
    await desk.minute('2026-12-01T10:00:00.000Z');
    expect(await desk.read(note)).toMatchObject({
      state: 'scheduled',
      sendAt: '2026-12-01T15:00:00.000Z',
      movedBecause: 'zone',
    });
    await desk.minute('2026-12-01T15:00:00.000Z');
    expect(await desk.read(note)).toMatchObject({ state: 'sent' });
  });

  test('to where it is night gets a surprise in the morning', async () => {
    const desk = await openDesk();
    const note = await desk.write({ moment: { kind: 'surprise' } });
    await changeFriend(desk.ground, desk.ada.id, desk.grace.id, { timeZone: 'Pacific/Auckland' });
    const said = note.sendAt ?? '';
    await desk.minute(said);
    const waits = await desk.read(note);
    // By day in London it is night in Auckland, but for an hour or two in the morning.
    if (waits.state === 'scheduled') expect(waits).toMatchObject({ movedBecause: 'zone' });
    const there = wall(waits.state === 'scheduled' ? waits.sendAt : said, 'Pacific/Auckland');
    expect(there >= '08:30' && there < '20:30').toBe(true);
  });
});
