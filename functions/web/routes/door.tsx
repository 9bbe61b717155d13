import { Hono } from 'hono';
import { signInUrl } from '../../accounts/accounts.ts';
import {
  countSignInMail,
  findUserByEmail,
  issueSignIn,
  peekSignIn,
  SIGN_IN_MINUTES,
  takeSignIn,
} from '../../accounts/store.ts';
import { composeSignIn } from '../../mail/compose.ts';
import type { Ground } from '../../platform/ground.ts';
import { log } from '../../platform/log.ts';
import { email } from '../../platform/shapes.ts';
import type { Env } from '../env.ts';
import { SignInConfirmPage, SignInGonePage, SignInPage, SignInSentPage } from '../pages/sign-in.tsx';
import { signIn, signOut } from '../session.ts';
import { formOf } from './form.ts';

/** Longer paths than ours with their ids come from nobody who wants to be let in. */
const MAX_PATH = 1000;

/** Only a path of ours: `//elsewhere.example` and `/\elsewhere.example` are other sites to a browser. */
function ownPath(path: string | undefined): string {
  return path && path.length <= MAX_PATH && /^\/(?![/\\])[\w\-/?=&.~%]*$/.test(path) ? path : '/';
}

/** Mails a sign-in link if the address has an account; the page says the same either way. */
async function mailLink(ground: Ground, address: string, returnTo: string): Promise<void> {
  // Counted for strangers, too: the answer must not tell who has an account.
  const addressHash = ground.secrets.addressHash(address);
  if (!(await countSignInMail(ground.table, addressHash, ground.clock()))) return;
  const user = await findUserByEmail(ground.table, address);
  if (!user) return;
  const token = await issueSignIn(ground.table, user.id, returnTo, ground.clock());
  const from = ground.settings.mailFrom;
  const raw = await composeSignIn({
    to: { name: user.name, address: user.email },
    from: { name: 'Hallway', address: from },
    url: signInUrl(ground, token),
    minutes: SIGN_IN_MINUTES,
  });
  const sent = await ground.mailer.send({
    raw,
    from,
    to: user.email,
    tags: { user: user.id, kind: 'sign-in' },
  });
  if (sent.outcome !== 'accepted')
    log.warn('sign-in link not sent', { user: user.id, outcome: sent.outcome });
}

/** The door: sign in by a link in the mail, and out again. */
export const door = new Hono<Env>()
  .get('/sign-in', (c) => c.html(<SignInPage errors={{}} returnTo={ownPath(c.req.query('return'))} />))
  .post('/sign-in', async (c) => {
    const form = await formOf(c);
    const address = email.safeParse(form.text('email'));
    const returnTo = ownPath(form.text('return'));
    if (!address.success) {
      const errors = { email: 'This is not an email address yet.' };
      return c.html(<SignInPage email={form.text('email')} errors={errors} returnTo={returnTo} />, 400);
    }
    await mailLink(c.var.ground, address.data, returnTo);
    return c.html(<SignInSentPage email={address.data} />);
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
    const { table, clock } = c.var.ground;
    const taken = await takeSignIn(table, c.req.param('token'), clock());
    if (!taken) return c.html(<SignInGonePage />, 410);
    await signIn(c, taken.userId);
    return c.redirect(ownPath(taken.returnTo), 303);
  })
  .post('/sign-out', async (c) => {
    await signOut(c);
    return c.redirect('/sign-in', 303);
  });
