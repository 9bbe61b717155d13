import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { foldAddress } from './address.ts';

/** Letters are opened years later. At one a quarter, what a secret has signed is good for two years after its time. */
export const SIGNING_SECRETS_KEPT = 8;

const Stored = z.object({
  /**
   * Sign links; may be turned over. One a line, newest first. All of them are believed, but the second signs: while a new
   * one comes in, functions that were started before know only the older ones, and no link may be worth nothing to them.
   */
  signing: z
    .string()
    .transform((lines) => lines.split('\n'))
    .pipe(z.tuple([z.string().min(32)], z.string().min(32))),
  /** Hides addresses in the ledger. Never rotated: a stop must outlive every rotation. */
  pepper: z.string().min(32),
});

/** The signing secrets with a fresh one before them, and without what is too old. */
export function turnOver(stored: string, fresh: string): string {
  return [fresh, ...stored.split('\n')].slice(0, SIGNING_SECRETS_KEPT).join('\n');
}

/** Compared as text: base64url decodes leniently, so that several texts would be one code. */
function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Of a code, which people see: 132 bits. */
const CODE_CHARS = 22;

export class Secrets {
  readonly #signing: string;
  /** All that may have signed what comes back, the one that signs first. */
  readonly #known: string[];
  readonly #pepper: string;

  constructor(stored: unknown) {
    const { signing, pepper } = Stored.parse(stored);
    this.#signing = signing[1] ?? signing[0];
    this.#known = [this.#signing, ...signing.filter((one) => one !== this.#signing)];
    this.#pepper = pepper;
  }

  /** What the ledger knows of an address: enough to recognise it, not to write to it. */
  addressHash(address: string): string {
    return createHmac('sha256', this.#pepper).update(foldAddress(address)).digest('base64url').slice(0, 32);
  }

  /** A short code that only this service can make for this purpose and text. */
  code(purpose: string, text: string): string {
    return this.#mac(purpose, text).slice(0, CODE_CHARS);
  }

  isCode(purpose: string, text: string, code: string): boolean {
    return this.#macs(purpose, text).some((mac) => isSame(mac.slice(0, CODE_CHARS), code));
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
    if (!this.#macs(purpose, body).some((known) => isSame(known, mac))) return null;
    return JSON.parse(Buffer.from(body, 'base64url').toString());
  }

  #mac(purpose: string, text: string, secret = this.#signing): string {
    return createHmac('sha256', secret).update(`${purpose}\n${text}`).digest('base64url');
  }

  #macs(purpose: string, text: string): string[] {
    return this.#known.map((secret) => this.#mac(purpose, text, secret));
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
