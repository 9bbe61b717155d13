import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SESClient } from '@aws-sdk/client-ses';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Pool } from 'undici';
import { newUser } from '../../functions/accounts/store.ts';
import type { User } from '../../functions/accounts/user.ts';
import type { Friend } from '../../functions/friends/friend.ts';
import { changeFriend, newFriend } from '../../functions/friends/friends.ts';
import { onMailEvent } from '../../functions/notes/mail-events.ts';
import { changeFriendAndNotes } from '../../functions/notes/moved.ts';
import type { Note, NoteState } from '../../functions/notes/note.ts';
import {
  cancelNote,
  editNote,
  noteArrived,
  sendAgain,
  sentMyself,
  writeNote,
} from '../../functions/notes/notes.ts';
import { sendNote } from '../../functions/notes/queue.ts';
import { tick } from '../../functions/notes/tick.ts';
import { eachMessage } from '../../functions/platform/batch.ts';
import { at, DAY, HOUR, MINUTE } from '../../functions/platform/clock.ts';
import { decodeDue } from '../../functions/platform/due.ts';
import { Fault } from '../../functions/platform/faults.ts';
import type { Ground } from '../../functions/platform/ground.ts';
import { newId } from '../../functions/platform/ids.ts';
import { keys, ranges } from '../../functions/platform/keys.ts';
import { Mailer } from '../../functions/platform/mailer.ts';
import { Queue } from '../../functions/platform/queue.ts';
import { Secrets } from '../../functions/platform/secrets.ts';
import { readSettings } from '../../functions/platform/settings.ts';
import { Table } from '../../functions/platform/table.ts';
import { choose } from '../../functions/transfer/choices.ts';
import { deleteFriendAndTraces } from '../../functions/transfer/erase.ts';
import { functions, MAX_RECEIVES, VISIBILITY_TIMEOUTS } from '../../infra/service.ts';
import { type Claim, type Fact, type Seen, violations, type What } from './invariants.ts';
import { type Actor, Random, Simulation } from './simulation.ts';
import { CALM_WEATHER, drawWeather, type Weather } from './weather.ts';
import { type Answered, type Asked, type Listener, type StoredItem, Wire } from './wire.ts';

const AWS = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  // Nobody checks it, and a true one takes a tenth of a run.
  signer: {
    sign: async <Request extends { headers: Record<string, string> }>(request: Request) => {
      request.headers['x-amz-date'] = '20260101T000000Z';
      request.headers.authorization =
        'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0';
      return request;
    },
  },
};
const SECOND = 1000;
const SKEW = 5 * MINUTE;
/** How long things go wrong: an uncertain note's hour, and what its user then does. */
const ROUGH = 100 * MINUTE;
/** After this long without faults what is not at rest never will be: who asked for fewer letters has one a month. */
const CALM = 120 * DAY;
/** Ticks that are played once faults have stopped; each has something due. */
const CALM_TICKS = 80;
const VISIBILITY = functions.send.timeoutSeconds * VISIBILITY_TIMEOUTS * SECOND;
/** An asynchronous call of a function that fails is made twice more (Lambda). */
const EVENT_TRIES = 3;
const SEND_QUEUE = 'http://queue.local/send';

/** Where the notes of this world are due. */
const SHARD = 'DUE#0';

/** The real table; what can hold nothing in this world is not asked for, which makes a tick several times as fast. */
class SmallTable extends Table {
  override async due(...[duePk, ...more]: Parameters<Table['due']>): ReturnType<Table['due']> {
    return duePk === SHARD ? super.due(duePk, ...more) : [];
  }
}

/** The parts that all runs share. */
export interface Place {
  endpoint: string;
  database: Pool;
  /** A site whose pages are there, gone, or gone for once: `/here/…`, `/gone/…`, `/back/…`. */
  site: string;
  close(): Promise<void>;
}

export async function openPlace(endpoint: string): Promise<Place> {
  const asked = new Set<string>();
  const server = createServer((request, response) => {
    const { url = '' } = request;
    const isGone = url.startsWith('/gone/') || (url.startsWith('/back/') && !asked.has(url));
    asked.add(url);
    response.writeHead(isGone ? 410 : 200, { 'content-type': 'text/html' }).end('A page');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const database = new Pool(endpoint, { connections: 4 });
  const place: Place = {
    endpoint,
    database,
    site: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await Promise.all([database.close(), new Promise((resolve) => server.close(resolve))]);
    },
  };
  // Code that is loaded when it is first needed would make the first run another one than it is when it is played again.
  await import('../../functions/articles/fetch.ts');
  await simulate(place, 0);
  return place;
}

/** A bug, planted into what is otherwise the real code. */
export interface Bug {
  /** Rewrites a request to the database. */
  request?(operation: string, asked: Asked): Asked;
  /** Puts something else in the place of a part. */
  ground?(ground: Ground): Ground;
}

export interface Outcome {
  seed: number;
  /** Each invariant that does not hold, and of what. */
  violations: string[];
  /** How often what happened. */
  counts: Record<string, number>;
  trace: string[];
}

/** One run: two users, some notes, everything that can go wrong, and then calm. */
export async function simulate(
  place: Place,
  seed: number,
  { bug = {}, trace = false }: { bug?: Bug; trace?: boolean } = {},
): Promise<Outcome> {
  const world = new World(place, seed, bug, trace);
  await world.prepare();
  try {
    return await world.play();
  } finally {
    await world.clear();
  }
}

/** What no fault of the platform can be the reason of. */
const DEFECTS = [
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'ZodError',
  'ValidationException',
];

/** What becomes of a mail that SES took. */
const FATES = [
  'arrives',
  'arrives',
  'bounces',
  'complains',
  'waits',
  'is rejected',
  'is never heard of',
] as const;

/** What the queue does with a note, while its user may be looking at it. */
type Moving = NoteState | 'leased' | 'to be sent';

/** How often somebody then does something with it, and how soon (milliseconds). */
const USERS_ACT: Partial<Record<Moving, { part: number; within: number }>> = {
  leased: { part: 0.1, within: SECOND },
  // Between what `send` has read and its claim.
  'to be sent': { part: 0.55, within: 80 },
  sending: { part: 0.1, within: SECOND / 2 },
  uncertain: { part: 0.9, within: 10 * MINUTE },
  held: { part: 0.4, within: 30 * MINUTE },
  failed: { part: 0.6, within: 10 * MINUTE },
  bounced: { part: 0.7, within: 10 * MINUTE },
};

/** Of working hours, an evening, the end of a UTC day, and the night of the change to summer time. */
const STARTS = [
  '2026-11-23T09:30:00Z',
  '2026-11-23T19:50:00Z',
  '2026-11-23T23:20:00Z',
  '2026-03-29T00:30:00Z',
];

type Asking = Extract<Fact, { kind: 'asked' }>;

interface Person {
  name: string;
  user: User;
  friends: { name: string; friend: Friend; address: string }[];
  articles: string[];
}

/** A note as it is now, and as the due index has had it. */
interface Known {
  name: string;
  id: string;
  owner: Person;
  friendId: string;
  seen: Seen | null;
  round: number;
  entries: (StoredItem | null)[];
}

class World implements Listener {
  weather: Weather;
  readonly #place: Place;
  readonly #bug: Bug;
  readonly #seed: number;
  readonly #simulation: Simulation;
  readonly #client: DynamoDBClient;
  readonly #table: string;
  #ground!: Ground;
  readonly #wire: Wire;
  readonly #skewMs: number;
  readonly #calmAt: number;
  /** When the clock does not tick. */
  readonly #outage: { from: number; until: number };
  readonly #people: Person[] = [];
  readonly #notes = new Map<string, Known>();
  readonly #names = new Map<string, string>();
  readonly #facts: Fact[] = [];
  readonly #claims = new Map<string, Claim>();
  readonly #writing = new Map<string, Asking>();
  /** Who has read its note for the first time. */
  readonly #readers = new WeakSet<Actor>();
  readonly #defects: string[] = [];
  readonly #stopped = new Set<string>();
  readonly #tokens = new Set<string>();
  /** How old a reader's index is: by how many writes, for which notes. */
  readonly #lags = new WeakMap<Actor, Map<string, number>>();
  #numbers = { words: 0, acts: 0, mails: 0, actors: 0, ticks: 0, addresses: 0, attempts: 0 };
  #userActs = 12;
  /** Once it is calm a minute follows the other only while a note waits for one. */
  #isTicking = true;

  constructor(place: Place, seed: number, bug: Bug, trace: boolean) {
    this.#place = place;
    this.#bug = bug;
    this.#seed = seed;
    const draw = new Random(seed);

    this.#simulation = new Simulation(draw, Date.parse(draw.pick(STARTS)), trace);
    this.#calmAt = this.#simulation.now + ROUGH;
    this.weather = drawWeather(draw);
    this.#skewMs = draw.pick([0, SKEW, SKEW]);
    const from = this.#simulation.now + draw.between(0, 20 * MINUTE);
    this.#outage = { from, until: from + draw.pick([0, 0, 0, 0, 75]) * MINUTE };
    this.#wire = new Wire(this.#simulation, place.database, this);
    this.#client = new DynamoDBClient({
      ...AWS,
      endpoint: place.endpoint,
      requestHandler: this.#wire.handler('database'),
    });
    this.#table = newId('nte').replace('nte_', 'faults-');
  }

  /** Two users, who write to one mailbox among others, and an article or two. */
  async prepare(): Promise<void> {
    const draw = this.#simulation.random;
    const rate = draw.pick(['0', '14', '']);
    await Table.create(this.#table, this.#client);
    const ground: Ground = {
      table: new SmallTable(this.#table, this.#client),
      queue: new Queue(
        new SQSClient({
          ...AWS,
          endpoint: 'http://queue.local',
          requestHandler: this.#wire.handler('queue'),
        }),
        {
          suggest: `${SEND_QUEUE}/no`,
          send: SEND_QUEUE,
          fetch: `${SEND_QUEUE}/no`,
          import: `${SEND_QUEUE}/no`,
        },
      ),
      mailer: new Mailer(
        new SESClient({
          ...AWS,
          endpoint: 'http://mail.local',
          maxAttempts: 1,
          requestHandler: this.#wire.handler('mail'),
        }),
        'hallway',
      ),
      secrets: new Secrets({ signing: 's'.repeat(43), pepper: 'p'.repeat(43) }),
      settings: readSettings({
        TABLE_NAME: this.#table,
        QUEUE_URL_SUGGEST: SEND_QUEUE,
        QUEUE_URL_SEND: SEND_QUEUE,
        QUEUE_URL_FETCH: SEND_QUEUE,
        QUEUE_URL_IMPORT: SEND_QUEUE,
        BASE_URL: 'http://localhost:8787',
        MAIL_FROM: 'notes@hallway.localhost',
        INGEST_DOMAIN: 'hallway.localhost',
        MAIL_BUCKET: 'none',
        FILES_BUCKET: 'none',
        FILES_URL: 'http://files.local/',
        HALLWAY_CAP_USER_DAY: draw.pick(['1', '5', '5']),
        HALLWAY_CAP_ADDRESS_DAY: draw.pick(['1', '2']),
        HALLWAY_FETCH_ALLOW: this.#place.site,
        ...(rate && { HALLWAY_SES_RATE: rate }),
      }),
      clock: () => new Date(this.#simulation.now),
      // Nothing here reads or keeps a file.
      objects: undefined as unknown as Ground['objects'],
      files: undefined as unknown as Ground['files'],
    };
    this.#ground = this.#bug.ground?.(ground) ?? ground;
    const page = () => draw.pick(['here', 'gone', 'back']);
    const [ada, eve] = await Promise.all([
      this.#person('ada', ['grace', 'alan', 'mia'], page()),
      this.#person('eve', ['grace', 'tom'], page()),
    ]);
    this.#people.push(ada, eve);
  }

  async #person(name: string, friends: string[], page: string): Promise<Person> {
    const { table, clock } = this.#ground;
    const user = newUser({ email: `${name}@users.example`, name, timeZone: 'Europe/London' }, clock());
    this.#names.set(user.id, name);
    await table.put({ ...keys.user(user.id), ...user });
    const address = `http://${this.#place.site}/${page}/${name}-${this.#table}`;
    const articles = [{ title: 'A poem' }, { title: 'A page', url: address, canonicalUrl: address }];
    const stored = await Promise.all(
      articles.map(async (more, place) => {
        const article = {
          id: newId('art'),
          wordCount: 1,
          minutes: 1,
          savedAt: at(clock()),
          savedBy: 'api',
          ...more,
        };
        this.#names.set(article.id, `${name}'s article${place + 1}`);
        await table.put({ ...keys.article(user.id, article.id), ...article });
        return article.id;
      }),
    );
    const kept: Person['friends'] = [];
    for (const friend of friends) {
      const address = this.#address(friend);
      const added = newFriend(this.#ground, user, { name: friend, email: address });
      await table.put({ ...keys.friend(user.id, added.id), ...added });
      this.#names.set(added.id, `${name}'s ${friend}`);
      kept.push({ name: `${name}'s ${friend}`, friend: added, address });
    }
    return { name, user, friends: kept, articles: stored };
  }

  #address(name: string): string {
    const address = `${name}@friends.example`;
    this.#names.set(this.#ground.secrets.addressHash(address), address);
    return address;
  }

  async clear(): Promise<void> {
    await this.#client.send(new DeleteTableCommand({ TableName: this.#table }));
  }

  async play(): Promise<Outcome> {
    const simulation = this.#simulation;
    const { random } = simulation;
    const letters = random.between(3, 7);
    for (let n = 0; n < letters; n++) {
      simulation.later(random.between(0, 30 * MINUTE), 'a letter', () => this.#write());
    }
    for (let n = 0; n < 3; n++) {
      simulation.later(random.between(0, ROUGH), 'a user looks', () => this.#someoneActs());
    }
    simulation.later(MINUTE, 'a minute', () => this.#minute());
    simulation.later(ROUGH, 'calm', () => {
      simulation.say('calm from here on');
      this.weather = CALM_WEATHER;
    });
    await simulation.run();
    return {
      seed: this.#seed,
      violations: await this.#judge(),
      counts: simulation.counts,
      trace: simulation.trace,
    };
  }

  async #judge(): Promise<string[]> {
    const stored = await Promise.all(
      this.#people.map(({ user }) => this.#ground.table.all(ranges.notes(user.id))),
    );
    const items = new Map(stored.flat().map((item) => [item.id, item]));
    for (const { id, seen, name } of this.#notes.values()) {
      const item = items.get(id);
      // What was heard on the wire must be what is stored, or nothing that follows from it means anything.
      if (item?.state !== seen?.state || item?.version !== seen?.version) {
        throw new Error(
          `${name} is ${item?.state} ${item?.version}, and was heard to be ${seen?.state} ${seen?.version}.`,
        );
      }
    }
    return [
      ...this.#defects,
      ...violations({
        facts: this.#facts,
        caps: { userDay: this.#ground.settings.capUserDay, addressDay: this.#ground.settings.capAddressDay },
        notes: new Map([...this.#notes.values()].map(({ name, seen }) => [name, seen])),
        stopped: this.#stopped,
      }),
    ];
  }

  get #isCalm(): boolean {
    return this.#simulation.now >= this.#calmAt;
  }

  #happens(part: number, what: string): boolean {
    const happens = part > 0 && this.#simulation.random.chance(part);
    if (happens) this.#simulation.count(what);
    return happens;
  }

  /** An invocation with a machine of its own: its clock is wrong in its own way. */
  #start<Answer>(
    name: string,
    work: (ground: Ground) => Promise<Answer>,
    ended: { done?(answer: Answer): void; failed?(error: unknown): void; died?(): void } = {},
    opened: (actor: Actor) => void = () => undefined,
  ): void {
    const skew = this.#skewMs === 0 ? 0 : this.#simulation.random.between(-this.#skewMs, this.#skewMs + 1);
    this.#simulation.start(
      `${name} (${++this.#numbers.actors})`,
      skew,
      (actor) => {
        opened(actor);
        return this.#watch(name, work({ ...this.#ground, clock: actor.clock }));
      },
      ended,
    );
  }

  async #watch<Answer>(name: string, work: Promise<Answer>): Promise<Answer> {
    try {
      return await work;
    } catch (error) {
      const { name: kind, stack } = error as Error;
      if (DEFECTS.includes(kind)) this.#defects.push(`defect: ${name}: ${stack}`);
      throw error;
    }
  }

  // The clock and the queue.

  /** EventBridge's minute: now and then not at all, or twice. Minutes in which nothing can be due are left out, mostly. */
  #minute(): void {
    const { random, now } = this.#simulation;
    const waiting = [...this.#notes.values()].flatMap(({ seen }) =>
      seen?.state === 'scheduled' || seen?.state === 'sending' ? [Date.parse(seen.dueAt ?? '')] : [],
    );
    const isDue = waiting.some((dueAt) => dueAt <= now);
    // For whoever's clock is ahead.
    const mayBeDue = waiting.some((dueAt) => dueAt <= now + this.#skewMs);
    const isOut = now >= this.#outage.from && now < this.#outage.until;
    const often = isDue ? 0.9 : mayBeDue ? 0.2 : 0.01;
    const plays = this.#isCalm ? mayBeDue : !isOut && random.chance(often);
    if (isOut && isDue) this.#simulation.count('a minute of the outage');
    if (plays) {
      this.#tick();
      if (!this.#isCalm && random.chance(0.1)) this.#tick();
    }
    if (!this.#isCalm) {
      this.#simulation.later(MINUTE, 'a minute', () => this.#minute());
      return;
    }
    if (plays) this.#numbers.ticks++;
    const next = Math.max(now + MINUTE, Math.min(...waiting));
    this.#isTicking = waiting.length > 0 && this.#numbers.ticks <= CALM_TICKS && next <= this.#calmAt + CALM;
    if (this.#isTicking) this.#simulation.later(next - now, 'a minute', () => this.#minute());
  }

  #tick(): void {
    this.#start('tick', tick, {}, (actor) => {
      const lags = [...this.#notes.keys()].flatMap((id) =>
        this.#happens(this.weather.staleIndex, 'a stale index')
          ? [[id, this.#simulation.random.between(1, 3)] as const]
          : [],
      );
      this.#lags.set(actor, new Map(lags));
    });
  }

  enqueue(queueUrl: string, body: string, delaySeconds: number): void {
    const { random } = this.#simulation;
    const { messageLost, messageDoubled, messageLate } = this.weather;
    if (queueUrl !== SEND_QUEUE || this.#happens(messageLost, 'a message lost')) return;
    const times = this.#happens(messageDoubled, 'a message doubled') ? 2 : 1;
    for (let n = 0; n < times; n++) {
      const late = this.#happens(messageLate, 'a message late') ? random.between(MINUTE, 40 * MINUTE) : 0;
      // Two of one message are done at the same time as a rule, or one after the other.
      const jitter = random.between(0, n === 0 ? 100 : random.pick([100, 100, 20 * SECOND]));
      const message = { body, receives: 0, isDone: false };
      this.#simulation.later(delaySeconds * SECOND + late + jitter, 'a message', () =>
        this.#deliver(message),
      );
    }
  }

  /** SQS: a message that nobody says is done comes back when its visibility ends, also while somebody is at it. */
  #deliver(message: { body: string; receives: number; isDone: boolean }): void {
    if (message.isDone || message.receives >= MAX_RECEIVES) return;
    message.receives++;
    if (message.receives > 1) this.#simulation.count('a message comes back');
    const name = `send ${this.nameOf(decodeDue(message.body).id)}`;
    this.#simulation.later(VISIBILITY, 'visible again', () => this.#deliver(message));
    this.#start(
      name,
      (ground) => {
        const record = { messageId: '1', body: message.body };
        const event = { Records: [record] } as Parameters<typeof eachMessage>[0];
        return eachMessage(event, ({ userId, id, ...about }) =>
          this.#watch(name, sendNote(ground, userId, id, about)),
        );
      },
      {
        done: ({ batchItemFailures }) => {
          if (batchItemFailures.length === 0) message.isDone = true;
          else this.#simulation.count('a send fails');
        },
      },
    );
  }

  // SES.

  accept({ raw, to, tags }: { raw: string; to: string; tags: Record<string, string> }): string {
    const { random } = this.#simulation;
    const note = this.#notes.get(tags.note ?? '');
    const claim = this.#claims.get(tags.attempt ?? '');
    const messageId = `0100-${++this.#numbers.mails}`;
    if (!note || !claim) {
      this.#defects.push('defect: SES was asked without a claim');
      return messageId;
    }
    const fate = random.pick(FATES);
    const [words = ''] = /words-\d+/.exec(raw.replaceAll('=\r\n', '')) ?? [];
    this.#facts.push({
      kind: 'accepted',
      mail: messageId,
      claim,
      to,
      words,
      passedOn: fate !== 'is rejected',
      arrives: fate !== 'bounces' && fate !== 'is rejected',
    });
    this.#simulation.count(`a mail ${fate}`);
    this.#simulation.say(`SES takes ${note.name} for ${to}: it ${fate}`);
    if (note.seen?.state !== 'sending')
      this.#simulation.count(`SES takes a note that is ${note.seen?.state}`);
    const recipient = [{ emailAddress: to }];
    const news: [string, object][] = {
      arrives: [['Delivery', {}]],
      bounces: [['Bounce', { bounce: { bounceType: 'Permanent', bouncedRecipients: recipient } }]],
      complains: [
        ['Delivery', {}],
        ['Complaint', { complaint: { complainedRecipients: recipient } }],
      ],
      waits: [
        ['DeliveryDelay', {}],
        [
          'Bounce',
          { bounce: { bounceType: 'Transient', bouncedRecipients: [{ emailAddress: to, status: '4.4.7' }] } },
        ],
      ],
      'is rejected': [['Reject', {}]],
      'is never heard of': [],
    }[fate] as [string, object][];
    if (fate !== 'is never heard of') news.unshift(['Send', {}]);
    for (const [eventType, more] of news) {
      const event = {
        source: 'aws.ses',
        detail: {
          eventType,
          mail: {
            messageId,
            tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
          },
          ...more,
        },
      };
      const isBad = eventType === 'Complaint' || (eventType === 'Bounce' && fate === 'bounces');
      this.#tell(`${eventType} of ${note.name}`, event, () => {
        if (isBad) return this.#ask('bad news', { address: to });
        return this.#ask(eventType === 'Reject' ? 'reject' : 'other', { note: note.name, mail: messageId });
      });
    }
    return messageId;
  }

  /** EventBridge: at least once, in any order, late; and lost, if it is given up on. */
  #tell(name: string, event: object, ask: () => Asking): void {
    const { random } = this.#simulation;
    if (this.#happens(this.weather.eventLost, 'an event lost')) return;
    const times = this.#happens(this.weather.eventDoubled, 'an event doubled') ? 2 : 1;
    for (let n = 0; n < times; n++) {
      const late = this.#happens(this.weather.eventLate, 'an event late') ? random.between(0, 3 * HOUR) : 0;
      // Often before SES's own answer.
      const soon = random.between(0, random.pick([50, 3 * SECOND]));
      this.#simulation.later(late + soon, name, () => this.#hear(name, event, ask, 1));
    }
  }

  #hear(name: string, event: object, ask: () => Asking, round: number): void {
    const again = () => {
      this.#simulation.count('an event is told again');
      if (round < EVENT_TRIES) {
        this.#simulation.later(round * MINUTE, name, () => this.#hear(name, event, ask, round + 1));
      }
    };
    const act = ask();
    this.#start(name, (ground) => onMailEvent(ground, event), {
      done: () => this.#answer(act),
      failed: again,
      died: again,
    });
  }

  // The users.

  #ask(what: What, more: Partial<Asking>): Asking {
    const asked = { kind: 'asked' as const, act: ++this.#numbers.acts, what, ...more };
    this.#facts.push(asked);
    return asked;
  }

  #answer({ act }: { act: number }): void {
    this.#facts.push({ kind: 'answered', act });
  }

  #act(name: string, asked: Asking, work: (ground: Ground) => Promise<unknown>): void {
    const what = name.split(':')[0] ?? '';
    this.#start(name, work, {
      done: () => {
        this.#simulation.count(`${what}: done`);
        this.#answer(asked);
      },
      failed: (error) => {
        const kind = error instanceof Fault ? `refused, ${error.tag}` : 'failed';
        this.#simulation.count(`${what}: ${kind}`);
      },
    });
  }

  #words(): string {
    return `words-${++this.#numbers.words}`;
  }

  #write(): void {
    const { random } = this.#simulation;
    const person = random.pick(this.#people);
    const { friend, name } = random.pick([...person.friends, ...person.friends.slice(0, 1)]);
    const words = this.#words();
    const articleId = random.chance(0.6) ? random.pick(person.articles) : undefined;
    const kind = random.pick(['now', 'now', 'now', 'at', 'surprise']);
    const wall = new Date(this.#simulation.now + random.between(MINUTE, 40 * MINUTE));
    const moment = kind === 'at' ? { kind, at: at(wall).slice(0, 16), timeZone: 'UTC' } : { kind };
    const asked = this.#ask('write', { words });
    this.#writing.set(words, asked);
    this.#act(`write: to ${name}`, asked, (ground) =>
      writeNote(ground, person.user, {
        friendId: friend.id,
        text: `${words} made me think of you.`,
        moment,
        ...(articleId && { articleId }),
      }),
    );
  }

  /** Something that a person may do, mostly to a note that something happens to. */
  #someoneActs(about?: Known): void {
    const { random } = this.#simulation;
    if (this.#isCalm || this.#userActs === 0) return;
    const note = about ?? (this.#notes.size > 0 ? random.pick([...this.#notes.values()]) : undefined);
    if (!note?.seen) return;
    this.#userActs--;
    const { owner, name, id } = note;
    const { user } = owner;
    const { version } = note.seen;
    const seen = random.chance(0.5) ? version : undefined;
    const on = (what: What, more = {}) => this.#ask(what, { note: name, ...more });
    const cancel = () =>
      this.#act(`cancel: ${name}`, on('cancel'), (ground) => cancelNote(ground, user.id, id, seen));
    const edit = () => {
      const words = this.#words();
      const moment = random.chance(0.2) ? { moment: { kind: 'now' } } : {};
      const patch = { text: `${words} made me think of you.`, ...moment, ...(seen && { version: seen }) };
      this.#act(`edit: ${name}`, on('edit', { words }), (ground) => editNote(ground, user, id, patch));
    };
    const again = () =>
      this.#act(`send again: ${name}`, on('other'), (ground) => sendAgain(ground, user.id, id, seen));
    const arrived = () =>
      this.#act(`arrived: ${name}`, on('arrived'), (ground) => noteArrived(ground, user.id, id, seen));
    const myself = () =>
      this.#act(`sent myself: ${name}`, on('other'), (ground) => sentMyself(ground, user.id, id, seen));
    const aboutFriend = () => this.#changeFriend(note);
    const usual: Partial<Record<NoteState, (() => void)[]>> = {
      scheduled: [cancel, cancel, cancel, edit, edit, aboutFriend, aboutFriend, myself],
      sending: [cancel, edit, aboutFriend],
      uncertain: [again, arrived],
      held: [again, again, edit, cancel],
      failed: [again],
      bounced: [again, again, aboutFriend],
    };
    random.pick(
      random.chance(0.1) ? [cancel, edit, again, arrived, aboutFriend] : (usual[note.seen.state] ?? [cancel]),
    )();
  }

  #changeFriend(note: Known): void {
    const { random } = this.#simulation;
    const { owner } = note;
    const theirs = owner.friends.filter(({ friend }) => friend.id === note.friendId);
    const one = random.pick(random.chance(0.8) ? theirs : owner.friends);
    const { user, name } = owner;
    const { address } = one;
    const link = { user: user.id, note: note.id, address: this.#ground.secrets.addressHash(address) };
    const stop = () =>
      this.#act(`stop: ${one.name}`, this.#ask('stop', { user: name, address }), (ground) =>
        choose(ground, link, 'stop'),
      );
    const stopAll = () =>
      this.#act(`stop all: ${one.name}`, this.#ask('stop', { address }), (ground) =>
        choose(ground, link, 'stop-all'),
      );
    const lessOften = () =>
      this.#act(`less often: ${one.name}`, this.#ask('other', {}), (ground) =>
        choose(ground, link, 'less-often'),
      );
    const moveZone = () =>
      this.#act(`move zone: ${one.name}`, this.#ask('other', {}), (ground) =>
        changeFriendAndNotes(ground, user.id, one.friend.id, { timeZone: 'Pacific/Auckland' }),
      );
    const remove = () =>
      this.#act(`delete: ${one.name}`, this.#ask('delete friend', { friend: one.name }), (ground) =>
        deleteFriendAndTraces(ground, user.id, one.friend.id),
      );
    const move = () => {
      const email = this.#address(`moved${++this.#numbers.addresses}`);
      const asked = this.#ask('change address', { friend: one.name, address });
      one.address = email;
      this.#act(`move: ${one.name}`, asked, (ground) =>
        changeFriend(ground, user.id, one.friend.id, { email }),
      );
    };
    random.pick([stop, stop, stop, stopAll, lessOften, remove, move, moveZone])();
  }

  // What comes over the wire.

  nameOf(text: string): string {
    return this.#notes.get(text)?.name ?? this.#names.get(text) ?? '';
  }

  /**
   * A note's shard follows from its id, which no seed decides. For a run to be the same when it is played again, all notes
   * are in one.
   */
  rewrite(operation: string, asked: Asked): Asked {
    const written: Pick<Asked, 'Item' | 'ExpressionAttributeValues'>[] = [asked];
    for (const { Put } of asked.TransactItems ?? []) if (Put) written.push(Put);
    for (const { Item, ExpressionAttributeValues } of written) {
      if (Item?.duePk?.S?.startsWith('DUE#')) Item.duePk = { S: SHARD };
      if (ExpressionAttributeValues?.[':duePk']?.S?.startsWith('DUE#')) {
        ExpressionAttributeValues[':duePk'] = { S: SHARD };
      }
    }
    return this.#bug.request?.(operation, asked) ?? asked;
  }

  done(actor: Actor, operation: string, asked: Asked, answer: Answered): void {
    const [kind, noteId = ''] = ((asked.Key ?? asked.Item)?.sk?.S ?? '').split('#');
    switch (operation) {
      case 'GetItem':
        this.#read(actor, answer.Item);
        return;
      case 'BatchGetItem':
        for (const item of Object.values(answer.Responses ?? {}).flat()) this.#read(actor, item);
        return;
      case 'PutItem':
        if (kind === 'NOTE') this.#stored(noteId, asked.Item ?? null, actor);
        if (kind === 'STOPPED')
          this.#stopped.add(this.nameOf(asked.Item?.pk?.S?.replace('ADDRESS#', '') ?? ''));
        return;
      case 'UpdateItem': {
        const item = answer.Attributes ?? {};
        if (kind === 'NOTE') this.#stored(noteId, item, actor);
        if (kind === 'PROFILE' && asked.ExpressionAttributeValues?.[':paused']) {
          this.#facts.push({ kind: 'paused', user: this.nameOf(item.id?.S ?? '') });
          this.#simulation.count('a user is paused');
        }
        return;
      }
      case 'DeleteItem':
        if (kind === 'NOTE') this.#stored(noteId, null, actor);
        return;
      case 'TransactWriteItems': {
        // Said again with the same token, it was not done again.
        const token = asked.ClientRequestToken ?? '';
        if (token && this.#tokens.has(token)) return;
        this.#tokens.add(token);
        const puts = (asked.TransactItems ?? []).flatMap(({ Put }) => (Put?.Item ? [Put.Item] : []));
        for (const item of puts.filter(({ sk }) => sk?.S?.startsWith('NOTE#'))) {
          if (item.attemptId) this.#claimed(item, asked);
          this.#stored(item.id?.S ?? '', item, actor);
        }
      }
    }
  }

  #read(actor: Actor, item: StoredItem | undefined): void {
    const note = this.#notes.get(item?.id?.S ?? '');
    if (!note || !actor.name.startsWith('send ') || this.#readers.has(actor)) return;
    this.#readers.add(actor);
    this.#simulation.count(`a message finds a note ${item?.state?.S}`);
    if (item?.state?.S === 'scheduled') this.#userMayAct(note, 'to be sent');
  }

  #claimed(item: StoredItem, { TransactItems = [] }: Asked): void {
    const note = this.#notes.get(item.id?.S ?? '');
    if (!note) throw new Error('A claim of no note.');
    const days = TransactItems.flatMap(({ Update }) => (Update?.Key ? [Update.Key] : []));
    const day = (pk: string) => {
      const key = days.find((one) => one.pk?.S?.startsWith(pk));
      const [, whose = ''] = key?.pk?.S?.split('#') ?? [];
      return `${this.nameOf(whose)} ${key?.sk?.S?.replace('DAY#', '')}`;
    };
    const claim: Claim = {
      note: note.name,
      attempt: `attempt${++this.#numbers.attempts}`,
      round: note.round,
      user: note.owner.name,
      friend: this.nameOf(item.friendId?.S ?? ''),
      to: item.to?.S ?? '',
      ...(item.articleId?.S && { article: this.nameOf(item.articleId.S) }),
      userDay: day('USER#'),
      addressDay: day('ADDRESS#'),
      afterMoment: Date.parse(item.updatedAt?.S ?? '') - Date.parse(item.sendAt?.S ?? ''),
    };
    this.#claims.set(item.attemptId?.S ?? '', claim);
    this.#facts.push({ kind: 'claimed', claim });
  }

  #stored(id: string, item: StoredItem | null, actor: Actor): void {
    const note = this.#notes.get(id) ?? this.#newNote(id, item);
    const before = note.seen;
    const after = item && seenIn(item);
    if (after?.state === 'scheduled' && (before?.state === 'uncertain' || before?.state === 'bounced'))
      note.round++;
    note.seen = after;
    if (!this.#isTicking && (after?.state === 'scheduled' || after?.state === 'sending')) {
      this.#isTicking = true;
      this.#simulation.later(MINUTE, 'a minute', () => this.#minute());
    }
    note.entries.push(item?.duePk ? item : null);
    const isLease = before?.version === after?.version;
    if (isLease) this.#simulation.count('a lease');
    else {
      this.#facts.push({ kind: 'stored', note: note.name, before, after, round: note.round });
      this.#simulation.count(`${before?.state ?? 'new'} to ${after?.state ?? 'gone'}`);
      if (after?.because) this.#simulation.count(`${after.state} because ${after.because}`);
    }
    this.#simulation.say(
      `  ${note.name} is ${after?.state} ${after?.version}${after?.because ? ` because ${after.because}` : ''}, due ${after?.dueAt?.slice(5, 19)}`,
    );
    if (!actor.name.match(/^(?:send|tick|Send|Delivery)/)) return;
    this.#userMayAct(note, isLease ? 'leased' : (after?.state ?? 'cancelled'));
  }

  /** Users are where something happens: while a note is on its way, and when it needs them. */
  #userMayAct(note: Known, what: Moving): void {
    const { random } = this.#simulation;
    const { part, within } = USERS_ACT[what] ?? { part: 0, within: 0 };
    if (!random.chance(part)) return;
    this.#simulation.later(random.between(0, within), 'a user acts', () => this.#someoneActs(note));
  }

  #newNote(id: string, item: StoredItem | null): Known {
    const owner = this.#people.find(({ user }) => item?.pk?.S === `USER#${user.id}`);
    if (!owner) throw new Error('A note of nobody.');
    const note: Known = {
      name: `note${this.#notes.size + 1}`,
      id,
      owner,
      friendId: item?.friendId?.S ?? '',
      seen: null,
      round: 0,
      entries: [null],
    };
    this.#notes.set(id, note);
    const asked = this.#writing.get(item?.text?.S?.split(' ')[0] ?? '');
    if (asked) asked.note = note.name;
    return note;
  }

  stale(actor: Actor, asked: Asked, items: StoredItem[]): StoredItem[] {
    const { ':pk': pk, ':until': until } = asked.ExpressionAttributeValues ?? {};
    let seen = items;
    for (const [id, lag] of this.#lags.get(actor) ?? []) {
      const entries = this.#notes.get(id)?.entries ?? [];
      const old = entries[Math.max(0, entries.length - 1 - lag)];
      seen = seen.filter((item) => item.sk?.S !== `NOTE#${id}`);
      if (old?.duePk?.S === pk?.S && (old?.dueSk?.S ?? '~') <= (until?.S ?? '')) seen.push(indexed(old));
    }
    return seen;
  }
}

/** An item as the due index has it. */
function indexed(item: StoredItem | null | undefined): StoredItem {
  const { pk, sk, duePk, dueSk, work, tries } = item ?? {};
  return { pk, sk, duePk, dueSk, work, tries } as StoredItem;
}

function seenIn(item: StoredItem): Seen {
  return {
    state: item.state?.S as Note['state'],
    version: Number(item.version?.N),
    sendAt: item.sendAt?.S,
    dueAt: item.dueAt?.S,
    because: (item.heldBecause ?? item.failedBecause ?? item.movedBecause)?.S,
    sentMyself: item.sentMyself?.BOOL === true,
  };
}
