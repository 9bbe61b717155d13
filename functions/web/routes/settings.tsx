import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { bookmarkletKey } from '../../accounts/accounts.ts';
import { raiseBookmarkletSerial, replaceTokens, updateUser } from '../../accounts/store.ts';
import { resume } from '../../notes/pauses.ts';
import { line, parse, timeZone } from '../../platform/shapes.ts';
import { bookmarklet, bookmarkletWithText } from '../bookmarklet.ts';
import type { Env } from '../env.ts';
import { SettingsPage } from '../pages/settings.tsx';
import type { FormErrors } from '../views.ts';
import { formErrors, formOf } from './form.ts';
import { loadMailIn } from './mail-in.tsx';

const Profile = z.object({ name: line(100), timeZone });

interface Shown {
  errors?: FormErrors;
  /** Name and time zone as they were typed. */
  values?: Record<string, string>;
  newToken?: string | null;
}

async function showSettings(
  c: Context<Env>,
  { errors = {}, values = {}, newToken }: Shown,
): Promise<Response> {
  const { ground, user } = c.var;
  const { baseUrl } = ground.settings;
  const key = bookmarkletKey(ground, user);
  return c.html(
    <SettingsPage
      frame={{ user: { ...user, ...values }, now: ground.clock() }}
      bookmarklet={bookmarklet(baseUrl, key)}
      bookmarkletWithText={bookmarkletWithText(baseUrl, key)}
      mailIn={await loadMailIn(c)}
      baseUrl={baseUrl}
      errors={errors}
      {...(newToken && { newToken })}
    />,
    Object.keys(errors).length > 0 ? 400 : 200,
  );
}

export const settings = new Hono<Env>()
  .get('/settings', (c) => showSettings(c, {}))
  .post('/settings', async (c) => {
    const { ground, user } = c.var;
    const form = await formOf(c);
    const values = { name: form.text('name'), timeZone: form.text('timeZone') };
    try {
      await updateUser(ground.table, user.id, parse(Profile, values));
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
    return showSettings(c, { newToken: token });
  });
