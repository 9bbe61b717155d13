import { beforeAll, describe, expect, test } from 'vitest';
import { encodeArticle, encodeInterest } from '../../functions/matching/encode.ts';
import type { Models } from '../../functions/matching/models.ts';
import { takeApart } from '../../functions/matching/phrase.ts';
import { packArticle, packInterest } from '../../functions/matching/stored.ts';
import {
  answersOf,
  benchModels,
  firstReasons,
  type Judged,
  OWN,
  qualityOf,
  readJudged,
  strengths,
} from '../bench/matching.ts';

/** Encoding 60 articles and 120 interests with the sentence encoder takes about 10 s. */
const PATIENCE = 180_000;

/**
 * 60 articles and 40 friends written for this, with interests said as sentences, asks, nevers, words of two meanings
 * (pandas, python, jaguar, java, apple, bass, mercury) and articles for nobody. The floors are a little below what was
 * measured when they were set.
 */
let judged: Judged;
let models: Models;
beforeAll(async () => {
  judged = readJudged(OWN);
  models = remembered(await benchModels(true));
}, PATIENCE);

/** Each text is read by the sentence encoder once, for all tests: it is what takes the time. */
function remembered(loaded: Models): Models {
  const { embed, projection } = loaded.sentences ?? {};
  if (!embed || !projection) throw new Error('The sentence encoder is not there.');
  const known = new Map<string, Promise<ArrayLike<number>[]>>();
  const once = (text: string) => {
    const found = known.get(text) ?? embed([text]);
    known.set(text, found);
    return found;
  };
  const all = async (texts: string[]) => (await Promise.all(texts.map(once))).flat();
  return { ...loaded, sentences: { embed: all, projection } };
}

describe('a week of saved articles', () => {
  test('is what a person’s week holds', () => {
    const [circle = []] = judged.networks;
    const interests = circle.flatMap((friend) => friend.interests);
    const count = (kind: string) => interests.filter((interest) => interest.kind === kind).length;
    expect([judged.articles.length, circle.length, judged.cases.length]).toEqual([60, 40, 60]);
    expect([count('ask'), count('never')]).toEqual([3, 3]);
    expect(interests.filter(({ text }) => takeApart(text, 'en').spoken).length).toBeGreaterThan(15);
    expect(judged.cases.filter(({ fit }) => !fit)).toHaveLength(7);
    // Whom a person judged it to fit, and no others, with what of theirs it speaks to; in few cases two things alike.
    const pairs = judged.cases.map((one) => {
      const { gold = [], named = {} } = judged.articles[one.article] ?? {};
      const fitting = circle.filter((friend) =>
        friend.interests.some(({ text, kind }) => kind !== 'never' && gold.includes(text)),
      );
      expect(Object.keys(named).toSorted()).toEqual(fitting.map(({ id }) => id).toSorted());
      expect(fitting.length > 0).toBe(one.fit);
      for (const { id, interests: theirs } of fitting) {
        for (const name of named[id] ?? []) {
          expect(gold).toContain(name);
          expect(theirs.map(({ text }) => text)).toContain(name);
        }
      }
      return Object.values(named);
    });
    expect(pairs.flat()).toHaveLength(58);
    expect(pairs.flat().filter(({ length }) => length > 1).length).toBeLessThanOrEqual(5);
  });

  test('finds the right friend, with sentences', { timeout: PATIENCE }, async () => {
    const { strengths: all } = await strengths(judged, models);
    const { ndcg5, mrr, p1, recall3 } = qualityOf(judged, all);
    const { auroc, answered, right, falseRate } = answersOf(judged, all);
    expect(ndcg5).toBeGreaterThan(0.83);
    expect(mrr).toBeGreaterThan(0.83);
    expect(p1).toBeGreaterThan(0.75);
    expect(recall3).toBeGreaterThan(0.85);
    expect(auroc).toBeGreaterThan(0.87);
    expect(answered).toBeGreaterThan(0.6);
    expect(right).toBeGreaterThanOrEqual(0.8);
    expect(falseRate).toBeLessThanOrEqual(1 / 7);
  });

  test('says first what a person would say, nine times in ten', { timeout: PATIENCE }, async () => {
    const reasons = await firstReasons(judged, models);
    const wrong = reasons.filter(({ shown, named }) => !named.includes(shown));
    expect(reasons.length).toBeGreaterThan(25);
    expect(wrong.length / reasons.length, JSON.stringify(wrong)).toBeLessThanOrEqual(0.1);
  });

  test('and still does, without them and without word vectors', { timeout: PATIENCE }, async () => {
    const { sentences: _, ...withVectors } = models;
    const vectors = qualityOf(judged, (await strengths(judged, withVectors)).strengths);
    const words = qualityOf(judged, (await strengths(judged, {})).strengths);
    expect(vectors.ndcg5).toBeGreaterThan(0.68);
    expect(words.ndcg5).toBeGreaterThan(0.42);
  });

  test('takes 1.2 KB for an article, a third of that for an interest', { timeout: PATIENCE }, async () => {
    const text = Array.from({ length: 4000 }, (_, n) => `word${(n * 7919) % 2003} harbour`).join(' ');
    expect(packArticle(await encodeArticle({ title: 'A harbour', text }, models)).length).toBeLessThanOrEqual(
      1200,
    );
    const interest = await encodeInterest('thinking about moving to Lisbon', models);
    expect(packInterest(interest).length).toBeLessThan(400);
  });

  test('reads texts that are no sentences, of any characters', { timeout: PATIENCE }, async () => {
    for (const title of ['🛶🛶', '\ud800', '東京', '\u0000', ' ', 'a'.repeat(2000), '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 👩‍👩‍👧']) {
      const form = await encodeArticle({ title, text: title }, models);
      expect(form.terms.length).toBeLessThan(200);
      await encodeInterest(title, models);
    }
  });
});
