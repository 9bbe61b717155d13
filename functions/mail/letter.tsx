import { domainToUnicode } from 'node:url';
import { raw } from 'hono/html';

/** One letter as a friend gets it. Whatever is not in here cannot leak: no interest, no reason, no score. */
export interface Letter {
  /** In the user's words, lines and paragraphs as typed. */
  note: string;
  userName: string;
  userEmail: string;
  friendName: string;
  article?: LetterArticle;
  /** The friend's own page to stop these letters. */
  stopUrl: string;
}

export interface LetterArticle {
  /** As it was saved; the friend goes straight there. */
  url?: string | undefined;
  title: string;
  siteName?: string | undefined;
  minutes?: number | undefined;
  excerpt?: string | undefined;
  /** Of an article that has no address: then the letter carries it. */
  text?: string | undefined;
}

/** Gmail hides what comes after 102 KB of HTML, the way to stop included. */
const MAX_HTML_BYTES = 100_000;
const MAX_EXCERPT = 400;

const SERIF = "'Iowan Old Style','Palatino Linotype',Palatino,P052,Georgia,serif";
const SANS = "-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif";
const DESK = '#f1ebe0';
const SHEET = '#fffdf9';
const PRINT = '#24211b';
const PENCIL = '#615a4e';
const INK = '#2b3a9f';
const RULE = '#d6cebe';

/** Every line finds its own direction, whatever script the others are in. */
const OWN_DIRECTION = 'text-align:start;unicode-bidi:plaintext;word-break:break-word';
const NOTE = `font:23px/34px ${SERIF};color:${INK};${OWN_DIRECTION}`;
const SITE = `border-top:1px solid ${RULE};padding:24px 0 6px;font:600 13px/20px ${SANS};color:${PRINT};${OWN_DIRECTION}`;
const TITLE = `margin:0;font:400 26px/32px ${SERIF};color:${PRINT};${OWN_DIRECTION}`;
const BODY = `padding:0 0 16px;font:18px/28px ${SERIF};color:${PRINT};${OWN_DIRECTION}`;
const BUTTON = `font:500 15px/24px ${SANS}`;
const QUIET = `border-top:1px solid ${RULE};padding:20px 0 32px;font:italic 16px/24px ${SERIF};color:${PENCIL}`;
const FINE = `font:13px/20px ${SANS};color:${PENCIL}`;

const DARK = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (max-width:620px){.pad{padding-left:24px!important;padding-right:24px!important}.out{padding:0!important}.sheet{border-left:0!important;border-right:0!important}}
@media (prefers-color-scheme:dark){.desk{background:#1a1612!important}.sheet{background:#28221b!important;border-color:#40382d!important}.ink{color:#b4beff!important}.print{color:#ede5d6!important}.pencil{color:#b0a492!important}.rule{border-color:#40382d!important}.fill{background:#b4beff!important;color:#1a1612!important}}
[data-ogsc] .ink{color:#b4beff!important}[data-ogsc] .print{color:#ede5d6!important}[data-ogsc] .pencil{color:#b0a492!important}
[data-ogsb] .desk{background:#1a1612!important}[data-ogsb] .sheet{background:#28221b!important}`;

/** Only a web address becomes a link: a saved `javascript:` must not reach anybody's mail. */
function webAddress(address: string | undefined): URL | undefined {
  if (address === undefined || !/^https?:\/\//i.test(address)) return undefined;
  return URL.canParse(address) ? new URL(address) : undefined;
}

function siteOf(url: URL): string {
  return (domainToUnicode(url.hostname) || url.hostname).replace(/^www\./, '');
}

/** At most `max` characters, cut between words where there are any. */
function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');
  const words = cut.replace(/\s+\S*$/, '');
  return `${words.length > max / 2 ? words : cut}…`;
}

function minutesInWords(minutes: number | undefined): string | undefined {
  if (!minutes || minutes < 1) return undefined;
  return minutes === 1 ? '1 minute' : `${Math.round(minutes)} minutes`;
}

/** What is printed of an article, in both parts the same. */
function card(article: LetterArticle) {
  const url = webAddress(article.url);
  const excerpt = article.excerpt?.trim();
  return {
    url: url && article.url,
    host: url && siteOf(url),
    site: article.siteName?.trim() || (url && siteOf(url)),
    minutes: minutesInWords(article.minutes),
    title: article.title,
    excerpt: excerpt ? shorten(excerpt, MAX_EXCERPT) : undefined,
  };
}

/** Words with their line breaks. Never as links: what Hallway carries must not be a way to send people addresses. */
function Lines({ text }: { text: string }) {
  return text
    .replace(/\r\n?/g, '\n')
    .trim()
    .split('\n')
    .map((line, index) => (
      <>
        {index > 0 && <br />}
        {line}
      </>
    ));
}

function Frame({ title, children }: { title: string; children?: unknown }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="x-apple-disable-message-reformatting" />
        <meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no" />
        <title>{title}</title>
        <style>{raw(DARK)}</style>
      </head>
      <body class="desk" style={`margin:0;padding:0;background:${DESK};-webkit-text-size-adjust:100%`}>
        {children}
      </body>
    </html>
  );
}

/** The desk, one white sheet on it, and what stands below the sheet. Outlook knows no max-width: it gets a table of its own. */
function Desk({ label, children, below }: { label: string; children?: unknown; below?: unknown }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: mail programs drop an <article>
    <div role="article" aria-roledescription="email" aria-label={label}>
      <table
        role="presentation"
        class="desk"
        width="100%"
        cellpadding="0"
        cellspacing="0"
        border={0}
        bgcolor={DESK}
        style={`background:${DESK}`}
      >
        <tr>
          <td class="out" align="center" style="padding:40px 16px 0">
            {raw(
              '<!--[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->',
            )}
            <table
              role="presentation"
              class="sheet"
              width="100%"
              cellpadding="0"
              cellspacing="0"
              border={0}
              bgcolor={SHEET}
              style={`max-width:600px;background:${SHEET};border:1px solid ${RULE}`}
            >
              {children}
            </table>
            {raw('<!--[if mso]></td></tr></table><![endif]-->')}
          </td>
        </tr>
        <tr>
          <td class="pencil" align="center" style={`padding:28px 24px 48px;${FINE}`}>
            {below}
          </td>
        </tr>
      </table>
    </div>
  );
}

function Card({ article, text, cut }: { article: LetterArticle; text: string; cut: boolean }) {
  const { url, host, site, minutes, title, excerpt } = card(article);
  return (
    <>
      <tr>
        <td class="rule print" dir="auto" style={SITE}>
          {site}{' '}
          {minutes && (
            <span class="pencil" style={`font-weight:400;color:${PENCIL}`}>
              {site && raw('&nbsp;')}
              {minutes}
            </span>
          )}
        </td>
      </tr>
      <tr>
        <td style="padding:0 0 12px">
          <h1 class="print" dir="auto" lang="" style={TITLE}>
            {url ? (
              <a class="print" href={url} style={`color:${PRINT};text-decoration:none`}>
                {title}
              </a>
            ) : (
              title
            )}
          </h1>
        </td>
      </tr>
      {excerpt && !text && (
        <tr>
          <td class="print" dir="auto" lang="" style={BODY}>
            {excerpt}
          </td>
        </tr>
      )}
      {text && (
        <tr>
          <td class="print" dir="auto" lang="" style={BODY}>
            <Lines text={text} />
          </td>
        </tr>
      )}
      {cut && (
        <tr>
          <td class="pencil" style={`padding:0 0 16px;font:italic 16px/24px ${SERIF};color:${PENCIL}`}>
            {GOES_ON}
          </td>
        </tr>
      )}
      {url && (
        <tr>
          <td style={`padding:0 0 24px;${BUTTON}`}>
            <a class="print" href={url} style={`color:${PRINT}`}>
              Read it at <bdi>{host}</bdi>
            </a>
          </td>
        </tr>
      )}
    </>
  );
}

const GOES_ON = 'It goes on. Answer, and ask for the rest.';

function render(letter: Letter, text: string, cut: boolean): string {
  const { userName, userEmail, friendName, article } = letter;
  const html = (
    <Frame title={`From ${userName}, for ${friendName}`}>
      <Desk
        label={`A letter from ${userName}`}
        below={
          <>
            <bdi>{userName}</bdi> (<bdi>{userEmail}</bdi>) wrote the note; Hallway carried it. To write back,
            just answer.
            <br />
            <br />
            <a class="pencil" href={letter.stopUrl} style={`color:${PENCIL}`}>
              Stop letters from <bdi>{userName}</bdi>
            </a>
          </>
        }
      >
        <tr>
          <td class="pad ink" dir="auto" lang="" style={`padding:44px 48px 0;${NOTE}`}>
            <Lines text={letter.note} />
          </td>
        </tr>
        <tr>
          <td class="pad ink" dir="auto" lang="" style={`padding:14px 48px ${article ? 36 : 48}px;${NOTE}`}>
            {userName}
          </td>
        </tr>
        {article && (
          <tr>
            <td class="pad" style="padding:0 48px">
              <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border={0}>
                <Card article={article} text={text} cut={cut} />
                <tr>
                  <td class="rule pencil" style={QUIET}>
                    <bdi>{userName}</bdi> chose this for you with Hallway.
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        )}
      </Desk>
    </Frame>
  );
  return `<!doctype html>\n${html}`;
}

/** The article's own text, as far as the letter has room for it; the user's note is never cut. */
function carried(letter: Letter): { text: string; cut: boolean } {
  const article = letter.article;
  const text = article && !webAddress(article.url) ? (article.text ?? '').trim() : '';
  if (text === '') return { text: '', cut: false };
  let room = MAX_HTML_BYTES - Buffer.byteLength(render(letter, '…', true));
  // A character is at most 6 bytes of HTML (`&quot;`), a line break 5: walk until the room is used up.
  let end = 0;
  for (const character of text) {
    room -= /[\n&<>"']/.test(character) ? 6 : Buffer.byteLength(character);
    if (room < 0) break;
    end += character.length;
  }
  return end === text.length
    ? { text, cut: false }
    : { text: shorten(text, Math.max(end - 1, 0)), cut: true };
}

/** The letter for mail programs that show HTML. At most 100 KB while the note is within the store's 10,000 characters. */
export function letterHtml(letter: Letter): string {
  const { text, cut } = carried(letter);
  return render(letter, text, cut);
}

/** The same letter, as plain text. */
export function letterText(letter: Letter): string {
  const { userName, userEmail, article } = letter;
  const parts = [letter.note.replace(/\r\n?/g, '\n').trim(), userName];
  if (article) {
    const { url, site, minutes, title, excerpt } = card(article);
    const { text, cut } = carried(letter);
    const source = [site, minutes].filter(Boolean).join(', ');
    parts.push('*', [title, source, url].filter(Boolean).join('\n'));
    if (text || excerpt) parts.push(text || (excerpt ?? ''));
    if (cut) parts.push(GOES_ON);
    parts.push('*', `${userName} chose this for you with Hallway.`);
  }
  parts.push(
    [
      // RFC 3676, 4.3: what follows is the signature, which mail programs leave out of an answer.
      '-- ',
      `${userName} (${userEmail}) wrote the note; Hallway carried it. To write back, just answer.`,
      `Stop letters from ${userName}: ${letter.stopUrl}`,
    ].join('\n'),
  );
  return parts.join('\n\n');
}

/** The letter that lets its reader in. `minutes` is how long the link works. */
export function signInHtml({ url, minutes }: { url: string; minutes: number }): string {
  const html = (
    <Frame title="Your link to Hallway">
      <Desk
        label="Your link to Hallway"
        below="If you did not ask for it, leave it. Nobody comes in without it."
      >
        <tr>
          <td class="pad print" style={`padding:44px 48px 24px;font:21px/32px ${SERIF};color:${PRINT}`}>
            Here is your link. It works once, for {minutesInWords(minutes)}.
          </td>
        </tr>
        <tr>
          <td class="pad" style="padding:0 48px 48px">
            <a
              class="fill"
              href={url}
              style={`display:inline-block;padding:11px 20px;border-radius:3px;background:${INK};color:${SHEET};text-decoration:none;font:500 15px/22px ${SANS}`}
            >
              Come in
            </a>
          </td>
        </tr>
      </Desk>
    </Frame>
  );
  return `<!doctype html>\n${html}`;
}

export function signInText({ url, minutes }: { url: string; minutes: number }): string {
  return `Here is your link to Hallway. It works once, for ${minutesInWords(minutes)}.\n\n${url}\n\nIf you did not ask for it, leave it. Nobody comes in without it.`;
}
