import { type Friend, type Interest, isCurrent } from '../friends/friend.ts';
import type { ArticleForm, InterestForm } from './encode.ts';
import { logitOf, type Reader, reader, sigmoid, signsOf } from './score.ts';

/** A friend's second interest counts, too, but less. */
const SECOND = 1.5;

/**
 * What hundreds of interests take: of articles that fit nobody, 1 to 4 in 100 are then suggested to somebody
 * (`test/bench/RESULTS.md`).
 */
const THRESHOLD = 2.2;
/** Interests from which on more of them make no difference. */
export const MOST_AMONG = 300;
/** Less for each time `e` as few. Fitted on circles of 5 to 200 friends. */
const FOR_FEWER = 0.4;
const LEAST_THRESHOLD = 1;

/**
 * The logit below which an article is suggested to nobody. The more interests it is held against, the more are near it
 * by accident; beyond some hundreds they say the same again.
 */
export function thresholdFor(interests: number): number {
  const fewer = Math.log(MOST_AMONG / Math.max(1, interests));
  return between(LEAST_THRESHOLD, THRESHOLD - FOR_FEWER * fewer, THRESHOLD);
}

/** How many interests a circle of friends has. */
export function interestsOf(friends: readonly { interests: readonly unknown[] }[]): number {
  return friends.reduce((sum, { interests }) => sum + interests.length, 0);
}

/** A `never` is obeyed when it is as likely as not that the article speaks to it: a wrong silence costs little. */
const NEVER = 1;

/** Somebody who asked comes before anybody who would merely like it. */
const ASKED = 4;

/** What was learned about an interest moves its logit within these. */
const LEAST_LEARNED = -1.5;
const MOST_LEARNED = 1;

export interface KnownInterest {
  interest: Interest;
  form: InterestForm;
  /** What thanks and dismissals have taught, in logits; 0 if nothing. */
  learned?: number;
  /** How much it was used lately, 0 to 1: lowers the place of a friend, not whether they are suggested. */
  tired?: number;
}

export interface KnownFriend {
  friend: Friend;
  interests: KnownInterest[];
}

/** An interest that the article speaks to, and how much. */
export interface Speaks {
  interest: Interest;
  form: InterestForm;
  logit: number;
}

export interface Match {
  friend: Friend;
  /** 0 to 1; matches are in its order. */
  score: number;
  /** Strongest first, at most three; what they say in the article is found by `evidenceFor`. */
  reasons: Speaks[];
}

export interface Matches {
  /** Best first; empty when nobody fits. */
  fits: Match[];
  /** Whom it would fit, but who never want it. */
  blocked: { friend: Friend; never: Speaks }[];
}

const MOST_REASONS = 3;

/** So far below the threshold an interest is no reason, though it may be the second that tips the scales. */
const WORTH_SAYING = SECOND;

/** What an article is to one friend. */
export interface Weighed {
  /** Logit of the strongest interest, with something for the second; -Infinity without any interest. */
  strength: number;
  tired: number;
  wished: Speaks[];
  never: Speaks | undefined;
}

export function weigh(read: Reader, { interests }: KnownFriend, today: string, threshold: number): Weighed {
  const wished: Speaks[] = [];
  let never: Speaks | undefined;
  let best: KnownInterest | undefined;
  let first = Number.NEGATIVE_INFINITY;
  let second = Number.NEGATIVE_INFINITY;
  for (const known of interests) {
    const { interest, form } = known;
    if (!isCurrent(interest, today)) continue;
    const said = logitOf(signsOf(read, form), form, read.article);
    // "Not interested in football" was meant as one, whatever it was saved as.
    if (interest.kind === 'never' || form.against) {
      if (said >= NEVER && said > (never?.logit ?? 0)) never = { interest, form, logit: said };
      continue;
    }
    const learned = between(LEAST_LEARNED, known.learned ?? 0, MOST_LEARNED);
    const asked = interest.kind === 'ask' && said + learned >= threshold ? ASKED : 0;
    const logit = said + learned + asked;
    if (logit >= threshold - WORTH_SAYING) wished.push({ interest, form, logit });
    if (logit > first) {
      second = first;
      first = logit;
      best = known;
    } else if (logit > second) second = logit;
  }
  return {
    strength: first + SECOND * sigmoid(second),
    tired: between(0, best?.tired ?? 0, 1),
    wished,
    never,
  };
}

function between(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/**
 * Who an article is for. `today` (`YYYY-MM-DD`): an ask that has ended does not count. `among`: the interests of all the
 * user's friends, if these are not all. Ties keep the friends' order.
 */
export function matchFriends(
  article: ArticleForm,
  friends: KnownFriend[],
  today: string,
  among = interestsOf(friends),
): Matches {
  const threshold = thresholdFor(among);
  const read = reader(article);
  const fits: Match[] = [];
  const blocked: Matches['blocked'] = [];
  for (const known of friends) {
    const { strength, tired, wished, never } = weigh(read, known, today, threshold);
    if (strength < threshold) continue;
    if (never) {
      blocked.push({ friend: known.friend, never });
      continue;
    }
    const reasons = wished.sort((a, b) => b.logit - a.logit).slice(0, MOST_REASONS);
    fits.push({ friend: known.friend, score: sigmoid(strength - tired), reasons });
  }
  fits.sort((a, b) => b.score - a.score);
  return { fits, blocked };
}
