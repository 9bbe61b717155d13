import PostalMime from 'postal-mime';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Added, addUser, type Body, newFolder, type Service, startService, until } from './start.ts';

const URL = 'https://wetfell.example/notes/after-the-rain';
const HTML = `<!doctype html><html lang="en"><head><title>Trail running after the rain</title>
<meta property="og:site_name" content="Wet Fell"></head><body><article><h1>Trail running after the rain</h1>
<p>There are two sorts of trail running. One is photographed from above at sunrise, with somebody very small on a ridge.
The other takes place behind a tile warehouse on a Tuesday, ankle deep in mud, in a jacket that gave up two winters ago.
This is about the second, for trail runners who come home brown to the knee and call it an hour.</p>
<p>Mud is slow, which is its first kindness. Nobody can hold a pace in it, so nobody tries. You learn to look two steps
ahead and no further: the tussock that will bear you, the dark patch that will not, the puddle with gravel at the
bottom. Go through the middle and your feet are wet, which they were always going to be.</p>
<p>As for shoes, the lugs matter more than the price. Deep, few and far apart, they shed clay. Stuff them with newspaper
afterwards, change the paper after an hour, and keep them away from the radiator.</p></article></body></html>`;

const GRACE = {
  name: 'Grace Oyelaran',
  email: 'grace@friends.example',
  timeZone: 'America/Toronto',
  interests: [
    { text: 'trail running, the muddy kind', kind: 'topic', heard: 'lunch at the canal, 3 May' },
    { text: 'marathon vests', kind: 'never', heard: 'by email, 2 August' },
  ],
};
const TOMASZ = {
  name: 'Tomasz Wieczorek',
  email: 'tomasz@friends.example',
  interests: ['mending valve radios', 'rye bread'],
};
const NOTE = 'The puddle in the middle is you at that stream.\nCoffee when you have dried?';

describe('from a saved article to a friend’s mailbox', () => {
  const dir = newFolder();
  let service: Service;
  let ada: Added;
  let article: Body;
  let grace: Body;

  beforeAll(async () => {
    // Before the service has ever run.
    ada = await addUser(dir, 'ada@users.example', 'Ada Lovelace', 'Europe/London');
    service = await startService({ dir });
  });

  test('an address that is added again is the same user, with one more token', async () => {
    const again = await service.addUser('Ada@users.example', 'Ada Lovelace');
    expect(again).toEqual({
      userId: ada.userId,
      apiToken: expect.not.stringContaining(ada.apiToken),
      signInUrl: expect.stringMatching(new RegExp(`^${service.url}/sign-in/\\S+$`)),
      ingestAddress: ada.ingestAddress,
    });
    for (const token of [ada.apiToken, again.apiToken]) {
      expect((await service.as(token).ask('GET', '/friends')).status).toBe(200);
    }
    expect((await service.as('hw_stranger').ask('GET', '/friends')).status).toBe(401);
  });

  test('an article names the friend it is for, and the words that say so', async () => {
    const api = service.as(ada.apiToken);
    await api.post('/friends', TOMASZ);
    grace = await api.post('/friends', GRACE);
    article = await api.post('/articles', { url: `${URL}?utm_source=x`, html: HTML });
    expect(article).toMatchObject({
      canonicalUrl: URL,
      title: 'Trail running after the rain',
      siteName: 'Wet Fell',
    });

    const [first] = article.suggestions;
    expect(first).toMatchObject({ friendId: grace.id, friendName: 'Grace Oyelaran' });
    expect(first.reasons[0].interest).toBe('trail running, the muddy kind');
    const words = HTML.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    const evidence = first.reasons[0].evidence.replace(/\s+/g, ' ').replace(/^…|…$/g, '').trim();
    expect(evidence).not.toBe('');
    expect(words).toContain(evidence);
    expect((await api.get(`/articles/${article.id}/suggestions`)).items).toEqual(article.suggestions);
  });

  test('a note leaves, arrives, and says nothing of what the user knows', async () => {
    const api = service.as(ada.apiToken);
    const note = await api.post('/notes', {
      friendId: grace.id,
      articleId: article.id,
      text: NOTE,
      moment: { kind: 'now' },
    });
    expect(note).toMatchObject({ state: 'scheduled', sendAt: expect.stringMatching(/Z$/) });
    const seen = new Set<string>();
    await until('delivered', async () => {
      const { state } = await api.get(`/notes/${note.id}`);
      seen.add(state);
      return state === 'delivered';
    });
    expect(
      [...seen].filter((state) => !['scheduled', 'sending', 'sent', 'delivered'].includes(state)),
    ).toEqual([]);

    const mails = await service.mails();
    expect(mails).toHaveLength(1);
    const [mail] = mails as [(typeof mails)[number]];
    expect(mail.destinations).toEqual(['grace@friends.example']);
    expect(mail.tags).toEqual({
      user: ada.userId,
      note: note.id,
      attempt: expect.stringMatching(/^att_\w+$/),
    });
    const source = Buffer.from(mail.raw, 'base64');
    const email = await PostalMime.parse(source);
    const header = (name: string) => email.headers.find(({ key }) => key === name)?.value;
    expect(email.from?.name).toBe('Ada Lovelace via Hallway');
    expect(email.replyTo).toMatchObject([{ address: 'ada@users.example' }]);
    expect(header('list-unsubscribe')).toMatch(new RegExp(`^<${service.url}/\\S+>$`));
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    expect(email.text).toContain('The puddle in the middle is you at that stream.');
    for (const part of [email.text, email.html]) {
      expect(part).toContain('Coffee when you have dried?');
      expect(part).toContain(URL);
      expect(part).toContain('ada@users.example');
    }
    const all = [source.toString(), email.subject, email.text, email.html].join('\n').toLowerCase();
    const known = GRACE.interests.flatMap(({ text, heard }) => [text, heard]);
    for (const secret of [...known, 'muddy kind', 'interest', 'reason', 'score', 'heard']) {
      expect(all).not.toContain(secret.toLowerCase());
    }
  });

  test('the link in the mail stops the notes with one press, which needs no account', async () => {
    const [mail] = await service.mails();
    const email = await PostalMime.parse(Buffer.from(mail?.raw ?? '', 'base64'));
    const link = email.headers.find(({ key }) => key === 'list-unsubscribe')?.value.slice(1, -1) ?? '';
    const stop = await fetch(link, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    });
    expect(stop.status).toBe(200);
    const api = service.as(ada.apiToken);
    const note = await api.post('/notes', { friendId: grace.id, text: 'And?', moment: { kind: 'now' } });
    const held = await until('held', async () => {
      const now = await api.get(`/notes/${note.id}`);
      return now.state === 'held' && now;
    });
    expect(held.heldBecause).toBe('muted');
    expect(await service.mails()).toHaveLength(1);
  });
});
