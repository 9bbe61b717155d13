import { getDomain } from 'tldts';
import { htmlLines, type Link, textLines } from './lines.ts';
import type { IncomingMail } from './parse.ts';

/** A mail service asks whether it may forward a mailbox to here. For the user's eyes: nothing is followed or typed in. */
export interface Confirmation {
  service: string;
  code?: string;
  /** On one of the service's own domains. */
  url?: string;
}

/** By the domains they send from and link to. */
const SERVICES: Record<string, readonly string[]> = {
  Gmail: ['google.com'],
  Outlook: ['microsoft.com', 'outlook.com', 'live.com', 'office.com', 'office365.com'],
  Yahoo: ['yahoo.com', 'yahoo-inc.com', 'yahooinc.com', 'yahoo.net', 'aol.com'],
  iCloud: ['apple.com', 'icloud.com'],
  Fastmail: ['fastmail.com', 'fastmail.fm', 'messagingengine.com'],
  Proton: ['proton.me', 'protonmail.com', 'protonmail.ch'],
  HEY: ['hey.com', '37signals.com'],
  Zoho: ['zoho.com', 'zoho.eu', 'zoho.in', 'zohomail.com', 'zohomail.eu'],
  GMX: ['gmx.net', 'gmx.com', 'gmx.de', 'gmx.at', 'gmx.ch', 'gmx.fr'],
  'WEB.DE': ['web.de'],
  Mailbox: ['mailbox.org'],
  Tuta: ['tuta.com', 'tutanota.com'],
};

/** This sender writes of nothing else, in every language. */
const GMAIL_SENDER = 'forwarding-noreply@google.com';

const FORWARDING =
  /forward|weiterleit|umleit|transf[eé]r|réexpéd|redirec|redirig|reenv[ií]|reencaminh|encaminh|inoltr|doorst(?:u|ur)|vidarebef|videresend/iu;
const CONFIRMING =
  /confirm|verif[iy]|vérifi|bestätig|verifizier|confirma|conferm|verifica|bevestig|verifieer|bekräft|verifiera|bekræft|accept|akzeptier|annehmen|approve|code|código|codice|kod\b/iu;

/** A code stands behind its name, in the subject in brackets. */
const CODE_IN_SUBJECT = /\(#(\d{4,12})\)|#(\d{6,12})\b/;
const CODE_BEHIND_NAME =
  /(?:code|código|codice|kod|koden|pin)(?:\s[^\d\n:]{0,40})?\s?(?::|is|lautet|est|es|è|é|är)?\s*(?<![\w-])(\d{4,12})(?![\w-])/iu;

/** The other links in such a mail: to take it back, to learn more. */
const NOT_TO_CONFIRM =
  /\/mail\/uf-|cancel|decline|reject|deny|revoke|report|abuse|support|help|answer|learn|policies|privacy|terms|unsubscri|abbrechen|ablehnen|widerruf|annul|refus|rechaz|rifiut|recus|weiger|avbryt/iu;
const TO_CONFIRM =
  /\/mail\/vf-|confirm|verif|accept|approve|activate|forward|bestaetig|bestätig|weiterleit|akzeptier|annehmen|conferm|bevestig|bekräft/iu;

function domainOf(host: string): string {
  return getDomain(host) ?? host;
}

function confirmingLink(links: Link[], domains: readonly string[]): string | undefined {
  const own = links.filter(({ url, label }) => {
    const parsed = URL.parse(url);
    return (
      parsed?.protocol === 'https:' &&
      !parsed.username &&
      !parsed.port &&
      domains.includes(domainOf(parsed.hostname)) &&
      !NOT_TO_CONFIRM.test(`${parsed.pathname} ${label.slice(0, 80)}`)
    );
  });
  return (own.find(({ url, label }) => TO_CONFIRM.test(`${url} ${label}`)) ?? own[0])?.url;
}

/**
 * The question of a mail service whether it may forward to here; nothing for other mail. The sender's address is only
 * what the mail says: show it only if `authentication` believes it, or anybody can have the user confirm theirs.
 */
export function confirmationOf(mail: IncomingMail): Confirmation | undefined {
  const address = mail.from?.address.toLowerCase() ?? '';
  const domain = domainOf(address.split('@').at(-1) ?? '');
  const [service, domains] = Object.entries(SERVICES).find(([, own]) => own.includes(domain)) ?? [];
  if (!service || !domains) return undefined;

  const lines = [...textLines(mail.text), ...htmlLines(mail.html)];
  const said = `${mail.subject}\n${lines
    .map(({ text }) => text)
    .join('\n')
    .slice(0, 20_000)}`;
  if (address !== GMAIL_SENDER && !(FORWARDING.test(said) && CONFIRMING.test(said))) return undefined;

  const [, bracketed, bare] = CODE_IN_SUBJECT.exec(mail.subject) ?? [];
  const code = bracketed ?? bare ?? CODE_BEHIND_NAME.exec(said)?.[1];
  const url = confirmingLink(
    lines.flatMap(({ links }) => links),
    domains,
  );
  if (!code && !url) return undefined;
  return { service, ...(code && { code }), ...(url && { url }) };
}
