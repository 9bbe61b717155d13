import * as z from 'zod';
import { birthday, day, email, instant, line, timeZone } from '../platform/shapes.ts';

/** A phrase longer than this is a story, and matches everything a little. */
const MAX_INTEREST = 200;
/** MATCHING.md speaks of 3 to 20; the cap keeps a friend's item far below DynamoDB's 400 KB. */
export const MAX_INTERESTS = 100;

export const InterestKind = z.enum(['topic', 'ask', 'never']);
export type InterestKind = z.infer<typeof InterestKind>;

export const NewInterest = z.strictObject({
  text: line(MAX_INTEREST),
  kind: InterestKind.default('topic'),
  /** The last day an ask is good for, in the user's zone. */
  until: day.optional(),
  /** When and where the user learned it, in the user's words. Private. */
  heard: line(200).optional(),
});

/** `topic`: they like it. `ask`: they look for it, until a day. `never`: do not send this. */
export const Interest = NewInterest.extend({ id: z.string(), addedAt: instant });
export type Interest = z.infer<typeof Interest>;

const interests = z
  .array(z.union([line(MAX_INTEREST).transform((text) => ({ text, kind: 'topic' as const })), NewInterest]))
  .max(MAX_INTERESTS, `must be at most ${MAX_INTERESTS}`);

export const NewFriend = z.strictObject({
  name: line(100),
  email: email.optional(),
  timeZone: timeZone.optional(),
  birthday: birthday.optional(),
  groups: z.array(line(60)).max(20).optional(),
  interests: interests.default([]),
});
export type NewFriend = z.infer<typeof NewFriend>;

/** `null` takes the field away; an interest with an `id` is kept as it was learned. */
export const FriendPatch = z.strictObject({
  name: line(100).optional(),
  email: email.nullable().optional(),
  timeZone: timeZone.optional(),
  birthday: birthday.nullable().optional(),
  groups: z.array(line(60)).max(20).optional(),
  interests: z
    .array(
      z.union([
        line(MAX_INTEREST).transform((text) => ({ text, kind: 'topic' as const })),
        NewInterest.extend({ id: z.string().optional(), addedAt: instant.optional() }),
      ]),
    )
    .max(MAX_INTERESTS, `must be at most ${MAX_INTERESTS}`)
    .optional(),
});
export type FriendPatch = z.infer<typeof FriendPatch>;

/** A person the user cares about. Has no account. */
export const Friend = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().optional(),
  timeZone: z.string(),
  birthday: z.string().optional(),
  groups: z.array(z.string()),
  interests: z.array(Interest),
  version: z.number(),
  createdAt: instant,
  /** When the last note to them left. */
  lastWroteAt: instant.optional(),
  /** The look-back over the library was given up: the friend's page offers to try again. */
  workFailed: z.boolean().optional(),
});
export type Friend = z.infer<typeof Friend>;

/** Whether an interest still counts on this day (`YYYY-MM-DD`): an ask ends with its day. */
export function isCurrent(interest: Pick<Interest, 'kind' | 'until'>, today: string): boolean {
  return interest.until === undefined || interest.until >= today;
}
