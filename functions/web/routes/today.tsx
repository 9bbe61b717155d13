import { type Context, Hono } from 'hono';
import { getArticle } from '../../articles/articles.ts';
import { listArticles } from '../../articles/store.ts';
import { getFriend } from '../../friends/friends.ts';
import { answer } from '../../matching/answers.ts';
import { recentSuggestions } from '../../matching/store.ts';
import type { Step } from '../../matching/suggestion.ts';
import { takeTurnsEach } from '../../matching/turns.ts';
import { Fault, invalid } from '../../platform/faults.ts';
import type { Env } from '../env.ts';
import { TodayPage } from '../pages/today.tsx';
import type { ClippingView, LetterDraft } from '../views.ts';
import { formOf } from './form.ts';
import { statusOf } from './letter.ts';
import { Load } from './load.ts';

/** Articles on the desk at once: more is a pile, not a morning. */
const ON_DESK = 12;
/** Friends one letter is offered to; the article's page has all. */
const FRIENDS_EACH = 3;
/** Articles that are counted to say what is kept. */
const COUNTED = 100;

/** Today: the suggestions that wait for words, newest article first, but that each interest gets its turn. */
export async function showToday(c: Context<Env>, draft?: LetterDraft): Promise<Response> {
  const { ground, user } = c.var;
  const load = new Load(c);
  const [suggestions, friends, articles, aside] = await Promise.all([
    recentSuggestions(ground.table, user.id),
    load.friends(),
    listArticles(ground.table, user.id, { limit: COUNTED }),
    load.aside(c.req.query('aside')),
  ]);
  const waiting = suggestions.filter(({ state }) => state === 'open');
  const { suggestions: open, turns } = takeTurnsEach(waiting, suggestions, friends, load.frame.now);
  const ids = [...new Set(open.map((one) => one.articleId))];
  const forSomebody = new Set(
    suggestions.filter(({ state }) => state !== 'dismissed').map((one) => one.articleId),
  );
  const clippings: ClippingView[] = [];
  for (const id of ids) {
    if (clippings.length === ON_DESK) break;
    const views = await load.views(
      open
        .filter((one) => one.articleId === id)
        .sort((a, b) => b.score - a.score)
        .slice(0, FRIENDS_EACH),
      turns,
    );
    const article = views[0]?.article;
    if (article) clippings.push({ article, suggestions: views });
  }
  const longestAgo = friends
    .filter((friend) => friend.lastWroteAt)
    .sort((a, b) => ((a.lastWroteAt ?? '') < (b.lastWroteAt ?? '') ? -1 : 1))[0];
  const oldestFriend = longestAgo ?? friends[0];
  return c.html(
    <TodayPage
      frame={load.frame}
      clippings={clippings}
      keptCount={articles.items.filter((article) => !forSomebody.has(article.id)).length}
      friendCount={friends.length}
      articleCount={articles.items.length}
      {...(aside && { aside })}
      {...(oldestFriend && { oldestFriend })}
      {...(draft && { draft })}
    />,
    statusOf(draft),
  );
}

export const today = new Hono<Env>()
  .get('/', (c) => showToday(c))
  .post('/suggestions/:articleId/:friendId', async (c) => {
    const { ground, user } = c.var;
    const { articleId, friendId } = c.req.param();
    await Promise.all([getArticle(ground, user.id, articleId), getFriend(ground, user.id, friendId)]);
    const form = await formOf(c);
    const { step, interestId } = stepOf(form.text('do'));
    if (!(await answer(ground, user.id, articleId, friendId, step, interestId))) {
      throw new Fault('not-found', 'There is no such suggestion.');
    }
    const isArticle = form.text('from') === 'article';
    const page = isArticle ? `/articles/${articleId}` : '/';
    if (step === 'undo') return c.redirect(page, 303);
    return c.redirect(`${page}?${isArticle ? '' : `aside=${articleId}&`}for=${friendId}`, 303);
  });

/** What a button says: "not for Grace", "not about this interest", "later", or none of it after all. */
function stepOf(said: string): { step: Step; interestId?: string | undefined } {
  if (said === 'dismiss') return { step: 'not-friend' };
  if (said === 'later') return { step: 'later' };
  if (said === 'open') return { step: 'undo' };
  const [, interestId] = /^not-about-(int_\w+)$/.exec(said) ?? [];
  if (interestId) return { step: 'not-interest', interestId };
  throw invalid('/do', 'Say "later", "dismiss", "not-about-" and an interest, or "open".');
}
