import { createHash, randomBytes } from 'node:crypto';
import { monotonicFactory } from 'ulid';

/** What an id is of: a log line that shows an id shows its kind. */
export type IdPrefix = 'usr' | 'frd' | 'int' | 'art' | 'nte' | 'att' | 'mail';

const ulid = monotonicFactory();

/** A prefixed ULID, `art_01JD…`: unique, and in order of creation within a kind. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${ulid()}`;
}

/** The shape of an id of this kind; anything else cannot name a stored thing. */
export function isId(prefix: IdPrefix, value: string): boolean {
  return (
    value.startsWith(`${prefix}_`) && /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(value.slice(prefix.length + 1))
  );
}

/** 256 random bits, base64url: for sessions, sign-in links and API tokens. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token. A random token of 256 bits needs no salt and no slow hash. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** A short stable name for a long value, as a key of the table (not a secret). */
export function digest(value: string): string {
  return createHash('sha256').update(value).digest('base64url').slice(0, 27);
}
