import { assert, property, string, tuple, webUrl } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalUrl,
  MAX_URL_CHARS,
  pageCanonical,
  sameSite,
  sharedUrl,
  siteOf,
} from '../../functions/articles/url.ts';
import { Fault } from '../../functions/platform/faults.ts';

describe('the canonical form of an address', () => {
  test.each([
    ['host in lower case, path as it is', 'HTTPS://Example.COM/Some/Path', 'https://example.com/Some/Path'],
    ['space around it', '  https://example.com/a\n', 'https://example.com/a'],
    ['the root keeps its slash', 'https://example.com', 'https://example.com/'],
    ['a trailing slash', 'https://example.com/a/', 'https://example.com/a'],
    ['many trailing slashes', 'https://example.com/a///', 'https://example.com/a'],
    ['a trailing slash before a query', 'https://example.com/a/?id=1', 'https://example.com/a?id=1'],
    ['the default port', 'http://example.com:80/a', 'http://example.com/a'],
    ['another port stays', 'https://example.com:8443/a', 'https://example.com:8443/a'],
    ['a dot after the host', 'https://example.com./a', 'https://example.com/a'],
    ['a name and a password', 'https://ada:secret@example.com/a', 'https://example.com/a'],
    ['dot segments', 'https://example.com/a/./b/../c', 'https://example.com/a/c'],
    ['an international host', 'https://bücher.example/a', 'https://xn--bcher-kva.example/a'],
    ['an IPv6 host', 'http://[::1]:8080/a', 'http://[::1]:8080/a'],
    ['a fragment', 'https://example.com/a#part', 'https://example.com/a'],
    ['a text fragment', 'https://example.com/a#:~:text=night', 'https://example.com/a'],
    ['a #/ route stays', 'https://example.com/#/notes/7', 'https://example.com/#/notes/7'],
    ['a #! route stays', 'https://example.com/app#!/notes', 'https://example.com/app#!/notes'],
    ['an empty query', 'https://example.com/a?', 'https://example.com/a'],
    ['empty parameters', 'https://example.com/a?&x=1&&y=2&', 'https://example.com/a?x=1&y=2'],
    ['a second question mark is a parameter', 'https://example.com/a??', 'https://example.com/a??'],
    ['parameters by name', 'https://example.com/a?b=2&a=1&b=1', 'https://example.com/a?a=1&b=2&b=1'],
    ['index.html', 'https://example.com/a/index.html?b=1', 'https://example.com/a?b=1'],
    ['index.htm of the root', 'https://example.com/index.htm', 'https://example.com/'],
    [
      'index.php stays',
      'https://example.com/w/index.php?title=Tern',
      'https://example.com/w/index.php?title=Tern',
    ],
    [
      'the article behind the copy of it that Google keeps',
      'https://www.google.com/amp/s/www.example.com/a?utm_source=x',
      'https://www.example.com/a',
    ],
    [
      'the same in the AMP cache',
      'https://example-com.cdn.ampproject.org/c/example.com/a/',
      'http://example.com/a',
    ],
    ['a copy of nothing', 'https://www.google.com/amp/s/', 'https://www.google.com/amp/s'],
    ['and their encoding', 'https://example.com/a?q=a+b%20c&r', 'https://example.com/a?q=a+b%20c&r'],
    ['hex in upper case', 'https://example.com/caf%c3%a9', 'https://example.com/caf%C3%A9'],
    ['letters not written out', 'https://example.com/%61%2Db%7E', 'https://example.com/a-b~'],
    ['other letters written out', 'https://example.com/café?q=é', 'https://example.com/caf%C3%A9?q=%C3%A9'],
    ['a slash written out stays so', 'https://example.com/a%2fb', 'https://example.com/a%2Fb'],
    ['a stray percent sign', 'https://example.com/100%?q=%zz', 'https://example.com/100%25?q=%25zz'],
    ['www. stays', 'https://www.example.com/', 'https://www.example.com/'],
    ['http stays', 'http://example.com/', 'http://example.com/'],
  ])('%s', (_, input, canonical) => {
    expect(canonicalUrl(input)).toBe(canonical);
  });

  test.each([
    ['utm_source=letter&utm_medium=email&UTM_Campaign=x', ''],
    ['fbclid=1&gclid=2&msclkid=3&mc_cid=4&mc_eid=5&igshid=6&_hsenc=7&mkt_tok=8', ''],
    ['id=7&utm_source=letter&page=2', '?id=7&page=2'],
    ['utm%5Fsource=letter', ''],
    [
      'v=1&id=2&p=3&q=4&page=5&ref=6&t=7&s=8&si=9&source=10',
      '?id=2&p=3&page=5&q=4&ref=6&s=8&si=9&source=10&t=7&v=1',
    ],
    ['utmost=1&clid=2', '?clid=2&utmost=1'],
    ['ref=letters.example.org', ''],
    ['ref=main&ref=v1.2', '?ref=main&ref=v1.2'],
  ])('tracking parameters go, others stay: %s', (query, left) => {
    expect(canonicalUrl(`https://example.com/a?${query}`)).toBe(`https://example.com/a${left}`);
  });

  test.each([
    ['https://www.youtube.com/watch?v=abc&si=xyz&t=40', 'https://www.youtube.com/watch?t=40&v=abc'],
    ['https://youtu.be/abc?si=xyz', 'https://youtu.be/abc'],
    ['https://open.spotify.com/episode/1?si=xyz', 'https://open.spotify.com/episode/1'],
    ['https://x.com/ada/status/1?s=20&t=abc', 'https://x.com/ada/status/1'],
    ['https://notyoutube.com/watch?si=xyz', 'https://notyoutube.com/watch?si=xyz'],
  ])('on one site only: %s', (input, canonical) => {
    expect(canonicalUrl(input)).toBe(canonical);
  });

  test.each([
    '',
    'night trains',
    'example.com/a',
    '/a/b',
    'https://',
    'https://./',
    'ftp://example.com/a',
    'javascript:alert(1)',
    'data:text/html,hello',
    'file:///etc/passwd',
    'mailto:ada@example.com',
    'https://exa mple.com/',
    'https://example.com/a b',
    'https://example.com/a\nb',
    'java\nscript:alert(1)',
    'https://example.com/\0',
    'https://example.com:99999/',
    `https://example.com/${'a'.repeat(MAX_URL_CHARS)}`,
    `https://example.com/${'é'.repeat(MAX_URL_CHARS / 4)}`,
  ])('no web address: %j', (input) => {
    expect(() => canonicalUrl(input)).toThrow(
      expect.objectContaining({ tag: 'invalid', errors: [{ path: '/url', message: expect.any(String) }] }),
    );
  });

  const anyUrl = webUrl({ withFragments: true, withQueryParameters: true, size: 'medium' });

  test('is its own canonical form', () => {
    assert(
      property(tuple(anyUrl, string({ unit: 'binary' })), ([url, more]) => {
        const once = orFault(() => canonicalUrl(url + more));
        if (once !== undefined) expect(canonicalUrl(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  test('is a web address, whatever came in, or a fault', () => {
    assert(
      property(string({ unit: 'binary' }), string({ unit: 'grapheme-ascii' }), (binary, ascii) => {
        for (const input of [binary, `https:${ascii}`, `http://${binary}`, `https://example.com/${ascii}`]) {
          const canonical = orFault(() => canonicalUrl(input));
          if (canonical !== undefined) expect(new URL(canonical).protocol).toMatch(/^https?:$/);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function orFault(rule: () => string): string | undefined {
  try {
    return rule();
  } catch (error) {
    expect(error).toBeInstanceOf(Fault);
    return undefined;
  }
}

describe('one site', () => {
  test.each([
    ['https://example.com/a', 'https://example.com/b', true],
    ['https://www.example.co.uk/', 'http://news.example.co.uk/', true],
    ['https://example.co.uk/', 'https://other.co.uk/', false],
    ['https://ada.github.io/', 'https://grace.github.io/', false],
    ['http://localhost:8787/', 'http://localhost/', true],
    ['http://127.0.0.1/', 'http://127.0.0.2/', false],
    ['https://example.com/', 'https://example.com.evil.example/', false],
    ['https://example.com/', 'nothing', false],
  ])('%s and %s: %s', (a, b, same) => {
    expect(sameSite(a, b)).toBe(same);
  });
});

describe("a page's own canonical address", () => {
  const url = 'https://www.example.com/2026/night-trains/?utm_source=letter&page=2';
  const own = 'https://www.example.com/2026/night-trains?page=2';

  test.each([
    ['none', undefined, own],
    ['empty', '', own],
    ['on the same site', 'https://example.com/night-trains/', 'https://example.com/night-trains'],
    ['relative', '/night-trains?utm_source=x', 'https://www.example.com/night-trains'],
    ['without a scheme', '//m.example.com/night-trains', 'https://m.example.com/night-trains'],
    ['on another site', 'https://elsewhere.example/night-trains', own],
    ['the home page', 'https://www.example.com/?utm_source=x', own],
    ['no web address', 'javascript:alert(1)', own],
    ['not to be parsed', 'https://exa mple/', own],
    ['too long', `/${'a'.repeat(MAX_URL_CHARS)}`, own],
  ])('%s', (_, declared, canonical) => {
    expect(pageCanonical(url, declared)).toBe(canonical);
  });

  test('the home page may be called the home page', () => {
    expect(pageCanonical('https://example.com/', 'https://www.example.com/')).toBe(
      'https://www.example.com/',
    );
  });

  test('an article named by its query alone is not the home page', () => {
    expect(pageCanonical('https://example.com/?p=12', 'https://example.com/')).toBe(
      'https://example.com/?p=12',
    );
  });
});

test.each([
  ['https://www.example.com/a', 'example.com'],
  ['https://news.example.com/a', 'news.example.com'],
  ['https://www.com/', 'www.com'],
  ['http://localhost:8787/', 'localhost:8787'],
])('the site shown for %s is %s', (url, site) => {
  expect(siteOf(url)).toBe(site);
});

describe('an address that is given to a friend', () => {
  test.each([
    ['https://a.example/b/?utm_source=ada&id=7#part', 'https://a.example/b/?id=7#part'],
    ['https://a.example/?mc_eid=ada', 'https://a.example/'],
    ['https://ada:secret@a.example/b', 'https://a.example/b'],
    ['https://a.example/B/?q=x%20y', 'https://a.example/B/?q=x%20y'],
    ['not an address', 'not an address'],
  ])('%s: %s', (given, shared) => {
    expect(sharedUrl(given)).toBe(shared);
  });
});
