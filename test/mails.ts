import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Ground } from '../functions/platform/ground.ts';
import { newId } from '../functions/platform/ids.ts';
import { notificationOf } from '../infra/local/mail-in.ts';

/** A mail of `test/fixtures/mail` as it comes over the wire; the fixtures are kept with the line ends of the repository. */
export function fixture(name: string): string {
  const url = new URL(`fixtures/mail/${name}/mail.eml`, import.meta.url);
  return readFileSync(url, 'utf8').replaceAll('\n', '\r\n');
}

/** A mail of these header lines and this text, with a name of its own. */
export function mailOf(headers: Record<string, string>, text: string): string {
  const all: Record<string, string> = { 'Message-ID': `<${randomUUID()}@mail.example>`, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [...lines, '', text, ''].join('\r\n');
}

const PASS = { status: 'PASS' };
export const PASSED = {
  spamVerdict: PASS,
  virusVerdict: PASS,
  spfVerdict: PASS,
  dkimVerdict: PASS,
  dmarcVerdict: PASS,
};

/** What SES does with a mail: keeps it, and says so. The message for SQS. */
export async function handOver(
  ground: Ground,
  recipients: string[],
  raw: string | Buffer,
  verdicts: Partial<Record<keyof typeof PASSED, string>> = {},
): Promise<string> {
  const objectKey = `in/${newId('mail')}`;
  await ground.objects.put(objectKey, Buffer.from(raw));
  const said = Object.entries(verdicts).map(([name, status]) => [name, { status }]);
  const mail = { sender: 'bounces@mail.example', recipients, at: ground.clock().toISOString() };
  return notificationOf({ ...mail, verdicts: { ...PASSED, ...Object.fromEntries(said) } }, objectKey);
}
