import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import { openGround } from './platform/ground.ts';
import { createApp } from './web/app.ts';

const app = openGround().then((ground) => handle(createApp(ground)));

/** From API Gateway's HTTP API: the JSON API and the pages. */
export const handler = async (event: LambdaEvent, context?: LambdaContext) =>
  (await app)(isRead(event) ? { ...event, body: null } : event, context);

/** A body that comes with it means nothing (RFC 9110, 9.3.1), and a `Request` takes none: it would never reach the app. */
function isRead({ requestContext }: LambdaEvent): boolean {
  return 'http' in requestContext && /^(?:GET|HEAD)$/.test(requestContext.http.method);
}
