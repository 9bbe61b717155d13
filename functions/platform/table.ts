import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  TransactionCanceledException,
  TransactionConflictException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { invalid } from './faults.ts';
import { DUE_INDEX, FRIEND_INDEX, type Key } from './keys.ts';

export type Item = Record<string, unknown>;

/**
 * Values of an expression, by name: `{ s: 'sent' }` stands for `:s`. Names are written `#name` in expressions and
 * stand for the attribute of that name.
 */
export type Values = Record<string, unknown>;

export interface Range {
  pk: string;
  prefix: string;
  index?: string;
}

export interface QueryOptions {
  limit?: number;
  /** From an earlier page; one that was not is an `invalid` fault. */
  cursor?: string | undefined;
  newestFirst?: boolean;
  filter?: string;
  /** Attributes that are wanted, as `#name, …`; all if not said. The keys always come. */
  only?: string;
  values?: Values;
}

/** One write of a transaction. `if` is the condition; a `check` writes nothing. */
export type Write =
  | { put: Item & Key; if?: string; values?: Values }
  | { update: Key; set: string; if?: string; values?: Values }
  | { delete: Key; if?: string; values?: Values }
  | { check: Key; if: string; values?: Values };

/** Which writes' conditions failed, by their place in the list; empty: all was written. */
export type Failed = number[];

/** Other writers hold an item for some milliseconds; this many rounds outlast any crowd a person can make. */
const CONFLICT_TRIES = 8;
const PAGE = 100;

const INDEX_KEYS: Record<string, [string, string]> = {
  [DUE_INDEX]: ['duePk', 'dueSk'],
  [FRIEND_INDEX]: ['friendPk', 'friendSk'],
};

/** `#name` placeholders of these expressions, each for the attribute of that name. */
function names(...expressions: (string | undefined)[]): Record<string, string> | undefined {
  const found = expressions.flatMap((text) => text?.match(/#\w+/g) ?? []);
  return found.length ? Object.fromEntries(found.map((name) => [name, name.slice(1)])) : undefined;
}

function bound(values: Values | undefined): Item | undefined {
  const entries = Object.entries(values ?? {}).map(([name, value]) => [`:${name}`, value]);
  return entries.length ? Object.fromEntries(entries) : undefined;
}

/** Expressions as the SDK wants them, without the keys that are not needed (DynamoDB refuses empty ones). */
function expression(parts: Record<string, string | undefined>, values: Values | undefined): Item {
  const attributeNames = names(...Object.values(parts));
  const attributeValues = bound(values);
  return {
    ...Object.fromEntries(Object.entries(parts).filter(([, text]) => text !== undefined)),
    ...(attributeNames && { ExpressionAttributeNames: attributeNames }),
    ...(attributeValues && { ExpressionAttributeValues: attributeValues }),
  };
}

function isFailedCondition(error: unknown): boolean {
  return error instanceof ConditionalCheckFailedException;
}

function encodeCursor(sk: string): string {
  return Buffer.from(sk).toString('base64url');
}

/** A cursor carries only the sort key, and the partition is the reader's own: it cannot reach elsewhere. */
function decodeCursor(cursor: string, range: Range): string {
  const sk = Buffer.from(cursor, 'base64url').toString();
  if (!sk.startsWith(range.prefix) || sk.length > 300) {
    throw invalid('/cursor', 'The cursor is not one of this list. Start again without it.');
  }
  return sk;
}

/**
 * The single table. A failed condition is an answer (`false`, `null`, a list), never an exception; a transaction
 * conflict is retried, never read as a failed condition.
 */
export class Table {
  readonly name: string;
  readonly #client: DynamoDBDocumentClient;

  constructor(name: string, client: DynamoDBClient) {
    this.name = name;
    this.#client = DynamoDBDocumentClient.from(client, {
      marshallOptions: { removeUndefinedValues: true },
    });
  }

  async get(key: Key, options: { consistent?: boolean } = {}): Promise<Item | undefined> {
    const answer = await this.#client.send(
      new GetCommand({ TableName: this.name, Key: key, ConsistentRead: options.consistent ?? true }),
    );
    return answer.Item;
  }

  /** Several items in one request, in the order of the keys; each as `get` finds it. At most 100 keys. */
  async getMany(wanted: Key[]): Promise<(Item | undefined)[]> {
    const found = new Map<string, Item>();
    let left: Item[] = wanted.map((key) => ({ ...key }));
    for (let round = 1; ; round++) {
      const answer = await this.#client.send(
        new BatchGetCommand({ RequestItems: { [this.name]: { Keys: left, ConsistentRead: true } } }),
      );
      for (const item of answer.Responses?.[this.name] ?? []) found.set(`${item.pk} ${item.sk}`, item);
      left = answer.UnprocessedKeys?.[this.name]?.Keys ?? [];
      if (left.length === 0) return wanted.map(({ pk, sk }) => found.get(`${pk} ${sk}`));
      if (round === CONFLICT_TRIES) throw new Error('The table did not answer for every key.');
      await pause(round);
    }
  }

  /** False: the condition does not hold, and nothing was written. */
  async put(item: Item & Key, condition?: string, values?: Values): Promise<boolean> {
    const command = new PutCommand({
      TableName: this.name,
      Item: item,
      ...expression({ ConditionExpression: condition }, values),
    });
    return (await this.#try(() => this.#client.send(command))) !== null;
  }

  /** The item after the update; null: the condition does not hold. */
  async update(key: Key, set: string, values?: Values, condition?: string): Promise<Item | null> {
    const command = new UpdateCommand({
      TableName: this.name,
      Key: key,
      ReturnValues: 'ALL_NEW',
      ...expression({ UpdateExpression: set, ConditionExpression: condition }, values),
    });
    const answer = await this.#try(() => this.#client.send(command));
    return answer === null ? null : (answer.Attributes ?? {});
  }

  /** The item that was there; null: there was none, or the condition does not hold. */
  async delete(key: Key, condition?: string, values?: Values): Promise<Item | null> {
    const command = new DeleteCommand({
      TableName: this.name,
      Key: key,
      ReturnValues: 'ALL_OLD',
      ...expression({ ConditionExpression: condition }, values),
    });
    const answer = await this.#try(() => this.#client.send(command));
    return answer?.Attributes ?? null;
  }

  /** One page of a range, in order of the sort key; `cursor` is there while there may be more. */
  async query(range: Range, options: QueryOptions = {}): Promise<{ items: Item[]; cursor?: string }> {
    const [pk, sk] = (range.index && INDEX_KEYS[range.index]) || ['pk', 'sk'];
    const limit = options.limit ?? PAGE;
    const items: Item[] = [];
    let start: string | undefined =
      options.cursor === undefined ? undefined : decodeCursor(options.cursor, range);
    do {
      // A filter is applied after the limit: more is read than is asked for, and what is too much is for the next page.
      const answer = await this.#client.send(
        new QueryCommand({
          TableName: this.name,
          IndexName: range.index,
          Limit: options.filter ? Math.max(limit, PAGE) : limit - items.length,
          ScanIndexForward: !options.newestFirst,
          ConsistentRead: range.index === undefined,
          ExclusiveStartKey: start === undefined ? undefined : this.#startKey(range, start),
          ...expression(
            {
              KeyConditionExpression: `#${pk} = :rangePk AND begins_with(#${sk}, :rangePrefix)`,
              FilterExpression: options.filter,
              ProjectionExpression: options.only && `#${pk}, #${sk}, ${options.only}`,
            },
            { ...options.values, rangePk: range.pk, rangePrefix: range.prefix },
          ),
        }),
      );
      const found = answer.Items ?? [];
      const room = limit - items.length;
      items.push(...found.slice(0, room));
      start = (found.length > room ? found[room - 1] : answer.LastEvaluatedKey)?.[sk];
    } while (start !== undefined && items.length < limit);
    return { items, ...(start !== undefined && { cursor: encodeCursor(start) }) };
  }

  /** Every item of a range; for ranges whose size is a person's (friends), or to walk in parts (`pages`). */
  async all(range: Range, options: Omit<QueryOptions, 'cursor' | 'limit'> = {}): Promise<Item[]> {
    const items: Item[] = [];
    for await (const page of this.pages(range, { ...options, limit: 1000 })) items.push(...page);
    return items;
  }

  async *pages(range: Range, options: Omit<QueryOptions, 'cursor'> = {}): AsyncGenerator<Item[]> {
    let cursor: string | undefined;
    do {
      const page = await this.query(range, { ...options, cursor });
      yield page.items;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }

  /** What is due by `until` (an instant) in one shard of the due index, earliest first. */
  async due(duePk: string, until: string, limit: number): Promise<Item[]> {
    const answer = await this.#client.send(
      new QueryCommand({
        TableName: this.name,
        IndexName: DUE_INDEX,
        Limit: limit,
        KeyConditionExpression: 'duePk = :pk AND dueSk <= :until',
        // `~` sorts after every character of an id: the whole instant is included.
        ExpressionAttributeValues: { ':pk': duePk, ':until': `${until}#~` },
      }),
    );
    return answer.Items ?? [];
  }

  /** All or nothing. At most 100 writes. */
  async transact(writes: Write[]): Promise<Failed> {
    for (let round = 1; ; round++) {
      try {
        await this.#client.send(
          new TransactWriteCommand({ TransactItems: writes.map((write) => this.#operation(write)) }),
        );
        return [];
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code);
        const failed = codes.flatMap((code, place) => (code === 'ConditionalCheckFailed' ? [place] : []));
        // With a conflict beside it, a failed condition is still an answer: it was evaluated on what is stored.
        if (failed.length > 0) return failed;
        const passing = codes.every((code) => PASSING.has(code ?? 'None'));
        if (!passing || round === CONFLICT_TRIES) throw error;
        await pause(round);
      }
    }
  }

  /** Makes the table as the stack would; for the local runner and tests. */
  static async create(name: string, client: DynamoDBClient): Promise<Table> {
    const strings = ['pk', 'sk', 'duePk', 'dueSk', 'friendPk', 'friendSk'];
    try {
      await client.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: strings.map((attribute) => ({
            AttributeName: attribute,
            AttributeType: 'S',
          })),
          KeySchema: keySchema('pk', 'sk'),
          GlobalSecondaryIndexes: indexes.map((index) => ({
            IndexName: index.name,
            KeySchema: keySchema(index.pk, index.sk),
            Projection: index.include
              ? { ProjectionType: 'INCLUDE', NonKeyAttributes: index.include }
              : { ProjectionType: 'ALL' },
          })),
        }),
      );
      await waitUntilTableExists(
        { client, maxWaitTime: 30, minDelay: 0.05, maxDelay: 1 },
        { TableName: name },
      );
    } catch (error) {
      if (!(error instanceof ResourceInUseException)) throw error;
    }
    return new Table(name, client);
  }

  #startKey(range: Range, sortKey: string): Item {
    if (range.index === undefined) return { pk: range.pk, sk: sortKey };
    // The friend index's partition starts with the table's own: `USER#…#FRIEND#…`.
    const pk = range.pk.split('#').slice(0, 2).join('#');
    return { pk, sk: sortKey, friendPk: range.pk, friendSk: sortKey };
  }

  #operation(write: Write) {
    const TableName = this.name;
    if ('put' in write) {
      const parts = expression({ ConditionExpression: write.if }, write.values);
      return { Put: { TableName, Item: write.put, ...parts } };
    }
    if ('update' in write) {
      const parts = expression({ UpdateExpression: write.set, ConditionExpression: write.if }, write.values);
      return { Update: { TableName, Key: write.update, UpdateExpression: write.set, ...parts } };
    }
    if ('delete' in write) {
      const parts = expression({ ConditionExpression: write.if }, write.values);
      return { Delete: { TableName, Key: write.delete, ...parts } };
    }
    const parts = expression({ ConditionExpression: write.if }, write.values);
    return { ConditionCheck: { TableName, Key: write.check, ConditionExpression: write.if, ...parts } };
  }

  async #try<Answer>(send: () => Promise<Answer>): Promise<Answer | null> {
    for (let round = 1; ; round++) {
      try {
        return await send();
      } catch (error) {
        if (isFailedCondition(error)) return null;
        if (!(error instanceof TransactionConflictException) || round === CONFLICT_TRIES) throw error;
        await pause(round);
      }
    }
  }
}

/** Reasons of a cancelled transaction that pass by themselves. */
const PASSING = new Set(['None', 'TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/** Full jitter: writers in each other's way must not meet again. */
function pause(round: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** round));
}

function keySchema(hash: string, range: string) {
  return [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
}

/** The indexes, for whoever makes the table: here and in the stack. */
export const indexes: { name: string; pk: string; sk: string; include?: string[] }[] = [
  { name: DUE_INDEX, pk: 'duePk', sk: 'dueSk', include: ['work', 'tries', 'sendAt'] },
  { name: FRIEND_INDEX, pk: 'friendPk', sk: 'friendSk' },
];

/** The stored item without what only the table needs. */
export function plain(item: Item): Item {
  const { pk, sk, friendPk, friendSk, duePk, dueSk, work, tries, ...rest } = item;
  return rest;
}
