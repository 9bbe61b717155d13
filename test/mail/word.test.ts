import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { composeWord, type Word, type WordEnvelope } from '../../functions/mail/word.tsx';

const ENVELOPE: WordEnvelope = {
  from: { name: 'Grace via Hallway', address: 'notes@hallway.example' },
  to: { name: 'Ada Lovelace', address: 'ada@lovelace.example' },
  replyTo: { name: 'Grace', address: 'grace@friends.example' },
};

async function mailOf(word: Partial<Word & WordEnvelope> = {}) {
  const raw = await composeWord({
    kind: 'thanks',
    friendName: 'Grace',
    ...ENVELOPE,
    ...word,
  });
  const mail = await PostalMime.parse(raw);
  const header = (name: string) => mail.headers.filter(({ key }) => key === name).map(({ value }) => value);
  return { ...mail, header, raw: raw.toString() };
}

describe('a friend’s thanks', () => {
  test('come from the friend via Hallway, and are answered to the friend', async () => {
    const mail = await mailOf();
    expect(mail.subject).toBe('Grace says thank you');
    expect(mail.from).toEqual({ name: 'Grace via Hallway', address: 'notes@hallway.example' });
    expect(mail.to).toEqual([{ name: 'Ada Lovelace', address: 'ada@lovelace.example' }]);
    expect(mail.replyTo).toEqual([{ name: 'Grace', address: 'grace@friends.example' }]);
    expect(mail.header('auto-submitted')).toEqual(['auto-generated']);
    for (const none of ['list-unsubscribe', 'references', 'in-reply-to'])
      expect(mail.header(none)).toEqual([]);
  });

  test('say the same in both parts: the line, the name, the letter they are for', async () => {
    const mail = await mailOf({
      line: 'Walking past them now,\nin my head.',
      note: 'You said January is hopeless.\nThis says not.\n\nA second thought.',
      title: 'The flats in Graça',
    });
    expect(mail.text?.trimEnd()).toBe(
      [
        'Walking past them now,\nin my head.',
        'Grace',
        '*',
        'Grace says thank you.',
        'You sent “The flats in Graça”, and wrote:\nYou said January is hopeless. This says not.',
        '-- \nWritten on the page of your letter, which opens for whoever has the letter.\nTo write back to Grace, just answer.',
      ].join('\n\n'),
    );
    const words = mail.html?.replace(/<style>.*?<\/style>/s, '').replace(/<br\/?>/g, '\n');
    for (const said of [
      'Walking past them now,\nin my head.',
      'You sent “The flats in Graça”, and wrote:',
      'You said January is hopeless. This says not.',
      'To write back to Grace, just answer.',
    ])
      expect(words).toContain(said);
  });

  test('make nobody’s words into links or markup, and ask for no picture', async () => {
    const mail = await mailOf({
      line: 'See <a href="https://evil.example">here</a> {{x}} <%= y %> https://evil.example',
      note: '<img src=x onerror=alert(1)>',
      friendName: '<b>Grace</b>',
    });
    expect(mail.html).toContain(
      '&lt;a href=&quot;https://evil.example&quot;&gt;here&lt;/a&gt; {{x}} &lt;%= y',
    );
    expect(mail.html).not.toMatch(/<a |<img|<b>/);
  });

  test('keep names in one header line each', async () => {
    const evil = 'Grace\r\nBcc: all@evil.example =?utf-8?q?=0d=0aBcc:_x?= \u202eecarG';
    const mail = await mailOf({
      friendName: evil,
      from: { name: evil, address: ENVELOPE.from.address },
      replyTo: { name: evil, address: 'grace@friends.example' },
    });
    expect(mail.header('bcc')).toEqual([]);
    expect(mail.replyTo?.[0]?.address).toBe('grace@friends.example');
    expect(`${mail.subject} ${mail.from?.name}`).not.toMatch(/[\r\n\u202e]/);
    await expect(mailOf({ to: { name: 'Ada', address: 'a@b.example, c@d.example' } })).rejects.toThrow(
      TypeError,
    );
  });

  test('of a friend whose address is not known any more say nothing of answering', async () => {
    const mail = await mailOf({ replyTo: undefined });
    expect(mail.replyTo ?? []).toEqual([]);
    expect(mail.text).not.toContain('just answer');
  });
});

test('a wish for coffee has its own subject', async () => {
  const mail = await mailOf({ kind: 'coffee', line: 'Tuesday?' });
  expect(mail.subject).toBe('Grace would like a coffee');
  expect(mail.text).toMatch(/^Tuesday\?\n\nGrace\n\n\*\n\nGrace would like a coffee with you\.\n/);
});

test('that a friend asked to be forgotten is said without their letter', async () => {
  const mail = await mailOf({
    kind: 'erased',
    note: 'You said January.',
    title: 'Flats',
    replyTo: undefined,
  });
  expect(mail.subject).toBe('Grace asked Hallway to forget');
  expect(mail.text).toContain('Your letters are still yours');
  expect(`${mail.text}${mail.html}`).not.toMatch(/January|Flats|just answer/);
});
