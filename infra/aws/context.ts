import * as z from 'zod';

const HOST = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;
const ZONE = /^Z[A-Z0-9]{5,31}$/;
const BUDGET = 'must be dollars a month, like 10';

const host = (must: string) => z.string(must).regex(HOST, must);

/** What a deployment is told, under `context` in cdk.json. */
const Fields = z.object({
  /** Where people reach the pages; not set: API Gateway's own address. */
  domain: host('must be a host name in lower case, like hallway.example, or be left out').optional(),
  /** Notes come from it, and mail in goes to it: all mail to it, so it is not where you get your own. */
  mailDomain: host('must be a domain in lower case that you can add DNS records to, like hallway.example'),
  /** Who gets the alarms, and the first account. A new SES account is in the sandbox: it writes only to addresses that it has verified, so to this one. */
  ownerEmail: z.email('must be your own email address'),
  /** Who may have an account. */
  signUp: z.enum(['owner', 'invited', 'open'], 'must be owner, invited or open'),
  region: z
    .string('must be an AWS region, like eu-west-1')
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region, like eu-west-1'),
  /** The Route 53 zone that holds `domain` and `mailDomain`; not set: the DNS records are printed. */
  hostedZoneId: z
    .string()
    .regex(ZONE, 'must be the id of a Route 53 zone, like Z0123456789, or be left out')
    .optional(),
  /** A table that is there already, as after a restore, in the place of one of the stack's own. */
  table: z
    .string()
    .regex(/^[\w.-]{3,255}$/, 'must be the name of a table, or be left out')
    .optional(),
  /** The account's bill of a month above which the owner is told, in dollars. */
  monthlyBudget: z.coerce.number(BUDGET).positive(BUDGET).default(10),
});

/** At a name with a CNAME nothing else can stand (RFC 1034, 3.6.2), and mail in needs an MX; Route 53's alias is no CNAME. */
const Context = Fields.refine(
  ({ domain, mailDomain, hostedZoneId }) => domain !== mailDomain || hostedZoneId !== undefined,
  { path: ['mailDomain'], message: 'must be another name than domain, unless hostedZoneId is set' },
  // All mail to it comes in here, and what is for no secret address is dropped: the owner's way in, and the alarms.
).refine(({ ownerEmail, mailDomain }) => ownerEmail.split('@').at(-1)?.toLowerCase() !== mailDomain, {
  path: ['ownerEmail'],
  message: 'must not be at mailDomain: no mail to it would reach you',
});

export type Context = z.output<typeof Context>;

/** Names nobody can own (RFC 2606): the values that cdk.json comes with. */
const isExample = (name: string) => /[.@]example$/.test(name);

/**
 * Fault: an Error with one line for each value that is missing or wrong, and what it must be. For a deployment
 * (`deploying`, set by `npm run deploy`) the example's names are wrong, too.
 */
export function readContext(find: (name: string) => unknown): Context {
  const names = Object.keys(Fields.shape);
  // An empty value is one that is not set.
  const given = names.map((name) => [name, find(name)] as const).filter(([, value]) => value !== '');
  const result = Context.safeParse(Object.fromEntries(given));
  const lines = result.success
    ? find('deploying')
      ? examplesIn(result.data)
      : []
    : result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}.`);
  if (result.success && lines.length === 0) return result.data;
  throw new Error(`Set this under "context" in cdk.json, or with -c NAME=VALUE:\n${lines.join('\n')}`);
}

/** Each value that is still the example's, as a sentence. */
export function examplesIn({ domain, mailDomain, ownerEmail }: Context): string[] {
  return Object.entries({ domain, mailDomain, ownerEmail })
    .filter(([, value]) => value !== undefined && isExample(value))
    .map(([name, value]) => `${name} must be your own: ${value} is an example.`);
}
