import { describe, expect, test } from 'vitest';
import { addUser, endAccount, ingestAddress } from '../../functions/accounts/accounts.ts';
import {
  endUser,
  findErasure,
  findSessionUser,
  findTokenUser,
  findUserByEmail,
  findUserByIngest,
  peekSignIn,
} from '../../functions/accounts/store.ts';
import { decodeNotification } from '../../functions/mail/notification.ts';
import { sendNote } from '../../functions/notes/queue.ts';
import { stopUrl } from '../../functions/notes/stop.ts';
import { tick } from '../../functions/notes/tick.ts';
import { findDue } from '../../functions/platform/due.ts';
import { eraseAccount } from '../../functions/transfer/erase-account.ts';
import { fileKey } from '../../functions/transfer/import.ts';
import { takeIn } from '../../functions/transfer/incoming.ts';
import { listArrivals } from '../../functions/transfer/store.ts';
import { linkToExport } from '../../functions/transfer/take-along.ts';
import { allItems, type TestGround } from '../ground.ts';
import { handOver, mailOf } from '../mails.ts';
import { ask, everything, formBody } from '../web/callers.ts';
import { adaAndMallory } from '../web/routes.ts';

/** Everything in the table that names a user, sessions and counts included. */
async function itemsOf(ground: TestGround, userId: string): Promise<Record<string, unknown>[]> {
  return (await allItems(ground))
    .filter((item) => JSON.stringify([...values(item)]).includes(userId))
    .sort((one, other) => (`${one.pk} ${one.sk}` < `${other.pk} ${other.sk}` ? -1 : 1));
}

/** Sets show as nothing in JSON. */
function* values(item: Record<string, unknown>): Generator<unknown> {
  for (const value of Object.values(item)) yield value instanceof Set ? [...value] : value;
}

const THREE_HOURS_ON = '2026-11-23T15:00:00.000Z';

describe('an account that is deleted', () => {
  test('is over at once: nothing lets in, no mail comes in, no letter leaves', async () => {
    const { app, ground, ada, mallory } = await adaAndMallory();
    const email = 'grace@friends.example';
    const friendId = (await ada.api('POST', '/friends', { name: 'Grace', email })).json.id;
    const note = { friendId, text: 'Two lamps.', moment: { kind: 'now' } };
    const { id } = (await ada.api('POST', '/notes', note)).json;
    const stop = stopUrl(ground, ada.user.id, id, email).split('/').at(-1);

    expect((await ada.api('DELETE', '/account')).status).toBe(204);
    expect((await ada.api('GET', '/friends')).status).toBe(401);
    expect((await ada.api('DELETE', '/account')).status).toBe(401);
    expect((await ada.pages.get('/')).to).toBe('/sign-in?return=%2F');
    const { table } = ground;
    expect(await findTokenUser(table, ada.token)).toBeUndefined();
    expect(await findSessionUser(table, ada.session, ground.clock())).toBeUndefined();
    expect(await peekSignIn(table, ada.desk.signIn, ground.clock())).toBeUndefined();
    expect(await findUserByIngest(table, ada.user.ingest)).toBeUndefined();
    expect(await findUserByEmail(table, ada.user.email)).toBeUndefined();

    ground.setClock('2026-11-23T12:00:30.000Z');
    await sendNote(ground, ada.user.id, id);
    expect(await ground.mailbox()).toEqual([]);
    const mail = mailOf({ From: ada.user.email, Subject: 'Late' }, 'https://late.example/');
    await takeIn(ground, decodeNotification(await handOver(ground, [ingestAddress(ground, ada.user)], mail)));
    await eraseAccount(ground, ada.user.id);
    expect(await listArrivals(table, ada.user.id, ground.clock(), 10)).toEqual([]);

    // Links in letters that left still stop them, and say nothing of who wrote.
    const one = await ask(app, `/stop/${stop}`, {
      method: 'POST',
      body: formBody({ 'List-Unsubscribe': 'One-Click' }),
    });
    expect(one.status).toBeLessThan(500);
    expect((await mallory.api('GET', '/friends')).status).toBe(200);
  });

  test('leaves nothing in the table and in the buckets, and takes nothing of anybody else', async () => {
    const { ground, ada, mallory } = await adaAndMallory();
    await linkToExport(ground, ada.user);
    const [held] = await listArrivals(ground.table, ada.user.id, ground.clock(), 1);
    const objects = [`exports/${ada.user.id}.json`, fileKey(ada.user.id, ada.desk.uploadId)];
    const mallorys = await itemsOf(ground, mallory.user.id);
    await endAccount(ground, ada.user.id);
    await eraseAccount(ground, ada.user.id);
    expect((await itemsOf(ground, ada.user.id)).map(({ sk }) => sk)).toEqual(['ERASURE']);
    ground.setClock(THREE_HOURS_ON);
    await eraseAccount(ground, ada.user.id);
    expect(await itemsOf(ground, ada.user.id)).toEqual([]);
    expect(await itemsOf(ground, mallory.user.id)).toEqual(mallorys);
    for (const key of objects) expect(await ground.files.get(key, 1e9)).toBe('gone');
    expect(await ground.objects.get(held?.objectKey ?? '', 1e9)).toBe('gone');
    expect(await ground.files.get(fileKey(mallory.user.id, mallory.desk.uploadId), 1e9)).toBeInstanceOf(
      Buffer,
    );
    const [mallorysMail] = await listArrivals(ground.table, mallory.user.id, ground.clock(), 1);
    expect(await ground.objects.get(mallorysMail?.objectKey ?? '', 1e9)).toBeInstanceOf(Buffer);
    // The address is free again.
    const again = await addUser(ground, { email: ada.user.email, name: 'Ada' });
    expect(again.user.id).not.toBe(ada.user.id);
  });

  test('killed at any step, it is found due and goes on to its end', async () => {
    const { ground, ada } = await adaAndMallory();
    await endAccount(ground, ada.user.id);
    for (let deletes = 1; await findErasure(ground.table, ada.user.id); deletes += 7) {
      let left = deletes;
      const table = new Proxy(ground.table, {
        get(target, name) {
          const value = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => {
            if (name === 'delete' && left-- <= 0) throw new Error('killed');
            return value.apply(target, args);
          };
        },
      });
      const [due] = await findDue(ground.table, ground.clock(), 10, 'other').then((all) =>
        all.filter(({ work }) => work === 'erase'),
      );
      expect(due?.id, `after ${deletes}`).toBe(ada.user.id);
      await eraseAccount({ ...ground, table }, ada.user.id).catch((error) =>
        expect(error.message).toBe('killed'),
      );
      ground.setClock(new Date(ground.clock().getTime() + 3 * 3600_000));
    }
    expect(await itemsOf(ground, ada.user.id)).toEqual([]);
  });

  test('is handed to its door by the clock, again and again', async () => {
    const { ground, ada } = await adaAndMallory();
    await endAccount(ground, ada.user.id);
    for (let hour = 0; hour < 12; hour++) {
      const told: string[] = [];
      const queue = {
        send: async (name: string, all: { id: string }[]) =>
          told.push(...all.map(({ id }) => `${name} ${id}`)),
      };
      await tick({ ...ground, queue: queue as never });
      expect(told, `hour ${hour}`).toContain(`import ${ada.user.id}`);
      ground.setClock(new Date(ground.clock().getTime() + 3600_000));
    }
  });

  test('what was written behind the first run goes with the second', async () => {
    const { ground, ada } = await adaAndMallory();
    await endAccount(ground, ada.user.id);
    await eraseAccount(ground, ada.user.id);
    await ground.table.put({ pk: `USER#${ada.user.id}`, sk: 'SUGGESTION#art_1#frd_1' });
    await ground.files.put(fileKey(ada.user.id, 'imp_late'), Buffer.from('late'));
    ground.setClock(THREE_HOURS_ON);
    await eraseAccount(ground, ada.user.id);
    expect(await itemsOf(ground, ada.user.id)).toEqual([]);
    expect(await ground.files.get(fileKey(ada.user.id, 'imp_late'), 10)).toBe('gone');
  });

  test('a mail that other users got, too, is theirs still', async () => {
    const { ground, ada, mallory } = await adaAndMallory();
    const addresses = [ada, mallory].map(({ user }) => ingestAddress(ground, user));
    const mail = mailOf({ From: 'both@senders.example', Subject: 'To both' }, 'https://both.example/');
    await takeIn(ground, decodeNotification(await handOver(ground, addresses, mail)));
    const [mallorys] = await listArrivals(ground.table, mallory.user.id, ground.clock(), 1);
    await endAccount(ground, ada.user.id);
    await eraseAccount(ground, ada.user.id);
    expect(mallorys?.subject).toBe('To both');
    expect(await ground.objects.get(mallorys?.objectKey ?? '', 1e9)).toBeInstanceOf(Buffer);
  });

  test('a user who is here is not erased, whoever asks', async () => {
    const { ground, ada } = await adaAndMallory();
    const before = await everything(ground);
    await eraseAccount(ground, ada.user.id);
    expect(await everything(ground)).toEqual(before);
    expect(await endUser(ground.table, { ...ada.user, ingest: 'another' }, ground.clock())).toBe(false);
    expect(await everything(ground)).toEqual(before);
  });
});

describe('the page', () => {
  test('says what stays, wants the address, and then lets nobody in', async () => {
    const { ground, ada } = await adaAndMallory();
    const page = await ada.pages.get('/settings/delete');
    expect(page.text).toContain('What stays');
    const wrong = await ada.pages.send(page, '/settings/delete', { email: 'mallory@users.example' });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('This is not the address of your account.');
    expect((await ada.api('GET', '/friends')).status).toBe(200);
    const done = await ada.pages.send(page, '/settings/delete', { email: ' ADA@users.example' });
    expect(done.status).toBe(200);
    expect(done.text).toContain('What stays');
    expect(done.headers.get('set-cookie')).toMatch(/^hallway=; Max-Age=0/);
    expect((await ada.pages.get('/settings')).status).toBe(303);
    expect(await findErasure(ground.table, ada.user.id)).toBeDefined();
  });
});
