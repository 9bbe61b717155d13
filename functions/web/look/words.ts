import type { Article, NotRead } from '../../articles/article.ts';
import type { Friend } from '../../friends/friend.ts';
import type { Because, Note } from '../../notes/note.ts';
import type { RingName } from './icons.tsx';
import { ago } from './when.ts';

export { number, plural } from './count.ts';

/** "Grace", "Grace and Alan", "Grace, Alan and José". */
export function list(items: readonly string[], last = 'and'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`;
}

/** With a capital, as a sentence begins. Only the first letter changes. */
export function sentence(words: string): string {
  const [first = '', ...rest] = words;
  return first.toLocaleUpperCase('en') + rest.join('');
}

/** A letter is two sentences or three: what is longer is folded about here (characters). */
const FOLD = 600;
/** Less than this is not worth a fold. */
const LEAST_REST = 200;

/** The words of a letter that stand open, and the rest, if it is long: cut where a line, a sentence or a word ends. */
export function folded(text: string): { head: string; rest?: string } {
  if (text.length < FOLD + LEAST_REST) return { head: text };
  const open = text.slice(0, FOLD);
  const ends = ['\n', '. ', ' '].map((end) => open.lastIndexOf(end) + 1);
  // Words without spaces are cut between two signs, never in the middle of one.
  const between = new Intl.Segmenter().segment(text).containing(FOLD)?.index || FOLD;
  const cut = ends.find((end) => end > FOLD / 2) ?? between;
  return { head: text.slice(0, cut).trimEnd(), rest: text.slice(cut).trimStart() };
}

const NOT_A_NAME = /^(the|aunt|auntie|uncle|mrs?|miss|mister|doctor|prof|professor|sir|lady|family)$/i;

/**
 * What one calls a friend in a sentence: the first word of a Latin name, the last of a Japanese one. The whole name
 * where that could be wrong ("Mum and Dad", "Aunt May", "J. R.").
 */
export function callName(name: string): string {
  const parts = name.trim().split(/\s+/);
  const [first = name, second] = parts;
  if (second === undefined) return name.trim();
  if (/^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}々ー\s]+$/u.test(name))
    return parts.at(-1) ?? name;
  const plain = /^\p{Lu}[\p{L}\p{M}’'-]{2,}$/u.test(first) && !NOT_A_NAME.test(first);
  return plain && /^\p{L}/u.test(second) && !/^(and|y|und|et|e|of)$/i.test(second) ? first : name.trim();
}

/** How something heard is told: "You heard it at lunch, 3 May." Any other words stand by themselves. */
export function heardWords(heard: string): string {
  const words = heard.trim().replace(/[.\s]+$/, '');
  const flows =
    /^(at|on|in|over|by|from|via|when|while|during|after|before|since|last|this|yesterday|today|through)\s/i;
  return flows.test(words)
    ? `You heard it ${words.charAt(0).toLowerCase()}${words.slice(1)}.`
    : `Heard: ${words}.`;
}

/** Why there is only the link: what happened, and what helps. */
export function notReadWords({ notRead, readAt }: Pick<Article, 'notRead' | 'readAt'>): string | undefined {
  if (!notRead) return undefined;
  const silent = readAt ? 'The site did not answer.' : 'The site did not answer. Hallway tries again later.';
  const sentences: Record<NotRead['reason'], string> = {
    'refused-address': 'This address is not on the public web, so Hallway did not open it.',
    'not-found': 'The page answers “not found”.',
    gone: 'The page is gone.',
    'needs-login': 'The site does not let Hallway read this page. The bookmark that keeps the text can.',
    'server-error': silent,
    'too-slow': silent,
    unreachable: silent,
    'too-large': 'The page is larger than Hallway reads.',
    'not-a-page': 'There is no page of text at this address.',
    'too-many-redirects': 'The address leads round in circles.',
    'no-text': 'Hallway found no text on this page.',
    'bad-certificate': 'The site’s certificate is not right, so Hallway did not read it.',
  };
  return sentences[notRead.reason];
}

/** Why a note is held, failed or moved: what happened, in one sentence. */
export function because(code: Because, friend: string): string {
  const sentences: Record<Because, string> = {
    'friend-deleted': `${friend} is no longer among your friends.`,
    'friend-has-no-email': `There is no address for ${friend}.`,
    muted: `${friend} asked not to get notes from you.`,
    suppressed: 'This address does not take mail from Hallway.',
    'already-sent': `${friend} already has this article from you.`,
    'article-deleted': 'The article is no longer in your library.',
    'tries-ended': 'Hallway tried several times, and the mail server was not there.',
    restored: 'It came with a copy of an account, and may have left from there.',
    refused: 'The mail server refused it.',
    'cap-user': 'That was the most letters for one day. It leaves tomorrow at the same hour.',
    'cap-address': `${friend} has had enough letters through Hallway today. It leaves tomorrow at the same hour.`,
    late: `It was late, and it is night where ${friend} is. It leaves in the morning.`,
  };
  return sentences[code];
}

const HELD_WAY_ON: Partial<Record<Because, string>> = {
  'friend-deleted': 'The words are still yours to copy.',
  'article-deleted': 'Cancel it, or send the words yourself.',
  'friend-has-no-email': 'Add one, or send it yourself.',
  muted: 'You can still write by your own hand.',
  suppressed: 'You can still write by your own hand.',
  'already-sent': 'Nothing was sent twice.',
  'tries-ended': 'Send it again when you like.',
  restored: 'Send it if you know that it has not left.',
};

/** What became of a note: what happened, the way on, and its ring. */
export interface StateWords {
  said: string;
  also?: string;
  ring: RingName;
}

function scheduledWords(note: Note, name: string): StateWords {
  const kinds = {
    surprise: 'Waiting. A surprise.',
    at: 'Waiting. The time you chose.',
    now: 'Leaving now. Until it has gone you can take it back.',
  };
  const kind = note.moment?.kind;
  const also = note.movedBecause && because(note.movedBecause, name);
  // Moved, it leaves neither now nor at the time that was chosen.
  const said = kind && (!also || kind === 'surprise') ? kinds[kind] : 'Waiting.';
  return { said, ring: 'waiting', ...(also && { also }) };
}

/** The sentences of a note's state. Never claims to know whether something was opened. */
export function stateWords(
  note: Note,
  friend: Pick<Friend, 'name'> | undefined,
  now: Date,
  zone: string,
): StateWords {
  const name = friend ? callName(friend.name) : 'Your friend';
  switch (note.state) {
    case 'draft':
      return {
        said: 'Not sent yet.',
        also: `${sentence(name)} has not had it.`,
        ring: 'waiting',
      };
    case 'scheduled':
      return scheduledWords(note, name);
    case 'sending':
      return { said: 'Leaving.', also: 'Hallway is handing it to the mail server.', ring: 'waiting' };
    case 'sent': {
      if (note.sentMyself) return { said: 'You sent it yourself.', ring: 'sent' };
      const when = note.sentAt ? ` ${ago(note.sentAt, now, zone)}` : '';
      return { said: `Sent${when}.`, also: 'The mail server has not confirmed yet.', ring: 'sent' };
    }
    case 'delivered':
      return {
        said: 'Delivered.',
        also: 'The mail server took it. Hallway does not know whether it was opened, and won’t.',
        ring: 'delivered',
      };
    case 'bounced':
      return {
        said: 'It came back.',
        also: `The mail server does not take letters for this address. Ask ${name} for another one.`,
        ring: 'bounced',
      };
    case 'complained':
      return {
        said: `${sentence(name)} marked it as unwanted.`,
        also: `Hallway will not write to ${name} again. You still can, by your own hand.`,
        ring: 'stopped',
      };
    case 'failed':
      return {
        said: note.failedBecause ? because(note.failedBecause, name) : 'It could not be sent.',
        also: `Nothing left. ${sentence(name)} has not had it.`,
        ring: 'failed',
      };
    case 'uncertain':
      return {
        said: 'We can’t tell whether this left.',
        also: 'The mail server stopped answering halfway. Sent again, it may arrive twice.',
        ring: 'uncertain',
      };
    case 'cancelled':
      return { said: 'Taken back. It never left.', ring: 'stopped' };
    case 'held': {
      const why = note.heldBecause;
      const also = why && HELD_WAY_ON[why];
      return {
        said: why ? `Held: ${lower(because(why, name), name)}` : 'Held.',
        ring: 'held',
        ...(also && { also }),
      };
    }
  }
}

/** A sentence after a colon begins small, unless it begins with a name. */
function lower(words: string, name: string): string {
  return words.startsWith(name) || words.startsWith('Hallway')
    ? words
    : words.charAt(0).toLowerCase() + words.slice(1);
}
