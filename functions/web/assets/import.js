// Everything here is a help: without it, files of up to 4 MB are read in all the same, and a link looks again.

const LOOK_MS = 1500;

const form = document.querySelector('form[data-most]');
const said = form.querySelector('.js-said');
const ended = document.querySelector('.js-ended');
const megabytes = (bytes) => (bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0);

/** Sends a file by a link. XMLHttpRequest: fetch does not say how far it is. */
function send({ url, method, headers }, file) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => {
      said.textContent = `Sending: ${megabytes(loaded)} of ${megabytes(file.size)} MB.`;
    };
    request.onload = () => (request.status < 300 ? done() : failed(new Error(String(request.status))));
    request.onerror = () => failed(new Error('not sent'));
    request.send(file);
  });
}

/** What a form field without a control says along. */
function add(name, value) {
  const input = document.createElement('input');
  Object.assign(input, { type: 'hidden', name, value });
  form.append(input);
}

form.addEventListener('submit', async (event) => {
  const chosen = form.elements.namedItem('file');
  const file = chosen.files[0];
  if (!file || file.size <= Number(form.dataset.most)) return;
  event.preventDefault();
  const button = form.querySelector('button');
  button.disabled = true;
  try {
    const answer = await fetch('/imports/uploads', { method: 'POST' });
    if (!answer.ok) throw new Error(String(answer.status));
    const link = await answer.json();
    await send(link, file);
    add('upload', link.upload);
    add('name', file.name);
    // It is there already: the form only names it.
    chosen.disabled = true;
    form.submit();
  } catch {
    button.disabled = false;
    said.textContent = 'The file did not get through. It is still chosen: try again.';
  }
});

/** Rows that are being read have nothing in them to hold on to: each is replaced by what the page now says of it. */
async function look() {
  const answer = await fetch('/imports').catch(() => undefined);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const row of document.querySelectorAll('#files > [data-running="true"]')) {
    const now = page.getElementById(row.id);
    if (!now) continue;
    if (now.dataset.running !== 'true') ended.textContent = `${now.querySelector('h3').textContent} is read.`;
    row.replaceWith(document.importNode(now, true));
  }
}

async function keepLooking() {
  while (document.querySelector('#files > [data-running="true"]')) {
    await new Promise((later) => setTimeout(later, LOOK_MS));
    if (!document.hidden) await look();
  }
}
keepLooking();
