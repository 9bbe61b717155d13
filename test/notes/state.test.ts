import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NoteState } from '../../functions/notes/note.ts';
import { type NoteEvent, next } from '../../functions/notes/state.ts';

/**
 * A note's whole life. Down: the state it is in; across: what happens. `.` means that it cannot happen there.
 * The letters: d(raft) s(cheduled) S(ending) t (sent) D(elivered) b(ounced) c(omplained) f(ailed) u(ncertain)
 * x (cancelled) h(eld).
 */
const TABLE = `
            seal edit cancel claim accepted not-sent refused hold unsure send-again arrived sent-myself move delivery bounce complaint reject
draft       s    d    x      .     .        .        .       .    .      .          .       t           .    .        .      .         .
scheduled   s    s    x      S     t        .        .       h    .      .          .       t           s    D        b      c         f
sending     .    .    .      .     t        s        f       h    u      .          .       .           .    D        b      c         f
sent        .    .    .      .     .        .        .       .    .      .          .       .           .    D        b      c         f
delivered   .    .    .      .     .        .        .       .    .      .          .       .           .    .        b      c         .
bounced     .    .    .      .     .        .        .       .    .      s          .       t           .    .        .      c         .
complained  .    .    .      .     .        .        .       .    .      .          .       .           .    .        .      .         .
failed      .    .    x      .     .        .        .       .    .      s          .       t           .    .        .      .         .
uncertain   .    .    .      .     t        .        .       .    .      s          D       .           .    D        b      c         f
cancelled   .    .    .      .     .        .        .       .    .      .          .       .           .    .        .      .         .
held        s    h    x      .     t        .        .       .    .      s          .       t           .    D        b      c         .
`;

const LETTERS: Record<string, NoteState | null> = {
  '.': null,
  d: 'draft',
  s: 'scheduled',
  S: 'sending',
  t: 'sent',
  D: 'delivered',
  b: 'bounced',
  c: 'complained',
  f: 'failed',
  u: 'uncertain',
  x: 'cancelled',
  h: 'held',
};

const [head = [], ...rows] = TABLE.trim()
  .split('\n')
  .map((row) => row.trim().split(/\s+/));
const EVENTS = head as NoteEvent[];

describe('a note that is', () => {
  test.each(rows)('%s', (state, ...letters) => {
    const expected = Object.fromEntries(EVENTS.map((event, n) => [event, LETTERS[letters[n] ?? '']]));
    const found = Object.fromEntries(EVENTS.map((event) => [event, next(state as NoteState, event)]));
    expect(found).toEqual(expected);
  });

  test('in any state at all is in the table', () => {
    expect(rows.map(([state]) => state)).toEqual(NoteState.options);
  });
});

describe('whatever happens', () => {
  const anyEvents = fc.array(fc.constantFrom(...EVENTS), { maxLength: 40 });
  /** Every state on the way. */
  function live(events: NoteEvent[], start: NoteState): NoteState[] {
    const states = [start];
    let state = start;
    for (const event of events) {
      state = next(state, event) ?? state;
      states.push(state);
    }
    return states;
  }

  test('SES is asked only after a claim, and a claim only finds a scheduled note', () => {
    expect(NoteState.options.filter((state) => next(state, 'claim') !== null)).toEqual(['scheduled']);
    expect(
      EVENTS.filter((event) => NoteState.options.some((state) => next(state, event) === 'sending')),
    ).toEqual(['claim']);
  });

  test('from uncertain to another claim it takes the user', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const withoutUser = events.filter((event) => event !== 'send-again');
        expect(live(withoutUser, 'uncertain').includes('sending')).toBe(false);
      }),
    );
  });

  test('what left for good never leaves again by itself, and what was cancelled not at all', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        for (const state of ['sent', 'delivered', 'complained', 'cancelled'] as const) {
          const later = live(
            events.filter((event) => event !== 'send-again'),
            state,
          );
          expect(later.includes('sending') || later.includes('scheduled')).toBe(false);
        }
        expect(new Set(live(events, 'cancelled'))).toEqual(new Set(['cancelled']));
      }),
    );
  });

  test('the news of one mail lead to the same state in any order, any number of times', () => {
    const news = fc.array(
      fc.constantFrom('accepted' as const, 'delivery' as const, 'bounce' as const, 'complaint' as const),
      { minLength: 1, maxLength: 6 },
    );
    const order = ['accepted', 'delivery', 'bounce', 'complaint'];
    const states = ['sent', 'delivered', 'bounced', 'complained'];
    fc.assert(
      fc.property(
        news,
        fc.constantFrom('scheduled' as const, 'sending' as const, 'uncertain' as const),
        (events, from) => {
          const latest = Math.max(...events.map((event) => order.indexOf(event)));
          expect(live(events, from).at(-1)).toBe(states[latest]);
        },
      ),
    );
  });
});
