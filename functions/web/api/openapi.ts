import * as z from 'zod';
import { Article, NewArticle } from '../../articles/article.ts';
import { Friend, FriendPatch, NewFriend } from '../../friends/friend.ts';
import { Reason } from '../../matching/suggestion.ts';
import { NewNote, Note, NotePatch, NoteState } from '../../notes/note.ts';
import { instant } from '../../platform/shapes.ts';
import { Import } from '../../transfer/import.ts';
import * as input from './input.ts';

/** Every field is always there: what is not known is null. */
const known = <Schema extends z.ZodType>(schema: Schema) =>
  (schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema).nullable();

const article = Article.shape;
const ArticleJson = z.object({
  id: article.id,
  url: known(article.url),
  canonicalUrl: known(article.canonicalUrl),
  title: article.title,
  siteName: known(article.siteName),
  byline: known(article.byline),
  excerpt: known(article.excerpt),
  language: known(article.language),
  wordCount: article.wordCount,
  minutes: article.minutes,
  image: known(article.image),
  selection: known(article.selection),
  notRead: z.string().nullable().describe('Why there is only the link; null if its page was read.'),
  tags: z.array(z.string()),
  savedAt: article.savedAt,
  savedBy: article.savedBy,
});

const ReasonJson = Reason.pick({ interest: true, kind: true, evidence: true });
const score = z.number().min(0).max(1);
const SuggestionJson = z.object({
  friendId: z.string(),
  friendName: z.string(),
  score,
  reasons: z.array(ReasonJson),
});
const FriendSuggestionJson = z.object({
  articleId: z.string(),
  title: z.string().nullable(),
  url: z.string().nullable(),
  score,
  reasons: z.array(ReasonJson),
});

const friend = Friend.shape;
const FriendJson = z.object({
  id: friend.id,
  name: friend.name,
  email: known(friend.email),
  timeZone: friend.timeZone,
  wakingHours: known(friend.wakingHours),
  apartDays: known(friend.apartDays),
  birthday: known(friend.birthday),
  groups: friend.groups,
  interests: friend.interests,
  createdAt: friend.createdAt,
  lastWroteAt: known(friend.lastWroteAt),
});

const note = Note.shape;
const NoteJson = z.object({
  id: note.id,
  friendId: note.friendId,
  articleId: known(note.articleId),
  text: note.text,
  subject: known(note.subject),
  moment: known(note.moment),
  state: note.state,
  version: note.version,
  sendAt: known(note.sendAt),
  sentAt: known(note.sentAt),
  sentMyself: z.boolean(),
  messageId: known(note.messageId),
  heldBecause: known(note.heldBecause),
  failedBecause: known(note.failedBecause),
  movedBecause: known(note.movedBecause),
  createdAt: note.createdAt,
  updatedAt: note.updatedAt,
});

const one = Import.shape;
const ImportJson = z.object({
  id: one.id,
  name: known(one.name),
  state: one.state,
  bytes: one.bytes,
  bytesRead: one.bytesRead,
  entries: one.entries,
  created: one.created,
  merged: one.merged,
  rejectedCount: one.rejectedCount,
  rejected: one.rejected.describe('The first ones.'),
  failure: known(one.failure),
  startedAt: one.startedAt,
  finishedAt: known(one.finishedAt),
});

const UploadJson = z.object({
  upload: z.string().describe('Names the file afterwards, in POST /imports.'),
  url: z.string().describe('Where the file is to be put.'),
  method: z.literal('PUT'),
  headers: z.record(z.string(), z.string()),
  expiresAt: instant,
});

/** RFC 9457. What stands in the way (`state`, `notes`) comes beside these. */
const Problem = z.looseObject({
  status: z.number().int(),
  title: z.string(),
  detail: z.string(),
  errors: z
    .array(z.object({ path: z.string().describe('A JSON Pointer (RFC 6901).'), message: z.string() }))
    .optional(),
});

/** What the document has by name. */
const COMPONENTS = {
  Article: ArticleJson,
  SavedArticle: ArticleJson.extend({
    suggestions: z.array(SuggestionJson),
    alreadySaved: z.literal(true).optional(),
  }),
  Suggestion: SuggestionJson,
  FriendSuggestion: FriendSuggestionJson,
  Friend: FriendJson,
  Note: NoteJson,
  Import: ImportJson,
  UploadLink: UploadJson,
  Problem,
};
type Component = keyof typeof COMPONENTS;

export interface Operation {
  method: 'get' | 'post' | 'patch' | 'delete';
  /** Below `/api`, as the app has it: `/articles/:id`. */
  path: string;
  tag: string;
  summary: string;
  query?: z.ZodObject;
  /** `optional`: it may be left out. */
  body?: z.ZodType;
  isBodyOptional?: boolean;
  /** Also as a file in a form. */
  takesFile?: boolean;
  /** By status: one of these, a list of them, or nothing. */
  answers: Record<number, Answer>;
  /** Beside those that every operation can end with. */
  problems?: number[];
  isOpen?: boolean;
}
type Answer = Component | `${Component}[]` | z.ZodType | 'nothing' | 'elsewhere';

/** Every route of the API. A test holds it against the app's own. */
export const OPERATIONS: Operation[] = [
  {
    method: 'post',
    path: '/articles',
    tag: 'Articles',
    summary: 'Saves an article, by its address or as a text, and says at once who it could be for.',
    body: NewArticle,
    answers: { 201: 'SavedArticle', 200: 'SavedArticle' },
  },
  {
    method: 'get',
    path: '/articles',
    tag: 'Articles',
    summary: 'The library, newest first.',
    query: input.Page,
    answers: { 200: 'Article[]' },
  },
  {
    method: 'get',
    path: '/articles/:id',
    tag: 'Articles',
    summary: 'One article, with who it could be for.',
    answers: { 200: 'SavedArticle' },
  },
  {
    method: 'delete',
    path: '/articles/:id',
    tag: 'Articles',
    summary: 'Deletes an article. Refused while a note that waits carries it.',
    answers: { 204: 'nothing' },
    problems: [409],
  },
  {
    method: 'get',
    path: '/articles/:id/suggestions',
    tag: 'Articles',
    summary: 'Who an article could be for, best first, with the reasons. Empty when nobody fits.',
    query: input.Page,
    answers: { 200: 'Suggestion[]' },
  },
  {
    method: 'post',
    path: '/friends',
    tag: 'Friends',
    summary: 'Adds a friend. The time zone is yours, if not said.',
    body: NewFriend,
    answers: { 201: 'Friend' },
  },
  {
    method: 'get',
    path: '/friends',
    tag: 'Friends',
    summary: 'Your friends, in the order they were added.',
    query: input.Page,
    answers: { 200: 'Friend[]' },
  },
  {
    method: 'get',
    path: '/friends/:id',
    tag: 'Friends',
    summary: 'One friend.',
    answers: { 200: 'Friend' },
  },
  {
    method: 'patch',
    path: '/friends/:id',
    tag: 'Friends',
    summary: 'Changes a friend. What is null is taken away; interests are replaced as a whole.',
    body: FriendPatch,
    answers: { 200: 'Friend' },
    problems: [409],
  },
  {
    method: 'delete',
    path: '/friends/:id',
    tag: 'Friends',
    summary: 'Deletes a friend, and cancels the notes that wait for them.',
    answers: { 204: 'nothing' },
  },
  {
    method: 'get',
    path: '/friends/:id/suggestions',
    tag: 'Friends',
    summary: 'Which articles could be for a friend, best first.',
    query: input.Page,
    answers: { 200: 'FriendSuggestion[]' },
  },
  {
    method: 'post',
    path: '/notes',
    tag: 'Notes',
    summary: 'Writes a note. With a moment it is scheduled, without one it is a draft.',
    body: NewNote,
    answers: { 201: 'Note' },
  },
  {
    method: 'get',
    path: '/notes',
    tag: 'Notes',
    summary: 'Your notes, newest first, of one state or of all.',
    query: input.Page.extend({ state: NoteState.optional() }),
    answers: { 200: 'Note[]' },
  },
  { method: 'get', path: '/notes/:id', tag: 'Notes', summary: 'One note.', answers: { 200: 'Note' } },
  {
    method: 'patch',
    path: '/notes/:id',
    tag: 'Notes',
    summary: 'Changes words or moment, until the note is on its way.',
    body: NotePatch,
    answers: { 200: 'Note' },
    problems: [409],
  },
  {
    method: 'delete',
    path: '/notes/:id',
    tag: 'Notes',
    summary: 'Deletes a note that is not on its way.',
    answers: { 204: 'nothing' },
    problems: [409],
  },
  {
    method: 'post',
    path: '/notes/:id/:step{cancel|send-again|arrived|sent-myself}',
    tag: 'Notes',
    summary: 'Cancels a note, sends it again, or says what became of it.',
    body: input.Version,
    isBodyOptional: true,
    answers: { 200: 'Note' },
    problems: [409],
  },
  {
    method: 'post',
    path: '/imports',
    tag: 'In and out',
    summary: 'Reads a file in: of at most 4 MB in the form’s field “file”, a larger one by its upload.',
    body: input.Upload,
    takesFile: true,
    answers: { 202: 'Import' },
    problems: [404],
  },
  {
    method: 'post',
    path: '/imports/uploads',
    tag: 'In and out',
    summary: 'Where a file of up to 200 MB can be put.',
    answers: { 201: 'UploadLink' },
  },
  {
    method: 'get',
    path: '/imports',
    tag: 'In and out',
    summary: 'Files that came in within 30 days, newest first.',
    query: input.Page,
    answers: { 200: 'Import[]' },
  },
  {
    method: 'get',
    path: '/imports/:id',
    tag: 'In and out',
    summary: 'How far a file is read.',
    answers: { 200: 'Import' },
  },
  {
    method: 'get',
    path: '/export',
    tag: 'In and out',
    summary: 'Everything the account holds, as one JSON file that POST /imports takes back.',
    answers: { 303: 'elsewhere' },
  },
  {
    method: 'delete',
    path: '/account',
    tag: 'Account',
    summary: 'Deletes the account. It is over at once; what it held is gone within minutes.',
    answers: { 204: 'nothing' },
    problems: [409],
  },
  {
    method: 'get',
    path: '/health',
    tag: 'Account',
    summary: 'Whether the service answers.',
    answers: { 200: z.object({ ok: z.literal(true) }) },
    isOpen: true,
  },
  {
    method: 'get',
    path: '/openapi.json',
    tag: 'Account',
    summary: 'This API, as OpenAPI 3.1.',
    answers: { 200: z.looseObject({ openapi: z.string() }) },
    isOpen: true,
  },
];

type Schema = Record<string, unknown>;

/** As JSON Schema 2020-12, which OpenAPI 3.1 is made of. What only code can check is said in the answer's `errors`. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Schema) => ({ 'application/json': { schema } });

/** The path as OpenAPI writes it, and its parameters: `/notes/{id}/{step}`. */
export function pathOf(path: string): { path: string; parameters: { name: string; choices?: string[] }[] } {
  const parameters = [...path.matchAll(/:(\w+)(?:\{([^}]*)\})?/g)].map(([, name = '', choices]) => ({
    name,
    ...(choices && { choices: choices.split('|') }),
  }));
  return { path: path.replace(/:(\w+)(?:\{[^}]*\})?/g, '{$1}'), parameters };
}

function answerOf(answer: Answer): Schema {
  if (answer === 'nothing') return { description: 'Done.' };
  if (answer === 'elsewhere') {
    const Location = { description: 'Where it is.', required: true, schema: { type: 'string' } };
    return { description: 'It is elsewhere.', headers: { Location } };
  }
  if (typeof answer !== 'string') return { description: 'Done.', content: json(schemaOf(answer, 'output')) };
  if (!answer.endsWith('[]')) return { description: 'Done.', content: json(ref(answer)) };
  const items = { type: 'array', items: ref(answer.slice(0, -2)) };
  const cursor = { type: 'string', description: 'Of the next page; not there after the last.' };
  const list = { type: 'object', properties: { items, cursor }, required: ['items'] };
  return { description: 'A page of them.', content: json({ ...list, additionalProperties: false }) };
}

const PROBLEMS: Record<number, string> = {
  400: 'The input does not fit; `errors` names the fields.',
  401: 'No token, or none that is known.',
  403: 'From a page of another site.',
  404: 'There is nothing of yours by that id.',
  409: 'Right in itself, but not now; `state` may say why.',
  413: 'Too large.',
  422: 'The Idempotency-Key stands for another request.',
  429: 'Too many requests; Retry-After says for how many seconds to wait.',
  500: 'Something broke here.',
};

function problemsOf({ path, method, query, body, problems = [], isOpen }: Operation): Record<number, Schema> {
  const statuses = [
    ...(query || body ? [400] : []),
    ...(isOpen ? [] : [401, 429]),
    ...(method === 'get' ? [] : [403, 413]),
    ...(path.includes(':id') ? [404] : []),
    // Of an Idempotency-Key.
    ...(method === 'post' ? [400, 409, 422] : []),
    ...problems,
    500,
  ];
  const sorted = [...new Set(statuses)].sort((a, b) => a - b);
  return Object.fromEntries(
    sorted.map((status) => [
      status,
      {
        description: PROBLEMS[status],
        ...(status === 429 && {
          headers: { 'Retry-After': { required: true, schema: { type: 'integer', minimum: 1 } } },
        }),
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    ]),
  );
}

function parametersOf({ path, method, query }: Operation): Schema[] {
  const inPath = pathOf(path).parameters.map(({ name, choices }) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', ...(choices && { enum: choices }) },
  }));
  const { properties = {} } = query ? schemaOf(query, 'input') : {};
  const inQuery = Object.entries(properties as Record<string, Schema>).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    // What is coerced from text takes anything, says zod; a number is what is meant.
    schema: name === 'limit' ? { ...schema, type: 'integer' } : schema,
  }));
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'Kept for 24 hours: the request is done once, and repeated it gets the same answer.',
    schema: { type: 'string', maxLength: 255 },
  };
  return [...inPath, ...inQuery, ...(method === 'post' ? [key] : [])];
}

function bodyOf({ body, isBodyOptional, takesFile }: Operation): Schema | undefined {
  if (!body) return undefined;
  const file = { type: 'string', format: 'binary' };
  const form = { schema: { type: 'object', properties: { file }, required: ['file'] } };
  return {
    required: !isBodyOptional,
    content: { ...json(schemaOf(body, 'input')), ...(takesFile && { 'multipart/form-data': form }) },
  };
}

let made: Record<string, unknown> | undefined;

/** The API as OpenAPI 3.1, made of the schemas that its input goes through. */
export function openApi(baseUrl: string): Record<string, unknown> {
  made ??= document();
  return { ...made, servers: [{ url: `${baseUrl}/api` }] };
}

function document(): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    const { path } = pathOf(operation.path);
    const requestBody = bodyOf(operation);
    const parameters = parametersOf(operation);
    const answers = Object.entries(operation.answers).map(([status, answer]) => [status, answerOf(answer)]);
    paths[path] = {
      ...paths[path],
      [operation.method]: {
        operationId: `${operation.method} ${path}`.replace(/\W+(\w?)/g, (_, next) => next.toUpperCase()),
        tags: [operation.tag],
        summary: operation.summary,
        ...(operation.isOpen && { security: [] }),
        ...(parameters.length > 0 && { parameters }),
        ...(requestBody && { requestBody }),
        responses: { ...Object.fromEntries(answers), ...problemsOf(operation) },
      },
    };
  }
  const schemas = Object.entries(COMPONENTS).map(([name, schema]) => [name, schemaOf(schema, 'output')]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hallway',
      version: '1',
      description:
        'Times are RFC 3339 in UTC; wall times are like 2026-11-23T09:30, with an IANA time zone. HTML is at most 2 MB, a body at most 2.5 MB.',
    },
    security: [{ token: [] }],
    paths,
    components: {
      schemas: Object.fromEntries(schemas),
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'A token, from Settings.' } },
    },
  };
}
