import PostalMime from 'postal-mime';
import { expect, test, vi } from 'vitest';
import { addUser, ingestAddress } from '../../functions/accounts/accounts.ts';
import { listArticles } from '../../functions/articles/store.ts';
import { decodeNotification } from '../../functions/mail/notification.ts';
import { log } from '../../functions/platform/log.ts';
import { acceptArrival, takeIn, throwAway } from '../../functions/transfer/incoming.ts';
import { listArrivals } from '../../functions/transfer/store.ts';
import { testGround } from '../ground.ts';
import { handOver, mailOf } from '../mails.ts';

/** Ada, and what stands under her Settings. */
async function adasDoor() {
  const ground = await testGround();
  const add = async (name: string) => {
    const email = `${name.toLowerCase()}@users.example`;
    const { user } = await addUser(ground, { email, name, timeZone: 'Europe/London' });
    return { user, to: ingestAddress(ground, user) };
  };
  const ada = await add('Ada');
  const arrivalsOf = (userId: string) => listArrivals(ground.table, userId, ground.clock(), 100);
  return {
    ground,
    add,
    ...ada,
    arrivalsOf,
    arrivals: () => arrivalsOf(ada.user.id),
    outcomes: async () => (await arrivalsOf(ada.user.id)).map(({ outcome }) => outcome),
    articles: async () => (await listArticles(ground.table, ada.user.id, { limit: 100 })).items,
    told: async (raw = own(), recipients = [ada.to], verdicts = {}) =>
      decodeNotification(await handOver(ground, recipients, raw, verdicts)),
    /** The mails that are kept cannot be had. */
    withoutObjects: () => vi.spyOn(ground.objects, 'get').mockRejectedValue(new Error('no objects')),
  };
}

const own = (headers: Record<string, string> = {}) =>
  mailOf({ From: 'ada@users.example', Subject: 'Engines', ...headers }, 'https://engines.example/one');

test('a mail that cannot be opened is recorded, however often it is tried', async () => {
  const { told, withoutObjects, arrivals, ground } = await adasDoor();
  const mail = await told();
  withoutObjects();
  await expect(takeIn(ground, mail)).rejects.toThrow('no objects');
  await expect(takeIn(ground, mail)).rejects.toThrow('no objects');
  expect(await arrivals()).toMatchObject([
    { from: 'bounces@mail.example', expiresAt: '2026-12-23T12:00:00.000Z', outcome: { kind: 'unopened' } },
  ]);
});

test('it gives way to what becomes of the mail, once it can be opened', async () => {
  const { told, withoutObjects, outcomes, articles, ground } = await adasDoor();
  const mail = await told();
  const away = withoutObjects();
  await expect(takeIn(ground, mail)).rejects.toThrow('no objects');
  away.mockRestore();
  await takeIn(ground, mail);
  await takeIn(ground, mail);
  expect(await outcomes()).toMatchObject([{ kind: 'saved' }]);
  expect(await articles()).toHaveLength(1);
  expect(await ground.mailbox()).toHaveLength(1);
});

test('when nobody tries any more, the user does, and it is looked at as if it came now', async () => {
  const { told, withoutObjects, arrivals, outcomes, user, ground } = await adasDoor();
  const mails = [await told(), await told(own(), undefined, { dmarcVerdict: 'FAIL' })];
  const away = withoutObjects();
  for (const mail of mails) await expect(takeIn(ground, mail)).rejects.toThrow('no objects');
  for (const { id } of await arrivals()) {
    await expect(acceptArrival(ground, user, id, false)).rejects.toThrow('no objects');
  }
  away.mockRestore();
  for (const { id } of await arrivals()) await acceptArrival(ground, user, id, false);
  expect(new Set((await outcomes()).map(({ kind }) => kind))).toEqual(new Set(['saved', 'held']));
  // They sit at the page that says it.
  expect(await ground.mailbox()).toEqual([]);
});

test('it can be thrown away, and what was deleted meanwhile is said to be gone', async () => {
  const { told, withoutObjects, arrivals, outcomes, user, ground } = await adasDoor();
  const away = withoutObjects();
  for (let count = 0; count < 2; count++) {
    await expect(takeIn(ground, await told())).rejects.toThrow('no objects');
  }
  away.mockResolvedValue('gone');
  const [first, second] = await arrivals();
  await throwAway(ground, user.id, first?.id ?? '');
  await acceptArrival(ground, user, second?.id ?? '', false);
  expect(await outcomes()).toEqual([{ kind: 'refused', because: 'gone' }]);
});

test('a mail that fails for one user is taken in for the others', async () => {
  const { told, add, to, user, arrivalsOf, ground } = await adasDoor();
  const grace = await add('Grace');
  const { transact } = ground.table;
  const failing = vi.spyOn(ground.table, 'transact').mockImplementation((writes) => {
    if (JSON.stringify(writes).includes(user.id)) throw new Error('the table is away');
    return transact.call(ground.table, writes);
  });
  const mail = await told(own(), [to, grace.to]);
  await expect(takeIn(ground, mail)).rejects.toThrow('the table is away');
  expect(await arrivalsOf(grace.user.id)).toMatchObject([{ outcome: { kind: 'held', because: 'unknown' } }]);
  failing.mockRestore();
  await takeIn(ground, mail);
  expect(await arrivalsOf(user.id)).toMatchObject([{ outcome: { kind: 'saved' } }]);
  expect(await arrivalsOf(grace.user.id)).toHaveLength(1);
});

test('one whose friends cannot be looked for is kept, and the answer does not say that nobody fits', async () => {
  const { told, outcomes, articles, ground } = await adasDoor();
  const { all } = ground.table;
  vi.spyOn(ground.table, 'all').mockImplementation((range, ...rest) => {
    if (range.prefix.startsWith('SUGGESTION#')) throw new Error('the table is away');
    return all.call(ground.table, range, ...rest);
  });
  await takeIn(ground, await told());
  expect(await outcomes()).toMatchObject([{ kind: 'saved', title: 'Engines' }]);
  expect(await articles()).toHaveLength(1);
  const [mail] = await ground.mailbox();
  const { text: said } = await PostalMime.parse(Buffer.from(mail?.raw ?? '', 'base64'));
  expect(said).toContain('Hallway still looks for whom it could be for.');
  expect(said).not.toContain('Nobody comes to mind.');
});

test('a Message-ID that was used before hides no mail', async () => {
  const { told, outcomes, articles, ground } = await adasDoor();
  const id = { 'Message-ID': '<engines@mail.example>' };
  // A stranger guesses it, and is first; then again, as if from Ada.
  await takeIn(ground, await told(own({ ...id, From: 'eve@evil.example' })));
  await takeIn(ground, await told(own(id), undefined, { dmarcVerdict: 'FAIL' }));
  const mail = await told(own(id));
  await takeIn(ground, mail);
  await takeIn(ground, mail);
  expect(await outcomes()).toMatchObject([
    { kind: 'saved' },
    { kind: 'held', because: 'unproven' },
    { kind: 'held', because: 'unknown' },
  ]);
  expect(await articles()).toHaveLength(1);
});

test('mail for nobody is counted, also beside somebody’s, and leaves nothing else', async () => {
  const { told, to, arrivals, ground } = await adasDoor();
  const warned = vi.spyOn(log, 'warn');
  await takeIn(ground, await told(own(), ['in-nobody@hallway.localhost', 'ada@elsewhere.example']));
  expect(warned).toHaveBeenLastCalledWith('mail for nobody', { recipients: 2 });
  expect(await arrivals()).toEqual([]);
  await takeIn(ground, await told(own(), ['in-nobody@hallway.localhost', to]));
  expect(warned).toHaveBeenLastCalledWith('mail for nobody', { recipients: 1 });
  expect(await arrivals()).toHaveLength(1);
  warned.mockRestore();
});
