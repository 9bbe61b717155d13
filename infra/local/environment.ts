import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunnerSettings } from './settings.ts';

/** Of one machine; not to be had from outside it. */
export const MAIL_DOMAIN = 'hallway.localhost';
export const MAIL_BUCKET = 'hallway-mail';
export const FILES_BUCKET = 'hallway-files';
const TABLE_NAME = 'hallway';

/** `mail-in` as part of a variable's name: `MAIL_IN`. */
const constant = (name: string) => name.toUpperCase().replaceAll('-', '_');

/** The secrets of this data folder, made at its first use. */
function secretsOf(dir: string): string {
  const file = join(dir, 'secrets.json');
  if (!existsSync(file)) {
    const secret = () => randomBytes(32).toString('base64url');
    const made = JSON.stringify({ signing: secret(), pepper: secret() });
    // Whole or not at all: half a pepper would make every stop forgotten.
    writeFileSync(`${file}.new`, made, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return readFileSync(file, 'utf8');
}

/** What the stack sets on AWS, for the parts on this machine. */
export function functionEnvironment(
  settings: RunnerSettings,
  parts: {
    baseUrl: string;
    databaseEndpoint: string;
    queueEndpoint: string;
    /** By the queue's name. */
    queueUrls: Record<string, string>;
    mailEndpoint: string;
  },
): Record<string, string> {
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: parts.databaseEndpoint,
    AWS_ENDPOINT_URL_SQS: parts.queueEndpoint,
    AWS_ENDPOINT_URL_S3: parts.queueEndpoint,
    AWS_ENDPOINT_URL_SES: parts.mailEndpoint,
    TABLE_NAME,
    ...Object.fromEntries(
      Object.entries(parts.queueUrls).map(([name, url]) => [`QUEUE_URL_${constant(name)}`, url]),
    ),
    BASE_URL: parts.baseUrl,
    MAIL_FROM: `notes@${MAIL_DOMAIN}`,
    INGEST_DOMAIN: MAIL_DOMAIN,
    MAIL_BUCKET,
    FILES_BUCKET,
    FILES_URL: `${parts.queueEndpoint}/${FILES_BUCKET}/`,
    CONFIGURATION_SET: 'hallway',
    // Without an owner's address: `npm run user` makes the first account.
    SIGN_UP: settings.signUp,
    HALLWAY_SECRETS: secretsOf(settings.data),
    POWERTOOLS_LOG_LEVEL: process.env.POWERTOOLS_LOG_LEVEL ?? 'WARN',
    ...settings.forFunctions,
  };
}
