import type { Line } from './lines.ts';

/** What the user wrote to go with an article: their words, and whom they wrote for. */
export interface OwnWords {
  words?: string;
  /** A name, as written; whose it is, the friends know. */
  friend?: string;
}

/** What a note holds. */
const MAX_WORDS = 10_000;

const MAX_ADDED_LINE = 120;

/** What phones and mail programs write below a message by themselves. */
const ADDED_BY_CLIENT = [
  /^(?:sent|shared|written) (?:from|via|with|using|by) (?:my |the |a )?(?:i(?:phone|pad|os)|android|samsung|galaxy|pixel|blackberry|huawei|xiaomi|outlook|yahoo|aol|gmail|mail|proton ?mail|hey|thunderbird|mobile|phone|smartphone|tablet|windows|spark|fastmail|tuta|k-9|superhuman|edison|pocket|feedly|instapaper|flipboard)/iu,
  /^(?:get|download|hol(?:en sie sich|e dir)|télécharge[rz]|obtene[rz]|obten(?:ga|er)|descargar?|scarica|ottieni|obtenha|obter|ha[e]?mta|hämta|hent|outlook voor|download) .{0,12}outlook\b/iu,
  /^outlook voor (?:ios|android) downloaden/iu,
  /^(?:von|über) (?:meinem|meiner|unterwegs|mobil|yahoo|outlook|proton).{0,60}(?:gesendet|geschickt|verschickt)/iu,
  /^(?:diese nachricht wurde )?(?:gesendet|verschickt|versendet) (?:von|mit|über|aus)\b/iu,
  /^diese nachricht wurde (?:von|mit) .{0,60} gesendet/iu,
  /^envoyé (?:de|depuis|à partir|avec|par)\b/iu,
  /^enviad[oa] (?:desde|do|da|de|a partir|com|con|pelo|via)\b/iu,
  /^inviat[oa] (?:da|dal|dallo|dalla|con|tramite)\b/iu,
  /^(?:verstuurd|verzonden) (?:vanaf|vanuit|met|via|van)\b/iu,
  /^(?:skickat|skickad) (?:från|med|via)\b/iu,
  /^sendt (?:fra|med|via)\b/iu,
  /^lähetetty\b/iu,
  /^wysłan[eoy] z\b/iu,
];

/** "For Grace", "@grace": a line of its own. The name's capital tells it from "for later";
 * Till and Per are names themselves. */
const FOR =
  /^(?:(?:[Ff]or|[Ff](?:ü|ue)r|[Pp]our|[Pp]ara|per|[Vv]oor|[Ff]ör|till|til|[Dd]la)\s+(\p{Lu}[\p{L}\p{M}'’.-]*(?:\s\p{Lu}[\p{L}\p{M}'’.-]*){0,2})|@([\p{L}\p{N}][\p{L}\p{M}\p{N}'’._-]{0,60}))\s*[:,.!]?$/u;

const RULE = /^[-_=*~—–\s]{3,}$/;

function nameIn(line: string): string | undefined {
  const [, name, handle] = FOR.exec(line.slice(0, 100)) ?? [];
  if (handle === undefined) return name?.replace(/[.'’-]+$/, '');
  return handle
    .replace(/[._]+/g, ' ')
    .trim()
    .replace(/(?<![\p{L}\p{M}'’])\p{Ll}/gu, (letter) => letter.toUpperCase());
}

/** The friend a subject is for: "for Grace". */
export function friendIn(subject: string): string | undefined {
  return nameIn(subject);
}

/** An answer without what it quotes, and without the line above that says whose words those are. */
export function withoutQuotes(lines: Line[]): Line[] {
  const isQuote = (line: Line | undefined) => line?.text.startsWith('>') === true;
  return lines.filter((line, place) => {
    const next = lines[place + 1]?.text === '' ? lines[place + 2] : lines[place + 1];
    return !isQuote(line) && !(line.text.endsWith(':') && isQuote(next));
  });
}

/** Lines up to the signature, without what clients add. Below "-- " everything is signature (RFC 3676, 4.3). */
export function written(lines: Line[]): Line[] {
  const signature = lines.findIndex(({ text }) => text === '--' || text === '—');
  const kept = (signature < 0 ? lines : lines.slice(0, signature)).filter(
    ({ text }) =>
      !RULE.test(text) &&
      !(text.length <= MAX_ADDED_LINE && ADDED_BY_CLIENT.some((added) => added.test(text))),
  );
  return kept.filter(({ text }, place) => text !== '' || (place > 0 && kept[place - 1]?.text !== ''));
}

/** What is left of the lines as the user's words, in paragraphs as typed, and the friend they name. */
export function ownWords(lines: Line[]): OwnWords {
  let friend: string | undefined;
  const said: string[] = [];
  for (const { text } of lines) {
    const name = friend === undefined ? nameIn(text) : undefined;
    if (name) friend = name;
    else said.push(text);
  }
  const words = said
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .slice(0, MAX_WORDS)
    .replace(/[\ud800-\udbff]$/, '');
  return { ...(words && { words }), ...(friend && { friend }) };
}
