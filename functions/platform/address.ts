import { domainToASCII } from 'node:url';
import * as z from 'zod';

/** RFC 5321, 4.5.3.1.1: octets before the `@`. */
const MAX_LOCAL = 64;

/**
 * The address as mail servers pass it on, its domain in ASCII (IDNA); null if it is none. SES takes no other letters
 * before the `@` than ASCII, so neither do we.
 */
export function asciiAddress(address: string): string | null {
  const end = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, end), address.slice(end + 1)];
  // Only then is it a name alone: `domainToASCII` reads the host of `a/b` or `a%62` as a browser would.
  if (end < 1 || local.length > MAX_LOCAL || !/^[\p{L}\p{N}\p{M}.-]+$/u.test(domain)) return null;
  const ascii = `${local}@${domainToASCII(domain)}`;
  return z.regexes.html5Email.test(ascii) ? ascii : null;
}

/** However a mailbox is written it has one name in the table: case folded, the domain in ASCII. */
export function foldAddress(address: string): string {
  const plain = address.trim().normalize('NFKC');
  return (asciiAddress(plain) ?? plain).toLowerCase();
}
