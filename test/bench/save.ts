import { demoArticles, demoFriends } from '../../infra/local/demo-week.ts';
import { addUser, newFolder, removeFolders, startService } from '../flow/start.ts';
import type { Benchmark } from './benchmark.ts';

const FRIENDS = 200;
const INTERESTS = 8;
/** What stands around a typical article's text: bytes of navigation, teasers and scripts. */
const CHROME_BYTES = 80_000;

const KINDS = ['Nordic', 'antique', 'hand-made', 'electric', 'forgotten', 'urban', 'alpine', 'medieval'];
const THINGS =
  `bicycles bread kites clocks ferries maps violins gardens wells bridges chess tea ceramics knots bees
orchards telescopes letters carpets cheese canoes choirs lanterns owls rivers tiles quilts saddles stoves windmills`
    .split(/\s+/)
    .map((thing) => thing.trim());

/** Friend `n`'s interests; the first is of somebody in the demo week, so that some article speaks to it. */
function interestsOf(n: number): string[] {
  const demo = demoFriends[n % demoFriends.length]?.interests[n % 3]?.text ?? 'tide pools';
  const others = Array.from({ length: INTERESTS - 1 }, (_, place) => {
    const kind = KINDS[(n * 5 + place * 3) % KINDS.length];
    return `${kind} ${THINGS[(n * 7 + place * 11) % THINGS.length]}`;
  });
  return [demo, ...others];
}

/** An article of about a thousand words (three of the demo week's) in a page as it comes from a browser. */
function pageOf(n: number): { title: string; html: string } {
  const first = demoArticles[n % demoArticles.length];
  const title = first?.title ?? '';
  const paragraphs = [0, 1, 2].flatMap(
    (more) => demoArticles[(n + more) % demoArticles.length]?.paragraphs ?? [],
  );
  const teaser = (place: number) =>
    `<div class="card card--small" data-id="${place}"><a href="/story/${n}-${place}"><img src="/img/${place}.jpg" alt=""><span>Another story, number ${place}</span></a></div>`;
  let chrome = '';
  for (let place = 0; chrome.length < CHROME_BYTES / 2; place++) chrome += teaser(place);
  const state = JSON.stringify({ filler: 'x'.repeat(CHROME_BYTES / 2) });
  return {
    title,
    html: `<!doctype html><html lang="en"><head><title>${title}</title><meta property="og:site_name" content="A paper">
<script>window.__STATE__=${state}</script></head><body><nav><ul><li><a href="/">Home</a></li></ul></nav>
<main><article><h1>${title}</h1>${paragraphs.map((text) => `<p>${text}</p>`).join('\n')}</article></main>
<aside>${chrome}</aside></body></html>`,
  };
}

/**
 * What a person waits for in the window: an article with its page goes in, the friends it is for come out. The floor is
 * the least that any save must do, on the same server: HTTP, the token, the URL, one article written, for a user without
 * friends and with one line of text, so that there is nothing to extract and nobody to match.
 */
export const save: Benchmark = {
  ours: `POST /api/articles with a page of 100 KB, to the suggestions among ${FRIENDS} friends with ${INTERESTS} interests each`,
  against:
    'the floor: the same request with one line of text instead of the page, for a user without friends',
  rounds: 100,
  warmUps: 10,
  limit: { part: 'p95', ms: 300 },
  async open() {
    const dir = newFolder();
    const [ada, alone] = [
      await addUser(dir, 'ada@users.example', 'Ada'),
      await addUser(dir, 'alone@users.example', 'Alone'),
    ];
    const service = await startService({ dir, environment: { HALLWAY_TICK_SECONDS: '60' } });
    const api = service.as(ada.apiToken);
    for (let n = 0; n < FRIENDS; n++) {
      await api.post('/friends', { name: `Friend ${n}`, interests: interestsOf(n) });
    }
    let saved = 0;
    let suggested = 0;
    const urlOf = () => `https://paper.example/story/${saved++}`;
    const timed = async (token: string, body: object) => {
      const user = service.as(token);
      const from = performance.now();
      const article = await user.post('/articles', body);
      return { took: performance.now() - from, article };
    };
    return {
      async ours() {
        const url = urlOf();
        const { took, article } = await timed(ada.apiToken, { url, ...pageOf(saved) });
        suggested += article.suggestions.length;
        return took;
      },
      async peer() {
        const url = urlOf();
        return (await timed(alone.apiToken, { url, title: 'A story', text: 'One line.' })).took;
      },
      async close() {
        await service.stop();
        removeFolders();
        if (suggested === 0) throw new Error('Nobody was suggested for any article: nothing was measured.');
      },
    };
  },
};
