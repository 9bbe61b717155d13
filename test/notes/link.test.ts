import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveArticle } from '../../functions/articles/articles.ts';
import { linkStep } from '../../functions/notes/link.ts';
import { cancelNote, editNote, sendAgain } from '../../functions/notes/notes.ts';
import { holdNotesTo } from '../../functions/notes/queue.ts';
import { type Desk, openDesk } from './desk.ts';

/** What the site answers, one request after the other; the last for good. */
let answers: (number | 'silence' | 'hang-up')[] = [];
let asked = 0;

const site = createServer((_request, response) => {
  asked++;
  const answer = answers.length > 1 ? answers.shift() : answers[0];
  if (answer === 'hang-up') {
    response.socket?.destroy();
    return;
  }
  if (answer === 'silence') return;
  if (answer === 302) response.setHeader('Location', '/elsewhere');
  response.writeHead(answer ?? 200, { 'Content-Type': 'text/html' }).end('<p>A harbour</p>');
});

beforeAll(async () => {
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
});
afterAll(() => {
  site.closeAllConnections();
  site.close();
});

/** A note that carries an article of the site, which is answered so. */
async function carrying(...said: typeof answers): Promise<{ desk: Desk; note: { id: string } }> {
  answers = said;
  asked = 0;
  const host = `127.0.0.1:${(site.address() as AddressInfo).port}`;
  const desk = await openDesk({ HALLWAY_FETCH_ALLOW: host });
  const saved = await saveArticle(
    desk.ground,
    desk.ada.id,
    { url: `http://${host}/harbour`, title: 'A harbour', text: 'A harbour that closes for lunch.' },
    'api',
  );
  return { desk, note: await desk.write({ articleId: saved.article.id }) };
}

describe('a link that is gone', () => {
  test.each([404, 410])('by %i, twice a minute apart, holds the note', async (status) => {
    const { desk, note } = await carrying(status);
    await desk.minute('2026-11-23T12:00:30.000Z');
    expect(await desk.read(note)).toMatchObject({
      state: 'scheduled',
      version: 1,
      attempts: 0,
      sendAt: '2026-11-23T12:00:30.000Z',
      dueAt: '2026-11-23T12:01:30.000Z',
      linkGoneAt: '2026-11-23T12:00:30.000Z',
    });
    await desk.minute('2026-11-23T12:01:29.999Z');
    await desk.send(note);
    expect(asked).toBe(1);
    await desk.minute('2026-11-23T12:01:30.000Z');
    expect(await desk.read(note)).toMatchObject({ state: 'held', heldBecause: 'link-gone' });
    expect([await desk.mails(), asked]).toEqual([[], 2]);
  });

  test('can be sent all the same: the user has been told', async () => {
    const { desk, note } = await carrying(404);
    await desk.minute('2026-11-23T12:00:30.000Z');
    await desk.minute('2026-11-23T12:01:30.000Z');
    await sendAgain(desk.ground, desk.ada.id, note.id);
    await desk.minute('2026-11-23T12:02:00.000Z');
    expect(await desk.read(note)).toMatchObject({ state: 'sent' });
    expect(asked).toBe(2);
  });

  test('is asked for anew with a new moment', async () => {
    const { desk, note } = await carrying(404, 404, 200);
    await desk.minute('2026-11-23T12:00:30.000Z');
    await desk.minute('2026-11-23T12:01:30.000Z');
    await editNote(desk.ground, desk.ada, note.id, { moment: { kind: 'now' } });
    await desk.minute('2026-11-23T12:02:00.000Z');
    expect(await desk.read(note)).toMatchObject({ state: 'sent' });
  });

  test('keeps nobody from taking the note back in that minute, at the version they saw', async () => {
    const { desk, note } = await carrying(404);
    await desk.minute('2026-11-23T12:00:30.000Z');
    await cancelNote(desk.ground, desk.ada.id, note.id, 1);
    await desk.minute('2026-11-23T12:01:30.000Z');
    expect(await desk.read(note)).toMatchObject({ state: 'cancelled' });
    expect(asked).toBe(1);
  });
});

describe('anything else sends', () => {
  test('a page that was away for a moment', async () => {
    const { desk, note } = await carrying(404, 200);
    await desk.minute('2026-11-23T12:00:30.000Z');
    await desk.minute('2026-11-23T12:01:30.000Z');
    expect(await desk.read(note)).toMatchObject({ state: 'sent', sentAt: '2026-11-23T12:01:30.000Z' });
  });

  test.each<[string, typeof answers]>([
    ['a page', [200]],
    ['a page elsewhere', [302, 200]],
    ['a door', [403]],
    ['a method it does not know', [405]],
    ['too many requests', [429]],
    ['trouble of its own', [500]],
    ['a closed connection', ['hang-up']],
    ['nothing at all, for three seconds', ['silence']],
  ])('%s', async (_, said) => {
    const { desk, note } = await carrying(...said);
    await desk.minute('2026-11-23T12:00:30.000Z');
    expect(await desk.read(note)).toMatchObject({ state: 'sent', attempts: 1 });
    expect(await desk.mails()).toHaveLength(1);
  });

  test('and a retry of a note that did not leave asks no more', async () => {
    const { desk, note } = await carrying(200, 404);
    await desk.ground.fault('throttle', 1);
    await desk.minute('2026-11-23T12:00:30.000Z');
    await desk.minute('2026-11-23T12:01:30.000Z');
    expect(await desk.read(note)).toMatchObject({ state: 'sent', attempts: 2 });
    expect(asked).toBe(1);
  });
});

test('when to ask', () => {
  const now = new Date('2026-11-23T12:01:00.000Z');
  expect(linkStep({ attempts: 0 }, now)).toBe('ask');
  expect(linkStep({ attempts: 0, linkGoneAt: '2026-11-23T12:00:00.001Z' }, now)).toBe('ask-later');
  expect(linkStep({ attempts: 0, linkGoneAt: '2026-11-23T12:00:00.000Z' }, now)).toBe('ask');
  expect(linkStep({ attempts: 1 }, now)).toBe('leave');
  expect(linkStep({ attempts: 0, linkMayBeGone: true }, now)).toBe('leave');
});

test('holding what is scheduled for a friend leaves drafts, other friends’ notes and what is under way alone', async () => {
  const desk = await openDesk();
  const alan = await desk.friend('Alan');
  await desk.ground.fault('accept-then-error', 1);
  const underWay = await desk.write();
  await desk.minute('2026-11-23T12:00:30.000Z');
  const [draft, waiting, other] = [
    await desk.write({ moment: undefined }),
    await desk.write(),
    await desk.write({ friendId: alan.id }),
  ];
  await holdNotesTo(desk.ground, desk.ada.id, desk.grace.id, 'muted');
  await holdNotesTo(desk.ground, desk.ada.id, desk.grace.id, 'muted');
  const states = await Promise.all([underWay, draft, waiting, other].map((note) => desk.read(note)));
  expect(states.map(({ state, heldBecause, version }) => [state, heldBecause, version])).toEqual([
    ['sending', undefined, 2],
    ['draft', undefined, 1],
    ['held', 'muted', 2],
    ['scheduled', undefined, 1],
  ]);
});
