import { Hono } from 'hono';
import { html, raw } from 'hono/html';
import PostalMime, { type Address, type Email } from 'postal-mime';
import type { Kept, Outbox } from './outbox.ts';

const PER_PAGE = 50;
const FIRST_LINE = 160;

export const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** A mail's HTML: its own styles and no request to anywhere, also when it is opened outside its frame. */
const SANDBOX = 'allow-popups allow-popups-to-escape-sandbox';
const MAIL_POLICY = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox ${SANDBOX}`;

type Html = ReturnType<typeof html>;

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="4" fill="#fffdf9"/><path d="M3 6h26v20H3zM3 6l10.5 8M29 6l-10.5 8M3 26l10.5-5M29 26l-10.5-5" fill="none" stroke="#24211b" stroke-width="1.5" stroke-linejoin="round"/><path d="M13.5 14h5v7h-5z" fill="#2b3a9f"/></svg>`;
const MARK = raw(
  '<svg class="mark" viewBox="0 0 32 24" aria-hidden="true"><path d="M1.5 1.5h29v21h-29zM1.5 1.5L13 10M30.5 1.5L19 10M1.5 22.5L13 17M30.5 22.5L19 17"/><path class="door" d="M13 10h6v7h-6z"/></svg>',
);
const CORRIDOR = raw(
  '<svg class="corridor" viewBox="0 0 320 232" aria-hidden="true"><path class="lit" d="M140 82h40v68h-40zM140 150h40l44 82H96z"/><path d="M1 1h318v230H1zM1 1l119 65M319 1L200 66M1 231l119-81M319 231l-119-81M120 66h80v84h-80zM140 150V82h40v68M44 24.5v177.5M82 45v131M276 24.5V202M238 45v131"/><path class="slip" d="M146 190h36l6 14h-46z"/><path class="slip-f" d="M146 190l18.5 8 17.5-8"/></svg>',
);

function page(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Hallway</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header class="top"><a class="brand" href="/">${MARK}<span>Hallway</span></a><span class="meta">Mail on this machine</span></header>
<main>${content}</main>
</body>
</html>`;
}

/** Every address, those of a group one by one. */
export const flat = (addresses: Address[] = []) => addresses.flatMap((one) => one.group ?? [one]);

const people = (addresses: Address[] | undefined) =>
  flat(addresses)
    .map(({ name, address }) => name || address)
    .join(', ');

const inFull = (addresses: Address[] | undefined) =>
  flat(addresses)
    .map(({ name, address }) => (name ? `${name} <${address}>` : address))
    .join(', ');

const subjectOf = (email: Email) => email.subject || 'No subject';

function firstLine(email: Email): string {
  const line = email.text?.split('\n').find((words) => words.trim()) ?? '';
  return line.length > FIRST_LINE ? `${line.slice(0, FIRST_LINE)}…` : line;
}

/** Text with its links to be clicked: a sign-in link may come in words alone. */
function linked(text: string): Html[] {
  const pieces = text.split(/(https?:\/\/[^\s<>"]+)/);
  return pieces.map((piece, n) =>
    n % 2 ? html`<a href="${piece}" target="_blank" rel="noreferrer">${piece}</a>` : html`${piece}`,
  );
}

/** A time in the zone of this machine, which is the person's. */
function timeOf(instant: string): Html {
  const shown = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(instant),
  );
  return html`<time datetime="${instant}">${shown}</time>`;
}

function listPage(rows: { kept: Kept; email: Email }[], older: string | undefined): Html {
  if (rows.length === 0) {
    return page(
      'Mail',
      html`<div class="head"><h1>Mail</h1><p class="pencil">No mail yet.</p></div>
<div class="empty">${CORRIDOR}<p>Notes that leave Hallway on this machine land here.</p></div>`,
    );
  }
  const items = rows.map(
    ({ kept, email }) => html`<li>
<p class="meta">${timeOf(kept.at)}</p>
<h2><a href="/mail/${kept.messageId}">${subjectOf(email)}</a></h2>
<p class="who">${people(email.from && [email.from])} <span class="pencil">to</span> ${people(email.to) || kept.destinations.join(', ')}</p>
<p class="pencil">${firstLine(email)}</p>
</li>`,
  );
  return page(
    'Mail',
    html`<div class="head"><h1>Mail</h1><p class="pencil">It left Hallway and landed here, on this machine.</p></div>
<ol class="rows">${items}</ol>
${older && html`<p class="acts"><a href="/?after=${older}">Older mail</a></p>`}`,
  );
}

function mailPage(kept: Kept, email: Email): Html {
  const headers: [string, string | Html][] = [
    ['From', inFull(email.from && [email.from])],
    ['To', inFull(email.to) || kept.destinations.join(', ')],
    ['Reply to', inFull(email.replyTo)],
    ['Date', timeOf(kept.at)],
  ];
  const lines = headers
    .filter(([, value]) => value)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  return page(
    subjectOf(email),
    html`<div class="head"><h1 class="subject">${subjectOf(email)}</h1><dl>${lines}</dl></div>
${email.html && html`<iframe class="sheet" title="The mail" sandbox="${SANDBOX}" src="/mail/${kept.messageId}/html"></iframe>`}
<details ${email.html ? '' : 'open'}><summary>As plain text</summary><pre class="sheet">${linked(email.text ?? '')}</pre></details>
<p class="acts"><a href="/">All mail</a> <a href="/mail/${kept.messageId}/raw">Raw source</a></p>`,
  );
}

export const notHerePage = () => page('Not here', html`<h1>Not here</h1><p><a href="/">All mail</a></p>`);

/** The mailbox pages. They work without scripts, and none may run: mail is somebody else's HTML. */
export function mailboxPages(outbox: Outbox): Hono {
  /** A mail that cannot be read is shown empty; its source is there. */
  async function parsed(messageId: string): Promise<Email> {
    const content = await outbox.raw(messageId);
    return PostalMime.parse(content).catch(() => ({ headers: [], headerLines: [], attachments: [] }));
  }

  const app = new Hono();

  app.get('/', async (c) => {
    const all = [...outbox.mails.values()].toReversed();
    const start = all.findIndex(({ messageId }) => messageId === c.req.query('after')) + 1;
    const mails = all.slice(start, start + PER_PAGE);
    const rows = await Promise.all(
      mails.map(async (kept) => ({ kept, email: await parsed(kept.messageId) })),
    );
    const older = all.length > start + PER_PAGE ? mails.at(-1)?.messageId : undefined;
    return c.html(listPage(rows, older));
  });

  app.get('/style.css', (c) => c.body(STYLE, 200, { 'content-type': 'text/css; charset=utf-8' }));
  app.get('/icon.svg', (c) => c.body(ICON, 200, { 'content-type': 'image/svg+xml' }));

  app.get('/mail/:id/:part?', async (c) => {
    const { id, part } = c.req.param();
    const kept = outbox.mails.get(id);
    if (kept && part === 'raw') {
      const headers = { 'content-type': 'text/plain; charset=utf-8' };
      return c.body(new Uint8Array(await outbox.raw(id)), 200, headers);
    }
    const email = kept && (await parsed(id));
    if (!email) return c.notFound();
    if (!part) return c.html(mailPage(kept, email));
    if (part !== 'html' || !email.html) return c.notFound();
    c.header('content-security-policy', MAIL_POLICY);
    return c.html(`<!doctype html><base target="_blank">${email.html}`);
  });

  return app;
}

const STYLE = `
:root{color-scheme:light dark;--desk:#f1ebe0;--sheet:#fffdf9;--print:#24211b;--pencil:#615a4e;--rule:#d6cebe;--edge:#867d6d;--ink:#2b3a9f;--lit:#fffdf9;--gut:1.25rem;
--serif:"Iowan Old Style","Palatino Linotype",Palatino,"URW Palladio L",P052,"Source Serif 4",Georgia,serif;--sans:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
@media (prefers-color-scheme:dark){:root{--desk:#1a1612;--sheet:#28221b;--print:#ede5d6;--pencil:#b0a492;--rule:#40382d;--edge:#877b69;--ink:#b4beff;--lit:#5a4d37}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--desk);color:var(--print);font:1.125rem/1.55 var(--serif);overflow-wrap:anywhere;text-wrap:pretty}
h1,h2,p,ol,dl,dd,pre{margin:0;padding:0}
ol{list-style:none}
h1,h2{font-weight:400;text-wrap:balance}
h1{font-size:clamp(2.25rem,1.75rem + 2vw,3rem);line-height:1.08;letter-spacing:-.012em}
h1.subject{font-size:clamp(1.5rem,1.2rem + 1.5vw,2.25rem);line-height:1.18}
h2{font-size:1.3125rem;line-height:1.3}
a{color:inherit;text-decoration:underline 1px var(--edge);text-underline-offset:.18em}
a:hover,summary:hover{color:var(--ink);text-decoration-color:currentColor}
:focus-visible{outline:2px solid var(--ink);outline-offset:3px;border-radius:1px}
.pencil{color:var(--pencil);font-style:italic}
.meta,dt{color:var(--pencil);font:.8125rem/1.45 var(--sans)}
time{font-variant-numeric:lining-nums tabular-nums}
.top,main{max-width:56rem;margin-inline:auto;padding-inline:var(--gut)}
.top{display:flex;justify-content:space-between;align-items:center;gap:1rem;padding-block:1.5rem}
.brand{display:inline-flex;align-items:center;gap:.6rem;min-height:2.75rem;font-size:1.3125rem;line-height:1}
.brand,h2 a{text-decoration:none}
.mark{flex:none;width:2rem;height:1.5rem;stroke-width:1.25}
.mark,.corridor{fill:none;stroke:currentColor;stroke-linecap:round;stroke-linejoin:round}
.door,.slip{fill:var(--ink);stroke:var(--ink)}
main{padding-block:1.5rem 6.5rem}
.head{display:grid;gap:1rem;margin-bottom:2.5rem}
.rows li{position:relative;display:grid;gap:.25rem;padding-block:1.5rem;border-top:1px solid var(--rule)}
.rows li:last-child{border-bottom:1px solid var(--rule)}
.rows a::after{content:"";position:absolute;inset:0}
.rows li:hover a{color:var(--ink)}
.who{font-size:1rem;line-height:1.45}
.rows .pencil{font-size:1rem;line-height:1.45}
.empty{display:grid;gap:2.5rem}
.corridor{width:100%;max-width:22rem;stroke:var(--edge);stroke-width:1.25}
.lit{fill:var(--lit);stroke:none}
.slip-f{stroke:var(--sheet)}
dl{display:grid;gap:.5rem;font-size:1rem;line-height:1.45}
dt{padding-top:.2em}
.sheet{display:block;width:calc(100% + 2*var(--gut));margin-inline:calc(-1*var(--gut));background:var(--sheet);border:solid var(--rule);border-width:1px 0}
iframe.sheet{height:70vh;min-height:26rem}
pre.sheet{padding:1.5rem var(--gut);font:inherit;white-space:pre-wrap}
summary,.acts a{display:inline-flex;align-items:center;min-height:2.75rem;font:500 .9375rem/1.3 var(--sans);cursor:pointer;text-decoration:underline 1px var(--edge);text-underline-offset:.25em}
summary{list-style:none}
summary::-webkit-details-marker{display:none}
details{margin-top:1rem}
.acts{display:flex;flex-wrap:wrap;gap:0 1.5rem;margin-top:1.5rem}
@media (min-width:40rem){
:root{--gut:2.5rem}
.sheet{width:100%;margin-inline:0;border-width:1px}
.rows li{grid-template-columns:9rem 1fr;column-gap:1.5rem}
.rows li>*{grid-column:2}
.rows li>.meta{grid-area:1/1;padding-top:.45em}
dl div{display:grid;grid-template-columns:5rem 1fr;gap:1rem}
}
`;
