import { Desk, Frame, Layout, Lines, linesOf } from './frame.tsx';
import { type Address, build, MAX_NAME, mailbox, oneLine, proseOf } from './header.ts';
import { look } from './look.ts';

/** A friend's word to the user, from the page of a letter. */
export interface Word {
  /** `erased`: what was held about the friend is deleted, as they asked. */
  kind: 'thanks' | 'coffee' | 'erased';
  friendName: string;
  /** The friend's own words. */
  line?: string | undefined;
  /** The letter it answers: the user's words, and the title of what came with them. */
  note?: string | undefined;
  title?: string | undefined;
}

export interface WordEnvelope {
  /** Named after the friend "via Hallway": nobody takes it for a letter from the friend's own mail server. */
  from: Address;
  to: Address;
  /** The friend's own mailbox, where it is known: the user just answers. */
  replyTo?: Address | undefined;
}

/** Of a title (characters). */
const MAX_TITLE = 300;
/** Enough of the user's own letter to know it by (characters). */
const MAX_NOTE = 240;

/** The mail as MIME, ready for SES. Throws TypeError if an address is none. */
export async function composeWord(word: Word & WordEnvelope): Promise<Buffer> {
  const { kind, friendName, line, note, title, replyTo } = word;
  const said: Word = {
    kind,
    friendName: oneLine(friendName, MAX_NAME),
    line: line && proseOf(line),
    note: note && proseOf(note),
    title: title && oneLine(title, MAX_TITLE),
  };
  return build({
    from: mailbox(word.from),
    to: mailbox(word.to),
    ...(replyTo && { replyTo: mailbox(replyTo) }),
    // RFC 3834, 5: nobody's holiday answer is wanted.
    headers: [{ key: 'Auto-Submitted', value: 'auto-generated' }],
    ...writeWord(said, replyTo !== undefined),
  });
}

/** What is said of each kind: the subject, and Hallway's sentence, which stands alone if the friend wrote no words. */
function sentences({ kind, friendName }: Word): { subject: string; said: string } {
  switch (kind) {
    case 'thanks':
      return { subject: `${friendName} says thank you`, said: `${friendName} says thank you.` };
    case 'coffee':
      return {
        subject: `${friendName} would like a coffee`,
        said: `${friendName} would like a coffee with you.`,
      };
    case 'erased':
      return {
        subject: `${friendName} asked Hallway to forget`,
        said: `${friendName} asked Hallway to delete what it holds about ${friendName}. It is done: the name, the address and what you had written down are gone. Your letters are still yours, and Hallway sends no more to that address. You still can, by your own hand.`,
      };
  }
}

/** Which letter it is about, in the user's own words. */
function aboutOf({ kind, note, title }: Word): { lead: string; quote: string } | undefined {
  if (kind === 'erased' || !note) return undefined;
  const [first = ''] = note.trim().split(/\s*\n\s*\n\s*/);
  const words = first.replace(/\s+/g, ' ');
  const quote = words.length > MAX_NOTE ? `${words.slice(0, MAX_NOTE).replace(/\s+\S*$/, '')}…` : words;
  return { lead: title ? `You sent “${title}”, and wrote:` : 'You wrote:', quote };
}

function wayOn({ kind, friendName }: Word, canAnswer: boolean): string[] {
  if (kind === 'erased') return [];
  return [
    'Written on the page of your letter, which opens for whoever has the letter.',
    ...(canAnswer ? [`To write back to ${friendName}, just answer.`] : []),
  ];
}

/** The subject, and both parts, saying the same. `canAnswer`: an answer goes to the friend's own mailbox. */
export function writeWord(word: Word, canAnswer: boolean): { subject: string; text: string; html: string } {
  const { subject, said } = sentences(word);
  const about = aboutOf(word);
  const below = wayOn(word, canAnswer);
  const lines = word.line && linesOf(word.line);
  const parts = [
    ...(lines ? [lines.join('\n'), word.friendName, '*'] : []),
    said,
    ...(about ? [`${about.lead}\n${about.quote}`] : []),
    ...(below.length > 0 ? [`-- \n${below.join('\n')}`] : []),
  ];
  const html = (
    <Frame title={subject}>
      <Desk label={subject} below={<Lines lines={below} />}>
        <tr>
          <td dir="auto" lang={lines ? '' : undefined} {...look('pad print says')}>
            <Lines lines={lines ? [...lines, '', word.friendName] : [said]} />
          </td>
        </tr>
        <tr>
          <td {...look('pad acts')}>
            <Layout wide>
              {(lines || about) && (
                <tr>
                  <td dir="auto" {...look('rule pencil chose')}>
                    {[lines && said, about?.lead].filter(Boolean).join(' ')}
                  </td>
                </tr>
              )}
              {about && (
                <tr>
                  <td dir="auto" lang="" {...look('ink own body')}>
                    {about.quote}
                  </td>
                </tr>
              )}
            </Layout>
          </td>
        </tr>
      </Desk>
    </Frame>
  );
  return { subject, text: parts.join('\n\n'), html: `<!doctype html>\n${html}` };
}
