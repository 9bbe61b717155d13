import { describe, expect, test } from 'vitest';
import { bookmarkletKey } from '../../functions/accounts/accounts.ts';
import { findUser } from '../../functions/accounts/store.ts';
import { type Answer, adasDesk, ask, browser, caller, everything } from './callers.ts';

const PAGE = {
  url: 'https://ridge.example/dark?utm_source=newsletter',
  title: 'Trail running in the dark',
  selection: 'Take two lamps.',
};

async function adasBookmark(friends: object[] = []) {
  const ada = await adasDesk();
  const ids: string[] = [];
  for (const friend of friends) ids.push((await ada.api('POST', '/friends', friend)).json.id);
  return { ...ada, ids, key: bookmarkletKey(ada.ground, ada.user) };
}

const GRACE = { name: 'Grace', email: 'grace@friends.example', interests: ['trail running'] };
const ALAN = { name: 'Alan', email: 'alan@friends.example', interests: ['running in the dark'] };
const JOAN = { name: 'Joan', email: 'joan@friends.example' };

describe('the bookmarklet’s window', () => {
  test('opens for everybody, and may be looked at by the page that opened it', async () => {
    const { app, pages } = await adasBookmark();
    for (const who of [pages, browser(app)]) {
      const { status, headers, text } = await who.get('/save');
      expect(status).toBe(200);
      expect(headers.get('cross-origin-opener-policy')).toBeNull();
      expect(text).toContain('/assets/save.js');
    }
  });

  test('with the user’s own key it saves at once', async () => {
    const { api, pages, key, ids } = await adasBookmark([GRACE]);
    const saved = await pages.post('/save', { ...PAGE, key });
    expect(saved.status).toBe(303);
    const { items } = (await api('GET', '/articles')).json;
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      canonicalUrl: 'https://ridge.example/dark',
      title: PAGE.title,
      selection: PAGE.selection,
      savedBy: 'bookmarklet',
    });
    expect(saved.to).toBe(`/save/${items[0].id}`);
    const page = await pages.follow(saved);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Saved');
    expect(page.text).toContain(ids[0]);
  });

  test('the form of the page, as its script fills it', async () => {
    const { pages, key } = await adasBookmark();
    const saved = await pages.send(await pages.get('/save'), '/save', { ...PAGE, key });
    expect([saved.status, saved.to]).toEqual([303, expect.stringMatching(/^\/save\/art_/)]);
  });

  test('the bookmark itself carries the address and the key', async () => {
    const { pages, key } = await adasBookmark();
    const { text } = await pages.get('/settings');
    const code = decodeURIComponent(/href="(javascript:[^"]+)"/.exec(text)?.[1] ?? '').replaceAll(
      '&amp;',
      '&',
    );
    expect(code).toContain('http://localhost:8787/save#');
    expect(code).toContain(key);
  });

  async function wrongKeys() {
    const ada = await adasBookmark();
    const mallory = await caller(ada.ground, ada.app, 'Mallory');
    await ada.pages.send(await ada.pages.get('/settings'), '/settings/bookmarklet');
    const now = await findUser(ada.ground.table, ada.user.id);
    return {
      ...ada,
      newKey: now ? bookmarkletKey(ada.ground, now) : '',
      keys: {
        'another user’s': bookmarkletKey(ada.ground, mallory.user),
        'the one before it was replaced': ada.key,
        'a made-up one': 'x'.repeat(22),
        'a long one': 'x'.repeat(100_000),
        'a letter': 'ü',
        'the session': ada.session,
      },
    };
  }

  test('with any other key it asks first, and keeps nothing until the button is pressed', async () => {
    const { ground, pages, keys, newKey } = await wrongKeys();
    const stored = await everything(ground);
    let asked: Answer | undefined;
    for (const [name, key] of Object.entries(keys)) {
      asked = await pages.post('/save', { ...PAGE, key });
      expect([name, asked.status]).toEqual([name, 200]);
      expect(asked.text).toContain('Keep this?');
      expect(asked.text).toContain(PAGE.title);
      expect(await everything(ground)).toEqual(stored);
    }
    const confirmed = await pages.send(asked as Answer, '/save');
    expect([confirmed.status, confirmed.to]).toEqual([303, expect.stringMatching(/^\/save\/art_\w+$/)]);
    const again = await pages.post('/save', { ...PAGE, key: newKey });
    expect(again.to).toBe(`${confirmed.to}?again=1`);
  });

  test('what another page put in is shown as text, and opens nothing', async () => {
    const { pages } = await adasBookmark();
    for (const url of [
      'javascript:alert(1)',
      '"><script>alert(1)</script>',
      'https://ridge.example/"onload="x',
    ]) {
      const { status, text } = await pages.post('/save', {
        url,
        title: '<img src=x onerror=alert(1)>',
        key: 'x',
      });
      expect(status).toBe(200);
      expect(text).not.toMatch(/<img src=x|<script>alert|href="javascript|"onload="x"/);
    }
  });

  test('signed out it keeps nothing, and hands the fields on to the sign-in', async () => {
    const { app, ground, key } = await adasBookmark();
    const stored = await everything(ground);
    const { status, text } = await browser(app).post('/save', { ...PAGE, key });
    expect(status).toBe(401);
    expect(text).toContain('action="/sign-in"');
    expect(text).toContain('name="return" value="/save"');
    const kept = /data-keep="([^"]*)"/.exec(text)?.[1]?.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
    expect(JSON.parse(kept ?? '')).toEqual(PAGE);
    expect(await everything(ground)).toEqual(stored);
  });

  test('what was saved before is said to be', async () => {
    const { pages, key } = await adasBookmark();
    const first = await pages.post('/save', { ...PAGE, key });
    const again = await pages.post('/save', { ...PAGE, url: 'https://ridge.example/dark#top', key });
    expect(again.to).toBe(`${first.to}?again=1`);
    expect((await pages.follow(again)).text).toContain('You saved this today.');
  });

  test('what is no address comes back as it was typed', async () => {
    const { pages, key } = await adasBookmark();
    const { status, text } = await pages.post('/save', { ...PAGE, url: 'ridge.example', key });
    expect(status).toBe(400);
    expect(text).toContain('This is not a web address.');
    for (const typed of ['ridge.example', PAGE.title, PAGE.selection]) expect(text).toContain(typed);
  });
});

describe('a page handed over with its HTML', () => {
  const BODY = 'Your feet learn the path before your eyes do, and trail running at night is trust. ';
  const HTML = `<!doctype html><html><head><title>Members only</title></head><body><article><h1>Members only</h1><p>${BODY.repeat(10)}</p></article></body></html>`;
  const MEMBERS = { url: 'https://ridge.example/members', title: 'Members only' };
  const MB = 1024 * 1024;

  /** As the script sends it. */
  function multipart(fields: Record<string, string>): FormData {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    return body;
  }

  async function handedOver(friends: object[] = [GRACE]) {
    const ada = await adasBookmark(friends);
    const headers = { Cookie: `hallway=${ada.session}`, 'Sec-Fetch-Site': 'same-origin' };
    const hand = (fields: Record<string, string>) =>
      ask(ada.app, '/save', { method: 'POST', headers, body: multipart(fields) });
    const article = async (answer: Answer) =>
      (await ada.api('GET', `/articles/${/art_\w+/.exec(answer.to ?? '')?.[0]}`)).json;
    return { ...ada, headers, hand, article };
  }

  test('its words are kept, and say who it is for', async () => {
    const { hand, article, key, ids } = await handedOver();
    const saved = await hand({ ...MEMBERS, key, html: HTML });
    expect([saved.status, saved.to]).toEqual([303, expect.stringMatching(/^\/save\/art_\w+$/)]);
    expect(await article(saved)).toMatchObject({
      title: 'Members only',
      wordCount: 160,
      suggestions: [{ friendId: ids[0] }],
    });
  });

  test('with a wrong key nothing is stored; the page holds the HTML until the button is pressed', async () => {
    const { ground, pages, hand, article } = await handedOver();
    const stored = await everything(ground);
    const asked = await hand({ ...MEMBERS, key: 'stolen', html: HTML });
    expect([asked.status, asked.text.includes('Keep this?')]).toEqual([200, true]);
    expect(await everything(ground)).toEqual(stored);
    expect(await article(await pages.send(asked, '/save'))).toMatchObject({ wordCount: 160 });
  });

  test('signed out nothing is stored, and the HTML is not handed on', async () => {
    const { app, ground, key } = await handedOver();
    const stored = await everything(ground);
    const headers = { 'Sec-Fetch-Site': 'same-origin' };
    const body = multipart({ ...MEMBERS, key, html: HTML });
    const { status, text } = await ask(app, '/save', { method: 'POST', headers, body });
    expect([status, text.includes('feet')]).toEqual([401, false]);
    expect(await everything(ground)).toEqual(stored);
  });

  test('2 MB are read; above it the link is kept alone, and the window says so', async () => {
    const { hand, article, key, pages } = await handedOver();
    const padded = (bytes: number) => HTML + ' '.repeat(bytes - Buffer.byteLength(HTML));
    const full = await hand({ ...MEMBERS, key, html: padded(2 * MB) });
    expect(await article(full)).toMatchObject({ wordCount: 160 });
    const over = await hand({ url: 'https://ridge.example/large', key, html: padded(2 * MB + 1) });
    expect(over.to).toMatch(/^\/save\/art_\w+\?missing=large$/);
    expect(await article(over)).toMatchObject({ wordCount: 0 });
    expect((await pages.follow(over)).text).toContain('The page is over 2 MB.');
  });

  test('a page that would not fit into ours, once more quoted, is asked about as a link', async () => {
    const { hand } = await handedOver();
    const asked = await hand({ ...MEMBERS, key: 'stolen', html: '"'.repeat(2 * MB) });
    expect(asked.text).toContain('Keep this?');
    expect(asked.text.length).toBeLessThan(100_000);
    expect(asked.text).toContain('name="missing" value="large"');
  });

  test('a page that kept silent is a link, and the window says so', async () => {
    const { hand, pages, key } = await handedOver();
    const saved = await hand({ ...MEMBERS, key, html: '', missing: 'silent' });
    expect((await pages.follow(saved)).text).toContain('The page did not give its text.');
    const odd = await hand({ url: 'https://ridge.example/odd', key, missing: '"><script>' });
    expect(odd.to).toMatch(/^\/save\/art_\w+$/);
    expect((await pages.get(`${odd.to}?missing=%22%3E%3Cscript%3E`)).text).not.toContain('"><script>');
  });

  test('what was saved before is said to be', async () => {
    const { hand, key } = await handedOver();
    const first = await hand({ ...MEMBERS, key, html: HTML });
    for (const changes of [{}, { html: '', missing: 'silent' }]) {
      expect((await hand({ ...MEMBERS, key, html: HTML, ...changes })).to).toBe(`${first.to}?again=1`);
    }
  });
});

describe('the share sheet of a phone', () => {
  /** As Chrome writes it: each part says that it is text. */
  function sharedBody(fields: Record<string, string>) {
    const parts = Object.entries(fields).map(
      ([name, value]) =>
        `--shared\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: text/plain\r\n\r\n${value}\r\n`,
    );
    return { type: 'multipart/form-data; boundary=shared', body: `${parts.join('')}--shared--\r\n` };
  }

  async function adasPhone() {
    const ada = await adasBookmark([GRACE]);
    const share = (fields: Record<string, string>, changes: Record<string, string> = {}) => {
      const { type, body } = sharedBody(fields);
      const sent = { Cookie: `hallway=${ada.session}`, 'Sec-Fetch-Site': 'none', 'Content-Type': type };
      return ask(ada.app, '/share', { method: 'POST', headers: { ...sent, ...changes }, body });
    };
    const articles = async () => (await ada.api('GET', '/articles')).json.items;
    return { ...ada, share, articles };
  }

  const URL = 'https://ridge.example/dark';

  test.each([
    ['an address', { url: URL }, 'ridge.example/dark', null],
    ['an address as text', { title: 'Lamps', text: URL }, 'Lamps', null],
    ['an address twice', { title: 'Lamps', text: URL, url: URL }, 'Lamps', null],
    ['an address among words', { text: `Running in the dark:\n${URL}.` }, 'Running in the dark', null],
    ['an address among an app’s words', { title: 'Lamps', text: `Read (${URL}) with Us` }, 'Lamps', null],
    ['marked words', { title: 'Lamps', text: `"Two\nlamps."\n ${URL}` }, 'Lamps', 'Two\nlamps.'],
    ['marked words without a title', { text: `“Two lamps.” ${URL}` }, 'ridge.example/dark', 'Two lamps.'],
  ] as [string, Record<string, string>, string, string | null][])(
    '%s is saved, and leads to whom it could be for',
    async (_, fields, title, selection) => {
      const { share, articles, pages } = await adasPhone();
      const saved = await share(fields);
      const [article] = await articles();
      expect([saved.status, saved.to]).toEqual([303, `/save/${article.id}`]);
      expect(article).toMatchObject({ url: URL, title, selection });
      expect((await pages.follow(saved)).text).toContain('Saved');
    },
  );

  test('an address with brackets of its own stays whole', async () => {
    const { share, articles } = await adasPhone();
    await share({ text: 'Look: https://ridge.example/Dark_(film)?a=1, and then' });
    expect((await articles())[0].url).toBe('https://ridge.example/Dark_(film)?a=1');
  });

  test('is taken from the person, or from our own page, as browsers say it', async () => {
    for (const site of ['none', 'same-origin']) {
      const { share } = await adasPhone();
      expect((await share({ url: PAGE.url }, { 'Sec-Fetch-Site': site })).status).toBe(303);
    }
    const { share, ground } = await adasPhone();
    const stored = await everything(ground);
    for (const site of ['cross-site', 'same-site']) {
      expect((await share({ url: PAGE.url }, { 'Sec-Fetch-Site': site })).status).toBe(403);
    }
    expect(await everything(ground)).toEqual(stored);
  });

  test('two million dots or spaces are answered at once', async () => {
    const { share } = await adasPhone();
    for (const text of [`https://${'.'.repeat(2_000_000)}x`, `x ${' '.repeat(2_000_000)}x`]) {
      expect((await share({ text })).status).toBe(400);
    }
  });

  test('words without an address come back to be completed', async () => {
    const { share } = await adasPhone();
    const { status, text } = await share({ text: 'Take two lamps' });
    expect(status).toBe(400);
    expect(text).toContain('value="Take two lamps"');
    expect(text).toContain('action="/save"');
  });

  test('signed out it keeps nothing, and hands the fields on to the sign-in', async () => {
    const { share, ground } = await adasPhone();
    const stored = await everything(ground);
    const { status, text } = await share(
      { title: 'Lamps', text: 'https://ridge.example/dark' },
      { Cookie: '' },
    );
    expect(status).toBe(401);
    expect(text).toMatch(/data-keep="[^"]*https:\/\/ridge\.example\/dark/);
    expect(await everything(ground)).toEqual(stored);
  });

  test('what was saved before is said to be', async () => {
    const { share } = await adasPhone();
    const first = await share({ url: PAGE.url });
    expect((await share({ text: PAGE.url })).to).toBe(`${first.to}?again=1`);
  });
});

describe('the letters of the window', () => {
  /** The article is saved, and the window is open. */
  async function openWindow(friends: object[], title = PAGE.title) {
    const ada = await adasBookmark(friends);
    const saved = await ada.pages.post('/save', { ...PAGE, title, key: ada.key });
    const articleId = saved.to?.split('/').at(-1) ?? '';
    const action = `/save/${articleId}/notes`;
    const page = await ada.pages.follow(saved);
    return {
      ...ada,
      articleId,
      action,
      page,
      ids: ada.ids as [string, ...string[]],
      notes: async () => (await ada.api('GET', '/notes')).json.items,
    };
  }

  test('one letter: sealed, with the article, for a surprise', async () => {
    const { pages, page, action, notes, ids, articleId } = await openWindow([GRACE]);
    const text = `text-${ids[0]}`;
    const sealed = await pages.send(page, action, { [text]: 'This is you at the stream.' }, 'seal');
    const [note] = await notes();
    expect(note).toMatchObject({
      friendId: ids[0],
      articleId,
      text: 'This is you at the stream.',
      state: 'scheduled',
      moment: { kind: 'surprise' },
    });
    expect([sealed.status, sealed.to]).toEqual([303, `/notes/${note.id}/sealed?in=window`]);
    const shown = await pages.follow(sealed);
    expect(shown.text).toContain('Sealed for');
    // Taken back, one is in the window again.
    const back = await pages.send(shown, `/notes/${note.id}/cancel`);
    expect([back.status, back.to]).toEqual([303, `/save/${articleId}`]);
    expect((await notes())[0].state).toBe('cancelled');
    expect((await pages.follow(back)).text).toContain(ids[0]);
  });

  test('several: one for each, at the hour of each', async () => {
    const friends = [
      { ...GRACE, timeZone: 'America/New_York' },
      { ...ALAN, timeZone: 'Asia/Tokyo' },
    ];
    const { pages, page, action, notes, ids } = await openWindow(friends);
    const [grace, alan] = ids as [string, string];
    const fields = {
      friend: [grace, alan],
      [`text-${grace}`]: 'For Grace.',
      [`text-${alan}`]: 'For Alan.',
      moment: 'at',
      at: '2026-12-24T18:00',
    };
    const sealed = await pages.send(page, action, fields, 'seal');
    const written = await notes();
    const to = (id: string) => written.find((note: { friendId: string }) => note.friendId === id);
    expect(to(grace)).toMatchObject({ text: 'For Grace.', sendAt: '2026-12-24T23:00:00.000Z' });
    expect(to(alan)).toMatchObject({ text: 'For Alan.', sendAt: '2026-12-24T09:00:00.000Z' });
    expect(sealed.to).toBe(`/notes/${to(grace).id}/sealed?in=window&with=${to(alan).id}`);
    expect((await pages.follow(sealed)).text).toMatch(/Grace.* and .*Alan/);
  });

  test('a box that is not chosen means nothing', async () => {
    const { pages, page, action, notes, ids } = await openWindow([GRACE, ALAN]);
    const [grace, alan] = ids as [string, string];
    const fields = { friend: alan, [`text-${grace}`]: 'Not yet.', [`text-${alan}`]: 'For Alan.' };
    await pages.send(page, action, fields, 'seal');
    expect((await notes()).map((note: { text: string }) => note.text)).toEqual(['For Alan.']);
  });

  test('someone else, with the reason, which becomes an interest', async () => {
    const { api, pages, page, action, notes, ids } = await openWindow([GRACE, JOAN]);
    const joan = ids[1] as string;
    const fields = {
      friend: [],
      else: '1',
      other: joan,
      because: 'sleeping outside',
      'text-other': 'For Joan.',
    };
    expect((await pages.send(page, action, fields, 'seal')).status).toBe(303);
    expect(await notes()).toMatchObject([{ friendId: joan, text: 'For Joan.', state: 'scheduled' }]);
    expect((await api('GET', `/friends/${joan}`)).json.interests).toMatchObject([
      { text: 'sleeping outside', kind: 'topic' },
    ]);
  });

  test('somebody new beside one who is known', async () => {
    const { api, pages, page, action, notes, ids } = await openWindow([GRACE]);
    const grace = ids[0];
    const fields = {
      friend: grace,
      [`text-${grace}`]: 'For Grace.',
      else: '1',
      'new-name': 'Mary',
      'new-email': 'mary@friends.example',
      'new-timeZone': 'Asia/Tokyo',
      'text-new': 'For Mary.',
    };
    expect((await pages.send(page, action, fields, 'seal')).status).toBe(303);
    const mary = (await api('GET', '/friends')).json.items[1];
    expect(mary).toMatchObject({ name: 'Mary', email: 'mary@friends.example', timeZone: 'Asia/Tokyo' });
    expect(
      (await notes()).map((note: { friendId: string; text: string }) => [note.friendId, note.text]),
    ).toEqual([
      [mary.id, 'For Mary.'],
      [grace, 'For Grace.'],
    ]);
  });

  test('nobody fits: a friend is picked, with the reason, and written to', async () => {
    const { api, pages, page, action, notes, ids, articleId } = await openWindow([JOAN], 'A tax form');
    expect(page.text).toContain('Nobody comes to mind.');
    const picked = await pages.send(page, action, { other: ids[0], because: 'tax forms' }, 'pick');
    expect([picked.status, picked.to]).toEqual([303, `/save/${articleId}?friend=${ids[0]}`]);
    expect((await api('GET', `/friends/${ids[0]}`)).json.interests).toMatchObject([{ text: 'tax forms' }]);
    expect(await notes()).toEqual([]);
    const window = await pages.follow(picked);
    expect((await pages.send(window, action, { 'text-other': 'For Joan.' }, 'seal')).status).toBe(303);
    expect(await notes()).toMatchObject([{ friendId: ids[0], text: 'For Joan.' }]);
  });

  test('nobody fits, and nobody is known: somebody new is picked', async () => {
    const { api, pages, page, action, articleId } = await openWindow([], 'A tax form');
    const fields = { 'new-name': 'Mary', because: 'tax forms' };
    const picked = await pages.send(page, action, fields, 'pick');
    const [mary] = (await api('GET', '/friends')).json.items;
    expect(mary).toMatchObject({ name: 'Mary', email: null, interests: [{ text: 'tax forms' }] });
    expect(picked.to).toBe(`/save/${articleId}?friend=${mary.id}`);
    // Without an address the letter goes by hand.
    const window = await pages.follow(picked);
    const byHand = await pages.send(window, action, { 'text-other': 'For Mary.' }, 'myself');
    expect(byHand.to).toMatch(/^\/notes\/nte_\w+\/by-hand$/);
  });

  test('nobody is picked: the page asks', async () => {
    const { ground, pages, page, action } = await openWindow([JOAN], 'A tax form');
    const stored = await everything(ground);
    const asked = await pages.send(page, action, { because: 'tax forms' }, 'pick');
    expect(asked.status).toBe(400);
    expect(asked.text).toContain('Choose a friend, or add somebody new.');
    expect(asked.text).toContain('value="tax forms"');
    expect(await everything(ground)).toEqual(stored);
  });

  test('I’ll send it myself: a draft for each, the first one to carry', async () => {
    const { pages, page, action, notes, ids } = await openWindow([GRACE, ALAN]);
    const [grace, alan] = ids as [string, string];
    const fields = { friend: [grace, alan], [`text-${grace}`]: 'For Grace.', [`text-${alan}`]: 'For Alan.' };
    const carried = await pages.send(page, action, fields, 'myself');
    const written = await notes();
    expect(written.map((note: { state: string }) => note.state)).toEqual(['draft', 'draft']);
    const first = written.find((note: { friendId: string }) => note.friendId === grace);
    expect(carried.to).toMatch(new RegExp(`^/notes/${first.id}/by-hand\\?with=nte_\\w+$`));
    expect((await pages.follow(carried)).text).toContain('For Grace.');
  });

  test('the same words for two asks about the second; so does what each of them is asked about, all at once', async () => {
    const { pages, page, action, notes, ids } = await openWindow([GRACE, ALAN]);
    const [grace, alan] = ids as [string, string];
    const long = 'You, at the stream. '.repeat(31);
    const fields = {
      friend: [grace, alan],
      [`text-${grace}`]: `Grace! ${long}`,
      [`text-${alan}`]: `Alan! ${long}`,
    };
    const asked = await pages.send(page, action, fields, 'seal');
    expect(asked.status).toBe(200);
    for (const said of [
      'A letter for Grace? It is longer than a note.',
      'A letter for Alan? It is longer than a note.',
      'Alan and Grace get the same words. Write each another line, or send them as they are.',
      'Send them as they are',
    ]) {
      expect(asked.text).toContain(said);
    }
    expect(await notes()).toEqual([]);
    expect((await pages.send(asked, action, {}, 'seal')).status).toBe(303);
    expect(await notes()).toHaveLength(2);
  });

  test('someone else, asked about: who it is for and why are not lost', async () => {
    const { api, pages, page, action, notes, ids } = await openWindow([GRACE, JOAN]);
    const joan = ids[1] as string;
    const long = 'You, at the stream. '.repeat(31);
    const fields = { friend: [], else: '1', other: joan, because: 'sleeping outside', 'text-other': long };
    const asked = await pages.send(page, action, fields, 'seal');
    expect([asked.status, asked.text.includes('A letter? It is longer than a note.')]).toEqual([200, true]);
    expect((await pages.send(asked, action, {}, 'seal')).status).toBe(303);
    expect(await notes()).toMatchObject([{ friendId: joan, text: long.trim() }]);
    expect((await api('GET', `/friends/${joan}`)).json.interests).toMatchObject([
      { text: 'sleeping outside' },
    ]);
  });

  test('somebody new, asked about, is added once', async () => {
    const { api, pages, page, action, notes } = await openWindow([GRACE]);
    const fields = {
      friend: [],
      else: '1',
      'new-name': 'Mary',
      'new-email': 'mary@friends.example',
      'text-new': 'You, at the stream. '.repeat(31),
    };
    const asked = await pages.send(page, action, fields, 'seal');
    expect([asked.status, await notes()]).toEqual([200, []]);
    expect((await pages.send(asked, action, {}, 'seal')).status).toBe(303);
    const [, mary, ...others] = (await api('GET', '/friends')).json.items;
    expect([mary.name, others]).toEqual(['Mary', []]);
    expect(await notes()).toMatchObject([{ friendId: mary.id }]);
  });

  test('just keep it: nothing is written', async () => {
    const { ground, pages, page, action } = await openWindow([GRACE]);
    const stored = await everything(ground);
    const kept = await pages.send(page, action, {}, 'keep');
    expect([kept.status, kept.text.includes('Kept.')]).toEqual([200, true]);
    expect(await everything(ground)).toEqual(stored);
  });
});

describe('letters that cannot be written come back as they were typed, and nothing is half done', () => {
  async function openWindow() {
    const ada = await adasBookmark([GRACE, { ...ALAN, timeZone: 'Asia/Tokyo' }, JOAN, { name: 'Ken' }]);
    const saved = await ada.pages.post('/save', { ...PAGE, key: ada.key });
    const page = await ada.pages.follow(saved);
    const stored = await everything(ada.ground);
    const [grace = '', alan = '', joan = '', ken = ''] = ada.ids;
    return {
      ...ada,
      grace,
      alan,
      joan,
      ken,
      /** Sends the window; it must come back with these words on it. */
      async comesBack(fields: Record<string, string | string[]>, words: string[], button = 'seal') {
        const { status, text } = await ada.pages.send(page, `${saved.to}/notes`, fields, button);
        expect(status).toBe(400);
        for (const word of words) expect(text).toContain(word);
        expect(await everything(ada.ground)).toEqual(stored);
      },
    };
  }

  test('no words', async () => {
    const { comesBack, grace } = await openWindow();
    await comesBack({ friend: grace }, ['A link alone is not a letter. Write Grace one line.']);
    await comesBack({ friend: grace, [`text-${grace}`]: ' \n ' }, ['Write Grace one line.']);
  });

  test('nobody chosen', async () => {
    const { comesBack, grace } = await openWindow();
    const fields = { friend: [], [`text-${grace}`]: 'Words for nobody.' };
    await comesBack(fields, ['Choose who it is for.', 'Words for nobody.']);
  });

  test('several, one without words', async () => {
    const { comesBack, grace, alan } = await openWindow();
    const fields = { friend: [grace, alan], [`text-${grace}`]: 'For Grace.' };
    await comesBack(fields, ['For Grace.', 'Write Alan one line.']);
  });

  test('several, one that is too long', async () => {
    const { comesBack, grace, alan } = await openWindow();
    const fields = {
      friend: [grace, alan],
      [`text-${grace}`]: 'For Grace.',
      [`text-${alan}`]: 'a'.repeat(10_001),
    };
    await comesBack(fields, ['For Grace.', 'This must be at most 10000 characters.']);
  });

  test('a time that has passed where one of them is', async () => {
    const { comesBack, grace, alan } = await openWindow();
    const fields = {
      friend: [grace, alan],
      [`text-${grace}`]: 'For Grace.',
      [`text-${alan}`]: 'For Alan.',
      moment: 'at',
      at: '2026-11-23T18:00',
    };
    const passed = 'That time has passed. Choose a later one.';
    await comesBack(fields, ['For Grace.', 'For Alan.', 'value="2026-11-23T18:00"', passed]);
  });

  test('a time that is not said', async () => {
    const { comesBack, grace } = await openWindow();
    const fields = { friend: grace, [`text-${grace}`]: 'For Grace.', moment: 'at', at: '' };
    await comesBack(fields, ['For Grace.', 'Say the day and the time.']);
  });

  test('someone else without words keeps the reason for later', async () => {
    const { comesBack, joan } = await openWindow();
    const fields = { friend: [], else: '1', other: joan, because: 'sleeping outside' };
    await comesBack(fields, ['Write Joan one line.']);
  });

  test('someone else whom no mail reaches', async () => {
    const { comesBack, ken } = await openWindow();
    const fields = { friend: [], else: '1', other: ken, 'text-other': 'For Ken.' };
    await comesBack(fields, ['For Ken.', 'Ken has no email address.']);
  });

  test('a reason like a story', async () => {
    const { comesBack, grace, joan } = await openWindow();
    const fields = {
      friend: grace,
      [`text-${grace}`]: 'For Grace.',
      else: '1',
      other: joan,
      because: 'because '.repeat(40),
      'text-other': 'For Joan.',
    };
    await comesBack(fields, ['For Grace.', 'For Joan.']);
  });

  test('somebody new: no words', async () => {
    const { comesBack } = await openWindow();
    const fields = { friend: [], else: '1', 'new-name': 'Mary', 'new-email': 'mary@friends.example' };
    await comesBack(fields, ['value="Mary"', 'value="mary@friends.example"', 'Write Mary one line.']);
  });

  test('somebody new: an address that is none', async () => {
    const { comesBack } = await openWindow();
    const fields = {
      friend: [],
      else: '1',
      'new-name': 'Mary',
      'new-email': 'mary@',
      'text-new': 'For Mary.',
    };
    await comesBack(fields, ['value="mary@"', 'For Mary.', 'This must be an email address']);
  });

  test('somebody new: a zone on no map', async () => {
    const { comesBack, grace } = await openWindow();
    const fields = {
      friend: grace,
      [`text-${grace}`]: 'For Grace.',
      else: '1',
      'new-name': 'Mary',
      'new-email': 'mary@friends.example',
      'new-timeZone': 'Mars/Olympus',
      'text-new': 'For Mary.',
    };
    await comesBack(fields, ['value="Mars/Olympus"', 'For Grace.', 'For Mary.', 'IANA time zone']);
  });

  test('somebody new, to be sent by mail, without an address', async () => {
    const { comesBack } = await openWindow();
    const fields = { friend: [], else: '1', 'new-name': 'Mary', 'text-new': 'For Mary.' };
    await comesBack(fields, ['value="Mary"', 'For Mary.', 'Mary has no email address.']);
  });
});
