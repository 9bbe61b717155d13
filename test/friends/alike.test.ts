import { describe, expect, test } from 'vitest';
import { alikePairs, contradictions } from '../../functions/friends/alike.ts';
import type { Interest, InterestKind } from '../../functions/friends/friend.ts';
import { phrasesOf } from '../../functions/friends/phrases.ts';

const interest = (text: string, kind: InterestKind = 'topic'): Interest => ({
  id: `int_${text}`,
  text,
  kind,
  addedAt: '2026-11-23T12:00:00.000Z',
});
const all = (...texts: string[]) => texts.map((text) => interest(text));
const pairs = (interests: Interest[]) =>
  alikePairs(interests).map(({ kept, gone }) => [kept.text, gone.text]);

describe('interests that may be one', () => {
  test.each([
    ['lighthouse', 'Lighthouses'],
    ['the violin', 'violin'],
    ['history of maps', 'Maps and their history'],
    ['café culture', 'Cafe Culture'],
    ['trail running', 'running'],
    ['trail running, the muddy kind', 'running'],
    ['C++', 'c++'],
    ['photography', 'photograhpy'],
    ['astronomy', 'astronmy'],
    ['letterpress', 'letterprass'],
    ['die Alpen', 'Alpen'],
    ['Grace’s garden', 'garden'],
  ])('%s, %s', (one, other) => {
    expect(pairs(all(one, other))).toEqual([[one, other]]);
    const [kept, gone] = pairs(all(other, one))[0] ?? [];
    expect([kept, gone].toSorted()).toEqual([one, other].toSorted());
  });

  test.each([
    ['C', 'C++'],
    ['C#', 'C'],
    ['C++', 'C#'],
    ['.net', 'net'],
    ['Formula 1', 'Formula 2'],
    ['wine', 'wind'],
    ['hiking', 'biking'],
    ['bread', 'bead'],
    ['Java', 'JavaScript'],
    ['Austria', 'Australia'],
    ['coffee', 'coffee without sugar'],
    ['running', 'a flat with a view of people running along rivers'],
    ['chess', 'cooking'],
    ['。', '、'],
  ])('not %s, %s', (one, other) => {
    expect(pairs(all(one, other))).toEqual([]);
    expect(pairs(all(other, one))).toEqual([]);
  });

  test('are of one kind, and each is in one pair at most', () => {
    expect(pairs([interest('running'), interest('running', 'ask')])).toEqual([]);
    expect(pairs([interest('running'), interest('trail running', 'never')])).toEqual([]);
    expect(pairs(all('running', 'trail running', 'road running', 'violins', 'violin'))).toEqual([
      ['trail running', 'running'],
      ['violins', 'violin'],
    ]);
  });

  test('a hundred of 200 characters are compared, too', () => {
    const long = Array.from({ length: 100 }, (_, n) => `${'sea '.repeat(40)}${n}`);
    expect(pairs(all(...long))).toEqual([]);
  });
});

describe('a topic inside a never', () => {
  test('is said', () => {
    const [topic, never] = [interest('trail running'), interest('Running', 'never')];
    expect(contradictions([topic, never])).toEqual([{ topic, never }]);
    const ask = interest('a chess board', 'ask');
    expect(contradictions([interest('chess', 'never'), ask])).toMatchObject([{ topic: ask }]);
  });

  test('a never inside a topic is an exception, not a contradiction', () => {
    expect(contradictions([interest('running'), interest('running results', 'never')])).toEqual([]);
    expect(contradictions(all('running', 'trail running'))).toEqual([]);
    expect(contradictions([interest('coffee without sugar'), interest('coffee', 'never')])).toEqual([]);
  });
});

describe('the user’s own words', () => {
  const friend = (...texts: string[]) => ({ interests: all(...texts) });

  test('those used most first, each once, as they were written first', () => {
    const friends = [friend('maps', 'Chess'), friend('chess', 'tea'), friend('CHESS', 'tea')];
    expect(phrasesOf(friends)).toEqual(['Chess', 'tea', 'maps']);
    expect(phrasesOf(friends, friend('Tea'))).toEqual(['Chess', 'maps']);
    expect(phrasesOf([])).toEqual([]);
  });

  test('a hundred at most', () => {
    expect(phrasesOf([friend(...Array.from({ length: 120 }, (_, n) => `thing ${n}`))])).toHaveLength(100);
  });
});
