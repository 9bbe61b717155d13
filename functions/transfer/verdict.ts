import { type Confirmation, confirmationOf } from '../mail/confirmation.ts';
import type { IncomingMail } from '../mail/parse.ts';
import { authentication, type Receipt } from '../mail/trust.ts';
import type { HeldBecause, RefusedBecause } from './arrival.ts';

export type Verdict =
  | { is: 'let-in' }
  | { is: 'held'; because: HeldBecause }
  | { is: 'shown'; confirmation: Confirmation }
  | { is: 'refused'; because: RefusedBecause };

/** Whom the mail says it is from, to the user it came to. */
export type Acquaintance = 'self' | 'accepted' | 'stranger';

/**
 * What to do with a mail at the door. The secret address alone lets nothing in: the sender must be known, and must be
 * who they say. A forged confirmation is not even held: let in, its link would be read like any other.
 */
export function verdictOn(mail: IncomingMail, receipt: Receipt, sender: Acquaintance): Verdict {
  if (receipt.virusVerdict?.status === 'FAIL') return { is: 'refused', because: 'virus' };
  const { believed } = authentication(mail, receipt);
  // Services that ask give out addresses, too: a user's own letter about forwarding is no such question.
  const confirmation = believed && sender === 'self' ? undefined : confirmationOf(mail);
  if (confirmation) {
    return believed ? { is: 'shown', confirmation } : { is: 'refused', because: 'unproven-confirmation' };
  }
  if (!believed) return { is: 'held', because: 'unproven' };
  if (sender === 'stranger') return { is: 'held', because: 'unknown' };
  if (receipt.spamVerdict?.status === 'FAIL') return { is: 'held', because: 'spam' };
  return { is: 'let-in' };
}
