import { Hono } from 'hono';
import type { Env } from '../env.ts';
import { requireSession } from '../session.ts';
import { friends } from './friends.tsx';
import { imports } from './imports.tsx';
import { library } from './library.tsx';
import { mailIn } from './mail-in.tsx';
import { notes } from './notes.tsx';
import { settings } from './settings.tsx';
import { today } from './today.tsx';

const ROOMS = [
  '/',
  '/suggestions/*',
  '/library',
  '/articles/*',
  '/friends/*',
  '/write',
  '/notes/*',
  '/settings/*',
  '/imports/*',
  '/export',
];

/** Everything behind the door. */
export const desk = new Hono<Env>();
for (const path of ROOMS) desk.use(path, requireSession);
desk
  .route('/', today)
  .route('/', library)
  .route('/', friends)
  .route('/', notes)
  .route('/', settings)
  .route('/', mailIn)
  .route('/', imports);
