import { expect, test, vi } from 'vitest';
import { ingestAddress } from '../../functions/accounts/accounts.ts';
import { decodeNotification } from '../../functions/mail/notification.ts';
import { takeIn } from '../../functions/transfer/incoming.ts';
import { handOver, mailOf } from '../mails.ts';
import { adasDesk, browser } from './callers.ts';

const NOON = '2026-11-23T12:00:00.000Z';

async function adasSettings() {
  const ada = await adasDesk();
  const { ground, user, pages } = ada;
  const raw = mailOf({ From: 'ada@users.example', Subject: 'Engines' }, 'https://engines.example/one');
  return {
    ...ada,
    told: decodeNotification(await handOver(ground, [ingestAddress(ground, user)], raw)),
    settings: () => pages.get('/settings'),
  };
}

/** Once it was long enough: before that, another try is on its way. */
const expectWayOn = async (
  { ground, pages, settings }: Awaited<ReturnType<typeof adasSettings>>,
  meanwhile: string,
  mend: () => void,
) => {
  ground.setClock('2026-11-23T12:09:59.999Z');
  const before = await settings();
  expect(before.text).toContain(meanwhile);
  expect(before.text).not.toContain('Read it again');
  ground.setClock('2026-11-23T12:10:00.001Z');
  const page = await settings();
  expect(page.text).toContain('Hallway did not come to the end of it.');
  const path = /\/settings\/mail\/mail_\w+/.exec(page.text)?.[0] ?? '';
  mend();
  expect((await pages.send(page, path, {}, 'accept')).status).toBe(303);
  const after = await settings();
  expect(after.text).toMatch(/<a href="\/articles\/art_\w+"><bdi>Engines<\/bdi><\/a>/);
  expect(after.text).not.toContain('Read it again');
};

test('a mail that could not be opened stands under Settings, and can be tried again', async () => {
  const ada = await adasSettings();
  ada.ground.setClock(NOON);
  const away = vi.spyOn(ada.ground.objects, 'get').mockRejectedValue(new Error('no objects'));
  await expect(takeIn(ada.ground, ada.told)).rejects.toThrow('no objects');
  await expectWayOn(ada, 'Hallway could not open it yet, and tries again.', () => away.mockRestore());
});

test('a mail that was cut off stands under Settings, and can be read again', async () => {
  const ada = await adasSettings();
  ada.ground.setClock(NOON);
  const { update } = ada.ground.table;
  const cut = vi.spyOn(ada.ground.table, 'update').mockImplementation((key, ...rest) => {
    if (key.sk.startsWith('ARRIVAL#')) throw new Error('the table is away');
    return update.call(ada.ground.table, key, ...rest);
  });
  await expect(takeIn(ada.ground, ada.told)).rejects.toThrow('the table is away');
  await expectWayOn(ada, 'Hallway is reading it.', () => cut.mockRestore());
});

test('a page’s text that comes after the sign-in ran out is not handed on to the sign-in', async () => {
  const { app } = await adasDesk();
  const values = { url: 'https://ridge.example/dark', title: 'Dark', selection: 'the ridge' };
  const html = '<p>What only members read.</p>';
  const { status, text } = await browser(app).post('/save', { ...values, html });
  expect(status).toBe(401);
  expect(text).not.toContain('members');
  const kept = /data-keep="([^"]*)"/.exec(text)?.[1]?.replaceAll('&quot;', '"');
  expect(JSON.parse(kept ?? '')).toEqual({ ...values, missing: 'signed-out' });
});
