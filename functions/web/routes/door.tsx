import { type Context, Hono } from 'hono';
import { checkJoining, join, mayJoin, signInUrl, signUpUrl } from '../../accounts/accounts.ts';
import { countOne, LIMITS, type Limit } from '../../accounts/limits/limits.ts';
import { passkeySignIn, passkeySignInOptions } from '../../accounts/passkeys/passkeys.ts';
import {
  countSignInMail,
  findUserByEmail,
  issueNothing,
  issueSignIn,
  issueSignUp,
  peekSignIn,
  peekSignUp,
  SIGN_IN_MINUTES,
  takeSignIn,
  takeSignUp,
} from '../../accounts/store.ts';
import { composeSignIn } from '../../mail/compose.ts';
import { isMailable } from '../../mail/mailable.ts';
import { MINUTE } from '../../platform/clock.ts';
import type { Ground } from '../../platform/ground.ts';
import { log } from '../../platform/log.ts';
import { email } from '../../platform/shapes.ts';
import { jsonOf } from '../api/input.ts';
import { clientOf } from '../client.ts';
import type { Env } from '../env.ts';
import {
  SignInConfirmPage,
  SignInGonePage,
  SignInPage,
  SignInSentPage,
  WelcomePage,
} from '../pages/sign-in.tsx';
import { signIn, signOut } from '../session.ts';
import { formErrors, formOf } from './form.ts';

/** Longer paths than ours with their ids come from nobody who wants to be let in. */
const MAX_PATH = 1000;

/** Only a path of ours: `//elsewhere.example` and `/\elsewhere.example` are other sites to a browser. */
function ownPath(path: string | undefined): string {
  return path && path.length <= MAX_PATH && /^\/(?![/\\])[\w\-/?=&.~%]*$/.test(path) ? path : '/';
}

/** Counts a try of this client's. Fault `too-many`, whoever it is they try to be. */
async function countClient(c: Context<Env>, limit: Limit): Promise<void> {
  const client = clientOf(c);
  if (client) await countOne(c.var.ground, limit, client);
}

/** How long handing in the last mails took (milliseconds), and what is taken for it before the first. */
const lately: number[] = [];
const LATELY = 20;
const FIRST_GUESS_MS = 60;

/** Waits as long as one of the last mails took. */
function waitAsIfSent(): Promise<void> {
  const ms = lately[Math.floor(Math.random() * lately.length)] ?? FIRST_GUESS_MS;
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Mails a link if the address has an account or may have one; the page says the same either way, after the same reads and
 * writes, with a mail composed, and after as long. What remains to be seen from outside is how one mail's time differs
 * from another's, in the few tries that there are in an hour.
 */
async function mailLink(ground: Ground, address: string, returnTo: string): Promise<void> {
  const { table, mailer, settings } = ground;
  const now = ground.clock();
  // Counted for strangers, too: the answer must not tell who has an account.
  const addressHash = ground.secrets.addressHash(address);
  if (!(await countSignInMail(table, addressHash, now))) return;
  const [user, isWelcome] = await Promise.all([findUserByEmail(table, address), mayJoin(ground, address)]);
  const url = user
    ? signInUrl(ground, await issueSignIn(table, user.id, returnTo, now))
    : isWelcome
      ? signUpUrl(ground, await issueSignUp(table, address, returnTo, now, SIGN_IN_MINUTES * MINUTE))
      : signInUrl(ground, await issueNothing(table));
  const from = settings.mailFrom;
  const to = user?.email ?? address;
  const raw = await composeSignIn({
    to: { name: user?.name ?? '', address: to },
    from: { name: 'Hallway', address: from },
    url,
    minutes: SIGN_IN_MINUTES,
  });
  if (!user && !isWelcome) return waitAsIfSent();
  const began = performance.now();
  const tags = { kind: 'sign-in', ...(user && { user: user.id }) };
  const sent = await mailer.send({ raw, from, to, tags });
  lately.push(performance.now() - began);
  if (lately.length > LATELY) lately.shift();
  if (sent.outcome !== 'accepted') {
    log.warn('sign-in link not sent', { user: user?.id, outcome: sent.outcome });
  }
}

/** The door: sign in by a link in the mail or by a passkey, and out again. */
export const door = new Hono<Env>()
  .get('/sign-in', (c) => c.html(<SignInPage errors={{}} returnTo={ownPath(c.req.query('return'))} />))
  .post('/sign-in', async (c) => {
    const form = await formOf(c);
    const address = email.safeParse(form.text('email'));
    const returnTo = ownPath(form.text('return'));
    if (!address.success || !isMailable(address.data)) {
      const errors = { email: 'This is not an email address yet.' };
      return c.html(<SignInPage email={form.text('email')} errors={errors} returnTo={returnTo} />, 400);
    }
    await countClient(c, LIMITS.signInsByClient);
    await mailLink(c.var.ground, address.data, returnTo);
    return c.html(<SignInSentPage email={address.data} />);
  })
  .post('/sign-in/passkey/options', async (c) => {
    await countClient(c, LIMITS.entriesByClient);
    return c.json(await passkeySignInOptions(c.var.ground));
  })
  .post('/sign-in/passkey', async (c) => {
    await countClient(c, LIMITS.entriesByClient);
    await signIn(c, await passkeySignIn(c.var.ground, await jsonOf(c)));
    return c.json({ to: ownPath(c.req.query('return')) });
  })
  .get('/sign-in/:token', async (c) => {
    const { table, clock } = c.var.ground;
    const token = c.req.param('token');
    // Looking does not use it up: mail scanners open every link.
    const user = await peekSignIn(table, token, clock());
    if (!user) return c.html(<SignInGonePage />, 410);
    // Says who: somebody may have sent the link of their own account, to read what is then written in it.
    return c.html(<SignInConfirmPage token={token} email={user.email} />);
  })
  .post('/sign-in/:token', async (c) => {
    await countClient(c, LIMITS.entriesByClient);
    const { table, clock } = c.var.ground;
    const taken = await takeSignIn(table, c.req.param('token'), clock());
    if (!taken) return c.html(<SignInGonePage />, 410);
    await signIn(c, taken.userId);
    return c.redirect(ownPath(taken.returnTo), 303);
  })
  .get('/sign-in/new/:token', async (c) => {
    const token = c.req.param('token');
    const address = await peekSignUp(c.var.ground.table, token, c.var.ground.clock());
    if (!address) return c.html(<SignInGonePage />, 410);
    return c.html(<WelcomePage token={token} email={address} values={{}} errors={{}} />);
  })
  .post('/sign-in/new/:token', async (c) => {
    await countClient(c, LIMITS.entriesByClient);
    const { ground } = c.var;
    const token = c.req.param('token');
    const form = await formOf(c);
    const values = { name: form.text('name'), timeZone: form.text('timeZone') };
    const address = await peekSignUp(ground.table, token, ground.clock());
    if (!address) return c.html(<SignInGonePage />, 410);
    try {
      checkJoining(values);
    } catch (error) {
      const errors = formErrors(error);
      return c.html(<WelcomePage token={token} email={address} values={values} errors={errors} />, 400);
    }
    // Using the link up is what makes the account: of two who come at once, one gets in.
    const taken = await takeSignUp(ground.table, token, ground.clock());
    if (!taken) return c.html(<SignInGonePage />, 410);
    const user = await join(ground, taken.address, values);
    await signIn(c, user.id);
    return c.redirect(ownPath(taken.returnTo), 303);
  })
  .post('/sign-out', async (c) => {
    await signOut(c);
    return c.redirect('/sign-in', 303);
  });
