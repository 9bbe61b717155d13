import { describe, expect, it } from 'vitest';
import { composeLetter, composeReply, composeSignIn } from '../../functions/mail/compose.ts';
import { letter, read, type Sendable } from './letters.ts';

/** What people put into fields to get out of them: into another header, recipient or part, or another reading. */
const NAUGHTY: Record<string, string> = {
  'a line break and a header': '\r\nBcc: eve@evil.example',
  'a bare line feed and a header': '\nBcc: eve@evil.example',
  'a bare carriage return and a header': '\rBcc: eve@evil.example',
  'line breaks the wrong way round': '\n\rBcc: eve@evil.example',
  'two carriage returns': '\r\r\nBcc: eve@evil.example',
  'a folded header': '\r\n Bcc: eve@evil.example\r\n\tTo: eve@evil.example',
  'the end of the header': '\r\n\r\n<b>Another body</b>',
  'the end of the mail': '\r\n.\r\nMAIL FROM:<eve@evil.example>\r\n',
  NUL: '\0Bcc: eve@evil.example',
  'a line separator': '\u2028Bcc: eve@evil.example',
  'a paragraph separator': '\u2029Bcc: eve@evil.example',
  'a next line': '\u0085Bcc: eve@evil.example',
  'a vertical tab and a form feed': '\u000b\u000cBcc: eve@evil.example',
  'an encoded line break': '%0d%0aBcc: eve@evil.example',
  'an encoded word': '=?utf-8?Q?x=0D=0ABcc:_eve=40evil.example?=',
  'an encoded word in base64': '=?UTF-8?B?DQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=',
  'an encoded word with spaces': '=?utf-8?q?x Bcc: eve@evil.example?=',
  'a boundary': '\r\n--_NmP-0-Part_1\r\nContent-Type: text/html\r\n\r\n<b>Another part</b>',
  'a content type': '\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nx',
  'another address': '>, "Eve" <eve@evil.example>',
  'a second address': ', eve@evil.example; eve@evil.example',
  'a group': 'Friends: eve@evil.example, mallory@evil.example;',
  'a comment': ' (eve@evil.example)',
  quotes: '"\\"\'`',
  'an open quote': '" <eve@evil.example',
  'angle brackets': '<<eve@evil.example>>',
  'marks of direction': '\u202eelpmaxe.live@eve\u2066\u2069\u202d',
  'no width': 'e\u200bv\u200ce\u200d\ufeff\u00ad',
  'half a surrogate pair': '\ud83d and \udf3f',
  emoji: '🌿👩‍👩‍👧',
  markup: '</title></style><script>alert(1)</script><img src=x onerror=alert(1)><!--',
  'a thousand characters': 'x'.repeat(1000),
  'a thousand characters in two scripts': 'é漢'.repeat(500),
};

/** Every field of a letter that is printed, or stands in a header, but addresses of people. */
const FIELDS: Record<string, (evil: string) => Partial<Sendable>> = {
  note: (evil) => ({ note: `Look. ${evil}` }),
  userName: (evil) => ({ userName: `Ada${evil}` }),
  userEmail: (evil) => ({ userEmail: `ada@lovelace.example${evil}` }),
  friendName: (evil) => ({ friendName: `Grace${evil}` }),
  subject: (evil) => ({ subject: `Look${evil}` }),
  'the title in the subject': (evil) => ({
    subject: undefined,
    article: { ...letter.article, title: `Flats${evil}` },
  }),
  title: (evil) => ({ article: { ...letter.article, title: `${evil}Flats` } }),
  siteName: (evil) => ({ article: { ...letter.article, siteName: `Miradouro${evil}` } }),
  excerpt: (evil) => ({ article: { ...letter.article, excerpt: `Agencies${evil}` } }),
  text: (evil) => ({ article: { title: 'From a newsletter', text: `First.${evil}` } }),
  url: (evil) => ({
    article: { ...letter.article, url: `https://miradouro.example/${evil}?a=${evil}#${evil}` },
  }),
  'the host of the url': (evil) => ({ article: { ...letter.article, url: `https://m.example${evil}/` } }),
  stopUrl: (evil) => ({
    stopUrl: `https://hallway.example/stop/${encodeURIComponent('a')}${evil.slice(0, 60)}`,
  }),
  pageUrl: (evil) => ({ pageUrl: `https://hallway.example/for/a${evil}` }),
  'from.name': (evil) => ({ from: { ...letter.from, name: `Ada${evil} via Hallway` } }),
  'to.name': (evil) => ({ to: { ...letter.to, name: `Grace${evil}` } }),
  'replyTo.name': (evil) => ({ replyTo: { ...letter.replyTo, name: `${evil}Ada` } }),
  'thread.messageIds': (evil) => ({ thread: { messageIds: [`0100${evil}`, evil], region: 'us-east-1' } }),
  'thread.region': (evil) => ({ thread: { messageIds: ['0100a'], region: `us-east-1${evil}` } }),
};

/** The types of the parts of a mail, as its boundary divides them. */
function partsOf(raw: Buffer): (string | undefined)[] {
  const whole = raw.toString('latin1');
  const [head = ''] = whole.split('\r\n\r\n', 1);
  const [, boundary] = /\bboundary="([^"]+)"/.exec(head) ?? [];
  const parts = boundary ? whole.split(`\r\n--${boundary}`).slice(1) : [head];
  return parts.map((part) => /^content-type: ([^;\r\n]*)/im.exec(part.split('\r\n\r\n', 1)[0] ?? '')?.[1]);
}

/** What may not change, whatever stands in a field: the names of the header, the people, and the parts. */
function shape({ raw, mail, names }: Awaited<ReturnType<typeof read>>) {
  return {
    names: names.filter((name) => !['References', 'In-Reply-To'].includes(name ?? '')),
    people: [
      mail.from,
      ...(mail.to ?? []),
      ...(mail.replyTo ?? []),
      ...(mail.cc ?? []),
      ...(mail.bcc ?? []),
    ].map((one) => one && ('address' in one ? one.address : one.group)),
    parts: partsOf(raw),
    attachments: mail.attachments.length,
  };
}

describe('no field of a letter adds a header, a recipient or a part', async () => {
  const whole = shape(await read(await composeLetter(letter)));

  it('in a plain letter there are the ones there should be', () => {
    expect(whole).toEqual({
      names: [
        'List-Unsubscribe',
        'List-Unsubscribe-Post',
        'From',
        'To',
        'Reply-To',
        'Subject',
        'Message-ID',
        'Date',
        'MIME-Version',
        'Content-Type',
      ],
      people: ['notes@hallway.example', 'grace@hopper.example', 'ada@lovelace.example'],
      // The last is what stands behind the end: nothing.
      parts: ['text/plain', 'text/html', undefined],
      attachments: 0,
    });
  });

  it.each(Object.keys(FIELDS))('%s', async (field) => {
    for (const [what, evil] of Object.entries(NAUGHTY)) {
      let raw: Buffer;
      try {
        raw = await composeLetter({ ...letter, ...FIELDS[field]?.(evil) });
      } catch (error) {
        // An address of a page that is none is refused; all else is printed as words.
        expect(error, what).toBeInstanceOf(TypeError);
        expect(field, what).toMatch(/^(?:stopUrl|pageUrl)$/);
        continue;
      }
      const left = await read(raw);
      expect(shape(left), what).toEqual(whole);
      const { mail } = left;
      const head = raw.toString('latin1').split('\r\n\r\n', 1)[0] ?? '';
      for (const line of head.split('\r\n')) expect(line, what).toMatch(/^[\t -~]{1,998}$/);
      // What a mail program decodes is as harmless as what is on the wire.
      for (const shown of [mail.subject, mail.from?.name, mail.to?.[0]?.name, mail.replyTo?.[0]?.name]) {
        expect(shown, what).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }
      expect(`${mail.text}${mail.html}`, what).not.toMatch(/[^\P{Cc}\n\t]|\p{Cs}/u);
      expect(mail.html, what).not.toMatch(/<script|<img|<b>|<!--(?!\[if mso\])|<!--$/);
    }
  });
});

describe('an address with any of it is refused', () => {
  const places: Record<string, (evil: string) => string> = {
    'before it': (evil) => `${evil}grace@hopper.example`,
    'in its name': (evil) => `gr${evil}ace@hopper.example`,
    'in its domain': (evil) => `grace@hop${evil}per.example`,
    'after it': (evil) => `grace@hopper.example${evil}`,
  };

  it.each(['from', 'to', 'replyTo'] as const)('%s', async (field) => {
    for (const [what, evil] of Object.entries(NAUGHTY)) {
      for (const [where, put] of Object.entries(places)) {
        const address = put(evil);
        const send = composeLetter({ ...letter, [field]: { name: 'Grace', address } });
        await expect(send, `${what}, ${where}`).rejects.toThrow(TypeError);
      }
    }
  });

  it('and so is one that is not exactly one', async () => {
    for (const address of [
      '',
      ' ',
      '@',
      'grace',
      'grace@',
      '@hopper.example',
      'g@x.example ',
      'a@b@c.example',
    ]) {
      await expect(composeLetter({ ...letter, to: { name: 'G', address } }), address).rejects.toThrow(
        TypeError,
      );
    }
  });
});

describe('what is harmless stays as it was typed', () => {
  it.each([
    '"Ada" <3 (& co.)',
    'O’Brien, José; “x”',
    'a: b@c',
    '50 % = ?',
    'what =? that',
    '🌿👩‍👩‍👧',
    "back\\slash '`",
  ])('%s', async (words) => {
    const { mail } = await read(
      await composeLetter({ ...letter, subject: words, to: { ...letter.to, name: words }, note: words }),
    );
    expect(mail.subject).toBe(words);
    expect(mail.to?.[0]).toEqual({ name: words, address: 'grace@hopper.example' });
    expect(mail.text?.startsWith(`${words}\n`)).toBe(true);
  });
});

describe('the mails to the user themselves', () => {
  const to = { name: 'Ada', address: 'ada@lovelace.example' };
  const from = { name: 'Hallway', address: 'notes@hallway.example' };
  const answer = {
    to,
    from,
    subject: 'Two lamps',
    messageId: '<a@lovelace.example>',
    title: 'Two lamps',
    alreadySaved: false,
    names: ['Grace'],
    url: 'https://hallway.example/articles/art_1',
  };

  it('cannot be broken by what came in', async () => {
    const whole = shape(await read(await composeReply(answer)));
    for (const [what, evil] of Object.entries(NAUGHTY)) {
      for (const changes of [
        { subject: `Two${evil}` },
        { subject: '', title: `Two${evil}` },
        { names: [`Grace${evil}`] },
        { messageId: `<a@lovelace.example>${evil}` },
        { messageId: `<a${evil}@lovelace.example>` },
        { to: { ...to, name: `Ada${evil}` } },
      ]) {
        expect(shape(await read(await composeReply({ ...answer, ...changes }))), what).toEqual(whole);
      }
    }
  });

  it('let nobody in elsewhere', async () => {
    const url = 'https://hallway.example/sign-in/a';
    const whole = shape(await read(await composeSignIn({ to, from, url, minutes: 10 })));
    for (const [what, evil] of Object.entries(NAUGHTY)) {
      const mail = { to: { ...to, name: `Ada${evil}` }, from, url: `${url}${evil}`, minutes: 10 };
      expect(shape(await read(await composeSignIn(mail))), what).toEqual(whole);
    }
    const script = composeSignIn({ to, from, url: 'javascript:alert(1)', minutes: 10 });
    await expect(script).rejects.toThrow(TypeError);
  });
});
