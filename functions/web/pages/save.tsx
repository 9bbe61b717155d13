import type { Child } from 'hono/jsx';
import type { Article } from '../../articles/article.ts';
import type { Friend } from '../../friends/friend.ts';
import { languageOf, ReasonWords, Source, webAddress } from '../look/clipping.tsx';
import { Alert, Field, Wrong, wrongAttributes } from '../look/field.tsx';
import { Icon } from '../look/icons.tsx';
import { Popup } from '../look/layout.tsx';
import { Moments, NoteBox, SealActions } from '../look/letter.tsx';
import { NeverNote } from '../look/never.tsx';
import { BlankStamp, Stamp } from '../look/stamp.tsx';
import { Name, scriptOf } from '../look/text.tsx';
import { onDay } from '../look/when.ts';
import { callName } from '../look/words.ts';
import { Zones } from '../look/zones.tsx';
import type { ClippingView, FormErrors, Frame, LetterDraft, NoteView, SuggestionView } from '../views.ts';
import { SignInFields } from './sign-in.tsx';

/** Why the text of a page that was asked for is not there. */
export type Missing = 'silent' | 'large' | 'signed-out';

/** What a bookmarklet or a hand puts into the save form. */
export interface SaveValues {
  url?: string;
  title?: string;
  selection?: string;
  missing?: Missing;
}

const MISSING: Record<Missing, string> = {
  silent: 'The page did not give its text. Its link is kept, and Hallway reads it from there if it can.',
  large: 'The page is over 2 MB. Its link is kept, and Hallway reads it from there if it can.',
  'signed-out':
    'You were signed out, so the page’s text did not come along. Press the label on the page once more to keep it.',
};

/** The style sheet knows this many friends side by side (`data-n`); the others are under "Someone else". */
const MAX_SIDE_BY_SIDE = 5;
const MAX_QUOTED = 280;

/**
 * GET /save. What was read comes in the address's fragment, which no server sees: `save.js` puts it into this form.
 * Without the script the form is filled by hand.
 */
export function SaveStartPage({
  signedIn,
  errors,
  values = {},
}: {
  signedIn: boolean;
  errors: FormErrors;
  values?: SaveValues;
}) {
  if (!signedIn) return <SaveSignInPage errors={errors} values={values} />;
  return (
    <Popup title="Keep an article" script="save">
      <div class="pair">
        <div class="mini">
          <h1>Keep an article</h1>
        </div>
        <form
          class="sheet stackf"
          method="post"
          action="/save"
          enctype="multipart/form-data"
          data-signed-in="true"
        >
          <Alert errors={errors} />
          <Field
            label="Its address"
            name="url"
            type="url"
            required
            autocomplete="off"
            value={values.url}
            error={errors.url}
          />
          <Field
            label={
              <>
                Title <small>Optional. Hallway reads it from the page.</small>
              </>
            }
            name="title"
            autocomplete="off"
            value={values.title}
            error={errors.title}
          />
          <label class="field" hidden={!values.selection}>
            The words you had marked
            <textarea name="selection" class="quoted" rows={3}>
              {values.selection}
            </textarea>
          </label>
          <input type="hidden" name="key" value="" />
          <input type="hidden" name="html" value="" />
          <input type="hidden" name="missing" value="" />
          <p class="acts">
            <button type="submit" class="btn">
              Keep it
            </button>
          </p>
        </form>
      </div>
    </Popup>
  );
}

/** Before anything is kept that came without the bookmarklet's own key: any page can send a form here. */
export function SaveConfirmPage({
  url,
  title,
  selection,
  html,
  missing,
}: {
  url: string;
  title: string;
  selection: string;
  /** Of the page, as it was handed over; it waits in the form. */
  html?: string | undefined;
  missing?: Missing | undefined;
}) {
  const address = webAddress(url);
  return (
    <Popup title="Keep this?" script="save">
      <div class="pair">
        <div class="mini">
          <div>
            {address && <p class="src">{new URL(address).hostname.replace(/^www\./, '')}</p>}
            <h1>
              <bdi lang={scriptOf(title)}>{title || url}</bdi>
            </h1>
          </div>
        </div>
        <form class="sheet" method="post" action="/save" enctype="multipart/form-data">
          <h2>Keep this?</h2>
          <p class="say address-line">{url}</p>
          {selection && <Quoted words={selection} />}
          <input type="hidden" name="url" value={url} />
          <input type="hidden" name="title" value={title} />
          <input type="hidden" name="selection" value={selection} />
          {html && <input type="hidden" name="html" value={html} />}
          {missing && <input type="hidden" name="missing" value={missing} />}
          <p class="acts">
            <button type="submit" class="btn">
              Keep it
            </button>
          </p>
          <p class="say pencil">
            Your label on the bookmarks bar keeps without asking. This did not come from it.
          </p>
        </form>
      </div>
    </Popup>
  );
}

/** Signed out: `save.js` keeps the fields in this browser until the link in the mail was opened. */
export function SaveSignInPage({
  errors = {},
  email,
  values,
}: {
  errors?: FormErrors;
  email?: string;
  values?: SaveValues;
}) {
  return (
    <Popup title="Come in" script="save">
      <div class="pair">
        <div class="mini">
          <h1>Come in first.</h1>
        </div>
        <form
          class="sheet stackf"
          method="post"
          action="/sign-in"
          data-keep={JSON.stringify(values?.url ? values : null)}
        >
          <Alert errors={errors} />
          <p>
            The article waits in this browser for a quarter of an hour. Open the link here, and it is kept.
          </p>
          <SignInFields email={email} errors={errors} returnTo="/save" />
        </form>
      </div>
    </Popup>
  );
}

/** "Just keep it." */
export function KeptPage() {
  return (
    <Popup title="Kept" script="letter">
      <section class="saved" data-written>
        <h1>Kept.</h1>
        <p>
          Hallway looks again whenever you write down what a friend cares about. You can close this window.
        </p>
        <p class="acts">
          <button type="button" class="btn quiet js-close" hidden>
            Close
          </button>
          <a class="lnk" href="/library" target="_blank" rel="noopener">
            Look in the library
          </a>
        </p>
      </section>
    </Popup>
  );
}

interface SaveWindowProps {
  frame: Frame;
  clipping: ClippingView;
  alreadySaved?: { savedAt: string; notes: NoteView[] };
  missing?: Missing;
  /** Friends to choose from by hand. */
  others: Friend[];
  /** By friend, what they never want and this article speaks to. */
  nevers?: ReadonlyMap<string, string> | undefined;
  /** Chosen by hand, to be written to now. */
  picked?: Friend;
  draft?: LetterDraft;
  /** What stood in `because` and the `new-…` fields when the form came back. */
  values?: Record<string, string>;
}

/** Saved; and whom it could be for. */
export function SaveWindowPage(props: SaveWindowProps) {
  const { clipping, alreadySaved, missing, picked, draft } = props;
  const nobody = clipping.suggestions.length === 0 && !picked;
  const form = nobody ? <Nobody {...props} /> : <Letters {...props} />;
  return (
    <Popup
      title={alreadySaved ? 'Saved before' : 'Saved'}
      script="letter"
      aside={
        alreadySaved ? (
          'Saved before'
        ) : (
          <>
            <Icon name="tick" /> Saved
          </>
        )
      }
    >
      <div class="pair">
        <Mini article={clipping.article} missing={missing} />
        <div class="sheet w">
          {alreadySaved && !picked && !draft ? (
            <Before {...props} saved={alreadySaved}>
              {form}
            </Before>
          ) : (
            form
          )}
        </div>
      </div>
    </Popup>
  );
}

function Mini({ article, missing }: { article: Article; missing: Missing | undefined }) {
  const image = webAddress(article.image);
  return (
    <div class="mini">
      <div>
        <Source article={article} />
        <h1>
          <bdi lang={languageOf(article)}>{article.title}</bdi>
        </h1>
        {missing && <p class="say pencil">{MISSING[missing]}</p>}
      </div>
      {image && <img src={image} alt="" decoding="async" referrerpolicy="no-referrer" />}
    </div>
  );
}

function Quoted({ words }: { words: string }) {
  const cut =
    words.length > MAX_QUOTED ? `${words.slice(0, MAX_QUOTED).replace(/[\uD800-\uDBFF]$/, '')}…` : words;
  return (
    <blockquote class="quoted" dir="auto" lang={scriptOf(cut)}>
      {cut}
    </blockquote>
  );
}

const NOT_WRITTEN = ['draft', 'cancelled'];

/** When it was saved, to whom it went, and the letters themselves. */
function Before({
  frame,
  saved,
  children,
}: SaveWindowProps & { saved: { savedAt: string; notes: NoteView[] }; children?: Child }) {
  const { now, user } = frame;
  const letters = saved.notes.filter(({ note }) => !NOT_WRITTEN.includes(note.state));
  return (
    <>
      <h2>You saved this {onDay(saved.savedAt, now, user.timeZone)}.</h2>
      {letters.length === 0 && <p class="say">It has not gone to anybody yet.</p>}
      {letters.map((view) => (
        <figure class="memory">
          <Stamp id={view.note.friendId} name={view.friend?.name ?? '·'} />
          <div>
            <figcaption class="pencil">
              <Went view={view} frame={frame} />
            </figcaption>
            <blockquote class="inked" dir="auto">
              {view.note.text}
            </blockquote>
          </div>
        </figure>
      ))}
      {letters.length === 0 ? (
        <div class="once-more">{children}</div>
      ) : (
        <>
          <details class="once-more">
            <summary class="btn">
              <Icon name="nib" />
              Write to someone else
            </summary>
            {children}
          </details>
          <p class="acts">
            <a class="lnk" href="/notes" target="_blank" rel="noopener">
              See the {letters.length === 1 ? 'letter' : 'letters'}
            </a>
          </p>
        </>
      )}
    </>
  );
}

function Went({ view: { note, friend }, frame }: { view: NoteView; frame: Frame }) {
  const name = friend ? <Name>{callName(friend.name)}</Name> : 'a friend who is gone';
  return note.sentAt ? (
    <>
      You sent it to {name} {onDay(note.sentAt, frame.now, frame.user.timeZone)}.
    </>
  ) : (
    <>A letter to {name} is under Notes.</>
  );
}

/** Nobody fits. The user may still know somebody, and say why. */
function Nobody({ clipping, others, nevers, draft, values = {}, alreadySaved }: SaveWindowProps) {
  const errors = draft?.errors ?? {};
  return (
    <form class="letter" method="post" action={`/save/${clipping.article.id}/notes`}>
      <Alert errors={errors} />
      <h2>Nobody comes to mind.</h2>
      <p class="say">It is kept. Hallway looks again whenever you write down what a friend cares about.</p>
      <div class="stackf">
        {others.length > 0 && (
          <Others
            label="Do you know someone?"
            others={others}
            nevers={nevers}
            chosen={draft?.chosen}
            error={errors.other}
          />
        )}
        {others.length === 0 && <SomebodyNew open values={values} errors={errors} />}
        <Because value={values.because} error={errors.because} />
        {others.length > 0 && <SomebodyNew open={false} values={values} errors={errors} />}
      </div>
      <p class="acts">
        <button type="submit" class="btn" name="do" value="pick">
          <Icon name="nib" />
          Write to them
        </button>
        {!alreadySaved && <KeepButton>Leave it kept</KeepButton>}
      </p>
      <Zones />
    </form>
  );
}

/**
 * Friends side by side, none, one or several chosen, each with a box of their own. Fields: `friend` for each chosen
 * friend with `text-<friendId>`; with `else`, also the one of `other` (`text-other`, `because`) or of `new-name`
 * (`new-email`, `new-timeZone`, `text-new`). Fields of what is not chosen are sent too, and mean nothing.
 */
function Letters({ frame, clipping, others, nevers, picked, draft, values = {} }: SaveWindowProps) {
  const { article, suggestions } = clipping;
  const shown = suggestions.filter(({ friend }) => friend.id !== picked?.id).slice(0, MAX_SIDE_BY_SIDE);
  const errors = draft?.errors ?? {};
  const known = new Set(shown.map(({ friend }) => friend.id));
  const remaining = uniqueById([...suggestions.map(({ friend }) => friend), ...others]).filter(
    ({ id }) => !known.has(id) && id !== picked?.id,
  );
  const chosen = new Set(draft?.chosen ?? (picked ? [] : [shown[0]?.friend.id]));
  const someoneElse = picked !== undefined || chosen.has('new') || remaining.some(({ id }) => chosen.has(id));
  const friends = shown.map(({ friend }) => friend);
  const first = friends.find(({ id }) => chosen.has(id));
  return (
    <form class="letter" method="post" action={`/save/${article.id}/notes`}>
      <Alert errors={errors} />
      <fieldset class="for" aria-describedby={errors.friend && 'friend-wrong'}>
        <legend class="vh">Who is it for?</legend>
        {shown.map(({ friend }, n) => (
          <label>
            <input
              class="vh"
              type="checkbox"
              name="friend"
              value={friend.id}
              data-n={n}
              checked={chosen.has(friend.id)}
            />
            <Stamp id={friend.id} name={friend.name} />
            <Name>{callName(friend.name)}</Name>
          </label>
        ))}
        <label>
          <input
            class="vh"
            type="checkbox"
            name="else"
            value="1"
            data-n={picked && friends.length}
            checked={someoneElse}
          />
          {picked ? <Stamp id={picked.id} name={picked.name} /> : <BlankStamp />}
          {picked ? <Name>{callName(picked.name)}</Name> : <span>Someone else</span>}
        </label>
      </fieldset>
      <Wrong id="friend" error={errors.friend} />
      <div class="ones">
        {shown.map((view, n) => (
          <div class={`one is is-n${n}`}>
            <Evidence view={view} />
            <NoteBox
              id={`text-${view.friend.id}`}
              name={`text-${view.friend.id}`}
              friend={view.friend}
              text={draft?.texts[view.friend.id]}
              error={errors[`text-${view.friend.id}`]}
              rows={2}
              required={false}
              autofocus={!picked && view.friend === first && !draft?.asks?.length}
            />
          </div>
        ))}
        <div class="one is is-else">
          {picked ? (
            <>
              <input type="hidden" name="other" value={picked.id} />
              <NeverNote friend={picked} never={nevers?.get(picked.id)} />
              {values.because && <Because value={values.because} error={errors.because} />}
              <NoteBox
                id="text-other"
                name="text-other"
                friend={picked}
                text={draft?.texts[picked.id] ?? (draft?.texts.other || draft?.texts.new)}
                error={errors['text-other'] ?? errors[`text-${picked.id}`]}
                rows={2}
                required={false}
                autofocus={!draft?.asks?.length}
              />
            </>
          ) : (
            <SomeoneElse others={remaining} nevers={nevers} draft={draft} values={values} errors={errors} />
          )}
        </div>
      </div>
      <Moments
        id="moment"
        frame={frame}
        friends={picked ? [...friends, picked] : friends}
        moment={draft?.moment ?? 'surprise'}
        at={draft?.at}
        error={errors.at ?? errors.moment}
      />
      {!picked && <p class="say pencil is is-else">For someone else, the hours are those where they are.</p>}
      <SealActions id="letters" friends={picked ? [...friends, picked] : friends} draft={draft}>
        <KeepButton>Just keep it</KeepButton>
      </SealActions>
      <Zones />
    </form>
  );
}

function uniqueById(friends: Friend[]): Friend[] {
  return [...new Map(friends.map((friend) => [friend.id, friend])).values()];
}

/** The best reason: the friend's interest in the user's words, and the article's words that speak to it. */
function Evidence({ view: { suggestion, friend, article } }: { view: SuggestionView }) {
  const [reason] = suggestion.reasons;
  if (!reason) return null;
  return (
    <p class="pencil">
      <ReasonWords reason={reason} friend={friend} />:{' '}
      <span class="phrase" lang={languageOf(article)}>
        “<mark>{reason.evidence}</mark>”
      </span>
    </p>
  );
}

function SomeoneElse({
  others,
  nevers,
  draft,
  values,
  errors,
}: {
  others: Friend[];
  nevers?: ReadonlyMap<string, string> | undefined;
  draft: LetterDraft | undefined;
  values: Record<string, string>;
  errors: FormErrors;
}) {
  const chosen = others.find(({ id }) => draft?.chosen.includes(id));
  return (
    <>
      {others.length > 0 && (
        <>
          <Others
            label="A friend"
            others={others}
            nevers={nevers}
            chosen={draft?.chosen}
            error={errors.other}
          />
          <Because value={values.because} error={errors.because} />
          <NoteBox
            id="text-other"
            name="text-other"
            text={(chosen && draft?.texts[chosen.id]) ?? draft?.texts.other}
            error={errors['text-other'] ?? (chosen && errors[`text-${chosen.id}`])}
            rows={2}
            required={false}
          />
        </>
      )}
      <SomebodyNew open={others.length === 0} values={values} errors={errors}>
        <NoteBox
          id="text-new"
          name="text-new"
          text={draft?.texts.new}
          error={errors['text-new']}
          rows={2}
          required={false}
        />
      </SomebodyNew>
    </>
  );
}

function Others({
  label,
  others,
  nevers,
  chosen = [],
  error,
}: {
  label: string;
  others: Friend[];
  nevers?: ReadonlyMap<string, string> | undefined;
  chosen?: string[] | undefined;
  error: string | undefined;
}) {
  return (
    <div class="field">
      <label for="other">{label}</label>
      <select id="other" name="other" {...wrongAttributes('other', error)}>
        <option value="">Choose a friend</option>
        {others.map(({ id, name }) => (
          <option value={id} lang={scriptOf(name)} selected={chosen.includes(id)}>
            {nevers?.has(id) ? `${name} (never: ${nevers?.get(id)})` : name}
          </option>
        ))}
      </select>
      <Wrong id="other" error={error} />
    </div>
  );
}

/** In ink: the user's own reason, which becomes an interest of the friend's. */
function Because({ value, error }: { value: string | undefined; error: string | undefined }) {
  return (
    <Field
      label={
        <>
          What is it to them? <small>Optional, in your words. It becomes one of their interests.</small>
        </>
      }
      name="because"
      class="inked"
      maxlength={200}
      autocomplete="off"
      value={value}
      error={error}
    />
  );
}

function SomebodyNew({
  open,
  values,
  errors,
  children,
}: {
  open: boolean;
  values: Record<string, string>;
  errors: FormErrors;
  children?: Child;
}) {
  const names = ['new-name', 'new-email', 'new-timeZone', 'text-new'];
  return (
    <details class="new" open={open || names.some((name) => values[name] || errors[name])}>
      <summary>
        <Icon name="plus" />
        Somebody new
      </summary>
      <div class="stackf">
        <Field
          label="Name"
          name="new-name"
          maxlength={100}
          autocomplete="off"
          value={values['new-name']}
          error={errors['new-name']}
        />
        <Field
          label={
            <>
              Email <small>Optional. Without it you send the letter yourself.</small>
            </>
          }
          name="new-email"
          type="email"
          autocomplete="off"
          value={values['new-email']}
          error={errors['new-email']}
        />
        <Field
          label={
            <>
              Time zone <small>Yours, if you leave it empty.</small>
            </>
          }
          name="new-timeZone"
          list="zones"
          autocomplete="off"
          value={values['new-timeZone']}
          error={errors['new-timeZone']}
        />
        {children}
      </div>
    </details>
  );
}

/** Leaves without the letter: nothing of it has to be filled in. */
function KeepButton({ children }: { children: Child }) {
  return (
    <button type="submit" class="lnk" name="do" value="keep" formnovalidate>
      {children}
    </button>
  );
}
