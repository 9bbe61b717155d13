import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { Fault } from '../platform/faults.ts';
import type { Env } from './env.ts';

const TYPES = {
  'style.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'save.js': 'text/javascript; charset=utf-8',
  'letter.js': 'text/javascript; charset=utf-8',
};

interface Asset {
  body: string;
  type: string;
  tag: string;
}

const read = new Map<string, Asset>();

/** Read once; the files stand beside this module, in the sources as in the bundle. */
function assetOf(name: string): Asset | undefined {
  const type = Object.entries(TYPES).find(([known]) => known === name)?.[1];
  if (!type) return undefined;
  let asset = read.get(name);
  if (!asset) {
    const body = readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8');
    asset = { body, type, tag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"` };
    read.set(name, asset);
  }
  return asset;
}

export const assets = new Hono<Env>().use(etag()).get('/:name', (c) => {
  const asset = assetOf(c.req.param('name'));
  if (!asset) throw new Fault('not-found', `There is nothing at ${c.req.path}.`);
  // Asked again each time and answered with 304: a new version is seen at once.
  return c.body(asset.body, 200, {
    'Content-Type': asset.type,
    'Cache-Control': 'no-cache',
    ETag: asset.tag,
  });
});
