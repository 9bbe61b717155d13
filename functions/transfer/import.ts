import * as z from 'zod';
import { instant } from '../platform/shapes.ts';

/** Half a million bookmarks with their descriptions (bytes): more is no person's, and would be read for hours. */
export const MAX_UPLOAD_BYTES = 200 * 1024 * 1024;

/** Lines with their reasons that are kept: what a person can look through, and far below an item's 400 KB. */
export const MAX_REJECTED = 300;
/** Characters. */
export const MAX_REASON = 200;

const Rejected = z.object({ line: z.number(), reason: z.string() });
export type Rejected = z.infer<typeof Rejected>;

/** What became of a file's entries, so many of each. */
export interface Tally {
  created: number;
  merged: number;
  /** All of them. */
  rejectedCount: number;
  /** The first `MAX_REJECTED`. */
  rejected: Rejected[];
}

/** A file that was given to be read in, and how far that has come. */
export const Import = z.object({
  id: z.string(),
  /** The file's, as the browser says it. */
  name: z.string().optional(),
  /** Of the file. */
  bytes: z.number(),
  state: z.enum(['waiting', 'reading', 'done', 'failed']),
  /** Entries that are done: where reading goes on, whatever happens. */
  entries: z.number(),
  /** Bytes that were read to get there: how far it is. */
  bytesRead: z.number(),
  created: z.number(),
  merged: z.number(),
  rejectedCount: z.number(),
  rejected: z.array(Rejected),
  startedAt: instant,
  finishedAt: instant.optional(),
  /** Of `failed`: a sentence for the person. */
  failure: z.string().optional(),
  /** Reading was given up after its tries: the page offers to try again. */
  workFailed: z.boolean().optional(),
  /** The record goes then. */
  expiresAt: instant,
});
export type Import = z.infer<typeof Import>;

/** Its state as the person sees it: a reader that was given up is a failure, until it is tried again. */
export function stateOf({ state, workFailed }: Import): Import['state'] {
  return workFailed ? 'failed' : state;
}

/** Where a file waits to be read. The user's id is in it, so that nobody can name another's. */
export function fileKey(userId: string, importId: string): string {
  return `uploads/${userId}/${importId}`;
}
