import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTransport, type Transporter } from 'nodemailer';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixture } from '../mails.ts';
import { type Added, type Body, type Service, startService, until } from './start.ts';

const PAGE = `<!doctype html><html lang="en"><head><title>Bread that remembers the room</title></head><body><article>
${'<p>A sourdough starter keeps what the room knows. Sourdough baking is mostly waiting beside it.</p>'.repeat(8)}
</article></body></html>`;

/** Mail in, as a mail program hands it over: SMTP, the objects, the queue, the function, and the answer. */
describe('a forwarded mail', () => {
  let service: Service;
  let ada: Added;
  let alan: Body;
  let barbara: Body;
  let smtp: Transporter;
  const site = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGE);
  });
  const host = () => `127.0.0.1:${(site.address() as AddressInfo).port}`;

  beforeAll(async () => {
    await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
    service = await startService({ environment: { HALLWAY_FETCH_ALLOW: host() } });
    ada = await service.addUser('ada@lovelace.example', 'Ada Lovelace', 'Europe/London');
    const api = service.as(ada.apiToken);
    alan = await api.post('/friends', { name: 'Alan Turing', email: 'alan@friends.example' });
    barbara = await api.post('/friends', { name: 'Barbara Liskov', interests: ['sourdough baking'] });
    smtp = createTransport(service.smtpUrl);
  });
  afterAll(async () => {
    smtp?.close();
    site.close();
    await service?.stop();
  });

  const forward = () => ({
    from: 'Ada Lovelace <ada@lovelace.example>',
    to: ada.ingestAddress,
    messageId: '<bread@lovelace.example>',
    subject: 'Fwd: Bread',
    text: `For Alan\n\nThe room remembers you, too.\n\nhttp://${host()}/bread\n`,
  });
  const read = (raw: string) => PostalMime.parse(Buffer.from(raw, 'base64'));

  test('becomes an article with its suggestions, a draft, and one answer; sent twice, too', async () => {
    const api = service.as(ada.apiToken);
    await Promise.all([smtp.sendMail(forward()), smtp.sendMail(forward())]);
    const [mail] = await until('answered', async () => {
      const mails = await service.mails();
      return mails.length > 0 && mails;
    });
    expect(mail?.destinations).toEqual(['ada@lovelace.example']);

    const articles = await api.all('/articles');
    expect(articles).toMatchObject([
      { title: 'Bread', url: `http://${host()}/bread`, savedBy: 'mail', language: 'en' },
    ]);
    expect(articles[0].wordCount).toBeGreaterThan(100);
    const found = await api.get(`/articles/${articles[0].id}/suggestions`);
    expect(found.items).toMatchObject([
      { friendId: barbara.id, reasons: [{ interest: 'sourdough baking' }] },
    ]);
    const [note, ...more] = await api.all('/notes');
    expect(more).toEqual([]);
    expect(note).toMatchObject({
      friendId: alan.id,
      articleId: articles[0].id,
      state: 'draft',
      text: 'The room remembers you, too.',
    });

    const answer = await read(mail?.raw ?? '');
    expect(answer.inReplyTo).toBe('<bread@lovelace.example>');
    expect(answer.text).toContain('It could be for Barbara Liskov.');
    expect(answer.text).toContain(
      `Your words wait as a draft for Alan Turing. Seal it here:\n${service.url}/`,
    );
    expect(answer.text).not.toContain('sourdough');
    expect(await service.mails()).toHaveLength(1);
  });

  test('of 20 MB is taken in', async () => {
    const content = Buffer.alloc(20 * 1024 * 1024 * 0.7);
    await smtp.sendMail({
      ...forward(),
      messageId: '<large@lovelace.example>',
      text: 'https://large.invalid/plan',
      attachments: [{ filename: 'plan.pdf', content }],
    });
    await until('answered', async () => (await service.mails()).length === 2);
    const articles = await service.as(ada.apiToken).all('/articles');
    expect(articles.map(({ url }) => url)).toContain('https://large.invalid/plan');
  });

  test('of a stranger waits under Settings, where a confirmation is only shown', async () => {
    const before = await service.mails();
    const articles = await service.as(ada.apiToken).all('/articles');
    await smtp.sendMail({ ...forward(), from: 'eve@evil.example', messageId: '<eve@evil.example>' });
    await smtp.sendMail({
      raw: fixture('confirmation-gmail-english'),
      envelope: { from: 'forwarding-noreply@google.com', to: ada.ingestAddress },
    });
    const cookie = await signIn(service, await service.addUser('ada@lovelace.example', 'Ada Lovelace'));
    const page = await until('both under Settings', async () => {
      const text = await (await fetch(`${service.url}/settings`, { headers: { cookie } })).text();
      return text.includes('eve@evil.example') && text.includes('152430985') && text;
    });
    expect(page).toContain('Held at the door');
    expect(page).toContain(ada.ingestAddress);
    expect(page).not.toMatch(/href="[^"]*google/);
    expect(await service.as(ada.apiToken).all('/articles')).toHaveLength(articles.length);
    expect(await service.mails()).toHaveLength(before.length);
  });

  test('that is hostile is refused with its reason, and the next one is kept', async () => {
    const api = service.as(ada.apiToken);
    const envelope = { from: 'ada@lovelace.example', to: ada.ingestAddress };
    const header = 'From: ada@lovelace.example\r\nSubject: Parts\r\n';
    const mixed = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n';
    await smtp.sendMail({ envelope, raw: `${header}${mixed}${'--b\r\n\r\nx\r\n'.repeat(20_000)}` });
    const text = `https://patient.invalid/wait\n${'\n'.repeat(60_000)}`;
    await smtp.sendMail({ ...forward(), messageId: '<wait@lovelace.example>', text });
    await until('the next one', async () =>
      (await api.all('/articles')).find(({ url }) => url === 'https://patient.invalid/wait'),
    );
    const cookie = await signIn(service, await service.addUser('ada@lovelace.example', 'Ada Lovelace'));
    await until('the reason under Settings', async () => {
      const page = await (await fetch(`${service.url}/settings`, { headers: { cookie } })).text();
      return page.includes('It is larger than Hallway reads.');
    });
  });

  test('for nobody is refused before it is sent', async () => {
    for (const to of ['nobody@hallway.localhost', 'ada@elsewhere.example']) {
      await expect(smtp.sendMail({ ...forward(), to })).rejects.toMatchObject({ responseCode: 550 });
    }
  });
});

/** The session's cookie. */
async function signIn(service: Service, { signInUrl }: Added): Promise<string> {
  const answer = await fetch(signInUrl, {
    method: 'POST',
    redirect: 'manual',
    headers: { Origin: service.url, 'Content-Type': 'application/x-www-form-urlencoded' },
  });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}
