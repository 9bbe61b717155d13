import type { Article, NotRead } from '../../articles/article.ts';
import type { Friend } from '../../friends/friend.ts';
import type { Because, Note } from '../../notes/note.ts';
import type { Ask } from '../views.ts';
import { number, plural } from './count.ts';
import type { RingName } from './icons.tsx';
import { ago, onDay } from './when.ts';

export { number, plural };

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
    'cap-new': 'That was the most new friends for one day. It leaves tomorrow at the same hour.',
    'cap-address': `${friend} has had enough letters through Hallway today. It leaves tomorrow at the same hour.`,
    'link-gone': 'The article is gone.',
    paused: 'Your letters are paused.',
    'less-often': `${friend} asked for fewer letters.`,
    zone: `${friend} is in another time zone now. It leaves at the same hour there.`,
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
  'link-gone':
    'Twice its page answered that it is not there. Send it all the same, send it yourself, or let it go.',
  paused: 'Let your letters leave again, at the top of Notes; then send this one.',
  'less-often': 'Give it a later time under Edit, or let it go.',
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

/** What the mail server says of a letter it has. */
function sentWords({ delivery }: Note, name: string): string {
  if (delivery === 'delayed')
    return `The mailbox of ${name} is slow to answer. It is tried again for some hours.`;
  if (delivery === 'given-up')
    return `The mailbox of ${name} did not take it in time. It may not have arrived.`;
  return 'The mail server has not confirmed yet.';
}

/** The sentences of a note's state. Never claims to know whether something was opened. */
export function stateWords(
  note: Note,
  friend: Pick<Friend, 'name'> | undefined,
  now: Date,
  zone: string,
  article?: Pick<Article, 'wordCount'>,
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
      return { said: `Sent${when}.`, also: sentWords(note, name), ring: 'sent' };
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
      const kept = why === 'link-gone' && article && article.wordCount > 0;
      return {
        said: why
          ? `Held: ${lower(because(why, name), name)}${kept ? ' Hallway kept the text.' : ''}`
          : 'Held.',
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

/** "half a minute", "17 seconds": how long it is until a letter leaves. */
export function secondsWords(seconds: number): string {
  if (seconds === 30) return 'half a minute';
  if (seconds < 90) return plural(seconds, 'second');
  return plural(Math.round(seconds / 60), 'minute');
}

/** Before a note that is longer than one as a rule is. `one`: no other letter is written with it. */
export function askLetter(friend: string, one: boolean): string {
  return one ? 'A letter? It is longer than a note.' : `A letter for ${friend}? It is longer than a note.`;
}

/** Before a note that says the article's title and nothing else. */
export function askTitle(friend: string): string {
  return `That is the article’s own title. Write ${friend} one line, or send it as it is.`;
}

/** Before words that another friend had from the user. */
export function askSame(friend: string, other: string, when: string): string {
  return `You wrote ${other} the same words ${when}. Write ${friend} another line, or send it as it is.`;
}

/** Before letters to several that say the same. */
export function askTwins(friends: readonly string[]): string {
  return `${list(friends)} get the same words. Write each another line, or send them as they are.`;
}

/** Before a letter that would arrive within days of `other`, another one to the same friend. */
export function askNear(friend: Friend, other: Note, now: Date, zone: string): string {
  const name = callName(friend.name);
  const fewer = friend.apartDays === undefined ? '' : `${sentence(because('less-often', name))} `;
  return `${fewer}${nearWords(name, other, now, zone)} Choose a later time, or send it all the same.`;
}

function nearWords(name: string, other: Note, now: Date, zone: string): string {
  if (other.state !== 'scheduled')
    return `${sentence(name)} had a letter from you ${onDay(other.sentAt ?? other.updatedAt, now, zone)}.`;
  // A surprise keeps its hour to itself, and its day.
  if (other.moment?.kind === 'surprise') return `A surprise for ${name} already waits, within days of this.`;
  return `Another letter to ${name} leaves ${onDay(other.sendAt ?? other.updatedAt, now, zone)}.`;
}

/** The button that answers what is asked. */
export function sendAnyway(asks: readonly Ask[], many: boolean): string {
  if (asks.length === 0) return 'Seal and send';
  if (many) return 'Send them as they are';
  if (asks.every(({ kind }) => kind === 'letter')) return 'Send it as a letter';
  return asks.every(({ kind }) => kind === 'near') ? 'Send it all the same' : 'Send it as it is';
}
