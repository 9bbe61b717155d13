import * as z from 'zod';

/** A number from the environment, where every value is text. */
const number = (standard: number) => z.coerce.number().nonnegative().default(standard);

/** Everything the functions read from their environment; set by the stack or by the local runner. */
const Environment = z.object({
  TABLE_NAME: z.string().min(1),
  QUEUE_URL_SUGGEST: z.string().min(1),
  QUEUE_URL_SEND: z.string().min(1),
  QUEUE_URL_FETCH: z.string().min(1),
  QUEUE_URL_IMPORT: z.string().min(1),
  /** Where people reach the pages, without a slash at the end. */
  BASE_URL: z.url().transform((url) => url.replace(/\/$/, '')),
  /** The address notes come from, `notes@domain`. */
  MAIL_FROM: z.string().min(3),
  /** The domain of the secret addresses that take mail in. */
  INGEST_DOMAIN: z.string().min(1),
  /** Where mail in is kept as it came. */
  MAIL_BUCKET: z.string().min(1),
  /** Where files to import and exports are kept. */
  FILES_BUCKET: z.string().min(1),
  /** Where browsers send files, as a Content-Security-Policy names it: the bucket's address, with a slash at the end. */
  FILES_URL: z.url().endsWith('/'),
  CONFIGURATION_SET: z.string().optional(),
  /** Who may have an account: `OWNER_EMAIL` alone, whom a user invites, or whoever shows that an address is theirs. */
  SIGN_UP: z.enum(['owner', 'invited', 'open']).default('owner'),
  /** Not set: accounts are made by `npm run user` alone. */
  OWNER_EMAIL: z.string().min(3).optional(),
  /** Lambda says it; it is part of the Message-ID that SES gives. */
  AWS_REGION: z.string().default('us-east-1'),
  HALLWAY_TICK_SECONDS: number(60),
  HALLWAY_UNDO_SECONDS: number(30),
  HALLWAY_LEASE_SECONDS: number(600),
  HALLWAY_UNCERTAIN_SECONDS: number(3600),
  /** Mails per second; 0: no limit; not set: SES is asked. */
  HALLWAY_SES_RATE: z.coerce.number().nonnegative().optional(),
  HALLWAY_CAP_USER_DAY: number(20),
  HALLWAY_CAP_ADDRESS_DAY: number(2),
  /** Of one user, through the API; 0: no limit, as on one's own machine. */
  HALLWAY_REQUESTS_PER_MINUTE: number(1200),
  /** `host:port,…` that may be fetched though they are private: for the runner on one machine; the stack never sets it. */
  HALLWAY_FETCH_ALLOW: z.string().optional(),
});

export type Settings = ReturnType<typeof readSettings>;

/** Fault: an Error that names the variable that is missing or wrong. */
export function readSettings(environment: Record<string, string | undefined>) {
  const result = Environment.safeParse(environment);
  if (!result.success) throw new Error(`The environment is not complete:\n${z.prettifyError(result.error)}`);
  const read = result.data;
  return {
    tableName: read.TABLE_NAME,
    queueUrls: {
      suggest: read.QUEUE_URL_SUGGEST,
      send: read.QUEUE_URL_SEND,
      fetch: read.QUEUE_URL_FETCH,
      import: read.QUEUE_URL_IMPORT,
    },
    baseUrl: read.BASE_URL,
    mailFrom: read.MAIL_FROM,
    ingestDomain: read.INGEST_DOMAIN,
    mailBucket: read.MAIL_BUCKET,
    filesBucket: read.FILES_BUCKET,
    filesUrl: read.FILES_URL,
    configurationSet: read.CONFIGURATION_SET,
    signUp: read.SIGN_UP,
    ownerEmail: read.OWNER_EMAIL,
    region: read.AWS_REGION,
    tickSeconds: read.HALLWAY_TICK_SECONDS,
    undoSeconds: read.HALLWAY_UNDO_SECONDS,
    leaseSeconds: read.HALLWAY_LEASE_SECONDS,
    uncertainSeconds: read.HALLWAY_UNCERTAIN_SECONDS,
    sesRate: read.HALLWAY_SES_RATE,
    capUserDay: read.HALLWAY_CAP_USER_DAY,
    capAddressDay: read.HALLWAY_CAP_ADDRESS_DAY,
    requestsPerMinute: read.HALLWAY_REQUESTS_PER_MINUTE,
    fetchAllow: read.HALLWAY_FETCH_ALLOW?.split(',').filter(Boolean) ?? [],
  };
}

export type QueueName = 'suggest' | 'send' | 'fetch' | 'import';
