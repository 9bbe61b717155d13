import { describe, expect, test } from 'vitest';
import { addUser } from '../../functions/accounts/accounts.ts';
import { findUser } from '../../functions/accounts/store.ts';
import { addFriend } from '../../functions/friends/friends.ts';
import { pauseService, resumeService } from '../../functions/ledger/store.ts';
import { onMailEvent } from '../../functions/notes/mail-events.ts';
import { sendAgain, writeNote } from '../../functions/notes/notes.ts';
import { isServicePaused, pauseOfService, resume } from '../../functions/notes/pauses.ts';
import { sendNote } from '../../functions/notes/queue.ts';
import { keys } from '../../functions/platform/keys.ts';
import { interrupted, mailEvent, openDesk } from './desk.ts';

const DUE = '2026-11-23T12:00:30.000Z';
const LATER = '2026-11-23T12:05:00.000Z';
const CAPS = { HALLWAY_CAP_USER_DAY: '100', HALLWAY_CAP_ADDRESS_DAY: '100' };

/** A desk from which a note left for each of so many friends. */
async function withSent(count: number) {
  const desk = await openDesk(CAPS);
  const friends = await Promise.all(
    Array.from({ length: count }, (_, place) => desk.friend(`Friend${place}`)),
  );
  const notes = await Promise.all(friends.map(({ id }) => desk.write({ friendId: id })));
  await desk.minute(DUE);
  return { desk, notes, paused: async () => (await findUser(desk.ground.table, desk.ada.id))?.paused };
}

describe('a hard bounce', () => {
  test('stops the address for everybody, also for who had nothing to do with it', async () => {
    const { desk, notes } = await withSent(1);
    const [note] = notes;
    if (!note) throw new Error('no note');
    await desk.event(note, 'Bounce', 'Permanent');
    const { user: eve } = await addUser(desk.ground, { email: 'eve@users.example', name: 'Eve' });
    const hers = await addFriend(desk.ground, eve, { name: 'F.', email: 'FRIEND0@friends.example' });
    const second = await writeNote(desk.ground, eve, {
      friendId: hers.id,
      text: 'Hello.',
      moment: { kind: 'now' },
    });
    await desk.minute(LATER);
    expect(await desk.ground.table.get(keys.note(eve.id, second.id))).toMatchObject({
      state: 'held',
      heldBecause: 'suppressed',
    });
    expect(await desk.mails()).toHaveLength(1);
  });

  test('whose handling died before the note was moved is handled whole when it comes again', async () => {
    const { desk, notes } = await withSent(1);
    const [note] = notes;
    if (!note) throw new Error('no note');
    const event = mailEvent(desk.ada.id, note.id, 'Bounce', 'Permanent');
    const dies = interrupted(desk, 'Item', () => Promise.reject(new Error('the function died')));
    await expect(onMailEvent(dies, event)).rejects.toThrow('died');
    await onMailEvent(desk.ground, event);
    const hash = desk.ground.secrets.addressHash('friend0@friends.example');
    expect(await desk.ground.table.get(keys.addressStopped(hash))).toMatchObject({ because: 'bounce' });
    expect((await desk.read(note)).state).toBe('bounced');
  });

  test('of an earlier mail, told again, says nothing of the address that the friend has now', async () => {
    const { desk, notes } = await withSent(1);
    const [note] = notes;
    if (!note) throw new Error('no note');
    const { messageId = '', friendId } = await desk.read(note);
    const event = mailEvent(desk.ada.id, note.id, 'Bounce', 'Permanent') as {
      detail: { mail: { messageId: string } };
    };
    event.detail.mail.messageId = messageId;
    await onMailEvent(desk.ground, event);
    const { changeFriend } = await import('../../functions/friends/friends.ts');
    await changeFriend(desk.ground, desk.ada.id, friendId, { email: 'new@friends.example' });
    desk.ground.setClock(LATER);
    await sendAgain(desk.ground, desk.ada.id, note.id);
    await desk.minute('2026-11-23T12:06:00.000Z');
    await onMailEvent(desk.ground, event);
    const hash = desk.ground.secrets.addressHash('new@friends.example');
    expect(await desk.ground.table.get(keys.addressStopped(hash))).toBeUndefined();
    expect((await desk.read(note)).state).toBe('sent');
  });
});

describe("a user's pause", () => {
  test('comes with the second complaint; what is scheduled is held when its moment comes', async () => {
    const { desk, notes, paused } = await withSent(3);
    const [first, second] = notes;
    if (!first || !second) throw new Error('no notes');
    await desk.event(first, 'Complaint');
    await desk.event(first, 'Complaint');
    expect(await paused()).toBeUndefined();
    await desk.event(second, 'Complaint');
    expect(await paused()).toEqual({ because: 'complaints', at: DUE });
    const waiting = await desk.write();
    await desk.minute(LATER);
    expect(await desk.read(waiting)).toMatchObject({ state: 'held', heldBecause: 'paused' });
    expect(await desk.mails()).toHaveLength(3);
  });

  test.each(['not-spam', 'auth-failure'])('is no matter of a report of %s', async (complaintFeedbackType) => {
    const { desk, notes, paused } = await withSent(2);
    for (const { id } of notes) {
      const event = mailEvent(desk.ada.id, id, 'Complaint') as { detail: object };
      const complaint = { complaintFeedbackType, complainedRecipients: [{ emailAddress: 'x@y.example' }] };
      await onMailEvent(desk.ground, { ...event, detail: { ...event.detail, complaint } });
      expect(await desk.read({ id })).toMatchObject({ state: 'sent' });
    }
    expect(await paused()).toBeUndefined();
    const hash = desk.ground.secrets.addressHash('x@y.example');
    expect(await desk.ground.table.get(keys.addressStopped(hash))).toBeUndefined();
  });

  test('comes with the fifth that came back, is lifted by the user, and comes again with the next', async () => {
    const { desk, notes, paused } = await withSent(6);
    for (const note of notes.slice(0, 4)) await desk.event(note, 'Bounce', 'Permanent');
    expect(await paused()).toBeUndefined();
    const [fifth, sixth] = notes.slice(4);
    if (!fifth || !sixth) throw new Error('no notes');
    await desk.event(fifth, 'Bounce', 'Permanent');
    expect(await paused()).toMatchObject({ because: 'bounces' });
    desk.ground.setClock(LATER);
    await resume(desk.ground, desk.ada.id);
    await desk.event(fifth, 'Bounce', 'Permanent');
    expect(await paused()).toBeUndefined();
    const free = await desk.write();
    await desk.minute('2026-11-23T12:06:00.000Z');
    expect(await desk.read(free)).toMatchObject({ state: 'sent' });
    await desk.event(sixth, 'Bounce', 'Permanent');
    expect(await paused()).toMatchObject({ because: 'bounces' });
  });

  test('that comes just before a claim wins', async () => {
    const { desk, notes } = await withSent(2);
    const [first, second] = notes;
    if (!first || !second) throw new Error('no notes');
    const note = await desk.write();
    desk.ground.setClock(LATER);
    const complain = async () => {
      await desk.event(first, 'Complaint');
      await desk.event(second, 'Complaint');
    };
    await sendNote(interrupted(desk, 'TransactItems', complain), desk.ada.id, note.id);
    expect(await desk.read(note)).toMatchObject({ state: 'held', heldBecause: 'paused' });
    expect(await desk.mails()).toHaveLength(2);
  });
});

describe('the pause of the whole service', () => {
  test('leaves every note where it is until it is lifted, and then lets it go', async () => {
    const desk = await openDesk();
    await pauseService(desk.ground.table, 'operator', new Date(DUE));
    const note = await desk.write();
    await desk.minute(LATER);
    expect(desk.said).toEqual([]);
    expect(await desk.read(note)).toEqual(note);
    expect(await pauseOfService(desk.ground)).toMatchObject({ because: 'operator', at: DUE });
    await resumeService(desk.ground.table, new Date(LATER));
    expect(await pauseOfService(desk.ground)).toBeUndefined();
    await desk.minute('2026-11-23T12:06:00.000Z');
    expect(await desk.read(note)).toMatchObject({ state: 'sent' });
  });

  test('comes by itself with the rates, which SES’s own words are counted for', async () => {
    const { desk, notes } = await withSent(1);
    const [note] = notes;
    if (!note) throw new Error('no note');
    await desk.event(note, 'Send');
    await desk.event(note, 'Bounce', 'Permanent');
    await desk.event(note, 'Bounce', 'Permanent');
    expect(await isServicePaused(desk.ground)).toBe(false);
    const { items } = await desk.ground.table.query({ pk: 'SERVICE', prefix: 'DAY#' });
    expect(items).toEqual([expect.objectContaining({ sends: 1, bounces: 1 })]);
    await desk.ground.table.update(
      keys.serviceDay('2026-11-23', 9),
      'SET #sends = :sends, #bounces = :bounces',
      {
        sends: 1999,
        bounces: 39,
      },
    );
    expect(await isServicePaused(desk.ground)).toBe(true);
    expect(await pauseOfService(desk.ground)).toMatchObject({ because: 'bounces', at: DUE });
  });
});

describe('what settles nothing is told all the same', () => {
  test('SES still tries; SES gave up; and then it arrived after all', async () => {
    const { desk, notes } = await withSent(1);
    const [note] = notes;
    if (!note) throw new Error('no note');
    await desk.event(note, 'DeliveryDelay');
    expect(await desk.read(note)).toMatchObject({ state: 'sent', delivery: 'delayed' });
    const expired = mailEvent(desk.ada.id, note.id, 'Bounce', 'Transient') as {
      detail: { bounce: { bouncedRecipients: object[] } };
    };
    expired.detail.bounce.bouncedRecipients = [{ emailAddress: 'x@y.example', status: '4.4.7' }];
    await onMailEvent(desk.ground, expired);
    await desk.event(note, 'DeliveryDelay');
    expect(await desk.read(note)).toMatchObject({ state: 'sent', delivery: 'given-up' });
    await desk.event(note, 'Delivery');
    const delivered = await desk.read(note);
    expect(delivered).toMatchObject({ state: 'delivered' });
    expect(delivered.delivery).toBeUndefined();
  });

  test('SES took it and will not pass it on: it failed, and its article may go with another', async () => {
    const desk = await openDesk();
    const articleId = await desk.save('A harbour');
    const note = await desk.write({ articleId });
    await desk.minute(DUE);
    await desk.event(note, 'Reject');
    await desk.event(note, 'Send');
    expect(await desk.read(note)).toMatchObject({ state: 'failed', failedBecause: 'refused' });
    const again = await desk.write({ articleId, text: 'Once more.' });
    await desk.minute(LATER);
    expect(await desk.read(again)).toMatchObject({ state: 'sent' });
  });
});
