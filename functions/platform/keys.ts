/**
 * Every key of the single table. A user's own things share the partition `USER#<id>`, so that one query reads a
 * kind of them in order and nothing of another user can be reached with a user's id in hand.
 *
 * | item            | pk                     | sk                                  | why                                          |
 * |-----------------|------------------------|-------------------------------------|----------------------------------------------|
 * | user            | USER#usr_1             | PROFILE                             | read with every request                      |
 * | email           | EMAIL#ada@example.org  | EMAIL                               | one account an address; sign-in finds it     |
 * | API token       | TOKEN#<sha256>         | TOKEN                               | a stolen table holds no usable token         |
 * | sign-in link    | SIGNIN#<sha256>        | SIGNIN                              | deleted by its one use                       |
 * | sign-in mails   | ADDRESS#<hmac>         | SIGNINS#2026-11-23T09               | a stranger cannot fill a mailbox             |
 * | session         | SESSION#<sha256>       | SESSION                             | as the token                                 |
 * | ingest address  | INGEST#k3v9…           | INGEST                              | mail in finds its user                       |
 * | friend          | USER#usr_1             | FRIEND#frd_1                        | all friends with their interests in one query|
 * | article         | USER#usr_1             | ARTICLE#art_1                       | the library in order of saving               |
 * | article's text  | USER#usr_1             | TEXT#art_1                          | large, so not in the list of articles        |
 * | article's URL   | USER#usr_1             | URL#<digest of the canonical URL>   | one article once                             |
 * | suggestion      | USER#usr_1             | SUGGESTION#art_1#frd_1              | one a pair; by friend through the friend index|
 * | article's form  | USER#usr_1             | FORM#art_1                          | what matching keeps of it: no text to look back|
 * | friend's forms  | USER#usr_1             | FORM#frd_1                          | the same of each interest                    |
 * | friends' stamp  | USER#usr_1             | CIRCLE                              | a function may keep friends while it stands  |
 * | note            | USER#usr_1             | NOTE#nte_1                          | by friend through the friend index           |
 * | sent            | USER#usr_1             | SENT#frd_1#<digest of the URL>      | the same article never twice to one friend   |
 * | mute            | USER#usr_1             | MUTE#<hmac of the address>          | outlives the friend's item                   |
 * | other name      | USER#usr_1             | ALIAS#frd_2                         | what a restored file calls a friend, an article|
 * | answer          | USER#usr_1             | ONCE#<digest of Idempotency-Key>    | a POST that is repeated is not done again    |
 * | arrival         | USER#usr_1             | ARRIVAL#mail_1                      | what became of mail that came in, in order   |
 * | arrival's name  | USER#usr_1             | ARRIVED#<digest of the Message-ID>  | one mail once, however often it comes        |
 * | let-in sender   | USER#usr_1             | SENDER#<digest of the address>      | one read says whether their mail is let in   |
 * | import          | USER#usr_1             | IMPORT#imp_1                        | a file that came in, and how far it is read  |
 * | trouble         | USER#usr_1             | TROUBLE#bounces#nte_1               | a note that came back, or was called spam: once|
 * | touch           | USER#usr_1             | TOUCH#frd_1#tch_1                   | what a friend said or asked on their page    |
 * | link's day      | USER#usr_1             | LINK#nte_1#2026-11-23               | corrections by one letter's link, for their limit|
 * | user's day      | USER#usr_1             | DAY#2026-11-23                      | note ids of the day, for the cap             |
 * | address stopped | ADDRESS#<hmac>         | STOPPED                             | for every user                               |
 * | address's day   | ADDRESS#<hmac>         | DAY#2026-11-23                      | note ids of the day, over all users          |
 * | service's day   | SERVICE                | DAY#2026-11-23#<shard>              | mails sent and come back, over all users     |
 * | service's pause | SERVICE                | PAUSE                               | one read says whether letters leave at all   |
 *
 * Index `due` (sparse): duePk `DUE#<shard>` for notes and `WORK#<shard>` for all else, dueSk `<dueAt>#<id>`: all work that must
 * happen (`due.ts`).
 * Index `friend`: friendPk `USER#usr_1#FRIEND#frd_1`, friendSk = the item's own sk: notes and suggestions of one friend.
 */
export interface Key {
  pk: string;
  sk: string;
}

export const DUE_INDEX = 'due';
export const FRIEND_INDEX = 'friend';

const user = (userId: string) => `USER#${userId}`;

export const keys = {
  user: (userId: string): Key => ({ pk: user(userId), sk: 'PROFILE' }),
  email: (address: string): Key => ({ pk: `EMAIL#${address}`, sk: 'EMAIL' }),
  token: (hash: string): Key => ({ pk: `TOKEN#${hash}`, sk: 'TOKEN' }),
  signIn: (hash: string): Key => ({ pk: `SIGNIN#${hash}`, sk: 'SIGNIN' }),
  signIns: (addressHash: string, hour: string): Key => ({
    pk: `ADDRESS#${addressHash}`,
    sk: `SIGNINS#${hour}`,
  }),
  session: (hash: string): Key => ({ pk: `SESSION#${hash}`, sk: 'SESSION' }),
  ingest: (localPart: string): Key => ({ pk: `INGEST#${localPart}`, sk: 'INGEST' }),
  alias: (userId: string, id: string): Key => ({ pk: user(userId), sk: `ALIAS#${id}` }),
  friend: (userId: string, friendId: string): Key => ({ pk: user(userId), sk: `FRIEND#${friendId}` }),
  article: (userId: string, articleId: string): Key => ({ pk: user(userId), sk: `ARTICLE#${articleId}` }),
  text: (userId: string, articleId: string): Key => ({ pk: user(userId), sk: `TEXT#${articleId}` }),
  url: (userId: string, digest: string): Key => ({ pk: user(userId), sk: `URL#${digest}` }),
  suggestion: (userId: string, articleId: string, friendId: string): Key => ({
    pk: user(userId),
    sk: `SUGGESTION#${articleId}#${friendId}`,
  }),
  form: (userId: string, id: string): Key => ({ pk: user(userId), sk: `FORM#${id}` }),
  circle: (userId: string): Key => ({ pk: user(userId), sk: 'CIRCLE' }),
  note: (userId: string, noteId: string): Key => ({ pk: user(userId), sk: `NOTE#${noteId}` }),
  sent: (userId: string, friendId: string, digest: string): Key => ({
    pk: user(userId),
    sk: `SENT#${friendId}#${digest}`,
  }),
  mute: (userId: string, addressHash: string): Key => ({ pk: user(userId), sk: `MUTE#${addressHash}` }),
  once: (userId: string, digest: string): Key => ({ pk: user(userId), sk: `ONCE#${digest}` }),
  arrival: (userId: string, arrivalId: string): Key => ({ pk: user(userId), sk: `ARRIVAL#${arrivalId}` }),
  arrived: (userId: string, digest: string): Key => ({ pk: user(userId), sk: `ARRIVED#${digest}` }),
  sender: (userId: string, digest: string): Key => ({ pk: user(userId), sk: `SENDER#${digest}` }),
  import: (userId: string, importId: string): Key => ({ pk: user(userId), sk: `IMPORT#${importId}` }),
  touch: (userId: string, friendId: string, touchId: string): Key => ({
    pk: user(userId),
    sk: `TOUCH#${friendId}#${touchId}`,
  }),
  linkDay: (userId: string, noteId: string, day: string): Key => ({
    pk: user(userId),
    sk: `LINK#${noteId}#${day}`,
  }),
  userDay: (userId: string, day: string): Key => ({ pk: user(userId), sk: `DAY#${day}` }),
  trouble: (userId: string, kind: string, noteId: string): Key => ({
    pk: user(userId),
    sk: `TROUBLE#${kind}#${noteId}`,
  }),
  serviceDay: (day: string, shard: number): Key => ({ pk: 'SERVICE', sk: `DAY#${day}#${shard}` }),
  servicePause: (): Key => ({ pk: 'SERVICE', sk: 'PAUSE' }),
  addressStopped: (addressHash: string): Key => ({ pk: `ADDRESS#${addressHash}`, sk: 'STOPPED' }),
  addressDay: (addressHash: string, day: string): Key => ({ pk: `ADDRESS#${addressHash}`, sk: `DAY#${day}` }),
};

/** What puts an item into the friend index. */
export function friendIndex(userId: string, friendId: string, sk: string) {
  return { friendPk: `${user(userId)}#FRIEND#${friendId}`, friendSk: sk };
}

/** Read together: see `Table.query`. */
export const ranges = {
  friends: (userId: string) => ({ pk: user(userId), prefix: 'FRIEND#' }),
  articles: (userId: string) => ({ pk: user(userId), prefix: 'ARTICLE#' }),
  texts: (userId: string) => ({ pk: user(userId), prefix: 'TEXT#' }),
  articleForms: (userId: string) => ({ pk: user(userId), prefix: 'FORM#art_' }),
  friendForms: (userId: string) => ({ pk: user(userId), prefix: 'FORM#frd_' }),
  notes: (userId: string) => ({ pk: user(userId), prefix: 'NOTE#' }),
  sent: (userId: string) => ({ pk: user(userId), prefix: 'SENT#' }),
  mutes: (userId: string) => ({ pk: user(userId), prefix: 'MUTE#' }),
  arrivals: (userId: string) => ({ pk: user(userId), prefix: 'ARRIVAL#' }),
  senders: (userId: string) => ({ pk: user(userId), prefix: 'SENDER#' }),
  imports: (userId: string) => ({ pk: user(userId), prefix: 'IMPORT#' }),
  touches: (userId: string) => ({ pk: user(userId), prefix: 'TOUCH#' }),
  friendTouches: (userId: string, friendId: string) => ({ pk: user(userId), prefix: `TOUCH#${friendId}#` }),
  troubles: (userId: string) => ({ pk: user(userId), prefix: 'TROUBLE#' }),
  serviceDays: () => ({ pk: 'SERVICE', prefix: 'DAY#' }),
  suggestions: (userId: string) => ({ pk: user(userId), prefix: 'SUGGESTION#' }),
  suggestionsOf: (userId: string, articleId: string) => ({
    pk: user(userId),
    prefix: `SUGGESTION#${articleId}#`,
  }),
  friendNotes: (userId: string, friendId: string) => ({
    pk: `${user(userId)}#FRIEND#${friendId}`,
    prefix: 'NOTE#',
    index: FRIEND_INDEX,
  }),
  friendSuggestions: (userId: string, friendId: string) => ({
    pk: `${user(userId)}#FRIEND#${friendId}`,
    prefix: 'SUGGESTION#',
    index: FRIEND_INDEX,
  }),
};
