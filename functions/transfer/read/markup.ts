import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';

/** Longer names of elements and attributes are none that mean something here, nor are longer entities. */
const MAX_NAME = 64;

/** An attribute is cut here. Icons written out as data are longer by far, and are not looked at. */
const MAX_ATTRIBUTE = 16 * 1024;

export interface MarkupHandler {
  /** `line` is where the tag begins, from 1. Names are in lower case. */
  open(name: string, attributes: ReadonlyMap<string, string>, line: number): void;
  close(name: string): void;
  /** In any number of parts. */
  text(part: string): void;
}

export interface MarkupReader {
  write(piece: string): void;
  end(): void;
}

/**
 * Tags and text of an HTML file in pieces; of the attributes those in `wanted`. The tokenizer alone, and no tree: a
 * parser's stack of open elements grows with every tag that is never closed, and each new one moves it whole.
 */
export function markupReader(wanted: ReadonlySet<string>, handler: MarkupHandler): MarkupReader {
  let before = '';
  let piece = '';
  let start = 0;
  let line = 1;
  let counted = 0;
  let tag = { name: '', line: 1, attributes: new Map<string, string>() };
  let attribute = { name: '', value: '' };

  /** What is still at hand of it: of the piece, and of the end of what came before. */
  const slice = (from: number, to: number) => {
    const place = (index: number) => Math.max(index - start + before.length, 0);
    return from < start
      ? (before + piece.slice(0, Math.max(to - start, 0))).slice(place(from), place(to))
      : piece.slice(from - start, to - start);
  };
  const nameAt = (from: number, to: number) => (to - from > MAX_NAME ? '' : slice(from, to).toLowerCase());
  const lineAt = (index: number) => {
    for (
      let end = piece.indexOf('\n', counted);
      end >= 0 && end < index - start;
      end = piece.indexOf('\n', counted)
    ) {
      line += 1;
      counted = end + 1;
    }
    return line;
  };
  const addToAttribute = (part: string) => {
    if (!wanted.has(attribute.name)) return;
    attribute.value += part.slice(0, MAX_ATTRIBUTE - attribute.value.length);
  };
  const endTag = () => handler.open(tag.name, tag.attributes, tag.line);
  const ignored = () => {};

  const callbacks: TokenizerCallbacks = {
    onopentagname: (from, to) => {
      // A name holds no line end: where it ends is the line where its tag begins.
      tag = { name: nameAt(from, to), line: lineAt(to), attributes: new Map() };
    },
    onattribname: (from, to) => {
      attribute = { name: nameAt(from, to), value: '' };
    },
    onattribdata: (from, to) => addToAttribute(slice(from, to)),
    onattribentity: (code) => addToAttribute(String.fromCodePoint(code)),
    onattribend: () => {
      const { name, value } = attribute;
      if (wanted.has(name) && !tag.attributes.has(name)) tag.attributes.set(name, value);
    },
    onopentagend: endTag,
    onselfclosingtag: endTag,
    onclosetag: (from, to) => handler.close(nameAt(from, to)),
    ontext: (from, to) => handler.text(slice(from, to)),
    ontextentity: (code) => handler.text(String.fromCodePoint(code)),
    oncdata: ignored,
    oncomment: ignored,
    ondeclaration: ignored,
    onprocessinginstruction: ignored,
    onend: ignored,
  };
  const tokenizer = new Tokenizer({}, callbacks);
  const read = (next: string) => {
    lineAt(start + piece.length);
    before = (before + piece).slice(-MAX_NAME);
    start += piece.length;
    counted = 0;
    piece = next;
    tokenizer.write(piece);
  };
  // The tokenizer hands over what it has at the end of a piece, except before half an entity.
  let held = '';

  return {
    write(next) {
      const text = held + next;
      const entity = text.lastIndexOf('&');
      held = entity >= 0 && entity > text.length - MAX_NAME ? text.slice(entity) : '';
      read(held === '' ? text : text.slice(0, entity));
    },
    end() {
      read(held);
      tokenizer.end();
    },
  };
}
