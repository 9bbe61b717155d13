import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { takeApart } from '../../functions/matching/phrase.ts';
import { tokens } from '../../functions/matching/tokens.ts';

const stems = (text: string) => tokens(text, 'en').map(({ stem }) => stem);

describe('the words of a text', () => {
  test.each([
    ['are stems, so that forms of a word are one', 'runner running runs', ['runner', 'run', 'run']],
    ['leave out what carries no meaning', 'when we had gone to the opera', ['opera']],
    [
      'keep the names of languages',
      'C++, C# and F# beat .NET (or node.js).',
      ['c++', 'c#', 'f#', 'beat', '.net', 'node.js'],
    ],
    ['keep a name that is also a stop word', 'Why we left rust for Go', ['left', 'rust', 'go']],
    ['but not where every word has a capital', 'Where Do We Go From Here', []],
    ['keep a letter that is a name', 'a reading error in C, I think', ['read', 'error', 'c', 'think']],
    ['know other names of a thing', 'k8s and ML', ['kubernet', 'machin', 'learn']],
    ['know a possessive, with either apostrophe', "Grace's Grace’s grace", ['grace', 'grace', 'grace']],
    ['fold accents and case', 'Café CAFE cafe\u0301', ['cafe', 'cafe', 'cafe']],
    [
      'take no dot from what was before them',
      'wait...running "...running" rain.  Wind',
      ['wait', 'run', 'run', 'rain', 'wind'],
    ],
    ['read Chinese and Japanese by pairs of characters', '東京タワー', ['東京', '京タ', 'タワ', 'ワー']],
    ['keep a character of its own whole', '𠮷野家', ['𠮷野', '野家']],
    ['keep numbers', 'the A380 in 1984', ['a380', '1984']],
    ['pass over what nobody says', `${'a'.repeat(41)} chess`, ['chess']],
    ['are none in signs alone', '— … !!! 🛶 +++ ### ...', []],
  ])('%s', (_, text, expected) => expect(stems(text)).toEqual(expected));

  test('stand where they are said to stand, in order, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        let before = 0;
        for (const { start, end, stem } of tokens(text, 'en')) {
          expect(start).toBeGreaterThanOrEqual(before);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(stem).not.toBe('');
          before = start;
        }
      }),
    );
  });

  // Each of these would take minutes if a rule of it grew with the square of the text.
  test.each([
    ['dots', `${'.'.repeat(200_000)}x`],
    ['one word', 'x'.repeat(200_000)],
    ['apostrophes', "x'".repeat(100_000)],
    ['capitals', 'A '.repeat(100_000)],
    ['spaces', `x${' '.repeat(200_000)}x`],
  ])('of a page of %s come at once', (_, text) => {
    expect(tokens(text, 'en').length).toBeLessThanOrEqual(100_000);
  });
});

describe('an interest', () => {
  test.each([
    ['my daughter is learning the violin', 'violin', true],
    ['thinking about moving to Lisbon', 'moving lisbon', true],
    ['needs a good plumber in Leeds', 'plumber leeds', true],
    ['training for his first marathon', 'training first marathon', true],
    ['loves opera', 'opera', true],
    ['he loves opera', 'opera', true],
    ['she loves opera', 'opera', true],
    ['looking for a flat in Berlin', 'flat berlin', true],
    ['urban planning', 'urban planning', false],
    ['machine learning', 'machine learning', false],
    ['love stories', 'love stories', false],
    ['learning', 'learning', false],
    ['love', 'love', false],
    ['go', 'go', false],
    ['c', 'c', false],
    ['The Who', 'who', false],
    ['trail running, the muddy kind', 'trail running', false],
  ])('%s: is about %s', (phrase, words, spoken) => {
    const found = takeApart(phrase, 'en');
    expect([found.subject.map(({ word }) => word).join(' '), found.spoken]).toEqual([words, spoken]);
  });

  test.each([
    ['not interested in football', 'football', true],
    ['he doesn’t like spicy food', 'spicy food', true],
    ["can't stand reality shows", 'reality shows', true],
    ['not a big fan of jazz', 'jazz', true],
    ['hates flying', 'flying', true],
    ["doesn't want to miss the opera", 'want miss opera', false],
    ['hiking, hates crowds', 'hiking', false],
    ['vegetarian food, but not tofu', 'vegetarian food', false],
    ['pandas (not the animal)', 'pandas', false],
    ['pop music except Taylor Swift', 'pop music', false],
    ['not-for-profit work', 'profit work', false],
    ['why not', 'why not', false],
    ['but not', 'but not', false],
  ])('%s: says of %s whether it is against it', (phrase, words, against) => {
    const found = takeApart(phrase, 'en');
    expect([found.subject.map(({ word }) => word).join(' '), found.against]).toEqual([words, against]);
    expect(found.detail.map(({ word }) => word)).toEqual(words === 'hiking' ? ['crowds'] : []);
  });

  test('keeps what is said after a pause apart', () => {
    expect(takeApart('trail running, the muddy kind', 'en').detail.map(({ word }) => word)).toEqual([
      'muddy',
      'kind',
    ]);
  });

  test('of any words has a subject', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,12}( [a-z]{1,12}){0,5}$/), (phrase) => {
        expect(takeApart(phrase, 'en').subject.length).toBeGreaterThan(0);
      }),
    );
  });
});
