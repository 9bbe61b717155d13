import type { User } from '../accounts/user.ts';
import type { Ground } from '../platform/ground.ts';

/** What travels with a request. `user` is set behind the door only. */
export interface Env {
  Variables: {
    ground: Ground;
    user: User;
    /** A Content-Security-Policy of the page's own, in the place of the house's. */
    policy?: string;
  };
}
