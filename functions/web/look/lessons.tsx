import type { Contradiction, Pair } from '../../friends/alike.ts';
import { type Friend, type Learned, subjectOf } from '../../friends/friend.ts';
import { weightOf } from '../../matching/learning.ts';
import type { Suggestion } from '../../matching/suggestion.ts';
import type { Turn } from '../../matching/turns.ts';
import type { Frame, SuggestionView } from '../views.ts';
import { number, plural } from './count.ts';
import { Name, scriptOf } from './text.tsx';
import { monthHeading, monthKey } from './when.ts';
import { callName } from './words.ts';

export const suggestionPath = ({ articleId, friendId }: Pick<Suggestion, 'articleId' | 'friendId'>): string =>
  `/suggestions/${encodeURIComponent(articleId)}/${encodeURIComponent(friendId)}`;

/** What was set aside a moment ago, and the way back. */
export function SetAsideLine({ view, from }: { view: SuggestionView; from: 'today' | 'article' }) {
  const { suggestion, article } = view;
  return (
    <form class="done" method="post" action={suggestionPath(suggestion)}>
      <input type="hidden" name="from" value={from} />
      <p class="pencil" role="status">
        <AsideWords view={view} />{' '}
        {from === 'today' && (
          <a href={`/articles/${encodeURIComponent(article.id)}`}>
            <bdi lang={scriptOf(article.title)}>{article.title}</bdi>
          </a>
        )}
      </p>
      <button type="submit" class="lnk" name="do" value="open">
        Undo
      </button>
    </form>
  );
}

function AsideWords({ view: { suggestion, friend } }: { view: SuggestionView }) {
  const { state, answer, reasons } = suggestion;
  const name = <Name>{callName(friend.name)}</Name>;
  if (state === 'later') return <>Kept for later, on {name}’s page.</>;
  const about =
    answer?.said === 'not-interest' && reasons.find(({ interestId }) => interestId === answer.interestId);
  if (!about) return <>Set aside: not for {name}.</>;
  return (
    <>
      Set aside: not about{' '}
      <q>
        <Name>{subjectOf(about.interest)}</Name>
      </q>
      . It counts for less with {name} now.
    </>
  );
}

/** Why the order is not best first: "You have written about trail running four times since May; …". */
export function TurnWords({ turn: { interest, instead }, frame }: { turn: Turn; frame: Frame }) {
  const { now, user } = frame;
  const isNew = monthKey(instead.since, user.timeZone) === monthKey(now, user.timeZone);
  const since = isNew ? 'this month' : `since ${monthHeading(instead.since, now, user.timeZone)}`;
  return (
    <>
      You have written about{' '}
      <q>
        <Name>{subjectOf(instead.interest)}</Name>
      </q>{' '}
      {plural(instead.letters, 'time')} {since};{' '}
      <q>
        <Name>{subjectOf(interest)}</Name>
      </q>{' '}
      gets its turn.
    </>
  );
}

const interestPath = (friend: Friend, interestId: string): string =>
  `/friends/${encodeURIComponent(friend.id)}/interests/${encodeURIComponent(interestId)}`;

function counted({ accepted, dismissed }: Learned): string {
  if (dismissed === 0) return `You wrote about it ${accepted === 1 ? 'once' : plural(accepted, 'time')}.`;
  if (accepted > 0) return `You set aside ${number(dismissed)} of ${number(accepted + dismissed)}.`;
  return dismissed === 1 ? 'You set one aside.' : `You set aside all ${number(dismissed)}.`;
}

/** What Hallway made of the user's answers about one interest, and the way to have it forgotten. */
export function Lesson({
  now,
  friend,
  interestId,
  learned,
}: {
  now: Date;
  friend: Friend;
  interestId: string;
  learned: Learned;
}) {
  const effect = weightOf(learned, now) < 0 ? 'It counts for less.' : 'It counts for more.';
  return (
    <form class="lesson" method="post" action={`${interestPath(friend, interestId)}/forget`}>
      <span class="pencil">
        {counted(learned)} {effect}
      </span>{' '}
      <button type="submit" class="lnk">
        Forget this
      </button>
    </form>
  );
}

/** What was forgotten a moment ago, and the way back. */
export function ForgottenLine({ friend, interestId }: { friend: Friend; interestId: string }) {
  const interest = friend.interests.find(({ id }) => id === interestId);
  if (!interest) return null;
  return (
    <form class="done" method="post" action={`${interestPath(friend, interestId)}/recall`}>
      <p class="pencil" role="status">
        Forgotten: what your answers said about{' '}
        <q>
          <Name>{subjectOf(interest.text)}</Name>
        </q>
        .
      </p>
      <button type="submit" class="lnk">
        Undo
      </button>
    </form>
  );
}

/** Two phrases that may be one: the one that stays asks. */
export function SameAs({ friend, pair: { kept, gone } }: { friend: Friend; pair: Pair }) {
  return (
    <form class="lesson" method="post" action={`${interestPath(friend, kept.id)}/merge`}>
      <input type="hidden" name="with" value={gone.id} />
      <span class="pencil">
        The same as{' '}
        <q>
          <Name>{gone.text}</Name>
        </q>
        ?
      </span>{' '}
      <button type="submit" class="lnk">
        Merge them
      </button>
    </form>
  );
}

/** A topic that one of the friend's nevers rules out. */
export function Against({ friend, never }: { friend: Friend; never: Contradiction['never'] }) {
  return (
    <p class="pencil">
      But never{' '}
      <q>
        <Name>{never.text}</Name>
      </q>
      , you wrote. That keeps articles on this away from <Name>{callName(friend.name)}</Name>.
    </p>
  );
}

/** The user's own words, as a browser offers them: once on a page that has an input with `list="phrases"`. */
export function Phrases({ phrases }: { phrases: readonly string[] }) {
  return (
    <datalist id="phrases">
      {phrases.map((phrase) => (
        <option value={phrase} />
      ))}
    </datalist>
  );
}
