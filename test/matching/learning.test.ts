import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Interest } from '../../functions/friends/friend.ts';
import { HALF_LIFE, isFelt, LEAST, learn, MOST, weightOf } from '../../functions/matching/learning.ts';
import {
  type Answer,
  Said,
  type Step,
  type Suggestion,
  stepped,
} from '../../functions/matching/suggestion.ts';

const NOW = new Date('2026-11-23T12:00:00.000Z');
const instant = (daysAgo: number) => new Date(NOW.getTime() - daysAgo * 86_400_000).toISOString();
const later = (days: number) => new Date(NOW.getTime() + days * 86_400_000);

const interest = (id: string): Interest => ({ id, text: id, kind: 'topic', addedAt: instant(900) });
const grace = { interests: [interest('int_run'), interest('int_violin')] };

let articles = 0;
function answered(said: Said, interestId: string, daysAgo: number): { articleId: string; answer: Answer } {
  return { articleId: `art_${++articles}`, answer: { said, interestId, at: instant(daysAgo) } };
}

describe('what answers say of an interest', () => {
  test('nothing where nothing was said', () => {
    expect(learn([], grace)).toEqual({});
    expect(learn([{ articleId: 'art_0' }], grace)).toEqual({});
    expect(weightOf(undefined, NOW)).toBe(0);
  });

  test('letters raise it, what was set aside lowers it, and each is counted', () => {
    const answers = [
      answered('accepted', 'int_run', 3),
      answered('thanks', 'int_run', 2),
      answered('not-interest', 'int_violin', 3),
      answered('not-friend', 'int_violin', 2),
      answered('accepted', 'int_violin', 1),
    ];
    const { int_run, int_violin } = learn(answers, grace);
    expect(int_run).toMatchObject({ accepted: 2, dismissed: 0, at: instant(2) });
    expect(int_violin).toMatchObject({ accepted: 1, dismissed: 2, at: instant(1) });
    expect(weightOf(int_run, NOW)).toBeGreaterThan(0.3);
    expect(weightOf(int_violin, NOW)).toBeLessThan(-0.5);
  });

  test.each<[Said, Said]>([
    ['not-interest', 'not-friend'],
    ['not-my-thing', 'not-friend'],
    ['not-friend', 'accepted'],
    ['accepted', 'thanks'],
  ])('%s says less good of it than %s', (worse, better) => {
    const weight = (said: Said) => weightOf(learn([answered(said, 'int_run', 0)], grace).int_run, NOW);
    expect(weight(worse)).toBeLessThan(weight(better));
  });

  test('half of it is left after a season', () => {
    const { int_run } = learn([answered('not-friend', 'int_run', 0)], grace);
    const now = weightOf(int_run, NOW);
    const then = weightOf(int_run, new Date(NOW.getTime() + HALF_LIFE));
    // Not to the digit: a weight is bent towards its bound.
    expect(then / now).toBeCloseTo(0.5, 1);
    expect(isFelt(int_run, NOW)).toBe(true);
    expect(isFelt(int_run, later(400))).toBe(false);
  });

  test('only of the friend’s own interests as they are today', () => {
    expect(learn([answered('accepted', 'int_somebody_elses', 1)], grace)).toEqual({});
  });

  test('of an interest that was merged counts for the one that stayed', () => {
    const merged = { ...grace, merged: { int_running: 'int_run' } };
    const answers = [answered('accepted', 'int_running', 2), answered('accepted', 'int_run', 1)];
    expect(learn(answers, merged)).toMatchObject({ int_run: { accepted: 2 } });
  });

  test('does not count up to the instant it was forgotten, and after it counts again', () => {
    const answers = [answered('not-interest', 'int_run', 5), answered('accepted', 'int_run', 1)];
    expect(learn(answers, { ...grace, forgotten: { int_run: instant(5) } }).int_run).toMatchObject({
      accepted: 1,
      dismissed: 0,
    });
    expect(learn(answers, { ...grace, forgotten: { int_run: instant(0) } })).toEqual({});
    expect(learn(answers, { ...grace, forgotten: {} })).toEqual(learn(answers, grace));
  });
});

const saids = fc.constantFrom(...Said.options);
const answers = fc.array(
  fc.record({ said: saids, interestId: fc.constantFrom('int_run', 'int_violin'), daysAgo: fc.nat(1500) }),
  { maxLength: 60 },
);
const given = (all: { said: Said; interestId: string; daysAgo: number }[]) =>
  all.map(({ said, interestId, daysAgo }) => answered(said, interestId, daysAgo));

describe('whatever was answered', () => {
  test('the weight is bounded, and fades to nothing', () => {
    fc.assert(
      fc.property(answers, fc.nat(2000), (all, days) => {
        for (const learned of Object.values(learn(given(all), grace))) {
          const weight = weightOf(learned, later(days));
          expect(weight).toBeGreaterThanOrEqual(LEAST);
          expect(weight).toBeLessThanOrEqual(MOST);
          expect(Math.abs(weightOf(learned, later(days + 90)))).toBeLessThanOrEqual(Math.abs(weight));
          expect(weightOf(learned, later(40_000))).toBeCloseTo(0, 10);
        }
      }),
    );
  });

  test('its order does not matter', () => {
    fc.assert(
      fc.property(
        answers.chain((all) => {
          const each = given(all);
          return fc.tuple(fc.constant(each), fc.shuffledSubarray(each, { minLength: each.length }));
        }),
        ([inOrder, shuffled]) => {
          expect(learn(shuffled, grace)).toEqual(learn(inOrder, grace));
        },
      ),
    );
  });

  test('one more of the same kind never turns the other way', () => {
    fc.assert(
      fc.property(answers, saids, (all, said) => {
        const [before, more] = [given(all), answered(said, 'int_run', 0)];
        const change =
          weightOf(learn([...before, more], grace).int_run, NOW) -
          weightOf(learn(before, grace).int_run, NOW);
        const isGood = said === 'accepted' || said === 'thanks';
        // Near its bound a weight may stand still.
        if (isGood) expect(change).toBeGreaterThanOrEqual(0);
        else expect(change).toBeLessThanOrEqual(0);
      }),
    );
  });

  test('taken back, everything is exactly as before', () => {
    const seen: Suggestion = {
      articleId: 'art_one',
      friendId: 'frd_1',
      score: 0.9,
      reasons: [{ interestId: 'int_run', interest: 'running', kind: 'topic', evidence: 'run' }],
      state: 'open',
      createdAt: instant(1),
    };
    const steps = [
      ['not-friend', 'undo'],
      ['not-interest', 'undo'],
      ['accepted', 'unwritten'],
    ] as const;
    fc.assert(
      fc.property(answers, fc.constantFrom(...steps), (all, [step, back]) => {
        const others = given(all);
        const said = { ...seen, ...stepped(seen, step, instant(0), 'int_run') };
        expect(learn([...others, said], grace)).not.toEqual(learn(others, grace));
        const undone = stepped(said, back, instant(0));
        expect(undone).toEqual({ state: 'open' });
        expect(learn([...others, { articleId: seen.articleId, ...undone }], grace)).toEqual(
          learn(others, grace),
        );
      }),
    );
  });
});

describe('a step', () => {
  const open: Suggestion = {
    articleId: 'art_1',
    friendId: 'frd_1',
    score: 0.9,
    reasons: [
      { interestId: 'int_run', interest: 'running', kind: 'topic', evidence: 'run' },
      { interestId: 'int_violin', interest: 'violin', kind: 'topic', evidence: 'bow' },
    ],
    state: 'open',
    createdAt: instant(1),
  };
  const reached = (first: Step, second?: Step): Suggestion => {
    const once = { ...open, ...stepped(open, first, instant(0)) };
    return second ? { ...once, ...stepped(once, second, instant(0)) } : once;
  };

  test('is about the leading reason, unless one is named', () => {
    expect(stepped(open, 'not-friend', instant(0))?.answer?.interestId).toBe('int_run');
    expect(stepped(open, 'not-interest', instant(0), 'int_violin')?.answer).toEqual({
      said: 'not-interest',
      interestId: 'int_violin',
      at: instant(0),
    });
    expect(stepped({ ...open, reasons: [] }, 'accepted', instant(0))?.answer).toEqual({
      said: 'accepted',
      at: instant(0),
    });
  });

  test('taken twice is taken once, at the first hour', () => {
    for (const said of Said.options) {
      const once = { ...open, ...stepped(open, said, instant(3)) };
      expect(stepped(once, said, instant(0))).toEqual({ state: once.state, answer: once.answer });
    }
  });

  test('cannot set aside what was written about, nor take the friend’s own word away', () => {
    const written = reached('accepted');
    for (const step of ['not-friend', 'not-interest', 'later', 'undo'] as const) {
      expect(stepped(written, step, instant(0))).toBeNull();
    }
    for (const word of ['thanks', 'not-my-thing'] as const) {
      const told = reached('accepted', word);
      expect(stepped(told, 'unwritten', instant(0))).toBeNull();
      expect(stepped(told, 'accepted', instant(0))).toEqual({ state: 'written', answer: told.answer });
    }
  });

  test('“not my thing” keeps the article away for good', () => {
    const refused = reached('not-my-thing');
    for (const step of ['not-friend', 'later', 'undo', 'unwritten', 'accepted'] as const) {
      expect({ ...refused, ...stepped(refused, step, instant(0)) }.state).toBe('written');
    }
  });

  test('“later” says nothing of an interest', () => {
    expect(stepped(open, 'later', instant(0))).toEqual({ state: 'later' });
    expect(stepped(reached('not-friend'), 'later', instant(0))).toEqual({ state: 'later' });
  });
});
