import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, Hono } from 'hono';
import { html, raw } from 'hono/html';
import { stream } from 'hono/streaming';
import { createTransport } from 'nodemailer';
import PostalMime, { type Address, type Email } from 'postal-mime';
import * as z from 'zod';
import { at, type Clock, DAY, systemClock } from '../../functions/platform/clock.ts';
import { failure, log } from '../../functions/platform/log.ts';
import { fieldErrors } from '../../functions/platform/shapes.ts';
import { close, listen, serve } from './gateway.ts';

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
const PER_PAGE = 50;
const FIRST_LINE = 160;

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

/** What was accepted, beside its raw message. */
const Kept = z.object({
  messageId: z.string(),
  /** Order of acceptance; times can be equal. */
  place: z.number(),
  at: z.string(),
  source: z.string(),
  destinations: z.array(z.string()),
  tags: z.record(z.string(), z.string()),
  configurationSet: z.string().nullable(),
});
type Kept = z.output<typeof Kept>;

const PlannedFault = z.strictObject({
  action: z.enum(['throttle', 'error', 'accept-then-error', 'accept-then-hang', 'refuse']),
  /** How many of the next calls; 0: none, and what was asked before is taken back. */
  times: z.int().min(0),
  /** Whether SES's events of a mail that was kept follow; without them nobody learns that it left. */
  events: z.boolean().default(true),
});
type PlannedFault = z.output<typeof PlannedFault>;

// The mail on disk. The raw message first, its record last: with the record it is accepted.

/** Names a file only once its content is on the disk, so that a crash leaves all of it or nothing. */
async function writeDurably(dir: string, name: string, content: Buffer | string): Promise<void> {
  const draft = join(dir, `${name}.new`);
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, join(dir, name));
}

/** A rename is on the disk once its folder is. */
async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function readKept(file: string): Promise<Kept> {
  try {
    return Kept.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new Error(`${file} is no record of a mail. Move it away.`, { cause });
  }
}

async function openOutbox(dir: string) {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const names = new Set(await readdir(dir));
  const found: Kept[] = [];
  for (const name of names) {
    if (name.endsWith('.json')) found.push(await readKept(join(dir, name)));
    const isDraft =
      name.endsWith('.new') || (name.endsWith('.eml') && !names.has(`${name.slice(0, -4)}.json`));
    if (isDraft) await rm(join(dir, name));
  }
  const mails = new Map(found.toSorted((a, b) => a.place - b.place).map((kept) => [kept.messageId, kept]));
  let next = ([...mails.values()].at(-1)?.place ?? -1) + 1;
  return {
    mails,
    untold: [...mails.values()].filter(({ messageId }) => !names.has(`${messageId}.told`)),
    raw: (messageId: string) => readFile(join(dir, `${messageId}.eml`)),
    async keep(mail: Omit<Kept, 'place'>, content: Buffer): Promise<Kept> {
      const kept = { ...mail, place: next++ };
      await writeDurably(dir, `${kept.messageId}.eml`, content);
      await writeDurably(dir, `${kept.messageId}.json`, JSON.stringify(kept));
      await syncFolder(dir);
      mails.set(kept.messageId, kept);
      return kept;
    },
    /** The events of this mail are handed on. If this mark is lost they come again, which changes nothing. */
    told: (messageId: string) => writeFile(join(dir, `${messageId}.told`), ''),
  };
}

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

const flat = (addresses: Address[] = []) => addresses.flatMap((one) => one.group ?? [one]);

/** As SES's ids look: a time, a random part, a region's end. */
const newMessageId = (now: Date) =>
  `0100${now.getTime().toString(16).padStart(12, '0')}-${randomUUID()}-000000`;

/** What a SendRawEmail asks for, checked as SES checks it. Fault: Refusal. */
async function readSend(
  form: URLSearchParams,
): Promise<Omit<Kept, 'messageId' | 'place' | 'at'> & { content: Buffer }> {
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

// What becomes of a mail: SES's mailbox simulator decides by the address, everything else arrives.

type Fate = 'arrives' | 'bounces' | 'complains' | 'answers-automatically';

function fateOf(address: string): Fate {
  const [, name] = /^([a-z]+)(?:\+.*)?@simulator\.amazonses\.com$/i.exec(address) ?? [];
  if (name === 'bounce' || name === 'suppressionlist') return 'bounces';
  if (name === 'complaint') return 'complains';
  return name === 'ooto' ? 'answers-automatically' : 'arrives';
}

/** The events of an accepted mail, in SES's order. */
function eventsOf(mail: Kept, time: string): EventBridgeSesEvent[] {
  const to = (...fates: Fate[]) => mail.destinations.filter((address) => fates.includes(fateOf(address)));
  const listed = (addresses: string[]) => addresses.map((emailAddress) => ({ emailAddress }));
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
  for (const [bounceType, bounced] of [
    ['Permanent', to('bounces')],
    ['Transient', to('answers-automatically')],
  ] as const) {
    const bounce = {
      bounceType,
      bounceSubType: 'General',
      bouncedRecipients: listed(bounced),
      timestamp: time,
    };
    if (bounced.length) events.push(event('Email Bounced', 'Bounce', { bounce }));
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
 * may get an event more than once. `smtpUrl`: a relay that gets each mail too.
 */
export async function startSes({
  port,
  host = '127.0.0.1',
  dir,
  smtpUrl,
  onEvent,
  setting = 'MAIL_PORT',
  now = systemClock,
}: {
  port: number;
  host?: string;
  dir: string;
  smtpUrl?: string | undefined;
  onEvent: (event: EventBridgeSesEvent) => Promise<void>;
  setting?: string;
  now?: Clock;
}): Promise<{ port: number; url: string; stop(): Promise<void> }> {
  const outbox = await openOutbox(dir);
  const relay = smtpUrl ? createTransport(smtpUrl) : null;
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

  async function tell(mail: Kept): Promise<void> {
    for (const event of eventsOf(mail, at(now()))) {
      if (!(await handOn(event))) return;
    }
    await outbox.told(mail.messageId);
  }

  async function catchUp(): Promise<void> {
    for (const mail of outbox.untold) await tell(mail);
  }

  async function passOn({ messageId, source, destinations }: Kept, content: Buffer): Promise<void> {
    try {
      await relay?.sendMail({ envelope: { from: source, to: destinations }, raw: content });
    } catch (error) {
      // The relay's own words may quote an address.
      log.warn('mail not relayed', { messageId, code: (error as { code?: string }).code ?? 'unknown' });
    }
  }

  async function accept(form: URLSearchParams, outgoing: ServerResponse, withEvents: boolean): Promise<Kept> {
    const { content, ...wanted } = await readSend(form);
    const time = now();
    const kept = await outbox.keep({ ...wanted, messageId: newMessageId(time), at: at(time) }, content);
    // Never before the answer: what the event finds must be what the sender left after it.
    const answered = () => {
      if (!stopping.signal.aborted) inBackground(withEvents ? tell(kept) : outbox.told(kept.messageId));
    };
    // A client that gave up while the mail was written is gone already.
    if (outgoing.closed) answered();
    else outgoing.once('close', answered);
    if (relay) inBackground(passOn(kept, content));
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

  /** A mail that cannot be read is shown empty; its source is there. */
  async function parsed(messageId: string): Promise<Email> {
    const content = await outbox.raw(messageId);
    return PostalMime.parse(content).catch(() => ({ headers: [], headerLines: [], attachments: [] }));
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
      for (const { place: _, source: __, ...mail } of outbox.mails.values()) {
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

  app.get('/', async (c) => {
    const all = [...outbox.mails.values()].toReversed();
    const start = all.findIndex(({ messageId }) => messageId === c.req.query('after')) + 1;
    const mails = all.slice(start, start + PER_PAGE);
    const rows = await Promise.all(
      mails.map(async (kept) => ({ kept, email: await parsed(kept.messageId) })),
    );
    const older = all.length > start + PER_PAGE ? mails.at(-1)?.messageId : undefined;
    return c.html(listPage(rows, older));
  });

  app.get('/style.css', (c) => c.body(STYLE, 200, { 'content-type': 'text/css; charset=utf-8' }));
  app.get('/icon.svg', (c) => c.body(ICON, 200, { 'content-type': 'image/svg+xml' }));

  app.get('/mail/:id/:part?', async (c) => {
    const { id, part } = c.req.param();
    const kept = outbox.mails.get(id);
    if (kept && part === 'raw') {
      const headers = { 'content-type': 'text/plain; charset=utf-8' };
      return c.body(new Uint8Array(await outbox.raw(id)), 200, headers);
    }
    const email = kept && (await parsed(id));
    if (!email) return c.notFound();
    if (!part) return c.html(mailPage(kept, email));
    if (part !== 'html' || !email.html) return c.notFound();
    c.header('content-security-policy', MAIL_POLICY);
    return c.html(`<!doctype html><base target="_blank">${email.html}`);
  });

  app.notFound((c) => c.html(page('Not here', html`<h1>Not here</h1><p><a href="/">All mail</a></p>`), 404));

  const server = createServer(serve(app.fetch, REQUEST_BYTES));
  const bound = await listen(server, { port, host, setting });
  inBackground(catchUp());
  return {
    port: bound,
    url: `http://localhost:${bound}`,
    async stop() {
      stopping.abort();
      // No grace: a call that was told to hang would keep us.
      await close(server, 0);
      // What is not done by then is done after the next start.
      await Promise.race([Promise.all(underWay), sleep(STOP_MS, undefined, { ref: false })]);
      relay?.close();
    },
  };
}

// The mailbox pages. They work without scripts, and none may run: mail is somebody else's HTML.

const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** A mail's HTML: its own styles and no request to anywhere, also when it is opened outside its frame. */
const SANDBOX = 'allow-popups allow-popups-to-escape-sandbox';
const MAIL_POLICY = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox ${SANDBOX}`;

type Html = ReturnType<typeof html>;

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="4" fill="#fffdf9"/><path d="M3 6h26v20H3zM3 6l10.5 8M29 6l-10.5 8M3 26l10.5-5M29 26l-10.5-5" fill="none" stroke="#24211b" stroke-width="1.5" stroke-linejoin="round"/><path d="M13.5 14h5v7h-5z" fill="#2b3a9f"/></svg>`;
const MARK = raw(
  '<svg class="mark" viewBox="0 0 32 24" aria-hidden="true"><path d="M1.5 1.5h29v21h-29zM1.5 1.5L13 10M30.5 1.5L19 10M1.5 22.5L13 17M30.5 22.5L19 17"/><path class="door" d="M13 10h6v7h-6z"/></svg>',
);
const CORRIDOR = raw(
  '<svg class="corridor" viewBox="0 0 320 232" aria-hidden="true"><path class="lit" d="M140 82h40v68h-40zM140 150h40l44 82H96z"/><path d="M1 1h318v230H1zM1 1l119 65M319 1L200 66M1 231l119-81M319 231l-119-81M120 66h80v84h-80zM140 150V82h40v68M44 24.5v177.5M82 45v131M276 24.5V202M238 45v131"/><path class="slip" d="M146 190h36l6 14h-46z"/><path class="slip-f" d="M146 190l18.5 8 17.5-8"/></svg>',
);

function page(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Hallway</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header class="top"><a class="brand" href="/">${MARK}<span>Hallway</span></a><span class="meta">Mail on this machine</span></header>
<main>${content}</main>
</body>
</html>`;
}

const people = (addresses: Address[] | undefined) =>
  flat(addresses)
    .map(({ name, address }) => name || address)
    .join(', ');

const inFull = (addresses: Address[] | undefined) =>
  flat(addresses)
    .map(({ name, address }) => (name ? `${name} <${address}>` : address))
    .join(', ');

const subjectOf = (email: Email) => email.subject || 'No subject';

function firstLine(email: Email): string {
  const line = email.text?.split('\n').find((words) => words.trim()) ?? '';
  return line.length > FIRST_LINE ? `${line.slice(0, FIRST_LINE)}…` : line;
}

/** Text with its links to be clicked: a sign-in link may come in words alone. */
function linked(text: string): Html[] {
  const pieces = text.split(/(https?:\/\/[^\s<>"]+)/);
  return pieces.map((piece, n) =>
    n % 2 ? html`<a href="${piece}" target="_blank" rel="noreferrer">${piece}</a>` : html`${piece}`,
  );
}

/** A time in the zone of this machine, which is the person's. */
function timeOf(instant: string): Html {
  const shown = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(instant),
  );
  return html`<time datetime="${instant}">${shown}</time>`;
}

function listPage(rows: { kept: Kept; email: Email }[], older: string | undefined): Html {
  if (rows.length === 0) {
    return page(
      'Mail',
      html`<div class="head"><h1>Mail</h1><p class="pencil">No mail yet.</p></div>
<div class="empty">${CORRIDOR}<p>Notes that leave Hallway on this machine land here.</p></div>`,
    );
  }
  const items = rows.map(
    ({ kept, email }) => html`<li>
<p class="meta">${timeOf(kept.at)}</p>
<h2><a href="/mail/${kept.messageId}">${subjectOf(email)}</a></h2>
<p class="who">${people(email.from && [email.from])} <span class="pencil">to</span> ${people(email.to) || kept.destinations.join(', ')}</p>
<p class="pencil">${firstLine(email)}</p>
</li>`,
  );
  return page(
    'Mail',
    html`<div class="head"><h1>Mail</h1><p class="pencil">It left Hallway and landed here, on this machine.</p></div>
<ol class="rows">${items}</ol>
${older && html`<p class="acts"><a href="/?after=${older}">Older mail</a></p>`}`,
  );
}

function mailPage(kept: Kept, email: Email): Html {
  const headers: [string, string | Html][] = [
    ['From', inFull(email.from && [email.from])],
    ['To', inFull(email.to) || kept.destinations.join(', ')],
    ['Reply to', inFull(email.replyTo)],
    ['Date', timeOf(kept.at)],
  ];
  const lines = headers
    .filter(([, value]) => value)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  return page(
    subjectOf(email),
    html`<div class="head"><h1 class="subject">${subjectOf(email)}</h1><dl>${lines}</dl></div>
${email.html && html`<iframe class="sheet" title="The mail" sandbox="${SANDBOX}" src="/mail/${kept.messageId}/html"></iframe>`}
<details ${email.html ? '' : 'open'}><summary>As plain text</summary><pre class="sheet">${linked(email.text ?? '')}</pre></details>
<p class="acts"><a href="/">All mail</a> <a href="/mail/${kept.messageId}/raw">Raw source</a></p>`,
  );
}

const STYLE = `
:root{color-scheme:light dark;--desk:#f1ebe0;--sheet:#fffdf9;--print:#24211b;--pencil:#615a4e;--rule:#d6cebe;--edge:#867d6d;--ink:#2b3a9f;--lit:#fffdf9;--gut:1.25rem;
--serif:"Iowan Old Style","Palatino Linotype",Palatino,"URW Palladio L",P052,"Source Serif 4",Georgia,serif;--sans:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
@media (prefers-color-scheme:dark){:root{--desk:#1a1612;--sheet:#28221b;--print:#ede5d6;--pencil:#b0a492;--rule:#40382d;--edge:#877b69;--ink:#b4beff;--lit:#5a4d37}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--desk);color:var(--print);font:1.125rem/1.55 var(--serif);overflow-wrap:anywhere;text-wrap:pretty}
h1,h2,p,ol,dl,dd,pre{margin:0;padding:0}
ol{list-style:none}
h1,h2{font-weight:400;text-wrap:balance}
h1{font-size:clamp(2.25rem,1.75rem + 2vw,3rem);line-height:1.08;letter-spacing:-.012em}
h1.subject{font-size:clamp(1.5rem,1.2rem + 1.5vw,2.25rem);line-height:1.18}
h2{font-size:1.3125rem;line-height:1.3}
a{color:inherit;text-decoration:underline 1px var(--edge);text-underline-offset:.18em}
a:hover,summary:hover{color:var(--ink);text-decoration-color:currentColor}
:focus-visible{outline:2px solid var(--ink);outline-offset:3px;border-radius:1px}
.pencil{color:var(--pencil);font-style:italic}
.meta,dt{color:var(--pencil);font:.8125rem/1.45 var(--sans)}
time{font-variant-numeric:lining-nums tabular-nums}
.top,main{max-width:56rem;margin-inline:auto;padding-inline:var(--gut)}
.top{display:flex;justify-content:space-between;align-items:center;gap:1rem;padding-block:1.5rem}
.brand{display:inline-flex;align-items:center;gap:.6rem;min-height:2.75rem;font-size:1.3125rem;line-height:1}
.brand,h2 a{text-decoration:none}
.mark{flex:none;width:2rem;height:1.5rem;stroke-width:1.25}
.mark,.corridor{fill:none;stroke:currentColor;stroke-linecap:round;stroke-linejoin:round}
.door,.slip{fill:var(--ink);stroke:var(--ink)}
main{padding-block:1.5rem 6.5rem}
.head{display:grid;gap:1rem;margin-bottom:2.5rem}
.rows li{position:relative;display:grid;gap:.25rem;padding-block:1.5rem;border-top:1px solid var(--rule)}
.rows li:last-child{border-bottom:1px solid var(--rule)}
.rows a::after{content:"";position:absolute;inset:0}
.rows li:hover a{color:var(--ink)}
.who{font-size:1rem;line-height:1.45}
.rows .pencil{font-size:1rem;line-height:1.45}
.empty{display:grid;gap:2.5rem}
.corridor{width:100%;max-width:22rem;stroke:var(--edge);stroke-width:1.25}
.lit{fill:var(--lit);stroke:none}
.slip-f{stroke:var(--sheet)}
dl{display:grid;gap:.5rem;font-size:1rem;line-height:1.45}
dt{padding-top:.2em}
.sheet{display:block;width:calc(100% + 2*var(--gut));margin-inline:calc(-1*var(--gut));background:var(--sheet);border:solid var(--rule);border-width:1px 0}
iframe.sheet{height:70vh;min-height:26rem}
pre.sheet{padding:1.5rem var(--gut);font:inherit;white-space:pre-wrap}
summary,.acts a{display:inline-flex;align-items:center;min-height:2.75rem;font:500 .9375rem/1.3 var(--sans);cursor:pointer;text-decoration:underline 1px var(--edge);text-underline-offset:.25em}
summary{list-style:none}
summary::-webkit-details-marker{display:none}
details{margin-top:1rem}
.acts{display:flex;flex-wrap:wrap;gap:0 1.5rem;margin-top:1.5rem}
@media (min-width:40rem){
:root{--gut:2.5rem}
.sheet{width:100%;margin-inline:0;border-width:1px}
.rows li{grid-template-columns:9rem 1fr;column-gap:1.5rem}
.rows li>*{grid-column:2}
.rows li>.meta{grid-area:1/1;padding-top:.45em}
dl div{display:grid;grid-template-columns:5rem 1fr;gap:1rem}
}
`;
