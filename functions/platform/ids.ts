import { createHash, randomBytes } from 'node:crypto';
import { decodeTime, encodeTime, monotonicFactory, TIME_LEN } from 'ulid';

/** What an id is of: a log line that shows an id shows its kind. */
export type IdPrefix = 'usr' | 'frd' | 'int' | 'art' | 'nte' | 'att' | 'mail' | 'imp' | 'tch';

const ulid = monotonicFactory();

/** A prefixed ULID, `art_01JD…`: unique, and in order of creation within a kind. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${ulid()}`;
}

/** Crockford's base 32, as ULIDs are written. */
const BASE32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * The id that this seed has at this time, the same whenever it is asked for: what is done again finds what it made
 * before. Its 80 bits are a digest's, so two seeds do not meet; in order of `time` among the others of its kind.
 */
export function idOf(prefix: IdPrefix, seed: string, time: Date): string {
  const bits = createHash('sha256').update(seed).digest();
  const chars = Array.from({ length: 16 }, (_, place) => {
    const from = place * 5;
    const pair = bits.readUInt16BE(from >> 3);
    return BASE32[(pair >> (11 - (from & 7))) & 31];
  });
  return `${prefix}_${encodeTime(time.getTime(), TIME_LEN)}${chars.join('')}`;
}

/** When an id was made, to the millisecond. */
export function timeOf(id: string): Date {
  return new Date(decodeTime(id.slice(id.indexOf('_') + 1)));
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
