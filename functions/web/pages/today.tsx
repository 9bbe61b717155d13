import type { Friend } from '../../friends/friend.ts';
import { Clipping } from '../look/clipping.tsx';
import { Corridor, Icon } from '../look/icons.tsx';
import { Page } from '../look/layout.tsx';
import { SetAsideLine } from '../look/lessons.tsx';
import { LetterSheet } from '../look/sheet.tsx';
import { Name } from '../look/text.tsx';
import { ago, cityOf, clock, partOfDay } from '../look/when.ts';
import { callName, number, plural, sentence } from '../look/words.ts';
import type { ClippingView, Frame, LetterDraft, SuggestionView } from '../views.ts';

interface TodayProps {
  frame: Frame;
  /** With open suggestions only, newest first; each interest of a friend gets its turn. */
  clippings: ClippingView[];
  /** Articles that wait for somebody they fit. */
  keptCount: number;
  friendCount: number;
  articleCount: number;
  /** The one written to longest ago. */
  oldestFriend?: Friend | undefined;
  /** What was set aside a moment ago. */
  aside?: SuggestionView | undefined;
  /** A letter that came back with a question; `articleId` says which. */
  draft?: LetterDraft | undefined;
}

export function TodayPage({
  frame,
  clippings,
  keptCount,
  friendCount,
  articleCount,
  oldestFriend,
  aside,
  draft,
}: TodayProps) {
  const title = partOfDay(frame.now, frame.user.timeZone);
  const firstRun = friendCount === 0 && articleCount === 0;
  const returned = clippings.some(({ article }) => article.id === draft?.articleId);
  return (
    <Page title="Today" current="today" script="letter">
      <div class="head">
        <h1>{title}</h1>
        <p class="pencil">{intro(clippings.length, firstRun)}</p>
      </div>
      {aside && <SetAsideLine view={aside} from="today" />}
      {clippings.map((view, i) => {
        const mine = view.article.id === draft?.articleId;
        return (
          <article class="pair" aria-labelledby={`h-${view.article.id}`}>
            <Clipping view={view} frame={frame} id={`h-${view.article.id}`} />
            <LetterSheet
              frame={frame}
              article={view.article}
              suggestions={view.suggestions}
              from="today"
              open={returned ? mine : i === 0}
              draft={mine ? draft : undefined}
            />
          </article>
        );
      })}
      {clippings.length > 0 && <Rest kept={keptCount} />}
      {clippings.length === 0 &&
        (firstRun ? (
          <FirstRun />
        ) : (
          <Empty
            frame={frame}
            kept={keptCount}
            friends={friendCount}
            articles={articleCount}
            oldest={oldestFriend}
          />
        ))}
    </Page>
  );
}

function intro(count: number, firstRun: boolean): string {
  if (firstRun) return 'An empty desk, and a pen.';
  if (count === 0) return 'Nothing on the desk.';
  if (count === 1) return 'One thing you saved, for someone. The words are yours.';
  return `${sentence(number(count))} things you saved, each for someone. The words are yours.`;
}

function Rest({ kept }: { kept: number }) {
  return (
    <p class="foot pencil">
      That is everything for today.{' '}
      {kept > 0 && (
        <>
          <a href="/library">{sentence(number(kept))} more</a>{' '}
          {kept === 1
            ? 'is set aside until you know someone it fits.'
            : 'are set aside until you know someone they fit.'}
        </>
      )}
    </p>
  );
}

function FirstRun() {
  return (
    <div class="empty">
      <Corridor />
      <ol class="steps">
        <li>
          <h2>Add a friend</h2>
          <p>A name, and one thing they care about, in your words.</p>
          <p>
            <a class="btn" href="/friends#add">
              <Icon name="plus" />
              Add a friend
            </a>
          </p>
        </li>
        <li>
          <h2>Drag the bookmark</h2>
          <p>
            It waits under <a href="/settings">Settings</a>, and goes to the bookmarks bar of your browser.
          </p>
        </li>
        <li>
          <h2>Save something</h2>
          <p>
            Press the bookmark on a page that makes you think of somebody, or{' '}
            <a href="/library">paste its link</a>. Hallway says who it could be for, and why. You write.
          </p>
        </li>
      </ol>
    </div>
  );
}

function waiting({ kept, friends, articles }: { kept: number; friends: number; articles: number }): string {
  if (articles === 0)
    return 'Nothing is saved yet. What you save is laid here, beside the friend it could be for.';
  const waits = `${sentence(plural(kept || articles, 'article'))} ${(kept || articles) === 1 ? 'is' : 'are'} waiting for a person.`;
  if (friends === 0) return `${waits} Hallway does not know anybody yet.`;
  if (kept === 0) return 'Everything you saved has found its person, or its place.';
  const none = kept === 1 ? 'It does not fit' : 'None of them fits';
  return `${waits} ${none} what you have written down about your friends so far, and that is fine.`;
}

function Empty({
  frame,
  oldest,
  ...counts
}: {
  frame: Frame;
  kept: number;
  friends: number;
  articles: number;
  oldest: Friend | undefined;
}) {
  const { now, user } = frame;
  return (
    <div class="empty">
      <Corridor />
      <div>
        <p>{waiting(counts)}</p>
        {oldest && (
          <>
            <p>
              <a href={`/friends/${encodeURIComponent(oldest.id)}#heard`}>
                It is {clock(now, oldest.timeZone)} in {cityOf(oldest.timeZone)}. What did{' '}
                <Name>{callName(oldest.name)}</Name> talk about last time?
              </a>
            </p>
            <p class="pencil">
              {oldest.lastWroteAt ? (
                <>
                  Your last letter to <Name>{callName(oldest.name)}</Name> left{' '}
                  {ago(oldest.lastWroteAt, now, user.timeZone)}.
                </>
              ) : (
                <>
                  You have not written to <Name>{callName(oldest.name)}</Name> yet.
                </>
              )}
            </p>
          </>
        )}
        <p class="acts">
          {counts.friends === 0 ? (
            <a class="btn" href="/friends#add">
              <Icon name="plus" />
              Add a friend
            </a>
          ) : (
            <a class="btn quiet" href="/friends">
              <Icon name="nib" />
              Note an interest
            </a>
          )}
          <a class="lnk" href="/settings">
            How to save an article
          </a>
        </p>
      </div>
    </div>
  );
}
