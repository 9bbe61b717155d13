/**
 * The name of the secret address `name+suffix@domain`, in small letters; null if the address is of another domain. What
 * stands behind the `+` is the sender's own mark.
 */
export function ingestName(address: string, domain: string): string | null {
  const [, name, host] = /^([^@+]+)(?:\+[^@]*)?@([^@]+)$/.exec(address.toLowerCase()) ?? [];
  return name !== undefined && host === domain.toLowerCase() ? name : null;
}
