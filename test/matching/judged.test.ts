import { beforeAll, describe, expect, test } from 'vitest';
import { encodeArticle, encodeInterest } from '../../functions/matching/encode.ts';
import type { Models } from '../../functions/matching/models.ts';
import { packArticle, packInterest } from '../../functions/matching/stored.ts';
import {
  answersOf,
  benchModels,
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
  models = await benchModels(true);
}, PATIENCE);

describe('a week of saved articles', () => {
  test('finds the right friend, with sentences', { timeout: PATIENCE }, async () => {
    const { strengths: all } = await strengths(judged, models);
    const { ndcg5, p1, recall3 } = qualityOf(judged, all);
    const { auroc, right, falseRate } = answersOf(judged, all);
    expect(ndcg5).toBeGreaterThan(0.81);
    expect(p1).toBeGreaterThan(0.7);
    expect(recall3).toBeGreaterThan(0.83);
    expect(auroc).toBeGreaterThan(0.85);
    expect(right).toBeGreaterThanOrEqual(0.8);
    expect(falseRate).toBeLessThanOrEqual(1 / 7);
  });

  test('and still does, without them and without word vectors', { timeout: PATIENCE }, async () => {
    const { sentences: _, ...withVectors } = models;
    const vectors = qualityOf(judged, (await strengths(judged, withVectors)).strengths);
    const words = qualityOf(judged, (await strengths(judged, {})).strengths);
    expect(vectors.ndcg5).toBeGreaterThan(0.66);
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
