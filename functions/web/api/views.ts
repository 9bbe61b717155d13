import type { Article } from '../../articles/article.ts';
import type { Friend } from '../../friends/friend.ts';
import type { Suggestion } from '../../matching/suggestion.ts';
import type { Note } from '../../notes/note.ts';
import { type Import, stateOf } from '../../transfer/import.ts';

/** Things as the API gives them. What is not known is null, so that every field is always there. */
export function articleJson(article: Article) {
  return {
    id: article.id,
    url: article.url ?? null,
    canonicalUrl: article.canonicalUrl ?? null,
    title: article.title,
    siteName: article.siteName ?? null,
    byline: article.byline ?? null,
    excerpt: article.excerpt ?? null,
    language: article.language ?? null,
    wordCount: article.wordCount,
    minutes: article.minutes,
    image: article.image ?? null,
    selection: article.selection ?? null,
    notRead: article.notRead?.reason ?? null,
    tags: article.tags ?? [],
    savedAt: article.savedAt,
    savedBy: article.savedBy,
  };
}

export function friendJson(friend: Friend) {
  return {
    id: friend.id,
    name: friend.name,
    email: friend.email ?? null,
    timeZone: friend.timeZone,
    wakingHours: friend.wakingHours ?? null,
    apartDays: friend.apartDays ?? null,
    birthday: friend.birthday ?? null,
    groups: friend.groups,
    interests: friend.interests,
    createdAt: friend.createdAt,
    lastWroteAt: friend.lastWroteAt ?? null,
  };
}

export function noteJson(note: Note) {
  return {
    id: note.id,
    friendId: note.friendId,
    articleId: note.articleId ?? null,
    text: note.text,
    subject: note.subject ?? null,
    moment: note.moment ?? null,
    state: note.state,
    version: note.version,
    sendAt: note.sendAt ?? null,
    sentAt: note.sentAt ?? null,
    sentMyself: note.sentMyself ?? false,
    messageId: note.messageId ?? null,
    heldBecause: note.heldBecause ?? null,
    failedBecause: note.failedBecause ?? null,
    movedBecause: note.movedBecause ?? null,
    createdAt: note.createdAt,
    updatedAt: note.updatedAt,
  };
}

export function reasonsJson({ reasons }: Suggestion) {
  return reasons.map(({ interest, kind, evidence }) => ({ interest, kind, evidence }));
}

export function importJson(one: Import) {
  return {
    id: one.id,
    name: one.name ?? null,
    state: stateOf(one),
    bytes: one.bytes,
    bytesRead: one.bytesRead,
    entries: one.entries,
    created: one.created,
    merged: one.merged,
    rejectedCount: one.rejectedCount,
    /** The first ones. */
    rejected: one.rejected,
    failure: one.failure ?? null,
    startedAt: one.startedAt,
    finishedAt: one.finishedAt ?? null,
  };
}
