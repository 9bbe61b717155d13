import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSettings } from '../../functions/platform/settings.ts';
import { indexes } from '../../functions/platform/table.ts';
import { readContext } from '../../infra/aws/context.ts';
import { HallwayStack } from '../../infra/aws/stack.ts';
import {
  functions,
  MAX_RECEIVES,
  queues,
  type ServiceFunction,
  VISIBILITY_TIMEOUTS,
} from '../../infra/service.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules/.bin');
const CONTEXT = { mailDomain: 'hallway.example', ownerEmail: 'ada@hallway.example', region: 'eu-west-1' };

const run = promisify(execFile);
const PSEUDO: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': '111122223333',
  'AWS::URLSuffix': 'amazonaws.com',
};
const doors = Object.entries<ServiceFunction>(functions);

interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type of resource has its own shape.
  Properties: any;
  DeletionPolicy?: string;
}
type Resources = Record<string, Resource>;

let dir: string;
let assembly: string;
let stack: Resources;
let outputs: Record<string, { Value: unknown }>;
/** What the command said. */
let said: string;

/** The real command, without credentials and with a proxy that is not there: what reaches for the network fails. */
function synth() {
  return run(join(BIN, 'cdk'), ['synth', '--quiet', '--output', assembly], {
    cwd: ROOT,
    env: {
      PATH: `${BIN}${delimiter}${process.env.PATH}`,
      HOME: dir,
      HTTPS_PROXY: 'http://127.0.0.1:9',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hallway-stack-'));
  assembly = join(dir, 'cdk.out');
  said = (await synth()).stderr;
  const template = JSON.parse(readFileSync(join(assembly, 'Hallway.template.json'), 'utf8'));
  stack = template.Resources;
  outputs = template.Outputs;
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The stack with other context, on functions without code. */
function stackWith(context: Record<string, string>): Resources {
  const bundle = join(dir, 'bundle');
  for (const name of [...doors.map(([door]) => door), 'models'])
    mkdirSync(join(bundle, name), { recursive: true });
  const app = new App();
  const made = new HallwayStack(app, 'Hallway', { ...readContext((name) => context[name]), bundle });
  return Template.fromStack(made).toJSON().Resources;
}

/** A name without the hash that the CDK puts behind it. */
const short = (id: string) => id.replace(/[0-9A-F]{8}$/, '');

/** What CloudFormation will put in a value's place, near enough to read it and to compare it. */
function literal(value: unknown, of: Resources = stack): unknown {
  if (Array.isArray(value)) return value.map((one) => literal(one, of));
  if (typeof value !== 'object' || value === null) return value;
  if ('Ref' in value) {
    const id = String(value.Ref);
    const resource = of[id];
    if (resource?.Type === 'AWS::SQS::Queue') return `https://sqs.example/${short(id)}`;
    if (resource?.Type === 'AWS::SecretsManager::Secret') return `arn:${short(id)}`;
    if (resource?.Type === 'AWS::SES::EmailIdentity') return resource.Properties.EmailIdentity;
    return PSEUDO[id] ?? short(id);
  }
  if ('Fn::GetAtt' in value) {
    const [id, attribute] = value['Fn::GetAtt'] as [string, string];
    return attribute === 'ApiEndpoint' ? `https://${short(id)}.example` : `arn:${short(id)}`;
  }
  if ('Fn::Join' in value) return (literal((value['Fn::Join'] as unknown[])[1], of) as string[]).join('');
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, literal(one, of)]));
}

/** Every resource of a type, by its short name, with plain values. */
function all(type: string, of: Resources = stack) {
  const found = Object.entries(of).filter(([, resource]) => resource.Type === type);
  return new Map(
    found.map(([id, { Properties }]) => [short(id), literal(Properties, of) as Resource['Properties']]),
  );
}

/** The short name of what belongs to a function. */
const named = (name: string, part = '') => `${name}${part}`.replaceAll('-', '');

const lambda = (name: string) => all('AWS::Lambda::Function').get(named(name));

/** `action resource`, each right of a function's role, in order. */
function rightsOf(name: string): string[] {
  const role = named(name, '-role');
  expect(all('AWS::IAM::Role').get(role)).not.toHaveProperty('ManagedPolicyArns');
  const policies = [...all('AWS::IAM::Policy').values()].filter(({ Roles }) => Roles.includes(role));
  return policies
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action, Resource }) => pairs([Action].flat(), [Resource].flat()))
    .sort();
}

const pairs = (actions: string[], on: string[]) =>
  actions.flatMap((action) => on.map((one) => `${action} ${one}`));

test('cdk synth needs no network and no account, and says what to set before a deployment', () => {
  expect(Object.keys(stack).length).toBeGreaterThan(doors.length);
  expect(said).toContain('Before you deploy, set your own domain, mailDomain and ownerEmail in cdk.json.');
});

describe.each(doors)('the function %s', (name, { rights, timeoutSeconds, memoryMb }) => {
  test('is as the list says, on Node 24', () => {
    expect(lambda(name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: timeoutSeconds,
      MemorySize: memoryMb,
      LoggingConfig: { LogGroup: named(name, '-log') },
    });
  });

  test('finds all it reads in its environment', () => {
    const environment = lambda(name).Environment.Variables;
    expect(readSettings(environment)).toMatchObject({
      tableName: 'Table',
      queueUrls: { suggest: 'https://sqs.example/suggestqueue', send: 'https://sqs.example/sendqueue' },
      baseUrl: 'https://hallway.example',
      mailFrom: 'notes@hallway.example',
      ingestDomain: 'hallway.example',
      mailBucket: 'MailIn',
      filesBucket: 'Files',
      filesUrl: 'https://s3.eu-west-1.amazonaws.com/Files/',
      configurationSet: 'Mail',
    });
    expect(environment).toMatchObject({ SIGNING_SECRET_ID: 'arn:Signing', PEPPER_SECRET_ID: 'arn:Pepper' });
  });

  test('may do what the list says, take what starts it, write its log, read the secrets, and nothing else', () => {
    const { trigger } = functions[name as keyof typeof functions];
    const from = {
      queue: pairs(
        [
          'ReceiveMessage',
          'DeleteMessage',
          'ChangeMessageVisibility',
          'GetQueueAttributes',
          'GetQueueUrl',
        ].map((action) => `sqs:${action}`),
        [`arn:${named(name, '-queue')}`],
      ),
      'mail-events': pairs(
        ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
        ['arn:maileventsdeadletters'],
      ),
      http: [],
      clock: [],
    };
    const identity = 'arn:aws:ses:eu-west-1:111122223333';
    const mail = {
      'ses:SendRawEmail': [
        `${identity}:identity/hallway.example`,
        `${identity}:identity/ada@hallway.example`,
        `${identity}:configuration-set/Mail`,
      ],
      // IAM knows no resource for it.
      'ses:GetSendQuota': ['*'],
    };
    const objects = {
      'mail:read': ['s3:GetObject arn:MailIn/in/*', 's3:ListBucket arn:MailIn'],
      'uploads:read': ['s3:GetObject arn:Files/uploads/*', 's3:ListBucket arn:Files'],
      'uploads:write': ['s3:PutObject arn:Files/uploads/*'],
      'uploads:delete': ['s3:DeleteObject arn:Files/uploads/*'],
      'exports:read': ['s3:GetObject arn:Files/exports/*'],
      'exports:write': ['s3:PutObject arn:Files/exports/*', 's3:AbortMultipartUpload arn:Files/exports/*'],
    };
    expect(rightsOf(name)).toEqual(
      [
        ...pairs(['logs:CreateLogStream', 'logs:PutLogEvents'], [`arn:${named(name, '-log')}`]),
        ...pairs(['secretsmanager:GetSecretValue'], ['arn:Signing', 'arn:Pepper']),
        ...pairs(rights.table, ['arn:Table']),
        ...pairs(
          ['dynamodb:Query'],
          rights.indexes.map((index) => `arn:Table/index/${index}`),
        ),
        ...pairs(
          ['sqs:SendMessage'],
          rights.queues.map((queue) => `arn:${named(queue, '-queue')}`),
        ),
        ...rights.objects.flatMap((action) => objects[action]),
        ...rights.mail.flatMap((action) => pairs([action], mail[action])),
        ...from[trigger.kind],
      ].sort(),
    );
  });

  test('loads from its bundle, which has no source map', async () => {
    const asset = join(assembly, `asset.${String(lambda(name).Code.S3Key).replace('.zip', '')}`);
    const files = readdirSync(asset, { recursive: true }).map(String);
    expect(files.filter((file) => file.endsWith('.map'))).toEqual([]);

    const secret = 's'.repeat(64);
    const { SIGNING_SECRET_ID, PEPPER_SECRET_ID, ...environment } = lambda(name).Environment.Variables;
    const script = `console.log(typeof (await import('./index.mjs')).handler)`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: asset,
      env: {
        ...environment,
        AWS_REGION: 'eu-west-1',
        HALLWAY_SECRETS: JSON.stringify({ signing: secret, pepper: secret }),
      },
    });
    expect(stdout).toBe('function\n');
  });
});

test('there is no function beside the list', () => {
  expect([...all('AWS::Lambda::Function').keys()]).toEqual(doors.map(([name]) => named(name)));
});

test('mail leaves only from the address of notes', () => {
  const statements = [...all('AWS::IAM::Policy').values()].flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement,
  );
  const sending = statements.filter(({ Action }) => [Action].flat().includes('ses:SendRawEmail'));
  const condition = { StringEquals: { 'ses:FromAddress': 'notes@hallway.example' } };
  expect(sending.map(({ Condition }) => Condition)).toEqual([condition, condition, condition]);
});

test('the table is the one that the functions know', () => {
  const id = Object.keys(stack).find((one) => stack[one]?.Type === 'AWS::DynamoDB::GlobalTable') ?? '';
  const key = (pk: string, sk: string) => [
    { AttributeName: pk, KeyType: 'HASH' },
    { AttributeName: sk, KeyType: 'RANGE' },
  ];
  const table = stack[id]?.Properties;
  expect(table.KeySchema).toEqual(key('pk', 'sk'));
  expect(table.GlobalSecondaryIndexes).toEqual(
    indexes.map(({ name, pk, sk, include }) => ({
      IndexName: name,
      KeySchema: key(pk, sk),
      Projection: include
        ? { ProjectionType: 'INCLUDE', NonKeyAttributes: include }
        : { ProjectionType: 'ALL' },
    })),
  );
  expect(table.BillingMode).toBe('PAY_PER_REQUEST');
  expect(table.TimeToLiveSpecification).toEqual({ AttributeName: 'ttl', Enabled: true });
  expect(table).not.toHaveProperty('StreamSpecification');
});

test('what cannot be made again is kept', () => {
  const [table] = [...all('AWS::DynamoDB::GlobalTable').values()];
  expect(table.Replicas[0]).toMatchObject({
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
  expect(table.SSESpecification.SSEEnabled).toBe(true);
  const kept = Object.keys(stack).filter((id) => stack[id]?.DeletionPolicy === 'Retain');
  expect(kept.map(short)).toEqual(['Table', 'Pepper']);
});

test.each(Object.entries(queues))('the queue %s outlasts its function, then gives up', (queue, name) => {
  const { timeoutSeconds, trigger } = functions[name];
  expect(all('AWS::SQS::Queue').get(named(queue, '-queue'))).toEqual({
    VisibilityTimeout: VISIBILITY_TIMEOUTS * timeoutSeconds,
    RedrivePolicy: {
      deadLetterTargetArn: `arn:${named(queue, '-dead-letters')}`,
      maxReceiveCount: MAX_RECEIVES,
    },
    SqsManagedSseEnabled: true,
  });
  expect([...all('AWS::Lambda::EventSourceMapping').values()]).toContainEqual({
    EventSourceArn: `arn:${named(queue, '-queue')}`,
    FunctionName: named(name),
    BatchSize: trigger.batchSize,
    ScalingConfig: { MaximumConcurrency: trigger.maxConcurrency },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
});

test('no queue, no topic and no bucket takes a plain connection', () => {
  const policies = ['AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::S3::Bucket'].flatMap((type) => {
    const found = [...all(`${type}Policy`).values()];
    expect(found).toHaveLength(all(type).size);
    return found;
  });
  for (const { PolicyDocument } of policies) {
    expect(PolicyDocument.Statement[0]).toMatchObject({
      Effect: 'Deny',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  }
});

describe('mail in', () => {
  test('is looked through, kept, and said to the queue', () => {
    expect([...all('AWS::SES::ReceiptRule').values()]).toEqual([
      {
        RuleSetName: 'MailInRules',
        Rule: {
          Enabled: true,
          ScanEnabled: true,
          Recipients: ['hallway.example'],
          Actions: [{ S3Action: { BucketName: 'MailIn', ObjectKeyPrefix: 'in/', TopicArn: 'MailInTopic' } }],
        },
      },
    ]);
    expect([...all('AWS::SNS::Subscription').values()]).toEqual([
      { Protocol: 'sqs', TopicArn: 'MailInTopic', Endpoint: 'arn:mailinqueue' },
    ]);
  });

  test('is nobody else’s to read, and goes when its record goes', () => {
    expect(all('AWS::S3::Bucket').get('MailIn')).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 30, Status: 'Enabled' }] },
    });
  });

  test('comes from SES of this account alone', () => {
    const allowed = ['AWS::SNS::TopicPolicy', 'AWS::S3::BucketPolicy'].flatMap((type) =>
      [...all(type).values()].flatMap(({ PolicyDocument }) => PolicyDocument.Statement.slice(1)),
    );
    const ses = { Service: 'ses.amazonaws.com' };
    const ours = { StringEquals: { 'aws:SourceAccount': '111122223333' } };
    expect(allowed).toMatchObject([
      { Effect: 'Allow', Action: 'sns:Publish', Principal: ses, Condition: ours },
      {
        Effect: 'Allow',
        Action: 's3:PutObject',
        Principal: ses,
        Condition: ours,
        Resource: 'arn:MailIn/in/*',
      },
    ]);
  });

  test('waits for its last step, which is said', () => {
    expect(outputs.DnsMailIn?.Value).toBe('hallway.example MX 10 inbound-smtp.eu-west-1.amazonaws.com');
    expect(literal(outputs.MailInStep?.Value)).toBe(
      'aws ses set-active-receipt-rule-set --rule-set-name MailInRules',
    );
  });
});

describe('files in and out', () => {
  test('are nobody else’s to read, and go by themselves', () => {
    expect(all('AWS::S3::Bucket').get('Files')).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: [
          {
            ExpirationInDays: 7,
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
            Status: 'Enabled',
          },
        ],
      },
    });
  });

  test('are sent by browsers from our own pages, and from no others', () => {
    const { CorsConfiguration } = all('AWS::S3::Bucket').get('Files');
    expect(CorsConfiguration.CorsRules).toEqual([
      {
        AllowedMethods: ['PUT'],
        AllowedOrigins: ['https://hallway.example'],
        AllowedHeaders: ['content-type'],
      },
    ]);
    expect(all('AWS::S3::Bucket').get('MailIn')).not.toHaveProperty('CorsConfiguration');
  });
});

test('every request starts the function api, and so many at the most', () => {
  expect([...all('AWS::ApiGatewayV2::Route').values()]).toMatchObject([{ RouteKey: '$default' }]);
  expect([...all('AWS::ApiGatewayV2::Integration').values()]).toMatchObject([
    { IntegrationUri: 'arn:api', PayloadFormatVersion: '2.0' },
  ]);
  expect(all('AWS::ApiGatewayV2::Stage').get('Stage').DefaultRouteSettings).toEqual({
    ThrottlingRateLimit: 50,
    ThrottlingBurstLimit: 100,
  });
});

test('the access log holds no token and nothing that a person wrote', () => {
  const { Format } = all('AWS::ApiGatewayV2::Stage').get('Stage').AccessLogSettings;
  expect(JSON.parse(Format)).toMatchObject({ requestId: '$context.requestId', status: '$context.status' });
  expect(Format).not.toMatch(/path|query|uri|header|message|sourceIp|userAgent/i);
});

test('each minute starts tick, and a minute that failed is not tried again', () => {
  expect(all('AWS::Events::Rule').get('Clock')).toMatchObject({
    ScheduleExpression: 'rate(1 minute)',
    Targets: [{ Arn: 'arn:tick' }],
  });
  expect([...all('AWS::Lambda::EventInvokeConfig').values()]).toContainEqual(
    expect.objectContaining({ FunctionName: 'tick', MaximumRetryAttempts: 0 }),
  );
});

test('what SES says of our mail, and only of ours, starts mail-events; none of it is lost', () => {
  expect(all('AWS::Events::Rule').get('MailEvents')).toMatchObject({
    EventPattern: { source: ['aws.ses'], detail: { mail: { tags: { 'ses:configuration-set': ['Mail'] } } } },
    Targets: [{ Arn: 'arn:mailevents' }],
  });
  expect([...all('AWS::SES::ConfigurationSetEventDestination').values()]).toMatchObject([
    {
      ConfigurationSetName: 'Mail',
      EventDestination: {
        EventBridgeDestination: { EventBusArn: 'arn:aws:events:eu-west-1:111122223333:event-bus/default' },
        MatchingEventTypes: ['send', 'delivery', 'bounce', 'complaint'],
      },
    },
  ]);
  expect([...all('AWS::Lambda::EventInvokeConfig').values()]).toContainEqual(
    expect.objectContaining({
      FunctionName: 'mailevents',
      DestinationConfig: { OnFailure: { Destination: 'arn:maileventsdeadletters' } },
    }),
  );
});

test('both secrets are made on AWS, and long enough', () => {
  const made = { GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true } };
  expect([...all('AWS::SecretsManager::Secret').values()]).toMatchObject([made, made]);
});

test('every log is kept for 30 days', () => {
  const logs = all('AWS::Logs::LogGroup');
  expect([...logs.keys()].sort()).toEqual(
    [...doors.map(([name]) => named(name, '-log')), 'accesslog'].sort(),
  );
  for (const log of logs.values()) expect(log.RetentionInDays).toBe(30);
});

test('mail to nobody is counted', () => {
  const [filter] = all('AWS::Logs::MetricFilter').values();
  expect(filter.FilterPattern).toBe('{ $.message = "mail for nobody" }');
  expect(filter.MetricTransformations).toMatchObject([
    { MetricNamespace: 'Hallway', MetricName: 'MailForNobody', MetricValue: '$.recipients' },
  ]);
});

test('functions that match have the models in a layer, and no others', () => {
  for (const [name, { matches }] of doors) {
    const { Layers = [] } = all('AWS::Lambda::Function').get(named(name));
    expect([name, literal(Layers)]).toEqual([name, matches ? ['Models'] : []]);
  }
});

test('a domain of our own is the one way in; without it the address is that of the API', () => {
  expect(all('AWS::ApiGatewayV2::Api').get('Api').DisableExecuteApiEndpoint).toBe(true);
  expect(all('AWS::ApiGatewayV2::ApiMapping').get('Mapping')).toMatchObject({
    DomainName: 'Domain',
    Stage: '$default',
  });

  const plain = stackWith(CONTEXT);
  expect(all('AWS::ApiGatewayV2::Api', plain).get('Api').DisableExecuteApiEndpoint).toBe(false);
  expect(all('AWS::ApiGatewayV2::DomainName', plain).size).toBe(0);
  const environment = all('AWS::Lambda::Function', plain).get('api').Environment.Variables;
  expect(readSettings(environment).baseUrl).toBe('https://Api.example');
});

describe('the context', () => {
  test.each([
    ['domain', 'https://hallway.example', 'domain must be a host name in lower case'],
    ['mailDomain', 'Hallway', 'mailDomain must be a domain in lower case'],
    ['mailDomain', '', 'mailDomain must be a domain in lower case'],
    ['ownerEmail', 'ada', 'ownerEmail must be your own email address.'],
    ['region', 'Ireland', 'region must be an AWS region, like eu-west-1.'],
  ])('with %s %o it says what to set', (name, value, sentence) => {
    const wrong: Record<string, string> = { ...CONTEXT, [name]: value };
    expect(() => readContext((one) => wrong[one])).toThrow(sentence);
  });
});
