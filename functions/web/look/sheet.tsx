import type { Child } from 'hono/jsx';
import type { Article } from '../../articles/article.ts';
import { type Friend, subjectOf } from '../../friends/friend.ts';
import type { Suggestion } from '../../matching/suggestion.ts';
import type { Frame, LetterDraft, SuggestionView } from '../views.ts';
import { MAX_REASONS } from './clipping.tsx';
import { DayLine } from './day-line.tsx';
import { Wrong } from './field.tsx';
import { Icon } from './icons.tsx';
import { suggestionPath } from './lessons.tsx';
import { FormError, forFriend, MomentMarks, Moments, NoteBox, SealActions } from './letter.tsx';
import { Stamp } from './stamp.tsx';
import { Name } from './text.tsx';
import { cityOf, clock } from './when.ts';
import { callName } from './words.ts';

/** A choice among more is none; the style sheet knows as many (`is-n0` to `is-n5`). */
const MAX_CHOICE = 6;

interface LetterProps {
  frame: Frame;
  /** Everybody it could go to, best first; the user picks one. */
  friends: readonly Friend[];
  article?: Article | undefined;
  /** The page it is written on, and comes back to. */
  from: 'today' | 'article' | 'write';
  draft?: LetterDraft | undefined;
  /** If these friends were suggested: why, so that the user can say no, and to what. */
  suggestions?: readonly Suggestion[];
  autofocus?: boolean;
}

/** The head of a sheet: to whom, what hour it is there, the stamp and the moment. */
export function To({
  frame,
  friends,
  heading: Heading = 'h3',
}: {
  frame: Frame;
  friends: readonly Friend[];
  heading?: 'h1' | 'h2' | 'h3';
}) {
  const [first] = friends;
  if (!first) return null;
  const one = friends.length === 1;
  return (
    <>
      <span class="pencil">{one ? 'To' : 'To one of them'}</span>
      <Heading>
        {friends.map((friend, i) => (
          <span class={i ? 'or' : undefined}>
            {i > 0 && <span class="pencil">or </span>}
            <Name>{friend.name}</Name>
          </span>
        ))}
      </Heading>
      {one && <DayLine now={frame.now} friend={first} yours={frame.user.timeZone} />}
      <span class="post" aria-hidden="true">
        {friends.map((friend, n) => (
          <span class={['mail', forFriend(n, friends.length)].filter(Boolean).join(' ')}>
            {friend.email && <MomentMarks frame={frame} friend={friend} friends={friends} />}
            <Stamp id={friend.id} name={friend.name} />
          </span>
        ))}
      </span>
    </>
  );
}

/** The letter itself: POST /notes. */
export function LetterForm({
  frame,
  friends,
  article,
  from,
  draft,
  suggestions = [],
  autofocus = false,
}: LetterProps) {
  const id = `w-${article?.id ?? friends[0]?.id ?? 'letter'}`;
  const chosen = friends.find((friend) => draft?.chosen.includes(friend.id)) ?? friends[0];
  if (!chosen) return null;
  const errors = draft?.errors ?? {};
  const one = friends.length === 1;
  return (
    <form method="post" action="/notes">
      <FormError>{errors.form}</FormError>
      {article && <input type="hidden" name="articleId" value={article.id} />}
      <input type="hidden" name="from" value={from} />
      {one ? (
        <input type="hidden" name="friendId" value={chosen.id} />
      ) : (
        <fieldset class="pick">
          <legend class="pencil">
            A letter goes to one person. {friends.length === 2 ? 'The other stays' : 'The others stay'} on the
            desk.
          </legend>
          {friends.map((friend, n) => (
            <label>
              <input type="radio" name="friendId" value={friend.id} data-n={n} checked={friend === chosen} />{' '}
              <span>
                <Name>{friend.name}</Name>{' '}
                <small>
                  {clock(frame.now, friend.timeZone)} in {cityOf(friend.timeZone)}
                </small>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <Wrong id={`${id}-friend`} error={errors.friendId} />
      <NoteBox
        id={id}
        friend={one ? chosen : undefined}
        text={draft?.texts[chosen.id]}
        error={errors.text}
        autofocus={autofocus && !draft?.asks?.length}
      />
      {friends.some((friend) => friend.email) && (
        <Moments
          id={id}
          frame={frame}
          friends={friends}
          moment={draft?.moment ?? 'surprise'}
          at={draft?.at}
          error={errors.at ?? errors.moment}
        />
      )}
      <SealActions id={id} friends={friends} draft={draft} />
      {suggestions.map((suggestion) => {
        const n = friends.findIndex(({ id }) => id === suggestion.friendId);
        const friend = friends[n];
        if (!friend) return null;
        return (
          <p class={['acts', 'quiet-acts', forFriend(n, friends.length)].filter(Boolean).join(' ')}>
            <Refuse suggestion={suggestion} value="dismiss">
              Not for <Name>{callName(friend.name)}</Name>
            </Refuse>
            {suggestion.reasons.slice(0, MAX_REASONS).map((reason) => (
              <Refuse suggestion={suggestion} value={`not-about-${reason.interestId}`}>
                Not about <Name>{subjectOf(reason.interest)}</Name>
              </Refuse>
            ))}
            <Refuse suggestion={suggestion} value="later">
              Later
            </Refuse>
          </p>
        );
      })}
    </form>
  );
}

/** A way to say no, or not yet, without a letter. */
function Refuse({ suggestion, value, children }: { suggestion: Suggestion; value: string; children: Child }) {
  return (
    <button
      type="submit"
      class="lnk"
      name="do"
      value={value}
      formaction={suggestionPath(suggestion)}
      formnovalidate
    >
      <span>{children}</span>
    </button>
  );
}

/** White paper beside a clipping, folded until it is this letter's turn. */
export function LetterSheet({
  frame,
  article,
  suggestions,
  open,
  from,
  draft,
}: {
  frame: Frame;
  article: Article;
  suggestions: readonly SuggestionView[];
  open: boolean;
  from: 'today' | 'article';
  draft?: LetterDraft | undefined;
}) {
  const friends = suggestions.slice(0, MAX_CHOICE).map(({ friend }) => friend);
  const [first] = friends;
  if (!first) return null;
  return (
    <details class="sheet letter w" open={open}>
      <summary class="to">
        <To frame={frame} friends={friends} />
        <span class="open">
          <Icon name="nib" />
          <span>
            {friends.length > 1 ? (
              'Choose and write'
            ) : (
              <>
                Write to <Name>{callName(first.name)}</Name>
              </>
            )}
          </span>
        </span>
      </summary>
      <LetterForm
        frame={frame}
        friends={friends}
        article={article}
        from={from}
        draft={draft}
        suggestions={suggestions.map(({ suggestion }) => suggestion)}
      />
    </details>
  );
}
