import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

export const METRICS_NAMESPACE = 'Hallway';

/**
 * What the functions count, for the alarms and the dashboard (`infra/aws/operations.ts`). Each is a custom metric with a
 * price: no dimensions, and nothing that AWS counts already.
 * - `OldestDueNote`: seconds that the latest of the due notes is behind the moment its user was told; 0: none is due
 * - `NotesDue`, `NotesLeased`: found due in a minute, and handed out
 * - `NotesAccepted`, `NotesNotSent`, `NotesRefused`, `NotesUnknown`: what SES said (`platform/mailer.ts`)
 */
export type MetricName =
  | 'OldestDueNote'
  | 'NotesDue'
  | 'NotesLeased'
  | 'NotesAccepted'
  | 'NotesNotSent'
  | 'NotesRefused'
  | 'NotesUnknown';

let metrics: Metrics | undefined;

/** Told to CloudWatch as a log line (its embedded metric format). On one machine nobody reads it: nothing is written. */
export function tell(values: Partial<Record<MetricName, number>>): void {
  if (!process.env.AWS_LAMBDA_FUNCTION_NAME) return;
  metrics ??= new Metrics({ namespace: METRICS_NAMESPACE, serviceName: 'hallway' });
  for (const [name, value] of Object.entries(values)) {
    metrics.addMetric(name, name === 'OldestDueNote' ? MetricUnit.Seconds : MetricUnit.Count, value);
  }
  metrics.publishStoredMetrics();
}
