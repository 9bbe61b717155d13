import type { Child } from 'hono/jsx';
import type { Friend } from '../../friends/friend.ts';
import { MAX_TEXT } from '../../notes/note.ts';
import type { Frame, LetterDraft, NoteView } from '../views.ts';
import { siteOf, TitleLink } from './clipping.tsx';
import { Wrong } from './field.tsx';
import { Icon } from './icons.tsx';
import { Postmark } from './stamp.tsx';
import { Name, Text } from './text.tsx';
import {
  birthdayWords,
  cityOf,
  clock,
  dayMonth,
  daysToBirthday,
  isNight,
  tomorrowAtNine,
  untilBirthday,
} from './when.ts';
import { callName, folded, sendAnyway } from './words.ts';

/** Shown while this friend is the chosen one of several (`data-n`), see the style sheet. At most six on one sheet. */
export const forFriend = (n: number, among: number): string | undefined =>
  among > 1 ? `is is-n${n}` : undefined;

/** Ruled lines: their number is the only hint at the length. No placeholder, ever: the words are the user's. */
export function NoteBox({
  id,
  name = 'text',
  friend,
  text,
  error,
  rows = 3,
  required = true,
  autofocus = false,
}: {
  id: string;
  name?: string;
  friend?: Friend | undefined;
  text?: string | undefined;
  error?: string | undefined;
  rows?: number;
  required?: boolean;
  autofocus?: boolean;
}) {
  return (
    <div class="note">
      <label for={id}>
        Your note
        {friend && (
          <>
            {' '}
            to <Name>{callName(friend.name)}</Name>
          </>
        )}
      </label>{' '}
      <small id={`${id}-hint`}>One or two sentences. Only you write here.</small>
      <textarea
        id={id}
        name={name}
        rows={rows}
        maxlength={MAX_TEXT}
        required={required}
        autofocus={autofocus}
        dir="auto"
        aria-describedby={error ? `${id}-hint ${id}-wrong` : `${id}-hint`}
        aria-invalid={error ? 'true' : undefined}
      >
        {/* A browser drops one line end right after the tag. */}
        {text && /^\r?\n/.test(text) ? `\n${text}` : text}
      </textarea>
      <Wrong id={id} error={error} />
    </div>
  );
}

/** The user's words, as they were written; a long letter is folded. */
export function Words({ text }: { text: string }) {
  const { head, rest } = folded(text);
  if (rest === undefined) {
    return (
      <p class="inked words" dir="auto">
        {text}
      </p>
    );
  }
  // One direction for both parts: the first strong letter of all.
  return (
    <div class="inked words" dir="auto">
      <p>
        {head}
        <span class="cut"> …</span>
      </p>
      <details class="rest">
        <summary>
          The rest<span class="vh"> of this letter</span>
        </summary>
        <p>{rest}</p>
      </details>
    </div>
  );
}

/** What a note says, and with which article. */
export function NoteWords({ view: { note, article } }: { view: NoteView }) {
  const site = article && siteOf(article);
  return (
    <>
      <Words text={note.text} />
      {article && (
        <p class="src with">
          with <TitleLink article={article} />
          {site && (
            <>
              , <Name>{site}</Name>
            </>
          )}
        </p>
      )}
    </>
  );
}

/** The moment still open, as dashed postmarks: the one of the chosen radio shows. */
export function MomentMarks({
  frame,
  friend,
  friends,
}: {
  frame: Frame;
  friend: Friend;
  /** All it is offered to: where one of them has no birthday ahead, the letter has no such choice to hide the mark. */
  friends: readonly Friend[];
}) {
  const { now } = frame;
  const { timeZone: zone, birthday } = friend;
  const offersBirthday = friends.every((one) => birthdayAhead(one, now));
  const city = cityOf(zone);
  return (
    <>
      <Postmark class="is is-surprise" city={city} word="In daylight" over="within" middle="7 days" />
      <Postmark
        class="is is-now"
        city={city}
        word="Now"
        over={dayMonth(now, zone, true)}
        middle={clock(now, zone)}
      />
      <Postmark class="is is-at" city={city} word="Your time" over="the hour" middle="you say" />
      {birthday && offersBirthday && (
        <Postmark
          class="is is-birthday"
          city={city}
          word="Birthday"
          over={birthdayWords(birthday, true)}
          middle="09:30"
        />
      )}
    </>
  );
}

function Surprise({ friend: { timeZone, apartDays } }: { friend: Friend }) {
  return (
    <>
      Hallway picks an hour when it is day in {cityOf(timeZone)}, within seven days
      {apartDays !== undefined && `, or later: ${apartDays} days after your last letter`}. You can look it up
      under Notes.
    </>
  );
}

function Now({ friend, now }: { friend: Friend; now: Date }) {
  const { timeZone: zone } = friend;
  return (
    <>
      It leaves in a moment, and until then you can take it back.
      {isNight(now, friend) &&
        ` It is ${clock(now, zone)} in ${cityOf(zone)}: the letter would arrive at night.`}
    </>
  );
}

/** The next one: on the day itself that is a year away. */
function birthdayAhead(friend: Friend, now: Date): boolean {
  return friend.birthday !== undefined && daysToBirthday(friend.birthday, now, friend.timeZone) > 0;
}

function Birthday({ friend, now }: { friend: Friend; now: Date }) {
  if (!friend.birthday) return null;
  return (
    <>
      {birthdayWords(friend.birthday)}, at half past nine in {cityOf(friend.timeZone)}. That is{' '}
      {untilBirthday(friend.birthday, now, friend.timeZone)}.
    </>
  );
}

/** What `moment` can say. */
type Choice = LetterDraft['moment'] | 'keep';

interface MomentsProps {
  /** Unique on the page. */
  id: string;
  frame: Frame;
  /** Everybody this letter could go to. */
  friends: readonly Friend[];
  moment?: Choice;
  /** In an edit: the words for leaving the moment as it is (`keep`). */
  keep?: string | undefined;
  at?: string | undefined;
  error?: string | undefined;
}

/** When it should leave: fields `moment` and `at`, a wall time where the friend is. Birthday only if all have one. */
export function Moments({ id, frame, friends, moment = 'surprise', keep, at, error }: MomentsProps) {
  const { now } = frame;
  const [first] = friends;
  const one = friends.length === 1 ? first : undefined;
  const birthdays = friends.length > 0 && friends.every((friend) => birthdayAhead(friend, now));
  const chosen = moment === 'birthday' && !birthdays ? 'surprise' : moment;
  const choices: [Choice, Child][] = [
    ...(keep ? [['keep', keep] as [Choice, Child]] : []),
    [
      'surprise',
      one ? (
        <>
          Surprise <Name>{callName(one.name)}</Name>
        </>
      ) : (
        'Surprise them'
      ),
    ],
    ['now', 'Now'],
    ['at', 'At a time'],
  ];
  if (birthdays)
    choices.push(['birthday', one?.birthday ? `Birthday, ${birthdayWords(one.birthday, true)}` : 'Birthday']);
  /** The same line for each friend: the one of the chosen friend shows. */
  const each = (line: (friend: Friend) => Child) =>
    friends.map((friend, n) => <span class={forFriend(n, friends.length)}>{line(friend)}</span>);
  return (
    <fieldset class="moments">
      <legend>When should it leave?</legend>
      <div class="opts">
        {choices.map(([value, label]) => (
          <label>
            <input type="radio" name="moment" value={value} checked={value === chosen} /> <span>{label}</span>
          </label>
        ))}
      </div>
      <p class="say pencil is is-surprise">
        {each((friend) => (
          <Surprise friend={friend} />
        ))}
      </p>
      <p class="say pencil is is-now">
        {each((friend) => (
          <Now friend={friend} now={now} />
        ))}
      </p>
      <div class="say is is-at">
        <div class="field">
          <label for={`${id}-at`}>
            Day and time{' '}
            {one ? (
              <>
                in {cityOf(one.timeZone)}, where <Name>{callName(one.name)}</Name> is
              </>
            ) : (
              'where they are'
            )}
          </label>
          <input
            id={`${id}-at`}
            type="datetime-local"
            name="at"
            value={at || (first && tomorrowAtNine(now, first.timeZone))}
            aria-invalid={error ? 'true' : undefined}
            aria-describedby={error ? `${id}-at-wrong` : undefined}
          />
          <Wrong id={`${id}-at`} error={error} />
        </div>
      </div>
      {birthdays && (
        <p class="say pencil is is-birthday">
          {each((friend) => (
            <Birthday friend={friend} now={now} />
          ))}
        </p>
      )}
    </fieldset>
  );
}

/** What is asked before it is sealed, and that it was: sent once more as it is, the form is the answer. */
export function Asks({ id, draft }: { id: string; draft: LetterDraft | undefined }) {
  const { asks = [], asked = [] } = draft ?? {};
  return (
    <>
      {asks.length > 0 && (
        <div class="asks pencil" id={`${id}-asks`} role="alert">
          {asks.map(({ said }) => (
            <p>
              <Text>{said}</Text>
            </p>
          ))}
        </div>
      )}
      {[...asked, ...asks.map(({ key }) => key)].map((key) => (
        <input type="hidden" name="asked" value={key} />
      ))}
    </>
  );
}

/** Of a letter that mail can carry: the button that seals it, and the one that shows what will arrive. */
export function SealButton({
  id,
  draft,
  class: more,
}: {
  id: string;
  draft: LetterDraft | undefined;
  class?: string | undefined;
}) {
  const asks = draft?.asks ?? [];
  return (
    <button
      type="submit"
      class={['btn', more].filter(Boolean).join(' ')}
      name="do"
      value="seal"
      aria-describedby={asks.length > 0 ? `${id}-asks` : undefined}
      autofocus={asks.length > 0}
    >
      <Icon name="envelope" />
      {sendAnyway(asks, (draft?.chosen.length ?? 0) > 1)}
    </button>
  );
}

export function PreviewButton({ class: more }: { class?: string | undefined }) {
  return (
    <button type="submit" class={['lnk', more].filter(Boolean).join(' ')} name="do" value="preview">
      See the letter
    </button>
  );
}

/** Seal, or send it by one's own hand; without an address only the second, and why. */
export function SealActions({
  id,
  friends,
  draft,
  children,
}: {
  id: string;
  friends: readonly Friend[];
  draft: LetterDraft | undefined;
  children?: Child;
}) {
  const reachable = friends.length === 0 || friends.some((friend) => friend.email);
  const without = friends.filter((friend) => !friend.email);
  const byMail = without.map((friend) => `not-n${friends.indexOf(friend)}`).join(' ');
  return (
    <>
      {without.map((friend) => (
        <p
          class={['say', 'pencil', forFriend(friends.indexOf(friend), friends.length)]
            .filter(Boolean)
            .join(' ')}
        >
          Hallway has no address for <Name>{callName(friend.name)}</Name>, so this one goes by your own hand.{' '}
          <a href={`/friends/${encodeURIComponent(friend.id)}#details`}>Add an address</a>
        </p>
      ))}
      <Asks id={id} draft={draft} />
      <p class="acts">
        {reachable && (
          <>
            <SealButton id={id} draft={draft} class={byMail} />
            <PreviewButton class={byMail} />
          </>
        )}
        <button type="submit" class={reachable ? 'lnk' : 'btn'} name="do" value="myself">
          I’ll send it myself
        </button>
        {children}
      </p>
    </>
  );
}

/** Words of the form's own, at its end: what is not right and belongs to no single field. */
export function FormError({ children }: { children: string | undefined }) {
  if (!children) return null;
  return (
    <p class="wrong" role="alert">
      <Text>{children}</Text>
    </p>
  );
}
