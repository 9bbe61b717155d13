import type { Context } from 'hono';
import * as z from 'zod';
import { Fault, invalid } from '../../platform/faults.ts';
import { parse } from '../../platform/shapes.ts';

/** Page size of a list, if not said and at most. */
const PAGE = 50;
const MAX_PAGE = 100;

const LIMIT = `must be a whole number from 1 to ${MAX_PAGE}`;

/** How much of a list, and from where on. */
export const Page = z.object({
  limit: z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(MAX_PAGE, LIMIT).default(PAGE),
  cursor: z.string().max(1000).optional(),
});
type Page = z.output<typeof Page>;

/** `limit` and `cursor` of a list. */
export function pageOf(c: Context): Page {
  return parse(Page, c.req.query());
}

/** One page of a list that is here whole, in an order of its own: what comes after the item that the cursor names. */
export function cutPage<One>(
  all: One[],
  idOf: (one: One) => string,
  { limit, cursor }: Page,
): { items: One[]; cursor?: string } {
  const start = cursor === undefined ? 0 : all.findIndex((one) => idOf(one) === cursor) + 1;
  if (start === 0 && cursor !== undefined) {
    throw invalid('/cursor', 'The cursor is not one of this list. Start again without it.');
  }
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  return { items, ...(last !== undefined && start + limit < all.length && { cursor: idOf(last) }) };
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

/** The version that was seen; another one is refused. */
export const Version = z.strictObject({ version: z.number().int().optional() });

/** The `version` of a body that may be empty. */
export async function versionOf(c: Context): Promise<number | undefined> {
  const text = await c.req.text();
  return text.trim() ? parse(Version, await jsonOf(c)).version : undefined;
}

/** A file that was sent, or the `upload` that names one that was sent by a link. */
export type GivenFile = { name?: string | undefined } & ({ body: Buffer } | { upload: string });

/** Names a file that was sent by a link. */
export const Upload = z.strictObject({ upload: z.string().max(100) });

/**
 * The file of a request: in a form (its field `file`, or its only one), or as the body itself. JSON is an upload's name,
 * unless it says that it is an export of ours. Fault `invalid`.
 */
export async function fileOf(c: Context): Promise<GivenFile> {
  const type = c.req.header('content-type') ?? '';
  if (/^(multipart\/form-data|application\/x-www-form-urlencoded)/i.test(type)) return fileOfForm(c);
  if (/^text\//i.test(type)) return { body: Buffer.from(await c.req.arrayBuffer()) };
  if (!type) throw invalid('/file', 'Send the file as multipart/form-data, in the field “file”.');
  const json = await jsonOf(c);
  const isExport = typeof json === 'object' && json !== null && Object.hasOwn(json, 'hallway');
  return isExport ? { body: Buffer.from(await c.req.arrayBuffer()) } : parse(Upload, json);
}

async function fileOfForm(c: Context): Promise<GivenFile> {
  const fields = await c.req.formData().catch(() => {
    throw new Fault('invalid', 'This form could not be read.');
  });
  const upload = fields.get('upload');
  const name = fields.get('name');
  if (typeof upload === 'string' && upload) {
    return { ...parse(Upload, { upload }), ...(typeof name === 'string' && { name }) };
  }
  const files = [...fields].flatMap(([, value]) => (typeof value === 'string' ? [] : [value]));
  const named = fields.getAll('file');
  const [file] = named.length > 0 ? named : files;
  if (file === undefined || named.length > 1 || (named.length === 0 && files.length > 1)) {
    throw invalid('/file', 'Choose one file.');
  }
  if (typeof file === 'string') return { body: Buffer.from(file) };
  return { name: file.name, body: Buffer.from(await file.arrayBuffer()) };
}
