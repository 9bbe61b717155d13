import { Alert, Field } from '../look/field.tsx';
import { Icon } from '../look/icons.tsx';
import { Door } from '../look/layout.tsx';
import { Zones } from '../look/zones.tsx';
import type { FormErrors } from '../views.ts';

export function SignInPage({
  email,
  errors,
  returnTo,
}: {
  email?: string;
  errors: FormErrors;
  returnTo?: string;
}) {
  return (
    <Door title="Come in">
      <h1>Come in.</h1>
      <form method="post" action="/sign-in">
        <Alert errors={errors} />
        <SignInFields email={email} errors={errors} returnTo={returnTo} />
      </form>
      <p class="pencil">The link works once, for ten minutes. There is no password to forget.</p>
      <div class="js-passkey" data-does="sign-in" data-return={returnTo} hidden>
        <p class="acts">
          <button type="button" class="btn quiet">
            Come in with a passkey
          </button>
        </p>
        <p role="status" class="meta" />
      </div>
      <script src="/assets/passkey.js" defer />
    </Door>
  );
}

/** The inside of every form that asks for a link: also the save window's. */
export function SignInFields({
  email,
  errors,
  returnTo,
}: {
  email?: string | undefined;
  errors: FormErrors;
  returnTo?: string | undefined;
}) {
  return (
    <>
      {returnTo && <input type="hidden" name="return" value={returnTo} />}
      <Field
        label="Your email"
        name="email"
        type="email"
        autocomplete="email"
        required
        value={email}
        error={errors.email}
      />
      <p class="acts">
        <button type="submit" class="btn">
          <Icon name="envelope" />
          Email me a link
        </button>
      </p>
    </>
  );
}

/** The same for an address that is known here and for one that is not: a stranger learns nothing. */
export function SignInSentPage({ email }: { email: string }) {
  return (
    <Door title="Look in your inbox">
      <h1>Look in your inbox.</h1>
      <p>
        If <bdi>{email}</bdi> is known here, a link is on its way. It works once, for ten minutes.
      </p>
      <p class="acts">
        <a class="btn quiet" href="/sign-in">
          Use another address
        </a>
      </p>
      <p class="pencil">Nothing after two minutes? Look in spam, then ask whoever runs this server.</p>
    </Door>
  );
}

/** What the link in the mail opens. Mail scanners follow links, so only the button uses it up. */
export function SignInConfirmPage({ token, email }: { token: string; email?: string }) {
  return (
    <Door title="Come in">
      <h1>Come in.</h1>
      {email && (
        <p>
          The door is open for <bdi>{email}</bdi>.
        </p>
      )}
      <form method="post" action={`/sign-in/${encodeURIComponent(token)}`}>
        <p class="acts">
          <button type="submit" class="btn">
            Come in
          </button>
        </p>
      </form>
    </Door>
  );
}

/** What the link in the mail opens for somebody who has no account yet. Only the button makes one. */
export function WelcomePage({
  token,
  email,
  values,
  errors,
}: {
  token: string;
  email: string;
  values: Record<string, string>;
  errors: FormErrors;
}) {
  return (
    <Door title="Come in">
      <h1>Come in.</h1>
      <p>
        This makes an account for <bdi>{email}</bdi>.
      </p>
      <form method="post" action={`/sign-in/new/${encodeURIComponent(token)}`}>
        <Alert errors={errors} />
        <Field
          label="Your name, as your friends know you"
          name="name"
          required
          maxlength={100}
          autocomplete="name"
          value={values.name}
          error={errors.name}
        />
        <Field
          label="Your time zone"
          name="timeZone"
          required
          list="zones"
          autocomplete="off"
          value={values.timeZone ?? 'UTC'}
          error={errors.timeZone}
          class="js-zone"
        />
        <Zones />
        <p class="acts">
          <button type="submit" class="btn">
            Make my account
          </button>
        </p>
      </form>
      <p class="pencil">Your name stands under every letter. Both can be changed under Settings.</p>
      <script src="/assets/passkey.js" defer />
    </Door>
  );
}

export function SignInGonePage() {
  return (
    <Door title="This link is over">
      <h1>This link is over.</h1>
      <p>A link works once, for ten minutes. This one was used, or it is older than that.</p>
      <p class="acts">
        <a class="btn" href="/sign-in">
          <Icon name="envelope" />
          Ask for a new link
        </a>
      </p>
    </Door>
  );
}
