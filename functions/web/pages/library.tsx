import type { Article } from '../../articles/article.ts';
import type { Friend } from '../../friends/friend.ts';
import { Clipping, Source } from '../look/clipping.tsx';
import { Alert, Field } from '../look/field.tsx';
import { Icon } from '../look/icons.tsx';
import { Page } from '../look/layout.tsx';
import { SetAsideLine } from '../look/lessons.tsx';
import { LetterSheet } from '../look/sheet.tsx';
import { Name, scriptOf } from '../look/text.tsx';
import { Thread } from '../look/thread.tsx';
import { monthHeading, monthKey } from '../look/when.ts';
import { callName, notReadWords, number, plural, sentence } from '../look/words.ts';
import type { ClippingView, FormErrors, Frame, LetterDraft, NoteView, SuggestionView } from '../views.ts';

interface Row {
  article: Article;
  suggestions: SuggestionView[];
  /** Letters written on it. */
  noteCount?: number;
}

interface LibraryProps {
  frame: Frame;
  /** Newest first. */
  articles: Row[];
  nextCursor?: string | undefined;
  /** Of the form that saves a link by hand: `url`, `title`, `form`. */
  errors: FormErrors;
  values?: Record<string, string> | undefined;
}

const path = (article: Article): string => `/articles/${encodeURIComponent(article.id)}`;
const waits = ({ suggestion }: SuggestionView): boolean =>
  suggestion.state === 'open' || suggestion.state === 'later';

export function LibraryPage({ frame, articles, nextCursor, errors, values = {} }: LibraryProps) {
  const { now, user } = frame;
  const months = Map.groupBy(articles, ({ article }) => monthKey(article.savedAt, user.timeZone));
  const asked = Object.keys(errors).length > 0;
  return (
    <Page title="Library" current="library">
      <div class="head">
        <h1>Library</h1>
        <p class="pencil">
          {articles.length === 0 ? 'Nothing saved yet.' : 'Everything you saved, the latest first.'}
        </p>
      </div>
      <details class="by-hand" open={asked || articles.length === 0}>
        <summary class="btn quiet">
          <Icon name="plus" />
          Save a link
        </summary>
        <form class="sheet" method="post" action="/articles">
          <Alert errors={errors} />
          <div class="fields">
            <Field
              label="Its address"
              name="url"
              type="url"
              inputmode="url"
              required
              value={values.url}
              error={errors.url}
            />
            <Field
              label="Title, if you like"
              name="title"
              maxlength={300}
              autocomplete="off"
              dir="auto"
              value={values.title}
              error={errors.title}
            />
          </div>
          <p class="acts">
            <button type="submit" class="btn">
              Keep it
            </button>
            <a class="lnk" href="/settings">
              A quicker way
            </a>
          </p>
        </form>
      </details>
      {[...months].map(([key, rows]) => (
        <section class="month" aria-labelledby={`m-${key}`}>
          <h2 id={`m-${key}`}>{monthHeading(rows[0]?.article.savedAt ?? now, now, user.timeZone)}</h2>
          <ul class="rows">
            {rows.map((row) => (
              <LibraryRow frame={frame} row={row} />
            ))}
          </ul>
        </section>
      ))}
      {nextCursor && (
        <p class="acts">
          <a class="btn quiet" href={`/library?cursor=${encodeURIComponent(nextCursor)}`}>
            Earlier
          </a>
        </p>
      )}
    </Page>
  );
}

function LibraryRow({ frame, row: { article, suggestions, noteCount = 0 } }: { frame: Frame; row: Row }) {
  const fits = suggestions.filter(waits);
  return (
    <li class="kept">
      <div>
        <Source article={article} frame={frame} />
        <h3>
          <a href={path(article)}>
            <bdi lang={scriptOf(article.title)}>{article.title}</bdi>
          </a>
        </h3>
      </div>
      <p class="pencil">
        {fits.length > 0 && (
          <>
            For{' '}
            {fits.map(({ friend }, i) => (
              <>
                {i > 0 && (i === fits.length - 1 ? ' or ' : ', ')}
                <Name>{callName(friend.name)}</Name>
              </>
            ))}
            .{' '}
          </>
        )}
        {noteCount > 0 && `${sentence(plural(noteCount, 'letter'))} written.`}
        {article.workFailed && 'Hallway could not look for a friend.'}
        {article.readAt && notReadWords(article)}
      </p>
    </li>
  );
}

interface ArticleProps {
  frame: Frame;
  clipping: ClippingView;
  /** Written on this article. */
  notes: NoteView[];
  /** Everybody, for "someone else". */
  friends: Friend[];
  /** What was set aside a moment ago. */
  aside?: SuggestionView | undefined;
  draft?: LetterDraft | undefined;
}

export function ArticlePage({ frame, clipping, notes, friends, aside, draft }: ArticleProps) {
  const { article } = clipping;
  const suggestions = clipping.suggestions.filter(waits);
  const suggested = new Set(suggestions.map(({ friend }) => friend.id));
  const others = friends.filter((friend) => !suggested.has(friend.id));
  return (
    <Page title={article.title} current="library" script="letter">
      {aside && <SetAsideLine view={aside} from="article" />}
      <article class="pair" aria-labelledby="title">
        <Clipping view={{ article, suggestions }} frame={frame} id="title" heading="h1">
          {article.selection && (
            <blockquote class="inked" dir="auto">
              <p>{article.selection}</p>
            </blockquote>
          )}
          {article.notRead && (
            <form method="post" action={`${path(article)}/read`}>
              <p>{notReadWords(article)}</p>
              <p class="acts">
                <button type="submit" class="btn quiet">
                  Try again
                </button>
              </p>
            </form>
          )}
          {article.workFailed && (
            <form method="post" action={`${path(article)}/match`}>
              <p>Hallway could not look for a friend.</p>
              <p class="acts">
                <button type="submit" class="btn quiet">
                  Try again
                </button>
              </p>
            </form>
          )}
        </Clipping>
        <div class="stack">
          {suggestions.length > 0 ? (
            <LetterSheet
              frame={frame}
              article={article}
              suggestions={suggestions}
              from="article"
              open
              draft={draft}
            />
          ) : (
            notes.length === 0 && <h2>Nobody comes to mind. It is kept.</h2>
          )}
          {notes.length > 0 && (
            <section aria-labelledby="letters">
              <h2 id="letters">
                {notes.length === 1 ? 'The letter' : `${sentence(number(notes.length))} letters`}
              </h2>
              <Thread frame={frame} notes={notes} about="friend" />
            </section>
          )}
          <SomeoneElse article={article} friends={others} first={suggestions.length === 0} />
        </div>
      </article>
      <details class="foot">
        <summary class="lnk">Delete this article</summary>
        <form method="post" action={`${path(article)}/delete`}>
          <p>It leaves your library, with what Hallway thought about it. Letters that were sent stay sent.</p>
          <p class="acts">
            <button type="submit" class="btn quiet">
              Delete it
            </button>
          </p>
        </form>
      </details>
    </Page>
  );
}

function SomeoneElse({ article, friends, first }: { article: Article; friends: Friend[]; first: boolean }) {
  if (friends.length === 0) {
    return (
      <p>
        <a href="/friends#add">Add {first ? 'a friend' : 'another friend'}</a> it could be for.
      </p>
    );
  }
  return (
    <form class="add" method="get" action="/write">
      <input type="hidden" name="article" value={article.id} />
      <div class="field">
        <label for="someone">{first ? 'Do you know someone?' : 'Someone else'}</label>
        <select id="someone" name="friend" required>
          <option value="">Choose a friend</option>
          {friends.map((friend) => (
            <option value={friend.id} lang={scriptOf(friend.name)}>
              {friend.name}
            </option>
          ))}
        </select>
      </div>
      <button type="submit" class="btn quiet">
        <Icon name="nib" />
        Write
      </button>
    </form>
  );
}
