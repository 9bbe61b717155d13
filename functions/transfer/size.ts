import { Fault } from '../platform/faults.ts';

/** Contract: through the API in one request; above, through a link. In bytes. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** `how`: the way for a larger file, to whoever sent it. */
export function tooLarge(how: 'script' | 'page' = 'script'): Fault {
  const ways = {
    script: 'Ask POST /api/imports/uploads for a link, send the file there, and then its "upload" here.',
    page: 'A file of this size needs scripts switched on in your browser; or bring it in parts.',
  };
  return new Fault('too-large', `The file is over ${MAX_FILE_BYTES / 1024 / 1024} MB. ${ways[how]}`);
}
