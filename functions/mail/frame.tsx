import { raw } from 'hono/html';
import { AT_RULES, DESK, look, SHEET } from './look.ts';

/**
 * Lines as typed, whatever ended them, without white space at their ends: a line of "-- " would have a mail program hide
 * all below it (RFC 3676, 4.3).
 */
export function linesOf(text: string): string[] {
  return text
    .trim()
    .split(/\r\n?|[\n\u2028\u2029]/)
    .map((line) => line.trimEnd());
}

/** Never as links: what Hallway carries must not be a way to send people addresses. */
export function Lines({ lines }: { lines: readonly string[] }) {
  return lines.map((line, index) => (
    <>
      {index > 0 && <br />}
      {line}
    </>
  ));
}

export function Frame({ title, children }: { title: string; children?: unknown }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="x-apple-disable-message-reformatting" />
        <meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no" />
        <title>{title}</title>
        <style>{raw(AT_RULES)}</style>
      </head>
      <body {...look('page desk')}>{children}</body>
    </html>
  );
}

/** A table that is only there to place things. */
export function Layout({
  wide,
  children,
  ...more
}: {
  wide?: boolean;
  children?: unknown;
  [attribute: string]: unknown;
}) {
  return (
    <table
      role="presentation"
      {...(wide && { width: '100%' })}
      cellpadding="0"
      cellspacing="0"
      border={0}
      {...more}
    >
      {children}
    </table>
  );
}

/** The desk, one white sheet on it, and what stands below the sheet. Outlook knows no max-width: it gets a table of its own. */
export function Desk({ label, children, below }: { label: string; children?: unknown; below?: unknown }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: mail programs drop an <article>
    <div role="article" aria-roledescription="email" aria-label={label}>
      <Layout wide bgcolor={DESK} {...look('desk')}>
        <tr>
          <td align="center" {...look('out')}>
            {raw(
              '<!--[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->',
            )}
            <Layout wide bgcolor={SHEET} {...look('sheet')}>
              {children}
            </Layout>
            {raw('<!--[if mso]></td></tr></table><![endif]-->')}
          </td>
        </tr>
        <tr>
          <td align="center" {...look('around')}>
            <Layout wide {...look('column')}>
              <tr>
                <td align="center" {...look('pencil fine')}>
                  {below}
                </td>
              </tr>
            </Layout>
          </td>
        </tr>
      </Layout>
    </div>
  );
}
