import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { bundleFunctions } from '../bundle.ts';
import { type Context, readContext } from './context.ts';
import { addChecks } from './findings.ts';
import { HallwayStack } from './stack.ts';

const ROOT = join(import.meta.dirname, '../..');
const BUNDLE = join(ROOT, 'dist/aws');

const app = new App();

function contextOrStop(): Context {
  try {
    return readContext((name) => app.node.tryGetContext(name));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  }
}

const context = contextOrStop();
rmSync(BUNDLE, { recursive: true, force: true });
await bundleFunctions(ROOT, BUNDLE, { minify: true });
new HallwayStack(app, 'Hallway', { ...context, bundle: BUNDLE });
addChecks(app);
app.synth();
