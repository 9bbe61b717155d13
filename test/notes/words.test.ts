import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLetter, isTitle, ownWords, sameWords } from '../../functions/notes/words.ts';

describe('a word of one’s own', () => {
  test.each([
    'You.',
    'This is you: https://ridge.example/dark',
    'https://ridge.example/dark made me think of you',
    '見てhttps://ridge.example/dark',
    '見て',
    'ראית?',
    'यह',
    '7',
    '3.5/5',
    '½',
    'OK 👍',
    'www!',
    'Awww. www.ridge.example',
    'Nice.work',
    'e.g.',
    'a@b',
  ])('is in %j', (text) => {
    expect(ownWords(text)).toBe(true);
  });

  test.each([
    'https://ridge.example/dark',
    'HTTPS://RIDGE.EXAMPLE',
    '<https://ridge.example/dark>',
    '(https://ridge.example/Dark_(film))',
    'https://ridge.example/a https://ridge.example/b\nhttp://x.y',
    'https://ja.wikipedia.org/wiki/東京',
    'www.ridge.example',
    'ridge.example',
    'ridge.example/dark?lamps=2',
    'Ridge.example/dark',
    'münchen.example',
    'xn--mnchen-3ya.example/a',
    'ridge.example:8080/a',
    'gemini://ridge.example/a',
    'grace@friends.example',
    'mailto:grace@friends.example',
    '!!! … ?!',
    '👍',
    '👨‍👩‍👧‍👦🏳️‍🌈🇵🇹',
    '1️⃣ #️⃣ ℹ️',
    '\u3164',
    '\u200b\u2060.',
    '',
  ])('is not in %j', (text) => {
    expect(ownWords(text)).toBe(false);
  });

  test('stays one, whatever address, picture or mark stands beside it', () => {
    const beside = fc.constantFrom('https://ridge.example/a', 'ridge.example', '👍', '…', '1️⃣', 'x@y.example');
    const around = fc.tuple(fc.array(beside), fc.array(beside));
    fc.assert(
      fc.property(around, ([before, after]) => {
        expect(ownWords([...before, ...after].join(' '))).toBe(false);
        expect(ownWords([...before, 'Ada', ...after].join(' '))).toBe(true);
      }),
    );
  });

  test('is looked for in any text there is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(ownWords(text)).toBeTypeOf('boolean');
      }),
    );
  });
});

describe('a letter', () => {
  test.each([
    ['a'.repeat(600), false],
    ['a'.repeat(601), true],
    // One sign of two UTF-16 units is one character.
    ['𝄞'.repeat(600), false],
    ['𝄞'.repeat(601), true],
  ])('begins after 600 characters', (text, is) => {
    expect(isLetter(text)).toBe(is);
  });
});

describe('the same words', () => {
  const names = ['Grace Hopper', 'Alan'];

  test.each([
    ['This made me think of you.', 'This made me think of you.'],
    ['This made me think of you.', '  this made me\nthink of YOU!! 🙂'],
    ['Grace, this made me think of you.', 'This made me think of you, Alan.'],
    ['Grace Hopper! This is you.', 'This is you.'],
    ['Café', 'Cafe\u0301'],
    ['For you.', 'For you'],
  ])('%j and %j', (text, other) => {
    expect(sameWords(text, other, names)).toBe(true);
    expect(sameWords(other, text, names)).toBe(true);
  });

  test.each([
    ['This made me think of you.', 'This made me think of us.'],
    ['Two lamps.', 'Lamps two.'],
    ['Took 2.', 'Took 3.'],
    // Too little is left of them without the names.
    ['Grace!', 'Alan!'],
    ['For Grace.', 'For Alan.'],
    ['Happy birthday, Grace', 'Happy birthday, Alan'],
    ['résumé', 'resume'],
  ])('are not %j and %j', (text, other) => {
    expect(sameWords(text, other, names)).toBe(false);
  });

  test('with a name that is a word', () => {
    expect(sameWords('Hope you like it.', 'Hope you like it.', ['Hope', 'Will'])).toBe(true);
    expect(sameWords('Will you read it?', 'Hope, will you read it?', ['Hope', 'Will'])).toBe(true);
  });

  test('with a name in a script without spaces', () => {
    expect(sameWords('花子さん、これを見て。', '太郎さん、これを見て。', ['山田 花子', '太郎'])).toBe(true);
    expect(sameWords('花子さん、これを見て。', '太郎さん、これを読んで。', ['山田 花子', '太郎'])).toBe(
      false,
    );
  });

  test('are so both ways, and of any text to itself', () => {
    const words = fc.array(fc.constantFrom('two', 'Lamps', 'grace', '—', '見て', 'you', '👍'), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(words, words, (one, two) => {
        const [a, b] = [one.join(' '), two.join(' ')];
        expect(sameWords(a, b, names)).toBe(sameWords(b, a, names));
        expect(sameWords(a, a, names)).toBe(true);
      }),
    );
  });
});

describe('the title alone', () => {
  const title = 'Running a ridge, in the dark';

  test.each([title, 'running a ridge in the dark', `“${title}”`, `${title}\nhttps://ridge.example/dark`])(
    'is in %j',
    (text) => expect(isTitle(text, title)).toBe(true),
  );
  test.each([`${title}: you.`, 'Running a ridge', 'https://ridge.example/dark'])('is not in %j', (text) => {
    expect(isTitle(text, title)).toBe(false);
  });
  test('is nothing where the title has no word', () => expect(isTitle('…', '***')).toBe(false));
});
