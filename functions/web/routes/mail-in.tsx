import { type Context, Hono } from 'hono';
import { ingestAddress } from '../../accounts/accounts.ts';
import { replaceIngest } from '../../accounts/store.ts';
import { Fault, invalid } from '../../platform/faults.ts';
import { acceptArrival, throwAway } from '../../transfer/incoming.ts';
import { forgetSender, listArrivals, listSenders } from '../../transfer/store.ts';
import type { Env } from '../env.ts';
import type { MailIn } from '../pages/mail-in.tsx';
import { formOf } from './form.ts';

/** Mails of thirty days that one page has room for. */
const SHOWN = 200;

export async function loadMailIn(c: Context<Env>): Promise<MailIn> {
  const { ground, user } = c.var;
  const [arrivals, senders] = await Promise.all([
    listArrivals(ground.table, user.id, ground.clock(), SHOWN),
    listSenders(ground.table, user.id),
  ]);
  return {
    frame: { user, now: ground.clock() },
    address: ingestAddress(ground, user),
    arrivals,
    isCut: arrivals.length === SHOWN,
    senders: senders.toSorted((a, b) => a.address.localeCompare(b.address)),
  };
}

/** Mail in, as Settings has it. */
export const mailIn = new Hono<Env>()
  .post('/settings/address', async (c) => {
    await replaceIngest(c.var.ground.table, c.var.user);
    return c.redirect('/settings#by-email', 303);
  })
  .post('/settings/mail/:id', async (c) => {
    const { ground, user } = c.var;
    const id = c.req.param('id');
    const form = await formOf(c);
    switch (form.text('do')) {
      case 'accept':
        await acceptArrival(ground, user, id, false);
        break;
      case 'always':
        await acceptArrival(ground, user, id, true);
        break;
      case 'discard':
        await throwAway(ground, user.id, id);
        break;
      default:
        throw invalid('/do', 'Say what to do with the mail.');
    }
    return c.redirect('/settings#by-email', 303);
  })
  .post('/settings/senders/:id/forget', async (c) => {
    const { ground, user } = c.var;
    if (!(await forgetSender(ground.table, user.id, c.req.param('id')))) {
      throw new Fault('not-found', 'There is no such sender.');
    }
    return c.redirect('/settings#by-email', 303);
  });
