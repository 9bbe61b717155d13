import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Friend, InterestKind } from '../../functions/friends/friend.ts';
import { findEvidence } from '../../functions/matching/evidence.ts';
import { encodeArticle, encodeFriend, rank, rarity } from '../../functions/matching/rank.ts';

const TODAY = '2026-11-23';

interface Said {
  text: string;
  kind?: InterestKind;
  until?: string;
  heard?: string;
}

function friend(name: string, ...interests: (string | Said)[]): Friend {
  return {
    id: `frd_${name}`,
    name,
    timeZone: 'UTC',
    groups: [],
    interests: interests.map((said, n) => ({
      id: `int_${n}`,
      kind: 'topic' as const,
      addedAt: '2026-11-01T00:00:00.000Z',
      ...(typeof said === 'string' ? { text: said } : said),
    })),
    version: 1,
    createdAt: '2026-11-01T00:00:00.000Z',
  };
}

function ranked(title: string, text: string, friends: Friend[]) {
  const encoded = friends.map((one) => encodeFriend(one, TODAY));
  return rank(encodeArticle(title, text), encoded, rarity(encoded));
}

const names = (title: string, text: string, friends: Friend[]) =>
  ranked(title, text, friends).map((one) => one.friend.name);

const HARBOUR =
  'The harbour master closes the gates at noon. For two hours no boat comes in. Sailing home, people wait outside and fry fish.';

describe('who an article is for', () => {
  test('those whose interest it speaks to, the best first', () => {
    const friends = [
      friend('Alan', 'chess'),
      friend('Grace', 'sailing'),
      friend('Mia', 'harbour towns', 'sailing'),
      friend('Tom', 'harbour'),
    ];
    expect(names('A harbour that closes for lunch', HARBOUR, friends)).toEqual(['Tom']);
    expect(names('Sailing into a harbour town', HARBOUR, friends)).toEqual(['Mia', 'Grace', 'Tom']);
  });

  test('nobody when nobody fits', () => {
    const friends = [friend('Alan', 'chess'), friend('Grace', 'compilers'), friend('Mia')];
    expect(names('A harbour that closes for lunch', HARBOUR, friends)).toEqual([]);
    expect(names('', '', friends)).toEqual([]);
    expect(names('Everything about things', 'the and of', [friend('Tom', 'the things')])).toEqual([]);
  });

  test('nobody for one word somewhere in a long text', () => {
    const text = `${'Waves and weather. '.repeat(200)} A compiler. ${'Waves and weather. '.repeat(200)}`;
    expect(names('Weather', text, [friend('Grace', 'compilers')])).toEqual([]);
  });

  test('also when a whole circle cares about it', () => {
    const runners = Array.from({ length: 15 }, (_, n) => friend(`runner ${n}`, 'trail running'));
    expect(names('Trail running in the dark', '', runners)).toHaveLength(15);
  });

  test('by the subject of an interest; what is said after it only adds', () => {
    const grace = friend('Grace', 'trail running, the muddy kind');
    const lead = 'A first season of trail running, from the car park up.';
    expect(names('From the car park up', lead, [grace])).toEqual(['Grace']);
    expect(names('The muddy kind of football', '', [grace])).toEqual([]);
    const [plain, muddy] = [lead, `${lead} Muddy.`].map((text) => ranked('Up', text, [grace])[0]?.score ?? 0);
    expect(muddy).toBeGreaterThan(plain ?? 1);
  });

  test('not those who never want it, whatever else they like', () => {
    const never: Said = { text: 'sailing', kind: 'never' };
    expect(names('Sailing round a harbour', HARBOUR, [friend('Tom', 'harbour', never)])).toEqual([]);
    expect(names('A harbour for chess players', 'Chess.', [friend('Tom', 'harbour', never)])).toEqual([
      'Tom',
    ]);
    expect(names('Sailing', HARBOUR, [friend('Tom', never)])).toEqual([]);
  });

  test('those who asked, until the day they said', () => {
    const ask = (until: string) => friend('Tom', { text: 'harbour', kind: 'ask', until });
    expect(names('A harbour', HARBOUR, [ask('2026-11-23')])).toEqual(['Tom']);
    expect(names('A harbour', HARBOUR, [ask('2026-11-22')])).toEqual([]);
  });

  test('ties stand in the order of the friends', () => {
    const friends = ['Eve', 'Ada', 'Mia', 'Bob'].map((name) => friend(name, 'harbour'));
    expect(names('A harbour', HARBOUR, friends)).toEqual(['Eve', 'Ada', 'Mia', 'Bob']);
    expect(names('A harbour', HARBOUR, friends.toReversed())).toEqual(['Bob', 'Mia', 'Ada', 'Eve']);
  });

  test("with the interests it speaks to, in the user's words, and the words of the article", () => {
    const mia = friend(
      'Mia',
      'chess',
      { text: 'Harbours', kind: 'ask', heard: 'on the ferry' },
      'sailing home',
    );
    const [found] = ranked('Sailing home to a harbour', HARBOUR, [mia]);
    expect(found?.reasons).toEqual([
      {
        interestId: 'int_2',
        interest: 'sailing home',
        kind: 'topic',
        evidence: 'Sailing home, people wait outside and fry fish',
      },
      {
        interestId: 'int_1',
        interest: 'Harbours',
        kind: 'ask',
        heard: 'on the ferry',
        evidence: 'The harbour master closes the gates at noon',
      },
    ]);
  });
});

describe('always', () => {
  const word = fc.constantFrom(
    'harbour',
    'sailing',
    'chess',
    'compiler',
    'violin',
    'go',
    'c++',
    '東京',
    'the',
    'Lisbon',
    'flat',
  );
  const phrase = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));
  const text = fc
    .array(fc.oneof(word, fc.constantFrom('.', '\n', 'and', 'weather', '…', '"')), { maxLength: 80 })
    .map((words) => words.join(' '));
  const said = fc.record({
    text: phrase,
    kind: fc.constantFrom('topic' as const, 'ask' as const, 'never' as const),
  });
  const friends = fc
    .array(fc.array(said, { maxLength: 5 }), { minLength: 1, maxLength: 6 })
    .map((all) => all.map((interests, n) => friend(`F${n}`, ...interests)));
  const strength = (title: string, body: string, interest: string) =>
    ranked(title, body, [friend('Tom', interest)])[0]?.score ?? 0;

  test('a score is above 0 and at most 1, and they fall', () => {
    fc.assert(
      fc.property(phrase, text, friends, (title, body, all) => {
        const scores = ranked(title, body, all).map(({ score }) => score);
        expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
        expect(scores.toSorted((a, b) => b - a)).toEqual(scores);
      }),
    );
  });

  test('more words of the interest, at the end of title or text, never make it fit less', () => {
    fc.assert(
      fc.property(phrase, text, phrase, (title, body, interest) => {
        for (const more of interest.split(' ')) {
          const before = strength(title, body, interest);
          expect(strength(`${title} ${more}`, body, interest)).toBeGreaterThanOrEqual(before);
          expect(strength(title, `${body} ${more}`, interest)).toBeGreaterThanOrEqual(before);
        }
      }),
    );
  });

  test('one more interest that is no `never` takes nobody away, and one more `never` adds nobody', () => {
    fc.assert(
      fc.property(phrase, text, phrase, phrase, (title, body, interest, other) => {
        const idf = () => 5;
        const found = (...interests: (string | Said)[]) =>
          rank(encodeArticle(title, body), [encodeFriend(friend('Tom', ...interests), TODAY)], idf)[0];
        const alone = found(interest)?.score ?? 0;
        expect(found(interest, other)?.score ?? 0).toBeGreaterThanOrEqual(alone);
        const warned = found(interest, { text: other, kind: 'never' })?.score ?? 0;
        expect([0, alone]).toContain(warned);
      }),
    );
  });

  test('whoever is found has a reason among their own interests, and shares a word with the article', () => {
    fc.assert(
      fc.property(phrase, text, friends, (title, body, all) => {
        for (const { friend: one, reasons } of ranked(title, body, all)) {
          expect(reasons.length).toBeGreaterThan(0);
          for (const { interestId, evidence } of reasons) {
            const interest = one.interests.find(({ id }) => id === interestId);
            expect(interest?.kind).not.toBe('never');
            expect(evidence).not.toBe('');
            const shared = interest?.text
              .toLowerCase()
              .split(' ')
              .some((part) => evidence.toLowerCase().includes(part));
            expect(shared).toBe(true);
          }
        }
      }),
    );
  });

  test('friends who share no word with it are not named', () => {
    fc.assert(
      fc.property(text, (body) => {
        expect(ranked('Weather', body, [friend('Tom', 'astronomy', 'bread baking')])).toEqual([]);
      }),
    );
  });
});

describe('evidence', () => {
  const idf = () => 1;

  test('is the sentence with most of the words, or the title if only it has as much', () => {
    const article = {
      title: 'Harbour lunch',
      text: 'It rains. The harbour is empty! Nobody eats lunch at the harbour.',
    };
    expect(findEvidence(article, ['harbour', 'lunch'], idf)).toBe('Nobody eats lunch at the harbour');
    expect(findEvidence({ ...article, text: 'The harbour.' }, ['harbour', 'lunch'], idf)).toBe(
      'Harbour lunch',
    );
    expect(findEvidence(article, ['violin'], idf)).toBe('');
  });

  test('of a long sentence is the part around the words, short enough for a glance', () => {
    const long = `${'wind and rain '.repeat(20)}over the old harbour ${'and more rain '.repeat(20)}`;
    const found = findEvidence({ title: '', text: long }, ['harbour'], idf);
    expect(found).toContain('old harbour and more rain');
    expect(found.length).toBeLessThanOrEqual(110);
  });

  test('of Japanese is one sentence, though no space ends it', () => {
    const text = '昼になると港は閉まる。東京タワーが見える。夜は静かだ。';
    expect(findEvidence({ title: '', text }, ['東京', '京タ'], idf)).toBe('東京タワーが見える。');
  });

  test('stands in the article as it is, whatever the article', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'harbour',
        'Lunch',
        '東京タワー',
        '🛶',
        ' ',
        '\n',
        '. ',
        '…',
        '"',
        ' — ',
        '.net',
        '𠮷野家',
        '...',
      ),
      fc.string({ unit: 'grapheme', maxLength: 30 }),
    );
    const anyText = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(anyText, anyText, (title, text) => {
        const found = findEvidence({ title, text }, ['harbour', 'lunch', '東京', '.net', '𠮷野'], idf);
        expect(title.includes(found) || text.includes(found)).toBe(true);
        if (title.isWellFormed() && text.isWellFormed()) expect(found.isWellFormed()).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  // Each of these once took minutes, or would if a rule of it grew with the square of the text.
  test.each([
    ['dots', `${'.'.repeat(200_000)}x`],
    ['quotes', `.${'"'.repeat(200_000)}x`],
    ['spaces', `harbour${' '.repeat(200_000)}x`],
    ['line ends', `harbour${'\n'.repeat(200_000)}x`],
    ['one word', 'x'.repeat(200_000)],
    ['apostrophes', "x'".repeat(100_000)],
    ['one sentence', 'harbour and '.repeat(16_000)],
    ['signs', '—:;,'.repeat(50_000)],
  ])('of a page of %s comes at once', (_, text) => {
    const article = encodeArticle('Harbour', text);
    const tom = encodeFriend(friend('Tom', 'harbour'), TODAY);
    expect(rank(article, [tom], rarity([tom]))).toHaveLength(1);
  });
});
