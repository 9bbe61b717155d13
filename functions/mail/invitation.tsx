import { Desk, Frame, Layout } from './frame.tsx';
import { type Address, build, MAX_NAME, mailbox, oneLine, webAddress } from './header.ts';
import { look } from './look.ts';

/**
 * The mail that asks somebody in. The one who asks is named, and their address with the name: a name alone could be
 * anybody's. Throws TypeError if an address or the URL is none.
 */
export async function composeInvitation(mail: {
  to: Address;
  from: Address;
  by: Address;
  url: string;
  days: number;
}): Promise<Buffer> {
  const url = webAddress(mail.url);
  const by = mailbox(mail.by);
  const name = oneLine(by.name, MAX_NAME);
  const says = `${name} (${by.address}) asks you in.`;
  const what = 'Hallway helps you send a friend the right article, with two sentences of your own.';
  const link = `The link makes your account. It works once, for ${mail.days} days.`;
  const unasked = `If you do not know ${name}, leave it. Nothing is made of your address without it.`;
  const html = (
    <Frame title={says}>
      <Desk label={says} below={unasked}>
        <tr>
          <td {...look('pad print says')}>
            {says} {what} {link}
          </td>
        </tr>
        <tr>
          <td {...look('pad acts')}>
            <Layout align="left" {...look('stack')}>
              <tr>
                <td {...look('fill')}>
                  <a href={url} {...look('button filled')}>
                    Come in
                  </a>
                </td>
              </tr>
            </Layout>
          </td>
        </tr>
      </Desk>
    </Frame>
  );
  return build({
    from: mailbox(mail.from),
    to: mailbox(mail.to),
    replyTo: by,
    subject: `${name} asks you in to Hallway`,
    // RFC 3834, 5: nobody's holiday answer is wanted.
    headers: [{ key: 'Auto-Submitted', value: 'auto-generated' }],
    html: `<!doctype html>\n${html}`,
    text: `${says}\n\n${what}\n\n${link}\n\n${url}\n\n${unasked}`,
  });
}
