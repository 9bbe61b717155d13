import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect, inject } from 'vitest';

/** Left for people to look at, by `npm run shots`: to take them is a sixth of the work of testing pages. */
const SHOTS = join(import.meta.dirname, 'shots');
const TAKES_SHOTS = process.env.HALLWAY_SHOTS === '1';

export const PHONE = { width: 375, height: 812 };
export const DESKTOP = { width: 1280, height: 900 };

export async function openBrowser(): Promise<Browser> {
  if (TAKES_SHOTS) mkdirSync(SHOTS, { recursive: true });
  return chromium.launch({
    executablePath: inject('chromium'),
    // Its package's own flags switch web security off, which is what is tested here.
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

/** A picture of the whole page. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (!TAKES_SHOTS) return;
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

/** Pictures at phone and desktop width, light and dark. */
export async function shootAll(page: Page, name: string): Promise<void> {
  if (!TAKES_SHOTS) return;
  for (const [device, size] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await shoot(page, `${name}-${device}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Nothing is cut off or pushed aside: the page is no wider than its window. */
export async function expectNoSidewaysScroll(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 800 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide, `${page.url()} at ${width}`).toBeLessThanOrEqual(0);
}

/** WCAG 2.2 A and AA, as far as a program can tell. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const run = (window as unknown as { axe: typeof axe }).axe.run;
    const found = await run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
  });
  expect(violations, page.url()).toEqual([]);
}

/** Presses a bookmark on the page that is open, and gives the window it opens. */
export async function press(page: Page, bookmark: string): Promise<Page> {
  const popup = page.context().waitForEvent('page');
  // A bookmark's navigation ends in no page: the browser calls it aborted.
  await page.goto(bookmark).catch(() => undefined);
  return popup;
}

/** A site of another origin with one page on it, under the strictest policy there is, or with these headers. */
export async function startSite(
  html: string,
  headers: Record<string, string> = {},
): Promise<{ url: string; stop(): void }> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Content-Security-Policy', "default-src 'none'");
    response.setHeaders(new Headers(headers));
    response.end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/ridge?utm_source=newsletter`,
    stop: () => server.close(),
  };
}
