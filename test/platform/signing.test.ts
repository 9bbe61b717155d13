import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldAddress } from '../../functions/platform/address.ts';
import { Secrets, SIGNING_SECRETS_KEPT, turnOver } from '../../functions/platform/secrets.ts';

const secrets = new Secrets({ signing: 's'.repeat(43), pepper: 'p'.repeat(43) });
const rotated = new Secrets({ signing: 'r'.repeat(43), pepper: 'p'.repeat(43) });

describe('a signed text', () => {
  const signed = secrets.sign('stop', { user: 'usr_1', note: 'nte_1' });

  test('gives back what was signed', () => {
    expect(secrets.verify('stop', signed)).toEqual({ user: 'usr_1', note: 'nte_1' });
  });

  test('fits into a path as it is', () => {
    expect(signed).toMatch(/^[\w-]+\.[\w-]+$/);
    expect(secrets.verify('stop', secrets.sign('stop', 'Grüße ☕'))).toBe('Grüße ☕');
  });

  test('is worth nothing for another purpose, or under another secret', () => {
    expect(secrets.verify('page', signed)).toBeNull();
    expect(rotated.verify('stop', signed)).toBeNull();
  });

  test('is worth nothing with any character changed, added or taken away', () => {
    const other = (sign: string) => (sign === 'A' ? 'B' : 'A');
    for (let place = 0; place < signed.length; place++) {
      const [before, sign, after] = [signed.slice(0, place), signed[place] ?? '', signed.slice(place + 1)];
      expect(secrets.verify('stop', before + other(sign) + after)).toBeNull();
      expect(secrets.verify('stop', before + after)).toBeNull();
      expect(secrets.verify('stop', `${before}A${signed.slice(place)}`)).toBeNull();
    }
    for (const end of ['=', '!', '.', '\n', '.x']) expect(secrets.verify('stop', signed + end)).toBeNull();
  });

  test('any other text is simply none', () => {
    fc.assert(fc.property(fc.string(), (text) => secrets.verify('stop', text) === null));
    expect(['', '.', 'a.', '.a', 'a.b.c'].map((text) => secrets.verify('stop', text))).toEqual(
      Array(5).fill(null),
    );
  });
});

describe('a signing secret that is turned over', () => {
  const first = 'a'.repeat(64);
  const fresh = (place: number) => String(place).repeat(64);
  const secretsOf = (signing: string) => new Secrets({ signing, pepper: 'p'.repeat(43) });
  /** The secrets after each turn, the first as it was made. */
  const turns = [first];
  for (let place = 0; place < 9; place++) turns.push(turnOver(turns.at(-1) ?? '', fresh(place)));

  test('stays good for what it signed until seven more have come', () => {
    const link = secretsOf(first).sign('stop', 'nte_1');
    const code = secretsOf(first).code('bookmarklet', 'usr_1');
    const good = turns.map((turn) => [
      secretsOf(turn).verify('stop', link) === 'nte_1',
      secretsOf(turn).isCode('bookmarklet', 'usr_1', code),
    ]);
    expect(good).toEqual([...Array(SIGNING_SECRETS_KEPT).fill([true, true]), [false, false], [false, false]]);
  });

  test('signs nothing that a function started before it cannot read', () => {
    for (const [place, turn] of turns.slice(1).entries()) {
      const started = secretsOf(turns[place] ?? '');
      expect(started.verify('stop', secretsOf(turn).sign('stop', 'nte_1'))).toBe('nte_1');
      expect(started.isCode('stop', 'nte_1', secretsOf(turn).code('stop', 'nte_1'))).toBe(true);
    }
  });

  test('signs from the second turn on', () => {
    const signed = turns.map((turn) => secretsOf(turn).sign('stop', 'nte_1'));
    expect(signed[1]).toBe(signed[0]);
    expect(signed[2]).not.toBe(signed[1]);
  });

  test('leaves what the ledger knows of an address as it is', () => {
    const hashes = turns.map((turn) => secretsOf(turn).addressHash('grace@example.org'));
    expect(new Set(hashes).size).toBe(1);
  });
});

test('a code fits its purpose and text only', () => {
  const code = secrets.code('bookmarklet', 'usr_1 1');
  expect(secrets.isCode('bookmarklet', 'usr_1 1', code)).toBe(true);
  expect(secrets.isCode('bookmarklet', 'usr_1 2', code)).toBe(false);
  expect(secrets.isCode('stop', 'usr_1 1', code)).toBe(false);
  expect(secrets.isCode('bookmarklet', 'usr_1 1', '')).toBe(false);
  expect(secrets.isCode('bookmarklet', 'usr_1 1', `${code}x`)).toBe(false);
});

describe('what the ledger knows of an address', () => {
  test('is the same however the address is written', () => {
    const spellings = ['grace@exämple.org', ' Grace@EXÄMPLE.org ', 'GRACE@xn--exmple-cua.org'];
    expect(new Set(spellings.map(foldAddress))).toEqual(new Set(['grace@xn--exmple-cua.org']));
    expect(new Set(spellings.map((address) => secrets.addressHash(address))).size).toBe(1);
  });

  test('differs for another mailbox', () => {
    const others = ['grace@example.org', 'grace@example.com', 'grace+x@example.org', 'ada@example.org'];
    expect(new Set(others.map((address) => secrets.addressHash(address))).size).toBe(4);
  });

  test('outlives a new signing secret, and does not show the address', () => {
    const hash = secrets.addressHash('grace@example.org');
    expect(rotated.addressHash('grace@example.org')).toBe(hash);
    expect(hash).toMatch(/^[\w-]{32}$/);
  });

  test('cannot be made without the pepper', () => {
    const elsewhere = new Secrets({ signing: 's'.repeat(43), pepper: 'q'.repeat(43) });
    expect(elsewhere.addressHash('grace@example.org')).not.toBe(secrets.addressHash('grace@example.org'));
  });
});
