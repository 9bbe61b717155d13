import { expect, test } from 'vitest';
import { extractSafely } from '../../functions/articles/extract-worker.ts';
import { MAX_HTML_BYTES } from '../../functions/articles/words.ts';

const SENTENCE = 'A heron stood in the shallows, quite still, and the whole quay waited with it. ';
const pageOf = (title: string) =>
  `<html lang="en"><title>${title}</title><p>${SENTENCE.repeat(9)}</p></html>`;

/** Within the bounds, and far longer than a millisecond. */
const slowPage = `<title>Slow</title><meta name="author" content="Ada">${'<p><a href="#a">a, b</a></p>'.repeat(9_000)}`;

test('reads a page', async () => {
  const { title, language, text, wordCount } = await extractSafely(pageOf('Heron'), undefined);
  expect({ title, language, wordCount }).toEqual({ title: 'Heron', language: 'en', wordCount: 135 });
  expect(text).toBe(SENTENCE.repeat(9).trim());
});

test('many pages at once each get their own answer', async () => {
  const titles = ['One', 'Two', 'Three', 'Four', 'Five'];
  const found = await Promise.all(titles.map((title) => extractSafely(pageOf(title), undefined)));
  expect(found.map(({ title }) => title)).toEqual(titles);
});

test.each([
  ['time', { time: 1 }],
  ['work', { work: 1 }],
])('a page that takes too much %s has its head read; those after it are read whole', async (_, limits) => {
  const slow = extractSafely(slowPage, undefined, limits);
  const next = extractSafely(pageOf('Next'), undefined);
  expect(await slow).toEqual({ title: 'Slow', byline: 'Ada', text: '', wordCount: 0 });
  expect(await next).toMatchObject({ title: 'Next', wordCount: 135 });
  expect(await extractSafely(pageOf('Last'), undefined)).toMatchObject({ title: 'Last', wordCount: 135 });
});

test('a fault comes back as it was thrown, and stands in no other page’s way', async () => {
  const large = extractSafely('a'.repeat(MAX_HTML_BYTES + 1), undefined);
  const next = extractSafely(pageOf('Next'), undefined);
  await expect(large).rejects.toMatchObject({ name: 'Fault', tag: 'too-large' });
  expect(await next).toMatchObject({ title: 'Next' });
});
