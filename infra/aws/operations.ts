import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  LogQueryWidget,
  MathExpression,
  Metric,
  type MetricProps,
  SingleValueWidget,
  TextWidget,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { CfnOutput, Duration, type Stack } from 'aws-cdk-lib/core';
import { METRICS_NAMESPACE, type MetricName } from '../../functions/platform/metrics.ts';
import type { FunctionName } from '../service.ts';

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
const HOUR = Duration.hours(1);

/** A note this late is one that does not leave by itself. */
const LATE_SECONDS = 600;

/** Where the service pauses itself (`functions/ledger/pause.ts`); SES puts an account under review at 5 % and 0.1 %. */
const BOUNCES = 0.02;
const COMPLAINTS = 0.0005;

/** What is looked after. */
export interface Parts {
  table: ITableV2;
  api: HttpApi;
  /** By the name of what they could not start. */
  deadLetters: Record<string, Queue>;
  functions: Record<FunctionName, Lambda>;
  logs: LogGroup[];
  ownerEmail: string;
  /** Dollars a month. */
  budget: number;
}

/**
 * Who is told what, and one page that answers "are notes leaving?". What AWS counts for a whole account (functions' errors
 * and throttles, SES's rates, the bill) is taken as it is: one alarm each instead of eight, for an account of Hallway's own.
 */
export function addOperations(stack: Stack, parts: Parts): void {
  const topic = makeTopic(stack, parts.ownerEmail);
  const tell = (id: string, metric: Metric | MathExpression, what: Told) => {
    const alarm = new Alarm(stack, `${id}-alarm`, {
      metric,
      alarmDescription: what.says,
      threshold: what.from,
      evaluationPeriods: 1,
      comparisonOperator: what.comparison ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: what.silence ?? TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  };

  for (const [name, queue] of Object.entries(parts.deadLetters)) {
    tell(`${name}-dead-letters`, visible(queue), {
      from: 1,
      says: `${name} gave something up. infra/RUNBOOK.md, "Dead letters".`,
    });
  }
  tell('late-notes', ours('OldestDueNote', { statistic: 'Maximum', period: MINUTE }), {
    from: LATE_SECONDS,
    says: 'A note is over ten minutes late. infra/RUNBOOK.md, "Notes do not leave".',
  });
  tell('clock', parts.functions.tick.metricInvocations({ period: FIVE_MINUTES }), {
    from: 0,
    comparison: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
    // A function that nobody starts tells nothing.
    silence: TreatMissingData.BREACHING,
    says: 'The clock stands still: nothing that is due is found. infra/RUNBOOK.md, "Notes do not leave".',
  });
  tell('bounces', reputation('BounceRate'), {
    from: BOUNCES,
    says: 'Too many letters come back. infra/RUNBOOK.md, "Bounces and complaints".',
  });
  tell('complaints', reputation('ComplaintRate'), {
    from: COMPLAINTS,
    says: 'Letters are called spam. infra/RUNBOOK.md, "Bounces and complaints".',
  });
  tell('errors', Lambda.metricAllErrors({ period: FIVE_MINUTES }), {
    from: 1,
    says: 'A function failed. The dashboard has its log lines.',
  });
  tell('requests-failed', parts.api.metricServerError({ period: FIVE_MINUTES, statistic: 'Sum' }), {
    from: 1,
    says: 'A request was answered with a fault of ours. The dashboard has its log lines.',
  });
  tell('throttles', Lambda.metricAllThrottles({ period: FIVE_MINUTES }), {
    from: 1,
    says: 'Functions wait for each other: the account runs too few at once. infra/RUNBOOK.md, "Limits".',
  });
  tell('table-throttles', tableThrottles(parts.table), {
    from: 1,
    says: 'The table is at its spending ceiling, or a key is too hot. infra/RUNBOOK.md, "Limits".',
  });
  addBudget(stack, topic, parts.budget);
  addDashboard(stack, parts);
}

interface Told {
  /** The value that raises it. */
  from: number;
  comparison?: ComparisonOperator;
  /** What to make of a metric that tells nothing; all is well if not said. */
  silence?: TreatMissingData;
  says: string;
}

function makeTopic(stack: Stack, ownerEmail: string): Topic {
  const topic = new Topic(stack, 'Alarms', { displayName: 'Hallway', enforceSSL: true });
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [
        new ServicePrincipal('cloudwatch.amazonaws.com'),
        new ServicePrincipal('budgets.amazonaws.com'),
      ],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  );
  topic.addSubscription(new EmailSubscription(ownerEmail));
  return topic;
}

/** Of the whole account: AWS knows the bill of a part only by tags, a day after they were switched on by hand. */
function addBudget(stack: Stack, topic: Topic, amount: number): void {
  const at = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
    notification: {
      notificationType,
      comparisonOperator: 'GREATER_THAN',
      threshold,
      thresholdType: 'PERCENTAGE',
    },
    subscribers: [{ subscriptionType: 'SNS', address: topic.topicArn }],
  });
  new CfnBudget(stack, 'Budget', {
    budget: { budgetType: 'COST', timeUnit: 'MONTHLY', budgetLimit: { amount, unit: 'USD' } },
    notificationsWithSubscribers: [at('ACTUAL', 80), at('FORECASTED', 100)],
  });
}

/** What the functions tell themselves (`platform/metrics.ts`). */
function ours(metricName: MetricName, props: Omit<MetricProps, 'namespace' | 'metricName'> = {}): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { service: 'hallway' },
    statistic: 'Sum',
    period: FIVE_MINUTES,
    ...props,
  });
}

function reputation(rate: 'BounceRate' | 'ComplaintRate'): Metric {
  return new Metric({
    namespace: 'AWS/SES',
    metricName: `Reputation.${rate}`,
    statistic: 'Average',
    period: HOUR,
  });
}

const visible = (queue: Queue) =>
  queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: FIVE_MINUTES });

const ses = (metricName: string) =>
  new Metric({ namespace: 'AWS/SES', metricName, statistic: 'Sum', period: FIVE_MINUTES });

function tableThrottles(table: ITableV2): MathExpression {
  const events = (metricName: string) => table.metric(metricName, { statistic: 'Sum', period: FIVE_MINUTES });
  return new MathExpression({
    expression: 'reads + writes',
    usingMetrics: { reads: events('ReadThrottleEvents'), writes: events('WriteThrottleEvents') },
    label: 'throttled',
    period: FIVE_MINUTES,
  });
}

function addDashboard(stack: Stack, { table, api, deadLetters, functions, logs }: Parts): void {
  const half = { width: 12, height: 6 };
  const all = Object.entries(functions);
  const dashboard = new Dashboard(stack, 'Dashboard', { defaultInterval: Duration.hours(6) });
  dashboard.addWidgets(
    new TextWidget({
      markdown: [
        '# Are notes leaving?',
        '',
        'Yes, while the oldest due note is under ten minutes late and what SES took keeps up with what was handed out.',
        'A note is followed by its id: runbook, "Where is this note?".',
      ].join('\n'),
      width: 12,
      height: 4,
    }),
    new SingleValueWidget({
      title: 'Now',
      width: 12,
      height: 4,
      metrics: [
        ours('OldestDueNote', {
          statistic: 'Maximum',
          period: MINUTE,
          label: 'oldest due note, seconds late',
        }),
        ours('NotesAccepted', { period: HOUR, label: 'taken by SES in an hour' }),
        ours('NotesUnknown', { period: HOUR, label: 'not known in an hour' }),
      ],
    }),
  );
  dashboard.addWidgets(
    new GraphWidget({
      title: 'From the table to SES',
      ...half,
      left: [
        ours('NotesLeased', { label: 'handed out' }),
        ours('NotesAccepted', { label: 'taken by SES' }),
        ours('NotesNotSent', { label: 'not now' }),
        ours('NotesRefused', { label: 'refused' }),
        ours('NotesUnknown', { label: 'not known' }),
      ],
      right: [ours('OldestDueNote', { statistic: 'Maximum', label: 'oldest, seconds late' })],
    }),
    new GraphWidget({
      title: 'From SES to the mailbox',
      ...half,
      left: ['Send', 'Delivery', 'Bounce', 'Complaint', 'Reject'].map(ses),
    }),
  );
  dashboard.addWidgets(
    new GraphWidget({
      title: 'Dead letters',
      ...half,
      left: Object.entries(deadLetters).map(([name, queue]) => visible(queue).with({ label: name })),
    }),
    new GraphWidget({
      title: 'Functions that failed, and that waited for others',
      ...half,
      left: all.map(([name, one]) => one.metricErrors({ label: name })),
      right: [Lambda.metricAllThrottles({ label: 'throttled' })],
    }),
  );
  dashboard.addWidgets(
    new GraphWidget({
      title: 'Requests, and how long the slowest in a hundred waits',
      ...half,
      left: [api.metricCount(), api.metricClientError(), api.metricServerError()],
      right: [api.metricLatency({ statistic: 'p99' })],
    }),
    new GraphWidget({
      title: 'The table',
      ...half,
      left: [
        table.metricConsumedReadCapacityUnits({ label: 'reads' }),
        table.metricConsumedWriteCapacityUnits({ label: 'writes' }),
      ],
      right: [tableThrottles(table)],
    }),
  );
  dashboard.addWidgets(
    new LogQueryWidget({
      title: 'What went wrong',
      width: 24,
      height: 8,
      logGroupNames: logs.map((log) => log.logGroupName),
      queryLines: [
        'fields @timestamp, message, name, user, note, article, at',
        'filter level in ["ERROR", "WARN"]',
        'sort @timestamp desc',
        'limit 50',
      ],
    }),
  );
  new CfnOutput(stack, 'DashboardAddress', {
    value: `https://${stack.region}.console.aws.amazon.com/cloudwatch/home#dashboards/dashboard/${dashboard.dashboardName}`,
  });
}
