import { parseHTML } from 'linkedom';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { getNote } from '../../functions/notes/notes.ts';
import { sendNote } from '../../functions/notes/queue.ts';
import { type Answer, adasDesk, ask, everything } from './callers.ts';

const RIDGE = {
  url: 'https://ridge.example/dark?utm_source=letter',
  title: 'Trail running in the dark',
  text: 'Trail running at night is mostly a matter of trusting your feet. Take two lamps for trail running.',
};
const GRACE = {
  name: 'Grace',
  email: 'grace@friends.example',
  timeZone: 'America/New_York',
  interests: [{ text: 'trail running', kind: 'topic', heard: 'whispered at lunch' }],
};
const WORDS = 'You, on any "ordinary" <Tuesday>.\r\nTwo lamps & a map.';

/** What the page shows of each mail. */
function mailsOn(page: Answer) {
  const { document } = parseHTML(page.text);
  return [...document.querySelectorAll('.mail-view')].map((view) => ({
    facts: [...view.querySelectorAll('dd')].map((fact) => fact.textContent),
    html: view.querySelector('iframe')?.getAttribute('srcdoc') ?? '',
    sandbox: view.querySelector('iframe')?.getAttribute('sandbox'),
    text: view.querySelector('pre')?.textContent ?? '',
  }));
}

async function adaAtTheDesk() {
  const ada = await adasDesk();
  const friendId = (await ada.api('POST', '/friends', GRACE)).json.id;
  const articleId = (await ada.api('POST', '/articles', RIDGE)).json.id;
  const writing = () => ada.pages.get(`/friends/${friendId}/write?article=${articleId}`);
  return {
    ...ada,
    friendId,
    articleId,
    writing,
    notes: async () => (await ada.api('GET', '/notes')).json.items,
    preview: async (changes = {}) =>
      ada.pages.send(await writing(), '/notes', { text: WORDS, moment: 'now', ...changes }, 'preview'),
  };
}

describe('the letter is seen before it is sealed', () => {
  test('both parts, sender, answers and subject; nothing is stored', async () => {
    const { ground, preview } = await adaAtTheDesk();
    const stored = await everything(ground);
    const page = await preview();
    expect(page.status).toBe(200);
    const [mail] = mailsOn(page);
    expect(mail?.facts).toEqual([
      'Ada via Hallway <notes@hallway.localhost>',
      'Grace <grace@friends.example>',
      'Ada <ada@users.example>',
      RIDGE.title,
    ]);
    expect(mail?.text).toContain('You, on any "ordinary" <Tuesday>.\nTwo lamps & a map.');
    expect(mail?.html).toContain('&lt;Tuesday&gt;');
    for (const part of [mail?.html, mail?.text]) {
      expect(part).toContain('https://ridge.example/dark');
      expect(part).not.toMatch(/utm_source|whispered/);
    }
    expect(await everything(ground)).toEqual(stored);
  });

  test('the friend’s link in it is nobody’s: its page opens nothing', async () => {
    const { app, preview } = await adaAtTheDesk();
    const [mail] = mailsOn(await preview());
    const links = mail?.text.match(/http:\/\/localhost:8787\S*/g) ?? [];
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) {
      const { pathname } = new URL(link);
      const { status } = await ask(app, pathname);
      expect([pathname, status]).toEqual(['/for/preview', 404]);
    }
  });

  test('nothing runs on the page or in the mail, and the mail keeps to its frame', async () => {
    const { preview, writing } = await adaAtTheDesk();
    const page = await preview({ text: '<script>alert(1)</script><img src=x onerror=alert(1)> You.' });
    expect(page.headers.get('content-security-policy')?.split('; ').sort()).toEqual([
      "base-uri 'none'",
      "default-src 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self'",
      "manifest-src 'self'",
      "style-src 'self' 'unsafe-inline'",
    ]);
    expect(page.text).not.toMatch(/<script|<style|\sstyle="|<img/);
    const [mail] = mailsOn(page);
    expect(mail?.sandbox).toBe('allow-popups allow-popups-to-escape-sandbox');
    expect(mail?.html).not.toMatch(/<script|<img/);
    // Every other page has the policy of the house.
    expect((await writing()).headers.get('content-security-policy')).toContain("style-src 'self';");
  });

  test('back to writing, everything is as it was typed', async () => {
    const { pages, preview } = await adaAtTheDesk();
    const page = await preview({ moment: 'at', at: '2026-11-24T09:30' });
    const again = await pages.send(page, '/notes', {}, 'write');
    expect(again.status).toBe(200);
    const { document } = parseHTML(again.text);
    expect(again.text).toContain(
      'You, on any &quot;ordinary&quot; &lt;Tuesday&gt;.\r\nTwo lamps &amp; a map.</textarea>',
    );
    expect(document.querySelector('[name=moment][checked]')?.getAttribute('value')).toBe('at');
    expect(document.querySelector('[name=at]')?.getAttribute('value')).toBe('2026-11-24T09:30');
    expect(document.querySelector('.wrong')).toBeNull();
  });

  test('what is not right comes back as from sealing', async () => {
    const { preview } = await adaAtTheDesk();
    const page = await preview({ text: 'https://ridge.example' });
    expect([page.status, page.text.includes('Write Grace one line.')]).toEqual([400, true]);
  });

  test('it is the mail that leaves, but for the friend’s own link', async () => {
    const { ground, user, pages, notes, preview } = await adaAtTheDesk();
    const [seen] = mailsOn(await preview());
    const sealed = await pages.send(await preview(), '/notes', {}, 'seal');
    const [{ id }] = await notes();
    expect(sealed.to).toBe(`/notes/${id}/sealed`);
    // As it waits, too.
    expect(mailsOn(await pages.get(`/notes/${id}/preview`))).toEqual([seen]);
    ground.setClock('2026-11-23T12:01:00.000Z');
    await sendNote(ground, user.id, id);
    ground.setClock('2026-11-23T12:00:00.000Z');
    const [stored] = await ground.mailbox();
    const sent = await PostalMime.parse(Buffer.from(stored?.raw ?? '', 'base64'));
    const withoutLink = (part = '') =>
      part.replaceAll(/http:\/\/localhost:8787\/(for|stop)\/[\w.-]+/g, 'LINK').trim();
    expect(withoutLink(sent.text)).toBe(withoutLink(seen?.text));
    expect(withoutLink(sent.html)).toBe(withoutLink(seen?.html.replace('<base target="_blank">', '')));
    expect([sent.subject, sent.from?.name]).toEqual([RIDGE.title, 'Ada via Hallway']);
  });

  test('an edit is seen as it would be, and saved from there', async () => {
    const { ground, user, api, pages, friendId } = await adaAtTheDesk();
    const body = {
      friendId,
      text: 'First.',
      subject: 'Lamps',
      moment: { kind: 'at', at: '2026-12-24T09:30' },
    };
    const { id } = (await api('POST', '/notes', body)).json;
    const page = await pages.get('/notes');
    const seen = await pages.send(page, `/notes/${id}/edit`, { text: 'Second.' }, 'preview');
    const [mail] = mailsOn(seen);
    expect([mail?.text.includes('Second.'), mail?.facts.at(-1)]).toEqual([true, 'Lamps']);
    const writing = await pages.send(seen, `/notes/${id}/edit`, {}, 'write');
    const { document } = parseHTML(writing.text);
    const edit = document.querySelector(`form[action="/notes/${id}/edit"]`);
    expect(edit?.closest('details')?.hasAttribute('open')).toBe(true);
    expect(edit?.querySelector('textarea')?.textContent).toBe('Second.');
    expect((await getNote(ground, user.id, id)).text).toBe('First.');
    expect((await pages.send(seen, `/notes/${id}/edit`, {}, 'seal')).to).toBe(`/notes?done=${id}`);
    expect(await getNote(ground, user.id, id)).toMatchObject({
      text: 'Second.',
      sendAt: '2026-12-24T14:30:00.000Z',
    });
  });

  test('the letters of a window are seen together, those that mail can carry', async () => {
    const { api, pages, friendId, articleId, notes } = await adaAtTheDesk();
    const alan = (await api('POST', '/friends', { name: 'Alan', email: 'alan@friends.example' })).json.id;
    const ken = (await api('POST', '/friends', { name: 'Ken' })).json.id;
    const action = `/save/${articleId}/notes`;
    const fields = {
      friend: [friendId, alan, ken],
      [`text-${friendId}`]: 'For Grace.',
      [`text-${alan}`]: 'For Alan.',
      [`text-${ken}`]: 'For Ken.',
      moment: 'surprise',
      do: 'preview',
    };
    const seen = await pages.post(action, fields);
    expect(mailsOn(seen).map(({ facts }) => facts[1])).toEqual([
      'Grace <grace@friends.example>',
      'Alan <alan@friends.example>',
    ]);
    const writing = await pages.send(seen, action, {}, 'write');
    expect(writing.status).toBe(200);
    const before = await notes();
    await pages.send(seen, action, {}, 'seal');
    expect((await notes()).length).toBe(before.length + 3);
  });
});
