import { createTransport } from 'nodemailer';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Added, type Service, startService, until } from '../flow/start.ts';
import { fixture, mailOf } from '../mails.ts';
import { DESKTOP, expectAccessible, expectNoSidewaysScroll, openBrowser, shootAll } from './browser.ts';

const LONG = 'no-reply-4471@a-very-long-sender-address.mail.delivery.newsletters.example';

describe('Settings with mail of every outcome', () => {
  let service: Service;
  let browser: Browser;
  let ada: Added;

  beforeAll(async () => {
    [service, browser] = await Promise.all([startService(), openBrowser()]);
    ada = await service.addUser('ada@lovelace.example', 'Ada Lovelace', 'Europe/London');
    await service.as(ada.apiToken).post('/friends', { name: 'Grace Hopper' });
    const smtp = createTransport(service.smtpUrl);
    const mails = [
      mailOf({ From: 'ada.l@work.example', Subject: 'Fwd: the essay I mentioned' }, 'https://one.invalid/a'),
      mailOf({ From: LONG, Subject: `Your weekly digest, ${'unbroken'.repeat(20)}` }, 'https://two.invalid/'),
      mailOf({ From: LONG }, 'x'),
      fixture('gmail-english-view-in-browser'),
      fixture('thunderbird-english'),
      fixture('words-alone'),
      fixture('confirmation-gmail-english'),
    ];
    for (const raw of mails) {
      await smtp.sendMail({ raw, envelope: { from: 'x@mail.example', to: ada.ingestAddress } });
    }
    smtp.close();
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  test('nothing cut off, accessible, and a sender let in with the keyboard', async () => {
    const page = await (await browser.newContext({ viewport: DESKTOP })).newPage();
    await page.goto(ada.signInUrl);
    await page.getByRole('button', { name: 'Come in' }).click();
    await page.waitForURL(`${service.url}/`);
    const rows = page.locator('[aria-labelledby="held"] li, [aria-labelledby="came"] li');
    await until('every mail there', async () => {
      await page.goto(`${service.url}/settings`);
      const isRead = !(await page.locator('main').innerText()).includes('Hallway is reading it.');
      return isRead && (await rows.count()) === 7;
    });
    await shootAll(page, 'settings-mail');
    for (const width of [320, 375, 640, 1280]) await expectNoSidewaysScroll(page, width);
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'light' });

    await page
      .getByRole('listitem')
      .filter({ hasText: 'the essay I mentioned' })
      .getByRole('button', { name: 'Always from this sender' })
      .press('Enter');
    await page.getByText('Let in without asking').click();
    expect(await page.locator('details .door-list').innerText()).toContain('ada.l@work.example');
    await shootAll(page, 'settings-mail-senders');
    await expectNoSidewaysScroll(page, 320);
    await expectAccessible(page);
  });
});
