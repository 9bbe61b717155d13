import { type Context, Hono } from 'hono';
import { sharedUrl } from '../../articles/url.ts';
import { touchesOf } from '../../ledger/touches/store.ts';
import { cleanLine, STOP_UNDO, type Touch, type TouchKind } from '../../ledger/touches.ts';
import { readStop, type Stop } from '../../notes/stop.ts';
import { at } from '../../platform/clock.ts';
import type { Ground } from '../../platform/ground.ts';
import { CHOICES, type Choice, choose, type Outcome, openLink, stopsOf } from '../../transfer/choices.ts';
import type { Env } from '../env.ts';
import { ForGonePage, ForPage, type ForView, type Result } from '../pages/for.tsx';
import type { FormErrors } from '../views.ts';
import { type Form, formErrors, formOf } from './form.ts';

/** Which choice a touch shows to have been made. */
const CHOICE_OF: Partial<Record<TouchKind, Choice>> = {
  thanks: 'thanks',
  coffee: 'coffee',
  'not-my-thing': 'not-my-thing',
  'less-often': 'less-often',
};

/** What the page may show, field by field: what is not named here does not reach it. */
async function viewOf(ground: Ground, stop: Stop, token: string): Promise<ForView> {
  const [link, stops] = await Promise.all([openLink(ground, stop), stopsOf(ground, stop)]);
  const { user, note, article, friend, isTheirs } = link;
  const touches = friend ? await touchesOf(ground.table, stop.user, friend.id) : [];
  const mine = touches.filter(({ noteId }) => noteId === stop.note);
  const now = ground.clock();
  const isFresh = ({ kind, at: then }: Touch) =>
    (kind === 'stopped' || kind === 'stopped-all') && then > at(now, -STOP_UNDO);
  return {
    token,
    now,
    userName: user?.name,
    friendName: friend?.name,
    note: note?.text,
    article: article && {
      title: article.title,
      url: article.url && sharedUrl(article.url),
      siteName: article.siteName,
      minutes: article.minutes,
    },
    timeZone: isTheirs ? friend?.timeZone : undefined,
    chosen: mine.flatMap(({ kind }) => CHOICE_OF[kind] ?? []),
    stopped: stops.muted,
    stoppedForAll: stops.stopped,
    canTakeBack: mine.some(isFresh),
  };
}

function resultOf(choice: Choice, outcome: Outcome, said: string): Result {
  if (outcome.outcome === 'impossible' && choice === 'undo') return { of: 'stays-stopped' };
  if (outcome.outcome !== 'done') return { of: outcome.outcome };
  const { line = '', word } = outcome.touch ?? {};
  return { of: choice, line, word, isNews: cleanLine(said) === line };
}

async function act(c: Context<Env>, stop: Stop, token: string): Promise<Response> {
  const { ground } = c.var;
  const show = async (result?: Result, errors: FormErrors = {}, form?: Form) => {
    const view = await viewOf(ground, stop, token);
    const values = form?.under('') ?? {};
    const page = <ForPage view={view} errors={errors} values={values} {...(result && { result })} />;
    return c.html(page, Object.keys(errors).length > 0 ? 400 : 200);
  };
  const form = await formOf(c);
  const choice = CHOICES.find((one) => one === form.text('do'));
  if (!choice) return show(undefined, { form: 'Choose one of these.' });
  const said = { line: form.text('line'), name: form.filled('name'), timeZone: form.filled('timeZone') };
  try {
    const outcome = await choose(ground, stop, choice, said);
    return show(resultOf(choice, outcome, said.line));
  } catch (error) {
    return show(undefined, formErrors(error), form);
  }
}

/**
 * The friend's page, opened by the link in a letter: no account, no cookie, no script. GET shows, because scanners follow
 * links; POST acts. The link's signature is the credential.
 */
export const forFriend = new Hono<Env>()
  .use(async (c, next) => {
    await next();
    // A letter that is passed on publicly brings its link along.
    c.header('X-Robots-Tag', 'noindex');
  })
  .get('/:token', async (c) => {
    const token = c.req.param('token');
    const stop = readStop(c.var.ground, token);
    if (!stop) return c.html(<ForGonePage />, 404);
    return c.html(<ForPage view={await viewOf(c.var.ground, stop, token)} />);
  })
  .post('/:token', async (c) => {
    const token = c.req.param('token');
    const stop = readStop(c.var.ground, token);
    if (!stop) return c.html(<ForGonePage />, 404);
    return act(c, stop, token);
  });
