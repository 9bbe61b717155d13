import { expect, test } from 'vitest';
import { sendNote } from '../../functions/notes/queue.ts';
import { adasDesk } from '../web/callers.ts';

/** Seals a letter to each of these addresses, and has each leave as its moment comes. */
async function writeTo(ada: Awaited<ReturnType<typeof adasDesk>>, emails: string[]) {
  const notes: string[] = [];
  for (const email of emails) {
    const friendId = (await ada.api('POST', '/friends', { name: email, email, timeZone: 'UTC' })).json.id;
    const { id } = (
      await ada.api('POST', '/notes', { friendId, text: 'Two lamps.', moment: { kind: 'now' } })
    ).json;
    notes.push(id);
  }
  ada.ground.setClock(new Date(ada.ground.clock().getTime() + 60_000));
  for (const id of notes) await sendNote(ada.ground, ada.user.id, id);
  return Promise.all(notes.map(async (id) => (await ada.api('GET', `/notes/${id}`)).json));
}

const FOUR = ['a', 'b', 'c', 'd'].map((name) => `${name}@friends.example`);

test('where anybody may join, three new addresses a day; the fourth letter leaves the next day', async () => {
  const ada = await adasDesk({ SIGN_UP: 'open', HALLWAY_CAP_ADDRESS_DAY: '10' });
  const notes = await writeTo(ada, FOUR);
  expect(notes.map(({ state, movedBecause }) => `${state} ${movedBecause}`)).toEqual([
    'sent null',
    'sent null',
    'sent null',
    'scheduled cap-new',
  ]);
  expect(notes[3].sendAt).toBe('2026-11-24T12:00:30.000Z');
  // Who was written to is not new, by whatever name.
  const again = await writeTo(ada, ['A@Friends.example', FOUR[1] ?? '']);
  expect(again.map(({ state }) => state)).toEqual(['sent', 'sent']);
  ada.ground.setClock('2026-11-24T12:00:30.000Z');
  await sendNote(ada.ground, ada.user.id, notes[3].id);
  expect((await ada.api('GET', `/notes/${notes[3].id}`)).json.state).toBe('sent');
});

test.each(['owner', 'invited'])('where sign-up is "%s" there is no such cap', async (signUp) => {
  const ada = await adasDesk({ SIGN_UP: signUp });
  expect((await writeTo(ada, FOUR)).map(({ state }) => state)).toEqual(['sent', 'sent', 'sent', 'sent']);
});
