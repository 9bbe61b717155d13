import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { Fault } from '../platform/faults.ts';
import type { Ground } from '../platform/ground.ts';
import { failure, log, withAbout } from '../platform/log.ts';
import { MAX_FILE_BYTES, tooLarge } from '../transfer/size.ts';
import { assets, manifest } from './assets.ts';
import type { Env } from './env.ts';
import { guard } from './guard.ts';
import { lazily } from './lazily.ts';
import { problemOf } from './problem.ts';

/** Contract: a body of at most 2.5 MB; below API Gateway's own limit, so that the answer is ours. */
const MAX_BODY = 2.5 * 1024 * 1024;
/** A file and the form around it: as base64 still below Lambda's 6 MB. */
const MAX_FORM = MAX_FILE_BYTES + 64 * 1024;
/** The only routes that take a file. */
const TAKES_FILE = /^(\/api)?\/imports\/?$/;

/** A failure as an answer: JSON for programs, a page for people. */
async function answerProblem(error: Error, c: Context<Env>): Promise<Response> {
  const problem = problemOf(error);
  // RFC 9110, 10.2.3: for how long, in seconds.
  if (error instanceof Fault && error.tag === 'too-many') {
    c.header('Retry-After', String(error.extra.retryAfter));
  }
  if (problem.status >= 500) log.error('request failed', { path: c.req.routePath, ...failure(error) });
  if (!/^\/api(\/|$)/.test(c.req.path)) {
    const { problemPage } = await import('./routes/problem.tsx');
    return problemPage(c, problem);
  }
  // RFC 9110, 11.6.1: a 401 says how to do it.
  if (problem.status === 401) c.header('WWW-Authenticate', 'Bearer');
  return c.body(JSON.stringify(problem), problem.status, { 'Content-Type': 'application/problem+json' });
}

/** The whole face of Hallway: the JSON API under `/api`, the pages, and what they load. */
export function createApp(ground: Ground): Hono<Env> {
  const app = new Hono<Env>();
  app.use((c, next) => {
    c.set('ground', ground);
    // What API Gateway calls the request, which its access log says, too.
    const { requestId } =
      (c.env as { requestContext?: { requestId?: string } } | undefined)?.requestContext ?? {};
    return withAbout(requestId ? { request: requestId } : {}, next);
  });
  // Around the headers of the house, which would overwrite it.
  app.use(async (c, next) => {
    await next();
    const policy = c.get('policy');
    if (policy) c.header('Content-Security-Policy', policy);
  });
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Files to import go straight to their bucket.
        connectSrc: ["'self'", ground.settings.filesUrl],
        manifestSrc: ["'self'"],
        // An article's picture comes from where the article is.
        imgSrc: ["'self'", 'https:', 'http:', 'data:'],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
      xFrameOptions: 'DENY',
      // Our addresses name notes and friends: nobody else is told them. Not `no-referrer`: under it a browser sends
      // `Origin: null` with our own forms, and one without `Sec-Fetch-Site` could not pass the guard.
      referrerPolicy: 'same-origin',
      // The save window is opened by the page that is saved, and asks it for its text.
      crossOriginOpenerPolicy: false,
      crossOriginResourcePolicy: 'same-origin',
      strictTransportSecurity: ground.settings.baseUrl.startsWith('https:') && 'max-age=31536000',
    }),
  );
  app.use(async (c, next) => {
    await next();
    // Somebody's own things, and links that let in: no proxy and no later user of the browser finds them.
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
  });
  const limited = bodyLimit({
    maxSize: MAX_BODY,
    onError: () => {
      throw new Fault('too-large', 'The body is over 2.5 MB.');
    },
  });
  const limitedForm = bodyLimit({
    maxSize: MAX_FORM,
    onError: (c) => {
      throw tooLarge(c.req.path.startsWith('/api') ? 'script' : 'page');
    },
  });
  app.use((c: Context<Env>, next) => (TAKES_FILE.test(c.req.path) ? limitedForm : limited)(c, next));
  app.route('/assets', assets);
  app.route('/', manifest);
  // Before the guard: a friend's link is its own credential, and a mail program's one-click stop has neither cookie nor
  // origin.
  app.use(
    '/for/*',
    lazily('/for', answerProblem, async () => (await import('./routes/for.tsx')).forFriend),
  );
  app.use(
    '/stop/*',
    lazily('/stop', answerProblem, async () => (await import('./routes/stop.tsx')).stop),
  );
  app.use(guard);
  app.get('/api/health', (c) => c.json({ ok: true }));
  // What anybody may read of the API stands before what asks for a token.
  app.use(
    '/api/openapi.json',
    lazily('/api', answerProblem, async () => (await import('./routes/developers.tsx')).openapi),
  );
  app.use(
    '/developers',
    lazily('/', answerProblem, async () => (await import('./routes/developers.tsx')).developers),
  );
  app.use(
    '/api/*',
    lazily('/api', answerProblem, async () => (await import('./api/account.ts')).wholeApi),
  );
  const door = lazily('/', answerProblem, async () => (await import('./routes/door.tsx')).door);
  for (const path of ['/sign-in/*', '/sign-out']) app.use(path, door);
  const save = lazily('/', answerProblem, async () => (await import('./routes/save.tsx')).save);
  for (const path of ['/save/*', '/share']) app.use(path, save);
  app.use(lazily('/', answerProblem, async () => (await import('./routes/desk.tsx')).desk));
  app.notFound((c) => {
    throw new Fault('not-found', `There is nothing at ${c.req.path}.`);
  });
  app.onError(answerProblem);
  return app;
}
