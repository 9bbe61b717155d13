import { expect, test } from 'vitest';
import { friendNamed } from '../../functions/friends/named.ts';

const FRIENDS = [
  'Grace Hopper',
  'José Núñez',
  'Anne-Marie Weber',
  'Anne Frank',
  'Søren Ångström',
  'Weiß',
  'Grace',
  'Alan Turing',
  'Alan Kay',
  'Mum',
].map((name) => ({ name }));

test.each([
  ['Grace Hopper', 'Grace Hopper'],
  ['grace hopper', 'Grace Hopper'],
  // The whole name of one is not the first name of another.
  ['GRACE', 'Grace'],
  ['jose', 'José Núñez'],
  ['Jose Nunez', 'José Núñez'],
  ['anne marie', 'Anne-Marie Weber'],
  ['Anne', 'Anne Frank'],
  ['soren', 'Søren Ångström'],
  ['weiss', 'Weiß'],
  ['mum', 'Mum'],
  ['Alan K', undefined],
  ['Alan', undefined],
  ['Hopper', undefined],
  ['Grace Kelly', undefined],
  ['Gra', undefined],
])('%s is %s', (name, friend) => {
  expect(friendNamed(name, FRIENDS)?.name).toBe(friend);
});
