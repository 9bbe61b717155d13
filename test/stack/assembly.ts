import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { readContext } from '../../infra/aws/context.ts';
import { HallwayStack } from '../../infra/aws/stack.ts';
import { HANDS } from '../../infra/bundle.ts';
import { functions } from '../../infra/service.ts';

export const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules/.bin');
export const CONTEXT = {
  mailDomain: 'hallway.example',
  ownerEmail: 'ada@users.example',
  signUp: 'owner',
  region: 'eu-west-1',
};

export const run = promisify(execFile);

export interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type of resource has its own shape.
  Properties: any;
  DeletionPolicy?: string;
}
export type Resources = Record<string, Resource>;

/** What `cdk synth` made, and what it said. */
export interface Assembly {
  dir: string;
  resources: Resources;
  outputs: Record<string, { Value: unknown }>;
  said: string;
  remove(): void;
}

/** The real command, without credentials and with a proxy that is not there: what reaches for the network fails. */
export async function synth(): Promise<Assembly> {
  const home = mkdtempSync(join(tmpdir(), 'hallway-stack-'));
  const dir = join(home, 'cdk.out');
  const { stderr: said } = await run(join(BIN, 'cdk'), ['synth', '--quiet', '--output', dir], {
    cwd: ROOT,
    env: {
      PATH: `${BIN}${delimiter}${process.env.PATH}`,
      HOME: home,
      HTTPS_PROXY: 'http://127.0.0.1:9',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });
  const template = JSON.parse(readFileSync(join(dir, 'Hallway.template.json'), 'utf8'));
  const remove = () => rmSync(home, { recursive: true, force: true });
  return { dir, resources: template.Resources, outputs: template.Outputs, said, remove };
}

/** The folder that synth uploads as the code of a function, or of a layer. */
export function assetOf({ dir }: Assembly, code: { S3Key: string }): string {
  return join(dir, `asset.${code.S3Key.replace('.zip', '')}`);
}

/** The stack with other context, on functions without code. */
export function stackWith(context: Record<string, string>): { app: App; stack: HallwayStack } {
  const bundle = mkdtempSync(join(tmpdir(), 'hallway-no-code-'));
  for (const name of [...Object.keys(functions), ...HANDS, 'models', 'maps']) mkdirSync(join(bundle, name));
  const app = new App();
  const stack = new HallwayStack(app, 'Hallway', { ...readContext((name) => context[name]), bundle });
  rmSync(bundle, { recursive: true });
  return { app, stack };
}

export const resourcesWith = (context: Record<string, string>): Resources =>
  Template.fromStack(stackWith(context).stack).toJSON().Resources;

const PSEUDO: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': '111122223333',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::Region': 'eu-west-1',
};

/** A name without the hash that the CDK puts behind it. */
export const short = (id: string) => id.replace(/[0-9A-F]{8}$/, '');

/** The short name of what belongs to a function. */
export const named = (name: string, part = '') => `${name}${part}`.replaceAll('-', '');

/** What CloudFormation will put in a value's place, near enough to read it and to compare it. */
export function literal(value: unknown, of: Resources): unknown {
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
    if (attribute === 'ApiEndpoint') return `https://${short(id)}.example`;
    return attribute === 'Arn' || attribute === 'TopicArn' ? `arn:${short(id)}` : `${short(id)}.${attribute}`;
  }
  if ('Fn::Join' in value) return (literal((value['Fn::Join'] as unknown[])[1], of) as string[]).join('');
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, literal(one, of)]));
}

/** Every resource of a type, by its short name, with plain values. */
export function all(type: string, of: Resources): Map<string, Resource['Properties']> {
  const found = Object.entries(of).filter(([, resource]) => resource.Type === type);
  return new Map(found.map(([id, { Properties }]) => [short(id), literal(Properties, of)]));
}
