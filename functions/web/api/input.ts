import type { Context } from 'hono';
import * as z from 'zod';
import { Fault } from '../../platform/faults.ts';
import { parse } from '../../platform/shapes.ts';

/** Page size of a list, if not said and at most. */
const PAGE = 50;
const MAX_PAGE = 100;

const Page = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
  cursor: z.string().max(1000).optional(),
});

/** `limit` and `cursor` of a list. */
export function pageOf(c: Context): { limit: number; cursor?: string | undefined } {
  return parse(Page, c.req.query());
}

/** The body as JSON. Fault `invalid`. */
export async function jsonOf(c: Context): Promise<unknown> {
  const text = await c.req.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault('invalid', 'The body is not JSON.', { errors: [{ path: '', message: 'is not JSON' }] });
  }
}

const Version = z.strictObject({ version: z.number().int().optional() });

/** The `version` of a body that may be empty. */
export async function versionOf(c: Context): Promise<number | undefined> {
  const text = await c.req.text();
  return text.trim() ? parse(Version, await jsonOf(c)).version : undefined;
}
