import { failure, log } from '../../functions/platform/log.ts';

/** EventBridge's scheduled event, as its documentation shows it. */
function scheduledEvent(now: Date) {
  return {
    version: '0',
    id: crypto.randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: now.toISOString(),
    region: 'us-east-1',
    resources: ['arn:aws:events:us-east-1:000000000000:rule/tick'],
    detail: {},
  };
}

/** The minute clock on one machine: calls `tick` now and then every `seconds`, one at a time. */
export function startClock(
  seconds: number,
  tick: (event: unknown) => Promise<unknown>,
): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  const beat = () => {
    if (busy) return;
    busy = true;
    running = tick(scheduledEvent(new Date())).then(
      () => {
        busy = false;
      },
      (error: unknown) => {
        busy = false;
        log.error('tick failed', failure(error));
      },
    );
  };
  beat();
  const timer = setInterval(beat, seconds * 1000);
  return {
    stop() {
      clearInterval(timer);
      return running;
    },
  };
}
