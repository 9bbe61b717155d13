import type { Friend } from '../../friends/friend.ts';
import type { Touch, Word } from '../../ledger/touches.ts';
import type { Frame } from '../views.ts';
import { Cup } from './cup.tsx';
import { Icon, Ring } from './icons.tsx';
import { Name, scriptOf, Text } from './text.tsx';
import { cityOf, dayName } from './when.ts';
import { callName } from './words.ts';

/** What a friend said on the pages of their letters, newest first as given. Nothing, if they said nothing. */
export function History({
  frame: { now, user },
  friend,
  touches,
}: {
  frame: Frame;
  friend: Friend;
  touches: readonly Touch[];
}) {
  if (touches.length === 0) return null;
  const name = callName(friend.name);
  return (
    <section aria-labelledby="said">
      <h2 id="said">
        What <Name>{name}</Name> said
      </h2>
      <ol class="thread">
        {touches.map((touch) => {
          const { said, also } = wordsOf(touch, friend, name);
          return (
            <li class="entry">
              <Sign kind={touch.kind} />
              <p class="at">
                <time datetime={touch.at}>{dayName(touch.at, now, user.timeZone)}</time>
              </p>
              <div class="body">
                <p class="pencil">
                  <Text>{said}</Text>
                </p>
                {touch.line && (
                  <blockquote class="quoted">
                    <p class="words" dir="auto" lang={scriptOf(touch.line)}>
                      {touch.line}
                    </p>
                  </blockquote>
                )}
                {also && (
                  <p class="pencil say">
                    <Text>{also}</Text>
                  </p>
                )}
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Sign({ kind }: Pick<Touch, 'kind'>) {
  switch (kind) {
    case 'thanks':
      return <Ring name="delivered" />;
    case 'coffee':
      return <Cup />;
    case 'renamed':
    case 'moved-zone':
      return <Icon name="pencil" />;
    default:
      return <Ring name="stopped" />;
  }
}

/** How the mail stands that tells the user: nothing, if it went. */
const MAIL_WORDS: Partial<Record<Word, string>> = {
  waiting: 'The mail that tells you of it could not leave.',
  asked: 'The mail that tells you of it may not have left.',
};

/** What was said, and what it changed. */
function wordsOf(touch: Touch, friend: Friend, name: string): { said: string; also?: string } {
  const { kind, interestId, was = '', is = '', word } = touch;
  const interest = friend.interests.find(({ id }) => id === interestId)?.text;
  const onlyHere = word && MAIL_WORDS[word];
  switch (kind) {
    case 'thanks':
      return withAlso(
        `${name} said thank you.`,
        onlyHere ?? (interest && `Hallway takes it as a yes to “${interest}”.`),
      );
    case 'coffee':
      return withAlso(`${name} would like a coffee.`, onlyHere);
    case 'not-my-thing':
      return withAlso(
        `Not a thing for ${name}.`,
        interest && `Hallway is more careful with “${interest}” from now on.`,
      );
    case 'less-often':
      return withAlso(
        `${name} asked for letters less often.`,
        'What waited is held. Surprises keep a month apart.',
      );
    case 'stopped':
      return withAlso(
        `${name} asked Hallway not to carry your letters any more.`,
        'What waited is held. You can still write by your own hand.',
      );
    case 'stopped-all':
      return withAlso(
        `${name} asked Hallway not to carry any letters any more.`,
        'What waited is held. You can still write by your own hand.',
      );
    case 'renamed':
      return { said: `${name} corrected the name: “${was}” became “${is}”.` };
    case 'moved-zone':
      return withAlso(
        `${name} corrected the time zone, from ${cityOf(was)} to ${cityOf(is)}.`,
        'What waits leaves at the same hour there.',
      );
    case 'erased':
      return { said: `${name} asked Hallway to delete what it held.` };
    default:
      return kind satisfies never;
  }
}

function withAlso(said: string, also: string | undefined): { said: string; also?: string } {
  return { said, ...(also && { also }) };
}
