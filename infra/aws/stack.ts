import { join } from 'node:path';
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  ApiMapping,
  DomainName,
  HttpApi,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AttributeType,
  Billing,
  type ITableV2,
  ProjectionType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, type PolicyStatementProps, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as Lambda,
  LayerVersion,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { FilterPattern, LogGroup, MetricFilter, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CfnRotationSchedule, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  ConfigurationSet,
  DkimIdentity,
  EasyDkimSigningKeyLength,
  EmailIdentity,
  EmailSendingEvent,
  EventDestination,
  Identity,
  MailFromBehaviorOnMxFailure,
  ReceiptRuleSet,
} from 'aws-cdk-lib/aws-ses';
import { S3 } from 'aws-cdk-lib/aws-ses-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Annotations, CfnOutput, CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { indexes } from '../../functions/platform/table.ts';
import { ARRIVAL_DAYS } from '../../functions/transfer/store.ts';
import type { HANDS } from '../bundle.ts';
import {
  type FunctionName,
  functions,
  MAX_RECEIVES,
  type MailAction,
  type ObjectAction,
  type QueueName,
  queues,
  type Rights,
  type ServiceFunction,
  type Trigger,
  VISIBILITY_TIMEOUTS,
} from '../service.ts';
import { type Context, examplesIn } from './context.ts';
import { Dns } from './dns.ts';
import { acceptFindings } from './findings.ts';
import { addOperations } from './operations.ts';

/**
 * Requests a second, and at once. Far above what people and their scripts need; a flood ends here, not at the account's
 * limit of functions that run at once, which tick and send share.
 */
const THROTTLE = { rateLimit: 50, burstLimit: 100 };

/** Time to look at what failed; SQS keeps nothing longer. */
const DEAD_LETTERS_KEPT = Duration.days(14);

/**
 * Units a second of the table, and of each index: a ceiling on a day's bill. If something of ours ran wild all day it would
 * be about 12 dollars for reads and 30 for writes, and up to as much again for each of the two indexes. A page reads some
 * twenty units, saving an article writes as many: `npm run costs` counts them. Above that, requests wait and are tried again.
 */
const READ_CEILING = 1000;
const WRITE_CEILING = 500;

/** All that DynamoDB keeps for a return to a moment. */
const RECOVERY_DAYS = 35;

/** `Secrets` keeps eight (`SIGNING_SECRETS_KEPT`): two years in which letters may be opened. */
const ROTATE_AFTER_DAYS = 90;

/** `Secrets` wants 32 at least. */
const SECRET_CHARS = 64;

/** Where SES writes mail, and all of it that functions may read. */
const MAIL_PREFIX = 'in/';

/** A file that waits for its import, and an export that waits to be fetched; both can be had again from the user. */
const FILES_KEPT = Duration.days(7);
/** Parts of an export that was broken off. */
const PARTS_KEPT = Duration.days(1);

/** What settles a note. Not opens and clicks: they take a tracking pixel and rewritten links. */
const MAIL_EVENTS = [
  EmailSendingEvent.SEND,
  EmailSendingEvent.DELIVERY,
  EmailSendingEvent.DELIVERY_DELAY,
  EmailSendingEvent.BOUNCE,
  EmailSendingEvent.COMPLAINT,
  EmailSendingEvent.REJECT,
];

/**
 * Others are to put aside what says it is from us and is not. Not `reject`: lists and forwarders break signatures, and a
 * letter is better found late than lost.
 */
const DMARC = 'v=DMARC1; p=quarantine';

/** CloudFormation and Secrets Manager wait for what these do: a few calls. */
const HAND_SECONDS = 30;

/** No path and no query, which can hold a token, and no message of a fault, which can quote a person's input. */
const ACCESS_LOG = JSON.stringify({
  requestId: AccessLogField.contextRequestId(),
  time: AccessLogField.contextRequestTime(),
  method: AccessLogField.contextHttpMethod(),
  status: AccessLogField.contextStatus(),
  bytes: AccessLogField.contextResponseLength(),
  milliseconds: AccessLogField.contextResponseLatency(),
  functionStatus: AccessLogField.contextIntegrationStatus(),
  error: AccessLogField.contextErrorResponseType(),
});

/** The service on AWS: the functions of infra/service.ts, and what they stand on. */
export class HallwayStack extends Stack {
  readonly #table: ITableV2;
  readonly #queues: Record<QueueName, Queue>;
  readonly #mailBucket: Bucket;
  readonly #filesBucket: Bucket;
  readonly #secrets: { signing: Secret; pepper: Secret };
  readonly #mail: { from: string; configurationSet: ConfigurationSet; identities: EmailIdentity[] };
  readonly #api: HttpApi;
  readonly #dns: Dns;
  readonly #bundle: string;
  readonly #logs: LogGroup[] = [];
  readonly #deadLetters: Record<string, Queue> = {};

  /** `bundle` is the folder that `bundleFunctions` has filled. */
  constructor(scope: Construct, id: string, props: Context & { bundle: string }) {
    super(scope, id, { env: { region: props.region } });
    if (examplesIn(props).length > 0) {
      const warning = 'Before you deploy, set your own domain, mailDomain and ownerEmail in cdk.json.';
      Annotations.of(this).addWarningV2('example-names', warning);
    }
    this.#bundle = props.bundle;
    this.#dns = new Dns(this, props.hostedZoneId);
    // Its own types disagree on a property that may be left out.
    this.#table = props.table ? this.#findTable(props.table) : (this.#makeTable() as ITableV2);
    this.#queues = {
      suggest: this.#makeQueue('suggest'),
      send: this.#makeQueue('send'),
      fetch: this.#makeQueue('fetch'),
      import: this.#makeQueue('import'),
      'mail-in': this.#makeQueue('mail-in'),
    };
    this.#mailBucket = this.#makeMailIn(props.mailDomain);
    this.#secrets = this.#makeSecrets();
    this.#mail = this.#makeMail(props);
    this.#api = this.#makeApi(props.domain);
    const baseUrl = props.domain ? `https://${props.domain}` : this.#api.apiEndpoint;
    this.#filesBucket = this.#makeFiles(baseUrl);

    const environment = {
      TABLE_NAME: this.#table.tableName,
      QUEUE_URL_SUGGEST: this.#queues.suggest.queueUrl,
      QUEUE_URL_SEND: this.#queues.send.queueUrl,
      QUEUE_URL_FETCH: this.#queues.fetch.queueUrl,
      QUEUE_URL_IMPORT: this.#queues.import.queueUrl,
      BASE_URL: baseUrl,
      MAIL_FROM: this.#mail.from,
      INGEST_DOMAIN: props.mailDomain,
      MAIL_BUCKET: this.#mailBucket.bucketName,
      FILES_BUCKET: this.#filesBucket.bucketName,
      FILES_URL: `https://s3.${this.region}.${this.urlSuffix}/${this.#filesBucket.bucketName}/`,
      CONFIGURATION_SET: this.#mail.configurationSet.configurationSetName,
      SIGNING_SECRET_ID: this.#secrets.signing.secretArn,
      PEPPER_SECRET_ID: this.#secrets.pepper.secretArn,
      OWNER_EMAIL: props.ownerEmail,
      SIGN_UP: props.signUp,
    };
    const models = new LayerVersion(this, 'Models', {
      description: 'What matching knows of words and sentences',
      code: Code.fromAsset(join(props.bundle, 'models')),
      compatibleRuntimes: [Runtime.NODEJS_24_X],
    });
    const made = {} as Record<FunctionName, Lambda>;
    for (const name of Object.keys(functions) as FunctionName[]) {
      const one: ServiceFunction = functions[name];
      const lambda = this.#makeFunction(name, one, environment);
      if (one.matches) lambda.addLayers(models);
      this.#start(lambda, one.trigger);
      made[name] = lambda;
    }
    new CfnOutput(this, 'Address', { value: environment.BASE_URL });
    new CfnOutput(this, 'TableName', { value: this.#table.tableName });
    this.#keepMaps();
    addOperations(this, {
      table: this.#table,
      api: this.#api,
      deadLetters: this.#deadLetters,
      functions: made,
      logs: this.#logs,
      ownerEmail: props.ownerEmail,
      budget: props.monthlyBudget,
    });
    acceptFindings(this);
  }

  /** Where a minified function's faults really are: with each deployment, in the CDK's bucket, and in no function. */
  #keepMaps(): void {
    const maps = new Asset(this, 'Maps', { path: join(this.#bundle, 'maps') });
    new CfnOutput(this, 'SourceMaps', { value: maps.s3ObjectUrl });
  }

  #makeTable(): TableV2 {
    const string = (name: string) => ({ name, type: AttributeType.STRING });
    return new TableV2(this, 'Table', {
      partitionKey: string('pk'),
      sortKey: string('sk'),
      globalSecondaryIndexes: indexes.map(({ name, pk, sk, include }) => ({
        indexName: name,
        partitionKey: string(pk),
        sortKey: string(sk),
        ...(include && { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: include }),
        maxReadRequestUnits: READ_CEILING,
        maxWriteRequestUnits: WRITE_CEILING,
      })),
      timeToLiveAttribute: 'ttl',
      billing: Billing.onDemand({ maxReadRequestUnits: READ_CEILING, maxWriteRequestUnits: WRITE_CEILING }),
      // The account's key, so that its use stands in the audit trail.
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: RECOVERY_DAYS,
      },
      deletionProtection: true,
    });
  }

  #findTable(tableName: string): ITableV2 {
    return TableV2.fromTableAttributes(this, 'Table', {
      tableName,
      globalIndexes: indexes.map(({ name }) => name),
    });
  }

  #makeQueue(name: QueueName): Queue {
    return new Queue(this, `${name}-queue`, {
      visibilityTimeout: Duration.seconds(VISIBILITY_TIMEOUTS * functions[queues[name]].timeoutSeconds),
      deadLetterQueue: { queue: this.#makeDeadLetters(name), maxReceiveCount: MAX_RECEIVES },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
  }

  #makeDeadLetters(name: string): Queue {
    const queue = new Queue(this, `${name}-dead-letters`, {
      retentionPeriod: DEAD_LETTERS_KEPT,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    this.#deadLetters[name] = queue;
    return queue;
  }

  /** Two, so that nobody who turns the signing secret over can touch the pepper. */
  #makeSecrets() {
    const generateSecretString = { passwordLength: SECRET_CHARS, excludePunctuation: true };
    const signing = new Secret(this, 'Signing', { description: 'Signs links', generateSecretString });
    const rotate = this.#makeHand('rotate', [
      {
        actions: [
          'secretsmanager:DescribeSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:PutSecretValue',
          'secretsmanager:UpdateSecretVersionStage',
        ],
        resources: [signing.secretArn],
      },
    ]);
    rotate.addPermission('Rotation', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: this.account,
    });
    // Not the construct that writes the rights, too: it adds one that has no resource.
    const schedule = new CfnRotationSchedule(this, 'Rotation', {
      secretId: signing.secretArn,
      rotationLambdaArn: rotate.functionArn,
      rotationRules: { automaticallyAfterDays: ROTATE_AFTER_DAYS },
      rotateImmediatelyOnUpdate: false,
    });
    schedule.node.addDependency(rotate);
    return {
      signing,
      // A change to how it is generated would generate it anew, and every stop would be forgotten.
      pepper: new Secret(this, 'Pepper', {
        description: 'Hides addresses in the ledger: never rotate or delete',
        generateSecretString,
        removalPolicy: RemovalPolicy.RETAIN,
      }),
    };
  }

  #makeMail({ mailDomain, ownerEmail }: Context) {
    const configurationSet = new ConfigurationSet(this, 'Mail', { reputationMetrics: true });
    configurationSet.addEventDestination('Events', {
      destination: EventDestination.eventBus(EventBus.fromEventBusName(this, 'DefaultBus', 'default')),
      events: MAIL_EVENTS,
    });
    // Of our own, so that SPF speaks for us as DKIM does.
    const mailFromDomain = `bounces.${mailDomain}`;
    const domain = new EmailIdentity(this, 'MailDomain', {
      identity: Identity.domain(mailDomain),
      configurationSet,
      dkimIdentity: DkimIdentity.easyDkim(EasyDkimSigningKeyLength.RSA_2048_BIT),
      mailFromDomain,
      // DNS that is not there yet keeps no letter back.
      mailFromBehaviorOnMxFailure: MailFromBehaviorOnMxFailure.USE_DEFAULT_VALUE,
      // Bounces come as events; by mail they would name people.
      feedbackForwarding: false,
    });
    domain.dkimRecords.forEach(({ name, value }, place) => {
      this.#dns.record(`Dkim${place + 1}`, { name, type: 'CNAME', value });
    });
    const feedback = `10 feedback-smtp.${this.region}.amazonses.com`;
    this.#dns.record('MailFrom', { name: mailFromDomain, type: 'MX', value: feedback });
    this.#dns.record('Spf', {
      name: mailFromDomain,
      type: 'TXT',
      value: 'v=spf1 include:amazonses.com ~all',
    });
    this.#dns.record('Dmarc', { name: `_dmarc.${mailDomain}`, type: 'TXT', value: DMARC });
    const owner = new EmailIdentity(this, 'Owner', { identity: Identity.email(ownerEmail) });
    return { from: `notes@${mailDomain}`, configurationSet, identities: [domain, owner] };
  }

  /** Mail in: SES keeps it in the bucket and says so to the queue. */
  #makeMailIn(mailDomain: string): Bucket {
    const bucket = new Bucket(this, 'MailIn', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(ARRIVAL_DAYS) }],
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const topic = new Topic(this, 'MailInTopic', { enforceSSL: true });
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('ses.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    const deadLetterQueue = this.#deadLetters['mail-in'];
    topic.addSubscription(
      new SqsSubscription(this.#queues['mail-in'], { ...(deadLetterQueue && { deadLetterQueue }) }),
    );
    const rules = new ReceiptRuleSet(this, 'MailInRules');
    rules.addRule('MailInRule', {
      recipients: [mailDomain],
      // For spam and viruses; what it finds stands in the mail's headers, which `mail/trust.ts` reads.
      scanEnabled: true,
      // Its own types disagree on a property that may be left out.
      actions: [new S3({ bucket: bucket as IBucket, objectKeyPrefix: MAIL_PREFIX, topic })],
    });
    this.#dns.record('MailIn', {
      name: mailDomain,
      type: 'MX',
      value: `10 inbound-smtp.${this.region}.${this.urlSuffix}`,
    });
    this.#activate(rules);
    return bucket;
  }

  /** An account has one active rule set, perhaps its own: ours becomes it if there is none, else the step is told. */
  #activate(rules: ReceiptRuleSet): void {
    const activate = this.#makeHand('activate', [
      // IAM knows no resource for them.
      { actions: ['ses:DescribeActiveReceiptRuleSet', 'ses:SetActiveReceiptRuleSet'], resources: ['*'] },
    ]);
    const step = new CustomResource(this, 'MailInActive', {
      serviceToken: activate.functionArn,
      serviceTimeout: Duration.seconds(2 * HAND_SECONDS),
      properties: { RuleSetName: rules.receiptRuleSetName },
    });
    new CfnOutput(this, 'MailInStep', {
      description: 'What is left to do for mail in',
      value: step.getAttString('Step'),
    });
  }

  /** Files in and out. Browsers send them there from our pages, and from no other. */
  #makeFiles(baseUrl: string): Bucket {
    return new Bucket(this, 'Files', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      cors: [
        { allowedMethods: [HttpMethods.PUT], allowedOrigins: [baseUrl], allowedHeaders: ['content-type'] },
      ],
      lifecycleRules: [{ expiration: FILES_KEPT, abortIncompleteMultipartUploadAfter: PARTS_KEPT }],
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  #makeApi(domain: string | undefined): HttpApi {
    // With a domain of our own there is one way in, and one origin.
    const api = new HttpApi(this, 'Api', { createDefaultStage: false, disableExecuteApiEndpoint: !!domain });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      autoDeploy: true,
      throttle: THROTTLE,
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.#makeLogGroup('access')),
        format: AccessLogFormat.custom(ACCESS_LOG),
      },
    });
    if (domain) this.#makeDomain(domain, api, stage);
    return api;
  }

  /**
   * Without a zone in Route 53 the first deployment waits until the certificate's DNS record is there: Certificate
   * Manager's console shows it.
   */
  #makeDomain(name: string, api: HttpApi, stage: HttpStage): void {
    const validation = CertificateValidation.fromDns(this.#dns.zone());
    const certificate = new Certificate(this, 'Certificate', { domainName: name, validation });
    const domainName = new DomainName(this, 'Domain', { domainName: name, certificate });
    new ApiMapping(this, 'Mapping', { api, domainName, stage });
    this.#dns.alias('Pages', name, {
      dnsName: domainName.regionalDomainName,
      hostedZoneId: domainName.regionalHostedZoneId,
    });
  }

  #makeLogGroup(name: string): LogGroup {
    return new LogGroup(this, `${name}-log`, {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  #makeFunction(name: string, one: ServiceFunction, environment: Record<string, string>): Lambda {
    const logGroup = this.#makeLogGroup(name);
    this.#logs.push(logGroup);
    if (name === 'mail-in') {
      // Mail to an address that is nobody's is dropped, and counted.
      new MetricFilter(this, 'MailForNobody', {
        logGroup,
        filterPattern: FilterPattern.stringValue('$.message', '=', 'mail for nobody'),
        metricNamespace: 'Hallway',
        metricName: 'MailForNobody',
        metricValue: '$.recipients',
      });
    }
    return this.#makeLambda(name, logGroup, this.#statements(one.rights), {
      environment,
      timeout: Duration.seconds(one.timeoutSeconds),
      memorySize: one.memoryMb,
    });
  }

  /** What AWS itself starts, to turn a secret over or to end a deployment: `infra/aws/hands`. */
  #makeHand(name: (typeof HANDS)[number], rights: PolicyStatementProps[]): Lambda {
    return this.#makeLambda(name, this.#makeLogGroup(name), rights, {
      timeout: Duration.seconds(HAND_SECONDS),
      memorySize: 256,
    });
  }

  #makeLambda(
    name: string,
    logGroup: LogGroup,
    rights: PolicyStatementProps[],
    props: { environment?: Record<string, string>; timeout: Duration; memorySize: number },
  ): Lambda {
    // A role of our own: the managed policy for logs would reach every log of the account.
    const role = new Role(this, `${name}-role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    for (const statement of rights) role.addToPolicy(new PolicyStatement(statement));
    return new Lambda(this, name, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(join(this.#bundle, name)),
      role,
      logGroup,
      // What Lambda says of a function that ran out of time or memory can be searched like our own lines.
      loggingFormat: LoggingFormat.JSON,
      ...props,
    });
  }

  /** The list's rights, and the secrets, which every function reads when it starts. */
  #statements({ table, indexes, queues, objects, mail }: Rights): PolicyStatementProps[] {
    return [
      {
        actions: ['secretsmanager:GetSecretValue'],
        resources: Object.values(this.#secrets).map((one) => one.secretArn),
      },
      { actions: table, resources: [this.#table.tableArn] },
      {
        actions: ['dynamodb:Query'],
        resources: indexes.map((index) => `${this.#table.tableArn}/index/${index}`),
      },
      { actions: ['sqs:SendMessage'], resources: queues.map((queue) => this.#queues[queue].queueArn) },
      ...objects.flatMap((action) => this.#objectStatements(action)),
      ...mail.map((action) => this.#mailStatement(action)),
    ].filter(({ resources }) => resources.length > 0);
  }

  #objectStatements(action: ObjectAction) {
    const mail = this.#mailBucket.arnForObjects(`${MAIL_PREFIX}*`);
    const uploads = this.#filesBucket.arnForObjects('uploads/*');
    const exports = this.#filesBucket.arnForObjects('exports/*');
    // Without the right to list, S3 says of an object that is gone that it may not be read.
    const read = (bucket: Bucket, objects: string) => [
      { actions: ['s3:GetObject'], resources: [objects] },
      { actions: ['s3:ListBucket'], resources: [bucket.bucketArn] },
    ];
    return {
      'mail:read': read(this.#mailBucket, mail),
      'mail:delete': [{ actions: ['s3:DeleteObject'], resources: [mail] }],
      'uploads:read': read(this.#filesBucket, uploads),
      'uploads:write': [{ actions: ['s3:PutObject'], resources: [uploads] }],
      'uploads:delete': [{ actions: ['s3:DeleteObject'], resources: [uploads] }],
      'uploads:list': [
        {
          actions: ['s3:ListBucket'],
          resources: [this.#filesBucket.bucketArn],
          conditions: { StringLike: { 's3:prefix': 'uploads/*' } },
        },
      ],
      'exports:read': [{ actions: ['s3:GetObject'], resources: [exports] }],
      // An export is put in parts, and let go of if it is broken off.
      'exports:write': [{ actions: ['s3:PutObject', 's3:AbortMultipartUpload'], resources: [exports] }],
      'exports:delete': [{ actions: ['s3:DeleteObject'], resources: [exports] }],
    }[action];
  }

  #mailStatement(action: MailAction): PolicyStatementProps & { resources: string[] } {
    // It is a question about the account: IAM knows no resource for it.
    if (action === 'ses:GetSendQuota') return { actions: [action], resources: ['*'] };
    const configurationSet = this.formatArn({
      service: 'ses',
      resource: 'configuration-set',
      resourceName: this.#mail.configurationSet.configurationSetName,
    });
    // In the sandbox SES asks for the right to the reader's identity, too; the condition keeps it from being a sender.
    return {
      actions: [action],
      resources: [...this.#mail.identities.map((identity) => identity.emailIdentityArn), configurationSet],
      conditions: { StringEquals: { 'ses:FromAddress': this.#mail.from } },
    };
  }

  #start(lambda: Lambda, trigger: Trigger): void {
    switch (trigger.kind) {
      case 'http': {
        const integration = new HttpLambdaIntegration('Integration', lambda);
        new HttpRoute(this, 'Route', { httpApi: this.#api, routeKey: HttpRouteKey.DEFAULT, integration });
        return;
      }
      case 'queue': {
        const { queue, batchSize, maxConcurrency } = trigger;
        const options = { batchSize, maxConcurrency, reportBatchItemFailures: true };
        lambda.addEventSource(new SqsEventSource(this.#queues[queue], options));
        return;
      }
      case 'clock':
        // The next minute is the next try.
        lambda.configureAsyncInvoke({ retryAttempts: 0 });
        new Rule(this, 'Clock', {
          schedule: Schedule.rate(Duration.minutes(1)),
          targets: [new LambdaFunction(lambda)],
        });
        return;
      case 'mail-events': {
        // A bounce that nobody heard of is written to again: what could not be handled, and what could not be handed over.
        const deadLetterQueue = this.#makeDeadLetters('mail-events');
        lambda.configureAsyncInvoke({ onFailure: new SqsDestination(deadLetterQueue) });
        new Rule(this, 'MailEvents', {
          eventPattern: {
            source: ['aws.ses'],
            detail: {
              mail: { tags: { 'ses:configuration-set': [this.#mail.configurationSet.configurationSetName] } },
            },
          },
          targets: [new LambdaFunction(lambda, { deadLetterQueue })],
        });
        return;
      }
      default:
        trigger satisfies never;
    }
  }
}
