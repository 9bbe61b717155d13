// Everything here is a help: without it, a link by mail lets in.

const SAYS = {
  'sign-in': 'No passkey opened the door. Ask for a link by mail instead.',
  add: 'No passkey was added.',
};

/** What the server answers. Throws with its own words if it refuses. */
async function send(path, body) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify(body ?? {}),
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

const does = {
  async 'sign-in'({ return: to = '/' }) {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await send('/sign-in/passkey/options'));
    const credential = await navigator.credentials.get({ publicKey });
    const { to: place } = await send(
      `/sign-in/passkey?return=${encodeURIComponent(to)}`,
      credential.toJSON(),
    );
    location.assign(place);
  },
  async add() {
    const options = await send('/settings/passkeys/options');
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const credential = await navigator.credentials.create({ publicKey });
    await send('/settings/passkeys', credential.toJSON());
    location.reload();
  },
};

if (window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
  for (const place of document.querySelectorAll('.js-passkey')) {
    const [button] = place.getElementsByTagName('button');
    const status = place.querySelector('[role=status]');
    place.hidden = false;
    button.addEventListener('click', async () => {
      button.disabled = true;
      status.textContent = '';
      try {
        await does[place.dataset.does](place.dataset);
      } catch {
        // Turned down by the person, the browser or the server: all the same to who waits.
        status.textContent = SAYS[place.dataset.does];
      } finally {
        button.disabled = false;
      }
    });
  }
}

// The clock of the browser, where nobody has said another.
for (const field of document.querySelectorAll('.js-zone')) {
  if (field.value === 'UTC') field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}
