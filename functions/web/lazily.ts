import { type ErrorHandler, Hono, type MiddlewareHandler } from 'hono';
import type { RouterRoute } from 'hono/types';
import type { Env } from './env.ts';

/** What the part is handed beside what Lambda hands the app; and what it hands back. */
interface Part extends Env {
  Bindings: { ground: Env['Variables']['ground']; isMissing: boolean; policy?: string | undefined };
}

const routesBehind = new WeakMap<object, () => Promise<RouterRoute[]>>();

/**
 * Routes that are loaded when they are first asked for: a function that starts waits for no page that nobody looks at.
 * They answer as if they stood in the app itself; what they do not know is left to what comes after.
 */
export function lazily(
  base: string,
  onError: ErrorHandler<Env>,
  load: () => Promise<Hono<Env>>,
): MiddlewareHandler<Env> {
  let loaded: Promise<Hono<Part>> | undefined;
  const part = () => (loaded ??= load().then((routes) => partOf(base, onError, routes)));
  const handler: MiddlewareHandler<Env> = async (c, next) => {
    const handed: Part['Bindings'] = { ...(c.env as object), ground: c.get('ground'), isMissing: false };
    const answer = await (await part()).fetch(c.req.raw, handed);
    if (handed.policy) c.set('policy', handed.policy);
    return handed.isMissing ? next() : answer;
  };
  routesBehind.set(handler, async () => (await part()).routes);
  return handler;
}

function partOf(base: string, onError: ErrorHandler<Env>, routes: Hono<Env>): Hono<Part> {
  const app = new Hono<Part>();
  app.use(async (c, next) => {
    c.set('ground', c.env.ground);
    await next();
    c.env.policy = c.get('policy');
  });
  app.route(base, routes);
  app.notFound((c) => {
    c.env.isMissing = true;
    return c.body(null, 404);
  });
  app.onError(onError as unknown as ErrorHandler<Part>);
  return app;
}

/** Every route of an app, those that are not loaded yet, too. */
export async function routesOf(app: Hono<Env>): Promise<RouterRoute[]> {
  const found = await Promise.all(app.routes.map((route) => routesBehind.get(route.handler)?.() ?? [route]));
  return [...new Set(found.flat())];
}
