import { resolve } from 'node:path';
import * as z from 'zod';

const PORT = 'must be a port, from 0 (any free one) to 65535';
const port = (standard: number) =>
  z.coerce.number(PORT).int(PORT).min(0, PORT).max(65_535, PORT).default(standard);
/** Eleven days of seconds: a timer of Node's takes 24 and then fires without end, and a date far enough off is none. */
const MOST = 1_000_000;
const atLeast = (least: number, standard: number) =>
  z.coerce
    .number('must be a number')
    .min(least, `must be at least ${least}`)
    .max(MOST, `must be at most ${MOST}`)
    .default(standard);
/** `localhost:25` is a URL, too, of the scheme `localhost`. */
const url = (protocol: RegExp, must: string) => z.url({ protocol, error: must }).optional();

/** The runner's settings, as the contract names them. */
const Environment = z.object({
  PORT: port(8787),
  MAIL_PORT: port(8788),
  SMTP_PORT: port(2525),
  HALLWAY_DATA: z.string().min(1).default('.hallway'),
  HALLWAY_TICK_SECONDS: atLeast(0.05, 60),
  HALLWAY_UNDO_SECONDS: atLeast(0, 30),
  HALLWAY_LEASE_SECONDS: atLeast(1, 600),
  HALLWAY_UNCERTAIN_SECONDS: atLeast(1, 3600),
  HALLWAY_SES_RATE: atLeast(0, 14),
  HALLWAY_CAP_USER_DAY: atLeast(0, 20),
  HALLWAY_CAP_ADDRESS_DAY: atLeast(0, 2),
  HALLWAY_SIGN_UP: z.enum(['owner', 'invited', 'open'], 'must be owner, invited or open').default('owner'),
  // Whoever runs it is its only user: nobody needs to be kept off.
  HALLWAY_REQUESTS_PER_MINUTE: atLeast(0, 0),
  DYNAMODB_ENDPOINT: url(/^https?$/, 'must be a URL'),
  SES_ENDPOINT: url(/^https?$/, 'must be a URL'),
  HALLWAY_FETCH_ALLOW: z.string().default(''),
  SMTP_URL: url(/^smtps?$/, 'must be a URL, like smtp://host:25'),
});

export type RunnerSettings = ReturnType<typeof readRunnerSettings>;

/** Fault: an Error with one line that names the setting and what it must be. */
export function readRunnerSettings(environment: Record<string, string | undefined>) {
  // An empty variable is one that is not set.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = Environment.safeParse(given);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new Error(`${issue?.path.join('.')} ${issue?.message}.`);
  }
  const read = result.data;
  return {
    port: read.PORT,
    mailPort: read.MAIL_PORT,
    smtpPort: read.SMTP_PORT,
    data: resolve(read.HALLWAY_DATA),
    tickSeconds: read.HALLWAY_TICK_SECONDS,
    databaseEndpoint: read.DYNAMODB_ENDPOINT,
    sesEndpoint: read.SES_ENDPOINT,
    smtpUrl: read.SMTP_URL,
    signUp: read.HALLWAY_SIGN_UP,
    /** What the functions read under the same names. */
    forFunctions: Object.fromEntries(
      (
        [
          'HALLWAY_TICK_SECONDS',
          'HALLWAY_UNDO_SECONDS',
          'HALLWAY_LEASE_SECONDS',
          'HALLWAY_UNCERTAIN_SECONDS',
          'HALLWAY_SES_RATE',
          'HALLWAY_CAP_USER_DAY',
          'HALLWAY_CAP_ADDRESS_DAY',
          'HALLWAY_FETCH_ALLOW',
          'HALLWAY_REQUESTS_PER_MINUTE',
        ] as const
      ).map((name) => [name, String(read[name])]),
    ),
  };
}
