import ICAL from 'ical.js';
import type { Entry } from '../entry.ts';
import { birthdayOf } from './birthday.ts';
import { linesOf } from './lines.ts';
import { friendEntry } from './tidy.ts';

/** What is read of a card. Its notes are private, its pictures large. */
const WANTED = new Set([
  'fn',
  'n',
  'nickname',
  'org',
  'email',
  'bday',
  'categories',
  'tz',
  'kind',
  'x-addressbookserver-kind',
]);

/** Nothing that is wanted is longer once unfolded. */
const MAX_PROPERTY = 8 * 1024;
/** Properties read of one card; a person has fewer. */
const MAX_PROPERTIES = 200;

/** Before any address that says how much it is preferred: 1 is most, 100 least (RFC 6350, 5.3). */
const LEAST_PREFERRED = 101;

interface Property {
  name: string;
  /** Each in lower case, `name=value`; of vCard 2.1 a type alone. */
  parameters: string[];
  value: string;
}

interface Card {
  line: number;
  properties: Property[];
}

/** The logical line that is being read. */
interface Unfolding {
  /** Undefined: nobody wants it. */
  text: string | undefined;
  isQuotedPrintable: boolean;
  /** What was read of it last, which says whether a line of quoted-printable goes on. */
  last: string;
}

const MARK = /^\s*(begin|end)\s{0,9}:\s{0,9}vcard\s*$/i;
const NAME = /^(?:[\w-]+\.)?([\w-]+)(?=[;:])/;
const QUOTED_PRINTABLE = /^[^:]{0,200}\bQUOTED-PRINTABLE\b/i;

function nameOf(line: string): string {
  return NAME.exec(line)?.[1]?.toLowerCase() ?? '';
}

function begin(line: string): Unfolding {
  return {
    text: WANTED.has(nameOf(line)) ? line.slice(0, MAX_PROPERTY + 1) : undefined,
    isQuotedPrintable: QUOTED_PRINTABLE.test(line),
    last: line,
  };
}

/** Whether this line goes on with the one before: folded (RFC 6350, 3.2), or a soft break of quoted-printable. */
function goOn(before: Unfolding | undefined, line: string): boolean {
  if (!before) return false;
  // A soft break before the end of the card is a mistake, and must not cost the next card.
  const isSoft = before.isQuotedPrintable && before.last.endsWith('=') && !MARK.test(line.slice(0, 100));
  if (!isSoft && !/^[ \t]/.test(line)) return false;
  before.last = line;
  if (before.text === undefined || before.text.length > MAX_PROPERTY) return true;
  before.text = (isSoft ? before.text.slice(0, -1) + line : before.text + line.slice(1)).slice(
    0,
    MAX_PROPERTY + 1,
  );
  return true;
}

function decoderOf(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}

function quotedPrintable(value: string, charset: string): string {
  const decoder = decoderOf(charset);
  return value.replace(/(?:=[0-9a-f]{2})+/gi, (run) =>
    decoder.decode(Buffer.from(run.replaceAll('=', ''), 'hex')),
  );
}

function propertyOf({ text }: Unfolding): Property | undefined {
  if (text === undefined || text.length > MAX_PROPERTY) return undefined;
  // A colon in quotation marks is part of a parameter.
  const [, head = '', written = ''] = /^((?:[^":]|"[^"]*")*):(.*)$/s.exec(text) ?? [];
  const parameters = head
    .split(';')
    .slice(1)
    .map((one) => one.trim().toLowerCase());
  const charset = parameters.find((one) => one.startsWith('charset='))?.slice('charset='.length) ?? 'utf-8';
  const isEncoded = parameters.some((one) => /^(?:encoding=)?quoted-printable$/.test(one));
  const value = isEncoded ? quotedPrintable(written, charset).replace(/\r?\n/g, '\\n') : written;
  return { name: nameOf(text), parameters, value };
}

function flat(value: unknown): string {
  return Array.isArray(value) ? value.map(flat).filter(Boolean).join(' ') : String(value ?? '').trim();
}

const DESIGN = ICAL.design.getDesignSet('vcard');

/** The value's parts, unescaped. Without its parameters, which vCard 2.1 writes in a way of its own. */
function valuesOf({ name, value }: Property): unknown[] {
  try {
    return ICAL.parse.property(`${name.toUpperCase()}:${value}`, DESIGN).slice(3);
  } catch {
    return [];
  }
}

/** 1 is most preferred. */
function preference({ parameters }: Property): number {
  const [said] = parameters.flatMap((one) => /^pref=(\d{1,3})$/.exec(one)?.[1] ?? []);
  if (said) return Number(said);
  return parameters.some((one) => /^(?:type=)?(?:.*[,"])?pref\b/.test(one)) ? 1 : LEAST_PREFERRED;
}

function birthdayIn({ parameters, value }: Property): string | undefined {
  if (parameters.includes('value=text')) return undefined;
  const [omitted] = parameters.flatMap((one) => /^x-apple-omit-year=(\d{4})$/.exec(one)?.[1] ?? []);
  return birthdayOf(value, omitted ? { omitYear: Number(omitted) } : {});
}

function entryOf({ line, properties }: Card): Entry {
  const all = (name: string) => properties.filter((property) => property.name === name);
  const text = (name: string) => all(name).map((property) => flat(valuesOf(property)[0]));
  const isGroup = [...all('kind'), ...all('x-addressbookserver-kind')].some(
    ({ value }) => value.trim().toLowerCase() === 'group',
  );
  if (isGroup) return { line, reason: 'A group, not a person.' };
  const putTogether = all('n').map((property) => {
    const [family, given, additional] = [valuesOf(property)[0]].flat();
    return flat([given, additional, family]);
  });
  // Its departments come after it.
  const companies = all('org').map((property) => flat([valuesOf(property)[0]].flat()[0]));
  const emails = all('email').toSorted((a, b) => preference(a) - preference(b));
  return friendEntry(line, {
    names: [...text('fn'), ...putTogether, ...text('nickname'), ...companies],
    emails: emails.map((property) => flat(valuesOf(property))),
    birthday: all('bday').flatMap((property) => birthdayIn(property) ?? [])[0],
    timeZone: all('tz')[0]?.value,
    groups: all('categories').flatMap((property) => valuesOf(property).map(flat)),
  });
}

/**
 * vCards 4.0 (RFC 6350), 3.0 (RFC 2426) and 2.1, one card at a time. Of a card only what makes a friend is kept, so a
 * picture of any size costs nothing; a card inside a card (AGENT) is passed over.
 */
export async function* readCards(pieces: AsyncIterable<string>): AsyncGenerator<Entry> {
  let card: Card | undefined;
  let nested = 0;
  let current: Unfolding | undefined;
  let isAgent = false;
  const keep = () => {
    const property = current && propertyOf(current);
    if (property && card && nested === 0 && card.properties.length < MAX_PROPERTIES)
      card.properties.push(property);
    current = undefined;
  };

  for await (const { line, text } of linesOf(pieces)) {
    if (goOn(current, text)) continue;
    keep();
    const mark = MARK.exec(text.slice(0, 100))?.[1]?.toLowerCase();
    if (mark === 'begin' && card && isAgent) {
      nested += 1;
    } else if (mark === 'begin') {
      if (card) yield unfinished(card);
      card = { line, properties: [] };
      nested = 0;
    } else if (mark === 'end' && nested > 0) {
      nested -= 1;
    } else if (mark === 'end' && card) {
      yield entryOf(card);
      card = undefined;
    } else {
      current = begin(text);
    }
    isAgent =
      /^(?:[\w-]+\.)?agent\b[^:]{0,200}:\s*$/i.test(text.slice(0, 300)) || (nested > 0 && mark !== 'end');
  }
  if (card) yield unfinished(card);
}

function unfinished({ line }: Card): Entry {
  return { line, reason: 'This card has no end.' };
}
