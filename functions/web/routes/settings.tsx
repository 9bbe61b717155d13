import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { bookmarkletKey, endAccount, inviteTo } from '../../accounts/accounts.ts';
import { deviceOf } from '../../accounts/device.ts';
import { countOne, LIMITS } from '../../accounts/limits/limits.ts';
import { addPasskey, newPasskeyOptions } from '../../accounts/passkeys/passkeys.ts';
import { listPasskeys, removePasskey } from '../../accounts/passkeys/store.ts';
import {
  endSession,
  endSessions,
  issueToken,
  listSessions,
  listTokens,
  raiseBookmarkletSerial,
  replaceTokens,
  revokeToken,
  updateUser,
} from '../../accounts/store.ts';
import { strangersName, tokenName, type User } from '../../accounts/user.ts';
import { isMailable } from '../../mail/mailable.ts';
import { resume } from '../../notes/pauses.ts';
import { foldAddress } from '../../platform/address.ts';
import { Fault } from '../../platform/faults.ts';
import type { Ground } from '../../platform/ground.ts';
import { log } from '../../platform/log.ts';
import { email, line, parse, timeZone } from '../../platform/shapes.ts';
import { jsonOf } from '../api/input.ts';
import { bookmarklet, bookmarkletWithText } from '../bookmarklet.ts';
import type { Env } from '../env.ts';
import { type Access, DeletedPage, DeletePage } from '../pages/access.tsx';
import { SettingsPage } from '../pages/settings.tsx';
import { currentSession, forgetCookie } from '../session.ts';
import type { FormErrors } from '../views.ts';
import { formErrors, formOf } from './form.ts';
import { loadMailIn } from './mail-in.tsx';

const Profile = z.object({ name: line(100), timeZone });
/** Where anybody may have an account, a name is all that a stranger's mail carries of its user. */
const StrangersProfile = Profile.extend({ name: strangersName });
const Token = z.object({ tokenName });
const Invitation = z.object({
  email: email.refine(isMailable, 'must be an email address, like ada@example.org'),
});

interface Shown {
  errors?: FormErrors;
  inviteErrors?: FormErrors;
  tokenErrors?: FormErrors;
  invited?: string;
  /** Name and time zone as they were typed. */
  values?: Record<string, string>;
  newToken?: string | null;
}

async function loadAccess(c: Context<Env>): Promise<Access> {
  const { ground, user } = c.var;
  const [sessions, passkeys, tokens] = await Promise.all([
    listSessions(ground.table, user, ground.clock()),
    listPasskeys(ground.table, user.id),
    listTokens(ground.table, user),
  ]);
  const invites = ground.settings.signUp !== 'owner';
  return { frame: frameOf(c), sessions, current: currentSession(c), passkeys, tokens, invites };
}

async function showSettings(c: Context<Env>, shown: Shown): Promise<Response> {
  const { errors = {}, inviteErrors = {}, tokenErrors = {}, values = {}, newToken, invited } = shown;
  const { ground, user } = c.var;
  const { baseUrl } = ground.settings;
  const key = bookmarkletKey(ground, user);
  const [mailIn, access] = await Promise.all([loadMailIn(c), loadAccess(c)]);
  return c.html(
    <SettingsPage
      frame={{ user: { ...user, ...values }, now: ground.clock() }}
      bookmarklet={bookmarklet(baseUrl, key)}
      bookmarkletWithText={bookmarkletWithText(baseUrl, key)}
      mailIn={mailIn}
      access={access}
      baseUrl={baseUrl}
      errors={errors}
      inviteErrors={inviteErrors}
      tokenErrors={tokenErrors}
      {...(newToken && { newToken })}
      {...(invited !== undefined && { invited })}
    />,
    [errors, inviteErrors, tokenErrors].some((one) => Object.keys(one).length > 0) ? 400 : 200,
  );
}

const frameOf = (c: Context<Env>) => ({ user: c.var.user, now: c.var.ground.clock() });

/**
 * Mails an invitation, and lets its address in for as long as it is good. To an address that has an account nothing goes,
 * and nothing shows of that.
 */
async function sendInvitation(ground: Ground, user: User, address: string): Promise<void> {
  const link = await inviteTo(ground, address);
  if (!link) return;
  // The library that inlines styles is of use to nobody who sends no mail.
  const { composeInvitation } = await import('../../mail/invitation.tsx');
  const from = ground.settings.mailFrom;
  const raw = await composeInvitation({
    to: { name: '', address },
    from: { name: 'Hallway', address: from },
    by: { name: user.name, address: user.email },
    url: link.url,
    days: link.days,
  });
  const tags = { user: user.id, kind: 'invitation' };
  const sent = await ground.mailer.send({ raw, from, to: address, tags });
  if (sent.outcome !== 'accepted') {
    log.warn('invitation not sent', { user: user.id, outcome: sent.outcome });
    if (sent.outcome !== 'unknown')
      throw new Fault('conflict', 'The invitation could not be sent. Try again.');
  }
}

/** What could not be found is another's, or gone. */
function found(isFound: boolean): void {
  if (!isFound) throw new Fault('not-found', 'There is nothing of yours by that name.');
}

export const settings = new Hono<Env>()
  .get('/settings', (c) => showSettings(c, {}))
  .post('/settings', async (c) => {
    const { ground, user } = c.var;
    const form = await formOf(c);
    const values = { name: form.text('name'), timeZone: form.text('timeZone') };
    try {
      const profile = ground.settings.signUp === 'open' ? StrangersProfile : Profile;
      await updateUser(ground.table, user.id, parse(profile, values));
      return c.redirect('/settings', 303);
    } catch (error) {
      return showSettings(c, { errors: formErrors(error), values });
    }
  })
  .post('/settings/bookmarklet', async (c) => {
    await raiseBookmarkletSerial(c.var.ground.table, c.var.user.id);
    return c.redirect('/settings', 303);
  })
  .post('/settings/resume', async (c) => {
    await resume(c.var.ground, c.var.user.id);
    return c.redirect('/notes', 303);
  })
  .post('/settings/token', async (c) => {
    const { ground, user } = c.var;
    // Shown by this answer only, so it is no redirect: an address would keep it.
    const token = await replaceTokens(ground.table, user.id, ground.clock());
    const now = { ...user, tokenSerial: user.tokenSerial + 1 };
    c.set('user', now);
    return showSettings(c, { newToken: token });
  })
  .post('/settings/tokens', async (c) => {
    const { ground, user } = c.var;
    const form = await formOf(c);
    try {
      const { tokenName: name } = parse(Token, { tokenName: form.text('tokenName') });
      await countOne(ground, LIMITS.credentials, user.id);
      return await showSettings(c, {
        newToken: await issueToken(ground.table, user, ground.clock(), name),
      });
    } catch (error) {
      return showSettings(c, { tokenErrors: formErrors(error) });
    }
  })
  .post('/settings/tokens/:id/revoke', async (c) => {
    found(await revokeToken(c.var.ground.table, c.var.user.id, c.req.param('id')));
    return c.redirect('/settings', 303);
  })
  .post('/settings/sessions/end', async (c) => {
    await endSessions(c.var.ground.table, c.var.user.id);
    forgetCookie(c);
    return c.redirect('/sign-in', 303);
  })
  .post('/settings/sessions/:id/end', async (c) => {
    found(await endSession(c.var.ground.table, c.var.user.id, c.req.param('id')));
    return c.redirect('/settings', 303);
  })
  .post('/settings/passkeys/options', async (c) => {
    const { ground, user } = c.var;
    await countOne(ground, LIMITS.credentials, user.id);
    return c.json(await newPasskeyOptions(ground, user));
  })
  .post('/settings/passkeys', async (c) => {
    const { ground, user } = c.var;
    await addPasskey(ground, user, await jsonOf(c), deviceOf(c.req.header('user-agent')));
    return c.body(null, 204);
  })
  .post('/settings/passkeys/:id/remove', async (c) => {
    found(await removePasskey(c.var.ground.table, c.var.user.id, c.req.param('id')));
    return c.redirect('/settings', 303);
  })
  .post('/settings/invitations', async (c) => {
    const { ground, user } = c.var;
    const form = await formOf(c);
    if (ground.settings.signUp === 'owner') throw new Fault('not-found', 'Nobody is asked in here.');
    try {
      const { email: address } = parse(Invitation, { email: form.text('email') });
      await countOne(ground, LIMITS.invitations, user.id);
      await sendInvitation(ground, user, address);
      return c.redirect('/settings', 303);
    } catch (error) {
      return showSettings(c, { inviteErrors: formErrors(error), invited: form.text('email') });
    }
  })
  .get('/settings/delete', (c) => c.html(<DeletePage frame={frameOf(c)} errors={{}} />))
  .post('/settings/delete', async (c) => {
    const { ground, user } = c.var;
    const form = await formOf(c);
    if (foldAddress(form.text('email')) !== foldAddress(user.email)) {
      const errors = { email: 'This is not the address of your account.' };
      return c.html(<DeletePage frame={frameOf(c)} errors={errors} />, 400);
    }
    await endAccount(ground, user.id);
    forgetCookie(c);
    return c.html(<DeletedPage />);
  });
