import type { Context, Next } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { Fault } from '../../platform/faults.ts';
import { digest } from '../../platform/ids.ts';
import type { Env } from '../env.ts';
import { keepAnswer, releaseKey, takeKey } from './store.ts';

/** Opaque to us; no client's generator makes longer ones. */
const KEY = /^[\x20-\x7e]{1,255}$/;

const UNDER_WAY = 'The first request with this Idempotency-Key is under way.';
const NOT_KNOWN =
  'What became of the first request with this Idempotency-Key is not known. Look whether it was done; if not, make a new key.';

/**
 * A POST with an `Idempotency-Key` is done once: repeated within 24 hours it gets the first one's answer. One that was
 * refused was not done, and its key is free again.
 */
export async function once(c: Context<Env>, next: Next): Promise<Response | undefined> {
  const key = c.req.header('idempotency-key');
  if (c.req.method !== 'POST' || key === undefined) {
    await next();
    return undefined;
  }
  if (!KEY.test(key)) throw new Fault('invalid', 'An Idempotency-Key has 1 to 255 characters of ASCII.');
  const { ground, user } = c.var;
  const { table } = ground;
  const name = digest(key);
  const request = await requestName(c);

  const first = await takeKey(table, user.id, name, request, ground.clock());
  if (first) {
    if (first.request !== request) {
      throw new Fault('key-reused', 'This Idempotency-Key was used for another request. Make a new one.');
    }
    if (!first.answer) throw new Fault('conflict', first.isUnderWay ? UNDER_WAY : NOT_KNOWN);
    const { status, body } = first.answer;
    return c.body(body, status as ContentfulStatusCode, { 'Content-Type': 'application/json' });
  }
  await next();
  // After a failure of ours nobody knows what was done: the key stays taken, so that it is not done twice.
  if (c.res.status >= 500) return undefined;
  if (!c.res.ok) await releaseKey(table, user.id, name, request);
  else {
    const answer = { status: c.res.status, body: await c.res.clone().text() };
    await keepAnswer(table, user.id, name, request, answer, ground.clock());
  }
  return undefined;
}

/**
 * What is asked for, as a name. A form is named by its fields: whoever sends it again draws another boundary between
 * them.
 */
async function requestName(c: Context<Env>): Promise<string> {
  const body = await c.req.arrayBuffer();
  if (!/^multipart\/form-data/i.test(c.req.header('content-type') ?? '')) {
    return digest(`${c.req.path}\n${Buffer.from(body).toString('latin1')}`);
  }
  const fields = await c.req.formData().catch(() => {
    throw new Fault('invalid', 'This form could not be read.');
  });
  const parts = [...fields].map(async ([name, value]) => {
    const [file, text] =
      typeof value === 'string'
        ? ['', value]
        : [value.name, Buffer.from(await value.arrayBuffer()).toString('base64')];
    return JSON.stringify([name, file, text]);
  });
  return digest(`${c.req.path}\n${(await Promise.all(parts)).join('\n')}`);
}
