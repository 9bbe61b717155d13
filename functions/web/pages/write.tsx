import type { Article } from '../../articles/article.ts';
import { type Friend, isCurrent } from '../../friends/friend.ts';
import type { Suggestion } from '../../matching/suggestion.ts';
import { Clipping } from '../look/clipping.tsx';
import { Page } from '../look/layout.tsx';
import { NeverNote } from '../look/never.tsx';
import { LetterForm, To } from '../look/sheet.tsx';
import { Name, Text } from '../look/text.tsx';
import { dayKey, onDay } from '../look/when.ts';
import { callName, sentence } from '../look/words.ts';
import type { Frame, LetterDraft } from '../views.ts';

interface WriteProps {
  frame: Frame;
  friend: Friend;
  article?: Article | undefined;
  suggestion?: Suggestion | undefined;
  /** What the friend never wants and the article speaks to. */
  never?: string | undefined;
  draft?: LetterDraft | undefined;
}

/** A letter to one friend, with an article beside it or without. */
export function WritePage({ frame, friend, article, suggestion, never, draft }: WriteProps) {
  return (
    <Page title={`A letter to ${friend.name}`} current="friends" script="letter">
      <div class="pair">
        {article ? (
          <Clipping
            view={{ article, suggestions: suggestion ? [{ suggestion, friend, article }] : [] }}
            frame={frame}
          />
        ) : (
          <Remembered frame={frame} friend={friend} />
        )}
        <section class="sheet letter w">
          <div class="to">
            <To frame={frame} friends={[friend]} heading="h1" />
          </div>
          <NeverNote friend={friend} never={never} />
          <LetterForm
            frame={frame}
            friends={[friend]}
            article={article}
            from="write"
            draft={draft}
            autofocus
          />
        </section>
      </div>
    </Page>
  );
}

/** What one wrote down about the friend, to think of while writing. */
function Remembered({ frame: { now, user }, friend }: { frame: Frame; friend: Friend }) {
  const today = dayKey(now, user.timeZone);
  const interests = friend.interests.filter((one) => one.kind !== 'never' && isCurrent(one, today));
  return (
    <div class="clip">
      <h2>
        What <Name>{callName(friend.name)}</Name> cares about
      </h2>
      {interests.length > 0 ? (
        <ul class="remembered inked">
          {interests.map(({ text }) => (
            <li>
              <Text>{sentence(text)}</Text>
            </li>
          ))}
        </ul>
      ) : (
        <p class="pencil">Nothing written down yet.</p>
      )}
      <p class="pencil">
        {friend.lastWroteAt
          ? `Your last letter left ${onDay(friend.lastWroteAt, now, user.timeZone)}.`
          : 'This would be your first letter.'}
      </p>
    </div>
  );
}
