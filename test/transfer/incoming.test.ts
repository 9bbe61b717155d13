import PostalMime from 'postal-mime';
import { describe, expect, test, vi } from 'vitest';
import { addUser, ingestAddress } from '../../functions/accounts/accounts.ts';
import { findUser, replaceIngest } from '../../functions/accounts/store.ts';
import type { User } from '../../functions/accounts/user.ts';
import { listArticles, readText } from '../../functions/articles/store.ts';
import { addFriend } from '../../functions/friends/friends.ts';
import { decodeNotification } from '../../functions/mail/notification.ts';
import { listNotes } from '../../functions/notes/store.ts';
import { acceptArrival, takeIn, throwAway } from '../../functions/transfer/incoming.ts';
import { forgetSender, listArrivals, listSenders } from '../../functions/transfer/store.ts';
import { type TestGround, testGround } from '../ground.ts';
import { fixture, handOver, mailOf } from '../mails.ts';

const FORWARD = fixture('gmail-english-view-in-browser');
const TITLE = 'The flats in Graça that nobody advertises';

type Verdicts = Parameters<typeof handOver>[3];

/** Ada, whose address the fixtures are from, with a friend Grace. */
async function adasDoor() {
  const ground = await testGround();
  const ada = { email: 'ada@lovelace.example', name: 'Ada Lovelace', timeZone: 'Europe/London' };
  const { user } = await addUser(ground, ada);
  const grace = await addFriend(ground, user, {
    name: 'Grace Hopper',
    email: 'grace@friends.example',
    interests: ['flats in Graça'],
  });
  const to = ingestAddress(ground, user);
  return {
    ground,
    user,
    grace,
    to,
    /** A mail arrives; the message that says so, to be brought again. */
    async arrives(raw: string | Buffer, verdicts: Verdicts = {}, recipients = [to]) {
      const message = await handOver(ground, recipients, raw, verdicts);
      await takeIn(ground, decodeNotification(message));
      return message;
    },
    ...readers(ground, user),
  };
}

function readers(ground: TestGround, user: User) {
  return {
    articles: async () => (await listArticles(ground.table, user.id, { limit: 100 })).items,
    notes: async () => (await listNotes(ground.table, user.id, { limit: 100 })).items,
    arrivals: () => listArrivals(ground.table, user.id, ground.clock(), 100),
    outcomes: async () =>
      (await listArrivals(ground.table, user.id, ground.clock(), 100)).map(({ outcome }) => outcome),
  };
}

/** A stranger's mail with a link. */
const stranger = (headers: Record<string, string> = {}) =>
  mailOf(
    { From: 'Charles <charles@babbage.example>', Subject: 'Engines', ...headers },
    'https://engines.example/one',
  );

describe('a mail of the user’s own', () => {
  test('becomes an article, a draft for the friend it names, and one answer', async () => {
    const { ground, grace, arrives, articles, notes, arrivals } = await adasDoor();
    await arrives(FORWARD);

    const [article, ...more] = await articles();
    expect(more).toEqual([]);
    expect(article).toMatchObject({
      url: 'https://miradouro.example/letters/34',
      title: TITLE,
      savedBy: 'mail',
    });
    expect(await notes()).toMatchObject([
      {
        friendId: grace.id,
        articleId: article?.id,
        text: 'You said January is hopeless for flats.',
        state: 'draft',
      },
    ]);
    const [note] = await notes();
    expect(await arrivals()).toMatchObject([
      {
        from: 'ada@lovelace.example',
        receivedAt: '2026-11-23T12:00:00.000Z',
        expiresAt: '2026-12-23T12:00:00.000Z',
        outcome: {
          kind: 'saved',
          articleId: article?.id,
          title: TITLE,
          alreadySaved: false,
          noteId: note?.id,
          draftFor: 'Grace Hopper',
        },
      },
    ]);

    const [mail, ...others] = await ground.mailbox();
    expect(others).toEqual([]);
    expect(mail?.destinations).toEqual(['ada@lovelace.example']);
    const email = await PostalMime.parse(Buffer.from(mail?.raw ?? '', 'base64'));
    const header = (name: string) => email.headers.find(({ key }) => key === name)?.value;
    const messageId = '<gmail-english-view-in-browser@mail.lovelace.example>';
    expect(email.subject).toBe(`Re: ${TITLE}`);
    expect(header('auto-submitted')).toBe('auto-replied');
    expect(header('in-reply-to')).toBe(messageId);
    expect(header('references')).toBe(messageId);
    expect(email.html).toBeUndefined();
    expect(email.text?.trim()).toBe(
      `Kept: “${TITLE}”.\n\nYour words wait as a draft for Grace Hopper. Seal it here:\nhttp://localhost:8787/notes#${note?.id}`,
    );
  });

  test('says who it could be for, and where to write the note', async () => {
    const { ground, arrives, articles } = await adasDoor();
    await arrives(
      mailOf({ From: 'ada@lovelace.example', Subject: 'Fwd: Flats in Graça' }, 'https://flats.example/graca'),
    );
    const [article] = await articles();
    const [mail] = await ground.mailbox();
    const { text = '' } = await PostalMime.parse(Buffer.from(mail?.raw ?? '', 'base64'));
    expect(text.trim()).toBe(
      `Kept: “Flats in Graça”.\n\nIt could be for Grace Hopper.\n\nWrite the note here:\nhttp://localhost:8787/articles/${article?.id}`,
    );
  });

  test('that comes twice is one article, one draft and one answer', async () => {
    const { ground, arrives, articles, notes, outcomes, to } = await adasDoor();
    const message = await arrives(FORWARD);
    await takeIn(ground, decodeNotification(message));
    // Also as another mail to SES: to a second address of the user's.
    await arrives(FORWARD, {}, [to.replace('@', '+again@')]);
    expect(await articles()).toHaveLength(1);
    expect(await notes()).toHaveLength(1);
    expect(await outcomes()).toHaveLength(1);
    expect(await ground.mailbox()).toHaveLength(1);
  });

  test('that comes twice at once, too, and also without an address', async () => {
    const { ground, user, to, articles, notes, outcomes } = await adasDoor();
    const message = await handOver(ground, [to], fixture('samsung-portuguese-plain'));
    const body = decodeNotification(message);
    await Promise.all([takeIn(ground, body), takeIn(ground, body), takeIn(ground, body)]);
    const [article, ...more] = await articles();
    expect(more).toEqual([]);
    expect(article).toMatchObject({ title: 'Carta 34', byline: 'A Folha' });
    expect(article).not.toHaveProperty('url');
    expect(await readText(ground.table, user.id, article?.id ?? '')).toBe('As agências mostram metade.');
    expect(await notes()).toEqual([]);
    expect(await outcomes()).toMatchObject([{ kind: 'saved', articleId: article?.id }]);
    expect(await ground.mailbox()).toHaveLength(1);
  });

  test('cut off in the middle is done to its end when it comes again', async () => {
    const { ground, to, articles, notes, outcomes } = await adasDoor();
    const body = decodeNotification(await handOver(ground, [to], FORWARD));
    const { update } = ground.table;
    // The outcome is the last that is written before the answer.
    const cut = vi.spyOn(ground.table, 'update').mockImplementation((key, ...rest) => {
      if (key.sk.startsWith('ARRIVAL#')) throw new Error('the table is away');
      return update.call(ground.table, key, ...rest);
    });
    await expect(takeIn(ground, body)).rejects.toThrow('the table is away');
    cut.mockRestore();
    expect(await outcomes()).toMatchObject([{ kind: 'reading' }]);
    expect(await ground.mailbox()).toEqual([]);

    await takeIn(ground, body);
    expect(await articles()).toHaveLength(1);
    expect(await notes()).toHaveLength(1);
    expect(await outcomes()).toMatchObject([{ kind: 'saved', alreadySaved: false }]);
    expect(await ground.mailbox()).toHaveLength(1);
  });

  test('with words for nobody Hallway knows keeps the words', async () => {
    const { ground, user, arrives, notes, outcomes } = await adasDoor();
    await addFriend(ground, user, { name: 'Grace Kelly' });
    await arrives(FORWARD);
    expect(await notes()).toEqual([]);
    expect(await outcomes()).toMatchObject([
      { kind: 'saved', words: 'You said January is hopeless for flats.', wordsFor: 'Grace' },
    ]);
    const [mail] = await ground.mailbox();
    const { text } = await PostalMime.parse(Buffer.from(mail?.raw ?? '', 'base64'));
    expect(text).toContain('They are kept under Settings.');
  });

  test('about what was saved before says so', async () => {
    const { arrives, articles, outcomes } = await adasDoor();
    const again = () => mailOf({ From: 'ada@lovelace.example', Subject: 'x' }, 'https://one.example/a');
    await arrives(again());
    await arrives(again());
    expect(await articles()).toHaveLength(1);
    expect(await outcomes()).toMatchObject([{ alreadySaved: true }, { alreadySaved: false }]);
  });

  test.each([
    ['words-alone', 'no-link'],
    ['nothing-at-all', 'empty'],
  ])('without an article (%s) says why', async (name, because) => {
    const { ground, arrives, articles, outcomes } = await adasDoor();
    await arrives(fixture(name));
    expect(await articles()).toEqual([]);
    expect(await outcomes()).toEqual([{ kind: 'refused', because }]);
    expect(await ground.mailbox()).toEqual([]);
  });

  test('names its attachments, and keeps none', async () => {
    const { arrives, arrivals } = await adasDoor();
    await arrives(
      mailOf(
        {
          From: 'ada@lovelace.example',
          Subject: 'x',
          'Content-Type': 'multipart/mixed; boundary=b',
        },
        [
          '--b\r\nContent-Type: text/plain\r\n\r\nhttps://one.example/a',
          '--b\r\nContent-Type: application/pdf; name=plan.pdf\r\nContent-Disposition: attachment\r\n\r\nPDF',
          '--b--',
        ].join('\r\n'),
      ),
    );
    expect(await arrivals()).toMatchObject([{ attachments: ['plan.pdf'] }]);
  });
});

describe('a mail is not answered', () => {
  test.each([
    { 'Auto-Submitted': 'auto-generated' },
    { 'List-Id': '<friends.lists.example>' },
    { Precedence: 'bulk' },
    { 'X-Auto-Response-Suppress': 'All' },
  ])('if no person sent it just now: %o', async (headers) => {
    const { ground, arrives, outcomes } = await adasDoor();
    const own = { From: 'ada@lovelace.example', Subject: 'Engines' };
    await arrives(mailOf({ ...own, ...headers }, 'The engine.\r\n\r\nhttps://engines.example/one'));
    expect(await outcomes()).toMatchObject([{ kind: 'saved' }]);
    expect(await ground.mailbox()).toEqual([]);
  });
});

describe('at the door', () => {
  test('a stranger’s mail waits, and leads nowhere', async () => {
    const { ground, arrives, articles, arrivals } = await adasDoor();
    await arrives(stranger());
    expect(await arrivals()).toMatchObject([
      {
        from: 'charles@babbage.example',
        subject: 'Engines',
        outcome: { kind: 'held', because: 'unknown' },
      },
    ]);
    expect(await articles()).toEqual([]);
    expect(await ground.mailbox()).toEqual([]);
  });

  test('it is let in by hand, once, and not answered', async () => {
    const { ground, user, arrives, articles, arrivals, outcomes } = await adasDoor();
    await arrives(stranger());
    const [held] = await arrivals();
    const accept = () => acceptArrival(ground, user, held?.id ?? '', false);
    await Promise.all([accept(), accept()]);
    await accept();
    expect(await articles()).toMatchObject([{ url: 'https://engines.example/one', savedBy: 'mail' }]);
    expect(await outcomes()).toMatchObject([{ kind: 'saved' }]);
    expect(await ground.mailbox()).toEqual([]);

    await arrives(stranger());
    expect((await outcomes())[0]).toEqual({ kind: 'held', because: 'unknown' });
  });

  test('its sender is let in from now on, until the user thinks again', async () => {
    const { ground, user, arrives, arrivals, outcomes } = await adasDoor();
    await arrives(stranger());
    const [held] = await arrivals();
    await acceptArrival(ground, user, held?.id ?? '', true);
    await arrives(stranger({ From: 'CHARLES@babbage.example' }));
    expect(await outcomes()).toMatchObject([{ kind: 'saved' }, { kind: 'saved' }]);
    // The user is told, not the sender.
    const [told, ...more] = await ground.mailbox();
    expect([told?.destinations, more]).toEqual([['ada@lovelace.example'], []]);

    await arrives(stranger(), { dmarcVerdict: 'FAIL' });
    expect((await outcomes())[0]).toEqual({ kind: 'held', because: 'unproven' });

    const [sender] = await listSenders(ground.table, user.id);
    expect(sender?.address).toBe('charles@babbage.example');
    expect(await forgetSender(ground.table, user.id, sender?.id ?? '')).toBe(true);
    await arrives(stranger());
    expect((await outcomes())[0]).toEqual({ kind: 'held', because: 'unknown' });
  });

  test('it is thrown away', async () => {
    const { ground, user, arrives, arrivals, articles } = await adasDoor();
    const message = await arrives(stranger());
    const [held] = await arrivals();
    await throwAway(ground, user.id, held?.id ?? '');
    expect(await arrivals()).toEqual([]);
    await takeIn(ground, decodeNotification(message));
    await acceptArrival(ground, user, held?.id ?? '', false);
    expect(await arrivals()).toEqual([]);
    expect(await articles()).toEqual([]);
  });

  test('it goes after thirty days', async () => {
    const { ground, user, arrives, arrivals } = await adasDoor();
    await arrives(stranger());
    const [held] = await arrivals();
    ground.setClock('2026-12-23T11:59:59.999Z');
    expect(await arrivals()).toHaveLength(1);
    ground.setClock('2026-12-23T12:00:00.000Z');
    expect(await arrivals()).toEqual([]);
    await expect(acceptArrival(ground, user, held?.id ?? '', false)).rejects.toMatchObject({
      tag: 'not-found',
    });
  });

  test.each([
    ['DMARC of the user’s domain disowns it', { dmarcVerdict: 'FAIL' }],
    ['nobody vouches for it', { dmarcVerdict: 'GRAY', dkimVerdict: 'GRAY', spfVerdict: 'GRAY' }],
    ['only some other domain’s DKIM passes', { dmarcVerdict: 'GRAY' }],
  ])('the user’s own address proves nothing if %s', async (_, verdicts) => {
    const { ground, arrives, articles, outcomes } = await adasDoor();
    await arrives(FORWARD, verdicts);
    expect(await outcomes()).toEqual([{ kind: 'held', because: 'unproven' }]);
    expect(await articles()).toEqual([]);
    expect(await ground.mailbox()).toEqual([]);
  });

  test('a stranger’s mail with the Message-ID of the user’s own waits beside it, and gets nothing in', async () => {
    const { ground, user, arrives, articles, outcomes } = await adasDoor();
    await arrives(FORWARD);
    await arrives(stranger({ 'Message-ID': '<gmail-english-view-in-browser@mail.lovelace.example>' }));
    expect(await articles()).toHaveLength(1);
    expect(await outcomes()).toMatchObject([{ kind: 'held', because: 'unknown' }, { kind: 'saved' }]);
    expect(await ground.mailbox()).toHaveLength(1);
    expect(user.email).toBe('ada@lovelace.example');
  });

  test('nobody is known from now on by a mail that nobody vouched for', async () => {
    const { ground, user, arrives, arrivals, outcomes } = await adasDoor();
    await arrives(stranger(), { dmarcVerdict: 'FAIL' });
    const [held] = await arrivals();
    await acceptArrival(ground, user, held?.id ?? '', true);
    expect(await outcomes()).toMatchObject([{ kind: 'saved' }]);
    expect(await listSenders(ground.table, user.id)).toEqual([]);
  });

  test('junk of a known sender waits', async () => {
    const { arrives, outcomes } = await adasDoor();
    await arrives(FORWARD, { spamVerdict: 'FAIL' });
    expect(await outcomes()).toEqual([{ kind: 'held', because: 'spam' }]);
  });

  test('a virus is not let in, whoever sent it', async () => {
    const { arrives, articles, outcomes } = await adasDoor();
    await arrives(FORWARD, { virusVerdict: 'FAIL' });
    expect(await outcomes()).toEqual([{ kind: 'refused', because: 'virus' }]);
    expect(await articles()).toEqual([]);
  });
});

describe('a mail service that asks to confirm a forwarding', () => {
  test.each([
    ['confirmation-gmail-english', 'Gmail', '152430985'],
    ['confirmation-outlook-code', 'Outlook', '7304412'],
  ])('is shown, never followed, never saved: %s', async (name, service, code) => {
    const { ground, arrives, articles, outcomes } = await adasDoor();
    await arrives(fixture(name));
    expect(await outcomes()).toMatchObject([{ kind: 'shown', service, code }]);
    expect(await articles()).toEqual([]);
    expect(await ground.mailbox()).toEqual([]);
  });

  test('is believed only if somebody vouches for it; else it cannot even be let in', async () => {
    const { ground, user, arrives, articles, arrivals, outcomes } = await adasDoor();
    await arrives(fixture('confirmation-gmail-english'), { dmarcVerdict: 'FAIL' });
    const refused = { kind: 'refused', because: 'unproven-confirmation' };
    expect(await outcomes()).toEqual([refused]);
    const [arrival] = await arrivals();
    await acceptArrival(ground, user, arrival?.id ?? '', true);
    expect(await outcomes()).toEqual([refused]);
    expect(await articles()).toEqual([]);
    expect(await listSenders(ground.table, user.id)).toEqual([]);
  });
});

describe('what cannot be read', () => {
  test('is refused with its reason, and done with', async () => {
    const { arrives, arrivals } = await adasDoor();
    await arrives(Buffer.concat([Buffer.from(FORWARD), Buffer.alloc(25 * 1024 * 1024, 'x')]));
    await arrives(`${'X-Many: x\r\n'.repeat(2_001)}\r\n`);
    await arrives('This is not a mail.');
    expect((await arrivals()).map(({ from, outcome }) => [from, outcome])).toEqual([
      ['bounces@mail.example', { kind: 'refused', because: 'unreadable' }],
      ['bounces@mail.example', { kind: 'refused', because: 'too-large' }],
      ['bounces@mail.example', { kind: 'refused', because: 'too-large' }],
    ]);
  });

  test('also where the mail itself is gone', async () => {
    const { ground, to, outcomes } = await adasDoor();
    const message = JSON.parse(await handOver(ground, [to], FORWARD));
    const about = JSON.parse(message.Message);
    about.receipt.action.objectKey = 'in/nothing';
    await takeIn(ground, decodeNotification(JSON.stringify({ ...message, Message: JSON.stringify(about) })));
    expect(await outcomes()).toEqual([{ kind: 'refused', because: 'gone' }]);
  });

  test.each(['', 'null', '{}', '{"Type":"Notification","Message":"Successfully validated SNS topic"}'])(
    'a message that tells of no mail is none of ours: %s',
    (body) => {
      expect(() => decodeNotification(body)).toThrow('A message that tells of no mail.');
    },
  );
});

describe('the envelope', () => {
  test('says whose mail it is; what stands in To: does not', async () => {
    const { ground, user, to, arrives, articles, arrivals } = await adasDoor();
    const { user: eve } = await addUser(ground, {
      email: 'eve@evil.example',
      name: 'Eve',
      timeZone: 'Europe/London',
    });
    const eves = readers(ground, eve);
    const forged = mailOf({ From: 'eve@evil.example', To: to, Subject: 'Mine' }, 'https://evil.example/mine');
    await arrives(forged, {}, [ingestAddress(ground, eve)]);
    expect(await articles()).toEqual([]);
    expect(await arrivals()).toEqual([]);
    expect(await eves.articles()).toHaveLength(1);
    expect((await ground.mailbox()).map(({ destinations }) => destinations)).toEqual([['eve@evil.example']]);

    // One mail to both: each has it at their own door.
    await arrives(
      mailOf({ From: 'eve@evil.example', To: to, Subject: 'Both' }, 'https://evil.example/both'),
      {},
      [to, ingestAddress(ground, eve)],
    );
    expect(await arrivals()).toMatchObject([{ outcome: { kind: 'held', because: 'unknown' } }]);
    expect(await eves.articles()).toHaveLength(2);
    expect(user.id).not.toBe(eve.id);
  });

  test('may carry the sender’s own mark behind a plus, in any letters', async () => {
    const { to, arrives, articles } = await adasDoor();
    await arrives(FORWARD, {}, [to.toUpperCase().replace('@', '+News@')]);
    expect(await articles()).toHaveLength(1);
  });

  test('with nobody’s address leaves no trace, and the address of old is nobody’s', async () => {
    const { ground, user, to, arrives, arrivals } = await adasDoor();
    await arrives(FORWARD, {}, ['nobody@hallway.localhost', to.replace('hallway', 'elsewhere')]);
    expect(await replaceIngest(ground.table, user)).toBe(true);
    await arrives(FORWARD);
    expect(await arrivals()).toEqual([]);
    // As it was seen: pressed twice, the second press does not take the new address away.
    expect(await replaceIngest(ground.table, user)).toBe(false);

    const now = await findUser(ground.table, user.id);
    expect(now?.ingest).not.toBe(user.ingest);
    await arrives(FORWARD, {}, [`${now?.ingest}@hallway.localhost`]);
    expect(await arrivals()).toHaveLength(1);
  });
});
