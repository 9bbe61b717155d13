import { sharedUrl } from '../articles/url.ts';
import { MINUTE } from '../platform/clock.ts';
import type { Ground } from '../platform/ground.ts';
import type { Note } from './note.ts';

/** Between the two answers that a page is gone: a site that is being mended, or a wrong node of it, is asked again. */
export const ASK_AGAIN = MINUTE;
/** A note does not wait long for a site: who does not answer in this time is taken to be there. */
const LINK_TIMEOUT_MS = 3000;
const GONE = [404, 410];

/** What a note's link says to its leaving. */
export type Link = 'fine' | 'gone-once' | 'gone-twice' | 'ask-later';

/** Whether the page is to be asked for at all, and if so when: before the first attempt, unless the user knows better. */
export function linkStep(
  note: Pick<Note, 'attempts' | 'linkGoneAt' | 'linkMayBeGone'>,
  now: Date,
): 'leave' | 'ask' | 'ask-later' {
  if (note.attempts > 0 || note.linkMayBeGone) return 'leave';
  const isSoon = note.linkGoneAt !== undefined && now.getTime() - Date.parse(note.linkGoneAt) < ASK_AGAIN;
  return isSoon ? 'ask-later' : 'ask';
}

/** Looks whether the article a note carries is still there. Only a plain "gone", said twice a minute apart, is a reason. */
export async function checkLink(ground: Ground, note: Note, url: string | undefined): Promise<Link> {
  const step = url ? linkStep(note, ground.clock()) : 'leave';
  if (!url || step === 'leave') return 'fine';
  if (step === 'ask-later') return 'ask-later';
  const { pageStatus } = await import('../articles/fetch.ts');
  const status = await pageStatus(sharedUrl(url), {
    allow: ground.settings.fetchAllow,
    timeoutMs: LINK_TIMEOUT_MS,
  });
  if (!GONE.includes(status ?? 0)) return 'fine';
  return note.linkGoneAt === undefined ? 'gone-once' : 'gone-twice';
}
