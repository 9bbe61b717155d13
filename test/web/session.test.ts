import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../functions/accounts/limits/limits.ts';
import { findUserByEmail } from '../../functions/accounts/store.ts';
import { hashToken } from '../../functions/platform/ids.ts';
import type { TestGround } from '../ground.ts';
import { type Answer, adasDesk, ask, browser, everything, fillIn, formBody, script } from './callers.ts';

/** The path of the link in the newest mail to an address. */
async function linkTo(ground: TestGround, address: string): Promise<string | undefined> {
  const mail = (await ground.mailbox()).findLast(({ destinations }) => destinations.includes(address));
  const { text } = await PostalMime.parse(Buffer.from(mail?.raw ?? '', 'base64'));
  const url = /https?:\/\/\S+\/sign-in\/\S+/.exec(text ?? '')?.[0];
  return url && new URL(url).pathname;
}

const sessionIn = ({ headers }: Answer) =>
  /^hallway=([\w-]{43})/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '';

describe('who may have an account', () => {
  const OWNER = { OWNER_EMAIL: 'Owner@Users.example' };

  test.each([
    ['owner', 'owner@users.example', true],
    ['owner', 'eve@users.example', false],
    ['invited', 'owner@users.example', true],
    ['invited', 'eve@users.example', false],
    ['open', 'eve@users.example', true],
  ] as const)('%s, asked by %s: %s', async (signUp, email, isWelcome) => {
    const { app, ground } = await adasDesk({ SIGN_UP: signUp, ...OWNER });
    const guest = browser(app);
    const stranger = await guest.post('/sign-in', { email: 'nobody@users.example' });
    const answer = await guest.post('/sign-in', { email, return: '/friends' });
    expect(answer.text.replaceAll(email, 'nobody@users.example')).toBe(stranger.text);
    const link = await linkTo(ground, email);
    expect(link !== undefined).toBe(isWelcome);
    expect(await findUserByEmail(ground.table, email)).toBeUndefined();
    if (!link) return;

    const page = await guest.get(link);
    expect(page.text).toContain(email);
    const wrong = await guest.send(page, link, { name: 'Free pills at evil.example' });
    expect([wrong.status, wrong.text.includes('without an address in it')]).toEqual([400, true]);
    expect(await findUserByEmail(ground.table, email)).toBeUndefined();
    const entered = await guest.send(page, link, { name: 'Eve', timeZone: 'Asia/Kathmandu' });
    expect([entered.status, entered.to]).toEqual([303, '/friends']);
    expect(await findUserByEmail(ground.table, email)).toMatchObject({
      email,
      name: 'Eve',
      timeZone: 'Asia/Kathmandu',
    });
    expect((await browser(app, sessionIn(entered)).get('/')).status).toBe(200);
    expect((await guest.get(link)).status).toBe(410);
    expect((await guest.post(link, { name: 'Eve', timeZone: 'UTC' })).status).toBe(410);
  });

  test('without an owner’s address nobody is let in by asking', async () => {
    const { app, ground } = await adasDesk();
    await browser(app).post('/sign-in', { email: 'owner@users.example' });
    expect(await ground.mailbox()).toEqual([]);
  });

  test('of two links that make one account the second signs in to it', async () => {
    const { app, ground } = await adasDesk({ SIGN_UP: 'open' });
    const guest = browser(app);
    const links: string[] = [];
    for (let n = 0; n < 2; n++) {
      await guest.post('/sign-in', { email: 'eve@users.example' });
      links.push((await linkTo(ground, 'eve@users.example')) ?? '');
    }
    for (const link of links) {
      expect((await guest.post(link, { name: 'Eve', timeZone: 'UTC' })).status).toBe(303);
    }
    const stored = await everything(ground);
    expect(stored.filter(({ pk }) => pk === 'EMAIL#eve@users.example')).toHaveLength(1);
  });

  test('a link is over after ten minutes, and of two who use it at once one gets in', async () => {
    const { app, ground } = await adasDesk({ SIGN_UP: 'open' });
    const guest = browser(app);
    await guest.post('/sign-in', { email: 'eve@users.example' });
    const link = (await linkTo(ground, 'eve@users.example')) ?? '';
    ground.setClock('2026-11-23T12:10:00.000Z');
    expect((await guest.get(link)).status).toBe(410);
    expect((await guest.post(link, { name: 'Eve', timeZone: 'UTC' })).status).toBe(410);
    await guest.post('/sign-in', { email: 'eve@users.example' });
    const next = (await linkTo(ground, 'eve@users.example')) ?? '';
    const both = await Promise.all([1, 2].map(() => guest.post(next, { name: 'Eve', timeZone: 'UTC' })));
    expect(both.map(({ status }) => status).sort()).toEqual([303, 410]);
  });

  test('an invitation names who asks, makes an account for a week, and its address may ask for a link', async () => {
    const { app, ground, pages } = await adasDesk({ SIGN_UP: 'invited' });
    const grace = 'grace@hopper.example';
    const sent = await pages.send(await pages.get('/settings'), '/settings/invitations', { email: grace });
    expect([sent.status, sent.to]).toEqual([303, '/settings']);
    const [mail] = await ground.mailbox();
    const read = await PostalMime.parse(Buffer.from(mail?.raw ?? '', 'base64'));
    expect(mail?.destinations).toEqual([grace]);
    expect(read.subject).toBe('Ada asks you in to Hallway');
    expect(read.text).toContain('Ada (ada@users.example) asks you in.');
    expect(read.replyTo?.[0]?.address).toBe('ada@users.example');
    const link = (await linkTo(ground, grace)) ?? '';
    ground.setClock('2026-11-30T11:59:59.999Z');
    expect((await browser(app).get(link)).status).toBe(200);
    ground.setClock('2026-11-30T12:00:00.000Z');
    expect((await browser(app).get(link)).status).toBe(410);
    await browser(app).post('/sign-in', { email: grace });
    expect(await linkTo(ground, grace)).not.toBe(link);
    ground.setClock('2026-12-23T12:00:00.000Z');
    const before = (await ground.mailbox()).length;
    await browser(app).post('/sign-in', { email: grace });
    expect(await ground.mailbox()).toHaveLength(before);
  });

  test('an invitation is no way in to an account that was made meanwhile', async () => {
    const { app, ground, pages } = await adasDesk({ SIGN_UP: 'invited' });
    const grace = 'grace@hopper.example';
    const links: string[] = [];
    for (let n = 0; n < 2; n++) {
      await pages.post('/settings/invitations', { email: grace });
      links.push((await linkTo(ground, grace)) ?? '');
    }
    const [first = '', second = ''] = links;
    const guest = browser(app);
    const welcome = { name: 'Grace', timeZone: 'UTC' };
    ground.setClock('2026-11-23T12:10:00.000Z');
    expect((await guest.post(first, welcome)).status).toBe(303);
    expect((await guest.get(second)).status).toBe(410);
    const entered = await guest.post(second, welcome);
    expect([entered.status, sessionIn(entered)]).toEqual([410, '']);
  });

  test('invitations: none where the owner is alone, none to who has an account, ten a day', async () => {
    const alone = await adasDesk();
    expect((await alone.pages.get('/settings')).text).not.toContain('/settings/invitations');
    expect((await alone.pages.post('/settings/invitations', { email: 'x@y.example' })).status).toBe(404);
    const { ground, user, pages } = await adasDesk({ SIGN_UP: 'invited' });
    expect((await pages.post('/settings/invitations', { email: user.email })).status).toBe(303);
    for (const email of ['x', '', '=?utf-8?q?eve=40evil.example?=@hopper.example']) {
      expect((await pages.post('/settings/invitations', { email })).status).toBe(400);
    }
    expect(await ground.mailbox()).toEqual([]);
    for (let n = 1; n < LIMITS.invitations.most; n++) {
      expect((await pages.post('/settings/invitations', { email: `g${n}@hopper.example` })).status).toBe(303);
    }
    const over = await pages.post('/settings/invitations', { email: 'one-more@hopper.example' });
    expect([over.status, over.headers.get('retry-after')]).toEqual([429, '43200']);
    expect(await ground.mailbox()).toHaveLength(LIMITS.invitations.most - 1);
  });

  test('where anybody may come in, a name stays a name', async () => {
    const { pages } = await adasDesk({ SIGN_UP: 'open' });
    const fields = { name: 'Win at www.evil.example', timeZone: 'UTC' };
    const again = await pages.send(await pages.get('/settings'), '/settings', fields);
    expect([again.status, again.text.includes('without an address in it')]).toEqual([400, true]);
  });
});

describe('how often', () => {
  const from = (sourceIp: string) => ({ requestContext: { http: { sourceIp } } });

  test('one client asks for links: 30 an hour, whatever it says of itself, and nobody else is held up', async () => {
    const { app, ground } = await adasDesk();
    const post = async (n: number, address: string) =>
      app.request(
        '/sign-in',
        {
          method: 'POST',
          headers: { 'Sec-Fetch-Site': 'same-origin', 'X-Forwarded-For': `10.0.0.${n}` },
          body: formBody({ email: `nobody-${n}@users.example` }),
        },
        from(address),
      );
    for (let n = 0; n < 30; n++) expect((await post(n, '2001:db8:1:2::1')).status).toBe(200);
    // Another address of the same household.
    const over = await post(30, '2001:db8:1:2:ffff::7');
    expect([over.status, over.headers.get('retry-after')]).toEqual([429, '3600']);
    expect((await post(31, '2001:db8:1:3::1')).status).toBe(200);
    expect((await post(32, '192.0.2.1')).status).toBe(200);
    ground.setClock('2026-11-23T13:00:00.000Z');
    expect((await post(33, '2001:db8:1:2::1')).status).toBe(200);
    expect(JSON.stringify(await everything(ground))).not.toContain('2001:db8');
  });

  test('one script asks: as often a minute as is set, then 429 with Retry-After, by user and not by token', async () => {
    const { app, pages, api, user, ground } = await adasDesk({ HALLWAY_REQUESTS_PER_MINUTE: '40' });
    const shown = await pages.send(await pages.get('/settings'), '/settings/tokens', { tokenName: 'Other' });
    const other = script(app, /hw_[\w-]{43}/.exec(shown.text)?.[0] ?? '');
    for (let n = 0; n < 40; n++) expect((await (n % 2 ? api : other)('GET', '/friends')).status).toBe(200);
    for (const one of [api, other]) {
      const over = await one('GET', '/friends');
      expect([over.status, over.headers.get('retry-after')]).toEqual([429, '60']);
      expect(over.headers.get('content-type')).toBe('application/problem+json');
      expect(over.json).toMatchObject({ status: 429, title: 'Too many at once', retryAfter: 60 });
    }
    expect((await pages.get('/')).status).toBe(200);
    expect((await ask(app, '/api/health')).status).toBe(200);
    ground.setClock('2026-11-23T12:01:00.000Z');
    expect((await api('GET', '/friends')).status).toBe(200);
    expect(user.name).toBe('Ada');
  });
});

describe('Settings', () => {
  test('a token with a name is shown once, beside the others, and is revoked by itself', async () => {
    const { app, api, pages } = await adasDesk();
    const shown = await pages.send(await pages.get('/settings'), '/settings/tokens', { tokenName: 'Robot' });
    const token = /hw_[\w-]{43}/.exec(shown.text)?.[0] ?? '';
    const robot = script(app, token);
    expect((await robot('GET', '/friends')).status).toBe(200);
    const page = await pages.get('/settings');
    expect(page.text).toContain('Robot');
    expect(page.text).toContain('Last used today.');
    expect(page.text).not.toContain(token);
    const action = `/settings/tokens/${hashToken(token)}/revoke`;
    expect((await pages.post(fillIn(page, action).path)).to).toBe('/settings');
    expect((await robot('GET', '/friends')).status).toBe(401);
    expect((await api('GET', '/friends')).status).toBe(200);
  });

  test.each(['', ' ', 'x'.repeat(61), 'a\nb'])(
    'a token without a fitting name comes back: %j',
    async (name) => {
      const { pages } = await adasDesk();
      const again = await pages.post('/settings/tokens', { tokenName: name });
      expect(again.status).toBe(400);
      expect(again.text).not.toMatch(/hw_[\w-]{43}/);
    },
  );

  test('another session is signed out; this one cannot be by mistake; everywhere is everywhere', async () => {
    const { app, ground, user, pages } = await adasDesk();
    await browser(app).post('/sign-in', { email: user.email });
    const link = (await linkTo(ground, user.email)) ?? '';
    const phone = await ask(app, link, {
      method: 'POST',
      headers: {
        'Sec-Fetch-Site': 'same-origin',
        'User-Agent':
          'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1',
      },
    });
    const onPhone = browser(app, sessionIn(phone));
    const page = await pages.get('/settings');
    expect(page.text).toContain('Safari on iPhone');
    const actions = [...page.text.matchAll(/action="(\/settings\/sessions\/[\w-]{43}\/end)"/g)];
    expect(actions).toHaveLength(1);
    expect((await pages.post(actions[0]?.[1] ?? '')).to).toBe('/settings');
    expect((await onPhone.get('/')).status).toBe(303);
    const out = await pages.send(await pages.get('/settings'), '/settings/sessions/end');
    expect([out.status, out.to]).toEqual([303, '/sign-in']);
    expect(out.headers.get('set-cookie')).toMatch(/^hallway=; Max-Age=0/);
    expect((await pages.get('/')).status).toBe(303);
  });
});

describe('a browser that signs in or out', () => {
  test('gets a new session, and the one it had ends', async () => {
    const { app, ground, user, session } = await adasDesk();
    await browser(app).post('/sign-in', { email: user.email });
    const entered = await browser(app, session).post((await linkTo(ground, user.email)) ?? '');
    expect(sessionIn(entered)).not.toBe(session);
    expect((await browser(app, session).get('/')).status).toBe(303);
    expect((await browser(app, sessionIn(entered)).get('/')).status).toBe(200);
  });

  test('keeps nothing of the user afterwards', async () => {
    for (const path of ['/sign-out', '/settings/sessions/end']) {
      const { pages } = await adasDesk();
      const out = await pages.post(path);
      expect([path, out.headers.get('clear-site-data')]).toEqual([path, '"storage"']);
    }
  });
});

test('SECURITY.md names tests that are there', () => {
  const root = join(import.meta.dirname, '../..');
  const named = readFileSync(join(root, 'SECURITY.md'), 'utf8').matchAll(
    /`((?:test|functions|infra)\/[\w./-]+)`/g,
  );
  const files = [...new Set([...named].map(([, file = '']) => file))];
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

describe('headers of every answer', () => {
  test('no page is framed, no script or style comes from elsewhere or stands in a page', async () => {
    const { app, pages } = await adasDesk();
    for (const answer of [
      await pages.get('/settings'),
      await ask(app, '/sign-in'),
      await ask(app, '/developers'),
    ]) {
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("style-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("base-uri 'none'");
      expect(policy).not.toContain('unsafe');
      expect(answer.headers.get('x-frame-options')).toBe('DENY');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.text).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc="\/assets\/)/);
    }
  });

  test('over https browsers are to come back over https only', async () => {
    const secure = await adasDesk({ BASE_URL: 'https://hallway.example' });
    const of = async (app: typeof secure.app) =>
      (await ask(app, '/sign-in')).headers.get('strict-transport-security');
    expect(await of(secure.app)).toMatch(/^max-age=31536000/);
    expect(await of((await adasDesk()).app)).toBeNull();
  });
});
