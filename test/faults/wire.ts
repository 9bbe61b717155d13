import { createHash } from 'node:crypto';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { Pool } from 'undici';
import { type Actor, CallFailure, currentActor, type Simulation } from './simulation.ts';
import type { Weather } from './weather.ts';

type Handler = Exclude<NonNullable<DynamoDBClientConfig['requestHandler']>, { requestTimeout?: number }>;

interface Request {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

export interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** DynamoDB's JSON: `{ S: 'x' }`. */
export type Attribute = { S?: string; N?: string; BOOL?: boolean; SS?: string[] };
export type StoredItem = Record<string, Attribute>;
type Operation = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';
interface Write {
  Key?: StoredItem;
  Item?: StoredItem;
  UpdateExpression?: string;
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: StoredItem;
}
/** A request to the database, as its JSON says it. */
export type Asked = Write & {
  TableName: string;
  IndexName?: string;
  TransactItems?: Partial<Record<Operation, Write>>[];
  RequestItems?: Record<string, { Keys: StoredItem[] }>;
  ClientRequestToken?: string;
};

type Responses = Record<string, StoredItem[]>;

export interface Answered {
  Item?: StoredItem;
  Items?: StoredItem[];
  Attributes?: StoredItem;
  Responses?: Responses;
}

const HURTS = ['SES SendRawEmail', 'TransactWriteItems NOTE'];
const READS = ['GetItem', 'BatchGetItem', 'Query'];

/** What the world does with what comes over the wire. */
export interface Listener {
  weather: Weather;
  /** A name for an id, an address's hash or a key, the same in every run of a seed. */
  nameOf(text: string): string;
  /** What goes to the database in a request's place. */
  rewrite(operation: string, asked: Asked): Asked;
  /** A request was done, and this is its answer. */
  done(actor: Actor, operation: string, asked: Asked, answer: Answered): void;
  /** What a reader of the due index sees who does not see the newest. */
  stale(actor: Actor, asked: Asked, items: StoredItem[]): StoredItem[];
  /** SES takes a mail, and gives its id. */
  accept(mail: { raw: string; to: string; tags: Record<string, string> }): string;
  /** The queue takes a message. */
  enqueue(queueUrl: string, body: string, delaySeconds: number): void;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (body: string | Uint8Array = '') =>
  typeof body === 'string' ? body : new TextDecoder().decode(body);
const json = (statusCode: number, body: unknown): Answer => ({
  statusCode,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: bytes(JSON.stringify(body)),
});

const keyOf = (write: Write) => write.Key ?? write.Item ?? {};

/**
 * The platform as the SDK's clients reach it: the embedded database behind a wire that breaks, and an SES and a queue that
 * speak their protocols. Everything above is the real code, the SDK's own retries as well.
 */
export class Wire {
  readonly #simulation: Simulation;
  readonly #database: Pool;
  readonly #listener: Listener;

  constructor(simulation: Simulation, database: Pool, listener: Listener) {
    this.#simulation = simulation;
    this.#database = database;
    this.#listener = listener;
  }

  /** For the client of one service. Calls outside of every actor are the test's own, and go straight to the database. */
  handler(service: 'database' | 'mail' | 'queue'): Handler {
    const handle = async (given: unknown) => {
      const request = given as Request;
      const actor = currentActor();
      if (!actor) return { response: await this.#ask(request) };
      switch (service) {
        case 'database':
          return { response: await this.#callDatabase(actor, request) };
        case 'mail':
          return { response: await this.#callMail(actor, request) };
        case 'queue':
          return { response: await this.#callQueue(actor, request) };
      }
    };
    return {
      metadata: { handlerProtocol: 'http/1.1' },
      handle,
      destroy() {},
      updateHttpClientConfig() {},
      httpHandlerConfigs: () => ({}),
    } as Handler;
  }

  get #weather(): Weather {
    return this.#listener.weather;
  }

  #happens(part: number, what: string): boolean {
    const happens = part > 0 && this.#simulation.random.chance(part);
    if (happens) this.#simulation.count(what);
    return happens;
  }

  /** A call that its actor may not live to see done, or answered. */
  #call(actor: Actor, name: string, land: () => Promise<Answer>): Promise<Answer> {
    const { random } = this.#simulation;
    const kind = name.split(' ', 2).join(' ');
    // Most often where it hurts most.
    const part = this.#weather.dies * (HURTS.includes(kind) ? 4 : 1);
    const dies = (when: string) => {
      if (!actor.isRunning || !this.#happens(part, `dies ${when} ${kind}`)) return false;
      this.#simulation.kill(actor);
      return true;
    };
    const wait = () => {
      if (this.#happens(this.#weather.sleeps, 'a machine sleeps')) return random.between(MINUTE, 70 * MINUTE);
      return this.#latency();
    };
    return this.#simulation.call(
      actor,
      name,
      // What asks SES has just looked at its clock: no sleep comes between.
      name.startsWith('SES') ? this.#latency() : wait(),
      async () => {
        if (dies('before')) throw new CallFailure({ code: 'DEAD' });
        const answer = await land();
        dies('after');
        return answer;
      },
      wait,
    );
  }

  #latency(): number {
    const { random } = this.#simulation;
    return this.#happens(this.#weather.slow, 'a slow call')
      ? random.between(0, 8 * SECOND)
      : random.between(0, 60);
  }

  async #ask({ method, path, headers, body }: Request): Promise<Answer> {
    const answer = await this.#database.request({
      method: method as 'POST',
      path,
      headers,
      body: body ?? null,
    });
    const kept = Object.entries(answer.headers).filter(([name]) => name.startsWith('content-type'));
    return {
      statusCode: answer.statusCode,
      headers: Object.fromEntries(kept) as Record<string, string>,
      body: new Uint8Array(await answer.body.arrayBuffer()),
    };
  }

  // The database.

  #callDatabase(actor: Actor, request: Request): Promise<Answer> {
    const operation = request.headers['x-amz-target']?.split('.')[1] ?? '';
    const asked = this.#listener.rewrite(operation, JSON.parse(text(request.body)) as Asked);
    return this.#call(actor, this.#describe(operation, asked), () =>
      this.#landDatabase(actor, operation, asked, { ...request, body: JSON.stringify(asked) }),
    );
  }

  async #landDatabase(actor: Actor, operation: string, asked: Asked, request: Request): Promise<Answer> {
    const { conflicts, busy, answerLost } = this.#weather;
    const writes = !READS.includes(operation);
    if (writes && this.#happens(conflicts, 'a conflict')) return this.#conflict(asked);
    if (this.#happens(busy, 'a busy database')) {
      return this.#simulation.random.chance(0.5)
        ? json(500, { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message: 'Again.' })
        : json(400, {
            __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
            message: 'Again.',
          });
    }
    const { 'content-length': _length, ...headers } = request.headers;
    const answer = await this.#ask({ ...request, headers });
    if (answer.statusCode === 200) {
      const said = JSON.parse(text(answer.body)) as Answered;
      this.#listener.done(actor, operation, asked, said);
      if (operation === 'BatchGetItem') return this.#halfRead(asked, said);
      if (asked.IndexName === 'due' && said.Items) {
        return json(200, { ...said, Items: this.#listener.stale(actor, asked, said.Items) });
      }
    } else if (operation === 'TransactWriteItems') {
      return this.#refused(asked, answer);
    }
    if (writes && this.#happens(answerLost, 'an answer lost')) throw new CallFailure({ code: 'ECONNRESET' });
    return answer;
  }

  /** DynamoDB may leave some keys of a batch for another request. */
  #halfRead({ RequestItems = {} }: Asked, said: Answered): Answer {
    const [table = '', wanted] = Object.entries(RequestItems)[0] ?? [];
    const keys = wanted?.Keys ?? [];
    const left = keys.filter(() => this.#happens(this.#weather.busy, 'a key of a batch left for later'));
    if (left.length === 0) return json(200, said);
    const isLeft = ({ pk, sk }: StoredItem) => left.some((key) => key.pk?.S === pk?.S && key.sk?.S === sk?.S);
    return json(200, {
      Responses: { [table]: said.Responses?.[table]?.filter((item) => !isLeft(item)) },
      UnprocessedKeys: { [table]: { Keys: left, ConsistentRead: true } },
    });
  }

  /** dynoxide never says it: another transaction holds one of the items. */
  #conflict({ TransactItems }: Asked): Answer {
    const prefix = 'com.amazonaws.dynamodb.v20120810#';
    if (!TransactItems)
      return json(400, { __type: `${prefix}TransactionConflictException`, message: 'Held.' });
    const held = this.#simulation.random.between(0, TransactItems.length);
    const CancellationReasons = TransactItems.map((_, place) => ({
      Code: place === held ? 'TransactionConflict' : 'None',
    }));
    return json(400, {
      __type: `${prefix}TransactionCanceledException`,
      message: 'Held.',
      CancellationReasons,
    });
  }

  /** A transaction that a condition stood against, and now and then another transaction, too. */
  #refused({ TransactItems = [] }: Asked, answer: Answer): Answer {
    const said = JSON.parse(text(answer.body)) as { CancellationReasons?: { Code: string }[] };
    const place = said.CancellationReasons?.findIndex(({ Code }) => Code === 'ConditionalCheckFailed') ?? -1;
    const [against] = Object.values(TransactItems[place] ?? {});
    const key = keyOf(against ?? {});
    this.#simulation.count(
      `a claim fails at ${[key.pk, key.sk].map((part) => part?.S?.split('#')[0]).join(' ')}`,
    );
    if (!this.#happens(this.#weather.conflicts, 'a conflict beside a condition')) return answer;
    const free = said.CancellationReasons?.find(({ Code }) => Code === 'None');
    if (free) free.Code = 'TransactionConflict';
    return { ...answer, body: bytes(JSON.stringify(said)) };
  }

  #describe(operation: string, asked: Asked): string {
    if (asked.TransactItems) {
      const put = asked.TransactItems.find(({ Put }) => Put?.Item?.sk?.S?.startsWith('NOTE#'))?.Put;
      return put ? `TransactWriteItems NOTE ${this.#listener.nameOf(put.Item?.id?.S ?? '')}` : operation;
    }
    if (operation === 'Query') {
      const {
        ':pk': shard,
        ':rangePk': partition,
        ':rangePrefix': prefix,
      } = asked.ExpressionAttributeValues ?? {};
      const of = [shard ?? partition, prefix].map((value) => value?.S?.split('#')[0]).filter(Boolean);
      return `Query ${of.join(' ')}`;
    }
    const [first] = Object.values(asked.RequestItems ?? {});
    const key = first?.Keys[0] ?? keyOf(asked);
    const [kind = '', ...ids] = (key.sk?.S ?? '').split('#');
    const state = asked.Item?.state?.S;
    const named = ids.map((id) => this.#listener.nameOf(id)).filter(Boolean);
    return [operation, kind, ...named, ...(state ? [state] : [])].join(' ');
  }

  // SES: the query protocol, and what can come between its yes and who hears it.

  #callMail(actor: Actor, request: Request): Promise<Answer> {
    const form = new URLSearchParams(text(request.body));
    if (form.get('Action') === 'GetSendQuota') {
      return this.#call(actor, 'SES GetSendQuota', async () => {
        if (this.#happens(this.#weather.mailRefusedEarly, 'no quota'))
          throw new CallFailure({ code: 'ECONNREFUSED' });
        return ses(
          'GetSendQuota',
          '<Max24HourSend>200</Max24HourSend><MaxSendRate>5</MaxSendRate><SentLast24Hours>1</SentLast24Hours>',
        );
      });
    }
    const tags = Object.fromEntries(
      [1, 2, 3].map((n) => [
        form.get(`Tags.member.${n}.Name`) ?? '',
        form.get(`Tags.member.${n}.Value`) ?? '',
      ]),
    );
    const mail = {
      raw: Buffer.from(form.get('RawMessage.Data') ?? '', 'base64').toString(),
      to: form.get('Destinations.member.1') ?? '',
      tags,
    };
    return this.#call(actor, `SES SendRawEmail ${this.#listener.nameOf(tags.note ?? '')}`, () =>
      this.#landMail(mail),
    );
  }

  async #landMail(mail: { raw: string; to: string; tags: Record<string, string> }): Promise<Answer> {
    const { random } = this.#simulation;
    const { mailRefusedEarly, mailAnswerLost } = this.#weather;
    const early = random.chance(mailRefusedEarly) ? random.pick(EARLY) : undefined;
    const late = random.chance(mailAnswerLost) ? random.pick(LATE) : undefined;
    if (early) {
      this.#simulation.count(`SES ${early}`);
      switch (early) {
        case 'throttles':
          return refusal(400, 'Throttling');
        case 'is not there':
          return refusal(503, 'ServiceUnavailable');
        case 'refuses':
          return refusal(400, 'MessageRejected');
        case 'cannot be reached':
          throw new CallFailure({ code: 'ECONNREFUSED' });
        case 'fails before it took it':
          return refusal(500, 'InternalFailure');
        case 'is cut off before it took it':
          throw new CallFailure({ code: 'ECONNRESET' });
      }
    }
    if (late) this.#simulation.count(`SES ${late}`);
    if (late === 'takes it after the timeout') {
      // Who waits is told by then that no answer came.
      this.#simulation.later(random.between(0, 20 * SECOND), 'SES takes a late mail', () => {
        this.#listener.accept(mail);
      });
      throw new CallFailure({ name: 'TimeoutError' });
    }
    const messageId = this.#listener.accept(mail);
    switch (late) {
      case 'fails after it took it':
        return refusal(500, 'InternalFailure');
      case 'is cut off after it took it':
        throw new CallFailure({ code: 'ECONNRESET' });
      case 'hangs after it took it':
        throw new CallFailure({ name: 'TimeoutError' });
      case 'says nothing that can be read':
        return { ...ses('SendRawEmail', ''), body: bytes('<html>Bad gateway') };
      case undefined:
        return ses('SendRawEmail', `<MessageId>${messageId}</MessageId>`);
    }
  }

  // The queue.

  #callQueue(actor: Actor, request: Request): Promise<Answer> {
    const { QueueUrl, Entries } = JSON.parse(text(request.body)) as {
      QueueUrl: string;
      Entries: { Id: string; MessageBody: string; DelaySeconds: number }[];
    };
    return this.#call(actor, `SQS ${QueueUrl.split('/').at(-1)}`, async () => {
      const { busy, answerLost, messageLost } = this.#weather;
      if (this.#happens(busy, 'a busy queue')) {
        return json(500, { __type: 'com.amazonaws.sqs#InternalFailure', message: 'Again.' });
      }
      const taken = Entries.filter(() => !this.#happens(messageLost / 4, 'a message not taken'));
      for (const { MessageBody, DelaySeconds } of taken)
        this.#listener.enqueue(QueueUrl, MessageBody, DelaySeconds);
      if (this.#happens(answerLost, 'an answer of the queue lost'))
        throw new CallFailure({ code: 'ECONNRESET' });
      const Failed = Entries.filter((one) => !taken.includes(one)).map(({ Id }) => ({
        Id,
        Code: 'InternalError',
        SenderFault: false,
      }));
      const Successful = taken.map(({ Id, MessageBody }) => ({
        Id,
        MessageId: Id,
        MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
      }));
      return json(200, { Successful, Failed });
    });
  }
}

const EARLY = [
  'throttles',
  'is not there',
  'refuses',
  'cannot be reached',
  'fails before it took it',
  'is cut off before it took it',
] as const;

const LATE = [
  'fails after it took it',
  'is cut off after it took it',
  'hangs after it took it',
  'takes it after the timeout',
  'says nothing that can be read',
] as const;

function ses(action: string, result: string): Answer {
  const body = `<${action}Response xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`;
  return { statusCode: 200, headers: { 'content-type': 'text/xml' }, body: bytes(body) };
}

function refusal(statusCode: number, code: string): Answer {
  const body = `<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>${code}</Code><Message>No.</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
  return { statusCode, headers: { 'content-type': 'text/xml' }, body: bytes(body) };
}
