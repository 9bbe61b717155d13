import { Temporal } from 'temporal-polyfill';
import { addUser } from '../../functions/accounts/accounts.ts';
import { findUserByEmail } from '../../functions/accounts/store.ts';
import { saveArticle } from '../../functions/articles/articles.ts';
import { addressDigest } from '../../functions/articles/store.ts';
import { addFriend } from '../../functions/friends/friends.ts';
import { touchWritten } from '../../functions/friends/store.ts';
import { recordSent } from '../../functions/ledger/store.ts';
import { answer } from '../../functions/matching/answers.ts';
import { onArticle } from '../../functions/matching/matching.ts';
import { wallMoment } from '../../functions/notes/moment.ts';
import type { Note } from '../../functions/notes/note.ts';
import { writeNote } from '../../functions/notes/notes.ts';
import { insertNote } from '../../functions/notes/store.ts';
import { at, DAY } from '../../functions/platform/clock.ts';
import type { Ground } from '../../functions/platform/ground.ts';
import { newId } from '../../functions/platform/ids.ts';
import {
  type DemoArticle,
  type DemoFriend,
  type DemoNote,
  demoArticles,
  demoFriends,
  demoNotes,
  demoUser,
} from './demo-week.ts';

/** Ada's friends were written down before she saved the first article of the week. */
const FRIENDS_ADDED_DAYS_AGO = 60;

/** Fills an empty database with the demo week; one that has it already is left as it is. A sign-in link either way. */
export async function fillDemo(ground: Ground): Promise<string> {
  const known = await findUserByEmail(ground.table, demoUser.email);
  const { user, signInUrl } = await addUser(ground, demoUser);
  if (known) return signInUrl;
  const now = ground.clock();
  const daysAgo = (days: number): Ground => ({
    ...ground,
    clock: () => new Date(now.getTime() - days * DAY),
  });

  const friends = new Map<string, string>();
  for (const friend of demoFriends) {
    const { id } = await addFriend(daysAgo(FRIENDS_ADDED_DAYS_AGO), user, friendInput(friend, now));
    friends.set(friend.key, id);
  }
  const articles = new Map<string, { id: string; digest: string }>();
  // Oldest first: an article's place in the library is that of its id.
  for (const article of demoArticles.toSorted((a, b) => b.savedDaysAgo - a.savedDaysAgo)) {
    const then = daysAgo(article.savedDaysAgo);
    const saved = await saveArticle(then, user.id, { url: article.url, html: pageOf(article) }, 'demo');
    await onArticle(then, user.id, saved.article.id, saved);
    articles.set(article.key, { id: saved.article.id, digest: addressDigest(saved.article) });
  }
  for (const note of demoNotes) {
    const friendId = friends.get(note.friend) ?? '';
    const article = note.article ? articles.get(note.article) : undefined;
    if (note.outcome === 'scheduled') {
      await writeNote(ground, user, {
        friendId,
        articleId: article?.id,
        text: note.text,
        moment: momentOf(note, now),
      });
    } else {
      await insertPast(ground, user.id, note, friendId, article, now);
    }
  }
  return signInUrl;
}

function friendInput({ key: _, interests, ...friend }: DemoFriend, now: Date) {
  return {
    ...friend,
    interests: interests.map(({ until, ...interest }) => ({
      ...interest,
      ...(until !== undefined && { until: at(now, until * DAY).slice(0, 10) }),
    })),
  };
}

function momentOf({ moment }: DemoNote, now: Date) {
  if (moment.kind === 'surprise') return moment;
  return { kind: 'at', at: `${at(now, moment.daysFromNow * DAY).slice(0, 10)}T${moment.time}` };
}

/** The article as its site would have served it, so that it is extracted like any other. */
function pageOf({ title, siteName, byline, language, paragraphs }: DemoArticle): string {
  const text = (value: string) =>
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  return `<!doctype html><html lang="${language}"><head><title>${text(title)}</title>
<meta property="og:site_name" content="${text(siteName)}"><meta name="author" content="${text(byline)}"></head>
<body><article><h1>${text(title)}</h1>${paragraphs.map((words) => `<p>${text(words)}</p>`).join('\n')}</article></body></html>`;
}

/** When a note of the past left: while its friend was awake, as the queue would have had it. */
function leftAt({ friend, left = { daysAgo: 1, time: '10:40' } }: DemoNote, now: Date): string {
  const timeZone = demoFriends.find(({ key }) => key === friend)?.timeZone ?? demoUser.timeZone;
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone);
  const day = today.toPlainDate().subtract({ days: left.daysAgo });
  return wallMoment(`${day.toString()}T${left.time}`, timeZone);
}

/** A note that left before the database was filled, with what the ledger knows of it. */
async function insertPast(
  ground: Ground,
  userId: string,
  demo: DemoNote,
  friendId: string,
  article: { id: string; digest: string } | undefined,
  now: Date,
): Promise<void> {
  const left = leftAt(demo, now);
  const byHand = demo.outcome === 'sent-myself';
  const note: Note = {
    id: newId('nte'),
    friendId,
    ...(article && { articleId: article.id }),
    text: demo.text,
    state: byHand ? 'sent' : (demo.outcome as Note['state']),
    version: 3,
    attempts: byHand ? 0 : 1,
    ...(!byHand && { moment: { kind: 'surprise' }, sendAt: left }),
    ...(demo.outcome !== 'uncertain' && { sentAt: left }),
    ...(byHand && { sentMyself: true }),
    createdAt: at(new Date(left), -DAY),
    updatedAt: left,
  };
  await insertNote(ground.table, userId, note);
  if (note.sentAt) await touchWritten(ground.table, userId, friendId, note.sentAt);
  if (!article) return;
  await recordSent(ground.table, userId, friendId, article.digest, note.id, new Date(left));
  const then = { ...ground, clock: () => new Date(left) };
  await answer(then, userId, article.id, friendId, 'accepted');
}
