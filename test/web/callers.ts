import { parseHTML } from 'linkedom';
import { openSession } from '../../functions/accounts/store.ts';
import type { User } from '../../functions/accounts/user.ts';
import { createApp } from '../../functions/web/app.ts';
import { allItems, type TestGround, testGround, testUser } from '../ground.ts';

/** The app in process: what a test asks is what a browser or a script would. */
export type App = ReturnType<typeof createApp>;

/** What the app answered, read. `json` is undefined for an answer without JSON. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is what its test says it is
  json: any;
  /** Where a redirect leads. */
  to: string | null;
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
    to: response.headers.get('location'),
  };
}

export async function ask(app: App, path: string, init: RequestInit = {}): Promise<Answer> {
  return read(await app.request(path, init));
}

/** A script with an API token: it sends no header that a browser would. A string goes as it is. */
export function script(app: App, token: string) {
  return (method: string, path: string, body?: unknown): Promise<Answer> =>
    ask(app, `/api${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
}
export type Script = ReturnType<typeof script>;

/** The fields of a form, one of them perhaps several times. */
export type Fields = Record<string, string | string[]>;

export function formBody(fields: Fields): URLSearchParams {
  const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return new URLSearchParams(pairs);
}

/** A browser on our own pages. It carries the session it was given. */
export function browser(app: App, session?: string) {
  const headers = {
    'Sec-Fetch-Site': 'same-origin',
    ...(session && { Cookie: `hallway=${session}` }),
  };
  const get = (path: string) => ask(app, path, { headers });
  const post = (path: string, fields: Fields = {}) =>
    ask(app, path, { method: 'POST', headers, body: formBody(fields) });
  return {
    get,
    post,
    /** Fills in a form of a page and sends it; see `fillIn`. */
    send: (page: Answer, action: string, changes?: Fields, button?: string) => {
      const { path, fields } = fillIn(page, action, changes, button);
      return post(path, fields);
    },
    /** Where an answer leads. */
    follow: (answer: Answer) => get(answer.to ?? ''),
  };
}
export type Browser = ReturnType<typeof browser>;

/** A user with all the ways in: a script with the token, a browser with a session. */
export interface Caller {
  user: User;
  token: string;
  session: string;
  api: Script;
  pages: Browser;
}

export async function caller(ground: TestGround, app: App, name: string): Promise<Caller> {
  const { user, token } = await testUser(ground, name);
  const session = await openSession(ground.table, user.id, ground.clock());
  return { user, token, session, api: script(app, token), pages: browser(app, session) };
}

/** A ground, the app on it, and one user: Ada. */
export async function adasDesk(settings: Record<string, string> = {}) {
  const ground = await testGround(settings);
  const app = createApp(ground);
  return { ground, app, ...(await caller(ground, app, 'Ada')) };
}

/** Everything the table holds but sessions and counts of requests, which move by being used; in order, to be compared. */
export async function everything(ground: TestGround): Promise<Record<string, unknown>[]> {
  const items = await allItems(ground);
  const place = (item: Record<string, unknown>) => `${item.pk} ${item.sk}`;
  return items
    .filter(({ pk, sk }) => ![pk, sk].some((key) => /^(?:SESSION|LIMIT)#/.test(String(key))))
    .sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** A form of a page, as a browser would send it: what it holds, with what a person changes in it. */
export interface FilledForm {
  path: string;
  fields: Fields;
}

const CHECKABLE = new Set(['radio', 'checkbox']);

/**
 * The form of this page that has this action, with `changes`, sent by the button named `do` with this value (if one is
 * named). Fails where a person would: no such form, no such field, no such button.
 */
export function fillIn(page: Answer, action: string, changes: Fields = {}, button?: string): FilledForm {
  const { document } = parseHTML(page.text);
  const forms = [...document.querySelectorAll('form')].filter(
    (form) => form.getAttribute('action') === action,
  );
  const form = forms[0];
  if (!form) throw new Error(`No form goes to ${action}: ${page.text.slice(0, 2000)}`);
  const fields: Record<string, string[]> = {};
  const names = new Set<string>();
  for (const control of form.querySelectorAll('input, textarea, select')) {
    const name = control.getAttribute('name') ?? '';
    names.add(name);
    const type = control.getAttribute('type') ?? '';
    if (CHECKABLE.has(type) && !control.hasAttribute('checked')) continue;
    const chosen = control.querySelector('option[selected]') ?? control.querySelector('option');
    const value =
      control.localName === 'textarea'
        ? (control.textContent ?? '').replace(/^\n/, '')
        : ((control.localName === 'select' ? chosen : control)?.getAttribute('value') ?? '');
    fields[name] = [...(fields[name] ?? []), value];
  }
  for (const [name, value] of Object.entries(changes)) {
    if (!names.has(name)) throw new Error(`The form to ${action} has no field ${name}, but ${[...names]}.`);
    fields[name] = [value].flat();
  }
  if (button === undefined) return { path: action, fields };
  const pressed = form.querySelector(`button[name="do"][value="${button}"]`);
  if (!pressed) throw new Error(`The form to ${action} has no button ${button}.`);
  return { path: pressed.getAttribute('formaction') ?? action, fields: { ...fields, do: button } };
}
