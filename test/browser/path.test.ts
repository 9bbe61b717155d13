import type { Browser, BrowserContext, Page } from 'playwright-core';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Service, startService } from '../flow/start.ts';
import { openBrowser, PHONE, press, shoot, shootAll, startSite } from './browser.ts';

const ARTICLE = `<!doctype html><html lang="en"><head><title>Trail running in the dark</title></head><body>
<h1>Trail running in the dark</h1>
<p id="lead">Your feet learn the path before your eyes do, and trail running at night is mostly a matter of trusting
them. Take two lamps.</p></body></html>`;

const NOTE = 'The second paragraph is you at the stream.\nCoffee when you have dried?';

/** The way a person goes, in a real browser, from the sign-in link to the friend's mailbox and back. */
describe('from the bookmarklet to the mailbox', () => {
  let service: Service;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let bookmarklet: string;
  let site: Awaited<ReturnType<typeof startSite>>;

  beforeAll(async () => {
    [service, browser, site] = await Promise.all([startService(), openBrowser(), startSite(ARTICLE)]);
    context = await browser.newContext({ viewport: PHONE });
    page = await context.newPage();
  });
  afterAll(async () => {
    site?.stop();
    await browser?.close();
    await service?.stop();
  });

  const mailsTo = async (address: string) =>
    (await service.mails()).filter(({ destinations }) => destinations.includes(address));

  test('signs in with the link, which asks for a press', async () => {
    const { signInUrl } = await service.addUser('ada@users.example', 'Ada Lovelace', 'Europe/London');
    await page.goto(signInUrl);
    await shootAll(page, 'sign-in-confirm');
    await page.getByRole('button', { name: 'Come in' }).click();
    await page.waitForURL(`${service.url}/`);
    await shootAll(page, 'today-first');
  });

  test('adds two friends and what they care about', async () => {
    for (const [name, email, interest] of [
      ['Alan', 'alan@friends.example', 'chess endgames'],
      ['Grace', 'grace@friends.example', 'trail running, the muddy kind'],
    ] as const) {
      await page.goto(`${service.url}/friends`);
      const field = page.getByLabel('Name', { exact: true });
      // Open by itself while there is nobody yet.
      if (!(await field.isVisible())) await page.getByText('Add a friend').first().click();
      await field.fill(name);
      await page.getByLabel('Email').fill(email);
      await page.getByLabel('Time zone').fill('America/Toronto');
      await page.getByLabel('One thing they care about').fill(interest);
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.waitForURL(/\/friends\/frd_/);
      expect(await page.locator('h1').innerText()).toContain(name);
    }
  });

  test('saves with the bookmarklet on a page whose policy allows nothing, and shows the right friend', async () => {
    await page.goto(`${service.url}/settings`);
    bookmarklet = (await page.getByRole('link', { name: 'Keep in Hallway' }).getAttribute('href')) ?? '';
    await page.goto(site.url);
    await page.evaluate(() => getSelection()?.selectAllChildren(document.querySelector('#lead') as Element));
    const window = await press(page, bookmarklet);
    await window.waitForURL(/\/save\/art_/);
    expect(window.url()).not.toContain('#');
    const first = window.locator('input[name=friend]').first();
    expect(await first.isChecked()).toBe(true);
    expect(await window.locator('form').innerText()).toContain('Grace likes trail running, the muddy kind');
    expect(await window.locator('mark').first().innerText()).toContain('trail running');
    await shootAll(window, 'save-window');

    await window.setViewportSize({ width: 520, height: 680 });
    await window
      .getByLabel(/Your note/)
      .first()
      .fill(NOTE);
    await window.getByLabel('Now', { exact: true }).check();
    await shoot(window, 'save-window-written');
    await window.getByRole('button', { name: 'Seal and send' }).click();
    await window.waitForURL(/\/sealed/);
    expect(await window.locator('main').innerText()).toContain('Sealed for Grace');
    await shootAll(window, 'sealed');
    await window.close();
  });

  test('the letter is in the mailbox, in the user’s words, with nothing private', async () => {
    const [mail] = await vi.waitUntil(async () => {
      const mails = await mailsTo('grace@friends.example');
      return mails.length > 0 && mails;
    }, 15_000);
    expect(mail?.destinations).toEqual(['grace@friends.example']);
    const letter = await PostalMime.parse(Buffer.from(mail?.raw ?? '', 'base64'));
    const header = (name: string) => letter.headers.find(({ key }) => key === name)?.value;
    expect(letter.from).toEqual({ name: 'Ada Lovelace via Hallway', address: 'notes@hallway.localhost' });
    expect(letter.replyTo).toEqual([{ name: 'Ada Lovelace', address: 'ada@users.example' }]);
    expect(letter.subject).toBe('Trail running in the dark');
    expect(header('list-unsubscribe')).toMatch(new RegExp(`^<${service.url}/stop/[\\w.-]+>$`));
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    expect(letter.text).toContain('The second paragraph is you at the stream.\nCoffee when you have dried?');
    expect(letter.text).toContain(site.url.replace('?utm_source=newsletter', ''));
    expect(letter.html).toContain('The second paragraph is you at the stream.');
    expect(letter.html).not.toContain('utm_source');
    for (const part of [letter.text, letter.html]) expect(part).not.toMatch(/muddy kind|interest|score/);

    await page.goto(`${service.mailUrl}/mail/${mail?.messageId}`);
    await shootAll(page, 'mailbox-letter');
  });

  test('the note is under Notes, delivered', async () => {
    await page.goto(`${service.url}/notes`);
    expect(await page.locator('main').innerText()).toMatch(/To\s*Grace[\s\S]*Delivered/);
    await shootAll(page, 'notes-gone');
  });

  test('pressing the bookmark again says so, and when', async () => {
    await page.goto(site.url);
    const window = await press(page, bookmarklet);
    await window.waitForURL(/\/save\/art_/);
    expect(await window.locator('h2').first().innerText()).toMatch(/You saved this/);
    expect(await window.locator('main').innerText()).toContain('The second paragraph is you at the stream.');
    await shootAll(window, 'save-again');
    await window.close();
  });

  test('a window that any other page could have opened waits for a press', async () => {
    const window = await context.newPage();
    await window.goto(
      `${service.url}/save#u=${encodeURIComponent('https://elsewhere.example/a')}&t=Elsewhere&k=stolen`,
    );
    await window.getByRole('heading', { name: 'Keep this?' }).waitFor();
    await shootAll(window, 'save-confirm');
    await window.goto(`${service.url}/library`);
    expect(await window.locator('main').innerText()).not.toContain('Elsewhere');
    await window.close();
  });

  test('a friend who asks for it is written to no more', async () => {
    const [mail] = await mailsTo('grace@friends.example');
    const letter = await PostalMime.parse(Buffer.from(mail?.raw ?? '', 'base64'));
    const link = letter.headers.find(({ key }) => key === 'list-unsubscribe')?.value.slice(1, -1) ?? '';
    const guest = await (await browser.newContext({ viewport: PHONE })).newPage();
    await guest.goto(link);
    await shootAll(guest, 'stop');
    await guest.getByRole('button').click();
    await guest.getByText('Hallway will not write to you again').first().waitFor();
    await shootAll(guest, 'stopped');
    await guest.context().close();

    await page.goto(`${service.url}/friends`);
    await page.getByRole('link', { name: 'Grace' }).first().click();
    await page.getByRole('link', { name: /Write to Grace/ }).click();
    await page.getByLabel(/Your note/).fill('One more, by the way.');
    await page.getByLabel('Now', { exact: true }).check();
    await page.getByRole('button', { name: 'Seal and send' }).click();
    // Grace had one a moment ago: the page asks.
    await page.getByRole('button', { name: 'Send it all the same' }).click();
    await page.waitForURL(/\/sealed/);
    const state = () => page.goto(`${service.url}/notes`).then(() => page.locator('main').innerText());
    await vi.waitUntil(async () => /Held/.test(await state()), { timeout: 15_000, interval: 300 });
    expect(await state()).toMatch(/Grace asked not to get notes from you/);
    expect(await mailsTo('grace@friends.example')).toHaveLength(1);
  });

  test('signed out, the fields wait in this browser until the link in the mail is opened', async () => {
    await page.goto(`${service.url}/settings`);
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.waitForURL(/\/sign-in/);
    await page.goto(site.url.replace('ridge', 'second'));
    const window = await press(page, bookmarklet);
    await window.getByLabel('Your email').fill('ada@users.example');
    await shootAll(window, 'save-signed-out');
    await window.getByRole('button', { name: 'Email me a link' }).click();
    await shootAll(window, 'sign-in-sent');
    const link = await vi.waitUntil(async () => {
      const mails = await mailsTo('ada@users.example');
      const text = mails[0] && (await PostalMime.parse(Buffer.from(mails[0].raw, 'base64'))).text;
      return text?.match(/http\S+\/sign-in\/\S+/)?.[0];
    }, 10_000);
    const tab = await context.newPage();
    await tab.goto(link);
    await tab.getByRole('button', { name: 'Come in' }).click();
    await tab.waitForURL(/\/save\/art_/);
    expect(await tab.locator('h1').innerText()).toBe('Trail running in the dark');
  });
});
