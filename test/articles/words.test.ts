import { describe, expect, test } from 'vitest';
import { countWords, minutesFor } from '../../functions/articles/words.ts';

describe('words', () => {
  test.each([
    ['', 0],
    ['One, two; three.', 3],
    ["It's a well-known fact: 3.14 isn’t four!", 7],
    ['Größe naïve e\u0301te\u0301', 3],
    ['我喜欢在山上跑步', 4],
    ['今日はいい天気ですね', 5],
    ['나는 산에서 달리기를 좋아한다', 4],
    ['iPhone で撮った写真', 4],
    ['— … !? 🐈', 0],
  ])('%s: %i', (text, count) => {
    expect(countWords(text)).toBe(count);
  });

  test.each([
    [0, 0],
    [1, 1],
    [344, 1],
    [345, 2],
    [2300, 10],
  ])('%i take %i minutes', (count, minutes) => {
    expect(minutesFor(count)).toBe(minutes);
  });
});
