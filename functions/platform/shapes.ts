import { Temporal } from 'temporal-polyfill';
import * as z from 'zod';
import { asciiAddress } from './address.ts';
import { Fault, type FieldError } from './faults.ts';

/** RFC 5321, 4.5.3.1.3: a path is at most 256 octets with its angle brackets. */
const MAX_EMAIL = 254;

// Control characters in a single line are how a header is injected into mail; marks that turn the direction of reading
// make a name show as another.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const CONTROL_IN_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}]/u;

/** Whether there is something to see: a letter of zero-width spaces is an empty one. */
export function isVisible(text: string | undefined): text is string {
  return text !== undefined && VISIBLE.test(text);
}

/**
 * Text as it comes. JSON can hold half a surrogate pair, DynamoDB cannot: it becomes the sign for a character that is
 * not known.
 */
export const words = z.string().overwrite((value) => value.toWellFormed());

/** One line of a person's words: trimmed, 1 to `max` characters, no control characters. */
export function line(max: number) {
  return words
    .refine((value) => !CONTROL.test(value), 'must be one line, without control characters')
    .trim()
    .refine(isVisible, 'must not be empty')
    .max(max, `must be at most ${max} characters`);
}

/** Words over several lines: line ends become \n, 1 to `max` characters once trimmed. */
export function prose(max: number) {
  return words
    .refine((value) => !CONTROL_IN_TEXT.test(value), 'must not contain control characters')
    .transform((value) => value.replace(/\r\n?/g, '\n').trim())
    .pipe(
      z
        .string()
        .refine(isVisible, 'must have at least one word')
        .max(max, `must be at most ${max} characters`),
    );
}

/** An email address, as given; `foldAddress` makes one of its spellings. */
export const email = z
  .string()
  .refine((value) => !CONTROL.test(value), 'must be one line, without control characters')
  .trim()
  .max(MAX_EMAIL, `must be at most ${MAX_EMAIL} characters`)
  .refine((value) => asciiAddress(value) !== null, 'must be an email address, like ada@example.org')
  .meta({ format: 'email' });

const knownZones = new Map<string, boolean>();

/** Whether this is an IANA time zone with which moments can be reckoned: Intl alone also takes names such as PST. */
export function isTimeZone(zone: string): boolean {
  let known = knownZones.get(zone);
  if (known === undefined) {
    try {
      // Offsets such as +02:00 are zones, too, but say nothing about summer time.
      known =
        /^[A-Za-z]/.test(zone) && Boolean(Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone));
    } catch {
      known = false;
    }
    // A stranger's input must not grow this without end.
    if (knownZones.size < 1000) knownZones.set(zone, known);
  }
  return known;
}

export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be an IANA time zone, like Europe/Lisbon');

/** RFC 3339 in UTC with milliseconds, as `platform/clock.ts` writes it. */
export const instant = z.iso.datetime({ precision: 3 });

/** A calendar day: `2026-11-23`. */
export const day = z.iso.date({ message: 'must be a date, like 2026-11-23' });

/**
 * A wall-clock time without zone, `2026-11-23T09:30`. Years have four digits in every zone: with more the text of an
 * instant would no longer be in order of time.
 */
export const wallTime = z
  .string()
  .regex(
    /^[12]\d{3}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/,
    'must be a wall time, like 2026-11-23T09:30',
  )
  .refine((value) => day.safeParse(value.slice(0, 10)).success, 'must be a real date');

/** A birthday with or without its year: `1984-12-09` or `--12-09` (RFC 6350, 4.3.1). */
export const birthday = z
  .string()
  .regex(/^(\d{4}|-)-\d{2}-\d{2}$/, 'must be a date, like 1984-12-09 or --12-09')
  // A leap year stands in, so that 29 February is a birthday.
  .refine((value) => day.safeParse(value.replace(/^-(?=-)/, '2000')).success, 'must be a real date');

function pointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Field errors of a failed parse, one for each path. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  const found = new Map<string, string>();
  const add = (issue: z.core.$ZodIssue, at: readonly PropertyKey[]): void => {
    const path = [...at, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) found.set(pointer([...path, key]), 'is not a known field');
      return;
    }
    if (issue.code === 'invalid_union' && issue.errors[0]?.[0]) {
      // The branch that got furthest into the value is the one the caller meant.
      const branch =
        issue.errors.toSorted((a, b) => (b[0]?.path.length ?? 0) - (a[0]?.path.length ?? 0))[0] ?? [];
      for (const inner of branch) add(inner, path);
      return;
    }
    const where = pointer(path);
    if (!found.has(where)) {
      const missing = issue.code === 'invalid_type' && issue.input === undefined;
      found.set(where, missing ? 'is needed' : issue.message.replace(/^Invalid input: /, ''));
    }
  };
  for (const issue of error.issues) add(issue, []);
  return [...found].map(([path, message]) => ({ path, message }));
}

/** Input through its schema; what does not fit becomes one `invalid` fault that names every field. */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  const errors = fieldErrors(result.error);
  const first = errors[0];
  const detail = first ? `${first.path || 'The body'} ${first.message}.` : 'The input does not fit.';
  throw new Fault('invalid', detail, { errors });
}
