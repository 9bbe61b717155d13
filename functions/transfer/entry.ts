/**
 * One thing in a file that is imported, as its line says it: not yet checked against what the rooms take. `line` counts
 * from 1 and is where the thing starts.
 */
export type Entry =
  | { line: number; article: ArticleEntry }
  | { line: number; friend: FriendEntry }
  /** From an export of ours: restored as it was. */
  | { line: number; record: unknown }
  /** Cannot be read, and why, for the person whose file it is. Stops nothing. */
  | { line: number; reason: string };

export interface ArticleEntry {
  url: string;
  title?: string;
  /** RFC 3339 UTC. */
  savedAt?: string;
  /** Labels; folders of bookmarks too. */
  tags?: string[];
  /** What the user marked or wrote about it: a bookmark's description, a highlight. */
  selection?: string;
}

export interface FriendEntry {
  name: string;
  email?: string;
  /** Further ones, by which they are known again; `email` alone is kept. */
  otherEmails?: string[];
  /** `YYYY-MM-DD`, or `--MM-DD` without the year. */
  birthday?: string;
  /** IANA zone. */
  timeZone?: string;
  groups?: string[];
}
