import { expect, test } from 'vitest';
import { saveArticle } from '../../functions/articles/articles.ts';
import { openDesk } from '../notes/desk.ts';
import { read } from './letters.ts';

test('letters that left belong together, and say nothing of what the user wrote down about the friend', async () => {
  const desk = await openDesk();
  const interests = [
    { text: 'zugzwang in endgames', kind: 'topic', heard: 'zugzwang, at the club' },
    { text: 'a zugzwang tutor by March', kind: 'ask', until: '2027-03-01', heard: 'zugzwang on the phone' },
    { text: 'zugzwang openings', kind: 'never' },
  ];
  const grace = await desk.friend('Grace', {
    email: 'grace@jõgeva.example',
    groups: ['zugzwang'],
    interests,
  });
  const { article } = await saveArticle(
    desk.ground,
    desk.ada.id,
    {
      url: 'https://example.org/endgames',
      title: 'How endgames are won',
      text: 'A chess endgame is won by whoever can wait for the other to move. '.repeat(40),
    },
    'api',
  );
  for (const [now, moreOf] of [
    ['2026-11-23T12:00:00.000Z', { articleId: article.id }],
    ['2026-11-24T12:00:00.000Z', {}],
    ['2026-11-25T12:00:00.000Z', { subject: 'Once more' }],
  ] as const) {
    desk.ground.setClock(now);
    await desk.write({ friendId: grace.id, text: 'This made me think of you.', ...moreOf });
    await desk.minute(now.replace('00:00.000', '01:00.000'));
  }

  const kept = await desk.ground.mailbox();
  const letters = await Promise.all(kept.map(({ raw }) => read(Buffer.from(raw, 'base64'))));
  expect(letters.map(({ mail }) => mail.subject)).toEqual([
    'How endgames are won',
    'A note from Ada',
    'Once more',
  ]);
  expect(kept.map(({ destinations }) => destinations)).toEqual(
    Array(3).fill(['grace@xn--jgeva-dua.example']),
  );

  const [first, second] = kept.map(({ messageId }) => `<${messageId}@email.amazonses.com>`);
  expect(letters.map(({ mail }) => mail.references?.split(/\s+/))).toEqual([
    undefined,
    [first],
    [first, second],
  ]);
  expect(letters.map(({ mail }) => mail.inReplyTo)).toEqual([undefined, first, second]);

  for (const { raw, mail, fields } of letters) {
    for (const said of [raw.toString('latin1'), mail.text, mail.html, ...fields]) {
      expect(said).not.toMatch(/zugzwang/i);
    }
    const [, stop = ''] = /^List-Unsubscribe: <(.*)>$/m.exec(fields.join('\n')) ?? [];
    expect(stop).toMatch(/^http:\/\/localhost:8787\/stop\/[\w.-]+$/);
    expect(mail.text).toContain(`\n${stop.replace('/stop/', '/for/')}\n`);
  }
});
