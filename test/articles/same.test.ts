import {
  array,
  assert,
  constantFrom,
  property,
  record,
  string,
  stringMatching,
  uniqueArray,
  webUrl,
} from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparisonKey } from '../../functions/articles/same.ts';
import { canonicalUrl, MAX_URL_CHARS } from '../../functions/articles/url.ts';
import { Fault } from '../../functions/platform/faults.ts';

/** Every address of a line is the same article. */
const ONE: [what: string, ...addresses: string[]][] = [
  ['http and https', 'https://example.com/a', 'http://example.com/a'],
  ['the default port', 'https://example.com/a', 'https://example.com:443/a', 'http://example.com:80/a'],
  ['letters of host and scheme', 'https://example.com/a', 'HTTPS://Example.COM/a'],
  ['a dot after the host', 'https://example.com/a', 'https://example.com./a'],
  ['a name and a password', 'https://example.com/a', 'https://ada:secret@example.com/a'],
  ['white space around it', 'https://example.com/a', '  https://example.com/a\n'],
  ['www', 'https://example.com/a', 'https://www.example.com/a', 'http://www.example.com/a'],
  ['www of a national domain', 'https://example.co.uk/a', 'https://www.example.co.uk/a'],
  ['www before a name of its own', 'https://news.example.com/a', 'https://www.news.example.com/a'],
  ['m.', 'https://www.example.com/a', 'https://m.example.com/a'],
  ['mobile.', 'https://www.example.com/a', 'https://mobile.example.com/a'],
  ['touch.', 'https://www.example.com/a', 'https://touch.example.com/a'],
  ['www.m.', 'https://www.example.com/a', 'https://www.m.example.com/a'],
  ['amp.', 'https://www.theguardian.com/books/1', 'https://amp.theguardian.com/books/1'],
  ['Wikipedia on a phone', 'https://en.wikipedia.org/wiki/Tern', 'https://en.m.wikipedia.org/wiki/Tern'],
  [
    'another wiki on a phone',
    'https://de.wikivoyage.org/wiki/Bremen',
    'https://de.m.wikivoyage.org/wiki/Bremen',
  ],
  [
    'an international host',
    'https://bücher.example/a',
    'https://xn--bcher-kva.example/a',
    'https://BÜCHER.example/a',
  ],
  ['an international host on a phone', 'https://bücher.de/a', 'https://m.xn--bcher-kva.de/a'],
  [
    'no path',
    'https://example.com',
    'https://example.com/',
    'https://example.com/?',
    'https://example.com/#',
  ],
  ['a trailing slash', 'https://example.com/a', 'https://example.com/a/', 'https://example.com/a//'],
  ['a trailing slash before parameters', 'https://example.com/a?id=1', 'https://example.com/a/?id=1'],
  ['dot segments', 'https://example.com/a/c', 'https://example.com/a/./b/../c'],
  ['the BBC', 'https://www.bbc.co.uk/news/articles/c1', 'https://www.bbc.com/news/articles/c1'],
  ['a click on a social network', 'https://example.com/a', 'https://example.com/a?__twitter_impression=true'],
  [
    'a book in a shop',
    'https://www.amazon.co.uk/dp/B012345678',
    'https://www.amazon.co.uk/Terns-A-Guide/dp/B012345678/ref=sr_1_1?keywords=terns&qid=1&sr=8-1',
    'https://amazon.co.uk/gp/product/B012345678?psc=1',
  ],
  ['index.html', 'https://example.com/', 'https://example.com/index.html', 'https://example.com/index.htm'],
  [
    'index.html of a folder',
    'https://example.com/a/',
    'https://example.com/a/index.html',
    'https://example.com/a',
  ],
  ['index.php', 'https://example.com/?p=12', 'https://example.com/index.php?p=12'],
  ['default.aspx', 'https://example.com/news', 'https://example.com/news/Default.aspx'],
  ['INDEX.HTML', 'https://example.com/a', 'https://example.com/a/INDEX.HTML'],
  ['a fragment', 'https://example.com/a', 'https://example.com/a#part', 'https://example.com/a#:~:text=tern'],
  ['a route to nothing', 'https://example.com/a', 'https://example.com/a#/', 'https://example.com/a#!'],
  ['a route with a slash', 'https://example.com/#/notes', 'https://example.com/#/notes/'],
  ['letters written out', 'https://example.com/~ada/a-b', 'https://example.com/%7Eada/%61%2db'],
  [
    'hex in either case',
    'https://example.com/caf%C3%A9',
    'https://example.com/caf%c3%a9',
    'https://example.com/café',
  ],
  [
    'brackets written out',
    'https://en.wikipedia.org/wiki/Tern_(bird)',
    'https://en.wikipedia.org/wiki/Tern_%28bird%29',
  ],
  ['commas and colons written out', 'https://example.com/a,b:c@d', 'https://example.com/a%2Cb%3Ac%40d'],
  ['an apostrophe written out', "https://example.com/ada's", 'https://example.com/ada%27s'],
  ['a stray percent sign', 'https://example.com/100%', 'https://example.com/100%25'],
  ['spaces in parameters', 'https://example.com/a?q=b%20c', 'https://example.com/a?q=b+c'],
  ['letters of parameters', 'https://example.com/a?q=caf%c3%a9', 'https://example.com/a?q=café'],
  ['signs in parameters', 'https://example.com/a?q=b/c:d', 'https://example.com/a?q=b%2Fc%3ad'],
  ['the order of parameters', 'https://example.com/a?x=1&y=2', 'https://example.com/a?y=2&x=1'],
  [
    'the order of many',
    'https://example.com/a?p=3&q=2&v=1',
    'https://example.com/a?v=1&q=2&p=3',
    'https://example.com/a?q=2&p=3&v=1',
  ],
  [
    'empty parameters',
    'https://example.com/a?x=1',
    'https://example.com/a?&x=1&',
    'https://example.com/a?x=1&&',
  ],
  ['no value and an empty one', 'https://example.com/a?print', 'https://example.com/a?print='],
  [
    'utm',
    'https://example.com/a',
    'https://example.com/a?utm_source=x&utm_medium=y',
    'https://example.com/a?UTM_Campaign=x',
  ],
  [
    'utm of any name',
    'https://example.com/a',
    'https://example.com/a?utm_name=1&utm_brand=2&utm_source_platform=3',
  ],
  ['utm, written out', 'https://example.com/a', 'https://example.com/a?utm%5Fsource=x'],
  ['utm among others', 'https://example.com/a?id=7', 'https://example.com/a?utm_source=x&id=7&utm_term=y'],
  [
    'Facebook',
    'https://example.com/a',
    'https://example.com/a?fbclid=IwAR1',
    'https://example.com/a?fb_action_ids=1&fb_ref=2',
  ],
  [
    'Google',
    'https://example.com/a',
    'https://example.com/a?gclid=1',
    'https://example.com/a?gbraid=1&wbraid=2&gad_source=3',
    'https://example.com/a?_ga=1&_gl=2',
    'https://example.com/a?srsltid=1',
  ],
  [
    'Microsoft, Yandex, X',
    'https://example.com/a',
    'https://example.com/a?msclkid=1',
    'https://example.com/a?yclid=1',
    'https://example.com/a?twclid=1',
  ],
  [
    'Instagram, TikTok, LinkedIn',
    'https://example.com/a',
    'https://example.com/a?igshid=1',
    'https://example.com/a?ttclid=1',
    'https://example.com/a?li_fat_id=1',
  ],
  ['Mailchimp', 'https://example.com/a', 'https://example.com/a?mc_cid=1&mc_eid=2'],
  [
    'HubSpot',
    'https://example.com/a',
    'https://example.com/a?_hsenc=1&_hsmi=2&hsCtaTracking=3',
    'https://example.com/a?__hssc=1&__hstc=2&__hsfp=3',
  ],
  [
    'Marketo, Klaviyo, beehiiv',
    'https://example.com/a',
    'https://example.com/a?mkt_tok=1',
    'https://example.com/a?_kx=1',
    'https://example.com/a?_bhlid=1',
  ],
  [
    'Matomo',
    'https://example.com/a',
    'https://example.com/a?pk_campaign=1&mtm_source=2',
    'https://example.com/a?matomo_kwd=1',
  ],
  ['Ghost', 'https://example.com/a', 'https://example.com/a?ref=letters.example.org'],
  [
    'a session',
    'https://example.com/a',
    'https://example.com/a?PHPSESSID=1',
    'https://example.com/a?JSESSIONID=1',
  ],
  [
    '?amp',
    'https://example.com/a',
    'https://example.com/a?amp',
    'https://example.com/a?amp=1',
    'https://example.com/a?outputType=amp',
  ],
  [
    '/amp after an article',
    'https://example.com/how-terns-fly',
    'https://example.com/how-terns-fly/amp/',
    'https://example.com/how-terns-fly/amp',
  ],
  ['/amp after a number', 'https://example.com/story/83112', 'https://example.com/story/83112/amp'],
  [
    'Google’s copy',
    'https://example.com/how-terns-fly',
    'https://www.google.com/amp/s/example.com/how-terns-fly/amp',
    'https://www.google.de/amp/s/www.example.com/how-terns-fly',
  ],
  [
    'the AMP cache',
    'https://www.example.com/a.html',
    'https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a.html',
    'https://www-example-com.cdn.ampproject.org/v/s/www.example.com/a.html?amp_js_v=0.1&usqp=mq',
  ],
  [
    'a blog on a phone',
    'https://ada.blogspot.com/2026/03/kettle.html',
    'https://ada.blogspot.com/2026/03/kettle.html?m=1',
    'http://ada.blogspot.com/2026/03/kettle.html?m=0',
  ],
  [
    'a video',
    'https://www.youtube.com/watch?v=cE11o1911',
    'https://youtu.be/cE11o1911',
    'https://m.youtube.com/watch?v=cE11o1911&feature=share',
    'https://www.youtube.com/embed/cE11o1911',
    'https://www.youtube.com/shorts/cE11o1911',
    'https://www.youtube.com/live/cE11o1911',
    'https://www.youtube-nocookie.com/embed/cE11o1911',
    'https://music.youtube.com/watch?v=cE11o1911',
  ],
  [
    'a video, from a place in it',
    'https://youtu.be/cE11o1911',
    'https://youtu.be/cE11o1911?si=x&t=40',
    'https://www.youtube.com/watch?v=cE11o1911&t=40s',
  ],
  [
    'a video in a list',
    'https://youtu.be/cE11o1911',
    'https://www.youtube.com/watch?v=cE11o1911&list=PL1&index=3&ab_channel=Ada',
  ],
  [
    'a tweet',
    'https://twitter.com/ada/status/12',
    'https://x.com/ada/status/12?s=20&t=abc',
    'https://mobile.twitter.com/ada/status/12',
    'https://x.com/i/web/status/12',
    'https://x.com/ada/status/12/photo/1',
  ],
  [
    'Reddit',
    'https://www.reddit.com/r/birds/comments/1/tern/',
    'https://old.reddit.com/r/birds/comments/1/tern',
    'https://m.reddit.com/r/birds/comments/1/tern?share_id=1&rdt=2',
  ],
  ['a podcast', 'https://open.spotify.com/episode/1', 'https://open.spotify.com/episode/1?si=x&context=y'],
  [
    'a paper’s gift',
    'https://www.nytimes.com/2026/03/01/a.html',
    'https://www.nytimes.com/2026/03/01/a.html?unlocked_article_code=1.x&smid=url-share',
  ],
  [
    'a friend’s link',
    'https://medium.com/@ada/kettle-1a2b',
    'https://medium.com/@ada/kettle-1a2b?source=email&sk=0f',
  ],
  [
    'a newsletter',
    'https://ada.substack.com/p/kettle',
    'https://ada.substack.com/p/kettle?r=1a&utm_campaign=post&triedRedirect=true&publication_id=1&post_id=2&isFreemail=true',
  ],
  [
    'all at once',
    'https://example.com/a?id=7&q=x',
    'http://M.EXAMPLE.com:80/a/index.html?q=%78&utm_source=y&id=7&fbclid=z#top',
  ],
];

/** Both addresses are articles of their own. */
const TWO: [what: string, a: string, b: string][] = [
  ['?v=', 'https://example.com/watch?v=1', 'https://example.com/watch?v=2'],
  ['?id=', 'https://example.com/a?id=1', 'https://example.com/a?id=2'],
  ['?p=', 'https://example.com/?p=1', 'https://example.com/?p=2'],
  ['?q=', 'https://example.com/search?q=terns', 'https://example.com/search?q=gulls'],
  ['?page=', 'https://example.com/a?page=1', 'https://example.com/a?page=2'],
  ['a parameter and none', 'https://example.com/a?id=1', 'https://example.com/a'],
  ['the home page and a post', 'https://example.com/', 'https://example.com/?p=1'],
  ['a parameter’s letters', 'https://example.com/a?id=Ab', 'https://example.com/a?id=ab'],
  ['a parameter’s name', 'https://example.com/a?x=1', 'https://example.com/a?y=1'],
  ['one value and two', 'https://example.com/a?x=1', 'https://example.com/a?x=1&x=2'],
  ['the order of one name’s values', 'https://example.com/a?x=1&x=2', 'https://example.com/a?x=2&x=1'],
  ['values that changed places', 'https://example.com/a?x=1&y=2', 'https://example.com/a?x=2&y=1'],
  ['an ampersand written out', 'https://example.com/a?x=1&y=2', 'https://example.com/a?x=1%26y=2'],
  ['a plus written out', 'https://example.com/a?q=b+c', 'https://example.com/a?q=b%2Bc'],
  ['paths', 'https://example.com/a', 'https://example.com/b'],
  ['a path’s letters', 'https://example.com/Tern', 'https://example.com/tern'],
  ['a path and one below', 'https://example.com/a', 'https://example.com/a/b'],
  ['a slash written out', 'https://example.com/a%2Fb', 'https://example.com/a/b'],
  ['a question mark written out', 'https://example.com/a%3Fid=1', 'https://example.com/a?id=1'],
  ['a hash written out', 'https://example.com/a%23/b', 'https://example.com/a#/b'],
  ['a percent sign written out twice', 'https://example.com/a%2562', 'https://example.com/ab'],
  ['index.html of two folders', 'https://example.com/a/index.html', 'https://example.com/b/index.html'],
  ['a page named like an index', 'https://example.com/a/my-index.html', 'https://example.com/a/my-'],
  ['index.html in the middle', 'https://example.com/index.html/a', 'https://example.com/a'],
  ['routes of an application', 'https://example.com/#/notes/1', 'https://example.com/#/notes/2'],
  ['old routes', 'https://example.com/#!/a', 'https://example.com/#!/b'],
  ['hosts', 'https://example.com/a', 'https://example.org/a'],
  ['hosts below one domain', 'https://en.example.com/a', 'https://de.example.com/a'],
  [
    'languages of an encyclopedia',
    'https://en.wikipedia.org/wiki/Tern',
    'https://de.m.wikipedia.org/wiki/Tern',
  ],
  ['ports', 'http://localhost:8787/a', 'http://localhost:8788/a'],
  ['https on http’s port', 'https://example.com:80/a', 'https://example.com/a'],
  ['a user of a host called m', 'https://m.github.io/', 'https://github.io/'],
  ['blogs of one host', 'https://ada.blogspot.com/a', 'https://grace.blogspot.com/a'],
  ['a site called www', 'https://www.com/a', 'https://com.example/a'],
  ['a site called m', 'https://foo.m.co.uk/a', 'https://foo.co.uk/a'],
  ['a host that only begins so', 'https://mobility.example.com/a', 'https://example.com/a'],
  ['IPv4 hosts', 'http://127.0.0.1/a', 'http://127.0.0.2/a'],
  ['?m= elsewhere', 'https://example.com/a?m=1', 'https://example.com/a'],
  ['?amp= with a value of its own', 'https://example.com/shop?amp=marshall', 'https://example.com/shop'],
  ['an article about amplifiers', 'https://example.com/gear/amp', 'https://example.com/gear'],
  ['?ref= of a branch', 'https://example.com/code?ref=main', 'https://example.com/code?ref=next'],
  ['?t= elsewhere', 'https://example.com/talk?t=1', 'https://example.com/talk?t=2'],
  ['?s= of a search', 'https://example.com/?s=terns', 'https://example.com/?s=gulls'],
  ['?source= elsewhere', 'https://example.com/a?source=1', 'https://example.com/a?source=2'],
  [
    '?list= of playlists',
    'https://www.youtube.com/playlist?list=PL1',
    'https://www.youtube.com/playlist?list=PL2',
  ],
  ['books in a shop', 'https://www.amazon.com/dp/B012345678', 'https://www.amazon.com/dp/B012345679'],
  [
    'a book and what is said of it',
    'https://www.amazon.com/dp/B012345678',
    'https://www.amazon.com/product-reviews/B012345678',
  ],
  ['/dp/ elsewhere', 'https://example.com/dp/B012345678?a=1', 'https://example.com/dp/B012345678?a=2'],
  ['videos', 'https://youtu.be/cE11o1911', 'https://youtu.be/cE11o1912'],
  ['a video and its channel', 'https://www.youtube.com/@ada', 'https://www.youtube.com/watch?v=ada'],
  ['a video’s id elsewhere', 'https://example.com/watch?v=cE11o1911', 'https://youtu.be/cE11o1911'],
  ['tweets', 'https://x.com/ada/status/12', 'https://x.com/ada/status/13'],
  [
    'comments',
    'https://www.reddit.com/r/birds/comments/1/tern/a',
    'https://www.reddit.com/r/birds/comments/1/tern/b',
  ],
  [
    'episodes',
    'https://podcasts.apple.com/us/podcast/terns/id1?i=1',
    'https://podcasts.apple.com/us/podcast/terns/id1?i=2',
  ],
  [
    'Google’s copies',
    'https://www.google.com/amp/s/example.com/a',
    'https://www.google.com/amp/s/example.com/b',
  ],
];

describe('one article:', () => {
  test.each(ONE)('%s', (_, ...addresses) => {
    const keys = addresses.map(comparisonKey);
    expect(new Set(keys), keys.join('\n')).toHaveLength(1);
  });
});

describe('two articles:', () => {
  test.each(TWO)('%s', (_, a, b) => {
    expect(comparisonKey(a)).not.toBe(comparisonKey(b));
    expect(canonicalUrl(a)).not.toBe(canonicalUrl(b));
  });
});

describe('whatever the address', () => {
  const step = stringMatching(/^[b-h][a-z]{1,5}$/);
  const value = string({ unit: 'binary', minLength: 1, maxLength: 8 }).filter((text) => text.isWellFormed());
  const address = record({
    scheme: constantFrom('http', 'https'),
    host: constantFrom('example.com', 'example.co.uk', 'bücher.example'),
    steps: array(step, { maxLength: 3 }),
    parameters: uniqueArray(record({ name: step, value }), { selector: ({ name }) => name, maxLength: 3 }),
  });
  type Address = {
    scheme: string;
    host: string;
    steps: string[];
    parameters: { name: string; value: string }[];
  };
  const written = ({ scheme, host, steps, parameters }: Address) => {
    const url = new URL(`${scheme}://${host}/${steps.join('/')}`);
    for (const { name, value: text } of parameters) url.searchParams.append(name, text);
    return url.href;
  };
  const meaning = ({ host, steps, parameters }: Address) =>
    JSON.stringify([host, steps, parameters.map(({ name, value: text }) => [name, text]).sort()]);

  test('its canonical form has its key', () => {
    assert(
      property(
        webUrl({ withFragments: true, withQueryParameters: true }),
        string({ unit: 'binary' }),
        (url, more) => {
          let canonical: string;
          try {
            canonical = canonicalUrl(url + more);
          } catch (error) {
            expect(error).toBeInstanceOf(Fault);
            expect(() => comparisonKey(url + more)).toThrow(Fault);
            return;
          }
          expect(comparisonKey(canonical)).toBe(comparisonKey(url + more));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('the same host, path and parameters are one, any others are not', () => {
    assert(
      property(address, address, (a, b) => {
        expect(comparisonKey(written(a)) === comparisonKey(written(b))).toBe(meaning(a) === meaning(b));
      }),
      { numRuns: 2000 },
    );
  });

  test('its parameters may stand in any order', () => {
    assert(
      property(address, (one) => {
        const other = { ...one, scheme: 'https', parameters: one.parameters.toReversed() };
        expect(comparisonKey(written(other))).toBe(comparisonKey(written(one)));
        expect(canonicalUrl(written({ ...other, scheme: one.scheme }))).toBe(canonicalUrl(written(one)));
      }),
    );
  });

  test.each([
    'javascript:alert(1)',
    'https://exa mple.com/',
    '',
    `https://example.com/${'a'.repeat(MAX_URL_CHARS)}`,
  ])('none at all is said to be none: %s', (address) => {
    expect(() => comparisonKey(address)).toThrow(expect.objectContaining({ tag: 'invalid' }));
  });
});
