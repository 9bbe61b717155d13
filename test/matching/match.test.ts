import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Friend, InterestKind } from '../../functions/friends/friend.ts';
import {
  type ArticleText,
  encodeArticle,
  encodeInterest,
  type InterestForm,
} from '../../functions/matching/encode.ts';
import { evidenceFor, readingOf } from '../../functions/matching/evidence.ts';
import { interestsOf, type KnownFriend, matchFriends, weigh } from '../../functions/matching/match.ts';
import { loadModels, type Models } from '../../functions/matching/models.ts';
import { placesBeside } from '../../functions/matching/places.ts';
import { reader } from '../../functions/matching/score.ts';
import { packArticle, packInterest, unpackArticle, unpackInterest } from '../../functions/matching/stored.ts';

const TODAY = '2026-11-23';
const MATCHING = `${import.meta.dirname}/../../functions/matching`;

interface Said {
  text: string;
  kind?: InterestKind;
  until?: string;
  learned?: number;
  tired?: number;
}

/** Word vectors and the language detector; the sentences have a test of their own. */
let models: Models;
const WORDS_ALONE: Models = {};

beforeAll(async () => {
  const fail = (_: string, error: unknown) => {
    throw error;
  };
  models = await loadModels(placesBeside(MATCHING), fail, { sentences: false });
});

async function friend(name: string, interests: (string | Said)[], from = models): Promise<KnownFriend> {
  const person: Friend = {
    id: `frd_${name}`,
    name,
    timeZone: 'UTC',
    groups: [],
    interests: [],
    version: 1,
    createdAt: '2026-11-01T00:00:00.000Z',
  };
  const known = interests.map(async (one, n) => {
    const { learned, tired, ...said } = typeof one === 'string' ? { text: one } : one;
    const interest = { id: `int_${n}`, kind: 'topic' as const, addedAt: '2026-11-01T00:00:00.000Z', ...said };
    return {
      interest,
      form: await encodeInterest(said.text, from),
      learned: learned ?? 0,
      tired: tired ?? 0,
    };
  });
  return { friend: person, interests: await Promise.all(known) };
}

async function matched(article: ArticleText, friends: Record<string, (string | Said)[]>, from = models) {
  const known = await Promise.all(
    Object.entries(friends).map(([name, interests]) => friend(name, interests, from)),
  );
  return matchFriends(await encodeArticle(article, from), known, TODAY);
}

const names = async (article: ArticleText, friends: Record<string, (string | Said)[]>, from = models) =>
  (await matched(article, friends, from)).fits.map((match) => match.friend.name);

const HARBOUR: ArticleText = {
  title: 'Sailing into a small harbour',
  text: 'The harbour master closes the gates at noon. Sailing boats wait outside, and people fry fish on deck.',
};

describe('who an article is for', () => {
  test('those whose interest it speaks to, the best first', async () => {
    const friends = { Alan: ['chess'], Grace: ['sailing'], Mia: ['harbours', 'sailing boats'] };
    for (const from of [models, WORDS_ALONE])
      expect(await names(HARBOUR, friends, from)).toEqual(['Mia', 'Grace']);
  });

  test('nobody when nobody fits', async () => {
    const friends = { Alan: ['chess'], Grace: ['compilers'], Mia: [] };
    expect(await names(HARBOUR, friends)).toEqual([]);
    expect(await names({ title: '', text: '' }, friends)).toEqual([]);
    expect(await names({ title: 'Where do we go from here', text: '' }, { Ken: ['go'] })).toEqual([]);
  });

  test('by what words mean, not only by how they are written', async () => {
    const article = {
      title: 'The goalkeeper who never trained',
      text: 'Two penalties saved in the final of the league, and a striker in tears. The club has won its first trophy.',
    };
    const friends = { Olu: ['football'], Eva: ['opera'], Ivo: ['beer brewing'] };
    const strongest = async (from: Models) => {
      const read = reader(await encodeArticle(article, from));
      const known = await Promise.all(Object.entries(friends).map(([name, one]) => friend(name, one, from)));
      const strengths = known.map((one) => weigh(read, one, TODAY, 2).strength);
      return known.filter((_, n) => strengths[n] === Math.max(...strengths)).map((one) => one.friend.name);
    };
    expect(await strongest(models)).toEqual(['Olu']);
    expect(await strongest(WORDS_ALONE)).toEqual(['Olu', 'Eva', 'Ivo']);
  });

  test('nobody for one word somewhere in a long text', async () => {
    const text = `${'Waves and weather. '.repeat(200)} A compiler. ${'Waves and weather. '.repeat(200)}`;
    expect(await names({ title: 'Weather', text }, { Grace: ['compilers'] })).toEqual([]);
  });

  test('not those who never want it; the page can say why', async () => {
    const never: Said = { text: 'sailing', kind: 'never' };
    const { fits, blocked } = await matched(HARBOUR, {
      Tom: ['harbours', never],
      Uma: [never],
      Mia: ['harbours'],
    });
    expect(fits.map((match) => match.friend.name)).toEqual(['Mia']);
    expect(blocked.map((one) => [one.friend.name, one.never.interest.text])).toEqual([['Tom', 'sailing']]);
  });

  test('not those who say they do not like it, nor for what they leave out', async () => {
    const refused = ['not interested in sailing', 'he hates sailing', 'chess but not sailing'];
    for (const text of refused) expect(await names(HARBOUR, { Mia: [text] })).toEqual([]);
    const { fits, blocked } = await matched(HARBOUR, {
      Mia: ['harbours', 'not interested in sailing'],
      Eve: ['harbours, but not sailing'],
    });
    expect(fits.map(({ friend }) => friend.name)).toEqual(['Eve']);
    expect(blocked.map(({ never }) => never.interest.text)).toEqual(['not interested in sailing']);
  });

  test('first those who asked, until the day they said', async () => {
    const ask = (until: string): Said => ({ text: 'harbours', kind: 'ask', until });
    const friends = {
      Mia: ['harbours', 'sailing boats'],
      Tom: [ask('2026-11-23')],
      Eva: [ask('2026-11-22')],
    };
    expect(await names(HARBOUR, friends)).toEqual(['Tom', 'Mia']);
    const { fits } = await matched(HARBOUR, { Tom: ['sailing', ask('2026-12-01')] });
    expect(fits[0]?.reasons.map(({ interest }) => interest.kind)).toEqual(['ask', 'topic']);
  });

  test('as thanks and dismissals have taught, within bounds', async () => {
    const scores = async (learned: number) =>
      (await matched(HARBOUR, { Mia: [{ text: 'harbours', learned }] })).fits[0]?.score ?? 0;
    expect(await scores(-1)).toBeLessThan(await scores(0));
    expect(await scores(9)).toBe(await scores(1));
    expect(await scores(-9)).toBe(await scores(-1.5));
  });

  test('later those whose interest was used lately', async () => {
    const friends = { Mia: [{ text: 'harbours', tired: 1 }], Tom: ['harbours'] };
    expect(await names(HARBOUR, friends)).toEqual(['Tom', 'Mia']);
  });

  test('in the order of the friends where nothing tells them apart', async () => {
    const friends = { Eve: ['harbours'], Ada: ['harbours'], Bob: ['harbours'] };
    expect(await names(HARBOUR, friends)).toEqual(['Eve', 'Ada', 'Bob']);
  });
});

describe('across languages', () => {
  const text =
    'Wer in die Berge geht, braucht gute Schuhe, viel Zeit und einen Blick für das Wetter, das schnell umschlägt. Das sagen alle, die es wissen müssen, und sie haben recht damit.';
  test.each([
    ['gift', 'Das stärkste Gift der Welt', false],
    ['Gift', 'Das stärkste Gift der Welt', false],
    ['Mozart', 'Mozart auf Reisen', true],
    ['lisbon', 'Mit dem Zug nach Lisbon', true],
    ['art', 'Eine neue Art wurde entdeckt', false],
    ['hat', 'Was er im Gebirge gelernt hat', false],
    ['chef', 'Der neue Chef der Bahn', false],
    ['rock', 'Der Rock wird wieder länger', false],
    ['pain', 'Nur ein Pain au chocolat', false],
    ['trail running', 'Trail Running in den Alpen', true],
    ['Lisbon', 'Mit dem Zug nach Lisbon', true],
    ['kubernetes', 'Warum wir Kubernetes wieder abgeschafft haben', true],
    ['jazz', 'Jazz in einem alten Stall', true],
    ['Wandern', 'Wandern im Herbst: das Wandern neu entdeckt', true],
    ['Theater', 'Was ein Theater kostet', true],
    ['die Wand', 'Wie man eine Wand streicht', true],
    ['a gift', 'Das stärkste Gift der Welt', false],
    ['a gift for mum', 'Das stärkste Gift der Welt', false],
  ])('the interest %s and "%s"', async (interest, title, fits) => {
    expect(await names({ title, text }, { Mia: [interest] })).toEqual(fits ? ['Mia'] : []);
  });

  test.each([
    ['la cuisine', 'La cuisine du marché', true],
    ['cinéma', 'Le cinéma en plein air', true],
    ['le vélo', 'Le vélo en hiver', true],
    ['art contemporain', 'L’art contemporain en province', true],
    ['pain', 'Le pain du dimanche', false],
    ['chef', 'Le chef des pompiers', false],
    ['chat', 'Le chat sur le toit', false],
  ])('the interest %s and, in French, "%s"', async (interest, title, fits) => {
    const french = `Nous avons passé une semaine à la campagne, et chacun a raconté ce qu’il en pense. ${title}, c’est une belle histoire, et elle ne fait que commencer pour tous ceux qui la connaissent.`;
    expect(await names({ title, text: french }, { Mia: [interest] })).toEqual(fits ? ['Mia'] : []);
  });

  test('a phrase of another language is known by its own stems', async () => {
    const article = {
      title: 'Die schönsten Gärten am See',
      text: `${text} Wer Gärten mag, kommt im Mai an den See.`,
    };
    expect(await names(article, { Mia: ['die Gärten am See'] })).toEqual(['Mia']);
  });
});

test('what cannot be loaded is told, and costs quality, not an error', async () => {
  const nowhere = { assets: '/nowhere', encoder: '/nowhere', wasm: '/nowhere' };
  const missing: string[] = [];
  const loaded = await loadModels(nowhere, (what) => missing.push(what));
  expect(missing.toSorted()).toEqual(['sentences', 'vectors']);
  expect(await names(HARBOUR, { Mia: ['harbours'], Alan: ['chess'] }, loaded)).toEqual(['Mia']);
  // Forms made with and without them can meet.
  const mia = await friend('Mia', ['harbours'], WORDS_ALONE);
  expect(matchFriends(await encodeArticle(HARBOUR, models), [mia], TODAY).fits).toHaveLength(1);
});

describe('always', () => {
  const word = fc.constantFrom(
    'harbour',
    'sailing',
    'chess',
    'compiler',
    'violin',
    'go',
    'opera',
    'and',
    'the',
    'Lisbon',
  );
  const phrase = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));
  const article = fc.record({
    title: phrase,
    text: fc.array(word, { maxLength: 60 }).map((words) => words.join(' ')),
  });
  const interests = fc.array(phrase, { minLength: 1, maxLength: 4 });
  const circle = fc.array(interests, { minLength: 1, maxLength: 5 });

  test('scores are from 0 to 1, best first, and the same again', async () => {
    await fc.assert(
      fc.asyncProperty(article, circle, async (text, all) => {
        const friends = Object.fromEntries(all.map((one, n) => [`f${n}`, one]));
        const { fits } = await matched(text, friends);
        const scores = fits.map(({ score }) => score);
        expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
        expect(scores.toSorted((a, b) => b - a)).toEqual(scores);
        expect(fits.every(({ reasons }) => reasons.length > 0)).toBe(true);
        expect((await matched(text, friends)).fits).toEqual(fits);
      }),
      { numRuns: 50 },
    );
  });

  test('a score does not depend on who else is there, nor on the order of friends', async () => {
    await fc.assert(
      fc.asyncProperty(article, circle, async (text, all) => {
        const known = await Promise.all(all.map((one, n) => friend(`f${n}`, one)));
        const form = await encodeArticle(text, models);
        const scoresOf = (friends: KnownFriend[], among?: number) =>
          new Map(
            matchFriends(form, friends, TODAY, among).fits.map((match) => [match.friend.name, match.score]),
          );
        const together = scoresOf(known);
        expect(scoresOf(known.toReversed())).toEqual(together);
        for (const one of known) {
          const { name } = one.friend;
          expect(scoresOf([one], interestsOf(known)).get(name)).toBe(together.get(name));
          const score = together.get(name);
          if (score !== undefined) expect(scoresOf([one]).get(name)).toBe(score);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('what is too little among many interests may be enough among few', async () => {
    const tom = await friend('Tom', ['the', 'opera sailing', 'violin']);
    const form = await encodeArticle({ title: 'sailing sailing sailing', text: '' }, models);
    expect(matchFriends(form, [tom], TODAY).fits).toHaveLength(1);
    expect(matchFriends(form, [tom], TODAY, 300).fits).toHaveLength(0);
  });

  test('one more interest that is no `never` takes nobody away, and one more `never` changes no score', async () => {
    await fc.assert(
      fc.asyncProperty(article, interests, phrase, async (text, own, other) => {
        const score = async (all: (string | Said)[]) =>
          (await matched(text, { Tom: all })).fits[0]?.score ?? 0;
        const alone = await score(own);
        expect(await score([...own, other])).toBeGreaterThanOrEqual(alone);
        expect([0, alone]).toContain(await score([...own, { text: other, kind: 'never' }]));
      }),
      { numRuns: 50 },
    );
  });
});

describe('what is stored', () => {
  test('of an article is small, and tells nearly the same', async () => {
    const text = Array.from({ length: 4000 }, (_, n) => `word${(n * 7919) % 2003} harbour`).join(' ');
    const form = await encodeArticle({ title: HARBOUR.title, text }, models);
    const bytes = packArticle(form);
    expect(bytes.length).toBeLessThanOrEqual(1200 - 136);
    const mia = await friend('Mia', ['harbours']);
    const read = unpackArticle(bytes);
    if (!read) throw new Error('It cannot be read back.');
    const scores = [form, read].map((one) => matchFriends(one, [mia], TODAY).fits[0]?.score ?? 0);
    expect(scores[1]).toBeCloseTo(scores[0] ?? 0, 1);
  });

  test('reads back as it was written, but for the last bits of its numbers', async () => {
    const form = await encodeInterest('trail running, the muddy kind', models);
    const read = unpackInterest(packInterest(form)) as InterestForm;
    expect({ ...read, words: [] }).toEqual({ ...form, words: [] });
    read.words.forEach(({ rarity, ...rest }, n) => {
      const { rarity: before, ...other } = form.words[n] as InterestForm['words'][number];
      expect(rest).toEqual(other);
      expect(rarity).toBeCloseTo(before, 1);
    });
  });

  test('of another version is not read', async () => {
    const article = packArticle(await encodeArticle(HARBOUR, models));
    const interest = packInterest(await encodeInterest('chess', models));
    article[0] = interest[0] = 250;
    expect([unpackArticle(article), unpackInterest(interest), unpackArticle(new Uint8Array())]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('evidence', () => {
  const article = {
    title: 'Harbour lunch',
    text: 'It rains. The harbour is empty! Nobody eats lunch at the harbour.',
  };

  test('is the sentence with most of the words, or the title if only it has as much', () => {
    expect(evidenceFor(readingOf(article, 'en'), 'harbour lunches', models)).toBe(
      'Nobody eats lunch at the harbour',
    );
    expect(evidenceFor(readingOf({ ...article, text: 'The harbour.' }, 'en'), 'harbour lunch', models)).toBe(
      'Harbour lunch',
    );
  });

  test('is the words nearest in meaning where its own are not there', () => {
    const text = 'It rains. She practised the cello for an hour. The harbour is empty!';
    expect(evidenceFor(readingOf({ title: 'A day', text }, 'en'), 'violin', models)).toBe(
      'She practised the cello for an hour',
    );
    expect(evidenceFor(readingOf({ title: 'A day', text }, 'en'), 'violin', WORDS_ALONE)).toBe('A day');
  });

  test('stands in the article as it is, and is never empty but for an empty article', () => {
    const piece = fc.oneof(
      fc.constantFrom('harbour', '東京', '🛶', ' ', '\n', '. ', '"', '...'),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
    );
    const anyText = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(anyText, anyText, (title, text) => {
        const found = evidenceFor(readingOf({ title, text }, 'en'), 'harbour 東京', models);
        expect(title.includes(found) || text.includes(found)).toBe(true);
      }),
    );
  });
});
