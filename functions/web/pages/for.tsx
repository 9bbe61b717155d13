import type { Child } from 'hono/jsx';
import { MAX_LINE, type Word } from '../../ledger/touches.ts';
import type { Choice } from '../../transfer/choices.ts';
import { Cup } from '../look/cup.tsx';
import { Alert, Field, Wrong, wrongAttributes } from '../look/field.tsx';
import { Icon } from '../look/icons.tsx';
import { Guest } from '../look/layout.tsx';
import { Postmark, StampSheet } from '../look/stamp.tsx';
import { Name, scriptOf } from '../look/text.tsx';
import { cityOf, clock, dayMonth } from '../look/when.ts';
import { callName } from '../look/words.ts';
import { ZoneSelect } from '../look/zone-select.tsx';
import type { FormErrors } from '../views.ts';

/**
 * Everything the friend's page can show: what stood in the letter, and what belongs to the friend. No interest, no reason,
 * no score and nothing that was heard has a place here.
 */
export interface ForView {
  token: string;
  now: Date;
  /** Undefined if there is no such account any more. */
  userName?: string | undefined;
  friendName?: string | undefined;
  note?: string | undefined;
  article?:
    | { title: string; url?: string | undefined; siteName?: string | undefined; minutes: number }
    | undefined;
  /** The friend's, if the link's address is theirs today: only then can it be corrected. */
  timeZone?: string | undefined;
  /** What was chosen by this link before. */
  chosen: readonly Choice[];
  stopped: boolean;
  stoppedForAll: boolean;
  /** Stopped by this link a moment ago. */
  canTakeBack: boolean;
}

/** What came of a form. `line`: what the user gets; `isNews`: whether it is what was just sent. */
export type Result =
  | { of: Choice; line?: string | undefined; isNews?: boolean; word?: Word | undefined }
  | { of: 'impossible' | 'too-many' | 'stays-stopped' };

interface ForProps {
  view: ForView;
  result?: Result;
  /** `line`, `name`, `timeZone`, `form`. */
  errors?: FormErrors;
  values?: Record<string, string>;
}

export function ForPage({ view, result, errors = {}, values = {} }: ForProps) {
  if (result) return <ResultPage view={view} result={result} />;
  return (
    <Guest title={titleOf(view)}>
      {view.stopped || view.stoppedForAll ? <StoppedSaid view={view} /> : null}
      <Letter view={view} />
      <LineBack view={view} errors={errors} values={values} />
      <Quietly view={view} />
      <AboutMe view={view} errors={errors} values={values} />
    </Guest>
  );
}

/** A link that is none of ours, or lost a part. */
export function ForGonePage() {
  return (
    <Guest title="This link opens nothing">
      <section class="got">
        <h1>This link opens nothing.</h1>
        <p>
          Perhaps a part of it was lost on the way. Open it once more from the letter itself, or answer the
          letter: your answer goes to the person who wrote it.
        </p>
      </section>
    </Guest>
  );
}

function titleOf({ userName, friendName }: ForView): string {
  const from = userName ? `From ${callName(userName)}` : 'Your letter';
  return friendName ? `${from}, for ${callName(friendName)}` : from;
}

/** The user's name as one calls them; who has left is "the person who wrote". */
function User({ view: { userName } }: { view: ForView }) {
  return userName ? <Name>{callName(userName)}</Name> : <>the person who wrote</>;
}

function Letter({ view }: { view: ForView }) {
  const { userName, friendName, note, article } = view;
  return (
    <section class="got" aria-labelledby="from">
      <h1 id="from" class="pencil">
        {userName ? (
          <>
            From <Name>{callName(userName)}</Name>
          </>
        ) : (
          'A letter'
        )}
        {friendName && (
          <>
            , for <Name>{callName(friendName)}</Name>
          </>
        )}
      </h1>
      {note && (
        <blockquote class="inked">
          <p class="words" dir="auto" lang={scriptOf(note)}>
            {note}
          </p>
          {userName && (
            <p>
              <Name>{userName}</Name>
            </p>
          )}
        </blockquote>
      )}
      {article && (
        <div>
          {article.siteName && (
            <p class="src">
              <b>
                <Name>{article.siteName}</Name>
              </b>{' '}
              {article.minutes > 0 && (
                <span class="meta">
                  &nbsp;{article.minutes === 1 ? '1 minute' : `${article.minutes} minutes`}
                </span>
              )}
            </p>
          )}
          <h2>
            {article.url ? (
              <a href={article.url} rel="noreferrer">
                <Name>{article.title}</Name>
              </a>
            ) : (
              <Name>{article.title}</Name>
            )}
          </h2>
        </div>
      )}
    </section>
  );
}

/** A form that makes one choice. */
function ChoiceForm({ view, children, ...attributes }: { view: ForView; children: Child; class?: string }) {
  return (
    <form method="post" action={`/for/${encodeURIComponent(view.token)}`} {...attributes}>
      {children}
    </form>
  );
}

function Do({ choice, children, as = 'lnk' }: { choice: Choice; children: Child; as?: string }) {
  return (
    <button type="submit" class={as} name="do" value={choice}>
      {children}
    </button>
  );
}

/** Thanks and a coffee, each with the same line. Who is not among the user's friends any more has the letter to answer. */
function LineBack({
  view,
  errors,
  values,
}: {
  view: ForView;
  errors: FormErrors;
  values: Record<string, string>;
}) {
  if (!view.userName || !view.friendName) {
    return (
      <p class="say">
        To write to <User view={view} />, answer the letter.
      </p>
    );
  }
  const [thanked, asked] = [view.chosen.includes('thanks'), view.chosen.includes('coffee')];
  if (thanked && asked) {
    return (
      <p class="say">
        <User view={view} /> has your thanks and knows of the coffee. To say more, answer the letter.
      </p>
    );
  }
  return (
    <ChoiceForm view={view} class="sheet">
      <Alert
        errors={{ ...(errors.line && { line: errors.line }), ...(errors.form && { form: errors.form }) }}
      />
      {thanked && (
        <p class="say">
          <User view={view} /> has your thanks.
        </p>
      )}
      {asked && (
        <p class="say">
          <User view={view} /> knows of the coffee.
        </p>
      )}
      <Line view={view} error={errors.line} value={values.line} />
      <p class="acts">
        {!thanked && (
          <Do choice="thanks" as="btn">
            <span>
              Thank <User view={view} />
            </span>
          </Do>
        )}
        {!asked && (
          <Do choice="coffee" as={thanked ? 'btn' : 'btn quiet'}>
            <Cup />
            Coffee?
          </Do>
        )}
      </p>
    </ChoiceForm>
  );
}

function Line({
  view,
  error,
  value = '',
}: {
  view: ForView;
  error?: string | undefined;
  value?: string | undefined;
}) {
  return (
    <>
      <label class="note" for="line">
        <span>A line back</span>{' '}
        <small>
          If you like. <User view={view} /> gets it as an email.
        </small>
      </label>
      <textarea
        id="line"
        name="line"
        rows={2}
        maxlength={MAX_LINE}
        dir="auto"
        autofocus={Boolean(error)}
        {...wrongAttributes('line', error)}
      >
        {value}
      </textarea>
      <Wrong id="line" error={error} />
    </>
  );
}

function Row({
  view,
  choice,
  name,
  children,
}: {
  view: ForView;
  choice: Choice;
  name: Child;
  children: Child;
}) {
  return (
    <li>
      <ChoiceForm view={view}>
        <Do choice={choice}>{name}</Do>
      </ChoiceForm>
      <p class="pencil">{children}</p>
    </li>
  );
}

function Quietly({ view }: { view: ForView }) {
  const { article, friendName, timeZone, chosen, stopped, stoppedForAll } = view;
  const rows = [
    article && friendName && !chosen.includes('not-my-thing') && (
      <Row view={view} choice="not-my-thing" name="Not my thing">
        <User view={view} /> will know that this subject isn’t for you.
      </Row>
    ),
    timeZone && !stopped && !stoppedForAll && !chosen.includes('less-often') && (
      <Row view={view} choice="less-often" name="Less often">
        About a month between letters. <User view={view} /> sees that you asked.
      </Row>
    ),
    !stopped && !stoppedForAll && (
      <Row view={view} choice="stop" name="Stop">
        No more letters from <User view={view} /> through Hallway. You can still write to each other directly.
      </Row>
    ),
    !stoppedForAll && (
      <Row view={view} choice="stop-all" name="Stop everything">
        No letter through Hallway comes to you again, from anybody.
      </Row>
    ),
  ].filter(Boolean);
  if (rows.length === 0) return null;
  return (
    <section class="quietly" aria-labelledby="quietly">
      <h2 id="quietly">Or, quietly</h2>
      <ul class="rows">{rows}</ul>
    </section>
  );
}

/** What is held about the friend: to be corrected, or to be deleted. Folded: nobody presses these by accident. */
function AboutMe({
  view,
  errors,
  values,
}: {
  view: ForView;
  errors: FormErrors;
  values: Record<string, string>;
}) {
  const { friendName, timeZone } = view;
  const isWrong = Boolean(errors.name || errors.timeZone);
  return (
    <section class="quietly" aria-labelledby="about-me">
      <h2 id="about-me">About you</h2>
      {friendName && timeZone && (
        <details class="by-hand" open={isWrong}>
          <summary>Correct my name or time zone</summary>
          <ChoiceForm view={view} class="sheet">
            <Alert errors={isWrong ? errors : {}} />
            <div class="fields">
              <Field
                label="Name"
                name="name"
                required
                maxlength={100}
                autocomplete="name"
                dir="auto"
                value={values.name ?? friendName}
                error={errors.name}
                autofocus={Boolean(errors.name)}
              />
              <div class="field">
                <label for="timeZone">Time zone</label>
                <ZoneSelect
                  name="timeZone"
                  chosen={values.timeZone ?? timeZone}
                  {...wrongAttributes('timeZone', errors.timeZone)}
                />
                <Wrong id="timeZone" error={errors.timeZone} />
              </div>
            </div>
            <p class="say pencil">
              <User view={view} /> sees what you corrected. Letters keep to your hours.
            </p>
            <p class="acts">
              <Do choice="correct" as="btn">
                Correct it
              </Do>
            </p>
          </ChoiceForm>
        </details>
      )}
      <details class="by-hand">
        <summary>Delete what is held about me</summary>
        <ChoiceForm view={view} class="sheet">
          <p>
            Your name, your address and what <User view={view} /> wrote down about you go. Letters that wait
            are taken back. It cannot be undone.
          </p>
          <WhatStays view={view} />
          <p class="acts">
            <Do choice="erase" as="btn quiet">
              Delete it
            </Do>
          </p>
        </ChoiceForm>
      </details>
    </section>
  );
}

function WhatStays({ view }: { view: ForView }) {
  return (
    <p class="say">
      Two things stay. The letters that <User view={view} /> wrote to you, because they are{' '}
      {view.userName ? (
        <>
          <User view={view} />
          ’s
        </>
      ) : (
        'theirs'
      )}
      , without your address. And your no, as a code from which nobody can read your address, so that Hallway
      does not carry another letter to it from <User view={view} />.
    </p>
  );
}

function StoppedSaid({ view }: { view: ForView }) {
  return (
    <section class="got">
      <h1>Stopped.</h1>
      <p>
        {view.stoppedForAll ? (
          'Hallway will not write to you again, for anybody.'
        ) : (
          <>
            Hallway will not write to you again for <User view={view} />.
          </>
        )}
      </p>
      {view.canTakeBack && (
        <ChoiceForm view={view}>
          <Do choice="undo" as="btn quiet">
            <Icon name="back" />
            That was a mistake
          </Do>
        </ChoiceForm>
      )}
    </section>
  );
}

function ResultPage({ view, result }: { view: ForView; result: Result }) {
  return (
    <Guest title={TITLES[result.of]}>
      {result.of === 'thanks' && <StampSheet />}
      <section class="got">
        <Said view={view} result={result} />
      </section>
      <Next view={view} result={result} />
    </Guest>
  );
}

const TITLES: Record<Result['of'], string> = {
  thanks: 'Thank you sent',
  coffee: 'Coffee',
  'not-my-thing': 'Not my thing',
  'less-often': 'Less often',
  stop: 'Stopped',
  'stop-all': 'Stopped',
  undo: 'Taken back',
  correct: 'Corrected',
  erase: 'Deleted',
  impossible: 'Not possible any more',
  'too-many': 'Enough for today',
  'stays-stopped': 'Stopped',
};

function AfterStop({ view }: { view: ForView }) {
  return (
    <>
      {view.userName ? <User view={view} /> : 'They'} can see that you asked it to stop, nothing more. To
      write to each other directly, answer any of the letters you have.
    </>
  );
}

function Said({ view, result }: { view: ForView; result: Result }) {
  const user = <User view={view} />;
  switch (result.of) {
    case 'thanks':
      return (
        <>
          {view.timeZone && (
            <Postmark
              city={cityOf(view.timeZone)}
              word="Thank you"
              over={dayMonth(view.now, view.timeZone, true)}
              middle={clock(view.now, view.timeZone)}
              inked
            />
          )}
          <h1>{user} has your thanks.</h1>
          <Went result={result} view={view} />
        </>
      );
    case 'coffee':
      return (
        <>
          <h1>{user} knows about the coffee.</h1>
          <Went result={result} view={view} />
        </>
      );
    case 'not-my-thing':
      return (
        <>
          <h1>Not your thing, then.</h1>
          <p>{user} sees it, and Hallway offers less of its kind for you.</p>
        </>
      );
    case 'less-often':
      return (
        <>
          <h1>Less often, then.</h1>
          <p>
            When Hallway chooses the day, it lets a month pass between letters. What was waiting for you is
            held, and {user} sees that you asked.
          </p>
        </>
      );
    case 'stop':
      return (
        <>
          <h1>Stopped.</h1>
          <p>
            Hallway will not write to you again for {user}. <AfterStop view={view} />
          </p>
        </>
      );
    case 'stop-all':
      return (
        <>
          <h1>Stopped, all of it.</h1>
          <p>
            Hallway will not write to you again, for anybody. <AfterStop view={view} />
          </p>
        </>
      );
    case 'undo':
      return (
        <>
          <h1>Taken back.</h1>
          <p>
            Letters from {user} can reach you again. What was waiting stays held until {user} sends it.
          </p>
        </>
      );
    case 'correct':
      return (
        <>
          <h1>Corrected.</h1>
          <p>
            {view.friendName && <Name>{view.friendName}</Name>}
            {view.timeZone && `, on the clocks of ${cityOf(view.timeZone)}`}. Letters that wait keep to your
            hours.
          </p>
        </>
      );
    case 'erase':
      return (
        <>
          <h1>Deleted.</h1>
          <p>
            What Hallway held about you for {user} is gone: your name, your address and what was written down.{' '}
            {view.userName && <>{user} is told that you asked.</>}
          </p>
          <WhatStays view={view} />
        </>
      );
    case 'impossible':
      return (
        <>
          <h1>That is not possible any more.</h1>
          <p>
            What it was about is no longer here. To write to {user}, answer the letter. Stopping works all the
            same.
          </p>
        </>
      );
    case 'stays-stopped':
      return (
        <>
          <h1>It stays stopped.</h1>
          <p>
            A stop can be taken back for an hour, so that nobody else lifts it later. To write to each other
            directly, answer any of the letters you have.
          </p>
        </>
      );
    case 'too-many':
      return (
        <>
          <h1>That is enough for today.</h1>
          <p>This was corrected several times already. It can be corrected again tomorrow.</p>
        </>
      );
    default:
      return result satisfies never;
  }
}

/** How the friend's word went; never more than is known of the mail. */
function Went({ view, result }: { view: ForView; result: Extract<Result, { of: Choice }> }) {
  const { line, word, isNews } = result;
  const quoted = line && (
    <q>
      <Name>{line}</Name>
    </q>
  );
  if (word === 'waiting') {
    return (
      <p>
        The mail server is busy, so it has not gone as an email yet. <User view={view} /> finds it in Hallway
        {line ? <>: {quoted}</> : '.'} Send it once more in a while, if you like.
      </p>
    );
  }
  if (word === 'asked') {
    return (
      <p>
        The mail server did not say whether the email left. <User view={view} /> finds it in Hallway in any
        case
        {line ? <>: {quoted}</> : '.'}
      </p>
    );
  }
  if (!isNews) {
    return (
      <p class="pencil">
        It had gone already{line ? <>, with your line: {quoted}</> : '.'} To say more, answer the letter.
      </p>
    );
  }
  return (
    <p class="pencil">
      It went as an email{line ? <>, with your line: {quoted}</> : '.'}{' '}
      {result.of === 'coffee' && 'The answer comes to your own mailbox.'}
    </p>
  );
}

function Next({ view, result }: { view: ForView; result: Result }) {
  const back = (
    <a class="lnk" href={`/for/${encodeURIComponent(view.token)}`}>
      Back to the letter
    </a>
  );
  if (result.of === 'stop' || result.of === 'stop-all') {
    return (
      <div class="sheet">
        <div class="acts">
          <ChoiceForm view={view}>
            <Do choice="undo" as="btn quiet">
              <Icon name="back" />
              That was a mistake
            </Do>
          </ChoiceForm>
          {result.of === 'stop' && (
            <ChoiceForm view={view}>
              <Do choice="stop-all">Stop everything, from anybody</Do>
            </ChoiceForm>
          )}
        </div>
      </div>
    );
  }
  if ((result.of === 'thanks' || result.of === 'coffee') && result.word === 'waiting') {
    return (
      <ChoiceForm view={view} class="sheet">
        {result.line && <input type="hidden" name="line" value={result.line} />}
        <div class="acts">
          <Do choice={result.of} as="btn">
            Send it once more
          </Do>
          {back}
        </div>
      </ChoiceForm>
    );
  }
  if (result.of === 'thanks' && !view.chosen.includes('coffee')) {
    return (
      <ChoiceForm view={view} class="sheet">
        <h2>And a coffee, one day?</h2>
        <Line view={view} />
        <p class="acts">
          <Do choice="coffee" as="btn">
            <Cup />
            <span>
              Ask <User view={view} />
            </span>
          </Do>
          {view.article?.url ? (
            <a class="lnk" href={view.article.url} rel="noreferrer">
              Read the article
            </a>
          ) : (
            back
          )}
        </p>
      </ChoiceForm>
    );
  }
  if (result.of === 'erase') return null;
  return <p class="acts">{back}</p>;
}
