import { Hono } from 'hono';
import type { Env } from '../env.ts';

/** How the API is told of, to programs and to people. Nobody who saves an article needs any of it: loaded when asked for. */
export const openapi = new Hono<Env>().get('/openapi.json', async (c) => {
  const { openApi } = await import('../api/openapi.ts');
  return c.json(openApi(c.var.ground.settings.baseUrl));
});

export const developers = new Hono<Env>().get('/developers', async (c) => {
  const { ApiPage } = await import('../pages/api.tsx');
  return c.html(<ApiPage baseUrl={c.var.ground.settings.baseUrl} />);
});
