import { describe, expect, test, vi } from 'vitest';
import { settle } from '../../functions/notes/queue.ts';
import { NOON } from '../ground.ts';
import { adasDesk, ask, caller, type Script } from './callers.ts';

const RIDGE = {
  url: 'https://www.ridge.example/dark?utm_source=newsletter',
  title: 'Trail running in the dark',
  text: 'Your feet learn the path first. Trail running at night is mostly a matter of trusting them. Take two lamps.',
};
const GRACE = {
  name: 'Grace Hopper',
  email: 'grace@friends.example',
  timeZone: 'America/New_York',
  interests: ['trail running'],
};

const ARTICLE_ID = expect.stringMatching(/^art_[0-9A-Z]{26}$/);
const FRIEND_ID = expect.stringMatching(/^frd_[0-9A-Z]{26}$/);
const INTEREST_ID = expect.stringMatching(/^int_[0-9A-Z]{26}$/);
const NOTE_ID = expect.stringMatching(/^nte_[0-9A-Z]{26}$/);

/** Walks a list one by one, as a script would: to the page that has no cursor. */
async function pages(api: Script, path: string): Promise<{ id: string }[]> {
  const found: { id: string }[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 20; page++) {
    const ask = new URLSearchParams({ limit: '1', ...(cursor && { cursor }) });
    const { status, json } = await api('GET', `${path}${path.includes('?') ? '&' : '?'}${ask}`);
    expect(status).toBe(200);
    expect(json.items.length).toBeLessThanOrEqual(1);
    found.push(...json.items);
    cursor = json.cursor;
    if (cursor === undefined) return found;
  }
  throw new Error('The list has no end.');
}

const walk = async (api: Script, path: string) => (await pages(api, path)).map(({ id }) => id);

describe('the door of the API', () => {
  test('/health needs no token', async () => {
    const { app } = await adasDesk();
    expect(await ask(app, '/api/health')).toMatchObject({ status: 200, json: { ok: true } });
  });

  test.each([
    ['nothing', {}],
    ['an unknown token', { Authorization: 'Bearer hw_nobody' }],
    ['another scheme', { Authorization: 'Basic YWRhOmFkYQ==' }],
    ['an empty token', { Authorization: 'Bearer ' }],
  ])('%s is answered with 401 and how to do it', async (_, headers) => {
    const { app } = await adasDesk();
    const { status, json, headers: answered } = await ask(app, '/api/articles', { headers });
    expect(status).toBe(401);
    expect(answered.get('www-authenticate')).toBe('Bearer');
    expect(answered.get('content-type')).toBe('application/problem+json');
    expect(json).toEqual({
      status: 401,
      title: 'Not signed in',
      detail: 'Send your API token: Authorization: Bearer <apiToken>.',
    });
  });

  test('a path that is not there is a problem, too', async () => {
    const { api } = await adasDesk();
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['PUT', '/articles'],
      ['POST', '/notes/nte_1/explode'],
    ] as const) {
      const { status, json, headers } = await api(method, path);
      expect([method, path, status, json.status]).toEqual([method, path, 404, 404]);
      expect(headers.get('content-type')).toBe('application/problem+json');
    }
  });

  test('no answer may be kept by anybody on the way', async () => {
    const { api } = await adasDesk();
    expect((await api('GET', '/friends')).headers.get('cache-control')).toBe('no-store');
    expect((await api('GET', '/nothing')).headers.get('cache-control')).toBe('no-store');
  });
});

describe('articles', () => {
  test('POST gives the article and whom it could be for', async () => {
    const { api } = await adasDesk();
    const grace = (await api('POST', '/friends', GRACE)).json;
    const { status, json } = await api('POST', '/articles', RIDGE);
    expect(status).toBe(201);
    expect(json).toEqual({
      id: ARTICLE_ID,
      url: 'https://www.ridge.example/dark?utm_source=newsletter',
      canonicalUrl: 'https://www.ridge.example/dark',
      title: 'Trail running in the dark',
      siteName: 'ridge.example',
      byline: null,
      excerpt: RIDGE.text,
      language: null,
      wordCount: 20,
      minutes: 1,
      image: null,
      selection: null,
      tags: [],
      notRead: null,
      savedAt: '2026-11-23T12:00:00.000Z',
      savedBy: 'api',
      suggestions: [
        {
          friendId: grace.id,
          friendName: 'Grace Hopper',
          score: expect.any(Number),
          reasons: [{ interest: 'trail running', kind: 'topic', evidence: expect.any(String) }],
        },
      ],
    });
    const [{ score, reasons }] = json.suggestions;
    expect(score).toBeGreaterThan(0);
    expect(score).toBeLessThanOrEqual(1);
    expect(`${RIDGE.title} ${RIDGE.text}`).toContain(reasons[0].evidence);
  });

  test('with the page’s HTML, what the page says of itself', async () => {
    const { api } = await adasDesk();
    const html = `<!doctype html><html lang="de"><head><title>Nachts am Grat</title>
      <meta name="author" content="Anna Muster"><meta property="og:image" content="/grat.jpg"></head>
      <body><article><p>${'Wer nachts am Grat läuft, braucht zwei Lampen. '.repeat(60)}</p></article></body></html>`;
    const { status, json } = await api('POST', '/articles', { url: 'https://berg.example/grat', html });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      title: 'Nachts am Grat',
      byline: 'Anna Muster',
      language: 'de',
      image: 'https://berg.example/grat.jpg',
      wordCount: 480,
      suggestions: [],
    });
  });

  test('a text needs no address; a selection is kept', async () => {
    const { api } = await adasDesk();
    const { status, json } = await api('POST', '/articles', {
      text: 'On lamps\n\nTake two.',
      selection: 'Take two.',
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({ url: null, canonicalUrl: null, title: 'On lamps', selection: 'Take two.' });
  });

  test('the same address again gives the first one back: 200, alreadySaved', async () => {
    const { api } = await adasDesk();
    await api('POST', '/friends', GRACE);
    const first = (await api('POST', '/articles', RIDGE)).json;
    const again = await api('POST', '/articles', {
      url: 'https://www.ridge.example/dark/?fbclid=1#comments',
    });
    expect(again.status).toBe(200);
    expect(again.json).toEqual({ ...first, alreadySaved: true });
    expect(await walk(api, '/articles')).toEqual([first.id]);
  });

  test('saved by two at once, it is there once', async () => {
    const { api } = await adasDesk();
    const answers = await Promise.all([RIDGE, RIDGE, RIDGE].map((input) => api('POST', '/articles', input)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
  });

  test('GET gives one, with whom it could be for; the list gives all, newest first', async () => {
    const { api } = await adasDesk();
    await api('POST', '/friends', GRACE);
    const { suggestions, ...ridge } = (await api('POST', '/articles', RIDGE)).json;
    const { suggestions: _, ...bread } = (await api('POST', '/articles', { url: 'https://bread.example/' }))
      .json;
    expect((await api('GET', `/articles/${ridge.id}`)).json).toEqual({ ...ridge, suggestions });
    expect((await api('GET', '/articles')).json).toEqual({ items: [bread, ridge] });
    expect(await walk(api, '/articles')).toEqual([bread.id, ridge.id]);
  });

  test('/suggestions: best first; empty when nobody fits', async () => {
    const { api } = await adasDesk();
    const grace = (await api('POST', '/friends', GRACE)).json;
    const alan = (await api('POST', '/friends', { name: 'Alan', interests: ['running in the dark'] })).json;
    await api('POST', '/friends', { name: 'Joan', interests: ['sourdough bread'] });
    const ridge = (await api('POST', '/articles', RIDGE)).json;
    const { items } = (await api('GET', `/articles/${ridge.id}/suggestions`)).json;
    expect(items).toEqual(ridge.suggestions);
    expect(items.map((one: { friendId: string }) => one.friendId).sort()).toEqual([grace.id, alan.id].sort());
    expect(items[0].score).toBeGreaterThanOrEqual(items[1].score);
    expect(await pages(api, `/articles/${ridge.id}/suggestions`)).toEqual(items);

    const tax = (await api('POST', '/articles', { url: 'https://tax.example/form-7' })).json;
    expect((await api('GET', `/articles/${tax.id}/suggestions`)).json).toEqual({ items: [] });
  });

  test('DELETE: 204, and it is gone everywhere; it can be saved anew', async () => {
    const { api } = await adasDesk();
    const grace = (await api('POST', '/friends', GRACE)).json;
    const { id } = (await api('POST', '/articles', RIDGE)).json;
    const deleted = await api('DELETE', `/articles/${id}`);
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    for (const path of [`/articles/${id}`, `/articles/${id}/suggestions`]) {
      expect((await api('GET', path)).status).toBe(404);
    }
    expect((await api('DELETE', `/articles/${id}`)).status).toBe(404);
    expect((await api('GET', `/friends/${grace.id}/suggestions`)).json).toEqual({ items: [] });
    const again = await api('POST', '/articles', RIDGE);
    expect(again.status).toBe(201);
    expect(again.json.id).not.toBe(id);
  });

  test('a note that still carries it keeps it: 409', async () => {
    const { api } = await adasDesk();
    const friendId = (await api('POST', '/friends', GRACE)).json.id;
    const articleId = (await api('POST', '/articles', RIDGE)).json.id;
    const note = (await api('POST', '/notes', { friendId, articleId, text: 'Two lamps.' })).json;
    const refused = await api('DELETE', `/articles/${articleId}`);
    expect(refused.status).toBe(409);
    expect(refused.json).toMatchObject({ status: 409, title: 'Not possible now', notes: [note.id] });
    await api('POST', `/notes/${note.id}/cancel`);
    expect((await api('DELETE', `/articles/${articleId}`)).status).toBe(204);
  });
});

describe('friends', () => {
  test('POST gives the friend; a string is a topic', async () => {
    const { api } = await adasDesk();
    const { status, json } = await api('POST', '/friends', {
      ...GRACE,
      birthday: '--12-09',
      groups: ['navy'],
      interests: [
        'trail running',
        { text: 'a flat in Lisbon', kind: 'ask', until: '2027-03-31', heard: 'at the station, in May' },
        { text: 'crypto', kind: 'never' },
      ],
    });
    expect(status).toBe(201);
    const addedAt = '2026-11-23T12:00:00.000Z';
    expect(json).toEqual({
      id: FRIEND_ID,
      name: 'Grace Hopper',
      email: 'grace@friends.example',
      timeZone: 'America/New_York',
      wakingHours: null,
      apartDays: null,
      birthday: '--12-09',
      groups: ['navy'],
      interests: [
        { id: INTEREST_ID, text: 'trail running', kind: 'topic', addedAt },
        {
          id: INTEREST_ID,
          text: 'a flat in Lisbon',
          kind: 'ask',
          until: '2027-03-31',
          heard: 'at the station, in May',
          addedAt,
        },
        { id: INTEREST_ID, text: 'crypto', kind: 'never', addedAt },
      ],
      createdAt: addedAt,
      lastWroteAt: null,
    });
    expect((await api('GET', `/friends/${json.id}`)).json).toEqual(json);
  });

  test('a name is enough: the zone is the user’s', async () => {
    const { api } = await adasDesk();
    const { status, json } = await api('POST', '/friends', { name: 'Alan' });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      name: 'Alan',
      email: null,
      timeZone: 'Europe/London',
      interests: [],
      groups: [],
    });
  });

  test('the list, in the order they were added, one by one', async () => {
    const { api } = await adasDesk();
    const ids: string[] = [];
    for (const name of ['Grace', 'Alan', 'Joan']) ids.push((await api('POST', '/friends', { name })).json.id);
    expect(await walk(api, '/friends')).toEqual(ids);
    await api('DELETE', `/friends/${ids[1]}`);
    expect(await walk(api, '/friends')).toEqual([ids[0], ids[2]]);
    const all = (await api('GET', '/friends')).json;
    expect(all.items.map((friend: { id: string }) => friend.id)).toEqual([ids[0], ids[2]]);
    expect(all.cursor).toBeUndefined();
  });

  test('PATCH changes what it names; null takes away', async () => {
    const { api } = await adasDesk();
    const grace = (await api('POST', '/friends', { ...GRACE, birthday: '1906-12-09' })).json;
    const moved = await api('PATCH', `/friends/${grace.id}`, { timeZone: 'Europe/Lisbon', email: null });
    expect(moved.status).toBe(200);
    expect(moved.json).toEqual({ ...grace, timeZone: 'Europe/Lisbon', email: null });
    const bare = await api('PATCH', `/friends/${grace.id}`, { birthday: null, name: 'Amazing Grace' });
    expect(bare.json).toMatchObject({ birthday: null, name: 'Amazing Grace', timeZone: 'Europe/Lisbon' });
    expect((await api('GET', `/friends/${grace.id}`)).json).toEqual(bare.json);
  });

  test('PATCH of the interests keeps what was known', async () => {
    const { api, ground } = await adasDesk();
    const grace = (await api('POST', '/friends', GRACE)).json;
    ground.setClock('2026-12-01T12:00:00.000Z');
    const known = grace.interests[0];
    const { json } = await api('PATCH', `/friends/${grace.id}`, {
      interests: [{ ...known, text: 'trail running, the muddy kind' }, 'compilers'],
    });
    expect(json.interests).toEqual([
      { ...known, text: 'trail running, the muddy kind' },
      { id: INTEREST_ID, text: 'compilers', kind: 'topic', addedAt: '2026-12-01T12:00:00.000Z' },
    ]);
  });

  test('/suggestions: the articles for one friend', async () => {
    const { api } = await adasDesk();
    const grace = (await api('POST', '/friends', GRACE)).json;
    const ridge = (await api('POST', '/articles', RIDGE)).json;
    const [{ score, reasons }] = ridge.suggestions;
    expect((await api('GET', `/friends/${grace.id}/suggestions`)).json).toEqual({
      items: [{ articleId: ridge.id, title: ridge.title, url: ridge.url, score, reasons }],
    });
    for (const place of ['north', 'south']) {
      await api('POST', '/articles', { ...RIDGE, url: `https://ridge.example/${place}` });
    }
    const { items } = (await api('GET', `/friends/${grace.id}/suggestions`)).json;
    expect(items).toHaveLength(3);
    expect(await pages(api, `/friends/${grace.id}/suggestions`)).toEqual(items);
    const foreign = await api('GET', `/friends/${grace.id}/suggestions?cursor=art_none`);
    expect([foreign.status, foreign.json.errors]).toEqual([
      400,
      [expect.objectContaining({ path: '/cursor' })],
    ]);
  });

  test('DELETE: 204; the notes that wait are cancelled', async () => {
    const { api } = await adasDesk();
    const { id } = (await api('POST', '/friends', GRACE)).json;
    const ridge = (await api('POST', '/articles', RIDGE)).json;
    const moment = { kind: 'surprise' };
    const note = (await api('POST', '/notes', { friendId: id, text: 'Two lamps.', moment })).json;
    const deleted = await api('DELETE', `/friends/${id}`);
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    for (const path of [`/friends/${id}`, `/friends/${id}/suggestions`]) {
      expect((await api('GET', path)).status).toBe(404);
    }
    expect((await api('PATCH', `/friends/${id}`, { name: 'Grace' })).status).toBe(404);
    expect((await api('DELETE', `/friends/${id}`)).status).toBe(404);
    expect((await api('GET', `/notes/${note.id}`)).json.state).toBe('cancelled');
    expect((await api('GET', `/articles/${ridge.id}/suggestions`)).json).toEqual({ items: [] });
  });
});

describe('notes', () => {
  async function adaWithGrace() {
    const ada = await adasDesk();
    const friendId: string = (await ada.api('POST', '/friends', GRACE)).json.id;
    const write = async (more: object = {}) =>
      (await ada.api('POST', '/notes', { friendId, text: 'Two lamps.', ...more })).json;
    return { ...ada, friendId, write };
  }

  test('POST gives the note; without a moment it is a draft', async () => {
    const { api, friendId } = await adaWithGrace();
    const articleId = (await api('POST', '/articles', RIDGE)).json.id;
    const text = '  This is you\r\nat the stream. ';
    const { status, json } = await api('POST', '/notes', { friendId, articleId, text, subject: 'Lamps' });
    expect(status).toBe(201);
    expect(json).toEqual({
      id: NOTE_ID,
      friendId,
      articleId,
      text: 'This is you\nat the stream.',
      subject: 'Lamps',
      moment: null,
      state: 'draft',
      version: 1,
      sendAt: null,
      sentAt: null,
      sentMyself: false,
      messageId: null,
      heldBecause: null,
      failedBecause: null,
      movedBecause: null,
      createdAt: '2026-11-23T12:00:00.000Z',
      updatedAt: '2026-11-23T12:00:00.000Z',
    });
    expect((await api('GET', `/notes/${json.id}`)).json).toEqual(json);
    expect((await api('GET', `/articles/${articleId}/suggestions`)).json).toEqual({ items: [] });
  });

  test('now: after the 30 s to take it back', async () => {
    const { write } = await adaWithGrace();
    const moment = { kind: 'now' };
    expect(await write({ moment })).toMatchObject({
      state: 'scheduled',
      version: 1,
      moment,
      sendAt: '2026-11-23T12:00:30.000Z',
    });
  });

  test.each([
    ['where the friend is', { at: '2026-11-24T09:30' }, '2026-11-24T14:30:00.000Z'],
    ['with seconds', { at: '2026-11-24T09:30:15' }, '2026-11-24T14:30:15.000Z'],
    [
      'in a zone of its own',
      { at: '2026-11-24T09:30', timeZone: 'Asia/Kolkata' },
      '2026-11-24T04:00:00.000Z',
    ],
    ['that summer time skips', { at: '2027-03-14T02:30' }, '2027-03-14T07:30:00.000Z'],
    ['that comes twice', { at: '2027-11-07T01:30' }, '2027-11-07T05:30:00.000Z'],
    ['this very minute', { at: '2026-11-23T07:00' }, '2026-11-23T12:00:00.000Z'],
  ])('at: a wall time %s', async (_, said, sendAt) => {
    const { write } = await adaWithGrace();
    const moment = { kind: 'at', ...said };
    expect(await write({ moment })).toMatchObject({ state: 'scheduled', moment, sendAt });
  });

  test('surprise: in the friend’s waking hours, at least 2 hours and at most 7 days away', async () => {
    const { write } = await adaWithGrace();
    const { state, sendAt } = await write({ moment: { kind: 'surprise' } });
    expect(state).toBe('scheduled');
    expect(Date.parse(sendAt) - NOON.getTime()).toBeGreaterThanOrEqual(2 * 3_600_000);
    expect(Date.parse(sendAt) - NOON.getTime()).toBeLessThanOrEqual(7 * 86_400_000);
    const wall = new Date(sendAt).toLocaleTimeString('en-GB', { timeZone: GRACE.timeZone });
    expect(wall >= '08:30:00' && wall <= '20:30:00', wall).toBe(true);
  });

  test('the list, newest first, one by one, and by state', async () => {
    const { api, write } = await adaWithGrace();
    const draft = await write();
    const soon = await write({ moment: { kind: 'now' } });
    const later = await write({ moment: { kind: 'at', at: '2026-12-24T18:00' } });
    expect((await api('GET', '/notes')).json).toEqual({ items: [later, soon, draft] });
    expect(await walk(api, '/notes')).toEqual([later.id, soon.id, draft.id]);
    expect(await walk(api, '/notes?state=scheduled')).toEqual([later.id, soon.id]);
    expect(await walk(api, '/notes?state=draft')).toEqual([draft.id]);
    expect((await api('GET', '/notes?state=held')).json).toEqual({ items: [] });
  });

  test('PATCH changes words and moment, and raises the version', async () => {
    const { api, write } = await adaWithGrace();
    const note = await write({ subject: 'Lamps', moment: { kind: 'now' } });
    const words = await api('PATCH', `/notes/${note.id}`, {
      version: 1,
      text: 'Three lamps.',
      subject: null,
    });
    expect(words.status).toBe(200);
    expect(words.json).toEqual({ ...note, version: 2, text: 'Three lamps.', subject: null });
    const moment = { kind: 'at', at: '2026-12-24T18:00' };
    const moved = await api('PATCH', `/notes/${note.id}`, { version: 2, moment });
    expect(moved.json).toMatchObject({ version: 3, moment, sendAt: '2026-12-24T23:00:00.000Z' });
    expect((await api('GET', `/notes/${note.id}`)).json).toEqual(moved.json);
  });

  test('a draft that gets a moment is scheduled', async () => {
    const { api, write } = await adaWithGrace();
    const { id } = await write();
    const { json } = await api('PATCH', `/notes/${id}`, { moment: { kind: 'now' } });
    expect(json).toMatchObject({ state: 'scheduled', version: 2, sendAt: '2026-11-23T12:00:30.000Z' });
  });

  test('an older version is refused: 409 with the state and the version there is', async () => {
    const { api, write } = await adaWithGrace();
    const { id } = await write({ moment: { kind: 'now' } });
    await api('PATCH', `/notes/${id}`, { text: 'Three lamps.' });
    for (const refused of [
      await api('PATCH', `/notes/${id}`, { version: 1, text: 'Four.' }),
      await api('POST', `/notes/${id}/cancel`, { version: 1 }),
      await api('POST', `/notes/${id}/sent-myself`, { version: 1 }),
    ]) {
      expect(refused.status).toBe(409);
      expect(refused.headers.get('content-type')).toBe('application/problem+json');
      expect(refused.json).toMatchObject({ status: 409, state: 'scheduled', version: 2 });
    }
    expect((await api('GET', `/notes/${id}`)).json.text).toBe('Three lamps.');
  });

  test('cancel: it will not leave, and is not changed any more', async () => {
    const { api, write } = await adaWithGrace();
    const { id } = await write({ moment: { kind: 'now' } });
    const cancelled = await api('POST', `/notes/${id}/cancel`);
    expect(cancelled).toMatchObject({ status: 200, json: { state: 'cancelled', version: 2 } });
    for (const [method, path, body] of [
      ['PATCH', `/notes/${id}`, { text: 'Three lamps.' }],
      ['PATCH', `/notes/${id}`, { moment: { kind: 'now' } }],
      ['POST', `/notes/${id}/cancel`, {}],
      ['POST', `/notes/${id}/send-again`, {}],
      ['POST', `/notes/${id}/arrived`, {}],
      ['POST', `/notes/${id}/sent-myself`, {}],
    ] as const) {
      const refused = await api(method, path, body);
      expect([path, refused.status, refused.json.state]).toEqual([path, 409, 'cancelled']);
    }
  });

  test('sent-myself: recorded as sent, and the friend as written to', async () => {
    const { api, friendId, write } = await adaWithGrace();
    const { id } = await write();
    const sent = await api('POST', `/notes/${id}/sent-myself`, { version: 1 });
    expect(sent.json).toMatchObject({ state: 'sent', sentMyself: true, sentAt: '2026-11-23T12:00:00.000Z' });
    expect((await api('GET', `/friends/${friendId}`)).json.lastWroteAt).toBe('2026-11-23T12:00:00.000Z');
  });

  test('send-again: a note that came back is scheduled once more; one that waits is not', async () => {
    const { api, ground, user, write } = await adaWithGrace();
    const { id } = await write({ moment: { kind: 'now' } });
    expect(await api('POST', `/notes/${id}/send-again`)).toMatchObject({
      status: 409,
      json: { state: 'scheduled' },
    });
    await settle(ground, user.id, id, 'bounce');
    expect((await api('GET', '/notes?state=bounced')).json.items[0].id).toBe(id);
    expect((await api('POST', `/notes/${id}/send-again`)).json).toMatchObject({
      state: 'scheduled',
      sentAt: null,
      sendAt: '2026-11-23T12:00:30.000Z',
    });
  });

  test('DELETE: 204, and it is gone', async () => {
    const { api, write } = await adaWithGrace();
    const { id } = await write({ moment: { kind: 'now' } });
    const deleted = await api('DELETE', `/notes/${id}`);
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    expect((await api('GET', `/notes/${id}`)).status).toBe(404);
    expect((await api('DELETE', `/notes/${id}`)).status).toBe(404);
    expect((await api('GET', '/notes')).json).toEqual({ items: [] });
  });
});

describe('an Idempotency-Key', () => {
  async function adaWithKeys() {
    const ada = await adasDesk();
    const post = (path: string, body: unknown, key: string) =>
      ask(ada.app, `/api${path}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${ada.token}`, 'Idempotency-Key': key },
        body: JSON.stringify(body),
      });
    return { ...ada, post };
  }

  test('is done once: repeated, it gets the first answer', async () => {
    const { api, post } = await adaWithKeys();
    const first = await post('/friends', GRACE, 'a');
    expect(first.status).toBe(201);
    const again = await post('/friends', GRACE, 'a');
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect(again.headers.get('content-type')).toBe('application/json');
    expect((await api('GET', '/friends')).json.items).toHaveLength(1);
    expect((await post('/friends', GRACE, 'b')).json.id).not.toBe(first.json.id);
  });

  test('gets the first answer also when the thing has changed since', async () => {
    const { api, post } = await adaWithKeys();
    const friendId = (await api('POST', '/friends', GRACE)).json.id;
    const note = await post('/notes', { friendId, text: 'x', moment: { kind: 'now' } }, 'a');
    const cancelled = await post(`/notes/${note.json.id}/cancel`, {}, 'b');
    expect(cancelled.json.state).toBe('cancelled');
    expect((await post(`/notes/${note.json.id}/cancel`, {}, 'b')).json).toEqual(cancelled.json);
    expect((await post('/notes', { friendId, text: 'x', moment: { kind: 'now' } }, 'a')).json).toEqual(
      note.json,
    );
  });

  test('with another body, or at another path, is 422', async () => {
    const { api, post } = await adaWithKeys();
    await post('/friends', GRACE, 'a');
    for (const reused of [
      await post('/friends', { ...GRACE, name: 'Alan' }, 'a'),
      await post('/articles', GRACE, 'a'),
    ]) {
      expect(reused.status).toBe(422);
      expect(reused.headers.get('content-type')).toBe('application/problem+json');
      expect(reused.json).toMatchObject({ status: 422, detail: expect.stringContaining('Idempotency-Key') });
    }
    expect((await api('GET', '/friends')).json.items).toHaveLength(1);
  });

  test('of five at once, one is done', async () => {
    const { api, post } = await adaWithKeys();
    const answers = await Promise.all(Array.from({ length: 5 }, () => post('/friends', GRACE, 'a')));
    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect((await api('GET', '/friends')).json.items).toHaveLength(1);
  });

  test('is free again when the request was refused', async () => {
    const { post } = await adaWithKeys();
    expect((await post('/friends', { name: '' }, 'a')).status).toBe(400);
    expect((await post('/friends', GRACE, 'a')).status).toBe(201);
  });

  test('is kept for 24 hours', async () => {
    const { ground, post } = await adaWithKeys();
    const first = await post('/friends', GRACE, 'a');
    ground.setClock('2026-11-24T11:59:59.999Z');
    expect((await post('/friends', GRACE, 'a')).json.id).toBe(first.json.id);
    ground.setClock('2026-11-24T12:00:00.000Z');
    expect((await post('/friends', { ...GRACE, name: 'Alan' }, 'a')).json.name).toBe('Alan');
  });

  test('whose answer was lost is not done again', async () => {
    const { api, ground, post } = await adaWithKeys();
    const lost = vi.spyOn(ground.table, 'update').mockRejectedValueOnce(new Error('lost'));
    expect((await post('/friends', GRACE, 'a')).status).toBe(500);
    lost.mockRestore();
    for (const [now, detail] of [
      ['2026-11-23T12:00:59.999Z', 'under way'],
      ['2026-11-23T12:01:00.000Z', 'not known'],
      ['2026-11-24T11:59:59.999Z', 'not known'],
    ] as const) {
      ground.setClock(now);
      const { status, json } = await post('/friends', GRACE, 'a');
      expect([status, json.detail]).toEqual([409, expect.stringContaining(detail)]);
    }
    expect((await api('GET', '/friends')).json.items).toHaveLength(1);
  });

  test('is each user’s own', async () => {
    const { app, ground, post } = await adaWithKeys();
    await post('/friends', GRACE, 'a');
    const { token } = await caller(ground, app, 'Mallory');
    const { status, json } = await ask(app, '/api/friends', {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Idempotency-Key': 'a' },
      body: '{"name":"Eve"}',
    });
    expect([status, json.name]).toEqual([201, 'Eve']);
  });

  test.each(['', 'x'.repeat(256), 'schl\u00fcssel'])('that is none is refused: %j', async (key) => {
    const { api, post } = await adaWithKeys();
    expect((await post('/friends', GRACE, key)).status).toBe(400);
    expect((await api('GET', '/friends')).json.items).toEqual([]);
  });
});

describe('a problem says what is wrong and where', () => {
  test('status, title, detail, and a JSON Pointer for each field', async () => {
    const { api } = await adasDesk();
    const { status, headers, json } = await api('POST', '/friends', {
      email: 'grace at friends',
      timeZone: 'Mars/Olympus',
      interests: ['trail running', { text: '', kind: 'wish' }],
      'fa/vour~ite': true,
    });
    expect(status).toBe(400);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(json).toEqual({
      status: 400,
      title: 'The input does not fit',
      detail: '/name is needed.',
      errors: expect.arrayContaining([
        { path: '/name', message: 'is needed' },
        { path: '/email', message: 'must be an email address, like ada@example.org' },
        { path: '/timeZone', message: 'must be an IANA time zone, like Europe/Lisbon' },
        { path: '/interests/1/text', message: 'must not be empty' },
        { path: '/interests/1/kind', message: expect.any(String) },
        { path: '/fa~1vour~0ite', message: 'is not a known field' },
      ]),
    });
  });

  test.each([
    [{}, '/friendId'],
    [{ text: 'x', moment: 'now' }, '/moment'],
    [{ text: 'x', moment: {} }, '/moment/kind'],
    [{ text: 'x', moment: { kind: 'at' } }, '/moment/at'],
    [{ text: 'x', moment: { kind: 'at', at: '2026-11-23T09:30Z' } }, '/moment/at'],
    [{ text: 'x', moment: { kind: 'at', at: '2026-11-22T09:30' } }, '/moment/at'],
    [
      { text: 'x', moment: { kind: 'at', at: '2026-12-01T09:30', timeZone: 'CET/nowhere' } },
      '/moment/timeZone',
    ],
    [{ text: 'x', moment: { kind: 'now', at: '2026-12-01T09:30' } }, '/moment/at'],
    [{ text: ' ' }, '/text'],
    [{ text: 'x', subject: 'a\nBcc: eve@evil.example' }, '/subject'],
    [{ text: 'x', articleId: 'art_1' }, '/articleId'],
  ])('POST /notes %j is wrong at %s', async (input, path) => {
    const { api } = await adasDesk();
    const friendId = (await api('POST', '/friends', GRACE)).json.id;
    const body = 'text' in input ? { friendId, ...input } : input;
    const { status, json } = await api('POST', '/notes', body);
    expect(status).toBe(400);
    expect(json.errors.map((error: { path: string }) => error.path)).toContain(path);
  });

  test('a friend without an address gets no note by mail, but drafts', async () => {
    const { api } = await adasDesk();
    const friendId = (await api('POST', '/friends', { name: 'Alan' })).json.id;
    const { status, json } = await api('POST', '/notes', { friendId, text: 'Tea?', moment: { kind: 'now' } });
    expect(status).toBe(400);
    expect(json.errors).toEqual([
      { path: '/friendId', message: 'Alan has no email address. Add one, or send the note yourself.' },
    ]);
    expect((await api('POST', '/notes', { friendId, text: 'Tea?' })).status).toBe(201);
  });
});
