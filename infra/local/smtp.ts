import { BlockList, isIP } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { ingestName } from '../../functions/accounts/ingest.ts';
import type { Receipt } from '../../functions/mail/trust.ts';
import { at, type Clock, systemClock } from '../../functions/platform/clock.ts';
import { failure, log } from '../../functions/platform/log.ts';
import { listen } from './gateway.ts';

/** The largest mail taken in, in bytes: what large providers let out. SES takes in 40 MB. */
const MAIL_BYTES = 25 * 1024 * 1024;
/** What every server must take (RFC 5321, 4.5.3.1.8); more would not fit into one message of the queue. */
const MAX_RECIPIENTS = 100;
/** Each client may hold one mail in memory. */
const CLIENTS = 20;
const CLOSE_MS = 500;

export interface IncomingMail {
  raw: Buffer;
  /** The envelope's recipients, as the client said them. */
  recipients: string[];
  /** The envelope's sender; empty for a bounce. */
  sender: string;
  at: string;
  verdicts: Receipt;
}

/** A failure as SMTP says it: 4xx "try again", 5xx "never". */
function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/**
 * What SES would have found, for a mail from this address. A program of this machine is taken at its word, as its user
 * would be; nobody vouches for anything else.
 */
export function verdictsFor(remoteAddress: string): Receipt {
  const address = remoteAddress.replace(/^::ffff:/i, '');
  const isOurs = loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  const [proof, scan] = [{ status: isOurs ? 'PASS' : 'GRAY' }, { status: 'PASS' }];
  return {
    spamVerdict: scan,
    virusVerdict: scan,
    spfVerdict: proof,
    dkimVerdict: proof,
    dmarcVerdict: proof,
  };
}

/**
 * Mail in. No relay: only recipients of `domain` that `accepts` knows. A mail is acknowledged once `store` has it.
 * No TLS and no accounts: this is for one machine, and for a mail server in front of it.
 */
export async function startSmtp({
  port,
  host = '127.0.0.1',
  domain,
  accepts,
  store,
  verdicts = verdictsFor,
  setting = 'SMTP_PORT',
  now = systemClock,
}: {
  port: number;
  host?: string;
  domain: string;
  accepts: (localPart: string) => Promise<boolean>;
  store: (mail: IncomingMail) => Promise<void>;
  verdicts?: (remoteAddress: string) => Receipt;
  setting?: string;
  now?: Clock;
}): Promise<{ port: number; stop(): Promise<void> }> {
  async function check(address: string): Promise<void> {
    const local = ingestName(address, domain);
    const known = local !== null && (await accepts(local).catch(() => null));
    if (known === null) throw reply(451, 'This cannot be looked up now. Try again later.');
    if (!known) throw reply(550, 'There is no such mailbox here.');
  }

  const server = new SMTPServer({
    name: domain,
    banner: 'Hallway',
    size: MAIL_BYTES,
    maxClients: CLIENTS,
    closeTimeout: CLOSE_MS,
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onRcptTo({ address }, { envelope }, done) {
      if (envelope.rcptTo.length >= MAX_RECIPIENTS) return done(reply(452, 'At most 100 recipients.'));
      check(address).then(() => done(), done);
    },
    onData(stream, { envelope, remoteAddress }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        if (!stream.sizeExceeded) chunks.push(chunk);
      });
      stream.once('end', () => {
        if (stream.sizeExceeded) return done(reply(552, 'This mail is larger than 25 MB.'));
        store({
          raw: Buffer.concat(chunks),
          recipients: envelope.rcptTo.map(({ address }) => address),
          sender: envelope.mailFrom ? envelope.mailFrom.address : '',
          at: at(now()),
          verdicts: verdicts(remoteAddress),
        }).then(
          () => done(null, 'Kept.'),
          (error: unknown) => {
            log.error('mail in not stored', failure(error));
            done(reply(451, 'This mail could not be kept. Try again later.'));
          },
        );
      });
    },
  });
  // A client that hangs up in the middle is its own affair; without a listener it would end the process.
  server.on('error', () => {});
  const open = await listen(server.server, { port, host, setting });
  return { port: open, stop: () => new Promise((resolve) => server.close(resolve)) };
}
