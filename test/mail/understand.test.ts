import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confirmationOf } from '../../functions/mail/confirmation.ts';
import { type IncomingMail, readMail } from '../../functions/mail/parse.ts';
import { isAutomatic } from '../../functions/mail/trust.ts';
import { understand } from '../../functions/mail/understand.ts';

const MAILS = new URL('../fixtures/mail/', import.meta.url);

/** As it comes over the wire; the fixtures are kept with the line ends of the repository. */
function wire(name: string): Buffer {
  return Buffer.from(readFileSync(new URL(`${name}/mail.eml`, MAILS), 'utf8').replaceAll('\n', '\r\n'));
}

const ada = { name: 'Ada Lovelace', address: 'ada@lovelace.example' };

function mailOf(changes: Partial<IncomingMail>): IncomingMail {
  return { from: ada, to: [], subject: '', text: '', html: '', attachments: [], headers: {}, ...changes };
}

describe('a mail of the fixtures', () => {
  // expected.json: what is understood, all but `html`; or the service's question, which never gets that far.
  test.each(readdirSync(MAILS))('%s', async (name) => {
    const expected = JSON.parse(readFileSync(new URL(`${name}/expected.json`, MAILS), 'utf8'));
    const mail = await readMail(wire(name));
    expect(isAutomatic(mail)).toBe(expected.automatic);
    expect(confirmationOf(mail)).toEqual(expected.confirmation);
    if (expected.confirmation) return;
    const { html = '', ...understood } = { html: '', ...understand(mail) };
    expect(understood).toStrictEqual(expected.understood);
    expect(html.replace(/<\/?(?:p|li|h[1-6])>/g, '')).not.toMatch(/[<>]/);
  });
});

describe('what the user wrote', () => {
  const url = 'https://kestrel.example/swifts';
  const words = (text: string) => understand(mailOf({ text: `${text}\n\n${url}` }));

  test.each([
    ['for Grace', 'Grace'],
    ['For Grace:', 'Grace'],
    ['für Oma Lotte', 'Oma Lotte'],
    ['Pour Anne-Sophie', 'Anne-Sophie'],
    ['para José', 'José'],
    ['@grace', 'Grace'],
    ['@grace.hopper', 'Grace Hopper'],
    ['@o’neill', 'O’neill'],
  ])('%s: is for %s', (line, friend) => {
    expect(words(line)).toStrictEqual({ kind: 'link', url, friend });
  });

  test.each([
    'for later',
    'For my sister, with love',
    'grace@hopper.example',
    'Per Olof',
    'for the Swifts Club',
  ])('%s: is only words', (line) => {
    expect(words(line)).toStrictEqual({ kind: 'link', url, words: line });
  });

  test('names one friend', () => {
    expect(words('for Grace\nfor Charles')).toMatchObject({ friend: 'Grace', words: 'for Charles' });
  });

  test.each([
    'Sent from my iPhone',
    'Get Outlook for Android',
    'Von meinem iPhone gesendet',
    'Gesendet mit der GMX Mail App',
    'Envoyé de mon iPad',
    'Enviado desde mi iPhone',
    'Inviato da iPhone',
    'Enviado do meu iPhone',
    'Verzonden met Outlook voor iOS',
    'Skickat från min iPhone',
    'Sent with Proton Mail secure email.',
    '________________________________',
  ])('is without what the client adds: %s', (line) => {
    expect(understand(mailOf({ text: `${url}\n\nSwifts!\n\n${line}\n` }))).toMatchObject({
      words: 'Swifts!',
    });
  });

  test('ends at the signature', () => {
    const text = `${url}\nSwifts!\n-- \nAda\nhttps://engines.example/`;
    expect(understand(mailOf({ text }))).toStrictEqual({ kind: 'link', url, words: 'Swifts!' });
  });

  test('is without what it answers', () => {
    const text = `Look:\n${url}\n\nOn Mon, Sep 7, 2026 Charles <charles@babbage.example> wrote:\n\n> They left.\n> https://a.example/`;
    expect(understand(mailOf({ subject: 'Re: Swifts', text }))).toStrictEqual({
      kind: 'link',
      url,
      title: 'Swifts',
      words: 'Look:',
    });
  });

  test('keeps its lines and paragraphs', () => {
    expect(words('one\ntwo\n\n\n\nthree')).toMatchObject({ words: 'one\ntwo\n\nthree' });
  });
});

describe('nothing is made up', () => {
  test('words of a machine are not the user’s', () => {
    const from = { name: 'Shop', address: 'no-reply@shop.example' };
    const text = 'Your parcel is on its way: https://shop.example/parcel/1';
    expect(understand(mailOf({ from, text }))).not.toHaveProperty('words');
  });

  test('a forwarded mail of a client we do not know is not the user’s words', () => {
    const text = `${'The swifts left on Sunday, all in one go. '.repeat(20)}\nhttps://kestrel.example/swifts`;
    const understood = understand(mailOf({ subject: 'Fwd: swifts', text }));
    expect(understood).toMatchObject({ kind: 'article', url: 'https://kestrel.example/swifts' });
    expect(understood).not.toHaveProperty('words');
  });

  test('a line of underscores, or a "From:" in the middle of a text, forwards nothing', () => {
    for (const rule of [
      '________________________________',
      '-------- Forwarded Message --------',
      'From: the roof',
    ]) {
      const text = `One.\n\n${rule}\n\nTwo. https://kestrel.example/swifts`;
      expect(understand(mailOf({ text }))).toMatchObject({
        kind: 'link',
        words: expect.stringMatching(/^One\./),
      });
    }
  });

  test('neither a throw nor an address that was not there, whatever is put together', () => {
    const fragment = fc.constantFrom(
      ...[
        '---------- Forwarded message ---------',
        '________________________________',
        '> ',
        '>',
        '\n',
        '\n\n',
      ],
      ...[
        'From: A <a@b.example>',
        'Von: A',
        'De :',
        'Sent:',
        'Date: Mon, Sep 7, 2026',
        'Subject: x',
        'To: ',
        '*Von:* ',
      ],
      ...[
        'https://kestrel.example/swifts',
        'http://',
        'https://[',
        'HTTPS://K.EXAMPLE',
        '-- ',
        'for Grace',
        '@',
        '%E0%A4%A',
      ],
      ...[
        '<a href="https://kestrel.example/swifts">',
        '<a href=',
        '</a>',
        '<div style="display:none">',
        '<h1>',
        '<',
        '&#0;',
      ],
      ...[
        'View in browser',
        'Unsubscribe',
        'Read more',
        '\ud800',
        '\u0000',
        '<!--',
        '<pre>',
        '<th>',
        '<td>',
        '<script>',
      ],
    );
    const text = fc
      .array(fragment, { maxLength: 30 })
      .chain((parts) => fc.constantFrom(parts.join('\n'), parts.join('')));
    fc.assert(
      fc.property(text, text, text, (subject, plain, html) => {
        const understood = understand(mailOf({ subject, text: plain, html }));
        if ('url' in understood) {
          expect(`${subject} ${plain} ${html}`.toLowerCase()).toContain(new URL(understood.url).hostname);
        }
      }),
      { seed: 1834, numRuns: 500 },
    );
  });
});

describe('a hostile mail', () => {
  const forward =
    '---------- Forwarded message ---------\nFrom: A <a@b.example>\nDate: Mon, Sep 7, 2026\nSubject: y\n\n';

  // Each aims at something quadratic in a parser or a rule. It must end; how fast is for the benchmark to say.
  test.each([
    ['line breaks', `x${'\n'.repeat(60_000)}y`],
    ['spaces', `x${' '.repeat(60_000)}y`],
    ['line breaks below a header', `${forward}${'\n'.repeat(60_000)}y`],
    ['quotes', '>'.repeat(2_000_000)],
    ['lines of quotes', '> '.concat('>'.repeat(60), '\n').repeat(30_000)],
    ['separators', '----- Forwarded Message -----\n'.repeat(1_000)],
    ['forwards in forwards', forward.repeat(300)],
    ['quoted answers that never end', `On ${'<'.repeat(200)}, "${'>'.repeat(200)}\n`.repeat(5_000)],
    ['brackets in addresses', `http://a/${')'.repeat(4_000)} `.repeat(400)],
    ['addresses', 'https://a.example/ '.repeat(100_000)],
  ])('of text ends: %s', (_, text) => {
    expect(understand(mailOf({ subject: 'Fwd: x', text })).kind).toMatch(/body|nothing|article/);
  });

  test.each([
    ['links', '<a href="https://a.example/b">x</a>'.repeat(100_000)],
    ['open elements', '<div>'.repeat(400_000)],
    ['nested tables', '<table><tr><td>'.repeat(100_000)],
    ['tags that never end', '<a '.repeat(700_000)],
    ['attributes that never end', '<a x="'.repeat(300_000)],
    ['comments that never end', '<!--'.repeat(500_000)],
    ['entities', '&amp;'.repeat(400_000)],
    ['entities that are none', Array.from({ length: 100_000 }, (_, place) => `&a${place};`).join('')],
    ['characters of no width', '&zwnj;&nbsp;'.repeat(150_000)],
    [
      'addresses in addresses',
      `<a href="https://x.safelinks.protection.outlook.com/?url=${'https%3A%2F%2Fx.safelinks.protection.outlook.com%2F%3Furl%3D'.repeat(25)}">x</a>`.repeat(
        2_000,
      ),
    ],
  ])('of HTML ends: %s', (_, html) => {
    expect(understand(mailOf({ subject: 'Fwd: x', html })).kind).toMatch(/body|nothing|article/);
  });

  test('gives no more than its caps', () => {
    const understood = understand(mailOf({ subject: 's'.repeat(1_000), text: `${'word '.repeat(400_000)}` }));
    expect(understood).toMatchObject({ kind: 'body' });
    if (understood.kind !== 'body') return;
    expect(understood.title).toHaveLength(300);
    expect(understood.text.length).toBeLessThanOrEqual(200_000);
  });
});
