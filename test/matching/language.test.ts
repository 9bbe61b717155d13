import { beforeAll, describe, expect, test } from 'vitest';
import {
  isStopWord,
  type Language,
  languageNamed,
  languageOf,
  stemOf,
} from '../../functions/matching/language.ts';
import { loadModels, type Models } from '../../functions/matching/models.ts';
import { placesBeside } from '../../functions/matching/places.ts';

let models: Models;
beforeAll(async () => {
  const fail = (_: string, error: unknown) => {
    throw error;
  };
  models = await loadModels(placesBeside(`${import.meta.dirname}/../../functions/matching`), fail, {
    sentences: false,
  });
});

describe('forms of a word are one stem', () => {
  test.each<[Language, string, string]>([
    ['en', 'runner running runs', 'runner run run'],
    ['de', 'gärten garten laufen lauf', 'gart gart lauf lauf'],
    ['fr', 'forêts forêt jardins jardin', 'foret foret jardin jardin'],
    ['es', 'montañas montaña viajes viaje', 'montan montan viaj viaj'],
    ['it', 'montagne montagna giardini giardino', 'montagn montagn giardin giardin'],
    ['pt', 'montanhas montanha cidades cidade', 'montanh montanh cidad cidad'],
    ['nl', 'tuinen tuin fietsen', 'tuin tuin fiets'],
    ['sv', 'resor resa cyklar', 'res res cykl'],
    ['other', 'gärten running', 'garten running'],
  ])('%s: %s', (language, words, stems) => {
    expect(
      words
        .split(' ')
        .map((word) => stemOf(word, language))
        .join(' '),
    ).toBe(stems);
  });

  test('names have none', () => {
    for (const name of ['c++', 'node.js', 'a380']) {
      for (const language of ['en', 'de'] as const) expect(stemOf(name, language)).toBe(name);
    }
  });

  test('stop words are known with and without their accents', () => {
    expect(isStopWord('für', 'de')).toBe(true);
    expect(isStopWord('fur', 'de')).toBe(true);
    expect(isStopWord('violin', 'en')).toBe(false);
  });
});

describe('the language of an article', () => {
  test.each<[string, Language]>([
    ['Das Gift der Frösche', 'de'],
    ['Die besten Wanderungen im Schwarzwald', 'de'],
    ['La révolution du vélo', 'fr'],
    ['Un week-end à Lisbonne', 'fr'],
    ['O melhor café de Lisboa', 'pt'],
    ['Why we moved from Rust to Go', 'en'],
    ['Rust vs Go', 'en'],
    ['Postgres 17 released', 'en'],
    ['Art Basel', 'en'],
    ['Haute cuisine', 'en'],
    ['Die Hard', 'en'],
    ['La La Land', 'en'],
    ['chess', 'en'],
    ['', 'en'],
  ])('from a title alone takes two witnesses: %s', (title, language) => {
    expect(languageOf({ title, text: '' }, models.detect)).toBe(language);
  });

  const german =
    'Wer im Gebirge läuft, braucht gute Schuhe, Geduld und einen Blick für das Wetter, das schnell umschlägt. ';

  test('is what the page says while there is hardly a text, and what the text says once there is one', () => {
    const title = 'Trail Running';
    expect(languageOf({ title, text: '', declared: 'de-CH' }, models.detect)).toBe('de');
    expect(languageOf({ title, text: german.repeat(3), declared: 'en' }, models.detect)).toBe('de');
    expect(languageOf({ title, text: '', declared: 'pl' }, models.detect)).toBe('other');
  });

  test('without a detector is what the page says, or English', () => {
    expect(languageOf({ title: 'x', text: german.repeat(3) })).toBe('en');
    expect(languageOf({ title: 'x', text: '', declared: 'fr' })).toBe('fr');
    expect(languageNamed('pt_BR')).toBe('pt');
  });
});
