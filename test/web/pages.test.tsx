import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import type { User } from '../../functions/accounts/user.ts';
import type { Article } from '../../functions/articles/article.ts';
import type { Friend, Interest } from '../../functions/friends/friend.ts';
import type { Turn } from '../../functions/matching/turns.ts';
import type { Note } from '../../functions/notes/note.ts';
import { NoteState } from '../../functions/notes/note.ts';
import { FriendPage, FriendsPage } from '../../functions/web/pages/friends.tsx';
import { ArticlePage, LibraryPage } from '../../functions/web/pages/library.tsx';
import { NotesPage, SealedPage } from '../../functions/web/pages/notes.tsx';
import { type MailView, PreviewPage } from '../../functions/web/pages/preview.tsx';
import { TodayPage } from '../../functions/web/pages/today.tsx';
import { WritePage } from '../../functions/web/pages/write.tsx';
import type {
  ClippingView,
  Frame,
  LetterDraft,
  NoteView,
  SuggestionView,
} from '../../functions/web/views.ts';

const HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1) style="color:red"> ליאה';
const LONG = 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(7);
const DAY = '2026-11-11T08:00:00.000Z';

const user: User = {
  id: 'usr_1',
  email: 'ada@lovelace.example',
  name: 'Ada Lovelace',
  timeZone: 'Europe/London',
  ingest: 'ada-7tq4m',
  bookmarkletSerial: 1,
  tokenSerial: 1,
  createdAt: DAY,
};
const frame: Frame = { user, now: new Date('2026-11-12T09:40:00.000Z') };

const interest = (id: string, text: string, more: Partial<Interest> = {}): Interest => ({
  id,
  text,
  kind: 'topic',
  addedAt: DAY,
  ...more,
});

function person(id: string, name: string, more: Partial<Friend> = {}): Friend {
  return {
    id,
    name,
    email: 'friend@example.org',
    timeZone: 'America/Toronto',
    groups: [],
    interests: [],
    version: 1,
    createdAt: DAY,
    ...more,
  };
}

const grace = person('frd_grace', 'Grace', {
  birthday: '1984-12-09',
  lastWroteAt: '2026-11-03T13:45:00.000Z',
  interests: [
    interest('int_1', 'a flat in Lisbon by March', {
      kind: 'ask',
      until: '2027-03-31',
      heard: 'at lunch, 3 May',
    }),
    interest('int_2', 'trail running, the muddy kind'),
    interest('int_3', 'race results', { kind: 'never' }),
    interest('int_4', 'a tent', { kind: 'ask', until: '2026-06-30' }),
  ],
});
const hana = person('frd_hana', '山田 花子', { email: undefined, timeZone: 'Asia/Tokyo' } as Partial<Friend>);
const hostile = person('frd_hostile', HOSTILE, {
  interests: [interest('int_9', HOSTILE, { heard: HOSTILE })],
  birthday: '--02-29',
  workFailed: true,
});
const long = person('frd_long', LONG, { interests: [interest('int_8', LONG)] });

const flats: Article = {
  id: 'art_flats',
  url: 'https://miradouro.example/windows',
  title: 'The flats in Graça that nobody advertises',
  siteName: 'Miradouro',
  excerpt: 'The rest still rents by a card in the window, and the cards go up in January.',
  language: 'en',
  image: 'https://miradouro.example/window.jpg',
  wordCount: 2000,
  minutes: 9,
  savedAt: '2026-11-10T08:00:00.000Z',
  savedBy: 'bookmarklet',
};
const bad: Article = {
  ...flats,
  id: 'art_bad',
  url: 'javascript:alert(1)',
  title: HOSTILE,
  siteName: HOSTILE,
  excerpt: HOSTILE,
  language: HOSTILE,
  image: 'javascript:alert(1)',
  selection: HOSTILE,
  workFailed: true,
};

function fits(friend: Friend, article: Article, evidence = 'rents by a card in the window'): SuggestionView {
  const [first = interest('int_0', 'letters')] = friend.interests;
  const reason = { interestId: first.id, interest: first.text, kind: first.kind, evidence };
  return {
    friend,
    article,
    suggestion: {
      articleId: article.id,
      friendId: friend.id,
      score: 0.8,
      reasons: [first.heard ? { ...reason, heard: first.heard } : reason],
      state: 'open',
      createdAt: DAY,
    },
  };
}

function written(
  more: Partial<Note>,
  friend: Friend | undefined = grace,
  article: Article | undefined = flats,
): NoteView {
  return {
    friend,
    article,
    note: {
      id: `nte_${more.state ?? 'scheduled'}`,
      friendId: friend?.id ?? 'frd_gone',
      text: 'Walk past the windows?',
      state: 'scheduled',
      version: 3,
      attempts: 0,
      createdAt: DAY,
      updatedAt: DAY,
      ...more,
    },
  };
}

const everyState = NoteState.options.map((state) => written({ state }));
const waiting = written({
  state: 'scheduled',
  sendAt: '2026-11-14T14:10:00.000Z',
  moment: { kind: 'at', at: '2026-11-14T09:10' },
});
const gone: NoteView = {
  ...written({ id: 'nte_gone', state: 'held', heldBecause: 'friend-deleted' }),
  friend: undefined,
  article: undefined,
};
const wild = written({ id: 'nte_wild', state: 'uncertain', text: HOSTILE }, hostile, bad);

const draft: LetterDraft = {
  texts: { frd_grace: '\n</textarea>Walk past?', frd_hana: 'For the other.' },
  chosen: ['frd_hana'],
  moment: 'at',
  at: '2026-11-20T09:00',
  articleId: 'art_flats',
  errors: {
    text: 'A link alone is not a letter. Write Grace one line.',
    at: 'This hour has gone by.',
    form: 'The desk was moved.',
    friendId: 'Choose one.',
  },
};

const asking: LetterDraft = {
  ...draft,
  errors: {},
  asks: [{ kind: 'letter', key: HOSTILE, said: `A letter for ${HOSTILE}? It is longer than a note.` }],
  asked: ['k0'],
};

const mail: MailView = {
  friendName: HOSTILE,
  to: HOSTILE,
  from: `${HOSTILE} <notes@hallway.example>`,
  replyTo: HOSTILE,
  subject: HOSTILE,
  html: '<!doctype html><html><head><style>p{color:red}</style></head><body><p style="margin:0">You.</p></body></html>',
  text: HOSTILE,
};

const one: ClippingView = { article: flats, suggestions: [fits(grace, flats)] };
const two: ClippingView = { article: flats, suggestions: [fits(grace, flats), fits(hana, flats)] };
const worst: ClippingView = { article: bad, suggestions: [fits(hostile, bad, HOSTILE), fits(long, bad, '')] };

const today = (more: Partial<Parameters<typeof TodayPage>[0]>) => (
  <TodayPage frame={frame} clippings={[]} keptCount={0} friendCount={0} articleCount={0} {...more} />
);

const turn: Turn = {
  articleId: 'art_flats',
  friendId: 'frd_grace',
  interest: 'learning the violin',
  instead: { interest: 'trail running, the muddy kind', letters: 4, since: '2026-05-03T08:00:00.000Z' },
};
const aside = (state: 'dismissed' | 'later', said?: 'not-friend' | 'not-interest'): SuggestionView => {
  const view = fits(grace, flats);
  const answer = said && { answer: { said, interestId: 'int_1', at: DAY } };
  return { ...view, suggestion: { ...view.suggestion, state, ...answer } };
};
const taught = person('frd_taught', 'Grace', {
  interests: [
    interest('int_5', 'trail running, the muddy kind'),
    interest('int_6', 'running'),
    interest('int_7', 'learning the violin'),
    interest('int_8', 'chess endgames'),
    interest('int_9', 'chess', { kind: 'never' }),
    interest('int_10', HOSTILE),
  ],
  learned: {
    int_5: { sum: -0.75, at: DAY, accepted: 1, dismissed: 3 },
    int_7: { sum: 0.8, at: DAY, accepted: 5, dismissed: 0 },
    int_8: { sum: 0.2, at: '2024-11-11T08:00:00.000Z', accepted: 1, dismissed: 0 },
    int_10: { sum: 0.2, at: DAY, accepted: 1, dismissed: 0 },
  },
});

const interestTyped = { words: HOSTILE, kind: 'ask', until: 'soon', heard: HOSTILE };
const interestWrong = { words: 'Too long.', kind: 'Unknown.', until: 'Not a day.', heard: 'Too long.' };
const detailsTyped = { name: ' ', email: HOSTILE, timeZone: 'Mars', birthday: '31.12.' };
const detailsWrong = { name: 'Empty.', email: 'No address.', timeZone: 'No zone.', birthday: 'No date.' };
const friendAgain = (
  friend: Friend,
  editing: string,
  errors: Record<string, string>,
  values: Record<string, string>,
) => (
  <FriendPage
    frame={frame}
    friend={friend}
    suggestions={[]}
    notes={[]}
    editing={editing}
    errors={errors}
    values={values}
  />
);

const pages: Record<string, () => unknown> = {
  today: () => today({ clippings: [one, worst], keptCount: 4 }),
  'today, a letter sent back': () => today({ clippings: [worst, two], draft }),
  'today, one set aside': () =>
    today({ clippings: [{ ...one, suggestions: [{ ...fits(grace, flats), turn }] }], aside: aside('later') }),
  'today, first run': () => today({}),
  'today, nobody fits': () => today({ keptCount: 6, friendCount: 3, articleCount: 6, oldestFriend: hostile }),
  'today, all is done': () => today({ friendCount: 3, articleCount: 6, oldestFriend: grace }),
  library: () => (
    <LibraryPage
      frame={frame}
      articles={[
        { ...two, noteCount: 2 },
        worst,
        { article: { ...flats, id: 'art_3', savedAt: '2025-03-08T08:00:00.000Z' }, suggestions: [] },
      ]}
      nextCursor={HOSTILE}
      errors={{}}
    />
  ),
  'library, empty, a link sent back': () => (
    <LibraryPage
      frame={frame}
      articles={[]}
      errors={{ url: 'This is not a web address.' }}
      values={{ url: HOSTILE }}
    />
  ),
  article: () => (
    <ArticlePage frame={frame} clipping={two} notes={everyState} friends={[grace, hana, long, hostile]} />
  ),
  'article, at its worst': () => (
    <ArticlePage frame={frame} clipping={worst} notes={[wild]} friends={[]} draft={draft} />
  ),
  'article, set aside': () => (
    <ArticlePage
      frame={frame}
      clipping={{ article: flats, suggestions: [] }}
      notes={[]}
      friends={[grace]}
      aside={aside('dismissed', 'not-interest')}
    />
  ),
  'article, for nobody': () => (
    <ArticlePage frame={frame} clipping={{ article: bad, suggestions: [] }} notes={[]} friends={[grace]} />
  ),
  friends: () => (
    <FriendsPage
      frame={frame}
      friends={[grace, hana, hostile, long].map((friend, openCount) => ({ friend, openCount }))}
      errors={{}}
    />
  ),
  'friends, nobody, one sent back': () => (
    <FriendsPage
      frame={frame}
      friends={[]}
      errors={{
        name: 'A name is needed.',
        email: 'Not an address.',
        timeZone: 'Not a time zone.',
        interest: 'Too long.',
      }}
      values={{ name: HOSTILE, interest: HOSTILE }}
    />
  ),
  friend: () => (
    <FriendPage
      frame={frame}
      friend={grace}
      suggestions={[fits(grace, flats)]}
      notes={[waiting, ...everyState]}
      errors={{}}
    />
  ),
  'friend, at worst': () => (
    <FriendPage
      frame={frame}
      friend={hostile}
      suggestions={[fits(hostile, bad)]}
      notes={[wild]}
      errors={{ form: 'It was changed.' }}
    />
  ),
  'friend, who was learned about': () => (
    <FriendPage
      frame={frame}
      friend={taught}
      suggestions={[fits(taught, flats)]}
      turn={turn}
      notes={[]}
      phrases={['tea', HOSTILE]}
      forgot="int_10"
      errors={{}}
    />
  ),
  'friend, something new sent back': () => friendAgain(hostile, 'new', interestWrong, interestTyped),
  'friend, an interest sent back': () => friendAgain(hostile, 'int_9', interestWrong, interestTyped),
  'friend, the details sent back': () => friendAgain(hostile, 'details', detailsWrong, detailsTyped),
  'friend, new': () => <FriendPage frame={frame} friend={hana} suggestions={[]} notes={[]} errors={{}} />,
  'write, with an article': () => (
    <WritePage
      frame={frame}
      friend={grace}
      article={flats}
      suggestion={fits(grace, flats).suggestion}
      draft={draft}
    />
  ),
  'write, without': () => <WritePage frame={frame} friend={hostile} />,
  notes: () => <NotesPage frame={frame} notes={[...everyState, gone, wild]} errors={{}} />,
  'notes, an edit sent back': () => (
    <NotesPage
      frame={frame}
      notes={[waiting, gone]}
      undo={waiting.note}
      errors={{
        [waiting.note.id]: 'It has left.',
        text: 'It has no words.',
        at: 'This hour has gone by.',
        form: 'Not now.',
      }}
      editing={{ id: waiting.note.id, draft }}
    />
  ),
  'notes, none': () => <NotesPage frame={frame} notes={[]} errors={{}} />,
  'notes, all of them waiting for the user': () => (
    <NotesPage
      frame={{ ...frame, user: { ...user, paused: { because: 'bounces', at: DAY } } }}
      notes={(['link-gone', 'paused', 'less-often', 'muted'] as const).map((heldBecause) =>
        written(
          { id: `nte_${heldBecause}`, state: 'held', heldBecause },
          heldBecause === 'muted' ? hostile : grace,
        ),
      )}
      errors={{}}
      allPaused
    />
  ),
  'notes, an edit with a question': () => (
    <NotesPage frame={frame} notes={[waiting]} errors={{}} editing={{ id: waiting.note.id, draft: asking }} />
  ),
  'write, a question': () => <WritePage frame={frame} friend={grace} draft={asking} />,
  preview: () => <PreviewPage mails={[mail]} />,
  'preview of several, in the window': () => (
    <PreviewPage
      mails={[mail, { ...mail, friendName: 'Alan' }]}
      form={{ action: '/save/art_1/notes', ends: 'seal', fields: [['text-frd_grace', HOSTILE]] }}
      popup
    />
  ),
  sealed: () => <SealedPage frame={frame} view={[waiting]} popup={false} />,
  'sealed for several, in the window': () => <SealedPage frame={frame} view={[waiting, wild, gone]} popup />,
};

const open = (page: unknown) => parseHTML(String(page)).document;
const spoken = (element: { textContent: string | null } | null): string =>
  (element?.textContent ?? '').replace(/\s+/g, ' ').trim();

describe.each(Object.entries(pages))('the page "%s"', (_, page) => {
  const html = String(page());
  const document = open(html);

  it('is a whole page with one main heading', () => {
    expect(html).toMatch(/^<!doctype html>\s*<html lang="en">/);
    expect(spoken(document.querySelector('title'))).toMatch(/ · Hallway$/);
    expect(document.querySelectorAll('h1')).toHaveLength(1);
    expect(document.querySelectorAll('main')).toHaveLength(1);
    expect(html).not.toMatch(/undefined|\[object|NaN/);
  });

  it('keeps to the content security policy, whatever was written into it', () => {
    expect(document.querySelectorAll('[style], style, script:not([src])')).toHaveLength(0);
    for (const element of document.querySelectorAll('*')) {
      for (const name of element.getAttributeNames()) expect(name).not.toMatch(/^on/);
      for (const name of ['href', 'src', 'action', 'formaction']) {
        expect(element.getAttribute(name) ?? '').toMatch(/^($|#|\/(?!\/)|https:\/\/miradouro\.example\/)/);
      }
    }
  });

  it('names every field, and ties what is wrong with it to it', () => {
    for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
      const id = field.getAttribute('id');
      const label = (id ? document.querySelector(`label[for="${id}"]`) : null) ?? field.closest('label');
      expect(spoken(label), field.outerHTML).not.toBe('');
    }
    for (const element of document.querySelectorAll('[aria-describedby], [aria-labelledby]')) {
      const refs = `${element.getAttribute('aria-describedby') ?? ''} ${element.getAttribute('aria-labelledby') ?? ''}`;
      for (const ref of refs.split(' ').filter(Boolean)) {
        expect(spoken(document.getElementById(ref)), ref).not.toBe('');
      }
    }
    for (const field of document.querySelectorAll('[aria-invalid]')) {
      expect(field.getAttribute('aria-describedby')).toMatch(/-wrong$/);
    }
  });

  it('uses each id once, and says what each button does', () => {
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.getAttribute('id'));
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    for (const element of document.querySelectorAll('button, summary, a'))
      expect(spoken(element)).not.toBe('');
  });

  it('changes something only by POST', () => {
    for (const form of document.querySelectorAll('form')) {
      const reads = form.getAttribute('action') === '/write';
      expect(form.getAttribute('method')).toBe(reads ? 'get' : 'post');
    }
  });

  it('speaks calmly, and never in the user’s place', () => {
    expect(document.querySelectorAll('[placeholder]')).toHaveLength(0);
    const words = [...document.querySelectorAll('h1, h2, h3, p, label, button, summary')]
      .map(spoken)
      .join(' ');
    expect(words.replaceAll(HOSTILE, '')).not.toMatch(/!|\p{Extended_Pictographic}/u);
  });
});

describe('Today', () => {
  it('opens the first letter, and folds the others', () => {
    const page = open(today({ clippings: [one, worst], keptCount: 4, friendCount: 2, articleCount: 6 }));
    expect(spoken(page.querySelector('h1'))).toBe('Thursday morning');
    expect(spoken(page.querySelector('.head p'))).toBe(
      'Two things you saved, each for someone. The words are yours.',
    );
    expect([...page.querySelectorAll('details.letter')].map((sheet) => sheet.hasAttribute('open'))).toEqual([
      true,
      false,
    ]);
    expect(spoken(page.querySelector('.foot'))).toBe(
      'That is everything for today. Four more are set aside until you know someone they fit.',
    );
  });

  it('says why: the article’s own words, and what the user had heard', () => {
    const clip = open(today({ clippings: [one] })).querySelector('.clip');
    expect(spoken(clip?.querySelector('mark') ?? null)).toBe('rents by a card in the window');
    expect(spoken(clip?.querySelector('.why') ?? null)).toBe(
      'Grace asks for a flat in Lisbon by March. You heard it at lunch, 3 May. You last wrote on 3 November.',
    );
  });

  it('sends one letter: to whom, the words, when', () => {
    const form = open(today({ clippings: [one] })).querySelector('form');
    expect(form?.getAttribute('action')).toBe('/notes');
    const field = (name: string) => form?.querySelector(`[name=${name}]`)?.getAttribute('value');
    expect([field('articleId'), field('friendId'), field('from')]).toEqual([
      'art_flats',
      'frd_grace',
      'today',
    ]);
    expect(
      [...(form?.querySelectorAll('[name=moment]') ?? [])].map((radio) => radio.getAttribute('value')),
    ).toEqual(['surprise', 'now', 'at', 'birthday']);
    expect(
      [...(form?.querySelectorAll('button') ?? [])].map((button) => [
        spoken(button),
        button.getAttribute('value'),
      ]),
    ).toEqual([
      ['Seal and send', 'seal'],
      ['See the letter', 'preview'],
      ['I’ll send it myself', 'myself'],
      ['Not for Grace', 'dismiss'],
      ['Not about a flat in Lisbon by March', 'not-about-int_1'],
      ['Later', 'later'],
    ]);
    expect(form?.querySelector('[value=dismiss]')?.getAttribute('formaction')).toBe(
      '/suggestions/art_flats/frd_grace',
    );
  });

  it('lets the user choose one of several, and gives a letter back as it was typed', () => {
    const page = open(today({ clippings: [one.article === flats ? worst : one, two], draft }));
    const [folded, sheet] = [...page.querySelectorAll('details.letter')];
    expect([folded?.hasAttribute('open'), sheet?.hasAttribute('open')]).toEqual([false, true]);
    expect(sheet?.querySelector('[name=friendId][checked]')?.getAttribute('value')).toBe('frd_hana');
    expect(spoken(sheet?.querySelector('textarea') ?? null)).toBe('For the other.');
    expect(sheet?.querySelector('[name=moment][checked]')?.getAttribute('value')).toBe('at');
    expect(sheet?.querySelector('[name=at]')?.getAttribute('value')).toBe('2026-11-20T09:00');
    // Not everybody it could go to has one.
    expect(sheet?.querySelector('[value=birthday]')).toBeNull();
  });

  it('teaches on the first day', () => {
    const page = open(today({}));
    expect([...page.querySelectorAll('.steps h2')].map(spoken)).toEqual([
      'Add a friend',
      'Drag the bookmark',
      'Save something',
    ]);
  });

  it('turns to the one written to longest ago when nobody fits', () => {
    const page = open(today({ keptCount: 6, friendCount: 3, articleCount: 6, oldestFriend: hana }));
    expect([...page.querySelectorAll('.empty p')].slice(1, 3).map(spoken)).toEqual([
      'It is 18:40 in Tokyo. What did 花子 talk about last time?',
      'You have not written to 花子 yet.',
    ]);
  });
});

describe('the surprise of a letter', () => {
  it.each([
    [undefined, 'within seven days. You'],
    [30, 'within seven days, or later: 30 days after your last letter. You'],
  ])('says when it leaves, to a friend who wants letters %s days apart', (apartDays, words) => {
    const friend = { ...grace, ...(apartDays && { apartDays }) };
    expect(spoken(open(<WritePage frame={frame} friend={friend} />).body)).toContain(words);
  });
});

describe('a letter to a friend without an address', () => {
  it('goes by the user’s own hand, and says why', () => {
    const page = open(<WritePage frame={frame} friend={hana} />);
    expect([...page.querySelectorAll('[name=do]')].map((button) => button.getAttribute('value'))).toEqual([
      'myself',
    ]);
    expect(spoken(page.querySelector('form .pencil'))).toBe(
      'Hallway has no address for 花子, so this one goes by your own hand. Add an address',
    );
    expect(page.querySelector('[name=moment]')).toBeNull();
  });

  it('keeps a first line end that a browser would drop', () => {
    const page = <WritePage frame={frame} friend={grace} draft={{ ...draft, errors: {} }} />;
    expect(String(page)).toContain('>\n\n&lt;/textarea&gt;Walk past?</textarea>');
  });
});

describe('the library', () => {
  it('stands by month, and says who each could be for', () => {
    const page = open(pages.library?.());
    expect([...page.querySelectorAll('.month > h2')].map(spoken)).toEqual(['November', 'March 2025']);
    expect(spoken(page.querySelector('.kept .pencil'))).toBe('For Grace or 花子. Two letters written.');
  });

  it('says so when nobody fits, and lets the user name somebody', () => {
    const page = open(
      <ArticlePage
        frame={frame}
        clipping={{ article: flats, suggestions: [] }}
        notes={[]}
        friends={[grace]}
      />,
    );
    expect(spoken(page.querySelector('.stack h2'))).toBe('Nobody comes to mind. It is kept.');
    const form = page.querySelector('form[action="/write"]');
    expect(form?.querySelector('[name=article]')?.getAttribute('value')).toBe('art_flats');
    expect(form?.querySelector('[name=friend] [value=frd_grace]')).toBeTruthy();
  });

  it('does not offer again what was answered', () => {
    const answered = {
      ...fits(grace, flats),
      suggestion: { ...fits(grace, flats).suggestion, state: 'dismissed' as const },
    };
    const page = open(
      <ArticlePage
        frame={frame}
        clipping={{ article: flats, suggestions: [answered] }}
        notes={[]}
        friends={[grace]}
      />,
    );
    expect(page.querySelector('details.letter')).toBeNull();
  });
});

describe('what was set aside', () => {
  const line = (view: SuggestionView) => {
    const form = open(today({ aside: view })).querySelector('form.done');
    expect(form?.getAttribute('action')).toBe('/suggestions/art_flats/frd_grace');
    expect(form?.querySelector('button[name=do]')?.getAttribute('value')).toBe('open');
    return spoken(form);
  };
  const title = 'The flats in Graça that nobody advertises';

  it('is said in a quiet line, with the way back', () => {
    expect(line(aside('dismissed', 'not-friend'))).toBe(`Set aside: not for Grace. ${title}Undo`);
    expect(line(aside('dismissed', 'not-interest'))).toBe(
      `Set aside: not about a flat in Lisbon by March. It counts for less with Grace now. ${title}Undo`,
    );
    expect(line(aside('later'))).toBe(`Kept for later, on Grace’s page. ${title}Undo`);
  });

  it('an interest that had its share gives way, and the page says so', () => {
    const words =
      'You have written about trail running four times since May; learning the violin gets its turn.';
    const clip = open(pages['today, one set aside']?.()).querySelector('.why .also');
    expect(spoken(clip)).toBe(words);
    const page = open(pages['friend, who was learned about']?.());
    expect(spoken(page.querySelector('#aside + .pencil'))).toBe(words);
  });
});

describe('a friend who was learned about', () => {
  const page = open(pages['friend, who was learned about']?.());
  const below = (words: string) => {
    const tag = [...page.querySelectorAll('.tags > li')].find((one) => spoken(one).includes(words));
    return [...(tag?.querySelectorAll('.lesson, p.pencil') ?? [])].map(spoken);
  };
  const to = (end: string) => page.querySelector(`form[action="/friends/frd_taught/interests/${end}"]`);

  it('says what the answers said, while it makes a difference, and can forget it', () => {
    expect(below('the muddy kind')).toContain('You set aside three of four. It counts for less. Forget this');
    expect(below('learning the violin')).toEqual([
      'You wrote about it five times. It counts for more. Forget this',
    ]);
    expect(to('int_5/forget')?.getAttribute('method')).toBe('post');
    expect(to('int_8/forget')).toBeNull();
    expect(spoken(to('int_10/recall')?.querySelector('button') ?? null)).toBe('Undo');
  });

  it('offers to make one of two that are nearly the same, under the one that says more', () => {
    expect(below('the muddy kind')).toContain('The same as running? Merge them');
    expect(to('int_5/merge')?.querySelector('[name=with]')?.getAttribute('value')).toBe('int_6');
    expect(page.querySelectorAll('form[action$="/merge"]')).toHaveLength(1);
  });

  it('says where a never stands against a topic', () => {
    expect(below('chess endgames')).toEqual([
      'But never chess, you wrote. That keeps articles on this away from Grace.',
    ]);
  });

  it('offers the user’s own words', () => {
    expect(page.querySelector('#new-words')?.getAttribute('list')).toBe('phrases');
    const offered = [...page.querySelectorAll('#phrases option')].map((option) =>
      option.getAttribute('value'),
    );
    expect(offered).toEqual(['tea', HOSTILE]);
  });
});

describe('a friend', () => {
  const page = open(pages.friend?.());

  it('is what the user wrote down, by kind; what is over stands apart', () => {
    const groups = [...page.querySelectorAll('h3.kind')].map(
      (title) => `${spoken(title)}: ${spoken(title.nextElementSibling?.querySelector('summary') ?? null)}`,
    );
    expect(groups).toEqual([
      'Asks for: a flat in Lisbon by March until 31 Mar 2027',
      'Likes: trail running, the muddy kind',
      'Never: Never: race results',
      'Over: a tent until 30 Jun',
    ]);
  });

  it('shows both clocks, the birthday, and the letters of a year', () => {
    expect(spoken(page.querySelector('.person'))).toContain('04:40 in Toronto, probably asleep');
    expect(spoken(page.querySelector('.person'))).toContain('Birthday 9 December, in 27 days');
    expect(page.querySelector('.rhythm')).toBeNull();
    const sent = written({ state: 'delivered', sentAt: '2026-11-03T13:45:00.000Z' });
    const other = open(
      <FriendPage frame={frame} friend={grace} suggestions={[]} notes={[sent]} errors={{}} />,
    );
    expect(spoken(other.querySelector('.rhythm title'))).toBe(
      'In twelve months, one letter from you to Grace.',
    );
  });

  it.each([
    ['#heard', 'new'],
    ['form[action$="/interests/int_2"]', 'int_2'],
    ['#details', 'details'],
  ])(
    'gives back what was typed into %s, open and with what is wrong, and that form alone',
    (form, editing) => {
      const [errors, values] =
        editing === 'details' ? [detailsWrong, detailsTyped] : [interestWrong, interestTyped];
      const again = open(friendAgain(grace, editing, errors, values));
      const sent = again.querySelector(form);
      for (const [name, value] of Object.entries(values)) {
        const field = sent?.querySelector(`[name=${name}]:not([type=radio]), [name=${name}][checked]`);
        expect([name, field?.getAttribute('value')]).toEqual([name, value]);
      }
      expect([...(sent?.querySelectorAll('.wrong') ?? [])].map(spoken)).toEqual([
        'Some things are not right yet.',
        ...Object.values(errors),
      ]);
      // None of it is folded away, or hidden as the end of what is no ask.
      const folds = [...(sent?.querySelectorAll('details') ?? []), sent?.closest('details')].filter(Boolean);
      expect(folds.every((fold) => fold?.hasAttribute('open'))).toBe(true);
      expect(sent?.querySelector('.is-ask .wrong') ?? null).toBeNull();
      expect(again.querySelectorAll('.wrong')).toHaveLength(5);
      expect(again.querySelectorAll('details[open]')).toHaveLength(1);
    },
  );

  it('folds the rest of a long letter', () => {
    const letter = written({ text: 'Take two lamps. '.repeat(600) });
    const thread = open(
      <FriendPage frame={frame} friend={grace} suggestions={[]} notes={[letter]} errors={{}} />,
    ).querySelector('.thread');
    expect(thread?.querySelector('details.rest')?.hasAttribute('open')).toBe(false);
  });

  it('offers to look again when looking was given up', () => {
    const again = open(pages['friend, at worst']?.()).querySelector('[formaction$="/match"]');
    expect(again?.getAttribute('formaction')).toBe('/friends/frd_hostile/match');
    expect(spoken(again?.closest('p') ?? null)).toBe(
      'Hallway could not look through your library. Try again',
    );
  });
});

describe('Notes', () => {
  const page = open(<NotesPage frame={frame} notes={[waiting, ...everyState]} errors={{}} />);
  const section = (id: string) => page.querySelector(`section[aria-labelledby="${id}"]`);

  it('puts what needs the user first, then what waits, then what is gone', () => {
    expect(spoken(page.querySelector('.head p'))).toBe('Three are waiting to leave. Five need you.');
    expect(section('turn')?.querySelectorAll('.entry')).toHaveLength(5);
    expect(spoken(section('d-2026-11-14')?.querySelector('h2') ?? null)).toBe('Saturday, 14 November');
    expect(section('gone')?.querySelectorAll('.entry')).toHaveLength(3);
    expect(spoken(page.querySelector('.foot summary'))).toBe('One letter taken back');
  });

  it('gives the friend’s time, and the user’s', () => {
    expect(spoken(section('d-2026-11-14')?.querySelector('.at') ?? null)).toBe(
      '09:10 in Toronto 14:10 in your time',
    );
  });

  it('acts on the version that was seen', () => {
    const cancel = section('d-2026-11-14')?.querySelector('form[action$="/cancel"]');
    expect(cancel?.getAttribute('action')).toBe('/notes/nte_scheduled/cancel');
    expect(cancel?.querySelector('[name=version]')?.getAttribute('value')).toBe('3');
    const edit = section('d-2026-11-14')?.querySelector('form[action$="/edit"]');
    expect(edit?.querySelector('[name=version]')?.getAttribute('value')).toBe('3');
    expect(edit?.querySelector('[name=moment][checked]')?.getAttribute('value')).toBe('keep');
    expect(edit?.querySelector('[name=at]')?.getAttribute('value')).toBe('2026-11-14T09:10');
  });

  it.each([
    ['uncertain', ['Send it again', 'It arrived']],
    ['failed', ['Send it again', 'I’ll send it myself', 'Let it go']],
    ['bounced', ['Change the address', 'Send it again', 'I’ll send it myself']],
    ['draft', ['I’ll send it myself', 'Edit', 'Cancel']],
    ['held', ['Send it again', 'I’ll send it myself', 'Edit', 'Cancel']],
  ] as const)('leaves the right ways on for one that is %s', (state, ways) => {
    const acts = open(<NotesPage frame={frame} notes={[written({ state })]} errors={{}} />).querySelector(
      '.entry > .acts',
    );
    const shown = [...(acts?.querySelectorAll('button, summary, a') ?? [])];
    // What is behind Edit is not shown yet.
    expect(shown.filter((element) => !element.closest('form.sheet')).map(spoken)).toEqual(ways);
  });

  it.each([
    ['tries-ended', true],
    ['friend-has-no-email', true],
    ['paused', true],
    ['muted', false],
    ['suppressed', false],
    ['already-sent', false],
    ['article-deleted', false],
    ['friend-deleted', false],
    ['less-often', false],
  ] as const)('offers to send again what is held, where that helps: %s, %s', (heldBecause, helps) => {
    const held = written({ state: 'held', heldBecause });
    const acts = open(<NotesPage frame={frame} notes={[held]} errors={{}} />).querySelector('.entry > .acts');
    expect(acts?.querySelector('form[action$="/send-again"]') !== null).toBe(helps);
  });

  const editOf = (view: NoteView) =>
    open(<NotesPage frame={frame} notes={[view]} errors={{}} />).querySelector('form[action$="/edit"]');
  const buttons = (form: Element | null | undefined) =>
    [...(form?.querySelectorAll('button') ?? [])].map((button) => [
      spoken(button),
      button.getAttribute('name'),
      button.getAttribute('value'),
    ]);

  it('says of a draft which button seals it, and offers no moment that is none', () => {
    const edit = editOf(written({ state: 'draft' }));
    expect(buttons(edit)).toEqual([
      ['Seal and send', 'do', 'seal'],
      ['Save the words', 'do', 'save'],
      ['See the letter', 'do', 'preview'],
    ]);
    expect(edit?.querySelector('[name=moment][checked]')?.getAttribute('value')).toBe('surprise');
    expect(edit?.querySelector('[value=keep]')).toBeNull();
  });

  it('does not offer to seal a draft for whom Hallway has no address', () => {
    const edit = editOf(written({ state: 'draft' }, hana));
    expect(buttons(edit)).toEqual([['Save the words', 'do', 'save']]);
    expect(edit?.querySelector('[name=moment]')).toBeNull();
  });

  it('leaves one that is sealed its moment', () => {
    expect(buttons(editOf(waiting))).toEqual([
      ['Save', null, null],
      ['See the letter', 'do', 'preview'],
    ]);
  });

  it('folds the rest of a long letter', () => {
    const letter = written({ state: 'delivered', text: 'Take two lamps. '.repeat(600) });
    const list = open(<NotesPage frame={frame} notes={[letter]} errors={{}} />).querySelector('.entry');
    expect(list?.querySelector('details.rest')?.hasAttribute('open')).toBe(false);
  });

  it('says that the article is gone, whether its text was kept, and offers to send it anyway', () => {
    const entry = (article: Article) =>
      open(
        <NotesPage
          frame={frame}
          notes={[written({ state: 'held', heldBecause: 'link-gone' }, grace, article)]}
          errors={{}}
        />,
      ).querySelector('.entry');
    expect(spoken(entry(flats)?.querySelector('.state') ?? null)).toBe(
      'Held: the article is gone. Hallway kept the text.',
    );
    expect(spoken(entry({ ...flats, wordCount: 0 })?.querySelector('.state') ?? null)).toBe(
      'Held: the article is gone.',
    );
    const again = entry(flats)?.querySelector('form[action$="/send-again"]');
    expect(spoken(again ?? null)).toBe('Send it anyway');
  });

  it('offers to send what a pause held, once the pause is lifted', () => {
    const held = written({ state: 'held', heldBecause: 'paused' });
    const again = (frame: Frame) =>
      open(<NotesPage frame={frame} notes={[held]} errors={{}} />).querySelector(
        'form[action$="/send-again"]',
      );
    const paused = { ...user, paused: { because: 'bounces' as const, at: DAY } };
    expect(again({ ...frame, user: paused })).toBeNull();
    expect(spoken(again(frame))).toBe('Send it now');
  });

  it('shows the mail of one that waits', () => {
    const link = section('d-2026-11-14')?.querySelector('a[href$="/preview"]');
    expect([link?.getAttribute('href'), spoken(link ?? null)]).toEqual([
      '/notes/nte_scheduled/preview',
      'See the letter',
    ]);
  });

  const top = (more: object) => open(<NotesPage frame={frame} notes={[waiting]} errors={{}} {...more} />);

  it.each([
    ['complaints', 'Two of them were marked as unwanted.', ['Let them leave again']],
    ['bounces', 'Several addresses did not take them.', ['Let them leave again', 'Look at the addresses']],
  ] as const)('says that the user’s letters wait, why (%s), and the way out', (because, why, ways) => {
    const paused = { ...frame, user: { ...user, paused: { because, at: DAY } } };
    const line = top({ frame: paused }).querySelector('form[action="/settings/resume"]');
    expect(spoken(line)).toContain(`Your letters wait.${why}`);
    expect([...(line?.querySelectorAll('button, a') ?? [])].map(spoken)).toEqual(ways);
  });

  it('says that nobody’s letters leave, and nothing of it when they do', () => {
    expect(spoken(top({ allPaused: true }).querySelector('.paused'))).toContain(
      'No letters leave Hallway at the moment, yours or anybody’s.',
    );
    expect(top({}).querySelector('.paused')).toBeNull();
  });

  it('offers to take back what was just sealed', () => {
    const done = open(
      <NotesPage frame={frame} notes={[waiting]} undo={waiting.note} errors={{}} />,
    ).querySelector('.done');
    expect([...(done?.children ?? [])].map(spoken)).toEqual(['Sealed for Grace.', 'Take it back']);
    expect(done?.hasAttribute('data-written')).toBe(true);
  });
});

describe('the envelope', () => {
  const sealed = (note: Partial<Note>, popup = false) =>
    open(<SealedPage frame={frame} view={[written({ articleId: 'art_flats', ...note })]} popup={popup} />);

  it('keeps a surprise’s hour to itself', () => {
    const page = sealed({ sendAt: '2026-11-14T15:20:00.000Z', moment: { kind: 'surprise' } });
    expect(spoken(page.querySelector('h1'))).toBe('Sealed for Grace.');
    expect(spoken(page.querySelector('.sealed p'))).toBe(
      'It leaves at some hour of the day in Toronto, before Wednesday, 18 November is over. Until then it waits under Notes.',
    );
    expect(page.toString()).not.toMatch(/10:20|15:20|14 Nov/);
  });

  it('says the time that was chosen on both clocks', () => {
    const page = sealed({
      sendAt: '2026-11-14T14:10:00.000Z',
      moment: { kind: 'at', at: '2026-11-14T09:10' },
    });
    expect(spoken(page.querySelector('.sealed p'))).toContain(
      'It leaves on Saturday at 09:10 in Toronto, 14:10 in your time.',
    );
  });

  it('can be taken back, to where it was written', () => {
    const page = sealed({ moment: { kind: 'now' }, sendAt: '2026-11-12T09:40:30.000Z' }, true);
    expect(spoken(page.querySelector('.sealed p'))).toContain('It leaves in half a minute.');
    const form = page.querySelector('form');
    expect(form?.getAttribute('action')).toBe('/notes/nte_scheduled/cancel');
    expect(form?.querySelector('[name=back]')?.getAttribute('value')).toBe('/save/art_flats');
    expect(page.querySelector('[data-written]')).toBeTruthy();
  });

  it.each([
    ['2026-11-12T09:40:30.000Z', 'It leaves in half a minute.', '30'],
    ['2026-11-12T09:40:16.200Z', 'It leaves in 17 seconds.', '17'],
    ['2026-11-12T09:40:01.000Z', 'It leaves in one second.', '1'],
    ['2026-11-12T09:42:00.000Z', 'It leaves in two minutes.', '120'],
    ['2026-11-12T09:39:59.000Z', 'It is about to leave.', undefined],
  ])('counts what is left of the time to take it back: %s', (sendAt, words, seconds) => {
    const page = sealed({ moment: { kind: 'now' }, sendAt });
    expect(spoken(page.querySelector('.sealed p'))).toContain(words);
    const count = page.querySelector('.count');
    expect(count?.getAttribute('data-seconds') ?? undefined).toBe(seconds);
    expect(count?.querySelector('animate')?.getAttribute('dur')).toBe(seconds && `${seconds}s`);
    expect(page.querySelector('form[action$="/cancel"]')).toBeTruthy();
  });

  it('promises no hour while nobody’s letters leave', () => {
    const note = written({ moment: { kind: 'now' }, sendAt: '2026-11-12T09:40:30.000Z' });
    const page = open(<SealedPage frame={frame} view={[note]} popup={false} allPaused />);
    expect(spoken(page.querySelector('.sealed p'))).toContain(
      'No letters leave Hallway at the moment: it leaves later, by itself.',
    );
    expect(page.querySelector('.count')).toBeNull();
    expect(spoken(page.querySelector('form[action$="/cancel"]'))).toBe('Take it back');
  });

  it('promises no hour while the user’s letters wait', () => {
    const paused = { ...user, paused: { because: 'bounces' as const, at: DAY } };
    const note = written({ moment: { kind: 'now' }, sendAt: '2026-11-12T09:40:30.000Z' });
    const page = open(<SealedPage frame={{ ...frame, user: paused }} view={[note]} popup={false} />);
    expect(spoken(page.querySelector('.sealed p'))).toContain(
      'Your letters are paused: it leaves when you let them, under Notes.',
    );
  });
});

describe('what is asked before a letter is sealed', () => {
  const letter = { kind: 'letter' as const, key: 'k1', said: 'A letter? It is longer than a note.' };
  const near = { kind: 'near' as const, key: 'k2', said: 'Grace had a letter from you yesterday.' };
  const again = (asks: LetterDraft['asks'], asked: string[] = []) =>
    open(
      <WritePage
        frame={frame}
        friend={grace}
        draft={{ ...draft, chosen: ['frd_grace'], asks, asked, errors: {} } as LetterDraft}
      />,
    ).querySelector('form');

  it.each([
    [[letter], 'Send it as a letter'],
    [[near], 'Send it all the same'],
    [[letter, near], 'Send it as it is'],
  ])('stands above the button that answers it', (asks, answer) => {
    const form = again(asks, ['k0']);
    const asked = form?.querySelector('.asks');
    expect([...(asked?.querySelectorAll('p') ?? [])].map(spoken)).toEqual(asks.map(({ said }) => said));
    const button = form?.querySelector('button');
    expect([spoken(button ?? null), button?.getAttribute('value')]).toEqual([answer, 'seal']);
    expect(button?.getAttribute('aria-describedby')).toBe(asked?.getAttribute('id'));
    expect(button?.hasAttribute('autofocus')).toBe(true);
    expect(form?.querySelectorAll('[autofocus]')).toHaveLength(1);
    const keys = [...(form?.querySelectorAll('[name=asked]') ?? [])].map((one) => one.getAttribute('value'));
    expect(keys).toEqual(['k0', ...asks.map(({ key }) => key)]);
    expect(spoken(form?.querySelector('textarea') ?? null)).toContain('Walk past?');
  });
});
