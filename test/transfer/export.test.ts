import { describe, expect, test } from 'vitest';
import { issueSignIn, openSession } from '../../functions/accounts/store.ts';
import { saveArticle } from '../../functions/articles/articles.ts';
import { NoteState } from '../../functions/notes/note.ts';
import { testUser } from '../ground.ts';
import { openDesk } from '../notes/desk.ts';
import { exportFile, exportText, fullAccount } from './account.ts';

describe('an export', () => {
  test('is one JSON file with a record a line, what is named before what names it', async () => {
    const { ground, ada } = await fullAccount();
    const text = await exportText(ground, ada);
    const lines = text.trimEnd().split('\n');
    expect(lines[0]).toBe(`{"hallway":1,"exportedAt":"${ground.clock().toISOString()}","records":[`);
    expect(lines.at(-1)).toBe(']}');
    const records = lines.slice(1, -1).map((line) => JSON.parse(line.replace(/,$/, '')));
    expect(records).toEqual(JSON.parse(text).records);
    const kinds = ['user', 'friend', 'article', 'suggestion', 'note', 'sent', 'touch', 'mute', 'sender'];
    const places = records.map(({ type }) => kinds.indexOf(type));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(new Set(places)).toEqual(new Set(kinds.keys()));
  });

  test('has everything of the account, in every state', async () => {
    const { ground, ada } = await fullAccount();
    const { records } = await exportFile(ground, ada);
    const all = (type: string) => records.filter((record) => record.type === type);
    expect(all('user')).toEqual([
      {
        type: 'user',
        name: 'Ada',
        email: 'ada@users.example',
        timeZone: 'Europe/London',
        createdAt: '2026-11-23T12:00:00.000Z',
      },
    ]);
    expect(all('friend').map((friend) => 'name' in friend && friend.name)).toEqual([
      'Grace',
      'Alan',
      'Mum',
      'Dad',
      'José',
      'Stranger',
    ]);
    expect(all('article')).toHaveLength(6);
    expect(all('article')).toContainEqual(
      expect.objectContaining({
        text: expect.stringContaining('“The 🐚 gulls have the quay'),
        selection: 'the quay',
      }),
    );
    expect(all('article')).toContainEqual(expect.objectContaining({ tags: ['old', 'Spiel'] }));
    const states = (type: string) => new Set(all(type).map((one) => 'state' in one && one.state));
    expect(states('suggestion')).toEqual(new Set(['open', 'later', 'dismissed', 'written']));
    expect(states('note')).toEqual(new Set(NoteState.options));
    expect(all('sender')).toMatchObject([{ address: 'Ada@Work.example' }]);
  });

  test('names whom a mute is of where the account knows it, and whoever called a letter unwanted', async () => {
    const { ground, ada } = await fullAccount();
    const { records } = await exportFile(ground, ada);
    const mutes = records.flatMap((record) => (record.type === 'mute' ? [record.address] : []));
    expect(mutes.toSorted()).toEqual(['alan@friends.example', 'stranger@friends.example', undefined]);
  });

  test('holds no credential, and nothing of anybody else', async () => {
    const { ground, ada } = await fullAccount();
    const { user: eve, token } = await testUser(ground, 'Eve');
    await saveArticle(ground, eve.id, { text: 'Only for Eve.' }, 'api');
    const secrets = [
      token,
      await openSession(ground.table, ada.id, ground.clock()),
      await issueSignIn(ground.table, ada.id, '/', ground.clock()),
      ada.ingest,
      eve.ingest,
    ];
    const text = await exportText(ground, ada);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    expect(text).not.toMatch(/Eve|USER#|"pk"/);
  });

  test('says what was still to be done with an article and with a friend', async () => {
    const desk = await openDesk();
    await desk.friend('Alan', { interests: ['chess'] });
    await desk.save('A bare link');
    await saveArticle(desk.ground, desk.ada.id, { text: 'Not yet matched.' }, 'api');
    const { records } = await exportFile(desk.ground, desk.ada);
    expect(records.flatMap((record) => ('due' in record ? [[record.type, record.due]] : []))).toEqual([
      ['friend', 'look-back'],
      ['article', 'fetch'],
      ['article', 'match'],
    ]);
  });

  test('of an empty account is its user alone', async () => {
    const { ground } = await openDesk();
    const { user } = await testUser(ground, 'Eve');
    expect((await exportFile(ground, user)).records.map(({ type }) => type)).toEqual(['user']);
  });

  test('of a library of many pages has each article once, with its own text', async () => {
    const { ground, ada } = await openDesk();
    const names = Array.from({ length: 130 }, (_, n) => `Article ${n}`);
    for (const name of names)
      await saveArticle(ground, ada.id, { title: name, text: `The text of ${name}.` }, 'api');
    const { records } = await exportFile(ground, ada);
    const kept = records.flatMap((record) =>
      record.type === 'article' ? [[record.title, record.text]] : [],
    );
    expect(kept).toEqual(names.map((name) => [name, `The text of ${name}.`]));
  });
});
