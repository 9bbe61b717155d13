import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Added, type Service, startService, until } from '../flow/start.ts';
import { DESKTOP, expectAccessible, expectNoSidewaysScroll, openBrowser, shootAll } from './browser.ts';

const MB = 1024 * 1024;
/** Entries of a file of 10 MB, each with a long description, so that they are few. */
const FEW = 400;

const bookmarks = (count: number, about = '') =>
  `<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<TITLE>Bookmarks</TITLE>\n<DL><p>\n${Array.from(
    { length: count },
    (_, n) =>
      `<DT><A HREF="https://paper.invalid/${n}" ADD_DATE="${1_400_000_000 + n}">Story ${n}</A>\n<DD>${about}`,
  ).join('\n')}\n</DL><p>\n`;

const file = (name: string, text: string) => ({ name, mimeType: 'text/html', buffer: Buffer.from(text) });

describe('bringing things in', () => {
  let service: Service;
  let browser: Browser;
  let ada: Added;

  beforeAll(async () => {
    [service, browser] = await Promise.all([
      startService({ environment: { HALLWAY_TICK_SECONDS: '5', HALLWAY_LEASE_SECONDS: '60' } }),
      openBrowser(),
    ]);
    ada = await service.addUser('ada@lovelace.example', 'Ada Lovelace', 'Europe/London');
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  async function signedIn(options = {}) {
    const context = await browser.newContext({ viewport: DESKTOP, ...options });
    const page = await context.newPage();
    const { signInUrl } = await service.addUser('ada@lovelace.example', 'Ada Lovelace');
    await page.goto(signInUrl);
    await page.getByRole('button', { name: 'Come in' }).click();
    await page.waitForURL(`${service.url}/`);
    return page;
  }

  test('from Settings: a small file in the form, a table of what could not be read', {
    timeout: 60_000,
  }, async () => {
    const page = await signedIn();
    await page.goto(`${service.url}/settings`);
    await page.getByRole('link', { name: 'Bring in bookmarks' }).click();
    await page.getByText('Nothing yet.').waitFor();
    await shootAll(page, 'imports-empty');
    await expectAccessible(page);
    const lines = [
      'url,title',
      ...Array.from({ length: 30 }, (_, n) => `https://paper.invalid/csv/${n},Story ${n}`),
      ...Array.from({ length: 60 }, (_, n) => `somewhere ${n},No address`),
    ];
    await page.getByLabel('A file from another program').setInputFiles({
      name: `part_000000-${'a-very-long-name'.repeat(6)}.csv`,
      mimeType: 'text/csv',
      buffer: Buffer.from(lines.join('\n')),
    });
    await page.getByRole('button', { name: 'Read it in' }).press('Enter');
    // The page looks by itself.
    await page.getByText('Read to the end: 30 new, 60 that could not be read.').waitFor({ timeout: 20_000 });
    await page.getByText('What could not be read').click();
    expect(await page.locator('table.lines tbody tr').count()).toBe(50);
    expect(await page.locator('details[open]').last().innerText()).toContain('And 10 more.');
    await page.getByText('Contacts', { exact: true }).click();
    await shootAll(page, 'imports-done');
    for (const width of [320, 375, 640, 1280]) await expectNoSidewaysScroll(page, width);
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
  });

  test('10 MB go by a link, with progress, past the page’s policy and the bucket’s', {
    timeout: 90_000,
  }, async () => {
    const page = await signedIn();
    const problems: string[] = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    const sent: string[] = [];
    page.on('request', (request) => request.method() === 'PUT' && sent.push(request.url()));
    await page.goto(`${service.url}/imports`);
    const text = bookmarks(FEW, 'Kept for the words. '.repeat((10 * MB) / FEW / 20));
    await page.getByLabel('A file from another program').setInputFiles(file('bookmarks.html', text));
    await page.getByRole('button', { name: 'Read it in' }).click();
    const row = page.locator('#files > li').first();
    await row.getByText('bookmarks.html').waitFor();
    expect(sent).toHaveLength(1);
    expect(new URL(sent[0] ?? '').origin).not.toBe(service.url);
    await row.getByText(`Read to the end: ${FEW} new.`).waitFor({ timeout: 60_000 });
    expect(problems).toEqual([]);
  });

  test('how far it is, while it is read', { timeout: 90_000 }, async () => {
    const page = await signedIn();
    await page.goto(`${service.url}/imports`);
    await page
      .getByLabel('A file from another program')
      .setInputFiles(file('fifteen-years.html', bookmarks(2500).replaceAll('invalid/', 'invalid/many/')));
    await page.getByRole('button', { name: 'Read it in' }).click();
    const row = page.locator('#files > li').first();
    await row.getByText(/[1-9][\d,]* read so far/).waitFor({ timeout: 30_000 });
    const value = Number(await row.getByRole('progressbar').getAttribute('value'));
    await shootAll(page, 'imports-reading');
    await expectAccessible(page);
    expect(value).toBeGreaterThan(0);
    await row.getByText('Read to the end: 2,500 new.').waitFor({ timeout: 60_000 });
    expect(await row.getByRole('progressbar').count()).toBe(0);
  });

  test('works without a script', { timeout: 60_000 }, async () => {
    const page = await signedIn({ javaScriptEnabled: false });
    await page.goto(`${service.url}/imports`);
    await page.getByLabel('A file from another program').setInputFiles({
      name: 'links.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('https://plain.invalid/one\n'),
    });
    await page.getByRole('button', { name: 'Read it in' }).click();
    const row = page.locator('#files > li').first();
    await row.getByText('links.txt').waitFor();
    await until('read', async () => {
      await page.goto(`${service.url}/imports`);
      return (await row.innerText()).includes('Read to the end: 1 new.');
    });
  });

  test('what went in comes out as a file', { timeout: 60_000 }, async () => {
    const page = await signedIn();
    await page.goto(`${service.url}/settings`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export everything' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^hallway-export-\d{4}-\d\d-\d\d\.json$/);
    await shootAll(page, 'settings-in-and-out');
    expect(ada.userId).toMatch(/^usr_/);
  });
});
