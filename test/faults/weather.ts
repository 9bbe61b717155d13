import type { Random } from './simulation.ts';

/** How often what goes wrong: parts of 1. What is not said never does. */
export interface Weather {
  /** At a call, before it or after it. */
  dies: number;
  /** A call takes seconds, or its machine sleeps through minutes. */
  slow: number;
  sleeps: number;
  conflicts: number;
  busy: number;
  /** The request was done, and the connection broke before its answer came. */
  answerLost: number;
  staleIndex: number;
  mailRefusedEarly: number;
  mailAnswerLost: number;
  messageLost: number;
  messageDoubled: number;
  messageLate: number;
  eventLost: number;
  eventDoubled: number;
  eventLate: number;
}

export const CALM_WEATHER: Weather = {
  dies: 0,
  slow: 0,
  sleeps: 0,
  conflicts: 0,
  busy: 0,
  answerLost: 0,
  staleIndex: 0,
  mailRefusedEarly: 0,
  mailAnswerLost: 0,
  messageLost: 0,
  messageDoubled: 0,
  messageLate: 0,
  eventLost: 0,
  eventDoubled: 0,
  eventLate: 0,
};

/** Each kind of fault is often, seldom or not at all in a run: what is hidden by one kind comes to light without it. */
export function drawWeather(random: Random): Weather {
  const draw = (seldom: number, often: number) => random.pick([0, seldom, seldom, often]);
  return {
    dies: draw(0.01, 0.05),
    slow: draw(0.03, 0.2),
    sleeps: draw(0.003, 0.015),
    conflicts: draw(0.05, 0.3),
    busy: draw(0.01, 0.05),
    answerLost: draw(0.01, 0.05),
    staleIndex: draw(0.1, 0.5),
    mailRefusedEarly: draw(0.2, 0.6),
    mailAnswerLost: draw(0.3, 0.7),
    messageLost: draw(0.1, 0.4),
    messageDoubled: draw(0.4, 0.8),
    messageLate: draw(0.1, 0.3),
    eventLost: draw(0.1, 0.5),
    eventDoubled: draw(0.1, 0.5),
    eventLate: draw(0.1, 0.5),
  };
}
