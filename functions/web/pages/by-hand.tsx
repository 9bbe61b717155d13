import { Icon } from '../look/icons.tsx';
import { Page } from '../look/layout.tsx';
import { Name } from '../look/text.tsx';
import type { Frame, NoteView } from '../views.ts';

/** The letter, for the user to carry: in an answer, a chat, on paper. Nothing leaves from here. */
export function ByHandPage({
  view,
  mailto,
  plainText,
  next,
}: {
  frame: Frame;
  view: NoteView;
  mailto: string;
  plainText: string;
  /** Where the next letter to carry is. */
  next?: string;
}) {
  const friend = view.friend ? <Name>{view.friend.name}</Name> : 'your friend';
  return (
    <Page title="Send it yourself" current="notes" script="letter">
      <div class="head">
        <h1>Yours to carry</h1>
        <p class="pencil">Send it in your own way. Then tell Hallway, so that it is not sent twice.</p>
      </div>
      <div class="sheet carry" data-written>
        <label for="letter">Your letter to {friend}</label>
        <textarea id="letter" readonly rows={8} class="all">
          {plainText}
        </textarea>
        <p class="acts">
          <a class="btn quiet" href={mailto}>
            <Icon name="envelope" />
            Open in your mail
          </a>
          <button type="button" class="btn quiet js-share" data-from="letter" hidden>
            <Icon name="share" />
            Share
          </button>
          <button type="button" class="btn quiet js-copy" data-from="letter" hidden>
            Copy
          </button>
          <span role="status" class="meta" />
        </p>
        <form class="acts" method="post" action={`/notes/${view.note.id}/sent-myself`}>
          <input type="hidden" name="version" value={String(view.note.version)} />
          {next && <input type="hidden" name="back" value={next} />}
          <button type="submit" class="btn">
            {next ? 'I sent it, the next one' : 'I sent it'}
          </button>
          <a class="lnk" href={next ?? '/notes'}>
            Not now
          </a>
        </form>
      </div>
    </Page>
  );
}
