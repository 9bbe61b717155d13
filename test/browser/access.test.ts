import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Added, type Service, startService, until } from '../flow/start.ts';
import { DESKTOP, expectAccessible, expectNoSidewaysScroll, openBrowser, shootAll } from './browser.ts';

/** A phone or a security key inside the browser: WebAuthn as it is, without a finger. */
async function addAuthenticator(page: Page): Promise<{ cdp: CDPSession; authenticatorId: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, authenticatorId };
}

describe('ways in', () => {
  let service: Service;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let ada: Added;
  const errors: string[] = [];

  beforeAll(async () => {
    [service, browser] = await Promise.all([
      startService({ environment: { HALLWAY_SIGN_UP: 'invited' } }),
      openBrowser(),
    ]);
    ada = await service.addUser('ada@lovelace.example', 'Ada Lovelace', 'Europe/London');
    context = await browser.newContext({ viewport: DESKTOP });
    page = await context.newPage();
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(ada.signInUrl);
    await page.getByRole('button', { name: 'Come in' }).click();
    await page.waitForURL(`${service.url}/`);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  test('a passkey is added, signs in without a name, counts, and is removed', async () => {
    const { cdp, authenticatorId } = await addAuthenticator(page);
    await page.goto(`${service.url}/settings`);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText('Made in Chrome on Linux').waitFor();
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
    expect(credentials).toMatchObject([{ rpId: 'localhost', isResidentCredential: true }]);
    await page.locator('.set').first().waitFor();
    await shootAll(page, 'settings-access');
    for (const width of [320, 375, 640, 1280]) await expectNoSidewaysScroll(page, width);
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'light' });

    await page.getByRole('button', { name: 'Sign out', exact: true }).last().click();
    await page.waitForURL(`${service.url}/sign-in`);
    await page.goto(`${service.url}/library`);
    await shootAll(page, 'sign-in-passkey');
    await expectAccessible(page);
    for (let n = 0; n < 2; n++) {
      await page.getByRole('button', { name: 'Come in with a passkey' }).click();
      // Where it was wanted.
      await page.waitForURL(`${service.url}/library`);
      if (n === 0) {
        await context.clearCookies();
        await page.goto(`${service.url}/library`);
      }
    }

    await page.goto(`${service.url}/settings`);
    expect(await page.locator('main').innerText()).toContain('Last used today.');
    await page.getByRole('listitem').filter({ hasText: 'Made in Chrome' }).getByRole('button').click();
    await page.waitForURL(`${service.url}/settings`);
    expect(await page.getByText('Made in Chrome on Linux').count()).toBe(0);
    await context.clearCookies();
    await page.goto(`${service.url}/sign-in`);
    await page.getByRole('button', { name: 'Come in with a passkey' }).click();
    await page.getByText('No passkey opened the door.').waitFor();
    expect(await context.cookies()).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('the pages for scripts, for deleting and for somebody new', async () => {
    const { signInUrl } = await service.addUser('ada@lovelace.example', 'Ada Lovelace');
    await page.goto(signInUrl);
    await page.getByRole('button', { name: 'Come in' }).click();
    for (const [name, path] of [
      ['developers', '/developers'],
      ['delete', '/settings/delete'],
    ] as const) {
      await page.goto(service.url + path);
      await shootAll(page, name);
      for (const width of [320, 375, 640, 1280]) await expectNoSidewaysScroll(page, width);
      await expectAccessible(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectAccessible(page);
      await page.emulateMedia({ colorScheme: 'light' });
    }

    await page.goto(`${service.url}/settings`);
    await page.getByLabel('Their email').fill('grace@hopper.example');
    await page.getByRole('button', { name: 'Send the invitation' }).click();
    const [mail] = await until('the invitation', async () => {
      const mails = await service.mails();
      return mails.length > 0 && mails;
    });
    const raw = Buffer.from(mail?.raw ?? '', 'base64')
      .toString()
      .replace(/=\r?\n/g, '');
    expect(mail?.destinations).toEqual(['grace@hopper.example']);
    const link = /http:\S+\/sign-in\/new\/[\w-]{43}/.exec(raw)?.[0] ?? '';
    const grace = await browser.newContext({ viewport: DESKTOP, timezoneId: 'America/New_York' });
    const hers = await grace.newPage();
    await hers.goto(link);
    expect(await hers.getByLabel('Your time zone').inputValue()).toBe('America/New_York');
    await shootAll(hers, 'welcome');
    await expectAccessible(hers);
    await hers.getByLabel('Your name').fill('Grace Hopper');
    await hers.getByRole('button', { name: 'Make my account' }).click();
    await hers.waitForURL(`${service.url}/`);
    await hers.goto(`${service.url}/settings`);
    expect(await hers.locator('main').innerText()).toContain('grace@hopper.example');
    await grace.close();
  });

  test('an account is deleted without any script, and its address is free again', async () => {
    const { signInUrl } = await service.addUser('ada@lovelace.example', 'Ada Lovelace');
    const plain = await browser.newContext({ viewport: DESKTOP, javaScriptEnabled: false });
    const hers = await plain.newPage();
    await hers.goto(signInUrl);
    await hers.getByRole('button', { name: 'Come in' }).click();
    await hers.goto(`${service.url}/settings`);
    await hers.getByRole('link', { name: 'Delete my account' }).click();
    await hers.getByLabel('Your email').fill('ada@lovelace.example');
    await hers.getByRole('button', { name: 'Delete my account' }).click();
    await hers.getByRole('heading', { name: 'Your account is deleted.' }).waitFor();
    await shootAll(hers, 'deleted');
    await plain.close();
    const answer = await fetch(`${service.url}/api/friends`, {
      headers: { Authorization: `Bearer ${ada.apiToken}` },
    });
    expect(answer.status).toBe(401);
    const again = await service.addUser('ada@lovelace.example', 'Ada Lovelace');
    expect(again.userId).not.toBe(ada.userId);
  });
});
