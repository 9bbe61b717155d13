import { Logger } from '@aws-lambda-powertools/logger';

/** Structured lines. Only ids, names of states and numbers may go in: never a note's text, an address or a token. */
export const log = new Logger({ serviceName: 'hallway' });

/** What may be said of a failure: its kind and place, not its message, which can quote a person's input. */
export function failure(error: unknown): { name: string; at?: string } {
  if (!(error instanceof Error)) return { name: typeof error };
  const frames = error.stack?.split('\n').filter((text) => /^\s+at /.test(text));
  return { name: error.name, ...(frames?.length && { at: frames.slice(0, 6).join('\n') }) };
}
