import { once } from 'node:events';
import { connect } from 'node:net';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type IncomingMail, startSmtp, verdictsFor } from '../../infra/local/smtp.ts';

const PASS = { status: 'PASS' };

let kept: IncomingMail[];
let store: (mail: IncomingMail) => Promise<void>;
let accepts: (localPart: string) => Promise<boolean>;
let smtp: Awaited<ReturnType<typeof startSmtp>>;

beforeEach(async () => {
  kept = [];
  store = async (mail) => {
    kept.push(mail);
  };
  accepts = async (localPart) => localPart === 'in-4711';
  smtp = await startSmtp({
    port: 0,
    domain: 'hallway.example',
    accepts: (localPart) => accepts(localPart),
    store: (mail) => store(mail),
    now: () => new Date('2026-11-23T12:00:00.000Z'),
  });
});

afterEach(() => smtp.stop());

async function deliver(mail: SendMailOptions) {
  const transport = createTransport({ host: '127.0.0.1', port: smtp.port });
  try {
    return await transport.sendMail({ from: 'ada@example.org', text: 'See this', ...mail });
  } finally {
    transport.close();
  }
}

test('keeps a mail as it came, with its envelope', async () => {
  await deliver({
    raw: 'From: ada@example.org\r\nSubject: Hello\r\n\r\nSee this\r\n',
    envelope: { from: 'ada@example.org', to: 'IN-4711+friends@hallway.example' },
  });
  expect(kept).toEqual([
    {
      raw: Buffer.from('From: ada@example.org\r\nSubject: Hello\r\n\r\nSee this\r\n'),
      recipients: ['IN-4711+friends@hallway.example'],
      sender: 'ada@example.org',
      at: '2026-11-23T12:00:00.000Z',
      verdicts: {
        spamVerdict: PASS,
        virusVerdict: PASS,
        spfVerdict: PASS,
        dkimVerdict: PASS,
        dmarcVerdict: PASS,
      },
    },
  ]);
});

test.each([
  ['127.0.0.1', 'PASS'],
  ['127.8.8.8', 'PASS'],
  ['::1', 'PASS'],
  ['::ffff:127.0.0.1', 'PASS'],
  ['192.0.2.1', 'GRAY'],
  ['::ffff:192.0.2.1', 'GRAY'],
  ['2001:db8::1', 'GRAY'],
  ['', 'GRAY'],
])('vouches for this machine alone: %s', (address, status) => {
  expect(verdictsFor(address)).toMatchObject({
    spfVerdict: { status },
    dkimVerdict: { status },
    dmarcVerdict: { status },
  });
});

test('a bounce has no sender', async () => {
  await deliver({ raw: 'Subject: x\r\n\r\nx', envelope: { from: '', to: 'in-4711@hallway.example' } });
  expect(kept).toMatchObject([{ sender: '' }]);
});

describe('refuses', () => {
  test.each([
    'nobody@hallway.example',
    'in-4711@other.example',
    'in-4711@sub.hallway.example',
    '+x@hallway.example',
  ])('%s for good', async (to) => {
    await expect(deliver({ to })).rejects.toMatchObject({ responseCode: 550 });
    expect(kept).toEqual([]);
  });

  test('more than 100 recipients of one mail, and takes it for the others', async () => {
    const to = Array.from({ length: 101 }, (_, place) => `in-4711+${place}@hallway.example`);
    const { accepted, rejected } = await deliver({ to });
    expect([accepted.length, rejected]).toEqual([100, ['in-4711+100@hallway.example']]);
    expect(kept[0]?.recipients).toHaveLength(100);
  });

  test('for now, what cannot be looked up', async () => {
    accepts = () => Promise.reject(new Error('no database'));
    await expect(deliver({ to: 'in-4711@hallway.example' })).rejects.toMatchObject({ responseCode: 451 });
  });

  test('for now, what cannot be kept, and does not say why', async () => {
    store = () => Promise.reject(new Error('the disk is full'));
    const failure = await deliver({ to: 'in-4711@hallway.example' }).catch((error) => error);
    expect(failure).toMatchObject({ responseCode: 451 });
    expect(failure.response).not.toContain('disk');
  });

  test('a mail that says it is over 25 MB', async () => {
    const client = connect(smtp.port, '127.0.0.1').setEncoding('utf8');
    const lines: string[] = [];
    for await (const said of client) {
      lines.push(...String(said).trim().split('\r\n'));
      if (lines.at(-1)?.startsWith('220 ')) client.write('EHLO example.org\r\n');
      else if (lines.at(-1)?.startsWith('250 '))
        client.write('MAIL FROM:<ada@example.org> SIZE=26214401\r\n');
      else client.end();
    }
    expect(lines.join('\n')).toMatch(/^250[- ]SIZE 26214400$/m);
    expect(lines.at(-1)).toMatch(/^552 /);
  });

  test('a mail that turns out to be', async () => {
    const to = 'in-4711@hallway.example';
    const line = `${'x'.repeat(1022)}\r\n`;
    const raw = `Subject: x\r\n\r\n${line.repeat(25 * 1024)}`;
    await expect(deliver({ raw, envelope: { from: 'ada@example.org', to } })).rejects.toMatchObject({
      responseCode: 552,
    });
    expect(kept).toEqual([]);
  });
});

test('a client that leaves in the middle of a mail leaves nothing, and the next one is served', async () => {
  const client = connect(smtp.port, '127.0.0.1').setEncoding('utf8');
  const orders = [
    'EHLO example.org',
    'MAIL FROM:<a@example.org>',
    'RCPT TO:<in-4711@hallway.example>',
    'DATA',
  ];
  for await (const said of client) {
    const order = orders.shift();
    if (order) client.write(`${order}\r\n`);
    else if (String(said).startsWith('354 ')) {
      client.write('Subject: x\r\n\r\nhalf of a');
      break;
    }
  }
  await deliver({ to: 'in-4711@hallway.example', subject: 'Whole' });
  expect(kept.map(({ raw }) => raw.includes('Subject: Whole'))).toEqual([true]);
});

test('a command without an end ends the connection, and the next one is served', async () => {
  const client = connect(smtp.port, '127.0.0.1');
  client.on('error', () => {});
  let sent = 0;
  const line = Buffer.alloc(64 * 1024, 'x');
  const send = () => {
    while (!client.destroyed && sent < 64 * 1024 * 1024) {
      sent += line.length;
      if (!client.write(line)) return;
    }
    client.end();
  };
  client.on('drain', send).resume();
  send();
  await once(client, 'close');
  expect(sent).toBeLessThan(64 * 1024 * 1024);
  await deliver({ to: 'in-4711@hallway.example' });
  expect(kept).toHaveLength(1);
});

test('a port that is taken names the setting', async () => {
  const again = startSmtp({ port: smtp.port, domain: 'hallway.example', accepts, store });
  await expect(again).rejects.toThrow(`Port ${smtp.port} is taken. Set SMTP_PORT to another one.`);
});
