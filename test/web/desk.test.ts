import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { askLessOften } from '../../functions/friends/friends.ts';
import type { Note } from '../../functions/notes/note.ts';
import { findNote, replaceNote } from '../../functions/notes/store.ts';
import { routesOf as allRoutes } from '../../functions/web/lazily.ts';
import { because } from '../../functions/web/look/words.ts';
import { type Answer, adasDesk, ask, browser, type Fields, script } from './callers.ts';
import { fillDesk, NOTHING, routesOf } from './routes.ts';

const RIDGE = {
  url: 'https://ridge.example/dark',
  title: 'Trail running in the dark',
  text: 'Trail running at night is mostly a matter of trusting your feet. Take two lamps for trail running.',
};
const GRACE = {
  name: 'Grace',
  email: 'grace@friends.example',
  timeZone: 'America/New_York',
  interests: ['trail running'],
};

/** A redirect to a page of ours, after a form was done. */
function doneTo(answer: Answer, path: unknown): void {
  expect([answer.status, answer.to]).toEqual([303, path]);
}

/** A form that came back with what is wrong and what was typed. */
function cameBack(answer: Answer, ...words: string[]): void {
  expect(answer.status).toBe(400);
  for (const word of words) expect(answer.text).toContain(word);
}

describe('every page', () => {
  test.each([
    ['an empty account', false],
    ['a full one', true],
  ])('of %s shows', async (_, full) => {
    const ada = await adasDesk();
    const desk = full ? await fillDesk(ada.ground, ada) : NOTHING;
    const pages = (await routesOf(ada.app)).filter(({ who, method }) => who === 'user' && method === 'GET');
    for (const { pattern, path } of pages) {
      if (!full && pattern.includes(':')) continue;
      const { status, text, headers } = await ada.pages.get(path(desk));
      // These lead elsewhere.
      if (pattern === '/write' || pattern === '/export') continue;
      expect([pattern, status]).toEqual([pattern, 200]);
      expect(headers.get('content-type')).toBe('text/html; charset=UTF-8');
      expect(text).toMatch(/^<!doctype html><html lang="en">/);
      expect(text).toContain('</html>');
      // Nothing a template left undone.
      expect([pattern, /\bundefined\b|\[object |\bNaN\b|Invalid Date/.exec(text)?.[0]]).toEqual([
        pattern,
        undefined,
      ]);
    }
  });

  test('that is not there says so, with the way back', async () => {
    const { pages } = await adasDesk();
    for (const path of [
      '/nothing',
      '/friends/frd_1',
      '/articles/art_1',
      '/notes/nte_1/sealed',
      '/save/art_1',
    ]) {
      const { status, text } = await pages.get(path);
      expect([path, status]).toEqual([path, 404]);
      expect(text).toContain('Not found');
      expect(text).toContain('href="/"');
    }
  });

  test('of a friend in any zone', async () => {
    const { api, pages } = await adasDesk();
    const zones = ['utc', 'europe/lisbon', 'US/Pacific', 'Asia/Calcutta', 'EST5EDT', 'GMT0', 'Etc/GMT+12'];
    zones.push('Pacific/Apia', 'Pacific/Kiritimati', 'Asia/Kathmandu', 'Antarctica/Troll', 'America/Nuuk');
    for (const timeZone of zones) {
      const { json } = await api('POST', '/friends', { ...GRACE, timeZone });
      const moment = { kind: 'surprise' };
      expect((await api('POST', '/notes', { friendId: json.id, text: 'Hello.', moment })).status).toBe(201);
      for (const path of [`/friends/${json.id}`, `/friends/${json.id}/write`]) {
        expect([timeZone, (await pages.get(path)).status]).toEqual([timeZone, 200]);
      }
    }
    for (const path of ['/', '/friends', '/notes']) expect((await pages.get(path)).status).toBe(200);
  });
});

describe('every answer', () => {
  async function everyAnswer(settings: Record<string, string> = {}) {
    const ada = await adasDesk(settings);
    const desk = await fillDesk(ada.ground, ada);
    const cookie = settings.BASE_URL ? `__Host-hallway=${ada.session}` : `hallway=${ada.session}`;
    const answers: [string, Answer][] = [];
    for (const headers of [{ Cookie: cookie, Authorization: `Bearer ${ada.token}` }, undefined]) {
      for (const { method, path, pattern } of await routesOf(ada.app)) {
        // Those that change something are refused by the guard: an answer, too.
        answers.push([
          `${method} ${pattern}`,
          await ask(ada.app, path(desk), { method, ...(headers && { headers }) }),
        ]);
      }
    }
    answers.push(
      ['unknown', await ask(ada.app, '/nothing')],
      ['unknown', await ask(ada.app, '/assets/x.css')],
    );
    answers.push([
      'too large',
      await ask(ada.app, '/friends', { method: 'POST', body: 'x'.repeat(3_000_000) }),
    ]);
    return answers;
  }

  test('lets nothing run that is not ours, and nobody frame it or guess its type', async () => {
    for (const [about, { headers }] of await everyAnswer()) {
      const policy = headers.get('content-security-policy') ?? '';
      // Shows a mail as it is; see preview.test.ts.
      const isPreview = policy.includes('unsafe-inline');
      expect([about, isPreview]).toEqual([about, isPreview && about.endsWith('/preview')]);
      if (!isPreview)
        expect([about, policy.split('; ').sort()]).toEqual([
          about,
          [
            "base-uri 'none'",
            expect.stringMatching(/^connect-src 'self' http:\/\/127\.0\.0\.1:\d+\/hallway-files\/$/),
            "default-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "img-src 'self' https: http: data:",
            "manifest-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
          ],
        ]);
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      // To other sites nothing; to our own, so that a browser does not keep the origin of our forms secret.
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('strict-transport-security')).toBeNull();
    }
  });

  test('over https, asks for https from then on', async () => {
    for (const [, { headers }] of await everyAnswer({ BASE_URL: 'https://hallway.example' })) {
      expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
    }
  });

  test('is kept by nobody on the way, but for the assets', async () => {
    for (const [about, { headers, status }] of await everyAnswer()) {
      const isAsset = /^GET \/(assets\/:name|manifest)/.test(about) && status === 200;
      expect([about, headers.get('cache-control')]).toEqual([about, isAsset ? 'no-cache' : 'no-store']);
    }
  });

  test('has no script and no style of its own in it', async () => {
    for (const [about, { text, headers }] of await everyAnswer()) {
      if (!headers.get('content-type')?.startsWith('text/html')) continue;
      const inline = /<script(?![^>]* src=)|<style|\sstyle="|\son\w+="/.exec(text)?.[0];
      expect([about, inline]).toEqual([about, undefined]);
    }
  });
});

describe('assets', () => {
  test.each([
    ['style.css', 'text/css; charset=utf-8'],
    ['icon.svg', 'image/svg+xml'],
    ['icon-192.png', 'image/png'],
    ['icon-512.png', 'image/png'],
    ['save.js', 'text/javascript; charset=utf-8'],
    ['letter.js', 'text/javascript; charset=utf-8'],
  ])('%s is there, and is not sent twice', async (name, type) => {
    const { app } = await adasDesk();
    const first = await ask(app, `/assets/${name}`);
    expect([first.status, first.headers.get('content-type')]).toEqual([200, type]);
    const headers = { 'If-None-Match': first.headers.get('etag') ?? '' };
    const again = await ask(app, `/assets/${name}`, { headers });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  test('the manifest names icons that are there, and the route that takes what a phone shares', async () => {
    const { app, pages } = await adasDesk();
    const { status, headers, text } = await ask(app, '/manifest.webmanifest');
    expect([status, headers.get('content-type')]).toEqual([200, 'application/manifest+json']);
    expect((await pages.get('/')).text).toContain('<link rel="manifest" href="/manifest.webmanifest"/>');
    const { icons, share_target } = JSON.parse(text);
    for (const { src, type, sizes } of icons) {
      const icon = await app.request(src);
      expect([src, icon.status, icon.headers.get('content-type')]).toEqual([src, 200, type]);
      if (type !== 'image/png') continue;
      // Width and height stand in the header of a PNG (its specification, 11.2.2).
      const png = Buffer.from(await icon.arrayBuffer());
      expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`).toBe(sizes);
    }
    const { action, method, params } = share_target;
    expect((await allRoutes(app)).some((route) => route.method === method && route.path === action)).toBe(
      true,
    );
    expect(params).toEqual({ title: 'title', text: 'text', url: 'url' });
  });

  test('a friend’s page offers no way in', async () => {
    const ada = await adasDesk();
    const { stop } = await fillDesk(ada.ground, ada);
    expect((await ask(ada.app, `/stop/${stop}`)).text).not.toContain('manifest');
  });

  test.each(['app.ts', '..%2fapp.ts', '..%2f..%2fpackage.json', 'toString', 'style.css%00', 'STYLE.CSS'])(
    '%s is none',
    async (name) => {
      const { app } = await adasDesk();
      expect((await ask(app, `/assets/${name}`)).status).toBe(404);
    },
  );
});

describe('friends', () => {
  async function adaWithGrace() {
    const ada = await adasDesk();
    const { id } = (await ada.api('POST', '/friends', GRACE)).json;
    const path = `/friends/${id}`;
    return {
      ...ada,
      path,
      page: () => ada.pages.get(path),
      grace: async () => (await ada.api('GET', path)).json,
    };
  }

  test('one is added, with one thing they care about', async () => {
    const { api, pages } = await adasDesk();
    const added = await pages.send(await pages.get('/friends'), '/friends', {
      name: 'Grace',
      email: 'grace@friends.example',
      timeZone: 'America/New_York',
      interest: 'trail running',
    });
    const [grace] = (await api('GET', '/friends')).json.items;
    doneTo(added, `/friends/${grace.id}`);
    expect(grace).toMatchObject({ ...GRACE, interests: [{ text: 'trail running', kind: 'topic' }] });
    expect((await pages.follow(added)).text).toContain('trail running');
  });

  test('a name is enough', async () => {
    const { api, pages } = await adasDesk();
    await pages.send(await pages.get('/friends'), '/friends', { name: 'Grace', timeZone: '' });
    expect((await api('GET', '/friends')).json.items).toMatchObject([
      { name: 'Grace', email: null, timeZone: 'Europe/London', interests: [] },
    ]);
  });

  test('what is not right comes back as it was typed', async () => {
    const { api, pages } = await adasDesk();
    const typed = { name: ' ', email: 'grace@', timeZone: 'Mars/Olympus', interest: 'a'.repeat(201) };
    cameBack(
      await pages.send(await pages.get('/friends'), '/friends', typed),
      'Some things are not right yet.',
      'This must not be empty.',
      'This must be an email address, like ada@example.org.',
      'This must be an IANA time zone, like Europe/Lisbon.',
      'This must be at most 200 characters.',
      'value="grace@"',
      'value="Mars/Olympus"',
      `value="${typed.interest}"`,
    );
    expect((await api('GET', '/friends')).json.items).toEqual([]);
  });

  test('an interest is added, with its kind, its end and where it was heard', async () => {
    const { pages, path, page, grace } = await adaWithGrace();
    const fields = { words: 'a flat in Lisbon', kind: 'ask', until: '2027-03-31', heard: 'at the station' };
    doneTo(await pages.send(await page(), `${path}/interests`, fields), path);
    expect((await grace()).interests[1]).toMatchObject({
      text: 'a flat in Lisbon',
      kind: 'ask',
      until: '2027-03-31',
      heard: 'at the station',
    });
  });

  test('an interest is changed, and taken away', async () => {
    const { pages, path, page, grace } = await adaWithGrace();
    const [{ id, addedAt }] = (await grace()).interests;
    const action = `${path}/interests/${id}`;
    doneTo(await pages.send(await page(), action, { words: 'crypto', kind: 'never' }, 'save'), path);
    expect((await grace()).interests).toEqual([{ id, text: 'crypto', kind: 'never', addedAt }]);
    doneTo(await pages.send(await page(), action, {}, 'remove'), path);
    expect((await grace()).interests).toEqual([]);
    expect((await pages.post(action, { words: 'chess' })).status).toBe(404);
  });

  test('an interest that is not right is said where it stands', async () => {
    const { pages, path, page, grace } = await adaWithGrace();
    const before = await grace();
    const [{ id }] = before.interests;
    cameBack(await pages.send(await page(), `${path}/interests`, { words: ' ' }), 'This must not be empty.');
    const late = { words: 'chess', kind: 'ask', until: 'soon' };
    const added = await pages.send(await page(), `${path}/interests`, late);
    cameBack(added, 'id="new-until-wrong"', 'This must be a date');
    const long = { words: 'a'.repeat(201) };
    const edited = await pages.send(await page(), `${path}/interests/${id}`, long, 'save');
    cameBack(edited, `id="${id}-words-wrong"`, 'This must be at most 200 characters.');
    const never = { words: 'chess', kind: 'sometimes', heard: 'at lunch' };
    const kind = await pages.send(await page(), `${path}/interests/${id}`, never, 'save');
    cameBack(kind, `id="${id}-kind-wrong"`, 'This must be topic, ask or never.');
    expect(await grace()).toEqual(before);
  });

  test('an interest that is not right comes back as it was typed, and is put right there', async () => {
    const { pages, path, page, grace } = await adaWithGrace();
    const [{ id }] = (await grace()).interests;
    const typed = { words: 'chess', kind: 'ask', until: 'soon', heard: 'at lunch' };
    const edited = await pages.send(await page(), `${path}/interests/${id}`, typed, 'save');
    doneTo(await pages.send(edited, `${path}/interests/${id}`, { until: '2027-01-31' }, 'save'), path);
    expect((await grace()).interests).toMatchObject([
      { id, text: 'chess', kind: 'ask', until: '2027-01-31', heard: 'at lunch' },
    ]);
    const added = await pages.send(await page(), `${path}/interests`, { ...typed, words: 'a tent' });
    doneTo(await pages.send(added, `${path}/interests`, { until: '2027-01-31' }), path);
    expect((await grace()).interests[1]).toMatchObject({
      text: 'a tent',
      kind: 'ask',
      until: '2027-01-31',
      heard: 'at lunch',
    });
  });

  test('name and address are changed, and taken away', async () => {
    const { pages, path, page, grace } = await adaWithGrace();
    const fields = {
      name: 'Amazing Grace',
      email: 'amazing@friends.example',
      timeZone: 'Europe/Lisbon',
      birthday: '--12-09',
    };
    doneTo(await pages.send(await page(), path, fields), path);
    expect(await grace()).toMatchObject(fields);
    doneTo(await pages.send(await page(), path, { email: '', birthday: '' }), path);
    expect(await grace()).toMatchObject({ name: 'Amazing Grace', email: null, birthday: null });
  });

  test('name and address that are not right', async () => {
    const { pages, path, page, grace } = await adaWithGrace();
    const before = await grace();
    const fields = { name: '', email: 'grace@', timeZone: 'Mars', birthday: '31.12.' };
    cameBack(
      await pages.send(await page(), path, fields),
      'This must not be empty.',
      'This must be an email address',
      'This must be an IANA time zone',
      'This must be a date, like 1984-12-09 or --12-09.',
      'value="grace@"',
      'value="Mars"',
      'value="31.12."',
    );
    expect(await grace()).toEqual(before);
  });

  test('one is deleted, and their page is gone', async () => {
    const { api, pages, path, page } = await adaWithGrace();
    doneTo(await pages.send(await page(), `${path}/delete`), '/friends');
    expect((await page()).status).toBe(404);
    expect((await pages.get('/friends')).text).not.toContain('Grace');
    expect((await api('GET', '/friends')).json.items).toEqual([]);
  });
});

describe('the library', () => {
  test('a link is saved by hand, and the article deleted', async () => {
    const { api, pages } = await adasDesk();
    const fields = { url: 'https://ridge.example/dark', title: 'Dark ridges' };
    const saved = await pages.send(await pages.get('/library'), '/articles', fields);
    const [article] = (await api('GET', '/articles')).json.items;
    doneTo(saved, `/articles/${article.id}`);
    expect(article).toMatchObject({ ...fields, savedBy: 'page' });
    expect((await pages.get('/library')).text).toContain('Dark ridges');
    doneTo(await pages.send(await pages.follow(saved), `/articles/${article.id}/delete`), '/library');
    expect((await pages.follow(saved)).status).toBe(404);
  });

  test('what is no link comes back as it was typed', async () => {
    const { pages } = await adasDesk();
    const fields = { url: 'ridge.example', title: 'Dark ridges' };
    const again = await pages.send(await pages.get('/library'), '/articles', fields);
    cameBack(again, 'value="ridge.example"', 'value="Dark ridges"', 'This is not a web address.');
    cameBack(await pages.send(await pages.get('/library'), '/articles', { url: ' ' }), 'is needed');
  });

  test('goes on where the page ends', async () => {
    const { api, pages } = await adasDesk();
    for (let n = 1; n <= 51; n++)
      await api('POST', '/articles', { url: `https://ridge.example/${n}`, title: `No. ${n}.` });
    const first = await pages.get('/library');
    expect(first.text).not.toContain('No. 1.');
    const next = /href="(\/library\?cursor=[^"]+)"/.exec(first.text)?.[1] ?? '';
    const second = await pages.get(next);
    expect(second.text).toContain('No. 1.');
    expect(second.text).not.toContain('No. 2.');
    expect(second.text).not.toContain('/library?cursor=');
  });

  test('an article that a letter still carries stays, and says why', async () => {
    const { api, pages } = await adasDesk();
    const friendId = (await api('POST', '/friends', GRACE)).json.id;
    const articleId = (await api('POST', '/articles', RIDGE)).json.id;
    await api('POST', '/notes', { friendId, articleId, text: 'Two lamps.' });
    const { status, text } = await pages.post(`/articles/${articleId}/delete`);
    expect(status).toBe(409);
    expect(text).toContain('A note still carries this article. Cancel the note first.');
  });
});

describe('letters', () => {
  test('to somebody who never wants what the article speaks to say so, and are still the user’s to send', async () => {
    const { api, pages } = await adasDesk();
    const alan = (
      await api('POST', '/friends', {
        name: 'Alan',
        interests: ['mountains', { text: 'trail running', kind: 'never' }],
      })
    ).json;
    const bea = (await api('POST', '/friends', { name: 'Bea', interests: ['trail running'] })).json;
    const saved = (await api('POST', '/articles', RIDGE)).json;
    expect(saved.suggestions).toMatchObject([{ friendName: 'Bea' }]);
    const to = (friend: { id: string }) => pages.get(`/friends/${friend.id}/write?article=${saved.id}`);
    expect((await to(alan)).text).toContain('You wrote that Alan never wants “trail running”');
    expect((await to(bea)).text).not.toContain('never wants');
    expect((await pages.get(`/save/${saved.id}`)).text).toContain('Alan (never: trail running)');
  });

  async function adaWithRidge() {
    const ada = await adasDesk();
    const friendId: string = (await ada.api('POST', '/friends', GRACE)).json.id;
    const articleId: string = (await ada.api('POST', '/articles', RIDGE)).json.id;
    const notes = async () => (await ada.api('GET', '/notes')).json.items;
    return { ...ada, friendId, articleId, notes };
  }

  test.each([
    ['Today', () => '/'],
    ['the article', ({ articleId }: { articleId: string }) => `/articles/${articleId}`],
    [
      'a sheet of its own',
      ({ articleId, friendId }: Record<string, string>) => `/friends/${friendId}/write?article=${articleId}`,
    ],
    ['a sheet without an article', ({ friendId }: Record<string, string>) => `/friends/${friendId}/write`],
  ] as [string, (ids: { articleId: string; friendId: string }) => string][])(
    'one is written on %s, comes back with its words, and is sealed',
    async (name, path) => {
      const ada = await adaWithRidge();
      const { pages, notes, friendId, articleId } = ada;
      const page = await pages.get(path(ada));
      const fields = { text: 'This is you.', moment: 'at', at: '2026-11-22T09:30' };
      const again = await pages.send(page, '/notes', fields, 'seal');
      cameBack(
        again,
        'This is you.',
        'value="2026-11-22T09:30"',
        'That time has passed. Choose a later one.',
      );
      expect(await notes()).toEqual([]);
      const empty = await pages.send(page, '/notes', { text: ' ' }, 'seal');
      cameBack(empty, 'Write Grace one line.');

      const sealed = await pages.send(again, '/notes', { at: '2026-11-24T09:30' }, 'seal');
      const [note] = await notes();
      expect(note).toMatchObject({
        friendId,
        articleId: name.includes('without') ? null : articleId,
        text: 'This is you.',
        sendAt: '2026-11-24T14:30:00.000Z',
      });
      doneTo(sealed, `/notes/${note.id}/sealed`);
      expect((await pages.follow(sealed)).text).toContain('Sealed for');
    },
  );

  test('a letter for the birthday', async () => {
    const { api, pages, friendId, notes } = await adaWithRidge();
    await api('PATCH', `/friends/${friendId}`, { birthday: '1906-12-09' });
    const page = await pages.get(`/friends/${friendId}/write`);
    await pages.send(page, '/notes', { text: 'Many more!', moment: 'birthday' }, 'seal');
    expect((await notes())[0]).toMatchObject({
      moment: { kind: 'at', at: '2026-12-09T09:30' },
      sendAt: '2026-12-09T14:30:00.000Z',
    });
  });

  test('a letter by one’s own hand: carried, then recorded as sent', async () => {
    const { api, pages, friendId, articleId, notes } = await adaWithRidge();
    const page = await pages.get(`/articles/${articleId}`);
    const carried = await pages.send(page, '/notes', { text: 'This is you.' }, 'myself');
    const [{ id, state }] = await notes();
    expect(state).toBe('draft');
    doneTo(carried, `/notes/${id}/by-hand`);
    const byHand = await pages.follow(carried);
    const mailto = new URL(/href="(mailto:[^"]+)"/.exec(byHand.text)?.[1]?.replaceAll('&amp;', '&') ?? '');
    expect(mailto.pathname).toBe('grace@friends.example');
    expect(Object.fromEntries(mailto.searchParams)).toEqual({
      subject: RIDGE.title,
      body: `This is you.\r\n\r\n${RIDGE.title}\r\n${RIDGE.url}\r\n\r\nAda`,
    });
    doneTo(await pages.send(byHand, `/notes/${id}/sent-myself`), `/notes?done=${id}`);
    expect((await notes())[0]).toMatchObject({ state: 'sent', sentMyself: true });
    expect((await api('GET', `/friends/${friendId}`)).json.lastWroteAt).toBe('2026-11-23T12:00:00.000Z');
  });

  test('no address of a friend adds a recipient to the mail that one opens', async () => {
    const { api, pages } = await adaWithRidge();
    const email = 'grace?bcc=eve&x@friends.example';
    const friendId = (await api('POST', '/friends', { name: 'Grace', email })).json.id;
    const { id } = (await api('POST', '/notes', { friendId, text: 'x' })).json;
    const { text } = await pages.get(`/notes/${id}/by-hand`);
    const mailto = new URL(/href="(mailto:[^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '');
    expect([...mailto.searchParams.keys()]).toEqual(['subject', 'body']);
  });

  test('a letter for somebody whom no mail reaches comes back', async () => {
    const { api, pages, notes, articleId } = await adaWithRidge();
    const friendId = (await api('POST', '/friends', { name: 'Alan' })).json.id;
    const fields = { friendId, articleId, text: 'This is you.', moment: 'now', do: 'seal', from: 'write' };
    cameBack(await pages.post('/notes', fields), 'This is you.', 'Alan has no email address.');
    expect(await notes()).toEqual([]);
  });

  test('a suggestion is set aside, and put away for good', async () => {
    const { api, pages, articleId, friendId } = await adaWithRidge();
    const today = await pages.get('/');
    expect(today.text).toContain(RIDGE.title);
    const later = await pages.send(today, '/notes', {}, 'later');
    doneTo(later, `/?aside=${articleId}&for=${friendId}`);
    expect((await pages.follow(later)).text).toContain('Kept for later');
    expect((await pages.get('/')).text).not.toContain(RIDGE.title);
    expect((await pages.get(`/friends/${friendId}`)).text).toContain(RIDGE.title);
    const article = `/articles/${articleId}`;
    const gone = await pages.send(await pages.get(article), '/notes', {}, 'dismiss');
    doneTo(gone, `${article}?for=${friendId}`);
    expect((await pages.get(`/friends/${friendId}`)).text).not.toContain(RIDGE.title);
    expect((await api('GET', `/articles/${articleId}/suggestions`)).json).toEqual({ items: [] });
    const undone = await pages.send(
      await pages.follow(gone),
      `/suggestions/${articleId}/${friendId}`,
      {},
      'open',
    );
    doneTo(undone, article);
    expect((await pages.get('/')).text).toContain(RIDGE.title);
    expect((await pages.get(`/?aside=${articleId}&for=${friendId}`)).text).not.toContain('Undo');
  });

  test('“not about this” is learned, said on the friend’s page, forgotten there and called back', async () => {
    const { api, pages, friendId } = await adaWithRidge();
    const friend = `/friends/${friendId}`;
    const interestId = (await api('GET', friend)).json.interests[0].id;
    const answered = await pages.send(await pages.get('/'), '/notes', {}, `not-about-${interestId}`);
    expect((await pages.follow(answered)).text).toMatch(/Set aside: not about .*trail running/);
    const lesson = /You set one aside\. It counts for less\./;
    const page = await pages.get(friend);
    expect(page.text).toMatch(lesson);
    const forgotten = await pages.send(page, `${friend}/interests/${interestId}/forget`);
    doneTo(forgotten, `${friend}?forgot=${interestId}`);
    const after = await pages.follow(forgotten);
    expect(after.text).not.toMatch(lesson);
    doneTo(await pages.send(after, `${friend}/interests/${interestId}/recall`), friend);
    expect((await pages.get(friend)).text).toMatch(lesson);
    // For the user's eyes alone, and no part of the contract.
    expect((await api('GET', friend)).json).not.toHaveProperty('learned');
  });

  test('two interests that are nearly the same are merged', async () => {
    const { api, pages, friendId } = await adaWithRidge();
    const friend = `/friends/${friendId}`;
    await api('PATCH', friend, { interests: ['running', 'trail running'] });
    const [gone, kept] = (await api('GET', friend)).json.interests;
    const page = await pages.get(friend);
    expect(page.text).toContain('The same as');
    doneTo(await pages.send(page, `${friend}/interests/${kept.id}/merge`), friend);
    expect((await api('GET', friend)).json.interests).toEqual([kept]);
    const again = await pages.post(`${friend}/interests/${kept.id}/merge`, { with: gone.id });
    doneTo(again, friend);
    expect((await pages.get(friend)).text).not.toContain('The same as');
  });

  test('a letter keeps its words when the suggestion was put away meanwhile', async () => {
    const { pages, articleId, friendId } = await adaWithRidge();
    for (const from of ['/', `/articles/${articleId}`]) {
      const old = await pages.get(from);
      await pages.post(`/suggestions/${articleId}/${friendId}`, { do: 'dismiss' });
      const late = { text: 'This is you.', moment: 'at', at: '2026-11-22T09:30' };
      cameBack(await pages.send(old, '/notes', late, 'seal'), 'This is you.', 'That time has passed.');
      await pages.post(`/suggestions/${articleId}/${friendId}`, { do: 'open' });
    }
  });

  test('more interests than a friend can have, or longer ones, are refused where they are wrong', async () => {
    const { api, pages, friendId } = await adaWithRidge();
    const patch = async (interests: unknown) =>
      (await api('PATCH', `/friends/${friendId}`, { interests })).json;
    const many = Array.from({ length: 500 }, (_, n) => `thing ${n}`);
    expect(await patch(many)).toMatchObject({
      status: 400,
      errors: [{ path: '/interests', message: 'must be at most 100' }],
    });
    expect(await patch(['x'.repeat(300)])).toMatchObject({
      status: 400,
      errors: [{ path: '/interests/0', message: 'must be at most 200 characters' }],
    });
    const wild = '<script>alert(1)</script>';
    await patch([wild, ...many.slice(0, 99)]);
    const page = await pages.get(`/friends/${friendId}`);
    expect(page.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page.text).not.toContain(wild);
    cameBack(await pages.send(page, `/friends/${friendId}/interests`, { words: 'one more' }), 'at most 100');
    cameBack(
      await pages.send(page, `/friends/${friendId}/interests`, { words: 'x'.repeat(300) }),
      'at most 200',
    );
  });

  test('a suggestion can be answered in a few ways only', async () => {
    const { pages, articleId, friendId } = await adaWithRidge();
    for (const word of ['written', 'accepted', 'not-about-', 'not-about-x', '', 'toString']) {
      expect((await pages.post(`/suggestions/${articleId}/${friendId}`, { do: word })).status).toBe(400);
    }
    expect((await pages.get('/')).text).toContain(RIDGE.title);
  });
});

describe('what the page asks before a letter is sealed', () => {
  const LONG = 'You, at the stream. '.repeat(31);
  const ALAN = { name: 'Alan', email: 'alan@friends.example', timeZone: 'Europe/London' };

  async function adaWithTwo() {
    const ada = await adasDesk();
    const friendId: string = (await ada.api('POST', '/friends', GRACE)).json.id;
    const alan: string = (await ada.api('POST', '/friends', ALAN)).json.id;
    const write = (friend = friendId) => ada.pages.get(`/friends/${friend}/write`);
    return {
      ...ada,
      friendId,
      alan,
      notes: async () => (await ada.api('GET', '/notes')).json.items,
      write,
      seal: async (fields: Fields, friend = friendId) =>
        ada.pages.send(await write(friend), '/notes', fields, 'seal'),
    };
  }

  /** Nothing is sealed: the form is there again with these questions, in this order, and what was typed. */
  function asks(answer: Answer, ...said: string[]): void {
    const { document } = parseHTML(answer.text);
    expect([answer.status, answer.to]).toEqual([200, null]);
    expect([...document.querySelectorAll('.asks p')].map((one) => one.textContent)).toEqual(said);
    expect(document.querySelector('.wrong')).toBeNull();
  }

  test('a letter? It is sent as one, with the words that were typed', async () => {
    const { pages, seal, notes, friendId } = await adaWithTwo();
    const asked = await seal({ text: LONG });
    asks(asked, 'A letter? It is longer than a note.');
    // As a browser sends it in which no button was pressed.
    asks(await pages.post('/notes', { friendId, text: LONG }), 'A letter? It is longer than a note.');
    expect(asked.text).toContain('Send it as a letter');
    expect(await notes()).toEqual([]);
    doneTo(await pages.send(asked, '/notes', {}, 'seal'), expect.stringMatching(/\/sealed$/));
    expect(await notes()).toMatchObject([{ text: LONG.trim(), state: 'scheduled' }]);
  });

  test('changed words are asked about anew; shorter ones are not', async () => {
    const { pages, seal } = await adaWithTwo();
    const asked = await seal({ text: LONG });
    asks(
      await pages.send(asked, '/notes', { text: `${LONG}!` }, 'seal'),
      'A letter? It is longer than a note.',
    );
    expect((await pages.send(asked, '/notes', { text: 'You.' }, 'seal')).status).toBe(303);
  });

  test('the same words for a second friend, within 30 days', async () => {
    const { ground, pages, api, seal, notes, alan } = await adaWithTwo();
    const first = { friendId: alan, text: 'Alan, this made me think of you.', moment: { kind: 'surprise' } };
    await api('POST', '/notes', first);
    ground.setClock('2026-12-21T12:00:00.000Z');
    const words = { text: 'This made me think of you, Grace!' };
    const asked = await seal(words);
    asks(
      asked,
      'You wrote Alan the same words on 23 November. Write Grace another line, or send it as it is.',
    );
    doneTo(await pages.send(asked, '/notes', {}, 'seal'), expect.stringMatching(/\/sealed$/));
    expect(await notes()).toHaveLength(2);
  });

  test('nothing is asked of words that were taken back, are older, or went to the same friend', async () => {
    const { ground, user, api, seal, alan } = await adaWithTwo();
    const words = 'This made me think of you.';
    const write = async (friendId: string, change: Partial<Note>) => {
      const note = (await api('POST', '/notes', { friendId, text: words, moment: { kind: 'surprise' } }))
        .json;
      const seen = await findNote(ground.table, user.id, note.id);
      if (seen) await replaceNote(ground.table, user.id, { ...seen, ...change }, seen);
    };
    await write(alan, { state: 'cancelled' });
    await write(alan, { createdAt: '2026-10-24T12:00:00.000Z' });
    expect((await seal({ text: words })).status).toBe(303);
    await write(alan, { createdAt: '2026-10-24T12:00:01.000Z' });
    expect((await seal({ text: `${words} ` })).status).toBe(303);
    asks(
      await seal({ text: `${words} 🙂` }),
      'You wrote Alan the same words on 24 October. Write Grace another line, or send it as it is.',
    );
  });

  test('the article’s title, and nothing of one’s own', async () => {
    const { api, pages, friendId } = await adaWithTwo();
    const { id } = (await api('POST', '/articles', RIDGE)).json;
    const page = await pages.get(`/friends/${friendId}/write?article=${id}`);
    const asked = await pages.send(page, '/notes', { text: `${RIDGE.title}\n${RIDGE.url}` }, 'seal');
    asks(asked, 'That is the article’s own title. Write Grace one line, or send it as it is.');
    expect((await pages.send(asked, '/notes', {}, 'seal')).status).toBe(303);
  });

  test.each([
    ['sent', { state: 'sent', sentAt: '2026-11-22T10:00:00.000Z' }, 'Grace had a letter from you yesterday.'],
    [
      'at a time',
      { sendAt: '2026-11-25T14:30:00.000Z', moment: { kind: 'at', at: '2026-11-25T09:30' } },
      'Another letter to Grace leaves on Wednesday.',
    ],
    [
      'a surprise, whose day is not told',
      { sendAt: '2026-11-25T14:30:00.000Z', moment: { kind: 'surprise' } },
      'A surprise for Grace already waits, within days of this.',
    ],
  ] as [string, Partial<Note>, string][])('a letter within days of another: %s', async (_, other, said) => {
    const { ground, user, api, pages, seal, friendId, notes } = await adaWithTwo();
    const moment = { kind: 'at', at: '2026-12-24T09:30' };
    const { id } = (await api('POST', '/notes', { friendId, text: 'Before.', moment })).json;
    const seen = await findNote(ground.table, user.id, id);
    if (!seen) throw new Error('The note is gone.');
    await replaceNote(ground.table, user.id, { ...seen, ...other }, seen);
    const way = 'Choose a later time, or send it all the same.';
    const now = await seal({ text: 'And this.', moment: 'now' });
    asks(now, `${said} ${way}`);
    // Another moment is asked about by itself.
    const soon = await pages.send(now, '/notes', { moment: 'at', at: '2026-11-24T09:30' }, 'seal');
    asks(soon, `${said} ${way}`);
    // A surprise keeps away by itself; so does a time that is far enough.
    const later = await pages.send(soon, '/notes', { text: 'And later.', at: '2026-11-29T09:30' }, 'seal');
    expect(later.status).toBe(303);
    expect((await seal({ text: 'And that.', moment: 'surprise' })).status).toBe(303);
    expect((await pages.send(now, '/notes', {}, 'seal')).status).toBe(303);
    expect(await notes()).toHaveLength(4);
  });

  test('a friend who asked for fewer', async () => {
    const { ground, user, api, seal, friendId } = await adaWithTwo();
    await askLessOften(ground, user.id, friendId, true);
    const moment = { kind: 'at', at: '2026-12-08T09:30' };
    await api('POST', '/notes', { friendId, text: 'Before.', moment });
    asks(
      await seal({ text: 'And this.', moment: 'now' }),
      'Grace asked for fewer letters. Another letter to Grace leaves on 8 December. Choose a later time, or send it all the same.',
    );
  });

  test('everything at once, and one answer to all', async () => {
    const { pages, api, seal, notes, friendId, alan } = await adaWithTwo();
    await api('POST', '/notes', { friendId: alan, text: LONG, moment: { kind: 'surprise' } });
    const moment = { kind: 'at', at: '2026-11-24T09:30' };
    await api('POST', '/notes', { friendId, text: 'Before.', moment });
    const asked = await seal({ text: LONG, moment: 'now' });
    asks(
      asked,
      'A letter? It is longer than a note.',
      'You wrote Alan the same words today. Write Grace another line, or send it as it is.',
      'Another letter to Grace leaves tomorrow. Choose a later time, or send it all the same.',
    );
    expect(asked.text).toContain('Send it as it is');
    doneTo(await pages.send(asked, '/notes', {}, 'seal'), expect.stringMatching(/\/sealed$/));
    expect(await notes()).toHaveLength(3);
  });

  test('nothing is asked of a script, nor of who sends it by hand', async () => {
    const { api, pages, write, friendId, alan } = await adaWithTwo();
    for (const friend of [friendId, alan, friendId]) {
      const note = { friendId: friend, text: LONG, moment: { kind: 'now' } };
      expect((await api('POST', '/notes', note)).status).toBe(201);
    }
    const carried = await pages.send(await write(), '/notes', { text: `${LONG} ${LONG}` }, 'myself');
    doneTo(carried, expect.stringMatching(/\/by-hand$/));
  });

  test('a draft that is sealed, and an edit, ask as a new letter does; words alone that are saved do not', async () => {
    const { api, pages, friendId } = await adaWithTwo();
    const { id } = (await api('POST', '/notes', { friendId, text: 'First.' })).json;
    const path = `/notes/${id}/edit`;
    const saved = await pages.send(await pages.get('/notes'), path, { text: LONG }, 'save');
    doneTo(saved, `/notes?done=${id}`);
    const asked = await pages.send(await pages.get('/notes'), path, { moment: 'now' }, 'seal');
    asks(asked, 'A letter? It is longer than a note.');
    doneTo(await pages.send(asked, path, {}, 'seal'), `/notes?done=${id}`);
    const note = async () => (await api('GET', `/notes/${id}`)).json;
    expect((await note()).state).toBe('scheduled');
    // The moment alone is no new text; other words are.
    const later = { moment: 'at', at: '2026-12-24T09:30' };
    doneTo(await pages.send(await pages.get('/notes'), path, later), `/notes?done=${id}`);
    const again = await pages.send(await pages.get('/notes'), path, { text: `${LONG} And you.` });
    asks(again, 'A letter? It is longer than a note.');
    doneTo(await pages.send(again, path), `/notes?done=${id}`);
    expect((await note()).text).toBe(`${LONG} And you.`);
  });

  test('a letter that leaves at once can be taken back, however it was sealed', async () => {
    const ada = await adasDesk({ HALLWAY_UNDO_SECONDS: '7' });
    const { api, ground, user, pages } = ada;
    const friendId = (await api('POST', '/friends', GRACE)).json.id;
    const articleId = (await api('POST', '/articles', RIDGE)).json.id;
    const takeBack = async (answer: Answer) => {
      const page = answer.to ? await pages.follow(answer) : answer;
      const [, id = ''] = /action="\/notes\/(nte_\w+)\/cancel"/.exec(page.text) ?? [];
      expect(page.text).toContain('data-seconds="7"');
      expect((await pages.send(page, `/notes/${id}/cancel`)).status).toBe(303);
      expect((await api('GET', `/notes/${id}`)).json.state).toBe('cancelled');
    };
    const write = await pages.get(`/friends/${friendId}/write`);
    const sealed = await pages.send(write, '/notes', { text: 'One.', moment: 'now' }, 'seal');
    expect((await pages.follow(sealed)).text).toContain('It leaves in seven seconds.');
    await takeBack(sealed);
    const seen = await pages.send(write, '/notes', { text: 'Two.', moment: 'now' }, 'preview');
    await takeBack(await pages.send(seen, '/notes', {}, 'seal'));
    const window = await pages.get(`/save/${articleId}`);
    const inWindow = { [`text-${friendId}`]: 'Three.', moment: 'now' };
    await takeBack(await pages.send(window, `/save/${articleId}/notes`, inWindow, 'seal'));
    const draft = (await api('POST', '/notes', { friendId, text: 'Four.' })).json;
    const edit = `/notes/${draft.id}/edit`;
    await takeBack(await pages.send(await pages.get('/notes'), edit, { moment: 'now' }, 'seal'));
    const held = (await api('POST', '/notes', { friendId, text: 'Five.', moment: { kind: 'surprise' } }))
      .json;
    const note = await findNote(ground.table, user.id, held.id);
    if (!note) throw new Error('The note is gone.');
    await replaceNote(ground.table, user.id, { ...note, state: 'held', heldBecause: 'link-gone' }, note);
    await takeBack(await pages.send(await pages.get('/notes'), `/notes/${held.id}/send-again`));
  });

  test.each(['https://ridge.example/dark', 'ridge.example', '…', '👍'])(
    'a note without a word of one’s own is refused: %s',
    async (text) => {
      const { api, seal, friendId, notes } = await adaWithTwo();
      cameBack(await seal({ text }), 'Write Grace one line.');
      expect((await api('POST', '/notes', { friendId, text })).json).toMatchObject({
        status: 400,
        errors: [{ path: '/text', message: 'must have at least one word of your own, not a link alone' }],
      });
      expect(await notes()).toEqual([]);
    },
  );
});

describe('notes', () => {
  async function adaWithNote(note: object = { moment: { kind: 'at', at: '2026-11-24T09:30' } }) {
    const ada = await adasDesk();
    const friendId: string = (await ada.api('POST', '/friends', GRACE)).json.id;
    const { id } = (await ada.api('POST', '/notes', { friendId, text: 'This is you.', ...note })).json;
    return {
      ...ada,
      friendId,
      id,
      path: `/notes/${id}`,
      page: () => ada.pages.get('/notes'),
      note: async () => (await ada.api('GET', `/notes/${id}`)).json,
      /** As the queue or an event left it. */
      async becomes(change: Partial<Note>) {
        const seen = await findNote(ada.ground.table, ada.user.id, id);
        if (!seen) throw new Error('The note is gone.');
        await replaceNote(
          ada.ground.table,
          ada.user.id,
          { ...seen, ...change, version: seen.version + 1 },
          seen,
        );
      },
    };
  }

  test('a sealed one is changed', async () => {
    const { pages, path, page, note, id } = await adaWithNote();
    const fields = { text: 'This is still you.', moment: 'at', at: '2026-11-25T09:30' };
    doneTo(await pages.send(await page(), `${path}/edit`, fields), `/notes?done=${id}`);
    expect(await note()).toMatchObject({
      text: 'This is still you.',
      version: 2,
      sendAt: '2026-11-25T14:30:00.000Z',
    });
    doneTo(
      await pages.send(await page(), `${path}/edit`, { text: 'And now.', moment: 'keep' }),
      `/notes?done=${id}`,
    );
    expect(await note()).toMatchObject({ text: 'And now.', version: 3, sendAt: '2026-11-25T14:30:00.000Z' });
  });

  test('a change that is not right comes back as it was typed', async () => {
    const { pages, path, page, note } = await adaWithNote();
    const before = await note();
    const late = { text: 'Later.', moment: 'at', at: '2026-11-22T09:30' };
    cameBack(
      await pages.send(await page(), `${path}/edit`, late),
      'Later.',
      'value="2026-11-22T09:30"',
      'That time has passed. Choose a later one.',
    );
    cameBack(
      await pages.send(await page(), `${path}/edit`, { text: ' ' }),
      'An empty sheet is not a letter. Write Grace one line.',
    );
    expect(await note()).toEqual(before);
  });

  test('a change made on an older version is refused, and the page shows how the note stands', async () => {
    const { api, pages, path, page, note, id } = await adaWithNote();
    const old = await page();
    await api('PATCH', `/notes/${id}`, { text: 'Changed on the phone.' });
    for (const answer of [
      await pages.send(old, `${path}/edit`, { text: 'Changed at the desk.' }),
      await pages.send(old, `${path}/cancel`),
    ]) {
      expect(answer.status).toBe(409);
      expect(answer.text).toContain('The note was changed meanwhile. Look at it again.');
      expect(answer.text).toContain('Changed on the phone.');
    }
    expect(await note()).toMatchObject({ text: 'Changed on the phone.', version: 2 });
  });

  test('one is taken back', async () => {
    const { pages, path, page, note, id } = await adaWithNote();
    const back = await pages.send(await page(), `${path}/cancel`);
    doneTo(back, `/notes?done=${id}`);
    expect((await pages.follow(back)).text).toContain('Taken back.');
    expect((await note()).state).toBe('cancelled');
  });

  test('a draft is sealed from its place', async () => {
    const { pages, path, page, note } = await adaWithNote({});
    await pages.send(await page(), `${path}/edit`, { moment: 'now' }, 'seal');
    expect(await note()).toMatchObject({ state: 'scheduled', sendAt: '2026-11-23T12:00:30.000Z' });
  });

  test('one that came back is sent again, if there is an address', async () => {
    const { api, pages, path, page, note, id, friendId, becomes } = await adaWithNote();
    await becomes({ state: 'bounced' });
    await api('PATCH', `/friends/${friendId}`, { email: null });
    const refused = await pages.send(await page(), `${path}/send-again`);
    cameBack(refused, 'Grace has no email address.', 'This is you.');
    expect((await note()).state).toBe('bounced');
    await api('PATCH', `/friends/${friendId}`, { email: 'other@friends.example' });
    doneTo(await pages.send(await page(), `${path}/send-again`), `/notes?done=${id}`);
    expect(await note()).toMatchObject({ state: 'scheduled', sendAt: '2026-11-23T12:00:30.000Z' });
  });

  test.each([
    ['send-again', 'scheduled'],
    ['arrived', 'delivered'],
  ])('one that may or may not have left: %s', async (step, state) => {
    const { pages, path, page, note, id, becomes } = await adaWithNote();
    await becomes({ state: 'uncertain' });
    doneTo(await pages.send(await page(), `${path}/${step}`), `/notes?done=${id}`);
    expect((await note()).state).toBe(state);
  });

  test.each([
    'muted',
    'suppressed',
    'friend-has-no-email',
    'already-sent',
    'tries-ended',
    'article-deleted',
    'link-gone',
    'paused',
    'less-often',
  ] as const)('one that is held says why: %s', async (heldBecause) => {
    const { page, pages, path, note, id, becomes } = await adaWithNote();
    await becomes({ state: 'held', heldBecause });
    const shown = await page();
    expect(shown.text).toContain('Your turn');
    // In the middle of a sentence: without its first letter.
    expect(shown.text).toContain(because(heldBecause, 'Grace').slice(1));
    doneTo(await pages.send(shown, `${path}/cancel`), `/notes?done=${id}`);
    expect((await note()).state).toBe('cancelled');
  });

  test('a step with a version that is none is refused', async () => {
    const { pages, path, note } = await adaWithNote();
    for (const version of ['x', '1.5', '-1', '9'.repeat(400)]) {
      for (const step of ['edit', 'cancel', 'sent-myself']) {
        const { status } = await pages.post(`${path}/${step}`, { version, text: 'x' });
        expect([version, step, status]).toEqual([
          version,
          step,
          expect.toSatisfy((is) => is === 400 || is === 409),
        ]);
      }
    }
    expect((await note()).version).toBe(1);
  });
});

describe('settings', () => {
  test('name and time zone', async () => {
    const { ground, pages, api } = await adasDesk();
    const fields = { name: 'Ada Lovelace', timeZone: 'Europe/Lisbon' };
    doneTo(await pages.send(await pages.get('/settings'), '/settings', fields), '/settings');
    expect((await pages.get('/settings')).text).toContain('value="Ada Lovelace"');
    expect((await api('POST', '/friends', { name: 'Grace' })).json.timeZone).toBe('Europe/Lisbon');
    expect(ground.settings.baseUrl).toBe('http://localhost:8787');
  });

  test('that are not right come back as they were typed', async () => {
    const { pages } = await adasDesk();
    const fields = { name: '', timeZone: 'Mars/Olympus' };
    const again = await pages.send(await pages.get('/settings'), '/settings', fields);
    cameBack(again, 'value="Mars/Olympus"', 'This must be an IANA time zone', 'This must not be empty.');
    expect((await pages.get('/settings')).text).toContain('value="Ada"');
  });

  test('a new token is shown once; the old ones stop working', async () => {
    const { app, api, pages } = await adasDesk();
    const shown = await pages.send(await pages.get('/settings'), '/settings/token');
    expect(shown.status).toBe(200);
    const token = /hw_[\w-]{43}/.exec(shown.text)?.[0] ?? '';
    expect((await script(app, token)('GET', '/friends')).status).toBe(200);
    expect((await api('GET', '/friends')).status).toBe(401);
    expect((await pages.get('/settings')).text).not.toContain('hw_');
  });

  test('signing out', async () => {
    const { app, pages, session } = await adasDesk();
    doneTo(await pages.send(await pages.get('/settings'), '/sign-out'), '/sign-in');
    expect((await browser(app, session).get('/settings')).status).toBe(303);
  });
});
