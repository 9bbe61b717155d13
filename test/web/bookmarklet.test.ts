import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { bookmarklet, bookmarkletWithText } from '../../functions/web/bookmarklet.ts';

const MB = 1024 * 1024;

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

test.each([bookmarklet, bookmarkletWithText])(
  '$name is one line that an address bar and an attribute take',
  (of) => {
    expect(of('https://hallway.example', 'the-key')).toMatch(/^javascript:[\w%.!~*'()-]+$/);
  },
);

describe('with the page’s text', () => {
  interface Message {
    source: unknown;
    origin: string;
    data: unknown;
  }

  /** Runs the bookmark on a page with this HTML. `say` is what another window posts to the page. */
  function pressWithText(html: string) {
    const code = bookmarkletWithText('https://hallway.example', 'the-key').replace(/^javascript:/, '');
    const listeners = new Set<(message: Message) => void>();
    const answers: unknown[][] = [];
    const ours = { postMessage: (...sent: unknown[]) => answers.push(sent) };
    let opened = '';
    runInNewContext(decodeURIComponent(code), {
      window: {
        getSelection: () => '',
        open: (to: string) => {
          opened = to;
          return ours;
        },
      },
      location: { href: 'https://ridge.example/dark' },
      document: { title: 'Dark', documentElement: { outerHTML: html } },
      crypto,
      Blob,
      addEventListener: (_: 'message', listener: (message: Message) => void) => listeners.add(listener),
      removeEventListener: (_: 'message', listener: (message: Message) => void) => listeners.delete(listener),
    });
    const say = (message: Message) => {
      for (const listener of [...listeners]) listener(message);
    };
    const nonce = new URLSearchParams(new URL(opened).hash.slice(1)).get('n');
    const ready: Message = { source: ours, origin: 'https://hallway.example', data: { hallway: nonce } };
    return { opened: new URL(opened), nonce, ready, say, answers };
  }

  test('the window is asked for as without it, and a nonce of its own', () => {
    const { opened } = pressWithText('<html></html>');
    const { n, ...rest } = Object.fromEntries(new URLSearchParams(opened.hash.slice(1)));
    expect(rest).toEqual({ u: 'https://ridge.example/dark', t: 'Dark', s: '', k: 'the-key' });
    expect(n).toMatch(/^\d+(-\d+){3}$/);
    expect(pressWithText('<html></html>').nonce).not.toBe(n);
  });

  test('the HTML goes to our window once it is ready, to our origin alone, and once', () => {
    const { ready, nonce, say, answers } = pressWithText('<html>Two lamps.</html>');
    expect(answers).toEqual([]);
    say(ready);
    say(ready);
    const message = { hallway: nonce, html: '<html>Two lamps.</html>' };
    expect(answers).toEqual([[message, 'https://hallway.example']]);
  });

  test('nobody else is answered', () => {
    const { ready, say, answers } = pressWithText('<html></html>');
    for (const wrong of [
      { ...ready, source: {} },
      { ...ready, source: null },
      { ...ready, origin: 'https://hallway.example.evil.example' },
      { ...ready, origin: 'null' },
      { ...ready, data: { hallway: 'another' } },
      { ...ready, data: ready.data && 'ready' },
      { ...ready, data: null },
    ]) {
      say(wrong);
    }
    expect(answers).toEqual([]);
    say(ready);
    expect(answers).toHaveLength(1);
  });

  test('a page over 2 MB says so in its stead; bytes count', () => {
    for (const [html, fits] of [
      ['a'.repeat(2 * MB), true],
      ['a'.repeat(2 * MB + 1), false],
      ['ü'.repeat(MB), true],
      ['ü'.repeat(MB + 1), false],
    ] as const) {
      const { ready, say, nonce, answers } = pressWithText(html);
      say(ready);
      expect(answers).toEqual([[{ hallway: nonce, html: fits ? html : null }, 'https://hallway.example']]);
    }
  });
});
