import { getDomain } from 'tldts';
import * as z from 'zod';
import type { IncomingMail } from './parse.ts';

const Verdict = z.object({ status: z.string() }).optional();

/** What SES found on arrival: `receipt` of its notification, the fields we decide by. */
export const Receipt = z.object({
  spamVerdict: Verdict,
  virusVerdict: Verdict,
  spfVerdict: Verdict,
  dkimVerdict: Verdict,
  dmarcVerdict: Verdict,
});
export type Receipt = z.infer<typeof Receipt>;

export type Authentication =
  | { believed: true; by: 'dmarc' | 'dkim' | 'spf' }
  /** `sender`: not exactly one in `From`. `dmarc`: their domain disowns it. `unproven`: nobody vouches for it. */
  | { believed: false; why: 'sender' | 'dmarc' | 'unproven' };

/** Who writes the topmost results in what SES receives. */
const OUR_SERVER = 'amazonses.com';

interface Result {
  method: string;
  result: string;
  properties: Map<string, string>;
}

/**
 * RFC 8601, as SES writes it: what belongs to `spf` may stand behind semicolons of its own. Empty if another server
 * wrote it. The sender's own words stand in it (the envelope, the greeting) and must not reach beyond their place: a
 * quotation mark proves nothing, what comes first counts, and a domain counts only within its result's own piece.
 */
function resultsOf(header: string): Result[] {
  if (/["\\]/.test(header)) return [];
  const [server = '', ...pieces] = header.replace(/\([^()]*\)/g, ' ').split(';');
  if (server.trim().toLowerCase() !== OUR_SERVER) return [];
  const found: Result[] = [];
  for (const piece of pieces) {
    const pairs = piece.toLowerCase().matchAll(/(?<!\S)([a-z][a-z.-]*)=(\S+)/g);
    for (const [place, [, name = '', value = '']] of [...pairs].entries()) {
      const last = found.at(-1);
      if (place === 0 && /^(?:spf|dkim|dmarc)$/.test(name)) {
        found.push({ method: name, result: value, properties: new Map() });
      } else if (last && (place > 0 || last.method === 'spf') && !last.properties.has(name)) {
        last.properties.set(name, value);
      }
    }
  }
  return found;
}

/** RFC 7489, 3.1: relaxed, the same organisation. `value` is an address or a domain. */
function alignsWith(domain: string, value: string | undefined): boolean {
  const host = value?.slice(value.lastIndexOf('@') + 1);
  if (!host) return false;
  const organisation = (name: string) => getDomain(name, { allowPrivateDomains: true }) ?? name;
  return organisation(host) === organisation(domain);
}

/**
 * Whether the mail comes from where its `From` says: a DMARC pass; else, where the domain has no policy to fail, SPF or
 * DKIM of that domain itself. The verdicts of `receipt` for SPF and DKIM do not say whose they are (every spammer
 * passes their own), so for these SES's own header must name the domain, and the receipt must not deny it.
 *
 * Says nothing of whether the sender is known, or of spam and viruses. Without SES (the local runner) nobody vouches.
 */
export function authentication(mail: IncomingMail, receipt?: Receipt): Authentication {
  const domain = mail.from?.address.split('@').at(-1)?.toLowerCase();
  if (!domain) return { believed: false, why: 'sender' };
  const results = resultsOf(mail.headers['authentication-results'] ?? '');
  const verdict = (name: 'spf' | 'dkim' | 'dmarc') => receipt?.[`${name}Verdict`]?.status;
  const passed = (name: 'spf' | 'dkim' | 'dmarc', property: string) =>
    [undefined, 'PASS'].includes(verdict(name)) &&
    results.some(
      ({ method, result, properties }) =>
        method === name && result === 'pass' && alignsWith(domain, properties.get(property)),
    );

  if (verdict('dmarc') === 'PASS' || passed('dmarc', 'header.from')) return { believed: true, by: 'dmarc' };
  const failed = results.some(({ method, result }) => method === 'dmarc' && result === 'fail');
  if (verdict('dmarc') === 'FAIL' || failed) return { believed: false, why: 'dmarc' };
  if (passed('dkim', 'header.i') || passed('dkim', 'header.d')) return { believed: true, by: 'dkim' };
  if (passed('spf', 'envelope-from') || passed('spf', 'smtp.mailfrom')) return { believed: true, by: 'spf' };
  return { believed: false, why: 'unproven' };
}

const ROBOT =
  /^(?:mailer-daemon|postmaster|owner-.*|.*-(?:request|owner|bounces?)|bounces?(?:[+-].*)?|(?:do-?)?no[t_-]*reply.*|.*[.+_-]no-?reply)@/i;

/** Holiday answers of servers that say nothing in their headers. */
const ANSWERS_BY_ITSELF =
  /^(?:auto(?:matic(?:ally)?)?[ -]?(?:reply|response|antwort)|automatische (?:antwort|afwezigheid)|out of (?:the )?office|abwesenheit|réponse automatique|absence du bureau|respuesta automática|fuera de la oficina|risposta automatica|resposta automática|automatisch antwoord|autosvar|automatiskt svar)/i;

/** A letter to many: a newsletter, or a mailing list. */
export function isBulk({ headers }: IncomingMail): boolean {
  return (
    headers['list-id'] !== undefined ||
    headers['list-unsubscribe'] !== undefined ||
    /^(?:bulk|list|junk)$/i.test(headers.precedence ?? '')
  );
}

/** A server's answer or report on another mail: a holiday, a bounce, a receipt (RFC 3834, RFC 6522). */
export function isReport({ headers, subject }: IncomingMail): boolean {
  return (
    /^multipart\/report/i.test(headers['content-type'] ?? '') ||
    /^auto-replied/i.test(headers['auto-submitted'] ?? '') ||
    /^auto_reply$/i.test(headers.precedence ?? '') ||
    headers['x-failed-recipients'] !== undefined ||
    headers['x-autoreply'] !== undefined ||
    headers['x-autorespond'] !== undefined ||
    headers['return-path']?.replace(/\s/g, '') === '<>' ||
    ANSWERS_BY_ITSELF.test(subject)
  );
}

/** Whether no person sent this just now: never answer it (RFC 3834, 2, and what servers do beside it). */
export function isAutomatic(mail: IncomingMail): boolean {
  const { headers, from } = mail;
  const submitted = headers['auto-submitted']?.split(/[;\s(]/, 1)[0]?.toLowerCase();
  return (
    from === undefined ||
    ROBOT.test(from.address) ||
    (submitted !== undefined && submitted !== 'no') ||
    isBulk(mail) ||
    isReport(mail) ||
    headers['feedback-id'] !== undefined ||
    /\b(?:all|oof|autoreply)\b/i.test(headers['x-auto-response-suppress'] ?? '')
  );
}
