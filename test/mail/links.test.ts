import { describe, expect, test } from 'vitest';
import { htmlLines, textLines } from '../../functions/mail/lines.ts';
import { articleLink, givenUrl, openText } from '../../functions/mail/links.ts';

const inHtml = (html: string, subject = 'Letter 34') => articleLink(htmlLines(html), subject);
const long = `<p>${'The swifts left on Sunday. '.repeat(30)}</p>`;

describe('an address the user gave', () => {
  test.each([
    ['https://a.example/b?x=1#c', 'https://a.example/b?x=1#c'],
    [
      'https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%2Fb&data=05',
      'https://a.example/b',
    ],
    ['https://www.google.com/url?q=https://a.example/b&sa=D', 'https://a.example/b'],
    ['https://urldefense.com/v3/__https://a.example/b__;!!x!y$', 'https://a.example/b'],
    ['https://urldefense.proofpoint.com/v2/url?u=https-3A__a.example_b-2Dc&d=x', 'https://a.example/b-c'],
    ['https://l.facebook.com/l.php?u=https%3A%2F%2Fa.example%2Fb&h=x', 'https://a.example/b'],
    ['https://www.google.com/search?q=swifts', 'https://www.google.com/search?q=swifts'],
    [
      'https://web.archive.org/web/2020/https://a.example/b',
      'https://web.archive.org/web/2020/https://a.example/b',
    ],
    [
      'https://eur01.safelinks.protection.outlook.com/?url=javascript%3Aalert(1)',
      'https://eur01.safelinks.protection.outlook.com/?url=javascript%3Aalert(1)',
    ],
    ['javascript:alert(1)', undefined],
    [`https://a.example/${'x'.repeat(3_000)}`, undefined],
  ])('%s', (given, url) => {
    expect(givenUrl(given)).toBe(url);
  });
});

describe('the article of a letter', () => {
  test.each([
    'View this email in your browser',
    'View in browser',
    'Read online',
    'Web version',
    'Im Browser ansehen',
    'Webversion',
    'Voir dans votre navigateur',
    'Version en ligne',
    'Ver en el navegador',
    'Visualizza nel browser',
    'Ver no seu navegador',
    'Bekijk in browser',
    'Webbversion',
    'Visa i webbläsaren',
  ])('is the letter itself on the web: %s', (label) => {
    const html = `<a href="https://a.example/34">${label}</a><h1><a href="https://a.example/swifts">Swifts</a></h1>`;
    expect(inHtml(html)).toEqual({ url: 'https://a.example/34' });
  });

  test('or what the subject names, or the largest headline', () => {
    const html = `<h1><a href="https://a.example/roofs">Roofs</a></h1><h2><a href="https://a.example/swifts">Why swifts never land</a></h2>${long}`;
    expect(inHtml(html, 'Why swifts never land')).toMatchObject({ url: 'https://a.example/swifts' });
    expect(inHtml(html)).toEqual({ url: 'https://a.example/roofs', title: 'Roofs' });
  });

  test('by the size of its letters, where it is no heading', () => {
    const html = `<a href="https://a.example/1" style="font-size:14px">One</a> <span style="font-size:24px"><a href="https://a.example/2">Two</a></span>${long}`;
    expect(inHtml(html)).toEqual({ url: 'https://a.example/2', title: 'Two' });
  });

  test('or the only "read more", or the only link', () => {
    const more = '<a href="https://a.example/1">one</a> <a href="https://a.example/2">Weiterlesen</a>';
    expect(inHtml(more + long)).toEqual({ url: 'https://a.example/2' });
    expect(inHtml(`<a href="https://a.example/1">one</a>${long}`)).toEqual({ url: 'https://a.example/1' });
  });

  test.each([
    [
      'a digest',
      '<h2><a href="https://a.example/1">One</a></h2><h2><a href="https://a.example/2">Two</a></h2>',
    ],
    ['links in the text', '<a href="https://a.example/1">one</a> <a href="https://a.example/2">two</a>'],
    ['a home page', '<a href="https://a.example/">The Courier</a>'],
    ['a picture', '<a href="https://a.example/1"><img src="https://a.example/1.png"></a>'],
    ['a picture’s address', '<a href="https://a.example/1.png">Picture</a>'],
    ['a place in the letter', '<a href="#top">Top</a>'],
    ['an address for mail', '<a href="mailto:a@a.example">Write</a>'],
    ['a program', '<a href="javascript:alert(1)">Read more</a>'],
    ['a hidden link', '<div style="display:none"><a href="https://a.example/1">Read more</a></div>'],
    ['a way out', '<a href="https://a.example/u/1">Unsubscribe here</a>'],
    ['a way out by its address', '<a href="https://a.example/unsubscribe/1">here</a>'],
    ['the way out in German', '<a href="https://a.example/u/1">Vom Newsletter abmelden</a>'],
    ['the way out in Spanish', '<a href="https://a.example/u/1">Darse de baja</a>'],
    ['settings', '<a href="https://a.example/preferences">Change</a>'],
    ['a network', '<a href="https://www.instagram.com/courier">Follow the swifts</a>'],
    ['sharing', '<a href="https://www.facebook.com/sharer/sharer.php?u=https://a.example/1">On Facebook</a>'],
    ['an app', '<a href="https://apps.apple.com/app/id1">Read it there</a>'],
    ['a counter', '<a href="https://click.a.example/f/a/1">Read more</a>'],
    ['a known counter', '<a href="https://a.us1.list-manage.com/track/click?u=1&id=2">Read more</a>'],
    ['an address that knows its reader', `<a href="https://a.example/r/${'aB3'.repeat(20)}">Read more</a>`],
  ])('is not %s', (_, html) => {
    expect(inHtml(html + long)).toBeUndefined();
  });

  test('is not the only link that does not count, beside those that do', () => {
    const html = `<h1><a href="https://click.a.example/f/a/1">Swifts</a></h1>${long}<a href="https://kettles.example/offer">Our sponsor</a>`;
    expect(inHtml(html)).toBeUndefined();
  });

  test('can be a post in a network, and a home page in a line of words', () => {
    const post = 'https://bsky.app/profile/ada.example/post/3l';
    expect(inHtml(`<a href="${post}">this</a>`)).toEqual({ url: post });
    expect(inHtml('<p>Look at <a href="https://a.example">this</a>!</p>')).toEqual({
      url: 'https://a.example/',
    });
  });

  test('is an article of which the title says "privacy"', () => {
    const html = `<h1><a href="https://a.example/1">Your privacy policy is a love letter, and nobody has answered it in years</a></h1>`;
    expect(inHtml(html)).toMatchObject({ url: 'https://a.example/1' });
  });

  test('has an address that names no reader', () => {
    const given =
      'https://a.example/1?id=7&utm_source=x&token=secret&jwt_token=s&subscriber_id=4&to=ada%40lovelace.example&mc_eid=1';
    expect(inHtml(`<a href="${given}">Read more</a>`)).toEqual({ url: 'https://a.example/1?id=7' });
    expect(inHtml('<a href="https://mailchi.mp/a/34?e=4f1c">View in browser</a>')).toEqual({
      url: 'https://mailchi.mp/a/34',
    });
  });

  test('in plain text is named by the words before its address, or by the line above', () => {
    const text =
      'Swifts\nhttps://a.example/swifts\n\nRoofs: https://a.example/roofs\n\nUnsubscribe\nhttps://a.example/u/1';
    expect(articleLink(textLines(text), 'Swifts')).toEqual({
      url: 'https://a.example/swifts',
      title: 'Swifts',
    });
    expect(articleLink(textLines(text), 'Roofs')).toEqual({ url: 'https://a.example/roofs', title: 'Roofs' });
    expect(articleLink(textLines(text), 'Letter 34')).toBeUndefined();
  });
});

test('a text keeps its addresses, but none that counts or gets the reader out', () => {
  const [line] = textLines(
    'See https://a.example/1 (https://click.a.example/2) or unsubscribe: <https://a.example/unsubscribe?u=3>',
  );
  expect(line && openText(line)).toBe('See https://a.example/1  or unsubscribe:');
});
