import { isUtf8 } from 'node:buffer';
import { MIMEType } from 'node:util';

/** Where browsers look for a page's own word about its encoding (HTML, 13.2.3.2). */
const CHARSET_BYTES = 1024;

/** A page that sends its reader on says so at its top. */
const REFRESH_CHARS = 64 * 1024;

/** A later one lets its reader read first: a news ticker, a page that logs out. */
const MAX_REFRESH_SECONDS = 10;

/** `text/html` and `windows-1251` of `text/html; charset=windows-1251`; undefined if it is no content type. */
export function readContentType(header: string): { type: string; charset: string | null } | undefined {
  try {
    const { essence, params } = new MIMEType(header);
    return { type: essence, charset: params.get('charset') };
  } catch {
    return undefined;
  }
}

type Attributes = Map<string, string>;

function attributesOf(tag: string): Attributes {
  const pairs = tag.matchAll(/(?<![a-z-])([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi);
  const attributes: Attributes = new Map();
  for (const [, name = '', double, single, bare] of pairs) {
    const key = name.toLowerCase();
    if (!attributes.has(key)) attributes.set(key, (double ?? single ?? bare ?? '').trim());
  }
  return attributes;
}

const HIDDEN =
  /<!--[\s\S]*?(?:-->|$)|<(noscript|script|style|template|textarea|title)\b[\s\S]*?(?:<\/\1|$)/gi;

/** At most 4,096 characters: longer than any with an address in it. */
const META = /<meta(?=[\s/])[^<>]{0,4096}>/gi;

/** The `<meta>` tags a browser without scripts acts on. Each step moves forward, also past what never ends: linear. */
function metasOf(html: string): Attributes[] {
  const tags = html.replace(HIDDEN, '').match(META) ?? [];
  return tags.map(attributesOf);
}

function isMeta(meta: Attributes, directive: string): boolean {
  return meta.get('http-equiv')?.toLowerCase() === directive;
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return a === 0xff && b === 0xfe ? 'utf-16le' : undefined;
}

/** What the page's first bytes say, read as ASCII: so it cannot be UTF-16, whatever they say (HTML, 13.2.3.2). */
function declaredCharset(bytes: Uint8Array): string | undefined {
  const start = new TextDecoder('windows-1252').decode(bytes.subarray(0, CHARSET_BYTES));
  const declared =
    /^<\?xml[^>]*\sencoding\s*=\s*["']([^"'>]+)/i.exec(start)?.[1] ??
    metasOf(start)
      .map((meta) => meta.get('charset') ?? (isMeta(meta, 'content-type') && charsetIn(meta.get('content'))))
      .find(Boolean);
  return declared && /^\s*utf-?16/i.test(declared) ? 'utf-8' : declared || undefined;
}

function charsetIn(content: string | undefined): string | undefined {
  return /charset\s*=\s*["']?([^\s;"']+)/i.exec(content ?? '')?.[1];
}

function decoderOf(label: string | null | undefined): TextDecoder | undefined {
  try {
    return label ? new TextDecoder(label) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A page as text, in the order browsers take (HTML, 13.2.3): byte order mark, `label` of the Content-Type, and, if it is
 * HTML, its own first 1,024 bytes. If all that names no known encoding it is UTF-8; with no word about it at all,
 * windows-1252 if the bytes are no UTF-8. `charset` is the encoding's name in the Encoding Standard.
 */
export function decodePage(
  bytes: Uint8Array,
  isHtml: boolean,
  label: string | null,
): { text: string; charset: string } {
  const labels = [byteOrderMark(bytes), label, isHtml ? declaredCharset(bytes) : undefined];
  const silent = !labels.some(Boolean) && !isUtf8(bytes);
  const decoder =
    labels.map(decoderOf).find((known) => known !== undefined) ??
    new TextDecoder(silent ? 'windows-1252' : 'utf-8');
  return { text: decoder.decode(bytes), charset: decoder.encoding };
}

/**
 * Where the page's `<meta http-equiv=refresh>` leads within 10 s, as written; undefined if it has none. One in
 * `<noscript>` does not count: it leads to a page that asks for scripts.
 */
export function refreshTarget(html: string): string | undefined {
  const refresh = metasOf(html.slice(0, REFRESH_CHARS)).find((meta) => isMeta(meta, 'refresh'));
  const [, seconds, target] =
    /^([\d.]+)\s*[;,\s]\s*(?:url\s*=\s*)?(.*)$/is.exec(refresh?.get('content') ?? '') ?? [];
  if (!target || Number.parseFloat(seconds ?? '') > MAX_REFRESH_SECONDS) return undefined;
  return target.replace(/^(["'])(.*?)\1.*$/s, '$2').replaceAll('&amp;', '&');
}
