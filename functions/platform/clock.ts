/** The only place where the time is read; rules get `now` as an argument. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** `now` and a distance in milliseconds, as the stored form: RFC 3339 UTC, milliseconds always written, so text order is time order. */
export function at(now: Date, plusMs = 0): string {
  return new Date(now.getTime() + plusMs).toISOString();
}

/** Seconds since 1970, as DynamoDB's TTL wants them. */
export function epochSeconds(now: Date, plusMs = 0): number {
  return Math.floor((now.getTime() + plusMs) / SECOND);
}
