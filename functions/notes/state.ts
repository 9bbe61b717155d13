import type { NoteState } from './note.ts';

/** What can happen to a note, by the user's hand or the queue's. */
export type NoteEvent =
  | 'seal' // the user gives it a moment
  | 'edit'
  | 'cancel'
  | 'claim' // `send` is about to ask SES
  | 'accepted' // SES has it
  | 'not-sent' // certain that nothing left: again later
  | 'refused' // SES will not take it
  | 'hold' // the user is needed
  | 'unsure' // due while sending: nobody can know
  | 'send-again'
  | 'arrived' // the user says so
  | 'sent-myself'
  | 'move' // to a later moment: a cap, or too late at night
  | 'delivery'
  | 'bounce'
  | 'complaint'
  | 'reject'; // SES took it, and found that it will not pass it on

/** Later news of one mail overrides earlier, never the other way round, in whatever order SES's events come. */
const ORDER = ['sent', 'delivered', 'bounced', 'complained'] as const;

/**
 * Where an event leads from a state; null: it cannot happen there. The one table of a note's life:
 *
 *     draft -> scheduled -> sending -> sent -> delivered | bounced | complained
 *                 |  ^         | |-> failed
 *                 |  '---------' '-> uncertain
 *                 |-> cancelled
 *                 '-> held
 */
export function next(state: NoteState, event: NoteEvent): NoteState | null {
  switch (event) {
    case 'seal':
      return is(state, 'draft', 'scheduled', 'held') ? 'scheduled' : null;
    case 'edit':
      return is(state, 'draft', 'scheduled', 'held') ? state : null;
    case 'cancel':
      return is(state, 'draft', 'scheduled', 'held', 'failed') ? 'cancelled' : null;
    case 'claim':
      return state === 'scheduled' ? 'sending' : null;
    case 'move':
      return state === 'scheduled' ? 'scheduled' : null;
    case 'hold':
      return is(state, 'scheduled', 'sending') ? 'held' : null;
    case 'not-sent':
      return state === 'sending' ? 'scheduled' : null;
    case 'refused':
      return state === 'sending' ? 'failed' : null;
    case 'unsure':
      return state === 'sending' ? 'uncertain' : null;
    case 'send-again':
      return is(state, 'uncertain', 'failed', 'held', 'bounced') ? 'scheduled' : null;
    case 'arrived':
      return state === 'uncertain' ? 'delivered' : null;
    case 'sent-myself':
      return is(state, 'draft', 'scheduled', 'held', 'failed', 'bounced') ? 'sent' : null;
    case 'accepted':
      return later(state, 'sent');
    case 'delivery':
      return later(state, 'delivered');
    case 'bounce':
      return later(state, 'bounced');
    case 'complaint':
      return later(state, 'complained');
    case 'reject':
      return is(state, 'scheduled', 'sending', 'uncertain', 'sent') ? 'failed' : null;
    default:
      return event satisfies never;
  }
}

/** News that a mail left can reach a note that was claimed, or was put back, held or given up for want of news. */
function later(state: NoteState, news: (typeof ORDER)[number]): NoteState | null {
  if (is(state, 'scheduled', 'sending', 'uncertain', 'held')) return news;
  const now = ORDER.indexOf(state as (typeof ORDER)[number]);
  return now >= 0 && now < ORDER.indexOf(news) ? news : null;
}

function is(state: NoteState, ...among: NoteState[]): boolean {
  return among.includes(state);
}
