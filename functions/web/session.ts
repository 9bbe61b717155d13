import type { Context, Next } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { closeSession, findSessionUser, findTokenUser, openSession } from '../accounts/store.ts';
import type { User } from '../accounts/user.ts';
import { Fault } from '../platform/faults.ts';
import { withAbout } from '../platform/log.ts';
import type { Env } from './env.ts';

/**
 * The longest a browser keeps a cookie (RFC 6265bis, 5.5: 400 days). Whether the session goes on is decided here, by its
 * item: a session that is used must not end because its cookie did.
 */
const COOKIE_SECONDS = 400 * 24 * 3600;

/** `__Host-` binds the cookie to this very host over TLS; browsers refuse it on http, where only localhost is. */
function cookieName(c: Context<Env>): string {
  return isSecure(c) ? '__Host-hallway' : 'hallway';
}

function isSecure(c: Context<Env>): boolean {
  return c.get('ground').settings.baseUrl.startsWith('https:');
}

export async function signedIn(c: Context<Env>): Promise<User | undefined> {
  const token = getCookie(c, cookieName(c));
  const { table, clock } = c.get('ground');
  return token ? findSessionUser(table, token, clock()) : undefined;
}

export async function signIn(c: Context<Env>, userId: string): Promise<void> {
  const { table, clock } = c.get('ground');
  const token = await openSession(table, userId, clock());
  setCookie(c, cookieName(c), token, {
    path: '/',
    httpOnly: true,
    secure: isSecure(c),
    // The bookmarklet's window is opened from another site: a strict cookie would not be there.
    sameSite: 'Lax',
    maxAge: COOKIE_SECONDS,
  });
}

export async function signOut(c: Context<Env>): Promise<void> {
  const token = getCookie(c, cookieName(c));
  if (token) await closeSession(c.get('ground').table, token);
  deleteCookie(c, cookieName(c), { path: '/', secure: isSecure(c) });
}

/** Pages: who is not signed in is shown the door, and comes back afterwards. */
export async function requireSession(c: Context<Env>, next: Next): Promise<Response | undefined> {
  const user = await signedIn(c);
  if (!user) {
    const { pathname, search } = new URL(c.req.url);
    const wanted = c.req.method === 'GET' ? pathname + search : '/';
    return c.redirect(`/sign-in?return=${encodeURIComponent(wanted)}`, 303);
  }
  c.set('user', user);
  await withAbout({ user: user.id }, next);
  return undefined;
}

/** The API: `Authorization: Bearer <apiToken>`, never the cookie. */
export async function requireToken(c: Context<Env>, next: Next): Promise<void> {
  const token = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  const user = token ? await findTokenUser(c.get('ground').table, token) : undefined;
  if (!user) throw new Fault('unauthenticated', 'Send your API token: Authorization: Bearer <apiToken>.');
  c.set('user', user);
  await withAbout({ user: user.id }, next);
}
