import { randomUUID } from 'node:crypto';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { addUser } from '../../functions/accounts/accounts.ts';
import { clients } from '../../functions/platform/clients.ts';
import { openGround } from '../../functions/platform/ground.ts';
import { Table } from '../../functions/platform/table.ts';
import { bundleFunctions } from '../../infra/bundle.ts';
import { startGateway } from '../../infra/local/gateway.ts';
import { httpEvent } from '../stack/events.ts';

const PAGE = `<!doctype html><html lang="en"><head><title>What the oven knows</title></head><body><article><h1>What the oven knows</h1>
<p>${'Flour, yeast and salt: a loaf of sourdough rises overnight, and the crust sings when it leaves the oven. '.repeat(7)}</p></article></body></html>`;

/** As the runner has them; those that AWS gets are called in `test/stack`. */
test('with packages beside, the API reads a page, keeps it, and finds whom it is for', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hallway-bundle-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await bundleFunctions(resolve(import.meta.dirname, '../..'), dir, { minify: false, packages: 'beside' });

  const queueUrls = inject('queueUrls');
  const environment: Record<string, string> = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: inject('databaseEndpoint'),
    AWS_ENDPOINT_URL_SQS: inject('queueEndpoint'),
    TABLE_NAME: `hallway-${randomUUID()}`,
    QUEUE_URL_SUGGEST: queueUrls.suggest ?? '',
    QUEUE_URL_SEND: queueUrls.send ?? '',
    QUEUE_URL_FETCH: queueUrls.fetch ?? '',
    QUEUE_URL_IMPORT: queueUrls.import ?? '',
    FILES_BUCKET: 'hallway-files',
    FILES_URL: `${inject('queueEndpoint')}/hallway-files/`,
    BASE_URL: 'http://localhost:8787',
    MAIL_FROM: 'notes@hallway.localhost',
    INGEST_DOMAIN: 'hallway.localhost',
    MAIL_BUCKET: 'hallway-mail',
    HALLWAY_SECRETS: JSON.stringify({ signing: 's'.repeat(43), pepper: 'p'.repeat(43) }),
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  await Table.create(environment.TABLE_NAME ?? '', clients.table());
  const { apiToken } = await addUser(await openGround(), {
    email: 'ada@users.example',
    name: 'Ada',
    timeZone: 'Europe/London',
  });

  const { handler } = await import(/* @vite-ignore */ pathToFileURL(join(dir, 'api/index.mjs')).href);
  const gateway = await startGateway({ port: 0, host: '127.0.0.1', handler });
  onTestFinished(gateway.stop);
  const post = (path: string, body: object) =>
    fetch(`${gateway.url}/api${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${apiToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  await post('/friends', { name: 'Grace', interests: ['baking bread'] });
  const response = await post('/articles', { url: 'https://paper.example/oven', html: PAGE });
  expect(response.status).toBe(201);
  expect(await response.json()).toMatchObject({
    title: 'What the oven knows',
    wordCount: 133,
    language: 'en',
    // The page has none of these words: only the models know what a loaf is.
    suggestions: [{ friendName: 'Grace' }],
  });
  expect((await fetch(`${gateway.url}/sign-in`)).status).toBe(200);
  // Some scripts send a body with everything.
  expect(await handler(httpEvent({ path: '/api/friends', body: '{}' }))).toMatchObject({
    statusCode: 401,
    headers: { 'content-type': 'application/problem+json' },
  });
  // Once for all functions that read pages.
  await access(join(dir, 'extract-thread.mjs'));
}, 60_000); // All functions are bundled, and the models are loaded.
