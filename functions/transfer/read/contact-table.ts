import type { Entry } from '../entry.ts';
import { birthdayOf } from './birthday.ts';
import type { Cells, Header, Table } from './table.ts';
import { friendEntry } from './tidy.ts';

// Google in English, whatever its language; Outlook in the user's.
const GIVEN = ['given name', 'first name', 'vorname', 'prénom', 'nombre', 'nome', 'voornaam'];
const MIDDLE = ['additional name', 'middle name', 'weitere vornamen', 'zweiter vorname', 'deuxième prénom'];
const FAMILY = ['family name', 'last name', 'nachname', 'nom', 'apellidos', 'cognome', 'achternaam'];
const WHOLE = ['name', 'full name', 'display name', 'anzeigename'];
const FILED_AS = ['file as', 'speichern unter'];
const NICKNAME = ['nickname', 'spitzname', 'surnom'];
const COMPANY = [
  'organization name',
  'organization 1 - name',
  'company',
  'firma',
  'société',
  'empresa',
  'azienda',
];
const EMAIL = [
  'e-mail address',
  'email address',
  'email',
  'e-mail',
  'e-mail-adresse',
  'adresse de messagerie',
  'adresse e-mail',
  'dirección de correo electrónico',
  'indirizzo posta elettronica',
  'e-mailadres',
];
/** Further ones: `E-mail 2 Address`, `E-Mail 2: Adresse`, `E-mail 1 - Value`. */
const EMAIL_NUMBERED = /^e-?mail[ -]?(?:address|adresse)? ?\d{1,3}(?:[ :-]{1,3}(?:value|address|adresse))?$/;
const BIRTHDAY = [
  'birthday',
  'birth date',
  'date of birth',
  'geburtstag',
  'anniversaire',
  'cumpleaños',
  'compleanno',
];
const GROUPS = [
  'group membership',
  'labels',
  'categories',
  'kategorien',
  'catégories',
  'categorías',
  'categorie',
];

/** Addresses read of one cell. */
const MAX_IN_CELL = 20;

/** Groups that say where Google keeps a contact. */
const PLACES = new Set(['mycontacts', 'my contacts', 'starred', 'othercontacts', 'other contacts']);

/** Where the day of a date comes first, its columns have these names. */
const DAY_FIRST = ['geburtstag', 'anniversaire', 'cumpleaños', 'compleanno'];

function groupsIn(cell: string): string[] {
  return cell
    .split(/ ::: |[;,]/)
    .map((name) => name.trim().replace(/^\* ?/, ''))
    .filter((name) => !PLACES.has(name.toLowerCase()));
}

/** Of Google's the one with a star on its label first. One cell can hold several. */
function emailsIn(cells: Cells): string[] {
  const starred: string[] = [];
  const others: string[] = [];
  for (const [name, cell] of cells.all()) {
    if (!EMAIL.includes(name) && !EMAIL_NUMBERED.test(name)) continue;
    const about = name.replace(/ value$/, '');
    const isStarred = [`${about} label`, `${about} type`].some((label) =>
      cells.first(label)?.startsWith('*'),
    );
    (isStarred ? starred : others).push(...cell.split(' ::: ', MAX_IN_CELL));
  }
  return [...starred, ...others];
}

function entryOf(cells: Cells, line: number): Entry {
  const parts = [GIVEN, MIDDLE, FAMILY].map((names) => cells.first(...names)?.trim());
  const birthday = cells.first(...BIRTHDAY);
  const dayFirst = DAY_FIRST.some((name) => cells.first(name));
  return friendEntry(line, {
    names: [
      cells.first(...WHOLE),
      parts.filter(Boolean).join(' '),
      cells.first(...FILED_AS),
      cells.first(...NICKNAME),
      cells.first(...COMPANY),
    ],
    emails: emailsIn(cells),
    birthday: birthdayOf(birthday, { dayFirst }),
    groups: groupsIn(cells.first(...GROUPS) ?? ''),
  });
}

/** The address book a header announces; undefined: it has no columns of people. */
export function contactTable(header: Header): Table | undefined {
  const has = (names: string[]) => names.some((name) => header.has(name));
  const isGoogle = header.has('e-mail 1 - value');
  const isNamed = has(GIVEN) && has(FAMILY);
  const hasEmail = isGoogle || has(EMAIL) || [...header].some((name) => EMAIL_NUMBERED.test(name));
  if (isGoogle || (isNamed && (header.has('group membership') || header.has('labels')))) {
    return { format: 'google-contacts', entryOf };
  }
  if (isNamed && has(EMAIL)) return { format: 'outlook-contacts', entryOf };
  return hasEmail || isNamed ? { format: 'contacts', entryOf } : undefined;
}
