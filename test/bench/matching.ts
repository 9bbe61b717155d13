import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import MiniSearch from 'minisearch';
import { eng } from 'stopword';
import stem from 'wink-porter2-stemmer';
import * as z from 'zod';
import { type Friend, InterestKind } from '../../functions/friends/friend.ts';
import {
  type ArticleForm,
  encodeArticle,
  encodeInterest,
  type InterestForm,
} from '../../functions/matching/encode.ts';
import {
  interestsOf,
  type KnownFriend,
  matchFriends,
  thresholdFor,
  weigh,
} from '../../functions/matching/match.ts';
import { loadModels, type Models } from '../../functions/matching/models.ts';
import { placesBeside } from '../../functions/matching/places.ts';
import { reader } from '../../functions/matching/score.ts';
import { packArticle, packInterest, unpackArticle, unpackInterest } from '../../functions/matching/stored.ts';
import { type Limit, type Loaded, measureLimits } from './matching-limits.ts';

const said = z.union([
  z.string().transform((text) => ({ text, kind: 'topic' as const, until: undefined })),
  z.object({ text: z.string(), kind: InterestKind.default('topic'), until: z.string().optional() }),
]);

/** Articles, circles of friends, and which interests each article speaks to, as people have said. */
export const Judged = z
  .object({
    name: z.string(),
    articles: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        text: z
          .string()
          .nullish()
          .transform((text) => text ?? ''),
        gold: z.array(z.string()),
        /** The interest that a person would name, by friend whom the article fits; two, where a person would waver. */
        named: z.record(z.string(), z.array(z.string()).min(1).max(2)).optional(),
      }),
    ),
    networks: z.array(z.array(z.object({ id: z.string(), interests: z.array(said) }))),
    cases: z.array(z.object({ article: z.number(), network: z.number(), fit: z.boolean() })),
  })
  .superRefine(({ articles, networks, cases }, { addIssue }) => {
    cases.forEach(({ article, network }, n) => {
      if (articles[article] && networks[network]) return;
      addIssue({ code: 'custom', path: ['cases', n], message: 'There is no such article or network' });
    });
  });
export type Judged = z.infer<typeof Judged>;

export const OWN = join(import.meta.dirname, '../fixtures/matching/week.json');
const MATCHING = join(import.meta.dirname, '../../functions/matching');
const TODAY = '2026-11-23';
/** Cases of which the peer's time is taken: it asks a query for every interest, which is slow. */
const TIMED = 10;

export interface Quality {
  ndcg5: number;
  mrr: number;
  p1: number;
  recall3: number;
}

export interface Judgement extends Quality {
  name: string;
  cases: number;
  auroc: number;
  answered: number;
  right: number;
  falseRate: number;
  encodeMs: number;
  rankMs: number;
  minisearch: Quality & { msPerArticle: number };
}

/** Fails with the file's name. A path is from where `npm run` was typed, which is not always the project's folder. */
export function readJudged(file: string): Judged {
  try {
    const text = readFileSync(resolve(process.env.INIT_CWD ?? '', file), 'utf8');
    return Judged.parse(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`${file} cannot be read: ${why}`);
  }
}

/** Matches with all there is, or without the sentence encoder. */
export function benchModels(sentences: boolean): Promise<Models> {
  return loadModels(
    placesBeside(MATCHING),
    (_, error) => {
      throw error;
    },
    { sentences },
  );
}

/** Forms of all articles and circles, as they come back from what is stored of them, and the time it took. */
export async function encodeAll({ articles, networks, cases }: Judged, models: Models) {
  const interests = new Map<string, InterestForm>();
  const used = new Set(cases.map(({ network }) => network));
  const texts = networks.flatMap((network, n) =>
    used.has(n) ? network.flatMap((one) => one.interests) : [],
  );
  for (const { text } of texts) {
    if (interests.has(text)) continue;
    const form = unpackInterest(packInterest(await encodeInterest(text, models)));
    if (form) interests.set(text, form);
  }
  const forms: (ArticleForm | undefined)[] = [];
  const encodeMs: number[] = [];
  for (const article of articles) {
    const from = performance.now();
    const bytes = packArticle(await encodeArticle(article, models));
    encodeMs.push(performance.now() - from);
    forms.push(unpackArticle(bytes));
  }
  const circles = networks.map((network, n) =>
    used.has(n) ? network.map((friend) => knownOf(friend, interests)) : [],
  );
  return { forms, circles, encodeMs: median(encodeMs) };
}

/** A friend's strength for every case, and the times it took. */
export async function strengths(judged: Judged, models: Models) {
  const { forms, circles, encodeMs } = await encodeAll(judged, models);
  const rankMs: number[] = [];
  const all = judged.cases.map(({ article, network }) => {
    const form = forms[article] as ArticleForm;
    const from = performance.now();
    const read = reader(form);
    const circle = circles[network] ?? [];
    const threshold = thresholdFor(interestsOf(circle));
    const found = circle.map((friend) => {
      const { strength, never } = weigh(read, friend, TODAY, threshold);
      return never ? Number.NEGATIVE_INFINITY : strength;
    });
    rankMs.push(performance.now() - from);
    return found;
  });
  return { strengths: all, encodeMs, rankMs: median(rankMs) };
}

/** The interest that was shown first, and those that a person would name. */
export interface FirstReason {
  article: string;
  friend: string;
  shown: string;
  named: string[];
}

/** What the product says first to each friend it suggests and a person would, too, where a person named the interest. */
export async function firstReasons(judged: Judged, models: Models): Promise<FirstReason[]> {
  const { forms, circles } = await encodeAll(judged, models);
  return judged.cases.flatMap(({ article, network }) => {
    const { id = '', named = {} } = judged.articles[article] ?? {};
    const { fits } = matchFriends(forms[article] as ArticleForm, circles[network] ?? [], TODAY);
    return fits.flatMap(({ friend, reasons }) => {
      const name = named[friend.id];
      const shown = reasons[0]?.interest.text ?? '';
      return name === undefined ? [] : [{ article: id, friend: friend.id, shown, named: name }];
    });
  });
}

function knownOf(
  { id, interests }: Judged['networks'][number][number],
  forms: Map<string, InterestForm>,
): KnownFriend {
  const friend: Friend = {
    id,
    name: id,
    timeZone: 'UTC',
    groups: [],
    interests: [],
    version: 1,
    createdAt: '',
  };
  return {
    friend,
    interests: interests.flatMap(({ text, kind, until }, n) => {
      const form = forms.get(text);
      const interest = { id: `int_${n}`, text, kind, addedAt: '', ...(until !== undefined && { until }) };
      return form ? [{ interest, form }] : [];
    }),
  };
}

/** Which friends of a case hold an interest that the article speaks to, and do not rather refuse it. */
function relevant({ articles, networks }: Judged, { article, network }: Judged['cases'][number]): boolean[] {
  const gold = new Set(articles[article]?.gold);
  return (networks[network] ?? []).map(({ interests }) => {
    const current = interests.filter(
      ({ until, text }) => gold.has(text) && (until === undefined || until >= TODAY),
    );
    return current.some(({ kind }) => kind !== 'never') && current.every(({ kind }) => kind !== 'never');
  });
}

/** Of the cases that fit. Ties stand in random order, the same each time. */
export function qualityOf(judged: Judged, all: number[][]): Quality {
  const random = seeded(1);
  const found: Quality[] = [];
  judged.cases.forEach((one, n) => {
    if (!one.fit) return;
    const good = relevant(judged, one);
    const count = good.filter(Boolean).length;
    // Nobody to find: it says nothing of the order.
    if (count === 0) return;
    const order = (all[n] ?? [])
      .map((strength, friend) => ({ strength, lot: random(), good: good[friend] ?? false }))
      .sort((a, b) => b.strength - a.strength || a.lot - b.lot)
      .map((friend) => friend.good);
    const gain = (places: boolean[]) =>
      places.slice(0, 5).reduce((sum, hit, place) => sum + (hit ? 1 / Math.log2(place + 2) : 0), 0);
    const first = order.indexOf(true);
    found.push({
      ndcg5: gain(order) / gain(Array(count).fill(true)),
      mrr: first < 0 ? 0 : 1 / (first + 1),
      p1: order[0] ? 1 : 0,
      recall3: order.slice(0, 3).filter(Boolean).length / count,
    });
  });
  const mean = (of: keyof Quality) => average(found.map((one) => one[of]));
  return { ndcg5: mean('ndcg5'), mrr: mean('mrr'), p1: mean('p1'), recall3: mean('recall3') };
}

export async function judge(judged: Judged, models: Models): Promise<Judgement> {
  const { strengths: all, encodeMs, rankMs } = await strengths(judged, models);
  return {
    name: judged.name,
    cases: judged.cases.length,
    ...qualityOf(judged, all),
    ...answersOf(judged, all),
    encodeMs,
    rankMs,
    minisearch: miniSearch(judged),
  };
}

/** How well the best friend's strength tells fit from no fit, and what the product's own threshold makes of it. */
export function answersOf(
  judged: Judged,
  all: number[][],
): Pick<Judgement, 'auroc' | 'answered' | 'right' | 'falseRate'> {
  const best = all.map((found) => Math.max(...found));
  const fitting = judged.cases.flatMap(({ fit }, n) => (fit ? [n] : []));
  const others = judged.cases.flatMap(({ fit }, n) => (fit ? [] : [n]));
  const threshold = (n: number) =>
    thresholdFor(interestsOf(judged.networks[judged.cases[n]?.network ?? 0] ?? []));
  const strength = (n: number) => best[n] ?? Number.NEGATIVE_INFINITY;
  const wins = fitting.flatMap((fit) =>
    others.map((other) =>
      strength(fit) > strength(other) ? 1 : strength(fit) === strength(other) ? 0.5 : 0,
    ),
  );
  const answered = fitting.filter((n) => strength(n) >= threshold(n));
  const right = answered.filter((n) => {
    const first = all[n]?.indexOf(strength(n)) ?? -1;
    return relevant(judged, judged.cases[n] as Judged['cases'][number])[first];
  });
  return {
    auroc: average(wins),
    answered: answered.length / fitting.length,
    right: right.length / answered.length,
    falseRate: average(others.map((n) => (strength(n) >= threshold(n) ? 1 : 0))),
  };
}

/**
 * What one would do with a good search library: each article indexed, stemmed, each interest a query, and half of a
 * friend's second-best added to the best.
 */
function miniSearch(judged: Judged): Judgement['minisearch'] {
  const stops = new Set(eng);
  const index = new MiniSearch({
    fields: ['title', 'text'],
    processTerm: (term) => (stops.has(term.toLowerCase()) ? null : stem(term.toLowerCase())),
    // All words of an interest: any of them does worse on texts, and alike on titles.
    searchOptions: { boost: { title: 2 }, combineWith: 'AND' },
  });
  const indexed: number[] = [];
  judged.articles.forEach(({ title, text }, id) => {
    const from = performance.now();
    index.add({ id, title, text });
    indexed.push(performance.now() - from);
  });
  const known = new Map<string, Map<number, number>>();
  const scores = (interest: string): Map<number, number> => {
    let found = known.get(interest);
    if (!found) {
      found = new Map(index.search(interest).map(({ id, score }): [number, number] => [id, score]));
      known.set(interest, found);
    }
    return found;
  };
  const all = judged.cases.map(({ article, network }) =>
    (judged.networks[network] ?? []).map(({ interests }) => {
      const [first = 0, second = 0] = interests
        .map(({ text }) => scores(text).get(article) ?? 0)
        .sort((a, b) => b - a);
      return first + second / 2;
    }),
  );
  const asked = judged.cases.slice(0, TIMED).map(({ article, network }) => {
    const from = performance.now();
    for (const { interests } of judged.networks[network] ?? []) {
      for (const { text } of interests) index.search(text, { filter: ({ id }) => id === article });
    }
    return performance.now() - from;
  });
  return { ...qualityOf(judged, all), msPerArticle: median(indexed) + median(asked) };
}

/**
 * `npm run bench -- matching FILE…`; without a file the project's own. One line of JSON each, or words. Then what loading
 * takes, and the limits of time; not with `--json` and files, where a line is a file's.
 */
export async function benchMatching(
  files: string[],
  { json, sentences }: { json: boolean; sentences: boolean },
  print: (line: string) => void,
): Promise<void> {
  const models = await benchModels(sentences);
  for (const file of files.length > 0 ? files : [OWN]) {
    const judgement = rounded(await judge(readJudged(file), models)) as Judgement;
    print(json ? JSON.stringify(judgement) : inWords(judgement));
  }
  if (json && files.length > 0) return;
  await measureLimits(readJudged(OWN), models, (found) => {
    print(json ? JSON.stringify(rounded(found)) : limitInWords(found));
  });
}

function limitInWords(found: Limit | Loaded): string {
  if ('megabytes' in found)
    return `${found.name}: ${found.ms.toFixed(0)} ms, ${found.megabytes.toFixed(0)} MB resident: ${found.what}`;
  const { name, ms, limitMs, holds, what } = found;
  return `${name}: ${ms.toFixed(ms < 100 ? 1 : 0)} ms, under ${limitMs} ms ${holds ? 'holds' : 'BROKEN'}: ${what}`;
}

function inWords(found: Judgement): string {
  const { minisearch: peer } = found;
  const line = (who: string, { ndcg5, mrr, p1, recall3 }: Quality, ms: string) =>
    `  ${who}  nDCG@5 ${ndcg5}, MRR ${mrr}, P@1 ${p1}, recall@3 ${recall3}; ${ms}`;
  return [
    `matching ${found.name}: ${rounded(found.ndcg5 / peer.ndcg5)} times the peer's nDCG@5 in ${found.cases} cases`,
    line('ours', found, `encoding ${found.encodeMs} ms and ranking ${found.rankMs} ms an article`),
    line('peer', peer, `${peer.msPerArticle} ms an article: MiniSearch, stemmed`),
    `  fit against no fit: AUROC ${found.auroc}; at the threshold ${found.answered} answered, ${found.right} of them right, ${found.falseRate} of no-fit answered`,
  ].join('\n');
}

function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toFixed(4));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rounded(one)]));
}

function average(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
