import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { addUser, type Body, newFolder, type Service, startService, until } from './start.ts';

/** How a running service is ended, and how long after its last acknowledged note (milliseconds). */
export interface Kill {
  /** `tree`: everything at once; `group`: the database is left to its guard; `npm`: only who was started. */
  how: 'tree' | 'group' | 'npm';
  afterMs: number;
}

/** Written before each kill; due `UNDO` later, so that a kill may come before, among or after their sends. */
const NOTES = 6;
const UNDO_SECONDS = 0.4;
const LONGEST_MS = 900;
/** Between those that are written until the kill. */
const WRITE_MS = 20;
/** What is still open after this is not settled; it is not asked so often as to keep the service from its work. */
const SETTLED_WITHIN_MS = 60_000;
const LOOK_MS = 200;
const SETTINGS = {
  HALLWAY_UNDO_SECONDS: String(UNDO_SECONDS),
  HALLWAY_UNCERTAIN_SECONDS: '2',
  // Longer than a slow machine needs for a round's notes, or they would be said again and again.
  HALLWAY_LEASE_SECONDS: '3',
  HALLWAY_CAP_USER_DAY: '100000',
  HALLWAY_CAP_ADDRESS_DAY: '100000',
};

export function killsOf(seed: number, rounds: number): Kill[] {
  const kill = fc.record({
    how: fc.constantFrom('tree' as const, 'group' as const, 'npm' as const),
    afterMs: fc.noBias(fc.integer({ min: 0, max: LONGEST_MS })),
  });
  return fc.sample(kill, { seed, numRuns: rounds });
}

export interface Survived {
  /** Acknowledged. */
  notes: number;
  delivered: number;
  uncertain: number;
  /** Mails that had left when the kill came, in each round. */
  before: number[];
  /** Everything that must not be, in words. */
  wrong: string[];
}

/**
 * The whole service, killed in each round while notes fall due and others are still being written, and started again on
 * what it left. `onRound` hears of each kill.
 */
export async function surviveKills(
  kills: Kill[],
  onRound: (round: number, kill: Kill, mails: number) => void = () => undefined,
): Promise<Survived> {
  const dir = newFolder();
  const ada = await addUser(dir, 'ada@users.example', 'Ada Lovelace');
  let service = await startService({ dir, environment: SETTINGS });
  const api = () => service.as(ada.apiToken);
  const friend = await api().post('/friends', { name: 'Grace', email: 'grace@friends.example' });
  const article = await api().post('/articles', { url: 'https://wetfell.example/mud', title: 'Mud' });
  const mailsLeft = () => readdirSync(join(dir, 'mailbox')).filter((name) => name.endsWith('.json')).length;
  const acknowledged = new Set<string>();
  const wrong: string[] = [];
  const before: number[] = [];

  const write = async () => {
    const body = { friendId: friend.id, text: `Note ${acknowledged.size}`, moment: { kind: 'now' } };
    acknowledged.add((await api().post('/notes', body)).id);
  };
  for (const [round, kill] of kills.entries()) {
    for (let n = 0; n < NOTES; n++) await write();
    let isOver = false;
    const writing = (async () => {
      // Until the service is gone: these fall due while it is away, or when it is back.
      while (!isOver) {
        await write().catch(() => undefined);
        await sleep(WRITE_MS);
      }
    })();
    await sleep(kill.afterMs);
    before.push(mailsLeft());
    await end(service, kill.how);
    isOver = true;
    await writing;
    onRound(round, kill, before.at(-1) ?? 0);
    service = await startService({ dir, environment: SETTINGS });
    const there = new Set((await api().all('/notes')).map(({ id }: Body) => id));
    there.add((await api().get(`/friends/${friend.id}`)).id);
    there.add((await api().get(`/articles/${article.id}`)).id);
    for (const id of [...acknowledged, friend.id, article.id]) {
      if (!there.has(id)) wrong.push(`round ${round}: ${id} is lost`);
    }
  }

  const look = async () => {
    const [notes, mails] = [await api().all('/notes'), await service.mails()];
    const left = new Map<string, number>();
    for (const { tags } of mails) left.set(tags.note ?? '', (left.get(tags.note ?? '') ?? 0) + 1);
    return notes.map(({ id, state }: Body) => ({ id, state, times: left.get(id) ?? 0 }));
  };
  // News of a mail may come after its note became uncertain, and settles it.
  const isSettled = ({ state, times }: Awaited<ReturnType<typeof look>>[number]) =>
    (state === 'delivered' && times === 1) || (state === 'uncertain' && times === 0);
  const settled = async () => {
    await sleep(LOOK_MS);
    return (await look()).every(isSettled);
  };
  await until('every note is settled', settled, SETTLED_WITHIN_MS).catch(() => undefined);
  const notes = await look();
  for (const note of notes.filter((one) => !isSettled(one))) {
    wrong.push(`${note.id} is ${note.state} and left ${note.times} times`);
  }
  await service.stop();
  const count = (wanted: string) => notes.filter(({ state }) => state === wanted).length;
  return {
    notes: acknowledged.size,
    delivered: count('delivered'),
    uncertain: count('uncertain'),
    before,
    wrong,
  };
}

async function end(service: Service, how: Kill['how']): Promise<void> {
  if (how === 'tree') return service.killTree();
  service.signal('SIGKILL', how);
  if (how === 'group') await service.ended;
}
