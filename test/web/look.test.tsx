import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import type { Note } from '../../functions/notes/note.ts';
import { Because, NoteState } from '../../functions/notes/note.ts';
import { webAddress } from '../../functions/web/look/clipping.tsx';
import { DayLine } from '../../functions/web/look/day-line.tsx';
import { Words } from '../../functions/web/look/letter.tsx';
import { markPhrases, stands } from '../../functions/web/look/mark.ts';
import { engravingOf, initialOf, Postmark, Stamp, StampSheet } from '../../functions/web/look/stamp.tsx';
import { Name, Text } from '../../functions/web/look/text.tsx';
import * as when from '../../functions/web/look/when.ts';
import * as words from '../../functions/web/look/words.ts';

// A Thursday; 09:40 in London, 04:40 in Toronto, 18:40 in Tokyo.
const now = new Date('2026-11-12T09:40:00.000Z');
const LONDON = 'Europe/London';
const TORONTO = 'America/Toronto';
const TOKYO = 'Asia/Tokyo';

describe('where a friend is', () => {
  it.each([
    ['America/Toronto', 'Toronto'],
    ['America/Argentina/Buenos_Aires', 'Buenos Aires'],
    ['America/Port-au-Prince', 'Port-au-Prince'],
    ['UTC', 'UTC'],
    ['Etc/UTC', 'UTC'],
  ])('%s is %s', (zone, city) => {
    expect(when.cityOf(zone)).toBe(city);
  });

  it.each([
    ['2026-11-12T09:40:00.000Z', TORONTO, '04:40 in Toronto, probably asleep'],
    ['2026-11-12T12:00:00.000Z', TORONTO, '07:00 in Toronto, waking soon'],
    ['2026-11-12T13:30:00.000Z', TORONTO, '08:30 in Toronto'],
    ['2026-11-13T01:30:00.000Z', TORONTO, '20:30 in Toronto, late in the day'],
    ['2026-11-13T03:30:00.000Z', TORONTO, '22:30 in Toronto, probably asleep'],
    ['2026-11-12T09:40:00.000Z', TOKYO, '18:40 in Tokyo'],
    // A Saturday.
    ['2026-11-14T14:29:00.000Z', TORONTO, '09:29 in Toronto, waking soon'],
    ['2026-11-14T14:30:00.000Z', TORONTO, '09:30 in Toronto'],
  ])('at %s in %s: %s', (at, zone, said) => {
    expect(when.whereabouts(at, { timeZone: zone }, LONDON)).toBe(said);
  });

  it('says when the friend’s clock is the reader’s', () => {
    expect(when.whereabouts(now, { timeZone: 'Europe/Lisbon' }, LONDON)).toBe(
      '09:40 in Lisbon, same as yours',
    );
    expect(when.inYourTime('2026-11-14T14:10:00.000Z', TORONTO, LONDON)).toBe('14:10 in your time');
    expect(when.inYourTime('2026-11-14T14:10:00.000Z', 'Europe/Lisbon', LONDON)).toBe('same as yours');
  });

  it('draws the day: the dot stands at the hour, and is hollow in the night', () => {
    const night = String(<DayLine now={now} friend={{ timeZone: TORONTO }} />);
    expect(night).toContain('M34 5H82');
    expect(night).toContain('<circle cx="18.7"');
    expect(String(<DayLine now={now} friend={{ timeZone: TOKYO }} />)).toContain('class="up" cx="74.7"');
  });

  it.each([
    ['2026-11-12T02:29:00.000Z', '02:29 in London, probably asleep'],
    ['2026-11-12T02:30:00.000Z', '02:30 in London, waking soon'],
    ['2026-11-12T05:00:00.000Z', '05:00 in London'],
    ['2026-11-12T14:15:00.000Z', '14:15 in London, late in the day'],
    ['2026-11-12T16:15:00.000Z', '16:15 in London, probably asleep'],
  ])('by hours of their own, at %s: %s', (at, said) => {
    const friend = { timeZone: LONDON, wakingHours: { from: '05:00', to: '14:15' } };
    expect(when.whereabouts(at, friend)).toBe(said);
    expect(when.isNight(at, friend)).toBe(said.endsWith('asleep'));
    const line = String(<DayLine now={new Date(at)} friend={friend} />);
    expect(line).toContain('M20 5H57');
    expect(line.includes('class="up"')).toBe(!said.includes(','));
  });

  it('draws a longer night at the weekend', () => {
    const saturday = String(
      <DayLine now={new Date('2026-11-14T09:00:00.000Z')} friend={{ timeZone: LONDON }} />,
    );
    expect(saturday).toContain('M38 5H82');
    expect(saturday).toContain('<circle cx="36"');
  });
});

describe('when something was or will be', () => {
  it.each([
    ['2026-11-12T00:10:00.000Z', 'today', 'Today'],
    ['2026-11-11T23:50:00.000Z', 'yesterday', 'Yesterday'],
    ['2026-11-10T08:00:00.000Z', 'on Tuesday', 'Tuesday'],
    ['2026-11-06T08:00:00.000Z', 'on Friday', 'Friday'],
    ['2026-11-05T08:00:00.000Z', 'on 5 November', '5 Nov'],
    ['2025-03-08T08:00:00.000Z', 'on 8 March 2025', '8 Mar 2025'],
    ['2026-11-13T08:00:00.000Z', 'tomorrow', 'Tomorrow'],
    ['2026-11-14T08:00:00.000Z', 'on Saturday', 'Saturday'],
    ['2026-11-19T08:00:00.000Z', 'on 19 November', '19 Nov'],
    ['2027-01-04T08:00:00.000Z', 'on 4 January 2027', '4 Jan 2027'],
  ])('%s: %s', (at, said, name) => {
    expect(when.onDay(at, now, LONDON)).toBe(said);
    expect(when.dayName(at, now, LONDON)).toBe(name);
  });

  it('counts days by the calendar of the zone', () => {
    const late = '2026-11-12T23:50:00.000Z';
    expect(when.onDay(late, now, LONDON)).toBe('today');
    expect(when.onDay(late, now, TOKYO)).toBe('tomorrow');
  });

  it.each([
    ['2026-11-12T16:20:00.000Z', 'Today, 12 November'],
    ['2026-11-13T16:20:00.000Z', 'Tomorrow, 13 November'],
    ['2026-11-11T16:20:00.000Z', 'Yesterday, 11 November'],
    ['2026-11-14T16:20:00.000Z', 'Saturday, 14 November'],
    ['2027-01-04T16:20:00.000Z', 'Monday, 4 January 2027'],
  ])('a day’s heading: %s is %s', (at, heading) => {
    expect(when.dayHeading(at, now, LONDON)).toBe(heading);
  });

  it('names months, and the year of another one', () => {
    expect(when.monthHeading('2026-03-08T08:00:00.000Z', now, LONDON)).toBe('March');
    expect(when.monthHeading('2025-03-08T08:00:00.000Z', now, LONDON)).toBe('March 2025');
    expect(when.monthKey('2026-10-31T16:00:00.000Z', TOKYO)).toBe('2026-11');
  });

  it.each([
    ['2026-11-12T03:00:00.000Z', 'Thursday, before dawn'],
    ['2026-11-12T09:40:00.000Z', 'Thursday morning'],
    ['2026-11-12T12:00:00.000Z', 'Thursday afternoon'],
    ['2026-11-12T18:00:00.000Z', 'Thursday evening'],
    ['2026-11-12T22:00:00.000Z', 'Thursday night'],
  ])('%s is %s', (at, said) => {
    expect(when.partOfDay(at, LONDON)).toBe(said);
  });

  it.each([
    ['2026-11-12T09:39:40.000Z', 'just now'],
    ['2026-11-12T09:39:00.000Z', 'one minute ago'],
    ['2026-11-12T09:32:00.000Z', 'eight minutes ago'],
    ['2026-11-12T08:00:00.000Z', 'today'],
    ['2026-11-11T08:00:00.000Z', 'yesterday'],
    ['2026-11-03T08:00:00.000Z', 'nine days ago'],
    ['2026-09-10T08:00:00.000Z', 'nine weeks ago'],
    ['2026-06-10T08:00:00.000Z', 'in June'],
    ['2025-06-10T08:00:00.000Z', 'in June 2025'],
    // A year ago is not "in November": that would be this month.
    ['2025-11-20T08:00:00.000Z', 'in November 2025'],
  ])('%s was %s', (at, said) => {
    expect(when.ago(at, now, LONDON)).toBe(said);
  });

  it('tells both clocks, and both days where they differ', () => {
    expect(when.atTheirTime('2026-11-14T14:10:00.000Z', now, TORONTO, LONDON)).toBe(
      'on Saturday at 09:10 in Toronto, 14:10 in your time',
    );
    expect(when.atTheirTime('2026-11-12T23:50:00.000Z', now, TOKYO, LONDON)).toBe(
      'tomorrow at 08:50 in Tokyo, today at 23:50 in your time',
    );
  });

  it('gives a surprise’s last day, never its hour', () => {
    const sealed = '2026-11-12T09:40:00.000Z';
    expect(when.surpriseEnds(sealed, '2026-11-14T15:20:00.000Z', TORONTO)).toBe('Thursday, 19 November');
    // No free slot within the week.
    expect(when.surpriseEnds(sealed, '2026-11-21T14:00:00.000Z', TORONTO)).toBe('Saturday, 21 November');
  });

  it('offers nine in the morning, tomorrow, where the friend is', () => {
    expect(when.tomorrowAtNine(now, TORONTO)).toBe('2026-11-13T09:00');
    expect(when.tomorrowAtNine('2026-11-12T20:00:00.000Z', TOKYO)).toBe('2026-11-14T09:00');
    expect(when.wallTimeOf('2026-11-14T14:10:00.000Z', TORONTO)).toBe('2026-11-14T09:10');
  });

  it('counts the letters of twelve months, the present one last', () => {
    const months = when.twelveMonths(
      [
        '2026-11-03T13:45:00.000Z',
        '2026-02-03T13:45:00.000Z',
        '2026-02-13T13:45:00.000Z',
        '2025-11-30T12:00:00.000Z',
      ],
      now,
      LONDON,
    );
    expect(months.map(({ month, count }) => `${month.slice(0, 3)} ${count}`).join(', ')).toBe(
      'Dec 0, Jan 0, Feb 2, Mar 0, Apr 0, May 0, Jun 0, Jul 0, Aug 0, Sep 0, Oct 0, Nov 1',
    );
  });
});

describe('birthdays', () => {
  it.each([
    ['1984-12-09', 27, 'in 27 days'],
    ['--12-09', 27, 'in 27 days'],
    ['--11-12', 0, 'today'],
    ['--11-13', 1, 'tomorrow'],
    ['--11-11', 364, 'in 364 days'],
    // 2027 is a common year: kept on 28 February.
    ['2000-02-29', 108, 'in 108 days'],
  ])('%s is %i days away', (birthday, away, said) => {
    expect(when.daysToBirthday(birthday, now, LONDON)).toBe(away);
    expect(when.untilBirthday(birthday, now, LONDON)).toBe(said);
  });

  it('are said without their year', () => {
    expect(when.birthdayWords('1984-12-09')).toBe('9 December');
    expect(when.birthdayWords('--02-29', true)).toBe('29 Feb');
  });

  it('ends an ask on its day', () => {
    expect(when.shortDay('2026-12-31', now, LONDON)).toBe('31 Dec');
    expect(when.shortDay('2027-03-31', now, LONDON)).toBe('31 Mar 2027');
  });
});

describe('words', () => {
  it('joins, counts and begins sentences', () => {
    expect(words.list([])).toBe('');
    expect(words.list(['Grace'])).toBe('Grace');
    expect(words.list(['Grace', 'Alan', 'José'])).toBe('Grace, Alan and José');
    expect(words.list(['Grace', 'Alan'], 'or')).toBe('Grace or Alan');
    expect([0, 1, 12, 13].map(words.number)).toEqual(['no', 'one', 'twelve', '13']);
    expect([1, 4, 20].map((n) => words.plural(n, 'article'))).toEqual([
      'one article',
      'four articles',
      '20 articles',
    ]);
    expect(words.sentence('élan, and more')).toBe('Élan, and more');
    expect(words.sentence('')).toBe('');
  });

  it.each([
    ['Grace', 'Grace'],
    ['Grace Hopper', 'Grace'],
    ['Chimamanda Ngozi Adichie-Okonkwo', 'Chimamanda'],
    ['山田 花子', '花子'],
    ['José', 'José'],
    // A first word that is no name is left in its place.
    ['Mum and Dad', 'Mum and Dad'],
    ['Aunt May', 'Aunt May'],
    ['The Hendersons', 'The Hendersons'],
    ['J. R. Tolkien', 'J. R. Tolkien'],
    ['Dr. Quinn', 'Dr. Quinn'],
    ['Al Capone', 'Al Capone'],
    ['my brother', 'my brother'],
  ])('%s is called %s', (name, called) => {
    expect(words.callName(name)).toBe(called);
  });

  it('tells what was heard, whatever way it was written down', () => {
    expect(words.heardWords('at lunch, 3 May')).toBe('You heard it at lunch, 3 May.');
    expect(words.heardWords('Over coffee.')).toBe('You heard it over coffee.');
    expect(words.heardWords('Grace said so by email')).toBe('Heard: Grace said so by email.');
  });

  it('has a sentence for every cause', () => {
    expect(words.because('muted', 'Grace')).toBe('Grace asked not to get notes from you.');
    expect(words.because('suppressed', 'Grace')).toBe('This address does not take mail from Hallway.');
    expect(words.because('cap-user', 'Grace')).toBe(
      'That was the most letters for one day. It leaves tomorrow at the same hour.',
    );
    for (const code of Because.options) expect(words.because(code, 'Grace')).toMatch(/^[A-Z][^!]*\.$/);
  });
});

describe('a long letter', () => {
  const line = 'Take two lamps, and trust your feet. ';

  it('is folded, and a short one is not', () => {
    expect(words.folded(line.repeat(20))).toEqual({ head: line.repeat(20) });
    expect(words.folded('a'.repeat(799)).rest).toBeUndefined();
    expect(words.folded('a'.repeat(800))).toEqual({ head: 'a'.repeat(600), rest: 'a'.repeat(200) });
  });

  it('is cut where a line ends, else a sentence, else a word', () => {
    const paragraphs = `${'a '.repeat(200)}b.\n\n${line.repeat(20)}`;
    expect(words.folded(paragraphs).rest).toBe(line.repeat(20));
    expect(words.folded(line.repeat(30)).head).toMatch(/trust your feet\.$/);
    expect(words.folded('lamps '.repeat(200)).head).toMatch(/lamps$/);
    // Never in the middle of a sign.
    expect(words.folded('👩‍🚀'.repeat(300)).head).toMatch(/^(👩‍🚀)+$/u);
  });

  it('loses no word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 700, maxLength: 1200 }), (text) => {
        const { head, rest = '' } = words.folded(text);
        expect((head + rest).replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });

  it('shows its beginning, and the rest behind a fold', () => {
    const { document } = parseHTML(String(<Words text={line.repeat(60)} />));
    const [box, rest] = [document.querySelector('.words'), document.querySelector('details')];
    expect(box?.getAttribute('dir')).toBe('auto');
    expect(rest?.hasAttribute('open')).toBe(false);
    expect(rest?.querySelector('summary')?.textContent).toBe('The rest of this letter');
    expect(String(<Words text={line} />)).toBe(`<p class="inked words" dir="auto">${line}</p>`);
  });
});

describe('the state of a note', () => {
  const grace = { name: 'Grace Hopper' };
  const note = (more: Partial<Note>): Note => ({
    id: 'nte_1',
    friendId: 'frd_1',
    text: 'Take two lamps.',
    state: 'scheduled',
    version: 1,
    attempts: 0,
    createdAt: '2026-11-11T08:00:00.000Z',
    updatedAt: '2026-11-11T08:00:00.000Z',
    ...more,
  });
  const said = (more: Partial<Note>) => words.stateWords(note(more), grace, now, LONDON);

  it('says what happened, then the way on', () => {
    expect(said({ moment: { kind: 'surprise' } }).said).toBe('Waiting. A surprise.');
    expect(said({ moment: { kind: 'at', at: '2026-11-14T09:10' } }).said).toBe(
      'Waiting. The time you chose.',
    );
    expect(said({ moment: { kind: 'now' } }).said).toBe(
      'Leaving now. Until it has gone you can take it back.',
    );
    expect(said({ state: 'held', heldBecause: 'muted' })).toEqual({
      said: 'Held: Grace asked not to get notes from you.',
      also: 'You can still write by your own hand.',
      ring: 'held',
    });
    expect(said({ state: 'held', heldBecause: 'suppressed' }).said).toBe(
      'Held: this address does not take mail from Hallway.',
    );
    expect(said({ state: 'held', heldBecause: 'tries-ended' })).toEqual({
      said: 'Held: Hallway tried several times, and the mail server was not there.',
      also: 'Send it again when you like.',
      ring: 'held',
    });
    expect(said({ state: 'uncertain' })).toEqual({
      said: 'We can’t tell whether this left.',
      also: 'The mail server stopped answering halfway. Sent again, it may arrive twice.',
      ring: 'uncertain',
    });
    expect(said({ state: 'sent', sentAt: '2026-11-12T09:32:00.000Z' }).said).toBe('Sent eight minutes ago.');
    expect(said({ state: 'sent', sentMyself: true })).toEqual({
      said: 'You sent it yourself.',
      ring: 'sent',
    });
    expect(said({ state: 'delivered' }).also).toContain('does not know whether it was opened');
  });

  it.each([
    [
      'link-gone',
      'Held: the article is gone.',
      'Twice its page answered that it is not there. Send it all the same, send it yourself, or let it go.',
    ],
    [
      'paused',
      'Held: your letters are paused.',
      'Let your letters leave again, at the top of Notes; then send this one.',
    ],
    ['less-often', 'Held: Grace asked for fewer letters.', 'Give it a later time under Edit, or let it go.'],
  ] as const)('held because %s: what happened, and the way on', (heldBecause, what, way) => {
    expect(said({ state: 'held', heldBecause })).toEqual({ said: what, also: way, ring: 'held' });
  });

  it('says that the text was kept only if it was', () => {
    const gone = note({ state: 'held', heldBecause: 'link-gone' });
    const of = (wordCount: number) => words.stateWords(gone, grace, now, LONDON, { wordCount }).said;
    expect(of(200)).toBe('Held: the article is gone. Hallway kept the text.');
    expect(of(0)).toBe('Held: the article is gone.');
  });

  it('says what the mail server tells of a letter it has', () => {
    const sent = { state: 'sent', sentAt: '2026-11-12T09:32:00.000Z' } as const;
    expect(said(sent).also).toBe('The mail server has not confirmed yet.');
    expect(said({ ...sent, delivery: 'delayed' }).also).toBe(
      'The mailbox of Grace is slow to answer. It is tried again for some hours.',
    );
    expect(said({ ...sent, delivery: 'given-up' }).also).toBe(
      'The mailbox of Grace did not take it in time. It may not have arrived.',
    );
  });

  it('says why it leaves later: the friend has moved', () => {
    expect(said({ moment: { kind: 'at', at: '2026-11-14T09:10' }, movedBecause: 'zone' })).toEqual({
      said: 'Waiting.',
      also: 'Grace is in another time zone now. It leaves at the same hour there.',
      ring: 'waiting',
    });
  });

  it.each([
    [{ kind: 'now' }, 'Waiting.'],
    [{ kind: 'at', at: '2026-11-14T09:10' }, 'Waiting.'],
    [{ kind: 'surprise' }, 'Waiting. A surprise.'],
  ] as const)(
    'moved to a later moment, does not say that it leaves at the one that was chosen: %j',
    (moment, waits) => {
      expect(said({ moment, movedBecause: 'cap-user' })).toEqual({
        said: waits,
        also: 'That was the most letters for one day. It leaves tomorrow at the same hour.',
        ring: 'waiting',
      });
    },
  );

  it('has words for every state, with a friend and without', () => {
    for (const state of NoteState.options) {
      expect(said({ state }).said).toMatch(/^[A-Z][^!]*\.$/);
      expect(words.stateWords(note({ state }), undefined, now, LONDON).said).toMatch(/^[A-Z]/);
    }
  });
});

describe('stamps', () => {
  it('keeps one of six engravings for a friend', () => {
    expect(engravingOf('frd_01JCGRACE')).toBe(engravingOf('frd_01JCGRACE'));
    const seen = new Set(Array.from({ length: 200 }, (_, i) => engravingOf(`frd_${i}`)));
    expect([...seen].sort()).toEqual(['lattice', 'rays', 'reeds', 'relief', 'ripples', 'swell']);
  });

  it('draws only what stands on the sheet', () => {
    const sheet = String(<StampSheet />);
    const ids = new Set([...sheet.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const drawn = [
      String(<Stamp id="frd_1" name="Grace" />),
      String(<Postmark inked city="Toronto" word="Sealed" over="12 Nov" middle="09:41" />),
    ].join('');
    const used = [...drawn.matchAll(/(?:href="|url\()#([\w-]+)/g)].map(([, id]) => id);
    expect(used.length).toBeGreaterThan(3);
    expect(used.filter((id) => !ids.has(id))).toEqual([]);
    expect(sheet).not.toMatch(/NaN|undefined|Infinity/);
  });

  it.each([
    ['grace', 'G'],
    ['élodie', 'É'],
    ['e\u0301lodie', 'E\u0301'],
    ['山田 花子', '山'],
    ['ßarah', 'ß'],
    ['“Bee”', 'B'],
    ['👩‍🚀 Sally', '👩‍🚀'],
    ['ליאה', 'ל'],
    ['   ', '·'],
    ['...', '·'],
  ])('the initial of %s is %s', (name, initial) => {
    expect(initialOf(name)).toBe(initial);
  });

  it('keeps a name’s markup out of the picture', () => {
    expect(String(<Stamp id='"><b>' name="<b>" />)).not.toContain('<b>');
  });
});

describe('the article’s words', () => {
  const text = 'The rest rents by a card\n in the window, and the cards go up in January.';
  const marked = (phrases: string[]) =>
    markPhrases(text, phrases)
      .map(({ words: piece, marked: is }) => (is ? `[${piece}]` : piece))
      .join('');

  it('underlines a phrase where it stands, over a line’s end and in any case', () => {
    expect(marked(['a card in the window'])).toBe(
      'The rest rents by [a card in the window], and the cards go up in January.',
    );
    expect(marked(['the CARDS go up'])).toContain('[the cards go up]');
    expect(marked(['nowhere', ''])).toBe(
      'The rest rents by a card in the window, and the cards go up in January.',
    );
  });

  it('makes one mark of phrases that overlap', () => {
    expect(marked(['card in the window', 'the window, and', 'in the'])).toContain(
      'a [card in the window, and] the',
    );
  });

  it('never loses or adds a word', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string(), { maxLength: 4 }), (whole, phrases) => {
        const pieces = markPhrases(whole, phrases).map(({ words: piece }) => piece);
        expect(pieces.join('')).toBe(whole.replace(/\s+/g, ' ').trim());
      }),
    );
  });

  it('knows whether a phrase stands there', () => {
    expect(stands(text, 'card in the window')).toBe(true);
    expect(stands(text, 'door')).toBe(false);
    expect(stands(undefined, 'card')).toBe(false);
  });

  it('lets only web addresses become links', () => {
    expect(webAddress('https://example.org/a')).toBe('https://example.org/a');
    for (const bad of ['javascript:alert(1)', 'data:text/html,x', ' JaVaScRiPt:x', '/path', '', undefined]) {
      expect(webAddress(bad)).toBeUndefined();
    }
  });
});

describe('names and words of people', () => {
  it('marks Japanese script, and only that', () => {
    expect(String(<Name>山田 花子</Name>)).toBe('<bdi lang="ja">山田 花子</bdi>');
    expect(String(<Name>Grace</Name>)).toBe('<bdi>Grace</bdi>');
    expect(String(<Text>花子 has not had it.</Text>)).toBe('<span lang="ja">花子</span> has not had it.');
    expect(String(<Text>Plain.</Text>)).toBe('Plain.');
  });

  it('escapes everything', () => {
    expect(String(<Name>{'<script>alert(1)</script>'}</Name>)).toBe(
      '<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>',
    );
    expect(String(<Text>{'<b>花</b>'}</Text>)).toBe('&lt;b&gt;<span lang="ja">花</span>&lt;/b&gt;');
  });
});
