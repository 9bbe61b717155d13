import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { changeFriend } from '../../functions/friends/friends.ts';
import { findFriend } from '../../functions/friends/store.ts';
import { isMuted } from '../../functions/ledger/store.ts';
import { findStops, recordTouch, touchesOf } from '../../functions/ledger/touches/store.ts';
import { MAX_CORRECTIONS, touchId } from '../../functions/ledger/touches.ts';
import { onArticle } from '../../functions/matching/matching.ts';
import { findSuggestion } from '../../functions/matching/store.ts';
import { onMailEvent } from '../../functions/notes/mail-events.ts';
import type { Note } from '../../functions/notes/note.ts';
import { friendPageUrl, readStop, type Stop } from '../../functions/notes/stop.ts';
import { choose, openLink } from '../../functions/transfer/choices.ts';
import { deleteFriendAndTraces } from '../../functions/transfer/erase.ts';
import { type Desk, openDesk } from '../notes/desk.ts';
import { everything } from '../web/callers.ts';

const MINUTE = '2026-11-23T12:01:00.000Z';

/** What the link of this letter carries. */
function linkOf({ ground, ada }: Desk, note: Pick<Note, 'id'>, address = 'grace@friends.example'): Stop {
  const token = new URL(friendPageUrl(ground, ada.id, note.id, address)).pathname.split('/').at(-1);
  const stop = readStop(ground, token ?? '');
  if (!stop) throw new Error('The link is none.');
  return stop;
}

/** Ada's letter to Grace has left, with an article; `suggested`: one that Grace's interest spoke for. */
async function sentLetter({ suggested = false } = {}) {
  const desk = await openDesk();
  const grace = await changeFriend(desk.ground, desk.ada.id, desk.grace.id, {
    timeZone: 'America/Toronto',
    interests: [{ text: 'trail running', kind: 'topic', heard: 'at the lake' }],
  });
  const articleId = await desk.save('Trail running in the dark');
  if (suggested) await onArticle(desk.ground, desk.ada.id, articleId);
  const note = await desk.write({ articleId, text: 'Two lamps.' });
  desk.ground.setClock(MINUTE);
  await desk.send(note);
  if ((await desk.read(note)).state !== 'sent') throw new Error('The letter should have left.');
  const { ground, ada } = desk;
  return {
    ...desk,
    grace,
    articleId,
    note,
    link: linkOf(desk, note),
    asStored: () => findFriend(ground.table, ada.id, grace.id),
    touches: () => touchesOf(ground.table, ada.id, grace.id),
    /** A letter that waits for Grace. */
    waiting: (more = {}) =>
      desk.write({
        friendId: grace.id,
        text: 'Next week, then.',
        moment: { kind: 'at', at: '2026-12-01T09:00' },
        ...more,
      }),
    /** The mails to Ada. */
    words: async () => {
      const kept = (await ground.mailbox()).filter(({ destinations }) => destinations[0] === ada.email);
      return Promise.all(
        kept.map(async ({ raw, tags }) => ({
          ...(await PostalMime.parse(Buffer.from(raw, 'base64'))),
          tags,
        })),
      );
    },
  };
}

/** The same choice five times at once. */
const five = (work: () => Promise<unknown>) => Promise.all([1, 2, 3, 4, 5].map(work));

describe('thank you', () => {
  test('is a touch with the friend’s line, teaches, and is one mail to the user', async () => {
    const { ground, ada, link, grace, articleId, touches, words } = await sentLetter({ suggested: true });
    const outcome = await choose(ground, link, 'thanks', { line: ' Walking\r\nnow. ' });
    const interestId = grace.interests[0]?.id;
    const touch = { kind: 'thanks', line: 'Walking\nnow.', noteId: link.note, interestId, at: MINUTE };
    expect(outcome).toMatchObject({ outcome: 'done', touch: { ...touch, word: 'sent' } });
    expect(await touches()).toMatchObject([{ ...touch, word: 'sent' }]);
    const [mail, ...more] = await words();
    expect(more).toEqual([]);
    expect(mail).toMatchObject({
      subject: 'Grace says thank you',
      replyTo: [{ name: 'Grace', address: 'grace@friends.example' }],
    });
    expect(mail?.text).toContain('Walking\nnow.');
    expect(await findSuggestion(ground.table, ada.id, articleId, grace.id)).toMatchObject({
      answer: { said: 'thanks' },
    });
  });

  test('five times at once, and again later with other words, is one touch and one mail', async () => {
    const { ground, link, touches, words } = await sentLetter();
    await five(() => choose(ground, link, 'thanks', { line: 'Walking.' }));
    ground.setClock('2026-12-24T12:00:00.000Z');
    const again = await choose(ground, link, 'thanks', { line: 'And running.' });
    expect(again).toMatchObject({ outcome: 'done', touch: { line: 'Walking.' } });
    expect(await touches()).toHaveLength(1);
    expect(await words()).toHaveLength(1);
  });

  test('that met a busy mail server goes when it is sent again, once', async () => {
    const { ground, link, touches, words } = await sentLetter();
    await ground.fault('throttle', 1);
    expect(await choose(ground, link, 'thanks')).toMatchObject({ touch: { word: 'waiting' } });
    expect(await words()).toEqual([]);
    await five(() => choose(ground, link, 'thanks'));
    expect(await words()).toHaveLength(1);
    expect(await touches()).toMatchObject([{ kind: 'thanks', word: 'sent' }]);
  });

  test.each(['accept-then-error', 'accept-then-hang'])(
    'that may have left (%s) is not sent again',
    async (fault) => {
      const { ground, link, touches, words } = await sentLetter();
      await ground.fault(fault, 1);
      await choose(ground, link, 'thanks');
      await choose(ground, link, 'thanks');
      expect(await words()).toHaveLength(1);
      expect(await touches()).toMatchObject([{ kind: 'thanks', word: 'asked' }]);
    },
  );

  test('that was cut off before its mail stands for the user to see, and mails nobody later', async () => {
    const { ground, ada, link, grace, touches, words } = await sentLetter();
    const id = touchId({ noteId: link.note, kind: 'thanks' });
    const touch = { id, friendId: grace.id, noteId: link.note, kind: 'thanks' as const, at: MINUTE };
    await recordTouch(ground.table, ada.id, { ...touch, word: 'asked' });
    expect(await choose(ground, link, 'thanks')).toMatchObject({ outcome: 'done', touch });
    expect(await touches()).toHaveLength(1);
    expect(await words()).toEqual([]);
  });

  test('too long a line is refused, and nothing is done', async () => {
    const { ground, link } = await sentLetter();
    const stored = await everything(ground);
    await expect(choose(ground, link, 'thanks', { line: 'x'.repeat(501) })).rejects.toMatchObject({
      tag: 'invalid',
      errors: [{ path: '/line' }],
    });
    expect(await everything(ground)).toEqual(stored);
    await choose(ground, link, 'thanks', { line: `${'x'.repeat(500)}\u0000\u0000 ` });
  });

  test('SES’s events of the mail are no news of the note', async () => {
    const { ground, link, note, read, words } = await sentLetter();
    await choose(ground, link, 'thanks');
    const [mail] = await words();
    expect(Object.keys(mail?.tags ?? {})).toEqual(['word']);
    const before = await read(note);
    for (const eventType of ['Send', 'Delivery', 'Bounce', 'Complaint']) {
      const tags = Object.fromEntries(Object.entries(mail?.tags ?? {}).map(([name, tag]) => [name, [tag]]));
      const recipients = [{ emailAddress: 'ada@users.example' }];
      await onMailEvent(ground, {
        source: 'aws.ses',
        detail: {
          eventType,
          mail: { messageId: 'ses-9', tags },
          bounce: { bounceType: 'Permanent', bouncedRecipients: recipients },
          complaint: { complainedRecipients: recipients },
        },
      });
    }
    expect(await read(note)).toEqual(before);
  });
});

test('a wish for coffee is a touch and a mail of its own beside the thanks', async () => {
  const { ground, link, touches, words } = await sentLetter();
  await choose(ground, link, 'thanks');
  ground.setClock('2026-11-23T12:02:00.000Z');
  await five(() => choose(ground, link, 'coffee', { line: 'Tuesday?' }));
  expect((await words()).map(({ subject }) => subject)).toEqual([
    'Grace says thank you',
    'Grace would like a coffee',
  ]);
  expect((await touches()).map(({ kind, line }) => [kind, line])).toEqual([
    ['coffee', 'Tuesday?'],
    ['thanks', undefined],
  ]);
});

test('not my thing teaches the matcher, by the interest it was chosen for, and mails nobody', async () => {
  const { ground, ada, link, grace, articleId, asStored, touches, words } = await sentLetter({
    suggested: true,
  });
  await five(() => choose(ground, link, 'not-my-thing'));
  expect(await findSuggestion(ground.table, ada.id, articleId, grace.id)).toMatchObject({
    answer: { said: 'not-my-thing' },
  });
  const interestId = grace.interests[0]?.id ?? '';
  expect((await asStored())?.learned?.[interestId]?.sum).toBeLessThan(0);
  expect(await touches()).toMatchObject([{ kind: 'not-my-thing', interestId }]);
  expect(await words()).toEqual([]);
});

test('less often keeps surprises apart and holds what waits, which the user may send', async () => {
  const desk = await sentLetter();
  const waits = await desk.waiting();
  await five(() => choose(desk.ground, desk.link, 'less-often'));
  expect(await desk.read(waits)).toMatchObject({ state: 'held', heldBecause: 'less-often' });
  expect(await desk.asStored()).toMatchObject({ apartDays: 30 });
  expect(await desk.touches()).toMatchObject([{ kind: 'less-often' }]);
  expect(await desk.words()).toEqual([]);
});

describe('stop', () => {
  test('mutes this user, holds what waits at once, and says so once', async () => {
    const desk = await sentLetter();
    const { ground, ada, link } = desk;
    const [waits, toAlan] = [
      await desk.waiting(),
      await desk.waiting({ friendId: (await desk.friend('Alan')).id }),
    ];
    await five(() => choose(ground, link, 'stop'));
    expect(await desk.read(waits)).toMatchObject({ state: 'held', heldBecause: 'muted' });
    expect(await desk.read(toAlan)).toMatchObject({ state: 'scheduled' });
    expect(await findStops(ground.table, ada.id, link.address)).toEqual({ muted: true, stopped: false });
    expect(await isMuted(ground.table, 'usr_eve', link.address)).toBe(false);
    expect((await desk.touches()).map(({ kind }) => kind)).toEqual(['stopped']);
    expect(await desk.words()).toEqual([]);
  });

  test('of everything stops it for everybody', async () => {
    const desk = await sentLetter();
    const { ground, ada, link } = desk;
    const waits = await desk.waiting();
    await five(() => choose(ground, link, 'stop-all'));
    expect(await desk.read(waits)).toMatchObject({ state: 'held', heldBecause: 'suppressed' });
    expect(await findStops(ground.table, ada.id, link.address)).toEqual({ muted: true, stopped: true });
    expect((await findStops(ground.table, 'usr_eve', link.address)).stopped).toBe(true);
    expect((await desk.touches()).map(({ kind }) => kind)).toEqual(['stopped-all']);
  });

  test('can be taken back for an hour; what was held stays held', async () => {
    const desk = await sentLetter();
    const { ground, ada, link } = desk;
    const waits = await desk.waiting();
    await choose(ground, link, 'stop-all');
    expect(await choose(ground, link, 'undo')).toEqual({ outcome: 'done' });
    expect(await findStops(ground.table, ada.id, link.address)).toEqual({ muted: false, stopped: false });
    expect(await desk.touches()).toEqual([]);
    expect(await desk.read(waits)).toMatchObject({ state: 'held' });
    await choose(ground, link, 'stop');
    ground.setClock('2026-11-23T13:01:00.000Z');
    expect(await choose(ground, link, 'undo')).toEqual({ outcome: 'impossible' });
    expect(await isMuted(ground.table, ada.id, link.address)).toBe(true);
    expect(await desk.touches()).toHaveLength(1);
  });

  test('works when note, friend and user are gone, and reaches a friend who is added anew', async () => {
    const desk = await sentLetter();
    const { ground, ada, link, grace } = desk;
    await deleteFriendAndTraces(ground, ada.id, grace.id);
    const anew = await desk.friend('Gracie', { email: 'GRACE@Friends.example' });
    const waits = await desk.waiting({ friendId: anew.id });
    expect(await choose(ground, link, 'stop')).toMatchObject({ outcome: 'done' });
    expect(await desk.read(waits)).toMatchObject({ state: 'held', heldBecause: 'muted' });
    expect(await touchesOf(ground.table, ada.id, anew.id)).toMatchObject([{ kind: 'stopped' }]);
    const nobody = { ...link, user: 'usr_01KAR46RG0000000000000000A' };
    expect(await choose(ground, nobody, 'stop')).toEqual({ outcome: 'done' });
    expect(await choose(ground, nobody, 'stop-all')).toEqual({ outcome: 'done' });
  });
});

describe('a correction', () => {
  test('changes name and zone, moves what waits to the same hour there, and keeps what was', async () => {
    const desk = await sentLetter();
    const { ground, link } = desk;
    const waits = await desk.waiting();
    expect(waits.sendAt).toBe('2026-12-01T14:00:00.000Z');
    const said = { name: 'Grace B. Hopper', timeZone: 'Europe/Lisbon' };
    await five(() => choose(ground, link, 'correct', said));
    expect(await desk.asStored()).toMatchObject(said);
    expect(await desk.read(waits)).toMatchObject({ state: 'scheduled', sendAt: '2026-12-01T09:00:00.000Z' });
    const touches = await desk.touches();
    expect(touches.map(({ kind, was, is }) => [kind, was, is]).sort()).toEqual([
      ['moved-zone', 'America/Toronto', 'Europe/Lisbon'],
      ['renamed', 'Grace', 'Grace B. Hopper'],
    ]);
    expect(await choose(ground, link, 'correct', said)).toEqual({ outcome: 'done' });
    expect(await desk.touches()).toHaveLength(2);
  });

  test.each([
    ['/name', { name: 'Grace\r\nBcc: x' }],
    ['/name', { name: '\u200b' }],
    ['/name', { name: 'x'.repeat(101) }],
    ['/timeZone', { timeZone: 'Mars/Olympus' }],
  ])('that does not fit is refused at %s', async (path, said) => {
    const { ground, link } = await sentLetter();
    const stored = await everything(ground);
    await expect(choose(ground, link, 'correct', said)).rejects.toMatchObject({
      tag: 'invalid',
      errors: [{ path }],
    });
    expect(await everything(ground)).toEqual(stored);
  });

  test('is made a few times a day at most', async () => {
    const desk = await sentLetter();
    for (let n = 1; n <= MAX_CORRECTIONS; n++) {
      expect(await choose(desk.ground, desk.link, 'correct', { name: `Grace ${n}` })).toEqual({
        outcome: 'done',
      });
    }
    expect(await choose(desk.ground, desk.link, 'correct', { name: 'Not Grace' })).toEqual({
      outcome: 'too-many',
    });
    expect((await desk.asStored())?.name).toBe(`Grace ${MAX_CORRECTIONS}`);
    expect(await choose(desk.ground, desk.link, 'stop')).toMatchObject({ outcome: 'done' });
  });
});

describe('a link from a letter to an address that is not the friend’s any more', () => {
  test('thanks and stops, and changes nothing of the friend', async () => {
    const desk = await sentLetter();
    const { ground, ada, grace, note } = desk;
    const elsewhere = linkOf(desk, note, 'not-grace@friends.example');
    const waits = await desk.waiting();
    expect(await openLink(ground, elsewhere)).toMatchObject({ isTheirs: false, address: undefined });
    for (const choice of ['less-often', 'correct'] as const) {
      expect(await choose(ground, elsewhere, choice, { name: 'Mallory' })).toEqual({ outcome: 'impossible' });
    }
    for (const choice of ['erase', 'stop', 'stop-all'] as const) await choose(ground, elsewhere, choice);
    expect(await desk.asStored()).toMatchObject({ name: 'Grace', interests: [{ text: 'trail running' }] });
    expect(await desk.read(waits)).toMatchObject({ state: 'scheduled' });
    expect((await desk.read(note)).to).toBe('grace@friends.example');
    expect(await desk.touches()).toEqual([]);
    expect(await findStops(ground.table, ada.id, elsewhere.address)).toEqual({ muted: true, stopped: true });
    expect(await choose(ground, elsewhere, 'thanks')).toMatchObject({ outcome: 'done' });
    const [mail] = await desk.words();
    expect(mail?.replyTo ?? []).toEqual([]);
    expect(await touchesOf(ground.table, ada.id, grace.id)).toMatchObject([{ kind: 'thanks' }]);
  });
});

describe('delete what is held about me', () => {
  test('leaves the user’s letters without the address, and the no as a hash', async () => {
    const desk = await sentLetter();
    const { ground, ada, link, note, grace } = desk;
    const waits = await desk.waiting();
    await choose(ground, link, 'thanks', { line: 'A line of mine.' });
    await five(() => choose(ground, link, 'erase'));
    expect(await choose(ground, link, 'erase')).toEqual({ outcome: 'done' });

    expect(await desk.asStored()).toBeUndefined();
    expect(await desk.read(waits)).toMatchObject({ state: 'cancelled' });
    const kept = await desk.read(note);
    expect(kept).toMatchObject({ state: 'sent', text: 'Two lamps.' });
    expect(kept).not.toHaveProperty('to');
    const stored = JSON.stringify(await everything(ground));
    for (const gone of ['grace@friends', 'Grace', 'A line of mine', 'trail running', 'at the lake']) {
      expect([gone, stored.includes(gone)]).toEqual([gone, false]);
    }
    expect(await isMuted(ground.table, ada.id, link.address)).toBe(true);
    expect(await desk.touches()).toMatchObject([{ kind: 'erased', friendId: grace.id }]);
    expect((await desk.words()).map(({ subject }) => subject)).toEqual([
      'Grace says thank you',
      'Grace asked Hallway to forget',
    ]);
    expect((await desk.words())[1]?.replyTo ?? []).toEqual([]);
  });

  test('afterwards the link still stops, and nothing else', async () => {
    const { ground, ada, link } = await sentLetter();
    await choose(ground, link, 'stop');
    await choose(ground, link, 'erase');
    for (const choice of ['thanks', 'coffee', 'not-my-thing', 'less-often', 'correct', 'undo'] as const) {
      expect([choice, await choose(ground, link, choice, {})]).toEqual([choice, { outcome: 'impossible' }]);
    }
    expect(await isMuted(ground.table, ada.id, link.address)).toBe(true);
    expect(await choose(ground, link, 'stop-all')).toEqual({ outcome: 'done' });
  });
});
