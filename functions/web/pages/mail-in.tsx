import type { Arrival, HeldBecause, Outcome, RefusedBecause, Sender } from '../../transfer/arrival.ts';
import { webAddress } from '../look/clipping.tsx';
import { Name, Text } from '../look/text.tsx';
import { clock, dayName } from '../look/when.ts';
import type { Frame } from '../views.ts';

/** A mail still being opened or read after so long (milliseconds) was cut off: the page offers to do it again. */
const CUT_OFF_MS = 10 * 60_000;

export interface MailIn {
  frame: Frame;
  /** The secret address that takes forwarded mail. */
  address: string;
  /** Newest first. */
  arrivals: Arrival[];
  /** There are more than are shown. */
  isCut: boolean;
  /** Whose mail is let in, besides the user's own. */
  senders: Sender[];
}

/** All that Settings says of mail in: where to send it, what waits, what came. */
export function MailInSections({ mailIn }: { mailIn: MailIn }) {
  const { frame } = mailIn;
  const held = mailIn.arrivals.filter(({ outcome }) => outcome.kind === 'held');
  const came = mailIn.arrivals.filter(({ outcome }) => outcome.kind !== 'held');
  return (
    <>
      <ByEmail mailIn={mailIn} />
      {held.length > 0 && (
        <section class="set" aria-labelledby="held">
          <div>
            <h2 id="held">Held at the door</h2>
            <p class="pencil">
              Mail from someone Hallway doesn’t know, or can’t be sure of. It goes after thirty days.
            </p>
          </div>
          <ul class="rows door-list">
            {held.map((arrival) => (
              <Held frame={frame} arrival={arrival} />
            ))}
          </ul>
        </section>
      )}
      {came.length > 0 && (
        <section class="set" aria-labelledby="came">
          <div>
            <h2 id="came">What came by email</h2>
            <p class="pencil">
              {mailIn.isCut ? 'The newest of the last thirty days.' : 'In the last thirty days.'}
            </p>
          </div>
          <ul class="rows door-list">
            {came.map((arrival) => (
              <Came frame={frame} arrival={arrival} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function ByEmail({ mailIn: { frame, address, senders } }: { mailIn: MailIn }) {
  return (
    <section class="set" aria-labelledby="by-email">
      <div>
        <h2 id="by-email">By email</h2>
        <p class="pencil">
          What you write above a mail, with “for Grace” on a line of its own, becomes a draft for Grace.
        </p>
      </div>
      <div>
        <p>
          Forward a link or a newsletter here. Mail from <bdi>{frame.user.email}</bdi> is let in; other mail
          waits at the door.
        </p>
        <div class="field">
          <label for="ingest">Your address for forwarding</label>
          <input id="ingest" class="all" readonly value={address} />
        </div>
        <form method="post" action="/settings/address">
          <p class="acts">
            <button type="submit" class="lnk">
              Make a new address
            </button>
          </p>
          <p class="meta">The old one stops.</p>
        </form>
        {senders.length > 0 && (
          <details>
            <summary>Let in without asking</summary>
            <ul class="rows door-list">
              {senders.map(({ id, address }) => (
                <li>
                  <p id={id} class="address-line">
                    {address}
                  </p>
                  <form method="post" action={`/settings/senders/${id}/forget`}>
                    <button type="submit" class="lnk" aria-describedby={id}>
                      Ask again
                    </button>
                  </form>
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </section>
  );
}

interface RowProps {
  frame: Frame;
  arrival: Arrival;
}

function Subject({ arrival: { id, subject } }: { arrival: Arrival }) {
  return <h3 id={id}>{subject ? <Name>{subject}</Name> : '(no subject)'}</h3>;
}

/** "ada@work.example, Tuesday 14:02." */
function Source({ frame: { now, user }, arrival: { from, receivedAt } }: RowProps) {
  const zone = user.timeZone;
  return (
    <>
      <bdi>{from || 'No sender'}</bdi>,{' '}
      <time datetime={receivedAt}>
        {dayName(receivedAt, now, zone)} {clock(receivedAt, zone)}
      </time>
      .
    </>
  );
}

const HELD: Record<HeldBecause, string> = {
  unknown: 'Not one of your addresses yet.',
  unproven: 'Nobody vouches that it is really from there.',
  spam: 'It looks like junk mail.',
};

function Held({ frame, arrival }: RowProps) {
  const because = arrival.outcome.kind === 'held' ? arrival.outcome.because : 'unknown';
  return (
    <li>
      <div>
        <Subject arrival={arrival} />
        <p class="meta">
          <Source frame={frame} arrival={arrival} /> {HELD[because]}
        </p>
      </div>
      <form class="acts" method="post" action={`/settings/mail/${arrival.id}`}>
        <Act does="accept" arrival={arrival}>
          Let it in
        </Act>
        {because === 'unknown' && (
          <Act does="always" arrival={arrival} quiet>
            Always from this sender
          </Act>
        )}
        <Act does="discard" arrival={arrival} quiet>
          Throw away
        </Act>
      </form>
    </li>
  );
}

function Act(props: {
  does: 'accept' | 'always' | 'discard';
  arrival: Arrival;
  quiet?: boolean;
  children: string;
}) {
  return (
    <button
      type="submit"
      name="do"
      value={props.does}
      class={props.quiet ? 'lnk' : 'btn quiet'}
      aria-describedby={props.arrival.id}
    >
      {props.children}
    </button>
  );
}

function Came({ frame, arrival }: RowProps) {
  const { outcome } = arrival;
  const isUnderWay = outcome.kind === 'reading' || outcome.kind === 'unopened';
  const isCutOff = isUnderWay && frame.now.getTime() - Date.parse(arrival.receivedAt) > CUT_OFF_MS;
  return (
    <li>
      <div>
        {outcome.kind === 'saved' ? (
          <h3 id={arrival.id}>
            <a href={`/articles/${outcome.articleId}`}>
              <Name>{outcome.title}</Name>
            </a>
          </h3>
        ) : (
          <Subject arrival={arrival} />
        )}
        <p class="meta">
          <Source frame={frame} arrival={arrival} /> <Text>{isCutOff ? CUT_OFF : outcomeWords(outcome)}</Text>
        </p>
        {outcome.kind === 'shown' && <Confirmation {...outcome} />}
        {outcome.kind === 'saved' && outcome.words && (
          <p class="inked words" dir="auto">
            {outcome.words}
          </p>
        )}
        {arrival.attachments.length > 0 && (
          <p class="meta">
            Not kept: <bdi>{arrival.attachments.join(', ')}</bdi>
          </p>
        )}
      </div>
      {(isCutOff || outcome.kind === 'shown' || outcome.kind === 'refused') && (
        <form class="acts" method="post" action={`/settings/mail/${arrival.id}`}>
          {isCutOff ? (
            <Act does="accept" arrival={arrival}>
              Read it again
            </Act>
          ) : (
            <Act does="discard" arrival={arrival} quiet>
              Throw away
            </Act>
          )}
        </form>
      )}
    </li>
  );
}

const REFUSED: Record<RefusedBecause, string> = {
  virus: 'It carried a virus, so Hallway did not let it in.',
  'too-large': 'It is larger than Hallway reads.',
  unreadable: 'Hallway could not read it.',
  'unproven-confirmation':
    'It asks you to confirm a forwarding, and nobody vouches that it is from there. Ask there for another one.',
  report: 'An answer that a mail server wrote by itself.',
  empty: 'There are no words in it.',
  'no-link': 'No article found.',
  'no-address': 'What it points at is no web address.',
  gone: 'The mail is no longer there.',
};

const CUT_OFF = 'Hallway did not come to the end of it.';

function outcomeWords(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'unopened':
      return 'Hallway could not open it yet, and tries again.';
    case 'reading':
      return 'Hallway is reading it.';
    case 'saved': {
      const kept = outcome.alreadySaved ? 'You had kept it before.' : 'Kept.';
      if (outcome.draftFor) return `${kept} A draft for ${outcome.draftFor} waits under Notes.`;
      if (outcome.wordsFor) return `${kept} Hallway could not tell who ${outcome.wordsFor} is. Your words:`;
      return outcome.words ? `${kept} Your words name no friend:` : kept;
    }
    case 'shown':
      return `${outcome.service} asks whether it may forward your mail to here. If it was you, answer there.`;
    case 'refused':
      return REFUSED[outcome.because];
    default:
      return '';
  }
}

/** As words: whoever presses it without having asked for it gives their mail away. */
function Confirmation({ code, url }: { code?: string | undefined; url?: string | undefined }) {
  return (
    <>
      {code && (
        <p>
          Its code: <code class="all">{code}</code>
        </p>
      )}
      {webAddress(url) && (
        <p class="address-line">
          Its link: <code class="all">{url}</code>
        </p>
      )}
    </>
  );
}
