import { tick } from './notes/tick.ts';
import { openGround } from './platform/ground.ts';

const ground = openGround();

/** From EventBridge, each minute: what is due is handed to its door. */
export const handler = async (): Promise<void> => tick(await ground);
