import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placesBeside } from '../../functions/matching/places.ts';

/**
 * One thing that matching loads, in a process that has loaded nothing else: prints `{ms, mb}`, what it took and the
 * memory that is resident then. Started by `matching-limits.ts`; `nothing` is what all have in common.
 */
const places = placesBeside(join(import.meta.dirname, '../../functions/matching'));
const asset = (name: string) => readFile(join(places.assets, name));

const TASKS: Record<string, () => Promise<unknown>> = {
  nothing: async () => undefined,
  async vectors() {
    const { readVectors } = await import('../../functions/matching/vectors.ts');
    return readVectors(await asset('vectors.bin'));
  },
  async sentences() {
    const { readProjection } = await import('../../functions/matching/sentences.ts');
    return readProjection(await asset('sentences.bin'));
  },
  async encoder() {
    const { loadEncoder } = await import('../../functions/matching/encoder.ts');
    const embed = await loadEncoder(places.encoder);
    await embed(['The first text is what it gets ready for.']);
    return embed;
  },
  detector: () => import('eld/extrasmall'),
  async all() {
    const { models } = await import('../../functions/matching/models.ts');
    return models((_, error) => {
      throw error;
    });
  },
  /** What the first message to a new function meets: USER_ID and ARTICLE_ID say whose article is matched. */
  async cold() {
    const [{ openGround }, { onArticle }] = await Promise.all([
      import('../../functions/platform/ground.ts'),
      import('../../functions/matching/matching.ts'),
    ]);
    const { USER_ID = '', ARTICLE_ID = '' } = process.env;
    await onArticle(await openGround(), USER_ID, ARTICLE_ID);
  },
};

const from = performance.now();
const kept = await TASKS[process.argv[2] ?? 'nothing']?.();
const ms = performance.now() - from;
process.stdout.write(`${JSON.stringify({ ms, mb: process.memoryUsage.rss() / 1024 ** 2 })}\n`);
// Held until here, so that nothing of it is swept away before it is counted.
if (kept === null) process.exitCode = 1;
