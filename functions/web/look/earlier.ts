import type { Article } from '../../articles/article.ts';
import type { Friend } from '../../friends/friend.ts';
import type { Suggestion } from '../../matching/suggestion.ts';
import { DAY } from '../../platform/clock.ts';
import { ago } from './when.ts';
import { callName } from './words.ts';

/** Saved so long before it was thought of for somebody (milliseconds), an article has slipped from mind. */
const LONG_BEFORE = 7 * DAY;

/**
 * "You saved this in March; now it is for Grace." Undefined where the suggestion came with the article, or within days.
 */
export function earlierWords(
  { savedAt }: Pick<Article, 'savedAt'>,
  { createdAt }: Pick<Suggestion, 'createdAt'>,
  { name }: Pick<Friend, 'name'>,
  now: Date,
  zone: string,
): string | undefined {
  if (Date.parse(createdAt) - Date.parse(savedAt) < LONG_BEFORE) return undefined;
  return `You saved this ${ago(savedAt, now, zone)}; now it is for ${callName(name)}.`;
}
