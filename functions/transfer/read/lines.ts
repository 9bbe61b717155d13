/** Longer than any line a program writes for a person; a picture in a vCard can be longer, and nobody wants it. */
export const MAX_LINE_CHARS = 1024 * 1024;

export interface TextLine {
  /** Counts from 1. */
  line: number;
  text: string;
  /** False: longer than `MAX_LINE_CHARS`, and `text` its beginning. */
  isWhole: boolean;
}

/** The lines of a text that comes in pieces, `\n` between them. At most one line is held. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<TextLine> {
  let current: TextLine = { line: 1, text: '', isWhole: true };
  const add = (part: string) => {
    const room = MAX_LINE_CHARS - current.text.length;
    current.text += part.slice(0, room);
    if (part.length > room) current.isWhole = false;
  };
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', from)) {
      add(piece.slice(from, end));
      yield current;
      current = { line: current.line + 1, text: '', isWhole: true };
      from = end + 1;
    }
    add(piece.slice(from));
  }
  if (current.text !== '') yield current;
}
