import type { User } from '../accounts/user.ts';
import type { Ground } from '../platform/ground.ts';

/** What travels with a request. `user` is set behind the door only. */
export interface Env {
  Variables: { ground: Ground; user: User };
}
