/**
 * Every key of the single table. A user's own things share the partition `USER#<id>`, so that one query reads a
 * kind of them in order and nothing of another user can be reached with a user's id in hand.
 *
 * | item            | pk                     | sk                                  | why                                          |
 * |-----------------|------------------------|-------------------------------------|----------------------------------------------|
 * | user            | USER#usr_1             | PROFILE                             | read with every request                      |
 * | email           | EMAIL#ada@example.org  | EMAIL                               | one account an address; sign-in finds it     |
 * | API token       | TOKEN#<sha256>         | TOKEN                               | a stolen table holds no usable token         |
 * | user's token    | USER#usr_1             | TOKEN#<sha256>                      | the list of them: its name, its last day     |
 * | sign-in link    | SIGNIN#<sha256>        | SIGNIN                              | deleted by its one use                       |
 * | user's link     | USER#usr_1             | SIGNIN#<sha256>                     | what goes with the account                   |
 * | sign-up link    | SIGNUP#<sha256>        | SIGNUP                              | the same for an address without an account   |
 * | invitation      | ADDRESS#<hmac>         | INVITED                             | who may have an account here                 |
 * | sign-in mails   | ADDRESS#<hmac>         | SIGNINS#2026-11-23T09               | a stranger cannot fill a mailbox             |
 * | session         | SESSION#<sha256>       | SESSION                             | as the token                                 |
 * | user's session  | USER#usr_1             | SESSION#<sha256>                    | the list of them: its device, its last day   |
 * | passkey         | PASSKEY#<digest of its id>| PASSKEY                          | signing in with it names no user             |
 * | user's passkey  | USER#usr_1             | PASSKEY#<digest of its id>          | the list of them, with its public key        |
 * | challenge       | CHALLENGE#<sha256>     | CHALLENGE                           | what a passkey signs: deleted by its one use |
 * | limit           | LIMIT#<name>#<who>     | 2026-11-23T09:00:00.000Z            | how often since then; over all functions     |
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
 * | erasure         | USER#usr_1             | ERASURE                             | stands where the user stood until nothing is left|
 * | address stopped | ADDRESS#<hmac>         | STOPPED                             | for every user                               |
 * | address's day   | ADDRESS#<hmac>         | DAY#2026-11-23                      | note ids of the day, over all users          |
 * | known address   | USER#usr_1             | KNOWN#<hmac of the address>         | who was written to before is not new         |
 * | new addresses   | USER#usr_1             | NEW#2026-11-23                      | of the day, for their cap where anybody may join|
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
  userToken: (userId: string, hash: string): Key => ({ pk: user(userId), sk: `TOKEN#${hash}` }),
  userSignIn: (userId: string, hash: string): Key => ({ pk: user(userId), sk: `SIGNIN#${hash}` }),
  userSession: (userId: string, hash: string): Key => ({ pk: user(userId), sk: `SESSION#${hash}` }),
  signUp: (hash: string): Key => ({ pk: `SIGNUP#${hash}`, sk: 'SIGNUP' }),
  invited: (addressHash: string): Key => ({ pk: `ADDRESS#${addressHash}`, sk: 'INVITED' }),
  passkey: (digest: string): Key => ({ pk: `PASSKEY#${digest}`, sk: 'PASSKEY' }),
  userPasskey: (userId: string, digest: string): Key => ({ pk: user(userId), sk: `PASSKEY#${digest}` }),
  challenge: (hash: string): Key => ({ pk: `CHALLENGE#${hash}`, sk: 'CHALLENGE' }),
  limit: (name: string, who: string, since: string): Key => ({ pk: `LIMIT#${name}#${who}`, sk: since }),
  erasure: (userId: string): Key => ({ pk: user(userId), sk: 'ERASURE' }),
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
  knownAddress: (userId: string, addressHash: string): Key => ({
    pk: user(userId),
    sk: `KNOWN#${addressHash}`,
  }),
  newAddresses: (userId: string, day: string): Key => ({ pk: user(userId), sk: `NEW#${day}` }),
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

/** What a sort key of a user's may begin with. */
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** Read together: see `Table.query`. */
export const ranges = {
  /** All that a user has, whatever kinds of things there come to be: every sort key begins with a capital letter. */
  everything: (userId: string) => LETTERS.map((prefix) => ({ pk: user(userId), prefix })),
  tokens: (userId: string) => ({ pk: user(userId), prefix: 'TOKEN#' }),
  sessions: (userId: string) => ({ pk: user(userId), prefix: 'SESSION#' }),
  passkeys: (userId: string) => ({ pk: user(userId), prefix: 'PASSKEY#' }),
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
