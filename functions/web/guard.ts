import type { Context, Next } from 'hono';
import { Fault } from '../platform/faults.ts';
import type { Env } from './env.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Every unsafe request must come from our own pages or carry its own credential. Browsers say where a request comes
 * from (`Sec-Fetch-Site`; older ones `Origin`); without either only a bearer token counts, which no browser adds by
 * itself and which all of the API asks for. The friend's one-click stop (RFC 8058) has its own credential in its path and
 * is mounted before this.
 */
export async function guard(c: Context<Env>, next: Next): Promise<void> {
  if (!SAFE.has(c.req.method) && !isOwn(c)) {
    throw new Fault('cross-site', 'This request came from another site, so nothing was done.');
  }
  await next();
}

function isOwn(c: Context<Env>): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = c.req.header('origin');
  if (origin !== undefined) return origin === new URL(c.get('ground').settings.baseUrl).origin;
  // The API believes no cookie: who comes without a token hears that it is missing.
  return /^\/api\//.test(c.req.path) || /^Bearer /i.test(c.req.header('authorization') ?? '');
}
