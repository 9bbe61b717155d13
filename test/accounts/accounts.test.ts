import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, inject, test } from 'vitest';
import {
  addUser,
  bookmarkletKey,
  ingestAddress,
  isBookmarkletKey,
} from '../../functions/accounts/accounts.ts';
import { ingestName } from '../../functions/accounts/ingest.ts';
import {
  closeSession,
  findSessionUser,
  findTokenUser,
  findUser,
  findUserByEmail,
  findUserByIngest,
  issueSignIn,
  openSession,
  peekSignIn,
  raiseBookmarkletSerial,
  replaceTokens,
  takeSignIn,
  updateUser,
} from '../../functions/accounts/store.ts';
import { NOON, type TestGround, testGround, testUser } from '../ground.ts';

const noon = (plus: { days?: number; minutes?: number; ms?: number }) =>
  new Date(NOON.getTime() + (plus.days ?? 0) * 86_400_000 + (plus.minutes ?? 0) * 60_000 + (plus.ms ?? 0));

/** Everything the table holds, as text. */
async function everythingIn(ground: TestGround): Promise<string> {
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: inject('databaseEndpoint'),
  });
  const { Items } = await client.send(new ScanCommand({ TableName: ground.table.name }));
  return JSON.stringify(Items);
}

const ADA = { email: 'ada@users.example', name: 'Ada', timeZone: 'Europe/London' };

describe('adding a user', () => {
  test('gives a token, a link that signs in, and a secret address', async () => {
    const ground = await testGround();
    const { user, apiToken, signInUrl, ingestAddress: ingest } = await addUser(ground, ADA);
    expect(user).toMatchObject({ ...ADA, createdAt: '2026-11-23T12:00:00.000Z' });
    expect(await findTokenUser(ground.table, apiToken)).toEqual(user);
    expect(signInUrl).toMatch(/^http:\/\/localhost:8787\/sign-in\/[\w-]{43}$/);
    expect(ingest).toMatch(/^[a-z2-9]{16}@hallway\.localhost$/);
    expect(ingestAddress(ground, user)).toBe(ingest);
    expect(await findUserByIngest(ground.table, user.ingest)).toEqual(user);
    expect(await findUserByIngest(ground.table, 'ada')).toBeUndefined();
  });

  test('without a zone, it is UTC', async () => {
    const ground = await testGround();
    const { user } = await addUser(ground, { email: ADA.email, name: 'Ada' });
    expect(user.timeZone).toBe('UTC');
  });

  test('again, in other letters, gives the same user with a new token and a new link', async () => {
    const ground = await testGround();
    const first = await addUser(ground, ADA);
    const again = await addUser(ground, { ...ADA, email: 'ADA@Users.Example', name: 'Countess' });
    expect(again.user).toEqual(first.user);
    expect(again.ingestAddress).toBe(first.ingestAddress);
    expect(again.apiToken).not.toBe(first.apiToken);
    expect(again.signInUrl).not.toBe(first.signInUrl);
    expect(await findTokenUser(ground.table, first.apiToken)).toEqual(first.user);
    expect(await findUserByEmail(ground.table, ' aDa@users.example')).toEqual(first.user);
  });

  test('by ten calls at once makes one user', async () => {
    const ground = await testGround();
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        addUser(ground, { ...ADA, email: n % 2 ? ADA.email : 'Ada@users.EXAMPLE' }),
      ),
    );
    expect(new Set(all.map(({ user }) => user.id)).size).toBe(1);
    expect(new Set(all.map(({ apiToken }) => apiToken)).size).toBe(10);
  });

  test('takes no name or address of several lines', async () => {
    const ground = await testGround();
    const bad = addUser(ground, {
      email: 'ada@users.example\nBcc: x@y.example',
      name: 'A\nB',
      timeZone: 'Mars',
    });
    await expect(bad).rejects.toMatchObject({
      tag: 'invalid',
      errors: [{ path: '/email' }, { path: '/name' }, { path: '/timeZone' }],
    });
  });
});

describe('what is stored', () => {
  test('holds no token, link or session that could be used', async () => {
    const ground = await testGround();
    const { user, apiToken, signInUrl } = await addUser(ground, ADA);
    const session = await openSession(ground.table, user.id, NOON);
    const stored = await everythingIn(ground);
    expect(stored).toContain('TOKEN#');
    for (const secret of [apiToken, apiToken.replace('hw_', ''), signInUrl.split('/').at(-1), session]) {
      expect(stored).not.toContain(secret);
    }
  });
});

describe('API tokens', () => {
  test('replaced, the earlier ones are worth nothing and the new one is', async () => {
    const ground = await testGround();
    const { user, token: first } = await testUser(ground, 'Ada');
    const { token: second } = await testUser(ground, 'Ada');
    const other = await testUser(ground, 'Eve');
    const third = await replaceTokens(ground.table, user.id, NOON);
    expect(await findTokenUser(ground.table, first)).toBeUndefined();
    expect(await findTokenUser(ground.table, second)).toBeUndefined();
    expect(await findTokenUser(ground.table, third ?? '')).toMatchObject({ id: user.id });
    expect(await findTokenUser(ground.table, other.token)).toEqual(other.user);
    expect((await testUser(ground, 'Ada')).token).not.toBe(third);
  });

  test('are none of a user who is not there, and no text is one', async () => {
    const ground = await testGround();
    await testUser(ground, 'Ada');
    expect(await replaceTokens(ground.table, 'usr_none', NOON)).toBeNull();
    expect(await findUser(ground.table, 'usr_none')).toBeUndefined();
    for (const text of ['', 'hw_', 'hw_x', '#', 'TOKEN']) {
      expect(await findTokenUser(ground.table, text)).toBeUndefined();
    }
  });
});

describe('a sign-in link', () => {
  test('signs in once, and leads where it was asked from', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    const link = await issueSignIn(ground.table, user.id, '/friends', NOON);
    expect(await takeSignIn(ground.table, link, NOON)).toEqual({ userId: user.id, returnTo: '/friends' });
    expect(await takeSignIn(ground.table, link, NOON)).toBeNull();
    expect(await peekSignIn(ground.table, link, NOON)).toBeUndefined();
  });

  test('looked at, it is not used up', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    const link = await issueSignIn(ground.table, user.id, '/', NOON);
    expect(await peekSignIn(ground.table, link, NOON)).toEqual(user);
    expect(await peekSignIn(ground.table, link, NOON)).toEqual(user);
    expect(await takeSignIn(ground.table, link, NOON)).not.toBeNull();
  });

  test('lasts ten minutes', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    const early = await issueSignIn(ground.table, user.id, '/', NOON);
    const late = await issueSignIn(ground.table, user.id, '/', NOON);
    expect(await peekSignIn(ground.table, late, new Date('2026-11-23T12:09:59.999Z'))).toEqual(user);
    expect(await takeSignIn(ground.table, early, new Date('2026-11-23T12:09:59.999Z'))).not.toBeNull();
    expect(await peekSignIn(ground.table, late, new Date('2026-11-23T12:10:00.000Z'))).toBeUndefined();
    expect(await takeSignIn(ground.table, late, new Date('2026-11-23T12:10:00.000Z'))).toBeNull();
  });

  test('used by five at once, it signs one in', async () => {
    const ground = await testGround();
    const link = await issueSignIn(ground.table, 'usr_1', '/', NOON);
    const taken = await Promise.all(Array.from({ length: 5 }, () => takeSignIn(ground.table, link, NOON)));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  test('that was never made is none', async () => {
    const ground = await testGround();
    expect(await takeSignIn(ground.table, 'nothing', NOON)).toBeNull();
    expect(await peekSignIn(ground.table, '', NOON)).toBeUndefined();
  });
});

describe('a session', () => {
  test('left alone ends after 60 days', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    const session = await openSession(ground.table, user.id, NOON);
    expect(await findSessionUser(ground.table, session, NOON)).toEqual(user);
    expect(await findSessionUser(ground.table, session, noon({ days: 60 }))).toBeUndefined();
  });

  test('that is used goes on', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    const session = await openSession(ground.table, user.id, NOON);
    expect(await findSessionUser(ground.table, session, noon({ days: 59 }))).toEqual(user);
    expect(await findSessionUser(ground.table, session, noon({ days: 118 }))).toEqual(user);
    expect(await findSessionUser(ground.table, session, noon({ days: 178 }))).toBeUndefined();
  });

  test('that ended or was closed is not brought back by being used', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    const session = await openSession(ground.table, user.id, NOON);
    expect(await findSessionUser(ground.table, session, noon({ days: 61 }))).toBeUndefined();
    expect(await findSessionUser(ground.table, session, NOON)).toEqual(user);
    await closeSession(ground.table, session);
    expect(await findSessionUser(ground.table, session, NOON)).toBeUndefined();
    await closeSession(ground.table, session);
  });
});

describe('a user', () => {
  test('changes name and zone, and nobody else does', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    const changed = { name: 'Countess', timeZone: 'Asia/Kathmandu' };
    expect(await updateUser(ground.table, user.id, changed)).toEqual({ ...user, ...changed });
    expect(await updateUser(ground.table, 'usr_none', changed)).toBeNull();
    expect(await findUser(ground.table, 'usr_none')).toBeUndefined();
  });

  test('revokes the bookmarklets made so far', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    const { user: eve } = await testUser(ground, 'Eve');
    const key = bookmarkletKey(ground, user);
    expect(isBookmarkletKey(ground, user, key)).toBe(true);
    expect(isBookmarkletKey(ground, eve, key)).toBe(false);
    await raiseBookmarkletSerial(ground.table, user.id);
    const now = await findUser(ground.table, user.id);
    expect(now && isBookmarkletKey(ground, now, key)).toBe(false);
    expect(now && isBookmarkletKey(ground, now, bookmarkletKey(ground, now))).toBe(true);
  });
});

describe('the name of a secret address', () => {
  test.each([
    ['k3v9@hallway.example', 'k3v9'],
    ['K3V9+News.Letters@Hallway.Example', 'k3v9'],
    ['k3v9@elsewhere.example', null],
    ['k3v9@sub.hallway.example', null],
    ['k3v9@hallway.example@elsewhere.example', null],
    ['+x@hallway.example', null],
    ['k3v9', null],
    ['', null],
  ])('%s: %s', (address, name) => {
    expect(ingestName(address, 'hallway.example')).toBe(name);
  });
});
