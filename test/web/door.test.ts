import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { issueSignIn } from '../../functions/accounts/store.ts';
import type { TestGround } from '../ground.ts';
import { adasDesk, ask, browser, everything, script } from './callers.ts';
import { NOTHING, routesOf } from './routes.ts';

const SECURE = { BASE_URL: 'https://hallway.example' };

/** The path of the link in the newest mail. */
async function linkIn(ground: TestGround): Promise<string> {
  const mail = (await ground.mailbox()).at(-1);
  const { text } = await PostalMime.parse(Buffer.from(mail?.raw ?? '', 'base64'));
  const url = /https?:\/\/\S+\/sign-in\/\S+/.exec(text ?? '')?.[0];
  if (!url) throw new Error(`No link in the mail: ${text}`);
  return new URL(url).pathname;
}

/** The session's cookie as `name=value`, from an answer that sets it. */
function cookieOf(headers: Headers): string {
  return headers.get('set-cookie')?.split(';')[0] ?? '';
}

describe('a link by mail', () => {
  test('goes to the address of the account, and signs in once', async () => {
    const { app, ground, user } = await adasDesk();
    const guest = browser(app);
    expect((await guest.post('/sign-in', { email: user.email })).status).toBe(200);
    expect((await ground.mailbox()).map(({ destinations }) => destinations)).toEqual([[user.email]]);

    const link = await linkIn(ground);
    const asked = await guest.get(link);
    expect(asked.status).toBe(200);
    expect(asked.text).toContain(user.email);
    const entered = await guest.post(link);
    expect([entered.status, entered.to]).toEqual([303, '/']);
    const session = cookieOf(entered.headers).replace('hallway=', '');
    expect((await browser(app, session).get('/')).status).toBe(200);

    const again = await guest.post(link);
    expect([again.status, again.headers.get('set-cookie')]).toEqual([410, null]);
    expect((await guest.get(link)).status).toBe(410);
  });

  test('is not used up by looking: mail scanners open every link', async () => {
    const { app, ground, user } = await adasDesk();
    const guest = browser(app);
    await guest.post('/sign-in', { email: user.email });
    const link = await linkIn(ground);
    const stored = await everything(ground);
    for (const method of ['GET', 'HEAD', 'GET']) {
      const { status, headers } = await ask(app, link, { method });
      expect([status, headers.get('set-cookie')]).toEqual([200, null]);
    }
    expect(await everything(ground)).toEqual(stored);
    expect((await guest.post(link)).status).toBe(303);
  });

  test('of two who use it at once, one comes in', async () => {
    const { app, ground, user } = await adasDesk();
    const link = `/sign-in/${await issueSignIn(ground.table, user.id, '/', ground.clock())}`;
    const answers = await Promise.all([1, 2, 3].map(() => browser(app).post(link)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410, 410]);
  });

  test('is over after ten minutes', async () => {
    const { app, ground, user } = await adasDesk();
    const guest = browser(app);
    await guest.post('/sign-in', { email: user.email });
    const link = await linkIn(ground);
    ground.setClock('2026-11-23T12:09:59.999Z');
    expect((await guest.get(link)).status).toBe(200);
    ground.setClock('2026-11-23T12:10:00.000Z');
    expect((await guest.get(link)).status).toBe(410);
    expect((await guest.post(link)).status).toBe(410);
  });

  test('an address that is not known gets the same page and no mail', async () => {
    const { app, ground, user } = await adasDesk();
    const guest = browser(app);
    const known = await guest.post('/sign-in', { email: user.email });
    const stored = await everything(ground);
    const unknown = await guest.post('/sign-in', { email: 'eve@users.example' });
    expect(unknown.status).toBe(known.status);
    expect(unknown.text.replaceAll('eve@users.example', user.email)).toBe(known.text);
    const names = ({ headers }: typeof known) => [...headers.keys()];
    expect(names(unknown)).toEqual(names(known));
    expect(await ground.mailbox()).toHaveLength(1);
    // But for how often it was asked.
    const kept = (await everything(ground)).filter(({ sk }) => !String(sk).startsWith('SIGNINS#'));
    expect(kept).toEqual(stored.filter(({ sk }) => !String(sk).startsWith('SIGNINS#')));
  });

  test('nor does it show by a way back that is too long to be kept', async () => {
    const { app, user } = await adasDesk();
    const back = `/${'a'.repeat(500_000)}`;
    for (const email of [user.email, 'eve@users.example']) {
      expect((await browser(app).post('/sign-in', { email, return: back })).status).toBe(200);
    }
  });

  test.each(['throttle', 'error', 'refuse', 'accept-then-error'])(
    'nor does it show when the mail meets "%s"',
    async (action) => {
      const { app, ground, user } = await adasDesk();
      const unknown = await browser(app).post('/sign-in', { email: 'eve@users.example' });
      await ground.fault(action, 1);
      const known = await browser(app).post('/sign-in', { email: user.email });
      expect(known.status).toBe(200);
      expect(known.text.replaceAll(user.email, 'eve@users.example')).toBe(unknown.text);
    },
  );

  test.each(['ADA@users.example', ' ada@users.example ', 'ada@USERS.example'])(
    'finds the account however the address is written: "%s"',
    async (email) => {
      const { app, ground } = await adasDesk();
      await browser(app).post('/sign-in', { email });
      expect((await ground.mailbox()).map(({ destinations }) => destinations)).toEqual([
        ['ada@users.example'],
      ]);
    },
  );

  test.each([
    '',
    ' ',
    'ada',
    'ada@users.example\r\nBcc: eve@evil.example',
    'ada@users.example,eve@evil.example',
    '=?utf-8?q?eve=40evil.example?=@users.example',
  ])('what is no address comes back to be mended: %j', async (email) => {
    const { app, ground } = await adasDesk();
    const { status, text } = await browser(app).post('/sign-in', { email, return: '/friends' });
    expect(status).toBe(400);
    expect(text).toContain('This is not an email address yet.');
    expect(text).toContain('name="return" value="/friends"');
    expect(await ground.mailbox()).toEqual([]);
  });
});

describe('the session', () => {
  /** A new sign-in link, used. */
  async function enter(settings: Record<string, string> = {}) {
    const ada = await adasDesk(settings);
    const link = `/sign-in/${await issueSignIn(ada.ground.table, ada.user.id, '/', ada.ground.clock())}`;
    const { headers } = await browser(ada.app).post(link);
    const cookie = cookieOf(headers);
    const visit = (path: string, init: RequestInit = {}) =>
      ask(ada.app, path, { ...init, headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' } });
    return { ...ada, setCookie: headers.get('set-cookie') ?? '', cookie, visit };
  }

  test('is a cookie no script can read and no other site can send along', async () => {
    const { setCookie } = await enter();
    const [pair, ...attributes] = setCookie.split('; ');
    expect(pair).toMatch(/^hallway=[\w-]{43}$/);
    expect(attributes.sort()).toEqual(['HttpOnly', 'Max-Age=34560000', 'Path=/', 'SameSite=Lax']);
  });

  test('over https it is bound to this very host', async () => {
    const { setCookie, visit } = await enter(SECURE);
    const [pair, ...attributes] = setCookie.split('; ');
    expect(pair).toMatch(/^__Host-hallway=[\w-]{43}$/);
    expect(attributes.sort()).toEqual(['HttpOnly', 'Max-Age=34560000', 'Path=/', 'SameSite=Lax', 'Secure']);
    expect((await visit('/')).status).toBe(200);
  });

  test('over https a cookie without the prefix, which a neighbour could have set, is nobody’s', async () => {
    const { app, session } = await adasDesk(SECURE);
    const { status, to } = await ask(app, '/', { headers: { Cookie: `hallway=${session}` } });
    expect([status, to]).toEqual([303, '/sign-in?return=%2F']);
  });

  test('sign-out ends it, also for whoever has a copy of the cookie', async () => {
    const { visit } = await enter();
    const out = await visit('/sign-out', { method: 'POST' });
    expect([out.status, out.to]).toEqual([303, '/sign-in']);
    expect(out.headers.get('set-cookie')).toMatch(/^hallway=; Max-Age=0; Path=\//);
    expect((await visit('/')).to).toBe('/sign-in?return=%2F');
  });

  test('over https the cookie that is taken away is the one that was set', async () => {
    const { visit } = await enter(SECURE);
    const { headers } = await visit('/sign-out', { method: 'POST' });
    expect(headers.get('set-cookie')).toMatch(/^__Host-hallway=; Max-Age=0; Path=\/; Secure/);
  });

  test('one that is used goes on, one left alone for 60 days ends', async () => {
    const { ground, visit } = await enter();
    for (const day of ['2026-12-23', '2027-01-23', '2027-02-23', '2027-03-23']) {
      ground.setClock(`${day}T12:00:00.000Z`);
      expect([day, (await visit('/')).status]).toEqual([day, 200]);
    }
    ground.setClock('2027-05-22T12:00:00.000Z');
    expect((await visit('/')).status).toBe(303);
  });

  test('opens pages and not the API; the token opens the API and not the pages', async () => {
    const { app, session, token } = await adasDesk();
    for (const { who, method, path } of (await routesOf(app)).filter((one) => one.method === 'GET')) {
      if (who !== 'script' && who !== 'user') continue;
      const headers = {
        script: { Cookie: `hallway=${session}` },
        user: { Authorization: `Bearer ${token}` },
      }[who];
      const { status } = await ask(app, path(NOTHING), { method, headers });
      expect([path(NOTHING), status]).toEqual([path(NOTHING), who === 'script' ? 401 : 303]);
    }
    // Nor is the one worth anything in the other's place.
    expect((await browser(app, token).get('/')).status).toBe(303);
    expect((await script(app, session)('GET', '/friends')).status).toBe(401);
  });

  test('every page behind the door asks who is not signed in to come in', async () => {
    const { app, ground } = await adasDesk();
    const stored = await everything(ground);
    for (const { who, method, pattern, path } of await routesOf(app)) {
      // The save window keeps what it was given: see save.test.ts.
      if (who !== 'user' || pattern === '/save') continue;
      const headers = { 'Sec-Fetch-Site': 'same-origin' };
      const { status, to } = await ask(app, path(NOTHING), { method, headers });
      expect([pattern, status]).toEqual([pattern, 303]);
      const wanted = method === 'GET' ? path(NOTHING) : '/';
      expect(to).toBe(`/sign-in?return=${encodeURIComponent(wanted)}`);
    }
    expect(await everything(ground)).toEqual(stored);
  });
});

describe('where the door leads to', () => {
  /** Asks for a link with a way back, uses it, and says where the browser then is. */
  async function comeBack(returnTo: string): Promise<URL> {
    const { app, ground, user } = await adasDesk();
    const guest = browser(app);
    const page = await guest.get(`/sign-in?return=${encodeURIComponent(returnTo)}`);
    const kept = /name="return" value="([^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '/';
    // What the page passed on, and what somebody sends who does not ask the page.
    const places: URL[] = [];
    for (const sent of [kept, returnTo]) {
      await guest.post('/sign-in', { email: user.email, return: sent });
      const { status, to } = await guest.post(await linkIn(ground));
      expect(status).toBe(303);
      places.push(new URL(to ?? '', 'http://localhost:8787'));
    }
    expect(places[0]?.href).toBe(places[1]?.href);
    return places[0] as URL;
  }

  test.each([
    '/',
    '/library?cursor=QVJUSUNMRSM',
    '/friends/frd_1/write?article=art_1',
    '/save/art_1?friend=frd_1',
  ])('the page that was wanted: %s', async (path) => {
    const { pathname, search } = await comeBack(path);
    expect(pathname + search).toBe(path);
  });

  test.each([
    '//evil.example',
    '//evil.example/friends',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\\/evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/\r\n/evil.example',
    '\t//evil.example',
    ' //evil.example',
    'https://evil.example',
    'https:evil.example',
    'HTTPS://evil.example',
    'http:\\\\evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'evil.example',
    '@evil.example',
    '.evil.example',
    '/%2f/evil.example/..//',
    '%2f%2fevil.example',
    '%5c%5cevil.example',
    '/..//evil.example',
    '/.//evil.example',
    '/friends\r\nLocation: https://evil.example',
    '/friends\u0000',
    '/\u2215evil.example',
    '/\uff0fevil.example',
    `/${'a'.repeat(1000)}`,
  ])('never another site: %j', async (path) => {
    const { origin, href } = await comeBack(path);
    expect(origin).toBe('http://localhost:8787');
    expect(href.length).toBeLessThan(100);
  });

  test('taking a note back leads to our own pages only', async () => {
    const { api, pages } = await adasDesk();
    const email = 'grace@friends.example';
    const friendId = (await api('POST', '/friends', { name: 'Grace', email })).json.id;
    for (const back of [
      '//evil.example',
      'https://evil.example',
      '/save/art_1/../..//evil.example',
      '/save/\n',
    ]) {
      const { id } = (await api('POST', '/notes', { friendId, text: 'x', moment: { kind: 'now' } })).json;
      const { status, to } = await pages.post(`/notes/${id}/cancel`, { back });
      expect([back, status, to]).toEqual([back, 303, `/notes?done=${id}`]);
    }
  });
});
