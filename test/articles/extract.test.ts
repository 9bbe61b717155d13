import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describe as describeArticle } from '../../functions/articles/describe.ts';
import { extract, extractHead, MAX_DEPTH, MAX_ELEMENTS } from '../../functions/articles/extract.ts';
import { MAX_HTML_BYTES, MAX_TEXT_CHARS } from '../../functions/articles/words.ts';

const PAGES = new URL('../fixtures/pages/', import.meta.url);
const SENTENCE = 'A heron stood in the shallows, quite still, and the whole quay waited with it. ';

/** A page with an article of so many sentences, beside a menu. */
const pageOf = (sentences: number, head = '') =>
  `<!doctype html><html><head>${head}</head><body><nav><a href="/">Home</a></nav>
  <article><p>${SENTENCE.repeat(sentences)}</p></article></body></html>`;

describe('a page of the fixtures', () => {
  // expected.json: where the page came from, and what is to be found in it, `text` as a list of its paragraphs.
  test.each(readdirSync(PAGES))('%s', (name) => {
    const html = readFileSync(new URL(`${name}/source.html`, PAGES), 'utf8');
    const { url, extracted } = JSON.parse(readFileSync(new URL(`${name}/expected.json`, PAGES), 'utf8'));
    expect(extract(html, url)).toStrictEqual({ ...extracted, text: extracted.text.join('\n\n') });
  });
});

describe('what a page says about itself', () => {
  const headOf = (head: string, url?: string) => extract(`<head>${head}</head>`, url);
  const url = 'https://example.com/news/today';

  test('is left out where it says nothing', () => {
    expect(extract('', undefined)).toStrictEqual({ text: '', wordCount: 0 });
    expect(extract('<p></p>', url)).toStrictEqual({ text: '', wordCount: 0 });
  });

  test.each([
    [
      'the title of the card before that of the window',
      '<title>A | B</title><meta property="og:title" content="A">',
      'A',
    ],
    ['the title of the window', '<title>\n  Night\n  trains  </title>', 'Night trains'],
    ['only the first', '<title>One</title><title>Two</title>', 'One'],
    ['not that of a drawing', '<svg><title>Icon</title></svg><title>Night trains</title>', 'Night trains'],
  ])('title: %s', (_, head, title) => {
    expect(headOf(head).title).toBe(title);
  });

  test.each([
    ['Night trains return – The Courier', 'Night trains return', 'Night trains return'],
    ['Night trains return | The Courier', 'Night trains return', 'Night trains return'],
    ['Dune – Part Two', 'Tonight', 'Dune – Part Two'],
    ['Well-known', 'Well', 'Well-known'],
    ['Short | example', 'Tonight', 'Short'],
    ['Short | Other', 'Tonight', 'Short | Other'],
  ])('title: of "%s" over the headline "%s"', (title, headline, found) => {
    const html = `<title>${title}</title><h1>${headline}</h1><p>${SENTENCE.repeat(9)}</p>`;
    expect(extract(html, url).title).toBe(found);
  });

  test.each([
    ['on the same host', '/i/a.jpg', 'https://example.com/i/a.jpg'],
    ['without a scheme', '//cdn.example.com/a.jpg', 'https://cdn.example.com/a.jpg'],
    ['with entities', 'http://example.com/a?b=1&amp;c=2', 'http://example.com/a?b=1&c=2'],
    ['as data', 'data:image/png;base64,AAAA', undefined],
    ['as a program', 'javascript:alert(1)', undefined],
    ['longer than any address', `/${'a'.repeat(3000)}`, undefined],
  ])('image %s', (_, content, image) => {
    expect(headOf(`<meta property="og:image" content="${content}">`, url).image).toBe(image);
  });

  test('addresses are relative to the base, and to nothing without a URL', () => {
    const head = '<base href="/de/"><link rel="alternate canonical" href="heute">';
    expect(headOf(head, url).canonical).toBe('https://example.com/de/heute');
    expect(headOf(head).canonical).toBeUndefined();
  });

  test.each([
    ['2026-09-02T06:30:00+02:00', '2026-09-02T04:30:00.000Z'],
    ['2026-09-02T06:30:15.250Z', '2026-09-02T06:30:15.000Z'],
    ['2026-09-02T06:30:00-0330', '2026-09-02T10:00:00.000Z'],
    ['2026-09-02 06:30', '2026-09-02T06:30:00.000Z'],
    ['2026-09-02', '2026-09-02T00:00:00.000Z'],
    ['2026-13-02', undefined],
    ['2 September 2026', undefined],
    ['yesterday', undefined],
  ])('published %s', (content, publishedAt) => {
    expect(headOf(`<meta property="article:published_time" content="${content}">`).publishedAt).toBe(
      publishedAt,
    );
  });

  test.each([
    ['<html lang="de-AT">', 'de'],
    ['<html lang="PT_br">', 'pt'],
    ['<html lang="eng">', 'en'],
    ['<html lang="english">', undefined],
    ['<html lang="">', undefined],
    ['<html lang=""><meta property="og:locale" content="fr_CA">', 'fr'],
    ['<html lang="it"><meta property="og:locale" content="fr_CA">', 'it'],
    ['<html xml:lang="nl">', 'nl'],
    ['<meta http-equiv="Content-Language" content="sv-SE">', 'sv'],
    ['<script type="application/ld+json">{"@type": "Article", "inLanguage": "da-DK"}</script>', 'da'],
  ])('language of %s', (html, language) => {
    expect(extract(html, undefined).language).toBe(language);
  });

  test.each([
    ['en', 'By Ada Lovelace', 'Ada Lovelace'],
    ['en', 'Words by: Ada Lovelace', 'Ada Lovelace'],
    ['en', 'Byron Ellis', 'Byron Ellis'],
    ['en', 'Ada Lovelace | 3 March 2026', 'Ada Lovelace'],
    ['en', 'Ada Lovelace · 12 min read', 'Ada Lovelace'],
    ['en', 'Ada Lovelace & Grace Hopper,', 'Ada Lovelace & Grace Hopper'],
    ['de', 'Von Jakob Hölzl', 'Jakob Hölzl'],
    ['en', 'Von Miller', 'Von Miller'],
    ['de', 'Von Jan van der Berg', 'Jan van der Berg'],
    ['de', 'VON JAKOB HÖLZL', 'JAKOB HÖLZL'],
    ['de', 'Von der Leyen', 'Von der Leyen'],
    ['de', 'Von Hirschhausen', 'Von Hirschhausen'],
    ['it', 'Di Carla Sarti', 'Carla Sarti'],
    ['it', 'Di Caprio', 'Di Caprio'],
    ['en', 'Di Morgan Smith', 'Di Morgan Smith'],
    ['sv', 'Av Astrid Ek', 'Astrid Ek'],
    ['da', 'Af Inger Holm', 'Inger Holm'],
    ['nl', 'Door Jan de Vries', 'Jan de Vries'],
    ['', 'Por Lucía Ferrer', 'Lucía Ferrer'],
    ['', 'Par Inès Okafor', 'Inès Okafor'],
    ['', 'Par Stenberg', 'Par Stenberg'],
    ['', 'Von Jürgen Groß', 'Von Jürgen Groß'],
    ['en', 'Par Lars Stenberg', 'Par Lars Stenberg'],
    ['fr', 'Par Inès Okafor', 'Inès Okafor'],
    ['en', 'https://example.com/ada', undefined],
    ['en', '@ada', '@ada'],
    ['en', 'by ', undefined],
  ])('written by, in %s: %s', (language, content, byline) => {
    const html = `<html lang="${language}"><head><meta name="author" content="${content}"></head></html>`;
    expect(extract(html, url).byline).toBe(byline);
  });

  test('its data names the writer before its body does, unless it only names the paper', () => {
    const data = (author: string) =>
      `<script type="application/ld+json">{"@type": "Article", "author": "${author}"}</script>`;
    const body = `<div class="byline">By Grace Hopper</div><p>${SENTENCE.repeat(9)}</p>`;
    const site = '<meta property="og:site_name" content="The Paper">';
    expect(extract(`${data('Ada Lovelace')}${site}<body>${body}`, url).byline).toBe('Ada Lovelace');
    expect(extract(`${data('The Paper')}${site}<body>${body}`, url).byline).toBe('Grace Hopper');
  });

  test('its data is that of its own story, not of another that stands before it', () => {
    const stories = [
      { headline: 'Other story', url: 'https://example.com/news/other', author: { name: 'Other Author' } },
      { headline: 'This story', mainEntityOfPage: url, author: { name: 'Right Author' } },
    ].map((story) => ({ '@context': 'https://schema.org', '@type': 'NewsArticle', ...story }));
    const head = `<title>This story</title><script type="application/ld+json">${JSON.stringify(stories)}</script>`;
    expect(extract(pageOf(9, head), url)).toMatchObject({ title: 'This story', byline: 'Right Author' });
    expect(extract(pageOf(9, head), undefined)).toMatchObject({
      title: 'This story',
      byline: 'Right Author',
    });
  });

  test.each([
    ['<time pubdate datetime="2026-03-01">', '2026-03-01T00:00:00.000Z'],
    ['<time itemprop="datePublished" datetime="2026-03-01T10:00Z">', '2026-03-01T10:00:00.000Z'],
    ['<time class="entry-date published" datetime="2026-03-01">', '2026-03-01T00:00:00.000Z'],
    ['<time datetime="2026-03-01">', undefined],
  ])('published, as %s says', (time, publishedAt) => {
    expect(extract(`<article>${time}</time><p>${SENTENCE.repeat(9)}</p>`, url).publishedAt).toBe(publishedAt);
  });

  test('is cut at a word', () => {
    const long = 'harbour '.repeat(1000);
    const {
      title = '',
      excerpt = '',
      byline = '',
      siteName = '',
    } = extract(
      pageOf(
        9,
        `<title>${long}</title><meta name="description" content="${long}">
        <meta name="author" content="${long}"><meta property="og:site_name" content="${'ø'.repeat(500)}">`,
      ),
      undefined,
    );
    expect([title.length, byline.length, excerpt.length, siteName.length]).toEqual([296, 192, 392, 100]);
    expect(title).toMatch(/^(harbour )+harbour…$/);
  });
});

describe('what is watched or heard', () => {
  const film = '<meta property="og:type" content="video.other">';
  const comments = `<div class="comments"><p>${SENTENCE.repeat(12)}</p></div>`;
  const pageWith = (head: string) => extract(`<head>${head}</head><body>${comments}</body>`, undefined);

  test('is what it says of itself, not what stands around it', () => {
    const head = `${film}<meta name="description" content="A tern, filmed for a year."><title>Tern</title>`;
    expect(pageWith(head)).toStrictEqual({
      title: 'Tern',
      excerpt: 'A tern, filmed for a year.',
      minutes: 0,
      text: 'A tern, filmed for a year.',
      wordCount: 0,
    });
  });

  test('in an article is not what it is about', () => {
    const found = pageWith(
      '<meta property="og:type" content="article"><script type="application/ld+json">{"@type":"VideoObject"}</script>',
    );
    expect(found.text).toContain(SENTENCE.trim());
    expect(found).not.toHaveProperty('minutes');
  });

  test.each([
    ['<meta itemprop="duration" content="PT41M52S">', 42],
    ['<meta itemprop="duration" content="PT1H0M0S">', 60],
    ['<meta itemprop="duration" content="P0DT0H0M20S">', 1],
    ['<meta property="video:duration" content="150">', 3],
    ['<meta property="music:duration" content="3600">', 60],
    ['<script type="application/ld+json">{"@type": "VideoObject", "duration": "PT10M"}</script>', 10],
    ['<meta itemprop="duration" content="PT0S">', 0],
    ['<meta itemprop="duration" content="PT9999H">', 0],
    ['<meta itemprop="duration" content="long">', 0],
  ])('takes as long as it says: %s', (head, minutes) => {
    expect(pageWith(film + head).minutes).toBe(minutes);
  });
});

describe('the text', () => {
  const bodyOf = (body: string) => extract(`<body>${body}</body>`, undefined).text;
  const filler = `<p>${SENTENCE.repeat(8).trim()}</p>`;

  test('has a line for each paragraph, list item and heading, and none for what is inside one', () => {
    const text = bodyOf(
      `${filler}<h2>The <em>quay</em></h2><ul><li>one<li>two <b>and</b> a half</ul><p>a<br>b\n   c&nbsp;d</p>`,
    );
    expect(text.split('\n\n').slice(1)).toEqual(['The quay', 'one', 'two and a half', 'a b c d']);
  });

  test('has nothing that cannot be seen', () => {
    const text = bodyOf(
      `${filler}<p hidden>secret</p><p style="DISPLAY : none">secret</p><p aria-hidden="true">secret</p>
      <script>secret</script><style>secret</style><noscript>secret</noscript><template>secret</template>
      <svg><text>secret</text></svg><!-- secret --><button>secret</button>`,
    );
    expect(text).not.toContain('secret');
  });

  test('has no soft hyphens, control characters or half characters', () => {
    expect(bodyOf(`<p>Kaiser&shy;schmarren\u200b a\0b \ud800 ${SENTENCE}</p>`)).toMatch(
      /^Kaiserschmarren a b \ufffd A/,
    );
  });

  test('ends at its cap, and the words beyond it are counted', () => {
    const { text, wordCount } = extract(pageOf(10_000), undefined);
    expect(text).toHaveLength(MAX_TEXT_CHARS);
    expect(wordCount).toBe(150_000);
  });

  test.each([
    ['an article', { '@type': 'Article', articleBody: SENTENCE.repeat(20) }, /^A heron stood/],
    [
      'a recipe',
      {
        '@type': 'Recipe',
        recipeIngredient: ['200 g rye flour'],
        recipeInstructions: 'Stir, and wait. '.repeat(20),
      },
      /^200 g rye flour/,
    ],
  ])('is that of the data, where the body only waits for it, and so is the excerpt: %s', (_, data, start) => {
    for (const waiting of ['Please enable JavaScript to view this site, loading…', 'loading']) {
      const script = `<script type="application/ld+json">${JSON.stringify(data)}</script>`;
      const page = extract(`<head>${script}</head><body><div>${waiting}</div></body>`, undefined);
      const { description } = describeArticle({}, 'https://example.com/a', page);
      expect([page.text, description.excerpt]).toEqual([
        expect.stringMatching(start),
        expect.stringMatching(start),
      ]);
    }
  });

  test('is what the body says where there is no article, if that is more than a menu', () => {
    const words = SENTENCE.repeat(3).trim();
    expect(bodyOf(`<footer>${words}</footer>`)).toBe(words);
    expect(bodyOf('<footer>Home. About us. Imprint.</footer>')).toBe('');
  });
});

describe('a page that is too much', () => {
  const head = '<title>Night trains</title><meta property="og:site_name" content="Courier">';

  test('in bytes: is refused', () => {
    expect(() => extract('é'.repeat(MAX_HTML_BYTES / 2 + 1), undefined)).toThrow(
      expect.objectContaining({ tag: 'too-large' }),
    );
    expect(extract('é'.repeat(MAX_HTML_BYTES / 2), undefined).text).not.toBe('');
  });

  test.each([
    ['in depth', `${'<div>'.repeat(MAX_DEPTH + 1)}${SENTENCE.repeat(9)}`],
    ['in depth, without a word of it closed', `${'<li><p>'.repeat(MAX_DEPTH)}${SENTENCE.repeat(9)}`],
    ['in elements', `<p>${SENTENCE}</p>${'<hr>'.repeat(MAX_ELEMENTS)}`],
    ['in both', `${'<div>'.repeat(100)}${`<p>${SENTENCE}</p>`.repeat(MAX_ELEMENTS / 5)}`],
  ])('%s: has a head and no text', (_, body) => {
    expect(extract(head + body, undefined)).toStrictEqual({
      title: 'Night trains',
      siteName: 'Courier',
      text: '',
      wordCount: 0,
    });
  });

  test.each([
    [
      'open paragraphs and list items',
      `<ul>${`<li>${SENTENCE}`.repeat(500)}</ul>${`<p>${SENTENCE}`.repeat(500)}`,
    ],
    ['drawings', `${`<svg>${'<path d="M0 0"/>'.repeat(300)}</svg>`.repeat(9)}<p>${SENTENCE.repeat(9)}</p>`],
    ['a script that writes tags', `<script>"${'<div>'.repeat(999)}"</script><p>${SENTENCE.repeat(9)}</p>`],
    ['tags in attributes', `<p title="${'<div>'.repeat(999)}">${SENTENCE.repeat(9)}</p>`],
    ['tags in a comment', `<!-- ${'<div>'.repeat(999)} --><p>${SENTENCE.repeat(9)}</p>`],
  ])('is not one with %s', (_, body) => {
    expect(extract(body, undefined).text).toContain(SENTENCE.trim());
  });

  const fill = (piece: string) => piece.repeat(Math.floor(MAX_HTML_BYTES / Buffer.byteLength(piece)));

  // Each aims at something that is quadratic in a parser or a rule. It must end; how fast is for the benchmark to say.
  test.each([
    ['1,000 open <div>', '<div>'.repeat(1000)],
    ['20,000 open <div>', '<div>'.repeat(20_000)],
    ['nested tables', '<table><tr><td>'.repeat(5000)],
    ['nested lists of open paragraphs', fill('<li><p>')],
    ['nested links', fill('<a>')],
    ['less-than signs', fill('<')],
    ['tags that never end', fill('<a ')],
    ['end tags of nothing', fill('</b>')],
    ['end tags that open', fill('</p>')],
    ['comments that never end', fill('<!--')],
    ['scripts that never end', fill('<script>')],
    ['an attribute of 2 MB', `<p title="${'a'.repeat(MAX_HTML_BYTES - 12)}">`],
    ['an attribute that never ends', `<p title="${'a'.repeat(MAX_HTML_BYTES - 12)}`],
    ['attributes without end', `<p ${fill('a b c ').slice(10)}`],
    ['classes that look like pictures', fill(`<img class="${'a.jpg'.repeat(99)} lazy">`)],
    ['white space', `<p>${SENTENCE}${' '.repeat(MAX_HTML_BYTES - 200)}x`],
    ['blank lines', `<p>${SENTENCE}${'\n'.repeat(MAX_HTML_BYTES - 200)}x`],
    ['ampersands', fill('&')],
    ['entities', fill('&amp;')],
    ['null bytes', fill('\0')],
    ['half characters', fill('\ud800')],
    ['<plaintext>', `<plaintext>${SENTENCE.repeat(100)}`],
    ['a title that is all separators', `<title>${fill(' - a').slice(20)}`],
    [
      'a headline of a megabyte before others',
      `<h1>${'a '.repeat(5e5)}</h1>${'<h2>a b</h2>'.repeat(20_000)}`,
    ],
    ['JSON-LD of brackets', `<script type="application/ld+json">${'['.repeat(1e6)}</script>`],
  ])('ends: %s', (_, html) => {
    const found = extract(html, 'https://example.com/');
    expect(found.text.length).toBeLessThanOrEqual(MAX_TEXT_CHARS);
    expect(found.text.isWellFormed()).toBe(true);
    expect(extractHead(html, undefined).text).toBe('');
  });
});
