import { expect, test } from 'vitest';
import { detectLanguage } from '../../functions/articles/language.ts';

test.each([
  [
    'da',
    'Bageren på hjørnet åbner klokken fem om morgenen, og der står allerede folk i kø. De fleste kommer for rugbrødets skyld.',
  ],
  [
    'de',
    'Der Bäcker an der Ecke macht um fünf Uhr auf, und da steht schon eine Schlange. Die meisten kommen wegen des Brotes.',
  ],
  [
    'en',
    'The baker on the corner opens at five in the morning, and there is a queue already. Most come for the bread alone.',
  ],
  [
    'pt',
    'O padeiro da esquina abre às cinco da manhã e já há gente na fila. A maioria vem pelo pão, mas alguns vêm conversar.',
  ],
  [
    'uk',
    'Пекар на розі відчиняє о п’ятій ранку, і вже стоїть черга. Більшість приходить по хліб, але дехто приходить поговорити.',
  ],
  [
    'ja',
    '角のパン屋は朝の五時に開き、もう列ができている。たいていの人はパンを買いに来るが、話をしに来る人もいる。'.repeat(
      2,
    ),
  ],
])('%s', async (language, text) => {
  expect(await detectLanguage(text)).toBe(language);
});

test.each([
  ['too short', 'The baker opens at five.'],
  ['no words', '1 2 3 4 5 6 7 8 9 0 - '.repeat(20)],
  ['nothing', ''],
])('not said of what is %s', async (_, text) => {
  expect(await detectLanguage(text)).toBeUndefined();
});
