import { type Friend, type Interest, isCurrent } from '../friends/friend.ts';
import { findEvidence } from './evidence.ts';
import type { Reason } from './suggestion.ts';
import { type Term, terms } from './terms.ts';

/** What a word counts by where it stands. */
const IN_TITLE = 2;
const IN_LEAD = 1;
const IN_BODY = 0.5;
/** Characters of the text that count as its lead. */
const LEAD = 400;

/** As if this many interests of other people were known: so that a word's rarity means something in a small circle. */
const OTHER_INTERESTS = 200;

/** The share of a word beside an interest's subject. */
const MORE = 0.4;

/** A friend's second interest counts, too, but less. */
const SECOND = 0.3;

/**
 * Below this an article is suggested to nobody: a rare word must stand in the title, or in the lead and again below.
 * Chosen on two sets of tagged articles that are not part of the project.
 */
export const THRESHOLD = 3.6;

/** An article as matching sees it: its words with their weight, and where they stand. */
export interface EncodedArticle {
  title: string;
  text: string;
  weights: Map<string, number>;
}

/** A friend as matching sees them. */
export interface EncodedFriend {
  friend: Friend;
  interests: EncodedInterest[];
}

interface EncodedInterest {
  interest: Interest;
  /** What it is about: "trail running, the muddy kind" is about trail running. */
  subject: string[];
  /** What else it says: an article that has these words, too, speaks to it all the more. */
  more: string[];
}

export interface Ranked {
  friend: Friend;
  /** 0 to 1. */
  score: number;
  reasons: Reason[];
}

export function encodeArticle(title: string, text: string): EncodedArticle {
  const weights = new Map<string, number>();
  const add = (stem: string, weight: number) => weights.set(stem, (weights.get(stem) ?? 0) + weight);
  for (const stem of stemsOf(terms(title))) add(stem, IN_TITLE);
  const counts = new Map<string, number>();
  for (const term of terms(text)) {
    const seen = counts.get(term.stem) ?? 0;
    counts.set(term.stem, seen + 1);
    if (seen === 0 && term.start < LEAD) add(term.stem, IN_LEAD);
  }
  // The second time a word comes says less than the first, the tenth nothing.
  for (const [stem, count] of counts) add(stem, (IN_BODY * 2 * count) / (count + 1));
  return { title, text, weights };
}

/** `today` (`YYYY-MM-DD`): an ask that has ended does not count. */
export function encodeFriend(friend: Friend, today: string): EncodedFriend {
  const interests = friend.interests
    .filter((interest) => isCurrent(interest, today))
    .map((interest) => ({ interest, ...wordsOf(interest.text) }))
    .filter(({ subject }) => subject.length > 0);
  return { friend, interests };
}

/** The words before the first pause, and those after it. */
function wordsOf(phrase: string): { subject: string[]; more: string[] } {
  const found = terms(phrase);
  const pause = phrase.search(/[,;:(]\s|\s[(–—-]/);
  const subjectEnds = pause > (found[0]?.start ?? 0) ? pause : phrase.length;
  const subject = stemsOf(found.filter(({ start }) => start < subjectEnds));
  return { subject, more: stemsOf(found).filter((stem) => !subject.includes(stem)) };
}

/**
 * How rare each word is among all interests of these friends. By the root of its count: what a whole circle of friends
 * cares about is not a stop word.
 */
export function rarity(friends: EncodedFriend[]): (stem: string) => number {
  const count = new Map<string, number>();
  let all = OTHER_INTERESTS;
  for (const { interests } of friends) {
    for (const { subject, more } of interests) {
      all++;
      for (const stem of [...subject, ...more]) count.set(stem, (count.get(stem) ?? 0) + 1);
    }
  }
  return (stem) => Math.log(1 + all / (Math.sqrt(count.get(stem) ?? 0) + 0.5));
}

/**
 * How much an article speaks to an interest, from 0: the share of the subject's words that it has, squared, times
 * their weight and rarity.
 */
function speaksTo(
  article: EncodedArticle,
  { subject, more }: EncodedInterest,
  idf: (stem: string) => number,
): number {
  let all = 0;
  let covered = 0;
  let weighted = 0;
  for (const stem of subject) {
    const rare = idf(stem);
    const weight = article.weights.get(stem) ?? 0;
    all += rare;
    covered += weight > 0 ? rare : 0;
    weighted += rare * weight;
  }
  for (const stem of more) weighted += MORE * idf(stem) * (article.weights.get(stem) ?? 0);
  return all === 0 ? 0 : ((covered / all) ** 2 * weighted) / Math.sqrt(all);
}

/**
 * The friends an article could be for, best first; empty when nobody fits. A friend whose `never` it speaks to is left
 * out. Ties keep the order of `friends`.
 */
export function rank(
  article: EncodedArticle,
  friends: EncodedFriend[],
  idf: (stem: string) => number,
): Ranked[] {
  const found: (Ranked & { strength: number })[] = [];
  for (const { friend, interests } of friends) {
    const speaking = interests
      .map((encoded) => ({ ...encoded, strength: speaksTo(article, encoded, idf) }))
      .filter(({ strength }) => strength > 0)
      .sort((a, b) => b.strength - a.strength);
    if (speaking.some(({ interest, strength }) => interest.kind === 'never' && strength >= THRESHOLD))
      continue;
    const wished = speaking.filter(({ interest }) => interest.kind !== 'never');
    const best = wished[0];
    if (!best || best.strength < THRESHOLD) continue;
    const reasons = wished
      .filter(({ strength }) => strength >= THRESHOLD)
      .slice(0, 2)
      .map(({ interest, subject, more }) => reason(article, interest, [...subject, ...more], idf));
    const strength = best.strength + SECOND * (wished[1]?.strength ?? 0);
    found.push({ friend, strength, score: scoreOf(strength), reasons });
  }
  return found.sort((a, b) => b.strength - a.strength).map(({ strength: _, ...ranked }) => ranked);
}

/** Strength on the scale of the API: half at twice the threshold. */
function scoreOf(strength: number): number {
  return Math.round((1000 * strength) / (strength + 2 * THRESHOLD)) / 1000;
}

function reason(
  article: EncodedArticle,
  interest: Interest,
  stems: string[],
  idf: (stem: string) => number,
): Reason {
  return {
    interestId: interest.id,
    interest: interest.text,
    kind: interest.kind,
    evidence: findEvidence(article, stems, idf),
    ...(interest.heard && { heard: interest.heard }),
  };
}

function stemsOf(found: Term[]): string[] {
  return [...new Set(found.map((term) => term.stem))];
}
