import { describe, expect, test } from 'vitest';
import { readMail } from '../../functions/mail/parse.ts';
import { authentication, isAutomatic, type Receipt } from '../../functions/mail/trust.ts';

const FROM = 'From: Ada Lovelace <ada@lovelace.example>\r\n';

const mail = (head: string, from = FROM) =>
  readMail(Buffer.from(`${head}${from}Subject: x\r\n\r\nHello.\r\n`));

/** As SES writes them above everything the sender wrote. */
const fromSes = (results: string) =>
  `Return-Path: <ada@lovelace.example>\r\nReceived: from mx by inbound-smtp.eu-west-1.amazonaws.com\r\nAuthentication-Results: amazonses.com;\r\n ${results};\r\nX-SES-RECEIPT: AEFB\r\n`;

const SPF = (domain: string) =>
  `spf=pass (spfCheck: domain of ${domain} designates 192.0.2.1 as permitted sender) client-ip=192.0.2.1; envelope-from=ada@${domain}; helo=mx.${domain}`;
const DKIM = (domain: string) => `dkim=pass header.i=@${domain}`;
const DMARC = (domain: string) => `dmarc=pass header.from=${domain}`;

const receipt = (spf: string, dkim: string, dmarc: string): Receipt => ({
  spfVerdict: { status: spf },
  dkimVerdict: { status: dkim },
  dmarcVerdict: { status: dmarc },
});

const unproven = { believed: false, why: 'unproven' };

describe('a sender is believed', () => {
  test('by a DMARC pass of the receipt', async () => {
    expect(authentication(await mail(''), receipt('FAIL', 'PASS', 'PASS'))).toEqual({
      believed: true,
      by: 'dmarc',
    });
  });

  test.each([
    ['DMARC', DMARC('lovelace.example'), 'dmarc'],
    ['DKIM of their domain', DKIM('lovelace.example'), 'dkim'],
    ['DKIM of a part of their domain', DKIM('mail.lovelace.example'), 'dkim'],
    ['SPF of their domain', SPF('bounces.lovelace.example'), 'spf'],
    [
      'DKIM, not of the service that signs too',
      `${DKIM('amazonses.com')};\r\n ${DKIM('lovelace.example')}`,
      'dkim',
    ],
  ])('by SES’s own results: %s', async (_, results, by) => {
    expect(authentication(await mail(fromSes(results)))).toEqual({ believed: true, by });
    expect(
      authentication(await mail(fromSes(results)), receipt('PASS', 'PASS', by === 'dmarc' ? 'PASS' : 'GRAY')),
    ).toEqual({
      believed: true,
      by,
    });
  });
});

describe('a sender is not believed', () => {
  test.each([
    ['without results', ''],
    ['by somebody else’s DKIM', fromSes(DKIM('evil.example'))],
    ['by somebody else’s SPF', fromSes(SPF('evil.example'))],
    [
      'by another domain under the same suffix',
      fromSes(DKIM('eve.github.io')),
      'From: ada@ada.github.io\r\n',
    ],
    ['by DKIM that failed', fromSes('dkim=fail header.i=@lovelace.example')],
    [
      'by results of another server',
      `Authentication-Results: mx.lovelace.example; ${DKIM('lovelace.example')}\r\n`,
    ],
    [
      'by results below SES’s own',
      `${fromSes('spf=none; dkim=none')}Authentication-Results: amazonses.com; ${DMARC('lovelace.example')}\r\n`,
    ],
    [
      'by results below SES’s receipt, where SES wrote none',
      `X-SES-RECEIPT: AEFB\r\nAuthentication-Results: amazonses.com; ${DMARC('lovelace.example')}\r\n`,
    ],
    ['by words in a comment', fromSes('spf=fail (dmarc=pass header.from=lovelace.example; x)')],
    [
      'by an envelope that says more than an address',
      fromSes(
        'spf=pass client-ip=192.0.2.1; envelope-from="x; dkim=pass header.i=@lovelace.example "@evil.example',
      ),
    ],
    [
      'by a greeting that says more than a name',
      fromSes(
        'spf=pass client-ip=192.0.2.1; envelope-from=eve@evil.example; helo=x;envelope-from=ada@lovelace.example',
      ),
    ],
    [
      'by a greeting that gives DKIM another domain',
      fromSes(`spf=none; helo=x;dkim=pass;header.i=@lovelace.example;\r\n ${DKIM('evil.example')}`),
    ],
  ])('%s', async (_, head, from = FROM) => {
    expect(authentication(await mail(head, from))).toEqual(unproven);
  });

  test('by SPF and DKIM of the receipt alone: they do not say whose they are', async () => {
    expect(authentication(await mail(''), receipt('PASS', 'PASS', 'GRAY'))).toEqual(unproven);
  });

  test('by a header that the receipt denies', async () => {
    const head = fromSes(`${DKIM('lovelace.example')}; ${DMARC('lovelace.example')}`);
    expect(authentication(await mail(head), receipt('PASS', 'FAIL', 'GRAY'))).toEqual(unproven);
  });

  test('if their domain disowns the mail', async () => {
    const disowned = { believed: false, why: 'dmarc' };
    const dkim = await mail(fromSes(DKIM('lovelace.example')));
    expect(authentication(dkim, receipt('PASS', 'PASS', 'FAIL'))).toEqual(disowned);
    const both = fromSes(`${DKIM('lovelace.example')}; dmarc=fail header.from=lovelace.example`);
    expect(authentication(await mail(both))).toEqual(disowned);
  });

  test('if there is not one', async () => {
    const two = await mail(fromSes(DMARC('lovelace.example')), `${FROM}From: eve@evil.example\r\n`);
    expect(authentication(two, receipt('PASS', 'PASS', 'PASS'))).toEqual({ believed: false, why: 'sender' });
  });
});

describe('nobody answers', () => {
  test.each([
    'Auto-Submitted: auto-replied',
    'Auto-Submitted: auto-generated; type=x',
    'Auto-Submitted: Auto-Notified',
    'Precedence: bulk',
    'Precedence: List',
    'Precedence: junk',
    'Precedence: auto_reply',
    'List-Id: <letters.example>',
    'List-Unsubscribe: <https://letters.example/u>',
    'Feedback-ID: 1:letters',
    'Return-Path: <>',
    'X-Auto-Response-Suppress: All',
    'X-Auto-Response-Suppress: DR, OOF, AutoReply',
    'X-Autoreply: yes',
    'X-Failed-Recipients: grace@hopper.example',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
  ])('%s', async (header) => {
    expect(isAutomatic(await mail(`${header}\r\n`))).toBe(true);
  });

  test.each([
    'MAILER-DAEMON@mx.example',
    'postmaster@mx.example',
    'no-reply@shop.example',
    'noreply+1@shop.example',
    'donotreply@shop.example',
    'updates-noreply@shop.example',
    'owner-letters@lists.example',
    'letters-request@lists.example',
    'bounces+1@lists.example',
  ])('%s', async (address) => {
    expect(isAutomatic(await mail('', `From: ${address}\r\n`))).toBe(true);
  });

  test.each([
    'Automatic reply: Swifts',
    'Out of Office: Swifts',
    'Abwesenheitsnotiz',
    'Réponse automatique : x',
    'Autosvar: x',
  ])('"%s"', async (subject) => {
    const raw = Buffer.from(`${FROM}Subject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=\r\n\r\n`);
    expect(isAutomatic(await readMail(raw))).toBe(true);
  });

  test('but a person gets an answer', async () => {
    for (const head of [
      '',
      'Auto-Submitted: no\r\n',
      'Precedence: normal\r\n',
      'X-Auto-Response-Suppress: DR, RN\r\n',
    ]) {
      expect(isAutomatic(await mail(head))).toBe(false);
    }
    for (const address of ['noreen@example.org', 'bounceback@example.org', 'postmaster.jones@example.org']) {
      expect(isAutomatic(await mail('', `From: ${address}\r\n`))).toBe(false);
    }
  });
});
