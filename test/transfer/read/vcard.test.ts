import { array, assert, asyncProperty, nat } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../functions/transfer/entry.ts';
import { readCards } from '../../../functions/transfer/read/vcard.ts';
import { all, cuts, inPieces } from './reading.ts';

const read = (...lines: string[]) => all(readCards(inPieces(lines.join('\n'))));
const card = (...lines: string[]) => ['BEGIN:VCARD', 'VERSION:3.0', ...lines, 'END:VCARD'];
const friendOf = ([entry]: Entry[]) => (entry && 'friend' in entry ? entry.friend : entry);

test.each([
  ['a name as it is shown', ['N:Lovelace;Ada;;;', 'FN:Ada L.'], 'Ada L.'],
  ['its parts put together', ['N:Lovelace;Ada;King,Byron;Countess;', 'FN: '], 'Ada King Byron Lovelace'],
  ['a nickname', ['N:;;;;', 'NICKNAME:Ada,Countess', 'ORG:Engines'], 'Ada'],
  ['a company without its departments', ['ORG:Engines\\; Ltd;Numbers'], 'Engines; Ltd'],
  ['an address', ['EMAIL:ada@example.org'], 'ada@example.org'],
  ['escapes, folds and marks', ['FN:Ada\\, the\\n', ' \tsec', ' ond\u202e'], 'Ada, the second'],
  ['small letters', ['fn:Ada'], 'Ada'],
  ['a group before its name', ['item7.FN:Ada'], 'Ada'],
])('%s', async (_, lines, name) => {
  expect(friendOf(await read(...card(...lines)))).toMatchObject({ name });
});

test.each([
  ['the first', ['EMAIL:ada@example.org', 'EMAIL:other@example.org']],
  ['the first that is one', ['EMAIL:nobody', 'EMAIL:', 'EMAIL;TYPE=HOME:ada@example.org']],
  ['the preferred of 2.1', ['EMAIL;INTERNET:other@example.org', 'EMAIL;PREF;INTERNET:ada@example.org']],
  ['of 3.0', ['EMAIL:other@example.org', 'EMAIL;TYPE=INTERNET,PREF:ada@example.org']],
  ['quoted', ['EMAIL:other@example.org', 'EMAIL;TYPE="home,pref":ada@example.org']],
  ['of 4.0', ['EMAIL;PREF=2:other@example.org', 'EMAIL;PREF=1:ada@example.org']],
  ['unless it is none', ['EMAIL;PREF=1:nobody', 'EMAIL:ada@example.org']],
])('the email address: %s', async (_, lines) => {
  expect(friendOf(await read(...card('FN:Ada', ...lines)))).toMatchObject({
    name: 'Ada',
    email: 'ada@example.org',
  });
});

test('further email addresses, each once', async () => {
  const emails = ['ada@example.org', 'nobody', 'other@example.org', 'ADA@example.org', 'third@example.org'];
  expect(friendOf(await read(...card('FN:Ada', ...emails.map((email) => `EMAIL:${email}`))))).toEqual({
    name: 'Ada',
    email: 'ada@example.org',
    otherEmails: ['other@example.org', 'third@example.org'],
  });
});

test.each([
  ['BDAY:1984-12-09', '1984-12-09'],
  ['BDAY;VALUE=date:19841209', '1984-12-09'],
  ['BDAY:1984-12-09T12:00:00+01:00', '1984-12-09'],
  ['BDAY:--1209', '--12-09'],
  ['BDAY;X-APPLE-OMIT-YEAR=1604:1604-12-09', '--12-09'],
  ['BDAY;VALUE=date;X-APPLE-OMIT-YEAR=1900:1900-12-09', '--12-09'],
  ['BDAY;VALUE=text:1984-12-09', undefined],
  ['BDAY:soon', undefined],
])('%s', async (line, birthday) => {
  expect(friendOf(await read(...card('FN:Ada', line)))).toEqual({
    name: 'Ada',
    ...(birthday && { birthday }),
  });
});

test('zones are zones', async () => {
  const zoneOf = async (line: string) => friendOf(await read(...card('FN:Ada', line)));
  expect(await zoneOf('TZ:Europe/Lisbon')).toEqual({ name: 'Ada', timeZone: 'Europe/Lisbon' });
  expect(await zoneOf('TZ;VALUE=text:Europe/Lisbon')).toEqual({ name: 'Ada', timeZone: 'Europe/Lisbon' });
  expect(await zoneOf('TZ:-05:00')).toEqual({ name: 'Ada' });
});

test('notes are private, and never read', async () => {
  const lines = [
    'FN:Ada',
    'NOTE;ENCODING=QUOTED-PRINTABLE:secret=',
    'NICKNAME:secret=0A=',
    'secret',
    'NOTE:secret',
  ];
  expect(JSON.stringify(await read(...card(...lines)))).not.toContain('secret');
});

describe('cards that are not as they should be', () => {
  test('broken lines cost themselves alone', async () => {
    const entries = await read(
      '',
      ...card('no colon', 'EMAIL;TYPE="x:y', ':', ';=:', 'FN:Ada', 'N;A="'),
      'rubbish',
    );
    expect(entries).toEqual([{ line: 2, friend: { name: 'Ada' } }]);
  });

  test('one without an end costs itself alone', async () => {
    expect(await read('BEGIN:VCARD', 'FN:Ada', ...card('FN:Grace'), 'BEGIN:VCARD', 'FN:Mary')).toEqual([
      { line: 1, reason: 'This card has no end.' },
      { line: 3, friend: { name: 'Grace' } },
      { line: 7, reason: 'This card has no end.' },
    ]);
  });

  test('a soft break before its end', async () => {
    const lines = card('FN:Ada', 'NOTE;ENCODING=QUOTED-PRINTABLE:private=');
    expect(await read(...lines, ...card('FN:Grace'))).toMatchObject([
      { line: 1, friend: { name: 'Ada' } },
      { line: 6, friend: { name: 'Grace' } },
    ]);
  });

  test('with nobody in it', async () => {
    expect(await read(...card('TEL:1'), ...card('FN:\u200b'))).toEqual([
      { line: 1, reason: 'There is neither a name nor an email address.' },
      { line: 5, reason: 'There is neither a name nor an email address.' },
    ]);
  });

  test('with an address alone that is none', async () => {
    expect(await read(...card('EMAIL:nobody'))).toEqual([
      { line: 1, reason: 'There is no name, and its email address is not an address.' },
    ]);
  });

  test('cards inside a card are not read', async () => {
    const inner = card('FN:Inner', 'AGENT:', ...card('FN:Innermost'));
    expect(await read(...card('AGENT:', ...inner, 'FN:Outer'), ...card('FN:Next'))).toEqual([
      { line: 1, friend: { name: 'Outer' } },
      { line: expect.any(Number), friend: { name: 'Next' } },
    ]);
  });

  test('pictures of megabytes, folded or not, cost nothing', async () => {
    const picture = ['PHOTO:'.padEnd(3_000_000, 'a'), ...Array<string>(50_000).fill(` ${'b'.repeat(70)}`)];
    expect(await read(...card('FN:Ada', ...picture, 'EMAIL:ada@example.org'))).toEqual([
      { line: 1, friend: { name: 'Ada', email: 'ada@example.org' } },
    ]);
  });

  test('a name of megabytes is none', async () => {
    const entries = await read(...card('FN:'.padEnd(3_000_000, 'a'), 'N:Lovelace;Ada'));
    expect(entries).toEqual([{ line: 1, friend: { name: 'Ada Lovelace' } }]);
  });
});

test('what goes in comes out, with its line, however it is cut and folded', async () => {
  await assert(
    asyncProperty(array(nat(9999), { maxLength: 6 }), nat(20), cuts, async (numbers, fold, sizes) => {
      const lines: string[] = [];
      const expected = numbers.map((number) => {
        const line = lines.length + 1;
        const long = `FN:Zoë Müller ${number} ${'of Lisbon '.repeat(5)}`.trim();
        const folded = `${long.slice(0, 5 + fold)}\n ${long.slice(5 + fold)}`.split('\n');
        lines.push(...card(...folded, `item1.EMAIL;TYPE=pref:zoe${number}@example.org`));
        return { line, friend: { name: long.slice(3), email: `zoe${number}@example.org` } };
      });
      expect(await all(readCards(inPieces(lines.join('\n'), sizes)))).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});
