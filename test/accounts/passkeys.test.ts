import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  addPasskey,
  newPasskeyOptions,
  passkeySignIn,
  passkeySignInOptions,
} from '../../functions/accounts/passkeys/passkeys.ts';
import { listPasskeys, removePasskey } from '../../functions/accounts/passkeys/store.ts';
import { testGround, testUser } from '../ground.ts';

// An authenticator as far as WebAuthn (Level 3) asks of one, so that it can also do what no real one does.

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest();
const text = (value: string) => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
/** RFC 8949, 4.2.1: bytes, their length as short as can be. */
const bytes = (value: Buffer) => {
  const head = value.length < 256 ? [0x58, value.length] : [0x59, value.length >> 8, value.length & 0xff];
  return Buffer.concat([Buffer.from(head), value]);
};

/** RFC 9053, 7.1.1: EC2 key, ES256, P-256. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const coordinate = (value: string) => bytes(Buffer.from(value, 'base64url'));
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    coordinate(x),
    Buffer.from([0x22]),
    coordinate(y),
  ]);
}

interface Doing {
  challenge: string;
  origin?: string;
  rpId?: string;
  counter?: number;
  /** Of the page around the frame it is asked in. */
  topOrigin?: string;
}

function authenticator() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credentialId = randomBytes(32);
  const id = credentialId.toString('base64url');
  const clientData = (type: string, { challenge, origin = 'http://localhost:8787', topOrigin }: Doing) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: topOrigin !== undefined, topOrigin }));
  /** WebAuthn, 6.1: hash of the RP's id, flags (present, verified), counter. */
  const authData = ({ rpId = 'localhost', counter = 0 }: Doing, attested: Buffer = Buffer.alloc(0)) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(rpId), Buffer.from([attested.length ? 0x45 : 0x05]), count, attested]);
  };
  const answer = (response: Record<string, string>) => ({ id, rawId: id, type: 'public-key', response });
  return {
    id,
    create(doing: Doing) {
      const length = Buffer.from([0, credentialId.length]);
      const attested = Buffer.concat([Buffer.alloc(16), length, credentialId, coseKey(publicKey)]);
      const attestationObject = Buffer.concat([
        Buffer.from([0xa3]),
        text('fmt'),
        text('none'),
        text('attStmt'),
        Buffer.from([0xa0]),
        text('authData'),
        bytes(authData(doing, attested)),
      ]);
      return answer({
        clientDataJSON: clientData('webauthn.create', doing).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
      });
    },
    get(doing: Doing, userId: string) {
      const client = clientData('webauthn.get', doing);
      const data = authData(doing);
      return answer({
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', Buffer.concat([data, sha256(client)]), privateKey).toString('base64url'),
        userHandle: Buffer.from(userId).toString('base64url'),
      });
    },
  };
}

async function adasKey() {
  const ground = await testGround();
  const { user } = await testUser(ground, 'Ada');
  const key = authenticator();
  const { challenge } = await newPasskeyOptions(ground, user);
  await addPasskey(ground, user, key.create({ challenge, counter: 1 }), 'Chrome on Linux');
  const challenged = async () => (await passkeySignInOptions(ground)).challenge;
  return { ground, user, key, challenged };
}

const REFUSED = { tag: 'unauthenticated' };

describe('adding a passkey', () => {
  test('asks for one that names its user itself, for this site alone', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    expect(await newPasskeyOptions(ground, user)).toMatchObject({
      rp: { id: 'localhost', name: 'Hallway' },
      user: { id: Buffer.from(user.id).toString('base64url'), name: 'ada@users.example' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
    });
  });

  test('keeps it, says where it was made, and does not ask for the same one again', async () => {
    const { ground, user, key } = await adasKey();
    const [kept] = await listPasskeys(ground.table, user.id);
    expect(kept).toMatchObject({
      credentialId: key.id,
      counter: 1,
      device: 'Chrome on Linux',
      createdAt: '2026-11-23T12:00:00.000Z',
    });
    const { excludeCredentials } = await newPasskeyOptions(ground, user);
    expect(excludeCredentials?.map(({ id }) => id)).toEqual([key.id]);
    const { user: eve } = await testUser(ground, 'Eve');
    const { challenge } = await newPasskeyOptions(ground, eve);
    await expect(addPasskey(ground, eve, key.create({ challenge }), '')).rejects.toMatchObject({
      tag: 'conflict',
    });
  });

  test.each([
    ['from another site', { origin: 'https://evil.example' }],
    ['from another port of our host', { origin: 'http://localhost:8788' }],
    ['for another site', { rpId: 'evil.example' }],
  ])('%s is refused', async (_, wrong) => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    const { challenge } = await newPasskeyOptions(ground, user);
    const made = authenticator().create({ challenge, ...wrong });
    await expect(addPasskey(ground, user, made, '')).rejects.toMatchObject({ tag: 'invalid' });
    expect(await listPasskeys(ground.table, user.id)).toEqual([]);
  });

  test('a challenge is for its user, once, for five minutes', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    const { user: eve } = await testUser(ground, 'Eve');
    const add = async (who: typeof user, challenge: string) =>
      addPasskey(ground, who, authenticator().create({ challenge }), '');
    const invalid = { tag: 'invalid' };
    const { challenge } = await newPasskeyOptions(ground, user);
    await expect(add(eve, challenge)).rejects.toMatchObject(invalid);
    await add(user, challenge);
    await expect(add(user, challenge)).rejects.toMatchObject(invalid);
    const late = (await newPasskeyOptions(ground, user)).challenge;
    const signIn = (await passkeySignInOptions(ground)).challenge;
    await expect(add(user, signIn)).rejects.toMatchObject(invalid);
    ground.setClock('2026-11-23T12:05:00.000Z');
    await expect(add(user, late)).rejects.toMatchObject(invalid);
    expect(await listPasskeys(ground.table, user.id)).toHaveLength(1);
  });

  test.each([null, [], 'x', {}, { id: 'a b', rawId: '', type: 'public-key', response: {} }])(
    'what is none is refused: %j',
    async (input) => {
      const ground = await testGround();
      const { user } = await testUser(ground, 'Ada');
      await expect(addPasskey(ground, user, input, '')).rejects.toMatchObject({ tag: 'invalid' });
      await expect(passkeySignIn(ground, input)).rejects.toMatchObject({ tag: 'invalid' });
    },
  );

  test('there are twenty at most', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    for (let n = 0; n < 20; n++) {
      const { challenge } = await newPasskeyOptions(ground, user);
      await addPasskey(ground, user, authenticator().create({ challenge }), '');
    }
    await expect(newPasskeyOptions(ground, user)).rejects.toMatchObject({ tag: 'conflict' });
  });
});

describe('signing in with a passkey', () => {
  test('names its user, and keeps the day and the counter', async () => {
    const { ground, user, key, challenged } = await adasKey();
    const signed = key.get({ challenge: await challenged(), counter: 5 }, user.id);
    expect(await passkeySignIn(ground, signed)).toBe(user.id);
    expect(await listPasskeys(ground.table, user.id)).toMatchObject([{ counter: 5, usedOn: '2026-11-23' }]);
  });

  test('the same answer again, or by five at once, lets in once', async () => {
    const { ground, user, key, challenged } = await adasKey();
    const signed = key.get({ challenge: await challenged(), counter: 5 }, user.id);
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => passkeySignIn(ground, signed)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(passkeySignIn(ground, signed)).rejects.toMatchObject(REFUSED);
  });

  test('a counter that does not grow is a copy’s', async () => {
    const { ground, user, key, challenged } = await adasKey();
    for (const counter of [0, 1]) {
      const signed = key.get({ challenge: await challenged(), counter }, user.id);
      await expect(passkeySignIn(ground, signed)).rejects.toMatchObject(REFUSED);
    }
  });

  test.each([
    ['from another site', { origin: 'https://evil.example' }],
    ['for another site', { rpId: 'evil.example' }],
    ['inside another site’s frame', { topOrigin: 'https://evil.example' }],
  ])('%s is refused', async (_, wrong) => {
    const { ground, user, key, challenged } = await adasKey();
    const signed = key.get({ challenge: await challenged(), counter: 5, ...wrong }, user.id);
    const done = await passkeySignIn(ground, signed).then(
      () => 'let in',
      ({ tag }) => tag,
    );
    expect(done).toBe('unauthenticated');
  });

  test('another’s name, another’s key, a changed answer, a challenge of one’s own: refused', async () => {
    const { ground, user, key, challenged } = await adasKey();
    const { user: eve } = await testUser(ground, 'Eve');
    const right = async () => key.get({ challenge: await challenged(), counter: 5 }, user.id);
    const stranger = authenticator();
    const cases = [
      key.get({ challenge: await challenged(), counter: 5 }, eve.id),
      stranger.get({ challenge: await challenged(), counter: 5 }, user.id),
      { ...stranger.get({ challenge: await challenged(), counter: 5 }, user.id), id: key.id, rawId: key.id },
      key.get({ challenge: randomBytes(32).toString('base64url'), counter: 5 }, user.id),
      key.get({ challenge: (await newPasskeyOptions(ground, user)).challenge, counter: 5 }, user.id),
      { ...(await right()), response: { ...(await right()).response, signature: 'MEUCIQ' } },
    ];
    for (const signed of cases) await expect(passkeySignIn(ground, signed)).rejects.toMatchObject(REFUSED);
    expect(await passkeySignIn(ground, await right())).toBe(user.id);
  });

  test('after five minutes, or removed, it is none', async () => {
    const { ground, user, key, challenged } = await adasKey();
    const late = key.get({ challenge: await challenged(), counter: 5 }, user.id);
    ground.setClock('2026-11-23T12:05:00.000Z');
    await expect(passkeySignIn(ground, late)).rejects.toMatchObject(REFUSED);
    const [kept] = await listPasskeys(ground.table, user.id);
    const { user: eve } = await testUser(ground, 'Eve');
    expect(await removePasskey(ground.table, eve.id, kept?.id ?? '')).toBe(false);
    expect(await removePasskey(ground.table, user.id, kept?.id ?? '')).toBe(true);
    expect(await removePasskey(ground.table, user.id, kept?.id ?? '')).toBe(false);
    const signed = key.get({ challenge: await challenged(), counter: 6 }, user.id);
    await expect(passkeySignIn(ground, signed)).rejects.toMatchObject(REFUSED);
  });
});
