import {
  DescribeActiveReceiptRuleSetCommand,
  SESClient,
  SetActiveReceiptRuleSetCommand,
} from '@aws-sdk/client-ses';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

/** CloudFormation waits an hour for an answer that does not come: one that fails must say so. */
const ANSWER_TIMEOUT_MS = 10_000;

const ses = new SESClient({});

/**
 * From CloudFormation: makes our receipt rules the active ones if the account has none that are. CloudFormation cannot, and
 * an account's own rules are not ours to switch off. When the stack goes, ours stop first: SES keeps active rules from being
 * deleted.
 */
export const handler = async (event: CloudFormationCustomResourceEvent): Promise<void> => {
  try {
    await answer(event, { Status: 'SUCCESS', Data: { Step: await step(event) } });
  } catch (error) {
    const Reason = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
    await answer(event, { Status: 'FAILED', Reason });
  }
};

/** What is left to be done by hand, as a sentence. */
async function step({ RequestType, ResourceProperties }: CloudFormationCustomResourceEvent): Promise<string> {
  const ours = String(ResourceProperties.RuleSetName);
  const { Metadata } = await ses.send(new DescribeActiveReceiptRuleSetCommand({}));
  const active = Metadata?.Name;
  if (RequestType === 'Delete') {
    if (active === ours) await ses.send(new SetActiveReceiptRuleSetCommand({}));
    return 'Mail no longer comes in.';
  }
  if (active !== undefined && active !== ours) {
    return `The rule set ${active} is active and stays so. Mail comes in once this was run: aws ses set-active-receipt-rule-set --rule-set-name ${ours}`;
  }
  if (active === undefined) await ses.send(new SetActiveReceiptRuleSetCommand({ RuleSetName: ours }));
  return 'None: mail comes in.';
}

async function answer(event: CloudFormationCustomResourceEvent, outcome: object): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event;
  await fetch(event.ResponseURL, {
    method: 'PUT',
    body: JSON.stringify({
      StackId,
      RequestId,
      LogicalResourceId,
      PhysicalResourceId: 'active-receipt-rules',
      ...outcome,
    }),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
}
