import { afterEach, expect, test, vi } from 'vitest';
import { addUser } from '../../functions/accounts/accounts.ts';
import { addFriend, changeFriend } from '../../functions/friends/friends.ts';
import { mute, stopAddress } from '../../functions/ledger/store.ts';
import type { Note } from '../../functions/notes/note.ts';
import { cancelNote, editNote, getNote, writeNote } from '../../functions/notes/notes.ts';
import { tick } from '../../functions/notes/tick.ts';
import type { Queue } from '../../functions/platform/queue.ts';
import { type Desk, openDesk } from './desk.ts';

/** From noon to six in London everything stands still. */
const FIRST_TICK = '2026-11-23T12:21:00.000Z';
const ENDS = '2026-11-23T18:00:00.000Z';
const MINUTE = 60_000;

afterEach(() => vi.restoreAllMocks());

/** Six hours in which nothing is sent. `quiet`: nothing runs. `deaf`: the clock ticks, and no message is taken. */
async function outage(desk: Desk, kind: 'quiet' | 'deaf'): Promise<void> {
  if (kind === 'quiet') return;
  const { queue } = desk.ground;
  const down = () => Promise.reject(new Error('The queue is down.'));
  desk.ground.queue = { send: down } as unknown as Queue;
  for (let time = Date.parse(FIRST_TICK); time < Date.parse(ENDS); time += 30 * MINUTE) {
    desk.ground.setClock(new Date(time));
    await expect(tick(desk.ground)).rejects.toThrow('The queue is down.');
  }
  desk.ground.queue = queue;
}

/** When somebody wakes, or a moved note is due, and ten minutes before. */
const AFTERWARDS = [
  '2026-11-23T18:00',
  '2026-11-23T18:10',
  '2026-11-23T23:20',
  '2026-11-23T23:30',
  '2026-11-24T02:50',
  '2026-11-24T03:00',
  '2026-11-24T07:50',
  '2026-11-24T08:00',
  '2026-11-24T12:00',
  '2026-11-24T12:10',
];

test.each(['quiet', 'deaf'] as const)(
  'after six hours of a %s queue each note leaves as it was said, waits for the morning, or is held',
  { timeout: 60_000 },
  async (kind) => {
    const desk = await openDesk();
    const { ground, ada } = desk;
    const notes = new Map<string, { userId: string; id: string }>();
    const write = async (name: string, friendId: string, moment: object, user = ada): Promise<Note> => {
      const note = await writeNote(ground, user, { friendId, text: `${name}.`, moment });
      notes.set(name, { userId: user.id, id: note.id });
      return note;
    };
    const now = { kind: 'now' };
    const at = (wall: string) => ({ kind: 'at', at: `2026-11-23T${wall}` });
    const surprise = { kind: 'surprise' };

    // At six in London: one in the afternoon, ten in the morning, three at night, half past eleven at night.
    const newYork = await desk.friend('Noor', { timeZone: 'America/New_York' });
    const angeles = await desk.friend('Lou', { timeZone: 'America/Los_Angeles' });
    const tokyo = await desk.friend('Toshi', { timeZone: 'Asia/Tokyo' });
    const kolkata = await desk.friend('Kavi', { timeZone: 'Asia/Kolkata' });
    const early = { wakingHours: { from: '08:00', to: '17:30' } };
    const [rests, sleeps] = [await desk.friend('Rae', early), await desk.friend('Sid', early)];
    const [muted, bounced, gone, silent] = await Promise.all(
      ['Mo', 'Bea', 'Gil', 'Sal'].map((name) => desk.friend(name)),
    );
    if (!muted || !bounced || !gone || !silent) throw new Error('no friends');

    await write('now, to who is awake', newYork.id, now);
    await write('now, to who sleeps by then', tokyo.id, now);
    await write('at three, by day', newYork.id, at('10:00'));
    await write('at half past two, asleep by then', kolkata.id, at('20:00'));
    await write('at half past two at night, and that was half an hour ago', tokyo.id, {
      kind: 'at',
      at: '2026-11-24T02:30',
    });
    await write('at four, asleep by then', rests.id, at('16:00'));
    // The first free minute: two hours on, or as they wake.
    vi.spyOn(Math, 'random').mockReturnValue(0);
    await write('a surprise, by day', angeles.id, surprise);
    await write('a surprise, asleep by then', sleeps.id, surprise);
    vi.restoreAllMocks();
    await write('to who said stop', muted.id, now);
    await write('to a mailbox that is gone', bounced.id, now);
    await write('to who has no address by then', gone.id, now);
    const cancelled = await write('cancelled meanwhile', silent.id, now);
    const edited = await write('edited meanwhile', silent.id, at('14:00'));
    // Over the day's caps: three to one address, twenty-two of one user.
    for (const n of [1, 2, 3]) await write(`${n} to one address`, desk.grace.id, now);
    const { user: eve } = await addUser(ground, { email: 'eve@users.example', name: 'Eve', timeZone: 'UTC' });
    for (let pair = 1; pair <= 11; pair++) {
      const her = await addFriend(ground, eve, { name: 'Friend', email: `friend-${pair}@eves.example` });
      for (const n of [1, 2]) await write(`eve ${pair} ${n}`, her.id, now, eve);
    }

    await outage(desk, kind);

    ground.setClock('2026-11-23T17:45:00.000Z');
    await cancelNote(ground, ada.id, cancelled.id);
    await editNote(ground, ada, edited.id, { text: 'Other words.' });
    await mute(ground.table, ada.id, ground.secrets.addressHash('mo@friends.example'), ground.clock());
    await stopAddress(
      ground.table,
      ground.secrets.addressHash('bea@friends.example'),
      'bounce',
      ground.clock(),
    );
    await changeFriend(ground, ada.id, gone.id, { email: null });

    for (const minute of AFTERWARDS) await desk.minute(`${minute}:00.000Z`);

    const found = async (name: string) => {
      const { userId, id } = notes.get(name) ?? { userId: '', id: '' };
      const note = await getNote(ground, userId, id);
      const because = note.heldBecause ?? note.movedBecause;
      return [
        note.state,
        ...(note.sentAt ? [note.sentAt.slice(0, 16)] : []),
        ...(because ? [because] : []),
      ].join(' ');
    };
    // A note that was leased and not said waits for its lease.
    const evening = kind === 'quiet' ? '2026-11-23T18:00' : '2026-11-23T18:10';
    const named = (pattern: RegExp) => [...notes.keys()].filter((name) => pattern.test(name));
    const all = (names: string[]) => Promise.all(names.map(found));
    const single = named(/^(?!eve|\d)/);
    const ends = await all(single);
    expect(Object.fromEntries(single.map((name, place) => [name, ends[place]]))).toEqual({
      'now, to who is awake': `sent ${evening}`,
      'now, to who sleeps by then': 'sent 2026-11-23T23:30 late',
      'at three, by day': `sent ${evening}`,
      'at half past two, asleep by then': 'sent 2026-11-24T03:00 late',
      'at half past two at night, and that was half an hour ago': `sent ${evening}`,
      'at four, asleep by then': 'sent 2026-11-24T08:00 late',
      'a surprise, by day': `sent ${evening}`,
      'a surprise, asleep by then': 'sent 2026-11-24T08:00 late',
      'to who said stop': 'held muted',
      'to a mailbox that is gone': 'held suppressed',
      'to who has no address by then': 'held friend-has-no-email',
      'cancelled meanwhile': 'cancelled',
      'edited meanwhile': `sent ${evening}`,
    });
    const times = (count: number, end: string) => Array.from({ length: count }, () => end);
    const overAddress = [`sent ${evening}`, `sent ${evening}`, 'sent 2026-11-24T12:10 cap-address'];
    expect((await all(named(/^\d to one address/))).toSorted()).toEqual(overAddress);
    const overUser = [...times(20, `sent ${evening}`), ...times(2, 'sent 2026-11-24T12:10 cap-user')];
    expect((await all(named(/^eve/))).toSorted()).toEqual(overUser);
    // Each that was sent left once.
    const mails = (await ground.mailbox()).map(({ tags }) => tags.note);
    expect(new Set(mails).size).toBe(mails.length);
    expect(mails).toHaveLength(9 + 3 + 22);
  },
);
