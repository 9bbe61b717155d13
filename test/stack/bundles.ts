import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Secrets, SIGNING_SECRETS_KEPT } from '../../functions/platform/secrets.ts';
import { close, listen } from '../../infra/local/gateway.ts';
import {
  type FunctionName,
  functions,
  type ObjectAction,
  type Rights,
  type ServiceFunction,
} from '../../infra/service.ts';
import { bundleFloors, bytesAtStart, MOST_OF_FLOOR } from '../bench/cold.ts';
import { type Assembly, all, assetOf, named } from './assembly.ts';
import { sqsEvent } from './events.ts';
import { type Live, startLive } from './live.ts';
import { type Done, playAll, startPages } from './repertoire.ts';

const doors = Object.entries<ServiceFunction>(functions) as [FunctionName, ServiceFunction][];
/** Doors that SQS starts with ids. */
const QUEUED = ['suggest', 'send', 'fetch', 'import'] as const;

const OBJECTS: Record<ObjectAction, string> = {
  'mail:read': 's3:GetObject hallway-mail/in/',
  'mail:delete': 's3:DeleteObject hallway-mail/in/',
  'uploads:read': 's3:GetObject hallway-files/uploads/',
  'uploads:write': 's3:PutObject hallway-files/uploads/',
  'uploads:delete': 's3:DeleteObject hallway-files/uploads/',
  'uploads:list': 's3:ListBucket hallway-files/uploads/',
  'exports:read': 's3:GetObject hallway-files/exports/',
  'exports:write': 's3:PutObject hallway-files/exports/',
  'exports:delete': 's3:DeleteObject hallway-files/exports/',
};

/** What the list allows, as the wire writes it down. */
function listed({ table, indexes, queues, objects, mail }: Rights): string[] {
  return [
    ...['signing', 'pepper'].map((secret) => `secretsmanager:GetSecretValue ${secret}`),
    ...table.map((action) => `${action} table`),
    ...indexes.map((index) => `dynamodb:Query index/${index}`),
    ...queues.map((queue) => `sqs:SendMessage ${queue}`),
    ...objects.map((action) => OBJECTS[action]),
    ...mail,
  ].sort();
}

/** The bundles that synth made, started and called by the events that AWS would bring. */
export function describeBundles(assembly: () => Assembly): void {
  let live: Live;
  let done: Done;
  let stopPages: () => Promise<void>;

  beforeAll(async () => {
    const made = assembly();
    const { resources } = made;
    const lambda = (name: string) => all('AWS::Lambda::Function', resources).get(named(name));
    const layer = all('AWS::Lambda::LayerVersion', resources).get('Models');
    // As Lambda unpacks a layer, but for the place: beside the code.
    symlinkSync(assetOf(made, layer.Content), join(made.dir, 'models'));
    const pages = await startPages();
    stopPages = pages.stop;
    live = await startLive(
      (name) => assetOf(made, lambda(name).Code),
      (name) => lambda(name).Environment.Variables,
      { HALLWAY_FETCH_ALLOW: pages.host, HALLWAY_UNDO_SECONDS: '0' },
    );
    done = await playAll(live, pages.host);
    // Eight processes, one of them with the models.
  }, 180_000);

  afterAll(async () => {
    await live?.stop();
    await stopPages?.();
  });

  describe.each(doors)('what %s asks of AWS', (name, { rights }) => {
    const made = () => [...live.wires[name].calls].sort();

    test('it may', () => {
      expect(made().filter((call) => !listed(rights).includes(call))).toEqual([]);
    });

    test('is all that it may', () => {
      expect(listed(rights).filter((right) => !made().includes(right))).toEqual([]);
    });
  });

  describe('the log lines of all that', () => {
    test('are JSON that can be searched', () => {
      expect(live.lines).not.toEqual([]);
      for (const { line } of live.lines) expect(() => JSON.parse(line)).not.toThrow();
    });

    test('hold no address, no name, nothing that a person wrote, and nothing that lets in', () => {
      const text = live.lines.map(({ line }) => line).join('\n');
      expect(text).not.toMatch(/planted|[\w.-]+@[\w-]+\.\w/i);
      for (const secret of done.secrets) expect(text).not.toContain(secret);
      expect(text).not.toContain('friends.example');
    });

    test('lead from the article to the delivery of the note by its ids', () => {
      const about = (id: string) =>
        new Set(live.lines.filter(({ line }) => line.includes(id)).map(({ name }) => name));
      expect([...about(done.articleId)]).toEqual(expect.arrayContaining(['api', 'suggest', 'send']));
      expect([...about(done.noteId)]).toEqual(expect.arrayContaining(['api', 'tick', 'send', 'mail-events']));
    });

    test('tell CloudWatch whether notes leave', () => {
      const told = live.lines.map(({ line }) => JSON.parse(line)).filter((line) => '_aws' in line);
      const names = told.flatMap((line) =>
        line._aws.CloudWatchMetrics.flatMap((one: { Namespace: string; Metrics: { Name: string }[] }) =>
          one.Metrics.map(({ Name }) => `${one.Namespace} ${Name}`),
        ),
      );
      expect([...new Set(names)].sort()).toEqual(
        ['OldestDueNote', 'NotesDue', 'NotesLeased', 'NotesAccepted', 'NotesRefused', 'NotesUnknown']
          .map((name) => `Hallway ${name}`)
          .sort(),
      );
    });
  });

  test('what the API loads at its start is at most 1.25 times its floor, in bytes', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'hallway-floor-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    await bundleFloors(dir);
    const { Code } = all('AWS::Lambda::Function', assembly().resources).get('api');
    const ours = bytesAtStart(assetOf(assembly(), Code));
    const floor = bytesAtStart(join(dir, 'floor'));
    expect(floor).toBeGreaterThan(300_000);
    expect(ours / floor).toBeLessThanOrEqual(MOST_OF_FLOOR);
  });

  describe('a batch', () => {
    test.each(QUEUED)(
      'of %s with a record that is none of ours is done with: no retry could mend it',
      async (name) => {
        const poison = sqsEvent(name, 'not JSON', '{"userId":1}', '', '[]');
        expect(await live.call(name, poison)).toEqual({ batchItemFailures: [] });
      },
    );

    test('of mail-in is, too', async () => {
      const setUp = JSON.stringify({ Type: 'Notification', Message: 'Successfully validated SNS topic' });
      expect(await live.call('mail-in', sqsEvent('mail-in', setUp, 'not JSON'))).toEqual({
        batchItemFailures: [],
      });
    });

    test('names the record that failed, and only that', async () => {
      const named = (userId: string, id: string) => JSON.stringify({ userId, id });
      const gone = named(done.userId, 'art_01KABCDEFGHJKMNPQRSTVWXYZ0');
      const known = named(done.userId, done.articleId);
      // A key over 2,048 bytes is refused by the database, each time.
      const failing = named('usr_'.padEnd(3000, 'X'), done.articleId);
      const event = sqsEvent('suggest', gone, failing, 'not JSON', known);
      expect(await live.call('suggest', event)).toEqual({
        batchItemFailures: [{ itemIdentifier: event.Records[1]?.messageId }],
      });
    });
  });
}

const ACTIVE = 'DescribeActiveReceiptRuleSet';
const SET = 'SetActiveReceiptRuleSet';

/** What AWS itself starts, to end a deployment and to turn a secret over. */
export function describeHands(assembly: () => Assembly): void {
  /** A server that plays AWS: `answer` reads what was asked. */
  async function play(answer: (body: string, target: string) => string): Promise<string> {
    const server = createServer(async (req, res) => {
      res.end(answer(await text(req), String(req.headers['x-amz-target'])));
    });
    const port = await listen(server, { port: 0, host: '127.0.0.1', setting: 'port' });
    onTestFinished(() => close(server, 0));
    return `http://127.0.0.1:${port}`;
  }

  async function open(name: string, endpoint: string) {
    const settings = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
    for (const [variable, value] of Object.entries({ ...settings, AWS_ENDPOINT_URL: endpoint })) {
      vi.stubEnv(variable, value);
    }
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const { Code } = all('AWS::Lambda::Function', assembly().resources).get(name);
    // Loaded anew: its client reads the environment once.
    const url = `${pathToFileURL(join(assetOf(assembly(), Code), 'index.mjs')).href}?${randomUUID()}`;
    return (await import(/* @vite-ignore */ url)).handler as (event: unknown) => Promise<void>;
  }

  test.each([
    [
      'with no rule set active, makes ours the active one',
      'Create',
      '',
      [ACTIVE, `${SET} ours`],
      'None: mail comes in.',
    ],
    ['with ours active already, changes nothing', 'Update', 'ours', [ACTIVE], 'None: mail comes in.'],
    [
      'leaves another one alone, and says the step',
      'Create',
      'theirs',
      [ACTIVE],
      'The rule set theirs is active and stays so. Mail comes in once this was run: aws ses set-active-receipt-rule-set --rule-set-name ours',
    ],
    [
      'makes way for the stack to be deleted',
      'Delete',
      'ours',
      [ACTIVE, `${SET} `],
      'Mail no longer comes in.',
    ],
    [
      'leaves another one alone when the stack goes',
      'Delete',
      'theirs',
      [ACTIVE],
      'Mail no longer comes in.',
    ],
  ])('activate, %s', async (_what, RequestType, active, asked, Step) => {
    const calls: string[] = [];
    const ses = await play((body) => {
      const form = new URLSearchParams(body);
      const action = form.get('Action') ?? '';
      calls.push(action === SET ? `${action} ${form.get('RuleSetName') ?? ''}` : action);
      const metadata = active && `<Metadata><Name>${active}</Name></Metadata>`;
      return `<${action}Response><${action}Result>${action === ACTIVE ? metadata : ''}</${action}Result></${action}Response>`;
    });
    const told: unknown[] = [];
    const ResponseURL = await play((body) => {
      told.push(JSON.parse(body));
      return '';
    });
    const handler = await open('activate', ses);
    const request = { StackId: 'arn:stack', RequestId: 'request-1', LogicalResourceId: 'MailInActive' };
    const ResourceProperties = { ServiceToken: 'arn:activate', RuleSetName: 'ours' };
    await handler({ ...request, RequestType, ResponseURL, ResourceProperties });
    expect(calls).toEqual(asked);
    expect(told).toEqual([
      { ...request, PhysicalResourceId: 'active-receipt-rules', Status: 'SUCCESS', Data: { Step } },
    ]);
  });

  test('activate, if SES refuses, says so: CloudFormation would wait for an hour', async () => {
    const ses = await play(() => 'no XML');
    const told: { Status: string }[] = [];
    const ResponseURL = await play((body) => {
      told.push(JSON.parse(body));
      return '';
    });
    await (await open('activate', ses))({ RequestType: 'Create', ResponseURL, ResourceProperties: {} });
    expect(told).toMatchObject([{ Status: 'FAILED' }]);
  });

  test('rotate turns the signing secret over, and links signed before stay good', async () => {
    const versions = new Map([['v1', { text: 's'.repeat(64), stages: ['AWSCURRENT'] }]]);
    const at = (stage: string) => [...versions].find(([, { stages }]) => stages.includes(stage));
    const manager = await play((body, target) => {
      const asked = JSON.parse(body);
      switch (target.split('.')[1]) {
        case 'GetSecretValue':
          return JSON.stringify({ SecretString: at(asked.VersionStage)?.[1].text });
        case 'DescribeSecret':
          return JSON.stringify({
            VersionIdsToStages: Object.fromEntries([...versions].map(([id, { stages }]) => [id, stages])),
          });
        case 'PutSecretValue':
          versions.set(asked.ClientRequestToken, { text: asked.SecretString, stages: asked.VersionStages });
          return '{}';
        default: {
          const [old, next] = [versions.get(asked.RemoveFromVersionId), versions.get(asked.MoveToVersionId)];
          if (old) old.stages = ['AWSPREVIOUS'];
          if (next) next.stages = [asked.VersionStage];
          return '{}';
        }
      }
    });
    const handler = await open('rotate', manager);
    const current = () => new Secrets({ signing: at('AWSCURRENT')?.[1].text, pepper: 'p'.repeat(64) });
    const links = [current().sign('stop', 0)];
    for (let turn = 1; turn < SIGNING_SECRETS_KEPT; turn++) {
      const before = current();
      const ClientRequestToken = `turn-${turn}`;
      for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret', 'finishSecret']) {
        await handler({ SecretId: 'arn:Signing', ClientRequestToken, Step });
      }
      const link = current().sign('stop', turn);
      // Functions that were started before the turn read what is signed after it.
      expect(before.verify('stop', link)).toBe(turn);
      links.push(link);
    }
    expect(links.map((link) => current().verify('stop', link))).toEqual(links.map((_, turn) => turn));
    expect(new Set(links.map((link) => link.split('.')[1])).size).toBe(links.length);
  });
}
