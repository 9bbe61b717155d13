import type { Child } from 'hono/jsx';
import type { FormErrors } from '../views.ts';

interface FieldProps {
  label: Child;
  name: string;
  error?: string | undefined;
  /** Unique on the page; the name, if not said. */
  id?: string;
  value?: string | undefined;
  [attribute: string]: unknown;
}

/** A labelled input; what is wrong with it stands below it, and is read out with it. */
export function Field({ label, name, error, id = name, ...input }: FieldProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} name={name} {...wrongAttributes(id, error)} {...input} />
      <Wrong id={id} error={error} />
    </div>
  );
}

/** What ties a control to its `Wrong`. */
export function wrongAttributes(id: string, error: string | undefined) {
  return error ? { 'aria-invalid': 'true' as const, 'aria-describedby': `${id}-wrong` } : {};
}

export function Wrong({ id, error }: { id: string; error?: string | undefined }) {
  return error ? (
    <p class="wrong" id={`${id}-wrong`}>
      {error}
    </p>
  ) : null;
}

/** Said at once when a form comes back. `form` is what concerns no single field. */
export function Alert({ errors }: { errors: FormErrors }) {
  const fields = Object.keys(errors).filter((name) => name !== 'form').length;
  if (fields === 0 && !errors.form) return null;
  return (
    <p class="wrong" role="alert">
      {errors.form ?? (fields === 1 ? 'One thing is not right yet.' : 'Some things are not right yet.')}
    </p>
  );
}
