/** What is told to the user, and to nobody else, of a mail they sent in. */
export interface Kept {
  title: string;
  alreadySaved: boolean;
  /** Friends it could be for, best first; undefined while they are still looked for. */
  names: string[] | undefined;
  /** The friend for whom the user's words wait as a draft. */
  draftFor?: string | undefined;
  /** Words of the user's that could not become a draft. */
  words?: string | undefined;
  /** Where to write the note. */
  url: string;
}

/** "Grace", "Grace or Alan", "Grace, Alan or José". */
function either(names: string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** No reason and no interest stands in mail, not even in the user's own. */
export function replyText({ title, alreadySaved, names, draftFor, words, url }: Kept): string {
  const said = [alreadySaved ? `You had kept it before: “${title}”.` : `Kept: “${title}”.`];
  if (!names) said.push('Hallway still looks for whom it could be for.');
  else if (names.length > 0) said.push(`It could be for ${either(names)}.`);
  else if (!draftFor) said.push('Nobody comes to mind.');
  if (words)
    said.push('Hallway could not tell which friend your words are for. They are kept under Settings.');
  said.push(
    draftFor
      ? `Your words wait as a draft for ${draftFor}. Seal it here:\n${url}`
      : `Write the note here:\n${url}`,
  );
  return said.join('\n\n');
}
