import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { Fault } from '../../functions/platform/faults.ts';
import {
  birthday,
  day,
  email,
  instant,
  line,
  parse,
  prose,
  timeZone,
  wallTime,
} from '../../functions/platform/shapes.ts';

const takes = (shape: z.ZodType, value: unknown) => shape.safeParse(value).success;

function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('There was no fault.');
}

describe('an address', () => {
  test.each([
    'ada@example.org',
    "o'hara+x@mail.example.co.uk",
    'ada@localhost',
    'ada@exämple.org',
    'ada@例え.jp',
  ])('is %s', (address) => expect(parse(email, ` ${address} `)).toBe(address));

  test.each([
    'ada',
    '@example.org',
    'ada@',
    'ada@example.org\nBcc: all@example.org',
    'ada@example.org\r\n',
    'ada@exam\u2028ple.org',
    'ada@exam ple.org',
    'ada lovelace@example.org',
    '<ada@example.org>',
    '"ada"@example.org',
    'ada@example.org,eve@example.org',
    'ada@exa(mple.org',
    'ada@example.org/eve',
    'ada@example.org#eve',
    'ada@ex%61mple.org',
    'ada@-example.org',
    'ädä@example.org',
    `${'a'.repeat(65)}@example.org`,
    `ada@${'a.'.repeat(130)}org`,
  ])('is not %j', (address) => expect(takes(email, address)).toBe(false));
});

describe('a line', () => {
  test('is trimmed, and one line', () => {
    expect(parse(line(10), '  Ada  ')).toBe('Ada');
    for (const bad of ['', '   ', 'a\nb', 'a\u0000', 'a\u2028b', 'a'.repeat(11), 5, null]) {
      expect(takes(line(10), bad)).toBe(false);
    }
  });

  test('half a character, which JSON can hold and the database cannot, becomes a sign for it', () => {
    expect(parse(line(10), JSON.parse('"a\\ud83d"'))).toBe('a\ufffd');
    expect(parse(prose(10), JSON.parse('"a\\udc00b"'))).toBe('a\ufffdb');
    expect(parse(line(10), '☕🏃')).toBe('☕🏃');
  });
});

test('prose keeps its lines, with one kind of line end', () => {
  expect(parse(prose(100), '\r\nDear Grace,\r\n\r\nlook at this.\rAda\n')).toBe(
    'Dear Grace,\n\nlook at this.\nAda',
  );
  expect(takes(prose(100), ' \n ')).toBe(false);
  expect(takes(prose(100), 'a\u0007')).toBe(false);
  expect(takes(prose(3), 'abcd')).toBe(false);
});

describe('a time zone', () => {
  test.each(['UTC', 'Europe/Lisbon', 'Asia/Kathmandu', 'Pacific/Chatham', 'America/Argentina/Buenos_Aires'])(
    'is %s',
    (zone) => expect(takes(timeZone, zone)).toBe(true),
  );
  test.each([
    '',
    'Lisbon',
    '+02:00',
    'Europe/Lisbon ',
    'Europe/Atlantis',
    '../UTC',
    'PST',
    'Z',
    'GMT+1',
    'x'.repeat(65),
    5,
  ])('is not %j', (zone) => expect(takes(timeZone, zone)).toBe(false));
});

describe('a wall time', () => {
  test.each(['2026-11-23T09:30', '2028-02-29T00:00', '2026-12-31T23:59:59'])('is %s', (wall) =>
    expect(takes(wallTime, wall)).toBe(true),
  );
  test.each([
    '2026-02-31T09:30',
    '2026-02-29T09:30',
    '2026-13-01T09:30',
    '2026-11-00T09:30',
    '2026-11-23T24:00',
    '2026-11-23T09:60',
    '2026-11-23 09:30',
    '2026-11-23T09:30Z',
    '2026-11-23T09:30+01:00',
    '2026-11-23',
    '9999-12-31T23:59',
    '0000-01-01T00:00',
  ])('is not %s', (wall) => expect(takes(wallTime, wall)).toBe(false));
});

test('a day is a real one', () => {
  expect(['2026-11-23', '2028-02-29'].every((text) => takes(day, text))).toBe(true);
  expect(['2026-02-29', '2026-11-31', '2026-1-1', '2026-11-23T00:00'].some((text) => takes(day, text))).toBe(
    false,
  );
});

test('a birthday may leave its year out, and 29 February is one', () => {
  expect(['1984-12-09', '--12-09', '--02-29', '1984-02-29'].filter((text) => !takes(birthday, text))).toEqual(
    [],
  );
  const wrong = ['1983-02-29', '--02-30', '--13-01', '-12-09', '12-09', '---12-09', '1984-12', ''];
  expect(wrong.filter((text) => takes(birthday, text))).toEqual([]);
});

test('an instant is UTC with milliseconds, so that its text is in order of time', () => {
  expect(takes(instant, '2026-11-23T12:00:00.000Z')).toBe(true);
  for (const other of [
    '2026-11-23T12:00:00Z',
    '2026-11-23T12:00:00.000+00:00',
    '+010000-01-01T00:00:00.000Z',
  ]) {
    expect(takes(instant, other)).toBe(false);
  }
});

describe('what is wrong with an input', () => {
  const Shape = z.strictObject({
    name: line(5),
    'a/b~c': z.number().optional(),
    interests: z
      .array(z.union([line(5), z.strictObject({ text: line(5), kind: z.enum(['topic', 'ask']) })]))
      .optional(),
  });
  const errorsOf = (input: unknown) => faultOf(() => parse(Shape, input)).errors;

  test('is said of every field, by its JSON Pointer', () => {
    expect(errorsOf({ name: 'too long', 'a/b~c': 'x', extra: 1 })).toEqual([
      { path: '/name', message: 'must be at most 5 characters' },
      { path: '/a~1b~0c', message: 'expected number, received string' },
      { path: '/extra', message: 'is not a known field' },
    ]);
  });

  test('a field that is missing is needed', () => {
    expect(errorsOf({})).toEqual([{ path: '/name', message: 'is needed' }]);
  });

  test('of two forms it speaks of the one that was meant', () => {
    expect(
      errorsOf({ name: 'Ada', interests: ['chess', { text: 'go', kind: 'hobby' }, 'much too long'] }),
    ).toEqual([
      { path: '/interests/1/kind', message: expect.stringContaining('expected one of') },
      { path: '/interests/2', message: 'must be at most 5 characters' },
    ]);
  });

  test('its sentence names the first, and one that is no object at all', () => {
    expect(faultOf(() => parse(Shape, { name: '' })).message).toBe('/name must not be empty.');
    expect(faultOf(() => parse(Shape, 'Ada')).message).toBe('The body expected object, received string.');
  });
});
