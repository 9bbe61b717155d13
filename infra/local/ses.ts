import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import PostalMime from 'postal-mime';
import * as z from 'zod';
import { at, type Clock, DAY, systemClock } from '../../functions/platform/clock.ts';
import { failure, log } from '../../functions/platform/log.ts';
import { fieldErrors } from '../../functions/platform/shapes.ts';
import { close, listen, serve } from './gateway.ts';
import { flat, mailboxPages, notHerePage, PAGE_POLICY } from './mailbox.ts';
import { type Fate, type Fates, type Kept, openOutbox } from './outbox.ts';
import { openRelay } from './relay.ts';

/** SES's limits for SendRawEmail: bytes of a message (10 MB unless raised), and recipients. */
const MESSAGE_BYTES = 10 * 1024 * 1024;
const RECIPIENTS = 50;
/** The largest message in base64, percent-encoded as a form, and room for the other fields. */
const REQUEST_BYTES = 20 * 1024 * 1024;
/** What SES grants a new account: mails in 24 hours, and mails a second. */
const QUOTA = 50_000;
const RATE = 14;
/** Waits before each try to hand an event on. */
const TRIES_MS = [0, 100, 500, 2_000];
const STOP_MS = 1_000;

// The event, as EventBridge brings it (SES developer guide, "Contents of event data"). Fields we do not name stay.

const Time = z.string().optional();
const Recipient = z.looseObject({ emailAddress: z.string() });

const Event = z.looseObject({
  id: z.string().optional(),
  'detail-type': z.string(),
  source: z.literal('aws.ses'),
  time: Time,
  detail: z.looseObject({
    eventType: z.string().min(1),
    mail: z.looseObject({
      messageId: z.string().min(1),
      timestamp: Time,
      source: z.string().optional(),
      destination: z.array(z.string()).optional(),
      tags: z.record(z.string(), z.array(z.string())).optional(),
    }),
    send: z.looseObject({}).optional(),
    delivery: z.looseObject({ timestamp: Time, recipients: z.array(z.string()).optional() }).optional(),
    bounce: z
      .looseObject({
        bounceType: z.enum(['Permanent', 'Transient', 'Undetermined']),
        bounceSubType: z.string().optional(),
        bouncedRecipients: z.array(Recipient),
        timestamp: Time,
      })
      .optional(),
    complaint: z.looseObject({ complainedRecipients: z.array(Recipient), timestamp: Time }).optional(),
  }),
});

export type EventBridgeSesEvent = z.output<typeof Event>;

const PlannedFault = z.strictObject({
  action: z.enum(['throttle', 'error', 'accept-then-error', 'accept-then-hang', 'refuse']),
  /** How many of the next calls; 0: none, and what was asked before is taken back. */
  times: z.int().min(0),
  /** Whether SES's events of a mail that was kept follow; without them nobody learns that it left. */
  events: z.boolean().default(true),
});
type PlannedFault = z.output<typeof PlannedFault>;

// The Query protocol: a form in, XML out.

/** What SES says no with; `code` is the name that the SDK gives the error. */
class Refusal extends Error {
  readonly status: 400 | 500 | 503;
  readonly code: string;

  constructor(status: 400 | 500 | 503, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const invalid = (message: string) => new Refusal(400, 'InvalidParameterValue', message);

const internalFailure = new Refusal(500, 'InternalFailure', 'An internal failure occurred.');

/** Planned faults that keep nothing. */
const NOTHING_KEPT: Partial<Record<PlannedFault['action'], Refusal>> = {
  throttle: new Refusal(400, 'Throttling', 'Maximum sending rate exceeded.'),
  error: new Refusal(503, 'ServiceUnavailable', 'Service is temporarily unavailable.'),
  refuse: new Refusal(400, 'MessageRejected', 'Email address is not verified.'),
};

const escapeXml = (text: string) => text.replace(/[<>&]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function xml(c: Context, status: 200 | 400 | 500 | 503, root: string, inside: string): Response {
  const requestId = randomUUID();
  const metadata =
    root === 'ErrorResponse'
      ? `<RequestId>${requestId}</RequestId>`
      : `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  const body = `<${root} xmlns="http://ses.amazonaws.com/doc/2010-12-01/">${inside}${metadata}</${root}>\n`;
  return c.body(body, status, { 'content-type': 'text/xml', 'x-amzn-requestid': requestId });
}

function refusal(c: Context, { status, code, message }: Refusal): Response {
  const type = status === 400 ? 'Sender' : 'Receiver';
  const error = `<Type>${type}</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message>`;
  return xml(c, status, 'ErrorResponse', `<Error>${error}</Error>`);
}

/** `Name.member.1`, `Name.member.2`, … of a form. */
function members(form: URLSearchParams, name: string, field = ''): string[] {
  const values: string[] = [];
  for (let n = 1; ; n += 1) {
    const value = form.get(`${name}.member.${n}${field}`);
    if (value === null) return values;
    values.push(value);
  }
}

/** As SES's ids look: a time, a random part, a region's end. */
const newMessageId = (now: Date) =>
  `0100${now.getTime().toString(16).padStart(12, '0')}-${randomUUID()}-000000`;

/** What a SendRawEmail asks for, checked as SES checks it. Fault: Refusal. */
async function readSend(
  form: URLSearchParams,
): Promise<Omit<Kept, 'messageId' | 'place' | 'at' | 'withEvents' | 'forRelay'> & { content: Buffer }> {
  const content = Buffer.from(form.get('RawMessage.Data') ?? '', 'base64');
  if (content.length === 0) throw new Refusal(400, 'ValidationError', 'Value null at rawMessage.data.');
  if (content.length > MESSAGE_BYTES) {
    throw invalid(`Message length is more than ${MESSAGE_BYTES} bytes long: '${content.length}'.`);
  }
  const end = /\r?\n\r?\n/.exec(content.toString('latin1'))?.index ?? content.length;
  const head = await PostalMime.parse(content.subarray(0, end)).catch(() => {
    throw invalid('The headers cannot be read.');
  });
  const header = (name: string) => head.headers.find(({ key }) => key === name)?.value.trim();

  const [from] = flat(head.from && [head.from]);
  if (!from?.address) throw invalid("Missing required header 'From'.");
  const said = members(form, 'Destinations');
  const destinations = said.length
    ? said
    : flat([...(head.to ?? []), ...(head.cc ?? []), ...(head.bcc ?? [])]).map(({ address }) => address);
  if (destinations.length === 0) throw invalid('There is no destination.');
  if (destinations.length > RECIPIENTS) throw invalid(`Recipient count exceeds ${RECIPIENTS}.`);
  // SES takes no SMTPUTF8 address.
  if (!destinations.every((address) => /^[!-~]+@[a-z0-9.-]+$/i.test(address))) {
    throw invalid("Missing final '@domain'.");
  }

  const headerTags = (header('x-ses-message-tags') ?? '').split(',').filter((pair) => pair.trim());
  const values = members(form, 'Tags', '.Value');
  const tags = Object.fromEntries([
    ...headerTags.map((pair) => pair.trim().split(/\s*=\s*/, 2)),
    ...members(form, 'Tags', '.Name').map((name, n) => [name, values[n] ?? '']),
  ]) as Record<string, string>;
  // MessageTag, API reference.
  if (
    !Object.entries(tags)
      .flat()
      .every((text) => /^[\w-]{1,256}$/.test(text ?? ''))
  ) {
    throw invalid('A tag holds only letters, digits, underscores and dashes.');
  }
  return {
    content,
    source: form.get('Source') ?? from.address,
    destinations,
    tags,
    configurationSet: form.get('ConfigurationSetName') ?? header('x-ses-configuration-set') ?? null,
  };
}

// What becomes of a mail: SES's mailbox simulator decides by the address; everything else arrives, or is the relay's.

function simulatedFate(address: string): Fate | null {
  const [, name] = /^([a-z]+)(?:\+.*)?@simulator\.amazonses\.com$/i.exec(address) ?? [];
  if (name === undefined) return null;
  if (name === 'bounce' || name === 'suppressionlist') return 'bounces';
  if (name === 'complaint') return 'complains';
  return name === 'ooto' ? 'answers-automatically' : 'arrives';
}

/** Without `otherwise`, only of the simulator's addresses. */
function fatesOf({ destinations }: Kept, otherwise: Fate | null = null): Fates {
  const known = destinations.flatMap((address) => {
    const fate = simulatedFate(address) ?? otherwise;
    return fate ? [[address, fate] as const] : [];
  });
  return Object.fromEntries(known);
}

/** What SES says of a mail that nobody took in time. An automatic answer, Transient as well, has no such status. */
const EXPIRED = { action: 'failed', status: '4.4.7', diagnosticCode: 'smtp; 550 4.4.7 Message expired' };

/** The events of an accepted mail, in SES's order; the first is Send. */
function eventsOf(mail: Kept, time: string, fates: Fates): EventBridgeSesEvent[] {
  const to = (...some: Fate[]) =>
    mail.destinations.filter((address) => some.some((fate) => fate === fates[address]));
  const listed = (addresses: string[], more = {}) =>
    addresses.map((emailAddress) => ({ emailAddress, ...more }));
  const event = (
    detailType: string,
    eventType: string,
    more: Partial<EventBridgeSesEvent['detail']>,
  ): EventBridgeSesEvent => ({
    version: '0',
    id: randomUUID(),
    'detail-type': detailType,
    source: 'aws.ses',
    account: '000000000000',
    time,
    region: 'us-east-1',
    resources: [],
    detail: {
      eventType,
      mail: {
        timestamp: mail.at,
        source: mail.source,
        messageId: mail.messageId,
        destination: mail.destinations,
        tags: {
          ...(mail.configurationSet !== null && { 'ses:configuration-set': [mail.configurationSet] }),
          ...Object.fromEntries(Object.entries(mail.tags).map(([name, value]) => [name, [value]])),
        },
      },
      ...more,
    },
  });

  const events = [event('Email Sent', 'Send', { send: {} })];
  const arrived = to('arrives', 'complains', 'answers-automatically');
  if (arrived.length) {
    const delivery = { timestamp: time, recipients: arrived, smtpResponse: '250 2.6.0 Message received' };
    events.push(event('Email Delivered', 'Delivery', { delivery }));
  }
  for (const [bounceType, bouncedRecipients] of [
    ['Permanent', listed(to('bounces'))],
    ['Transient', listed(to('answers-automatically'))],
    ['Transient', listed(to('expires'), EXPIRED)],
  ] as const) {
    const bounce = { bounceType, bounceSubType: 'General', bouncedRecipients, timestamp: time };
    if (bouncedRecipients.length) events.push(event('Email Bounced', 'Bounce', { bounce }));
  }
  const complained = to('complains');
  if (complained.length) {
    const complaint = {
      complainedRecipients: listed(complained),
      complaintFeedbackType: 'abuse',
      timestamp: time,
    };
    events.push(event('Email Complaint Received', 'Complaint', { complaint }));
  }
  return events;
}

/**
 * There is no account here, only this machine. A page elsewhere that calls us through the person's browser names itself
 * in Sec-Fetch-Site, or reaches us by a name of its own that it pointed at the loopback (DNS rebinding).
 */
function isFromHere(request: Request): boolean {
  const host = new URL(request.url).hostname;
  const isOurs = !host.includes('.') || isIP(host) > 0 || host.endsWith('.localhost');
  const site = request.headers.get('sec-fetch-site');
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isOurs && (isRead || site === null || site === 'same-origin' || site === 'none');
}

/**
 * Our own small SES: takes mail by the API of SES v1, keeps it in `dir`, tells what became of it, and shows it to the
 * person. `onEvent` is called as soon as this resolves, for mail of an earlier run whose events were not handed on; it
 * may get an event more than once. `smtpUrl`: a relay that gets each mail too, but for the simulator's addresses; then
 * Delivery means that the relay took it. `relayWaitsMs`: see `openRelay`.
 */
export async function startSes({
  port,
  host = '127.0.0.1',
  dir,
  smtpUrl,
  relayWaitsMs,
  onEvent,
  setting = 'MAIL_PORT',
  now = systemClock,
}: {
  port: number;
  host?: string;
  dir: string;
  smtpUrl?: string | undefined;
  relayWaitsMs?: number[] | undefined;
  onEvent: (event: EventBridgeSesEvent) => Promise<void>;
  setting?: string;
  now?: Clock;
}): Promise<{ port: number; url: string; stop(): Promise<void> }> {
  const outbox = await openOutbox(dir);
  const relay = smtpUrl ? openRelay({ url: smtpUrl, outbox, now, waitsMs: relayWaitsMs }) : null;
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  let fault: PlannedFault | null = null;

  function inBackground(work: Promise<void>): void {
    const settled = work
      .catch((error: unknown) => log.error('mail out: follow-up failed', failure(error)))
      .finally(() => underWay.delete(settled));
    underWay.add(settled);
  }

  /** Whether the event was taken. */
  async function handOn(event: EventBridgeSesEvent): Promise<boolean> {
    let last: unknown;
    for (const wait of TRIES_MS) {
      try {
        await sleep(wait, undefined, { signal: stopping.signal });
        await onEvent(event);
        return true;
      } catch (error) {
        if (stopping.signal.aborted) return false;
        last = error;
      }
    }
    log.error('mail event not taken', { messageId: event.detail.mail.messageId, ...failure(last) });
    return false;
  }

  /** Whether all were taken; after one that was not, the next are not tried. */
  async function handAllOn(events: EventBridgeSesEvent[]): Promise<boolean> {
    for (const event of events) {
      if (!(await handOn(event))) return false;
    }
    return true;
  }

  /** Tells what becomes of a mail. With a relay, resolves when Send is told; the rest follows the relay's answers. */
  async function followUp(mail: Kept, known: Fates = {}): Promise<void> {
    const { messageId, withEvents } = mail;
    const told = async (events: EventBridgeSesEvent[]) => !withEvents || (await handAllOn(events));
    if (!mail.forRelay) {
      const events = eventsOf(mail, at(now()), fatesOf(mail, 'arrives'));
      if (await told(events)) await outbox.told(messageId);
      return;
    }
    const sent = told(eventsOf(mail, at(now()), {}));
    relay?.passOn(mail, { ...fatesOf(mail), ...known }, async (fates) => {
      const [, ...news] = eventsOf(mail, at(now()), fates);
      if ((await sent) && (await told(news))) await outbox.told(messageId);
    });
    await sent;
  }

  async function catchUp(): Promise<void> {
    // Its relay was taken away: whether it would have left nobody can say, so it waits until there is one again.
    const isStuck = ({ mail }: { mail: Kept }) => mail.forRelay && !relay;
    const stuck = outbox.untold.filter(isStuck).length;
    if (stuck > 0) log.warn('mail waits for a relay: set SMTP_URL', { mails: stuck });
    for (const one of outbox.untold) {
      if (!isStuck(one)) await followUp(one.mail, one.fates);
    }
  }

  async function accept(form: URLSearchParams, outgoing: ServerResponse, withEvents: boolean): Promise<Kept> {
    const { content, ...wanted } = await readSend(form);
    const time = now();
    const kept = await outbox.keep(
      { ...wanted, messageId: newMessageId(time), at: at(time), withEvents, forRelay: relay !== null },
      content,
    );
    // Never before the answer: what the event finds must be what the sender left after it.
    const answered = () => {
      if (!stopping.signal.aborted) inBackground(followUp(kept));
    };
    // A client that gave up while the mail was written is gone already.
    if (outgoing.closed) answered();
    else outgoing.once('close', answered);
    return kept;
  }

  async function sendRawEmail(
    c: Context,
    form: URLSearchParams,
    outgoing: ServerResponse,
  ): Promise<Response> {
    const planned = fault;
    if (planned) fault = planned.times > 1 ? { ...planned, times: planned.times - 1 } : null;
    const early = planned && NOTHING_KEPT[planned.action];
    if (early) throw early;
    const kept = await accept(form, outgoing, planned?.events ?? true);
    if (planned?.action === 'accept-then-error') throw internalFailure;
    if (planned?.action === 'accept-then-hang') return new Promise(() => {});
    const result = `<SendRawEmailResult><MessageId>${kept.messageId}</MessageId></SendRawEmailResult>`;
    return xml(c, 200, 'SendRawEmailResponse', result);
  }

  function getSendQuota(c: Context): Response {
    const since = at(now(), -DAY);
    const sent = [...outbox.mails.values()].filter((mail) => mail.at > since).length;
    const result = `<Max24HourSend>${QUOTA}.0</Max24HourSend><MaxSendRate>${RATE}.0</MaxSendRate><SentLast24Hours>${sent}.0</SentLast24Hours>`;
    return xml(c, 200, 'GetSendQuotaResponse', `<GetSendQuotaResult>${result}</GetSendQuotaResult>`);
  }

  const app = new Hono<{ Bindings: { outgoing: ServerResponse } }>();
  app.use(async (c, next) => {
    if (isFromHere(c.req.raw)) await next();
    else c.res = c.text('Only from this machine.\n', 403);
    c.header('x-content-type-options', 'nosniff');
    c.header('referrer-policy', 'no-referrer');
    c.header('cache-control', 'no-store');
    if (!c.res.headers.has('content-security-policy')) c.header('content-security-policy', PAGE_POLICY);
  });

  app.post('/', async (c) => {
    try {
      const form = new URLSearchParams(await c.req.text());
      const action = form.get('Action') ?? '';
      if (action === 'SendRawEmail') return await sendRawEmail(c, form, c.env.outgoing);
      if (action === 'GetSendQuota') return getSendQuota(c);
      throw new Refusal(400, 'InvalidAction', `Could not find operation ${action} for version 2010-12-01.`);
    } catch (error) {
      if (error instanceof Refusal) return refusal(c, error);
      log.error('mail out failed', failure(error));
      return refusal(c, internalFailure);
    }
  });

  app.get('/store', (c) => {
    c.header('content-type', 'application/json');
    // One mail after the other: all at once could be more than a string holds.
    return stream(c, async (out) => {
      let before = '{"emails":[';
      for (const {
        place: _,
        source: __,
        withEvents: ___,
        forRelay: ____,
        ...mail
      } of outbox.mails.values()) {
        const content = (await outbox.raw(mail.messageId)).toString('base64');
        await out.write(before + JSON.stringify({ ...mail, raw: content }));
        before = ',\n';
      }
      await out.write(before === ',\n' ? ']}' : `${before}]}`);
    });
  });

  /** A JSON body through its schema; else the answer that says what is wrong with it. */
  async function readJson<Schema extends z.ZodType>(
    c: Context,
    schema: Schema,
  ): Promise<z.output<Schema> | Response> {
    const result = schema.safeParse(await c.req.json().catch(() => undefined), { reportInput: true });
    if (result.success) return result.data;
    const problem = { status: 400, title: 'Bad Request', errors: fieldErrors(result.error) };
    return c.json(problem, 400, { 'content-type': 'application/problem+json' });
  }

  app.post('/faults', async (c) => {
    const asked = await readJson(c, PlannedFault);
    if (asked instanceof Response) return asked;
    fault = asked.times > 0 ? asked : null;
    return c.json(asked);
  });

  app.post('/events', async (c) => {
    const event = await readJson(c, Event);
    if (event instanceof Response) return event;
    await handOn(event);
    return c.body(null, 202);
  });

  app.route('/', mailboxPages(outbox));
  app.notFound((c) => c.html(notHerePage(), 404));

  const server = createServer(serve(app.fetch, REQUEST_BYTES));
  const bound = await listen(server, { port, host, setting });
  inBackground(catchUp());
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    async stop() {
      stopping.abort();
      // No grace: a call that was told to hang would keep us.
      await close(server, 0);
      // What is not done by then is done after the next start.
      const done = Promise.all([...underWay, relay?.stop()]);
      await Promise.race([done, sleep(STOP_MS, undefined, { ref: false })]);
      relay?.close();
    },
  };
}
