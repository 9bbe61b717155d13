import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import * as z from 'zod';
import { at } from '../../platform/clock.ts';
import { Fault } from '../../platform/faults.ts';
import type { Ground } from '../../platform/ground.ts';
import { log } from '../../platform/log.ts';
import { parse } from '../../platform/shapes.ts';
import type { User } from '../user.ts';
import {
  findPasskey,
  insertPasskey,
  keepChallenge,
  listPasskeys,
  passkeyId,
  takeChallenge,
  usePasskey,
} from './store.ts';

/** A person has a few devices and a password manager. */
const MAX_PASSKEYS = 20;

/**
 * EdDSA, ES256 and RS256 (IANA, COSE Algorithms): what authenticators have. The library's own list asks Node for
 * algorithms that it warns of as experimental.
 */
const ALGORITHMS = [-8, -7, -257];

/** Of no use to who does not come with a passkey: loaded for them alone. */
const library = () => import('@simplewebauthn/server');

/** Whom passkeys are for: they are bound to this origin, and are asked for on no other. */
function relyingParty({ settings }: Ground) {
  const { origin, hostname } = new URL(settings.baseUrl);
  return { rpID: hostname, origin };
}

/** WebAuthn, 5.1: base64url, of what an authenticator can make. */
const base64url = z
  .string()
  .regex(/^[\w-]*$/)
  .max(100_000);
const credential = <Shape extends z.ZodRawShape>(response: Shape) =>
  z.object({
    id: base64url.max(1400),
    rawId: base64url.max(1400),
    type: z.literal('public-key'),
    response: z.object(response),
  });

const Created = credential({
  clientDataJSON: base64url,
  attestationObject: base64url,
  transports: z.array(z.string().max(40)).max(10).default([]),
});

const Signed = credential({
  clientDataJSON: base64url,
  authenticatorData: base64url,
  signature: base64url,
  userHandle: base64url.nullish(),
});

/** What the browser is to ask for a new passkey. Fault `conflict`: there are enough. */
export async function newPasskeyOptions(
  ground: Ground,
  user: User,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const known = await listPasskeys(ground.table, user.id);
  if (known.length >= MAX_PASSKEYS) {
    throw new Fault('conflict', `There are ${MAX_PASSKEYS} passkeys. Remove one first.`);
  }
  const { generateRegistrationOptions } = await library();
  const options = await generateRegistrationOptions({
    rpName: 'Hallway',
    rpID: relyingParty(ground).rpID,
    userID: new Uint8Array(Buffer.from(user.id)),
    userName: user.email,
    userDisplayName: user.name,
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: known.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    // It must name its user itself: nobody is asked for an address first.
    authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
  });
  await keepChallenge(ground.table, options.challenge, ground.clock(), user.id);
  return options;
}

/** Keeps what the browser made. Fault `invalid`, without why: only a program of one's own can get it wrong. */
export async function addPasskey(ground: Ground, user: User, input: unknown, device: string): Promise<void> {
  const response = parse(Created, input);
  const { verifyRegistrationResponse } = await library();
  const { rpID, origin } = relyingParty(ground);
  const verified = await verifyRegistrationResponse({
    response: { ...response, clientExtensionResults: {} } as RegistrationResponseJSON,
    expectedChallenge: (challenge) => takeChallenge(ground.table, challenge, ground.clock(), user.id),
    expectedOrigin: origin,
    expectedRPID: rpID,
    requireUserVerification: false,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(refused);
  const made = verified?.registrationInfo?.credential;
  if (!made) throw new Fault('invalid', 'This passkey could not be added. Try again.');
  const isNew = await insertPasskey(ground.table, user.id, {
    id: passkeyId(made.id),
    credentialId: made.id,
    publicKey: made.publicKey,
    counter: made.counter,
    transports: response.response.transports,
    device,
    createdAt: at(ground.clock()),
  });
  if (!isNew) throw new Fault('conflict', 'This passkey is known already.');
}

/** What the browser is to ask any passkey for. */
export async function passkeySignInOptions(ground: Ground): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await library();
  const options = await generateAuthenticationOptions({
    rpID: relyingParty(ground).rpID,
    userVerification: 'preferred',
  });
  await keepChallenge(ground.table, options.challenge, ground.clock());
  return options;
}

/** Whom a passkey signs in. Fault `unauthenticated`, which says nothing of why. */
export async function passkeySignIn(ground: Ground, input: unknown): Promise<string> {
  const refusal = new Fault(
    'unauthenticated',
    'This passkey does not open the door. Ask for a link instead.',
  );
  const response = parse(Signed, input);
  const found = await findPasskey(ground.table, response.id);
  const handle = Buffer.from(response.response.userHandle ?? '', 'base64url').toString();
  // A discoverable credential names its user; it must be the one it was made for.
  if (!found || handle !== found.userId) throw refusal;
  const { passkey, userId } = found;
  const { verifyAuthenticationResponse } = await library();
  const { rpID, origin } = relyingParty(ground);
  const verified = await verifyAuthenticationResponse({
    response: { ...response, clientExtensionResults: {} } as AuthenticationResponseJSON,
    expectedChallenge: (challenge) => takeChallenge(ground.table, challenge, ground.clock()),
    expectedOrigin: origin,
    expectedRPID: rpID,
    requireUserVerification: false,
    // Refuses a counter that did not grow (WebAuthn, 7.2): there is a copy of the key.
    credential: {
      id: passkey.credentialId,
      publicKey: new Uint8Array(passkey.publicKey),
      counter: passkey.counter,
      transports: passkey.transports,
    },
  }).catch(refused);
  if (!verified?.verified) throw refusal;
  const { newCounter } = verified.authenticationInfo;
  if (!(await usePasskey(ground.table, userId, passkey, newCounter, ground.clock()))) throw refusal;
  return userId;
}

/** The library throws where an answer is wrong. Its words can quote what was sent: they are not logged. */
function refused(error: unknown): null {
  // The table's own failures, while the challenge was asked for, say nothing of the answer.
  if (error instanceof Error && '$metadata' in error) throw error;
  log.warn('passkey refused');
  return null;
}
