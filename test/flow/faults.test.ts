import { beforeAll, expect, test } from 'vitest';
import { type Added, addUser, type Body, newFolder, type Service, startService, until } from './start.ts';

/** What SES may do to a mail, and where its note ends (DESIGN: "The send queue"). */

let service: Service;
let ada: Added;

beforeAll(async () => {
  const dir = newFolder();
  ada = await addUser(dir, 'ada@users.example', 'Ada Lovelace');
  service = await startService({ dir, environment: { HALLWAY_UNCERTAIN_SECONDS: '2' } });
});

const api = () => service.as(ada.apiToken);
const noteOf = (id: string): Promise<Body> => api().get(`/notes/${id}`);
const mailsOf = async (id: string) => (await service.mails()).filter(({ tags }) => tags.note === id);
const becomes = (id: string, state: string) =>
  until(`the note is ${state}`, async () => (await noteOf(id)).state === state);

let friends = 0;
async function writeNow(email = `friend-${friends++}@friends.example`): Promise<string> {
  const friend = await api().post('/friends', { name: 'Grace', email });
  const note = await api().post('/notes', { friendId: friend.id, text: 'For you.', moment: { kind: 'now' } });
  return note.id;
}

/** Meets its fault first, so that its ten seconds pass while the others run. */
let hanging: string;

test('taken, but the answer never comes: uncertain to the user', async () => {
  await service.fault('accept-then-hang', 1);
  hanging = await writeNow();
  await until('SES has it', async () => (await mailsOf(hanging)).length === 1);
  await becomes(hanging, 'uncertain');
});

test.each([
  ['throttle', 1],
  ['error', 2],
])('%s: nothing left, so it is tried again and arrives once', async (action, times) => {
  await service.fault(action, times);
  const note = await writeNow();
  await becomes(note, 'delivered');
  expect(await mailsOf(note)).toHaveLength(1);
});

test('refuse: failed for good, and the user is told why', async () => {
  await service.fault('refuse', 1);
  const note = await writeNow();
  await becomes(note, 'failed');
  expect(await noteOf(note)).toMatchObject({ failedBecause: 'refused', sentAt: null });
  expect(await mailsOf(note)).toEqual([]);
  await api().post(`/notes/${note}/send-again`);
  await becomes(note, 'delivered');
  expect(await mailsOf(note)).toHaveLength(1);
});

test('accept-then-error: the event tells that it arrived, and it is not sent again', async () => {
  await service.fault('accept-then-error', 1);
  const note = await writeNow();
  await becomes(note, 'delivered');
  expect(await mailsOf(note)).toHaveLength(1);
});

test('accept-then-error without any event: uncertain until the user says that it arrived', async () => {
  await service.fault('accept-then-error', 1, false);
  const note = await writeNow();
  await becomes(note, 'uncertain');
  expect(await mailsOf(note)).toHaveLength(1);
  await api().post(`/notes/${note}/arrived`);
  expect(await noteOf(note)).toMatchObject({ state: 'delivered' });
  expect(await mailsOf(note)).toHaveLength(1);
});

test.each([
  ['bounce@simulator.amazonses.com', 'bounced'],
  ['complaint@simulator.amazonses.com', 'complained'],
])('%s ends as %s', async (address, state) => {
  await becomes(await writeNow(address), state);
});

test('an event that comes after all settles what was uncertain', async () => {
  await becomes(hanging, 'delivered');
  expect(await mailsOf(hanging)).toHaveLength(1);
  await service.stop();
});
