import type { Passkey } from '../../accounts/passkeys/store.ts';
import type { ApiToken, Session } from '../../accounts/user.ts';
import { Alert, Field } from '../look/field.tsx';
import { Door, Page } from '../look/layout.tsx';
import { onDay } from '../look/when.ts';
import type { FormErrors, Frame } from '../views.ts';

/** Every way in that a user has. */
export interface Access {
  frame: Frame;
  sessions: Session[];
  /** Which of them is this browser's. */
  current: string;
  passkeys: Passkey[];
  tokens: ApiToken[];
  /** Whether users may ask others in. */
  invites: boolean;
}

/** A day on which something was used: noon stands for it, which is that day in every zone but the outermost. */
const noonOf = (day: string) => `${day}T12:00:00.000Z`;

export function Sessions({ access: { frame, sessions, current } }: { access: Access }) {
  const { now, user } = frame;
  return (
    <section class="set" aria-labelledby="signed-in">
      <div>
        <h2 id="signed-in">Where you are signed in</h2>
        <p class="pencil">Something here that is not yours? Sign it out.</p>
      </div>
      <div>
        <ul class="rows door-list">
          {sessions.map(({ id, device, usedAt }) => (
            <li>
              <div>
                <h3 id={id}>{device || 'A browser'}</h3>
                <p class="meta">
                  {id === current ? 'This one.' : `Last used ${onDay(usedAt, now, user.timeZone)}.`}
                </p>
              </div>
              {id !== current && (
                <form method="post" action={`/settings/sessions/${id}/end`}>
                  <button type="submit" class="lnk" aria-describedby={id}>
                    Sign out
                  </button>
                </form>
              )}
            </li>
          ))}
        </ul>
        <form method="post" action="/settings/sessions/end">
          <p class="acts">
            <button type="submit" class="btn quiet">
              Sign out everywhere
            </button>
          </p>
          <p class="meta">Here, too. Tokens of scripts are not signed in, and go on.</p>
        </form>
      </div>
    </section>
  );
}

export function Passkeys({ access: { frame, passkeys } }: { access: Access }) {
  const { now, user } = frame;
  return (
    <section class="set" aria-labelledby="passkeys">
      <div>
        <h2 id="passkeys">Passkeys</h2>
        <p class="pencil">Come in with your finger, your face or a key, without waiting for a mail.</p>
      </div>
      <div>
        {passkeys.length > 0 && (
          <ul class="rows door-list">
            {passkeys.map(({ id, device, createdAt, usedOn }) => (
              <li>
                <div>
                  <h3 id={id}>{device ? `Made in ${device}` : 'A passkey'}</h3>
                  <p class="meta">
                    Added {onDay(createdAt, now, user.timeZone)}.{' '}
                    {usedOn ? `Last used ${onDay(noonOf(usedOn), now, user.timeZone)}.` : 'Not used yet.'}
                  </p>
                </div>
                <form method="post" action={`/settings/passkeys/${id}/remove`}>
                  <button type="submit" class="lnk" aria-describedby={id}>
                    Remove
                  </button>
                </form>
              </li>
            ))}
          </ul>
        )}
        <div class="js-passkey" data-does="add" hidden>
          <p class="acts">
            <button type="button" class="btn quiet">
              Add a passkey
            </button>
          </p>
          <p role="status" class="meta" />
        </div>
        <noscript>
          <p>Adding one needs a browser that runs scripts. A link by mail lets you in without.</p>
        </noscript>
        <script src="/assets/passkey.js" defer />
      </div>
    </section>
  );
}

export function Tokens({ access: { frame, tokens } }: { access: Access }) {
  const { now, user } = frame;
  return (
    <>
      {tokens.length > 0 && (
        <ul class="rows door-list">
          {tokens.map(({ id, name, createdAt, usedOn }) => (
            <li>
              <div>
                <h3 id={id}>{name ? <bdi>{name}</bdi> : 'A token without a name'}</h3>
                <p class="meta">
                  Made {onDay(createdAt, now, user.timeZone)}.{' '}
                  {usedOn ? `Last used ${onDay(noonOf(usedOn), now, user.timeZone)}.` : 'Not used yet.'}
                </p>
              </div>
              <form method="post" action={`/settings/tokens/${id}/revoke`}>
                <button type="submit" class="lnk" aria-describedby={id}>
                  Revoke
                </button>
              </form>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

export function Invite({ errors, email }: { errors: FormErrors; email?: string | undefined }) {
  return (
    <section class="set" aria-labelledby="invite">
      <div>
        <h2 id="invite">Ask somebody in</h2>
        <p class="pencil">They get a mail with your name, and a Hallway of their own.</p>
      </div>
      <form class="stackf" method="post" action="/settings/invitations">
        <Field
          label="Their email"
          name="email"
          type="email"
          required
          autocomplete="off"
          value={email}
          error={errors.email}
        />
        <p class="acts">
          <button type="submit" class="btn quiet">
            Send the invitation
          </button>
        </p>
      </form>
    </section>
  );
}

/** Said before and after: what is gone and what is not is the same. */
function WhatStays() {
  return (
    <p>
      What stays: that an address had its letters stopped, sent back or called spam, without your name, and
      with a code in place of the address. Whoever asked for no mail from here is to get none.
    </p>
  );
}

export function DeletePage({ frame: { user }, errors }: { frame: Frame; errors: FormErrors }) {
  return (
    <Page title="Delete your account" current="settings">
      <div class="head">
        <h1>Delete your account</h1>
      </div>
      <section class="set" aria-labelledby="what">
        <div>
          <h2 id="what">What happens</h2>
          <p class="pencil">It cannot be undone.</p>
        </div>
        <div>
          <p>
            What goes: your articles and their texts, your friends and all you noted of them, suggestions,
            drafts, letters and what you know of them, mail that came in, files you brought in, your address
            for forwarding, your passkeys, tokens and sessions, and your name and address.
          </p>
          <p>
            Letters that wait do not leave. Those that left are with your friends; links in them still stop
            letters, and say nothing more of you.
          </p>
          <WhatStays />
          <p>
            You are out at once. The rest is gone within minutes, and from backups within 35 days.{' '}
            <a href="/export">Take everything along</a> first, if you want to keep it.
          </p>
        </div>
      </section>
      <section class="set" aria-labelledby="sure">
        <div>
          <h2 id="sure">If you are sure</h2>
          <p class="pencil">
            Write <bdi>{user.email}</bdi>.
          </p>
        </div>
        <form class="stackf" method="post" action="/settings/delete">
          <Alert errors={errors} />
          <Field
            label="Your email"
            name="email"
            type="email"
            required
            autocomplete="off"
            error={errors.email}
          />
          <p class="acts">
            <button type="submit" class="btn">
              Delete my account
            </button>
            <a class="lnk" href="/settings">
              Keep it
            </a>
          </p>
        </form>
      </section>
    </Page>
  );
}

export function DeletedPage() {
  return (
    <Door title="Your account is deleted">
      <h1>Your account is deleted.</h1>
      <p>No letter leaves, no mail comes in, and what you kept here is being taken away.</p>
      <WhatStays />
      <p class="pencil">Thank you for the letters.</p>
    </Door>
  );
}
