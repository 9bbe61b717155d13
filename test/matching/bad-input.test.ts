import { describe, expect, test } from 'vitest';
import { findDue } from '../../functions/platform/due.ts';
import { NOON } from '../ground.ts';
import { type Answer, adasDesk, everything } from '../web/callers.ts';

const MB = 1024 * 1024;
const SCRIPT = '<script>alert(1)</script>';

/** Ada with a friend who likes all sorts of things. */
async function adaAndGrace() {
  const ada = await adasDesk();
  const interests = ['harbours', SCRIPT, '🐚', 'x', '東京'];
  const grace = await ada.api('POST', '/friends', { name: 'Grace', interests });
  expect(grace.status).toBe(201);
  return { ...ada, friendId: grace.json.id as string };
}

function problem(answer: Answer, path: string): void {
  expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
  expect(answer.json.errors.map((error: { path: string }) => error.path)).toEqual([path]);
}

describe('an odd article, saved through the API', () => {
  test('is answered, matched, and shown, whatever it is made of', async () => {
    const { ground, api, pages, friendId } = await adaAndGrace();
    const articles = {
      'nothing but an address': {},
      'a title of spaces': { title: '  ' },
      '1 MB of one word': { title: 'Harbour', text: 'harbour '.repeat(MB / 8) },
      '1 MB of one letter': { title: 'Harbour', text: 'x'.repeat(MB) },
      'only emoji': { title: '🐚🐚🐚', text: '🐚🪶🌊'.repeat(1000) },
      'a script': { title: SCRIPT, text: `${SCRIPT} `.repeat(100) },
      'half a character': { title: '\ud83d', text: 'harbour \udc1a' },
      'characters without spaces': { title: '東京', text: '東京の港'.repeat(500) },
    };
    for (const [what, article] of Object.entries(articles)) {
      const url = `https://odd.example/${encodeURIComponent(what)}`;
      const saved = await api('POST', '/articles', { url, ...article });
      expect([what, saved.status]).toEqual([what, 201]);
      const { status, json } = await api('GET', `/articles/${saved.json.id}/suggestions`);
      expect([what, status]).toEqual([what, 200]);
      for (const { friendId: whose, score, reasons } of json.items) {
        expect([what, whose, score > 0 && score <= 1]).toEqual([what, friendId, true]);
        expect([what, reasons[0].evidence]).toEqual([what, expect.stringMatching(/\S/)]);
      }
      const page = await pages.get(`/articles/${saved.json.id}`);
      expect([what, page.status, page.text.includes(SCRIPT)]).toEqual([what, 200, false]);
    }
    const due = await findDue(ground.table, new Date(NOON.getTime() + 60_000), 100);
    expect(due.filter(({ work }) => work === 'match')).toEqual([]);
    const waiting = await api('GET', `/friends/${friendId}/suggestions`);
    expect([waiting.status, waiting.json.items.length > 0]).toEqual([200, true]);
  });

  test('of nothing at all is refused', async () => {
    const { ground, api } = await adaAndGrace();
    const before = await everything(ground);
    for (const article of [{}, { title: 'Harbour' }, { url: '' }, { text: ' \n ' }]) {
      problem(await api('POST', '/articles', article), '/url');
    }
    expect(await everything(ground)).toEqual(before);
  });
});

describe('an odd interest, given through the API', () => {
  test('500 of one friend, and one of 300 characters, are refused and change nothing', async () => {
    const { ground, api, friendId } = await adaAndGrace();
    const before = await everything(ground);
    const many = Array.from({ length: 500 }, (_, n) => `interest ${n}`);
    const long = 'harbours '.repeat(34).slice(0, 300);
    for (const [interests, path] of [
      [many, '/interests'],
      [['chess', long], '/interests/1'],
    ] as const) {
      problem(await api('POST', '/friends', { name: 'Mia', interests }), path);
      problem(await api('PATCH', `/friends/${friendId}`, { interests }), path);
    }
    expect(await everything(ground)).toEqual(before);
  });

  test('a script is words: kept as it was said, matched, and never run', async () => {
    const { api, pages, friendId } = await adaAndGrace();
    const saved = await api('POST', '/articles', { url: 'https://odd.example/', title: `About ${SCRIPT}` });
    expect(saved.json.suggestions).toMatchObject([{ friendId, reasons: [{ interest: SCRIPT }] }]);
    for (const path of ['/', `/articles/${saved.json.id}`, `/friends/${friendId}`, '/friends']) {
      const page = await pages.get(path);
      expect([path, page.status, page.text.includes(SCRIPT)]).toEqual([path, 200, false]);
    }
    const friend = await pages.get(`/friends/${friendId}`);
    expect(friend.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });
});
