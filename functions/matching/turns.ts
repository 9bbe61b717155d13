import type { Friend } from '../friends/friend.ts';
import { DAY } from '../platform/clock.ts';
import { HALF_LIFE, mergedInto } from './learning.ts';
import type { Suggestion } from './suggestion.ts';

/**
 * Letters on one interest, each fading by `HALF_LIFE`, from which on the others get their turn: three within weeks, or
 * four within a season. Two are no habit.
 */
const MANY = 2.5;
/** Letters of the last half year count, in milliseconds: longer than that nobody feels written to about one thing. */
const COUNTED = 182 * DAY;

/** Why an order is not best first. */
export interface Turn {
  /** The suggestion that was moved ahead; the ids of both things it is about. */
  articleId: string;
  friendId: string;
  /** The interest it is for, as it is written. */
  interest: string;
  /** What was written about much. */
  instead: { interest: string; letters: number; since: string };
}

type Seen = Pick<Suggestion, 'articleId' | 'friendId' | 'reasons' | 'answer'>;
type Interests = Pick<Friend, 'interests' | 'merged'>;

interface Habit {
  letters: number;
  since: string;
  weight: number;
}

/**
 * One friend's suggestions, in order, so that after many letters on one interest the others get their turn: the first
 * place, and every second after that, while there are any. Nothing is left out, and without a habit nothing moves.
 * `answered`: the friend's suggestions that letters were written on.
 */
export function takeTurns<One extends Seen>(
  waiting: readonly One[],
  answered: readonly Seen[],
  friend: Interests,
  now: Date,
): { suggestions: One[]; turn?: Turn } {
  const habits = habitsOf(answered, friend, now);
  const isHabit = (one: Seen) => habits.has(subjectOf(one, friend));
  const left = [...waiting];
  const suggestions: One[] = [];
  while (left.length > 0) {
    const last = suggestions.at(-1);
    const other = last && !isHabit(last) ? -1 : left.findIndex((one) => !isHabit(one));
    suggestions.push(...left.splice(Math.max(0, other), 1));
  }
  const place = suggestions.findIndex((one, n) => one !== waiting[n]);
  const [ahead, passed] = [suggestions[place], waiting[place]];
  const habit = passed && habits.get(subjectOf(passed, friend));
  if (!ahead || !passed || !habit) return { suggestions };
  const { letters, since } = habit;
  const turn: Turn = {
    articleId: ahead.articleId,
    friendId: ahead.friendId,
    interest: nameOf(ahead, friend),
    instead: { interest: nameOf(passed, friend), letters, since },
  };
  return { suggestions, turn };
}

/** The same for several friends in one list: each friend's suggestions keep the places they have between them. */
export function takeTurnsEach<One extends Seen>(
  waiting: readonly One[],
  answered: readonly Seen[],
  friends: readonly (Interests & Pick<Friend, 'id'>)[],
  now: Date,
): { suggestions: One[]; turns: Turn[] } {
  const turns: Turn[] = [];
  const queues = new Map<string, One[]>();
  for (const friend of friends) {
    const theirs = ({ friendId }: Seen) => friendId === friend.id;
    const taken = takeTurns(waiting.filter(theirs), answered.filter(theirs), friend, now);
    queues.set(friend.id, taken.suggestions);
    if (taken.turn) turns.push(taken.turn);
  }
  return { suggestions: waiting.map((one) => queues.get(one.friendId)?.shift() ?? one), turns };
}

/** The interests that were written about much, by their id. */
function habitsOf(answered: readonly Seen[], friend: Interests, now: Date): Map<string, Habit> {
  const habits = new Map<string, Habit>();
  for (const { answer } of answered) {
    if (!answer?.interestId || answer.said === 'not-friend' || answer.said === 'not-interest') continue;
    const age = Math.max(0, now.getTime() - Date.parse(answer.at));
    if (age > COUNTED) continue;
    const id = mergedInto(answer.interestId, friend);
    const { letters, since, weight } = habits.get(id) ?? { letters: 0, since: answer.at, weight: 0 };
    habits.set(id, {
      letters: letters + 1,
      since: answer.at < since ? answer.at : since,
      weight: weight + 0.5 ** (age / HALF_LIFE),
    });
  }
  return new Map([...habits].filter(([, { weight }]) => weight >= MANY));
}

function subjectOf({ reasons }: Seen, friend: Interests): string {
  return mergedInto(reasons[0]?.interestId ?? '', friend);
}

function nameOf(one: Seen, friend: Interests): string {
  const id = subjectOf(one, friend);
  return friend.interests.find((interest) => interest.id === id)?.text ?? one.reasons[0]?.interest ?? '';
}
