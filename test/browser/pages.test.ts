import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startService } from '../flow/start.ts';
import { DESKTOP, expectAccessible, expectNoSidewaysScroll, openBrowser, shootAll } from './browser.ts';

/** Every page with a week of demo data on it, looked at as people have it: small, large, dark, enlarged, by keyboard. */
describe('pages', () => {
  let service: Service;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    [service, browser] = await Promise.all([startService({ args: ['--demo'] }), openBrowser()]);
    context = await browser.newContext({ viewport: DESKTOP });
    page = await context.newPage();
    await page.goto(service.signInUrl ?? '');
    await page.getByRole('button', { name: 'Come in' }).click();
    await page.waitForURL(`${service.url}/`);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  /** The address of the first link on a page that looks like this. */
  async function linkOn(path: string, pattern: string): Promise<string> {
    await page.goto(service.url + path);
    return (await page.locator(`main a[href^="${pattern}"]`).first().getAttribute('href')) ?? '';
  }

  const pages: [string, () => Promise<string> | string][] = [
    ['today', () => '/'],
    ['library', () => '/library'],
    ['article', () => linkOn('/library', '/articles/art_')],
    ['notes', () => '/notes'],
    [
      'preview',
      async () => {
        await page.goto(`${service.url}/notes`);
        return (await page.locator('main a[href$="/preview"]').first().getAttribute('href')) ?? '';
      },
    ],
    ['friends', () => '/friends'],
    ['friend', () => linkOn('/friends', '/friends/frd_')],
    ['write', async () => `${await linkOn('/friends', '/friends/frd_')}/write`],
    ['settings', () => '/settings'],
    ['save', () => '/save'],
    [
      'save-nobody',
      async () => (await linkOn('/library?limit=100', '/articles/art_')).replace('/articles', '/save'),
    ],
    ['not-found', () => '/nowhere'],
  ];

  test.each(pages)(
    '%s: nothing cut off at 320, 375, 640 and 1280 pixels, and accessible',
    async (name, path) => {
      await page.goto(service.url + (await path()));
      await shootAll(page, name);
      // 640 is a window of 1280 at 200 %.
      for (const width of [320, 375, 640, 1280]) await expectNoSidewaysScroll(page, width);
      await expectAccessible(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectAccessible(page);
      await page.emulateMedia({ colorScheme: 'light' });
    },
  );

  test('mailbox: nothing cut off, and accessible', async () => {
    await page.goto(service.mailUrl);
    await shootAll(page, 'mailbox');
    await expectNoSidewaysScroll(page, 320);
    await expectAccessible(page);
  });

  test('sign-in page: nothing cut off, and accessible', async () => {
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(`${service.url}/library`);
    await shootAll(stranger, 'sign-in');
    await expectNoSidewaysScroll(stranger, 320);
    await expectAccessible(stranger);
    await stranger.context().close();
  });

  test('a letter can be written and sealed with the keyboard alone', async () => {
    await page.setViewportSize(DESKTOP);
    await page.goto(service.url);
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
    await page.keyboard.press('Tab');
    expect(await focused()).toMatch(/^Skip/);
    for (let press = 0; press < 40; press++) {
      if (await page.evaluate(() => document.activeElement?.tagName === 'TEXTAREA')) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.type('You were right about the ghost sign. It is mustard.');
    for (let press = 0; press < 20 && (await focused()) !== 'Seal and send'; press++)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/sealed/);
    expect(await page.locator('h1, h2').first().innerText()).toMatch(/Sealed for/);
    await shootAll(page, 'sealed-surprise');
  });

  test('a note of only spaces comes back with a sentence, and what was chosen', async () => {
    await page.setViewportSize(DESKTOP);
    await page.goto(service.url);
    await page
      .getByLabel(/Your note/)
      .first()
      .fill('   ');
    await page.getByRole('button', { name: 'Seal and send' }).first().click();
    await page
      .getByText(/A link alone is not a letter\. Write \S+ one line\./)
      .first()
      .waitFor();
    await shootAll(page, 'today-no-words');
    await expectAccessible(page);
  });

  test('everything works without JavaScript: save, choose, write, seal, cancel', async () => {
    const plain = await browser.newContext({
      javaScriptEnabled: false,
      storageState: await context.storageState(),
      viewport: DESKTOP,
    });
    const tab = await plain.newPage();
    await tab.goto(`${service.url}/save`);
    await tab.getByLabel('Its address').fill('https://harbour.example/tides');
    await tab.getByLabel(/Title/).fill('How to sharpen a kitchen knife on the bottom of a mug');
    await tab.getByRole('button', { name: 'Keep it' }).click();
    await tab.waitForURL(/\/save\/art_/);
    expect(await tab.locator('h2').first().innerText()).toBe('Nobody comes to mind.');
    await shootAll(tab, 'save-nobody-comes-to-mind');
    await tab.getByLabel('Do you know someone?').selectOption({ index: 1 });
    await tab.getByLabel(/What is it to them/).fill('sharp knives');
    await tab.getByRole('button', { name: 'Write to them' }).click();
    await tab.waitForURL(/friend=frd_/);
    await shootAll(tab, 'save-picked');
    await tab
      .getByLabel(/Your note/)
      .last()
      .fill('For the drawer you told me about.');
    await tab.getByRole('button', { name: 'Seal and send' }).click();
    await tab.waitForURL(/\/sealed/);
    await tab.getByRole('button', { name: 'Take it back' }).click();
    await tab.waitForURL(/\/save\/art_\w+$/);
    await tab.goto(`${service.url}/notes`);
    expect(await tab.locator('main').innerText()).toContain('One letter taken back');
    await plain.close();
  });

  test('“I’ll send it myself” gives the letter to take along, and remembers that it went', async () => {
    await page.goto(await linkOn('/friends', '/friends/frd_').then((path) => `${service.url}${path}/write`));
    await page.getByLabel(/Your note/).fill('By pigeon, this one.');
    await page.getByRole('button', { name: 'I’ll send it myself' }).click();
    await page.waitForURL(/\/by-hand/);
    await shootAll(page, 'by-hand');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'I sent it' }).click();
    await page.getByText('You sent it yourself.').first().waitFor();
  });
});
