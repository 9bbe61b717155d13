import { randomBytes } from 'node:crypto';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { SecretsManagerRotationEvent } from 'aws-lambda';
import { turnOver } from '../../../functions/platform/secrets.ts';

const secrets = new SecretsManagerClient({});

/**
 * From Secrets Manager, in its four steps, each perhaps more than once: the signing secrets with a fresh one before them.
 * There is nothing to set elsewhere and nothing to try: the second and third step are for secrets of others.
 */
export const handler = async ({
  SecretId,
  ClientRequestToken,
  Step,
}: SecretsManagerRotationEvent): Promise<void> => {
  if (Step === 'createSecret') return create(SecretId, ClientRequestToken);
  if (Step === 'finishSecret') return finish(SecretId, ClientRequestToken);
};

async function create(SecretId: string, ClientRequestToken: string): Promise<void> {
  const current = await secrets.send(new GetSecretValueCommand({ SecretId, VersionStage: 'AWSCURRENT' }));
  const SecretString = turnOver(current.SecretString ?? '', randomBytes(48).toString('base64url'));
  try {
    await secrets.send(
      new PutSecretValueCommand({
        SecretId,
        ClientRequestToken,
        SecretString,
        VersionStages: ['AWSPENDING'],
      }),
    );
  } catch (error) {
    // The step was done before, with another fresh secret: that one counts.
    if (!(error instanceof ResourceExistsException)) throw error;
  }
}

async function finish(SecretId: string, token: string): Promise<void> {
  const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId }));
  const current = Object.keys(VersionIdsToStages).find((id) =>
    VersionIdsToStages[id]?.includes('AWSCURRENT'),
  );
  if (current === token) return;
  await secrets.send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: token,
      RemoveFromVersionId: current,
    }),
  );
}
