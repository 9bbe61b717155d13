import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeArticle, encodeInterest } from '../../functions/matching/encode.ts';
import { kinOf } from '../../functions/matching/kin.ts';
import { stemOf } from '../../functions/matching/language.ts';
import { reader, signsOf } from '../../functions/matching/score.ts';
import { packInterest } from '../../functions/matching/stored.ts';
import { readVectors, type Vectors } from '../../functions/matching/vectors.ts';

const ASSET = `${import.meta.dirname}/../../functions/matching/assets/vectors.bin`;

let vectors: Vectors;
beforeAll(() => {
  vectors = readVectors(readFileSync(ASSET));
});

const family = (word: string) => kinOf(word, stemOf(word, 'en'), vectors);

describe('the family of a word', () => {
  test.each([
    ['photography', 'photographer'],
    ['science', 'scientist'],
    ['art', 'artist'],
    ['music', 'musician'],
    ['democracy', 'democratic'],
    ['violin', 'violinist'],
    ['africa', 'african'],
    ['architecture', 'architect'],
  ])('%s: %s', (word, other) => {
    expect(family(word)).toContain(stemOf(other, 'en'));
  });

  test.each([
    ['iran', 'iraq'],
    ['universe', 'university'],
    ['art', 'article'],
    ['organ', 'organization'],
    ['java', 'javelin'],
    ['apple', 'application'],
    ['pandas', 'pandemic'],
    ['bass', 'basket'],
  ])('not %s: %s', (word, other) => {
    expect(family(word)).not.toContain(stemOf(other, 'en'));
  });

  test('has few members, none twice and not itself; a word nobody knows has none', () => {
    for (const word of ['economy', 'war', 'social', 'politics', 'running']) {
      const found = family(word);
      expect(found.length).toBeLessThanOrEqual(6);
      expect(new Set(found).size).toBe(found.length);
      expect(found).not.toContain(stemOf(word, 'en'));
    }
    expect(family('sfdhgkj')).toEqual([]);
    expect(family('')).toEqual([]);
  });
});

describe('an interest', () => {
  test('is said by a word of its family, where that is English', async () => {
    const interest = await encodeInterest('photography', { vectors });
    const words = async (title: string, language = 'en') =>
      signsOf(reader(await encodeArticle({ title, text: '', language }, { vectors })), interest).words;
    expect(await words('Nine days with a photographer')).toBeGreaterThan(0);
    expect(await words('Nine days with a botanist')).toBe(0);
    expect(await words('Neun Tage mit einem Photographer im Gebirge', 'de')).toBe(0);
  });

  test('stays small', async () => {
    const phrase = 'the history of science, art and music in Africa';
    expect(packInterest(await encodeInterest(phrase, { vectors })).length).toBeLessThan(600);
  });
});
