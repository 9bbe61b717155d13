import { parseArgs } from 'node:util';
import { addUser } from '../../functions/accounts/accounts.ts';
import { Fault } from '../../functions/platform/faults.ts';
import { withGround } from './with-database.ts';

const USAGE = 'npm run user -- add EMAIL --name NAME [--time-zone ZONE]';

async function add(email: string, name: string, timeZone: string | undefined): Promise<void> {
  await withGround(async (ground) => {
    const { user, apiToken, signInUrl, ingestAddress } = await addUser(ground, { email, name, timeZone });
    process.stdout.write(`${JSON.stringify({ userId: user.id, apiToken, signInUrl, ingestAddress })}\n`);
  });
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { name: { type: 'string' }, 'time-zone': { type: 'string' } },
  });
  const [verb, email, ...rest] = positionals;
  if (verb !== 'add' || !email || !values.name || rest.length > 0) throw new Error(`Use it so: ${USAGE}`);
  await add(email, values.name, values['time-zone']);
} catch (error) {
  const told = error instanceof Fault && error.errors.length > 0;
  const lines = told
    ? error.errors.map(({ path, message }) => `${path.slice(1)} ${message}`)
    : [error instanceof Error ? error.message : String(error)];
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = 1;
}
