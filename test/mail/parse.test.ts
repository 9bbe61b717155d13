import { describe, expect, test } from 'vitest';
import {
  MAX_DEPTH,
  MAX_HEADER_LINES,
  MAX_MAIL_BYTES,
  MAX_PARTS,
  readMail,
} from '../../functions/mail/parse.ts';

const HEAD =
  'From: Ada Lovelace <ada@lovelace.example>\r\nTo: save@in.hallway.example\r\nSubject: Swifts\r\n';

function mail(more: string, body = 'Hello.\r\n'): Buffer {
  return Buffer.from(`${HEAD}${more}\r\n${body}`);
}

const parts = (count: number) =>
  mail('Content-Type: multipart/mixed; boundary="b"\r\n', `${'--b\r\n\r\nx\r\n'.repeat(count)}--b--\r\n`);

describe('a mail', () => {
  test('becomes plain data', async () => {
    const raw = mail(
      'Date: Tue, 08 Sep 2026 09:45:12 +0200\r\nMessage-ID: <1@lovelace.example>\r\nAuto-Submitted: no\r\nX-Other: 1\r\n',
    );
    expect(await readMail(raw)).toStrictEqual({
      from: { name: 'Ada Lovelace', address: 'ada@lovelace.example' },
      to: [{ name: '', address: 'save@in.hallway.example' }],
      subject: 'Swifts',
      date: '2026-09-08T07:45:12.000Z',
      messageId: '<1@lovelace.example>',
      text: 'Hello.\n',
      html: '',
      attachments: [],
      headers: { 'auto-submitted': 'no' },
    });
  });

  test('says of its attachments only what they are called and how large they are', async () => {
    const content = Buffer.alloc(3_000, 'x').toString('base64');
    const raw = mail(
      'Content-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n',
      `${content}\r\n`,
    );
    const { attachments } = await readMail(raw);
    expect(attachments).toEqual([{ name: 'a.pdf', type: 'application/pdf', size: 3_000 }]);
  });

  test('holds the first mail attached to it, and not what is attached to that', async () => {
    const inner = (subject: string, rest: string) => `Subject: ${subject}\r\n${rest}`;
    const attach = (boundary: string, message: string) =>
      `Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n--${boundary}\r\nContent-Type: message/rfc822\r\n\r\n${message}\r\n--${boundary}--\r\n`;
    const raw = Buffer.from(HEAD + attach('a', inner('one', attach('b', inner('two', '\r\nHello.')))));
    const { attached, text } = await readMail(raw);
    expect(text).toBe('');
    expect(attached?.subject).toBe('one');
    expect(attached).not.toHaveProperty('attached');
  });

  test.each([
    ['two senders', 'From: Eve <eve@evil.example>\r\n'],
    ['the same sender twice', 'From: ada@lovelace.example\r\n'],
  ])('has no sender if it has %s', async (_, more) => {
    expect(await readMail(mail(more))).not.toHaveProperty('from');
  });

  test.each([
    'ada@lovelace.example, eve@evil.example',
    'us: ada@lovelace.example, eve@evil.example;',
    'ada',
    'ada@[127.0.0.1]',
    '<>',
    '',
  ])('has no sender in "%s"', async (from) => {
    const raw = Buffer.from(`From: ${from}\r\nSubject: x\r\n\r\n`);
    expect(await readMail(raw)).not.toHaveProperty('from');
  });

  test.each([
    ['line breaks', '<1@a.example>\r\n <2@a.example>'],
    ['no brackets', '1@a.example'],
    ['spaces', '<1 @a.example>'],
  ])('has no id to answer to if it has %s', async (_, id) => {
    expect(await readMail(mail(`Message-ID: ${id}\r\n`))).not.toHaveProperty('messageId');
  });

  test('has a subject of one line that says what it says', async () => {
    const raw = Buffer.from('Subject: =?utf-8?B?YQ1iCmMgIOKArmQ=?=\r\n\r\n');
    expect((await readMail(raw)).subject).toBe('a b c d');
  });

  test('must be one', async () => {
    await expect(readMail(Buffer.from(''))).rejects.toMatchObject({ tag: 'invalid' });
    await expect(readMail(Buffer.from('hello'))).rejects.toMatchObject({ tag: 'invalid' });
  });
});

describe('a mail that is too much is refused before it is parsed', () => {
  const tooLarge = { tag: 'too-large' };
  const nested = (depth: number) =>
    Array.from(
      { length: depth },
      (_, level) => `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`,
    ).join('');

  test.each([
    ['in bytes', Buffer.alloc(MAX_MAIL_BYTES + 1, 'x')],
    ['in header bytes', mail(`X: ${'x'.repeat(10_000_000)}\r\n`)],
    ['in header lines', mail('X: x\r\n'.repeat(MAX_HEADER_LINES))],
    [
      'in header bytes of a part',
      mail('Content-Type: multipart/mixed; boundary=b\r\n', `--b\r\nX: ${'x'.repeat(2e6)}`),
    ],
    ['in parts', parts(20_000)],
    ['in parts by one', parts(MAX_PARTS + 1)],
    ['in boundaries', mail('', Array.from({ length: 300 }, (_, place) => `boundary=b${place}\r\n`).join(''))],
    [
      'in parts of a boundary that is not in plain sight',
      mail(
        'Content-Type: multipart/mixed; boundary*0=b; boundary*1=c\r\n',
        '--bc\r\n\r\nx\r\n'.repeat(20_000),
      ),
    ],
    ['in depth', Buffer.from(HEAD + nested(MAX_DEPTH + 2))],
    ['in lines', mail('', '\n'.repeat(25_000_000 - 200))],
  ])('%s', async (_, raw) => {
    await expect(readMail(raw)).rejects.toMatchObject(tooLarge);
  });

  test.each([
    ['in parts', parts(MAX_PARTS)],
    ['in header lines', mail('X: x\r\n'.repeat(MAX_HEADER_LINES - 10))],
    ['in depth', Buffer.from(HEAD + nested(MAX_DEPTH - 1))],
    ['with rules of dashes in its text', mail('', '-----\r\n\r\n'.repeat(1_500))],
    [
      'with 15 MB of attachment',
      mail(
        'Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n',
        `${'A'.repeat(76)}\r\n`.repeat(200_000),
      ),
    ],
  ])('but not if it is just not too much: %s', async (_, raw) => {
    expect((await readMail(raw)).subject).toBe('Swifts');
  });
});
