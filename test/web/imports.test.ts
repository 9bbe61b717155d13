import { describe, expect, test } from 'vitest';
import { findDue, giveUp } from '../../functions/platform/due.ts';
import { readImport } from '../../functions/transfer/read-import.ts';
import { adasDesk, ask } from './callers.ts';

const MB = 1024 * 1024;
const LINKS = 'https://a.example/one\nhttps://b.example/two\n';

async function desk() {
  const ada = await adasDesk();
  const { app, ground, token, session, user } = ada;
  const post = (path: string, body: BodyInit | undefined, headers: Record<string, string> = {}) =>
    ask(app, path, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${token}`,
        Cookie: `hallway=${session}`,
        'Sec-Fetch-Site': 'same-origin',
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
  return {
    ...ada,
    post,
    read: (id: string) => readImport(ground, user.id, id),
    count: async () => (await ada.api('GET', '/imports')).json.items.length as number,
  };
}

function formOf(file: string | Blob, name = 'links.txt', field = 'file'): FormData {
  const form = new FormData();
  form.append(field, typeof file === 'string' ? new Blob([file]) : file, name);
  return form;
}

describe('POST /imports', () => {
  test('takes a file in a form, and answers at once', async () => {
    const { post, api, read } = await desk();
    const answer = await post('/api/imports', formOf(LINKS));
    expect(answer.status).toBe(202);
    expect(answer.json).toEqual({
      id: expect.stringMatching(/^imp_/),
      name: 'links.txt',
      state: 'waiting',
      bytes: LINKS.length,
      bytesRead: 0,
      entries: 0,
      created: 0,
      merged: 0,
      rejectedCount: 0,
      rejected: [],
      failure: null,
      startedAt: '2026-11-23T12:00:00.000Z',
      finishedAt: null,
    });
    await read(answer.json.id);
    expect((await api('GET', `/imports/${answer.json.id}`)).json).toMatchObject({
      state: 'done',
      entries: 2,
      bytesRead: LINKS.length,
      created: 2,
      finishedAt: '2026-11-23T12:00:00.000Z',
    });
    const { items } = (await api('GET', '/articles')).json;
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({ savedBy: 'import', tags: [] });
  });

  test('without any file says how to send one', async () => {
    const { post } = await desk();
    const answer = await post('/api/imports', undefined);
    expect([answer.status, answer.json.errors]).toEqual([
      400,
      [{ path: '/file', message: 'Send the file as multipart/form-data, in the field “file”.' }],
    ]);
  });

  test.each([
    ['a field of another name', formOf(LINKS, 'x.txt', 'upload-this'), {}],
    ['the body itself', LINKS, { 'Content-Type': 'text/plain' }],
    ['a table', 'url,title\nhttps://a.example/,One\n', { 'Content-Type': 'text/csv; charset=utf-8' }],
    ['a card', 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Grace\r\nEND:VCARD\r\n', { 'Content-Type': 'text/vcard' }],
    [
      'an export',
      '{"hallway":1,"exportedAt":"2026-11-23T12:00:00.000Z","records":[]}',
      { 'Content-Type': 'application/json' },
    ],
  ] as const)('takes it as %s', async (_, body, headers) => {
    const { post } = await desk();
    expect((await post('/api/imports', body, headers)).status).toBe(202);
  });

  test.each([
    ['no file', new FormData(), '/file'],
    ['an empty one', formOf(''), '/file'],
    ['a picture', formOf('\u0089PNG\r\n\u001a\n\u0000'), '/file'],
  ])('refuses %s, and says what it reads', async (about, body, path) => {
    const { post, count } = await desk();
    const answer = await post('/api/imports', body);
    expect([about, answer.status]).toEqual([about, 400]);
    expect(answer.json.errors).toEqual([{ path, message: expect.any(String) }]);
    if (about === 'a picture') expect(answer.json.detail).toMatch(/bookmarks.*Pocket.*vCard/s);
    expect(await count()).toBe(0);
  });

  test('refuses two files at once', async () => {
    const { post } = await desk();
    const form = formOf(LINKS);
    form.append('file', new Blob([LINKS]), 'two.txt');
    expect((await post('/api/imports', form)).status).toBe(400);
  });

  test('takes 4 MB and no more, and says what to do with more', async () => {
    const { post, count } = await desk();
    const full = LINKS + ' '.repeat(4 * MB - LINKS.length);
    expect((await post('/api/imports', formOf(full))).status).toBe(202);
    for (const more of [1, MB]) {
      const answer = await post('/api/imports', formOf(full + ' '.repeat(more)));
      expect(answer.status).toBe(413);
      expect(answer.json.detail).toContain('POST /api/imports/uploads');
    }
    expect(await count()).toBe(1);
  });

  test('with an Idempotency-Key takes a form once, though its boundary is another each time', async () => {
    const { post, count } = await desk();
    const key = { 'Idempotency-Key': 'one' };
    // Not UTF-8: what is compared are bytes.
    const file = (last: number) => new Blob([LINKS, new Uint8Array([0x23, last])]);
    const first = await post('/api/imports', formOf(file(0xe4)), key);
    const again = await post('/api/imports', formOf(file(0xe4)), key);
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.json).toEqual(first.json);
    expect(await count()).toBe(1);
    expect((await post('/api/imports', formOf(file(0xe5)), key)).status).toBe(422);
    expect((await post('/api/imports', formOf(file(0xe4), 'other.txt'), key)).status).toBe(422);
    expect(
      (await post('/api/imports', 'x', { ...key, 'Content-Type': 'multipart/form-data; boundary=y' })).status,
    ).toBe(400);
  });
});

describe('a larger file', () => {
  test('is sent by a link, and then named', async () => {
    const { post, api, read, count } = await desk();
    const { status, json: link } = await post('/api/imports/uploads', undefined);
    expect(status).toBe(201);
    expect(link).toEqual({
      upload: expect.stringMatching(/^imp_/),
      url: expect.stringMatching(/^http/),
      method: 'PUT',
      headers: {},
      expiresAt: '2026-11-23T13:00:00.000Z',
    });
    const named = { upload: link.upload };
    expect((await api('POST', '/imports', named)).status).toBe(404);
    await fetch(link.url, { method: 'PUT', body: LINKS });
    const [one, two] = [await api('POST', '/imports', named), await api('POST', '/imports', named)];
    expect([one.status, one.json.id, two.json.id]).toEqual([202, link.upload, link.upload]);
    await read(link.upload);
    expect((await api('GET', `/imports/${link.upload}`)).json).toMatchObject({ state: 'done', created: 2 });
    expect(await count()).toBe(1);
  });

  test('of no known kind is refused when it is named', async () => {
    const { post, api, count } = await desk();
    const { json: link } = await post('/api/imports/uploads', undefined);
    await fetch(link.url, { method: 'PUT', body: 'Dear Grace, how are you?' });
    const answer = await api('POST', '/imports', { upload: link.upload });
    expect([answer.status, answer.json.errors[0].path]).toEqual([400, '/upload']);
    expect(await count()).toBe(0);
  });

  test('may be sent by our pages to its bucket, and nowhere else', async () => {
    const { ground, pages } = await desk();
    const policy = (await pages.get('/imports')).headers.get('content-security-policy');
    expect(policy).toContain(`connect-src 'self' ${ground.settings.filesUrl};`);
  });
});

describe('GET /export', () => {
  test('leads to one JSON file with everything, for this user alone', async () => {
    const { api, app, pages } = await desk();
    await api('POST', '/friends', { name: 'Grace Hopper', interests: ['compilers'] });
    for (const { status, to } of [await api('GET', '/export'), await pages.get('/export')]) {
      expect(status).toBe(303);
      const file = await fetch(to ?? '');
      expect(file.headers.get('content-type')).toBe('application/json');
      expect(file.headers.get('content-disposition')).toBe(
        'attachment; filename="hallway-export-2026-11-23.json"',
      );
      expect(await file.text()).toContain('Grace Hopper');
    }
    expect((await ask(app, '/api/export')).status).toBe(401);
    expect((await ask(app, '/export')).to).toBe('/sign-in?return=%2Fexport');
  });
});

describe('the page', () => {
  test('is empty at first, and says what it takes', async () => {
    const { pages } = await desk();
    const { text } = await pages.get('/imports');
    expect(text).toContain('Nothing yet.');
    expect(text).toContain('Contacts become friends: every one of them.');
    expect((await pages.get('/settings')).text).toContain('href="/imports"');
  });

  test('takes a file without a script, says how far it is, and what became of it', async () => {
    const { post, pages, read, ground, user } = await desk();
    const text = `url,title\nhttps://a.example/<b>,A\n${'not an address,X\n'.repeat(60)}`;
    const answer = await post('/imports', formOf(text, '<b>pocket</b>.csv'));
    expect(answer.status).toBe(303);
    expect(answer.to).toMatch(/^\/imports#imp_/);
    const waiting = await pages.get('/imports');
    expect(waiting.text).toContain('Waiting to be read.');
    expect(waiting.text).toContain('&lt;b&gt;pocket&lt;/b&gt;.csv');
    expect(waiting.text).toMatch(/<progress max="\d+" value="0"/);
    const [due] = await findDue(ground.table, new Date('2027-01-01T00:00:00.000Z'), 10);
    await read(due?.id ?? '');
    const done = (await pages.get('/imports')).text;
    expect(done).toContain('Read to the end: 1 new, 60 that could not be read.');
    expect(done).toContain('And 10 more.');
    expect(done).not.toContain('<progress');
    expect(user.name).toBe('Ada');
  });

  test('says what is wrong with a file, beside it', async () => {
    const { post } = await desk();
    for (const [body, status, words] of [
      [formOf('Dear Grace'), 400, 'of no kind that is read here'],
      [new FormData(), 400, 'Choose one file.'],
      [formOf(LINKS + ' '.repeat(4 * MB)), 413, 'needs scripts switched on'],
    ] as const) {
      const answer = await post('/imports', body);
      expect([answer.status, answer.text.includes(words)]).toEqual([status, true]);
      expect(answer.text).toContain('aria-invalid="true"');
    }
  });

  test('offers to try again what was given up', async () => {
    const { post, pages, ground } = await desk();
    await post('/imports', formOf(LINKS));
    const [due] = await findDue(ground.table, new Date('2027-01-01T00:00:00.000Z'), 10);
    if (!due) throw new Error('nothing due');
    await giveUp(ground.table, due);
    const page = await pages.get('/imports');
    expect(page.text).toContain('Hallway could not read it.');
    expect((await pages.send(page, `/imports/${due.id}/again`)).to).toBe('/imports');
    expect((await pages.get('/imports')).text).toContain('Waiting to be read.');
  });
});
