import { expect, test } from 'vitest';
import { addUser, type Body, newFolder, type Service, startService, until } from './service.ts';

/** Written just before each kill. */
const NOTES = 6;
const SETTINGS = { HALLWAY_UNDO_SECONDS: '0.4', HALLWAY_UNCERTAIN_SECONDS: '2' };

/** Ends the service in the middle of `mailsSoFar`'s next mails, or before any of them is due. */
type Kill = (service: Service, mailsSoFar: number) => Promise<void>;

const leaving = (service: Service, count: number) =>
  until('mails leave', async () => (await service.mails()).length >= count);

const kills: [string, Kill][] = [
  ['before they are due', async (service) => service.killTree()],
  [
    'as the first one leaves',
    async (service, before) => {
      await leaving(service, before + 1);
      await service.killTree();
    },
  ],
  [
    'in the middle, the database left to its guard',
    async (service, before) => {
      await leaving(service, before + 3);
      service.signal('SIGKILL', 'group');
      await service.ended;
    },
  ],
  [
    'npm alone',
    async (service) => {
      service.signal('SIGKILL', 'npm');
    },
  ],
];

test('what was acknowledged outlives every kill, and a note leaves once', { timeout: 60_000 }, async () => {
  const dir = newFolder();
  const ada = await addUser(dir, 'ada@users.example', 'Ada Lovelace');
  let service = await startService({ dir, environment: SETTINGS });
  const api = () => service.as(ada.apiToken);
  const article = await api().post('/articles', {
    url: 'https://wetfell.example/mud',
    title: 'Mud',
    text: 'Trail running for those who like it muddy.',
  });
  const friends = new Set<string>();
  const notes = new Map<string, string>();

  for (const [name, kill] of kills) {
    const before = (await service.mails()).length;
    for (let place = 0; place < NOTES; place++) {
      const friend = await api().post('/friends', {
        name: `Friend ${notes.size}`,
        email: `friend-${notes.size}@friends.example`,
        interests: ['trail running'],
      });
      friends.add(friend.id);
      const moment = { kind: 'now' };
      const note = await api().post('/notes', {
        friendId: friend.id,
        articleId: article.id,
        text: `${name}, ${place}`,
        moment,
      });
      notes.set(note.id, friend.email);
    }
    await kill(service, before);
    service = await startService({ dir, environment: SETTINGS });
    expect((await api().all('/articles')).map(({ id }) => id)).toEqual([article.id]);
    expect(new Set((await api().all('/friends')).map(({ id }) => id))).toEqual(friends);
    expect(new Set((await api().all('/notes')).map(({ id }) => id))).toEqual(new Set(notes.keys()));
  }

  const settled = await until('every note is settled', async () => {
    const all: Body[] = await api().all('/notes');
    return all.every(({ state }) => state === 'delivered' || state === 'uncertain') && all;
  });
  const mails = await service.mails();
  expect(mails.length).toBeGreaterThan(0);
  for (const { id, state } of settled) {
    const mine = mails.filter(({ tags }) => tags.note === id);
    expect(mine.map(({ destinations }) => destinations)).toEqual(
      state === 'delivered' ? [[notes.get(id)]] : [],
    );
  }
  await service.stop();
});
