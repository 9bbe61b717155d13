import type { Child } from 'hono/jsx';
import type { Paused } from '../../accounts/user.ts';
import type { Because, Note } from '../../notes/note.ts';
import { Icon, Ring } from '../look/icons.tsx';
import { Page, Popup } from '../look/layout.tsx';
import {
  Asks,
  FormError,
  Moments,
  NoteBox,
  NoteWords,
  PreviewButton,
  SealButton,
  Words,
} from '../look/letter.tsx';
import { Postmark, Stamp } from '../look/stamp.tsx';
import { Name, Text } from '../look/text.tsx';
import { State, ToFriend } from '../look/thread.tsx';
import {
  atTheirTime,
  cityOf,
  clock,
  dayHeading,
  dayKey,
  dayMonth,
  dayName,
  inYourTime,
  surpriseEnds,
  wallTimeOf,
} from '../look/when.ts';
import { callName, list, number, plural, secondsWords, sentence, stateWords } from '../look/words.ts';
import type { FormErrors, Frame, LetterDraft, NoteView } from '../views.ts';

const path = (note: Note): string => `/notes/${encodeURIComponent(note.id)}`;

type NoteState = Note['state'];
const YOUR_TURN: readonly NoteState[] = ['held', 'uncertain', 'failed', 'bounced', 'draft'];
const WAITING: readonly NoteState[] = ['scheduled', 'sending'];
const GONE: readonly NoteState[] = ['sent', 'delivered', 'complained'];

interface NotesProps {
  frame: Frame;
  /** In any order. */
  notes: NoteView[];
  /** What was just done and can be taken back, or was just taken back. */
  undo?: Note | undefined;
  /** By a note's id: why it did not do as it was told. `text`, `at`, `moment`: of the one in edit. `form`: any other. */
  errors: FormErrors;
  /** The note whose form stands open, with what was typed if it came back. */
  editing?: { id: string; draft?: LetterDraft | undefined } | undefined;
  /** Nobody's letters leave. */
  allPaused?: boolean;
}

export function NotesPage({ frame, notes, undo, errors, editing, allPaused = false }: NotesProps) {
  const { now, user } = frame;
  const among = (states: readonly NoteState[]): NoteView[] =>
    notes.filter(({ note }) => states.includes(note.state));
  const turn = among(YOUR_TURN).toSorted((a, b) => b.note.updatedAt.localeCompare(a.note.updatedAt));
  const waiting = among(WAITING).toSorted((a, b) => leaves(a.note).localeCompare(leaves(b.note)));
  const gone = among(GONE).toSorted((a, b) => left(b.note).localeCompare(left(a.note)));
  const back = among(['cancelled']);
  const days = Map.groupBy(waiting, ({ note }) => dayKey(leaves(note), user.timeZone));
  const entry = { frame, errors, editing };
  return (
    <Page title="Notes" current="notes" script="letter">
      <div class="head">
        <h1>Notes</h1>
        <p class="pencil">{intro(waiting.length, turn.length, notes.length)}</p>
      </div>
      <FormError>{errors.form}</FormError>
      {allPaused && <AllPausedLine />}
      {user.paused && <PausedLine paused={user.paused} />}
      {undo && (
        <Undo
          note={undo}
          view={notes.find(({ note }) => note.id === undo.id)}
          frame={frame}
          left={secondsLeft(undo, frame, allPaused)}
        />
      )}
      {turn.length > 0 && (
        <section class="sheet needs" aria-labelledby="turn">
          <h2 id="turn">Your turn</h2>
          <ol class="days">
            {turn.map((view) => (
              <YourTurn {...entry} view={view} />
            ))}
          </ol>
        </section>
      )}
      {[...days].map(([key, views]) => (
        <section aria-labelledby={`d-${key}`}>
          <h2 class="day-h" id={`d-${key}`}>
            {dayHeading(leaves((views[0] as NoteView).note), now, user.timeZone)}
          </h2>
          <ol class="days">
            {views.map((view) => (
              <Waiting {...entry} view={view} />
            ))}
          </ol>
        </section>
      ))}
      {gone.length > 0 && (
        <section aria-labelledby="gone">
          <h2 class="day-h" id="gone">
            Gone
          </h2>
          <ol class="days">
            {gone.map((view) => (
              <Gone frame={frame} view={view} />
            ))}
          </ol>
        </section>
      )}
      {back.length > 0 && <TakenBack views={back} />}
      {notes.length === 0 && (
        <p>
          A note you seal waits here until its moment. <a href="/">Today</a> shows what you could write about.
        </p>
      )}
    </Page>
  );
}

const leaves = (note: Note): string => note.sendAt ?? note.dueAt ?? note.updatedAt;
const left = (note: Note): string => note.sentAt ?? note.updatedAt;

function intro(waiting: number, turn: number, all: number): string {
  if (all === 0) return 'Nothing written yet.';
  const waits = `${sentence(number(waiting))} ${waiting === 1 ? 'is' : 'are'} waiting to leave.`;
  const needs = `${sentence(number(turn))} ${turn === 1 ? 'needs' : 'need'} you.`;
  if (waiting === 0 && turn === 0) return 'Nothing waits, and nothing needs you.';
  return [waiting > 0 && waits, turn > 0 && needs].filter(Boolean).join(' ');
}

/** The user's own letters wait, and the way out: POST /settings/resume. */
export function PausedLine({ paused }: { paused: Paused }) {
  const complaints = paused.because === 'complaints';
  return (
    <form class="done paused" method="post" action="/settings/resume">
      <div>
        <p>Your letters wait.</p>
        <p class="pencil">
          {complaints
            ? 'Two of them were marked as unwanted. Write to those who would be glad of it, and by your own hand to those who may not know Hallway.'
            : 'Several addresses did not take them. Look through your friends’ addresses before more come back.'}
        </p>
      </div>
      <p class="acts">
        <button type="submit" class="btn quiet">
          Let them leave again
        </button>
        {!complaints && (
          <a class="lnk" href="/friends">
            Look at the addresses
          </a>
        )}
      </p>
    </form>
  );
}

function AllPausedLine() {
  return (
    <div class="done paused" role="status">
      <div>
        <p>No letters leave Hallway at the moment, yours or anybody’s.</p>
        <p class="pencil">
          Too many came back or were unwanted. What you seal waits here and leaves later by itself. What
          cannot wait you can send yourself.
        </p>
      </div>
    </div>
  );
}

function Undo({
  note,
  view,
  frame,
  left,
}: {
  note: Note;
  view: NoteView | undefined;
  frame: Frame;
  left: number | undefined;
}) {
  const name = view?.friend ? <Name>{callName(view.friend.name)}</Name> : 'your friend';
  if (note.state === 'cancelled') {
    return (
      <p class="done" role="status" data-written>
        Taken back. {name} has not had it.
      </p>
    );
  }
  if (note.state !== 'scheduled') {
    return (
      <p class="done" role="status" data-written>
        <Text>{stateWords(note, view?.friend, frame.now, frame.user.timeZone).said}</Text>
      </p>
    );
  }
  return (
    <div class="done" role="status" data-written>
      <p>Sealed for {name}.</p>
      <TakeBack note={note} left={left} />
    </div>
  );
}

/** A button that acts on the version the user saw: a newer one refuses it. */
function Act({
  note,
  to,
  quiet = false,
  children,
}: {
  note: Note;
  to: 'cancel' | 'send-again' | 'arrived';
  quiet?: boolean;
  children: Child;
}) {
  return (
    <form method="post" action={`${path(note)}/${to}`}>
      <input type="hidden" name="version" value={note.version} />
      <button type="submit" class={quiet ? 'lnk' : 'btn quiet'}>
        {children}
      </button>
    </form>
  );
}

/** `left`: the seconds until it leaves, if it leaves at once. */
function TakeBack({ note, left, back = '/notes' }: { note: Note; left: number | undefined; back?: string }) {
  return (
    <form class="acts" method="post" action={`${path(note)}/cancel`}>
      <input type="hidden" name="version" value={note.version} />
      <input type="hidden" name="back" value={back} />
      <button type="submit" class="btn quiet">
        <Icon name="back" />
        Take it back
      </button>
      {left !== undefined && left > 0 && <Countdown seconds={left} />}
    </form>
  );
}

/** Until a note that leaves at once does so; undefined: it leaves at a time of its own, or nothing leaves. */
function secondsLeft(note: Note, { now, user }: Frame, allPaused: boolean): number | undefined {
  const { state, moment, movedBecause, sendAt } = note;
  if (state !== 'scheduled' || moment?.kind !== 'now' || movedBecause || !sendAt) return undefined;
  if (allPaused || user.paused) return undefined;
  return Math.max(0, Math.ceil((Date.parse(sendAt) - now.getTime()) / 1000));
}

/** The words beside it say how long it is; `letter.js` counts. */
function Countdown({ seconds }: { seconds: number }) {
  return (
    <span class="count" data-seconds={seconds} aria-hidden="true">
      <svg viewBox="0 0 44 44" aria-hidden="true">
        <circle cx="22" cy="22" r="19" />
        <circle class="run" cx="22" cy="22" r="19" pathLength="100">
          <animate attributeName="stroke-dashoffset" from="0" to="100" dur={`${seconds}s`} fill="freeze" />
        </circle>
      </svg>
    </span>
  );
}

interface EntryProps {
  frame: Frame;
  view: NoteView;
  errors: FormErrors;
  editing: NotesProps['editing'];
}

function Entry({
  frame,
  view,
  at,
  error,
  children,
}: {
  frame: Frame;
  view: NoteView;
  at: Child;
  error?: string | undefined;
  children?: Child;
}) {
  const { ring } = stateWords(view.note, view.friend, frame.now, frame.user.timeZone);
  return (
    <li class="entry" id={view.note.id}>
      <p class="at">{at}</p>
      <Ring name={ring} />
      <div class="body">
        <ToFriend view={view} />
        <NoteWords view={view} />
        <State frame={frame} view={view} />
        <FormError>{error}</FormError>
      </div>
      {children}
    </li>
  );
}

/** Since when it has needed the user, on the user's clock. */
function Since({ frame: { now, user }, at }: { frame: Frame; at: string }) {
  return (
    <>
      <time datetime={at}>{dayName(at, now, user.timeZone)}</time>{' '}
      <span class="meta">since {clock(at, user.timeZone)}</span>
    </>
  );
}

function YourTurn({ frame, view, ...form }: EntryProps) {
  const { note, friend } = view;
  return (
    <Entry
      frame={frame}
      view={view}
      at={<Since frame={frame} at={note.updatedAt} />}
      error={form.errors[note.id]}
    >
      <div class="acts">
        {note.state === 'uncertain' && (
          <>
            <Act note={note} to="send-again">
              Send it again
            </Act>
            <Act note={note} to="arrived">
              It arrived
            </Act>
          </>
        )}
        {friend && needsAddress(note) && (
          <a class="btn quiet" href={`/friends/${encodeURIComponent(friend.id)}#details`}>
            {friend.email ? 'Change the address' : 'Add an address'}
          </a>
        )}
        {friend && sendAgainHelps(note, frame.user) && (
          <Act note={note} to="send-again" quiet={needsAddress(note)}>
            {(note.heldBecause && SEND_HELD[note.heldBecause]) ?? 'Send it again'}
          </Act>
        )}
        {friend && note.state !== 'uncertain' && (
          <a class={note.state === 'draft' ? 'btn quiet' : 'lnk'} href={`${path(note)}/by-hand`}>
            I’ll send it myself
          </a>
        )}
        {(note.state === 'held' || note.state === 'draft') && friend && (
          <Edit frame={frame} view={view} {...form} />
        )}
        {(note.state === 'held' || note.state === 'draft' || note.state === 'failed') && (
          <Act note={note} to="cancel" quiet>
            {note.state === 'failed' ? 'Let it go' : 'Cancel'}
          </Act>
        )}
      </div>
    </Entry>
  );
}

/** Holds that another try meets again. */
const LASTING: readonly Because[] = [
  'friend-deleted',
  'article-deleted',
  'muted',
  'suppressed',
  'already-sent',
  // Another try leaves at once, which is what was not wanted; under Edit it gets a later time.
  'less-often',
];

/** What another try is, of a note that has not been tried. */
const SEND_HELD: Partial<Record<Because, string>> = { 'link-gone': 'Send it anyway', paused: 'Send it now' };

/** Whether another try could end otherwise. */
function sendAgainHelps({ state, heldBecause }: Note, { paused }: Frame['user']): boolean {
  if (state === 'failed' || state === 'bounced') return true;
  if (state !== 'held' || (heldBecause === 'paused' && paused)) return false;
  return !(heldBecause && LASTING.includes(heldBecause));
}

function needsAddress({ state, heldBecause }: Note): boolean {
  return state === 'bounced' || (state === 'held' && heldBecause === 'friend-has-no-email');
}

function Waiting({ frame, view, ...form }: EntryProps) {
  const { now, user } = frame;
  const { note, friend } = view;
  const zone = friend?.timeZone ?? user.timeZone;
  const at = leaves(note);
  // The heading names the user's day; where the friend's is another one it is said.
  const day =
    dayKey(at, zone) === dayKey(at, user.timeZone) ? '' : `${dayHeading(at, now, zone).split(',')[0]} `;
  return (
    <Entry
      frame={frame}
      view={view}
      error={form.errors[note.id]}
      at={
        <>
          <time datetime={at}>{clock(at, zone)}</time>{' '}
          <span class="meta">
            {day}in {cityOf(zone)}
          </span>{' '}
          <span class="meta">{inYourTime(at, zone, user.timeZone)}</span>
        </>
      }
    >
      {note.state === 'scheduled' && (
        <div class="acts">
          <Edit frame={frame} view={view} {...form} />
          {friend?.email && (
            <a class="lnk" href={`${path(note)}/preview`}>
              See the letter
            </a>
          )}
          <Act note={note} to="cancel" quiet>
            Cancel
          </Act>
        </div>
      )}
    </Entry>
  );
}

/** Of a draft the buttons say whether it stays one: `do=seal` gives it the moment, `do=save` leaves it without. */
function Edit({ frame, view: { note, friend }, errors, editing }: EntryProps) {
  if (!friend) return null;
  const isDraft = note.state === 'draft';
  const canSeal = isDraft && friend.email !== undefined;
  const open = editing?.id === note.id;
  const typed = open ? editing?.draft : undefined;
  const wrong = open ? { ...errors, ...typed?.errors } : {};
  const asks = Boolean(typed?.asks?.length);
  const zone = friend.timeZone;
  const id = `e-${note.id}`;
  return (
    <details class="edit w" open={open}>
      <summary>Edit</summary>
      <form class="sheet" method="post" action={`${path(note)}/edit`}>
        <input type="hidden" name="version" value={note.version} />
        <NoteBox
          id={id}
          friend={friend}
          text={typed?.texts[friend.id] ?? note.text}
          error={wrong.text}
          rows={2}
        />
        {(canSeal || !isDraft) && (
          <Moments
            id={id}
            frame={frame}
            friends={[friend]}
            keep={isDraft ? undefined : 'As it is'}
            moment={typed?.moment ?? (isDraft ? 'surprise' : 'keep')}
            at={typed?.at || (note.sendAt && wallTimeOf(note.sendAt, zone))}
            error={wrong.at ?? wrong.moment}
          />
        )}
        <Asks id={id} draft={typed} />
        <p class="acts">
          {canSeal && <SealButton id={id} draft={typed} />}
          {isDraft ? (
            <button type="submit" class={canSeal ? 'btn quiet' : 'btn'} name="do" value="save">
              Save the words
            </button>
          ) : (
            <button
              type="submit"
              class="btn"
              autofocus={asks}
              aria-describedby={asks ? `${id}-asks` : undefined}
            >
              {asks ? 'Save it as it is' : 'Save'}
            </button>
          )}
          {friend.email && <PreviewButton />}
        </p>
      </form>
    </details>
  );
}

function Gone({ frame, view }: { frame: Frame; view: NoteView }) {
  const { now, user } = frame;
  const { note, friend } = view;
  const zone = friend?.timeZone ?? user.timeZone;
  const at = left(note);
  return (
    <Entry
      frame={frame}
      view={view}
      at={
        <>
          <time datetime={at}>{dayName(at, now, zone)}</time>{' '}
          <span class="meta">
            {clock(at, zone)} in {cityOf(zone)}
          </span>{' '}
          <span class="meta">{inYourTime(at, zone, user.timeZone)}</span>
        </>
      }
    >
      {friend && !note.sentMyself && (
        <div class="post" aria-hidden="true">
          <Postmark
            inked
            city={cityOf(zone)}
            word="Hallway"
            over={dayMonth(at, zone, true)}
            middle={clock(at, zone)}
          />
          <Stamp id={friend.id} name={friend.name} />
        </div>
      )}
    </Entry>
  );
}

function TakenBack({ views }: { views: NoteView[] }) {
  return (
    <details class="foot">
      <summary>{sentence(plural(views.length, 'letter'))} taken back</summary>
      <ul class="rows back">
        {views.map(({ note, friend }) => (
          <li>
            <p class="pencil">To {friend ? <Name>{friend.name}</Name> : 'a friend no longer here'}</p>
            <Words text={note.text} />
          </li>
        ))}
      </ul>
    </details>
  );
}

interface SealedProps {
  frame: Frame;
  /** The letters just sealed, one for each friend. */
  view: NoteView[];
  /** Letters of the same window that no mail can carry. */
  carry?: NoteView[];
  /** In the save window, not on a page. */
  popup: boolean;
  /** Nobody's letters leave. */
  allPaused?: boolean;
}

/** The envelope is closed. A surprise keeps its hour to itself; Notes knows it. */
export function SealedPage({ frame, view, carry = [], popup, allPaused = false }: SealedProps) {
  const names = view.map(({ friend }) => (friend ? callName(friend.name) : 'your friend'));
  const title = `Sealed for ${names.join(', ')}`;
  const { now, user } = frame;
  const body = (
    <>
      <Envelope frame={frame} view={view} />
      <section class="sheet letter" aria-labelledby="sealed" data-written>
        <h1 id="sealed">
          Sealed for{' '}
          {names.map((name, i) => (
            <>
              {i > 0 && (i === names.length - 1 ? ' and ' : ', ')}
              <Name>{name}</Name>
            </>
          ))}
          .
        </h1>
        {view.map((one) => (
          <div class="sealed">
            <p>
              {view.length > 1 && one.friend && (
                <>
                  To <Name>{callName(one.friend.name)}</Name>:{' '}
                </>
              )}
              <Text>{leavesWords(one, frame, allPaused)}</Text> Until then it waits under{' '}
              <a href="/notes" target={popup ? '_blank' : undefined} rel={popup ? 'noopener' : undefined}>
                Notes
              </a>
              .
            </p>
            {one.note.state === 'scheduled' && (
              <TakeBack
                note={one.note}
                left={secondsLeft(one.note, frame, allPaused)}
                back={popup && one.note.articleId ? `/save/${one.note.articleId}` : '/notes'}
              />
            )}
          </div>
        ))}
        {carry.length > 0 && (
          <div class="sealed">
            <p>
              No mail reaches{' '}
              <Text>{list(carry.map(({ friend }) => (friend ? callName(friend.name) : 'your friend')))}</Text>
              : {carry.length === 1 ? 'that letter goes' : 'those letters go'} by your own hand.
            </p>
            <p class="acts">
              <a class="btn quiet" href={byHandPath(carry.map(({ note }) => note.id))}>
                Take {carry.length === 1 ? 'it' : 'them'} along
              </a>
            </p>
          </div>
        )}
        {!popup && (
          <p class="acts">
            <a class="lnk" href="/">
              Back to Today
            </a>
          </p>
        )}
      </section>
    </>
  );
  if (popup) {
    return (
      <Popup title={title} script="letter" aside={`Sealed at ${clock(now, user.timeZone)}`}>
        {body}
      </Popup>
    );
  }
  return (
    <Page title={title} script="letter">
      <div class="narrow">{body}</div>
    </Page>
  );
}

/** The letters to carry, one after the other. */
export function byHandPath([first, ...rest]: string[]): string {
  return `/notes/${first}/by-hand${rest.map((id, n) => `${n === 0 ? '?' : '&'}with=${id}`).join('')}`;
}

/** When it leaves, in words. */
function leavesWords({ note, friend }: NoteView, frame: Frame, allPaused: boolean): string {
  const { now, user } = frame;
  if (allPaused) return 'No letters leave Hallway at the moment: it leaves later, by itself.';
  if (user.paused) return 'Your letters are paused: it leaves when you let them, under Notes.';
  const zone = friend?.timeZone ?? user.timeZone;
  const city = cityOf(zone);
  const kind = note.moment?.kind;
  const left = secondsLeft(note, frame, allPaused);
  if (left !== undefined) return left > 0 ? `It leaves in ${secondsWords(left)}.` : 'It is about to leave.';
  if (!note.sendAt) return `It leaves when it is day in ${city}.`;
  if (kind !== 'surprise') return `It leaves ${atTheirTime(note.sendAt, now, zone, user.timeZone)}.`;
  return `It leaves at some hour of the day in ${city}, before ${surpriseEnds(note.updatedAt, note.sendAt, zone)} is over.`;
}

function Envelope({ frame: { now, user }, view }: { frame: Frame; view: NoteView[] }) {
  const [first] = view;
  if (!first?.friend) return null;
  const { friend } = first;
  return (
    <div class="envelope" aria-hidden="true">
      <div class="post">
        <Postmark
          inked
          city={cityOf(user.timeZone)}
          word="Sealed"
          over={dayMonth(now, user.timeZone, true)}
          middle={clock(now, user.timeZone)}
        />
        <Stamp id={friend.id} name={friend.name} />
      </div>
      <p class="address">
        <Name>{friend.name}</Name>
        <span>{cityOf(friend.timeZone)}</span>
      </p>
    </div>
  );
}
