import type { Child } from 'hono/jsx';
import { alikePairs, contradictions } from '../../friends/alike.ts';
import {
  type Friend,
  type Interest,
  type InterestKind,
  isCurrent,
  USUAL_HOURS,
} from '../../friends/friend.ts';
import type { Touch } from '../../ledger/touches.ts';
import { isFelt } from '../../matching/learning.ts';
import type { Turn } from '../../matching/turns.ts';
import { Source } from '../look/clipping.tsx';
import { DayLine } from '../look/day-line.tsx';
import { earlierWords } from '../look/earlier.ts';
import { Alert, Field, Wrong } from '../look/field.tsx';
import { History } from '../look/history.tsx';
import { Icon } from '../look/icons.tsx';
import { Page } from '../look/layout.tsx';
import { Against, ForgottenLine, Lesson, Phrases, SameAs, TurnWords } from '../look/lessons.tsx';
import { Rhythm } from '../look/rhythm.tsx';
import { Stamp } from '../look/stamp.tsx';
import { Name, scriptOf, Text } from '../look/text.tsx';
import { Thread } from '../look/thread.tsx';
import { ago, birthdayWords, dayKey, shortDay, untilBirthday } from '../look/when.ts';
import { callName, number, plural, sentence } from '../look/words.ts';
import { Zones } from '../look/zones.tsx';
import type { FormErrors, Frame, NoteView, SuggestionView } from '../views.ts';

const path = (friend: Friend): string => `/friends/${encodeURIComponent(friend.id)}`;

interface FriendsProps {
  frame: Frame;
  /** Longest unwritten first; `openCount`: suggestions that wait. */
  friends: { friend: Friend; openCount: number }[];
  /** The user's own words, for the form that adds one. */
  phrases?: readonly string[];
  /** Of the form that adds one: `name`, `email`, `timeZone`, `interest`, `form`. */
  errors: FormErrors;
  values?: Record<string, string> | undefined;
}

export function FriendsPage({ frame, friends, phrases = [], errors, values = {} }: FriendsProps) {
  const asked = Object.keys(errors).length > 0;
  return (
    <Page title="Friends" current="friends">
      <div class="head">
        <h1>Friends</h1>
        <p class="pencil">{friendsIntro(friends.length)}</p>
      </div>
      {friends.length > 0 && (
        <ul class="rows">
          {friends.map(({ friend, openCount }) => (
            <FriendRow frame={frame} friend={friend} openCount={openCount} />
          ))}
        </ul>
      )}
      <details class="by-hand" open={asked || friends.length === 0}>
        <summary>
          <span class="btn quiet">
            <Icon name="plus" />
            Add a friend
          </span>{' '}
          <span class="pencil">A name, an address, and one thing they care about.</span>
        </summary>
        <form class="sheet" id="add" method="post" action="/friends">
          <Alert errors={errors} />
          <div class="fields">
            <Field
              label="Name"
              name="name"
              required
              maxlength={100}
              autocomplete="off"
              dir="auto"
              value={values.name}
              error={errors.name}
            />
            <Field
              label="Email, if Hallway should send"
              name="email"
              type="email"
              autocomplete="off"
              value={values.email}
              error={errors.email}
            />
          </div>
          <div class="fields">
            <Field
              label="Time zone"
              name="timeZone"
              list="zones"
              autocomplete="off"
              value={values.timeZone ?? frame.user.timeZone}
              error={errors.timeZone}
            />
            <Field
              label="One thing they care about"
              name="interest"
              list="phrases"
              maxlength={200}
              autocomplete="off"
              dir="auto"
              value={values.interest}
              error={errors.interest}
            />
          </div>
          <p class="acts">
            <button type="submit" class="btn">
              Add
            </button>
          </p>
        </form>
      </details>
      <Phrases phrases={phrases} />
      <Zones />
    </Page>
  );
}

function friendsIntro(count: number): string {
  if (count === 0) return 'Nobody here yet.';
  if (count === 1) return 'One person. It begins like this.';
  return `${sentence(number(count))} people, the one you wrote to longest ago first.`;
}

function FriendRow({
  frame: { now, user },
  friend,
  openCount,
}: {
  frame: Frame;
  friend: Friend;
  openCount: number;
}) {
  const today = dayKey(now, user.timeZone);
  const interests = friend.interests.filter((one) => one.kind !== 'never' && isCurrent(one, today));
  const shown = interests.slice(0, 4);
  return (
    <li class="friend">
      <Stamp id={friend.id} name={friend.name} />
      <div>
        <h2 class="name">
          <a href={path(friend)}>
            <Name>{friend.name}</Name>
          </a>
        </h2>
        <p>
          <DayLine now={now} friend={friend} />
        </p>
      </div>
      <div class="more">
        {shown.length > 0 && (
          <p class="inked">
            {shown.map(({ text }, i) => (
              <>
                {i > 0 && ' '}
                <Name>{sentence(text)}</Name>.
              </>
            ))}
          </p>
        )}
        <p class="pencil">
          {interests.length === 0 && 'Nothing written down yet. '}
          {friend.lastWroteAt
            ? `Your last letter left ${ago(friend.lastWroteAt, now, user.timeZone)}.`
            : 'No letter yet.'}{' '}
          {openCount > 0 && (
            <>
              <a href={`${path(friend)}#aside`}>{sentence(plural(openCount, 'article'))}</a>{' '}
              {openCount === 1 ? 'is' : 'are'} set aside.
            </>
          )}
        </p>
      </div>
    </li>
  );
}

interface FriendProps {
  frame: Frame;
  friend: Friend;
  /** Open and later, best first, but that each interest gets its turn. */
  suggestions: SuggestionView[];
  /** Why that is not best first. */
  turn?: Turn | undefined;
  /** Newest first. */
  notes: NoteView[];
  /** What the friend said on the pages of their letters, newest first. */
  touches?: readonly Touch[];
  /** The user's own words, for a new interest. */
  phrases?: readonly string[];
  /** The interest whose answers were forgotten a moment ago. */
  forgot?: string | undefined;
  /** The form that came back: `details`, `new` or an interest's id. */
  editing?: string | undefined;
  /** What is not right: `name`, `email`, `timeZone`, `birthday`, `from`, `to`, `weekendFrom`; or `words`, `kind`, `until`, `heard`; `form`: any other. */
  errors: FormErrors;
  /** What was typed, by field. */
  values?: Record<string, string> | undefined;
}

/** What a form came back with; nothing, if it is not the one. */
interface Sent {
  errors: FormErrors;
  values?: Record<string, string> | undefined;
}

/** A field as it was typed, else as it is stored. The first that is not right is where the page opens. */
function entry(name: string, { errors, values }: Sent, stored?: string) {
  const error = errors[name];
  return { name, value: values?.[name] ?? stored, error, autofocus: error !== undefined };
}

export function FriendPage({
  frame,
  friend,
  suggestions,
  turn,
  notes,
  touches = [],
  phrases = [],
  forgot,
  editing,
  errors,
  values = {},
}: FriendProps) {
  const name = callName(friend.name);
  const sent = (form: string): Sent => (form === editing ? { errors, values } : { errors: {} });
  return (
    <Page title={friend.name} current="friends">
      {editing === undefined && <Alert errors={errors} />}
      {forgot && <ForgottenLine friend={friend} interestId={forgot} />}
      <div class="person">
        <Stamp id={friend.id} name={friend.name} big />
        <div>
          <h1>
            <Name>{friend.name}</Name>
          </h1>
          <p>
            <DayLine now={frame.now} friend={friend} yours={frame.user.timeZone} />
          </p>
          {friend.birthday && (
            <p class="now">
              <span>
                Birthday {birthdayWords(friend.birthday)},{' '}
                {untilBirthday(friend.birthday, frame.now, friend.timeZone)}
              </span>
            </p>
          )}
        </div>
        <a class="btn" href={`${path(friend)}/write`}>
          <Icon name="nib" />
          <span>
            Write to <Name>{name}</Name>
          </span>
        </a>
      </div>
      <div class="two">
        <section aria-labelledby="cares">
          <h2 id="cares">
            What <Name>{name}</Name> cares about
          </h2>
          <Interests frame={frame} friend={friend} sent={sent} />
          <SomethingNew friend={friend} sent={sent('new')} />
        </section>
        <div>
          <Rhythm frame={frame} friend={friend} notes={notes} />
          <SetAside frame={frame} friend={friend} suggestions={suggestions} turn={turn} />
          <History frame={frame} friend={friend} touches={touches} />
          <section aria-labelledby="letters">
            <h2 id="letters">Letters</h2>
            {notes.length > 0 ? (
              <Thread frame={frame} notes={notes} about="article" />
            ) : (
              <p class="pencil">None yet.</p>
            )}
          </section>
          <Details friend={friend} sent={sent('details')} />
        </div>
      </div>
      <Phrases phrases={phrases} />
      <Zones />
    </Page>
  );
}

const GROUPS: readonly { kind: InterestKind; title: string }[] = [
  { kind: 'ask', title: 'Asks for' },
  { kind: 'topic', title: 'Likes' },
  { kind: 'never', title: 'Never' },
];

function Interests({
  frame,
  friend,
  sent,
}: {
  frame: Frame;
  friend: Friend;
  sent: (interestId: string) => Sent;
}) {
  const today = dayKey(frame.now, frame.user.timeZone);
  const over = friend.interests.filter((interest) => !isCurrent(interest, today));
  const current = friend.interests.filter((interest) => isCurrent(interest, today));
  const pairs = alikePairs(current);
  const against = contradictions(current);
  const groups = [
    ...GROUPS.map(({ kind, title }) => ({
      title,
      interests: friend.interests.filter((interest) => interest.kind === kind && isCurrent(interest, today)),
    })),
    { title: 'Over', interests: over },
  ].filter(({ interests }) => interests.length > 0);
  if (groups.length === 0) {
    return (
      <p class="pencil say">
        Nothing written down yet. One line is enough for Hallway to look through your library.
      </p>
    );
  }
  return (
    <>
      {groups.map(({ title, interests }) => (
        <>
          <h3 class="kind">{title}</h3>
          <ul class="tags">
            {interests.map((interest) => (
              <Tag
                frame={frame}
                friend={friend}
                interest={interest}
                over={title === 'Over'}
                sent={sent(interest.id)}
              >
                {against
                  .filter(({ topic }) => topic === interest)
                  .map(({ never }) => (
                    <Against friend={friend} never={never} />
                  ))}
                {pairs
                  .filter(({ kept }) => kept === interest)
                  .map((pair) => (
                    <SameAs friend={friend} pair={pair} />
                  ))}
              </Tag>
            ))}
          </ul>
        </>
      ))}
    </>
  );
}

function Tag({
  frame: { now, user },
  friend,
  interest,
  over,
  sent,
  children,
}: {
  frame: Frame;
  friend: Friend;
  interest: Interest;
  over: boolean;
  sent: Sent;
  /** What stands below. */
  children?: Child;
}) {
  const { id, kind, until } = interest;
  const learned = friend.learned?.[id];
  return (
    <li>
      <details class={kind === 'never' || over ? 'tag never' : 'tag'} open={sent.values !== undefined}>
        <summary>
          <Icon name="nib" />
          <span>
            {kind === 'never' ? (
              <>
                <span class="vh">Never: </span>
                <s>
                  <Name>{interest.text}</Name>
                </s>
              </>
            ) : (
              <Name>{interest.text}</Name>
            )}
          </span>{' '}
          {until && <span class="stub">until {shortDay(until, now, user.timeZone)}</span>}
        </summary>
        <form class="sheet w" method="post" action={`${path(friend)}/interests/${encodeURIComponent(id)}`}>
          <Alert errors={sent.errors} />
          <Field
            label="In your words"
            {...entry('words', sent, interest.text)}
            id={`${id}-words`}
            required
            maxlength={200}
            autocomplete="off"
            dir="auto"
          />
          <Particulars id={id} interest={interest} sent={sent} />
          <p class="acts">
            <button type="submit" class="btn" name="do" value="save">
              Save
            </button>
            <button type="submit" class="lnk" name="do" value="remove" formnovalidate>
              Remove
            </button>
          </p>
        </form>
      </details>
      {interest.heard && (
        <p class="pencil">
          <Text>{sentence(interest.heard)}</Text>
        </p>
      )}
      {isFelt(learned, now) && <Lesson now={now} friend={friend} interestId={id} learned={learned} />}
      {children}
    </li>
  );
}

const KINDS: readonly [InterestKind, string][] = [
  ['topic', 'Likes'],
  ['ask', 'Asks for'],
  ['never', 'Never'],
];

/** What stands beside an interest's words: its kind, its end, where it was heard. */
function Particulars({ id, interest, sent }: { id: string; interest?: Interest; sent: Sent }) {
  const { errors, values } = sent;
  const chosen = values?.kind ?? interest?.kind ?? 'topic';
  return (
    <>
      <fieldset class="kinds" aria-describedby={errors.kind && `${id}-kind-wrong`}>
        <legend class="vh">Kind</legend>
        {KINDS.map(([kind, title]) => (
          <label>
            <input type="radio" name="kind" value={kind} checked={kind === chosen} /> <span>{title}</span>
          </label>
        ))}
      </fieldset>
      <Wrong id={`${id}-kind`} error={errors.kind} />
      {/* Shown with an ask only, but never hidden with something to say. */}
      <div class={errors.until ? undefined : 'is-ask'}>
        <Field
          label="Ends, if it does"
          {...entry('until', sent, interest?.until)}
          id={`${id}-until`}
          type="date"
        />
      </div>
      <Field
        label="Where and when you heard it"
        {...entry('heard', sent, interest?.heard)}
        id={`${id}-heard`}
        maxlength={200}
        autocomplete="off"
        dir="auto"
      />
    </>
  );
}

function SomethingNew({ friend, sent }: { friend: Friend; sent: Sent }) {
  return (
    <form id="heard" class="w" method="post" action={`${path(friend)}/interests`}>
      <Alert errors={sent.errors} />
      <div class="add">
        <Field
          label="Heard something new?"
          {...entry('words', sent)}
          id="new-words"
          list="phrases"
          required
          maxlength={200}
          autocomplete="off"
          dir="auto"
        />
        <button type="submit" class="btn quiet">
          Add
        </button>
      </div>
      <details open={sent.values !== undefined}>
        <summary>Its kind, its end, where you heard it</summary>
        <div class="stackf">
          <Particulars id="new" sent={sent} />
        </div>
      </details>
      {friend.workFailed && (
        <p class="say">
          Hallway could not look through your library.{' '}
          <button type="submit" class="lnk" formaction={`${path(friend)}/match`} formnovalidate>
            Try again
          </button>
        </p>
      )}
    </form>
  );
}

function SetAside({
  frame,
  friend,
  suggestions,
  turn,
}: {
  frame: Frame;
  friend: Friend;
  suggestions: SuggestionView[];
  turn: Turn | undefined;
}) {
  return (
    <section aria-labelledby="aside">
      <h2 id="aside">
        Set aside for <Name>{callName(friend.name)}</Name>
      </h2>
      {turn && (
        <p class="pencil say">
          <TurnWords turn={turn} frame={frame} />
        </p>
      )}
      {suggestions.length > 0 ? (
        <ul class="rows aside">
          {suggestions.map(({ article, suggestion }) => (
            <li>
              <div>
                <Source article={article} />
                <h3>
                  <a href={`/articles/${encodeURIComponent(article.id)}`}>
                    <bdi lang={scriptOf(article.title)}>{article.title}</bdi>
                  </a>
                </h3>
                {suggestion.reasons[0] && (
                  <p class="pencil">
                    For{' '}
                    <q>
                      <Name>{suggestion.reasons[0].interest}</Name>
                    </q>{' '}
                    {earlierWords(article, suggestion, friend, frame.now, frame.user.timeZone)}
                  </p>
                )}
              </div>
              <a class="lnk" href={`${path(friend)}/write?article=${encodeURIComponent(article.id)}`}>
                <Icon name="nib" />
                Write
                <span class="vh"> about {article.title}</span>
              </a>
            </li>
          ))}
        </ul>
      ) : (
        <p class="pencil">Nothing yet. What fits is laid here when you save it.</p>
      )}
    </section>
  );
}

/** When surprises may arrive, by the friend's own clock. */
function Hours({ friend: { wakingHours = USUAL_HOURS }, sent }: { friend: Friend; sent: Sent }) {
  const { from, to, weekendFrom = from } = wakingHours;
  return (
    <div class="fields hours">
      <Field label="Awake from" {...entry('from', sent, from)} type="time" required />
      <Field label="Until" {...entry('to', sent, to)} type="time" required />
      <Field label="At weekends from" {...entry('weekendFrom', sent, weekendFrom)} type="time" required />
    </div>
  );
}

function Details({ friend, sent }: { friend: Friend; sent: Sent }) {
  const name = callName(friend.name);
  return (
    <section aria-labelledby="address">
      <h2 id="address">Name and address</h2>
      <p class="say">
        {friend.email ? <bdi>{friend.email}</bdi> : 'No address yet. You send letters by your own hand.'}
      </p>
      <details class="by-hand" open={sent.values !== undefined}>
        <summary>Edit</summary>
        <form class="sheet" id="details" method="post" action={path(friend)}>
          <Alert errors={sent.errors} />
          <div class="fields">
            <Field
              label="Name"
              {...entry('name', sent, friend.name)}
              required
              maxlength={100}
              autocomplete="off"
              dir="auto"
            />
            <Field label="Email" {...entry('email', sent, friend.email)} type="email" autocomplete="off" />
          </div>
          <div class="fields">
            <Field
              label="Time zone"
              {...entry('timeZone', sent, friend.timeZone)}
              required
              list="zones"
              autocomplete="off"
            />
            <Field
              label={
                <>
                  Birthday <small>1984-12-09, or --12-09 without its year</small>
                </>
              }
              {...entry('birthday', sent, friend.birthday)}
              autocomplete="off"
            />
          </div>
          <Hours friend={friend} sent={sent} />
          <p class="acts">
            <button type="submit" class="btn">
              Save
            </button>
          </p>
        </form>
      </details>
      <details class="by-hand">
        <summary>
          <span>
            Delete <Name>{name}</Name>
          </span>
        </summary>
        <form class="sheet" method="post" action={`${path(friend)}/delete`}>
          <p>
            What you wrote down about <Name>{name}</Name> goes. Letters that wait are taken back. Letters that
            were sent stay sent.
          </p>
          <p class="acts">
            <button type="submit" class="btn quiet">
              <span>
                Delete <Name>{name}</Name>
              </span>
            </button>
          </p>
        </form>
      </details>
    </section>
  );
}
