import EmailForwardParser from 'email-forward-parser';
import type { Line } from './lines.ts';
import type { Mailbox } from './parse.ts';

/** A mail that somebody sent on: what they wrote above it, and what it was. */
export interface Forwarded {
  above: Line[];
  original: Line[];
  from?: Partial<Mailbox>;
  subject?: string;
  /** Calendar day, `2026-09-07`, if it is said beyond doubt. */
  day?: string;
}

/**
 * The library's patterns go back over a line for each of its characters, and over runs of white space: 20 KB of line
 * breaks take 21 s. What is above a forwarded mail is short; a longer letter counts as the user's own.
 */
const WINDOW_LINES = 250;
const WINDOW_CHARS = 20_000;
const LINE_CHARS = 250;

/** How far below a separator its header may reach. */
const HEADER_LINES = 16;

/** The separators in all the ways they are written, as the one the library knows best. */
const SEPARATOR =
  /^-{2,}\s*(?:original message|ursprüngliche nachricht|original-?nachricht|message (?:d['’]origine|original|transféré|transmis|réexpédié)|mensaje (?:original|reenviado)|messaggio (?:originale|inoltrato)|mensagem (?:original|encaminhada|reencaminhada)|oorspronkelijk bericht|origineel bericht|doorgestuurd bericht|ursprungligt meddelande|originalmeddelande|vidarebefordrat (?:meddelande|mejl)|oprindelig meddelelse|opprinnelig melding|videresendt (?:meddelelse|melding)|alkuperäinen viesti|edelleenlähetetty viesti|forwarded (?:message|e-?mail)|weitergeleitete (?:nachricht|e-?mail)|oryginalna wiadomość|wiadomość oryginalna)\s*-{2,}$/iu;
const KNOWN_SEPARATOR = '---------- Forwarded message ---------';

/** `*Von:* Ada` is bold in plain text. The library knows the bold ones in English alone, and "Sent" only as `Date`. */
const BOLD_NAME = /^\*([\p{L} -]{1,25}?)\s*:\s?\*\s*/u;

/** Names a header line of the mail below can have, in the languages of the clients. */
const FROM = 'from|von|de|da|van|från|fra|lähettäjä|od|mittente|remitente';
const DATE =
  'date|sent|datum|gesendet|envoyé|envoyée|fecha|enviado|enviado el|enviada|enviada em|data|inviato|verzonden|skickat|sendt|dato|päivämäärä|lähetetty';
const TO =
  'to|an|à|a|para|per|aan|till|til|pour|vastaanottaja|destinataire|cc|kopie|copie|kopia|kopi|reply-to|antwort an|répondre à|responder a|rispondi a|antwoord aan|svara till';
const SUBJECT = 'subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe';
const [isFrom, isDate, isTo, isSubject] = [FROM, DATE, TO, SUBJECT].map(
  (names) => new RegExp(`^(?:${names})\\s?:`, 'iu'),
) as [RegExp, RegExp, RegExp, RegExp];

function isHeaderLine(line: string): boolean {
  return [isFrom, isDate, isTo, isSubject].some((name) => name.test(line));
}

/** Somewhere in a line: one client (Yahoo) writes the whole header without line breaks. */
const HAS_FROM = new RegExp(`(?:^|\\s)(?:${FROM})\\s?:`, 'imu');
const HAS_MORE = new RegExp(`(?:^|\\s|>)(?:${DATE}|${SUBJECT})\\s?:`, 'imu');

/** Whether these lines begin with the header of a mail: who, and what or when. */
function hasHeader(lines: string[]): boolean {
  const head = lines.slice(0, HEADER_LINES).join('\n');
  return HAS_FROM.test(head) && HAS_MORE.test(head);
}

function withoutQuote(text: string): string {
  return text.replace(/^(?:>\s?)+/, '');
}

function windowOf(lines: Line[]): string[] {
  const window: string[] = [];
  let room = WINDOW_CHARS;
  for (const { text } of lines.slice(0, WINDOW_LINES)) {
    const bare = withoutQuote(text).slice(0, LINE_CHARS).replace(BOLD_NAME, '$1: ').trim();
    room -= bare.length + 1;
    if (room < 0) break;
    window.push(SEPARATOR.test(bare) ? KNOWN_SEPARATOR : bare);
  }
  return window;
}

const parser = new EmailForwardParser();

/** Where the header ends: the library says what the body is, or else the first line that is none of a header. */
function bodyStart(window: string[], separator: number, body: string): number {
  const end = window.findLastIndex((line) => line !== '') + 1;
  const start = end - body.split('\n').length;
  if (body && start > separator && window.slice(start, end).join('\n') === body) return start;

  let last = window.findIndex((line, place) => place >= separator && isFrom.test(line));
  for (let place = last; place >= 0 && place < last + HEADER_LINES && window[place]; place += 1) {
    if (isHeaderLine(window[place] ?? '')) last = place;
  }
  return Math.max(last, separator) + 1;
}

/** The original as it was: some clients quote it, with or without its header. */
function unquoted(lines: Line[], header: Line[]): Line[] {
  const isQuoted =
    header.some(({ text }) => text.startsWith('>')) ||
    lines.every(({ text }) => text === '' || text.startsWith('>'));
  return isQuoted ? lines.map((line) => ({ ...line, text: withoutQuote(line.text) })) : lines;
}

/**
 * The mail below the words of whoever sent it on; null if nobody did. Known by its header: a separator alone is a line
 * in a letter. `isForward`: the subject says so too; then a quoted answer counts as well ("On Monday Ada wrote:").
 */
export function unwrap(lines: Line[], isForward: boolean): Forwarded | null {
  const window = windowOf(lines);
  const { email, message } = parser.read(window.join('\n'), 'Fwd: ');
  if (email.body === undefined) return null;
  let separator = Math.max(
    0,
    window.findIndex((line) => line !== ''),
  );
  if (message) separator += message.split('\n').length;
  while (window[separator] === '') separator += 1;
  const isHeaded = hasHeader(window.slice(separator));
  if (!isHeaded && !(isForward && email.from.address)) return null;

  const start = isHeaded ? bodyStart(window, separator, email.body) : separator + 1;
  const subject = bareSubject(email.subject ?? '').subject;
  const day = calendarDay(email.date ?? '');
  const { address, name } = email.from;
  return {
    above: lines.slice(0, separator),
    original: unquoted(lines.slice(start), lines.slice(separator, start)),
    ...((address || name) && { from: { ...(name && { name }), ...(address && { address }) } }),
    ...(subject && { subject }),
    ...(day && { day }),
  };
}

// --- Subjects ----------------------------------------------------------------------------------------------------

const FORWARD = 'fwd?|fw|wg|wtr|tr|rv|enc|i|vs|vb|vl|doorst|pd|vidbef|videresend|trans|reenv|ilt|İlt';
const ANSWER = 're|res|aw|antw|ant|sv|rif|r|odp|rép|vá|ynt|betr';
const PREFIX = new RegExp(
  `^(?:\\[(?:ext|external|extern)\\]\\s*|(${FORWARD}|${ANSWER})(?:\\s?[[(]\\d{1,3}[\\])])?\\s?[:：]\\s*)`,
  'iu',
);
const IS_FORWARD = new RegExp(`^(?:${FORWARD})$`, 'iu');

/** A subject without what clients put before it; `isForward` if one of them forwarded it. */
export function bareSubject(written: string): { subject: string; isForward: boolean } {
  let subject = written.trim();
  let isForward = false;
  for (let found = PREFIX.exec(subject); found; found = PREFIX.exec(subject)) {
    isForward ||= IS_FORWARD.test(found[1] ?? '');
    subject = subject.slice(found[0].length);
  }
  return { subject, isForward };
}

// --- Days --------------------------------------------------------------------------------------------------------

function plain(word: string): string {
  return word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** As clients write them in English, German, French, Spanish, Italian, Portuguese, Dutch, the North and Polish. */
const MONTHS = new Map(
  [
    'january jan januar janvier janv enero ene gennaio gen janeiro januari tammikuuta stycznia sty',
    'february feb februar fevrier fevr febrero febbraio fevereiro fev februari helmikuuta lutego lut',
    'march mar marz mars marzo marco maart mrt marts maaliskuuta marca',
    'april apr avril avr abril abr aprile huhtikuuta kwietnia kwi',
    'may mai mayo maggio mag maio mei maj toukokuuta maja',
    'june jun juni juin junio giugno giu junho kesakuuta czerwca cze',
    'july jul juli juillet juil julio luglio lug julho heinakuuta lipca lip',
    'august aug aout agosto ago augustus augusti elokuuta sierpnia sie',
    'september sep sept septembre septiembre settembre set setembro syyskuuta wrzesnia wrz',
    'october oct oktober okt octobre octubre ottobre ott outubro out lokakuuta pazdziernika paz',
    'november nov novembre noviembre novembro marraskuuta listopada lis',
    'december dec dezember dez decembre diciembre dic dicembre dezembro desember des joulukuuta grudnia gru',
  ].flatMap((words, month) => words.split(' ').map((word) => [word, month + 1] as const)),
);

/** The day a client wrote in its own language; nothing where two readings are possible (`03/04/2026`). */
export function calendarDay(written: string): string | undefined {
  const text = plain(written.slice(0, 120));
  const numeric =
    /\b(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)/.exec(text) ??
    /\b(?<d>\d{1,2})\.\s?(?<m>\d{1,2})\.\s?(?<y>\d{4})\b/.exec(text) ??
    /\b(?<d>1[3-9]|2\d|3[01])[/-](?<m>\d{1,2})[/-](?<y>\d{4})\b/.exec(text) ??
    /\b(?<m>\d{1,2})\/(?<d>1[3-9]|2\d|3[01])\/(?<y>\d{4})\b/.exec(text);
  if (numeric?.groups) return dayOf(numeric.groups.y, numeric.groups.m, numeric.groups.d);

  const words = text.match(/\p{L}+|\d+/gu) ?? [];
  const year = words.find((word) => /^(?:19|20)\d\d$/.test(word));
  const isDay = (word: string | undefined) => word !== undefined && /^\d{1,2}$/.test(word);
  const said = (where: (place: number) => string | undefined) =>
    words.flatMap((word, place) => {
      const [month, day] = [MONTHS.get(word), where(place)];
      return month && isDay(day) ? [[month, day] as const] : [];
    });
  // "mar. 8 sept.": Tuesday is short for March too, but has no day before it.
  const before = said((place) => (isDay(words[place - 1]) ? words[place - 1] : words[place - 2]));
  const found = before.length > 0 ? before : said((place) => words[place + 1]);
  const [first] = found;
  return found.length === 1 && first ? dayOf(year, String(first[0]), first[1]) : undefined;
}

function dayOf(year: string | undefined, month = '', day = ''): string | undefined {
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined;
}
