import { GetSendQuotaCommand, type SESClient, SendRawEmailCommand } from '@aws-sdk/client-ses';
import { asciiAddress } from './address.ts';

/** What SES did with a mail, as far as can be known. */
export type Sent =
  /** SES has it. */
  | { outcome: 'accepted'; messageId: string }
  /** Certain that nothing left, and it may go better later. */
  | { outcome: 'not-sent'; cause: string }
  /** SES read it and will not take it: the same mail would be refused again. */
  | { outcome: 'refused'; cause: string }
  /** It may have left or not. */
  | { outcome: 'unknown'; cause: string };

export interface Mail {
  raw: Buffer;
  from: string;
  to: string;
  tags: Record<string, string>;
}

/** SES's answers of 400 that say "not now" (API reference, Common Errors and SendRawEmail). */
const NOT_NOW = new Set([
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'RequestExpired',
  'AccountSendingPausedException',
  'ConfigurationSetSendingPausedException',
  'ConfigurationSetDoesNotExist',
  'ConfigurationSetDoesNotExistException',
  'MailFromDomainNotVerified',
  'MailFromDomainNotVerifiedException',
]);

/** Not let in (a right that is missing is mended in time), not read to the end, too many, not there (Common Errors). */
const NOT_NOW_STATUS = [401, 403, 408, 429, 503];

/** Failures before a byte of the request was written. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * Reads a failure of SendRawEmail. Only what is certain is called certain: a 500, 502, 504, a reset or a timeout may
 * come after SES took the mail.
 */
export function readFailure(error: unknown): Exclude<Sent, { outcome: 'accepted' }> {
  const failure = error as {
    name?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number };
    cause?: { code?: string };
  };
  const cause = failure.name ?? 'unknown';
  const code = failure.code ?? failure.cause?.code;
  if (code !== undefined && NOT_CONNECTED.has(code)) return { outcome: 'not-sent', cause: code };
  // Made by the SDK before it opens a connection.
  if (cause === 'CredentialsProviderError') return { outcome: 'not-sent', cause };
  const status = failure.$metadata?.httpStatusCode;
  // A name that is the SDK's own means that the answer was not SES's XML: a proxy's page, or cut off.
  const parsed = !['Error', 'SyntaxError', 'TypeError', 'Unknown', 'UnknownError', 'SES'].includes(cause);
  if (status === undefined || !parsed) return { outcome: 'unknown', cause };
  if (NOT_NOW_STATUS.includes(status)) return { outcome: 'not-sent', cause };
  // The one 400 that says only that no answer was sent.
  if (cause === 'RequestAbortedException') return { outcome: 'unknown', cause };
  if (status >= 400 && status < 500) return { outcome: NOT_NOW.has(cause) ? 'not-sent' : 'refused', cause };
  return { outcome: 'unknown', cause };
}

export interface Quota {
  /** Mails a second; 0: no limit. */
  rate: number;
  /** Mails left of the 24 hours; Infinity: no limit. */
  left: number;
}

/** Mail out. The client must have `maxAttempts: 1`: a retry of the SDK's own could send twice. */
export class Mailer {
  readonly #client: SESClient;
  readonly #configurationSet: string | undefined;

  constructor(client: SESClient, configurationSet?: string) {
    this.#client = client;
    this.#configurationSet = configurationSet;
  }

  async send(mail: Mail): Promise<Sent> {
    try {
      const answer = await this.#client.send(
        new SendRawEmailCommand({
          RawMessage: { Data: mail.raw },
          Source: mail.from,
          Destinations: [asciiAddress(mail.to) ?? mail.to],
          ConfigurationSetName: this.#configurationSet,
          Tags: Object.entries(mail.tags).map(([Name, Value]) => ({ Name, Value })),
        }),
      );
      return { outcome: 'accepted', messageId: answer.MessageId ?? '' };
    } catch (error) {
      return readFailure(error);
    }
  }

  async quota(): Promise<Quota> {
    const answer = await this.#client.send(new GetSendQuotaCommand({}));
    const max = answer.Max24HourSend ?? 0;
    return {
      rate: answer.MaxSendRate ?? 1,
      // SES answers -1 for an account without a daily limit.
      left: max < 0 ? Number.POSITIVE_INFINITY : Math.max(0, max - (answer.SentLast24Hours ?? 0)),
    };
  }
}
