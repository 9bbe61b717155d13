import { mailbox } from './header.ts';

/** Whether mail can be sent there: some of what is an address by its form means another to a server on the way. */
export function isMailable(address: string): boolean {
  try {
    mailbox({ name: '', address });
    return true;
  } catch {
    return false;
  }
}
