import type { Context } from 'hono';
import type { Article } from '../../articles/article.ts';
import { findArticle } from '../../articles/store.ts';
import type { Friend } from '../../friends/friend.ts';
import { allFriends } from '../../friends/store.ts';
import { findSuggestion, suggestionsOf } from '../../matching/store.ts';
import { isSuggested, type Suggestion } from '../../matching/suggestion.ts';
import type { Turn } from '../../matching/turns.ts';
import type { Note } from '../../notes/note.ts';
import type { Env } from '../env.ts';
import type { ClippingView, Frame, NoteView, SuggestionView } from '../views.ts';

/** Reads for one page: each article and the list of friends at most once. */
export class Load {
  readonly #c: Context<Env>;
  #friends: Promise<Friend[]> | undefined;
  readonly #articles = new Map<string, Promise<Article | undefined>>();

  constructor(c: Context<Env>) {
    this.#c = c;
  }

  get frame(): Frame {
    return { user: this.#c.var.user, now: this.#c.var.ground.clock() };
  }

  friends(): Promise<Friend[]> {
    this.#friends ??= allFriends(this.#c.var.ground.table, this.#c.var.user.id);
    return this.#friends;
  }

  async friend(friendId: string): Promise<Friend | undefined> {
    return (await this.friends()).find((friend) => friend.id === friendId);
  }

  article(articleId: string): Promise<Article | undefined> {
    let article = this.#articles.get(articleId);
    if (!article) {
      article = findArticle(this.#c.var.ground.table, this.#c.var.user.id, articleId);
      this.#articles.set(articleId, article);
    }
    return article;
  }

  /** Suggestions whose friend and article are there; `turns`: why some of them stand where they do. */
  async views(suggestions: Suggestion[], turns: Turn[] = []): Promise<SuggestionView[]> {
    const views = await Promise.all(
      suggestions.map(async (suggestion) => {
        const [friend, article] = await Promise.all([
          this.friend(suggestion.friendId),
          this.article(suggestion.articleId),
        ]);
        const { articleId, friendId } = suggestion;
        const turn = turns.find((one) => one.articleId === articleId && one.friendId === friendId);
        return friend && article ? [{ suggestion, friend, article, ...(turn && { turn }) }] : [];
      }),
    );
    return views.flat();
  }

  /** What was set aside a moment ago, as the address of the page says (`asideQuery`), to be taken back. */
  async aside(articleId: string | undefined): Promise<SuggestionView | undefined> {
    const friendId = this.#c.req.query('for');
    if (!articleId || !friendId) return undefined;
    const { ground, user } = this.#c.var;
    const found = await findSuggestion(ground.table, user.id, articleId, friendId);
    const isAside = found?.state === 'dismissed' || found?.state === 'later';
    return isAside ? (await this.views([found]))[0] : undefined;
  }

  /** An article and who it could be for, without those who were dismissed or are written to already. */
  async clipping(article: Article): Promise<ClippingView> {
    this.#articles.set(article.id, Promise.resolve(article));
    const found = await suggestionsOf(this.#c.var.ground.table, this.#c.var.user.id, article.id);
    return { article, suggestions: await this.views(found.filter(isSuggested)) };
  }

  async notes(notes: Note[]): Promise<NoteView[]> {
    return Promise.all(
      notes.map(async (note) => {
        const [friend, article] = await Promise.all([
          this.friend(note.friendId),
          note.articleId ? this.article(note.articleId) : undefined,
        ]);
        return { note, friend, article };
      }),
    );
  }
}
