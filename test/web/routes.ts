import { ingestAddress } from '../../functions/accounts/accounts.ts';
import { insertPasskey, passkeyId } from '../../functions/accounts/passkeys/store.ts';
import {
  issueSignIn,
  issueSignUp,
  issueToken,
  openSession,
  sessionId,
} from '../../functions/accounts/store.ts';
import { decodeNotification } from '../../functions/mail/notification.ts';
import { stopUrl } from '../../functions/notes/stop.ts';
import { hashToken } from '../../functions/platform/ids.ts';
import { fileKey } from '../../functions/transfer/import.ts';
import { importFile, newUpload } from '../../functions/transfer/imports.ts';
import { takeIn } from '../../functions/transfer/incoming.ts';
import { acceptSender, listArrivals, listSenders } from '../../functions/transfer/store.ts';
import { createApp } from '../../functions/web/app.ts';
import { routesOf as allRoutes } from '../../functions/web/lazily.ts';
import { type TestGround, testGround } from '../ground.ts';
import { handOver, mailOf } from '../mails.ts';
import { type App, type Caller, caller, type Fields } from './callers.ts';

/** What a user has, one of each, for a test that wants to reach it. */
export interface Desk {
  articleId: string;
  friendId: string;
  interestId: string;
  /** A draft. */
  noteId: string;
  /** A mail that is held at the door. */
  mailId: string;
  /** A sender whose mail is let in. */
  senderId: string;
  /** A file that came in. */
  importId: string;
  /** A file that was sent by a link, and is not read in. */
  uploadId: string;
  /** A sign-in link of the user's that was not used yet. */
  signIn: string;
  /** A link that makes an account, not used yet. */
  signUp: string;
  /** Another session than the caller's. */
  sessionId: string;
  /** Another token than the caller's. */
  tokenId: string;
  passkeyId: string;
  /** What the friend's links carry: of their page, and of the one-click stop. */
  stop: string;
}

/** Ids that name nothing. */
export const NOTHING: Desk = {
  articleId: 'x',
  friendId: 'x',
  interestId: 'x',
  noteId: 'x',
  mailId: 'x',
  senderId: 'x',
  importId: 'x',
  uploadId: 'x',
  signIn: 'x',
  signUp: 'x',
  sessionId: 'x',
  tokenId: 'x',
  passkeyId: 'x',
  stop: 'x',
};

/** A desk with a friend, an article that is suggested for them, and a draft; all with words nobody else has. */
export async function fillDesk(ground: TestGround, { user, api }: Caller): Promise<Desk> {
  const name = user.name;
  const friend = (
    await api('POST', '/friends', {
      name: `Friend of ${name}`,
      email: `friend-of-${name.toLowerCase()}@friends.example`,
      timeZone: 'America/New_York',
      interests: [{ text: `${name} lighthouses`, kind: 'topic', heard: `whispered to ${name}` }],
    })
  ).json;
  const article = (
    await api('POST', '/articles', {
      url: `https://${name.toLowerCase()}.example/lighthouses`,
      title: `${name} lighthouses, a secret list`,
      text: `The ${name} lighthouses stand where nobody looks. All ${name} lighthouses are lit.`,
    })
  ).json;
  if (article.suggestions.length !== 1) throw new Error('The article should be suggested for the friend.');
  const text = `What ${name} wrote.`;
  const note = (await api('POST', '/notes', { friendId: friend.id, text })).json;
  const headers = { From: `friend-of-${name}@senders.example`, Subject: `${name} lighthouses by mail` };
  const mail = mailOf(headers, `https://${name.toLowerCase()}.example/by-mail`);
  await takeIn(ground, decodeNotification(await handOver(ground, [ingestAddress(ground, user)], mail)));
  const [held] = await listArrivals(ground.table, user.id, ground.clock(), 1);
  await acceptSender(ground.table, user.id, `letters-to-${name}@senders.example`, ground.clock());
  const [sender] = await listSenders(ground.table, user.id);
  const file = Buffer.from(`https://${name.toLowerCase()}.example/imported\n`);
  const taken = await importFile(ground, user.id, { name: `${name} lighthouses.txt`, body: file });
  const { upload } = await newUpload(ground, user.id);
  const passkey = {
    id: passkeyId(`passkey of ${name}`),
    credentialId: `passkey of ${name}`,
    publicKey: new Uint8Array([1, 2, 3]),
    counter: 0,
    transports: [],
    device: `Key of ${name}`,
    createdAt: '2026-11-23T12:00:00.000Z',
  };
  await insertPasskey(ground.table, user.id, passkey);
  await ground.files.put(fileKey(user.id, upload), file);
  return {
    articleId: article.id,
    friendId: friend.id,
    interestId: friend.interests[0].id,
    noteId: note.id,
    mailId: held?.id ?? '',
    senderId: sender?.id ?? '',
    importId: taken.id,
    uploadId: upload,
    signIn: await issueSignIn(ground.table, user.id, '/', ground.clock()),
    signUp: await issueSignUp(ground.table, `new-${name}@users.example`, '/', ground.clock(), 600_000),
    sessionId: sessionId(await openSession(ground.table, user.id, ground.clock(), `Browser of ${name}`)),
    tokenId: hashToken(await issueToken(ground.table, user, ground.clock(), `Script of ${name}`)),
    passkeyId: passkey.id,
    stop: stopUrl(ground, user.id, note.id, friend.email).split('/').at(-1) ?? '',
  };
}

/** How a route is asked rightly. */
export interface Route {
  /** Who it is for: a token, a session, the bearer of a link, or anybody. */
  who: 'script' | 'user' | 'link' | 'anybody';
  /** The path on this desk; each `:name` of the route is one of its ids. */
  path: (desk: Desk) => string;
  json?: (desk: Desk) => Record<string, unknown>;
  form?: (desk: Desk) => Fields;
}

const at = (path: string) => () => path;
const interest = { words: 'lamps', kind: 'topic' };

/** Every route of the app. `routesOf` fails for one that is missing here, so that no test can forget it. */
const ROUTES: Record<string, Route> = {
  'GET /manifest.webmanifest': { who: 'anybody', path: at('/manifest.webmanifest') },
  'GET /assets/:name': { who: 'anybody', path: at('/assets/style.css') },
  'GET /for/:token': { who: 'link', path: ({ stop }) => `/for/${stop}` },
  'POST /for/:token': { who: 'link', path: ({ stop }) => `/for/${stop}`, form: () => ({ do: 'thanks' }) },
  'GET /stop/:token': { who: 'link', path: ({ stop }) => `/stop/${stop}` },
  'POST /stop/:token': { who: 'link', path: ({ stop }) => `/stop/${stop}`, form: () => ({ do: 'stop' }) },

  'GET /api/openapi.json': { who: 'anybody', path: at('/api/openapi.json') },
  'GET /developers': { who: 'anybody', path: at('/developers') },
  'GET /api/health': { who: 'anybody', path: at('/api/health') },
  'POST /api/articles': {
    who: 'script',
    path: at('/api/articles'),
    json: () => ({ url: 'https://new.example/', title: 'New' }),
  },
  'GET /api/articles': { who: 'script', path: at('/api/articles') },
  'GET /api/articles/:id': { who: 'script', path: ({ articleId }) => `/api/articles/${articleId}` },
  'DELETE /api/articles/:id': { who: 'script', path: ({ articleId }) => `/api/articles/${articleId}` },
  'GET /api/articles/:id/suggestions': {
    who: 'script',
    path: ({ articleId }) => `/api/articles/${articleId}/suggestions`,
  },
  'POST /api/friends': {
    who: 'script',
    path: at('/api/friends'),
    json: () => ({ name: 'New', interests: ['lamps'] }),
  },
  'GET /api/friends': { who: 'script', path: at('/api/friends') },
  'GET /api/friends/:id': { who: 'script', path: ({ friendId }) => `/api/friends/${friendId}` },
  'PATCH /api/friends/:id': {
    who: 'script',
    path: ({ friendId }) => `/api/friends/${friendId}`,
    json: () => ({ name: 'Changed' }),
  },
  'DELETE /api/friends/:id': { who: 'script', path: ({ friendId }) => `/api/friends/${friendId}` },
  'GET /api/friends/:id/suggestions': {
    who: 'script',
    path: ({ friendId }) => `/api/friends/${friendId}/suggestions`,
  },
  'POST /api/notes': {
    who: 'script',
    path: at('/api/notes'),
    json: ({ friendId, articleId }) => ({ friendId, articleId, text: 'New.', moment: { kind: 'now' } }),
  },
  'GET /api/notes': { who: 'script', path: at('/api/notes') },
  'GET /api/notes/:id': { who: 'script', path: ({ noteId }) => `/api/notes/${noteId}` },
  'PATCH /api/notes/:id': {
    who: 'script',
    path: ({ noteId }) => `/api/notes/${noteId}`,
    json: () => ({ version: 1, text: 'Changed.' }),
  },
  'DELETE /api/notes/:id': { who: 'script', path: ({ noteId }) => `/api/notes/${noteId}` },
  'POST /api/notes/:id/:step{cancel|send-again|arrived|sent-myself}': {
    who: 'script',
    path: ({ noteId }) => `/api/notes/${noteId}/cancel`,
    json: () => ({ version: 1 }),
  },

  'POST /api/imports': {
    who: 'script',
    path: at('/api/imports'),
    json: ({ uploadId }) => ({ upload: uploadId }),
  },
  'POST /api/imports/uploads': { who: 'script', path: at('/api/imports/uploads') },
  'GET /api/imports': { who: 'script', path: at('/api/imports') },
  'GET /api/imports/:id': { who: 'script', path: ({ importId }) => `/api/imports/${importId}` },
  'DELETE /api/account': { who: 'script', path: at('/api/account') },
  'GET /api/export': { who: 'script', path: at('/api/export') },

  'GET /sign-in': { who: 'anybody', path: at('/sign-in') },
  'POST /sign-in': {
    who: 'anybody',
    path: at('/sign-in'),
    form: () => ({ email: 'nobody@users.example', return: '/' }),
  },
  'GET /sign-in/:token': { who: 'link', path: ({ signIn }) => `/sign-in/${signIn}` },
  'POST /sign-in/:token': { who: 'link', path: ({ signIn }) => `/sign-in/${signIn}`, form: () => ({}) },
  'POST /sign-in/passkey/options': { who: 'anybody', path: at('/sign-in/passkey/options') },
  'POST /sign-in/passkey': { who: 'link', path: at('/sign-in/passkey') },
  'GET /sign-in/new/:token': { who: 'link', path: ({ signUp }) => `/sign-in/new/${signUp}` },
  'POST /sign-in/new/:token': {
    who: 'link',
    path: ({ signUp }) => `/sign-in/new/${signUp}`,
    form: () => ({ name: 'New', timeZone: 'UTC' }),
  },
  'POST /sign-out': { who: 'anybody', path: at('/sign-out'), form: () => ({}) },

  'GET /save': { who: 'anybody', path: at('/save') },
  'POST /save': {
    who: 'user',
    path: at('/save'),
    form: () => ({ url: 'https://new.example/', title: 'New' }),
  },
  // A user's; who is signed out is asked in by the page itself, as by `POST /save`.
  'POST /share': {
    who: 'anybody',
    path: at('/share'),
    form: () => ({ title: 'New', text: 'https://new.example/' }),
  },
  'GET /save/:id': { who: 'user', path: ({ articleId }) => `/save/${articleId}` },
  'POST /save/:id/notes': {
    who: 'user',
    path: ({ articleId }) => `/save/${articleId}/notes`,
    form: ({ friendId }) => ({ friend: friendId, [`text-${friendId}`]: 'New.', moment: 'now', do: 'seal' }),
  },

  'GET /': { who: 'user', path: at('/') },
  'POST /suggestions/:articleId/:friendId': {
    who: 'user',
    path: ({ articleId, friendId }) => `/suggestions/${articleId}/${friendId}`,
    form: () => ({ do: 'dismiss' }),
  },
  'GET /library': { who: 'user', path: at('/library') },
  'POST /articles': { who: 'user', path: at('/articles'), form: () => ({ url: 'https://new.example/' }) },
  'GET /articles/:id': { who: 'user', path: ({ articleId }) => `/articles/${articleId}` },
  'POST /articles/:id/read': {
    who: 'user',
    path: ({ articleId }) => `/articles/${articleId}/read`,
    form: () => ({}),
  },
  'POST /articles/:id/match': {
    who: 'user',
    path: ({ articleId }) => `/articles/${articleId}/match`,
    form: () => ({}),
  },
  'POST /articles/:id/delete': {
    who: 'user',
    path: ({ articleId }) => `/articles/${articleId}/delete`,
    form: () => ({}),
  },
  'GET /friends': { who: 'user', path: at('/friends') },
  'POST /friends': { who: 'user', path: at('/friends'), form: () => ({ name: 'New', interest: 'lamps' }) },
  'GET /friends/:id': { who: 'user', path: ({ friendId }) => `/friends/${friendId}` },
  'POST /friends/:id': {
    who: 'user',
    path: ({ friendId }) => `/friends/${friendId}`,
    form: () => ({ name: 'Changed' }),
  },
  'POST /friends/:id/interests': {
    who: 'user',
    path: ({ friendId }) => `/friends/${friendId}/interests`,
    form: () => interest,
  },
  'POST /friends/:id/interests/:interestId': {
    who: 'user',
    path: ({ friendId, interestId }) => `/friends/${friendId}/interests/${interestId}`,
    form: () => interest,
  },
  'POST /friends/:id/interests/:interestId/:step{forget|recall|merge}': {
    who: 'user',
    path: ({ friendId, interestId }) => `/friends/${friendId}/interests/${interestId}/forget`,
    form: () => ({}),
  },
  'POST /friends/:id/match': {
    who: 'user',
    path: ({ friendId }) => `/friends/${friendId}/match`,
    form: () => ({}),
  },
  'POST /friends/:id/delete': {
    who: 'user',
    path: ({ friendId }) => `/friends/${friendId}/delete`,
    form: () => ({}),
  },
  'GET /write': {
    who: 'user',
    path: ({ friendId, articleId }) => `/write?friend=${friendId}&article=${articleId}`,
  },
  'GET /friends/:id/write': {
    who: 'user',
    path: ({ friendId, articleId }) => `/friends/${friendId}/write?article=${articleId}`,
  },
  'GET /notes': { who: 'user', path: at('/notes') },
  'POST /notes': {
    who: 'user',
    path: at('/notes'),
    form: ({ friendId, articleId }) => ({ friendId, articleId, text: 'New.', moment: 'now', do: 'seal' }),
  },
  'GET /notes/:id/sealed': { who: 'user', path: ({ noteId }) => `/notes/${noteId}/sealed` },
  'GET /notes/:id/by-hand': { who: 'user', path: ({ noteId }) => `/notes/${noteId}/by-hand` },
  'GET /notes/:id/preview': { who: 'user', path: ({ noteId }) => `/notes/${noteId}/preview` },
  'POST /notes/:id/edit': {
    who: 'user',
    path: ({ noteId }) => `/notes/${noteId}/edit`,
    form: () => ({ version: '1', text: 'Changed.', moment: 'keep' }),
  },
  'POST /notes/:id/cancel': {
    who: 'user',
    path: ({ noteId }) => `/notes/${noteId}/cancel`,
    form: () => ({ version: '1' }),
  },
  'POST /notes/:id/send-again': {
    who: 'user',
    path: ({ noteId }) => `/notes/${noteId}/send-again`,
    form: () => ({ version: '1' }),
  },
  'POST /notes/:id/arrived': {
    who: 'user',
    path: ({ noteId }) => `/notes/${noteId}/arrived`,
    form: () => ({ version: '1' }),
  },
  'POST /notes/:id/sent-myself': {
    who: 'user',
    path: ({ noteId }) => `/notes/${noteId}/sent-myself`,
    form: () => ({ version: '1' }),
  },
  'GET /settings': { who: 'user', path: at('/settings') },
  'POST /settings': {
    who: 'user',
    path: at('/settings'),
    form: () => ({ name: 'Changed', timeZone: 'Europe/Lisbon' }),
  },
  'POST /settings/bookmarklet': { who: 'user', path: at('/settings/bookmarklet'), form: () => ({}) },
  'POST /settings/address': { who: 'user', path: at('/settings/address'), form: () => ({}) },
  'POST /settings/mail/:id': {
    who: 'user',
    path: ({ mailId }) => `/settings/mail/${mailId}`,
    form: () => ({ do: 'accept' }),
  },
  'POST /settings/senders/:id/forget': {
    who: 'user',
    path: ({ senderId }) => `/settings/senders/${senderId}/forget`,
    form: () => ({}),
  },
  'POST /settings/resume': { who: 'user', path: at('/settings/resume'), form: () => ({}) },
  'POST /settings/tokens': { who: 'user', path: at('/settings/tokens'), form: () => ({ tokenName: 'New' }) },
  'POST /settings/tokens/:id/revoke': {
    who: 'user',
    path: ({ tokenId }) => `/settings/tokens/${tokenId}/revoke`,
    form: () => ({}),
  },
  'POST /settings/sessions/end': { who: 'user', path: at('/settings/sessions/end'), form: () => ({}) },
  'POST /settings/sessions/:id/end': {
    who: 'user',
    path: ({ sessionId: id }) => `/settings/sessions/${id}/end`,
    form: () => ({}),
  },
  'POST /settings/passkeys/options': { who: 'user', path: at('/settings/passkeys/options') },
  'POST /settings/passkeys': { who: 'user', path: at('/settings/passkeys') },
  'POST /settings/passkeys/:id/remove': {
    who: 'user',
    path: ({ passkeyId: id }) => `/settings/passkeys/${id}/remove`,
    form: () => ({}),
  },
  'POST /settings/invitations': {
    who: 'user',
    path: at('/settings/invitations'),
    form: () => ({ email: 'new@users.example' }),
  },
  'GET /settings/delete': { who: 'user', path: at('/settings/delete') },
  'POST /settings/delete': {
    who: 'user',
    path: at('/settings/delete'),
    form: () => ({ email: 'nobody@users.example' }),
  },
  'POST /settings/token': { who: 'user', path: at('/settings/token'), form: () => ({}) },
  'GET /imports': { who: 'user', path: at('/imports') },
  'POST /imports': {
    who: 'user',
    path: at('/imports'),
    form: ({ uploadId }) => ({ upload: uploadId, name: 'links.txt' }),
  },
  'POST /imports/uploads': { who: 'user', path: at('/imports/uploads') },
  'POST /imports/:id/again': {
    who: 'user',
    path: ({ importId }) => `/imports/${importId}/again`,
    form: () => ({}),
  },
  'GET /export': { who: 'user', path: at('/export') },
};

export interface NamedRoute extends Route {
  method: string;
  /** As the app has it: `/friends/:id`. */
  pattern: string;
}

/** The routes the app has, each with how it is asked rightly. */
export async function routesOf(app: App): Promise<NamedRoute[]> {
  // Middleware is registered for all methods.
  const found = (await allRoutes(app)).filter(({ method }) => method !== 'ALL');
  const names = found.map(({ method, path }) => `${method} ${path}`);
  const unknown = names.filter((name) => !(name in ROUTES));
  const gone = Object.keys(ROUTES).filter((name) => !names.includes(name));
  if (unknown.length + gone.length > 0) {
    throw new Error(
      `test/web/routes.ts does not know ${unknown.join(', ')}; the app has no ${gone.join(', ')}.`,
    );
  }
  return found.map(({ method, path }) => ({
    ...(ROUTES[`${method} ${path}`] as Route),
    method,
    pattern: path,
  }));
}

/** Two users with full desks: Ada, whose things are hers, and Mallory, who wants them. */
export async function adaAndMallory() {
  const ground = await testGround();
  const app = createApp(ground);
  const person = async (name: string) => {
    const who = await caller(ground, app, name);
    return { ...who, desk: await fillDesk(ground, who) };
  };
  return { ground, app, ada: await person('Ada'), mallory: await person('Mallory') };
}
