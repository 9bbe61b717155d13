import process from 'node:process';

/** Loads a function as Lambda does at a cold start, in a process of its own, and says what it took. For `cold.ts`. */
const from = performance.now();
const { handler } = await import(process.argv[2] ?? '');
const ms = performance.now() - from;
const MB = 1024 * 1024;
process.stdout.write(JSON.stringify({ ms, megabytes: process.memoryUsage.rss() / MB, is: typeof handler }));
process.exit();
