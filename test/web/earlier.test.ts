import { describe, expect, test } from 'vitest';
import { earlierWords } from '../../functions/web/look/earlier.ts';

const NOW = new Date('2026-11-12T09:40:00.000Z');

/** What is said of an article saved at one instant and suggested at another. */
const said = (savedAt: string, createdAt: string, name = 'Grace Hopper') =>
  earlierWords({ savedAt }, { createdAt }, { name }, NOW, 'Europe/London');

describe('an article that lay a while before it was thought of for somebody', () => {
  test.each([
    ['2026-03-08T10:00:00.000Z', 'You saved this in March; now it is for Grace.'],
    ['2019-03-08T10:00:00.000Z', 'You saved this in March 2019; now it is for Grace.'],
    ['2026-09-10T10:00:00.000Z', 'You saved this nine weeks ago; now it is for Grace.'],
    ['2026-11-03T10:00:00.000Z', 'You saved this nine days ago; now it is for Grace.'],
  ])('saved at %s: %s', (savedAt, words) => {
    expect(said(savedAt, '2026-11-12T09:00:00.000Z')).toBe(words);
  });

  test('is told in the reader’s zone, and by the whole name where a first name could be wrong', () => {
    const words = earlierWords(
      { savedAt: '2026-03-31T23:30:00.000Z' },
      { createdAt: '2026-11-12T09:00:00.000Z' },
      { name: 'Aunt May' },
      NOW,
      'Asia/Tokyo',
    );
    expect(words).toBe('You saved this in April; now it is for Aunt May.');
  });

  test('is not told of one suggested as it was saved, or within a week, however long ago that is', () => {
    expect(said('2026-11-12T09:00:00.000Z', '2026-11-12T09:00:00.000Z')).toBeUndefined();
    expect(said('2026-03-08T10:00:00.000Z', '2026-03-08T10:00:01.000Z')).toBeUndefined();
    expect(said('2026-03-08T10:00:00.000Z', '2026-03-15T09:59:59.999Z')).toBeUndefined();
    expect(said('2026-03-08T10:00:00.000Z', '2026-03-15T10:00:00.000Z')).toBeDefined();
    // A clock that ran ahead.
    expect(said('2026-11-12T09:00:00.000Z', '2026-11-11T09:00:00.000Z')).toBeUndefined();
  });
});
