/**
 * THE list: every function of the service, what starts it and what it may do. `infra/local` runs it on one machine,
 * `infra/aws` turns it into a stack; neither adds a function of its own.
 */

/** A queue that carries the keys of due work to one function; `mail-in` carries SES's word of mail that came in. */
export type QueueName = 'suggest' | 'send' | 'fetch' | 'import' | 'mail-in';

export type Trigger =
  | { kind: 'http' }
  | { kind: 'queue'; queue: QueueName; batchSize: number; maxConcurrency: number }
  /** EventBridge, each minute. */
  | { kind: 'clock' }
  /** SES events, through EventBridge. */
  | { kind: 'mail-events' };

export type TableAction =
  | 'dynamodb:GetItem'
  | 'dynamodb:BatchGetItem'
  | 'dynamodb:Query'
  | 'dynamodb:PutItem'
  | 'dynamodb:UpdateItem'
  | 'dynamodb:DeleteItem'
  | 'dynamodb:ConditionCheckItem';

/**
 * What may be done with objects, each kind under a prefix of its own. `mail`: mail as it came in. `uploads`: files
 * to import. `exports`: what the user takes along, to be read by a link.
 */
export type ObjectAction =
  | 'mail:read'
  | 'mail:delete'
  | 'uploads:read'
  | 'uploads:write'
  | 'uploads:delete'
  | 'uploads:list'
  | 'exports:read'
  | 'exports:write'
  | 'exports:delete';

export type MailAction = 'ses:SendRawEmail' | 'ses:GetSendQuota';

/** What a function may do; nothing else. */
export interface Rights {
  table: TableAction[];
  /** Indexes of the table that it queries. */
  indexes: ('due' | 'friend')[];
  /** Queues that it sends to. */
  queues: QueueName[];
  objects: ObjectAction[];
  mail: MailAction[];
}

export interface ServiceFunction {
  /** Relative to the project's root; exports `handler`. */
  entry: string;
  trigger: Trigger;
  timeoutSeconds: number;
  memoryMb: number;
  /** Whether it looks whom articles are for: it needs the models of matching. */
  matches: boolean;
  rights: Rights;
}

const READ: TableAction[] = ['dynamodb:GetItem', 'dynamodb:Query'];
const WRITE: TableAction[] = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'];

/** Models of matching take 210 MB, and memory is processor time: an article is encoded in 70 ms. */
const MATCHING_MB = 1536;

export const functions = {
  api: {
    entry: 'functions/api.ts',
    trigger: { kind: 'http' },
    // API Gateway gives up after 30 s.
    timeoutSeconds: 29,
    // Memory is processor time: extraction and ranking are what the user waits for.
    memoryMb: MATCHING_MB,
    matches: true,
    rights: {
      table: [...READ, ...WRITE],
      indexes: ['friend'],
      queues: ['suggest', 'fetch', 'import'],
      // Mail that waited is let in. A link may do what its signer may: files go up and exports go down by links.
      objects: ['mail:read', 'uploads:read', 'uploads:write', 'exports:read', 'exports:write'],
      // Sign-in links, and a friend's thanks to the user.
      mail: ['ses:SendRawEmail'],
    },
  },
  suggest: {
    entry: 'functions/suggest.ts',
    trigger: { kind: 'queue', queue: 'suggest', batchSize: 5, maxConcurrency: 10 },
    timeoutSeconds: 300,
    memoryMb: MATCHING_MB,
    matches: true,
    rights: {
      table: [...READ, 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      indexes: ['friend'],
      queues: [],
      objects: [],
      mail: [],
    },
  },
  fetch: {
    entry: 'functions/fetch.ts',
    trigger: { kind: 'queue', queue: 'fetch', batchSize: 1, maxConcurrency: 10 },
    // 10 s for the page, 4 s for its extraction, and the matching.
    timeoutSeconds: 60,
    memoryMb: MATCHING_MB,
    matches: true,
    rights: {
      table: [...READ, ...WRITE],
      indexes: [],
      queues: [],
      objects: [],
      mail: [],
    },
  },
  import: {
    entry: 'functions/import.ts',
    // Two is the least that SQS starts; each reads one file.
    trigger: { kind: 'queue', queue: 'import', batchSize: 1, maxConcurrency: 2 },
    // 50,000 bookmarks in one go; it stops by itself a minute before, and goes on in the next.
    timeoutSeconds: 300,
    memoryMb: 1024,
    matches: false,
    rights: {
      table: [...READ, ...WRITE],
      indexes: [],
      queues: ['import'],
      // All that a deleted account had; uploads that nobody read in are found by listing them.
      objects: ['mail:delete', 'uploads:read', 'uploads:delete', 'uploads:list', 'exports:delete'],
      mail: [],
    },
  },
  'mail-in': {
    entry: 'functions/mail-in.ts',
    trigger: { kind: 'queue', queue: 'mail-in', batchSize: 1, maxConcurrency: 10 },
    // 3 s to read the mail, then as `fetch`, and the answer.
    timeoutSeconds: 60,
    // 25 MB, several times over while they are read.
    memoryMb: MATCHING_MB,
    matches: true,
    rights: {
      table: [...READ, ...WRITE],
      // A draft is an answer to a suggestion, of which the friend's others are learned from.
      indexes: ['friend'],
      queues: [],
      objects: ['mail:read'],
      mail: ['ses:SendRawEmail'],
    },
  },
  tick: {
    entry: 'functions/tick.ts',
    trigger: { kind: 'clock' },
    timeoutSeconds: 55,
    memoryMb: 512,
    matches: false,
    rights: {
      // The days of the service are read together.
      table: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      indexes: ['due'],
      queues: ['suggest', 'send', 'fetch', 'import'],
      objects: [],
      mail: ['ses:GetSendQuota'],
    },
  },
  send: {
    entry: 'functions/send.ts',
    trigger: { kind: 'queue', queue: 'send', batchSize: 1, maxConcurrency: 10 },
    timeoutSeconds: 30,
    memoryMb: 512,
    matches: false,
    rights: {
      table: [
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
        'dynamodb:ConditionCheckItem',
      ],
      indexes: [],
      queues: [],
      objects: [],
      mail: ['ses:SendRawEmail'],
    },
  },
  'mail-events': {
    entry: 'functions/mail-events.ts',
    trigger: { kind: 'mail-events' },
    timeoutSeconds: 30,
    memoryMb: 256,
    matches: false,
    rights: {
      // A user's troubles are counted; an article that SES would not pass on may go with another note.
      table: [...READ, 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      indexes: [],
      queues: [],
      objects: [],
      mail: [],
    },
  },
} satisfies Record<string, ServiceFunction>;

export type FunctionName = keyof typeof functions;

/** A message is looked at again after this many function timeouts: AWS's advice for SQS as a source is six. */
export const VISIBILITY_TIMEOUTS = 6;
/** Deliveries before a message goes to the dead letters; its work is still in the due index. */
export const MAX_RECEIVES = 5;

/** Queues and the function each one starts. */
export const queues = {
  suggest: 'suggest',
  send: 'send',
  fetch: 'fetch',
  import: 'import',
  'mail-in': 'mail-in',
} as const satisfies Record<QueueName, FunctionName>;
