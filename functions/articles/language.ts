/** A paragraph: languages that are close (Danish and Norwegian) need about so many characters to be told apart. */
const MIN_CHARS = 100;
/** More makes it no surer. */
const SAMPLE_CHARS = 4000;

/**
 * The language a text is written in, as a primary subtag; undefined if it is too short, or cannot be told for sure. The
 * words it knows them by are read when they are first needed (0.9 MB, 0.1 s): most pages say their language themselves.
 */
export async function detectLanguage(text: string): Promise<string | undefined> {
  if (text.length < MIN_CHARS) return undefined;
  const { eld } = await import('eld/extrasmall');
  const found = eld.detect(text.slice(0, SAMPLE_CHARS));
  return found.isReliable() ? found.language || undefined : undefined;
}
