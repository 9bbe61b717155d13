import { expect, test } from 'vitest';
import { digest, hashToken, isId, newId, newToken } from '../../functions/platform/ids.ts';

test('an id names its kind, and ids of one kind are in order of creation', () => {
  const ids = Array.from({ length: 500 }, () => newId('nte'));
  expect(ids.every((id) => isId('nte', id))).toBe(true);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(500);
});

test.each([
  'art_01JD0000000000000000000000',
  'nte_01jd0000000000000000000000',
  'nte_01JD000000000000000000000',
  'nte_01JD00000000000000000000000',
  'nte_81JD0000000000000000000000',
  'nte_01JD000000000000000000000#',
  'nte_01JD0000000000000000000000\n',
  '',
])('%j is no id of a note', (id) => expect(isId('nte', id)).toBe(false));

test('a token has 256 bits, its hash is another text, and a digest is short and stable', () => {
  const token = newToken();
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(newToken()).not.toBe(token);
  expect(hashToken(token)).toHaveLength(43);
  expect(hashToken(token)).toBe(hashToken(token));
  expect(digest('https://example.org/')).toMatch(/^[\w-]{27}$/);
});
