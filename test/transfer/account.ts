import type { User } from '../../functions/accounts/user.ts';
import { saveArticle } from '../../functions/articles/articles.ts';
import { askLessOften, changeFriend, getFriend } from '../../functions/friends/friends.ts';
import { allFriends } from '../../functions/friends/store.ts';
import { mute } from '../../functions/ledger/store.ts';
import { answer } from '../../functions/matching/answers.ts';
import { onArticle, onFriend } from '../../functions/matching/matching.ts';
import { suggestionsOf } from '../../functions/matching/store.ts';
import type { Note } from '../../functions/notes/note.ts';
import { cancelNote, sentMyself } from '../../functions/notes/notes.ts';
import { readStop, stopUrl } from '../../functions/notes/stop.ts';
import type { Ground } from '../../functions/platform/ground.ts';
import { choose } from '../../functions/transfer/choices.ts';
import { deleteFriendAndTraces } from '../../functions/transfer/erase.ts';
import { exportRecords } from '../../functions/transfer/export.ts';
import type { ExportRecord } from '../../functions/transfer/record.ts';
import { type Restored, restoreRecord } from '../../functions/transfer/restore.ts';
import { acceptSender } from '../../functions/transfer/store.ts';
import { type Desk, openDesk } from '../notes/desk.ts';

const page = (title: string, words: string) =>
  `<!doctype html><html lang="en"><head><title>${title}</title></head><body><article><h1>${title}</h1><p>${words.repeat(20)}</p></article></body></html>`;

/** Ada's account with something of everything in it, all of it made as a person makes it, and nothing due but notes. */
export async function fullAccount(): Promise<Desk> {
  const desk = await openDesk({ HALLWAY_CAP_ADDRESS_DAY: '100', HALLWAY_UNCERTAIN_SECONDS: '3600' });
  const { ground, ada, grace } = desk;
  await changeFriend(ground, ada.id, grace.id, { interests: ['harbour towns'], groups: ['navy'] });
  const alan = await desk.friend('Alan', {
    timeZone: 'Asia/Kathmandu',
    wakingHours: { from: '07:00', to: '22:00', weekendFrom: '10:00' },
    birthday: '--06-23',
    interests: [
      'chess machines',
      { text: 'harbour flat', kind: 'ask', until: '2027-03-01', heard: 'at lunch, “before spring”' },
      { text: 'gull poems', kind: 'never' },
    ],
  });
  await askLessOften(ground, ada.id, alan.id, true);
  // Two people with one address, and one without any.
  await desk.friend('Mum', { email: 'home@friends.example', interests: ['harbour towns'] });
  await desk.friend('Dad', { email: 'home@friends.example' });
  const { id: josé } = await desk.friend('José', { email: undefined });
  const stranger = await desk.friend('Stranger');

  const save = async (input: Record<string, unknown>, tags?: string[]) => {
    const { article } = await saveArticle(ground, ada.id, input, 'api', { ...(tags && { tags }) });
    await onArticle(ground, ada.id, article.id);
    return article.id;
  };
  const harbours = await Promise.all(
    ['noon', 'gulls', 'ropes', 'tides'].map((name) =>
      save({
        url: `https://example.org/${name}?utm_source=mail`,
        html: page(`A harbour of ${name}`, `The harbour towns keep their ${name}. `),
      }),
    ),
  );
  const [noon = '', gulls = '', ropes = '', tides = ''] = harbours;
  await save({ text: 'A poem\n\n“The 🐚 gulls have the quay to themselves.”', selection: 'the quay' });
  await save({ url: 'https://example.org/chess', title: 'Chess machines', text: 'They play.' }, [
    'old',
    'Spiel',
  ]);
  for (const friend of await allFriends(ground.table, ada.id)) await onFriend(ground, ada.id, friend.id);
  await answer(ground, ada.id, gulls, grace.id, 'not-friend');
  await answer(ground, ada.id, ropes, grace.id, 'later');

  // Each is written, and then gets its own fate.
  const at = (friendId: string) => ({ friendId, moment: { kind: 'at', at: '2027-02-01T09:30' } });
  const leave = async (input: Record<string, unknown>, fault?: string): Promise<Note> => {
    if (fault) await ground.fault(fault, 1);
    const note = await desk.write(input);
    await desk.minute(note.sendAt ?? '');
    return note;
  };
  await desk.write({ moment: undefined, articleId: tides, subject: 'Tides', text: 'A draft.\n\nNot yet.' });
  const sent = await leave({ articleId: noon, text: 'Sent.' });
  const link = readStop(
    ground,
    stopUrl(ground, ada.id, sent.id, grace.email ?? '')
      .split('/')
      .at(-1) ?? '',
  );
  if (!link) throw new Error('The link is none.');
  await choose(ground, link, 'thanks', { line: 'Thank you for noon.' });
  await desk.event(await leave({ text: 'Delivered.' }), 'Delivery');
  await desk.event(await leave({ text: 'Bounced.', friendId: alan.id }), 'Bounce', 'Permanent');
  await desk.event(await leave({ text: 'Complained.', friendId: stranger.id }), 'Complaint');
  await leave({ text: 'Failed.' }, 'refuse');
  await leave({ text: 'Uncertain.' }, 'accept-then-error');
  await desk.minute('2026-11-23T13:30:00.000Z');
  await leave({ text: 'Sending.' }, 'accept-then-error');
  await cancelNote(ground, ada.id, (await desk.write({ text: 'Cancelled.', ...at(grace.id) })).id);
  const own = await desk.write({ text: 'By hand.', friendId: josé, moment: undefined, articleId: ropes });
  await sentMyself(ground, ada.id, own.id);
  await mute(ground.table, ada.id, ground.secrets.addressHash('alan@friends.example'), ground.clock());
  await leave({ text: 'Held.', friendId: alan.id });
  await desk.write({ text: 'Scheduled.', ...at(grace.id) });
  await desk.write({ text: 'A surprise.', friendId: grace.id, moment: { kind: 'surprise' } });

  // Somebody who stopped and is gone from every list, a friend who was deleted, and a sender who is let in.
  await mute(ground.table, ada.id, ground.secrets.addressHash('gone@friends.example'), ground.clock());
  const { id } = await desk.friend('Passing');
  await desk.write({ friendId: id, text: 'For someone who left.', moment: undefined });
  await deleteFriendAndTraces(ground, ada.id, id);
  await acceptSender(ground.table, ada.id, 'Ada@Work.example', ground.clock());
  if ((await getFriend(ground, ada.id, grace.id)).lastWroteAt === undefined) throw new Error('Nothing left.');
  if ((await suggestionsOf(ground.table, ada.id, noon)).length === 0)
    throw new Error('Nothing was suggested.');
  return desk;
}

export interface ExportFile {
  hallway: number;
  exportedAt: string;
  records: ExportRecord[];
}

export async function exportText(ground: Ground, user: User): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of exportRecords(ground, user)) pieces.push(piece);
  return pieces.join('');
}

export async function exportFile(ground: Ground, user: User): Promise<ExportFile> {
  return JSON.parse(await exportText(ground, user));
}

export async function restoreAll(ground: Ground, user: User, records: unknown[]): Promise<Restored[]> {
  const outcomes: Restored[] = [];
  for (const record of records) outcomes.push(await restoreRecord(ground, user, record));
  return outcomes;
}
