import { describe, expect, test } from 'vitest';
import { adasDesk } from './callers.ts';

const GRACE = { name: 'Grace', email: 'grace@friends.example', timeZone: 'UTC' };
const LETTER = { text: 'The puddle on page two is you.', moment: 'surprise', do: 'seal' };

/** People go back, press twice, and have two windows open. */
describe('a letter', () => {
  test('sealed again after going back is the same letter', async () => {
    const { api, pages } = await adasDesk();
    const friendId = (await api('POST', '/friends', GRACE)).json.id;
    const first = await pages.post('/notes', { ...LETTER, friendId });
    const second = await pages.post('/notes', { ...LETTER, friendId });
    expect([first.status, second.status, second.to]).toEqual([303, 303, first.to]);
    expect((await api('GET', '/notes')).json.items).toHaveLength(1);
    await pages.post('/notes', { ...LETTER, friendId, text: 'Other words.' });
    expect((await api('GET', '/notes')).json.items).toHaveLength(2);
  });

  test('taken back and written once more is a new one', async () => {
    const { api, pages } = await adasDesk();
    const friendId = (await api('POST', '/friends', GRACE)).json.id;
    await pages.post('/notes', { ...LETTER, friendId });
    const [note] = (await api('GET', '/notes')).json.items;
    await api('POST', `/notes/${note.id}/cancel`);
    await pages.post('/notes', { ...LETTER, friendId });
    const states = (await api('GET', '/notes')).json.items.map(({ state }: { state: string }) => state);
    expect(states).toEqual(['scheduled', 'cancelled']);
  });

  test('edited in two windows keeps what was typed in the second', async () => {
    const { api, pages } = await adasDesk();
    const friendId = (await api('POST', '/friends', GRACE)).json.id;
    const body = { friendId, text: 'First.', moment: { kind: 'surprise' } };
    const note = (await api('POST', '/notes', body)).json;
    await api('PATCH', `/notes/${note.id}`, { text: 'From the other window.' });
    const edit = { version: String(note.version), text: 'From this one.', moment: 'keep' };
    const answer = await pages.post(`/notes/${note.id}/edit`, edit);
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('From this one.');
    expect((await api('GET', `/notes/${note.id}`)).json.text).toBe('From the other window.');
  });

  test('edited after it was taken back gives the words back', async () => {
    const { api, pages } = await adasDesk();
    const friendId = (await api('POST', '/friends', GRACE)).json.id;
    const body = { friendId, text: 'First.', moment: { kind: 'surprise' } };
    const note = (await api('POST', '/notes', body)).json;
    await api('POST', `/notes/${note.id}/cancel`);
    const edit = { version: String(note.version), text: 'Too late, but mine.', moment: 'keep' };
    const answer = await pages.post(`/notes/${note.id}/edit`, edit);
    expect([answer.status, answer.text.includes('Too late, but mine.')]).toEqual([409, true]);
  });

  test('that is a draft stays one when its words are saved, and leaves when it is sealed', async () => {
    const { api, pages } = await adasDesk();
    const friendId = (await api('POST', '/friends', GRACE)).json.id;
    const draft = (await api('POST', '/notes', { friendId, text: 'First.' })).json;
    const edit = async (version: number, action: string) => {
      const fields = { version: String(version), text: `Then ${action}.`, moment: 'surprise', do: action };
      await pages.post(`/notes/${draft.id}/edit`, fields);
      return (await api('GET', `/notes/${draft.id}`)).json;
    };
    const saved = await edit(draft.version, 'save');
    expect(saved).toMatchObject({ state: 'draft', text: 'Then save.' });
    expect(await edit(saved.version, 'seal')).toMatchObject({ state: 'scheduled', text: 'Then seal.' });
  });

  test('that waits is on the page, however many were written since', async () => {
    const { api, pages } = await adasDesk();
    const friendId = (await api('POST', '/friends', GRACE)).json.id;
    const moment = { kind: 'at', at: '2027-05-01T09:30' };
    const text = 'For the first of May.';
    const note = (await api('POST', '/notes', { friendId, text, moment })).json;
    for (let n = 0; n < 60; n++) {
      const later = (await api('POST', '/notes', { friendId, text: `Draft ${n}` })).json;
      await api('POST', `/notes/${later.id}/cancel`);
    }
    expect((await pages.get('/notes')).text).toContain(text);
    expect((await pages.get(`/notes?done=${note.id}`)).text).toContain('Take it back');
  });

  test('taken along by hand carries what the mail would: a clean address, or the text where there is none', async () => {
    const { api, pages } = await adasDesk();
    const friendId = (await api('POST', '/friends', GRACE)).json.id;
    const byHand = async (article: object) => {
      const articleId = (await api('POST', '/articles', article)).json.id;
      const { id } = (await api('POST', '/notes', { friendId, articleId, text: 'For you.' })).json;
      return (await pages.get(`/notes/${id}/by-hand`)).text;
    };
    const linked = await byHand({ url: 'https://bob:secret@ridge.example/a?utm_source=ada', title: 'Ridge' });
    expect(linked).toContain('https://ridge.example/a');
    expect(linked).not.toMatch(/secret|utm_source/);
    expect(await byHand({ title: 'A poem', text: 'The gulls have the quay to themselves.' })).toContain(
      'The gulls have the quay',
    );
  });

  test('among several that no mail reaches is for the own hand, and the others are sealed', async () => {
    const { api, pages } = await adasDesk();
    const article = (await api('POST', '/articles', { url: 'https://ridge.example/a', title: 'Ridge' })).json;
    const grace = (await api('POST', '/friends', GRACE)).json.id;
    const oto = (await api('POST', '/friends', { name: 'Oto' })).json.id;
    const fields = { moment: 'surprise', [`text-${grace}`]: 'For Grace.', [`text-${oto}`]: 'For Oto.' };
    const form = { ...fields, do: 'seal', friend: [grace, oto] };
    const sealed = await pages.post(`/save/${article.id}/notes`, form);
    const page = await pages.get(sealed.to ?? '');
    expect(page.text).toContain('No mail reaches');
    expect(page.text).toMatch(/\/notes\/nte_\w+\/by-hand/);
    const notes = (await api('GET', '/notes')).json.items as { friendId: string; state: string }[];
    expect(Object.fromEntries(notes.map((one) => [one.friendId, one.state]))).toEqual({
      [grace]: 'scheduled',
      [oto]: 'draft',
    });
  });

  test('carried by hand leads to the next one', async () => {
    const { api, pages } = await adasDesk();
    const friendId = (await api('POST', '/friends', { name: 'Oto' })).json.id;
    const first = (await api('POST', '/notes', { friendId, text: 'One.' })).json;
    const second = (await api('POST', '/notes', { friendId, text: 'Two.' })).json;
    const page = await pages.get(`/notes/${first.id}/by-hand?with=${second.id}`);
    expect(page.text).toContain('I sent it, the next one');
    const back = `/notes/${second.id}/by-hand`;
    const sent = await pages.post(`/notes/${first.id}/sent-myself`, { version: '1', back });
    expect(sent.to).toBe(back);
    const away = await pages.post(`/notes/${second.id}/sent-myself`, {
      version: '1',
      back: '//evil.example',
    });
    expect(away.to).toBe(`/notes?done=${second.id}`);
  });

  test('goes to the friend who is chosen, not to a name folded away', async () => {
    const { api, pages } = await adasDesk();
    const article = (await api('POST', '/articles', { url: 'https://ridge.example/a', title: 'Ridge' })).json;
    const zed = (await api('POST', '/friends', { ...GRACE, name: 'Zed' })).json.id;
    const fields = { else: '1', other: zed, 'text-other': 'For Zed.', 'new-name': 'Typo', do: 'seal' };
    const answer = await pages.post(`/save/${article.id}/notes`, { ...fields, moment: 'surprise' });
    expect([answer.status, answer.text.includes('Choose one of the two')]).toEqual([400, true]);
    expect((await api('GET', '/friends')).json.items).toHaveLength(1);
    expect((await api('GET', '/notes')).json.items).toEqual([]);
  });

  test('of nothing that can be seen is no letter', async () => {
    const { api } = await adasDesk();
    const friendId = (await api('POST', '/friends', GRACE)).json.id;
    for (const text of ['\u200b\u200b', '\u3164', ' \u2060\n']) {
      const { status, json } = await api('POST', '/notes', { friendId, text });
      expect([status, json.errors[0].path]).toEqual([400, '/text']);
    }
    for (const name of ['\u200b', 'Gra\u202ece', 'Gra\u0085ce']) {
      const { status, json } = await api('POST', '/friends', { name });
      expect([status, json.errors[0].path]).toEqual([400, '/name']);
    }
  });
});

test('a stranger cannot fill a mailbox with sign-in links', async () => {
  const { ground, pages } = await adasDesk();
  for (let n = 0; n < 8; n++) {
    const { status } = await pages.post('/sign-in', { email: 'ada@users.example' });
    expect(status).toBe(200);
  }
  expect(await ground.mailbox()).toHaveLength(5);
});
