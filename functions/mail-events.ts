import { onMailEvent } from './notes/mail-events.ts';
import { openGround } from './platform/ground.ts';

const ground = openGround();

/** From EventBridge: what became of a mail, as SES tells it. */
export const handler = async (event: unknown): Promise<void> => onMailEvent(await ground, event);
