import { killsOf, surviveKills } from '../flow/kills.ts';
import { removeFolders } from '../flow/start.ts';

/**
 * `npm run bench -- kills [--rounds N] [--seed S]`: as `test/flow/kill.test.ts`, with kills by a seed. True: nothing was
 * lost, nothing left twice.
 */
export async function benchKills(
  { rounds, seed, json }: { rounds: number; seed: number; json: boolean },
  print: (line: string) => void,
): Promise<boolean> {
  const from = performance.now();
  const survived = await surviveKills(killsOf(seed, rounds), (round, { how, afterMs }, mails) => {
    if (!json)
      print(`  round ${round + 1} of ${rounds}: ${how} killed after ${afterMs} ms, ${mails} mails so far`);
  });
  removeFolders();
  const { notes, delivered, uncertain, wrong } = survived;
  const holds = wrong.length === 0;
  const seconds = Math.round((performance.now() - from) / 1000);
  if (json) print(JSON.stringify({ name: 'kills', seed, rounds, seconds, ...survived, holds }));
  else {
    print(`kills: ${rounds} rounds of seed ${seed} in ${seconds} s, ${notes} notes acknowledged`);
    print(`  ${delivered} delivered once, ${uncertain} uncertain and in no mailbox, ${wrong.length} wrong`);
    for (const one of wrong) print(`  ${one}`);
    print(`  every note once, or uncertain: ${holds ? 'holds' : 'BROKEN'}`);
  }
  return holds;
}
