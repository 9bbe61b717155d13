import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { encodeDue, type Named } from './due.ts';
import { log } from './log.ts';
import type { QueueName } from './settings.ts';

/** SQS's limits: messages of a batch, and the longest delay in seconds. */
const BATCH = 10;
const MAX_DELAY_SECONDS = 900;

export interface Message extends Named {
  delaySeconds?: number;
}

/** Says to a door what is due. A message that is lost comes back through the due index. */
export class Queue {
  readonly #client: SQSClient;
  readonly #urls: Record<QueueName, string>;

  constructor(client: SQSClient, urls: Record<QueueName, string>) {
    this.#client = client;
    this.#urls = urls;
  }

  async send(name: QueueName, messages: Message[]): Promise<void> {
    for (let start = 0; start < messages.length; start += BATCH) {
      const answer = await this.#client.send(
        new SendMessageBatchCommand({
          QueueUrl: this.#urls[name],
          Entries: messages.slice(start, start + BATCH).map((message, place) => ({
            Id: String(place),
            MessageBody: encodeDue(message),
            DelaySeconds: Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.round(message.delaySeconds ?? 0))),
          })),
        }),
      );
      // Not an error: the work is still due, and tick says it again.
      if (answer.Failed?.length) log.warn('messages not taken', { queue: name, count: answer.Failed.length });
    }
  }

  /** Says it if it can: the caller has written the work into the due index, which is what counts. */
  async hint(name: QueueName, userId: string, id: string): Promise<void> {
    try {
      await this.send(name, [{ userId, id }]);
    } catch (error) {
      log.warn('hint not sent', { queue: name, error: error instanceof Error ? error.name : 'unknown' });
    }
  }
}
