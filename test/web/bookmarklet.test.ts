import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { bookmarklet } from '../../functions/web/bookmarklet.ts';

/** Runs the bookmark on a page, as the browser's address bar would, and gives the address of the window it opens. */
function press(page: { href: string; title: string; selection: string }): URL {
  const code = bookmarklet('https://hallway.example', 'the-key').replace(/^javascript:/, '');
  const opened: string[] = [];
  runInNewContext(decodeURIComponent(code), {
    window: { getSelection: () => page.selection, open: (address: string) => opened.push(address) },
    location: { href: page.href },
    document: { title: page.title },
  });
  expect(opened).toHaveLength(1);
  return new URL(opened[0] ?? '');
}

test('opens our window; what is read stays in the fragment, which no server sees', () => {
  const page = {
    href: 'https://ridge.example/dark?a=1&b=2#top',
    title: 'Lamps & “ridges” #1',
    selection: 'Take two\nlamps.',
  };
  const address = press(page);
  expect(address.href.split('#')[0]).toBe('https://hallway.example/save');
  expect(Object.fromEntries(new URLSearchParams(address.hash.slice(1)))).toEqual({
    u: page.href,
    t: page.title,
    s: page.selection,
    k: 'the-key',
  });
});

test('cuts a long selection, also in the middle of a character', () => {
  const selection = `${'a'.repeat(3999)}😀 and more`;
  const { hash } = press({ href: 'https://ridge.example/', title: 'half \ud83d', selection });
  expect(new URLSearchParams(hash.slice(1)).get('s')).toBe(`${'a'.repeat(3999)}\ufffd`);
});

test('is one line that an address bar and an attribute take', () => {
  expect(bookmarklet('https://hallway.example', 'the-key')).toMatch(/^javascript:[\w%.!~*'()-]+$/);
});
