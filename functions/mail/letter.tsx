import { domainToUnicode } from 'node:url';
import { raw } from 'hono/html';
import { Desk, Frame, Layout, Lines, linesOf } from './frame.tsx';
import { look } from './look.ts';

/** One letter as a friend gets it. Whatever is not in here cannot leak: no interest, no reason, no score. */
export interface Letter {
  /** In the user's words, lines and paragraphs as typed. */
  note: string;
  userName: string;
  /** The user's verified address, for all to see. */
  userEmail: string;
  friendName: string;
  article?: LetterArticle;
  /** The friend's own page: thanks, "not my thing", less often, coffee, stop. */
  pageUrl: string;
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

/** Only a web address becomes a link: a saved `javascript:` must not reach anybody's mail. */
function webAddress(address: string | undefined): URL | undefined {
  if (address === undefined || !/^https?:\/\//i.test(address)) return undefined;
  return URL.parse(address) ?? undefined;
}

function siteOf(url: URL): string {
  return (domainToUnicode(url.hostname) || url.hostname).replace(/^www\./, '');
}

/** At most `max` characters, cut between words where there are any. */
function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');
  const words = cut.slice(0, Math.max(cut.lastIndexOf(' '), cut.lastIndexOf('\n'), 0)).trimEnd();
  return `${words.length > max / 2 ? words : cut}…`;
}

function minutesInWords(minutes: number | undefined): string | undefined {
  if (!minutes || minutes < 1) return undefined;
  return minutes === 1 ? '1 minute' : `${Math.round(minutes)} minutes`;
}

/** What is printed of an article, in both parts the same. `carried`: its own text stands below. */
function card(article: LetterArticle, carried: string) {
  const url = webAddress(article.url);
  const excerpt = article.excerpt?.trim();
  return {
    url: url?.href,
    host: url && siteOf(url),
    site: article.siteName?.trim() || (url && siteOf(url)),
    minutes: minutesInWords(article.minutes),
    title: article.title,
    excerpt: excerpt && !carried ? shorten(excerpt, MAX_EXCERPT) : undefined,
  };
}

const GOES_ON = 'It goes on. Answer, and ask for the rest.';
const NOT_WATCHED = 'Nothing in this email reports whether you opened it. To write back, just answer.';

/** What the friend's page is for; "not my thing" is said of an article. */
function quietAnswers(letter: Letter): string[] {
  return [...(letter.article ? ['Not my thing'] : []), 'Less often', 'Stop'];
}

function Card({ article, text, cut }: { article: LetterArticle; text: string; cut: boolean }) {
  const { url, host, site, minutes, title, excerpt } = card(article, text);
  return (
    <>
      <tr>
        <td dir="auto" {...look('rule print own site')}>
          {site}{' '}
          {minutes && (
            <bdi {...look('pencil minutes')}>
              {site && raw('&nbsp;')}
              {minutes}
            </bdi>
          )}
        </td>
      </tr>
      <tr>
        <td>
          <h1 dir="auto" lang="" {...look('print own title')}>
            {url ? (
              <a href={url} {...look('print plain')}>
                {title}
              </a>
            ) : (
              title
            )}
          </h1>
        </td>
      </tr>
      {(text || excerpt) && (
        <tr>
          <td dir="auto" lang="" {...look('print own body')}>
            <Lines lines={linesOf(text || (excerpt ?? ''))} />
          </td>
        </tr>
      )}
      {cut && (
        <tr>
          <td {...look('pencil more')}>{GOES_ON}</td>
        </tr>
      )}
      {url && (
        <tr>
          <td {...look('read')}>
            <a href={url} {...look('print')}>
              Read it at <bdi>{host}</bdi>
            </a>
          </td>
        </tr>
      )}
    </>
  );
}

/** Tables that float: the second one moves below where a long name leaves it no room. */
function Button({ url, primary, children }: { url: string; primary?: boolean; children?: unknown }) {
  return (
    <Layout align="left" {...look('stack')}>
      <tr>
        <td {...look(primary ? 'fill' : 'line')}>
          <a href={url} {...look(primary ? 'button filled' : 'button print')}>
            {children}
          </a>
        </td>
      </tr>
    </Layout>
  );
}

/** All of them open the friend's page; nothing happens before a button is pressed there. */
function Answers({ letter }: { letter: Letter }) {
  return (
    <tr>
      <td {...look('pad acts')}>
        <Button url={letter.pageUrl} primary>
          Thank <bdi>{letter.userName}</bdi>
        </Button>
        <Button url={letter.pageUrl}>Coffee?</Button>
      </td>
    </tr>
  );
}

function QuietAnswers({ letter }: { letter: Letter }) {
  return (
    <p {...look('quietly')}>
      {quietAnswers(letter).map((answer, index) => (
        <>
          {index > 0 && raw(' &nbsp;&nbsp; ')}
          <a href={letter.pageUrl} {...look('pencil')}>
            {answer}
          </a>
        </>
      ))}
    </p>
  );
}

function render(letter: Letter, text: string, cut: boolean): string {
  const { userName, friendName, article } = letter;
  const html = (
    <Frame title={`From ${userName}, for ${friendName}`}>
      <Desk
        label={`A letter from ${userName}`}
        below={
          <>
            <QuietAnswers letter={letter} />
            <bdi>{userName}</bdi> (<bdi>{letter.userEmail}</bdi>) wrote the note; Hallway carried it.
            <br />
            {NOT_WATCHED}
          </>
        }
      >
        <tr>
          <td dir="auto" lang="" {...look('pad ink own note')}>
            <Lines lines={linesOf(letter.note)} />
          </td>
        </tr>
        <tr>
          <td dir="auto" lang="" {...look('pad ink own name')}>
            {userName}
          </td>
        </tr>
        {article && (
          <tr>
            <td {...look('pad')}>
              <Layout wide>
                <Card article={article} text={text} cut={cut} />
                <tr>
                  <td {...look('rule pencil chose')}>
                    <bdi>{userName}</bdi> chose this for you with Hallway.
                  </td>
                </tr>
              </Layout>
            </td>
          </tr>
        )}
        <Answers letter={letter} />
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
    room -= /[\n\r\u2028\u2029&<>"']/.test(character) ? 6 : Buffer.byteLength(character);
    if (room < 0) break;
    end += character.length;
  }
  return end === text.length
    ? { text, cut: false }
    : { text: shorten(text, Math.max(end - 1, 0)), cut: true };
}

/** Both parts of a letter, saying the same. The HTML is at most 100 KB while the note is within the store's 10,000 characters. */
export function writeLetter(letter: Letter): { html: string; text: string } {
  const { text, cut } = carried(letter);
  return { html: render(letter, text, cut), text: plain(letter, text, cut) };
}

function plain(letter: Letter, text: string, cut: boolean): string {
  const { userName, userEmail, article } = letter;
  const parts = [linesOf(letter.note).join('\n'), userName];
  if (article) {
    const { url, host, site, minutes, title, excerpt } = card(article, text);
    parts.push('*', [[site, minutes].filter(Boolean).join(', '), title].filter(Boolean).join('\n'));
    if (text || excerpt) parts.push(linesOf(text || (excerpt ?? '')).join('\n'));
    if (cut) parts.push(GOES_ON);
    if (url) parts.push(`Read it at ${host}:\n${url}`);
    parts.push('*', `${userName} chose this for you with Hallway.`);
  }
  parts.push(
    [
      // RFC 3676, 4.3: what follows is the signature, which mail programs leave out of an answer. So the friend's link
      // does not come back to the user, who could speak for the friend with it.
      '-- ',
      `${[`Thank ${userName}`, 'Coffee?', ...quietAnswers(letter)].join(' · ')}:`,
      letter.pageUrl,
      '',
      `${userName} (${userEmail}) wrote the note; Hallway carried it.`,
      NOT_WATCHED,
    ].join('\n'),
  );
  return parts.join('\n\n');
}

/** The letter that lets its reader in. `minutes` is how long the link works. */
export function writeSignIn({ url, minutes }: { url: string; minutes: number }): {
  html: string;
  text: string;
} {
  const says = `It works once, for ${minutesInWords(minutes)}.`;
  const unasked = 'If you did not ask for it, leave it. Nobody comes in without it.';
  const html = (
    <Frame title="Your link to Hallway">
      <Desk label="Your link to Hallway" below={unasked}>
        <tr>
          <td {...look('pad print says')}>Here is your link. {says}</td>
        </tr>
        <tr>
          <td {...look('pad acts')}>
            <Button url={url} primary>
              Come in
            </Button>
          </td>
        </tr>
      </Desk>
    </Frame>
  );
  return {
    html: `<!doctype html>\n${html}`,
    text: `Here is your link to Hallway. ${says}\n\n${url}\n\n${unasked}`,
  };
}
