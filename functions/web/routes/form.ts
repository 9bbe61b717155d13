import type { Context } from 'hono';
import { Fault } from '../../platform/faults.ts';
import type { FormErrors } from '../views.ts';

/** A form's fields as text. */
export interface Form {
  /** '' if the field is not there. */
  text(name: string): string;
  has(name: string): boolean;
  /** Undefined if the field is not there, or has only spaces. */
  filled(name: string): string | undefined;
  /** Every value of a field that may come several times, each once. */
  all(name: string): string[];
  /** Every field whose name begins so, by the rest of its name. */
  under(prefix: string): Record<string, string>;
}

export async function formOf(c: Context): Promise<Form> {
  const fields = await c.req.formData().catch(() => {
    throw new Fault('invalid', 'This form could not be read.');
  });
  const values = new Map<string, Set<string>>();
  for (const [name, value] of fields) {
    if (typeof value === 'string') values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  const all = (name: string) => [...(values.get(name) ?? [])];
  const text = (name: string) => all(name)[0] ?? '';
  return {
    all,
    text,
    has: (name) => values.has(name),
    filled: (name) => (text(name).trim() ? text(name) : undefined),
    under: (prefix) => {
      const names = [...values.keys()].filter((name) => name.startsWith(prefix));
      return Object.fromEntries(names.map((name) => [name.slice(prefix.length), text(name)]));
    },
  };
}

/**
 * A fault of the input, as sentences by field name (`/interests/0/text` is said at `text`, through `names`). Any other
 * error is not the form's, and goes on.
 */
export function formErrors(error: unknown, names: Record<string, string> = {}): FormErrors {
  if (!(error instanceof Fault) || error.tag !== 'invalid' || error.errors.length === 0) throw error;
  return Object.fromEntries(
    error.errors.map(({ path, message }) => {
      const field = path.split('/').findLast((step) => Number.isNaN(Number(step))) ?? '';
      return [names[field] ?? field, sentence(message)];
    }),
  );
}

function sentence(message: string): string {
  if (/^[A-Z].*\.$/.test(message)) return message;
  return `This ${message}.`;
}
