import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addUser, ingestAddress } from '../../functions/accounts/accounts.ts';
import { addFriend } from '../../functions/friends/friends.ts';
import { MAX_MAIL_BYTES, readMail } from '../../functions/mail/parse.ts';
import { listArrivals } from '../../functions/transfer/store.ts';
import { buildDoors, type Door, type Doors, expectBounded } from '../doors.ts';
import { handOver, mailOf } from '../mails.ts';

const MB = 1024 * 1024;
const MOST = MAX_MAIL_BYTES - 1000;
/** Header lines together. */
const MOST_HEADER = 900_000;

/** As often as there is room for. */
const fill = (unit: string, bytes: number) => unit.repeat(Math.floor(bytes / Buffer.byteLength(unit)));
const each = (count: number, one: (place: number) => string) =>
  Array.from({ length: count }, (_, place) => one(place));

const HEAD = 'From: ada@lovelace.example\r\nSubject: Fwd: Swifts\r\n';
const LINK = 'https://swifts.invalid/late';
const mail = (header: string, body: string) => `${HEAD}${header}\r\n${body}`;
const about = (header: string) => mail(`${header}\r\n`, LINK);
const text = (body: string) => mail('Content-Type: text/plain; charset=utf-8\r\n', body);
const html = (body: string) => mail('Content-Type: text/html; charset=utf-8\r\n', body);
const called = (subject: string) => `From: ada@lovelace.example\r\nSubject: ${subject}\r\n\r\n${LINK}`;
const bytes = (charset: string, body: Buffer) =>
  Buffer.concat([Buffer.from(mail(`Content-Type: text/plain; charset=${charset}\r\n`, '')), body]);
const packed = (type: string, encoding: string, body: string) =>
  mail(`Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n`, body);
const base64 = (body: Buffer) => body.toString('base64').replace(/.{76}/g, '$&\r\n');

const MIXED = 'Content-Type: multipart/mixed; boundary=b\r\n';
const parts = (count: number, part: string) => mail(MIXED, `${`--b\r\n${part}\r\n`.repeat(count)}--b--\r\n`);
const SENT_ON =
  '---------- Forwarded message ---------\r\nFrom: Swifts <letters@swifts.example>\r\nDate: Tue, 8 Sep 2026 at 09:45\r\nSubject: The swifts are late\r\nTo: ada@lovelace.example\r\n\r\n';
const sentOn = (above: string, below = '') =>
  text(`${above}\r\n${SENT_ON}${below}The swifts are late.\r\n${LINK}\r\n`);

/** Kept, whatever stands around the link. */
const SAVED: [string, string | Buffer][] = [
  ['60 KB of line breaks above what is sent on', sentOn(fill('\n', 60_000))],
  ['60 KB of line breaks in what is sent on', sentOn('For Grace', fill('\r\n', 60_000))],
  [
    '60 KB of line breaks in its header',
    text(
      `x\r\n\r\n---------- Forwarded message ---------\r\nFrom: a <a@b.example>\r\n${fill('\r\n', 60_000)}Subject: x\r\n\r\n${LINK}`,
    ),
  ],
  ['60 KB of spaces', sentOn(fill(' ', 60_000))],
  ['60 KB of tabs, spaces and line breaks', sentOn(fill('\t\n ', 60_000))],
  ['60 KB of >', sentOn(fill('>', 60_000))],
  ['60 KB of lines with >', sentOn(fill('> \r\n', 60_000))],
  ['1 MB of "> > >"', sentOn(fill('> ', MB))],
  ['1,700 headers of a mail that was sent on', text(fill(SENT_ON, 290_000) + LINK)],
  ['5,000 times "From:"', text(`${fill('From: a <a@b.example>\r\n', 115_000)}${LINK}`)],
  ['5,000 times "wrote:"', text(`${fill('On Monday Ada <a@b.example> wrote:\r\n', 180_000)}${LINK}`)],
  ['"From: : :" without end', text(`${fill('From: : : ', 200_000)}\r\n${LINK}`)],
  ['200 parts', parts(199, `Content-Type: text/plain\r\n\r\n${LINK}`)],
  [
    '1,900 "Received"',
    about(fill('Received: from a by b (c) (d); Tue, 8 Sep 2026 09:45:12 +0200\r\n', 120_000).trim()),
  ],
  ['20,000 recipients', about(`To: ${each(20_000, (place) => `a${place}@b.example`).join(', ')}`)],
  ['60,000 groups of recipients', about(`To: ${fill('a:b@c.example;', MOST_HEADER)}`)],
  ['900 KB of open groups', about(`To: ${fill('a:', MOST_HEADER)}`)],
  ['900 KB of quotation marks in To', about(`To: ${fill('"', MOST_HEADER)}`)],
  ['900 KB of commas in To', about(`To: ${fill(',', MOST_HEADER)}`)],
  ['900 KB of brackets in To', about(`To: ${fill('(', MOST_HEADER)}`)],
  [
    '50,000 pieces of one parameter',
    about(`Content-Type: text/plain; ${each(50_000, (place) => `name*${place}*=a%20`).join('; ')}`),
  ],
  [
    '90,000 parameters',
    about(`Content-Type: text/plain; ${each(90_000, (place) => `p${place}=1`).join('; ')}`),
  ],
  ['a subject of 30,000 encoded words', called(fill('=?utf-8?B?SGVyb24=?= ', MOST_HEADER))],
  ['an encoded word of 900 KB', called(`=?utf-8?B?${fill('SGVy', MOST_HEADER)}?=`)],
  ['encoded words that do not end', called(fill('=?utf-8?Q?a', MOST_HEADER))],
  ['encoded words of 20,000 charsets', called(each(20_000, (place) => `=?x${place}?Q?a?=`).join(' '))],
  ['a subject of 1 MB', called(fill('heron ', MB - 200))],
  ['a subject of 200,000 "Fwd:"', called(fill('Fwd: ', MB - 200))],
  ['an HTML mail of 200,000 elements', html(`<a href="${LINK}">Swifts</a>${'<p>heron</p>'.repeat(200_000)}`)],
  ['an HTML mail 200,000 deep', html(`<a href="${LINK}">Swifts</a>${'<div>'.repeat(200_000)}`)],
  ['50,000 links', html(`<a href="${LINK}">Swifts</a>\r\n`.repeat(45_000))],
  [
    '100,000 named characters',
    html(`<a href="${LINK}">Swifts</a>${each(100_000, (place) => `&a${place};`).join(' ')}`),
  ],
  ['2 MB of <', html(`<a href="${LINK}">Swifts</a>${fill('<', 2 * MB)}`)],
  ['2 MB of <a ', html(`<a href="${LINK}">Swifts</a>${fill('<a ', 2 * MB)}`)],
  ['20,000 addresses', text(each(20_000, (place) => `https://a${place}.invalid/x`).join(' '))],
  [
    'an address in an address in an address',
    text(`https://l.facebook.com/?u=${fill(encodeURIComponent('https://l.facebook.com/?u='), 100_000)}`),
  ],
  ['a charset that is none', bytes('klingon', Buffer.from(`${LINK}\r\n${fill('é', MB)}`))],
  [
    'UTF-8 that is none',
    bytes('utf-8', Buffer.concat([Buffer.from(`${LINK}\r\n`), Buffer.alloc(9 * MB, 0xff)])),
  ],
  ['Chinese without an end', text(fill('鷺', MB))],
  ['one line of 9 MB', text(fill('a', 9 * MB))],
  ['a line of base64 of 25 MB that is none', text(fill('a', MOST))],
  ['350,000 lines like base64 that are none', text(fill(`${'a'.repeat(70)}\r\n`, MOST))],
];

/** Refused, and why. */
const REFUSED: [string, string, string | Buffer][] = [
  ['20,000 parts', 'too-large', parts(20_000, '\r\nx')],
  ['a header of 10 MB', 'too-large', about(`X: ${'x'.repeat(10 * MB)}`)],
  ['10,000 "Received"', 'too-large', about('Received: from a by b\r\n'.repeat(10_000).trim())],
  [
    '20,000 recipients on lines of their own',
    'too-large',
    about(`To: ${each(20_000, (place) => `a${place}@b.example`).join(',\r\n ')}`),
  ],
  ['a subject above 1 MB', 'too-large', called(fill('heron ', MB + 200))],
  [
    'a boundary that is everywhere',
    'too-large',
    mail('Content-Type: multipart/mixed; boundary="-"\r\n', fill('---\r\n\r\nx\r\n', MB)),
  ],
  [
    'a boundary of nothing',
    'too-large',
    mail('Content-Type: multipart/mixed; boundary=""\r\n', fill('--\r\n\r\nx\r\n', MB)),
  ],
  ['80,000 lines of dashes', 'too-large', mail(MIXED, fill('--c\r\n', 400_000))],
  [
    'a mail in a mail, 100 deep',
    'empty',
    `${HEAD}${'Content-Type: message/rfc822\r\n\r\n'.repeat(100)}Subject: x\r\n\r\nx`,
  ],
  [
    'mails in parts of mails, 100 deep',
    'empty',
    HEAD +
      each(
        100,
        (level) =>
          `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\nContent-Type: message/rfc822\r\n\r\n`,
      ).join(''),
  ],
  [
    'a mail of 17 MB in a mail',
    'too-large',
    packed(
      'message/rfc822',
      'base64',
      base64(Buffer.from(`Subject: x\r\n\r\n${fill(`${'heron '.repeat(150)}\r\n`, 17 * MB)}`)),
    ),
  ],
  ['base64 without an end', 'empty', packed('image/png', 'base64', fill('A', MOST))],
  ['25 MB of HTML, packed', 'empty', packed('text/html', 'base64', fill(`${'PHA+'.repeat(19)}\r\n`, MOST))],
  [
    '25 MB of quoted-printable',
    'too-large',
    packed('text/plain', 'quoted-printable', fill(`${'=0A'.repeat(25)}=\r\n`, MOST)),
  ],
  ['25 MB of words', 'too-large', text(fill(`${'heron '.repeat(165)}\r\n`, MOST))],
  ['90,000 short lines', 'too-large', text(fill('heron\r\n', 630_000))],
  ['more than 25 MB', 'too-large', text(fill('a', MAX_MAIL_BYTES))],
  ['an HTML mail of nothing but <style>', 'empty', html(fill('<style>', 2 * MB))],
  ['2 MB of characters without width', 'empty', html(`<p>${fill('\u034f ', 2 * MB)}</p>`)],
  ['a style of 1 MB', 'no-link', html(`<p style="${fill('font-size : ', MB)}">heron</p>`)],
  ['nothing but line breaks', 'unreadable', Buffer.alloc(90_000, '\n')],
  ['nothing', 'unreadable', ''],
  ['1 MB of NUL', 'unreadable', Buffer.alloc(MB)],
];

/** At the door, since nobody can say who sent it. */
const HELD: [string, string][] = [
  [
    '5,000 senders',
    `From: ${each(5_000, (place) => `a${place}@b.example`).join(', ')}\r\nSubject: x\r\n\r\n${LINK}`,
  ],
  [
    '1,500 headers of senders',
    `${each(1_500, (place) => `From: a${place}@b.example\r\n`).join('')}Subject: x\r\n\r\n${LINK}`,
  ],
];

describe('what is joined before a mail is parsed says the same', () => {
  const textOf = async (raw: string) => (await readMail(Buffer.from(raw))).text.trimEnd();

  test('base64 in lines of any length', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 3_000 }),
        fc.integer({ min: 50, max: 100 }),
        async (said, width) => {
          const body = Buffer.from(`a${said.replace(/\s/g, ' ')}a`);
          const lines = body.toString('base64').replace(new RegExp(`.{${width}}`, 'g'), '$&\r\n');
          const raw = packed('text/plain; charset=utf-8', 'base64', `${lines}\r\n`);
          expect(await textOf(raw)).toBe(body.toString());
        },
      ),
    );
  });

  test('a long word in quoted-printable', async () => {
    const raw = packed('text/plain', 'quoted-printable', `${`${'a'.repeat(75)}=\r\n`.repeat(9)}end`);
    expect(await textOf(raw)).toBe(`${'a'.repeat(675)}end`);
  });

  test.each(['\n', '\r\n'])('empty lines: %j', async (end) => {
    const raw = `Subject: x${end}${end}one${end.repeat(2)}two${end.repeat(100)}three`;
    expect(await textOf(raw)).toMatch(/^one\n\ntwo\n\n\n +\nthree$/);
  });
});

describe('a hostile mail', { timeout: 60_000 }, () => {
  let doors: Doors;
  let to: string;
  let userId: string;
  /** What a process took harm from shows in the next it is given, which is measured, too. */
  const FOLLOWED = 4;
  let hostiles = 0;
  let count = 0;

  beforeAll(async () => {
    doors = await buildDoors();
    const ada = { email: 'ada@lovelace.example', name: 'Ada', timeZone: 'Europe/London' };
    const { user } = await addUser(doors.ground, ada);
    userId = user.id;
    to = ingestAddress(doors.ground, user);
    await addFriend(doors.ground, user, { name: 'Grace', interests: ['trail running', 'herons', '蒼鷺'] });
  });
  afterAll(() => doors?.close());

  const newest = async () => (await listArrivals(doors.ground.table, userId, doors.ground.clock(), 1))[0];

  async function brought(door: Door, raw: string | Buffer) {
    const before = await newest();
    const { isDone, took } = await door.bring(await handOver(doors.ground, [to], raw));
    const arrival = await newest();
    return { isDone, took, outcome: arrival?.id === before?.id ? undefined : arrival?.outcome };
  }

  const plain = () =>
    mailOf({ From: 'ada@lovelace.example', Subject: 'Herons' }, `https://herons.invalid/${++count}`);

  /** One comes before it, so that nothing is still to be loaded; every `FOLLOWED`th has one after it, in the same process. */
  async function between(raw: string | Buffer) {
    const door = await doors.warm('mail-in', (opened) => brought(opened, plain()));
    const hostile = await brought(door, raw);
    expectBounded(expect.getState().currentTestName, hostile.took);
    expect(hostile.isDone).toBe(true);
    if (++hostiles % FOLLOWED === 0) {
      expect(await brought(door, plain())).toMatchObject({ isDone: true, outcome: { kind: 'saved' } });
    }
    return hostile.outcome;
  }

  test.each(SAVED)('%s: kept', async (_, raw) => {
    expect(await between(raw)).toMatchObject({ kind: 'saved' });
  });

  test.each(REFUSED)('%s: %s', async (_, because, raw) => {
    expect(await between(raw)).toEqual({ kind: 'refused', because });
  });

  test.each(HELD)('%s: waits at the door', async (_, raw) => {
    expect(await between(raw)).toEqual({ kind: 'held', because: 'unproven' });
  });

  test('any bytes have an outcome', async () => {
    const door = await doors.open('mail-in');
    const line = fc.oneof(
      fc.constantFrom(
        'From: ada@lovelace.example',
        'Subject: =?utf-8?B?SGVyb24=?=',
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary=b',
        'Content-Type: text/html; charset=utf-16',
        'Content-Type: message/rfc822',
        'Content-Transfer-Encoding: base64',
        '--b',
        '--b--',
        '',
        '<a href="https://a.invalid/x">',
        LINK,
        SENT_ON,
      ),
      fc.string({ unit: 'binary', maxLength: 40 }),
    );
    const anyMail = fc.oneof(
      fc.uint8Array({ maxLength: 2_000 }).map((some) => Buffer.from(some)),
      fc.array(line, { maxLength: 30 }).map((lines) => Buffer.from(`${HEAD}${lines.join('\r\n')}`)),
    );
    await fc.assert(
      fc.asyncProperty(anyMail, async (raw) => {
        const { isDone, outcome } = await brought(door, raw);
        expect(isDone).toBe(true);
        expect(outcome?.kind).toMatch(/^(?:saved|held|shown|refused)$/);
      }),
      { numRuns: 15 },
    );
    door.close();
  });
});
