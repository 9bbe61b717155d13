import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { foldAddress } from './address.ts';

const Stored = z.object({
  /** Signs links. May be rotated. */
  signing: z.string().min(32),
  /** Hides addresses in the ledger. Never rotated: a stop must outlive every rotation. */
  pepper: z.string().min(32),
});

/** Compared as text: base64url decodes leniently, so that several texts would be one code. */
function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export class Secrets {
  readonly #signing: string;
  readonly #pepper: string;

  constructor(stored: unknown) {
    const { signing, pepper } = Stored.parse(stored);
    this.#signing = signing;
    this.#pepper = pepper;
  }

  /** What the ledger knows of an address: enough to recognise it, not to write to it. */
  addressHash(address: string): string {
    return createHmac('sha256', this.#pepper).update(foldAddress(address)).digest('base64url').slice(0, 32);
  }

  /** A short code that only this service can make for this purpose and text. */
  code(purpose: string, text: string): string {
    return this.#mac(purpose, text).slice(0, 22);
  }

  isCode(purpose: string, text: string, code: string): boolean {
    return isSame(this.code(purpose, text), code);
  }

  /** `<payload>.<mac>`, base64url: for links that must work without an account. `purpose` keeps kinds apart. */
  sign(purpose: string, payload: unknown): string {
    const body = Buffer.from(JSON.stringify(payload)).toString('base64url');
    return `${body}.${this.#mac(purpose, body)}`;
  }

  /** The payload, or null if the text was not signed here for this purpose. */
  verify(purpose: string, signed: string): unknown {
    const [body, mac, ...rest] = signed.split('.');
    if (!body || !mac || rest.length > 0) return null;
    if (!isSame(this.#mac(purpose, body), mac)) return null;
    return JSON.parse(Buffer.from(body, 'base64url').toString());
  }

  #mac(purpose: string, text: string): string {
    return createHmac('sha256', this.#signing).update(`${purpose}\n${text}`).digest('base64url');
  }
}

/**
 * The secrets of this deployment: from Secrets Manager, where each has its own so that nobody who turns the signing
 * secret over can touch the pepper; else from `HALLWAY_SECRETS`, which the local runner fills from its data folder.
 */
export async function openSecrets(environment: Record<string, string | undefined>): Promise<Secrets> {
  const { SIGNING_SECRET_ID, PEPPER_SECRET_ID, HALLWAY_SECRETS } = environment;
  if (SIGNING_SECRET_ID && PEPPER_SECRET_ID) {
    const { getSecret } = await import('@aws-lambda-powertools/parameters/secrets');
    const [signing, pepper] = await Promise.all([getSecret(SIGNING_SECRET_ID), getSecret(PEPPER_SECRET_ID)]);
    return new Secrets({ signing, pepper });
  }
  if (!HALLWAY_SECRETS) throw new Error('Set SIGNING_SECRET_ID and PEPPER_SECRET_ID, or HALLWAY_SECRETS.');
  return new Secrets(JSON.parse(HALLWAY_SECRETS));
}
