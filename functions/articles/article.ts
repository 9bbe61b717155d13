import * as z from 'zod';
import { instant, words } from '../platform/shapes.ts';

/** What the bookmarklet sends of a selection (characters). */
export const MAX_SELECTION = 4000;

export const SavedBy = z.enum(['api', 'bookmarklet', 'page', 'mail', 'import', 'demo']);
export type SavedBy = z.infer<typeof SavedBy>;

export const NewArticle = z
  .strictObject({
    url: words.optional(),
    html: words.optional(),
    title: words.optional(),
    selection: words.optional(),
    text: words.optional(),
  })
  .refine((input) => input.url?.trim() || input.text?.trim(), {
    path: ['url'],
    message: 'is needed, or text',
  });
export type NewArticle = z.infer<typeof NewArticle>;

/** Labels of an import, in the words of whoever set them; what is beyond is left out. */
export const MAX_TAGS = 50;

/** Names of one article: more than a person finds ways to it, and all of them go in one transaction (100 writes). */
export const MAX_ALIASES = 60;

/** Why there is only the link: the tags of `fetch.ts`, or `no-text`: there was nothing to read on its page. */
export const NotRead = z.object({
  reason: z.enum([
    'refused-address',
    'not-found',
    'needs-login',
    'gone',
    'server-error',
    'too-large',
    'too-slow',
    'not-a-page',
    'too-many-redirects',
    'unreachable',
    'bad-certificate',
    'no-text',
  ]),
  tries: z.number(),
});
export type NotRead = z.infer<typeof NotRead>;

/** A saved link, or a text without one. The text itself stands in an item of its own. */
export const Article = z.object({
  id: z.string(),
  /** The address as it was given. */
  url: z.string().optional(),
  canonicalUrl: z.string().optional(),
  title: z.string(),
  siteName: z.string().optional(),
  byline: z.string().optional(),
  excerpt: z.string().optional(),
  language: z.string().optional(),
  wordCount: z.number(),
  minutes: z.number(),
  image: z.string().optional(),
  publishedAt: z.string().optional(),
  selection: z.string().optional(),
  tags: z.array(z.string()).optional(),
  /** What else it is found by: comparison keys of other addresses, and ids of links that turned out to be it. */
  aliases: z.array(z.string()).optional(),
  /** Hash of the address it came from by mail: nobody is sent their own letter. */
  fromHash: z.string().optional(),
  savedAt: instant,
  savedBy: SavedBy,
  /** When its page was read, or given up; not there while it is still to be. */
  readAt: instant.optional(),
  notRead: NotRead.optional(),
  /** Matching was given up after its tries: the page offers to try again. */
  workFailed: z.boolean().optional(),
});
export type Article = z.infer<typeof Article>;
