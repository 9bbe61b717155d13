import { readdirSync } from 'node:fs';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readSettings } from '../../functions/platform/settings.ts';
import { indexes } from '../../functions/platform/table.ts';
import { readContext } from '../../infra/aws/context.ts';
import { accepted } from '../../infra/aws/findings.ts';
import { HANDS } from '../../infra/bundle.ts';
import {
  functions,
  MAX_RECEIVES,
  queues,
  type ServiceFunction,
  VISIBILITY_TIMEOUTS,
} from '../../infra/service.ts';
import * as assembly from './assembly.ts';
import { CONTEXT, named, type Resources, resourcesWith, short, stackWith } from './assembly.ts';
import { describeBundles, describeHands } from './bundles.ts';

const doors = Object.entries<ServiceFunction>(functions);
/** Stacks made here, in this process, beside whatever else a machine does. */
vi.setConfig({ testTimeout: 90_000 });

const ZONE = { ...CONTEXT, domain: 'my.hallway.example', hostedZoneId: 'Z0123456789' };

let made: assembly.Assembly;
let stack: Resources;

beforeAll(async () => {
  made = await assembly.synth();
  stack = made.resources;
  // Ten seconds on a machine of its own.
}, 180_000);
afterAll(() => made?.remove());

const all = (type: string, of: Resources = stack) => assembly.all(type, of);
const literal = (value: unknown, of: Resources = stack) => assembly.literal(value, of);

/** The one resource of a type with this name; the only one, if no name is said. */
function one(type: string, name?: string, of: Resources = stack) {
  const found = all(type, of);
  if (name === undefined) expect(found.size, type).toBe(1);
  return name === undefined ? [...found.values()][0] : found.get(name);
}

const lambda = (name: string) => one('AWS::Lambda::Function', named(name));
const table = () => one('AWS::DynamoDB::GlobalTable');
const bucket = (name: string) => one('AWS::S3::Bucket', name);
const stage = () => one('AWS::ApiGatewayV2::Stage', 'Stage');
const accessLog = () => stage().AccessLogSettings.Format as string;
const events = () => one('AWS::SES::ConfigurationSetEventDestination').EventDestination;
const mailDomain = () => one('AWS::SES::EmailIdentity', 'MailDomain');
const receiptRule = () => one('AWS::SES::ReceiptRule').Rule;
const asyncInvoke = (name: string) =>
  [...all('AWS::Lambda::EventInvokeConfig').values()].find(
    ({ FunctionName }) => FunctionName === named(name),
  );
const output = (name: string) => literal(made.outputs[name]?.Value);

const PRIVATE = {
  BlockPublicAcls: true,
  BlockPublicPolicy: true,
  IgnorePublicAcls: true,
  RestrictPublicBuckets: true,
};
const ENCRYPTED = {
  ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
};

/** What the stack promises, where it stands in the template, and what stands there. */
const promises: [promise: string, found: () => unknown, expected: unknown][] = [
  // The table.
  ['the table is paid by request', () => table().BillingMode, 'PAY_PER_REQUEST'],
  ['its writes have a ceiling', () => table().WriteOnDemandThroughputSettings, { MaxWriteRequestUnits: 500 }],
  [
    'its reads have a ceiling',
    () => table().Replicas[0].ReadOnDemandThroughputSettings,
    { MaxReadRequestUnits: 1000 },
  ],
  [
    'so have its indexes',
    () => table().GlobalSecondaryIndexes.map((index: Resources) => index.WriteOnDemandThroughputSettings),
    [{ MaxWriteRequestUnits: 500 }, { MaxWriteRequestUnits: 500 }],
  ],
  [
    'it can be brought back to any second of 35 days',
    () => table().Replicas[0].PointInTimeRecoverySpecification,
    { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
  ],
  ['it cannot be deleted by mistake', () => table().Replicas[0].DeletionProtectionEnabled, true],
  [
    'what is over goes by itself',
    () => table().TimeToLiveSpecification,
    { AttributeName: 'ttl', Enabled: true },
  ],
  ['it is encrypted', () => table().SSESpecification, { SSEEnabled: true, SSEType: 'KMS' }],
  ['it has no stream', () => table().StreamSpecification, undefined],
  // What cannot be made again.
  [
    'the table and the pepper outlive the stack, and nothing else does',
    () =>
      Object.keys(stack)
        .filter((id) => stack[id]?.DeletionPolicy === 'Retain')
        .map(short),
    ['Table', 'Pepper'],
  ],
  // The way in.
  [
    'every request starts the function api',
    () => [...all('AWS::ApiGatewayV2::Route').values()].map(({ RouteKey }) => RouteKey),
    ['$default'],
  ],
  [
    'by API Gateway’s second format',
    () => [...all('AWS::ApiGatewayV2::Integration').values()],
    [{ ApiId: 'Api', IntegrationType: 'AWS_PROXY', IntegrationUri: 'arn:api', PayloadFormatVersion: '2.0' }],
  ],
  [
    'so many requests at the most',
    () => stage().DefaultRouteSettings,
    { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
  ],
  [
    'the access log has numbers and names of ours',
    () => Object.keys(JSON.parse(accessLog())),
    ['requestId', 'time', 'method', 'status', 'bytes', 'milliseconds', 'functionStatus', 'error'],
  ],
  [
    'and no token, no address of a machine, and nothing that a person wrote',
    () => accessLog().match(/path|query|uri|header|message|sourceIp|userAgent|route/gi),
    null,
  ],
  [
    'a domain of our own is the one way in',
    () => one('AWS::ApiGatewayV2::Api').DisableExecuteApiEndpoint,
    true,
  ],
  // Mail out.
  [
    'letters are signed for our domain',
    () => mailDomain().DkimSigningAttributes,
    { NextSigningKeyLength: 'RSA_2048_BIT' },
  ],
  [
    'and come from a domain of ours (SPF), as soon as DNS says so',
    () => mailDomain().MailFromAttributes,
    { MailFromDomain: 'bounces.hallway.example', BehaviorOnMxFailure: 'USE_DEFAULT_VALUE' },
  ],
  [
    'what becomes of a letter is told',
    () => events().MatchingEventTypes,
    ['send', 'delivery', 'deliveryDelay', 'bounce', 'complaint', 'reject'],
  ],
  [
    'to EventBridge',
    () => events().EventBridgeDestination.EventBusArn,
    'arn:aws:events:eu-west-1:111122223333:event-bus/default',
  ],
  [
    'of our letters, and only of ours, it starts mail-events',
    () => one('AWS::Events::Rule', 'MailEvents').EventPattern,
    { source: ['aws.ses'], detail: { mail: { tags: { 'ses:configuration-set': ['Mail'] } } } },
  ],
  [
    'news that cannot be handed over is kept',
    () => one('AWS::Events::Rule', 'MailEvents').Targets,
    [{ Id: 'Target0', Arn: 'arn:mailevents', DeadLetterConfig: { Arn: 'arn:maileventsdeadletters' } }],
  ],
  [
    'so is news that cannot be handled',
    () => asyncInvoke('mail-events').DestinationConfig,
    { OnFailure: { Destination: 'arn:maileventsdeadletters' } },
  ],
  // Mail in.
  ['mail in is looked through for spam and viruses', () => receiptRule().ScanEnabled, true],
  [
    'is kept, and said to SNS',
    () => receiptRule().Actions,
    [{ S3Action: { BucketName: 'MailIn', ObjectKeyPrefix: 'in/', TopicArn: 'MailInTopic' } }],
  ],
  ['is taken for our domain alone', () => receiptRule().Recipients, ['hallway.example']],
  [
    'is said to the queue, and what SNS cannot say is kept',
    () => [...all('AWS::SNS::Subscription').values()].filter(({ Protocol }) => Protocol === 'sqs'),
    [
      {
        Protocol: 'sqs',
        TopicArn: 'MailInTopic',
        Endpoint: 'arn:mailinqueue',
        RedrivePolicy: { deadLetterTargetArn: 'arn:mailindeadletters' },
      },
    ],
  ],
  [
    'its rules become the active ones if none are, by a hand of the stack',
    () => one('AWS::CloudFormation::CustomResource'),
    { ServiceToken: 'arn:activate', ServiceTimeout: '60', RuleSetName: 'MailInRules' },
  ],
  ['what is left to be done for it is said', () => output('MailInStep'), 'MailInActive.Step'],
  ['is nobody else’s to read', () => bucket('MailIn').PublicAccessBlockConfiguration, PRIVATE],
  ['is encrypted', () => bucket('MailIn').BucketEncryption, ENCRYPTED],
  [
    'goes after 30 days',
    () => bucket('MailIn').LifecycleConfiguration.Rules,
    [{ ExpirationInDays: 30, Status: 'Enabled' }],
  ],
  ['is sent there by no browser', () => bucket('MailIn').CorsConfiguration, undefined],
  // Files in and out.
  ['files are nobody else’s to read', () => bucket('Files').PublicAccessBlockConfiguration, PRIVATE],
  ['are encrypted', () => bucket('Files').BucketEncryption, ENCRYPTED],
  [
    'go after 7 days',
    () => bucket('Files').LifecycleConfiguration.Rules,
    [{ ExpirationInDays: 7, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' }],
  ],
  [
    'are sent by browsers from our own pages, and from no others',
    () => bucket('Files').CorsConfiguration.CorsRules,
    [
      {
        AllowedMethods: ['PUT'],
        AllowedOrigins: ['https://my.hallway.example'],
        AllowedHeaders: ['content-type'],
      },
    ],
  ],
  // The clock.
  ['each minute starts tick', () => one('AWS::Events::Rule', 'Clock').ScheduleExpression, 'rate(1 minute)'],
  ['a minute that failed is not tried again', () => asyncInvoke('tick').MaximumRetryAttempts, 0],
  // Secrets.
  [
    'both secrets are made on AWS, and long enough',
    () => [...all('AWS::SecretsManager::Secret').values()].map((secret) => secret.GenerateSecretString),
    Array(2).fill({ PasswordLength: 64, ExcludePunctuation: true }),
  ],
  [
    'the one that signs is turned over each quarter; the pepper never is',
    () => [...all('AWS::SecretsManager::RotationSchedule').values()],
    [
      {
        SecretId: 'arn:Signing',
        RotationLambdaARN: 'arn:rotate',
        RotationRules: { AutomaticallyAfterDays: 90 },
        RotateImmediatelyOnUpdate: false,
      },
    ],
  ],
  // Logs.
  [
    'every log is kept for 30 days',
    () => new Set([...all('AWS::Logs::LogGroup').values()].map((log) => log.RetentionInDays)),
    new Set([30]),
  ],
  [
    'and each function has one of its own',
    () => [...all('AWS::Logs::LogGroup').keys()].sort(),
    [...doors.map(([name]) => name), ...HANDS, 'access'].map((name) => named(name, '-log')).sort(),
  ],
  [
    'mail to nobody is counted',
    () => one('AWS::Logs::MetricFilter').FilterPattern,
    '{ $.message = "mail for nobody" }',
  ],
  // Operations.
  [
    'alarms are told to the owner',
    () => [...all('AWS::SNS::Subscription').values()].find(({ Protocol }) => Protocol === 'email'),
    { Protocol: 'email', TopicArn: 'Alarms', Endpoint: 'ada@users.example' },
  ],
  [
    'of the account’s bill at 80 % of the month’s budget, and when it will be over',
    () =>
      one('AWS::Budgets::Budget').NotificationsWithSubscribers.map(
        // biome-ignore lint/suspicious/noExplicitAny: a template's value.
        ({ Notification, Subscribers }: any) => [
          Notification.NotificationType,
          Notification.Threshold,
          Subscribers[0].Address,
        ],
      ),
    [
      ['ACTUAL', 80, 'Alarms'],
      ['FORECASTED', 100, 'Alarms'],
    ],
  ],
  [
    'one page answers whether notes are leaving',
    () => JSON.stringify(one('AWS::CloudWatch::Dashboard').DashboardBody).includes('Are notes leaving?'),
    true,
  ],
];

describe('the stack promises:', () => {
  test.each(promises)('%s', (_promise, found, expected) => {
    expect(found()).toEqual(expected);
  });
});

test('cdk synth needs no network and no account, and says what to set before a deployment', () => {
  expect(Object.keys(stack).length).toBeGreaterThan(doors.length);
  expect(made.said).toContain(
    'Before you deploy, set your own domain, mailDomain and ownerEmail in cdk.json.',
  );
});

/** Name, metric, what raises it, and whether silence does. */
const alarms: [name: string, metric: string, raisedBy: string][] = [
  ...[...Object.keys(queues), 'mail-events'].map((name): [string, string, string] => [
    `${named(name)}deadletters`,
    'AWS/SQS ApproximateNumberOfMessagesVisible',
    'GreaterThanOrEqualToThreshold 1',
  ]),
  ['latenotes', 'Hallway OldestDueNote', 'GreaterThanOrEqualToThreshold 600'],
  ['clock', 'AWS/Lambda Invocations', 'LessThanOrEqualToThreshold 0, or silence'],
  ['bounces', 'AWS/SES Reputation.BounceRate', 'GreaterThanOrEqualToThreshold 0.02'],
  ['complaints', 'AWS/SES Reputation.ComplaintRate', 'GreaterThanOrEqualToThreshold 0.0005'],
  ['errors', 'AWS/Lambda Errors', 'GreaterThanOrEqualToThreshold 1'],
  ['requestsfailed', 'AWS/ApiGateway 5xx', 'GreaterThanOrEqualToThreshold 1'],
  ['throttles', 'AWS/Lambda Throttles', 'GreaterThanOrEqualToThreshold 1'],
  ['tablethrottles', 'reads + writes', 'GreaterThanOrEqualToThreshold 1'],
];

test('the owner is told of each of these, and when it is over', () => {
  const found = [...all('AWS::CloudWatch::Alarm')].map(([name, alarm]) => {
    expect(alarm).toMatchObject({ AlarmActions: ['Alarms'], OKActions: ['Alarms'], EvaluationPeriods: 1 });
    const { Namespace, MetricName, Metrics, ComparisonOperator, Threshold, TreatMissingData } = alarm;
    return [
      name.replace(/alarm$/, ''),
      Metrics ? Metrics[0].Expression : `${Namespace} ${MetricName}`,
      `${ComparisonOperator} ${Threshold}${TreatMissingData === 'breaching' ? ', or silence' : ''}`,
    ];
  });
  expect(found).toEqual(alarms);
});

test('CloudWatch and the budget may tell it, of this account', () => {
  const policies = [...all('AWS::SNS::TopicPolicy').values()];
  const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  expect(statements).toContainEqual({
    Sid: expect.any(String),
    Effect: 'Allow',
    Action: 'sns:Publish',
    Resource: 'Alarms',
    Principal: { Service: ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'] },
    Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
  });
});

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

const ownLog = (name: string) =>
  pairs(['logs:CreateLogStream', 'logs:PutLogEvents'], [`arn:${named(name, '-log')}`]);

describe.each(doors)('the function %s', (name, { rights, timeoutSeconds, memoryMb }) => {
  test('is as the list says, on Node 24', () => {
    expect(lambda(name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: timeoutSeconds,
      MemorySize: memoryMb,
      LoggingConfig: { LogGroup: named(name, '-log'), LogFormat: 'JSON' },
    });
  });

  test('finds all it reads in its environment', () => {
    const environment = lambda(name).Environment.Variables;
    expect(readSettings(environment)).toMatchObject({
      tableName: 'Table',
      queueUrls: { suggest: 'https://sqs.example/suggestqueue', send: 'https://sqs.example/sendqueue' },
      baseUrl: 'https://my.hallway.example',
      mailFrom: 'notes@hallway.example',
      ingestDomain: 'hallway.example',
      mailBucket: 'MailIn',
      filesBucket: 'Files',
      filesUrl: 'https://s3.eu-west-1.amazonaws.com/Files/',
      configurationSet: 'Mail',
    });
    expect(environment).toMatchObject({
      SIGNING_SECRET_ID: 'arn:Signing',
      PEPPER_SECRET_ID: 'arn:Pepper',
      OWNER_EMAIL: 'ada@users.example',
      SIGN_UP: 'owner',
    });
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
        `${identity}:identity/ada@users.example`,
        `${identity}:configuration-set/Mail`,
      ],
      // IAM knows no resource for it.
      'ses:GetSendQuota': ['*'],
    };
    const objects = {
      'mail:read': ['s3:GetObject arn:MailIn/in/*', 's3:ListBucket arn:MailIn'],
      'mail:delete': ['s3:DeleteObject arn:MailIn/in/*'],
      'uploads:read': ['s3:GetObject arn:Files/uploads/*', 's3:ListBucket arn:Files'],
      'uploads:write': ['s3:PutObject arn:Files/uploads/*'],
      'uploads:delete': ['s3:DeleteObject arn:Files/uploads/*'],
      'uploads:list': ['s3:ListBucket arn:Files'],
      'exports:read': ['s3:GetObject arn:Files/exports/*'],
      'exports:write': ['s3:PutObject arn:Files/exports/*', 's3:AbortMultipartUpload arn:Files/exports/*'],
      'exports:delete': ['s3:DeleteObject arn:Files/exports/*'],
    };
    expect(rightsOf(name)).toEqual(
      [
        ...ownLog(name),
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

  test('has what it starts beside it, and no source map', () => {
    const files = readdirSync(assembly.assetOf(made, lambda(name).Code), { recursive: true }).map(String);
    expect(files).toContain('index.mjs');
    // The thread that reads pages.
    expect(files.includes('extract-thread.mjs')).toBe(['api', 'fetch', 'mail-in'].includes(name));
    expect(files.filter((file) => file.endsWith('.map'))).toEqual([]);
  });
});

test.each([
  ['activate', pairs(['ses:DescribeActiveReceiptRuleSet', 'ses:SetActiveReceiptRuleSet'], ['*'])],
  [
    'rotate',
    pairs(
      ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'].map(
        (action) => `secretsmanager:${action}`,
      ),
      ['arn:Signing'],
    ),
  ],
])('the hand %s may do that, write its log, and nothing else', (name, rights) => {
  expect(rightsOf(name)).toEqual([...ownLog(name), ...rights].sort());
});

test('source maps go with the deployment, and into no function', () => {
  const [, name] =
    /\/(\w+)\.zip$/.exec(JSON.stringify(made.outputs.SourceMaps?.Value).replace(/"}$/, '')) ?? [];
  const maps = readdirSync(assembly.assetOf(made, { S3Key: `${name}.zip` }), { recursive: true }).map(String);
  const names = [...doors.map(([door]) => door), ...HANDS];
  expect(names.filter((one) => !maps.includes(`${one}/index.mjs.map`))).toEqual([]);
});

test('there is no function beside the list and the hands, and no role beside theirs', () => {
  const names = [...doors.map(([name]) => name), ...HANDS].sort();
  expect([...all('AWS::Lambda::Function').keys()].sort()).toEqual(names.map((name) => named(name)).sort());
  expect([...all('AWS::IAM::Role').keys()].sort()).toEqual(names.map((name) => named(name, '-role')).sort());
});

test('no right is for actions that it does not name', () => {
  const statements = [...all('AWS::IAM::Policy').values()].flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement,
  );
  const actions = statements.flatMap(({ Action }) => [Action].flat());
  expect(actions.filter((action) => !/^[a-z0-9-]+:[A-Za-z]+$/.test(action))).toEqual([]);
});

test('mail leaves only from the address of notes', () => {
  const statements = [...all('AWS::IAM::Policy').values()].flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement,
  );
  const sending = statements.filter(({ Action }) => [Action].flat().includes('ses:SendRawEmail'));
  const senders = doors.filter(([, { rights }]) => rights.mail.includes('ses:SendRawEmail'));
  const condition = { StringEquals: { 'ses:FromAddress': 'notes@hallway.example' } };
  expect(sending.map(({ Condition }) => Condition)).toEqual(senders.map(() => condition));
});

test('the table is the one that the functions know', () => {
  const key = (pk: string, sk: string) => [
    { AttributeName: pk, KeyType: 'HASH' },
    { AttributeName: sk, KeyType: 'RANGE' },
  ];
  expect(table().KeySchema).toEqual(key('pk', 'sk'));
  expect(table().GlobalSecondaryIndexes).toMatchObject(
    indexes.map(({ name, pk, sk, include }) => ({
      IndexName: name,
      KeySchema: key(pk, sk),
      Projection: include
        ? { ProjectionType: 'INCLUDE', NonKeyAttributes: include }
        : { ProjectionType: 'ALL' },
    })),
  );
});

test.each(Object.entries(queues))('the queue %s outlasts its function, then gives up', (queue, name) => {
  const { timeoutSeconds, trigger } = functions[name];
  expect(VISIBILITY_TIMEOUTS).toBeGreaterThanOrEqual(6);
  expect(all('AWS::SQS::Queue').get(named(queue, '-queue'))).toEqual({
    VisibilityTimeout: VISIBILITY_TIMEOUTS * timeoutSeconds,
    RedrivePolicy: {
      deadLetterTargetArn: `arn:${named(queue, '-dead-letters')}`,
      maxReceiveCount: MAX_RECEIVES,
    },
    SqsManagedSseEnabled: true,
  });
  expect(all('AWS::SQS::Queue').get(named(queue, '-dead-letters'))).toEqual({
    MessageRetentionPeriod: 14 * 24 * 3600,
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

test('mail in comes from SES of this account alone', () => {
  const allowed = ['AWS::SNS::TopicPolicy', 'AWS::S3::BucketPolicy'].flatMap((type) =>
    [...all(type).values()].flatMap(({ PolicyDocument }) => PolicyDocument.Statement.slice(1)),
  );
  const ses = { Service: 'ses.amazonaws.com' };
  const ours = { StringEquals: { 'aws:SourceAccount': '111122223333' } };
  expect(allowed.filter(({ Principal }) => Principal.Service === ses.Service)).toMatchObject([
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

test('functions that match have the models in a layer, and no others', () => {
  for (const [name, { matches }] of doors) {
    const { Layers = [] } = lambda(name);
    expect([name, Layers]).toEqual([name, matches ? ['Models'] : []]);
  }
});

describe('DNS records', () => {
  const REGION = 'eu-west-1';
  const dkim = [1, 2, 3].map((place) => [
    `Dkim${place}`,
    `MailDomain.DkimDNSTokenName${place} CNAME MailDomain.DkimDNSTokenValue${place}`,
  ]);
  const records = Object.fromEntries([
    ...dkim,
    ['MailFrom', `bounces.hallway.example MX 10 feedback-smtp.${REGION}.amazonses.com`],
    ['Spf', 'bounces.hallway.example TXT v=spf1 include:amazonses.com ~all'],
    ['Dmarc', '_dmarc.hallway.example TXT v=DMARC1; p=quarantine'],
    ['MailIn', `hallway.example MX 10 inbound-smtp.${REGION}.amazonaws.com`],
    ['Pages', 'my.hallway.example CNAME Domain.RegionalDomainName'],
  ]);

  test('are told, to be made by hand', () => {
    expect(all('AWS::Route53::RecordSet').size).toBe(0);
    const told = Object.keys(made.outputs).filter((name) => name.startsWith('Dns'));
    expect(Object.fromEntries(told.map((name) => [name.slice(3), output(name)]))).toEqual(records);
  });

  test('are made if their zone is in Route 53, the certificate’s too', () => {
    const here = resourcesWith(ZONE);
    const found = [...all('AWS::Route53::RecordSet', here)].map(([id, record]) => {
      expect(record.HostedZoneId).toBe('Z0123456789');
      const value = record.ResourceRecords?.[0].replaceAll('"', '');
      const text = value ? `${record.Type} ${value}` : `CNAME ${record.AliasTarget.DNSName}`;
      return [id.slice(3), `${record.Name} ${text}`];
    });
    expect(Object.fromEntries(found)).toEqual(records);
    expect(one('AWS::CertificateManager::Certificate', undefined, here).DomainValidationOptions).toEqual([
      { DomainName: 'my.hallway.example', HostedZoneId: 'Z0123456789' },
    ]);
  });
});

test('without a domain of its own its address is that of the API', () => {
  const plain = resourcesWith(CONTEXT);
  expect(one('AWS::ApiGatewayV2::Api', 'Api', plain).DisableExecuteApiEndpoint).toBe(false);
  expect(all('AWS::ApiGatewayV2::DomainName', plain).size).toBe(0);
  const environment = one('AWS::Lambda::Function', 'api', plain).Environment.Variables;
  expect(readSettings(environment).baseUrl).toBe('https://Api.example');
});

test('a table that was restored takes the place of its own, with the same rights', () => {
  const restored = resourcesWith({ ...CONTEXT, table: 'hallway-restored' });
  expect(all('AWS::DynamoDB::GlobalTable', restored).size).toBe(0);
  const environment = one('AWS::Lambda::Function', 'send', restored).Environment.Variables;
  expect(environment.TABLE_NAME).toBe('hallway-restored');
  const rights = JSON.stringify([...all('AWS::IAM::Policy', restored).values()]);
  expect(rights).toContain('table/hallway-restored"');
  expect(rights).toContain('table/hallway-restored/index/due"');
});

describe('cdk-nag', () => {
  /** `rule at part`, whatever was accepted. */
  function findings(context: Record<string, string>): string[] {
    const { app } = stackWith(context);
    const packs = { AwsSolutions: new AwsSolutionsChecks(app), Serverless: new ServerlessChecks(app) };
    const found = Object.entries(packs).flatMap(([name, pack]) =>
      pack
        .validateScope(app)
        .violations.flatMap(({ ruleName, violatingResources }) =>
          violatingResources.map(
            ({ constructPath }) => `${name}::${ruleName} at ${constructPath?.split('/')[1]}`,
          ),
        ),
    );
    return [...new Set(found)].sort();
  }
  const explained = accepted
    .filter(({ rule }) => /^(AwsSolutions|Serverless)::/.test(rule))
    .flatMap(({ rule, of }) => of.map((part) => `${rule} at ${part}`))
    .sort();

  test('finds nothing that is not explained, and nothing is explained that it does not find', () => {
    expect(findings({ ...CONTEXT, domain: 'my.hallway.example' })).toEqual(explained);
  });

  test.each([
    ['without a domain', CONTEXT],
    ['with a zone in Route 53', ZONE],
  ])('finds no more %s', (_how, context) => {
    expect(findings(context).filter((finding) => !explained.includes(finding))).toEqual([]);
  });

  test('every explanation is a sentence', () => {
    expect(accepted.filter(({ because }) => !/^[A-Z].{30,}\.$/.test(because))).toEqual([]);
  });
});

describe('the bundles', () => describeBundles(() => made));

describe('the hand', () => describeHands(() => made));

describe('the context', () => {
  const reading = (given: Record<string, unknown>) => () => readContext((name) => given[name]);

  test.each([
    ['domain', 'https://my.hallway.example', 'domain must be a host name in lower case'],
    ['mailDomain', 'Hallway', 'mailDomain must be a domain in lower case'],
    ['mailDomain', '', 'mailDomain must be a domain in lower case'],
    ['domain', 'hallway.example', 'mailDomain must be another name than domain, unless hostedZoneId is set.'],
    ['ownerEmail', 'ada', 'ownerEmail must be your own email address.'],
    [
      'ownerEmail',
      'Ada@Hallway.example',
      'ownerEmail must not be at mailDomain: no mail to it would reach you.',
    ],
    ['signUp', 'everybody', 'signUp must be owner, invited or open.'],
    ['signUp', '', 'signUp must be owner, invited or open.'],
    ['region', 'Ireland', 'region must be an AWS region, like eu-west-1.'],
    ['region', '', 'region must be an AWS region, like eu-west-1.'],
    ['hostedZoneId', 'hallway.example', 'hostedZoneId must be the id of a Route 53 zone'],
    ['monthlyBudget', 'little', 'monthlyBudget must be dollars a month, like 10.'],
    ['monthlyBudget', 0, 'monthlyBudget must be dollars a month, like 10.'],
  ])('with %s %o it says what to set', (name, value, sentence) => {
    expect(reading({ ...CONTEXT, [name]: value })).toThrow(sentence);
  });

  test('for a deployment the example’s names are wrong, too', () => {
    expect(reading({ ...CONTEXT, deploying: 'true' })).toThrow(
      'mailDomain must be your own: hallway.example is an example.\nownerEmail must be your own: ada@users.example is an example.',
    );
    const own = { ...CONTEXT, mailDomain: 'notes.ada.dev', ownerEmail: 'ada@ada.dev', deploying: 'true' };
    expect(reading(own)()).toMatchObject({ signUp: 'owner', monthlyBudget: 10 });
  });
});
