import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { terms } from '../../functions/matching/terms.ts';

const stems = (text: string) => terms(text).map(({ stem }) => stem);

describe('the words of a text', () => {
  test.each([
    ['are stems, so that forms of a word are one', 'runner running runs', ['runner', 'run', 'run']],
    ['leave out what carries no meaning', 'I am learning about the violin and I love it', ['violin']],
    [
      'keep the names of languages',
      'C++, C# and F# beat .NET (or node.js).',
      ['c++', 'c#', 'f#', 'beat', '.net', 'node.js'],
    ],
    ['know a possessive, with either apostrophe', "Grace's Grace’s grace", ['grace', 'grace', 'grace']],
    ['leave out short forms of what carries no meaning', "we're don't I’ll it's", []],
    ['fold accents and case', 'Café CAFE cafe\u0301', ['cafe', 'cafe', 'cafe']],
    [
      'take no dot from what was before them',
      'wait...running "...running" rain.  Wind',
      ['wait', 'run', 'run', 'rain', 'wind'],
    ],
    ['read Chinese and Japanese by pairs of characters', '東京タワー', ['東京', '京タ', 'タワ', 'ワー']],
    ['fold the letters in such pairs', 'AI技術 ai技術', ['ai', 'i技', '技術', 'ai', 'i技', '技術']],
    ['keep a character of its own whole', '𠮷野家', ['𠮷野', '野家']],
    ['know a single one', '茶', ['茶']],
    ['keep numbers', 'the A380 in 1984', ['a380', '1984']],
    ['pass over what nobody says', `${'a'.repeat(41)} chess`, ['chess']],
    ['are none in signs alone', '— … !!! 🛶 +++ ### ...', []],
  ])('%s', (_, text, expected) => expect(stems(text)).toEqual(expected));

  test('stand where they are said to stand, in order, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        let before = 0;
        for (const { start, end, stem } of terms(text)) {
          expect(start).toBeGreaterThanOrEqual(before);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(stem).not.toBe('');
          if (text.isWellFormed()) expect(text.slice(start, end).isWellFormed()).toBe(true);
          before = start;
        }
      }),
    );
  });

  test('are the same in any case', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z+#.' -]*$/), (text) => {
        expect(stems(text.toUpperCase())).toEqual(stems(text.toLowerCase()));
      }),
    );
  });
});
