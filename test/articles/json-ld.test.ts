import { anything, assert, jsonValue, oneof, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factsOf, parseJsonLd } from '../../functions/articles/json-ld.ts';

const article = (more: object) => factsOf([{ '@type': 'Article', headline: 'Terns', ...more }]);

describe('the data of a script is read', () => {
  test.each([
    ['as it is', '{"a": 1}'],
    ['in a comment', '<!-- {"a": 1} -->'],
    ['in CDATA', '\n//<![CDATA[\n{"a": 1}\n//]]>\n'],
    ['with a semicolon', '{"a": 1};'],
    ['with a comma too many', '{"a": 1,}'],
    ['with its tags escaped', '{"a": 1, "b": "<\\/script>"}'],
  ])('%s', (_, script) => {
    expect(parseJsonLd(script)).toMatchObject({ a: 1 });
  });

  test('with line breaks in strings', () => {
    expect(parseJsonLd('{"a": "one\ntwo"}')).toEqual({ a: 'one two' });
  });

  test.each(['', '{', '{"a": "b</', 'var a = 1;', '[1, 2'])('not if it is none: %j', (script) => {
    expect(parseJsonLd(script)).toBeUndefined();
  });
});

describe('what a page is about', () => {
  const tern = { '@type': 'NewsArticle', headline: 'Terns' };
  test.each([
    ['at the top', tern],
    ['in a list', [{ '@type': 'BreadcrumbList' }, tern]],
    ['in a graph', { '@context': 'https://schema.org', '@graph': [{ '@type': 'WebSite' }, tern] }],
    ['in the graph of a thing', { '@type': 'WebSite', '@graph': [tern] }],
    ['the main entity of a page', { '@type': 'WebPage', mainEntity: tern }],
    ['of several types', { ...tern, '@type': ['Thing', 'BlogPosting'] }],
    ['of a type in full', { ...tern, '@type': 'http://schema.org/Article' }],
    ['after a video', [{ '@type': 'VideoObject', name: 'A film' }, tern]],
    ['a recipe', { '@type': 'Recipe', name: 'Terns' }],
  ])('stands %s', (_, data) => {
    expect(factsOf([data])).toMatchObject({ kind: 'article', title: 'Terns' });
  });

  test.each(['VideoObject', 'PodcastEpisode', 'AudioObject', 'MusicRecording', 'https://schema.org/Movie'])(
    'is watched or heard: %s',
    (type) => {
      expect(factsOf([{ '@type': type, name: 'Terns', duration: 'PT5M' }])).toMatchObject({
        kind: 'media',
        title: 'Terns',
        duration: 'PT5M',
      });
    },
  );

  test.each([[[]], [[{ '@type': 'Organization', name: 'A paper' }]], [['Article', 7, null]]])(
    'is not said by %j',
    (scripts) => {
      expect(factsOf(scripts)).toEqual({});
    },
  );
});

describe('of several articles', () => {
  const url = 'https://example.com/terns';
  const story = (headline: string, more: object = {}) => ({ '@type': 'Article', headline, ...more });
  const other = story('Gulls', {
    url: 'https://example.com/gulls',
    mainEntityOfPage: 'https://example.com/gulls',
  });
  const titleOf = (stories: object[], own: object) => factsOf([stories], own).title;

  test.each([
    ['url', { url: 'http://www.example.com/terns/?utm_source=x' }],
    ['relative url', { url: '/terns' }],
    ['id', { '@id': `${url}#article` }],
    ['page', { mainEntityOfPage: url }],
    ['page, as a thing', { mainEntityOfPage: { '@type': 'WebPage', '@id': url } }],
  ])('the one at the address of the page is its own: %s', (_, said) => {
    expect(titleOf([other, story('Terns', said)], { url, titles: ['Gulls'] })).toBe('Terns');
  });

  test('else the one that is called as the page is, else the first', () => {
    const stories = [other, story('Terns &amp; storms')];
    expect(titleOf(stories, { url, titles: ['Terns & storms'] })).toBe('Terns & storms');
    expect(titleOf(stories, { url, titles: ['News'] })).toBe('Gulls');
    expect(titleOf(stories, { url: 'not an address' })).toBe('Gulls');
    expect(titleOf(stories, {})).toBe('Gulls');
  });
});

describe('who wrote it', () => {
  test.each([
    ['a name', 'Ada Lovelace', 'Ada Lovelace'],
    ['a person', { '@type': 'Person', name: 'Ada Lovelace' }, 'Ada Lovelace'],
    ['several', [{ name: 'Ada Lovelace' }, 'Grace Hopper'], 'Ada Lovelace, Grace Hopper'],
    ['the same twice', [{ name: 'Ada' }, { name: 'Ada' }], 'Ada'],
    ['a person with two names', { name: ['Ada Lovelace', 'A. A. L.'] }, 'Ada Lovelace'],
    ['with entities', 'Ada &amp; Grace', 'Ada & Grace'],
    ['an address', 'https://example.com/ada', undefined],
    ['nobody', { '@type': 'Person' }, undefined],
    ['nothing', null, undefined],
  ])('%s', (_, author, byline) => {
    expect(article({ author }).byline).toBe(byline);
  });

  test('another thing of the graph', () => {
    const graph = [
      { '@type': 'Article', author: { '@id': '#ada' }, publisher: { '@id': '#paper' } },
      { '@type': 'Person', '@id': '#ada', name: 'Ada Lovelace' },
      { '@type': 'Organization', '@id': '#paper', name: 'The Paper' },
    ];
    expect(factsOf([{ '@graph': graph }])).toMatchObject({ byline: 'Ada Lovelace', siteName: 'The Paper' });
  });

  test('of an episode, the show it is one of', () => {
    const episode = { '@type': 'PodcastEpisode', name: 'One', partOfSeries: { name: 'Drowned Villages' } };
    expect(factsOf([episode]).byline).toBe('Drowned Villages');
  });
});

test.each([
  ['an address', '/a.jpg', '/a.jpg'],
  ['an object', { '@type': 'ImageObject', url: '/a.jpg' }, '/a.jpg'],
  ['a list of either', [{ contentUrl: '/a.jpg' }, '/b.jpg'], '/a.jpg'],
  ['something else', 7, undefined],
])('its image is %s', (_, image, found) => {
  expect(article({ image }).image).toBe(found);
});

test.each([
  ['a tag', 'de-AT', 'de-AT'],
  ['a list', ['fr', 'en'], 'fr'],
  ['a thing', { '@type': 'Language', name: 'English', alternateName: 'en' }, 'en'],
])('its language is %s', (_, inLanguage, found) => {
  expect(article({ inLanguage }).language).toBe(found);
});

test('its words are plain, also where they were cut out of a page', () => {
  const facts = article({
    description: '<p>A &lt; B&nbsp;&amp;amp; <a href="x">C</a></p><p>D<br/>E',
    headline: ['', 'F'],
  });
  expect(facts).toMatchObject({ excerpt: 'A < B &amp; C\nD\nE', title: 'F' });
});

describe('no data breaks it', () => {
  test('things that stand for themselves', () => {
    const loop = {
      '@type': 'Article',
      '@id': '#a',
      author: { '@id': '#a' },
      image: { '@id': '#a', url: { '@id': '#a' } },
    };
    expect(factsOf([loop])).toMatchObject({ kind: 'article', image: '#a' });
  });

  test('whatever stands in it', () => {
    assert(
      property(oneof(anything(), jsonValue()), jsonValue(), (any, json) => {
        factsOf([any]);
        factsOf([
          {
            '@type': 'Recipe',
            author: json,
            image: json,
            publisher: json,
            recipeInstructions: json,
            inLanguage: json,
          },
        ]);
        factsOf([
          { '@type': ['VideoObject', json], '@graph': json, mainEntity: json, video: json, name: json },
        ]);
      }),
    );
  });
});
