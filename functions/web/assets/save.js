// The bookmarklet opens /save#u=…&t=…&s=…&k=…: what somebody reads stays out of the addresses servers write down.
// Any page can open this address, so the form goes by itself only with a bookmarklet's key, which the server checks.

const KEPT = 'hallway-save';
const KEPT_MS = 15 * 60_000;
const MAX_SELECTION = 4000;

function fromAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (!given.has('u')) return undefined;
  // The key is a secret: out of the address bar and the history at once.
  history.replaceState(null, '', location.pathname);
  return {
    url: given.get('u'),
    title: given.get('t') ?? '',
    selection: (given.get('s') ?? '').slice(0, MAX_SELECTION),
    key: given.get('k') ?? '',
  };
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

const form = document.querySelector('form[data-signed-in="true"]');
if (form) {
  const fields = fromAddress() ?? fromBefore() ?? {};
  for (const [name, value] of Object.entries(fields)) {
    const field = form.elements.namedItem(name);
    if (!field || !value) continue;
    field.value = value;
    field.closest('label')?.removeAttribute('hidden');
  }
  if (fields.key) form.requestSubmit();
}

const door = document.querySelector('form[data-keep]');
if (door) {
  const fields = fromAddress() ?? JSON.parse(door.dataset.keep);
  if (fields) keep(fields);
}

// The bookmark pressed again while this window is open changes only the fragment: read it anew.
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#u=')) location.replace(`/save?again${location.hash}`);
});
