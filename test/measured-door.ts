import { randomUUID } from 'node:crypto';
import process from 'node:process';

/**
 * One bundled function in a process of its own: each message is an event for it, each answer comes back with what it
 * took. Started by `doors.ts`.
 */
const MB = 1024 * 1024;
const { handler } = await import(process.argv[2] ?? '');

process.on('message', async (event: unknown) => {
  const cpu = process.cpuUsage();
  const rss = process.memoryUsage.rss();
  const answer = await handler(event, { awsRequestId: randomUUID() });
  // Of all threads.
  const { user, system } = process.cpuUsage(cpu);
  // The highest so far, in KB: of this event and all before it.
  const peak = process.resourceUsage().maxRSS * 1024;
  process.send?.({ answer, took: { cpuSeconds: (user + system) / 1e6, megabytes: (peak - rss) / MB } });
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
