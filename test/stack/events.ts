import { randomUUID } from 'node:crypto';

/**
 * Events as AWS brings them, field by field as its documentation shows them: nothing here comes from the service's own
 * doors, nor from what plays AWS on one machine.
 */
const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';

export interface Ask {
  method?: string;
  path: string;
  query?: string;
  headers?: Record<string, string>;
  cookies?: string[];
  body?: string | Buffer;
}

/** API Gateway, HTTP API, payload format 2.0. */
export function httpEvent({ method = 'GET', path, query = '', headers = {}, cookies, body }: Ask) {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    ...(cookies && { cookies }),
    headers: {
      accept: '*/*',
      'content-length': String(body?.length ?? 0),
      host: 'my.hallway.example',
      'user-agent': 'Mozilla/5.0',
      'x-amzn-trace-id': 'Root=1-6743a1b2-0123456789abcdef01234567',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...headers,
    },
    ...(query && { queryStringParameters: Object.fromEntries(new URLSearchParams(query)) }),
    requestContext: {
      accountId: ACCOUNT,
      apiId: 'a1b2c3d4e5',
      domainName: 'my.hallway.example',
      domainPrefix: 'my',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'Mozilla/5.0' },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: '23/Nov/2026:12:00:00 +0000',
      timeEpoch: 1795435200000,
    },
    ...(body !== undefined && { body: body.toString(typeof body === 'string' ? undefined : 'base64') }),
    isBase64Encoded: body !== undefined && typeof body !== 'string',
  };
}

/** SQS, as an event source mapping brings a batch. */
export function sqsEvent(queue: string, ...bodies: string[]) {
  return {
    Records: bodies.map((body) => ({
      messageId: randomUUID(),
      receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
      body,
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1795435200000',
        SenderId: `AROAEXAMPLE:${queue}`,
        ApproximateFirstReceiveTimestamp: '1795435200001',
      },
      messageAttributes: {},
      md5OfBody: '7b270e59b47ff90a553787216d55d91d',
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:${REGION}:${ACCOUNT}:${queue}`,
      awsRegion: REGION,
    })),
  };
}

/** EventBridge, a rule with a rate. */
export function clockEvent() {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: ACCOUNT,
    time: '2026-11-23T12:00:00Z',
    region: REGION,
    resources: [`arn:aws:events:${REGION}:${ACCOUNT}:rule/Hallway-Clock`],
    detail: {},
  };
}

const TOLD = {
  Send: ['Email Sent', 'send'],
  Delivery: ['Email Delivered', 'delivery'],
  DeliveryDelay: ['Email Delivery Delayed', 'deliveryDelay'],
  Bounce: ['Email Bounced', 'bounce'],
  Complaint: ['Email Complaint Received', 'complaint'],
  Reject: ['Email Rejected', 'reject'],
} as const;

/** SES's news of a mail, by EventBridge. */
export function mailEvent(
  eventType: keyof typeof TOLD,
  mail: { to: string; messageId: string; tags: Record<string, string> },
  news: Record<string, unknown> = {},
) {
  const [detailType, name] = TOLD[eventType];
  const { to, messageId, tags } = mail;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': detailType,
    source: 'aws.ses',
    account: ACCOUNT,
    time: '2026-11-23T12:01:00Z',
    region: REGION,
    resources: [`arn:aws:ses:${REGION}:${ACCOUNT}:configuration-set/Mail`],
    detail: {
      eventType,
      mail: {
        timestamp: '2026-11-23T12:01:00.000Z',
        source: 'notes@hallway.example',
        sourceArn: `arn:aws:ses:${REGION}:${ACCOUNT}:identity/hallway.example`,
        sendingAccountId: ACCOUNT,
        messageId,
        destination: [to],
        headersTruncated: false,
        headers: [{ name: 'To', value: to }],
        commonHeaders: { from: ['notes@hallway.example'], to: [to], messageId },
        tags: {
          'ses:configuration-set': ['Mail'],
          'ses:source-ip': ['203.0.113.7'],
          ...Object.fromEntries(Object.entries(tags).map(([tag, value]) => [tag, [value]])),
        },
      },
      [name]: news,
    },
  };
}

/** SES's word of a mail that came in, in SNS's envelope, as SQS carries it. */
export function mailInBody({ from, to, objectKey }: { from: string; to: string; objectKey: string }): string {
  const pass = { status: 'PASS' };
  return JSON.stringify({
    Type: 'Notification',
    MessageId: randomUUID(),
    TopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:Hallway-MailInTopic`,
    Subject: 'Amazon SES Email Receipt Notification',
    Message: JSON.stringify({
      notificationType: 'Received',
      mail: {
        timestamp: '2026-11-23T12:00:00.000Z',
        source: from,
        messageId: objectKey.replace('in/', ''),
        destination: [to],
        headersTruncated: false,
        headers: [{ name: 'Return-Path', value: `<${from}>` }],
        commonHeaders: { returnPath: from, from: [from], to: [to], subject: 'Read this' },
      },
      receipt: {
        timestamp: '2026-11-23T12:00:00.000Z',
        processingTimeMillis: 412,
        recipients: [to],
        spamVerdict: pass,
        virusVerdict: pass,
        spfVerdict: pass,
        dkimVerdict: pass,
        dmarcVerdict: pass,
        action: {
          type: 'S3',
          topicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:Hallway-MailInTopic`,
          bucketName: 'mail-in',
          objectKeyPrefix: 'in/',
          objectKey,
        },
      },
    }),
    Timestamp: '2026-11-23T12:00:01.000Z',
    SignatureVersion: '1',
    Signature: 'EXAMPLE',
    SigningCertURL: `https://sns.${REGION}.amazonaws.com/SimpleNotificationService.pem`,
    UnsubscribeURL: `https://sns.${REGION}.amazonaws.com/?Action=Unsubscribe`,
  });
}
