import { at } from '../platform/clock.ts';
import { Fault } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { idOf } from '../platform/ids.ts';
import { isVisible } from '../platform/shapes.ts';
import { type Article, MAX_TAGS } from './article.ts';
import { addTo } from './articles.ts';
import { type Description, describe, eachOnce } from './describe.ts';
import { findArticle, findArticleByUrl, insertArticle } from './store.ts';
import { canonicalUrl } from './url.ts';

/** A link of an imported file, as its line says it. */
export interface ImportedLink {
  url: string;
  title?: string;
  savedAt?: string;
  tags?: string[];
  selection?: string;
}

/** What became of it; `reason`: why it cannot be kept. */
export type Imported = 'created' | 'merged' | { reason: string };

/**
 * Imported pages that are read in a second. `fetch` has room for ten at once, of which a dead link can hold one for
 * ten seconds: this leaves most of it to what is saved meanwhile.
 */
export const READS_PER_SECOND = 2;

/** The web is from 1990: what is dated before was dated by a clock that was not set. */
const FIRST_DAY = Date.UTC(1990, 0, 1);
/** A label, not a text (characters). */
const MAX_TAG = 100;

/**
 * Keeps an imported link as an article, or adds its tags and selection to the one that is there. `seed` names the
 * entry: done again, it finds what it created and says so again. `startedAt`: when its import began, which stands in
 * for a date that is missing or cannot be. `readAt`: when its page is to be read, and it is matched.
 */
export async function importArticle(
  ground: Ground,
  userId: string,
  link: ImportedLink,
  { seed, startedAt, readAt }: { seed: string; startedAt: Date; readAt: string },
): Promise<Imported> {
  const { table } = ground;
  const savedAt = dateOf(link.savedAt, startedAt);
  const id = idOf('art', seed, savedAt);
  const described = describeLink(link);
  if ('reason' in described) return described;
  const { address, description, tags, text } = described;
  const article: Article = {
    ...description,
    id,
    ...(tags.length > 0 && { tags }),
    savedAt: at(savedAt),
    savedBy: 'import',
  };
  if (await insertArticle(table, userId, article, text, 'fetch', readAt)) return 'created';
  const first = (await findArticleByUrl(table, userId, address)) ?? (await findArticle(table, userId, id));
  // Deleted this very moment: whoever did it did not want it back.
  if (!first || first.id === id) return 'created';
  await addTo(ground, userId, first, { selection: article.selection, tags });
  return 'merged';
}

/** When the `place`th page of an import that began then is read. */
export function readingTime(startedAt: Date, place: number): string {
  return at(startedAt, (place * 1000) / READS_PER_SECOND);
}

type Described =
  | { address: string; description: Description; tags: string[]; text: string }
  | { reason: string };

function describeLink(link: ImportedLink): Described {
  try {
    const url = link.url.trim();
    const address = canonicalUrl(url);
    const given = { url, title: link.title?.toWellFormed(), selection: link.selection?.toWellFormed() };
    const { description, text } = describe(given, address, {});
    const tags = tagsOf(link.tags ?? []);
    return { address, description, tags, text };
  } catch (error) {
    if (error instanceof Fault && error.tag === 'invalid') return { reason: error.message };
    throw error;
  }
}

function dateOf(given: string | undefined, standIn: Date): Date {
  const time = given === undefined ? Number.NaN : Date.parse(given);
  return time >= FIRST_DAY && time <= standIn.getTime() ? new Date(time) : standIn;
}

/** Each once, in one line; the first ones if there are too many. */
function tagsOf(given: string[]): string[] {
  const tags = given
    .map((tag) =>
      tag
        .toWellFormed()
        .replace(/[\s\p{Cc}]+/gu, ' ')
        .trim()
        .slice(0, MAX_TAG)
        .toWellFormed(),
    )
    .filter(isVisible);
  return eachOnce(tags).slice(0, MAX_TAGS);
}
