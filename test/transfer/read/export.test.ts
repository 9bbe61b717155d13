import { array, assert, asyncProperty, constantFrom, dictionary, jsonValue, string } from 'fast-check';
import { expect, test } from 'vitest';
import { readExport } from '../../../functions/transfer/read/export.ts';
import { all, cuts, entriesOf, inPieces } from './reading.ts';

const recordsOf = async (text: string, sizes?: readonly number[]) =>
  (await all(readExport(inPieces(text, sizes)))).map((entry) => ('record' in entry ? entry.record : entry));

test('what goes in comes out, however it is laid out, ordered and cut', async () => {
  const records = array(dictionary(string(), jsonValue(), { noNullPrototype: true }), { maxLength: 5 });
  const rest = dictionary(constantFrom('exportedAt', 'settings', 'user'), jsonValue(), {
    noNullPrototype: true,
  });
  await assert(
    asyncProperty(records, rest, constantFrom(0, 1, 2, '\t'), cuts, async (given, more, space, sizes) => {
      // JSON has one zero.
      const whole = JSON.parse(JSON.stringify({ hallway: 1, records: given, ...more }));
      for (const one of [whole, Object.fromEntries(Object.entries(whole).toReversed())]) {
        const text = JSON.stringify(one, null, space);
        expect(await recordsOf(text, sizes)).toEqual(whole.records);
        expect(await recordsOf(`${text}\n\n`)).toEqual(whole.records);
      }
    }),
    { numRuns: 100 },
  );
});

test('a record stands on the line where it begins', async () => {
  const text = '{"hallway": 1,\n\n"records": [\n{"a": {\n"b": [{}]}},\n\n\n{"a": 2}, {"a": 3},\n4]}';
  const entries = await entriesOf(text, [1]);
  expect(entries.map(({ line }) => line)).toEqual([4, 8, 8, 9]);
});

test.each([
  ['another version', '{"hallway": 2, "records": [{"a": 1}]}'],
  ['a version that is none', '{"hallway": "1", "records": [{"a": 1}]}'],
  ['no version', '{"records": []}'],
])('%s is a fault, before any record', async (_, text) => {
  await expect(entriesOf(text)).rejects.toMatchObject({ tag: 'invalid', errors: [{ path: '/file' }] });
});

test('a version that is not known is a fault, if only at the end', async () => {
  await expect(entriesOf('{"records": [{"a": 1}], "hallway": 2}')).rejects.toMatchObject({ tag: 'invalid' });
});

test.each([
  ['cut off in a record', '{"hallway": 1, "records": [{"a": 1},\n{"a": ', 'ends in the middle'],
  ['cut off between records', '{"hallway": 1, "records": [{"a": 1},\n', 'ends in the middle'],
  ['broken', '{"hallway": 1, "records": [{"a": 1},\n{a: 2}, {"a": 3}]}', 'is broken in this line'],
  ['with something after it', '{"hallway": 1, "records": [{"a": 1}]}\nmore', 'is broken in this line'],
  [
    'nested too deep',
    `{"hallway": 1, "records": [{"a": 1},\n${'['.repeat(200_000)}`,
    'is broken in this line',
  ],
  [
    'too large',
    `{"hallway": 1, "records": [{"a": 1},\n{"a": "${'a'.repeat(5_000_000)}"}]}`,
    'is broken in this line',
  ],
])('one that is %s: what came before it stands', async (_, text, reason) => {
  expect(await entriesOf(text)).toEqual([
    { line: 1, record: { a: 1 } },
    { line: 2, reason: expect.stringContaining(reason) },
  ]);
});
