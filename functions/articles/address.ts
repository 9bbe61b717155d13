import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What web servers listen on. Any other port is somebody's mail server, database or Lambda's runtime API. */
const PORTS = new Set(['80', '443', '8080', '8443']);

/** Top-level domains that no public name server answers for (RFC 6761, 6762, 9476; ICANN on `internal`), and `arpa`. */
const LOCAL = new Set(['alt', 'arpa', 'internal', 'local', 'localdomain', 'localhost', 'onion']);

/** All that IANA gives to public hosts (RFC 4291, 2.4). Whatever stands for an IPv4 address lies outside, or is named. */
const IPV6_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** Azure's own host, which every virtual machine there can reach. It counts as public. */
const AZURE_HOST = '168.63.129.16';

/**
 * Whether an IP address, written as DNS and WHATWG URLs write it, is public unicast. Anything else is false: private,
 * special and reserved ranges, zone ids, and the IPv6 ranges that lead to an IPv4 address (mapped, NAT64, 6to4,
 * Teredo), whichever address that is.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || address.includes('%') || address === AZURE_HOST) return false;
  const ip = ipaddr.parse(address);
  return ip.range() === 'unicast' && (ip.kind() === 'ipv4' || ip.match(IPV6_UNICAST));
}

function isPublicName(host: string): boolean {
  const labels = host.replace(/\.$/, '').split('.');
  // Without a dot it would be looked up in the network's own domain.
  return labels.length > 1 && !labels.includes('') && !LOCAL.has(labels.at(-1) ?? '');
}

function isWeb(url: URL): boolean {
  return url.protocol === 'https:' || url.protocol === 'http:';
}

function portOf(url: URL): string {
  return url.port || (url.protocol === 'https:' ? '443' : '80');
}

/** `host:port`, the host as WHATWG URLs write it. */
function endpointOf(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

/** Whether it is a web address whose host and port are among `allow` (`host:port`). Throws for an entry that is none. */
export function isAllowed(url: URL, allow: readonly string[]): boolean {
  return isWeb(url) && allow.some((entry) => endpointOf(new URL(`http://${entry}`)) === endpointOf(url));
}

/**
 * Whether a URL may be opened as far as it says itself, before any look-up: its scheme, its port, and its host if that
 * is an address. What a name leads to is for `isPublicAddress`, when it is connected to.
 */
export function mayOpen(url: URL): boolean {
  if (!isWeb(url) || !PORTS.has(portOf(url))) return false;
  const address = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(address) === 0 ? isPublicName(url.hostname) : isPublicAddress(address);
}
