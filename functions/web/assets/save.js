// The bookmarklet opens /save#u=…&t=…&s=…&k=…: what somebody reads stays out of the addresses servers write down.
// Any page can open this address, so the form goes by itself only with a bookmarklet's key, which the server checks.
// With &n=… the page that opened this window has its HTML ready for whoever knows the nonce.

const KEPT = 'hallway-save';
const KEPT_MS = 15 * 60_000;
const MAX_SELECTION = 4000;
/** As the server has it (`articles/words.ts`). */
const MAX_HTML_BYTES = 2 * 1024 * 1024;
/** A page answers within a tenth of this, or never. */
const SILENCE_MS = 1500;

function fromAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (!given.has('u')) return undefined;
  // The key is a secret: out of the address bar and the history at once.
  history.replaceState(null, '', location.pathname);
  const fields = {
    url: given.get('u'),
    title: given.get('t') ?? '',
    selection: (given.get('s') ?? '').slice(0, MAX_SELECTION),
    key: given.get('k') ?? '',
  };
  return { fields, nonce: given.get('n') };
}

function keep(fields) {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ at: Date.now(), fields }));
  } catch {
    // This browser keeps nothing: the bookmark is pressed once more after signing in.
  }
}

/** What was kept over a sign-in: used once, and not after a quarter of an hour. */
function fromBefore() {
  try {
    const { at, fields } = JSON.parse(localStorage.getItem(KEPT) ?? '{}');
    localStorage.removeItem(KEPT);
    return Date.now() - at < KEPT_MS ? fields : undefined;
  } catch {
    return undefined;
  }
}

function webOrigin(url) {
  try {
    const { protocol, origin } = new URL(url);
    return protocol === 'https:' || protocol === 'http:' ? origin : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes of a text as a form sends it: its line ends become CRLF. */
function sizeOf(text) {
  return new Blob([text.replace(/\r\n?|\n/g, '\r\n')]).size;
}

/**
 * Asks the page that opened this window for its HTML; `done` gets `html`, or why it is `missing`. Any window may post to
 * this one, and any page may open it: only the opener is heard, only from the origin of the address that is saved, so
 * that no site puts words under another's address, and only once.
 */
function askPage(url, nonce, done) {
  const page = window.opener;
  const origin = webOrigin(url);
  // A page's COOP leaves no opener.
  if (!page || !origin) return done({ missing: 'silent' });
  const finish = (got) => {
    clearTimeout(timer);
    removeEventListener('message', listen);
    done(got);
  };
  const listen = ({ source, origin: from, data }) => {
    if (source !== page || from !== origin || data?.hallway !== nonce) return;
    if (data.html !== null && typeof data.html !== 'string') return;
    const large = data.html === null || sizeOf(data.html) > MAX_HTML_BYTES;
    finish(large ? { missing: 'large' } : { html: data.html });
  };
  const timer = setTimeout(finish, SILENCE_MS, { missing: 'silent' });
  addEventListener('message', listen);
  page.postMessage({ hallway: nonce }, origin);
}

function fill(form, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = form.elements.namedItem(name);
    if (!field || !value) continue;
    field.value = value;
    field.closest('label')?.removeAttribute('hidden');
  }
}

const form = document.querySelector('form[data-signed-in="true"]');
if (form) {
  const given = fromAddress();
  const fields = given?.fields ?? fromBefore() ?? {};
  fill(form, fields);
  let sent = false;
  form.addEventListener('submit', () => {
    sent = true;
  });
  // Another address is another page.
  form.elements.namedItem('url').addEventListener('input', () => {
    form.elements.namedItem('html').value = '';
  });
  const send = () => fields.key && !sent && form.requestSubmit();
  if (given?.nonce) {
    askPage(fields.url, given.nonce, (got) => {
      if (form.elements.namedItem('url').value !== fields.url) return;
      fill(form, got);
      send();
    });
  } else send();
}

const door = document.querySelector('form[data-keep]');
if (door) {
  const given = fromAddress();
  const fields = given?.fields ?? JSON.parse(door.dataset.keep);
  // The page is not even asked for its text: what nobody is signed in to keep stays with the page.
  if (fields) keep(given?.nonce ? { ...fields, missing: 'signed-out' } : fields);
}

// The bookmark pressed again while this window is open changes only the fragment: read it anew.
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#u=')) location.replace(`/save?again${location.hash}`);
});
