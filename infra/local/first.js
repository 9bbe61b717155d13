// Plain JavaScript: it runs before anything else (`node --import`), also on a Node that cannot read the rest.
import module from 'node:module';
import { join, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const NODE_NEEDED = 24;

const major = Number(process.versions.node.split('.')[0]);
if (major < NODE_NEEDED) {
  process.stderr.write(
    `Node ${NODE_NEEDED} is needed, this is ${major}. Run the command through npm, which brings it (npm ci).\n`,
  );
  process.exit(1);
}

// Letters, and what is noted of friends, are written for this account alone, also into a folder that was there before. Of
// a whole process: a thread cannot set it.
if (isMainThread) process.umask(0o077);

// The logger reads it when it is loaded; stdout is for what scripts wait for.
process.env.POWERTOOLS_LOG_LEVEL ??= 'WARN';

// V8 keeps what it compiled, by the content of each file: the next start is a third faster.
module.enableCompileCache(join(resolve(import.meta.dirname, '../..'), 'node_modules/.cache/hallway'));
