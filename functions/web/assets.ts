import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Context, Hono } from 'hono';
import { etag } from 'hono/etag';
import { Fault } from '../platform/faults.ts';
import type { Env } from './env.ts';

const TYPES = {
  'style.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'icon-192.png': 'image/png',
  'icon-512.png': 'image/png',
  'manifest.webmanifest': 'application/manifest+json',
  'import.js': 'text/javascript; charset=utf-8',
  'save.js': 'text/javascript; charset=utf-8',
  'letter.js': 'text/javascript; charset=utf-8',
  'passkey.js': 'text/javascript; charset=utf-8',
};

interface Asset {
  body: Uint8Array<ArrayBuffer>;
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
    const body = readFileSync(new URL(`./assets/${name}`, import.meta.url));
    asset = { body, type, tag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"` };
    read.set(name, asset);
  }
  return asset;
}

function serve(c: Context<Env>, name: string): Response {
  const asset = assetOf(name);
  if (!asset) throw new Fault('not-found', `There is nothing at ${c.req.path}.`);
  // Asked again each time and answered with 304: a new version is seen at once.
  return c.body(asset.body, 200, {
    'Content-Type': asset.type,
    'Cache-Control': 'no-cache',
    ETag: asset.tag,
  });
}

export const assets = new Hono<Env>().use(etag()).get('/:name', (c) => serve(c, c.req.param('name')));

const MANIFEST = '/manifest.webmanifest';

/** At the top, where browsers and people look for it. */
export const manifest = new Hono<Env>()
  .use(MANIFEST, etag())
  .get(MANIFEST, (c) => serve(c, 'manifest.webmanifest'));
