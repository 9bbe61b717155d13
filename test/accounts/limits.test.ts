import { describe, expect, test } from 'vitest';
import { countOne, LIMITS, Meter, requestsPerMinute } from '../../functions/accounts/limits/limits.ts';
import { NOON, testGround } from '../ground.ts';

describe('a limit that is counted in the table', () => {
  test('lets so many through in a window, says for how long it is over, and begins anew', async () => {
    const ground = await testGround();
    const limit = LIMITS.invitations;
    for (let n = 0; n < limit.most; n++) await countOne(ground, limit, 'usr_1');
    await expect(countOne(ground, limit, 'usr_1')).rejects.toMatchObject({
      tag: 'too-many',
      extra: { retryAfter: 12 * 3600 },
    });
    await countOne(ground, limit, 'usr_2');
    ground.setClock('2026-11-24T00:00:00.000Z');
    await countOne(ground, limit, 'usr_1');
  });

  test('of twenty at once no more come through than it lets', async () => {
    const ground = await testGround();
    const tries = Array.from({ length: 20 }, () => countOne(ground, LIMITS.invitations, 'usr_1'));
    const done = await Promise.allSettled(tries);
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(LIMITS.invitations.most);
  });
});

describe('a meter', () => {
  const limit = requestsPerMinute(100);

  test('stops one user at the limit, until the minute is over, and nobody else', async () => {
    const { table } = await testGround();
    const meter = new Meter();
    for (let n = 0; n < 100; n++) await meter.count(table, limit, 'usr_1', NOON);
    await expect(meter.count(table, limit, 'usr_1', NOON)).rejects.toMatchObject({
      tag: 'too-many',
      extra: { retryAfter: 60 },
    });
    await meter.count(table, limit, 'usr_2', NOON);
    await meter.count(table, limit, 'usr_1', new Date('2026-11-23T12:01:00.000Z'));
  });

  test('writes to the table once for 25 requests', async () => {
    const { table } = await testGround();
    const meter = new Meter();
    const times = async () =>
      (await table.get({ pk: 'LIMIT#request#usr_1', sk: '2026-11-23T12:00:00.000Z' }))?.times;
    for (let n = 0; n < 24; n++) await meter.count(table, limit, 'usr_1', NOON);
    expect(await times()).toBeUndefined();
    await meter.count(table, limit, 'usr_1', NOON);
    expect(await times()).toBe(25);
    for (let n = 0; n < 24; n++) await meter.count(table, limit, 'usr_1', NOON);
    expect(await times()).toBe(25);
  });

  test('of several functions knows what the others counted', async () => {
    const { table } = await testGround();
    const meters = Array.from({ length: 4 }, () => new Meter());
    let through = 0;
    for (let n = 0; n < 400; n++) {
      const meter = meters[n % 4] as Meter;
      through += await meter.count(table, limit, 'usr_1', NOON).then(
        () => 1,
        () => 0,
      );
    }
    // Each may not have told the others of its last 25.
    expect(through).toBeGreaterThanOrEqual(100 - 25);
    expect(through).toBeLessThanOrEqual(100 + 4 * 25);
  });

  test('of 0 counts nothing', async () => {
    const { table } = await testGround();
    const meter = new Meter();
    for (let n = 0; n < 50; n++) await meter.count(table, requestsPerMinute(0), 'usr_1', NOON);
    expect(await table.get({ pk: 'LIMIT#request#usr_1', sk: '2026-11-23T12:00:00.000Z' })).toBeUndefined();
  });
});
