import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { previewLetter } from '../../functions/mail/compose.ts';
import {
  DESKTOP,
  expectAccessible,
  expectNoSidewaysScroll,
  openBrowser,
  PHONE,
  shootAll,
} from '../browser/browser.ts';
import { letter, type Sendable } from './letters.ts';

const LETTERS: Record<string, Partial<Sendable>> = {
  plain: {},
  alone: { note: 'Happy birthday.\n\nI thought of the boat all morning.', article: undefined as never },
  'long-names': {
    userName: 'Chimamanda Ngozi Adichie-Okonkwo von Wolfeschlegelsteinhausenbergerdorff the Younger',
    userEmail: 'chimamanda.ngozi.adichie-okonkwo@wolfeschlegelsteinhausenbergerdorff.example',
    note: `Look: ${'x'.repeat(200)}`,
    article: {
      title: `averyveryverylongsubdomain.of-a-newspaper-that-nobody-reads.example/${'x'.repeat(200)}`,
      url: `https://averyveryverylongsubdomain.of-a-newspaper-that-nobody-reads.example/${'x'.repeat(200)}`,
    },
  },
  'right-to-left': {
    note: 'ראיתי את זה וחשבתי עליך.\nThis line is in English.\nمقال عن الخبز',
    userName: 'עדה לאבלייס',
    article: {
      url: 'https://miradouro.example/windows',
      title: 'הדירות שאף אחד לא מפרסם',
      siteName: 'הארץ',
      minutes: 9,
      excerpt: 'סוכנויות מפרסמות אולי מחצית מהדירות הפנויות.',
    },
  },
  japanese: {
    note: 'これを読んで、あなたのことを思い出しました。\n来週、コーヒーでもどうですか。',
    userName: '山田 花子',
    article: {
      url: 'https://miradouro.example/windows',
      title: '誰も広告を出さないグラサの部屋、一月に窓辺に出るカードの話',
      siteName: '朝日新聞デジタル',
    },
  },
};

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  page = await browser.newPage();
});

afterAll(() => browser.close());

describe('a letter in a mail program', () => {
  it.each(Object.entries(LETTERS))(
    '%s: fits every width, can be read by everybody',
    async (name, changes) => {
      const { html } = await previewLetter({ ...letter, ...changes });
      await page.setContent(html);
      for (const width of [320, PHONE.width, 620, DESKTOP.width]) await expectNoSidewaysScroll(page, width);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await expectAccessible(page);
      }
      await shootAll(page, `letter-${name}`);
    },
  );

  it('looks the same to a program that drops style sheets and classes', async () => {
    const { html } = await previewLetter(letter);
    const place = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('td, h1, a')].map((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          const { color, fontSize, fontFamily, backgroundColor } = getComputedStyle(element);
          return { x, y, width, height, color, fontSize, fontFamily, backgroundColor };
        }),
      );
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(DESKTOP);
    await page.setContent(html);
    const whole = await place();
    await page.setContent(html.replace(/<style>.*?<\/style>/s, '').replace(/ class="[^"]*"/g, ''));
    expect(await place()).toEqual(whole);
    expect(whole.length).toBeGreaterThan(10);
  });
});
