import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { bookmarkletKey, ingestAddress } from '../../accounts/accounts.ts';
import { raiseBookmarkletSerial, replaceTokens, updateUser } from '../../accounts/store.ts';
import { line, parse, timeZone } from '../../platform/shapes.ts';
import { bookmarklet } from '../bookmarklet.ts';
import type { Env } from '../env.ts';
import { SettingsPage } from '../pages/settings.tsx';
import type { FormErrors } from '../views.ts';
import { formErrors, formOf } from './form.ts';
import { Load } from './load.ts';

const Profile = z.object({ name: line(100), timeZone });

function showSettings(c: Context<Env>, errors: FormErrors, newToken?: string): Response | Promise<Response> {
  const { ground, user } = c.var;
  const { baseUrl } = ground.settings;
  return c.html(
    <SettingsPage
      frame={new Load(c).frame}
      bookmarklet={bookmarklet(baseUrl, bookmarkletKey(ground, user))}
      ingestAddress={ingestAddress(ground, user)}
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
    try {
      const profile = parse(Profile, { name: form.text('name'), timeZone: form.text('timeZone') });
      await updateUser(ground.table, user.id, profile);
      return c.redirect('/settings', 303);
    } catch (error) {
      return showSettings(c, formErrors(error));
    }
  })
  .post('/settings/bookmarklet', async (c) => {
    await raiseBookmarkletSerial(c.var.ground.table, c.var.user.id);
    return c.redirect('/settings', 303);
  })
  .post('/settings/token', async (c) => {
    const { ground, user } = c.var;
    // Shown by this answer only, so it is no redirect: an address would keep it.
    const token = await replaceTokens(ground.table, user.id, ground.clock());
    return showSettings(c, {}, token ?? undefined);
  });
