import { findUserByEmail } from '../../functions/accounts/store.ts';
import { findServicePause, pauseService, resumeService } from '../../functions/ledger/store.ts';
import { resume } from '../../functions/notes/pauses.ts';
import { withGround } from './with-database.ts';

const USAGE = 'npm run sending -- show | pause | resume [EMAIL]';

/** The operator's hand on all letters: whether they leave, stop them, let them go on; or one user's, who is paused. */
try {
  const [verb = '', email, ...rest] = process.argv.slice(2);
  const fits = rest.length === 0 && (verb === 'resume' || (['show', 'pause'].includes(verb) && !email));
  if (!fits) throw new Error(`Use it so: ${USAGE}`);
  await withGround(async (ground) => {
    const { table } = ground;
    if (email) {
      const user = await findUserByEmail(table, email);
      if (!user) throw new Error('There is no user with this address.');
      await resume(ground, user.id);
      process.stdout.write('This user’s letters leave.\n');
      return;
    }
    if (verb === 'pause') await pauseService(table, 'operator', ground.clock());
    if (verb === 'resume') await resumeService(table, ground.clock());
    const pause = await findServicePause(table);
    const told = pause?.because ? `Letters wait since ${pause.at}: ${pause.because}.` : 'Letters leave.';
    process.stdout.write(`${told}\n`);
  });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
