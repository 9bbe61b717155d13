import { expect, test } from 'vitest';
import { type Added, type Body, newFolder, startService } from './start.ts';

const UTC = 'UTC';

/** The hour of an instant on a friend's own clock. */
function hourOf(instant: string, timeZone: string): number {
  const text = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  const [hour = 0, minute = 0] = text.format(new Date(instant)).split(':').map(Number);
  return hour + minute / 60;
}

test('--demo fills an empty database once', async () => {
  const dir = newFolder();
  const first = await startService({ dir, args: ['--demo'] });

  // The link asks for a press, and lets its reader in.
  const link = first.signInUrl ?? '';
  expect(link).toMatch(new RegExp(`^${first.url}/sign-in/\\S+$`));
  expect((await fetch(link)).status).toBe(200);
  const pressed = await fetch(link, {
    method: 'POST',
    redirect: 'manual',
    headers: { Origin: first.url, 'Content-Type': 'application/x-www-form-urlencoded' },
  });
  expect(pressed.status).toBe(303);
  const cookie = pressed.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const today = await fetch(`${first.url}/`, { headers: { cookie }, redirect: 'manual' });
  expect(today.status).toBe(200);
  const page = await today.text();
  expect(page).toContain('Grace');

  const ada: Added = await first.addUser('ada@hallway.example', 'Ada Lindqvist');
  const api = first.as(ada.apiToken);
  const [friends, articles, notes] = await Promise.all([
    api.all('/friends'),
    api.all('/articles'),
    api.all('/notes'),
  ]);
  expect([friends.length, articles.length]).toEqual([8, 12]);
  expect(notes.map(({ state }: Body) => state).toSorted()).toEqual(
    ['delivered', 'delivered', 'scheduled', 'scheduled', 'sent', 'uncertain'].toSorted(),
  );
  const zones = new Map(friends.map(({ id, timeZone }: Body) => [id, timeZone]));
  for (const note of notes.filter(({ sentAt }: Body) => sentAt)) {
    const hour = hourOf(note.sentAt, zones.get(note.friendId) ?? UTC);
    expect(hour).toBeGreaterThanOrEqual(9.5);
    expect(hour).toBeLessThan(20.5);
  }
  const suggested = await Promise.all(
    articles.map(async ({ id }: Body) => (await api.get(`/articles/${id}/suggestions`)).items.length),
  );
  expect(suggested.filter((count) => count > 0).length).toBeGreaterThan(3);
  await first.stop();

  const second = await startService({ dir, args: ['--demo'] });
  const again = second.as(ada.apiToken);
  expect(await again.all('/friends')).toEqual(friends);
  expect(await again.all('/articles')).toEqual(articles);
  expect(await again.all('/notes')).toEqual(notes);
  expect((await fetch(second.signInUrl ?? '')).status).toBe(200);
  await second.stop();
  // Everything of the week is written, read and matched.
}, 60_000);
