import { Hono } from 'hono';
import { endAccount } from '../../accounts/accounts.ts';
import type { Env } from '../env.ts';
import { api } from './routes.ts';

/** The account as a whole. From the answer on neither the token nor a session of its user is worth anything. */
const account = new Hono<Env>().delete('/account', async (c) => {
  await endAccount(c.var.ground, c.var.user.id);
  return c.body(null, 204);
});

/** The whole API: what asks for the token stands before both. */
export const wholeApi = new Hono<Env>().route('/', api).route('/', account);
