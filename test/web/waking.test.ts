import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { adasDesk } from './callers.ts';

const LETTER = { text: 'The lamp you lent me is still the best one.' };

describe('a friend’s waking hours', () => {
  test('are said, changed and taken back through the API', async () => {
    const { api } = await adasDesk();
    const wakingHours = { from: '07:00', to: '22:00', weekendFrom: '10:00' };
    const { status, json: grace } = await api('POST', '/friends', { name: 'Grace', wakingHours });
    expect([status, grace.wakingHours]).toEqual([201, wakingHours]);
    const change = async (hours: unknown) =>
      (await api('PATCH', `/friends/${grace.id}`, { wakingHours: hours })).json;
    expect((await change({ from: '05:00', to: '14:15' })).wakingHours).toEqual({
      from: '05:00',
      to: '14:15',
    });
    expect((await change({ from: '14:15', to: '05:00' })).errors).toEqual([
      { path: '/wakingHours/to', message: 'must be at least 4 hours after waking, on the same day' },
    ]);
    expect((await change({ from: 'dawn', to: '14:15' })).errors).toEqual([
      { path: '/wakingHours/from', message: 'must be a time of day, like 08:30' },
    ]);
    expect((await change(null)).wakingHours).toBeNull();
    expect((await api('GET', `/friends/${grace.id}`)).json.wakingHours).toBeNull();
  });

  test('keep the surprises that are drawn from then on', async () => {
    const { api } = await adasDesk();
    const { json: grace } = await api('POST', '/friends', {
      name: 'Grace',
      email: 'grace@friends.example',
      timeZone: 'Asia/Kathmandu',
      wakingHours: { from: '04:00', to: '08:00' },
    });
    const { json: note } = await api('POST', '/notes', {
      ...LETTER,
      friendId: grace.id,
      moment: { kind: 'surprise' },
    });
    // Kathmandu is a quarter to six hours ahead.
    expect(note.sendAt.slice(11) >= '22:15' || note.sendAt.slice(11) < '02:15').toBe(true);
  });

  test('are in the form of their page, which says what is wrong with them, and leaves the usual ones be', async () => {
    const { api, pages } = await adasDesk();
    const { json: grace } = await api('POST', '/friends', { name: 'Grace' });
    const page = await pages.get(`/friends/${grace.id}`);
    const hoursOf = async () => (await api('GET', `/friends/${grace.id}`)).json.wakingHours;
    const value = (html: string, name: string) =>
      parseHTML(html).document.querySelector(`#details [name="${name}"]`)?.getAttribute('value');
    expect(['from', 'to', 'weekendFrom'].map((name) => value(page.text, name))).toEqual([
      '08:30',
      '20:30',
      '09:30',
    ]);
    const save = (fields = {}) => pages.send(page, `/friends/${grace.id}`, fields);
    expect((await save({ name: 'Grace H' })).status).toBe(303);
    expect(await hoursOf()).toBeNull();

    const wrong = await save({ from: '12:00', to: '13:00', weekendFrom: '11:00' });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('This must be at least 4 hours after waking, on the same day.');
    expect(wrong.text).toContain('This must be at least 4 hours before the end of the day.');
    expect(value(wrong.text, 'to')).toBe('13:00');
    expect(await hoursOf()).toBeNull();

    expect((await save({ from: '05:30', to: '23:00', weekendFrom: '11:00' })).status).toBe(303);
    expect(await hoursOf()).toEqual({ from: '05:30', to: '23:00', weekendFrom: '11:00' });
    const shown = (await pages.get(`/friends/${grace.id}`)).text;
    expect(value(shown, 'from')).toBe('05:30');
    // The line of the day: from half past five to eleven at night, of 24 hours on 96 units.
    expect(shown).toContain('M22 5H92');
    await save({ from: '08:30', to: '20:30', weekendFrom: '09:30' });
    expect(await hoursOf()).toBeNull();
  });
});

describe('what waits for a friend who moves', () => {
  test.each(['API', 'page'])(
    'through the %s keeps its hour there, unless it was said in a zone',
    async (by) => {
      const { api, pages } = await adasDesk();
      const { json: grace } = await api('POST', '/friends', {
        name: 'Grace',
        email: 'grace@friends.example',
        timeZone: 'Europe/London',
      });
      const write = async (moment: object) =>
        (await api('POST', '/notes', { ...LETTER, friendId: grace.id, moment })).json;
      const at = '2026-11-25T14:10';
      const notes = await Promise.all([
        write({ kind: 'at', at }),
        write({ kind: 'at', at, timeZone: 'Europe/London' }),
        write({ kind: 'now' }),
      ]);
      if (by === 'API') await api('PATCH', `/friends/${grace.id}`, { timeZone: 'America/New_York' });
      else {
        const page = await pages.get(`/friends/${grace.id}`);
        await pages.send(page, `/friends/${grace.id}`, { timeZone: 'America/New_York' });
      }
      const now = await Promise.all(notes.map(async ({ id }) => (await api('GET', `/notes/${id}`)).json));
      expect(now.map(({ sendAt, movedBecause }) => [sendAt, movedBecause])).toEqual([
        ['2026-11-25T19:10:00.000Z', 'zone'],
        ['2026-11-25T14:10:00.000Z', null],
        [notes[2]?.sendAt, null],
      ]);
    },
  );
});
