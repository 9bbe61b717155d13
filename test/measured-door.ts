import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

/**
 * One bundled function in a process of its own: each message is an event for it, each answer comes back with what it
 * took. Started by `doors.ts`.
 */
const KB = 1024;
const MB = KB * KB;
const { handler } = await import(process.argv[2] ?? '');

/** Begins the count of the highest memory anew (proc(5), clear_refs). */
const forgetPeak = () => writeFileSync('/proc/self/clear_refs', '5');
const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * KB;

process.on('message', async (event: unknown) => {
  forgetPeak();
  const cpu = process.cpuUsage();
  const rss = process.memoryUsage.rss();
  const answer = await handler(event, { awsRequestId: randomUUID() });
  // Of all threads.
  const { user, system } = process.cpuUsage(cpu);
  process.send?.({ answer, took: { cpuSeconds: (user + system) / 1e6, megabytes: (peak() - rss) / MB } });
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
