import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { failure, log } from '../../functions/platform/log.ts';

/** Request line and headers (API Gateway, quotas of HTTP APIs: 10,240 bytes). */
const HEAD_BYTES = 10 * 1024;
/** What one synchronous call of a function may carry, each way (Lambda, quotas: 6 MB). */
const BODY_BYTES = 6 * 1024 * 1024;
/** How long a function may take to answer (API Gateway, quotas of HTTP APIs). */
const ANSWER_MS = 30_000;
/** How long the rest of a refused body is read and dropped. */
const LINGER_MS = 1_000;
/** How long a stop waits for what is under way. */
const STOP_MS = 3_000;

/** API Gateway's event for a Lambda function, payload format 2.0, as far as a function may rely on it. */
export interface APIGatewayProxyEventV2 {
  version: '2.0';
  routeKey: string;
  rawPath: string;
  rawQueryString: string;
  cookies?: string[];
  headers: Record<string, string | undefined>;
  body: string | null;
  isBase64Encoded: boolean;
  requestContext: {
    accountId: string;
    apiId: string;
    authentication: null;
    authorizer: Record<string, never>;
    domainName: string;
    domainPrefix: string;
    http: { method: string; path: string; protocol: string; sourceIp: string; userAgent: string };
    requestId: string;
    routeKey: string;
    stage: string;
    time: string;
    timeEpoch: number;
  };
}

/** What a function answers, payload format 2.0. */
export interface APIGatewayProxyStructuredResultV2 {
  statusCode: number;
  headers?: Record<string, string | number | boolean | string[]> | undefined;
  cookies?: string[] | undefined;
  body?: string | undefined;
  isBase64Encoded?: boolean | undefined;
}

/** What API Gateway hands on as text; everything else is base64, also forms and bodies without a type (seen on AWS). */
const TEXT = /^(text\/|application\/(json|xml|javascript)\s*(;|$))/i;

/**
 * API Gateway decodes the path once, and ends it at a question mark that appears by that; the query stays as it is.
 * Nothing here may rely on a percent sign in a path.
 */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path).split('?', 1)[0] || '/';
  } catch {
    return path;
  }
}

/** `23/Nov/2026:07:57:39 +0000`, the time of the common log format. */
function commonLogTime(now: Date): string {
  const [, day, month, year, time] = now.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

/** A request as API Gateway brings it to a function. */
export function toEvent(req: IncomingMessage, body: Buffer, now = new Date()): APIGatewayProxyEventV2 {
  const url = req.url?.startsWith('/') ? req.url : '/';
  const [path = '/'] = url.split('?', 1);
  const rawPath = decodePath(path);
  const { cookie, ...others } = req.headersDistinct;
  const headers = Object.fromEntries(
    Object.entries(others).map(([name, values]) => [name, values?.join(',')] as const),
  );
  const cookies = cookie?.flatMap((line) => line.split(';')).map((pair) => pair.trim());
  const isText = TEXT.test(headers['content-type'] ?? '') && headers['content-encoding'] === undefined;
  const isBase64Encoded = body.length > 0 && !isText;
  const domainName = (req.headers.host ?? 'localhost').replace(/:\d+$/, '');
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: url.slice(path.length + 1),
    ...(cookies && { cookies }),
    headers,
    body: body.length > 0 ? body.toString(isBase64Encoded ? 'base64' : 'utf8') : null,
    isBase64Encoded,
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      authentication: null,
      authorizer: {},
      domainName,
      domainPrefix: domainName.split('.', 1)[0] ?? domainName,
      http: {
        method: req.method ?? 'GET',
        path: rawPath,
        protocol: `HTTP/${req.httpVersion}`,
        sourceIp: (req.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
  };
}

/** Sends what a function answered. Fault: an Error if it is over Lambda's 6 MB, which would fail on AWS. */
export function fromResult(result: APIGatewayProxyStructuredResultV2, res: ServerResponse): void {
  const { body = '' } = result;
  if (body.length > BODY_BYTES) throw new Error('The answer is over 6 MB, the most that Lambda hands on.');
  res.statusCode = result.statusCode;
  for (const [name, value] of Object.entries(result.headers ?? {})) {
    // The body goes out in one piece, so that Node counts it: right for HEAD, 204 and 304 too.
    if (name.toLowerCase() !== 'content-length') {
      res.setHeader(name, Array.isArray(value) ? value : String(value));
    }
  }
  if (result.cookies?.length) res.setHeader('set-cookie', result.cookies);
  res.end(Buffer.from(body, result.isBase64Encoded ? 'base64' : 'utf8'));
}

/** The whole body, or null once it is over `limit` bytes; what comes after that is read and dropped. */
function readBody(req: IncomingMessage, limit: number): Promise<Buffer<ArrayBuffer> | null> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer<ArrayBuffer> | null>();
  const chunks: Buffer[] = [];
  let size = 0;
  if (Number(req.headers['content-length']) > limit) resolve(null);
  req.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else resolve(null);
  });
  req.once('end', () => resolve(Buffer.concat(chunks)));
  req.once('error', reject);
  return promise;
}

function problem(res: ServerResponse, status: number, detail: string): void {
  const title = STATUS_CODES[status];
  res.statusCode = status;
  res.setHeader('content-type', 'application/problem+json');
  res.write(JSON.stringify({ status, title, detail }));
}

/**
 * 413, and the connection ends. It stays open for a moment while the body still comes: a socket closed with data unread
 * is reset, and the client might never see the answer.
 */
function refuseTooLarge(req: IncomingMessage, res: ServerResponse, limit: number): void {
  res.setHeader('connection', 'close');
  problem(
    res,
    413,
    `A request may carry ${limit / 1024 / 1024} MB. A larger file to bring in goes by POST /api/imports/uploads.`,
  );
  if (req.complete) res.end();
  req.once('end', () => res.end());
  setTimeout(() => res.end(), LINGER_MS).unref();
}

/** Opens a server and says its port. Fault: an Error of one line that names the setting to change. */
export async function listen(
  server: NetServer,
  { port, host, setting }: { port: number; host: string; setting: string },
): Promise<number> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new Error(`Port ${port} is taken. Set ${setting} to another one.`);
    if (code === 'EACCES')
      throw new Error(`Port ${port} is not for this account. Set ${setting} to another one.`);
    if (code === 'ERR_SOCKET_BAD_PORT') throw new Error(`${setting} must be a port from 0 to 65535.`);
    throw error;
  }
  return (server.address() as AddressInfo).port;
}

/** Takes no more connections, lets what is under way finish for `graceMs`, then cuts it off. */
export async function close(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // A connection that has its answer is kept alive by the client, which would keep us.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
}

/** A fetch function (a Hono app) as node:http wants it. `outgoing` closes when the answer is out, or nobody waits for it. */
export function serve(
  fetch: (request: Request, env: { outgoing: ServerResponse }) => Response | Promise<Response>,
  limit: number,
): RequestListener {
  return async (req, res) => {
    try {
      const body = await readBody(req, limit);
      if (!body) return refuseTooLarge(req, res, limit);
      const request = new Request(new URL(req.url ?? '/', `http://${req.headers.host ?? 'localhost'}`), {
        method: req.method ?? 'GET',
        headers: Object.entries(req.headersDistinct).map(([name, values]) => [name, String(values)]),
        ...(body.length > 0 && { body }),
      });
      const response = await fetch(request, { outgoing: res });
      res.statusCode = response.status;
      res.setHeaders(response.headers);
      if (response.body) await pipeline(Readable.fromWeb(response.body as ReadableStream), res);
      else res.end();
    } catch {
      // A client that left, or a request that is none (a Host that is no host, a GET with a body).
      if (res.headersSent) res.destroy();
      else res.writeHead(400, { connection: 'close' }).end();
    }
  };
}

/** API Gateway's HTTP API in front of one function, with its limits. */
export async function startGateway({
  port,
  host,
  handler,
  setting = 'PORT',
  answerMs = ANSWER_MS,
}: {
  port: number;
  host: string;
  handler: (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;
  setting?: string;
  answerMs?: number;
}): Promise<{ port: number; url: string; stop(): Promise<void> }> {
  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await readBody(req, BODY_BYTES);
    const event = body && toEvent(req, body);
    // Base64 makes a body a third longer: 4.5 MB of a file are the most that gets through on AWS.
    if (!event || (event.body?.length ?? 0) > BODY_BYTES) return refuseTooLarge(req, res, BODY_BYTES);
    const late = Promise.withResolvers<null>();
    const timer = setTimeout(() => late.resolve(null), answerMs);
    try {
      const result = await Promise.race([handler(event), late.promise]);
      if (result) return fromResult(result, res);
      problem(res, 503, 'This took too long. Try again in a moment.');
    } catch (error) {
      log.error('request failed', failure(error));
      for (const name of res.getHeaderNames()) res.removeHeader(name);
      problem(res, 500, 'Something broke. It is not your fault.');
    } finally {
      clearTimeout(timer);
    }
    res.end();
  }

  const server = createServer({ maxHeaderSize: HEAD_BYTES }, (req, res) => {
    // Only a client that left in the middle of its body gets here.
    answer(req, res).catch(() => res.destroy());
  });
  const open = await listen(server, { port, host, setting });
  return { port: open, url: `http://127.0.0.1:${open}`, stop: () => close(server, STOP_MS) };
}
