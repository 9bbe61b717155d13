import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import {
  composeLetter,
  composeReply,
  composeSignIn,
  defaultSubject,
  type Envelope,
} from '../../functions/mail/compose.ts';
import { type Letter, letterHtml, letterText } from '../../functions/mail/letter.tsx';

const STOP = 'https://hallway.example/stop/eyJmIjoiZnJkIn0.c2lnbmF0dXJl?for=ada%40lovelace.example';

const letter: Letter = {
  note: 'You said January is hopeless for flats.\n\nThis says January is when the cards go up.\nWalk past the windows?',
  userName: 'Ada Lovelace',
  userEmail: 'ada@lovelace.example',
  friendName: 'Grace',
  article: {
    url: 'https://miradouro.example/windows?utm_source=ada&x=1',
    title: 'The flats in Graça that nobody advertises',
    siteName: 'Miradouro',
    minutes: 9,
    excerpt: 'Agencies list perhaps half of what is free.',
  },
  stopUrl: STOP,
};

const envelope: Envelope = {
  from: { name: 'Ada Lovelace via Hallway', address: 'notes@hallway.example' },
  to: { name: 'Grace', address: 'grace@hopper.example' },
  replyTo: { name: 'Ada Lovelace', address: 'ada@lovelace.example' },
  subject: 'The flats in Graça that nobody advertises',
};

async function sent(changes: Partial<Letter & Envelope> = {}) {
  const raw = await composeLetter({ ...letter, ...envelope, ...changes });
  const mail = await PostalMime.parse(raw);
  const head = raw.toString('latin1').split('\r\n\r\n', 1)[0] ?? '';
  const fields = head.replace(/\r\n[ \t]/g, ' ').split('\r\n');
  return { raw, mail, fields, names: fields.map((field) => field.split(':', 1)[0]) };
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
  });

  it('says the same as text and as HTML, the note first', async () => {
    const { mail } = await sent();
    expect(mail.text).toBe(`You said January is hopeless for flats.

This says January is when the cards go up.
Walk past the windows?

Ada Lovelace

*

The flats in Graça that nobody advertises
Miradouro, 9 minutes
https://miradouro.example/windows?utm_source=ada&x=1

Agencies list perhaps half of what is free.

*

Ada Lovelace chose this for you with Hallway.

-- 
Ada Lovelace (ada@lovelace.example) wrote the note; Hallway carried it. To write back, just answer.
Stop letters from Ada Lovelace: ${STOP}
`);
    const words = (mail.html ?? '')
      .replace(/<style>.*?<\/style>|<title>.*?<\/title>|<!--.*?-->/gs, '')
      .replace(/<[^>]+>|&nbsp;/g, ' ')
      .replace(/\s+/g, ' ');
    const order = [
      'You said January',
      'Walk past the windows?',
      'Ada Lovelace',
      'Miradouro',
      '9 minutes',
      'The flats in Graça',
      'Agencies list',
      'Read it at',
      'chose this for you with Hallway.',
      'wrote the note; Hallway carried it.',
      'Stop letters from',
    ].map((phrase) => words.indexOf(phrase));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  it('links to the article as it was saved and to the page that stops it, and nowhere else', () => {
    const links = [...letterHtml(letter).matchAll(/(?:href|src)="([^"]*)"/g)].map((match) => match[1]);
    const article = 'https://miradouro.example/windows?utm_source=ada&amp;x=1';
    expect(links).toEqual([article, article, STOP]);
    expect(letterHtml(letter)).not.toMatch(/<img|<script|url\(|@import|<link/);
  });

  it('never makes a link of an address in the note', () => {
    const html = letterHtml({ ...letter, note: 'See https://elsewhere.example/ and www.elsewhere.example' });
    expect(html).toContain('See https://elsewhere.example/ and www.elsewhere.example');
    expect(html).not.toContain('href="https://elsewhere.example');
  });

  it('keeps lines and paragraphs', () => {
    expect(letterHtml({ ...letter, note: 'one\r\ntwo\n\nthree' })).toContain('one<br/>two<br/><br/>three');
    expect(letterText({ ...letter, note: 'one\r\ntwo\n\nthree' })).toMatch(/^one\ntwo\n\nthree\n/);
  });

  it('prints hostile words as words', () => {
    const bad = '<script>alert(1)</script>"><img src=x onerror=y>';
    const html = letterHtml({
      note: bad,
      userName: bad,
      userEmail: bad,
      friendName: bad,
      stopUrl: STOP,
      article: { url: `https://x.example/"><b>`, title: bad, siteName: bad, excerpt: bad },
    });
    expect(html).not.toMatch(/<script|<img|<b>/);
  });

  it('makes no link of an address that is not on the web', () => {
    for (const url of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'not an address']) {
      const html = letterHtml({ ...letter, article: { title: 'T', url } });
      expect(html).not.toContain(url);
      expect(html).not.toContain('Read it at');
      expect(letterText({ ...letter, article: { title: 'T', url } })).not.toContain(url);
    }
  });

  it('carries the words of an article that has no address', () => {
    const withText = { ...letter, article: { title: 'From a newsletter', text: 'First.\n\nSecond.' } };
    expect(letterHtml(withText)).toContain('First.<br/><br/>Second.');
    expect(letterText(withText)).toContain('\nFirst.\n\nSecond.\n');
    expect(letterText(withText)).not.toContain('It goes on.');
  });

  it('does not carry the words of an article that has one', () => {
    const article = { title: 'T', url: 'https://x.example/a', text: 'The whole of it.' };
    expect(letterHtml({ ...letter, article })).not.toContain('The whole of it.');
  });

  it('goes without an article', async () => {
    const { article: _, ...noteAlone } = letter;
    const html = letterHtml(noteAlone);
    expect(html).not.toContain('chose this');
    expect(html).toContain(STOP);
    expect(letterText(noteAlone)).toMatch(/Walk past the windows\?\n\nAda Lovelace\n\n-- \nAda Lovelace \(/);
  });

  it('stays below what mail programs cut off, and never cuts the note', () => {
    for (const note of ['"'.repeat(10_000), '漢'.repeat(10_000), 'a\n'.repeat(5_000), '🌿'.repeat(5_000)]) {
      const article = {
        title: 'T'.repeat(300),
        excerpt: 'e '.repeat(5_000),
        text: 'A word & a "phrase". '.repeat(20_000),
      };
      const linked = letterHtml({ ...letter, note, article: { ...article, url: 'https://x.example/' } });
      const carried = letterHtml({ ...letter, note, article });
      expect(Buffer.byteLength(linked)).toBeLessThan(102_000);
      expect(Buffer.byteLength(carried)).toBeLessThan(102_000);
      expect(carried).toContain('It goes on. Answer, and ask for the rest.');
      expect(letterText({ ...letter, note, article })).toContain(note.trim());
      expect(carried).toContain(STOP);
    }
    expect(letterText({ ...letter, note: 'x'.repeat(100_000) })).toContain('x'.repeat(100_000));
  });

  it('says an excerpt in at most 400 characters, cut between words', () => {
    const html = letterHtml({ ...letter, article: { title: 'T', excerpt: 'seven77 '.repeat(100) } });
    expect(html).toContain(`${'seven77 '.repeat(49)}seven77…`);
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

  it('run in their own direction, line by line', () => {
    const html = letterHtml({ ...letter, note: 'שלום\nhello' });
    expect(html).toMatch(/dir="auto" lang="" style="[^"]*unicode-bidi:plaintext[^"]*">שלום<br\/>hello</);
    expect(letterHtml({ ...letter, userName: 'עדה' })).toContain('<bdi>עדה</bdi> chose this for you');
  });

  it('reach a domain that is not ASCII', async () => {
    const { mail, fields } = await sent({ to: { name: 'J', address: 'j@jõgeva.example' } });
    expect(fields).toContain('To: J <j@xn--jgeva-dua.example>');
    expect(mail.to?.[0]?.address).toMatch(/^j@/);
    expect(
      letterHtml({ ...letter, article: { title: 'T', url: 'https://www.xn--jgeva-dua.example/' } }),
    ).toMatch(/Read it at <bdi>jõgeva\.example/);
  });

  it('keep every header line short enough (RFC 5322, 2.1.1)', async () => {
    const { raw } = await sent({ subject: 'Ä'.repeat(300), note: 'x'.repeat(5_000) });
    for (const line of raw.toString('latin1').split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
  });
});

describe('a header', () => {
  const breaks = [
    '\r\nBcc: eve@example.org',
    '\nX-Evil: 1',
    '\r\r\nBcc: e@x.example',
    '\u2028Bcc: e@x',
    '\0\n\n<p>',
  ];

  it('cannot be broken by a name or a subject', async () => {
    const plain = await sent();
    for (const evil of breaks) {
      const { names, mail } = await sent({
        userName: `Ada${evil}`,
        friendName: `Grace${evil}`,
        subject: `Hello${evil}`,
        from: { name: `Ada${evil}`, address: 'notes@hallway.example' },
        to: { name: `Grace${evil}`, address: 'grace@hopper.example' },
        replyTo: { name: `Ada${evil}`, address: 'ada@lovelace.example' },
        headers: { References: `<a@x.example>${evil}` },
      });
      expect(names.filter((name) => name !== 'References')).toEqual(plain.names);
      expect(mail.bcc).toBeUndefined();
      expect(mail.to).toHaveLength(1);
      expect(mail.to?.[0]?.address).toBe('grace@hopper.example');
    }
  });

  it('does not let a name print something else than it says', async () => {
    const { mail } = await sent({
      from: { name: 'Ada \u202elacitilop\u2066 via Hallway', address: 'notes@hallway.example' },
    });
    expect(mail.from?.name).toBe('Ada  lacitilop  via Hallway');
  });

  it('refuses an address that is not exactly one', async () => {
    for (const address of [
      '',
      'grace',
      'g@x.example>, <eve@y.example',
      'g@x.example, eve@y.example',
      'g@x.example\r\nBcc: e@y',
    ]) {
      expect(() => composeLetter({ ...letter, ...envelope, to: { name: 'G', address } })).toThrow(TypeError);
    }
  });

  it('takes further fields, such as those that keep a thread together', async () => {
    const { mail } = await sent({ headers: { References: '<a@x.example> <b@x.example>' } });
    expect(mail.references).toBe('<a@x.example> <b@x.example>');
    expect(() => composeLetter({ ...letter, ...envelope, headers: { 'X\r\nBcc': 'e@x.example' } })).toThrow(
      TypeError,
    );
  });
});

describe('the subject nobody wrote', () => {
  it('is on the letter all the same', async () => {
    const { subject: _, ...unsaid } = envelope;
    const raw = await composeLetter({ ...letter, ...unsaid });
    expect((await PostalMime.parse(raw)).subject).toBe('The flats in Graça that nobody advertises');
  });

  it('is the title, or says whose note it is', () => {
    expect(defaultSubject(letter)).toBe('The flats in Graça that nobody advertises');
    expect(defaultSubject({ userName: 'Ada' })).toBe('A note from Ada');
    expect(defaultSubject({ userName: 'Ada', article: { title: 'One\r\nTwo' } })).toBe('One Two');
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
