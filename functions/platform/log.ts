import { AsyncLocalStorage } from 'node:async_hooks';
import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';

/**
 * What the work under way is about, by ids. They outlive every function and every queue: a note's lines, from the article's
 * capture to its delivery days later, are found by them.
 */
export interface About {
  /** API Gateway's name of a request. */
  request?: string;
  user?: string;
  friend?: string;
  article?: string;
  note?: string;
  import?: string;
}

const KINDS: Record<string, keyof About> = { art: 'article', frd: 'friend', imp: 'import', nte: 'note' };

/** What a queue's message is about. */
export function aboutOf({ userId, id }: { userId: string; id: string }): About {
  const kind = KINDS[id.slice(0, id.indexOf('_'))];
  return { user: userId, ...(kind && { [kind]: id }) };
}

const about = new AsyncLocalStorage<About>();

/** Every line that `work` writes says what it is about. */
export function withAbout<Answer>(ids: About, work: () => Answer): Answer {
  return about.run({ ...about.getStore(), ...ids }, work);
}

class Format extends LogFormatter {
  formatAttributes(
    { logLevel, message, timestamp, serviceName }: UnformattedAttributes,
    more: LogAttributes,
  ): LogItem {
    const attributes = {
      level: logLevel,
      message,
      timestamp: this.formatTimestamp(timestamp),
      service: serviceName,
    };
    return new LogItem({ attributes: { ...attributes, ...about.getStore(), ...more } });
  }
}

/** Structured lines. Only ids, names of states and numbers may go in: never a note's text, an address or a token. */
export const log = new Logger({ serviceName: 'hallway', logFormatter: new Format() });

/** What may be said of a failure: its kind and place, not its message, which can quote a person's input. */
export function failure(error: unknown): { name: string; at?: string } {
  if (!(error instanceof Error)) return { name: typeof error };
  const frames = error.stack?.split('\n').filter((text) => /^\s+at /.test(text));
  return { name: error.name, ...(frames?.length && { at: frames.slice(0, 6).join('\n') }) };
}
