import { type App, type Stack, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';

/** A rule of cdk-nag that is not kept, the parts of the stack that do not keep it, and why. */
export interface Accepted {
  rule: string;
  of: string[];
  because: string;
}

const QUEUED = ['suggest', 'send', 'fetch', 'import', 'mail-in'];
const FUNCTIONS = ['api', ...QUEUED, 'tick', 'mail-events'];
const HANDS = ['activate', 'rotate'];

/** All that is not kept. One that is not in this list stops `cdk synth`, and one that is needed no more stops the test. */
export const accepted: Accepted[] = [
  {
    rule: 'AwsSolutions::AwsSolutions-S1',
    of: ['MailIn', 'Files'],
    because:
      'A log of accesses would keep the addresses of people who fetch their own files. Functions and signed links are all that reaches the buckets.',
  },
  {
    rule: 'AwsSolutions::AwsSolutions-SMG4',
    of: ['Pepper'],
    because:
      'The ledger knows addresses by it alone: turned over, everybody who asked to be left in peace would be forgotten.',
  },
  {
    rule: 'AwsSolutions::AwsSolutions-APIG4',
    of: ['Route'],
    because:
      'Visitors without an account are meant to come: to sign in, and by the links in letters. The app asks for a session, a token or a signature (functions/web/session.ts, guard.ts).',
  },
  {
    rule: 'AwsSolutions::AwsSolutions-IAM5[Resource::<MailIn80CC2EE8.Arn>/in/*]',
    of: ['api-role', 'mail-in-role', 'import-role'],
    because: 'SES names each mail anew; all of them lie under this prefix, and nothing else does.',
  },
  {
    rule: 'AwsSolutions::AwsSolutions-IAM5[Resource::<Files8E6940B8.Arn>/uploads/*]',
    of: ['api-role', 'import-role'],
    because: 'Each file to import has a name of its own under this prefix.',
  },
  {
    rule: 'AwsSolutions::AwsSolutions-IAM5[Resource::<Files8E6940B8.Arn>/exports/*]',
    of: ['api-role', 'import-role'],
    because: 'Each export has a name of its own under this prefix.',
  },
  {
    rule: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
    of: ['tick-role', 'activate-role'],
    because:
      'IAM knows no resource for what is about the account: ses:GetSendQuota, and the two actions for its active receipt rules.',
  },
  {
    rule: 'AwsSolutions::AwsSolutions-SQS3',
    of: ['mail-events-dead-letters'],
    because:
      'It is where Lambda and EventBridge put what they could not hand over, which this rule does not see.',
  },
  {
    rule: 'Serverless::Serverless-SQSRedrivePolicy',
    of: [...QUEUED, 'mail-events'].map((name) => `${name}-dead-letters`),
    because: 'It is where dead letters end. An alarm says so, and the runbook what to do.',
  },
  {
    rule: 'Serverless::Serverless-SNSRedrivePolicy',
    of: ['Alarms'],
    because: 'It goes to an email address. What could not be told stands on the dashboard still.',
  },
  {
    rule: 'Serverless::Serverless-EventBusDLQ',
    of: ['Clock'],
    because:
      'A minute that was lost is of no use later: the next one finds all that is due. A clock that stands still raises an alarm.',
  },
  {
    rule: 'Serverless::Serverless-LambdaAsyncFailureDestination',
    of: ['tick'],
    because: 'The next minute is the next try, and finds all that this one would have.',
  },
  {
    rule: 'Serverless::Serverless-LambdaDLQ',
    of: [...FUNCTIONS, ...HANDS],
    because:
      'Lambda uses one for asynchronous calls alone. Queues have their own; mail-events has a destination for failures; tick has the next minute; and who calls api, activate or rotate hears of a failure.',
  },
  {
    rule: 'Serverless::Serverless-LambdaEventSourceMappingDestination',
    of: QUEUED,
    because:
      'For SQS the queue itself keeps what failed and hands it to its dead letters; a mapping has destinations for streams.',
  },
  {
    rule: 'Serverless::Serverless-LambdaTracing',
    of: [...FUNCTIONS, ...HANDS],
    because:
      'From its capture to its delivery a note takes days, longer than a trace lives: log lines with its ids follow it. X-Ray would take a right on every resource.',
  },
  {
    rule: 'CloudFormation-Validate::W9003',
    of: ['MailInActive'],
    because: 'The CDK writes the number of seconds as text, and CloudFormation reads it as a number.',
  },
];

/** AWS's own advice for a solution and for what is serverless: a finding that is not accepted stops `cdk synth`. */
export function addChecks(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}

/** Fault: an Error for a part that the stack does not have. */
export function acceptFindings(stack: Stack, findings = accepted): void {
  for (const { rule, of, because } of findings) {
    for (const name of of) {
      Validations.of(stack.node.findChild(name)).acknowledge({ id: rule, reason: because });
    }
  }
}
