import { describe, expect, test } from 'vitest';
import { ingestAddress } from '../../functions/accounts/accounts.ts';
import { findUser } from '../../functions/accounts/store.ts';
import { addFriend } from '../../functions/friends/friends.ts';
import { decodeNotification } from '../../functions/mail/notification.ts';
import { takeIn } from '../../functions/transfer/incoming.ts';
import { listArrivals } from '../../functions/transfer/store.ts';
import { fixture, handOver, mailOf } from '../mails.ts';
import { adasDesk } from './callers.ts';

/** Ada at her desk, and the way in for mail to her. */
async function adasSettings() {
  const ada = await adasDesk();
  const { ground, user, pages } = ada;
  return {
    ...ada,
    async arrives(raw: string, verdicts = {}) {
      const message = await handOver(ground, [ingestAddress(ground, user)], raw, verdicts);
      await takeIn(ground, decodeNotification(message));
      const [newest] = await listArrivals(ground.table, user.id, ground.clock(), 1);
      return `/settings/mail/${newest?.id}`;
    },
    settings: () => pages.get('/settings'),
  };
}

const own = (text: string, headers: Record<string, string> = {}) =>
  mailOf({ From: 'ada@users.example', Subject: 'Fwd: Engines', ...headers }, text);
const eves = () =>
  mailOf({ From: 'Eve <eve@evil.example>', Subject: 'For <b>you</b>' }, 'https://evil.example/one');

describe('Settings', () => {
  test('says where to send mail, and nothing of mail before there is some', async () => {
    const { settings, ground, user } = await adasSettings();
    const { text } = await settings();
    expect(text).toContain(`value="${ingestAddress(ground, user)}"`);
    expect(text).toContain('<bdi>ada@users.example</bdi> is let in');
    expect(text).not.toContain('Held at the door');
    expect(text).not.toContain('What came by email');
  });

  test('gives a new address in place of the old one', async () => {
    const { settings, pages, ground, user } = await adasSettings();
    const answer = await pages.send(await settings(), '/settings/address');
    expect([answer.status, answer.to]).toEqual([303, '/settings#by-email']);
    const { text } = await settings();
    expect(text).not.toContain(ingestAddress(ground, user));
    const now = await findUser(ground.table, user.id);
    expect(text).toContain(now && ingestAddress(ground, now));
  });

  test('leads to what a mail became, and to the draft', async () => {
    const { settings, arrives, ground, user } = await adasSettings();
    await addFriend(ground, user, { name: 'Grace Hopper' });
    await arrives(own('@grace\r\n\r\nThink of you.\r\n\r\nhttps://engines.example/one'));
    const { text } = await settings();
    expect(text).toMatch(/<a href="\/articles\/art_\w+"><bdi>Engines<\/bdi><\/a>/);
    expect(text).toContain('Kept. A draft for Grace Hopper waits under Notes.');
  });

  test('keeps words that found no friend', async () => {
    const { settings, arrives } = await adasSettings();
    await arrives(own('@grace\r\n\r\nThink of <you>.\r\n\r\nhttps://engines.example/one'));
    const { text } = await settings();
    expect(text).toContain('Hallway could not tell who Grace is. Your words:');
    expect(text).toContain('Think of &lt;you&gt;.');
  });

  test('says why a mail became nothing', async () => {
    const { settings, arrives, pages } = await adasSettings();
    const path = await arrives(own('Only words.'));
    expect((await settings()).text).toContain('No article found.');
    await pages.send(await settings(), path, {}, 'discard');
    expect((await settings()).text).not.toContain('No article found.');
  });

  test('shows a confirmation as words, and no way to press it', async () => {
    const { settings, arrives } = await adasSettings();
    await arrives(fixture('confirmation-gmail-english'));
    const { text } = await settings();
    expect(text).toContain('Gmail asks whether it may forward your mail to here.');
    expect(text).toContain('<code class="all">152430985</code>');
    expect(text).toContain('https://mail-settings.google.com/mail/vf-');
    expect(text).not.toMatch(/(?:href|src|action)="[^"]*google/);
  });
});

describe('a mail that is held', () => {
  test('is let in', async () => {
    const { settings, arrives, pages, api } = await adasSettings();
    const path = await arrives(eves());
    const page = await settings();
    expect(page.text).toContain('<bdi>eve@evil.example</bdi>');
    expect(page.text).toContain('For &lt;b&gt;you&lt;/b&gt;');
    expect((await api('GET', '/articles')).json.items).toEqual([]);

    expect((await pages.send(page, path, {}, 'accept')).status).toBe(303);
    expect((await api('GET', '/articles')).json.items).toMatchObject([
      { url: 'https://evil.example/one', savedBy: 'mail' },
    ]);
    // Pressed on a page of before, it is done already.
    for (const does of ['accept', 'discard']) await pages.send(page, path, {}, does);
    expect((await settings()).text).toContain('What came by email');
    expect((await settings()).text).not.toContain('Held at the door');
  });

  test('is let in with all its sender sends, until that is taken back', async () => {
    const { settings, arrives, pages } = await adasSettings();
    const path = await arrives(eves());
    await pages.send(await settings(), path, {}, 'always');
    await arrives(eves());
    const page = await settings();
    expect(page.text).not.toContain('Held at the door');
    const forget = /\/settings\/senders\/[\w-]+\/forget/.exec(page.text)?.[0] ?? '';
    expect((await pages.send(page, forget)).status).toBe(303);
    expect((await pages.post(forget)).status).toBe(404);
    await arrives(eves());
    expect((await settings()).text).toContain('Held at the door');
  });

  test('is thrown away', async () => {
    const { settings, arrives, pages } = await adasSettings();
    const path = await arrives(eves());
    await pages.send(await settings(), path, {}, 'discard');
    expect((await settings()).text).not.toContain('eve@evil.example');
  });

  test('of a sender nobody vouches for is let in one by one', async () => {
    const { settings, arrives } = await adasSettings();
    await arrives(own('https://evil.example/one'), { dmarcVerdict: 'FAIL' });
    const { text } = await settings();
    expect(text).toContain('Nobody vouches that it is really from there.');
    expect(text).not.toContain('Always from this sender');
  });
});
