import { expect, test } from 'vitest';
import { type Answer, ask, everything, formBody } from './callers.ts';
import { adaAndMallory, type Desk, type NamedRoute, routesOf } from './routes.ts';

/** What only Ada knows: see `fillDesk`. */
const ADAS = [
  'Ada lighthouses',
  'Friend of Ada',
  'letters-to-Ada',
  'friend-of-ada',
  'What Ada wrote',
  'to Ada',
  'Browser of Ada',
  'Script of Ada',
  'Key of Ada',
  'ada.example',
  'ada@',
];

function hasNothingOfAdas({ text, to }: Answer, about: unknown): void {
  for (const words of ADAS)
    expect([about, `${to} ${text}`.includes(words) ? words : '']).toEqual([about, '']);
}

/** Mallory asks, with her own token and her own session at once. */
async function malloryAsks() {
  const both = await adaAndMallory();
  const { app, ground, mallory } = both;
  const headers = {
    Authorization: `Bearer ${mallory.token}`,
    Cookie: `hallway=${mallory.session}`,
    'Sec-Fetch-Site': 'same-origin',
  };
  const stored = await everything(ground);
  return {
    ...both,
    routes: await routesOf(app),
    /** A route with the path of one desk and the body of another. */
    send: (route: NamedRoute, path: string, desk: Desk) => {
      const body = route.json ? JSON.stringify(route.json(desk)) : route.form && formBody(route.form(desk));
      const type = route.json && { 'Content-Type': 'application/json' };
      return ask(app, path, {
        method: route.method,
        headers: { ...headers, ...type },
        ...(body !== undefined && { body }),
      });
    },
    nothingChanged: async (about: unknown) => expect(await everything(ground), String(about)).toEqual(stored),
  };
}

const isHers = ({ who }: NamedRoute) => who === 'script' || who === 'user';

test('Ada herself reaches all of it', async () => {
  const { app, ada } = await adaAndMallory();
  for (const route of (await routesOf(app)).filter((one) => one.method === 'GET' && isHers(one))) {
    const headers = { Authorization: `Bearer ${ada.token}`, Cookie: `hallway=${ada.session}` };
    const { status } = await ask(app, route.path(ada.desk), { headers });
    // Both lead on: to the letter's page, and to the file.
    const right = { '/write': 302, '/export': 303, '/api/export': 303 }[route.pattern] ?? 200;
    expect([route.pattern, status]).toEqual([route.pattern, right]);
  }
});

test('Mallory at every path with an id of Ada’s: 404', async () => {
  const { ada, mallory, routes, send, nothingChanged } = await malloryAsks();
  for (const route of routes.filter((one) => isHers(one) && one.pattern.includes(':'))) {
    const about = [route.method, route.pattern];
    for (const body of [ada.desk, mallory.desk]) {
      const answer = await send(route, route.path(ada.desk), body);
      expect([about, answer.status]).toEqual([about, 404]);
      hasNothingOfAdas(answer, about);
    }
    await nothingChanged(about);
  }
});

test('Mallory at her own paths, with one id in them of Ada’s: 404', async () => {
  const { ada, mallory, routes, send, nothingChanged } = await malloryAsks();
  const mixed = (
    [
      'articleId',
      'friendId',
      'interestId',
      'noteId',
      'mailId',
      'senderId',
      'importId',
      'sessionId',
      'tokenId',
      'passkeyId',
    ] as const
  ).map((id) => ({
    ...mallory.desk,
    [id]: ada.desk[id],
  }));
  for (const route of routes.filter((one) => isHers(one) && one.pattern !== '/write')) {
    for (const desk of mixed) {
      const path = route.path(desk);
      if (path === route.path(mallory.desk)) continue;
      const about = [route.method, path];
      const answer = await send(route, path, mallory.desk);
      expect([about, answer.status]).toEqual([about, 404]);
      hasNothingOfAdas(answer, about);
      await nothingChanged(about);
    }
  }
});

test('Mallory at her own paths, with an id of Ada’s in the body: 400 or 404', async () => {
  const { ada, mallory, routes, send, nothingChanged } = await malloryAsks();
  const bodyOf = ({ json, form }: NamedRoute, desk: Desk) => JSON.stringify(json?.(desk) ?? form?.(desk));
  for (const route of routes.filter(isHers)) {
    for (const id of ['articleId', 'friendId', 'uploadId'] as const) {
      const desk = { ...mallory.desk, [id]: ada.desk[id] };
      if (bodyOf(route, desk) === bodyOf(route, mallory.desk)) continue;
      const about = [route.method, route.pattern, id];
      const answer = await send(route, route.path(mallory.desk), desk);
      expect([about, answer.status]).toEqual([about, expect.toSatisfy((is) => is === 400 || is === 404)]);
      hasNothingOfAdas(answer, about);
      await nothingChanged(about);
    }
  }
});

test('Mallory at the ways round: the chosen friend, the letters sealed with, an interest’s id', async () => {
  const { ada, mallory, nothingChanged } = await malloryAsks();
  const mine = mallory.desk;
  const hers = ada.desk;
  const letter = { moment: 'now', do: 'seal' };
  for (const answer of [
    await mallory.pages.get(`/save/${mine.articleId}?friend=${hers.friendId}`),
    await mallory.pages.get(`/notes/${mine.noteId}/sealed?with=${hers.noteId}`),
    await mallory.pages.post(`/save/${mine.articleId}/notes`, {
      ...letter,
      friend: [mine.friendId, hers.friendId],
      [`text-${mine.friendId}`]: 'New.',
      [`text-${hers.friendId}`]: 'New.',
    }),
    await mallory.pages.post(`/save/${mine.articleId}/notes`, {
      ...letter,
      else: '1',
      other: hers.friendId,
      'text-other': 'New.',
      because: 'lamps',
    }),
    await mallory.pages.post(`/save/${mine.articleId}/notes`, {
      do: 'pick',
      other: hers.friendId,
      because: 'x',
    }),
  ]) {
    expect(answer.status).toBe(404);
    hasNothingOfAdas(answer, 'a way round');
  }
  await nothingChanged('a way round');
});

test('an interest’s id of Ada’s is no more than text to Mallory', async () => {
  const { ada, mallory } = await malloryAsks();
  const { json } = await mallory.api('PATCH', `/friends/${mallory.desk.friendId}`, {
    interests: [{ id: ada.desk.interestId, text: 'lamps', kind: 'topic' }],
  });
  expect(json.interests[0].id).not.toBe(ada.desk.interestId);
});

test('lists hold what is one’s own, whosever cursor is given', async () => {
  const { ada, mallory, routes, send } = await malloryAsks();
  for (const route of routes.filter(
    (one) => isHers(one) && one.method === 'GET' && !one.pattern.includes(':'),
  )) {
    hasNothingOfAdas(await send(route, route.path(mallory.desk), mallory.desk), route.pattern);
  }
  for (const list of ['articles', 'friends', 'notes']) {
    for (let n = 0; n < 3; n++) {
      await ada.api('POST', '/articles', { url: `https://ada.example/${n}` });
      await ada.api('POST', '/friends', { name: `Friend of Ada ${n}` });
      await ada.api('POST', '/notes', { friendId: ada.desk.friendId, text: `What Ada wrote ${n}` });
    }
    const { cursor } = (await ada.api('GET', `/${list}?limit=1`)).json;
    expect(cursor).toEqual(expect.any(String));
    const answer = await mallory.api('GET', `/${list}?limit=100&cursor=${cursor}`);
    expect([list, answer.status]).toEqual([list, 200]);
    hasNothingOfAdas(answer, list);
  }
});

test('the same address saved by both is two articles', async () => {
  const { ada, mallory } = await malloryAsks();
  const input = { url: 'https://ada.example/lighthouses', title: 'Lamps' };
  const saved = await mallory.api('POST', '/articles', input);
  expect(saved.status).toBe(201);
  expect(saved.json.id).not.toBe(ada.desk.articleId);
  expect(saved.json.suggestions).toEqual([]);
  await mallory.api('DELETE', `/articles/${saved.json.id}`);
  expect((await ada.api('POST', '/articles', input)).json).toMatchObject({
    id: ada.desk.articleId,
    alreadySaved: true,
  });
});

test('a friend of both with one address is two friends', async () => {
  const { ada, mallory } = await malloryAsks();
  const email = 'friend-of-ada@friends.example';
  const { json } = await mallory.api('POST', '/friends', { name: 'Known to both', email });
  expect((await mallory.api('GET', `/friends/${json.id}`)).json).toMatchObject({
    interests: [],
    lastWroteAt: null,
  });
  await mallory.api('DELETE', `/friends/${json.id}`);
  expect((await ada.api('GET', `/friends/${ada.desk.friendId}`)).json.email).toBe(email);
});

test('when Mallory deletes all she has, Ada has what she had', async () => {
  const { ground, ada, mallory } = await malloryAsks();
  const adas = async () =>
    (await everything(ground)).filter((item) => String(item.pk).startsWith(`USER#${ada.user.id}`));
  const before = await adas();
  const { desk, api } = mallory;
  for (const path of [`/notes/${desk.noteId}`, `/articles/${desk.articleId}`, `/friends/${desk.friendId}`]) {
    expect((await api('DELETE', path)).status).toBe(204);
  }
  expect(await adas()).toEqual(before);
});
