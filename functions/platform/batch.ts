import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { decodeDue, type Named } from './due.ts';
import { Fault } from './faults.ts';
import { type About, aboutOf, failure, log, withAbout } from './log.ts';

/** Does the due work that each message names; as `eachBody`. */
export function eachMessage(
  event: SQSEvent,
  work: (item: Named) => Promise<void>,
): Promise<SQSBatchResponse> {
  return eachBody(event, (body) => work(decodeDue(body)), aboutBody);
}

/** A message that is none of ours is about nothing. */
function aboutBody(body: string): About {
  try {
    return aboutOf(decodeDue(body));
  } catch {
    return {};
  }
}

/**
 * Does each message's work and names those that failed, and only those: the others are not done again. A message that
 * is not ours (fault `invalid`) is dropped, since no retry could mend it.
 */
export async function eachBody(
  event: SQSEvent,
  work: (body: string) => Promise<void>,
  about: (body: string) => About = () => ({}),
): Promise<SQSBatchResponse> {
  const one = (record: SQSRecord): Promise<void> =>
    withAbout(about(record.body), async () => {
      try {
        await work(record.body);
      } catch (error) {
        log.error('message failed', { messageId: record.messageId, ...failure(error) });
        if (!(error instanceof Fault && error.tag === 'invalid')) throw error;
      }
    });
  const processor = new BatchProcessor(EventType.SQS);
  return processPartialResponse(event, one, processor, { throwOnFullBatchFailure: false });
}
