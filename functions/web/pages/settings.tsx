import type { Child } from 'hono/jsx';
import { Alert, Field } from '../look/field.tsx';
import { Icon, Mark } from '../look/icons.tsx';
import { Page } from '../look/layout.tsx';
import { Zones } from '../look/zones.tsx';
import type { FormErrors, Frame } from '../views.ts';
import { type Access, Invite, Passkeys, Sessions, Tokens } from './access.tsx';
import { type MailIn, MailInSections } from './mail-in.tsx';

/** A bookmarklet is a `javascript:` address: it works as a bookmark; pressed here, the page's policy stops it. */
export function SettingsPage({
  frame,
  bookmarklet,
  bookmarkletWithText,
  mailIn,
  access,
  newToken,
  invited,
  baseUrl,
  errors,
  inviteErrors = {},
  tokenErrors = {},
}: {
  frame: Frame;
  bookmarklet: string;
  /** Also keeps the text of the page. */
  bookmarkletWithText: string;
  mailIn: MailIn;
  access?: Access;
  /** Shown this once. */
  newToken?: string;
  /** Who was asked in a moment ago, or is about to be. */
  invited?: string;
  baseUrl: string;
  errors: FormErrors;
  inviteErrors?: FormErrors;
  tokenErrors?: FormErrors;
}) {
  const { user } = frame;
  return (
    <Page title="Settings" current="settings" script="letter">
      <div class="head">
        <h1>Settings</h1>
      </div>

      <section class="set" aria-labelledby="saving">
        <div>
          <h2 id="saving">Saving an article</h2>
          <p class="pencil">One press on the page you are reading.</p>
        </div>
        <div>
          <p>Drag this label to your bookmarks bar. Press it there, on any page you want to keep.</p>
          <Label code={bookmarklet}>Keep in Hallway</Label>
          <p>This one also keeps the text of the page, for pages only you can open.</p>
          <Label code={bookmarkletWithText}>Keep with page text</Label>
          <details>
            <summary>No bookmarks bar?</summary>
            <Code id="bookmarklet" code={bookmarklet}>
              Make a new bookmark, with this as its address
            </Code>
            <Code id="bookmarklet-text" code={bookmarkletWithText}>
              Or with this, to keep the text of the page too
            </Code>
          </details>
          <details>
            <summary>Replace the key</summary>
            <form method="post" action="/settings/bookmarklet">
              <p>
                The labels carry a key that lets them save without asking. If it fell into other hands,
                replace it: the old labels then ask before they keep anything.
              </p>
              <p class="acts">
                <button type="submit" class="btn quiet">
                  Make a new key
                </button>
              </p>
            </form>
          </details>
        </div>
      </section>

      <MailInSections mailIn={mailIn} />

      <section class="set" aria-labelledby="in-and-out">
        <div>
          <h2 id="in-and-out">Bringing things in and out</h2>
          <p class="pencil">What you hold here is yours.</p>
        </div>
        <div>
          <p>
            <a href="/imports">Bring in bookmarks, saved articles and contacts</a> from where you keep them
            now.
          </p>
          <p>Take everything along in one file, which another Hallway can read.</p>
          <p class="acts">
            <a class="btn quiet" href="/export">
              Export everything
            </a>
          </p>
        </div>
      </section>

      <section class="set" aria-labelledby="you">
        <div>
          <h2 id="you">You</h2>
          <p class="pencil">Your name stands under every letter. Your time zone is the second clock.</p>
        </div>
        <form class="stackf" method="post" action="/settings">
          <Alert errors={errors} />
          <Field
            label="Name"
            name="name"
            required
            maxlength={100}
            autocomplete="name"
            value={user.name}
            error={errors.name}
          />
          <Field
            label="Time zone"
            name="timeZone"
            required
            list="zones"
            autocomplete="off"
            value={user.timeZone}
            error={errors.timeZone}
          />
          <Zones />
          <p class="acts">
            <button type="submit" class="btn quiet">
              Save
            </button>
          </p>
        </form>
      </section>

      <section class="set" aria-labelledby="scripts">
        <div>
          <h2 id="scripts">Scripts</h2>
          <p class="pencil">A token lets a script of yours do what you can do.</p>
        </div>
        <div>
          {newToken && (
            <div class="field" role="status">
              <label for="token">Your new token. It is shown this once: keep it somewhere safe.</label>
              <textarea id="token" class="all code" readonly rows={2}>
                {newToken}
              </textarea>
            </div>
          )}
          <p>
            It goes with every call to <code>{baseUrl}/api</code>, as <code>Authorization: Bearer</code>.
          </p>
          <p>
            What can be asked for stands at <a href="/developers">/developers</a>.
          </p>
          {access && <Tokens access={access} />}
          <form method="post" action="/settings/tokens">
            <Field
              label="What it is for"
              name="tokenName"
              required
              maxlength={60}
              autocomplete="off"
              error={tokenErrors.tokenName}
            />
            <p class="acts">
              <button type="submit" class="btn quiet">
                Make a new token
              </button>
            </p>
          </form>
          <details>
            <summary>Replace them all</summary>
            <form method="post" action="/settings/token">
              <p>A new token instead of all others, if you do not know who has one.</p>
              <p class="acts">
                <button type="submit" class="btn quiet">
                  Make the only token
                </button>
              </p>
              <p class="meta">The old ones stop working.</p>
            </form>
          </details>
        </div>
      </section>

      {access && (
        <>
          <Sessions access={access} />
          <Passkeys access={access} />
          {access.invites && <Invite errors={inviteErrors} email={invited} />}
        </>
      )}

      <section class="set" aria-labelledby="leaving">
        <div>
          <h2 id="leaving">Going out</h2>
          <p class="pencil">
            Signed in as <bdi>{user.email}</bdi>.
          </p>
        </div>
        <form method="post" action="/sign-out">
          <p class="acts">
            <button type="submit" class="btn quiet">
              Sign out
            </button>
            <a class="lnk" href="/settings/delete">
              Delete my account
            </a>
          </p>
        </form>
      </section>
    </Page>
  );
}

/** Dragged to the bookmarks bar. */
function Label({ code, children }: { code: string; children: Child }) {
  return (
    <p>
      <a class="mark-let" href={code} draggable={true}>
        <Icon name="grip" />
        <Mark />
        <span>{children}</span>
      </a>
    </p>
  );
}

function Code({ id, code, children }: { id: string; code: string; children: Child }) {
  return (
    <>
      <div class="field">
        <label for={id}>{children}</label>
        <textarea id={id} class="all code" readonly rows={4}>
          {code}
        </textarea>
      </div>
      <p class="acts">
        <button type="button" class="btn quiet js-copy" data-from={id} hidden>
          Copy
        </button>
        <span role="status" class="meta" />
      </p>
    </>
  );
}
