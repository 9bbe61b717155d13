import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import type { User } from '../../functions/accounts/user.ts';
import type { Article } from '../../functions/articles/article.ts';
import type { Friend } from '../../functions/friends/friend.ts';
import type { Note } from '../../functions/notes/note.ts';
import { HeldBecause, type Outcome, RefusedBecause } from '../../functions/transfer/arrival.ts';
import { ByHandPage } from '../../functions/web/pages/by-hand.tsx';
import type { MailIn } from '../../functions/web/pages/mail-in.tsx';
import { ProblemPage } from '../../functions/web/pages/problem.tsx';
import {
  KeptPage,
  SaveConfirmPage,
  SaveSignInPage,
  SaveStartPage,
  SaveWindowPage,
} from '../../functions/web/pages/save.tsx';
import { SettingsPage } from '../../functions/web/pages/settings.tsx';
import {
  SignInConfirmPage,
  SignInGonePage,
  SignInPage,
  SignInSentPage,
} from '../../functions/web/pages/sign-in.tsx';
import { StopPage } from '../../functions/web/pages/stop.tsx';
import type { Frame, LetterDraft, SuggestionView } from '../../functions/web/views.ts';

const SAVED = '2026-11-12T09:39:00.000Z';
const HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1) style="color:red">';
const LONG = 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(7);
const WORLD = ['山田 花子', 'עדה לאבלייס', HOSTILE, LONG, 'Chimamanda Ngozi Adichie-Okonkwo'];

const user: User = {
  id: 'usr_1',
  email: 'ada@lovelace.example',
  name: 'Ada Lovelace',
  timeZone: 'Europe/London',
  ingest: 'ada-7tq4m',
  bookmarkletSerial: 1,
  tokenSerial: 1,
  createdAt: SAVED,
};
const frame: Frame = { user, now: new Date('2026-11-12T09:40:00Z') };

const article: Article = {
  id: 'art_1',
  url: 'https://ridge.example/dark',
  title: 'Running a ridge in the dark',
  siteName: 'Ridgeline Quarterly',
  wordCount: 1400,
  minutes: 7,
  savedAt: SAVED,
  savedBy: 'bookmarklet',
};

function friend(id: string, name: string): Friend {
  return {
    id,
    name,
    email: 'friend@example.org',
    timeZone: 'America/Toronto',
    groups: [],
    interests: [],
    version: 1,
    createdAt: SAVED,
  };
}

const grace = friend('frd_grace', 'Grace');
const alan = friend('frd_alan', 'Alan');

function fits(one: Friend, about: Article = article): SuggestionView {
  return {
    friend: one,
    article: about,
    suggestion: {
      articleId: about.id,
      friendId: one.id,
      score: 0.8,
      state: 'open',
      createdAt: SAVED,
      reasons: [
        {
          interestId: 'int_1',
          interest: 'trail running, the muddy kind',
          kind: 'topic',
          evidence: 'your feet learn the path',
          heard: 'at lunch, 3 May',
        },
      ],
    },
  };
}

const note: Note = {
  id: 'nte_1',
  friendId: grace.id,
  text: 'Page two is you at the Christmas table.',
  state: 'delivered',
  version: 3,
  attempts: 1,
  sentAt: '2026-03-08T20:00:00.000Z',
  createdAt: SAVED,
  updatedAt: SAVED,
};

const draft: LetterDraft = {
  texts: { [grace.id]: '  two\nlines </textarea>', other: 'For the other one.', new: 'For a new one.' },
  chosen: [grace.id, alan.id],
  moment: 'at',
  at: '2026-11-20T09:00',
  errors: {
    [`text-${grace.id}`]: 'A link alone is not a letter. Write Grace one line.',
    'text-other': 'Write Alan one line.',
    'new-name': 'A name is needed.',
    at: 'This hour has gone by.',
    other: 'Choose a friend.',
    because: 'Too long.',
    friend: 'Choose who it is for.',
  },
};

const BOOKMARKLET = "javascript:void(open('https://hallway.example/save#'+new URLSearchParams({k:'key'})))";
const WITH_TEXT = "javascript:void(open('https://hallway.example/save#n=1'))";

function settings(changes: Partial<Parameters<typeof SettingsPage>[0]> = {}) {
  return (
    <SettingsPage
      frame={frame}
      bookmarklet={BOOKMARKLET}
      bookmarkletWithText={WITH_TEXT}
      mailIn={{ frame, address: 'ada-7tq4m@in.hallway.example', arrivals: [], isCut: false, senders: [] }}
      baseUrl="https://hallway.example"
      errors={{}}
      {...changes}
    />
  );
}

const OUTCOMES: Outcome[] = [
  { kind: 'reading', articleId: 'art_1', noteId: 'nte_1' },
  { kind: 'saved', articleId: 'art_1', title: HOSTILE, alreadySaved: false, draftFor: HOSTILE },
  { kind: 'saved', articleId: 'art_1', title: LONG, alreadySaved: true, words: HOSTILE, wordsFor: HOSTILE },
  ...HeldBecause.options.map((because) => ({ kind: 'held' as const, because })),
  { kind: 'shown', service: 'Gmail', code: HOSTILE, url: 'https://mail.google.com/mail/vf-1' },
  { kind: 'shown', service: 'Gmail', url: 'javascript:alert(1)' },
  ...RefusedBecause.options.map((because) => ({ kind: 'refused' as const, because })),
];

const MAIL_IN: MailIn = {
  frame,
  address: 'ada-7tq4m@in.hallway.example',
  arrivals: OUTCOMES.map((outcome, place) => ({
    id: `mail_${place}`,
    objectKey: 'in/1',
    from: place % 2 ? HOSTILE : '',
    subject: place % 2 ? '' : HOSTILE,
    attachments: [HOSTILE, LONG],
    receivedAt: '2026-11-01T12:00:00.000Z',
    expiresAt: '2026-12-01T12:00:00.000Z',
    outcome,
  })),
  isCut: true,
  senders: [{ id: 'one', address: HOSTILE, acceptedAt: '2026-11-01T12:00:00.000Z' }],
};

const pages: Record<string, () => unknown> = {
  'sign in': () => <SignInPage errors={{}} />,
  'sign in, sent back': () => (
    <SignInPage
      email={HOSTILE}
      errors={{ email: `No: ${HOSTILE}`, form: 'Too many links.' }}
      returnTo="/notes?a=b"
    />
  ),
  'sign-in link sent': () => <SignInSentPage email={HOSTILE} />,
  'sign-in link opened': () => <SignInConfirmPage token={HOSTILE} email={user.email} />,
  'sign-in link gone': () => <SignInGonePage />,
  'nothing to save yet': () => <SaveStartPage signedIn errors={{}} />,
  'save, sent back': () => (
    <SaveStartPage
      signedIn
      errors={{ url: 'An address is needed.', title: 'Too long.' }}
      values={{ url: HOSTILE, title: HOSTILE, selection: `</textarea>${HOSTILE}` }}
    />
  ),
  'save, signed out': () => <SaveStartPage signedIn={false} errors={{}} values={{ url: HOSTILE }} />,
  'save, sign in': () => <SaveSignInPage email={HOSTILE} errors={{ email: 'Not an address.' }} />,
  'save, asked': () => <SaveConfirmPage url="javascript:alert(1)" title={HOSTILE} selection={HOSTILE} />,
  'save, asked, with the page': () => (
    <SaveConfirmPage url="https://x.example/" title="X" selection="" html={`<html>${HOSTILE}</html>`} />
  ),
  'saved without the text that was asked for': () => (
    <SaveWindowPage frame={frame} clipping={{ article, suggestions: [] }} others={[alan]} missing="silent" />
  ),
  kept: () => <KeptPage />,
  'saved, two fit': () => (
    <SaveWindowPage frame={frame} clipping={{ article, suggestions: [fits(grace)] }} others={[alan]} />
  ),
  'saved, sent back': () => (
    <SaveWindowPage
      frame={frame}
      clipping={{ article, suggestions: [fits(grace)] }}
      others={[alan]}
      draft={draft}
      values={{ because: HOSTILE, 'new-name': HOSTILE, 'new-email': HOSTILE, 'new-timeZone': HOSTILE }}
    />
  ),
  'saved, all the world fits': () => (
    <SaveWindowPage
      frame={frame}
      clipping={{
        article: {
          ...article,
          title: HOSTILE,
          siteName: LONG,
          url: 'javascript:alert(1)',
          image: 'javascript:1',
        },
        suggestions: WORLD.map((name, n) => fits(friend(`frd_${n}`, name))),
      }}
      others={WORLD.map((name, n) => friend(`frd_o${n}`, name))}
    />
  ),
  'saved, nobody fits': () => (
    <SaveWindowPage frame={frame} clipping={{ article, suggestions: [] }} others={[alan]} draft={draft} />
  ),
  'saved, no friends': () => (
    <SaveWindowPage frame={frame} clipping={{ article, suggestions: [] }} others={[]} />
  ),
  'saved, picked by hand': () => (
    <SaveWindowPage
      frame={frame}
      clipping={{ article, suggestions: [fits(grace), fits(alan)] }}
      others={[alan]}
      picked={alan}
    />
  ),
  'saved before': () => (
    <SaveWindowPage
      frame={frame}
      clipping={{ article, suggestions: [fits(alan)] }}
      others={[grace]}
      alreadySaved={{
        savedAt: '2026-03-08T18:00:00.000Z',
        notes: [
          { note, friend: grace, article },
          { note: { ...note, text: HOSTILE }, friend: undefined, article: undefined },
        ],
      }}
    />
  ),
  settings: () => settings(),
  'settings, mail of every outcome': () => settings({ mailIn: MAIL_IN }),
  'settings, sent back': () =>
    settings({
      frame: { ...frame, user: { ...user, name: HOSTILE, timeZone: HOSTILE } },
      newToken: 'hw_secret',
      errors: { name: 'A name is needed.', timeZone: 'Not a time zone.' },
    }),
  'by hand': () => (
    <ByHandPage
      frame={frame}
      view={{ note: { ...note, state: 'draft' }, friend: grace, article }}
      mailto="mailto:grace@hopper.example?subject=Hello"
      plainText={`\n</textarea>${HOSTILE}`}
    />
  ),
  'by hand, friend gone': () => (
    <ByHandPage
      frame={frame}
      view={{ note, friend: undefined, article: undefined }}
      mailto="mailto:"
      plainText="x"
    />
  ),
  'stop?': () => <StopPage state="ask" userName={HOSTILE} friendName={LONG} token={HOSTILE} />,
  'stop, nobody named': () => <StopPage state="ask" token="t" />,
  stopped: () => <StopPage state="stopped" userName="Ada" friendName="Grace" token="t" />,
  'stop, gone': () => <StopPage state="gone" token="t" />,
  problem: () => <ProblemPage status={500} title={HOSTILE} detail={LONG} back="/notes" />,
  'problem, no way back': () => <ProblemPage status={404} title="Nothing here." detail="It was moved." />,
};

/** linkedom leaves the references inside a textarea as they stand in the HTML; a browser reads them. */
function wordsIn(box: { innerHTML: string } | null): string | undefined {
  const references: Record<string, string> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&amp;': '&',
  };
  return box?.innerHTML
    .replaceAll('&amp;', '&')
    .replace(/&(lt|gt|quot|#39|amp);/g, (one) => references[one] ?? one);
}

function open(page: unknown) {
  return parseHTML(String(page)).document;
}

describe.each(Object.entries(pages))('the page "%s"', (_, page) => {
  const html = String(page());
  const document = open(html);

  it('is a whole page with a language, a title and one main heading', () => {
    expect(html).toMatch(/^<!doctype html>\s*<html lang="en">/i);
    expect(document.querySelector('title')?.textContent).toBeTruthy();
    expect(document.querySelectorAll('h1')).toHaveLength(1);
    expect(document.querySelectorAll('main')).toHaveLength(1);
  });

  it('keeps to the content security policy', () => {
    expect(
      document.querySelectorAll('[style], style, script:not([src]), img[onerror], form[action^="http"]'),
    ).toHaveLength(0);
    for (const script of document.querySelectorAll('script')) {
      expect(script.getAttribute('src')).toMatch(/^\/assets\/(save|letter|passkey)\.js$/);
      expect(script.textContent).toBe('');
    }
    for (const element of document.querySelectorAll('*')) {
      for (const name of element.getAttributeNames()) expect(name).not.toMatch(/^on/);
    }
  });

  it('has no script address but the bookmarklets', () => {
    const addresses = [...document.querySelectorAll('[href], [src], [action]')].flatMap((element) =>
      ['href', 'src', 'action'].map((name) => element.getAttribute(name) ?? ''),
    );
    expect(
      addresses.filter(
        (address) => /^\s*javascript:/i.test(address) && ![BOOKMARKLET, WITH_TEXT].includes(address),
      ),
    ).toEqual([]);
  });

  it('names every field, and ties what is wrong with it to it', () => {
    for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
      const id = field.getAttribute('id');
      const label = id ? document.querySelector(`label[for="${id}"]`) : null;
      expect((label ?? field.closest('label'))?.textContent?.trim(), field.outerHTML).toBeTruthy();
      for (const ref of (field.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean)) {
        expect(document.getElementById(ref)?.textContent).toBeTruthy();
      }
      if (field.getAttribute('aria-invalid'))
        expect(field.getAttribute('aria-describedby')).toMatch(/-wrong$/);
    }
  });

  it('uses each id once', () => {
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.getAttribute('id'));
    expect(ids).toEqual([...new Set(ids)]);
  });

  it('sends every form by POST to a path of ours', () => {
    for (const form of document.querySelectorAll('form')) {
      expect(form.getAttribute('method')).toBe('post');
      expect(form.getAttribute('action')).toMatch(/^\/[a-z]/);
    }
  });

  it('speaks calmly', () => {
    const words = [...document.querySelectorAll('h1, h2, p, label, button, summary')]
      .map((element) => element.textContent)
      .join(' ')
      .replaceAll(HOSTILE, '');
    expect(words).not.toMatch(/!|\p{Extended_Pictographic}/u);
  });
});

describe('what the friend sees', () => {
  it('is the two names, and nothing else that anybody wrote', () => {
    for (const state of ['ask', 'stopped', 'gone'] as const) {
      const html = String(<StopPage state={state} userName="Ada" friendName="Grace" token="t" />);
      expect(html).not.toMatch(/lovelace|interest|likes|asks for|heard|score|Today|Library/i);
    }
  });

  it('asks before it stops, and says that it did', () => {
    const ask = open(<StopPage state="ask" userName="Ada" friendName="Grace" token="a.b/c" />);
    expect(ask.querySelector('h1')?.textContent).toBe('Stop letters from Ada?');
    expect(ask.querySelector('form')?.getAttribute('action')).toBe('/stop/a.b%2Fc');
    expect(ask.querySelector('button')?.getAttribute('value')).toBe('stop');
    const stopped = open(<StopPage state="stopped" userName="Ada" friendName="Grace" token="t" />);
    expect(stopped.querySelector('main')?.textContent).toContain(
      'Hallway will not write to you again for Ada.',
    );
    expect(stopped.querySelector('form')).toBeNull();
  });
});

describe('signing in', () => {
  it('asks for an address and remembers where to go', () => {
    const page = open(<SignInPage email="ada@lovelace.example" errors={{}} returnTo="/notes" />);
    expect(page.querySelector('form')?.getAttribute('action')).toBe('/sign-in');
    expect(page.querySelector('[name=email]')?.getAttribute('value')).toBe('ada@lovelace.example');
    expect(page.querySelector('[name=return]')?.getAttribute('value')).toBe('/notes');
  });

  it('uses the link up by a button, not by being opened', () => {
    const page = open(<SignInConfirmPage token="abc_DEF-1" />);
    expect(page.querySelector('form')?.getAttribute('action')).toBe('/sign-in/abc_DEF-1');
    expect(page.querySelectorAll('button')).toHaveLength(1);
  });
});

describe('the save window', () => {
  const window = (props: Partial<Parameters<typeof SaveWindowPage>[0]>) =>
    open(<SaveWindowPage frame={frame} clipping={{ article, suggestions: [] }} others={[alan]} {...props} />);

  it('offers whoever fits, the best one chosen, each with words of their own', () => {
    const page = window({ clipping: { article, suggestions: [fits(grace), fits(alan)] } });
    const boxes = [...page.querySelectorAll('[name=friend]')];
    expect(boxes.map((box) => [box.getAttribute('value'), box.hasAttribute('checked')])).toEqual([
      ['frd_grace', true],
      ['frd_alan', false],
    ]);
    expect(page.querySelector('[name="text-frd_grace"]')).toBeTruthy();
    expect(page.querySelector('[name="text-frd_alan"]')).toBeTruthy();
    expect(page.querySelector('form')?.getAttribute('action')).toBe('/save/art_1/notes');
    expect([...page.querySelectorAll('[name=do]')].map((one) => one.getAttribute('value'))).toEqual([
      'seal',
      'preview',
      'myself',
      'keep',
    ]);
  });

  it('says why, with the words of the article', () => {
    const page = window({ clipping: { article, suggestions: [fits(grace)] } });
    expect(page.querySelector('.one .pencil')?.textContent?.replace(/\s+/g, ' ')).toBe(
      'Grace likes trail running, the muddy kind: “your feet learn the path”',
    );
  });

  it('never suggests a word', () => {
    const page = window({ clipping: { article, suggestions: [fits(grace)] } });
    expect(page.querySelectorAll('[placeholder]')).toHaveLength(0);
    expect(page.querySelector('[name="text-frd_grace"]')?.textContent).toBe('');
  });

  it('keeps five side by side, and the others under "Someone else"', () => {
    const many = WORLD.concat('Sixth').map((name, n) => fits(friend(`frd_${n}`, name)));
    const page = window({ clipping: { article, suggestions: many } });
    expect(page.querySelectorAll('[name=friend]')).toHaveLength(5);
    expect([...page.querySelectorAll('[name=other] option')].map((one) => one.getAttribute('value'))).toEqual(
      ['', 'frd_5', 'frd_alan'],
    );
  });

  it('gives back what was typed, to whom, and when', () => {
    const page = window({ clipping: { article, suggestions: [fits(grace)] }, draft });
    expect(wordsIn(page.querySelector('[name="text-frd_grace"]'))).toBe('  two\nlines </textarea>');
    expect(page.querySelector('[name=else]')?.hasAttribute('checked')).toBe(true);
    expect(page.querySelector('[name=other] [selected]')?.getAttribute('value')).toBe('frd_alan');
    expect(page.querySelector('[name="text-other"]')?.textContent).toBe('For the other one.');
    expect(page.querySelector('[name=moment][value=at]')?.hasAttribute('checked')).toBe(true);
    expect(page.querySelector('[name=at]')?.getAttribute('value')).toBe('2026-11-20T09:00');
    expect(page.querySelector('[role=alert]')).toBeTruthy();
  });

  it('writes to somebody picked by hand', () => {
    const page = window({ picked: alan });
    expect(page.querySelector('[name=else]')?.hasAttribute('checked')).toBe(true);
    expect(page.querySelector('[name=other]')?.getAttribute('value')).toBe('frd_alan');
    // The reason was asked for and kept when the friend was picked.
    expect(page.querySelector('[name=because]')).toBeNull();
    expect(page.querySelector('main')?.textContent).not.toContain('Nobody comes to mind.');
  });

  it('keeps what fits nobody, and asks whether the user knows somebody', () => {
    const page = window({});
    expect(page.querySelector('h2')?.textContent).toBe('Nobody comes to mind.');
    expect([...page.querySelectorAll('[name=do]')].map((one) => one.getAttribute('value'))).toEqual([
      'pick',
      'keep',
    ]);
  });

  it('asks for a first friend where there is none', () => {
    const page = window({ others: [] });
    expect(page.querySelector('[name=other]')).toBeNull();
    expect(page.querySelector('details')?.hasAttribute('open')).toBe(true);
  });

  it('remembers what was saved before, and to whom it went', () => {
    const page = window({
      alreadySaved: { savedAt: '2026-03-08T18:00:00.000Z', notes: [{ note, friend: grace, article }] },
    });
    expect(page.querySelector('h2')?.textContent).toBe('You saved this on 8 March.');
    expect(page.querySelector('figcaption')?.textContent).toBe('You sent it to Grace on 8 March.');
    expect(page.querySelector('figure .inked')?.textContent).toBe('Page two is you at the Christmas table.');
  });
});

describe('saving by bookmarklet', () => {
  it('finds its fields in the form', () => {
    const page = open(<SaveStartPage signedIn errors={{}} />);
    const form = page.querySelector('form[data-signed-in="true"]');
    for (const name of ['url', 'title', 'selection', 'key', 'html', 'missing']) {
      expect(form?.querySelector(`[name=${name}]`)).toBeTruthy();
    }
    // Percent signs would make three bytes of one.
    expect(form?.getAttribute('enctype')).toBe('multipart/form-data');
    expect(page.querySelector('script')?.getAttribute('src')).toBe('/assets/save.js');
  });

  it('keeps the fields over a sign-in', () => {
    const values = { url: 'https://x.example/', title: 'X', selection: '' };
    const door = open(<SaveSignInPage values={values} />).querySelector('form[data-keep]');
    expect(JSON.parse(door?.getAttribute('data-keep') ?? '')).toEqual(values);
    expect(door?.querySelector('[name=return]')?.getAttribute('value')).toBe('/save');
    const empty = open(<SaveStartPage signedIn={false} errors={{}} />).querySelector('form[data-keep]');
    expect(empty?.getAttribute('data-keep')).toBe('null');
  });

  it('asks first if it came without the key', () => {
    const page = open(<SaveConfirmPage url="https://x.example/" title="X" selection="one" />);
    expect(page.querySelector('[name=url]')?.getAttribute('value')).toBe('https://x.example/');
    expect(page.querySelectorAll('button')).toHaveLength(1);
    expect(page.querySelector('[name=html]')).toBeNull();
  });

  it('holds the page’s HTML until it is pressed', () => {
    const html = `<html>\n${HOSTILE}&amp;</html>`;
    const page = open(<SaveConfirmPage url="https://x.example/" title="X" selection="" html={html} />);
    expect(page.querySelector('[name=html]')?.getAttribute('value')).toBe(html);
    expect(page.querySelector('form')?.getAttribute('enctype')).toBe('multipart/form-data');
  });

  it('says why the text of the page is not there', () => {
    for (const [missing, words] of [
      ['silent', 'The page did not give its text.'],
      ['large', 'The page is over 2 MB.'],
    ] as const) {
      const page = open(
        <SaveWindowPage
          frame={frame}
          clipping={{ article, suggestions: [] }}
          others={[]}
          missing={missing}
        />,
      );
      expect(page.querySelector('.mini .pencil')?.textContent).toContain(words);
    }
  });
});

describe('settings', () => {
  it('gives both bookmarklets to drag and to copy, the plain one first', () => {
    const page = open(settings());
    const labels = [...page.querySelectorAll('.mark-let')].map((one) => one.getAttribute('href'));
    expect(labels).toEqual([BOOKMARKLET, WITH_TEXT]);
    expect(wordsIn(page.querySelector('#bookmarklet'))).toBe(BOOKMARKLET);
    expect(wordsIn(page.querySelector('#bookmarklet-text'))).toBe(WITH_TEXT);
  });

  it('shows a token once', () => {
    expect(wordsIn(open(settings({ newToken: 'hw_secret' })).querySelector('#token'))).toBe('hw_secret');
    expect(String(settings())).not.toContain('id="token"');
  });
});

describe('a letter to carry oneself', () => {
  it('is there to copy as it is, and is recorded by a button', () => {
    const page = open(
      <ByHandPage
        frame={frame}
        view={{ note: { ...note, state: 'draft' }, friend: grace, article }}
        mailto="mailto:grace@hopper.example?subject=A%20%26%20B"
        plainText={'Hello\n\nAda'}
      />,
    );
    expect(page.querySelector('textarea')?.textContent).toBe('Hello\n\nAda');
    expect(page.querySelector('a[href^="mailto:"]')?.getAttribute('href')).toBe(
      'mailto:grace@hopper.example?subject=A%20%26%20B',
    );
    expect(page.querySelector('form')?.getAttribute('action')).toBe('/notes/nte_1/sent-myself');
    // Without the script there is nothing to press in vain.
    for (const button of page.querySelectorAll('.js-share, .js-copy'))
      expect(button.hasAttribute('hidden')).toBe(true);
  });
});
