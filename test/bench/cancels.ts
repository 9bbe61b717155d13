import { join } from 'node:path';
import { bundleFunctions } from '../../infra/bundle.ts';
import { newFolder, ROOT, removeFolders } from '../flow/start.ts';
import { raceCancels } from '../notes/race.ts';
import { writeNotes } from './due-notes.ts';
import { keptIn, startBenchParts } from './parts.ts';

/** The door `send` as the runner has it: on the ground that the environment names by now. */
async function sendDoor(build: string): Promise<(userId: string, noteId: string) => Promise<unknown>> {
  await bundleFunctions(ROOT, build, { minify: false, packages: 'beside' });
  const { handler } = await import(join(build, 'send', 'index.mjs'));
  return async (userId, id) => {
    const record = { messageId: id, eventSource: 'aws:sqs', body: JSON.stringify({ userId, id }) };
    const { batchItemFailures } = await handler({ Records: [record] });
    if (batchItemFailures.length > 0) throw new Error(`The note ${id} could not be sent.`);
  };
}

/** `npm run bench -- cancels [--notes N] [--seed S]`: as `test/notes/cancel.test.ts`. True: no acknowledged cancel left. */
export async function benchCancels(
  { notes, seed, json }: { notes: number; seed: number; json: boolean },
  print: (line: string) => void,
): Promise<boolean> {
  const dir = newFolder();
  const { ground, stop } = await startBenchParts(dir);
  const from = performance.now();
  try {
    const written = await writeNotes(ground, { count: notes, dueAt: new Date(), round: 'cancels' });
    const send = await sendDoor(join(dir, 'functions'));
    const racing = written.map(({ user, note }) => ({ userId: user.id, note }));
    const raced = await raceCancels(ground, { notes: racing, send, seed }, async () => keptIn(dir));
    const { won, lost, wrong } = raced;
    const holds = wrong.length === 0 && won + lost === notes && Math.min(won, lost) > notes / 10;
    const seconds = Math.round((performance.now() - from) / 1000);
    if (json) print(JSON.stringify({ name: 'cancels', seed, seconds, ...raced, holds }));
    else {
      print(`cancels: ${notes} of seed ${seed} against sends at the same time, in ${seconds} s`);
      print(`  ${won} acknowledged, ${lost} refused with the state, ${wrong.length} wrong`);
      for (const one of wrong) print(`  ${one}`);
      print(
        `  none that was acknowledged left, each that was refused left or is open: ${holds ? 'holds' : 'BROKEN'}`,
      );
    }
    return holds;
  } finally {
    await stop();
    removeFolders();
  }
}
