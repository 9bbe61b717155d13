import type { Child } from 'hono/jsx';
import { Guest } from '../look/layout.tsx';
import { Name } from '../look/text.tsx';

/**
 * The way to stop and nothing beside it, as mail programs offer it; the friend's page (`for.tsx`) has the rest. No account,
 * and nothing of what the user wrote down about them: these props are all it can show.
 */
export function StopPage({
  state,
  userName,
  friendName,
  token,
}: {
  state: 'ask' | 'stopped' | 'gone';
  userName?: string;
  friendName?: string;
  token: string;
}) {
  if (state === 'gone') return <Gone />;
  const user = userName ? <Name>{userName}</Name> : 'the person who wrote';
  if (state === 'stopped') {
    return (
      <Guest title="Stopped">
        <section class="got">
          <h1>Stopped.</h1>
          <p>
            Hallway will not write to you again for {user}. To write to {user} yourself, answer any of the
            letters you have.
          </p>
        </section>
        <p class="acts">
          <Whole token={token}>A mistake, or something else?</Whole>
        </p>
      </Guest>
    );
  }
  return (
    <Guest title={userName ? `Stop letters from ${userName}` : 'Stop these letters'}>
      <section class="got">
        {friendName && (
          <p class="pencil">
            For <Name>{friendName}</Name>
          </p>
        )}
        <h1>{userName ? <>Stop letters from {user}?</> : 'Stop these letters?'}</h1>
        <p>
          No more letters will come through Hallway. {userName ? user : 'They'} can see that you asked it to
          stop, nothing more, and can still write to you directly.
        </p>
      </section>
      <form class="sheet" method="post" action={`/stop/${encodeURIComponent(token)}`}>
        <p class="acts">
          <button type="submit" class="btn" name="do" value="stop">
            Stop the letters
          </button>
          <Whole token={token}>Something less, or something else</Whole>
        </p>
      </form>
    </Guest>
  );
}

/** To the whole page of the letter, where there is more to say than "stop". */
function Whole({ token, children }: { token: string; children: Child }) {
  return (
    <a class="lnk" href={`/for/${encodeURIComponent(token)}`}>
      {children}
    </a>
  );
}

function Gone() {
  return (
    <Guest title="This link opens nothing">
      <section class="got">
        <h1>This link opens nothing.</h1>
        <p>
          Perhaps a part of it was lost on the way. Open it once more from the letter itself, or answer the
          letter and say that you want no more: your answer goes to the person who wrote it.
        </p>
      </section>
    </Guest>
  );
}
