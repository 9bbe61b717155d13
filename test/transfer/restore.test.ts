import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { findUser } from '../../functions/accounts/store.ts';
import type { User } from '../../functions/accounts/user.ts';
import { saveArticle } from '../../functions/articles/articles.ts';
import { addressDigest, findArticle, finishMatch, readText } from '../../functions/articles/store.ts';
import { MAX_INTERESTS } from '../../functions/friends/friend.ts';
import { addFriend, changeFriend, getFriend } from '../../functions/friends/friends.ts';
import { allFriends, finishLookBack } from '../../functions/friends/store.ts';
import { isMuted, wasSent } from '../../functions/ledger/store.ts';
import { answer } from '../../functions/matching/answers.ts';
import { onArticle } from '../../functions/matching/matching.ts';
import { suggestionsFor, suggestionsOf } from '../../functions/matching/store.ts';
import { cancelNote, getNote, removeNote, sendAgain, writeNote } from '../../functions/notes/notes.ts';
import { sendNote, settle } from '../../functions/notes/queue.ts';
import { tick } from '../../functions/notes/tick.ts';
import { findDue } from '../../functions/platform/due.ts';
import type { Ground } from '../../functions/platform/ground.ts';
import { newId } from '../../functions/platform/ids.ts';
import { keys } from '../../functions/platform/keys.ts';
import { Secrets } from '../../functions/platform/secrets.ts';
import { deleteArticleAndTraces, deleteFriendAndTraces } from '../../functions/transfer/erase.ts';
import type { ExportRecord } from '../../functions/transfer/record.ts';
import { restoreRecord } from '../../functions/transfer/restore.ts';
import { allItems, type TestGround, testGround, testUser } from '../ground.ts';
import { openDesk } from '../notes/desk.ts';
import { exportFile, fullAccount, restoreAll } from './account.ts';

const FAR = new Date('2030-01-01T00:00:00.000Z');

const recordsOf = async (ground: Ground, user: User) => (await exportFile(ground, user)).records;
const due = ({ table }: Ground) => findDue(table, FAR, 100);

/** What a restored account says of itself, where the one it came from says this. */
function restored(records: ExportRecord[]): ExportRecord[] {
  return records.map((record) => {
    if (record.type !== 'note') return record;
    const { to: _to, ...note } = record;
    const waits = ['scheduled', 'sending', 'uncertain'].includes(note.state);
    return waits ? { ...note, state: 'held', heldBecause: 'restored' } : note;
  });
}

/** Without what is another user's, and what another installation calls otherwise. */
function comparable(records: ExportRecord[]): unknown[] {
  const same = records.map((record) => {
    if (record.type === 'user') return { ...record, email: '', createdAt: '' };
    return record.type === 'mute' ? { ...record, hash: record.address ? '' : record.hash } : record;
  });
  return same.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

describe('an export restored into an account that holds nothing', () => {
  test.each(['on the same table', 'on another, with another pepper'])(
    'makes the same account %s',
    async (place) => {
      const desk = await fullAccount();
      const records = await recordsOf(desk.ground, desk.ada);
      const pepper = 'q'.repeat(43);
      const ground =
        place === 'on the same table'
          ? desk.ground
          : { ...(await testGround()), secrets: new Secrets({ signing: 's'.repeat(43), pepper }) };
      const { user } = await testUser(ground, 'Eve');
      expect(await restoreAll(ground, user, records)).toEqual(records.map(() => 'created'));
      const eve = (await findUser(ground.table, user.id)) ?? user;
      expect(eve).toEqual({ ...user, name: 'Ada' });
      const again = await recordsOf(ground, eve);
      // The address of a mute may be told by a note alone, and a restored note does not say where it went.
      const known = new Set(again.flatMap((record) => (record.type === 'mute' ? [record.address] : [])));
      expect(known).toContain('alan@friends.example');
      expect(comparable(again)).toEqual(comparable(restored(records)));
      // What was exported is untouched.
      expect(await recordsOf(desk.ground, desk.ada)).toEqual(records);

      expect(await restoreAll(ground, eve, records)).toEqual(records.map(() => 'merged'));
      expect(await recordsOf(ground, eve)).toEqual(again);
      expect(await restoreAll(ground, eve, again)).toEqual(again.map(() => 'merged'));
      expect(await recordsOf(ground, eve)).toEqual(again);
    },
  );

  test('has nothing to do until an ask ends, and sends nothing, whatever waited', async () => {
    const { ground, ada } = await fullAccount();
    const records = await recordsOf(ground, ada);
    const other = await testGround();
    const { user } = await testUser(other, 'Eve');
    await restoreAll(other, user, records);
    expect((await due(other)).map(({ work, dueSk }) => [work, dueSk.slice(0, 24)])).toEqual([
      ['ask-ends', '2027-03-01T23:59:59.999Z'],
    ]);
    other.setClock(FAR);
    await tick(other);
    for (const record of records) if (record.type === 'note') await sendNote(other, user.id, record.id);
    expect(await other.mailbox()).toEqual([]);
  });

  test('still has to do what was to be done', async () => {
    const desk = await openDesk();
    const bare = await desk.save('A bare link');
    const { article } = await saveArticle(desk.ground, desk.ada.id, { text: 'Not yet matched.' }, 'api');
    const { article: done } = await saveArticle(desk.ground, desk.ada.id, { text: 'Matched.' }, 'api');
    await finishMatch(desk.ground.table, desk.ada.id, done.id);
    const records = await recordsOf(desk.ground, desk.ada);
    const other = await testGround();
    const { user } = await testUser(other, 'Eve');
    await restoreAll(other, user, records);
    const found = (await due(other)).map(({ id, work }) => [id, work]);
    expect(new Map(found as [string, string][])).toEqual(
      new Map([
        [bare, 'fetch'],
        [article.id, 'match'],
      ]),
    );
    expect(await recordsOf(other, { ...user, name: 'Ada' })).toMatchObject(
      records.map((record) => (record.type === 'user' ? { name: 'Ada' } : record)),
    );
  });

  test('finds what a look-back was still to find: each article is matched as it comes', async () => {
    const desk = await openDesk();
    await changeFriend(desk.ground, desk.ada.id, desk.grace.id, { interests: ['harbour towns'] });
    const { article } = await saveArticle(
      desk.ground,
      desk.ada.id,
      { text: 'Harbour towns at noon.' },
      'api',
    );
    await finishMatch(desk.ground.table, desk.ada.id, article.id);
    const records = await recordsOf(desk.ground, desk.ada);
    const other = await testGround();
    const { user } = await testUser(other, 'Eve');
    await restoreAll(other, user, records);
    expect((await due(other)).map(({ id, work }) => [id, work])).toContainEqual([article.id, 'match']);
    await onArticle(other, user.id, article.id);
    expect(await suggestionsFor(other.table, user.id, desk.grace.id)).toHaveLength(1);
  });
});

describe('a note that waited', () => {
  test('is held, and leaves once its user says so', async () => {
    const desk = await openDesk();
    const note = await desk.write({ moment: { kind: 'at', at: '2026-12-01T09:30' } });
    const records = await recordsOf(desk.ground, desk.ada);
    const other = await testGround();
    const { user } = await testUser(other, 'Eve');
    await restoreAll(other, user, records);
    expect(await getNote(other, user.id, note.id)).toMatchObject({
      state: 'held',
      heldBecause: 'restored',
      sendAt: '2026-12-01T09:30:00.000Z',
      version: 1,
    });
    await sendAgain(other, user.id, note.id);
    other.setClock('2026-11-23T12:01:00.000Z');
    await sendNote(other, user.id, note.id);
    expect(await getNote(other, user.id, note.id)).toMatchObject({ state: 'sent' });
    expect(await other.mailbox()).toHaveLength(1);
  });

  test("does not pass the day's caps by being deleted and restored", async () => {
    const desk = await openDesk();
    const note = await desk.write();
    const before = (await recordsOf(desk.ground, desk.ada)).filter(({ type }) => type === 'note');
    await desk.minute('2026-11-23T12:00:30.000Z');
    await removeNote(desk.ground, desk.ada.id, note.id);
    const refused = [{ reason: expect.stringContaining('today') }];
    expect(await restoreAll(desk.ground, desk.ada, before)).toEqual(refused);
    desk.ground.setClock('2026-11-24T00:00:00.000Z');
    expect(await restoreAll(desk.ground, desk.ada, before)).toEqual(['created']);
  });

  test('cannot have an address stopped for everybody that it never went to', async () => {
    const desk = await openDesk();
    const note = await desk.write();
    await desk.minute('2026-11-23T12:00:30.000Z');
    const records = await recordsOf(desk.ground, desk.ada);
    await removeNote(desk.ground, desk.ada.id, note.id);
    const forged = records.map((record) =>
      record.type === 'note' ? { ...record, to: 'victim@x.example' } : record,
    );
    await restoreAll(desk.ground, desk.ada, forged);
    await settle(desk.ground, desk.ada.id, note.id, 'complaint');
    const stopped = keys.addressStopped(desk.ground.secrets.addressHash('victim@x.example'));
    expect(await desk.ground.table.get(stopped)).toBeUndefined();
  });
});

describe('an export restored into an account in use', () => {
  let ground: TestGround;
  let records: ExportRecord[];
  let eve: User;
  /** Of the account the file is of. */
  let there: { grace: string; harbour: string; note: string };

  beforeEach(async () => {
    const desk = await openDesk();
    const { ada, grace } = desk;
    ground = desk.ground;
    await changeFriend(ground, ada.id, grace.id, { interests: ['harbour towns'] });
    const input = {
      url: 'https://example.org/harbour?utm_source=a',
      title: 'Harbour towns',
      text: 'At noon.',
    };
    const { article } = await saveArticle(ground, ada.id, input, 'api');
    await onArticle(ground, ada.id, article.id);
    await finishLookBack(ground.table, ada.id, await getFriend(ground, ada.id, grace.id));
    await answer(ground, ada.id, article.id, grace.id, 'not-friend');
    const note = await desk.write({ articleId: article.id });
    await desk.minute('2026-11-23T12:00:30.000Z');
    records = await recordsOf(ground, ada);
    there = { grace: grace.id, harbour: article.id, note: note.id };
    ({ user: eve } = await testUser(ground, 'Eve'));
  });

  const told = (outcomes: unknown[]) => outcomes.map((outcome, n) => `${records[n]?.type} ${outcome}`);

  test('leaves what is here as it is, and what the file says later is of that', async () => {
    const { article } = await saveArticle(
      ground,
      eve.id,
      { url: 'https://example.org/harbour', title: 'Mine', text: 'My own.' },
      'api',
    );
    const grace = await addFriend(ground, eve, {
      name: 'Grace Hopper',
      email: 'GRACE@friends.example',
      interests: ['harbour towns'],
    });
    const before = { article: await findArticle(ground.table, eve.id, article.id), friend: grace };
    expect(told(await restoreAll(ground, eve, records))).toEqual([
      'user merged',
      'friend merged',
      'article merged',
      'suggestion created',
      'note created',
      'sent created',
    ]);
    expect(await findUser(ground.table, eve.id)).toEqual(eve);
    expect(await allFriends(ground.table, eve.id)).toEqual([before.friend]);
    expect(await findArticle(ground.table, eve.id, article.id)).toEqual(before.article);
    expect(await suggestionsOf(ground.table, eve.id, article.id)).toMatchObject([
      { friendId: grace.id, state: 'written' },
    ]);
    expect(await getNote(ground, eve.id, there.note)).toMatchObject({
      friendId: grace.id,
      articleId: article.id,
      state: 'sent',
    });
    // The ledger's, too: the same article does not go to the same friend again.
    const second = await writeNote(ground, eve, {
      friendId: grace.id,
      articleId: article.id,
      text: 'Again.',
      moment: { kind: 'now' },
    });
    ground.setClock('2026-11-23T12:05:00.000Z');
    await sendNote(ground, eve.id, second.id);
    expect(await getNote(ground, eve.id, second.id)).toMatchObject({ heldBecause: 'already-sent' });
    expect(new Set(await restoreAll(ground, eve, records))).toEqual(new Set(['merged']));
  });

  test('knows what was sent by the address that an article has here', async () => {
    const url = 'https://example.org/harbour';
    const { article } = await saveArticle(ground, eve.id, { url, title: 'Mine' }, 'api');
    const elsewhere = { canonicalUrl: 'https://example.org/2026/harbour' };
    const digest = addressDigest({ id: there.harbour, ...elsewhere });
    const renamed = records.map((record) => {
      if (record.type === 'article') return { ...record, ...elsewhere };
      return record.type === 'sent' ? { ...record, digest } : record;
    });
    await restoreAll(ground, eve, renamed);
    expect(await wasSent(ground.table, eve.id, there.grace, digest)).toBe(true);
    expect(await wasSent(ground.table, eve.id, there.grace, addressDigest(article))).toBe(true);
  });

  test('matches what is new with what was here, both ways', async () => {
    const alan = await addFriend(ground, eve, { name: 'Alan', interests: ['harbour towns'] });
    await finishLookBack(ground.table, eve.id, alan);
    await restoreAll(ground, eve, records);
    const work = (await due(ground)).map(({ id, work: what }) => [id, what]);
    expect(work).toContainEqual([there.harbour, 'match']);
    expect(work).toContainEqual([there.grace, 'look-back']);
    await onArticle(ground, eve.id, there.harbour);
    const found = await suggestionsOf(ground.table, eve.id, there.harbour);
    expect(new Map(found.map(({ friendId, state }) => [friendId, state]))).toEqual(
      new Map([
        [alan.id, 'open'],
        [there.grace, 'written'],
      ]),
    );
  });

  test('keeps two people with one address apart by their names', async () => {
    await addFriend(ground, eve, { name: 'Admiral', email: 'grace@friends.example' });
    expect(told(await restoreAll(ground, eve, records))).toContain('friend created');
    expect((await allFriends(ground.table, eve.id)).map(({ name }) => name)).toEqual(['Grace', 'Admiral']);
  });

  test('brings a friend what the file knows of them: what to send, and what never', async () => {
    const grace = await addFriend(ground, eve, {
      name: 'Grace Hopper',
      email: 'GRACE@friends.example',
      interests: ['Harbour Towns', 'compilers'],
    });
    await finishLookBack(ground.table, eve.id, grace);
    const heard = (text: string, kind: string) => ({ id: newId('int'), text, kind, addedAt: eve.createdAt });
    const [more, never] = [heard('owls', 'topic'), heard('compilers', 'never')];
    const known = records.map((record) =>
      record.type === 'friend'
        ? { ...record, birthday: '--12-09', interests: [...record.interests, more, never] }
        : record,
    );
    expect(told(await restoreAll(ground, eve, known))).toContain('friend merged');
    const merged = await getFriend(ground, eve.id, grace.id);
    expect(merged).toEqual({
      ...grace,
      birthday: '--12-09',
      interests: [...grace.interests, more, never],
      version: 2,
    });
    expect((await due(ground)).map(({ id, work }) => [id, work])).toContainEqual([grace.id, 'look-back']);
    await restoreAll(ground, eve, known);
    expect(await getFriend(ground, eve.id, grace.id)).toEqual(merged);
  });

  test('brings no more interests than a friend has room for', async () => {
    const own = Array.from({ length: MAX_INTERESTS }, (_, n) => `interest ${n}`);
    const grace = await addFriend(ground, eve, {
      name: 'Grace',
      email: 'grace@friends.example',
      interests: own,
    });
    await restoreAll(ground, eve, records);
    expect(await getFriend(ground, eve.id, grace.id)).toEqual(grace);
  });

  test('brings a link the text, the selection and the tags of the file, and keeps its own', async () => {
    const url = 'https://example.org/harbour';
    const { article } = await saveArticle(ground, eve.id, { url, selection: 'Mine' }, 'api', {
      tags: ['sea'],
    });
    const marked = records.map((record) =>
      record.type === 'article' ? { ...record, selection: 'Theirs', tags: ['Sea', 'towns'] } : record,
    );
    expect(told(await restoreAll(ground, eve, marked))).toContain('article merged');
    const merged = await findArticle(ground.table, eve.id, article.id);
    expect(merged).toMatchObject({
      title: 'Harbour towns',
      wordCount: 2,
      selection: 'Mine\n\nTheirs',
      tags: ['sea', 'towns'],
      savedAt: article.savedAt,
    });
    expect(await readText(ground.table, eve.id, article.id)).toContain('At noon.');
    expect((await due(ground)).map(({ id, work }) => [id, work])).toContainEqual([article.id, 'match']);
    await restoreAll(ground, eve, marked);
    expect(await findArticle(ground.table, eve.id, article.id)).toEqual(merged);
  });

  test('keeps the text that an article has here, and adds what was marked', async () => {
    const input = { url: 'https://example.org/harbour', title: 'Mine', text: 'My own text.' };
    const { article } = await saveArticle(ground, eve.id, input, 'api');
    const marked = records.map((record) =>
      record.type === 'article' ? { ...record, selection: 'Theirs', tags: ['towns'] } : record,
    );
    await restoreAll(ground, eve, marked);
    expect(await findArticle(ground.table, eve.id, article.id)).toEqual({
      ...article,
      selection: 'Theirs',
      tags: ['towns'],
    });
    expect(await readText(ground.table, eve.id, article.id)).toBe('Theirs\n\nMy own text.');
  });

  test('does not suggest for interests that are others here', async () => {
    const grace = await addFriend(ground, eve, {
      name: 'Grace',
      email: 'grace@friends.example',
      interests: ['harbour towns'],
    });
    const open = records.map((record) =>
      record.type === 'suggestion' ? { ...record, state: 'open' } : record,
    );
    await restoreAll(ground, eve, open);
    expect(await suggestionsFor(ground.table, eve.id, grace.id)).toEqual([]);
  });

  test("has the file's answer to a suggestion that was not answered here, and no other", async () => {
    await addFriend(ground, eve, { name: 'Somebody' });
    const [suggestion] = records.filter(({ type }) => type === 'suggestion');
    const before = records.filter(({ type }) => type === 'user' || type === 'friend' || type === 'article');
    const state = async () =>
      (await suggestionsOf(ground.table, eve.id, there.harbour)).map((one) => one.state);
    await restoreAll(ground, eve, before);
    await onArticle(ground, eve.id, there.harbour);
    expect(await state()).toEqual(['open']);
    expect(await restoreRecord(ground, eve, { ...suggestion, state: 'dismissed' })).toBe('merged');
    expect(await state()).toEqual(['dismissed']);
    expect(await restoreRecord(ground, eve, { ...suggestion, state: 'later' })).toBe('merged');
    expect(await state()).toEqual(['dismissed']);
  });
});

describe('an export restored into its own account', () => {
  test('brings back what was deleted, and changes nothing else', async () => {
    const desk = await openDesk();
    const { ground, ada, grace } = desk;
    const { article } = await saveArticle(ground, ada.id, { text: 'The gulls.' }, 'api');
    const kept = await desk.friend('Alan');
    const records = await recordsOf(ground, ada);
    await deleteArticleAndTraces(ground, ada.id, article.id);
    await deleteFriendAndTraces(ground, ada.id, grace.id);
    const changed = await changeFriend(ground, ada.id, kept.id, { name: 'Alan Turing' });
    await restoreAll(ground, ada, records);
    expect(await getFriend(ground, ada.id, grace.id)).toEqual(grace);
    expect(await getFriend(ground, ada.id, kept.id)).toEqual(changed);
    expect(await readText(ground.table, ada.id, article.id)).toBe('The gulls.');
  });

  test('does not take back what was taken back', async () => {
    const desk = await openDesk();
    const note = await desk.write({ moment: { kind: 'at', at: '2026-12-01T09:30' } });
    const records = await recordsOf(desk.ground, desk.ada);
    await cancelNote(desk.ground, desk.ada.id, note.id);
    expect(new Set(await restoreAll(desk.ground, desk.ada, records))).toEqual(new Set(['merged']));
    expect(await desk.read(note)).toMatchObject({ state: 'cancelled' });
  });
});

test('a mute without an address holds where the pepper is the same', async () => {
  const ground = await testGround();
  const { user } = await testUser(ground, 'Ada');
  const hash = ground.secrets.addressHash('grace@friends.example');
  const record = { type: 'mute', hash, at: '2026-11-01T00:00:00.000Z' };
  expect(await restoreRecord(ground, user, record)).toBe('created');
  expect(await isMuted(ground.table, user.id, hash)).toBe(true);
});

describe('a file by somebody who means harm', () => {
  let ground: TestGround;
  let eve: User;
  beforeEach(async () => {
    ground = await testGround();
    ({ user: eve } = await testUser(ground, 'Eve'));
  });

  const id = newId;
  const time = '2026-11-23T12:00:00.000Z';
  const friend = () => ({
    type: 'friend',
    id: id('frd'),
    name: 'Grace',
    timeZone: 'UTC',
    groups: [],
    interests: [],
    version: 1,
    createdAt: time,
  });
  const article = () => ({
    type: 'article',
    id: id('art'),
    title: 'Gulls',
    text: 'The gulls.',
    wordCount: 2,
    minutes: 1,
    savedAt: time,
    savedBy: 'api',
  });
  const note = () => ({
    type: 'note',
    id: id('nte'),
    friendId: id('frd'),
    text: 'Words.',
    state: 'draft',
    version: 1,
    attempts: 0,
    createdAt: time,
    updatedAt: time,
  });
  const interest = (more = {}) => ({ id: id('int'), text: 'chess', kind: 'topic', addedAt: time, ...more });

  test('the records of these tests are right but for what is wrong with them', async () => {
    for (const record of [friend(), article(), note()]) {
      expect(await restoreRecord(ground, eve, record)).toBe('created');
    }
  });

  test.each<[string, () => unknown]>([
    ['nothing', () => null],
    ['a list', () => []],
    ['no type', () => ({ ...friend(), type: undefined })],
    ['a type of tomorrow', () => ({ type: 'thought', id: id('frd') })],
    ['a field of tomorrow', () => ({ ...friend(), pk: 'USER#usr_other' })],
    ['an id of another kind', () => ({ ...friend(), id: id('art') })],
    ['an id that leads elsewhere', () => ({ ...friend(), id: 'frd_1#../USER' })],
    ['a name with a line break', () => ({ ...friend(), name: 'Grace\nBcc: all@x.example' })],
    ['no address', () => ({ ...friend(), email: 'grace' })],
    ['no zone', () => ({ ...friend(), timeZone: 'Mars/Base' })],
    ['too many interests', () => ({ ...friend(), interests: Array.from({ length: 101 }, () => interest()) })],
    [
      'an interest that is a story',
      () => ({ ...friend(), interests: [interest({ text: 'x'.repeat(201) })] }),
    ],
    ['a topic that ends', () => ({ ...friend(), interests: [interest({ until: '2027-01-01' })] })],
    [
      'two interests that are one',
      () => ({ ...friend(), interests: [1, 2].map(() => interest({ id: `int_${'0'.repeat(26)}` })) }),
    ],
    ['a version that cannot be counted up', () => ({ ...friend(), version: Number.MAX_SAFE_INTEGER })],
    ['a deleted one', () => ({ ...friend(), deletedAt: time })],
    ['a script for a link', () => ({ ...article(), url: 'javascript:alert(1)' })],
    ['a script for a picture', () => ({ ...article(), image: 'data:text/html,<script>' })],
    ['a title that is a head', () => ({ ...article(), title: 'Gulls\r\nBcc: all@x.example' })],
    ['a title without words', () => ({ ...article(), title: '\u200b' })],
    ['a text that is a library', () => ({ ...article(), text: 'x'.repeat(200_001) })],
    ['a field that is a library', () => ({ ...article(), byline: 'x'.repeat(400_000) })],
    ['many large labels', () => ({ ...article(), tags: Array.from({ length: 50 }, () => 'ü'.repeat(4000)) })],
    ['many labels', () => ({ ...article(), tags: Array.from({ length: 51 }, (_, n) => `t${n}`) })],
    ['a page to read without its address', () => ({ ...article(), due: 'fetch' })],
    ['a number beyond the table', () => ({ ...article(), notRead: { reason: 'gone', tries: 2 ** 53 } })],
    [
      'a number too small for the table',
      () => ({ ...article(), notRead: { reason: 'gone', tries: 1e-200 } }),
    ],
    ['work to be done now', () => ({ ...note(), state: 'draft', work: 'send', duePk: 'DUE#0', dueSk: time })],
    ['a time for the queue', () => ({ ...note(), state: 'scheduled', dueAt: time })],
    ['a letter that is a book', () => ({ ...note(), text: 'x'.repeat(10_001) })],
    ['a state of tomorrow', () => ({ ...note(), state: 'flying' })],
    [
      'a suggestion of nothing here',
      () => ({
        type: 'suggestion',
        articleId: id('art'),
        friendId: id('frd'),
        score: 1,
        reasons: [],
        state: 'open',
        createdAt: time,
      }),
    ],
    [
      'a ledger entry that leads elsewhere',
      () => ({ type: 'sent', friendId: id('frd'), noteId: id('nte'), digest: 'a#b', at: time }),
    ],
    ['a mute that leads elsewhere', () => ({ type: 'mute', hash: '../STOPPED', at: time })],
    [
      'a sender that is two lines',
      () => ({ type: 'sender', address: 'a@b.example\nc@d.example', acceptedAt: time }),
    ],
  ])('%s is refused with a reason, and nothing is written', async (_, record) => {
    const before = await allItems(ground);
    expect(await restoreRecord(ground, eve, record())).toEqual({ reason: expect.stringMatching(/\w/) });
    expect(await allItems(ground)).toEqual(before);
  });

  test.each<[string, () => unknown, string]>([
    ['a number', () => 7, 'This is no record as Hallway writes it.'],
    ['a type of tomorrow', () => ({ type: 'thought' }), 'This is nothing this Hallway knows.'],
    [
      'a number for a name',
      () => ({ ...friend(), name: 7 }),
      'This friend’s “name” is not as Hallway writes it.',
    ],
    ['no name', () => ({ ...friend(), name: undefined }), 'This friend’s “name” is needed.'],
    [
      'an interest of another kind',
      () => ({ ...friend(), interests: [interest({ kind: 'whim' })] }),
      'This friend’s “interests” must be topic, ask or never.',
    ],
    [
      'no instant',
      () => ({ ...article(), savedAt: 'soon' }),
      'This article’s “savedAt” is not as Hallway writes it.',
    ],
  ])('the reason against %s is in plain words', async (_, record, reason) => {
    expect(await restoreRecord(ground, eve, record())).toEqual({ reason });
  });

  test('half a character becomes the sign for one that is not known', async () => {
    const one = { ...article(), byline: 'Gr\ud83dce', text: 'The \udc1a gulls.' };
    expect(await restoreRecord(ground, eve, one)).toBe('created');
    expect(await findArticle(ground.table, eve.id, one.id)).toMatchObject({ byline: 'Gr\ufffdce' });
    expect(await readText(ground.table, eve.id, one.id)).toBe('The \ufffd gulls.');
  });

  test('no record lets a note leave', async () => {
    const one = friend();
    await restoreRecord(ground, eve, { ...one, email: 'grace@friends.example' });
    const ids: string[] = [];
    for (const state of ['scheduled', 'sending', 'uncertain', 'held', 'draft', 'failed']) {
      const record = { ...note(), friendId: one.id, state, sendAt: time, attemptId: 'att_1' };
      ids.push(record.id);
      expect(await restoreRecord(ground, eve, record)).toBe('created');
    }
    expect(await findDue(ground.table, FAR, 100, 'notes')).toEqual([]);
    ground.setClock(FAR);
    for (const noteId of ids) await sendNote(ground, eve.id, noteId);
    expect(await ground.mailbox()).toEqual([]);
  });

  test('whatever it says, nothing is thrown, a refusal writes nothing, and nothing is written but in its own account', async () => {
    const desk = await fullAccount();
    const good = await recordsOf(desk.ground, desk.ada);
    const mine = `USER#${eve.id}`;
    const foreign = async () => (await allItems(ground)).filter(({ pk }) => pk !== mine);
    const others = await foreign();
    const anything = fc.oneof(
      fc.constantFrom(
        undefined,
        null,
        '',
        0,
        -1,
        1e308,
        2 ** 53,
        5e-324,
        '__proto__',
        '\ud800',
        'x'.repeat(500_000),
        [],
        {},
      ),
      fc.jsonValue({ maxDepth: 3 }),
    );
    const paths = [
      'id',
      'type',
      'friendId',
      'articleId',
      'interests',
      'reasons',
      'state',
      'text',
      'due',
      'pk',
      '__proto__',
      'url',
    ];
    const bent = fc
      .record({
        base: fc.constantFrom(...good),
        name: fc.oneof(fc.constantFrom(...paths), fc.string()),
        value: anything,
        own: fc.nat(),
      })
      .map(({ base, name, value, own }) => {
        const fields = Object.entries(base);
        const field = own % 2 ? name : (fields[own % fields.length]?.[0] ?? name);
        return JSON.parse(JSON.stringify({ ...base, [field]: value }));
      });
    let before = await allItems(ground);
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 9, arbitrary: bent }, fc.jsonValue()), async (record) => {
        const outcome = await restoreRecord(ground, eve, record);
        const after = await allItems(ground);
        if (typeof outcome === 'object') {
          expect(outcome.reason).toMatch(/\w/);
          expect(after).toEqual(before);
        }
        before = after;
      }),
      { numRuns: 60 },
    );
    expect(await foreign()).toEqual(others);
    expect(await findDue(ground.table, FAR, 100, 'notes')).toEqual([]);
  }, 60_000);
});
