import { type Context, Hono } from 'hono';
import { Fault } from '../../platform/faults.ts';
import { importFile, importUpload, newUpload, readOn } from '../../transfer/imports.ts';
import { tooLarge } from '../../transfer/size.ts';
import { listImports } from '../../transfer/store.ts';
import { linkToExport } from '../../transfer/take-along.ts';
import { fileOf } from '../api/input.ts';
import type { Env } from '../env.ts';
import { ImportsPage } from '../pages/imports.tsx';
import { problemOf } from '../problem.ts';

/** Files of thirty days that one page has room for. */
const SHOWN = 50;

async function showImports(c: Context<Env>, wrong?: Fault): Promise<Response> {
  const { ground, user } = c.var;
  const now = ground.clock();
  const { items } = await listImports(ground.table, user.id, now, { limit: SHOWN });
  return c.html(
    <ImportsPage frame={{ user, now }} imports={items} {...(wrong && { wrong: wrong.message })} />,
    wrong ? problemOf(wrong).status : 200,
  );
}

async function takeIn(c: Context<Env>): Promise<string> {
  const { ground, user } = c.var;
  const file = await fileOf(c);
  const one = 'upload' in file ? importUpload(ground, user.id, file) : importFile(ground, user.id, file);
  return (await one).id;
}

/** Things that come in and go out as files. */
export const imports = new Hono<Env>()
  .get('/imports', (c) => showImports(c))
  .post('/imports', async (c) => {
    try {
      // On a phone what became of it stands far below the form.
      return c.redirect(`/imports#${await takeIn(c)}`, 303);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.tag === 'too-large') return showImports(c, tooLarge('page'));
      if (error.tag === 'invalid') return showImports(c, error);
      throw error;
    }
  })
  // For the page's script, which sends larger files by a link.
  .post('/imports/uploads', async (c) => c.json(await newUpload(c.var.ground, c.var.user.id), 201))
  .post('/imports/:id/again', async (c) => {
    await readOn(c.var.ground, c.var.user.id, c.req.param('id'));
    return c.redirect('/imports', 303);
  })
  .get('/export', async (c) => c.redirect(await linkToExport(c.var.ground, c.var.user), 303));
