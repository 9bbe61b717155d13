import type { Child } from 'hono/jsx';
import type { Article } from '../../articles/article.ts';
import type { Friend } from '../../friends/friend.ts';
import type { Reason, Suggestion } from '../../matching/suggestion.ts';
import type { ClippingView, Frame } from '../views.ts';
import { earlierWords } from './earlier.ts';
import { Icon } from './icons.tsx';
import { TurnWords } from './lessons.tsx';
import { flat, markPhrases, stands } from './mark.ts';
import { Name, Text } from './text.tsx';
import { onDay } from './when.ts';
import { callName, heardWords } from './words.ts';

/** An excerpt longer than this is an article (characters). */
const MAX_EXCERPT = 320;
/** More reasons than this explain nothing. */
export const MAX_REASONS = 2;

/** Only web addresses become links and pictures: a saved `javascript:` or `data:` address stays words. */
export function webAddress(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined;
  return /^https?:$/.test(new URL(address).protocol) ? address : undefined;
}

/** Who printed it: its site's name, else its host. */
export function siteOf(article: Article): string | undefined {
  if (article.siteName) return article.siteName;
  const address = webAddress(article.canonicalUrl ?? article.url);
  return address && new URL(address).hostname.replace(/^www\./, '');
}

/** The language of the article's words, for fonts and voices. */
export function languageOf(article: Article): string | undefined {
  return /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(article.language ?? '') ? article.language : undefined;
}

/** Site, minutes, and when it was saved. */
export function Source({ article, frame }: { article: Article; frame?: Frame }) {
  const site = siteOf(article);
  return (
    <p class="src">
      {site && (
        <b>
          <Name>{site}</Name>
        </b>
      )}
      {article.minutes > 0 && (
        <span>{`${article.minutes} ${article.minutes === 1 ? 'minute' : 'minutes'}`}</span>
      )}
      {frame && <span>saved {onDay(article.savedAt, frame.now, frame.user.timeZone)}</span>}
    </p>
  );
}

/** Text of the article with the phrases in it underlined. */
function Marked({ text, phrases }: { text: string; phrases: readonly string[] }) {
  return (
    <>{markPhrases(text, phrases).map(({ words, marked }) => (marked ? <mark>{words}</mark> : words))}</>
  );
}

/** The title, to the article itself. Words only, if it has no address. */
export function TitleLink({ article, phrases = [] }: { article: Article; phrases?: readonly string[] }) {
  const address = webAddress(article.url);
  const title = (
    <bdi lang={languageOf(article)}>
      <Marked text={article.title} phrases={phrases} />
    </bdi>
  );
  if (!address) return title;
  return (
    <a href={address} rel="noreferrer noopener" target="_blank">
      {title}
    </a>
  );
}

function shorten(text: string): string {
  const words = flat(text);
  if (words.length <= MAX_EXCERPT) return words;
  const cut = words.lastIndexOf(' ', MAX_EXCERPT);
  return `${words.slice(0, cut > MAX_EXCERPT / 2 ? cut : MAX_EXCERPT).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The article's own words: the excerpt with the phrases in it underlined, and the best phrase that stands elsewhere. */
function Excerpt({ article, phrases }: { article: Article; phrases: readonly string[] }) {
  const said = article.excerpt ?? article.selection;
  const excerpt = said && shorten(said);
  const elsewhere = phrases.find((phrase) => !stands(excerpt, phrase) && !stands(article.title, phrase));
  if (!excerpt && !elsewhere) return null;
  const lang = languageOf(article);
  return (
    <blockquote lang={lang} dir="auto">
      {excerpt && (
        <p>
          <Marked text={excerpt} phrases={phrases} />
        </p>
      )}
      {elsewhere && (
        <p>
          … <mark>{shorten(elsewhere)}</mark> …
        </p>
      )}
    </blockquote>
  );
}

function phraseOf(reason: Reason): string {
  return reason.kind === 'ask' ? 'asks for' : 'likes';
}

/** "Grace likes “trail running, the muddy kind”." Without a full stop, for lists that go on. */
export function ReasonWords({ reason, friend }: { reason: Reason; friend: Friend }) {
  return (
    <>
      <Name>{callName(friend.name)}</Name> {phraseOf(reason)}{' '}
      <q>
        <Name>{reason.interest}</Name>
      </q>
    </>
  );
}

/** Why, in pencil: Hallway's reasons, and what the user had heard. For the user's eyes only. */
export function Reasons({
  suggestion,
  friend,
  also,
}: {
  suggestion: Suggestion;
  friend: Friend;
  /** One more pencil sentence below. */
  also?: Child;
}) {
  const reasons = suggestion.reasons.slice(0, MAX_REASONS);
  if (reasons.length === 0) return null;
  return (
    <p class="why pencil">
      <Icon name="pencil" />
      {reasons.map((reason) => (
        <span>
          <ReasonWords reason={reason} friend={friend} />.{' '}
          {reason.heard && (
            <span>
              <Text>{heardWords(reason.heard)}</Text>
            </span>
          )}
        </span>
      ))}{' '}
      {also && <span class="also">{also}</span>}
    </p>
  );
}

/** The phrases of an article that speak to anybody, the best first, each once. */
export function evidenceOf(suggestions: readonly Pick<Suggestion, 'reasons'>[]): string[] {
  const evidence = suggestions
    .flatMap(({ reasons }) => reasons.slice(0, MAX_REASONS))
    .map((one) => flat(one.evidence));
  return [...new Set(evidence)].filter(Boolean);
}

/** An article cut out and laid on the desk, with the reasons under it. */
export function Clipping({
  view,
  frame,
  id,
  heading: Heading = 'h2',
  picture = true,
  children,
}: {
  view: ClippingView;
  frame: Frame;
  /** Of the heading. */
  id?: string;
  heading?: 'h1' | 'h2';
  picture?: boolean;
  children?: Child;
}) {
  const { article, suggestions } = view;
  const phrases = evidenceOf(suggestions.map(({ suggestion }) => suggestion));
  const image = picture ? webAddress(article.image) : undefined;
  return (
    <div class="clip">
      <Source article={article} frame={frame} />
      <Heading id={id}>
        <TitleLink article={article} phrases={phrases} />
      </Heading>
      {image && <img src={image} alt="" loading="lazy" decoding="async" referrerpolicy="no-referrer" />}
      <Excerpt article={article} phrases={phrases} />
      {suggestions.map(({ suggestion, friend, turn }) => (
        <Reasons
          suggestion={suggestion}
          friend={friend}
          also={
            turn ? (
              <TurnWords turn={turn} frame={frame} />
            ) : (
              (earlierWords(article, suggestion, friend, frame.now, frame.user.timeZone) ??
              (friend.lastWroteAt &&
                `You last wrote ${onDay(friend.lastWroteAt, frame.now, frame.user.timeZone)}.`))
            )
          }
        />
      ))}
      {children}
    </div>
  );
}
