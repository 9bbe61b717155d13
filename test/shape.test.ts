import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../functions');
/** The product's sentence: a room imports only rooms above it, and `platform`. */
const ROOMS = ['accounts', 'friends', 'articles', 'ledger', 'matching', 'mail', 'notes', 'transfer', 'web'];
/** Plain functions of plain data. */
const RULES = [
  'match.ts',
  'score.ts',
  'encode.ts',
  'stored.ts',
  'tokens.ts',
  'phrase.ts',
  'language.ts',
  'vectors.ts',
  'sentences.ts',
  'evidence.ts',
  'kin.ts',
  'earlier.ts',
  'moment.ts',
  'state.ts',
  'url.ts',
  'extract.ts',
  'words.ts',
  'named.ts',
  'ingest.ts',
  'verdict.ts',
  'learning.ts',
  'turns.ts',
  'origin.ts',
  'suggestion.ts',
  'alike.ts',
  'phrases.ts',
];
const DOOR_LINES = 25;

interface Source {
  /** From `functions/`, like `notes/queue.ts`. */
  path: string;
  room: string | undefined;
  code: string;
  /** As they stand, `import type`, `export … from` and `import()` included. */
  imports: string[];
}

/** Without comments; strings stay, since imports are strings. A `//` after a colon is part of an address. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

const sources: Source[] = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
  .map((path) => {
    const code = withoutComments(readFileSync(join(ROOT, path), 'utf8'));
    const statements = code.matchAll(
      /(?:^|[\s;}])(?:import|export)\s[^'";]*?from\s*['"]([^'"]+)['"]|import\s*\(?\s*['"]([^'"]+)['"]/g,
    );
    const imports = [...statements].map(([, from, bare]) => from ?? bare ?? '');
    return { path, room: path.includes('/') ? path.split('/')[0] : undefined, code, imports };
  });

/** The room a relative import leads to; undefined: a package, or a file beside the doors. */
function roomOf(source: Source, imported: string): string | undefined {
  if (!imported.startsWith('.')) return undefined;
  const target = relative(ROOT, join(ROOT, dirname(source.path), imported));
  return target.includes('/') ? target.split('/')[0] : undefined;
}

/** Sources of which this holds, as `path: what`. */
function offences(among: Source[], of: (source: Source) => string[]): string[] {
  return among.flatMap((source) => of(source).map((what) => `${source.path}: ${what}`));
}

const inRooms = sources.filter(({ room }) => room !== undefined && room !== 'platform');
const inPlatform = sources.filter(({ room }) => room === 'platform');
const doors = sources.filter(({ room }) => room === undefined);

test('this reads imports of every kind', () => {
  expect(sources.length).toBeGreaterThan(50);
  const queue = sources.find(({ path }) => path === 'notes/queue.ts');
  expect(queue?.imports).toEqual(
    expect.arrayContaining(['../platform/clock.ts', './note.ts', '../accounts/user.ts']),
  );
  const secrets = sources.find(({ path }) => path === 'platform/secrets.ts');
  expect(secrets?.imports).toContain('@aws-lambda-powertools/parameters/secrets');
});

describe('rooms', () => {
  test('are those of the sentence', () => {
    const found = new Set(sources.flatMap(({ room }) => room ?? []));
    expect([...found].filter((room) => room !== 'platform' && !ROOMS.includes(room))).toEqual([]);
  });

  test('import only rooms above them, and platform', () => {
    const downwards = offences(inRooms, (source) => {
      const allowed = [...ROOMS.slice(0, ROOMS.indexOf(source.room ?? '') + 1), 'platform'];
      return source.imports.filter((imported) => {
        const room = roomOf(source, imported);
        return imported.startsWith('.') && (room === undefined || !allowed.includes(room));
      });
    });
    expect(downwards).toEqual([]);
  });

  test('are not imported by platform', () => {
    const upwards = offences(inPlatform, (source) =>
      source.imports.filter(
        (imported) => imported.startsWith('.') && roomOf(source, imported) !== 'platform',
      ),
    );
    expect(upwards).toEqual([]);
  });

  test('reach the table through their store alone', () => {
    const calls = /\btable\s*\.\s*(?:get|getMany|put|update|delete|query|all|pages|due|transact)\s*\(/g;
    const outside = inRooms.filter(({ path }) => !path.endsWith('/store.ts'));
    expect(offences(outside, ({ code }) => code.match(calls) ?? [])).toEqual([]);
    const keyed = offences(outside, ({ imports }) =>
      imports.filter((imported) => imported.endsWith('/platform/keys.ts')),
    );
    expect(keyed).toEqual([]);
  });

  test("leave a room's items to that room: no store knows another room's keys", () => {
    const owners: Record<string, string[]> = {
      accounts: [
        'user',
        'email',
        'ingest',
        'alias',
        'token',
        'userToken',
        'tokens',
        'signIn',
        'userSignIn',
        'signIns',
        'signUp',
        'invited',
        'session',
        'userSession',
        'sessions',
        'passkey',
        'userPasskey',
        'passkeys',
        'challenge',
        'limit',
        'erasure',
        'everything',
      ],
      friends: ['circle', 'friend', 'friends'],
      articles: ['article', 'text', 'url', 'articles', 'texts'],
      ledger: [
        'sent',
        'mute',
        'mutes',
        'userDay',
        'addressStopped',
        'addressDay',
        'trouble',
        'troubles',
        'serviceDay',
        'serviceDays',
        'servicePause',
        'touch',
        'touches',
        'friendTouches',
        'linkDay',
        'knownAddress',
        'newAddresses',
      ],
      matching: [
        'form',
        'articleForms',
        'friendForms',
        'suggestion',
        'suggestions',
        'suggestionsOf',
        'friendSuggestions',
      ],
      notes: ['note', 'notes', 'friendNotes'],
      transfer: ['arrival', 'arrivals', 'arrived', 'sender', 'senders', 'import', 'imports'],
      web: ['once'],
    };
    const stores = inRooms.filter(({ path }) => path.endsWith('/store.ts'));
    const foreign = offences(stores, ({ room, code }) =>
      [...code.matchAll(/(?<![\w/])(?:keys|ranges)\.(\w+)/g)].flatMap(([, key]) =>
        owners[room ?? '']?.includes(key ?? '') ? [] : [key ?? ''],
      ),
    );
    // A note is read together with its user, friend and article; the claim checks in one transaction that the friend is
    // there, at the address it goes to, and that the user's letters may leave.
    const read = ['user', 'friend', 'article'];
    const checked = ['friend', 'user'];
    expect(foreign).toEqual([...read, ...checked].map((key) => `notes/store.ts: ${key}`));
  });
});

describe('doors', () => {
  test('are a few lines', () => {
    const long = doors.filter(
      ({ path }) => readFileSync(join(ROOT, path), 'utf8').trimEnd().split('\n').length > DOOR_LINES,
    );
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  test('are imported by nothing', () => {
    const names = new Set(doors.map(({ path }) => path));
    const into = offences(sources, (source) =>
      source.imports.filter(
        (imported) =>
          imported.startsWith('.') && names.has(relative(ROOT, join(ROOT, dirname(source.path), imported))),
      ),
    );
    expect(into).toEqual([]);
  });
});

describe('AWS', () => {
  const clients = /\bnew\s+(?:DynamoDB|SES|SESv2|SQS|S3|SecretsManager)\w*Client\b/g;

  test('clients are made in platform only', () => {
    expect(offences([...inRooms, ...doors], ({ code }) => code.match(clients) ?? [])).toEqual([]);
    expect(offences(inPlatform, ({ code }) => code.match(clients) ?? []).length).toBeGreaterThan(0);
  });

  test('is spoken to from platform only', () => {
    const spoken = offences([...inRooms, ...doors], ({ imports }) =>
      imports.filter((name) => name.startsWith('@aws-sdk/')),
    );
    expect(spoken).toEqual([]);
  });
});

describe('rules', () => {
  const rules = inRooms.filter(({ path }) => RULES.includes(path.split('/').at(-1) ?? ''));

  test('are there', () => {
    const missing = RULES.filter((name) => !rules.some(({ path }) => path.endsWith(`/${name}`)));
    expect(missing).toEqual([]);
  });

  test('know no AWS, no Hono, no files and no network', () => {
    const io =
      /^(?:@aws|hono|undici$|node:(?:fs|net|http|https|dns|tls|child_process|worker_threads|timers)\b)/;
    expect(offences(rules, ({ imports }) => imports.filter((imported) => io.test(imported)))).toEqual([]);
    expect(
      offences(rules, ({ imports }) =>
        imports.filter((imported) => /\/(?:store|table|ground|queue|mailer)\.ts$/.test(imported)),
      ),
    ).toEqual([]);
  });

  test('read no clock and draw no lots', () => {
    const impure =
      /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\.now\b|\brandom(?:UUID|Bytes|Int)\b|\bTemporal\.Now\b|\bprocess\.env\b|\bfetch\(/g;
    expect(offences(rules, ({ code }) => code.match(impure) ?? [])).toEqual([]);
  });
});

test('the time is read in one place', () => {
  const clock = /\bDate\.now\b|\bnew Date\(\s*\)|\bTemporal\.Now\b/;
  const readers = sources.filter(({ code, path }) => !path.startsWith('web/assets/') && clock.test(code));
  expect(readers.map(({ path }) => path)).toEqual(['platform/clock.ts']);
});
