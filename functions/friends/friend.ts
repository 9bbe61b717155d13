import * as z from 'zod';
import { birthday, day, email, instant, line, timeZone } from '../platform/shapes.ts';

/** A phrase longer than this is a story, and matches everything a little. */
const MAX_INTEREST = 200;
/** A friend has 3 to 20 as a rule; the cap keeps their item far below DynamoDB's 400 KB. */
export const MAX_INTERESTS = 100;

/** One line: where and when it was heard. */
export const MAX_HEARD = 200;

export const InterestKind = z.enum(['topic', 'ask', 'never'], 'must be topic, ask or never');
export type InterestKind = z.infer<typeof InterestKind>;

const interestFields = z.strictObject({
  text: line(MAX_INTEREST),
  kind: InterestKind.default('topic'),
  /** The last day an ask is good for (UTC). */
  until: day.optional(),
  /** When and where the user learned it, in the user's words. Private. */
  heard: line(MAX_HEARD).optional(),
});

const ONLY_ASKS_END = { path: ['until'], message: 'is only for an ask' };
const endsRightly = (interest: { kind: InterestKind; until?: string | undefined }) =>
  interest.until === undefined || interest.kind === 'ask';

/** `topic`: they like it. `ask`: they look for it, until a day. `never`: do not send this. */
export const NewInterest = interestFields.refine(endsRightly, ONLY_ASKS_END);
export const Interest = interestFields.extend({ id: z.string(), addedAt: instant });
export type Interest = z.infer<typeof Interest>;

/** A phrase alone is a topic. */
const topic = line(MAX_INTEREST).transform((text) => ({ text, kind: 'topic' as const }));

function listOf<Shape extends z.ZodType>(shape: Shape) {
  return z.array(z.union([topic, shape])).max(MAX_INTERESTS, `must be at most ${MAX_INTERESTS}`);
}

// `abort`: how long a day is that begins at no time is not asked.
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day, like 08:30', abort: true });

/** Minutes since midnight, of a time of day such as `08:30`. */
export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** A surprise is one of many moments: with fewer hours than this to come in, it would be expected. */
const LEAST_WAKING_HOURS = 4;
const isLongEnough = (from: string, to: string) => minutesOf(to) - minutesOf(from) >= LEAST_WAKING_HOURS * 60;

/** When a friend is awake, by the clock where they are: `{"from":"07:00","to":"22:00"}`. `to` is no part of it. */
export const WakingHours = z
  .strictObject({
    from: timeOfDay,
    to: timeOfDay,
    /** On Saturday and Sunday; `from`, if not said. */
    weekendFrom: timeOfDay.optional(),
  })
  .refine(({ from, to }) => isLongEnough(from, to), {
    path: ['to'],
    message: `must be at least ${LEAST_WAKING_HOURS} hours after waking, on the same day`,
  })
  .refine(({ weekendFrom, to }) => weekendFrom === undefined || isLongEnough(weekendFrom, to), {
    path: ['weekendFrom'],
    message: `must be at least ${LEAST_WAKING_HOURS} hours before the end of the day`,
  });
export type WakingHours = z.infer<typeof WakingHours>;

/** When a friend is awake of whom nothing else is said. */
export const USUAL_HOURS = { from: '08:30', to: '20:30', weekendFrom: '09:30' } as const;

/** Days between a surprise and the user's other notes to a friend who asked for fewer. */
export const LESS_OFTEN_DAYS = 30;

export const NewFriend = z.strictObject({
  name: line(100),
  email: email.optional(),
  timeZone: timeZone.optional(),
  wakingHours: WakingHours.optional(),
  birthday: birthday.optional(),
  groups: z.array(line(60)).max(20).optional(),
  interests: listOf(NewInterest).default([]),
});
export type NewFriend = z.infer<typeof NewFriend>;

/** `null` takes the field away; an interest with an `id` is kept as it was learned. */
export const FriendPatch = z.strictObject({
  name: line(100).optional(),
  email: email.nullable().optional(),
  timeZone: timeZone.optional(),
  wakingHours: WakingHours.nullable().optional(),
  birthday: birthday.nullable().optional(),
  groups: z.array(line(60)).max(20).optional(),
  interests: listOf(
    interestFields
      .extend({ id: z.string().optional(), addedAt: instant.optional() })
      .refine(endsRightly, ONLY_ASKS_END),
  ).optional(),
});
export type FriendPatch = z.infer<typeof FriendPatch>;

/** What the answers to suggestions say of one interest (`matching/learning.ts`). Private to the user. */
export const Learned = z.object({
  /** Logits, as they stood at `at`; halved with time since. */
  sum: z.number(),
  at: instant,
  /** Letters written on it. */
  accepted: z.number(),
  /** Articles set aside. */
  dismissed: z.number(),
});
export type Learned = z.infer<typeof Learned>;

/** A person the user cares about. Has no account. */
export const Friend = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().optional(),
  timeZone: z.string(),
  /** `USUAL_HOURS`, if not said. */
  wakingHours: WakingHours.optional(),
  /** Days between a surprise and the user's other notes to them: set when they ask for fewer. */
  apartDays: z.number().int().min(1).max(365).optional(),
  birthday: z.string().optional(),
  groups: z.array(z.string()),
  interests: z.array(Interest),
  /** Each interest that was merged into another, by its id: what is learned of it counts there. */
  merged: z.record(z.string(), z.string()).optional(),
  /** Until when the answers about an interest do not count, by its id: the user had them forgotten. */
  forgotten: z.record(z.string(), instant).optional(),
  /** By interest id. Derived from the answers to suggestions, and kept here so that matching reads it with the friend. */
  learned: z.record(z.string(), Learned).optional(),
  version: z.number(),
  createdAt: instant,
  /** When the last note to them left. */
  lastWroteAt: instant.optional(),
  /** SES's ids of the last letters to them, oldest first: the next one follows these in a mail program. */
  thread: z.array(z.string()).optional(),
  /** The look-back over the library was given up: the friend's page offers to try again. */
  workFailed: z.boolean().optional(),
});
export type Friend = z.infer<typeof Friend>;

/** What a phrase is about, before the first pause: "trail running, the muddy kind" is about trail running. */
export function subjectOf(phrase: string): string {
  const pause = phrase.search(/[,;:(]\s|\s[(–—-]/);
  return pause > 0 ? phrase.slice(0, pause) : phrase;
}

/** Whether an interest still counts on this day (`YYYY-MM-DD`): an ask ends with its day. */
export function isCurrent(interest: Pick<Interest, 'until'>, today: string): boolean {
  return interest.until === undefined || interest.until >= today;
}

/** The last moment of the ask that ends first (RFC 3339 UTC); undefined if none of these will. */
export function nextEnd(interests: readonly Pick<Interest, 'until'>[], today: string): string | undefined {
  const [first] = interests.flatMap(({ until }) => (until && until >= today ? [until] : [])).sort();
  return first && `${first}T23:59:59.999Z`;
}
