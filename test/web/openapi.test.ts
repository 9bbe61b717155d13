import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { OPERATIONS } from '../../functions/web/api/openapi.ts';
import { adasDesk, ask } from './callers.ts';
import { fillDesk, routesOf } from './routes.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document is what its test says it is
type Document = any;

/** A schema of the document, read back: what it says by itself, whatever it was made of. */
function reader(document: Document, schema: Document): z.ZodType {
  const inlined = JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/'));
  return z.fromJSONSchema({ ...inlined, $defs: document.components.schemas });
}

/** `/articles/:id` and `/articles/{id}` are the same. */
const asInDocument = (pattern: string) =>
  pattern.replace(/^\/api/, '').replace(/:(\w+)(?:\{[^}]*\})?/g, '{$1}');

describe('the document of the API', () => {
  async function opened() {
    const ada = await adasDesk();
    const document: Document = (await ask(ada.app, '/api/openapi.json')).json;
    return { ada, document };
  }

  test('is OpenAPI 3.1, with the token that every route but the open ones asks for', async () => {
    const { document } = await opened();
    expect(document).toMatchObject({
      openapi: '3.1.0',
      servers: [{ url: 'http://localhost:8787/api' }],
      security: [{ token: [] }],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    });
    const open = Object.entries<Document>(document.paths).flatMap(([path, methods]) =>
      Object.values<Document>(methods).flatMap(({ security }) => (security ? path : [])),
    );
    expect(open.sort()).toEqual(['/health', '/openapi.json']);
  });

  test('has every route of the app, and no other', async () => {
    const { ada, document } = await opened();
    const inApp = (await routesOf(ada.app))
      .filter(({ pattern }) => pattern.startsWith('/api/'))
      .map(({ method, pattern }) => `${method} ${asInDocument(pattern)}`);
    const inDocument = Object.entries<Document>(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(inDocument.sort()).toEqual(inApp.sort());
  });

  test('names each operation once, and every name it refers to is there', async () => {
    const { document } = await opened();
    const operations = Object.values<Document>(document.paths).flatMap((one) => Object.values<Document>(one));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z]+$/);
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(refs.length).toBeGreaterThan(20);
    for (const [, name = ''] of refs) expect(document.components.schemas).toHaveProperty(name);
  });

  test('every path parameter of a path is said', async () => {
    const { document } = await opened();
    for (const [path, methods] of Object.entries<Document>(document.paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters = [] } of Object.values<Document>(methods)) {
        const said = parameters.filter((one: Document) => one.in === 'path').map((one: Document) => one.name);
        expect([path, said]).toEqual([path, named]);
      }
    }
  });

  test('the routes answer as it says, rightly asked and wrongly', async () => {
    const { ada, document } = await opened();
    const desk = await fillDesk(ada.ground, ada);
    const seen = new Set<string>();
    const hold = (method: string, path: string, answer: Awaited<ReturnType<typeof ask>>) => {
      const about = `${method} ${path} ${answer.status}`;
      const said = document.paths[path][method.toLowerCase()].responses[answer.status];
      expect(said, about).toBeDefined();
      seen.add(about);
      const [[type, { schema }] = ['', { schema: null }]] = Object.entries<Document>(said.content ?? {});
      if (!schema) return expect(answer.text, about).toBe('');
      expect(answer.headers.get('content-type'), about).toContain(type);
      const result = reader(document, schema).safeParse(answer.json);
      expect(result.success ? [] : [about, z.prettifyError(result.error), answer.json]).toEqual([]);
    };
    // What is deleted last is there for all before.
    const order = ['GET', 'PATCH', 'POST', 'DELETE'];
    const routes = (await routesOf(ada.app))
      .filter(({ pattern }) => pattern.startsWith('/api/'))
      .sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method));
    const account = routes.filter(({ pattern }) => pattern === '/api/account');
    for (const route of [...routes.filter((one) => !account.includes(one)), ...account]) {
      const path = asInDocument(route.pattern);
      const request = (body: unknown, target = route.path(desk), token = ada.token) =>
        ask(ada.app, target, {
          method: route.method,
          headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
      if (route.who === 'script') hold(route.method, path, await request(undefined, route.path(desk), 'x'));
      if (route.json) hold(route.method, path, await request({ unknown: 1 }));
      if (route.method !== 'GET') {
        hold(route.method, path, await ask(ada.app, route.path(desk), { method: route.method }));
        hold(route.method, path, await request('x'.repeat(5e6)));
      }
      if (path.includes('{id}')) {
        hold(
          route.method,
          path,
          await request(route.json?.(desk), route.path(desk).replace(/_[0-9A-Z]{26}/, '_0')),
        );
      }
      if (path === '/imports' && route.method === 'POST') {
        hold(route.method, path, await request({ upload: 'imp_0' }));
      }
      // A step of a note that was changed meanwhile names no version.
      hold(route.method, path, await request(path.includes('{step}') ? {} : route.json?.(desk)));
    }
    for (const about of [
      'POST /articles 201',
      'GET /friends 200',
      'PATCH /notes/{id} 200',
      'POST /notes/{id}/{step} 200',
      'POST /imports 202',
      'GET /friends/{id} 404',
      'POST /notes 400',
      'DELETE /account 204',
      'DELETE /account 401',
      'POST /friends 413',
      'PATCH /notes/{id} 413',
    ]) {
      expect([...seen]).toContain(about);
    }
  });

  test('what it says of input is what the routes take', async () => {
    const { document } = await opened();
    const body = (path: string, method: string) =>
      reader(document, document.paths[path][method].requestBody.content['application/json'].schema);
    const friend = {
      name: 'Grace',
      interests: ['lamps', { text: 'flat', kind: 'ask', until: '2027-03-01' }],
    };
    expect(body('/friends', 'post').safeParse(friend).success).toBe(true);
    expect(body('/friends', 'post').safeParse({ ...friend, name: 1 }).success).toBe(false);
    expect(body('/friends', 'post').safeParse({ ...friend, unknown: 1 }).success).toBe(false);
    const note = { friendId: 'frd_1', text: 'x', moment: { kind: 'at', at: '2026-11-23T09:30' } };
    expect(body('/notes', 'post').safeParse(note).success).toBe(true);
    expect(body('/notes', 'post').safeParse({ ...note, moment: { kind: 'never' } }).success).toBe(false);
  });
});

test('the page for people names every operation, and runs no script', async () => {
  const { app } = await adasDesk();
  const { status, text } = await ask(app, '/developers');
  expect(status).toBe(200);
  const { document } = parseHTML(text);
  const named = [...document.querySelectorAll('h3 code')].map((one) => one.textContent);
  expect(named).toHaveLength(OPERATIONS.length);
  expect(named).toContain('POST /notes/{id}/{step}');
  expect(document.querySelectorAll('script, style, [style], [onclick]')).toHaveLength(0);
});
