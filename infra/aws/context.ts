import * as z from 'zod';

const HOST = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;

const host = (must: string) => z.string(must).regex(HOST, must);

/** What a deployment is told, under `context` in cdk.json. */
const Context = z.object({
  /** Where people reach the pages; not set: API Gateway's own address. */
  domain: host('must be a host name in lower case, like hallway.example, or be left out').optional(),
  /** Notes come from it, and mail in goes to it. */
  mailDomain: host('must be a domain in lower case that you can add DNS records to, like hallway.example'),
  /** A new SES account is in the sandbox: it writes only to addresses that it has verified, so to this one. */
  ownerEmail: z.email('must be your own email address'),
  region: z
    .string('must be an AWS region, like eu-west-1')
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region, like eu-west-1'),
});

export type Context = z.output<typeof Context>;

/** Fault: an Error with one line for each value that is missing or wrong, and what it must be. */
export function readContext(find: (name: string) => unknown): Context {
  const names = Object.keys(Context.shape);
  // An empty value is one that is not set.
  const given = names.map((name) => [name, find(name)] as const).filter(([, value]) => value !== '');
  const result = Context.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}.`);
  throw new Error(`Set this under "context" in cdk.json, or with -c NAME=VALUE:\n${lines.join('\n')}`);
}
