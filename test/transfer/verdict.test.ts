import { expect, test } from 'vitest';
import { readMail } from '../../functions/mail/parse.ts';
import { type Acquaintance, verdictOn } from '../../functions/transfer/verdict.ts';
import { mailOf, PASSED } from '../mails.ts';

const article = { From: 'ada@outlook.com', Subject: 'Fwd: Lamps' };
const question = { From: 'ada@outlook.com', Subject: 'Confirm: forwarding, code: 7304412' };

const verdict = async (headers: Record<string, string>, sender: Acquaintance, verdicts: object) =>
  verdictOn(await readMail(Buffer.from(mailOf(headers, 'Two lamps.'))), { ...PASSED, ...verdicts }, sender);

const FAIL = { status: 'FAIL' };
const UNPROVEN = { dmarcVerdict: FAIL };

test.each([
  ['self', {}, { is: 'let-in' }],
  ['accepted', {}, { is: 'let-in' }],
  ['stranger', {}, { is: 'held', because: 'unknown' }],
  ['self', UNPROVEN, { is: 'held', because: 'unproven' }],
  ['accepted', UNPROVEN, { is: 'held', because: 'unproven' }],
  ['stranger', UNPROVEN, { is: 'held', because: 'unproven' }],
  ['self', { spamVerdict: FAIL }, { is: 'held', because: 'spam' }],
  ['stranger', { spamVerdict: FAIL }, { is: 'held', because: 'unknown' }],
  ['self', { virusVerdict: FAIL }, { is: 'refused', because: 'virus' }],
  ['stranger', { virusVerdict: FAIL }, { is: 'refused', because: 'virus' }],
] as const)('a mail of %s, %o: %o', async (sender, verdicts, expected) => {
  expect(await verdict(article, sender, verdicts)).toEqual(expected);
});

const shown = { is: 'shown', confirmation: { service: 'Outlook', code: '7304412' } };
const unproven = { is: 'refused', because: 'unproven-confirmation' };

test.each([
  ['stranger', {}, shown],
  ['accepted', {}, shown],
  ['stranger', UNPROVEN, unproven],
  // With the user's own address forged it must not wait to be let in: its link would be read.
  ['self', UNPROVEN, unproven],
  ['self', {}, { is: 'let-in' }],
] as const)('a question about forwarding of %s, %o: %o', async (sender, verdicts, expected) => {
  expect(await verdict(question, sender, verdicts)).toEqual(expected);
});
