import { describe, expect, test } from 'vitest';
import { isAllowed, isPublicAddress, mayOpen } from '../../functions/articles/address.ts';
import { PUBLIC_HOSTS, REFUSED_HOSTS } from './addresses.ts';

const opens = (url: string) => {
  const parsed = URL.parse(url);
  return parsed !== null && mayOpen(parsed);
};

describe('a host in a link', () => {
  test.each(REFUSED_HOSTS)('is refused: %s: %j', (_, hosts) => {
    const opened = hosts.filter((host) => opens(`http://${host}/`) || opens(`https://${host}/`));
    expect(opened).toEqual([]);
  });

  test.each(PUBLIC_HOSTS)('may be opened: %s: %j', (_, hosts) => {
    const opened = hosts.filter((host) => opens(`http://${host}/`) && opens(`https://${host}/`));
    expect(opened).toEqual(hosts);
  });
});

test.each([
  ['the standard ones', ['http://example.com', 'http://example.com:80', 'https://example.com:443'], true],
  ['the standard ones the other way round', ['https://example.com:80', 'http://example.com:443'], true],
  ['the usual others', ['http://example.com:8080', 'https://example.com:8443'], true],
  ['mail and shells', ['http://example.com:22', 'http://example.com:25', 'http://example.com:587'], false],
  ['databases', ['http://example.com:3306', 'http://example.com:5432', 'http://example.com:6379'], false],
  ['the Lambda runtime API', ['http://example.com:9001', 'http://93.184.215.14:9001'], false],
  ['the ends', ['http://example.com:0', 'http://example.com:1', 'http://example.com:65535'], false],
  ['no port', ['http://example.com:99999', 'http://example.com:a'], false],
  [
    'a port in the credentials',
    ['http://a:80@example.com:22', 'http://example.com:80@example.com:22'],
    false,
  ],
])('ports: %s', (_, urls, verdict) => {
  expect(urls.map(opens)).toEqual(urls.map(() => verdict));
});

test.each([
  ['ftp://example.com/'],
  ['file:///etc/passwd'],
  ['file://example.com/a'],
  ['gopher://example.com:80/'],
  ['ws://example.com/'],
  ['data:text/html,a'],
  ['javascript:alert(1)'],
  ['mailto:ada@example.com'],
  ['about:blank'],
  ['blob:https://example.com/1'],
  ['unix:/var/run/docker.sock'],
  ['view-source:https://example.com/'],
])('schemes other than http and https: %s', (url) => {
  expect(opens(url)).toBe(false);
});

test.each([
  ['http://example.com@127.0.0.1/'],
  ['http://example.com:80@[::1]/'],
  ['http://127.0.0.1#@example.com/'],
  ['http://127.0.0.1?@example.com/'],
  ['http://127.0.0.1\\@example.com/'],
  ['http:127.0.0.1/'],
  ['http:/\\127.0.0.1/'],
  ['http:////127.0.0.1/'],
  ['\thttp://127.0\n.0.1/'],
])('a host that hides in its link: %j', (url) => {
  expect(opens(url)).toBe(false);
});

describe('an address from a look-up', () => {
  test.each([
    ['93.184.215.14', true],
    ['2606:4700:4700::1111', true],
    ['127.0.0.1', false],
    ['::1', false],
    ['::ffff:127.0.0.1', false],
    ['::ffff:93.184.215.14', false],
    ['fe80::1%eth0', false],
    ['2606:4700:4700::1111%eth0', false],
    ['168.63.129.16', false],
    ['0177.0.0.1', false],
    ['0x7f000001', false],
    ['010.8.8.8', false],
    ['8.8.8', false],
    ['[::1]', false],
    ['example.com', false],
    ['', false],
  ])('%j: %j', (address, verdict) => {
    expect(isPublicAddress(address)).toBe(verdict);
  });
});

describe('what the runner allows', () => {
  test.each([
    ['http://127.0.0.1:9000/a', '127.0.0.1:9000', true],
    ['http://2130706433:9000/a', '127.0.0.1:9000', true],
    ['https://localhost:9000/a', 'LOCALHOST:9000', true],
    ['http://localhost/a', 'localhost:80', true],
    ['https://localhost/a', 'localhost:443', true],
    ['http://[0::1]:9000/a', '[::1]:9000', true],
    ['http://127.0.0.1:9001/a', '127.0.0.1:9000', false],
    ['http://127.0.0.2:9000/a', '127.0.0.1:9000', false],
    ['http://localhost:9000/a', '127.0.0.1:9000', false],
    ['https://localhost/a', 'localhost:80', false],
    ['http://localhost:9000@example.com/', 'localhost:9000', false],
    ['ftp://localhost:9000/a', 'localhost:9000', false],
  ])('%s of %s: %j', (url, entry, verdict) => {
    expect(isAllowed(new URL(url), ['a.example.com:1', entry])).toBe(verdict);
  });

  test('nothing, if nothing is said', () => {
    expect(isAllowed(new URL('http://example.com/'), [])).toBe(false);
  });

  test('an entry that is no host and port is an error, not a hole', () => {
    expect(() => isAllowed(new URL('http://example.com/'), ['a b'])).toThrow(TypeError);
  });
});
