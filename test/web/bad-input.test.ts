import { describe, expect, test } from 'vitest';
import { type Answer, adasDesk, ask, everything, formBody } from './callers.ts';
import { type Desk, fillDesk, type NamedRoute, routesOf } from './routes.ts';

const MB = 1024 * 1024;

async function filledDesk() {
  const ada = await adasDesk();
  const desk = await fillDesk(ada.ground, ada);
  const stored = await everything(ada.ground);
  const headers = {
    Authorization: `Bearer ${ada.token}`,
    Cookie: `hallway=${ada.session}`,
    'Sec-Fetch-Site': 'same-origin',
  };
  return {
    ...ada,
    desk,
    routes: await routesOf(ada.app),
    /** Ada asks, with all she has. */
    send: (method: string, path: string, init: RequestInit = {}) =>
      ask(ada.app, path, { method, ...init, headers: { ...headers, ...init.headers } }),
    /** The table is as it was before. */
    nothingStored: async (about: unknown) =>
      expect(await everything(ada.ground), String(about)).toEqual(stored),
  };
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** A problem of the API: its shape, and the fields it names. */
function problem(answer: Answer, status: number, about: unknown): string[] {
  expect([about, answer.status, answer.text.slice(0, 300)]).toEqual([about, status, expect.any(String)]);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.json).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  for (const error of answer.json.errors ?? []) {
    expect(error).toEqual({ path: expect.stringMatching(/^(\/|$)/), message: expect.any(String) });
  }
  return (answer.json.errors ?? []).map((error: { path: string }) => error.path);
}

/** The body of a route with one field set to something else. */
function withField(route: NamedRoute, desk: Desk, field: string, value: unknown): string {
  return JSON.stringify({ ...route.json?.(desk), [field]: value });
}

describe('JSON of every route that takes it', () => {
  test('is an object, and nothing else', async () => {
    const { routes, desk, send, nothingStored } = await filledDesk();
    const cases = [
      ['nothing', ''],
      ['half of it', '{"name": "Grace"'],
      ['two of them', '{} {}'],
      ['a word', 'name=Grace'],
      ['a number that is none', '{"version": NaN}'],
      ['null', 'null'],
      ['a list', '[]'],
      ['text', '"x"'],
      ['a number', '1'],
      ['true', 'true'],
      ['a million brackets', '['.repeat(1_000_000)],
    ] as const;
    for (const [name, body] of cases) {
      for (const route of routes.filter(({ json }) => json)) {
        // A step needs no version.
        if (name === 'nothing' && route.pattern.includes(':step')) continue;
        const answer = await send(route.method, route.path(desk), { body, headers: JSON_TYPE });
        expect(problem(answer, 400, [route.pattern, name])).toEqual(['']);
      }
      await nothingStored(name);
    }
  });

  test('has no fields of no meaning', async () => {
    const { routes, desk, send, nothingStored } = await filledDesk();
    for (const field of [
      'unknown',
      '__proto__',
      'constructor',
      'toString',
      'id',
      'userId',
      'pk',
      'state',
      '',
    ]) {
      for (const route of routes.filter(({ json }) => json)) {
        const right = JSON.stringify(route.json?.(desk));
        // By hand: an object literal would take `__proto__` for its prototype.
        const body = `{${JSON.stringify(field)}: {"name": "Mallory"}, ${right.slice(1)}`;
        const answer = await send(route.method, route.path(desk), { body, headers: JSON_TYPE });
        expect(problem(answer, 400, [route.pattern, field])).toEqual([`/${field}`]);
      }
      await nothingStored(field);
    }
  });

  test('each field with values of other types', async () => {
    const { routes, desk, send, nothingStored } = await filledDesk();
    for (const route of routes.filter(({ json }) => json)) {
      for (const [field, right] of Object.entries(route.json?.(desk) ?? {})) {
        for (const value of [null, true, 1.5, 'x'.repeat(1_000_000), [], [[]], { length: 1 }]) {
          // Not wrong: a long title is cut, a long word is an article's.
          if (typeof value === typeof right && !Array.isArray(right) && field === 'title') continue;
          if (Array.isArray(right) && Array.isArray(value) && value.length === 0) continue;
          const body = withField(route, desk, field, value);
          const answer = await send(route.method, route.path(desk), { body, headers: JSON_TYPE });
          const about = [route.pattern, field, JSON.stringify(value).slice(0, 20)];
          const named = problem(answer, 400, about);
          expect([about, named]).toEqual([about, [expect.stringMatching(new RegExp(`^/${field}(/|$)`))]]);
          await nothingStored(about);
        }
      }
    }
  });

  test('what is needed and not there is named', async () => {
    const { send, nothingStored } = await filledDesk();
    for (const [path, needed] of [
      ['/api/articles', ['/url']],
      ['/api/friends', ['/name']],
      ['/api/notes', ['/friendId', '/text']],
    ] as const) {
      const answer = await send('POST', path, { body: '{}', headers: JSON_TYPE });
      expect(problem(answer, 400, path)).toEqual(needed);
    }
    await nothingStored('missing');
  });

  test('two hundred thousand wrong fields are not all told', async () => {
    const { send, nothingStored } = await filledDesk();
    const fields = Array.from({ length: 200_000 }, (_, n) => `"k${n}":1`);
    const answer = await send('POST', '/api/friends', { body: `{${fields}}`, headers: JSON_TYPE });
    expect(problem(answer, 400, 'many fields')).toHaveLength(100);
    await nothingStored('many fields');
  });
});

describe('what a field may not hold', () => {
  const ADDRESSES = [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'file:///etc/passwd',
    'ftp://example.org/x',
    'mailto:ada@users.example',
    'blob:https://example.org/1',
    '/relative',
    '//example.org/x',
    'relative.html',
    'example.org',
    'https://',
    'https:///',
    'https://exa mple.org/',
    'https://example.org/a\nb',
    'https://example.org/a\tb',
    'https://example.org/\u0000',
    'https://[::1',
    'https://example.org:99999/',
    `https://example.org/${'a'.repeat(3000)}`,
  ];

  test('an address that is no web address', async () => {
    const { api, pages, nothingStored } = await filledDesk();
    for (const url of ADDRESSES) {
      expect(problem(await api('POST', '/articles', { url, title: 'T', text: 'x' }), 400, url)).toEqual([
        '/url',
      ]);
      for (const path of ['/articles', '/save']) {
        const page = await pages.post(path, { url, title: 'T' });
        expect([path, url, page.status]).toEqual([path, url, 400]);
        expect(page.text).toMatch(/This is not a web address\.|An address has at most 2048 characters\./);
      }
      await nothingStored(url);
    }
  });

  test('a friend', async () => {
    const { api, desk, nothingStored } = await filledDesk();
    const cases = [
      ['a name of only spaces', { name: ' \t ' }, '/name'],
      ['a name over two lines', { name: 'Grace\nHopper' }, '/name'],
      ['a name with a control character', { name: 'Grace\u0000' }, '/name'],
      ['a name of 101 characters', { name: 'a'.repeat(101) }, '/name'],
      ['an address with a newline', { email: 'grace@friends.example\nBcc: eve@evil.example' }, '/email'],
      ['an address that ends with one', { email: 'grace@friends.example\r\n' }, '/email'],
      ['two addresses', { email: 'grace@friends.example, eve@evil.example' }, '/email'],
      ['an address with a name', { email: 'Grace <grace@friends.example>' }, '/email'],
      ['an address without @', { email: 'grace.friends.example' }, '/email'],
      ['an empty address', { email: '' }, '/email'],
      ['a zone on no map', { timeZone: 'Mars/Olympus' }, '/timeZone'],
      ['an offset for a zone', { timeZone: '+02:00' }, '/timeZone'],
      ['an empty zone', { timeZone: '' }, '/timeZone'],
      ['a birthday that never comes', { birthday: '1906-02-30' }, '/birthday'],
      ['a birthday with a time', { birthday: '1906-12-09T00:00' }, '/birthday'],
      ['a group of only spaces', { groups: ['navy', ' '] }, '/groups/1'],
      ['21 groups', { groups: Array.from({ length: 21 }, String) }, '/groups'],
      ['an interest of only spaces', { interests: ['  '] }, '/interests/0'],
      ['an interest like a story', { interests: ['a'.repeat(201)] }, '/interests/0'],
      ['101 interests', { interests: Array.from({ length: 101 }, String) }, '/interests'],
      ['a kind of its own', { interests: [{ text: 'x', kind: 'wish' }] }, '/interests/0/kind'],
      ['an end on no day', { interests: [{ text: 'x', kind: 'ask', until: 'soon' }] }, '/interests/0/until'],
      [
        'a topic that ends',
        { interests: [{ text: 'x', kind: 'topic', until: '2027-01-01' }] },
        '/interests/0/until',
      ],
    ] as const;
    for (const [about, change, path] of cases) {
      const created = await api('POST', '/friends', { name: 'Grace', ...change });
      expect([about, problem(created, 400, about)]).toEqual([about, [path]]);
      const changed = await api('PATCH', `/friends/${desk.friendId}`, change);
      expect([about, problem(changed, 400, about)]).toEqual([about, [path]]);
      await nothingStored(about);
    }
  });

  test('a note', async () => {
    const { api, desk, nothingStored } = await filledDesk();
    const cases = [
      ['only spaces', { text: ' \n\t ' }, '/text'],
      ['a control character', { text: 'a\u0007b' }, '/text'],
      ['a book', { text: 'a'.repeat(10_001) }, '/text'],
      ['a subject over two lines', { subject: 'a\r\nBcc: eve@evil.example' }, '/subject'],
      ['a subject of only spaces', { subject: ' ' }, '/subject'],
      ['a moment of its own kind', { moment: { kind: 'yesterday' } }, '/moment/kind'],
      ['a time that is none', { moment: { kind: 'at', at: 'tomorrow' } }, '/moment/at'],
      ['a time with its zone', { moment: { kind: 'at', at: '2026-12-01T09:30+01:00' } }, '/moment/at'],
      ['a day that never comes', { moment: { kind: 'at', at: '2027-02-29T09:30' } }, '/moment/at'],
      ['a 25th hour', { moment: { kind: 'at', at: '2026-12-01T24:00' } }, '/moment/at'],
      ['a time that has passed', { moment: { kind: 'at', at: '2026-11-22T09:30' } }, '/moment/at'],
      ['the last day of the calendar', { moment: { kind: 'at', at: '9999-12-31T23:59' } }, '/moment/at'],
      [
        'a zone on no map',
        { moment: { kind: 'at', at: '2026-12-01T09:30', timeZone: 'X/Y' } },
        '/moment/timeZone',
      ],
      ['a moment with more', { moment: { kind: 'now', hurry: true } }, '/moment/hurry'],
    ] as const;
    for (const [about, change, path] of cases) {
      const created = await api('POST', '/notes', { friendId: desk.friendId, text: 'x', ...change });
      expect([about, problem(created, 400, about)]).toEqual([about, [path]]);
      const changed = await api('PATCH', `/notes/${desk.noteId}`, change);
      expect([about, problem(changed, 400, about)]).toEqual([about, [path]]);
      await nothingStored(about);
    }
  });

  test('a step', async () => {
    const { api, desk, nothingStored } = await filledDesk();
    const cases = [
      ['a version that is none', { version: 1.5 }, '/version'],
      ['a version as text', { version: '1' }, '/version'],
    ] as const;
    for (const [about, body, path] of cases) {
      for (const step of ['cancel', 'send-again', 'arrived', 'sent-myself']) {
        const answer = await api('POST', `/notes/${desk.noteId}/${step}`, body);
        expect([step, problem(answer, 400, [step, about])]).toEqual([step, [path]]);
      }
      await nothingStored(about);
    }
  });

  test('an article of nothing', async () => {
    const { api, nothingStored } = await filledDesk();
    for (const input of [
      { title: 'T' },
      { url: '' },
      { url: ' ', title: 'T' },
      { text: ' \n ', title: 'T' },
      { html: '<p>Words</p>' },
    ]) {
      const answer = await api('POST', '/articles', input);
      expect(problem(answer, 400, JSON.stringify(input))).toEqual(['/url']);
    }
    expect(problem(await api('POST', '/articles', { text: '\u0000' }), 400, 'no words')).toEqual(['/text']);
    await nothingStored('an article of nothing');
  });

  test('what is odd and not wrong can be read again', async () => {
    const { api, pages } = await filledDesk();
    const random = Array.from({ length: 200_000 }, (_, n) =>
      String.fromCharCode(0x3400 + (((n * 7919) ^ (n >> 3)) % 27_000)),
    );
    const inputs = [
      { url: 'https://odd.example/1', title: 'a\u0000b\u001fc' },
      { url: 'https://odd.example/%01%7f' },
      { text: '\u0007bell', title: '\u0007' },
      { url: 'https://odd.example/2', title: `${'a'.repeat(299)}😀` },
      { url: 'https://odd.example/3', selection: `${'a'.repeat(3999)}😀` },
      { url: 'https://odd.example/4', text: `${'a'.repeat(199_999)}😀` },
      { url: 'https://odd.example/5', title: 'half \ud800 a pair' },
      { url: 'https://odd.example/6', text: random.join('') },
      { url: 'https://odd.example/7', html: `<title>${'<b>'.repeat(10_000)}</title><p>\u0000` },
    ];
    for (const input of inputs) {
      const answer = await api('POST', '/articles', input);
      expect([JSON.stringify(input).slice(0, 60), answer.status]).toEqual([expect.any(String), 201]);
      expect((await pages.get(`/articles/${answer.json.id}`)).status).toBe(200);
    }
    const { items } = (await api('GET', '/articles')).json;
    expect(items).toHaveLength(inputs.length + 1);
  });
});

describe('too much', () => {
  /** The routes that take a file take one of 4 MB, in a form. */
  const over = ({ pattern }: NamedRoute) => 'x'.repeat((/\/imports$/.test(pattern) ? 4.1 : 2.5) * MB + 1);

  function stream(text: string): RequestInit {
    const body = new ReadableStream({
      start(controller) {
        for (let at = 0; at < text.length; at += 64 * 1024) {
          controller.enqueue(new TextEncoder().encode(text.slice(at, at + 64 * 1024)));
        }
        controller.close();
      },
    });
    return { body, duplex: 'half' } as RequestInit;
  }

  test('a body over 2.5 MB, or a file over 4 MB: 413 at every route, whatever it says of its length', async () => {
    const { routes, desk, send, nothingStored } = await filledDesk();
    for (const route of routes.filter(({ method }) => method !== 'GET')) {
      const body = over(route);
      for (const init of [
        { body },
        { body, headers: { 'Content-Length': String(body.length) } },
        stream(body),
        { body: formBody({ text: body }) },
      ]) {
        const answer = await send(route.method, route.path(desk), init);
        if (route.pattern.startsWith('/api')) expect(problem(answer, 413, route.pattern)).toEqual([]);
        else expect([route.pattern, answer.status]).toEqual([route.pattern, 413]);
      }
    }
    await nothingStored('2.5 MB');
  });

  test('html over 2 MB, counted as bytes: 413', async () => {
    const { api, nothingStored } = await filledDesk();
    for (const html of ['x'.repeat(2 * MB + 1), 'é'.repeat(MB + 1)]) {
      expect(
        problem(await api('POST', '/articles', { url: 'https://big.example/', html }), 413, 'html'),
      ).toEqual([]);
    }
    await nothingStored('html');
  });

  test('a body of 2.5 MB is read', async () => {
    const { api } = await filledDesk();
    const frame = JSON.stringify({ url: 'https://big.example/', text: '' });
    const text = 'word '.repeat((2.5 * MB - frame.length) / 5);
    expect((await api('POST', '/articles', { url: 'https://big.example/', text })).status).toBe(201);
  });
});

describe('ids that name nothing', () => {
  const IDS = [
    'x',
    'a%2Fb',
    '..%2F..%2Fsettings',
    '%00',
    '%0d%0aX-Evil:%201',
    '%E0%A4%A',
    '%F0%9F%92%8C',
    '💌',
    '__proto__',
    "art_1'%20OR%201",
    'FRIEND%23frd_1',
    'art_00000000000000000000000000',
    'frd_00000000000000000000000000',
    'nte_00000000000000000000000000',
    'mail_00000000000000000000000000',
    'art_7ZZZZZZZZZZZZZZZZZZZZZZZZZ%23',
    'a'.repeat(10_240),
    `art_${'0'.repeat(10_240)}`,
  ];

  test('404 at every route with an id, in each place of its path', async () => {
    const { routes, desk, send, nothingStored } = await filledDesk();
    for (const route of routes.filter(({ pattern }) => pattern.includes(':'))) {
      const right = route.path(desk);
      const init = route.json
        ? { body: JSON.stringify(route.json(desk)), headers: JSON_TYPE }
        : route.form && { body: formBody(route.form(desk)) };
      const places = route.pattern.split('/').flatMap((part, place) => (part.startsWith(':') ? [place] : []));
      for (const place of places) {
        for (const id of IDS) {
          const parts = right.split('/');
          const rest = parts[place]?.split('?')[1];
          parts[place] = rest ? `${id}?${rest}` : id;
          const answer = await send(route.method, parts.join('/'), init);
          const about = [route.method, route.pattern, id.slice(0, 40)];
          // A link that opens nothing says that it is over.
          const status = route.pattern.startsWith('/sign-in') ? 410 : 404;
          expect([about, answer.status]).toEqual([about, status]);
          if (route.pattern.startsWith('/api')) problem(answer, 404, about);
          expect(answer.headers.get('x-evil')).toBeNull();
        }
      }
      await nothingStored(route.pattern);
    }
  });

  test('ids in a form', async () => {
    const { desk, pages, nothingStored } = await filledDesk();
    for (const id of IDS.map((one) => decodeURIComponent(one.replace('%E0%A4%A', 'x')))) {
      const letter = { text: 'New.', moment: 'now', do: 'seal' };
      const answers = [
        await pages.post('/notes', { ...letter, friendId: id }),
        await pages.post('/notes', { ...letter, friendId: desk.friendId, articleId: id }),
        await pages.post(`/save/${desk.articleId}/notes`, { ...letter, friend: id, [`text-${id}`]: 'New.' }),
        await pages.post(`/save/${desk.articleId}/notes`, {
          ...letter,
          else: '1',
          other: id,
          'text-other': 'New.',
        }),
        await pages.post(`/save/${desk.articleId}/notes`, { do: 'pick', other: id, because: 'lamps' }),
        await pages.get(`/save/${desk.articleId}?friend=${encodeURIComponent(id)}`),
        await pages.get(`/friends/${desk.friendId}/write?article=${encodeURIComponent(id)}`),
        await pages.get(`/notes/${desk.noteId}/sealed?with=${encodeURIComponent(id)}`),
      ];
      expect([id.slice(0, 40), ...answers.map(({ status }) => status)]).toEqual([
        id.slice(0, 40),
        ...answers.map(() => 404),
      ]);
      const link = await pages.get(
        `/write?friend=${encodeURIComponent(id)}&article=${encodeURIComponent(id)}`,
      );
      expect(new URL(link.to ?? '', 'http://localhost').origin).toBe('http://localhost');
      await nothingStored(id.slice(0, 40));
    }
  });
});

describe('lists', () => {
  const LISTS = ['/api/articles', '/api/friends', '/api/notes', '/library'];

  test('a limit that is none', async () => {
    const { send } = await filledDesk();
    for (const limit of ['0', '-1', '101', '1.5', 'abc', '', 'NaN', 'Infinity', '1e9', '9'.repeat(20)]) {
      for (const path of LISTS) {
        const answer = await send('GET', `${path}?limit=${limit}`);
        if (path.startsWith('/api')) expect(problem(answer, 400, path)).toEqual(['/limit']);
        else expect(answer.status).toBe(400);
      }
    }
  });

  const cursor = (text: string) => Buffer.from(text).toString('base64url');

  test('a cursor that is not one of this list', async () => {
    const { send } = await filledDesk();
    const cases = [
      ['nothing', ''],
      ['a word', 'x'],
      ['what is no base64', '💌%20!'],
      ['another partition', cursor('USER#usr_1')],
      ['the profile', cursor('PROFILE')],
      ['a key of another kind', cursor('MUTE#x')],
      ['10 KB', cursor('ARTICLE#'.padEnd(10_240, 'a'))],
      ['JSON', cursor('{"pk":"USER#usr_1","sk":"PROFILE"}')],
    ] as const;
    for (const [about, text] of cases) {
      for (const path of LISTS) {
        const answer = await send('GET', `${path}?cursor=${text}`);
        if (path.startsWith('/api')) expect(problem(answer, 400, [path, about])).toEqual(['/cursor']);
        else expect([about, answer.status]).toEqual([about, 400]);
      }
    }
  });

  test('a state of its own', async () => {
    const { api } = await filledDesk();
    for (const state of ['lost', '', '__proto__']) {
      expect(problem(await api('GET', `/notes?state=${state}`), 400, state)).toEqual(['/state']);
    }
  });
});

describe('forms of every route that takes one', () => {
  test('something else instead of a form', async () => {
    const { routes, desk, send, nothingStored } = await filledDesk();
    const cases = [
      ['JSON', { body: '{"name":"Grace"}', headers: JSON_TYPE }],
      ['half a file', { body: 'x', headers: { 'Content-Type': 'multipart/form-data; boundary=y' } }],
      ['nothing', {}],
    ] as const;
    for (const [name, init] of cases) {
      // One without fields is a button: pressing it is all it says.
      const filled = routes.filter(
        ({ form, who }) => who === 'user' && form && Object.keys(form(desk)).length > 0,
      );
      for (const route of filled) {
        const answer = await send(route.method, route.path(desk), init as RequestInit);
        expect([route.pattern, answer.status]).toEqual([route.pattern, 400]);
      }
      await nothingStored(name);
    }
  });

  test('a file in place of words is no words', async () => {
    const { desk, send, nothingStored } = await filledDesk();
    for (const [path, field] of [
      ['/friends', 'name'],
      [`/friends/${desk.friendId}/interests`, 'words'],
      ['/articles', 'url'],
      ['/settings', 'name'],
    ] as const) {
      const body = new FormData();
      body.append(field, new Blob(['Grace']), 'grace.txt');
      expect([path, (await send('POST', path, { body })).status]).toEqual([path, 400]);
    }
    await nothingStored('a file');
  });

  test('a hundred thousand fields, and a hundred thousand friends', async () => {
    const { desk, send, nothingStored } = await filledDesk();
    const many = (name: (n: number) => string) =>
      new URLSearchParams(Array.from({ length: 100_000 }, (_, n) => [name(n), String(n)]));
    for (const body of [many((n) => `text-${n}`), many(() => 'friend')]) {
      const answer = await send('POST', `/save/${desk.articleId}/notes`, { body });
      expect(answer.status).toBe(400);
    }
    await nothingStored('many fields');
  });
});
