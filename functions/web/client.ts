import type { Context } from 'hono';
import ipaddr from 'ipaddr.js';
import type { Env } from './env.ts';

/** What API Gateway, and whoever stands in for it, says of a request itself: no header of the client's changes it. */
interface Gateway {
  requestContext?: { http?: { sourceIp?: string } };
}

/**
 * Who asks, as a name for limits: a code of the address, of an IPv6 one of its network, of which a household has one.
 * Undefined where no gateway stands before the app.
 */
export function clientOf(c: Context<Env>): string | undefined {
  const address = (c.env as Gateway | undefined)?.requestContext?.http?.sourceIp;
  if (!address || !ipaddr.isValid(address)) return undefined;
  const read = ipaddr.process(address);
  const network = read instanceof ipaddr.IPv6 ? read.parts.slice(0, 4).join(':') : read.toString();
  return c.var.ground.secrets.code('client', network);
}
