/** What is wrong with one field of the input; `path` is a JSON Pointer (RFC 6901). */
export interface FieldError {
  path: string;
  message: string;
}

/**
 * Why a request cannot be done. The web maps each tag to one HTTP status (`web/problem.ts`).
 * - `invalid`: the input is wrong; `errors` names the fields
 * - `conflict`: right in itself, but not now; `extra` carries the state that stands in the way
 * - `key-reused`: an `Idempotency-Key` that stands for another request
 * - `too-many`: a limit is reached; `extra.retryAfter` says for how many seconds
 */
export type FaultTag =
  | 'invalid'
  | 'unauthenticated'
  | 'cross-site'
  | 'not-found'
  | 'conflict'
  | 'key-reused'
  | 'too-many'
  | 'too-large';

interface FaultDetails {
  errors?: FieldError[];
  extra?: Record<string, unknown>;
}

/** The one fault type. `message` is a sentence for the person: what is wrong and how to mend it. */
export class Fault extends Error {
  readonly tag: FaultTag;
  readonly errors: FieldError[];
  readonly extra: Record<string, unknown>;

  constructor(tag: FaultTag, message: string, details: FaultDetails = {}) {
    super(message);
    this.name = 'Fault';
    this.tag = tag;
    this.errors = details.errors ?? [];
    this.extra = details.extra ?? {};
  }
}

/** Input that is wrong in one field. */
export function invalid(path: string, message: string): Fault {
  return new Fault('invalid', message, { errors: [{ path, message }] });
}
