import type { Context } from 'hono';
import { Fault } from '../../platform/faults.ts';
import type { FormErrors } from '../views.ts';

/** A form's fields as text. */
export interface Form {
  /** '' if the field is not there. */
  text(name: string): string;
  /** Undefined if the field is not there, or has only spaces. */
  filled(name: string): string | undefined;
  /** Every value of a field that may come several times. */
  all(name: string): string[];
}

export async function formOf(c: Context): Promise<Form> {
  const fields = await c.req.formData().catch(() => {
    throw new Fault('invalid', 'This form could not be read.');
  });
  const all = (name: string) => fields.getAll(name).filter((value) => typeof value === 'string');
  const text = (name: string) => all(name)[0] ?? '';
  return { all, text, filled: (name) => (text(name).trim() ? text(name) : undefined) };
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
