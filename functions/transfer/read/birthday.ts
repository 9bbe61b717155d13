import { birthday } from '../../platform/shapes.ts';

/** What Apple writes for "no year"; a leap year, and before anybody who could be a friend was born. */
const NO_YEAR = 1604;

/** Longer is no date. */
const MAX_CHARS = 40;

type Parts = [year: string | undefined, month: string | undefined, day: string | undefined];

function partsOf(written: string, dayFirst: boolean): Parts {
  // vCard (RFC 6350, 4.3.1; RFC 2426, 3.1.5) and ISO 8601, a time after it or not.
  const basic = /^(\d{4}|-)-?(\d\d)-?(\d\d)(?:[T ].*)?$/.exec(written);
  if (basic) return [basic[1], basic[2], basic[3]];
  const yearFirst = /^(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})$/.exec(written);
  if (yearFirst) return [yearFirst[1], yearFirst[2], yearFirst[3]];
  const [, first, mark, second, year] =
    /^(\d{1,2})([/.-]) ?(\d{1,2})\2? ?(\d{4}|\d\d)?(?: .*)?$/.exec(written) ?? [];
  const isDayFirst = Number(first) > 12 || (Number(second) <= 12 && (dayFirst || mark === '.'));
  return isDayFirst ? [year, second, first] : [year, first, second];
}

/**
 * A birthday as address books write it, as `YYYY-MM-DD` or `--MM-DD`; undefined if it is no date. Of `3/4/1984` the
 * month is first unless `dayFirst`, or unless that is no date; `3.4.1984` is 3 April everywhere. A year of two digits
 * says no century, so it is left out; so is `omitYear`, which stands for "no year".
 */
export function birthdayOf(
  written: string | undefined,
  { dayFirst = false, omitYear = NO_YEAR }: { dayFirst?: boolean; omitYear?: number } = {},
): string | undefined {
  const text = written?.trim() ?? '';
  if (text.length > MAX_CHARS) return undefined;
  const [year = '', month = '', day = ''] = partsOf(text, dayFirst);
  const isYear = /^\d{4}$/.test(year) && ![0, NO_YEAR, omitYear].includes(Number(year));
  const found = `${isYear ? year : '-'}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return birthday.safeParse(found).success ? found : undefined;
}
