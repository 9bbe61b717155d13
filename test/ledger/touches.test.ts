import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mute, stopAddress } from '../../functions/ledger/store.ts';
import {
  findStops,
  findTouch,
  forgetTouches,
  moveWord,
  recordCorrection,
  recordTouch,
  takeBackStops,
  touchesOf,
  walkTouches,
} from '../../functions/ledger/touches/store.ts';
import { cleanLine, MAX_CORRECTIONS, type Touch, touchId } from '../../functions/ledger/touches.ts';
import { isId } from '../../functions/platform/ids.ts';
import { NOON, testGround } from '../ground.ts';

const NOTE = 'nte_01KAR46RG0000000000000000A';
const LATER = 'nte_01KAR46RG0000000000000000B';
const [ADA, GRACE] = ['usr_ada', 'frd_grace'];

function touch(kind: Touch['kind'], more: Partial<Touch> = {}): Touch {
  const noteId = more.noteId ?? NOTE;
  const id = touchId({ noteId, kind, ...more });
  return { id, friendId: GRACE, noteId, kind, at: NOON.toISOString(), ...more };
}

describe('the id of a touch', () => {
  test('is one for each letter and kind, and for each correction', () => {
    expect(isId('tch', touch('thanks').id)).toBe(true);
    expect(touch('thanks').id).toBe(touch('thanks', { line: 'Another line.', at: 'later' }).id);
    const ids = [
      touch('thanks'),
      touch('coffee'),
      touch('thanks', { noteId: LATER }),
      touch('renamed', { is: 'Grace' }),
      touch('renamed', { is: 'Gracie' }),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(5);
  });
});

describe('a friend’s line', () => {
  test('keeps its lines and loses what shows nothing', () => {
    expect(cleanLine('  One.\r\nTwo.\u0000\u001b[31m\u202e drawkcab\u2028Three.\r\r\r\rFour. ')).toBe(
      'One.\nTwo.[31m drawkcab\nThree.\n\nFour.',
    );
    expect(cleanLine('שלום \u200f👩‍🚀 é')).toBe('שלום \u200f👩‍🚀 é');
    expect(cleanLine('\ud83d')).toBe('\ufffd');
  });

  test('cleaned twice is cleaned once, and can be stored', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = cleanLine(text);
        expect(cleanLine(line)).toBe(line);
        expect(line.isWellFormed()).toBe(true);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
        expect(line).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });
});

describe('touches', () => {
  test('are kept once: the first stands', async () => {
    const { table } = await testGround();
    const made = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((line) => recordTouch(table, ADA, touch('thanks', { line }))),
    );
    expect(made.filter(Boolean)).toHaveLength(1);
    const [kept, ...more] = await touchesOf(table, ADA, GRACE);
    expect([kept?.line, more]).toEqual([['a', 'b', 'c', 'd', 'e'][made.indexOf(true)], []]);
  });

  test('of one friend and of one user, newest first whatever letter they answer', async () => {
    const { table } = await testGround();
    const first = touch('thanks', { noteId: LATER });
    const second = touch('coffee', { at: '2026-11-24T12:00:00.000Z' });
    await recordTouch(table, ADA, first);
    await recordTouch(table, ADA, second);
    await recordTouch(table, ADA, { ...touch('thanks'), friendId: 'frd_alan' });
    await recordTouch(table, 'usr_eve', touch('thanks'));
    expect(await touchesOf(table, ADA, GRACE)).toEqual([second, first]);
    const all = [];
    for await (const page of walkTouches(table, ADA)) all.push(...page);
    expect(all.map(({ friendId }) => friendId).sort()).toEqual(['frd_alan', GRACE, GRACE]);
    const erased = touch('erased');
    await recordTouch(table, ADA, erased);
    await forgetTouches(table, ADA, GRACE);
    expect(await touchesOf(table, ADA, GRACE)).toEqual([erased]);
    expect(await touchesOf(table, ADA, 'frd_alan')).toHaveLength(1);
  });

  test('have one word in hand at a time', async () => {
    const { table } = await testGround();
    const asked = touch('coffee', { word: 'waiting' });
    await recordTouch(table, ADA, asked);
    const moved = await Promise.all(
      [1, 2, 3, 4, 5].map(() => moveWord(table, ADA, asked, 'waiting', 'asked')),
    );
    expect(moved.filter(Boolean)).toHaveLength(1);
    expect((await findTouch(table, ADA, asked))?.word).toBe('asked');
    expect(await moveWord(table, ADA, touch('thanks'), 'waiting', 'asked')).toBe(false);
  });
});

describe('corrections', () => {
  test('are a few in a day by each link, and go on the next day', async () => {
    const { table } = await testGround();
    const rename = (is: string, more: Partial<Touch> = {}) =>
      recordCorrection(table, ADA, touch('renamed', { was: 'G', is, ...more }));
    const names = Array.from({ length: MAX_CORRECTIONS + 2 }, (_, n) => `Grace ${n}`);
    const outcomes = [];
    for (const name of names) outcomes.push(await rename(name));
    expect(outcomes).toEqual([
      ...Array.from({ length: MAX_CORRECTIONS }, () => 'made'),
      'too-many',
      'too-many',
    ]);
    expect(await rename('Grace 0')).toBe('there');
    expect(await touchesOf(table, ADA, GRACE)).toHaveLength(MAX_CORRECTIONS);
    expect(await rename('Grace 9', { noteId: LATER })).toBe('made');
    expect(await rename('Grace 8', { at: '2026-11-24T00:00:00.000Z' })).toBe('made');
  });

  test('are not more when many come at once', async () => {
    const { table } = await testGround();
    const outcomes = await Promise.all(
      Array.from({ length: 9 }, (_, n) =>
        recordCorrection(table, ADA, touch('renamed', { was: 'G', is: `${n}` })),
      ),
    );
    expect(outcomes.filter((one) => one === 'made')).toHaveLength(MAX_CORRECTIONS);
  });
});

describe('a stop that was a slip', () => {
  const HASH = 'hash-of-grace';
  const link = { noteId: NOTE, friendId: GRACE, addressHash: HASH };
  const at = (time: string) => new Date(`2026-11-23T${time}:00.000Z`);

  test('can be taken back for an hour, and leaves no touch', async () => {
    const { table } = await testGround();
    await mute(table, ADA, HASH, NOON);
    await stopAddress(table, HASH, 'asked', NOON);
    await recordTouch(table, ADA, touch('stopped-all'));
    expect(await findStops(table, ADA, HASH)).toEqual({ muted: true, stopped: true });
    await takeBackStops(table, ADA, link, at('12:59'));
    expect(await findStops(table, ADA, HASH)).toEqual({ muted: false, stopped: false });
    expect(await touchesOf(table, ADA, GRACE)).toEqual([]);
  });

  test('stands after that', async () => {
    const { table } = await testGround();
    await mute(table, ADA, HASH, NOON);
    await stopAddress(table, HASH, 'asked', NOON);
    await recordTouch(table, ADA, touch('stopped-all'));
    await takeBackStops(table, ADA, link, at('13:00'));
    expect(await findStops(table, ADA, HASH)).toEqual({ muted: true, stopped: true });
    expect(await touchesOf(table, ADA, GRACE)).toHaveLength(1);
  });

  test.each(['bounce', 'complaint'] as const)('is no %s: that stands', async (because) => {
    const { table } = await testGround();
    await stopAddress(table, HASH, because, NOON);
    await takeBackStops(table, ADA, link, at('12:01'));
    expect(await findStops(table, ADA, HASH)).toEqual({ muted: false, stopped: true });
  });

  test.each(['bounce', 'complaint'] as const)('is no %s that came after it', async (because) => {
    const { table } = await testGround();
    await stopAddress(table, HASH, 'asked', NOON);
    await stopAddress(table, HASH, because, at('12:05'));
    await stopAddress(table, HASH, 'asked', at('12:06'));
    await takeBackStops(table, ADA, link, at('12:10'));
    expect(await findStops(table, ADA, HASH)).toEqual({ muted: false, stopped: true });
  });
});
