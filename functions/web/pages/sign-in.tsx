import { Alert, Field } from '../look/field.tsx';
import { Icon } from '../look/icons.tsx';
import { Door } from '../look/layout.tsx';
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
