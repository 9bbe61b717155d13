import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import { openGround } from './platform/ground.ts';
import { createApp } from './web/app.ts';

const app = openGround().then((ground) => handle(createApp(ground)));

/** From API Gateway's HTTP API: the JSON API and the pages. */
export const handler = async (event: LambdaEvent, context?: LambdaContext) => (await app)(event, context);
