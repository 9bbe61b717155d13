import { expect, test } from 'vitest';
import type { Note } from '../../functions/notes/note.ts';
import { sendNote } from '../../functions/notes/queue.ts';
import { openDesk } from './desk.ts';
import { raceCancels } from './race.ts';

const NOTES = 300;
const SEED = 5;
/** Of each kind: else it would be no race. */
const MANY = 30;

test('300 cancels race sends: what is acknowledged does not leave, what is refused left, and says so', async () => {
  const many = String(2 * NOTES);
  const desk = await openDesk({ HALLWAY_CAP_USER_DAY: many, HALLWAY_CAP_ADDRESS_DAY: many });
  const notes: Note[] = await Promise.all(Array.from({ length: NOTES }, () => desk.write()));
  desk.ground.setClock('2026-11-23T12:00:30.000Z');
  const start = {
    notes: notes.map((note) => ({ userId: desk.ada.id, note })),
    send: (userId: string, noteId: string) => sendNote(desk.ground, userId, noteId),
    seed: SEED,
  };
  const { won, lost, wrong } = await raceCancels(desk.ground, start, desk.ground.mailbox);
  expect(wrong).toEqual([]);
  expect(won + lost).toBe(NOTES);
  expect(Math.min(won, lost)).toBeGreaterThan(MANY);
});
