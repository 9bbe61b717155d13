import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Article } from '../../functions/articles/article.ts';
import { insertArticle } from '../../functions/articles/store.ts';
import type { Friend, Interest } from '../../functions/friends/friend.ts';
import { findFriend, insertFriend, replaceFriend } from '../../functions/friends/store.ts';
import {
  type ArticleForm,
  encodeArticle,
  encodeInterest,
  type InterestForm,
} from '../../functions/matching/encode.ts';
import { type KnownFriend, matchFriends } from '../../functions/matching/match.ts';
import { onFriend } from '../../functions/matching/matching.ts';
import type { Models } from '../../functions/matching/models.ts';
import { putArticleForm, putFriendForms, suggestionsFor } from '../../functions/matching/store.ts';
import { packArticle, packInterest } from '../../functions/matching/stored.ts';
import { clients } from '../../functions/platform/clients.ts';
import { at, DAY } from '../../functions/platform/clock.ts';
import { type Ground, openGround } from '../../functions/platform/ground.ts';
import { newId } from '../../functions/platform/ids.ts';
import { Table } from '../../functions/platform/table.ts';
import { startDatabase } from '../../infra/local/database.ts';
import { demoArticles } from '../../infra/local/demo-week.ts';
import { functionEnvironment } from '../../infra/local/environment.ts';
import { readRunnerSettings } from '../../infra/local/settings.ts';
import { newFolder, removeFolders } from '../flow/start.ts';
import { type Judged, median } from './matching.ts';

const FRIENDS = 1_000;
const INTERESTS = 10;
const ARTICLES = 10_000;
const ROUNDS = 5;
const WRITERS = 16;
const RANKINGS = 200;
const USER = 'usr_bench';
const QUEUES = ['suggest', 'send', 'fetch', 'import', 'mail-in'];
const MATCHING = join(import.meta.dirname, '../../functions/matching');

/** What issue 4 asks for, in milliseconds. */
export interface Limit {
  name: string;
  what: string;
  ms: number;
  limitMs: number;
  holds: boolean;
}

/** What loading something of matching takes in a process of its own, and the memory it holds then. */
export interface Loaded {
  name: string;
  what: string;
  ms: number;
  megabytes: number;
}

/** New interests to look back for: words that some articles say, words that many mean, a sentence, and nobody's. */
const NEW = ['lighthouses', 'music', 'thinking about moving to Lisbon', 'wild animals', 'sigillography'];

/** Texts of some hundred words and of two sentences, as they are in the project's own sets. */
function textsOf({ articles }: Judged): { title: string; text: string }[] {
  const long = demoArticles.map(({ title, paragraphs }) => ({ title, text: paragraphs.join('\n\n') }));
  return [...long, ...articles];
}

export async function measureLimits(
  judged: Judged,
  models: Models,
  print: (found: Limit | Loaded) => void,
): Promise<void> {
  for (const loaded of await measureAssets()) print(loaded);
  const texts = textsOf(judged);
  const forms = [];
  for (const text of texts) forms.push(await encodeArticle(text, models));
  const phrases = judged.networks.flat().flatMap(({ interests }) => interests.map(({ text }) => text));
  const interests = new Map<string, InterestForm>();
  for (const text of new Set(phrases)) interests.set(text, await encodeInterest(text, models));
  const friends = Array.from({ length: FRIENDS }, (_, n) => friendOf(n, [...interests.keys()]));

  print(await measureEncoding(texts, models, models.sentences !== undefined));
  if (models.sentences) print(await measureEncoding(texts, models, false));
  print(measureRanking(forms, friends, interests));

  const dir = newFolder();
  const database = await startDatabase({ dir });
  try {
    const environment = {
      ...functionEnvironment(readRunnerSettings({ HALLWAY_DATA: dir }), {
        baseUrl: 'http://localhost',
        databaseEndpoint: database.endpoint,
        queueEndpoint: 'http://localhost',
        // Nothing is said to a queue here.
        queueUrls: Object.fromEntries(QUEUES.map((name) => [name, 'http://localhost'])),
        mailEndpoint: 'http://localhost',
      }),
      TABLE_NAME: `hallway-${randomUUID()}`,
    };
    Object.assign(process.env, environment);
    await Table.create(environment.TABLE_NAME, clients.table());
    const ground = await openGround(environment);
    await fill(ground, friends, interests, texts, forms);
    print(await measureCold(ground));
    print(await measureLookBack(ground, friends));
  } finally {
    await database.stop();
    removeFolders();
  }
}

function friendOf(n: number, phrases: string[]): Friend {
  const interests = Array.from({ length: INTERESTS }, (_, place): Interest => {
    const text = phrases[(n * 7 + place * 11) % phrases.length] ?? '';
    return { id: newId('int'), text, kind: 'topic', addedAt: '2026-11-01T12:00:00.000Z' };
  });
  return {
    id: newId('frd'),
    name: `Friend ${n}`,
    timeZone: 'UTC',
    groups: [],
    interests,
    version: 1,
    createdAt: '2026-11-01T12:00:00.000Z',
  };
}

function limit(name: string, what: string, ms: number, limitMs: number): Limit {
  return { name, what, ms, limitMs, holds: ms < limitMs };
}

async function child(task: string, more: Record<string, string> = {}): Promise<{ ms: number; mb: number }> {
  const file = join(import.meta.dirname, 'matching-child.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [file, task], {
    env: { ...process.env, ...more },
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** The median of some processes, one after the other. */
async function measureAssets(): Promise<Loaded[]> {
  const assets: [task: string, what: string][] = [
    ['vectors', `word vectors and their pool (${sizeOf('vectors.bin')})`],
    ['sentences', `projection of sentences and its pool (${sizeOf('sentences.bin')})`],
    ['encoder', 'sentence encoder, ready for its second text'],
    ['detector', 'language detector'],
    ['all', 'all of them, as matching loads them'],
  ];
  const several = async (task: string) => {
    const found = [];
    for (let round = 0; round < 3; round++) found.push(await child(task));
    return { ms: median(found.map(({ ms }) => ms)), mb: median(found.map(({ mb }) => mb)) };
  };
  const nothing = await several('nothing');
  const loaded: Loaded[] = [];
  for (const [task, what] of assets) {
    const { ms, mb } = await several(task);
    loaded.push({ name: `matching load ${task}`, what, ms, megabytes: mb - nothing.mb });
  }
  return loaded;
}

function sizeOf(file: string): string {
  return `${(statSync(join(MATCHING, 'assets', file)).size / 1024 ** 2).toFixed(1)} MB`;
}

async function measureEncoding(
  texts: { title: string; text: string }[],
  models: Models,
  sentences: boolean,
): Promise<Limit> {
  const { sentences: _, ...words } = models;
  const took: number[] = [];
  for (const text of texts) {
    // New to the encoder, which keeps what it has read.
    const unread = { ...text, title: `${text.title}, read anew` };
    const from = performance.now();
    await encodeArticle(unread, sentences ? models : words);
    took.push(performance.now() - from);
  }
  // The slowest tenth: some hundred words and their lead.
  const p90 = took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.9)] ?? 0;
  const how = sentences ? 'with sentences' : 'without sentences';
  return limit(`matching encode ${how}`, `encoding an article ${how}, p90`, p90, sentences ? 100 : 5);
}

function measureRanking(
  forms: ArticleForm[],
  friends: Friend[],
  interests: Map<string, InterestForm>,
): Limit {
  const circle = friends.map(
    (friend): KnownFriend => ({
      friend,
      interests: friend.interests.map((interest) => ({
        interest,
        form: interests.get(interest.text) as InterestForm,
      })),
    }),
  );
  const took: number[] = [];
  for (let round = 0; round < RANKINGS; round++) {
    const form = forms[round % forms.length] as ArticleForm;
    const from = performance.now();
    matchFriends(form, circle, '2026-11-23');
    took.push(performance.now() - from);
  }
  const what = `ranking an encoded article among ${FRIENDS} friends with ${INTERESTS} interests each, warm, median`;
  return limit('matching rank', what, median(took.slice(RANKINGS / 4)), 5);
}

/** All of them, some at once. */
async function each<One>(
  all: readonly One[],
  write: (one: One, n: number) => Promise<unknown>,
): Promise<void> {
  const left = all.entries();
  const writer = async () => {
    for (const [n, one] of left) await write(one, n);
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}

/** A library and a circle as they are kept: each article with its text and its form, each friend with theirs. */
async function fill(
  { table }: Ground,
  friends: Friend[],
  interests: Map<string, InterestForm>,
  texts: { title: string; text: string }[],
  forms: ArticleForm[],
): Promise<void> {
  const packed = new Map([...interests].map(([text, form]) => [text, packInterest(form)]));
  await each(friends, async (friend) => {
    await insertFriend(table, USER, friend, undefined);
    const stored = friend.interests.map(({ id, text }) => [
      id,
      { text, bytes: packed.get(text) ?? new Uint8Array() },
    ]);
    await putFriendForms(table, USER, friend.id, Object.fromEntries(stored));
  });
  const places = Array.from({ length: ARTICLES }, (_, n) => n);
  await each(places, async (n) => {
    const { title, text } = texts[n % texts.length] ?? { title: '', text: '' };
    const article = articleOf(n, title, text);
    await insertArticle(table, USER, article, text, 'match', article.savedAt);
    const form = forms[n % forms.length];
    if (form) await putArticleForm(table, USER, article.id, packArticle(form));
  });
}

function articleOf(n: number, title: string, text: string): Article {
  const words = text.split(/\s+/).length;
  return {
    id: newId('art'),
    url: `https://site-${n % 900}.example/stories/a-title-of-some-words-${n}`,
    title,
    siteName: `Site ${n % 900}`,
    excerpt: text.slice(0, 300),
    language: 'en',
    wordCount: words,
    minutes: Math.ceil(words / 230),
    savedAt: at(new Date(Date.parse('2026-03-01T12:00:00.000Z') + (n % 200) * DAY)),
    savedBy: 'import',
  };
}

async function measureCold({ table, clock }: Ground): Promise<Limit> {
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const article = articleOf(ARTICLES + round, 'A lighthouse keeper learns the violin', '');
    const text = 'She practised at night, when the lamp was lit and the harbour slept. '.repeat(20);
    await insertArticle(table, USER, article, text, 'match', at(clock()));
    took.push((await child('cold', { USER_ID: USER, ARTICLE_ID: article.id })).ms);
  }
  const what = `the first article of a new process: code and models loaded, ${FRIENDS} friends read, matched and written down`;
  return limit('matching cold', what, median(took), 1_500);
}

async function measureLookBack(ground: Ground, friends: Friend[]): Promise<Limit> {
  const took: number[] = [];
  let found = 0;
  for (const [n, text] of NEW.entries()) {
    const { id = '' } = friends[n] ?? {};
    const friend = await findFriend(ground.table, USER, id);
    if (!friend) throw new Error('The friend who has a new interest is not there.');
    const interest: Interest = { id: newId('int'), text, kind: 'topic', addedAt: at(ground.clock()) };
    const next = { ...friend, interests: [interest], version: friend.version + 1 };
    await replaceFriend(ground.table, USER, next, undefined);
    const from = performance.now();
    await onFriend(ground, USER, id);
    took.push(performance.now() - from);
    found += (await suggestionsFor(ground.table, USER, id)).length;
  }
  if (found === 0) throw new Error('Nothing was found for any interest: nothing was measured.');
  const what = `looking back over ${ARTICLES} articles for a new interest among ${FRIENDS} friends, ${found} suggestions written in ${NEW.length} times, the slowest`;
  return limit('matching look-back', what, Math.max(...took), 2_000);
}
