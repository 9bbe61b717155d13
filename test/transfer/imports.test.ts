import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findArticleByUrl, listArticles, readText } from '../../functions/articles/store.ts';
import { addFriend } from '../../functions/friends/friends.ts';
import { importFriends } from '../../functions/friends/import.ts';
import { allFriends } from '../../functions/friends/store.ts';
import { onArticle } from '../../functions/matching/matching.ts';
import { suggestionsOf } from '../../functions/matching/store.ts';
import { writeNote } from '../../functions/notes/notes.ts';
import { tick } from '../../functions/notes/tick.ts';
import { findDue, giveUp } from '../../functions/platform/due.ts';
import type { Message } from '../../functions/platform/queue.ts';
import type { Table } from '../../functions/platform/table.ts';
import { fileKey, MAX_REJECTED, stateOf } from '../../functions/transfer/import.ts';
import { getImport, importFile, importUpload, newUpload, readOn } from '../../functions/transfer/imports.ts';
import { readImport } from '../../functions/transfer/read-import.ts';
import { MAX_FILE_BYTES } from '../../functions/transfer/size.ts';
import { findImport, listImports } from '../../functions/transfer/store.ts';
import { NOON, testGround, testUser } from '../ground.ts';

const LATER = new Date('2027-01-01T00:00:00.000Z');
/** `ADD_DATE` of a bookmark: seconds since 1970. */
const seconds = (instant: string) => Date.parse(instant) / 1000;

function bookmarks(lines: string[]): string {
  return `<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p>
${lines.join('\n')}
</DL><p>
`;
}

const bookmark = (url: string, title: string, attributes = '') =>
  `<DT><A HREF="${url}" ${attributes}>${title}</A>`;

const many = (count: number) =>
  bookmarks(Array.from({ length: count }, (_, n) => bookmark(`https://paper.example/${n}`, `Story ${n}`)));

async function ada() {
  const ground = await testGround();
  const { user } = await testUser(ground, 'Ada');
  return {
    ground,
    user,
    /** Takes a file in, and reads it to its end. */
    async bring(text: string, name = 'bookmarks.html') {
      const { id } = await importFile(ground, user.id, { name, body: Buffer.from(text) });
      await readImport(ground, user.id, id);
      return getImport(ground, user.id, id);
    },
    library: async () => (await listArticles(ground.table, user.id, { limit: 100 })).items,
    friends: () => allFriends(ground.table, user.id),
  };
}

/** A table whose `dies`th call from now on, and every one after it, finds no database. */
function dying(table: Table, dies: number): Table {
  let calls = 0;
  return new Proxy(table, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (++calls >= dies) throw new Error('The table is away.');
        return value.apply(target, args);
      };
    },
  });
}

describe('links', () => {
  test('become articles, with their titles, dates and tags', async () => {
    const { bring, library } = await ada();
    const done = await bring(
      bookmarks([
        bookmark(
          'https://ridge.example/mud?utm_source=x',
          'Mud on the ridge',
          `ADD_DATE="${seconds('2019-05-04T10:00:00Z')}" TAGS="running, hills"`,
        ),
      ]),
    );
    expect(done).toMatchObject({ state: 'done', entries: 1, created: 1, merged: 0, rejectedCount: 0 });
    expect(await library()).toMatchObject([
      {
        url: 'https://ridge.example/mud?utm_source=x',
        canonicalUrl: 'https://ridge.example/mud',
        title: 'Mud on the ridge',
        tags: ['running', 'hills'],
        savedAt: '2019-05-04T10:00:00.000Z',
        savedBy: 'import',
        wordCount: 0,
      },
    ]);
  });

  test('stand in the library by when they were saved; a date that cannot be is the day of the import', async () => {
    const { bring, library } = await ada();
    await bring(
      bookmarks([
        bookmark('https://a.example/', 'No date'),
        bookmark('https://b.example/', 'Old', `ADD_DATE="${seconds('2011-01-01T00:00:00Z')}"`),
        bookmark('https://c.example/', 'Older', `ADD_DATE="${seconds('2001-01-01T00:00:00Z')}"`),
        bookmark('https://d.example/', 'Tomorrow', `ADD_DATE="${seconds('2026-11-24T12:00:00Z')}"`),
        bookmark('https://e.example/', 'Before the web', `ADD_DATE="${seconds('1989-12-31T00:00:00Z')}"`),
      ]),
    );
    const shelf = (await library()).map(({ title, savedAt }) => [title, savedAt.slice(0, 10)]);
    expect(shelf.slice(3)).toEqual([
      ['Old', '2011-01-01'],
      ['Older', '2001-01-01'],
    ]);
    expect(new Map(shelf.slice(0, 3) as [string, string][])).toEqual(
      new Map([
        ['No date', '2026-11-23'],
        ['Tomorrow', '2026-11-23'],
        ['Before the web', '2026-11-23'],
      ]),
    );
  });

  test('are matched by what is known of them: title, tags and what the user marked', async () => {
    const { ground, user, bring, library } = await ada();
    const grace = await addFriend(ground, user, { name: 'Grace', interests: ['sourdough baking'] });
    await bring(bookmarks([bookmark('https://a.example/', 'Notes', 'TAGS="sourdough baking"')]));
    const [article] = await library();
    await onArticle(ground, user.id, article?.id ?? '');
    expect(await suggestionsOf(ground.table, user.id, article?.id ?? '')).toMatchObject([
      { friendId: grace.id },
    ]);
  });

  test('are read in the background, two in a second, in the order of the file', async () => {
    const { ground, bring, library } = await ada();
    await bring(many(5));
    const due = await findDue(ground.table, LATER, 100);
    expect(due.map(({ work, dueSk }) => [work, dueSk.slice(0, 24)])).toEqual(
      ['12:00:00.000', '12:00:00.500', '12:00:01.000', '12:00:01.500', '12:00:02.000'].map((time) => [
        'fetch',
        `2026-11-23T${time}Z`,
      ]),
    );
    const titles = new Map((await library()).map(({ id, title }) => [id, title]));
    expect(due.map(({ id }) => titles.get(id))).toEqual([0, 1, 2, 3, 4].map((n) => `Story ${n}`));
  });

  test('that were saved before add what is new: tags, and what was marked', async () => {
    const { ground, user, bring, library } = await ada();
    await bring(
      'url,title,tags,note\nhttps://a.example/,First,"one, two",\nhttps://b.example/,Second,,Mine\n',
    );
    const again = await bring(
      'url,title,tags,note\nhttps://a.example/?utm_source=x,Other,"Two, three",Marked\nhttps://b.example/,,,Theirs\n',
    );
    expect(again).toMatchObject({ created: 0, merged: 2 });
    const shelf = await library();
    expect(shelf).toHaveLength(2);
    const first = await findArticleByUrl(ground.table, user.id, 'https://a.example/');
    expect(first).toMatchObject({ title: 'First', tags: ['one', 'two', 'three'], selection: 'Marked' });
    const second = await findArticleByUrl(ground.table, user.id, 'https://b.example/');
    expect(second).toMatchObject({ title: 'Second', selection: 'Mine\n\nTheirs' });
  });

  test('twice in one file are one article with the tags of both', async () => {
    const { bring, library } = await ada();
    const one = bookmark('https://a.example/', 'Once', 'TAGS="one"');
    const two = bookmark('https://a.example/', 'Twice', 'TAGS="two"');
    expect(await bring(bookmarks([one, two]))).toMatchObject({ entries: 2, created: 1, merged: 1 });
    const [article, ...others] = await library();
    expect(others).toEqual([]);
    expect(article?.tags?.toSorted()).toEqual(['one', 'two']);
  });

  test('twice in one file are the first of them, whichever is stored faster', async () => {
    const { ground, user, library } = await ada();
    const slow = new Proxy(ground.table, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          if (name === 'transact' && JSON.stringify(args).includes('First')) await sleep(50);
          return value.apply(target, args);
        };
      },
    });
    const one = bookmark('https://a.example/', 'First', `ADD_DATE="${seconds('2019-05-04T10:00:00Z')}"`);
    const two = bookmark('http://www.a.example/', 'Second', `ADD_DATE="${seconds('2020-05-04T10:00:00Z')}"`);
    const { id } = await importFile(ground, user.id, { body: Buffer.from(bookmarks([one, two])) });
    await readImport({ ...ground, table: slow }, user.id, id);
    expect(await getImport(ground, user.id, id)).toMatchObject({ created: 1, merged: 1 });
    expect(await library()).toMatchObject([{ title: 'First', savedAt: '2019-05-04T10:00:00.000Z' }]);
  });

  test('that are no web address are reported with their line, and stop nothing', async () => {
    const { bring, library } = await ada();
    const done = await bring(
      bookmarks([
        bookmark('https://a.example/', 'Right'),
        bookmark(`https://a.example/${'a'.repeat(3000)}`, 'Far too long'),
        bookmark('https://b.example/', 'Right, too'),
      ]),
    );
    expect(done).toMatchObject({
      state: 'done',
      created: 2,
      rejectedCount: 1,
      rejected: [{ line: 7, reason: expect.stringContaining('2048 characters') }],
    });
    expect(await library()).toHaveLength(2);
  });

  test('the whole file again makes nothing', async () => {
    const { bring, library, ground, user } = await ada();
    await bring(many(30));
    const before = await library();
    const texts = await Promise.all(before.map(({ id }) => readText(ground.table, user.id, id)));
    expect(await bring(many(30))).toMatchObject({ entries: 30, created: 0, merged: 30 });
    expect(await library()).toEqual(before);
    expect(await Promise.all(before.map(({ id }) => readText(ground.table, user.id, id)))).toEqual(texts);
  });

  test('that cannot be read are all counted, and the first are listed', async () => {
    const { bring } = await ada();
    const lines = Array.from({ length: 400 }, (_, n) =>
      bookmark(`https://a.example/${'a'.repeat(3000)}`, `${n}`),
    );
    const done = await bring(bookmarks(lines));
    expect(done).toMatchObject({ entries: 400, created: 0, rejectedCount: 400 });
    expect(done.rejected).toHaveLength(MAX_REJECTED);
    expect(done.rejected[0]?.line).toBe(6);
  });
});

describe('contacts', () => {
  const card = (...lines: string[]) => ['BEGIN:VCARD', 'VERSION:3.0', ...lines, 'END:VCARD', ''].join('\r\n');

  test('become friends, in the user’s own time zone', async () => {
    const { bring, friends } = await ada();
    const done = await bring(
      card('FN:Grace Hopper', 'EMAIL:grace@navy.example', 'BDAY:1906-12-09', 'CATEGORIES:Navy'),
      'contacts.vcf',
    );
    expect(done).toMatchObject({ created: 1, merged: 0 });
    expect(await friends()).toMatchObject([
      {
        name: 'Grace Hopper',
        email: 'grace@navy.example',
        birthday: '1906-12-09',
        timeZone: 'Europe/London',
        groups: ['Navy'],
        interests: [],
      },
    ]);
  });

  test('fill in what a friend does not have, and change nothing they have', async () => {
    const { ground, user, bring, friends } = await ada();
    await addFriend(ground, user, {
      name: 'Grace',
      email: 'Grace@Navy.example',
      timeZone: 'America/New_York',
      groups: ['Old'],
      interests: ['compilers'],
    });
    const done = await bring(
      card('FN:Grace Hopper', 'EMAIL:grace@navy.example', 'BDAY:--12-09', 'CATEGORIES:Navy'),
    );
    expect(done).toMatchObject({ created: 0, merged: 1 });
    expect(await friends()).toMatchObject([
      {
        name: 'Grace',
        email: 'Grace@Navy.example',
        timeZone: 'America/New_York',
        birthday: '--12-09',
        groups: ['Old', 'Navy'],
        interests: [{ text: 'compilers' }],
      },
    ]);
  });

  test.each([
    [
      'one address, a name in full',
      ['FN:Grace', 'EMAIL:g@a.example'],
      ['FN:Grace Hopper', 'EMAIL:G@A.example'],
      1,
    ],
    [
      'one address, a name in short',
      ['FN:Grace Hopper', 'EMAIL:g@a.example'],
      ['FN:grace', 'EMAIL:G@A.example'],
      1,
    ],
    ['one address, and no name', ['FN:Grace', 'EMAIL:g@a.example'], ['EMAIL:G@A.example'], 1],
    ['one address, which had no name', ['EMAIL:g@a.example'], ['FN:Grace', 'EMAIL:G@A.example'], 1],
    [
      'one address, two names',
      ['FN:Hugo Berg', 'EMAIL:b@a.example'],
      ['FN:Lena Berg', 'EMAIL:b@a.example'],
      2,
    ],
    [
      'one name, an address of several',
      ['FN:Ines', 'EMAIL:a@a.example', 'EMAIL:b@b.example'],
      ['FN:Ines', 'EMAIL:b@b.example'],
      1,
    ],
    [
      'one name, several addresses of which one is here',
      ['FN:Ines', 'EMAIL:b@b.example'],
      ['FN:Ines', 'EMAIL:a@a.example', 'EMAIL:b@b.example'],
      1,
    ],
    ['one name, no address', ['FN:José Álvarez'], ['FN:jose alvarez'], 1],
    ['one name, one address', ['FN:Grace'], ['FN:Grace', 'EMAIL:g@a.example'], 1],
    ['one name, two addresses', ['FN:Anna', 'EMAIL:a@a.example'], ['FN:Anna', 'EMAIL:b@b.example'], 2],
    ['two names', ['FN:Anna'], ['FN:Hanna'], 2],
  ])('two in one file, %s', async (_, one, two, count) => {
    const { bring, friends } = await ada();
    expect(await bring(card(...one) + card(...two))).toMatchObject({ created: count, merged: 2 - count });
    expect(await friends()).toHaveLength(count);
  });

  test('who came without a name get it from the next, and their address is free for others', async () => {
    const { bring, friends } = await ada();
    const names = ['', 'FN:Hugo Berg', 'FN:Lena Berg'];
    const file = names.map((name) => card(...(name ? [name] : []), 'EMAIL:family@berg.example')).join('');
    expect(await bring(file)).toMatchObject({ created: 2, merged: 1 });
    expect(new Set((await friends()).map(({ name }) => name))).toEqual(new Set(['Hugo Berg', 'Lena Berg']));
  });

  test('who share an address keep what is their own, however often they come', async () => {
    const { bring, friends } = await ada();
    const file =
      card('FN:Hugo Berg', 'EMAIL:family@berg.example') +
      card('FN:Lena Berg', 'EMAIL:family@berg.example', 'BDAY:1990-02-01') +
      card('FN:Ines', 'EMAIL:ines.a@berg.example', 'EMAIL:ines.b@berg.example') +
      card('FN:Ines', 'EMAIL:ines.b@berg.example');
    expect(await bring(file)).toMatchObject({ created: 3, merged: 1 });
    const before = await friends();
    const kept = new Map(before.map((friend) => [friend.name, friend]));
    expect(kept.get('Lena Berg')).toMatchObject({ email: 'family@berg.example', birthday: '1990-02-01' });
    expect(kept.get('Hugo Berg')?.birthday).toBeUndefined();
    expect(kept.get('Ines')?.email).toBe('ines.a@berg.example');
    expect(await bring(file)).toMatchObject({ created: 0, merged: 4 });
    expect(await friends()).toEqual(before);
  });

  test('twice are the same friends', async () => {
    const { bring, friends } = await ada();
    const file = Array.from({ length: 250 }, (_, n) => card(`FN:Friend ${n}`)).join('');
    expect(await bring(file)).toMatchObject({ created: 250, merged: 0 });
    const before = await friends();
    expect(await bring(file)).toMatchObject({ created: 0, merged: 250 });
    expect(await friends()).toEqual(before);
  });

  test('that cannot be a friend say why, and stop nothing', async () => {
    const { ground, user, friends } = await ada();
    const contacts = [
      { contact: { name: 'a'.repeat(101) }, seed: 'one' },
      { contact: { name: 'Grace', email: 'grace at navy' }, seed: 'two' },
      { contact: { name: 'Alan', timeZone: 'Mars/Olympus' }, seed: 'three' },
    ];
    expect(await importFriends(ground, user, contacts, NOON)).toEqual([
      { reason: expect.stringContaining('name') },
      { reason: expect.stringContaining('email') },
      'created',
    ]);
    expect(await friends()).toMatchObject([{ name: 'Alan', timeZone: 'Europe/London' }]);
  });
});

describe('reading', () => {
  test('is due until it is done, and the file is not kept longer', async () => {
    const { ground, user } = await ada();
    const { id } = await importFile(ground, user.id, { body: Buffer.from(many(3)) });
    expect(await findDue(ground.table, LATER, 10)).toMatchObject([{ id, work: 'import' }]);
    await readImport(ground, user.id, id);
    const works = (await findDue(ground.table, LATER, 10)).map(({ work }) => work);
    expect(works).toEqual(['fetch', 'fetch', 'fetch']);
    expect(await ground.files.open(fileKey(user.id, id))).toBe('gone');
    const done = await getImport(ground, user.id, id);
    await readImport(ground, user.id, id);
    expect(await getImport(ground, user.id, id)).toEqual(done);
  });

  test('however often it is killed: everything once, and counted once', { timeout: 60_000 }, async () => {
    const COUNT = 450;
    // Each fifth is the double of another, and each ninth cannot be read.
    const lines = Array.from({ length: COUNT }, (_, n) =>
      bookmark(
        n % 9 === 8 ? `https://x.example/${'a'.repeat(3000)}` : `https://paper.example/${n % 5 ? n : 1}`,
        'T',
      ),
    );
    const rejectedCount = lines.filter((_, n) => n % 9 === 8).length;
    const created = new Set(lines.map((_, n) => (n % 9 === 8 ? undefined : n % 5 ? n : 1))).size - 1;
    const kills = fc.array(fc.integer({ min: 1, max: COUNT * 4 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(kills, async (deaths) => {
        const { ground, user } = await ada();
        const { id } = await importFile(ground, user.id, { body: Buffer.from(bookmarks(lines)) });
        for (const dies of deaths) {
          const reader = { ...ground, table: dying(ground.table, dies) };
          await readImport(reader, user.id, id).catch(() => undefined);
        }
        await readImport(ground, user.id, id);
        expect(await getImport(ground, user.id, id)).toMatchObject({
          state: 'done',
          entries: COUNT,
          created,
          merged: COUNT - created - rejectedCount,
          rejectedCount,
        });
        let kept = 0;
        for (let cursor: string | undefined, more = true; more; ) {
          const page = await listArticles(ground.table, user.id, { limit: 100, cursor });
          kept += page.items.length;
          cursor = page.cursor;
          more = cursor !== undefined;
        }
        expect(kept).toBe(created);
      }),
      { numRuns: 4 },
    );
  });

  test('three readers at once count each entry once', async () => {
    const { ground, user } = await ada();
    const { id } = await importFile(ground, user.id, { body: Buffer.from(many(500)) });
    await Promise.all([1, 2, 3].map(() => readImport(ground, user.id, id)));
    // Whoever lost a race has stopped; whoever won it went on.
    await readImport(ground, user.id, id);
    expect(await getImport(ground, user.id, id)).toMatchObject({ state: 'done', entries: 500, created: 500 });
  });

  test('stops when its time is over, says so, and goes on from there', async () => {
    const { ground, user } = await ada();
    const said: unknown[] = [];
    const queue = Object.assign(Object.create(ground.queue), {
      hint: async (...words: unknown[]) => said.push(words),
    });
    const { id } = await importFile(ground, user.id, { body: Buffer.from(many(450)) });
    await readImport({ ...ground, queue }, user.id, id, 0);
    expect(await getImport(ground, user.id, id)).toMatchObject({
      state: 'reading',
      entries: 200,
      created: 200,
    });
    expect(said).toEqual([['import', user.id, id]]);
    const due = await findDue(ground.table, ground.clock(), 1000);
    expect(due.filter(({ work }) => work === 'import')).toMatchObject([{ id, tries: 0 }]);
    await readImport({ ...ground, queue }, user.id, id, 0);
    await readImport({ ...ground, queue }, user.id, id, 0);
    expect(await getImport(ground, user.id, id)).toMatchObject({ entries: 450, created: 450 });
  });

  test('of a file that is gone fails, and says what to do', async () => {
    const { ground, user } = await ada();
    const { id } = await importFile(ground, user.id, { body: Buffer.from(many(3)) });
    await ground.files.delete(fileKey(user.id, id));
    await readImport(ground, user.id, id);
    const failed = await getImport(ground, user.id, id);
    expect(failed).toMatchObject({ state: 'failed', failure: expect.stringContaining('Bring it again') });
    expect(await findDue(ground.table, LATER, 10)).toEqual([]);
  });

  test('that was given up can be asked for again, by its user', async () => {
    const { ground, user } = await ada();
    const { user: mallory } = await testUser(ground, 'Mallory');
    const { id } = await importFile(ground, user.id, { body: Buffer.from(many(3)) });
    const [due] = await findDue(ground.table, LATER, 10);
    if (!due) throw new Error('nothing due');
    await giveUp(ground.table, due);
    expect(stateOf(await getImport(ground, user.id, id))).toBe('failed');
    await expect(readOn(ground, mallory.id, id)).rejects.toThrow(
      expect.objectContaining({ tag: 'not-found' }),
    );
    await readOn(ground, user.id, id);
    expect(await findDue(ground.table, LATER, 10)).toMatchObject([{ id, work: 'import' }]);
    await readImport(ground, user.id, id);
    expect(stateOf(await getImport(ground, user.id, id))).toBe('done');
  });

  test('is forgotten after thirty days', async () => {
    const { ground, user, bring } = await ada();
    const { id } = await bring(many(1));
    const gone = new Date('2026-12-23T12:00:00.001Z');
    expect(await findImport(ground.table, user.id, id, gone)).toBeUndefined();
    expect((await listImports(ground.table, user.id, gone, { limit: 10 })).items).toEqual([]);
  });
});

describe('a heap of imported articles', () => {
  test('is handed out five in a second, and stands in no note’s way', async () => {
    const { ground, user, bring } = await ada();
    await bring(many(450));
    const friend = await addFriend(ground, user, { name: 'Grace', email: 'grace@friends.example' });
    const note = await writeNote(ground, user, {
      friendId: friend.id,
      text: 'Hello.',
      moment: { kind: 'now' },
    });
    // A day later all of it is due, and most of it for longer than the note.
    ground.setClock('2026-11-24T12:00:00.000Z');
    const said: Record<string, Message[]> = {};
    const queue = Object.assign(Object.create(ground.queue), {
      send: async (name: string, messages: Message[]) => {
        said[name] = [...(said[name] ?? []), ...messages];
      },
    });
    await tick({ ...ground, queue });
    expect(said.send).toMatchObject([{ id: note.id, delaySeconds: 0 }]);
    const fetches = said.fetch ?? [];
    expect(fetches).toHaveLength(300);
    expect(fetches.map(({ delaySeconds }) => delaySeconds)).toEqual(
      Array.from({ length: 300 }, (_, n) => Math.floor(n / 5)),
    );
    await tick({ ...ground, queue });
    expect(said.fetch).toHaveLength(450);
  });
});

describe('a file', () => {
  test.each([
    ['nothing', ''],
    ['a picture', '\u0089PNG\r\n\u001a\n\u0000\u0000'],
    ['a letter', 'Dear Grace, how are you?'],
    ['any JSON', '{"articles": []}'],
  ])('of %s is refused at once, and nothing is kept', async (_, text) => {
    const { ground, user } = await ada();
    await expect(importFile(ground, user.id, { body: Buffer.from(text) })).rejects.toThrow(
      expect.objectContaining({ tag: 'invalid', errors: [{ path: '/file', message: expect.any(String) }] }),
    );
    expect((await listImports(ground.table, user.id, ground.clock(), { limit: 10 })).items).toEqual([]);
  });

  test('over 4 MB goes by a link', async () => {
    const { ground, user, library } = await ada();
    const text = many(30).padEnd(MAX_FILE_BYTES + 1);
    await expect(importFile(ground, user.id, { body: Buffer.from(text) })).rejects.toThrow(
      expect.objectContaining({ tag: 'too-large' }),
    );
    const link = await newUpload(ground, user.id);
    expect(link).toMatchObject({ method: 'PUT', headers: {}, expiresAt: '2026-11-23T13:00:00.000Z' });
    const sent = await fetch(link.url, { method: link.method, headers: link.headers, body: text });
    expect(sent.status).toBe(200);
    const one = await importUpload(ground, user.id, { upload: link.upload, name: 'big.html' });
    expect(one).toMatchObject({ id: link.upload, state: 'waiting', bytes: MAX_FILE_BYTES + 1 });
    await readImport(ground, user.id, one.id);
    expect(await library()).toHaveLength(30);
    const again = await importUpload(ground, user.id, { upload: link.upload });
    expect(again).toMatchObject({ id: link.upload, state: 'done', created: 30 });
  });

  test('of another user, or that was never sent, is none', async () => {
    const { ground, user } = await ada();
    const { user: mallory } = await testUser(ground, 'Mallory');
    const { upload, url } = await newUpload(ground, user.id);
    const none = expect.objectContaining({ tag: 'not-found' });
    await expect(importUpload(ground, user.id, { upload })).rejects.toThrow(none);
    await fetch(url, { method: 'PUT', body: many(1) });
    for (const name of [upload, `../${user.id}/${upload}`, '', 'imp_x']) {
      await expect(importUpload(ground, mallory.id, { upload: name })).rejects.toThrow(none);
    }
    await expect(importUpload(ground, user.id, { upload })).resolves.toMatchObject({ state: 'waiting' });
  });
});
