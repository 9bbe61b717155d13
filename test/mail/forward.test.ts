import { describe, expect, test } from 'vitest';
import { bareSubject, calendarDay, unwrap } from '../../functions/mail/forward.ts';
import { textLines } from '../../functions/mail/lines.ts';

describe('a subject', () => {
  test.each([
    ['Fwd: Swifts', 'Swifts', true],
    ['FW: RE: Swifts', 'Swifts', true],
    ['WG: AW: Schwalben', 'Schwalben', true],
    ['TR : Martinets', 'Martinets', true],
    ['RV: Vencejos', 'Vencejos', true],
    ['I: Rondoni', 'Rondoni', true],
    ['ENC: Andorinhões', 'Andorinhões', true],
    ['Doorst: Gierzwaluwen', 'Gierzwaluwen', true],
    ['VB: Tornseglare', 'Tornseglare', true],
    ['VS: Mursejlere', 'Mursejlere', true],
    ['[EXTERNAL] Fwd: Swifts', 'Swifts', true],
    ['Re[2]: Swifts', 'Swifts', false],
    ['I, Claudius: a rereading', 'I, Claudius: a rereading', false],
    ['Reading: swifts', 'Reading: swifts', false],
    ['', '', false],
  ])('%s', (written, subject, isForward) => {
    expect(bareSubject(written)).toEqual({ subject, isForward });
  });
});

describe('a day', () => {
  test.each([
    ['Mon, Sep 7, 2026 at 9:12 AM', '2026-09-07'],
    ['Monday, 7 September 2026 09:12', '2026-09-07'],
    ['On Monday, September 7th, 2026 at 9:12 AM', '2026-09-07'],
    ['Mo., 7. Sept. 2026 um 09:12 Uhr', '2026-09-07'],
    ['10. März 2026', '2026-03-10'],
    ['lun. 7 sept. 2026 à 09:12', '2026-09-07'],
    ['mar. 8 sept. 2026 à 09:12', '2026-09-08'],
    ['dimanche 1er mars 2026', '2026-03-01'],
    ['lunes, 7 de septiembre de 2026 9:12', '2026-09-07'],
    ['mar 8 set 2026 alle ore 09:12', '2026-09-08'],
    ['segunda-feira, 7 de setembro de 2026 09:12', '2026-09-07'],
    ['ma 7 sep 2026 om 09:12', '2026-09-07'],
    ['den 7 september 2026 09:12', '2026-09-07'],
    ['07.09.2026 09:12', '2026-09-07'],
    ['2026-09-07T09:12:00Z', '2026-09-07'],
    ['9/17/2026', '2026-09-17'],
    ['17/09/2026', '2026-09-17'],
    ['07/09/2026', undefined],
    ['07.09.26', undefined],
    ['31 February 2026', undefined],
    ['7 September', undefined],
    ['yesterday', undefined],
  ])('%s', (written, day) => {
    expect(calendarDay(written)).toBe(day);
  });
});

describe('a forwarded mail', () => {
  const header =
    'From: Charles <charles@babbage.example>\nDate: Mon, Sep 7, 2026\nSubject: Swifts\n\nThey left.';

  test.each([
    '---------- Forwarded message ---------',
    '-----Original Message-----',
    '-------- Original message --------',
    '-----Ursprüngliche Nachricht-----',
    '----- Message d’origine -----',
    "-----Message d'origine-----",
    '-----Mensaje original-----',
    '-----Messaggio originale-----',
    '-----Mensagem original-----',
    '-----Oorspronkelijk bericht-----',
    '-----Ursprungligt meddelande-----',
    'Begin forwarded message:',
    'Anfang der weitergeleiteten Nachricht:',
    'Inicio del mensaje reenviado:',
    'Vidarebefordrat mejl:',
    '________________________________',
  ])('is below "%s"', (separator) => {
    const found = unwrap(textLines(`Look!\n\n${separator}\n${header}`), false);
    expect(found?.above.map(({ text }) => text)).toEqual(['Look!', '']);
    expect(found?.original.map(({ text }) => text).filter(Boolean)).toEqual(['They left.']);
    expect(found).toMatchObject({
      from: { name: 'Charles', address: 'charles@babbage.example' },
      subject: 'Swifts',
      day: '2026-09-07',
    });
  });

  test('can be quoted, have a bold header, or be all there is', () => {
    const bold = header
      .replace('From:', '*Von:*')
      .replace('Date:', '*Gesendet:*')
      .replace('Subject:', '*Betreff:*');
    for (const text of [header, `\n\n${header}`, header.replace(/^/gm, '> '), bold]) {
      const found = unwrap(textLines(text), true);
      expect(found?.above).toEqual([]);
      expect(found?.subject).toBe('Swifts');
      expect(found?.original.at(-1)?.text).toBe('They left.');
    }
  });

  test('can be a quoted answer, if the subject says that it was forwarded', () => {
    const text = 'Look!\n\nOn Mon, 7 Sep 2026, "Charles" <charles@babbage.example> wrote:\n\n> They left.';
    expect(unwrap(textLines(text), false)).toBeNull();
    expect(unwrap(textLines(text), true)).toMatchObject({
      from: { name: 'Charles' },
      original: [{ text: '' }, { text: 'They left.' }],
    });
  });

  test.each([
    'They left.',
    '',
    '________________________________\n\nThey left.',
    'De: la ventana',
    'From: here\nto there',
  ])('is not in: %s', (text) => {
    expect(unwrap(textLines(text), true)).toBeNull();
  });
});
