import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { PassThrough, type Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createUnzip } from 'node:zlib';
import { buildConnector, Client, type Dispatcher, errors } from 'undici';
import { isAllowed, isPublicAddress, mayOpen } from './address.ts';
import { decodePage, readContentType, refreshTarget } from './page.ts';

/** Of a page, before and after decompression: 1 MB of gzip can hold 1 GB. The longest articles have 1 MB. */
export const MAX_PAGE_BYTES = 5 * 1024 * 1024;

/** For everything, from the first look-up to the last byte: a page can come a byte at a time and never end. */
export const FETCH_TIMEOUT_MS = 10_000;

/** Of one answer. Browsers take 256 KB; pages with a long Content-Security-Policy send 10. */
const MAX_HEADER_BYTES = 32 * 1024;

/** Of one connection: chunk extensions and early hints can go on without end around a page that never begins. */
const MAX_WIRE_BYTES = 2 * MAX_PAGE_BYTES;

/** Redirects and refreshes together. Shorteners and consent pages take three. */
const MAX_REDIRECTS = 5;

/** Between two addresses of one name. Node's 250 ms are less than a far server takes. */
const NEXT_ADDRESS_MS = 1000;

/** All there is: no cookie, no referer, no credentials, whatever the link and its redirects say. */
const HEADERS = {
  'user-agent': 'Hallway/0.1 (saves a link its reader asked for)',
  accept: 'text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.1',
  'accept-encoding': 'gzip, deflate, br',
};

const HTML_TYPES = new Set(['text/html', 'application/xhtml+xml']);

/**
 * Why there is no page.
 * - `refused-address`: no web address, or one that leads into a private network
 * - `needs-login`: also the answer of sites that let no program in
 * - `not-a-page`: neither HTML nor plain text, or in no form we asked for
 * - `server-error`: also a server that wants us to come later
 */
export type NotHadReason =
  | 'refused-address'
  | 'not-found'
  | 'needs-login'
  | 'gone'
  | 'server-error'
  | 'too-large'
  | 'too-slow'
  | 'not-a-page'
  | 'too-many-redirects'
  | 'unreachable'
  | 'bad-certificate';

export interface Page {
  outcome: 'page';
  /** Where the page was in the end: http(s), without credentials, with its fragment. */
  url: string;
  /** One of the two, by the content type. */
  html?: string;
  text?: string;
  /** `text/html`, `application/xhtml+xml` or `text/plain`. */
  contentType: string;
  /** The encoding it came in, by its name in the Encoding Standard. */
  charset: string;
}

export interface NotHad {
  outcome: 'not-had';
  reason: NotHadReason;
  /** The HTTP status, if one was the reason. */
  status?: number;
  /** Whether the same link may give a page later. */
  again: boolean;
}

export type Fetched = Page | NotHad;

export interface FetchOptions {
  /** `host:port`: what is fetched whatever address it has. For the runner on one's own machine; never on AWS. */
  allow?: readonly string[];
  lookup?: LookupFunction;
  /** Ends the fetch, which then rejects with the signal's reason. */
  signal?: AbortSignal;
  timeoutMs?: number;
  /** The answer's status is all that is wanted: no byte of the page is read. */
  onlyStatus?: boolean;
}

/** A redirect, or a page that sends its reader on. */
interface Onward {
  outcome: 'onward';
  to: string;
  refresh: boolean;
}

/** Ends a connection from within. Thrown and caught in this file alone. */
class Stopped extends Error {
  readonly reason: NotHadReason;

  constructor(reason: NotHadReason) {
    super(reason);
    this.reason = reason;
  }
}

const AGAIN: readonly NotHadReason[] = ['server-error', 'too-slow', 'unreachable'];

function notHad(reason: NotHadReason, status?: number): NotHad {
  return { outcome: 'not-had', reason, ...(status && { status }), again: AGAIN.includes(reason) };
}

/**
 * Fetches the page of a link anyone may have made, and nothing that is not public: each hop's scheme, port and address
 * are checked before it is opened, and a name's addresses as it is connected to. At most 5 MB in 10 s.
 *
 * Whatever the web does is an answer. Rejects with the reason of `signal`; with a TypeError for a bad `allow`.
 */
export async function fetchPage(link: string, options: FetchOptions = {}): Promise<Fetched> {
  const deadline = AbortSignal.timeout(options.timeoutMs ?? FETCH_TIMEOUT_MS);
  const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;
  options.signal?.throwIfAborted();
  let url = URL.parse(link);
  let refreshed = false;
  try {
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      if (!url) return notHad('refused-address');
      const answer: Fetched | Onward = await open(url, refreshed, options, signal);
      if (answer.outcome !== 'onward') return answer;
      refreshed ||= answer.refresh;
      url = follow(url, answer);
    }
    return notHad('too-many-redirects');
  } catch (error) {
    options.signal?.throwIfAborted();
    return notHad(deadline.aborted ? 'too-slow' : reasonOf(error));
  }
}

/**
 * The HTTP status with which a link answers in the end, redirects followed; undefined if it does not. As `fetchPage` in all
 * else.
 */
export async function pageStatus(
  link: string,
  options: Omit<FetchOptions, 'onlyStatus'> = {},
): Promise<number | undefined> {
  const answer = await fetchPage(link, { ...options, onlyStatus: true });
  return answer.outcome === 'not-had' ? answer.status : undefined;
}

/** A redirect without a fragment keeps the one before (RFC 9110, 10.2.2): it may be the route that names the page. */
function follow(from: URL, { to, refresh }: Onward): URL | null {
  const url = URL.parse(to, from);
  if (url?.hash === '' && !refresh) url.hash = from.hash;
  return url;
}

/** One hop, on a connection of its own: what one server sends can never be taken for another's answer. */
async function open(
  url: URL,
  refreshed: boolean,
  { allow = [], lookup = systemLookup, onlyStatus = false }: FetchOptions,
  signal: AbortSignal,
): Promise<Fetched | Onward> {
  const allowed = isAllowed(url, allow);
  if (!allowed && !mayOpen(url)) return notHad('refused-address');
  const client = new Client(url.origin, {
    pipelining: 0,
    maxHeaderSize: MAX_HEADER_BYTES,
    maxResponseSize: MAX_PAGE_BYTES,
    // The signal ends the socket, and with it everything: no other clock runs.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: bounded(
      buildConnector({
        signal,
        timeout: 0,
        lookup: allowed ? lookup : onlyPublic(lookup),
        autoSelectFamily: true,
        autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
        // Also where the environment says otherwise.
        rejectUnauthorized: true,
      }),
    ),
  });
  try {
    const path = url.pathname + url.search;
    const answer = await client.request({ method: 'GET', path, headers: HEADERS });
    return await read(answer, url, refreshed, onlyStatus);
  } finally {
    await client.destroy();
  }
}

/** Ends a connection at the first byte too many, whatever the bytes are: all that is read costs time. */
function bounded(connect: buildConnector.connector): buildConnector.connector {
  const watch = (socket: Socket) =>
    socket.on('readable', () => {
      if (socket.bytesRead > MAX_WIRE_BYTES) socket.destroy(new Stopped('too-large'));
    });
  return (options, done) =>
    connect(options, (...[error, socket]) => {
      if (error) done(error, null);
      else done(null, watch(socket));
    });
}

async function read(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  url: URL,
  refreshed: boolean,
  onlyStatus: boolean,
): Promise<Fetched | Onward> {
  const to = header(headers.location);
  if (REDIRECTS.has(statusCode) && to) return { outcome: 'onward', to, refresh: false };
  const reason = reasonOfStatus(statusCode);
  if (reason || onlyStatus) return notHad(reason ?? 'not-a-page', statusCode);

  const { type, charset } = readContentType(header(headers['content-type'])) ?? { type: '', charset: null };
  const isHtml = HTML_TYPES.has(type);
  if (!isHtml && type !== 'text/plain') return notHad('not-a-page');
  const decoder = decoderOf(header(headers['content-encoding']));
  if (!decoder) return notHad('not-a-page');

  const page = decodePage(await readBytes(body, decoder), isHtml, charset);
  const target = isHtml && !refreshed ? refreshTarget(page.text) : undefined;
  if (target) return { outcome: 'onward', to: target, refresh: true };
  return {
    outcome: 'page',
    url: withoutCredentials(url),
    ...(isHtml ? { html: page.text } : { text: page.text }),
    contentType: type,
    charset: page.charset,
  };
}

/**
 * A look-up that gives public addresses alone. The socket connects to what it gave, and does not ask again: a name that
 * leads elsewhere a moment later gains nothing.
 */
export function onlyPublic(lookup: LookupFunction): LookupFunction {
  return (host, options, callback) =>
    lookup(host, { ...options, all: true }, (error, found) => {
      const all = typeof found === 'string' ? [{ address: found, family: isIP(found) }] : (found ?? []);
      const addresses = all.filter(({ address }) => isPublicAddress(address));
      callback(error ?? (addresses.length === 0 ? new Stopped('refused-address') : null), addresses);
    });
}

/** Of a header sent twice, the last. Bytes beyond ASCII are UTF-8, as browsers take them. */
function header(value: string | string[] | undefined): string {
  return Buffer.from([value].flat().at(-1) ?? '', 'latin1').toString();
}

/** Unpacks what one of the encodings we asked for packed; undefined for all others, and for two, one in the other. */
function decoderOf(encoding: string): Transform | undefined {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return new PassThrough();
    case 'gzip':
    case 'x-gzip':
    case 'deflate':
      return createUnzip();
    case 'br':
      return createBrotliDecompress();
    default:
      return undefined;
  }
}

/** Stops at the first byte too many: what it throws ends the socket. */
function readBytes(body: Readable, decoder: Transform): Promise<Buffer> {
  return pipeline(body, decoder, async (unpacked: AsyncIterable<Buffer>) => {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of unpacked) {
      size += chunk.length;
      if (size > MAX_PAGE_BYTES) throw new Stopped('too-large');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  });
}

function withoutCredentials(url: URL): string {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain.href;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const NEEDS_LOGIN = new Set([401, 402, 403, 407]);
const COME_LATER = new Set([408, 425, 429]);
const WITHOUT_PAGE = new Set([204, 205]);

function reasonOfStatus(status: number): NotHadReason | undefined {
  if (status >= 500 || COME_LATER.has(status)) return 'server-error';
  if (NEEDS_LOGIN.has(status)) return 'needs-login';
  if (status === 410) return 'gone';
  if (status >= 400) return 'not-found';
  return status >= 300 || WITHOUT_PAGE.has(status) ? 'not-a-page' : undefined;
}

/** OpenSSL's names for what is wrong with a certificate, and Node's for one of another host. */
const CERTIFICATE = /CERT|LEAF_SIGNATURE|^INVALID_(?:CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$|^HOSTNAME_MISMATCH$/;

/** zlib and Brotli: the bytes are not what the header says. */
const BROKEN_PACKING = /^Z_|^ERR__ERROR_/;

const TOO_LARGE = new Set(['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_EXCEEDED_MAX_SIZE']);

/** Failures of the network have a code, all but what is no HTTP. Any other error is ours, and is thrown on. */
function reasonOf(error: unknown): NotHadReason {
  if (error instanceof Stopped) return error.reason;
  if (error instanceof errors.HTTPParserError) return 'unreachable';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string' || error instanceof TypeError) throw error;
  if (TOO_LARGE.has(code)) return 'too-large';
  if (BROKEN_PACKING.test(code)) return 'not-a-page';
  return CERTIFICATE.test(code) ? 'bad-certificate' : 'unreachable';
}
