import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { settle } from '../../functions/notes/queue.ts';
import type { Ground } from '../../functions/platform/ground.ts';
import type { Mail, Mailer } from '../../functions/platform/mailer.ts';
import type { Asked, StoredItem } from './wire.ts';
import { type Bug, openPlace, type Place, simulate } from './world.ts';

/** Runs that a bug may hide in before the simulation is called blind to it. */
const SEEDS = 100;

let place: Place;
beforeAll(async () => {
  place = await openPlace(inject('databaseEndpoint'));
});
afterAll(() => place.close());

/** The first seed under which the bug breaks this invariant. */
async function found(bug: Bug, invariant: string): Promise<number | null> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violations } = await simulate(place, seed, { bug });
    if (violations.some((one) => one.startsWith(`${invariant}:`))) return seed;
  }
  return null;
}

const isNote = (item: StoredItem | undefined) => item?.sk?.S?.startsWith('NOTE#') === true;

/** A write whose condition is not sent along. */
function unconditional<Write extends object>(write: Write): Write {
  const { ConditionExpression: _condition, ...rest } = write as Write & { ConditionExpression?: string };
  return withoutUnused(rest as unknown as Asked) as unknown as Write;
}

/** DynamoDB refuses names and values that no expression has. */
function withoutUnused(write: Asked): Asked {
  const expressions = [write.UpdateExpression, write.ConditionExpression].join(' ');
  const used = (values: object | undefined) => {
    const kept = Object.entries(values ?? {}).filter(([name]) => new RegExp(`${name}\\b`).test(expressions));
    return kept.length > 0 ? Object.fromEntries(kept) : undefined;
  };
  const { ExpressionAttributeNames, ExpressionAttributeValues, ...rest } = write;
  const [names, values] = [used(ExpressionAttributeNames as object), used(ExpressionAttributeValues)];
  return {
    ...rest,
    ...(names && { ExpressionAttributeNames: names }),
    ...(values && { ExpressionAttributeValues: values as StoredItem }),
  };
}

/** The claim's transaction, with some of its conditions gone. */
const claimWithout = (isGone: (key: StoredItem | undefined) => boolean): Bug => ({
  request: (_operation, asked) => {
    if (!asked.TransactItems?.some(({ Put }) => isNote(Put?.Item))) return asked;
    const TransactItems = asked.TransactItems.flatMap((one) => {
      const [[kind, write]] = Object.entries(one) as [[string, Asked]];
      if (!isGone(write.Key ?? write.Item)) return [one];
      // A check is nothing but its condition.
      return kind === 'ConditionCheck' ? [] : [{ [kind]: unconditional(write) }];
    });
    return { ...asked, TransactItems };
  },
});

/** A mailer that does something else. */
const mailer = (ask: (ground: Ground, mail: Mail) => ReturnType<Mailer['send']>): Bug => ({
  ground: (ground) => ({
    ...ground,
    mailer: {
      send: (mail: Mail) => ask(ground, mail),
      quota: () => ground.mailer.quota(),
    } as unknown as Mailer,
  }),
});

const bugs: [name: string, breaks: string, bug: Bug][] = [
  ['a claim without its condition', 'once', claimWithout(isNote)],
  [
    'a settle before the send',
    'true',
    mailer(async (ground, mail) => {
      await settle(ground, mail.tags.user ?? '', mail.tags.note ?? '', 'accepted');
      return ground.mailer.send(mail);
    }),
  ],
  [
    'a lease that never ends',
    'rest',
    {
      request: (operation, asked) => {
        const { ':next': next, ':until': until } = asked.ExpressionAttributeValues ?? {};
        if (operation !== 'UpdateItem' || !next?.S || !until?.S) return asked;
        const never = '2999-01-01T00:00:00.000Z';
        const ExpressionAttributeValues = {
          ...asked.ExpressionAttributeValues,
          ':next': { S: next.S.replace(until.S, never) },
          ':until': { S: never },
        };
        return { ...asked, ExpressionAttributeValues };
      },
    },
  ],
  [
    'a doubt that is read as a no',
    'not lost',
    mailer(async (ground, mail) => {
      const sent = await ground.mailer.send(mail);
      return sent.outcome === 'unknown' ? { outcome: 'not-sent', cause: sent.cause } : sent;
    }),
  ],
];

describe('a bug that is planted is found', () => {
  test.each(bugs)(
    '%s: by "%s"',
    async (_name, breaks, bug) => {
      const seed = await found(bug, breaks);
      expect(seed).not.toBeNull();
    },
    240_000,
  );
});
