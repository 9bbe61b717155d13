import type { Frame, NoteView } from '../views.ts';
import { Ring } from './icons.tsx';
import { NoteWords } from './letter.tsx';
import { Name, Text } from './text.tsx';
import { dayName } from './when.ts';
import { stateWords } from './words.ts';

/** "To Grace", with a link to the friend's page as long as there is one. */
export function ToFriend({ view: { friend } }: { view: NoteView }) {
  return (
    <h3>
      <span class="pencil">To</span>{' '}
      {friend ? (
        <a href={`/friends/${encodeURIComponent(friend.id)}`}>
          <Name>{friend.name}</Name>
        </a>
      ) : (
        'a friend no longer here'
      )}
    </h3>
  );
}

/** What became of it. `brief`: of a letter that has gone well, no more than that. */
export function State({ frame, view, brief = false }: { frame: Frame; view: NoteView; brief?: boolean }) {
  const { note, friend, article } = view;
  const { said, also } = stateWords(note, friend, frame.now, frame.user.timeZone, article);
  if (brief && note.state === 'delivered') return <p class="pencil">{said}</p>;
  return (
    <>
      <p class="state">
        <Text>{said}</Text>
      </p>
      {also && (
        <p class="pencil">
          <Text>{also}</Text>
        </p>
      )}
    </>
  );
}

/** Letters over time, newest first as given. `about`: whether each names its friend (an article's letters do). */
export function Thread({
  frame,
  notes,
  about,
}: {
  frame: Frame;
  notes: NoteView[];
  about: 'friend' | 'article';
}) {
  const { now, user } = frame;
  return (
    <ol class="thread">
      {notes.map((view) => {
        const { note, friend } = view;
        const zone = friend?.timeZone ?? user.timeZone;
        const at = note.sentAt ?? note.sendAt ?? note.updatedAt;
        return (
          <li class="entry">
            <Ring name={stateWords(note, friend, now, user.timeZone).ring} />
            <p class="at">
              <time datetime={at}>{dayName(at, now, zone)}</time>
            </p>
            <div class="body">
              {about === 'friend' && <ToFriend view={view} />}
              <NoteWords view={about === 'friend' ? { ...view, article: undefined } : view} />
              <State frame={frame} view={view} brief />
            </div>
          </li>
        );
      })}
    </ol>
  );
}
