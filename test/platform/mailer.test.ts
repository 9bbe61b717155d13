import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SESClient } from '@aws-sdk/client-ses';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Mailer } from '../../functions/platform/mailer.ts';
import { testGround } from '../ground.ts';

const MAIL = {
  raw: Buffer.from(
    'From: notes@hallway.localhost\r\nTo: grace@friends.example\r\nSubject: Hi\r\n\r\nHello.\r\n',
  ),
  from: 'notes@hallway.localhost',
  to: 'grace@friends.example',
  tags: { user: 'usr_1', note: 'nte_1', attempt: 'att_1' },
};

function mailerAt(url: string): Mailer {
  return new Mailer(
    new SESClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      endpoint: url,
      maxAttempts: 1,
      requestHandler: { requestTimeout: 300, throwOnRequestTimeout: true },
    }),
  );
}

/** Something else than SES that answers where SES should be. */
async function standIn(answer: RequestListener): Promise<Mailer> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return mailerAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

describe('a mail that SES takes', () => {
  test('is there once, with its envelope and its tags', async () => {
    const ground = await testGround();
    const sent = await ground.mailer.send(MAIL);
    const mailbox = await ground.mailbox();
    expect(mailbox).toMatchObject([
      { destinations: ['grace@friends.example'], tags: MAIL.tags, configurationSet: 'hallway' },
    ]);
    expect(sent).toEqual({ outcome: 'accepted', messageId: mailbox[0]?.messageId });
  });

  test('goes to a domain in any script, which SES wants in ASCII', async () => {
    const ground = await testGround();
    expect(await ground.mailer.send({ ...MAIL, to: 'grace@exämple.org' })).toMatchObject({
      outcome: 'accepted',
    });
    expect(await ground.mailbox()).toMatchObject([{ destinations: ['grace@xn--exmple-cua.org'] }]);
  });
});

describe('what is known of a mail when sending it failed', () => {
  test.each([
    ['throttle', 'not-sent', 'Throttling', 0],
    ['error', 'not-sent', 'ServiceUnavailable', 0],
    ['refuse', 'refused', 'MessageRejected', 0],
    ['accept-then-error', 'unknown', 'InternalFailure', 1],
    ['accept-then-hang', 'unknown', 'TimeoutError', 1],
  ])('%s: %s', async (action, outcome, cause, kept) => {
    const ground = await testGround();
    await ground.fault(action, 1);
    expect(await ground.mailer.send(MAIL)).toEqual({ outcome, cause });
    expect(await ground.mailbox()).toHaveLength(kept);
    // And the next one is like any other: nothing was sent a second time behind our back.
    expect(await ground.mailer.send(MAIL)).toMatchObject({ outcome: 'accepted' });
    expect(await ground.mailbox()).toHaveLength(kept + 1);
  });

  test('nobody listens: nothing left', async () => {
    expect(await mailerAt('http://127.0.0.1:1').send(MAIL)).toEqual({
      outcome: 'not-sent',
      cause: 'ECONNREFUSED',
    });
    expect(await mailerAt('http://localhost:1').send(MAIL)).toEqual({
      outcome: 'not-sent',
      cause: 'ECONNREFUSED',
    });
  });

  test('no such host: nothing left', async () => {
    const sent = await mailerAt('http://ses.invalid').send(MAIL);
    expect(sent).toMatchObject({ outcome: 'not-sent' });
  });

  test('no credentials: nothing left', async () => {
    const client = new SESClient({
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:1',
      credentials: async () => {
        throw Object.assign(new Error('none'), { name: 'CredentialsProviderError' });
      },
    });
    expect(await new Mailer(client).send(MAIL)).toEqual({
      outcome: 'not-sent',
      cause: 'CredentialsProviderError',
    });
  });

  const html = '<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1><hr></body></html>';
  test.each([400, 403, 404, 413, 429, 500, 502, 503, 504])(
    'a %i page of a proxy is not SES: it may have left',
    async (status) => {
      const mailer = await standIn((_, res) =>
        res.writeHead(status, { 'content-type': 'text/html' }).end(html),
      );
      expect(await mailer.send(MAIL)).toMatchObject({ outcome: 'unknown' });
    },
  );

  test.each([
    ['an empty answer', ''],
    ['half an answer', '<ErrorResponse><Error><Code>Throt'],
    ['JSON', '{"Code":"Throttling"}'],
  ])("%s is none of SES's: it may have left", async (_, body) => {
    const mailer = await standIn((__, res) => res.writeHead(400).end(body));
    expect(await mailer.send(MAIL)).toMatchObject({ outcome: 'unknown' });
  });

  test('a connection that breaks: it may have left', async () => {
    const mailer = await standIn((req) => req.socket.destroy());
    expect(await mailer.send(MAIL)).toMatchObject({ outcome: 'unknown' });
  });

  const error = (code: string) =>
    `<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>${code}</Code><Message>No.</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
  test.each([
    [400, 'Throttling', 'not-sent'],
    [400, 'AccountSendingPausedException', 'not-sent'],
    [400, 'ConfigurationSetDoesNotExist', 'not-sent'],
    [400, 'MailFromDomainNotVerifiedException', 'not-sent'],
    [400, 'RequestExpired', 'not-sent'],
    [401, 'NotAuthorized', 'not-sent'],
    [403, 'SignatureDoesNotMatch', 'not-sent'],
    [403, 'AccessDenied', 'not-sent'],
    [408, 'RequestTimeoutException', 'not-sent'],
    [503, 'ServiceUnavailable', 'not-sent'],
    [400, 'RequestAbortedException', 'unknown'],
    [400, 'MessageRejected', 'refused'],
    [400, 'InvalidParameterValue', 'refused'],
    [500, 'InternalFailure', 'unknown'],
    [504, 'Timeout', 'unknown'],
  ])('SES says %i %s: %s', async (status, code, outcome) => {
    const mailer = await standIn((_, res) =>
      res.writeHead(status, { 'content-type': 'text/xml' }).end(error(code)),
    );
    expect(await mailer.send(MAIL)).toMatchObject({ outcome });
  });
});

test('the quota is what SES grants, less what was sent', async () => {
  const ground = await testGround();
  await ground.mailer.send(MAIL);
  expect(await ground.mailer.quota()).toEqual({ rate: 14, left: 49_999 });
});

test('an account without a daily limit has no end', async () => {
  const answer =
    '<GetSendQuotaResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><GetSendQuotaResult><Max24HourSend>-1.0</Max24HourSend><MaxSendRate>90.0</MaxSendRate><SentLast24Hours>12.0</SentLast24Hours></GetSendQuotaResult></GetSendQuotaResponse>';
  const mailer = await standIn((_, res) => res.writeHead(200, { 'content-type': 'text/xml' }).end(answer));
  expect(await mailer.quota()).toEqual({ rate: 90, left: Number.POSITIVE_INFINITY });
});
