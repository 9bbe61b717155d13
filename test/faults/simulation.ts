import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../functions/platform/clock.ts';

/** mulberry32 (Tommy Ettinger): the same numbers for the same seed, on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to 1, below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(part: number): boolean {
    return this.next() < part;
  }

  between(from: number, below: number): number {
    return from + Math.floor(this.next() * (below - from));
  }

  pick<One>(list: readonly One[]): One {
    const one = list[this.between(0, list.length)];
    if (one === undefined) throw new Error('Nothing to pick from.');
    return one;
  }
}

/** Something that runs by itself and can die: one invocation of a function. */
export interface Actor {
  name: string;
  /** Its machine's clock, which is not everybody's. */
  clock: Clock;
  isRunning: boolean;
  /** Calls and sleeps it waits for. With none it is at work, and nothing else may happen meanwhile. */
  waits: number;
  died(): void;
}

/** Something that can happen from `at` on. `onTheWire`: a request that its sender's death does not call back. */
interface Step {
  at: number;
  name: string;
  actor?: Actor;
  onTheWire?: boolean;
  happen(): Promise<void> | void;
}

/** What a call is made to fail with, as Node's sockets and the SDK's handler do. */
export class CallFailure extends Error {
  readonly code: string | undefined;

  constructor({ code, name = 'Error' }: { code?: string; name?: string }) {
    super(code ?? name);
    this.name = name;
    this.code = code;
  }
}

/** A request of a process that is gone lands within this time, or never. */
const STILL_LANDS_MS = 30_000;
/** Real time. Who is at work for longer waits for something that the simulation does not know. */
const AT_WORK_MS = 10_000;

const inside = new AsyncLocalStorage<Actor>();

/** The actor in whose name this code runs. */
export function currentActor(): Actor | undefined {
  return inside.getStore();
}

/**
 * A world with a time of its own, in which one thing happens after the other, in an order that the seed decides. An actor
 * runs from one of its calls of the platform to the next; between them anything else may happen, or it may die there.
 */
export class Simulation {
  readonly random: Random;
  /** Milliseconds since 1970: the true time, which no actor's clock has to show. */
  now: number;
  readonly trace: string[] = [];
  /** How often what happened. */
  readonly counts: Record<string, number> = {};
  #steps: Step[] = [];
  readonly #running = new Set<Actor>();
  readonly #keepsTrace: boolean;

  constructor(random: Random, now: number, keepsTrace: boolean) {
    this.random = random;
    this.now = now;
    this.#keepsTrace = keepsTrace;
  }

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  say(what: string): void {
    if (this.#keepsTrace) this.trace.push(`${new Date(this.now).toISOString().slice(5, 23)} ${what}`);
  }

  /** Lets something happen after this time (milliseconds). */
  later(ms: number, name: string, happen: () => Promise<void> | void): void {
    this.#steps.push({ at: this.now + ms, name, happen });
  }

  /** Starts an actor. `ended` is told what came of it; an actor that died comes to nothing. */
  start<Answer>(
    name: string,
    skewMs: number,
    work: (actor: Actor) => Promise<Answer>,
    ended: { done?(answer: Answer): void; failed?(error: unknown): void; died?(): void } = {},
  ): void {
    const actor: Actor = {
      name,
      clock: () => new Date(this.now + skewMs),
      isRunning: true,
      waits: 0,
      died: () => ended.died?.(),
    };
    const stop = () => {
      actor.isRunning = false;
      this.#running.delete(actor);
    };
    this.#running.add(actor);
    this.say(`${name}: starts`);
    inside.run(actor, work, actor).then(
      (answer) => {
        stop();
        this.say(`${name}: done`);
        ended.done?.(answer);
      },
      (error: unknown) => {
        stop();
        this.say(`${name}: fails, ${error instanceof Error ? `${error.name}: ${error.message}` : error}`);
        ended.failed?.(error);
      },
    );
  }

  /** An actor's call: `land` happens after `ms`, and its answer is there after `back` more, if there is still who waits. */
  call<Answer>(
    actor: Actor,
    name: string,
    ms: number,
    land: () => Promise<Answer>,
    back: () => number,
  ): Promise<Answer> {
    actor.waits++;
    return new Promise((resolve, reject) => {
      const answer = (what: string, give: () => void): void => {
        if (!actor.isRunning) return;
        const arrive = () => {
          actor.waits--;
          give();
        };
        this.#steps.push({ at: this.now + back(), name: `${name}: ${what}`, actor, happen: arrive });
      };
      const happen = async () => {
        if (actor.isRunning) this.say(`${actor.name}: ${name}`);
        else {
          this.say(`${actor.name}, dead: ${name}`);
          this.count('a request of a dead one lands');
        }
        try {
          const given = await land();
          answer('answer', () => resolve(given));
        } catch (error) {
          // Anything else is a mistake of the simulation's own, and ends it.
          if (!(error instanceof CallFailure)) throw error;
          answer(`fails, ${error.message}`, () => reject(error));
        }
      };
      this.#steps.push({ at: this.now + ms, name, actor, onTheWire: true, happen });
    });
  }

  /** From here on nothing of it happens, but for requests that are on their way. */
  kill(actor: Actor): void {
    if (!actor.isRunning) return;
    actor.isRunning = false;
    this.#running.delete(actor);
    this.say(`${actor.name}: dies`);
    this.#steps = this.#steps.filter(
      (step) =>
        step.actor !== actor ||
        (step.onTheWire && step.at <= this.now + STILL_LANDS_MS && this.random.chance(0.5)),
    );
    actor.died();
  }

  /** Lets happen what is to come, until nothing is. */
  async run(): Promise<void> {
    const restore = this.#takeTime();
    try {
      for (;;) {
        await this.#settle();
        const ready = this.#steps.filter(({ at }) => at <= this.now);
        if (ready.length === 0) {
          if (this.#steps.length === 0) return;
          this.now = Math.min(...this.#steps.map(({ at }) => at));
          continue;
        }
        const step = this.random.pick(ready);
        this.#steps.splice(this.#steps.indexOf(step), 1);
        this.now += this.random.between(0, 20);
        try {
          await step.happen();
        } catch (error) {
          throw new Error(`The simulation itself failed at: ${step.name}.`, { cause: error });
        }
      }
    } finally {
      restore();
    }
  }

  /** Until every actor has said what it does next. */
  async #settle(): Promise<void> {
    const since = performance.now();
    for (;;) {
      await turn();
      const busy = [...this.#running].find(({ waits }) => waits === 0);
      if (!busy) return;
      if (performance.now() - since > AT_WORK_MS) {
        throw new Error(`${busy.name} waits for something that the simulation does not know.`);
      }
    }
  }

  /** An actor's waits are waits of this world, and its chance is the seed's. All else keeps its own. */
  #takeTime(): () => void {
    const { setTimeout: realTimer, clearTimeout: realClear } = globalThis;
    const realRandom = Math.random;
    Math.random = () => (currentActor() ? this.random.next() : realRandom());
    const timer = (wake: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) => {
      const actor = currentActor();
      if (!actor) return realTimer(wake, ms, ...given);
      actor.waits++;
      const step: Step = {
        at: this.now + ms,
        name: 'wakes',
        actor,
        happen: () => {
          actor.waits--;
          inside.run(actor, wake, ...given);
        },
      };
      this.#steps.push(step);
      const drop = () => {
        if (!this.#steps.includes(step)) return false;
        this.#steps.splice(this.#steps.indexOf(step), 1);
        actor.waits--;
        return true;
      };
      // Who lets go of a timer does not wait for it: a library's own, which runs by the real clock.
      const unref = () => {
        if (drop()) realTimer(wake, ms, ...given).unref();
        return handle;
      };
      const handle = { drop, unref, ref: () => handle, hasRef: () => true };
      return handle;
    };
    const clear = (handle: unknown) => {
      if (handle && typeof handle === 'object' && 'drop' in handle) (handle.drop as () => void)();
      else realClear(handle as NodeJS.Timeout);
    };
    globalThis.setTimeout = timer as typeof setTimeout;
    globalThis.clearTimeout = clear as typeof clearTimeout;
    return () => {
      globalThis.setTimeout = realTimer;
      globalThis.clearTimeout = realClear;
      Math.random = realRandom;
    };
  }
}
