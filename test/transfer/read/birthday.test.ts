import { expect, test } from 'vitest';
import { birthdayOf } from '../../../functions/transfer/read/birthday.ts';

test.each([
  ['1984-12-09', '1984-12-09'],
  [' 1984-12-09 ', '1984-12-09'],
  ['19841209', '1984-12-09'],
  ['1984-12-09T00:00:00Z', '1984-12-09'],
  ['19841209T000000', '1984-12-09'],
  ['--1209', '--12-09'],
  ['--12-09', '--12-09'],
  ['--0229', '--02-29'],
  ['1604-05-12', '--05-12'],
  ['0000-05-12', '--05-12'],
  ['12/9/1984', '1984-12-09'],
  ['03/04/1984', '1984-03-04'],
  ['25/12/1984', '1984-12-25'],
  ['9.12.1984', '1984-12-09'],
  ['9.12.', '--12-09'],
  ['1984/12/9', '1984-12-09'],
  ['12/9/84', '--12-09'],
  ['12/9/1984 12:00:00 AM', '1984-12-09'],
  ['0/0/00', undefined],
  ['2/30/1984', undefined],
  ['1983-02-29', undefined],
  ['---09', undefined],
  ['1984', undefined],
  ['circa 1800', undefined],
  ['', undefined],
])('%j: %s', (written, birthday) => {
  expect(birthdayOf(written)).toBe(birthday);
});

test('the day first, where it is written so', () => {
  expect(birthdayOf('03/04/1984', { dayFirst: true })).toBe('1984-04-03');
  expect(birthdayOf('12/25/1984', { dayFirst: true })).toBe('1984-12-25');
});

test('a year that stands for none', () => {
  expect(birthdayOf('1900-05-12', { omitYear: 1900 })).toBe('--05-12');
  expect(birthdayOf('1900-05-12')).toBe('1900-05-12');
});
