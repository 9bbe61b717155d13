import { randomUUID } from 'node:crypto';
import process from 'node:process';

/**
 * One bundle as Lambda has it: a process of its own that loads `index.mjs` and is handed events. Started by `bundles.ts`.
 * `late`: its clock runs on by so many milliseconds each time it is looked at, as on a machine that is almost out of time.
 */
const SystemDate = Date;
let late = 0;
let ahead = 0;
globalThis.Date = class extends SystemDate {
  constructor(...given: number[]) {
    super(...((given.length > 0 ? given : [Date.now()]) as [number]));
  }
  static override now() {
    ahead += late;
    return SystemDate.now() + ahead;
  }
} as DateConstructor;

const { handler } = await import(process.argv[2] ?? '');

process.on('message', async (message: { event: unknown; late?: number }) => {
  late = message.late ?? 0;
  ahead = 0;
  try {
    const answer = await handler(message.event, { awsRequestId: randomUUID() });
    process.send?.({ answer: answer ?? null });
  } catch (error) {
    process.send?.({
      failed: error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : String(error),
    });
  }
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
