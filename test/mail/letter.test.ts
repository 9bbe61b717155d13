import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { composeLetter, previewLetter } from '../../functions/mail/compose.ts';
import { letter, PAGE, read, type Sendable, STOP } from './letters.ts';

async function parts(changes: Partial<Sendable> = {}) {
  const { html, text } = await previewLetter({ ...letter, ...changes });
  return { html, text };
}

const alone = { article: undefined } as unknown as Partial<Sendable>;

/** Words in the order they are read. */
const wordsOf = (text: string) => text.match(/[\p{L}\p{N}\p{M}\p{S}]+/gu) ?? [];

function wordsOfHtml(html: string): string[] {
  let text = '';
  const apart = () => {
    text += ' ';
  };
  const parser = new Parser({
    onopentag: apart,
    onclosetag: apart,
    ontext: (piece) => {
      text += piece;
    },
  });
  parser.end(html.slice(html.indexOf('<body')));
  return wordsOf(text);
}

/** HTML has its addresses in its links; here each has a line of its own. */
function wordsOfText(text: string): string[] {
  const addresses = ['https://miradouro.example/windows?utm_source=ada&x=1', PAGE];
  return wordsOf(
    text
      .split('\n')
      .filter((line) => !addresses.includes(line))
      .join('\n'),
  );
}

describe('both parts of a letter', () => {
  it('are a letter: the note first, then the article, and quietly the way to answer', async () => {
    const { text } = await parts();
    expect(text).toBe(`You said January is hopeless for flats.

This says January is when the cards go up.
Walk past the windows?

Ada Lovelace

*

Miradouro, 9 minutes
The flats in Graça that nobody advertises

Agencies list perhaps half of what is free.

Read it at miradouro.example:
https://miradouro.example/windows?utm_source=ada&x=1

*

Ada Lovelace chose this for you with Hallway.

-- 
Thank Ada Lovelace · Coffee? · Not my thing · Less often · Stop:
${PAGE}

Ada Lovelace (ada@lovelace.example) wrote the note; Hallway carried it.
Nothing in this email reports whether you opened it. To write back, just answer.`);
  });

  it('say the same, in the same order', async () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 80 });
    const line = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const article = fc.record({
      url: maybe(fc.constant('https://miradouro.example/windows?utm_source=ada&x=1')),
      title: line,
      siteName: maybe(line),
      minutes: maybe(fc.nat(30)),
      excerpt: maybe(fc.lorem({ maxCount: 90 })),
      text: maybe(fc.lorem({ maxCount: 40, mode: 'sentences' })),
    });
    await fc.assert(
      fc.asyncProperty(words, line, line, maybe(article), async (note, userName, friendName, article) => {
        const { html, text } = await parts({ note, userName, friendName, article } as Partial<Sendable>);
        expect(wordsOfHtml(html)).toEqual(wordsOfText(text));
      }),
      { seed: 2046, numRuns: 100 },
    );
  });

  it('keep lines and paragraphs, whatever ended them', async () => {
    const { html, text } = await parts({ note: 'one\r\ntwo  \n\nthree\u2028four\n-- \nfive' });
    expect(html).toContain('one<br/>two<br/><br/>three<br/>four<br/>--<br/>five');
    // A line of "-- " would hide what is below it.
    expect(text).toMatch(/^one\ntwo\n\nthree\nfour\n--\nfive\n\nAda/);
    expect(text.split('\n').filter((line) => line === '-- ')).toHaveLength(1);
  });

  it('go without an article, and then ask nothing about one', async () => {
    const { html, text } = await parts(alone);
    for (const part of [html, text]) {
      expect(part).not.toMatch(/chose this|Not my thing|Read it/);
      expect(part).toContain(PAGE);
    }
    expect(text).toMatch(/Walk past the windows\?\n\nAda Lovelace\n\n-- \nThank Ada Lovelace · Coffee\?/);
  });

  it('carry the words of an article that has no address, and only then', async () => {
    const withText = await parts({ article: { title: 'From a newsletter', text: 'First.\n\nSecond.' } });
    expect(withText.html).toContain('First.<br/><br/>Second.');
    expect(withText.text).toContain('\nFirst.\n\nSecond.\n');
    expect(withText.text).not.toContain('It goes on.');
    const linked = await parts({ article: { title: 'T', url: 'https://x.example/a', text: 'The whole.' } });
    expect(linked.html + linked.text).not.toContain('The whole.');
  });

  it('say an excerpt in at most 400 characters, cut between words', async () => {
    const { html } = await parts({ article: { title: 'T', excerpt: 'seven77 '.repeat(100) } });
    expect(html).toContain(`${'seven77 '.repeat(49)}seven77…`);
  });

  it('shorten a title that is but an address', async () => {
    const title = `miradouro.example/${'x'.repeat(200)}`;
    const { html, text } = await parts({ article: { title, url: `https://${title}` } });
    expect(text).toContain(`\nmiradouro.example/${'x'.repeat(61)}…\n`);
    expect(html).toContain(`>miradouro.example/${'x'.repeat(61)}…</a>`);
  });
});

describe('the links of a letter', () => {
  it('lead to the article as it was saved and to the friend’s page, and nothing is loaded', async () => {
    const { html } = await parts();
    const links = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map((match) => match[1]);
    const article = 'https://miradouro.example/windows?utm_source=ada&amp;x=1';
    expect(links).toEqual([article, article, PAGE, PAGE, PAGE, PAGE, PAGE]);
    expect(html).not.toMatch(/<img|<script|url\(|@import|@font-face|<link/);
    expect(html).not.toContain(STOP);
  });

  it('are never made of an address in the note', async () => {
    const note = 'See https://elsewhere.example/ and www.elsewhere.example';
    const { html } = await parts({ note });
    expect(html).toContain(note);
    expect(html).not.toContain('href="https://elsewhere.example');
  });

  it('are never made of an address that is not on the web', async () => {
    for (const url of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'not an address']) {
      const { html, text } = await parts({ article: { title: 'T', url } });
      expect(html + text).not.toContain(url);
      expect(html + text).not.toContain('Read it at');
    }
  });

  it('say the name of a site in its own script', async () => {
    const { html } = await parts({ article: { title: 'T', url: 'https://www.xn--jgeva-dua.example/' } });
    expect(html).toMatch(/Read it at <bdi>jõgeva\.example/);
  });
});

describe('the look of a letter', () => {
  it('stands in its elements, for programs that drop style sheets', async () => {
    const { document } = parseHTML((await parts()).html);
    const styled = document.querySelectorAll('[class]');
    expect(styled.length).toBeGreaterThan(20);
    for (const element of styled) expect(element.getAttribute('style'), element.className).toBeTruthy();
    expect(document.querySelector('.note')?.getAttribute('style')).toMatch(
      /^padding: 0 48px; color: #2b3a9f;.* padding-top: 44px; font: 23px\/34px /,
    );
  });

  it('in the dark is changed for every colour there is', async () => {
    const { document } = parseHTML((await parts()).html);
    const sheet = document.querySelector('style')?.textContent ?? '';
    const dark = sheet.split('prefers-color-scheme:dark')[1] ?? '';
    for (const element of document.querySelectorAll('[style*="#"]')) {
      const changed = element.className.split(' ').some((name) => dark.includes(`.${name}{`));
      expect(changed, element.className).toBe(true);
    }
  });

  it('lets every line run in its own direction', async () => {
    const { html } = await parts({ note: 'שלום\nhello', userName: 'עדה' });
    expect(html).toMatch(/dir="auto" lang="" [^>]*unicode-bidi: plaintext[^>]*>שלום<br\/>hello</);
    expect(html).toContain('<bdi>עדה</bdi> chose this for you');
  });
});

describe('a long letter', () => {
  it('stays below the 102 KB where mail programs cut, and keeps its note and its way out', async () => {
    const costly = fc.constantFrom(
      '&',
      '"',
      "'",
      '<',
      '🌿',
      '漢',
      'é',
      'a\n',
      'x\r\n',
      '\n\n',
      '👩‍👩‍👧',
      ' a',
      '\u2028',
    );
    const lines = (typed: string) => typed.toWellFormed().replace(/[ \t]*(?:\r\n?|[\n\u2028])/g, '\n');
    const filled = (unit: string, size: number) => unit.repeat(size).slice(0, size);
    await fc.assert(
      fc.asyncProperty(
        costly,
        costly,
        costly,
        fc.constantFrom(0, 1, 600, 10_000),
        fc.constantFrom(0, 300, 200_000),
        fc.boolean(),
        async (noteUnit, nameUnit, textUnit, noteSize, textSize, isLinked) => {
          const note = `a${filled(noteUnit, noteSize)}z`;
          const name = `A${filled(nameUnit, 98)}`;
          const { html, text } = await parts({
            note,
            userName: name,
            friendName: name,
            article: {
              title: filled(textUnit, 300),
              siteName: filled(nameUnit, 300),
              excerpt: filled(textUnit, 4000),
              text: filled(textUnit, textSize),
              // As long as an address can be saved.
              ...(isLinked && { url: `https://miradouro.example/?${'&'.repeat(2020)}` }),
            },
          });
          expect(Buffer.byteLength(html)).toBeLessThan(102_000);
          expect(text.startsWith(`${lines(note)}\n\nA`)).toBe(true);
          for (const part of [html, text]) {
            expect(part).toContain(PAGE);
            if (textSize === 200_000 && !isLinked && textUnit.trim()) {
              expect(part).toContain('It goes on. Answer, and ask for the rest.');
            }
          }
        },
      ),
      { seed: 102, numRuns: 80 },
    );
  });

  // Each aims at something quadratic. It must end; how fast is for the benchmark to say.
  it.each([
    ['spaces', ' '],
    ['line breaks', '\n'],
    ['both', ' \n'],
    ['the beginnings of encoded words', '=?'],
    ['ideographic spaces', '\u3000'],
  ])('of %s is written, too', async (_, unit) => {
    const long = `a${unit.repeat(100_000)}b c`;
    const article = { title: long, siteName: long, excerpt: long, text: long };
    const { html } = await parts({ note: `a${unit.repeat(4_000)}b`, article });
    expect(Buffer.byteLength(html)).toBeLessThan(102_000);
  });

  it('is never cut in the note', async () => {
    for (const note of ['🌿'.repeat(5_000), '&'.repeat(10_000), '漢'.repeat(10_000), 'x'.repeat(10_000)]) {
      const { html, text } = await parts({ note, article: { title: 'T', text: 'word & '.repeat(30_000) } });
      expect(text.startsWith(`${note}\n\nAda Lovelace\n`)).toBe(true);
      expect(wordsOfHtml(html)).toEqual(wordsOfText(text));
    }
  });
});

describe('what a user has written down about a friend', () => {
  it('has no way into a letter, even if it is handed over with it', async () => {
    const secret = 'zugzwang';
    const told = {
      interests: [{ text: secret, kind: 'ask', until: '2027-03-01', heard: secret }],
      reasons: [{ interest: secret, kind: 'topic', evidence: secret }],
      suggestions: [{ friendName: secret, score: 0.93, reasons: [{ interest: secret }] }],
      heard: secret,
      groups: [secret],
      score: 0.93,
      selection: secret,
      tags: [secret],
    };
    const raw = await composeLetter({
      ...letter,
      ...told,
      article: { ...letter.article, ...told },
      from: { ...letter.from, ...told },
      to: { ...letter.to, ...told },
      replyTo: { ...letter.replyTo, ...told },
    });
    const { mail, fields } = await read(raw);
    for (const said of [raw.toString('latin1'), mail.text, mail.html, ...fields]) {
      expect(said).not.toMatch(/zugzwang|0\.93/i);
    }
  });
});
