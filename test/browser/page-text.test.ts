import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { keys } from '../../functions/platform/keys.ts';
import { Table } from '../../functions/platform/table.ts';
import { lockOrRunner } from '../../infra/local/lock.ts';
import { type Service, startService, until } from '../flow/start.ts';
import type { Stored } from '../ground.ts';
import {
  DESKTOP,
  expectAccessible,
  expectNoSidewaysScroll,
  openBrowser,
  press,
  shootAll,
  startSite,
} from './browser.ts';

const MB = 1024 * 1024;

/** Only its body speaks of trail running. */
function members(more = ''): string {
  const words = 'Your feet learn the path before your eyes do, and trail running at night is trust. ';
  return `<!doctype html><html lang="en"><head><title>Members only</title></head><body><article>
<h1>Members only</h1><p>${words.repeat(10)}</p></article>${more}</body></html>`;
}
const WORDS = 160;

const SCRIPTS = { 'Content-Security-Policy': "script-src 'unsafe-inline'" };

/** Opens our window with this fragment, and posts to it what it is told to, all the time; or has a frame of its post. */
const HOSTILE = `<!doctype html><html><head><title>Hostile</title></head><body><button>Open</button>
<iframe srcdoc="<script>post = (to, message) => to.postMessage(message, '*');</script>"></iframe><script>
  document.querySelector('button').onclick = () => {
    const { to, messages, fromFrame } = window.plan;
    const opened = open(to, 'hallway');
    const post = fromFrame ? frames[0].post : (to, message) => to.postMessage(message, '*');
    addEventListener('message', (event) => { (window.heard ??= []).push(event.data); });
    setInterval(() => { for (const message of messages) post(opened, message); }, 10);
  };
</script></body></html>`;

/** The link of a sign-in mail; its text is 7-bit, but for lines that end with `=`. */
function linkIn(mail: Stored | undefined): string | undefined {
  const text = Buffer.from(mail?.raw ?? '', 'base64')
    .toString()
    .replace(/=\r\n/g, '');
  return /http:\/\/localhost:\d+\/sign-in\/[^\s"<]+/.exec(text)?.[0].replaceAll('=3D', '=');
}

/** The page as the reader sees it: handed by the page to our window, and by nobody else. */
describe('the bookmarklet that keeps the text of the page', () => {
  const stops: (() => void)[] = [];
  let service: Service;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let api: ReturnType<Service['as']>;
  let plain: string;
  let withText: string;
  let userId: string;

  async function site(html: string, headers?: Record<string, string>): Promise<string> {
    const { url, stop } = await startSite(html, headers);
    stops.push(stop);
    return url;
  }

  beforeAll(async () => {
    [service, browser] = await Promise.all([startService(), openBrowser()]);
    context = await browser.newContext({ viewport: DESKTOP });
    page = await context.newPage();
    const ada = await service.addUser('ada@users.example', 'Ada Lovelace', 'Europe/London');
    userId = ada.userId;
    api = service.as(ada.apiToken);
    await api.post('/friends', { name: 'Grace', interests: ['trail running'] });
    await page.goto(ada.signInUrl);
    await page.getByRole('button', { name: 'Come in' }).click();
    await page.waitForURL(`${service.url}/`);
    await page.goto(`${service.url}/settings`);
    const label = async (name: string) => (await page.getByRole('link', { name }).getAttribute('href')) ?? '';
    plain = await label('Keep in Hallway');
    withText = await label('Keep with page text');
  });
  afterEach(async () => {
    for (const other of context.pages()) if (other !== page) await other.close();
  });
  afterAll(async () => {
    for (const stop of stops) stop();
    await browser?.close();
    await service?.stop();
  });

  /** The article that the window shows, once it was saved. */
  async function saved(window: Page) {
    await window.waitForURL(/\/save\/art_/);
    expect(window.url()).not.toContain('#');
    return api.get(`/articles/${/art_\w+/.exec(window.url())?.[0]}`);
  }

  /** Pictures for people; what a program can see, at once. */
  async function look(window: Page, name: string): Promise<void> {
    await shootAll(window, name);
    await expectAccessible(window);
    await expectNoSidewaysScroll(window, 320);
  }

  const select = (on: Page, what: string) =>
    on.evaluate((selector) => {
      const element = document.querySelector(selector);
      if (element) getSelection()?.selectAllChildren(element);
    }, what);

  /** What the reader had marked, as the article's own page has it. */
  async function marked(window: Page): Promise<string> {
    await window.goto(`${service.url}/articles/${/art_\w+/.exec(window.url())?.[0]}`);
    return window.locator('blockquote.inked').first().innerText();
  }

  /** As if it had been saved then: the runner has no clock but the machine's. */
  async function setSavedAt(articleId: string, savedAt: string): Promise<void> {
    const found = await lockOrRunner(service.dir);
    if (!('runner' in found)) throw new Error('The service does not run.');
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const endpoint = found.runner.databaseEndpoint ?? '';
    const database = new DynamoDBClient({ region: 'us-east-1', credentials, endpoint });
    const key = keys.article(userId, articleId);
    await new Table('hallway', database).update(key, 'SET #savedAt = :savedAt', { savedAt });
  }

  const titles = async () => (await api.all('/articles')).map(({ title }) => title);
  const wordsOf = (window: Page) => window.locator('main').innerText();

  describe.each([
    { name: 'Keep in Hallway', shot: 'bookmark', bookmark: () => plain, words: 0 },
    { name: 'Keep with page text', shot: 'page-text', bookmark: () => withText, words: WORDS },
  ])('$name', ({ shot, bookmark, words }) => {
    const coop = { 'Cross-Origin-Opener-Policy': 'same-origin' };
    const likes = 'Grace likes trail running';

    test('on a page whose policy allows nothing', async () => {
      await page.goto(await site(members()));
      const window = await press(page, bookmark());
      expect(await saved(window)).toMatchObject({
        title: 'Members only',
        savedBy: 'bookmarklet',
        wordCount: words,
        suggestions: words ? [{ friendName: 'Grace' }] : [],
      });
      expect((await wordsOf(window)).includes(likes)).toBe(words > 0);
      await look(window, shot);
    });

    test('on a page that cuts the link to our window: a link, at once', async () => {
      await page.goto(await site(members(), coop));
      const window = await press(page, bookmark());
      expect(await saved(window)).toMatchObject({ title: 'Members only', wordCount: 0 });
      expect(await window.evaluate(() => window.opener)).toBeNull();
      const said = (await wordsOf(window)).includes('The page did not give its text.');
      expect(said).toBe(words > 0);
      await look(window, `${shot}-silent`);
    });

    test('signed out: what was read waits for the sign-in, but for the text', async () => {
      const guest = await (await browser.newContext({ viewport: DESKTOP })).newPage();
      const url = await site(members());
      await guest.goto(url);
      await select(guest, 'h1');
      const window = await press(guest, bookmark());
      await window.getByRole('heading', { name: 'Come in first.' }).waitFor();
      await look(window, `${shot}-signed-out`);
      const kept = await (
        await window.waitForFunction(() => localStorage.length > 0 && JSON.stringify(localStorage))
      ).jsonValue();
      expect(kept).toContain('Members only');
      expect(kept).not.toMatch(/html|feet/);

      await window.getByLabel('Your email').fill('ada@users.example');
      const before = (await service.mails()).length;
      await window.getByRole('button', { name: 'Email me a link' }).click();
      const link = await until('the link', async () => linkIn((await service.mails())[before]));
      // The link opens another tab of this browser.
      const tab = await guest.context().newPage();
      await tab.goto(link);
      await tab.getByRole('button', { name: 'Come in' }).click();
      expect(await saved(tab)).toMatchObject({ title: 'Members only', url, wordCount: 0 });
      expect((await wordsOf(tab)).includes('You were signed out')).toBe(words > 0);
      await look(tab, `${shot}-signed-in`);
      expect(await marked(tab)).toBe('Members only');
      expect(await tab.evaluate(() => localStorage.length)).toBe(0);
      await guest.context().close();
    });

    test('on a page that was saved before: when that was, and what was marked now is added', async () => {
      const url = await site(members());
      await page.goto(url);
      const first = await saved(await press(page, bookmark()));
      await setSavedAt(first.id, '2025-05-03T11:00:00.000Z');
      // In the window that is still open, and then in a new one with words marked.
      const [open] = context.pages().filter((one) => one !== page);
      await page.goto(bookmark()).catch(() => undefined);
      await open?.waitForURL(/again=1/);
      expect(open?.url()).toContain(first.id);
      expect(await open?.locator('h2').first().innerText()).toBe('You saved this on 3 May 2025.');
      if (open) await look(open, `${shot}-again`);
      await open?.close();

      await select(page, 'h1');
      const window = await press(page, bookmark());
      expect(await saved(window)).toMatchObject({ id: first.id, wordCount: words });
      expect(await window.locator('h2').first().innerText()).toBe('You saved this on 3 May 2025.');
      await look(window, `${shot}-again-marked`);
      expect(await marked(window)).toBe('Members only');
    });
  });

  test('it is the page as it is now, not as it came', async () => {
    await page.goto(await site('<!doctype html><title>Members only</title><p>Please sign in.</p>'));
    await page.evaluate((html) => {
      document.documentElement.innerHTML = html;
    }, members());
    expect(await saved(await press(page, withText))).toMatchObject({ wordCount: WORDS });
  });

  test('the window that is still open takes the next page, too, of another site', async () => {
    await page.goto(await site(members()));
    const window = await press(page, withText);
    const first = await saved(window);
    await page.goto(await site(members().replaceAll('Members only', 'Another')));
    await page.goto(withText).catch(() => undefined);
    await window.waitForURL((url) => /art_/.test(url.href) && !url.href.includes(first.id));
    expect(await saved(window)).toMatchObject({ title: 'Another', wordCount: WORDS });
  });

  test('a page that never answers is a link', async () => {
    const deaf = `<script>addEventListener('message', (event) => event.stopImmediatePropagation());</script>`;
    await page.goto(await site(members(deaf), SCRIPTS));
    const window = await press(page, withText);
    expect(await saved(window)).toMatchObject({ title: 'Members only', wordCount: 0 });
    expect(await wordsOf(window)).toContain('The page did not give its text.');
  });

  test('a page just below 2 MB is read, one above it is a link', async () => {
    // 21 bytes each, since line ends of a form have two.
    const lines = `<!-- ${'Über Nacht, höher\n'.repeat((2 * MB) / 22)} -->`;
    await page.goto(await site(members(lines)));
    const read = await press(page, withText);
    expect(await saved(read)).toMatchObject({ wordCount: WORDS });
    await read.close();
    await page.goto(await site(members(lines + lines)));
    const window = await press(page, withText);
    expect(await saved(window)).toMatchObject({ title: 'Members only', wordCount: 0 });
    expect(await wordsOf(window)).toContain('The page is over 2 MB.');
    await shootAll(window, 'page-text-large');
  });

  describe('opened by a hostile page', () => {
    /** Has the page open our window with these fields, and gives it. */
    async function opened(
      fields: Record<string, string>,
      messages: unknown[],
      fromFrame = false,
    ): Promise<Page> {
      const to = `${service.url}/save#${new URLSearchParams(fields)}`;
      await page.evaluate((plan) => Object.assign(window, { plan }), { to, messages, fromFrame });
      const popup = context.waitForEvent('page');
      await page.getByRole('button', { name: 'Open' }).click();
      return popup;
    }
    const key = () => decodeURIComponent(plain).match(/'&k='\+"([^"]+)"/)?.[1] ?? '';

    test('with a wrong key nothing is stored before a press; the text waits with it', async () => {
      const before = await titles();
      await page.goto(await site(HOSTILE, SCRIPTS));
      const messages = [{ hallway: '1', html: members() }];
      const window = await opened({ u: page.url(), t: 'Forced', k: 'stolen', n: '1' }, messages);
      await window.getByRole('heading', { name: 'Keep this?' }).waitFor();
      await shootAll(window, 'page-text-confirm');
      expect(await titles()).toEqual(before);
      await window.getByRole('button', { name: 'Keep it' }).click();
      expect(await saved(window)).toMatchObject({ title: 'Forced', wordCount: WORDS });
    });

    test('without a key the form waits', async () => {
      const before = await titles();
      await page.goto(await site(HOSTILE, SCRIPTS));
      const window = await opened({ u: page.url(), t: 'Waiting', n: '1' }, [
        { hallway: '1', html: members() },
      ]);
      const html = window.locator('input[name=html]');
      await expect.poll(() => html.inputValue()).toContain('trail running');
      expect(await titles()).toEqual(before);
      // Another address is another page: the text goes.
      await window.getByLabel('Its address').fill('https://ridge.example/another');
      expect(await html.inputValue()).toBe('');
      await window.getByRole('button', { name: 'Keep it' }).click();
      expect(await saved(window)).toMatchObject({ title: 'Waiting', wordCount: 0 });
    });

    test('even with the right key no text of it comes under another’s address', async () => {
      await page.goto(await site(HOSTILE, SCRIPTS));
      const { port } = new URL(page.url());
      for (const u of [
        'https://bank.example/letter',
        // Another scheme and another port are other origins.
        `https://127.0.0.1:${port}/scheme`,
        `http://127.0.0.1:${Number(port) + 1}/port`,
      ]) {
        const messages = [
          { hallway: '1', html: members() },
          { hallway: '1', html: members(), origin: 'https://bank.example' },
        ];
        const window = await opened({ u, t: 'Forged', k: key(), n: '1' }, messages);
        expect([u, await saved(window)]).toEqual([u, expect.objectContaining({ wordCount: 0 })]);
        // It is not even told that the window is there.
        expect(await page.evaluate(() => Reflect.get(window, 'heard'))).toBeUndefined();
        await window.close();
      }
    });

    test('messages of another nonce or another shape are not the page', async () => {
      await page.goto(await site(HOSTILE, SCRIPTS));
      const messages = [
        { hallway: '2', html: members() },
        { html: members() },
        { hallway: '1' },
        { hallway: '1', html: 7 },
        { hallway: '1', html: [members()] },
        members(),
        null,
      ];
      const window = await opened({ u: page.url(), t: 'Odd', k: key(), n: '1' }, messages);
      const broken: Error[] = [];
      window.on('pageerror', (error) => broken.push(error));
      expect(await saved(window)).toMatchObject({ title: 'Odd', wordCount: 0 });
      expect(broken).toEqual([]);
    });

    test('only the window that opened ours is heard, not another of its origin', async () => {
      await page.goto(await site(HOSTILE, SCRIPTS));
      const messages = [{ hallway: '1', html: members() }];
      const window = await opened({ u: page.url(), t: 'Framed', k: key(), n: '1' }, messages, true);
      expect(await saved(window)).toMatchObject({ title: 'Framed', wordCount: 0 });
    });

    test('a second message changes nothing', async () => {
      await page.goto(await site(HOSTILE, SCRIPTS));
      const messages = [
        { hallway: '1', html: members() },
        { hallway: '1', html: '<p>Something else.</p>' },
      ];
      const window = await opened({ u: page.url(), t: 'Twice', n: '1' }, messages);
      const html = window.locator('input[name=html]');
      await expect.poll(() => html.inputValue()).toContain('trail running');
      await window.evaluate(() => new Promise((later) => setTimeout(later, 100)));
      expect(await html.inputValue()).toContain('trail running');
    });

    test('more than 2 MB is a link, whatever the page says of it', async () => {
      await page.goto(await site(HOSTILE, SCRIPTS));
      const messages = [{ hallway: '1', html: members('x'.repeat(3 * MB)) }];
      const window = await opened({ u: page.url(), t: 'Huge', k: key(), n: '1' }, messages);
      expect(await saved(window)).toMatchObject({ title: 'Huge', wordCount: 0 });
      expect(window.url()).toContain('missing=large');
    });
  });

  test('a phone shares: the manifest is read, and what it posts is saved', async () => {
    await page.goto(`${service.url}/settings`);
    const cdp = await context.newCDPSession(page);
    const { url, errors } = await cdp.send('Page.getAppManifest');
    expect([url, errors]).toEqual([`${service.url}/manifest.webmanifest`, []]);
    const icon = await (await page.request.get(`${service.url}/assets/icon-192.png`)).body();
    expect(icon.subarray(1, 4).toString()).toBe('PNG');

    // A share is a POST that no page began, which a test can only make of a GET that no page began.
    await page.route('**/share', (route) =>
      route.continue({
        method: 'POST',
        headers: { ...route.request().headers(), 'Content-Type': 'application/x-www-form-urlencoded' },
        postData: String(new URLSearchParams({ title: 'Shared', text: 'https://ridge.example/shared' })),
      }),
    );
    await page.goto(`${service.url}/share`);
    expect(await saved(page)).toMatchObject({ title: 'Shared', url: 'https://ridge.example/shared' });
  });
});
