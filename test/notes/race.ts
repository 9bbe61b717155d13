import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { Note } from '../../functions/notes/note.ts';
import { cancelNote } from '../../functions/notes/notes.ts';
import { walkNotes } from '../../functions/notes/store.ts';
import { Fault } from '../../functions/platform/faults.ts';
import type { Ground } from '../../functions/platform/ground.ts';
import type { Stored } from '../ground.ts';

interface Plan {
  /** When the user cancels, in parts of how long after the send a cancel is as likely to win as to lose. */
  cancel: number;
  /** The queue says the note twice. */
  twice: boolean;
  /** The user names the version they saw. */
  knows: boolean;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  cancel: fc.noBias(fc.double({ min: 0, max: 2, noNaN: true })),
  twice: fc.noBias(fc.integer({ min: 0, max: 9 })).map((value) => value === 0),
  knows: fc.boolean(),
});

/** What the user was told, of one race. `won`: it is cancelled. */
interface Raced {
  userId: string;
  noteId: string;
  won: boolean;
  state: unknown;
}

/** Races at a time. */
const AT_ONCE = 8;
/** Where the delays begin (milliseconds), and how much one race moves them, so that the races stay close on any machine. */
const FIRST_PACE = 5;
const STEP = 1.05;
const LONGEST_PACE = 1_000;

/** Notes whose moment has come, and the door that sends one. */
interface Start {
  notes: { userId: string; note: Note }[];
  send: (userId: string, noteId: string) => Promise<unknown>;
  seed: number;
}

/** Cancels each note while it is being sent. The seed says when; a machine is never twice as fast. */
async function raceAll(ground: Ground, { notes, send: sendNote, seed }: Start): Promise<Raced[]> {
  const plans = fc.sample(plan, { seed, numRuns: notes.length });
  const raced: Raced[] = [];
  let pace = FIRST_PACE;
  async function race(userId: string, note: Note, { cancel, twice, knows }: Plan): Promise<void> {
    const sending = Promise.all([sendNote(userId, note.id), twice && sendNote(userId, note.id)]);
    const cancelling = sleep(cancel * pace).then(() =>
      cancelNote(ground, userId, note.id, knows ? note.version : undefined),
    );
    const [told] = await Promise.allSettled([cancelling, sending]);
    await sending;
    const won = told.status === 'fulfilled';
    if (!won && !(told.reason instanceof Fault && told.reason.tag === 'conflict')) throw told.reason;
    pace = Math.min(LONGEST_PACE, pace * (won ? STEP : 1 / STEP));
    raced.push({ userId, noteId: note.id, won, state: won ? 'cancelled' : told.reason.extra?.state });
  }
  const places = notes.keys();
  const runner = async () => {
    for (const place of places) {
      const one = notes[place];
      const its = plans[place];
      if (one && its) await race(one.userId, one.note, its);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runner));
  return raced;
}

/** How the races ended, and everything that must not be: a promise broken, or words that are not true. */
export async function raceCancels(
  ground: Ground,
  start: Start,
  mailbox: () => Promise<Pick<Stored, 'tags'>[]>,
): Promise<{ won: number; lost: number; wrong: string[] }> {
  const raced = await raceAll(ground, start);
  const mails = new Map<string, number>();
  for (const { tags } of await mailbox()) mails.set(tags.note ?? '', (mails.get(tags.note ?? '') ?? 0) + 1);
  const states = new Map<string, string>();
  for (const userId of new Set(raced.map((one) => one.userId))) {
    for await (const page of walkNotes(ground.table, userId)) {
      for (const note of page) states.set(note.id, note.state);
    }
  }
  const wrong: string[] = [];
  for (const { noteId, won, state } of raced) {
    const left = mails.get(noteId) ?? 0;
    const stored = states.get(noteId);
    // SES's answer may have come too late to be heard: then it is for an event to say.
    const isSettled = (stored === 'sent' && left === 1) || (stored === 'sending' && left <= 1);
    const isRight = won
      ? stored === 'cancelled' && left === 0
      : isSettled && (state === 'sending' || state === 'sent');
    if (!isRight) wrong.push(`${noteId}: told ${state}, is ${stored}, and left ${left} times`);
  }
  const won = raced.filter((one) => one.won).length;
  return { won, lost: raced.length - won, wrong };
}
