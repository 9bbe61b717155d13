import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { Fault, type FaultTag } from '../platform/faults.ts';

/** The one place where a fault becomes an HTTP status. */
const STATUS: Record<FaultTag, ContentfulStatusCode> = {
  invalid: 400,
  unauthenticated: 401,
  'cross-site': 403,
  'not-found': 404,
  conflict: 409,
  'key-reused': 422,
  'too-many': 429,
  'too-large': 413,
};

const TITLE: Record<FaultTag, string> = {
  invalid: 'The input does not fit',
  unauthenticated: 'Not signed in',
  'cross-site': 'Refused from another site',
  'not-found': 'Not found',
  conflict: 'Not possible now',
  'key-reused': 'The key stands for another request',
  'too-many': 'Too many at once',
  'too-large': 'Too large',
};

/** A body of 2.5 MB has room for half a million wrong fields; an answer through Lambda, at most 6 MB, has not. */
const MAX_ERRORS = 100;

export interface Problem {
  status: ContentfulStatusCode;
  title: string;
  detail: string;
  errors?: { path: string; message: string }[];
}

/** RFC 9457. Nothing of an unexpected failure is told: it is in the log. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof Fault)) {
    return {
      status: 500,
      title: 'Something broke here',
      detail: 'It is not your doing. Try again in a moment.',
    };
  }
  return {
    ...error.extra,
    status: STATUS[error.tag],
    title: TITLE[error.tag],
    detail: error.message,
    ...(error.errors.length > 0 && { errors: error.errors.slice(0, MAX_ERRORS) }),
  };
}
