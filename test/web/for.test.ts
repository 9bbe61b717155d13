import { parseHTML } from 'linkedom';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { sendNote } from '../../functions/notes/queue.ts';
import { friendPageUrl } from '../../functions/notes/stop.ts';
import { type Answer, adasDesk, ask, everything, type Fields, fillIn, formBody } from './callers.ts';

const GRACE = 'grace@friends.example';
/** What Ada wrote down about Grace for herself alone: a topic, an ask, a never, and where each was heard. */
const PRIVATE = ['sousaphone', 'quokka', 'marzipan', 'xylophone', 'yonder'];
const INTERESTS = [
  { text: 'zither music', kind: 'topic', heard: 'xylophone evening' },
  { text: 'sousaphone', kind: 'topic' },
  { text: 'quokka sitter by May', kind: 'ask', until: '2027-05-01', heard: 'yonder' },
  { text: 'marzipan', kind: 'never' },
];

/** Ada's letter to Grace, which has left, and its link, as a browser without a cookie asks it. */
async function letter() {
  const ada = await adasDesk();
  const { ground, app, api, user } = ada;
  const named = { name: 'Grace', email: GRACE, timeZone: 'America/Toronto', interests: INTERESTS };
  const friendId: string = (await api('POST', '/friends', named)).json.id;
  const url = 'https://miradouro.example/flats?utm_source=ada';
  const text = 'Zither players meet here, and play zither music all night.';
  const saved = { url, title: 'Zither nights', text };
  const articleId: string = (await api('POST', '/articles', saved)).json.id;
  const note = { friendId, articleId, text: 'Two lamps.\nTake them.', moment: { kind: 'now' } };
  const noteId: string = (await api('POST', '/notes', note)).json.id;
  ground.setClock('2026-11-23T12:00:30.000Z');
  await sendNote(ground, user.id, noteId);
  const link = new URL(friendPageUrl(ground, user.id, noteId, GRACE)).pathname;
  const get = () => ask(app, link);
  const post = (fields: Fields, headers: Record<string, string> = {}) =>
    ask(app, link, { method: 'POST', headers, body: formBody(fields) });
  return {
    ...ada,
    friendId,
    noteId,
    link,
    get,
    post,
    /** Fills in the form with this button, as it stands on this page, and presses it. */
    press: (page: Answer, choice: string, changes: Fields = {}) => {
      const form = formWith(page, choice);
      return post(fillIn({ ...page, text: form }, link, changes, choice).fields);
    },
    words: async () => {
      const kept = (await ground.mailbox()).filter(({ destinations }) => destinations[0] === user.email);
      return Promise.all(kept.map(({ raw }) => PostalMime.parse(Buffer.from(raw, 'base64'))));
    },
  };
}

/** The one form of a page that makes this choice. */
function formWith({ text }: Answer, choice: string): string {
  const { document } = parseHTML(text);
  const found = [...document.querySelectorAll('form')].filter((form) =>
    form.querySelector(`button[name="do"][value="${choice}"]`),
  );
  expect([choice, found.length]).toEqual([choice, 1]);
  return `<html><body>${found[0]?.outerHTML}</body></html>`;
}

const said = ({ text }: Answer) => parseHTML(text).document.querySelector('main')?.textContent ?? '';

describe('looking', () => {
  test('shows the letter and every choice, to whoever has the link', async () => {
    const { get } = await letter();
    const page = await get();
    expect(page.status).toBe(200);
    expect(page.headers.get('x-robots-tag')).toBe('noindex');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('set-cookie')).toBeNull();
    expect(page.text).not.toContain('<script');
    for (const words of ['From Ada, for Grace', 'Two lamps.\nTake them.', 'Zither nights'])
      expect(said(page)).toContain(words);
    expect(page.text).toContain('href="https://miradouro.example/flats"');
    for (const choice of [
      'thanks',
      'coffee',
      'not-my-thing',
      'less-often',
      'stop',
      'stop-all',
      'correct',
      'erase',
    ]) {
      formWith(page, choice);
    }
  });

  test('a thousand times over changes nothing, whatever a scanner sends', async () => {
    const { ground, app, link } = await letter();
    const stored = await everything(ground);
    const links = [link, link.replace('/for/', '/stop/'), `${link}?do=stop&line=x`];
    for (let n = 0; n < 1000; n += 25) {
      const asked = Array.from({ length: 25 }, (_, k) =>
        ask(app, links[(n + k) % 3] ?? '', { method: k % 5 ? 'GET' : 'HEAD' }),
      );
      const answers = await Promise.all(asked);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    }
    for (const method of ['OPTIONS', 'PUT', 'DELETE', 'PATCH']) await ask(app, link, { method });
    expect(await everything(ground)).toEqual(stored);
    expect(await ground.mailbox()).toHaveLength(1);
  }, 60_000);

  test('at a link that is none of ours: 404, by POST too, and nothing is done', async () => {
    const { ground, app, link, user, noteId } = await letter();
    const stored = await everything(ground);
    const [body = '', mac = ''] = link.replace('/for/', '').split('.');
    const forged = Buffer.from(JSON.stringify({ user: user.id, note: noteId, address: 'x' }));
    for (const token of [
      `${forged.toString('base64url')}.${mac}`,
      `${body}.${mac.slice(0, -2)}AA`,
      body,
      'x',
      ground.secrets.sign('sign-in', { user: user.id, note: noteId, address: 'x' }),
      ground.secrets.sign('stop', { user: user.id, note: 'x', address: 'x' }),
    ]) {
      for (const init of [{}, { method: 'POST', body: formBody({ do: 'stop' }) }]) {
        const answer = await ask(app, `/for/${token}`, init);
        expect([token, answer.status]).toEqual([token, 404]);
        expect(answer.text).not.toMatch(/Ada|Grace|Two lamps/);
      }
    }
    expect(await everything(ground)).toEqual(stored);
  });
});

describe('pressing', () => {
  test.each([
    ['from the page', { 'Sec-Fetch-Site': 'same-origin' }],
    ['from a browser that says nothing', {}],
    ['from the frame of a webmail', { 'Sec-Fetch-Site': 'cross-site', Origin: 'null' }],
  ])('needs no cookie, %s', async (_, headers) => {
    const { post, words } = await letter();
    const done = await post({ do: 'thanks', line: '' }, headers);
    expect([done.status, said(done).includes('Ada has your thanks.')]).toEqual([200, true]);
    expect(await words()).toHaveLength(1);
  });

  test('thanks with a line says that it went, and asks for no more than a coffee', async () => {
    const { get, press, words } = await letter();
    const thanked = await press(await get(), 'thanks', { line: 'Walking <b>past</b> them.' });
    expect(said(thanked)).toContain('It went as an email, with your line: Walking <b>past</b> them.');
    const asked = await press(thanked, 'coffee', { line: 'Tuesday?' });
    expect(said(asked)).toContain('Ada knows about the coffee.');
    expect((await words()).map(({ text }) => text?.includes('Walking <b>past</b> them.'))).toEqual([
      true,
      false,
    ]);
    const page = await get();
    expect(page.text).not.toMatch(/value="(thanks|coffee)"/);
    expect(page.text).not.toContain('Tuesday');
  });

  test('thanks again with other words says that they did not go', async () => {
    const { post, words } = await letter();
    await post({ do: 'thanks', line: 'First.' });
    const again = await post({ do: 'thanks', line: 'Second.' });
    expect(said(again)).toContain('It had gone already, with your line: First.');
    expect(await words()).toHaveLength(1);
  });

  test('thanks while the mail server is busy says so, and offers to send it once more', async () => {
    const { ground, post, press, words } = await letter();
    await ground.fault('throttle', 1);
    const waits = await post({ do: 'thanks', line: 'First.' });
    expect(said(waits)).toContain('it has not gone as an email yet');
    expect(said(await press(waits, 'thanks'))).toContain('It went as an email, with your line: First.');
    expect(await words()).toHaveLength(1);
  });

  test('thanks that may or may not have left are not said to have gone', async () => {
    const { ground, post } = await letter();
    await ground.fault('accept-then-error', 1);
    const asked = await post({ do: 'thanks', line: 'First.' });
    expect(said(asked)).toContain('did not say whether the email left');
    expect(asked.text).not.toContain('Send it once more');
  });

  test('every quiet choice is confirmed, and is not offered twice', async () => {
    const { ground, get, post, press } = await letter();
    const page = await get();
    const headings = [];
    for (const choice of ['not-my-thing', 'less-often', 'stop', 'stop-all']) {
      const done = await press(page, choice);
      expect(done.status).toBe(200);
      headings.push(parseHTML(done.text).document.querySelector('h1')?.textContent);
    }
    expect(headings).toEqual([
      'Not your thing, then.',
      'Less often, then.',
      'Stopped.',
      'Stopped, all of it.',
    ]);
    const after = await get();
    expect(said(after)).toContain('Hallway will not write to you again, for anybody.');
    expect(after.text).not.toMatch(/value="(not-my-thing|less-often|stop|stop-all)"/);
    expect(said(await press(after, 'undo'))).toContain('Letters from Ada can reach you again.');
    formWith(await get(), 'stop');
    await press(await get(), 'stop');
    ground.setClock('2026-11-23T13:00:30.000Z');
    expect((await get()).text).not.toContain('value="undo"');
    expect(said(await post({ do: 'undo' }))).toContain('It stays stopped.');
  });

  test('a correction is shown as it is kept; one that does not fit comes back as it was typed', async () => {
    const { api, friendId, get, press } = await letter();
    const page = await get();
    const { document } = parseHTML(page.text);
    expect(document.querySelector('option[selected]')?.getAttribute('value')).toBe('America/Toronto');
    const wrong = await press(page, 'correct', { name: 'x'.repeat(101), timeZone: 'Europe/Lisbon' });
    expect([wrong.status, said(wrong).includes('This must be at most 100 characters.')]).toEqual([400, true]);
    expect(parseHTML(wrong.text).document.querySelector('option[selected]')?.getAttribute('value')).toBe(
      'Europe/Lisbon',
    );
    const done = await press(wrong, 'correct', { name: 'Grace Hopper' });
    expect(said(done)).toContain('Grace Hopper, on the clocks of Lisbon.');
    expect((await api('GET', `/friends/${friendId}`)).json).toMatchObject({
      name: 'Grace Hopper',
      timeZone: 'Europe/Lisbon',
    });
  });

  test('a line that is too long comes back, and nothing is done', async () => {
    const { ground, post } = await letter();
    const stored = await everything(ground);
    const line = 'x'.repeat(501);
    const back = await post({ do: 'thanks', line });
    expect([back.status, back.text.includes(line)]).toEqual([400, true]);
    expect(said(back)).toContain('A line has at most 500 characters. This one has 501.');
    expect((await post({ do: 'nothing we know' })).status).toBe(400);
    expect((await post({})).status).toBe(400);
    expect(await everything(ground)).toEqual(stored);
  });

  test('deletion says what stays, and the link then only stops', async () => {
    const { api, friendId, get, press, noteId } = await letter();
    const done = await press(await get(), 'erase');
    expect(said(done)).toMatch(/Deleted\.[\s\S]*Two things stay/);
    expect((await api('GET', `/friends/${friendId}`)).status).toBe(404);
    expect((await api('GET', `/notes/${noteId}`)).json.text).toBe('Two lamps.\nTake them.');
    const after = await get();
    expect(after.status).toBe(200);
    expect(said(after)).not.toContain('Grace');
    expect(after.text).not.toMatch(/value="(thanks|coffee|correct|less-often)"/);
    formWith(after, 'stop-all');
  });

  test('the letter of a note and a friend who are deleted still stops, and says calmly what it cannot', async () => {
    const { api, friendId, noteId, get, post } = await letter();
    await api('DELETE', `/notes/${noteId}`);
    await api('DELETE', `/friends/${friendId}`);
    const page = await get();
    expect(page.status).toBe(200);
    expect(said(page)).toContain('To write to Ada, answer the letter.');
    for (const choice of ['thanks', 'coffee', 'not-my-thing', 'less-often', 'correct']) {
      const answer = await post({ do: choice });
      expect([choice, answer.status, said(answer).includes('not possible any more')]).toEqual([
        choice,
        200,
        true,
      ]);
    }
    expect(said(await post({ do: 'stop' }))).toContain('Hallway will not write to you again for Ada.');
  });
});

test('nothing that Ada wrote down for herself is on any state of the page, or in a mail', async () => {
  const { ground, app, link, post, get } = await letter();
  const seen: string[] = [(await get()).text];
  const choices = [
    { do: 'thanks', line: 'A line.' },
    { do: 'thanks', line: 'x'.repeat(501) },
    { do: 'coffee' },
    { do: 'not-my-thing' },
    { do: 'less-often' },
    { do: 'correct', name: '\u0000' },
    { do: 'correct', name: 'Gracie', timeZone: 'Europe/Lisbon' },
    { do: 'stop' },
    { do: 'undo' },
    { do: 'stop-all' },
    { do: 'else' },
    { do: 'erase' },
    { do: 'thanks' },
  ];
  for (const choice of choices) {
    seen.push((await post(choice)).text, (await get()).text);
  }
  const stop = link.replace('/for/', '/stop/');
  seen.push((await ask(app, stop)).text, (await ask(app, stop, { method: 'POST' })).text);
  for (const { raw } of await ground.mailbox()) {
    const { text, html, headers } = await PostalMime.parse(Buffer.from(raw, 'base64'));
    seen.push(`${text} ${html} ${JSON.stringify(headers)}`);
  }
  const words = seen.join('\n');
  for (const word of PRIVATE) expect([word, words.toLowerCase().includes(word)]).toEqual([word, false]);
  expect(words).not.toMatch(/score|heard/);
});
