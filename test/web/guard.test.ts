import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { sendNote } from '../../functions/notes/queue.ts';
import { stopUrl } from '../../functions/notes/stop.ts';
import { adasDesk, ask, everything, formBody } from './callers.ts';
import { fillDesk, type NamedRoute, routesOf } from './routes.ts';

/** The routes that change something, but for a friend's, whose link is its own credential. */
const isGuarded = ({ method, pattern }: NamedRoute) =>
  method !== 'GET' && pattern !== '/stop/:token' && pattern !== '/for/:token';

async function filledDesk() {
  const ada = await adasDesk();
  const desk = await fillDesk(ada.ground, ada);
  /** A route asked rightly, with these headers and nothing else. */
  const send = (route: NamedRoute, headers: Record<string, string>) => {
    const body = route.json ? JSON.stringify(route.json(desk)) : route.form && formBody(route.form(desk));
    return ask(ada.app, route.path(desk), { method: route.method, headers, ...(body && { body }) });
  };
  return { ...ada, desk, send, routes: await routesOf(ada.app) };
}

describe('a request that changes something', () => {
  test.each([
    ['from another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['from a neighbour of the site', { 'Sec-Fetch-Site': 'same-site' }],
    [
      'from another site that claims our origin',
      { 'Sec-Fetch-Site': 'cross-site', Origin: 'http://localhost:8787' },
    ],
    ['from another origin', { Origin: 'https://evil.example' }],
    ['from an origin that begins like ours', { Origin: 'http://localhost:8787.evil.example' }],
    ['from our host at another port', { Origin: 'http://localhost:8788' }],
    ['from our host by another scheme', { Origin: 'https://localhost:8787' }],
    ['from an origin that is kept secret', { Origin: 'null' }],
    ['from nowhere', {}],
  ])('%s is refused, with the cookie and all, and nothing is done', async (_, headers) => {
    const { ground, session, routes, send } = await filledDesk();
    const stored = await everything(ground);
    for (const route of routes.filter(isGuarded)) {
      const {
        status,
        headers: answered,
        json,
      } = await send(route, { Cookie: `hallway=${session}`, ...headers });
      const isApi = route.pattern.startsWith('/api');
      // No browser, and no token: a script that forgot it.
      const refusal = isApi && Object.keys(headers).length === 0 ? 401 : 403;
      expect([route.method, route.pattern, status]).toEqual([route.method, route.pattern, refusal]);
      expect(answered.get('set-cookie')).toBeNull();
      if (isApi) expect(json).toMatchObject({ status: refusal });
    }
    expect(await everything(ground)).toEqual(stored);
  });

  test('a browser on another site is refused even with a token', async () => {
    const { ground, token, routes, send } = await filledDesk();
    const stored = await everything(ground);
    for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'https://evil.example' }]) {
      for (const route of routes.filter(isGuarded)) {
        const { status } = await send(route, { Authorization: `Bearer ${token}`, ...headers });
        expect([route.pattern, status]).toEqual([route.pattern, 403]);
      }
    }
    expect(await everything(ground)).toEqual(stored);
  });

  test.each([
    ['from our own page', { 'Sec-Fetch-Site': 'same-origin' }],
    ['from our own page in a browser that says only the origin', { Origin: 'http://localhost:8787' }],
    ['by the person themselves', { 'Sec-Fetch-Site': 'none' }],
  ])('%s is done', async (_, headers) => {
    const { session, routes, send } = await filledDesk();
    const settings = routes.find(({ method, pattern }) => `${method} ${pattern}` === 'POST /settings');
    const answer = await send(settings as NamedRoute, { Cookie: `hallway=${session}`, ...headers });
    expect([answer.status, answer.to]).toEqual([303, '/settings']);
  });

  test.each(['Bearer', 'bearer', 'BEARER'])('of a script with "%s" is done', async (scheme) => {
    const { app, token } = await filledDesk();
    const { status } = await ask(app, '/api/friends', {
      method: 'POST',
      headers: { Authorization: `${scheme} ${token}` },
      body: '{"name":"Grace"}',
    });
    expect(status).toBe(201);
  });
});

describe('what may come from anywhere', () => {
  test('pages that are only looked at, such as the window a bookmarklet opens', async () => {
    const { routes, session, send } = await filledDesk();
    for (const route of routes.filter(({ method, who }) => method === 'GET' && who !== 'script')) {
      const { status } = await send(route, { Cookie: `hallway=${session}`, 'Sec-Fetch-Site': 'cross-site' });
      const expected = { '/write': 302, '/export': 303 }[route.pattern] ?? 200;
      expect([route.pattern, status]).toEqual([route.pattern, expected]);
    }
  });

  test('looking changes nothing', async () => {
    const { ground, routes, session, token, send } = await filledDesk();
    const stored = await everything(ground);
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      await send(route, { Cookie: `hallway=${session}`, Authorization: `Bearer ${token}` });
    }
    expect(await everything(ground)).toEqual(stored);
  });
});

describe('the friend’s stop', () => {
  const ONE_CLICK = {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  };

  /** Ada's letter to Grace, sealed to leave at 12:00:30, and the link that stops Ada's letters. */
  async function sealedLetter() {
    const ada = await adasDesk();
    const email = 'grace@friends.example';
    const friendId = (await ada.api('POST', '/friends', { name: 'Grace', email })).json.id;
    const letter = { friendId, text: 'Two lamps.', moment: { kind: 'now' } };
    const noteId: string = (await ada.api('POST', '/notes', letter)).json.id;
    const link = new URL(stopUrl(ada.ground, ada.user.id, noteId, email)).pathname;
    return {
      ...ada,
      link,
      noteId,
      letter,
      async send(id = noteId, now = '2026-11-23T12:00:30.000Z') {
        ada.ground.setClock(now);
        await sendNote(ada.ground, ada.user.id, id);
        return (await ada.api('GET', `/notes/${id}`)).json;
      },
    };
  }

  test.each([
    ['as a mail program does it', {}],
    [
      'as a mail program in a browser does it',
      { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://mail.example' },
    ],
  ])('one click, %s: a letter that waits is held by its claim', async (_, headers) => {
    const { app, ground, link, send } = await sealedLetter();
    const { status, text } = await ask(app, link, {
      ...ONE_CLICK,
      headers: { ...ONE_CLICK.headers, ...headers },
    });
    expect(status).toBe(200);
    expect(text).toContain('Stopped.');
    expect(await send()).toMatchObject({ state: 'held', heldBecause: 'muted' });
    expect(await ground.mailbox()).toEqual([]);
  });

  test('the link stands in the letter, in its headers and in its words', async () => {
    const { app, api, ground, letter, send } = await sealedLetter();
    expect(await send()).toMatchObject({ state: 'sent' });
    const [sent] = await ground.mailbox();
    const mail = await PostalMime.parse(Buffer.from(sent?.raw ?? '', 'base64'));
    const header = (name: string) => mail.headers.find(({ key }) => key === name)?.value;
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    const url = /<(http[^>]+)>/.exec(header('list-unsubscribe') ?? '')?.[1] ?? '';
    expect(mail.text).toContain(url.replace('/stop/', '/for/'));
    expect((await ask(app, new URL(url).pathname, ONE_CLICK)).status).toBe(200);
    const next = (await api('POST', '/notes', letter)).json;
    expect(await send(next.id, '2026-11-23T12:01:00.000Z')).toMatchObject({
      state: 'held',
      heldBecause: 'muted',
    });
    expect(await ground.mailbox()).toHaveLength(1);
  });

  test('looking at the link says whose letters, and changes nothing', async () => {
    const { app, ground, link, send } = await sealedLetter();
    const stored = await everything(ground);
    for (const method of ['GET', 'HEAD']) expect((await ask(app, link, { method })).status).toBe(200);
    const { text } = await ask(app, link);
    expect(text).toContain('Stop letters from');
    expect(text).toContain('Ada');
    expect(await everything(ground)).toEqual(stored);
    expect(await send()).toMatchObject({ state: 'sent' });
  });

  test('the page’s button; twice is as once', async () => {
    const { app, ground, link } = await sealedLetter();
    const body = formBody({ do: 'stop' });
    const press = () =>
      ask(app, link, { method: 'POST', headers: { 'Sec-Fetch-Site': 'same-origin' }, body });
    expect((await press()).status).toBe(200);
    const stored = await everything(ground);
    ground.setClock('2026-11-24T12:00:00.000Z');
    expect((await press()).status).toBe(200);
    expect(await everything(ground)).toEqual(stored);
  });

  test('works when the friend and the note are deleted, and outlives a friend who is added anew', async () => {
    const { app, api, link, noteId, letter, send } = await sealedLetter();
    await api('DELETE', `/notes/${noteId}`);
    await api('DELETE', `/friends/${letter.friendId}`);
    const stopped = await ask(app, link, ONE_CLICK);
    expect([stopped.status, stopped.text.includes('Stopped.')]).toEqual([200, true]);
    const friendId = (await api('POST', '/friends', { name: 'Grace', email: 'GRACE@Friends.example' })).json
      .id;
    const again = (await api('POST', '/notes', { ...letter, friendId })).json;
    expect(await send(again.id)).toMatchObject({ state: 'held', heldBecause: 'muted' });
  });

  test('a link that was tampered with: 404, and nothing is stopped', async () => {
    const { app, ground, link, user, noteId } = await sealedLetter();
    const stored = await everything(ground);
    const [body = '', mac = ''] = link.replace('/stop/', '').split('.');
    const forged = Buffer.from(JSON.stringify({ user: user.id, note: noteId, address: 'x' })).toString(
      'base64url',
    );
    const tokens = [
      `${forged}.${mac}`,
      `${body}.${mac.slice(0, -2)}AA`,
      `${body}.${mac}.${mac}`,
      `${body}.`,
      `.${mac}`,
      body,
      ground.secrets.sign('sign-in', { user: user.id, note: noteId, address: 'x' }),
      ground.secrets.sign('stop', { user: user.id }),
    ];
    for (const token of tokens) {
      for (const init of [{}, ONE_CLICK]) {
        const { status, text } = await ask(app, `/stop/${token}`, init);
        expect([token, status]).toEqual([token, 404]);
        expect(text).not.toContain('Ada');
      }
    }
    expect(await everything(ground)).toEqual(stored);
  });
});
