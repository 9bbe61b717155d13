import * as z from 'zod';
import { User } from '../accounts/user.ts';
import { Article, MAX_ALIASES, MAX_SELECTION, MAX_TAGS } from '../articles/article.ts';
import { canonicalUrl } from '../articles/url.ts';
import { MAX_TEXT_CHARS } from '../articles/words.ts';
import { Friend, Interest, Learned, MAX_INTERESTS, NewFriend } from '../friends/friend.ts';
import { Sent } from '../ledger/store.ts';
import { MAX_LINE, Touch } from '../ledger/touches.ts';
import { Reason, Suggestion } from '../matching/suggestion.ts';
import { NewNote, Note } from '../notes/note.ts';
import { Fault, invalid } from '../platform/faults.ts';
import { type IdPrefix, isId } from '../platform/ids.ts';
import { email, instant, isVisible, line, parse } from '../platform/shapes.ts';

/** The form of the file. It is raised when an older Hallway could not read a newer file. */
export const EXPORT_VERSION = 1;

/**
 * An item of DynamoDB has 400 KB at most. An article's text stands in an item of its own; all else of a record stays
 * this far below it (bytes of JSON), whatever its fields may hold one by one.
 */
const MAX_BYTES = 300_000;

/** As `articles/describe.ts` cuts them (characters). */
const MAX_TITLE = 300;

/** Far above what a note or a friend is changed, and a number that can still be counted up from. */
const count = z.number().int().min(0).max(1_000_000_000);

const id = (prefix: IdPrefix) =>
  z.string().refine((value) => isId(prefix, value), 'must be an id as Hallway makes them');

/** Text that may become part of a mail's head. */
const oneLine = z
  .string()
  .refine((value) => !/[\p{Cc}\u2028\u2029]/u.test(value), 'must be one line, without control characters')
  .refine(isVisible, 'must not be empty');

/** http(s) alone: it becomes a link. */
const webAddress = z.string().refine((value) => {
  try {
    return Boolean(canonicalUrl(value));
  } catch {
    return false;
  }
}, 'must be a web address');

const UserRecord = User.pick({ name: true, email: true, timeZone: true, createdAt: true })
  .extend({ type: z.literal('user') })
  .strict();

const FriendRecord = Friend.omit({ workFailed: true })
  .extend({
    type: z.literal('friend'),
    id: id('frd'),
    name: NewFriend.shape.name,
    email: NewFriend.shape.email,
    timeZone: NewFriend.shape.timeZone.unwrap(),
    birthday: NewFriend.shape.birthday,
    groups: NewFriend.shape.groups.unwrap(),
    interests: z
      .array(
        Interest.extend({ id: id('int') }).refine(
          ({ kind, until }) => until === undefined || kind === 'ask',
          { path: ['until'], message: 'is only for an ask' },
        ),
      )
      .max(MAX_INTERESTS, `must be at most ${MAX_INTERESTS}`)
      .refine(
        (interests) => new Set(interests.map((one) => one.id)).size === interests.length,
        'must have an id each',
      ),
    merged: z.record(id('int'), id('int')).optional(),
    forgotten: z.record(id('int'), instant).optional(),
    learned: z.record(id('int'), Learned).optional(),
    version: count.min(1),
    /** The library was still to be searched for them. */
    due: z.literal('look-back').optional(),
  })
  .strict();

const ArticleRecord = Article.omit({ workFailed: true })
  .extend({
    type: z.literal('article'),
    id: id('art'),
    url: webAddress.optional(),
    canonicalUrl: webAddress.optional(),
    title: oneLine.max(MAX_TITLE, `must be at most ${MAX_TITLE} characters`),
    wordCount: count,
    minutes: count,
    image: webAddress.optional(),
    selection: z.string().max(MAX_SELECTION, `must be at most ${MAX_SELECTION} characters`).optional(),
    tags: z.array(z.string()).max(MAX_TAGS, `must be at most ${MAX_TAGS}`).optional(),
    aliases: z.array(z.string()).max(MAX_ALIASES, `must be at most ${MAX_ALIASES}`).optional(),
    text: z.string().max(MAX_TEXT_CHARS, `must be at most ${MAX_TEXT_CHARS} characters`),
    /** Its page was still to be read, or its friends to be found. */
    due: z.enum(['fetch', 'match']).optional(),
  })
  .strict()
  .refine((article) => article.url || article.due !== 'fetch', {
    path: ['url'],
    message: 'is needed where a page is to be read',
  });

const SuggestionRecord = Suggestion.extend({
  type: z.literal('suggestion'),
  articleId: id('art'),
  friendId: id('frd'),
  score: z.number().min(0).max(1),
  reasons: z.array(Reason).max(MAX_INTERESTS, `must be at most ${MAX_INTERESTS}`),
}).strict();

const NoteRecord = Note.omit({ dueAt: true })
  .extend({
    type: z.literal('note'),
    id: id('nte'),
    friendId: id('frd'),
    articleId: id('art').optional(),
    text: NewNote.shape.text,
    subject: NewNote.shape.subject,
    version: count.min(1),
    attempts: count,
    to: email.optional(),
  })
  .strict();

const SentRecord = Sent.extend({
  type: z.literal('sent'),
  friendId: id('frd'),
  noteId: id('nte'),
  digest: z.string().regex(/^[\w-]{27}$/, 'must be a digest'),
}).strict();

/** Whether its mail went is nothing that a file can say. */
const TouchRecord = Touch.omit({ word: true })
  .extend({
    type: z.literal('touch'),
    id: id('tch'),
    friendId: id('frd'),
    noteId: id('nte'),
    line: z.string().max(MAX_LINE, `must be at most ${MAX_LINE} characters`).optional(),
    was: line(100).optional(),
    is: line(100).optional(),
  })
  .strict();

/** The address is there where the account knows it: its hash says nothing to another installation. */
const MuteRecord = z.strictObject({
  type: z.literal('mute'),
  hash: z.string().regex(/^[\w-]{32}$/, 'must be a hash'),
  address: email.optional(),
  at: instant,
});

/** RFC 5321: 64 octets, an `@`, and a domain of 255. A sender is taken as the mail wrote it. */
const MAX_SENDER = 320;

const SenderRecord = z.strictObject({
  type: z.literal('sender'),
  address: line(MAX_SENDER),
  acceptedAt: instant,
});

/** One line of an export. Each is what its room keeps, in the bounds that the room has for what comes from outside. */
export const ExportRecord = z.discriminatedUnion(
  'type',
  [
    UserRecord,
    FriendRecord,
    ArticleRecord,
    SuggestionRecord,
    NoteRecord,
    SentRecord,
    TouchRecord,
    MuteRecord,
    SenderRecord,
  ],
  { error: ({ code }) => (code === 'invalid_union' ? 'is nothing this Hallway knows' : undefined) },
);
export type ExportRecord = z.infer<typeof ExportRecord>;
export type RecordOf<Type extends ExportRecord['type']> = Extract<ExportRecord, { type: Type }>;

/** A record of a file that anybody may have written; or why it is none, as a sentence. */
export function readRecord(input: unknown): ExportRecord | { type: 'none'; reason: string } {
  try {
    const record = storable(parse(ExportRecord, input));
    const { text: _text, ...rest } = { text: '', ...record };
    if (Buffer.byteLength(JSON.stringify(rest)) <= MAX_BYTES) return record;
    return { type: 'none', reason: `The ${record.type} is larger than Hallway keeps.` };
  } catch (error) {
    if (error instanceof Fault && error.tag === 'invalid') {
      return { type: 'none', reason: reasonOf(error, input) };
    }
    throw error;
  }
}

/** For whoever brought the file: which part of which thing, and in our own words alone what is wrong with it. */
function reasonOf({ message: sentence, errors }: Fault, input: unknown): string {
  const { path = '', message = sentence } = errors[0] ?? {};
  if (message === sentence) return sentence;
  const [, field = ''] = path.split('/');
  if (field === '') return 'This is no record as Hallway writes it.';
  if (field === 'type') return 'This is nothing this Hallway knows.';
  const { type } = z.object({ type: z.string() }).parse(input);
  const wrong = /^(?:must|is|has) /.test(message) ? message : 'is not as Hallway writes it';
  return `This ${type}’s “${field}” ${wrong}.`;
}

/** The SDK throws above `Number.MAX_SAFE_INTEGER`; DynamoDB's numbers begin at 10 to the power of -130. */
const SMALLEST = 1e-120;

/** What a schema lets through and the table would not take. Half a surrogate pair becomes the sign for the unknown. */
function storable<Value>(value: Value): Value {
  const text = JSON.stringify(value, (_name, part: unknown) => {
    if (typeof part === 'string') return part.toWellFormed();
    const size = typeof part === 'number' ? Math.abs(part) : 0;
    if (size > Number.MAX_SAFE_INTEGER || (size > 0 && size < SMALLEST))
      throw invalid('', 'A number is out of all bounds.');
    return part;
  });
  return JSON.parse(text);
}
