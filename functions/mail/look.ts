import juice from 'juice/client';

// The tokens of the pages, with the stand-ins that mail programs have.
const SERIF = 'Iowan Old Style, Palatino Linotype, Palatino, P052, Georgia, serif';
const SANS = '-apple-system, Segoe UI, Roboto, Noto Sans, Arial, sans-serif';
export const DESK = '#f1ebe0';
export const SHEET = '#fffdf9';
const INK = '#2b3a9f';
const PRINT = '#24211b';
const PENCIL = '#615a4e';
const EDGE = '#867d6d';
const RULE = '#d6cebe';

/** Selectors are classes alone: the library is asked for elements of each look, not for the letter. */
const STYLES = `
.page { margin: 0; padding: 0; -webkit-text-size-adjust: 100% }
.desk { background: ${DESK} }
.out { padding: 40px 16px 0 }
.sheet { max-width: 600px; background: ${SHEET}; border: 1px solid ${RULE}; word-break: break-word }
.pad { padding: 0 48px }
.rule { border-top: 1px solid ${RULE} }

.ink { color: ${INK} }
.print { color: ${PRINT} }
.pencil { color: ${PENCIL} }
.own { text-align: start; unicode-bidi: plaintext }

.note { padding-top: 44px; font: 23px/34px ${SERIF} }
.name { padding-top: 14px; padding-bottom: 36px; font: 23px/34px ${SERIF} }
.site { padding: 24px 0 6px; font: 600 13px/20px ${SANS} }
.minutes { font-weight: 400 }
.title { margin: 0; padding: 0 0 12px; font: 400 26px/32px ${SERIF} }
.plain { text-decoration: none }
.body { padding: 0 0 16px; font: 18px/28px ${SERIF} }
.more { padding: 0 0 16px; font: italic 16px/24px ${SERIF} }
.read { padding: 0 0 24px; font: 500 15px/24px ${SANS} }
.chose { padding: 20px 0 28px; font: italic 16px/24px ${SERIF} }
.says { padding-top: 44px; padding-bottom: 24px; font: 21px/32px ${SERIF} }

.acts { padding-bottom: 28px }
.stack { margin: 0 12px 12px 0 }
.fill { background: ${INK}; border: 1px solid ${INK}; border-radius: 3px; mso-padding-alt: 11px 20px }
.line { border: 1px solid ${EDGE}; border-radius: 3px; mso-padding-alt: 11px 20px }
.button { display: inline-block; padding: 11px 20px; font: 500 15px/22px ${SANS}; text-decoration: none }
.filled { color: ${SHEET} }

.around { padding: 28px 16px 48px }
.column { max-width: 600px }
.fine { padding: 0 8px; font: 13px/20px ${SANS}; word-break: break-word }
.quietly { margin: 0; padding: 0 0 12px; font: 14px/30px ${SANS} }
`;

/** What cannot stand in an element: phones, and the dark. Outlook on the web marks what it has darkened with `data-`. */
export const AT_RULES = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (max-width:620px){.pad{padding-left:24px!important;padding-right:24px!important}.out{padding:0!important}.sheet{border-left:0!important;border-right:0!important}}
@media (prefers-color-scheme:dark){.desk{background:#1a1612!important}.sheet{background:#28221b!important;border-color:#40382d!important}.ink{color:#b4beff!important}.print{color:#ede5d6!important}.pencil{color:#b0a492!important}.rule{border-color:#40382d!important}.fill{background:#b4beff!important;border-color:#b4beff!important}.filled{color:#1a1612!important}.line{border-color:#877b69!important}}
[data-ogsc] .ink{color:#b4beff!important}[data-ogsc] .print{color:#ede5d6!important}[data-ogsc] .pencil{color:#b0a492!important}[data-ogsc] .filled{color:#1a1612!important}
[data-ogsb] .desk{background:#1a1612!important}[data-ogsb] .sheet{background:#28221b!important}[data-ogsb] .fill{background:#b4beff!important}`;

/** The classes an element of a letter can have, together. */
const LOOKS = [
  'page desk',
  'desk',
  'out',
  'sheet',
  'pad',
  'pad ink own note',
  'pad ink own name',
  'ink own body',
  'rule print own site',
  'pencil minutes',
  'print own title',
  'print plain',
  'print own body',
  'pencil more',
  'read',
  'print',
  'rule pencil chose',
  'pad print says',
  'pad acts',
  'stack',
  'fill',
  'line',
  'button filled',
  'button print',
  'around',
  'column',
  'pencil fine',
  'quietly',
  'pencil',
] as const;
type Look = (typeof LOOKS)[number];

const specimens = LOOKS.map((classes) => `<i class="${classes}"></i>`).join('');
const inlined = juice.inlineContent(specimens, STYLES);
const styles = new Map<string, string>(
  [...inlined.matchAll(/class="([^"]*)" style="([^"]*)"/g)].map(([, classes = '', style = '']) => [
    classes,
    style,
  ]),
);

/**
 * The attributes of an element of these classes, its style inlined: Gmail's app drops the `<style>` of a mailbox that is
 * not Gmail's. The library has done its work when this file is loaded, so a letter costs nothing; and nobody's words go
 * through it, which it would search for marks of its own (`{{`, `<%`).
 */
export function look(classes: Look): { class: Look; style: string } {
  return { class: classes, style: styles.get(classes) ?? '' };
}
