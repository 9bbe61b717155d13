import type { NoteState } from '../../functions/notes/note.ts';

/** A note as the database held it from one write to the next. */
export interface Seen {
  state: NoteState;
  version: number;
  sendAt?: string | undefined;
  dueAt?: string | undefined;
  because?: string | undefined;
  sentMyself: boolean;
}

/** One time that a note was claimed. */
export interface Claim {
  note: string;
  attempt: string;
  /** How often the user had sent the note again by then, not knowing, or after it came back. */
  round: number;
  user: string;
  friend: string;
  to: string;
  article?: string | undefined;
  /** As the claim's caps counted it: `ada 2026-11-23`. */
  userDay: string;
  addressDay: string;
  /** How long after the note's moment it was, by the clock of who claimed (milliseconds). */
  afterMoment: number;
}

/** What happened, in order. */
export type Fact =
  | { kind: 'stored'; note: string; before: Seen | null; after: Seen | null; round: number }
  | { kind: 'claimed'; claim: Claim }
  /** SES took the mail; `passedOn`: and did not find later that it will not pass it on; `arrives`: nor does it come back. */
  | {
      kind: 'accepted';
      mail: string;
      claim: Claim;
      to: string;
      words: string;
      passedOn: boolean;
      arrives: boolean;
    }
  /** Somebody asked for something. Edits say the words, all else about an address, a friend or a note. */
  | {
      kind: 'asked';
      act: number;
      what: What;
      note?: string;
      mail?: string;
      words?: string;
      user?: string;
      address?: string;
      friend?: string;
    }
  /** They were told that it was done. */
  | { kind: 'answered'; act: number }
  /** The user's letters wait from here on. */
  | { kind: 'paused'; user: string };

export type What =
  | 'write'
  | 'edit'
  | 'cancel'
  | 'stop'
  | 'bad news'
  | 'delete friend'
  | 'change address'
  | 'arrived'
  | 'reject'
  | 'other';

type Of<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>;

export interface History {
  facts: Fact[];
  caps: { userDay: number; addressDay: number };
  /** How each note ended. */
  notes: Map<string, Seen | null>;
  /** Addresses that nobody writes to any more, as the ledger says at the end. */
  stopped: Set<string>;
}

const SETTLED: NoteState[] = ['sent', 'delivered', 'bounced', 'complained'];

/** Facts of a kind with their place in the history. */
function of<Kind extends Fact['kind']>(history: History, kind: Kind): [number, Of<Kind>][] {
  return history.facts.flatMap((fact, place) => (fact.kind === kind ? [[place, fact as Of<Kind>]] : []));
}

/** Mails that SES took and passed on, with the place of their claim. */
function mails(history: History) {
  const claimed = new Map(of(history, 'claimed').map(([place, { claim }]) => [claim.attempt, place]));
  return of(history, 'accepted')
    .filter(([, mail]) => mail.passedOn)
    .map(([place, mail]) => ({ ...mail, place, claimedAt: claimed.get(mail.claim.attempt) ?? place }));
}

/** What was asked for, when, and when it was answered; Infinity: never. */
function acts(history: History) {
  const answered = new Map(of(history, 'answered').map(([place, { act }]) => [act, place]));
  return of(history, 'asked').map(([place, asked]) => ({
    ...asked,
    from: place,
    until: answered.get(asked.act) ?? Number.POSITIVE_INFINITY,
  }));
}

/** One sentence that must be true of every history, and what speaks against it. */
export interface Invariant {
  name: string;
  says: string;
  broken(history: History): string[];
}

export const invariants: Invariant[] = [
  {
    name: 'once',
    says: 'SES takes no note twice, unless its user sent it again in between, not knowing or after it came back.',
    broken(history) {
      const taken = new Map<string, number>();
      for (const { claim } of mails(history)) {
        const once = `${claim.note}, round ${claim.round}`;
        taken.set(once, (taken.get(once) ?? 0) + 1);
      }
      return [...taken]
        .filter(([, times]) => times > 1)
        .map(([once, times]) => `${once}: taken ${times} times`);
    },
  },
  {
    name: 'rest',
    says: 'Once faults stop every note comes to rest: none stays scheduled or sending.',
    broken: ({ notes }) =>
      [...notes].flatMap(([note, seen]) =>
        seen?.state === 'scheduled' || seen?.state === 'sending'
          ? [`${note} is ${seen.state}, due at ${seen.dueAt}`]
          : [],
      ),
  },
  {
    name: 'visible',
    says: 'A note that needs its user says why.',
    broken: ({ notes }) =>
      [...notes].flatMap(([note, seen]) =>
        (seen?.state === 'held' || seen?.state === 'failed') && !seen.because
          ? [`${note} is ${seen.state}`]
          : [],
      ),
  },
  {
    name: 'cancelled',
    says: 'Nothing of a note leaves after its cancel was acknowledged, nor has left since it was last given up for sent.',
    broken(history) {
      return acts(history)
        .filter(({ what, until }) => what === 'cancel' && Number.isFinite(until))
        .flatMap(({ note, until }) => {
          const [, stored] =
            of(history, 'stored').findLast(([place, fact]) => place < until && fact.note === note) ?? [];
          return mails(history)
            .filter(({ claim }) => claim.note === note && claim.round === stored?.round)
            .map(({ claim }) => `${note} was cancelled, and ${claim.attempt} was taken`);
        });
    },
  },
  {
    name: 'words',
    says: 'What leaves are the words of the last acknowledged edit before the claim, or of one under way since.',
    broken(history) {
      const edits = acts(history).filter(({ what }) => what === 'edit' || what === 'write');
      return mails(history).flatMap(({ claim, claimedAt, words }) => {
        const mine = edits.filter(({ note, from }) => note === claim.note && from < claimedAt);
        const lastAsked = Math.max(
          -1,
          ...mine.filter(({ until }) => until < claimedAt).map(({ from }) => from),
        );
        const allowed = mine.filter(({ until }) => until > lastAsked).map((edit) => edit.words);
        return allowed.includes(words)
          ? []
          : [`${claim.note} left with "${words}", not "${allowed.join('" or "')}"`];
      });
    },
  },
  {
    name: 'caps',
    says: 'No more notes of a user, or to an address, leave in a day (UTC, by the claim) than the caps allow.',
    broken(history) {
      const days = new Map<string, { cap: number; notes: Set<string> }>();
      for (const { claim } of mails(history)) {
        for (const [day, cap] of [
          [claim.userDay, history.caps.userDay],
          [claim.addressDay, history.caps.addressDay],
        ] as const) {
          const notes = days.get(day)?.notes ?? new Set();
          days.set(day, { cap, notes: notes.add(claim.note) });
        }
      }
      return [...days]
        .filter(([, { cap, notes }]) => notes.size > cap)
        .map(([day, { notes }]) => `${day}: ${[...notes]}`);
    },
  },
  {
    name: 'stopped',
    says: 'Nothing goes where its claim came after a stop was acknowledged: one the friend asked for, bad news of the address, the friend deleted or moved.',
    broken(history) {
      const stops = acts(history).filter(({ what }) =>
        ['stop', 'bad news', 'delete friend', 'change address'].includes(what),
      );
      return mails(history).flatMap(({ claim, claimedAt, to }) =>
        stops
          .filter(
            ({ until, user, address, friend }) =>
              until < claimedAt &&
              (user === undefined || user === claim.user) &&
              (address === undefined || address === to) &&
              (friend === undefined || friend === claim.friend),
          )
          .map(({ what }) => `${claim.note} went to ${to} after: ${what}`),
      );
    },
  },
  {
    name: 'suppressed',
    says: 'An address of which a hard bounce or a complaint was acknowledged is stopped for everyone.',
    broken: (history) =>
      acts(history).flatMap(({ what, until, address = '' }) =>
        what === 'bad news' && Number.isFinite(until) && !history.stopped.has(address) ? [address] : [],
      ),
  },
  {
    name: 'paused',
    says: "Nothing of a user is claimed after the user's letters were told to wait.",
    broken(history) {
      const pauses = of(history, 'paused');
      return of(history, 'claimed').flatMap(([place, { claim }]) =>
        pauses.some(([paused, { user }]) => paused < place && user === claim.user) ? [claim.note] : [],
      );
    },
  },
  {
    name: 'true',
    says: 'A note is said to be sent only if SES took it, or its user says so.',
    broken(history) {
      const arrived = acts(history).filter(({ what }) => what === 'arrived');
      return of(history, 'stored').flatMap(([place, { note, after, round }]) => {
        if (!after || !SETTLED.includes(after.state) || after.sentMyself) return [];
        // News of an earlier mail than the one the user sent again settle the note, too: the friend has it.
        const known =
          of(history, 'accepted').some(([at, { claim }]) => at < place && claim.note === note) ||
          arrived.some((act) => act.note === note && act.from < place);
        return known ? [] : [`${note}, round ${round}, is ${after.state}`];
      });
    },
  },
  {
    name: 'rejected',
    says: 'A note of which SES told that it passed on no mail is not said to be sent in the end.',
    broken(history) {
      const told = acts(history).filter(({ until }) => Number.isFinite(until));
      return [...history.notes].flatMap(([note, seen]) => {
        if (!seen || !SETTLED.includes(seen.state) || seen.sentMyself) return [];
        const taken = of(history, 'accepted').filter(([, { claim }]) => claim.note === note);
        const rejects = told.filter((act) => act.what === 'reject' && act.note === note);
        const arrived = acts(history).some((act) => act.what === 'arrived' && act.note === note);
        const none = taken.every(
          ([, mail]) => !mail.passedOn && rejects.some(({ mail: id }) => id === mail.mail),
        );
        return none && !arrived ? [`${note} is ${seen.state}`] : [];
      });
    },
  },
  {
    name: 'not lost',
    says: 'From when SES took a note until its user sends it again it is sending, uncertain, sent or later.',
    broken(history) {
      const taken = mails(history);
      return of(history, 'stored').flatMap(([place, { note, after, round }]) => {
        if (!after || !['scheduled', 'held', 'failed', 'cancelled', 'draft'].includes(after.state)) return [];
        const mine = taken.some(
          (mail) => mail.place < place && mail.claim.note === note && mail.claim.round === round,
        );
        return mine ? [`${note}, round ${round}, was taken and is ${after.state}`] : [];
      });
    },
  },
  {
    name: 'in time',
    says: 'Nothing is claimed before its moment, by the clock of who claims.',
    broken: (history) =>
      of(history, 'claimed').flatMap(([, { claim }]) =>
        claim.afterMoment < 0 ? [`${claim.note} was claimed ${-claim.afterMoment} ms early`] : [],
      ),
  },
  {
    name: 'article once',
    says: 'No two notes bring the same article to the same friend; a mail that came back brought nothing.',
    broken(history) {
      const carried = new Map<string, Set<string>>();
      for (const { claim, arrives } of mails(history)) {
        if (!claim.article || !arrives) continue;
        const pair = `${claim.article} to ${claim.friend}`;
        carried.set(pair, (carried.get(pair) ?? new Set()).add(claim.note));
      }
      return [...carried]
        .filter(([, notes]) => notes.size > 1)
        .map(([pair, notes]) => `${pair}: ${[...notes]}`);
    },
  },
];

/** What a history breaks: `once: note2, round 0: taken 2 times`. */
export function violations(history: History): string[] {
  return invariants.flatMap(({ name, broken }) => broken(history).map((what) => `${name}: ${what}`));
}
