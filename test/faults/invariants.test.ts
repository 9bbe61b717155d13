import { describe, expect, test } from 'vitest';
import type { NoteState } from '../../functions/notes/note.ts';
import { type Claim, type Fact, type History, invariants, type Seen, violations } from './invariants.ts';

function seen(state: NoteState, more: Partial<Seen> = {}): Seen {
  return { state, version: 2, sentMyself: false, ...more };
}

function claimOf(more: Partial<Claim> = {}): Claim {
  return {
    note: 'note1',
    attempt: 'attempt1',
    round: 0,
    user: 'ada',
    friend: "ada's grace",
    to: 'grace@friends.example',
    userDay: 'ada 2026-11-23',
    addressDay: 'grace@friends.example 2026-11-23',
    afterMoment: 1000,
    ...more,
  };
}

const written = (note = 'note1', act = 1): Fact[] => [
  { kind: 'asked', act, what: 'write', note, words: 'words-1' },
  { kind: 'answered', act },
];
const claimed = (claim = claimOf()): Fact => ({ kind: 'claimed', claim });
const accepted = (claim = claimOf(), more: { words?: string; passedOn?: boolean } = {}): Fact => ({
  kind: 'accepted',
  mail: '0100-1',
  claim,
  to: claim.to,
  words: 'words-1',
  passedOn: true,
  arrives: true,
  ...more,
});
const stored = (state: NoteState, round = 0, note = 'note1'): Fact => ({
  kind: 'stored',
  note,
  before: null,
  after: seen(state),
  round,
});
const sent = (claim = claimOf()): Fact[] => [
  claimed(claim),
  stored('sending'),
  accepted(claim),
  stored('sent'),
];

function historyOf(facts: Fact[], more: Partial<History> = {}): History {
  return {
    facts,
    caps: { userDay: 2, addressDay: 1 },
    notes: new Map([['note1', seen('sent')]]),
    stopped: new Set(),
    ...more,
  };
}

const good = [...written(), ...sent()];
const second = claimOf({ attempt: 'attempt2' });
const third = claimOf({ note: 'note2', attempt: 'attempt3' });

/** What breaks each of them, and nothing else that the same history does not break by it. */
const breaks: Record<string, History> = {
  once: historyOf([...good, claimed(second), accepted(second)]),
  rest: historyOf(good, { notes: new Map([['note1', seen('scheduled')]]) }),
  visible: historyOf(written(), { notes: new Map([['note1', seen('held')]]) }),
  cancelled: historyOf([
    ...written(),
    { kind: 'asked', act: 2, what: 'cancel', note: 'note1' },
    stored('cancelled'),
    { kind: 'answered', act: 2 },
    claimed(),
    accepted(),
  ]),
  words: historyOf([
    ...written(),
    { kind: 'asked', act: 2, what: 'edit', note: 'note1', words: 'words-2' },
    { kind: 'answered', act: 2 },
    ...sent(),
  ]),
  caps: historyOf([...good, ...written('note2', 2), claimed(third), accepted(third)]),
  stopped: historyOf([
    ...written(),
    { kind: 'asked', act: 2, what: 'stop', address: 'grace@friends.example' },
    { kind: 'answered', act: 2 },
    ...sent(),
  ]),
  suppressed: historyOf([
    ...good,
    { kind: 'asked', act: 2, what: 'bad news', address: 'grace@friends.example' },
    { kind: 'answered', act: 2 },
  ]),
  paused: historyOf([{ kind: 'paused', user: 'ada' }, ...good]),
  true: historyOf([...written(), claimed(), stored('sent'), accepted()]),
  rejected: historyOf([
    ...written(),
    claimed(),
    accepted(claimOf(), { passedOn: false }),
    { kind: 'asked', act: 2, what: 'reject', note: 'note1', mail: '0100-1' },
    { kind: 'answered', act: 2 },
    stored('sent'),
  ]),
  'not lost': historyOf([...good, stored('failed')]),
  'in time': historyOf([...written(), claimed(claimOf({ afterMoment: -1 })), accepted(), stored('sent')]),
  'article once': historyOf([
    ...written(),
    ...sent(claimOf({ article: "ada's article1" })),
    ...written('note2', 2),
    claimed({ ...third, article: "ada's article1", addressDay: 'another', userDay: 'another' }),
    accepted({ ...third, article: "ada's article1", addressDay: 'another', userDay: 'another' }),
  ]),
};

describe('an invariant', () => {
  test.each(invariants)('$name: $says', ({ name, broken }) => {
    expect(broken(historyOf(good))).toEqual([]);
    const history = breaks[name];
    if (!history) throw new Error('Nothing breaks it.');
    expect(broken(history)).toHaveLength(1);
  });
});

test('what somebody was not told was done may be or not', () => {
  const unanswered = (what: 'cancel' | 'stop' | 'edit'): Fact => ({
    kind: 'asked',
    act: 2,
    what,
    note: 'note1',
    words: 'words-2',
    address: 'grace@friends.example',
  });
  for (const what of ['cancel', 'stop', 'edit'] as const) {
    expect(violations(historyOf([...written(), unanswered(what), ...sent()]))).toEqual([]);
  }
});

test('a note that its user sends again, not knowing, may come twice', () => {
  const again = claimOf({ attempt: 'attempt2', round: 1 });
  const facts = [...good, stored('uncertain'), stored('scheduled', 1), claimed(again), accepted(again)];
  expect(violations(historyOf(facts))).toEqual([]);
});
