import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SESClient } from '@aws-sdk/client-ses';
import { SQSClient } from '@aws-sdk/client-sqs';

/**
 * SES answers within a second; the door `send` ends after 30 s. A mail that hangs longer than this is left to its
 * events and its due time.
 */
const MAIL_TIMEOUT_MS = 10_000;

/** Where each service is comes from the environment (`AWS_ENDPOINT_URL_…` on one machine, AWS's own otherwise). */
export const clients = {
  table: (endpoint?: string) => new DynamoDBClient(endpoint ? { endpoint } : {}),
  queue: () => new SQSClient({}),
  // Path style: a bucket name is no host name on one machine.
  objects: () => new S3Client({ forcePathStyle: true }),
  // For links: with a checksum in them, only the empty file they are signed with could be sent.
  links: () => new S3Client({ forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' }),
  mail: () =>
    new SESClient({
      maxAttempts: 1,
      requestHandler: {
        requestTimeout: MAIL_TIMEOUT_MS,
        connectionTimeout: 3_000,
        // Without this the SDK only warns and waits on.
        throwOnRequestTimeout: true,
      },
    }),
};
