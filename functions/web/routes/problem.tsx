import type { Context } from 'hono';
import type { Env } from '../env.ts';
import { ProblemPage } from '../pages/problem.tsx';
import type { Problem } from '../problem.ts';

/** A page that could not be had, or a form that could not be taken, in words. */
export function problemPage(
  c: Context<Env>,
  { status, title, detail }: Problem,
): Response | Promise<Response> {
  return c.html(<ProblemPage status={status} title={title} detail={detail} />, status);
}
