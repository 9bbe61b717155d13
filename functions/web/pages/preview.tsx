import { Icon } from '../look/icons.tsx';
import { Page, Popup } from '../look/layout.tsx';
import { Name, Text } from '../look/text.tsx';
import { callName, list } from '../look/words.ts';

/** A mail as its friend will have it, both parts, and what stands around them. */
export interface MailView {
  friendName: string;
  to: string;
  from: string;
  replyTo: string;
  subject: string;
  html: string;
  text: string;
}

/** A letter's form as it was sent: it waits in the page, to be sealed or written on. */
export interface WaitingForm {
  action: string;
  /** How the writing ends: sealed, or, if it is sealed already, saved. */
  ends: 'seal' | 'save';
  fields: [name: string, value: string][];
}

interface PreviewProps {
  mails: MailView[];
  /** Of a letter that is not sealed yet. */
  form?: WaitingForm;
  /** In the save window, not on a page. */
  popup?: boolean;
}

/** The real mail, before it leaves. Nothing on this page runs, and nothing of the mail can reach out of its frame. */
export function PreviewPage({ mails, form, popup = false }: PreviewProps) {
  const names = mails.map(({ friendName }) => callName(friendName));
  const title = `The letter to ${list(names)}`;
  const body = (
    <div class={popup ? 'preview' : 'preview wide'}>
      <div>
        <h1>
          As <Text>{list(names)}</Text> will get {mails.length > 1 ? 'them' : 'it'}
        </h1>
        <p class="pencil">{form ? 'Nothing has left yet.' : 'The whole mail, as it will leave.'}</p>
      </div>
      {mails.map((mail) => (
        <Mail mail={mail} />
      ))}
      {form ? <Ends form={form} /> : <BackToNotes />}
    </div>
  );
  return popup ? <Popup title={title}>{body}</Popup> : <Page title={title}>{body}</Page>;
}

function Ends({ form: { action, ends, fields } }: { form: WaitingForm }) {
  return (
    <form method="post" action={action}>
      {fields.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <p class="acts">
        <button type="submit" class="btn" name="do" value="seal">
          {ends === 'seal' && <Icon name="envelope" />}
          {ends === 'seal' ? 'Seal and send' : 'Save'}
        </button>
        <button type="submit" class="btn quiet" name="do" value="write">
          <Icon name="back" />
          Back to writing
        </button>
      </p>
    </form>
  );
}

function BackToNotes() {
  return (
    <p class="acts">
      <a class="btn quiet" href="/notes">
        <Icon name="back" />
        Back to Notes
      </a>
    </p>
  );
}

/**
 * The frame is a sandbox: no script, no form, and not of our origin. Its links open beside the page, as they would from
 * a mailbox; the friend's own leads to a page that says that it opens nothing.
 */
function Mail({ mail }: { mail: MailView }) {
  const about: [string, string][] = [
    ['From', mail.from],
    ['To', mail.to],
    ['Reply to', mail.replyTo],
    ['Subject', mail.subject],
  ];
  return (
    <section class="mail-view" aria-label={`To ${mail.friendName}`}>
      <dl class="facts">
        {about.map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>
              <Name>{value}</Name>
            </dd>
          </div>
        ))}
      </dl>
      <div class="parts">
        <iframe
          title={`The letter to ${mail.friendName}`}
          srcdoc={mail.html.replace('<head>', '<head><base target="_blank">')}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          referrerpolicy="no-referrer"
        />
        <details>
          <summary>As plain text</summary>
          <pre class="plain" dir="auto">
            {mail.text}
          </pre>
        </details>
      </div>
    </section>
  );
}
