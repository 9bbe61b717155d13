import { measureActions, type Taken } from './costs-measured.ts';
import { functions } from './service.ts';

/**
 * `npm run costs`: what a month costs, from AWS's list prices (us-east-1, in dollars, without tax) and from what each
 * action was just measured to take on the parts of one machine. Prices that are not in the table below are not paid.
 */
const PRICES = {
  /** Each above what is free for good, which is `free` a month. */
  lambdaRequest: { each: 0.2e-6, free: 1e6, what: 'Lambda, requests' },
  lambdaGbSecond: { each: 0.0000133334, free: 400_000, what: 'Lambda (arm64), GB-seconds' },
  gateway: { each: 1e-6, free: 0, what: 'API Gateway, HTTP API, requests' },
  read: { each: 0.125e-6, free: 0, what: 'DynamoDB on demand, read units' },
  write: { each: 0.625e-6, free: 0, what: 'DynamoDB on demand, write units' },
  storedGb: { each: 0.25, free: 25, what: 'DynamoDB, GB' },
  recoverableGb: { each: 0.2, free: 0, what: 'DynamoDB point-in-time recovery, GB' },
  mailOut: { each: 0.1e-3, free: 0, what: 'SES, letters' },
  sqs: { each: 0.4e-6, free: 1e6, what: 'SQS, requests' },
  logGb: { each: 0.5, free: 5, what: 'CloudWatch Logs, GB' },
  alarm: { each: 0.1, free: 10, what: 'CloudWatch, alarms' },
  secret: { each: 0.4, free: 0, what: 'Secrets Manager, secrets' },
  outGb: { each: 0.09, free: 100, what: 'data out, GB' },
} as const;
type Priced = keyof typeof PRICES;

/** What a user does in a month. A guess, and the one to change first. */
const MONTH: Record<string, number> = {
  'an article kept, with its text': 15,
  'an article kept, as a link': 15,
  'its page read': 15,
  'a page opened (Today)': 90,
  'a friend looked back for': 3,
  'a note written': 10,
  'a note sent': 10,
  'news of a note': 20,
};
const MINUTES = 30 * 24 * 60;
const SIZES = [1, 1_000, 100_000];

/** What a user keeps in a year: 360 articles with their texts, 120 notes. */
const STORED_GB_A_USER = 0.004;
/** A page with its styles, and a line of log for each call (GB). */
const OUT_GB_A_PAGE = 40e-6;
const LOG_GB_A_CALL = 1.5e-6;

/** On AWS a call of the database crosses a network, and Lambda's processor is slower than a desk's. */
const CALL_MS = 5;
const SLOWER = 2;

/** Lambda asks a queue for messages all the time: five askers, 20 s each. */
const POLLS_A_QUEUE = (5 * 30 * 24 * 3600) / 20;
const QUEUES = 5;
/** `infra/aws/operations.ts`; the one of the table reads two metrics. */
const ALARM_METRICS = 15;
const SECRETS = 2;

/** How much busier the busiest minute of a month is than its mean. */
const PEAK = 10;

type Measured = Awaited<ReturnType<typeof measureActions>>;

const secondsOnAws = ({ ms, calls }: Taken) => (ms * SLOWER + calls * CALL_MS) / 1000;

/** How often each action is done in a month by so many users. */
function timesOf(users: number): Record<string, number> {
  const theirs = Object.entries(MONTH).map(([what, times]) => [what, times * users] as const);
  return { ...Object.fromEntries(theirs), 'a minute': MINUTES };
}

function quantities(measured: Measured, users: number): Record<Priced, number> {
  const times = timesOf(users);
  const sum = (of: (what: string) => number) =>
    Object.keys(measured).reduce((all, what) => all + (times[what] ?? 0) * of(what), 0);
  const taken = (what: string) => measured[what]?.taken ?? { reads: 0, writes: 0, calls: 0, ms: 0 };
  const calls = sum(() => 1);
  const requests = sum((what) => (measured[what]?.door === 'api' ? 1 : 0));
  const queued = sum((what) => (['fetch', 'suggest', 'send'].includes(measured[what]?.door ?? '') ? 1 : 0));
  const stored = users * STORED_GB_A_USER;
  return {
    lambdaRequest: calls,
    lambdaGbSecond: sum((what) => {
      const { memoryMb } = functions[measured[what]?.door ?? 'api'];
      return secondsOnAws(taken(what)) * (memoryMb / 1024);
    }),
    gateway: requests,
    read: sum((what) => taken(what).reads),
    write: sum((what) => taken(what).writes),
    storedGb: stored,
    recoverableGb: stored,
    mailOut: times['a note sent'] ?? 0,
    // Said, received and deleted.
    sqs: QUEUES * POLLS_A_QUEUE + 3 * queued,
    logGb: calls * LOG_GB_A_CALL,
    alarm: ALARM_METRICS,
    secret: SECRETS,
    outGb: (times['a page opened (Today)'] ?? 0) * OUT_GB_A_PAGE,
  };
}

const costOf = (name: Priced, quantity: number) =>
  Math.max(0, quantity - PRICES[name].free) * PRICES[name].each;

const dollars = (value: number) => (value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en'));
const short = (value: number) => Number(value.toPrecision(2)).toLocaleString('en');

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** What the busiest second asks for, by size. */
function peaks(measured: Measured, users: number) {
  const times = timesOf(users);
  const rate = (what: string) => ((times[what] ?? 0) / (30 * 86_400)) * PEAK;
  const all = Object.keys(measured).filter((what) => what !== 'a minute');
  const sum = (of: (taken: Taken) => number) =>
    all.reduce(
      (total, what) =>
        total + rate(what) * of(measured[what]?.taken ?? { reads: 0, writes: 0, calls: 0, ms: 0 }),
      0,
    );
  return {
    'letters a day (the mean)': (times['a note sent'] ?? 0) / 30,
    'letters a second': rate('a note sent'),
    // Written, leased, claimed and settled, each on one of four shards.
    'writes a second to a due shard': (rate('a note sent') * 4) / 4,
    'functions at once': sum(secondsOnAws),
    'write units a second': sum(({ writes }) => writes),
    'read units a second': sum(({ reads }) => reads),
  };
}

const measured = await measureActions();
const columns = SIZES.map((users) => quantities(measured, users));
const people = SIZES.map((users) => `${users.toLocaleString('en')} ${users === 1 ? 'user' : 'users'}`);
const print = (text: string) => process.stdout.write(`${text}\n\n`);

print(
  table(
    ['one of these', 'function', 'read units', 'write units', 'calls', 'ms of processor'],
    Object.entries(measured).map(([what, { door, taken }]) => [
      what,
      door,
      ...[taken.reads, taken.writes, taken.calls, taken.ms].map((value) => short(value)),
    ]),
  ),
);
print(
  table(
    ['a month, in dollars', ...people],
    [
      ...(Object.keys(PRICES) as Priced[]).map((name) => [
        PRICES[name].what,
        ...columns.map((column) => dollars(costOf(name, column[name]))),
      ]),
      [
        '**all**',
        ...columns.map((column) => {
          const sum = (Object.keys(PRICES) as Priced[]).reduce(
            (all, name) => all + costOf(name, column[name]),
            0,
          );
          return `**${dollars(sum)}**`;
        }),
      ],
    ],
  ),
);
const busiest = SIZES.map((users) => peaks(measured, users));
print(
  table(
    [`at the busiest (${PEAK} times the mean)`, ...people],
    Object.keys(busiest[0] ?? {}).map((what) => [
      what,
      ...busiest.map((peak) => short(peak[what as keyof typeof peak])),
    ]),
  ),
);
