import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, inject, test } from 'vitest';
import {
  addUser,
  bookmarkletKey,
  ingestAddress,
  isBookmarkletKey,
} from '../../functions/accounts/accounts.ts';
import { deviceOf } from '../../functions/accounts/device.ts';
import { ingestName } from '../../functions/accounts/ingest.ts';
import {
  closeSession,
  endSession,
  endSessions,
  findSessionUser,
  findTokenUser,
  findUser,
  findUserByEmail,
  findUserByIngest,
  issueSignIn,
  issueToken,
  listSessions,
  listTokens,
  openSession,
  peekSignIn,
  raiseBookmarkletSerial,
  replaceTokens,
  revokeToken,
  sessionId,
  takeSignIn,
  updateUser,
} from '../../functions/accounts/store.ts';
import { strangersName } from '../../functions/accounts/user.ts';
import { hashToken } from '../../functions/platform/ids.ts';
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

describe('the list of API tokens', () => {
  test('names each, with the day of its last use, the newest first', async () => {
    const ground = await testGround();
    const { user, token } = await testUser(ground, 'Ada');
    const robot = await issueToken(ground.table, user, noon({ days: 1 }), 'Robot');
    await findTokenUser(ground.table, token, noon({ days: 2 }));
    await findTokenUser(ground.table, token, noon({ days: 3, ms: -1 }));
    expect(await listTokens(ground.table, user)).toEqual([
      { id: hashToken(robot), name: 'Robot', createdAt: '2026-11-24T12:00:00.000Z' },
      {
        id: hashToken(token),
        name: 'npm run user',
        createdAt: '2026-11-23T12:00:00.000Z',
        usedOn: '2026-11-26',
      },
    ]);
  });

  test('one is revoked, by its user alone, and the others go on', async () => {
    const ground = await testGround();
    const { user, token } = await testUser(ground, 'Ada');
    const { user: eve } = await testUser(ground, 'Eve');
    const robot = await issueToken(ground.table, user, NOON, 'Robot');
    for (const [who, id] of [
      [eve.id, hashToken(robot)],
      [user.id, 'x'],
      [user.id, ''],
      [user.id, hashToken('hw_none')],
    ] as const) {
      expect(await revokeToken(ground.table, who, id)).toBe(false);
    }
    expect(await findTokenUser(ground.table, robot)).toEqual(user);
    expect(await revokeToken(ground.table, user.id, hashToken(robot))).toBe(true);
    expect(await findTokenUser(ground.table, robot)).toBeUndefined();
    expect(await findTokenUser(ground.table, token)).toEqual(user);
    expect((await listTokens(ground.table, user)).map(({ name }) => name)).toEqual(['npm run user']);
  });

  test('a token of before there was a list works, and comes into it by being used', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    const old = { userId: user.id, serial: 1, createdAt: '2026-01-01T00:00:00.000Z' };
    await ground.table.put({ pk: `TOKEN#${hashToken('hw_old')}`, sk: 'TOKEN', ...old });
    expect(await findTokenUser(ground.table, 'hw_old', NOON)).toEqual(user);
    expect((await listTokens(ground.table, user)).at(-1)).toEqual({
      id: hashToken('hw_old'),
      name: '',
      createdAt: '2026-01-01T00:00:00.000Z',
      usedOn: '2026-11-23',
    });
  });

  test('a token that is revoked while it is used does not come back', async () => {
    const ground = await testGround();
    const { user, token } = await testUser(ground, 'Ada');
    await revokeToken(ground.table, user.id, hashToken(token));
    await findTokenUser(ground.table, token, NOON);
    expect(await listTokens(ground.table, user)).toEqual([]);
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

  test('ends after a year, however much it is used', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    const session = await openSession(ground.table, user.id, NOON);
    for (let days = 50; days < 365; days += 50) {
      expect(await findSessionUser(ground.table, session, noon({ days }))).toEqual(user);
    }
    expect(await findSessionUser(ground.table, session, noon({ days: 365, ms: -1 }))).toEqual(user);
    expect(await findSessionUser(ground.table, session, noon({ days: 365 }))).toBeUndefined();
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

describe('the list of sessions', () => {
  test('says what device, and the day of the last use; the last used first', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    const phone = await openSession(ground.table, user.id, NOON, 'Safari on iPhone');
    const desk = await openSession(ground.table, user.id, noon({ days: 2 }), 'Firefox on Linux');
    await findSessionUser(ground.table, phone, noon({ days: 3 }));
    expect(await listSessions(ground.table, user, noon({ days: 3 }))).toEqual([
      {
        id: sessionId(phone),
        device: 'Safari on iPhone',
        openedAt: '2026-11-23T12:00:00.000Z',
        usedAt: '2026-11-26T12:00:00.000Z',
      },
      {
        id: sessionId(desk),
        device: 'Firefox on Linux',
        openedAt: '2026-11-25T12:00:00.000Z',
        usedAt: '2026-11-25T12:00:00.000Z',
      },
    ]);
    expect(await listSessions(ground.table, user, noon({ days: 62 }))).toHaveLength(1);
    expect(await listSessions(ground.table, user, noon({ days: 63 }))).toEqual([]);
  });

  test('one is ended, by its user alone, and the others go on', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    const { user: eve } = await testUser(ground, 'Eve');
    const [one, other] = [
      await openSession(ground.table, user.id, NOON),
      await openSession(ground.table, user.id, NOON),
    ];
    expect(await endSession(ground.table, eve.id, sessionId(one))).toBe(false);
    expect(await endSession(ground.table, user.id, 'x')).toBe(false);
    expect(await findSessionUser(ground.table, one, NOON)).toEqual(user);
    expect(await endSession(ground.table, user.id, sessionId(one))).toBe(true);
    expect(await findSessionUser(ground.table, one, NOON)).toBeUndefined();
    expect(await findSessionUser(ground.table, other, NOON)).toEqual(user);
  });

  test('all are ended at once, those too of before there was a list', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    const { user: eve } = await testUser(ground, 'Eve');
    const eves = await openSession(ground.table, eve.id, NOON);
    const mine = await openSession(ground.table, user.id, NOON);
    const old = {
      userId: user.id,
      expiresAt: '2027-01-01T00:00:00.000Z',
      renewAt: '2026-11-24T00:00:00.000Z',
    };
    await ground.table.put({ pk: `SESSION#${hashToken('old')}`, sk: 'SESSION', ...old });
    expect(await findSessionUser(ground.table, 'old', NOON)).toEqual(user);
    await endSessions(ground.table, user.id);
    for (const token of [mine, 'old']) {
      expect(await findSessionUser(ground.table, token, NOON)).toBeUndefined();
    }
    expect(await findSessionUser(ground.table, eves, NOON)).toEqual(eve);
    const now = await findUser(ground.table, user.id);
    expect(now && (await listSessions(ground.table, now, NOON))).toEqual([]);
    const next = await openSession(ground.table, user.id, NOON);
    expect(await findSessionUser(ground.table, next, NOON)).toMatchObject({ id: user.id });
  });

  test('a session of before there was a list comes into it when its end is moved', async () => {
    const ground = await testGround();
    const { user } = await testUser(ground, 'Ada');
    const old = {
      userId: user.id,
      expiresAt: '2027-01-01T00:00:00.000Z',
      renewAt: '2026-11-23T00:00:00.000Z',
    };
    await ground.table.put({ pk: `SESSION#${hashToken('old')}`, sk: 'SESSION', ...old });
    expect(await listSessions(ground.table, user, NOON)).toEqual([]);
    expect(await findSessionUser(ground.table, 'old', NOON)).toEqual(user);
    expect(await listSessions(ground.table, user, NOON)).toMatchObject([
      { id: hashToken('old'), usedAt: '2026-11-23T12:00:00.000Z' },
    ]);
  });
});

describe('the device of a session', () => {
  const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)';
  test.each([
    [`${MAC} Version/18.1 Safari/605.1.15`, 'Safari on a Mac'],
    [`${MAC} Chrome/142.0.0.0 Safari/537.36`, 'Chrome on a Mac'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0',
      'Edge on Windows',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/142.0 Mobile Safari/604.1',
      'Chrome on iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    ['curl/8.5.0', ''],
    ['<script>alert(1)</script> Firefox/1', 'Firefox'],
    [`${'x'.repeat(100_000)} Firefox/1`, ''],
    ['', ''],
    [undefined, ''],
  ])('%j: %s', (agent, device) => {
    expect(deviceOf(agent)).toBe(device);
  });
});

describe('the name of somebody nobody knows', () => {
  test.each([
    'Ada',
    'Ada Lovelace',
    'J. R. R. Tolkien',
    "Dr. O'Neill",
    'María José',
    '李小龍',
    'Ada B.',
    'X Æ A-12',
  ])('%s is one', (name) => expect(strangersName.safeParse(name).success).toBe(true));
  test.each([
    'ada@evil.example',
    'Ada @home',
    'https://evil.example',
    'Win at www.evil',
    'evil.example',
    'Cheap pills bit.ly/x',
    'пример.рф',
    'Ada\nLovelace',
    '',
  ])('%j is none', (name) => expect(strangersName.safeParse(name).success).toBe(false));
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
