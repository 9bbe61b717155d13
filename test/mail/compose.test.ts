import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import {
  composeLetter,
  composeReply,
  composeSignIn,
  defaultSubject,
  previewLetter,
} from '../../functions/mail/compose.ts';
import { letter, read, type Sendable, STOP } from './letters.ts';

async function sent(changes: Partial<Sendable> = {}) {
  return read(await composeLetter({ ...letter, ...changes }));
}

describe('a letter', () => {
  it('comes from the user by way of Hallway, and an answer goes to the user', async () => {
    const { mail, fields } = await sent();
    expect(mail.from).toEqual({ name: 'Ada Lovelace via Hallway', address: 'notes@hallway.example' });
    expect(mail.to).toEqual([{ name: 'Grace', address: 'grace@hopper.example' }]);
    expect(mail.replyTo).toEqual([{ name: 'Ada Lovelace', address: 'ada@lovelace.example' }]);
    expect(mail.subject).toBe('The flats in Graça that nobody advertises');
    expect(fields).toContain('From: Ada Lovelace via Hallway <notes@hallway.example>');
  });

  it('can be stopped with one click (RFC 8058)', async () => {
    const { fields } = await sent();
    expect(fields).toContain(`List-Unsubscribe: <${STOP}>`);
    expect(fields).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    await expect(sent({ stopUrl: 'mailto:stop@hallway.example' })).rejects.toThrow(TypeError);
    await expect(sent({ stopUrl: `https://hallway.example/${'x'.repeat(900)}` })).rejects.toThrow(TypeError);
  });

  it('is what its preview showed', async () => {
    const { mail } = await sent();
    const preview = await previewLetter(letter);
    expect(preview).toEqual({
      from: mail.from,
      replyTo: mail.replyTo?.[0],
      subject: mail.subject,
      html: mail.html?.trimEnd(),
      text: mail.text?.trimEnd(),
    });
  });
});

describe('the second letter to a friend', () => {
  const thread = (messageIds: string[], region = 'eu-west-1') => sent({ thread: { messageIds, region } });
  const field = (fields: string[], name: string) =>
    fields.find((one) => one.startsWith(`${name}: `))?.slice(name.length + 2);

  it('belongs to the first, by the name SES gave it', async () => {
    const { fields, mail } = await thread(['0102a-1-000000', '0102b-2-000000']);
    expect(mail.inReplyTo).toBe('<0102b-2-000000@eu-west-1.amazonses.com>');
    expect(field(fields, 'References')).toBe(
      '<0102a-1-000000@eu-west-1.amazonses.com> <0102b-2-000000@eu-west-1.amazonses.com>',
    );
    // It is no answer to anything: the subject stays the user's.
    expect(mail.subject).toBe('The flats in Graça that nobody advertises');
  });

  it('knows that the oldest region has a name of its own', async () => {
    const { mail } = await thread(['0100a-1-000000'], 'us-east-1');
    expect(mail.references).toBe('<0100a-1-000000@email.amazonses.com>');
    expect(mail.inReplyTo).toBe('<0100a-1-000000@email.amazonses.com>');
  });

  it('names the first letter and the last nine of a long exchange, each once', async () => {
    const ids = Array.from({ length: 40 }, (_, place) => `0102-${place}`);
    const { mail } = await thread([...ids, ...ids]);
    const kept = ['0102-0', ...ids.slice(-9)].map((id) => `<${id}@eu-west-1.amazonses.com>`);
    expect(mail.references?.split(/\s+/)).toEqual(kept);
  });

  it('goes alone where the names are none', async () => {
    for (const { fields } of await Promise.all([
      thread([]),
      thread(['']),
      thread(['a>\r\nBcc: <eve@evil.example', 'x'.repeat(200), '<a@b>']),
      thread(['0102a'], 'eu-west-1.evil.example'),
      thread(['0102a'], ''),
    ])) {
      expect(fields.filter((one) => /^(?:References|In-Reply-To|Bcc):/i.test(one))).toEqual([]);
    }
  });
});

describe('the words of the world', () => {
  it('arrive as they were written', async () => {
    const note = 'שלום, ראיתי את זה.\n\nبخصوص ما قلته 🌿👩‍👩‍👧\n\nJosé, 山田 花子, ﬁn.';
    const { mail } = await sent({
      note,
      userName: '山田 花子',
      subject: `${'とても長い題名 '.repeat(20)}🌿`,
      from: { name: '山田 花子 via Hallway', address: 'notes@hallway.example' },
      to: { name: 'Chimamanda Ngozi Adichie-Okonkwo, “C.”', address: 'c@example.ng' },
    });
    expect(mail.text).toContain(note);
    expect(mail.html).toContain('بخصوص ما قلته 🌿👩‍👩‍👧');
    expect(mail.subject).toBe(`${'とても長い題名 '.repeat(20)}🌿`);
    expect(mail.from?.name).toBe('山田 花子 via Hallway');
    expect(mail.to?.[0]?.name).toBe('Chimamanda Ngozi Adichie-Okonkwo, “C.”');
  });

  it('reach a domain that is not ASCII', async () => {
    const { mail, fields } = await sent({ to: { name: 'J', address: 'j@jõgeva.example' } });
    expect(fields).toContain('To: J <j@xn--jgeva-dua.example>');
    expect(mail.to?.[0]?.address).toMatch(/^j@/);
  });

  it('end each line of the mail in CRLF, 998 characters at most before it (RFC 5322, 2.1.1)', async () => {
    const { raw, mail } = await sent({ note: 'A short line.\n'.repeat(200).trim() });
    for (const one of raw.toString('latin1').split('\r\n')) expect(one).toMatch(/^[\t -~]{0,998}$/);
    expect(mail.text).toContain('A short line.\nA short line.');
  });

  it('survive being folded into short lines, in any script and any length (RFC 5322, 2.1.1)', async () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).map((text) =>
      text
        .replace(/[\s\p{Cc}\p{Cf}\u2028\u2029]/gu, 'ä')
        .replace(/=\?/g, '=')
        .trim(),
    );
    const line = fc.array(word, { minLength: 1, maxLength: 20 }).map((words) => words.join(' '));
    await fc.assert(
      fc.asyncProperty(line, line, async (subject, name) => {
        const { raw, mail } = await sent({ subject, to: { name, address: 'grace@hopper.example' } });
        const head = raw.toString('latin1').split('\r\n\r\n', 1)[0] ?? '';
        for (const one of head.split('\r\n')) expect(one).toMatch(/^[\t -~]{1,998}$/);
        expect(mail.subject).toBe([...subject].slice(0, 300).join('').trim());
        expect(mail.to?.[0]?.name).toBe([...name].slice(0, 200).join('').trim());
      }),
      { seed: 5322, numRuns: 60 },
    );
  });
});

describe('the subject nobody wrote', () => {
  it('is on the letter all the same', async () => {
    const { mail } = await sent({ subject: undefined });
    expect(mail.subject).toBe('The flats in Graça that nobody advertises');
  });

  it('is the title, or says whose note it is', () => {
    expect(defaultSubject(letter)).toBe('The flats in Graça that nobody advertises');
    expect(defaultSubject({ userName: 'Ada' })).toBe('A note from Ada');
    expect(defaultSubject({ userName: 'Ada', article: { title: 'One\r\nTwo' } })).toBe('One Two');
  });

  it('is never an address, which is all that is known of a page that could not be read', () => {
    for (const title of ['miradouro.example/windows', 'https://miradouro.example', 'http://a/b?c']) {
      expect(defaultSubject({ userName: 'Ada', article: { title } })).toBe('A note from Ada');
    }
    for (const title of ['AC/DC', 'Node.js', 'Is node.js/deno faster?', '1/2']) {
      expect(defaultSubject({ userName: 'Ada', article: { title } })).toBe(title);
    }
  });
});

describe('the mail that lets its reader in', () => {
  it('holds the link, and how long it works', async () => {
    const raw = await composeSignIn({
      to: { name: 'Ada', address: 'ada@lovelace.example' },
      from: { name: 'Hallway', address: 'notes@hallway.example' },
      url: 'https://hallway.example/sign-in/abc_DEF-123',
      minutes: 10,
    });
    const mail = await PostalMime.parse(raw);
    expect(mail.subject).toBe('Your link to Hallway');
    expect(mail.text).toBe(`Here is your link to Hallway. It works once, for 10 minutes.

https://hallway.example/sign-in/abc_DEF-123

If you did not ask for it, leave it. Nobody comes in without it.
`);
    expect(mail.html).toContain('href="https://hallway.example/sign-in/abc_DEF-123"');
    expect(mail.headers.find((header) => header.key === 'auto-submitted')?.value).toBe('auto-generated');
  });
});

describe('the answer to a mail the user sent in', () => {
  const answer = {
    to: { name: 'Ada', address: 'ada@lovelace.example' },
    from: { name: 'Hallway', address: 'notes@hallway.example' },
    subject: 'WG: Fwd: Two\r\nBcc: eve@evil.example',
    messageId: '<a@lovelace.example>',
    title: 'Two lamps',
    alreadySaved: false,
    names: [],
    url: 'https://hallway.example/articles/art_1',
  };
  const read = async (changes: object) => PostalMime.parse(await composeReply({ ...answer, ...changes }));

  it('belongs to it, and nothing answers it in turn', async () => {
    const mail = await read({});
    const header = (name: string) => mail.headers.find(({ key }) => key === name)?.value;
    expect(mail.subject).toBe('Re: Two Bcc: eve@evil.example');
    expect(header('bcc')).toBeUndefined();
    expect(header('in-reply-to')).toBe('<a@lovelace.example>');
    expect(header('references')).toBe('<a@lovelace.example>');
    expect(header('auto-submitted')).toBe('auto-replied');
    expect((await read({ subject: '', messageId: undefined })).subject).toBe('Re: Two lamps');
    expect((await read({ messageId: '<a@x>\r\nBcc: <eve@evil.example>' })).inReplyTo).toBeUndefined();
  });

  it.each([
    [
      {},
      'Kept: “Two lamps”.\n\nNobody comes to mind.\n\nWrite the note here:\nhttps://hallway.example/articles/art_1',
    ],
    [
      { names: ['Grace', 'Alan', 'José'], alreadySaved: true },
      'You had kept it before: “Two lamps”.\n\nIt could be for Grace, Alan or José.\n\nWrite the note here:\nhttps://hallway.example/articles/art_1',
    ],
    [
      { draftFor: 'Grace' },
      'Kept: “Two lamps”.\n\nYour words wait as a draft for Grace. Seal it here:\nhttps://hallway.example/articles/art_1',
    ],
    [
      { names: ['Grace'], words: 'Look.' },
      'Kept: “Two lamps”.\n\nIt could be for Grace.\n\nHallway could not tell which friend your words are for. They are kept under Settings.\n\nWrite the note here:\nhttps://hallway.example/articles/art_1',
    ],
  ])('says what was kept, and the way on: %o', async (changes, text) => {
    expect((await read(changes)).text?.trim()).toBe(text);
  });
});
