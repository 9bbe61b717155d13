import type { Child } from 'hono/jsx';
import { type Import, stateOf } from '../../transfer/import.ts';
import { MAX_FILE_BYTES } from '../../transfer/size.ts';
import { Wrong, wrongAttributes } from '../look/field.tsx';
import { Page } from '../look/layout.tsx';
import { Name } from '../look/text.tsx';
import { clock, dayName } from '../look/when.ts';
import type { Frame } from '../views.ts';

/** Lines that one page shows; the API has more of them. */
const SHOWN_LINES = 50;

const figure = (n: number): string => n.toLocaleString('en');
const isRunning = (one: Import): boolean => stateOf(one) === 'waiting' || stateOf(one) === 'reading';

/** Files that come in, how far they are read, and what became of what is in them. */
export function ImportsPage({
  frame,
  imports,
  wrong,
}: {
  frame: Frame;
  /** Newest first. */
  imports: Import[];
  /** What is wrong with the file just sent. */
  wrong?: string;
}) {
  return (
    <Page title="Bring things in" current="settings" script="import">
      <div class="head">
        <h1>Bring things in</h1>
        <p class="pencil">What you saved elsewhere, and the people you know.</p>
      </div>
      <div class="bring">
        <form
          class="sheet"
          method="post"
          action="/imports"
          enctype="multipart/form-data"
          data-most={MAX_FILE_BYTES}
        >
          <div class="field">
            <label for="file">A file from another program</label>
            <input id="file" name="file" type="file" required {...wrongAttributes('file', wrong)} />
            <Wrong id="file" error={wrong} />
          </div>
          <p class="say pencil js-said" role="status" />
          <p class="acts">
            <button type="submit" class="btn">
              Read it in
            </button>
            <a class="lnk" href="/settings#in-and-out">
              Back to Settings
            </a>
          </p>
        </form>
        <Kinds />
      </div>
      <section class="month" aria-labelledby="brought">
        <h2 id="brought">What you brought</h2>
        {imports.length === 0 ? (
          <p class="pencil">Nothing yet.</p>
        ) : (
          <ul class="rows" id="files">
            {imports.map((one) => (
              <Row one={one} frame={frame} />
            ))}
          </ul>
        )}
        <p class="vh js-ended" role="status" />
        {imports.some(isRunning) && (
          <noscript>
            <p class="acts">
              <a class="btn quiet" href="/imports">
                Look again
              </a>
            </p>
          </noscript>
        )}
      </section>
    </Page>
  );
}

function Kinds() {
  return (
    <div class="sources">
      <p>
        Links become articles, with their dates and tags. Hallway then reads the pages by and by: a thousand
        of them take about ten minutes.
      </p>
      <p>
        Contacts become friends: every one of them. If your address book holds eight hundred people, bring the
        few you would write to.
      </p>
      <p>What you have already is kept as it is, and is not doubled.</p>
      <Kind name="Bookmarks of a browser">
        <p>Chrome, Edge: Bookmark manager, the three dots, Export bookmarks.</p>
        <p>Firefox: Manage bookmarks, Import and backup, Export to HTML. Safari: File, Export bookmarks.</p>
      </Kind>
      <Kind name="Pocket, Instapaper, Raindrop, Readwise">
        <p>Each has “Export” in its settings: take the HTML or the CSV file.</p>
        <p>One that came as a ZIP is opened first: bring the file inside.</p>
      </Kind>
      <Kind name="A list of links">
        <p>A text file with one web address on each line.</p>
        <p>A table (CSV) works too, if a column is called “url”.</p>
      </Kind>
      <Kind name="Contacts">
        <p>Google: Contacts, choose some, Export as CSV or vCard. Outlook: People, Manage, Export.</p>
        <p>iPhone, Mac: choose contacts, share or export them as vCard.</p>
      </Kind>
      <Kind name="Another Hallway">
        <p>Settings there, “Export everything”. Bring the file as it is.</p>
        <p>Letters that waited there wait here for you: nothing is sent by itself.</p>
      </Kind>
    </div>
  );
}

function Kind({ name, children }: { name: string; children: Child }) {
  return (
    <details>
      <summary>{name}</summary>
      {children}
    </details>
  );
}

function Row({ one, frame: { user, now } }: { one: Import; frame: Frame }) {
  const state = stateOf(one);
  const when = `${dayName(one.startedAt, now, user.timeZone)} ${clock(one.startedAt, user.timeZone)}`;
  return (
    <li class="file" id={one.id} data-running={isRunning(one)}>
      <h3>
        <Name>{one.name ?? 'A file'}</Name>
      </h3>
      <p class="meta">{when}</p>
      {isRunning(one) && (
        <progress max={one.bytes} value={one.bytesRead} aria-label={`Reading ${one.name ?? 'a file'}`} />
      )}
      <p class="pencil">{wordsOf(one)}</p>
      {state === 'failed' && <WayOn one={one} />}
      {!isRunning(one) && one.rejectedCount > 0 && <Rejected one={one} />}
    </li>
  );
}

/** What became of a file, in a sentence or two. */
function wordsOf(one: Import): string {
  const counted = [
    `${figure(one.created)} new`,
    ...(one.merged > 0 ? [`${figure(one.merged)} you had already`] : []),
    ...(one.rejectedCount > 0 ? [`${figure(one.rejectedCount)} that could not be read`] : []),
  ].join(', ');
  switch (stateOf(one)) {
    case 'waiting':
      return 'Waiting to be read.';
    case 'reading':
      return `${figure(one.entries)} read so far: ${counted}.`;
    case 'done':
      return one.entries === 0 ? 'There was nothing in it.' : `Read to the end: ${counted}.`;
    case 'failed':
      return one.entries === 0
        ? (one.failure ?? 'Hallway could not read it.')
        : `${one.failure ?? 'Hallway got stuck in it.'} What came before is kept: ${counted}.`;
  }
}

function WayOn({ one }: { one: Import }) {
  if (one.failure) return <p>Look at the file, and bring it again. What is kept is not doubled.</p>;
  return (
    <form method="post" action={`/imports/${encodeURIComponent(one.id)}/again`}>
      <p class="acts">
        <button type="submit" class="btn quiet">
          Try again
        </button>
      </p>
    </form>
  );
}

function Rejected({ one }: { one: Import }) {
  const shown = one.rejected.slice(0, SHOWN_LINES);
  const more = one.rejectedCount - shown.length;
  return (
    <details>
      <summary>What could not be read</summary>
      <table class="lines">
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ line, reason }) => (
            <tr>
              <td>{figure(line)}</td>
              <td>{reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p class="meta">And {figure(more)} more.</p>}
    </details>
  );
}
