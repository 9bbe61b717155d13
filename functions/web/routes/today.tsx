import { type Context, Hono } from 'hono';
import { getArticle } from '../../articles/articles.ts';
import { listArticles } from '../../articles/store.ts';
import { getFriend } from '../../friends/friends.ts';
import { answer } from '../../matching/matching.ts';
import { recentSuggestions } from '../../matching/store.ts';
import { invalid } from '../../platform/faults.ts';
import type { Env } from '../env.ts';
import { TodayPage } from '../pages/today.tsx';
import type { ClippingView, LetterDraft } from '../views.ts';
import { formOf } from './form.ts';
import { Load } from './load.ts';

/** Articles on the desk at once: more is a pile, not a morning. */
const ON_DESK = 12;
/** Friends one letter is offered to; the article's page has all. */
const FRIENDS_EACH = 3;
/** Articles that are counted to say what is kept. */
const COUNTED = 100;

/** Today: the suggestions that wait for words, newest article first. */
export async function showToday(c: Context<Env>, draft?: LetterDraft): Promise<Response> {
  const { ground, user } = c.var;
  const load = new Load(c);
  const [suggestions, friends, articles] = await Promise.all([
    recentSuggestions(ground.table, user.id),
    load.friends(),
    listArticles(ground.table, user.id, { limit: COUNTED }),
  ]);
  const open = suggestions.filter(({ state }) => state === 'open');
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
      {...(oldestFriend && { oldestFriend })}
      {...(draft && { draft })}
    />,
    draft ? 400 : 200,
  );
}

export const today = new Hono<Env>()
  .get('/', (c) => showToday(c))
  .post('/suggestions/:articleId/:friendId', async (c) => {
    const { ground, user } = c.var;
    const { articleId, friendId } = c.req.param();
    await Promise.all([getArticle(ground, user.id, articleId), getFriend(ground, user.id, friendId)]);
    const form = await formOf(c);
    const said = form.text('do');
    const state = said === 'dismiss' ? 'dismissed' : said === 'open' || said === 'later' ? said : undefined;
    if (!state) throw invalid('/do', 'Say "later", "dismiss" or "open".');
    await answer(ground, user.id, articleId, friendId, state);
    return c.redirect(form.text('from') === 'article' ? `/articles/${articleId}` : '/', 303);
  });
