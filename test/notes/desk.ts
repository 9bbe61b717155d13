import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type SendMessageBatchCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import PostalMime from 'postal-mime';
import { inject } from 'vitest';
import type { User } from '../../functions/accounts/user.ts';
import { saveArticle } from '../../functions/articles/articles.ts';
import type { Friend } from '../../functions/friends/friend.ts';
import { addFriend } from '../../functions/friends/friends.ts';
import { onMailEvent } from '../../functions/notes/mail-events.ts';
import type { Note } from '../../functions/notes/note.ts';
import { getNote, writeNote } from '../../functions/notes/notes.ts';
import { sendNote } from '../../functions/notes/queue.ts';
import { tick } from '../../functions/notes/tick.ts';
import { decodeDue, type Named } from '../../functions/platform/due.ts';
import { Queue } from '../../functions/platform/queue.ts';
import { Table } from '../../functions/platform/table.ts';
import { type TestGround, testGround, testUser } from '../ground.ts';

/** A message as it was given to the queue. */
export interface Said extends Named {
  queue: string;
  delaySeconds: number;
}

/** Ada at her desk, with Grace as her friend, and everything that happens to what she writes. */
export interface Desk {
  ground: TestGround;
  ada: User;
  grace: Friend;
  /** What was said to the queues and not yet done. */
  said: Said[];
  write(input?: Record<string, unknown>): Promise<Note>;
  save(title: string): Promise<string>;
  friend(name: string, more?: Record<string, unknown>): Promise<Friend>;
  read(note: Pick<Note, 'id'>): Promise<Note>;
  /** `tick`, and then `send` for each note it said. */
  minute(now: string): Promise<void>;
  send(note: Pick<Note, 'id'>): Promise<void>;
  /** SES tells what became of the note's mail. */
  event(note: Pick<Note, 'id'>, eventType: string, bounceType?: string): Promise<void>;
  /** The mails that left, parsed. */
  mails(): Promise<{ to: string; text: string; subject: string; tags: Record<string, string> }[]>;
}

export async function openDesk(settings: Record<string, string> = {}): Promise<Desk> {
  const ground = await testGround(settings);
  const said: Said[] = [];
  ground.queue = listeningQueue(said);
  const { user: ada } = await testUser(ground, 'Ada');
  const friend = (name: string, more = {}) =>
    addFriend(ground, ada, { name, email: `${name.toLowerCase()}@friends.example`, ...more });
  const grace = await friend('Grace');
  const send = (note: Pick<Note, 'id'>) => sendNote(ground, ada.id, note.id);
  return {
    ground,
    ada,
    grace,
    said,
    friend,
    send,
    write: (input = {}) =>
      writeNote(ground, ada, {
        friendId: grace.id,
        text: 'This made me think of you.',
        moment: { kind: 'now' },
        ...input,
      }),
    async save(title) {
      const url = `https://example.org/${encodeURIComponent(title)}`;
      return (await saveArticle(ground, ada.id, { url, title }, 'api')).article.id;
    },
    read: (note) => getNote(ground, ada.id, note.id),
    async minute(now) {
      ground.setClock(now);
      await tick(ground);
      for (const message of said.splice(0)) {
        if (message.queue === 'send') await sendNote(ground, message.userId, message.id, message);
      }
    },
    event: (note, eventType, bounceType) =>
      onMailEvent(ground, mailEvent(ada.id, note.id, eventType, bounceType)),
    async mails() {
      const kept = await ground.mailbox();
      return Promise.all(
        kept.map(async ({ destinations, tags, raw }) => {
          const { text = '', subject = '' } = await PostalMime.parse(Buffer.from(raw, 'base64'));
          return { to: destinations.join(), text, subject, tags };
        }),
      );
    },
  };
}

/** As EventBridge brings it. */
export function mailEvent(
  userId: string,
  noteId: string,
  eventType: string,
  bounceType?: string,
  attempt = 'att_1',
): unknown {
  return {
    version: '0',
    'detail-type': `Email ${eventType}`,
    source: 'aws.ses',
    detail: {
      eventType,
      mail: { messageId: 'ses-1', tags: { user: [userId], note: [noteId], attempt: [attempt] } },
      ...(bounceType && { bounce: { bounceType, bouncedRecipients: [{ emailAddress: 'x@y.example' }] } }),
    },
  };
}

/**
 * The same ground, with something that happens just before its first write of this kind: what nobody can time by
 * hand, between what `send` has read and what it writes.
 */
export function interrupted(
  { ground }: Desk,
  before: 'TransactItems' | 'Item',
  happens: () => Promise<unknown>,
): TestGround {
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: inject('databaseEndpoint'),
  });
  let happened = false;
  client.middlewareStack.add(
    (next) => async (args) => {
      if (before in args.input && !happened) {
        happened = true;
        await happens();
      }
      return next(args);
    },
    { step: 'initialize' },
  );
  return { ...ground, table: new Table(ground.table.name, client) };
}

/** The embedded queue, heard as it is spoken to. */
function listeningQueue(said: Said[]): Queue {
  const urls = inject('queueUrls');
  const client = new SQSClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: inject('queueEndpoint'),
  });
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const { QueueUrl, Entries = [] } = args.input as SendMessageBatchCommandInput;
      const queue = QueueUrl === urls.send ? 'send' : 'suggest';
      for (const { MessageBody = '', DelaySeconds = 0 } of Entries) {
        said.push({ queue, ...decodeDue(MessageBody), delaySeconds: DelaySeconds });
      }
      return answer;
    },
    { step: 'initialize' },
  );
  return new Queue(client, {
    suggest: urls.suggest ?? '',
    send: urls.send ?? '',
    fetch: urls.fetch ?? '',
    import: urls.import ?? '',
  });
}
