import type { Context, Next } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { deviceOf } from '../accounts/device.ts';
import { Meter, requestsPerMinute } from '../accounts/limits/limits.ts';
import { closeSession, findSessionUser, findTokenUser, openSession, sessionId } from '../accounts/store.ts';
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
  // The one before, whoever's it was, ends: nobody who has it comes along.
  const before = getCookie(c, cookieName(c));
  if (before) await closeSession(table, before);
  const token = await openSession(table, userId, clock(), deviceOf(c.req.header('user-agent')));
  setCookie(c, cookieName(c), token, {
    path: '/',
    httpOnly: true,
    secure: isSecure(c),
    // The bookmarklet's window is opened from another site: a strict cookie would not be there.
    sameSite: 'Lax',
    maxAge: COOKIE_SECONDS,
  });
}

/** What names this browser's session in the user's list; empty if there is none. */
export function currentSession(c: Context<Env>): string {
  const token = getCookie(c, cookieName(c));
  return token ? sessionId(token) : '';
}

export async function signOut(c: Context<Env>): Promise<void> {
  const token = getCookie(c, cookieName(c));
  if (token) await closeSession(c.get('ground').table, token);
  forgetCookie(c);
}

/** The browser keeps nothing of the user: neither the session, nor words that were typed and not sent. */
export function forgetCookie(c: Context<Env>): void {
  c.header('Clear-Site-Data', '"storage"');
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

/** One for each function: what it counts it tells the table now and then. */
const meter = new Meter();

/** The API: `Authorization: Bearer <apiToken>`, never the cookie. */
export async function requireToken(c: Context<Env>, next: Next): Promise<void> {
  const { table, clock, settings } = c.get('ground');
  const token = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  const user = token ? await findTokenUser(table, token, clock()) : undefined;
  if (!user) throw new Fault('unauthenticated', 'Send your API token: Authorization: Bearer <apiToken>.');
  // By user: more tokens are not more requests.
  await meter.count(table, requestsPerMinute(settings.requestsPerMinute), user.id, clock());
  c.set('user', user);
  await withAbout({ user: user.id }, next);
}
