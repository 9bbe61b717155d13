import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport, type NodemailerError } from 'nodemailer';
import { type Clock, DAY } from '../../functions/platform/clock.ts';
import { failure, log } from '../../functions/platform/log.ts';
import type { Fate, Fates, Kept, Outbox } from './outbox.ts';

/** Mails that are handed over at a time. */
const AT_ONCE = 4;
/** Waits in milliseconds after the first, the second, … try; the last of them from then on. */
const WAITS_MS = [1_000, 10_000, 60_000, 300_000, 900_000];
/**
 * A mail older than this is given up. SES does so after 14 hours; a machine of one's own sleeps at night. Only once
 * every wait was used, so never on the first failures after a start, when the network may not be there yet.
 */
const GIVE_UP_MS = DAY;
/** How long a relay may take to take up a connection, in milliseconds. */
const CONNECT_MS = 30_000;

/** A mail on its way: whose fate is known, how often it was tried, and who waits to hear. */
interface Errand {
  mail: Kept;
  fates: Fates;
  tries: number;
  settled: (fates: Fates) => Promise<void>;
}

/**
 * The trouble is the relay's own (nobody there, no login), and every mail's; or this mail's (put off, or the line broke
 * over its content), and the others go on.
 */
type Trouble = 'relay' | 'mail' | null;

/**
 * The mail as it is handed over: under the Message-ID that SES would give it, whatever it came with, as SES does. So letters
 * to one friend find each other, and a crash after the relay's 250 and before it is on our disk, which hands it over once
 * more, does so with the same bytes: who receives both can tell.
 */
function withMessageId(content: Buffer, { messageId }: Kept): Buffer {
  const text = content.toString('latin1');
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const head = `\r\n${text.slice(0, end)}`.replace(/\r?\nmessage-id[ \t]*:.*(?:\r?\n[ \t].*)*/gi, '');
  return Buffer.from(`Message-ID: <${messageId}@email.amazonses.com>${head}${text.slice(end)}`, 'latin1');
}

/**
 * Whether the relay said "never" to a recipient or a message. To a sender it says so of our settings (a login that is
 * missing, RFC 4954: 530; a sender that is not ours): no friend's address is to blame. Unless by its size (552).
 */
function isRefusal({ permanent, responseCode, command }: NodemailerError): boolean {
  if (!permanent || responseCode === 530) return false;
  return command === 'RCPT TO' || command === 'DATA' || (command === 'MAIL FROM' && responseCode === 552);
}

/** What the relay's answers say of each recipient; `otherwise`: of those it did not turn away. Put off: not in it. */
function fatesBy(answers: NodemailerError[], to: string[], otherwise?: Fate): Fates {
  const turnedAway = new Map(answers.map((answer) => [answer.recipient?.toLowerCase(), answer]));
  const known = to.flatMap((address) => {
    const answer = turnedAway.get(address.toLowerCase());
    const fate = answer ? isRefusal(answer) && ('bounces' as const) : otherwise;
    return fate ? [[address, fate] as const] : [];
  });
  return Object.fromEntries(known);
}

/**
 * Hands mail to the relay at `url`, the oldest first, and tries again until every recipient's fate is known and on the
 * disk: it `arrives` (the relay took it), `bounces` (the relay said never), or `expires` (nobody took it in a day).
 */
export function openRelay({
  url,
  outbox,
  now,
  waitsMs = WAITS_MS,
}: {
  url: string;
  outbox: Pick<Outbox, 'raw' | 'relayed'>;
  now: Clock;
  waitsMs?: number[] | undefined;
}) {
  const transport = createTransport({ url, connectionTimeout: CONNECT_MS });
  const queue: Errand[] = [];
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();
  const closing = new AbortController();
  /** Failures of the relay itself since it last listened. */
  let outages = 0;
  let isPaused = false;

  async function hand(mail: Kept, to: string[]): Promise<{ fates: Fates; trouble: Trouble }> {
    let isRead = false;
    try {
      const content = withMessageId(await outbox.raw(mail.messageId), mail);
      const read = function* () {
        isRead = true;
        yield content;
      };
      const { rejectedErrors = [] } = await transport.sendMail({
        envelope: { from: mail.source, to: to.map((address) => ({ name: '', address })) },
        raw: Readable.from(read()),
        signal: closing.signal,
      });
      const fates = fatesBy(rejectedErrors, to, 'arrives');
      return { fates, trouble: to.every((address) => fates[address]) ? null : 'mail' };
    } catch (thrown) {
      const error = thrown as NodemailerError;
      const { code, command, responseCode, rejectedErrors } = error;
      const fates = rejectedErrors ? fatesBy(rejectedErrors, to) : isRefusal(error) ? all(to, 'bounces') : {};
      const isRelays = !isRead && command !== undefined && code !== 'EENVELOPE' && code !== 'EMESSAGE';
      // The relay's own words may quote an address.
      const said = { messageId: mail.messageId, code: code ?? 'unknown', responseCode };
      if (!closing.signal.aborted) log.warn('mail not relayed', said);
      const isSettled = to.every((address) => fates[address]);
      return { fates, trouble: isSettled ? null : isRelays ? 'relay' : 'mail' };
    }
  }

  async function run(errand: Errand): Promise<void> {
    const { mail, fates } = errand;
    const left = unsettled(errand);
    const answer = left.length ? await hand(mail, left) : { fates: {}, trouble: null };
    const { trouble } = answer;
    if (trouble && closing.signal.aborted) return;
    // Those who met the same outage count as one.
    if (trouble !== 'relay') outages = 0;
    else if (!isPaused) outages += 1;
    const tries = trouble === 'relay' ? outages : ++errand.tries;
    Object.assign(fates, answer.fates);
    const isOver = tries >= waitsMs.length && now().getTime() - Date.parse(mail.at) > GIVE_UP_MS;
    if (trouble && isOver) {
      log.error('mail given up', { messageId: mail.messageId });
      Object.assign(fates, all(unsettled(errand), 'expires'));
    } else if (trouble === 'relay') {
      pause(tries);
    }
    if (left.some((address) => fates[address])) {
      await outbox.relayed(mail.messageId, fates).catch((error: unknown) => {
        // This run knows it still: it must not go out again.
        log.error('mail relayed but not marked', { messageId: mail.messageId, ...failure(error) });
      });
    }
    if (unsettled(errand).length === 0) await errand.settled(fates);
    // It keeps its place before the others, who wait with it.
    else if (trouble === 'relay') add(errand);
    // The others go on meanwhile.
    else inBackground(wait(tries).then(() => add(errand)));
  }

  const wait = (tries: number) =>
    sleep(waitsMs[Math.min(tries, waitsMs.length) - 1], undefined, { signal: stopping.signal });

  const inBackground = (work: Promise<void>) =>
    void work.catch((error: unknown) => {
      if (!stopping.signal.aborted) log.error('relay failed', failure(error));
    });

  function pause(tries: number): void {
    if (isPaused) return;
    isPaused = true;
    inBackground(
      wait(tries).then(() => {
        isPaused = false;
        pump();
      }),
    );
  }

  function add(errand: Errand): void {
    const before = queue.findLastIndex(({ mail }) => mail.place < errand.mail.place);
    queue.splice(before + 1, 0, errand);
    pump();
  }

  function pump(): void {
    while (!isPaused && !stopping.signal.aborted && underWay.size < AT_ONCE) {
      const errand = queue.shift();
      if (!errand) return;
      const work = run(errand)
        .catch((error: unknown) => log.error('relay failed', failure(error)))
        .finally(() => {
          underWay.delete(work);
          pump();
        });
      underWay.add(work);
    }
  }

  return {
    /** `fates`: what is known already. `settled` is called once, when all is; after a stop, not at all. */
    passOn: (mail: Kept, fates: Fates, settled: Errand['settled']): void =>
      add({ mail, fates: { ...fates }, tries: 0, settled }),
    /** Starts no more; resolves when what was under way has its answer. */
    async stop(): Promise<void> {
      stopping.abort();
      await Promise.all(underWay);
    },
    /** Hangs up on what is still under way. */
    close(): void {
      stopping.abort();
      closing.abort();
      transport.close();
    },
  };
}

const all = (addresses: string[], fate: Fate): Fates =>
  Object.fromEntries(addresses.map((address) => [address, fate]));

const unsettled = ({ mail, fates }: Errand) => mail.destinations.filter((address) => !fates[address]);
