import { readFileSync } from 'node:fs';
import { onMailEvent } from '../../functions/notes/mail-events.ts';
import type { Note } from '../../functions/notes/note.ts';
import { type Claimed, claimNote, replaceNote } from '../../functions/notes/store.ts';
import { at } from '../../functions/platform/clock.ts';
import { type Due, findDue, lease } from '../../functions/platform/due.ts';
import { newId } from '../../functions/platform/ids.ts';
import { each, type Written, writeNotes } from './due-notes.ts';
import { startBenchParts } from './parts.ts';

/**
 * The least that any queue must do for a note, in a process of its own, for `queue.ts`: one lease, one claim, one call of
 * SES, one settle. The notes are real and known beforehand, the mail is one that the runner sent: nothing is read,
 * composed or handed over. What SES tells of the mails is handled as the runner does it, or dropped.
 *
 *     queue-floor.ts FOLDER NOTES AT_ONCE MAIL (events | no-events)
 */
const [dir = '', count = '', atOnce = '', mail = '', events = ''] = process.argv.slice(2);
/** Send and Delivery. */
const EVENTS_OF_A_MAIL = 2;
const LOOK_MS = 20;

const raw = readFileSync(mail);
let told = 0;
const { ground, stop } = await startBenchParts(dir, async (on, event) => {
  if (events === 'events') await onMailEvent(on, event);
  told++;
});
const written = await writeNotes(ground, { count: Number(count), dueAt: new Date(), round: 'floor' });
const shortly = new Date(Date.now() + 1000);
const due = new Map(
  (await findDue(ground.table, shortly, written.length, 'notes')).map((one) => [one.id, one]),
);

async function pass({ user, friend, note }: Written, found: Due): Promise<void> {
  const { settings, table } = ground;
  const now = ground.clock();
  if (!(await lease(table, found, at(now, settings.leaseSeconds * 1000)))) throw new Error('not leased');
  const to = friend.email ?? '';
  const claimed: Claimed = {
    ...note,
    state: 'sending',
    version: note.version + 1,
    attempts: 1,
    attemptId: newId('att'),
    to,
    dueAt: at(now, settings.uncertainSeconds * 1000),
    updatedAt: at(now),
  };
  const addressHash = ground.secrets.addressHash(to);
  const recipient = { userId: user.id, friendId: friend.id, address: to, addressHash };
  const caps = { userDay: settings.capUserDay, addressDay: settings.capAddressDay };
  const refusal = await claimNote(table, note, claimed, recipient, {}, caps, now);
  if (refusal) throw new Error(`not claimed: ${refusal}`);
  const tags = { user: user.id, note: note.id, attempt: claimed.attemptId };
  const sent = await ground.mailer.send({ raw, from: settings.mailFrom, to, tags });
  if (sent.outcome !== 'accepted') throw new Error(`not accepted: ${sent.outcome}`);
  const sentAt = at(ground.clock());
  const settled: Note = { ...claimed, state: 'sent', version: 3, sentAt, messageId: sent.messageId };
  // False if an event was faster.
  await replaceNote(table, user.id, settled, claimed);
}

process.stdin.once('data', async () => {
  const from = performance.now();
  await each(written.length, Number(atOnce), (place) => {
    const one = written[place];
    const found = one && due.get(one.note.id);
    if (!found) throw new Error('A note is not due.');
    return pass(one, found);
  });
  const ms = performance.now() - from;
  while (told < EVENTS_OF_A_MAIL * written.length) await new Promise((later) => setTimeout(later, LOOK_MS));
  process.stdout.write(`${ms}\n`);
});
process.once('SIGTERM', async () => {
  await stop();
  process.exit(0);
});
// From here on its parent counts.
process.stdout.write('ready\n');
