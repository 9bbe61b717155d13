import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSecrets, Secrets } from '../../functions/platform/secrets.ts';
import { close, listen } from '../../infra/local/gateway.ts';

const SIGNING = 's'.repeat(64);
const PEPPER = 'p'.repeat(64);
const STORED: Record<string, string> = { signing: SIGNING, pepper: PEPPER, short: 'salt' };

/** Plays Secrets Manager's JSON protocol. */
const server = createServer(async (req, res) => {
  const { SecretId } = (await json(req)) as { SecretId: string };
  const known = req.headers['x-amz-target'] === 'secretsmanager.GetSecretValue' && SecretId in STORED;
  const answer = known
    ? { SecretString: STORED[SecretId] }
    : { __type: 'ResourceNotFoundException', Message: "Secrets Manager can't find the specified secret." };
  res.writeHead(known ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
  res.end(JSON.stringify(answer));
});

beforeAll(async () => {
  const port = await listen(server, { port: 0, host: '127.0.0.1', setting: 'port' });
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await close(server, 0);
});

const fromManager = (signing: string, pepper: string) =>
  openSecrets({ SIGNING_SECRET_ID: signing, PEPPER_SECRET_ID: pepper });

test('on AWS each secret is one of Secrets Manager', async () => {
  const opened = await fromManager('signing', 'pepper');
  const expected = new Secrets({ signing: SIGNING, pepper: PEPPER });
  expect(opened.code('stop', 'frd_1')).toBe(expected.code('stop', 'frd_1'));
  expect(opened.addressHash('grace@example.org')).toBe(expected.addressHash('grace@example.org'));
});

test('a secret that is too short is not taken', async () => {
  await expect(fromManager('signing', 'short')).rejects.toThrow('pepper');
});

test('a secret that is not there stops the function', async () => {
  await expect(fromManager('signing', 'elsewhere')).rejects.toThrow("can't find the specified secret");
});

test('on one machine both come in one variable', async () => {
  const opened = await openSecrets({ HALLWAY_SECRETS: JSON.stringify({ signing: SIGNING, pepper: PEPPER }) });
  const signed = opened.sign('stop', { friend: 'frd_1' });
  expect(new Secrets({ signing: SIGNING, pepper: PEPPER }).verify('stop', signed)).toEqual({
    friend: 'frd_1',
  });
});

test.each([{}, { SIGNING_SECRET_ID: 'hallway-signing' }])(
  'without both it says what to set: %o',
  async (environment) => {
    await expect(openSecrets(environment)).rejects.toThrow(
      'Set SIGNING_SECRET_ID and PEPPER_SECRET_ID, or HALLWAY_SECRETS.',
    );
  },
);
