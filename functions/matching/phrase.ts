import type { Language } from './language.ts';
import { allTokens, type Token, tokens } from './tokens.ts';

/** Words of a wish, not of its subject: "my daughter is learning the violin" is about a violin. English. */
const SCAFFOLD = new Set(
  `learn learns learning like likes liking love loves loving enjoy enjoys enjoying interest interests interested
  want wants wanting need needs needing look looks looking search searching find finds finding think thinks thinking
  try tries trying plan plans planning hope hopes hoping consider considers considering dream dreams dreaming
  start starts started starting begin begins began beginning get gets got getting go goes going take takes taking
  keep keeps keeping care cares know knows wish wishes ask asks asked decide decided prefer prefers hate hates
  crazy obsessed curious keen fan fond mad anything everything something stuff thing things kind kinds sort one ones
  always really lately recently currently soon still just maybe perhaps again good great nice best better new decent
  reliable affordable recommendation recommendations advice help ideas year years month months week weeks next
  daughter son wife husband partner spouse mother mum mom father dad sister brother parents grandmother grandfather
  girlfriend boyfriend friend friends etc`.split(/\s+/),
);
/** With one of these a phrase is a sentence. */
const SPEAKS = new RegExp(
  [
    String.raw`\b(?:i|i'm|my|he|his|she|her|we|our|they|their|is|are|was|has|have|wants|loves|likes|enjoys|hates)\b`,
    String.raw`\b(?:looking (?:for|to)|thinking (?:about|of)|(?:trying|planning|hoping|learning|starting) to)\b`,
    String.raw`\b(?:interested in|wondering|considering|needs? (?:an?|to|some|help))\b`,
    '^(?:(?:getting|really|very|just|so) )?(?:into|learning|needs|trying|planning|training for|just|worried about) ',
  ].join('|'),
  'i',
);
/** What is left out of what one likes, up to the next pause: "pandas (not the animal)", "pop, but not Taylor Swift". */
const LEFT_OUT =
  /(?:\bbut (?:not|no|never)|\bexcept(?: for)?|\bapart from|\bother than|(?<=[,;(–—-]\s?)not)\s[^,;)]*/gi;
/** That the subject is not liked at all. */
const AGAINST = new RegExp(
  [
    String.raw`\bnot (?:(?:really|very|at all|that) )?(?:interested in|into|keen on|fond of|an? (?:\w+ )?fan of)\b`,
    String.raw`\b(?:doesn't|don't|does not|do not) (?:really )?(?:like|enjoy|care (?:for|about)|want(?! to miss)|eat|watch|follow)\b`,
    String.raw`\b(?:hates?|dislikes?|loathes?|detests?|can't stand|cannot stand|can't bear)\b`,
  ].join('|'),
  'i',
);
/** Before what a subject's detail begins: "trail running, the muddy kind" is about trail running. */
const PAUSE = /[,;:(]\s|\s[(–—-]\s?/;

/** A phrase taken apart. */
export interface Phrase {
  /** Itself, without what it leaves out; the tokens' places are in it. */
  wished: string;
  /** What it is about. */
  subject: Token[];
  /** What else it says: an article that has these words, too, speaks to it all the more. */
  detail: Token[];
  /** Whether it is said as a sentence, whose single words say less than the whole. */
  spoken: boolean;
  /** Whether it says that the subject is not liked: a `never` in all but name. */
  against: boolean;
}

/** A phrase without what it leaves out, unless that is all of it. */
function wishedIn(phrase: string, language: Language): string {
  const wished = language === 'en' ? phrase.replaceAll(LEFT_OUT, '') : phrase;
  return tokens(wished, language).length > 0 ? wished : phrase;
}

/** Both lists are empty only if there is no word in it. */
export function takeApart(phrase: string, language: Language): Phrase {
  const wished = wishedIn(phrase, language);
  const plain = wished.replaceAll('’', "'");
  const spoken = language === 'en' && SPEAKS.test(plain);
  const refusal = language === 'en' ? AGAINST.exec(plain) : null;
  const refused = refusal ? refusal.index + refusal[0].length : 0;
  const found = tokens(wished, language).filter(
    ({ start }) => start < (refusal?.index ?? 0) || start >= refused,
  );
  const telling = spoken ? found.filter(({ word }) => !SCAFFOLD.has(word)) : found;
  const kept = telling.length > 0 ? telling : allTokens(wished, language);
  const pause = wished.search(PAUSE);
  const ends = pause > (kept[0]?.start ?? 0) ? pause : wished.length;
  return {
    wished,
    subject: kept.filter(({ start }) => start < ends),
    detail: kept.filter(({ start }) => start >= ends),
    spoken,
    // "Hiking, hates crowds" is about hiking.
    against: refusal !== null && (kept[0]?.start ?? 0) >= refused,
  };
}
